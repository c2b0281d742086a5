// An OpenAPI 3 document → the mechanical part of an integration: resources with their methods, records, how to sign.
import { pathSteps, singularOf, snakeCaseOf } from './names.ts';

export type Json = Record<string, unknown>;

export interface Described {
	resources: Record<string, { singular: string; methods: Record<string, Json> }>;
	records: Record<string, { required?: string[]; fields: Record<string, Json> }>;
	/** `resource.method` → what the document says of it. */
	summaries: Map<string, string>;
	/** Query parameters by name. */
	query: Map<string, Json>;
	/** The most frequent path to a list's records. */
	recordsPath: string;
	recordPath: string | undefined;
	server: string | undefined;
	auth: Json;
	headers: Record<string, string>;
	credentials: Record<string, { label: string; where: string; secret: boolean }>;
	title: string;
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

export function readOpenApi(document: Json): Described {
	const reader = new Reader(document);
	const described: Described = {
		resources: {},
		records: {},
		summaries: new Map(),
		query: new Map(),
		recordsPath: '',
		recordPath: undefined,
		server: serverOf(document),
		...signing(document),
		title: String(at(document, 'info', 'title') ?? 'Vendor'),
	};
	for (const [path, item] of Object.entries((document.paths ?? {}) as Json))
		for (const verb of VERBS) {
			const operation = (item as Json)[verb];
			if (isObject(operation)) reader.addOperation(described, path, verb, operation, item as Json);
		}
	described.records = reader.records;
	described.recordsPath = mostFrequent(reader.recordsPaths) ?? '';
	described.recordPath = mostFrequent(reader.recordPaths) || undefined;
	for (const { methods } of Object.values(described.resources))
		for (const method of Object.values(methods)) {
			if (method.records_path === described.recordsPath) delete method.records_path;
			if (method.record_path === (described.recordPath ?? '')) delete method.record_path;
		}
	return described;
}

class Reader {
	readonly records: Described['records'] = {};
	readonly recordsPaths: string[] = [];
	readonly recordPaths: string[] = [];
	readonly #document: Json;

	constructor(document: Json) {
		this.#document = document;
	}

	addOperation(described: Described, path: string, verb: string, operation: Json, item: Json): void {
		const named = methodOf(path, verb);
		if (!named) return;
		const { resource, method } = named;
		const entry = described.resources[resource] ?? { singular: singularOf(resource), methods: {} };
		if (entry.methods[method]) return;
		const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)].map((one) => this.#resolve(one));
		const query = parameters.filter((one) => one.in === 'query').map((one) => String(one.name));
		for (const one of parameters) if (one.in === 'query') described.query.set(String(one.name), this.#argumentOf(one));
		const fact: Json = { verb: verb.toUpperCase(), path: named.path };
		if (query.length > 0) fact.query = query;
		Object.assign(fact, this.#bodyOf(operation, resource, method), this.#answerOf(operation, resource, method));
		entry.methods[method] = fact;
		described.resources[resource] = entry;
		const said = String(operation.summary ?? operation.description ?? '')
			.replace(/\s+/g, ' ')
			.trim();
		if (said) described.summaries.set(`${resource}.${method}`, said);
	}

	#bodyOf(operation: Json, resource: string, method: string): Json {
		const body = this.#resolve(operation.requestBody);
		const schema = this.#jsonSchema(body.content);
		if (!schema) return {};
		const isArray = schema.type === 'array';
		const inner = isArray ? this.#resolve(schema.items) : schema;
		const envelope = this.#envelopeOf(inner);
		const wrap = [...(isArray ? ['[]'] : []), ...(envelope ? [envelope.name] : [])].join('/');
		const name = this.#record(
			envelope?.schema ?? inner,
			`${recordName(resource)}${method === 'update' ? 'Change' : ''}Body`,
		);
		return { body: name, ...(wrap ? { wrap } : {}) };
	}

	#answerOf(operation: Json, resource: string, method: string): Json {
		const responses = (operation.responses ?? {}) as Json;
		const good = Object.entries(responses).find(([status]) => /^2/.test(status))?.[1];
		const schema = this.#jsonSchema(this.#resolve(good).content);
		if (!schema) return {};
		if (method === 'list') {
			const found = this.#listIn(schema);
			if (!found) return {};
			this.recordsPaths.push(found.path);
			return { returns: this.#record(found.items, recordName(resource)), records_path: found.path };
		}
		const envelope = this.#envelopeOf(schema);
		this.recordPaths.push(envelope?.name ?? '');
		return {
			returns: this.#record(envelope?.schema ?? schema, recordName(resource)),
			record_path: envelope?.name ?? '',
		};
	}

	/** An object that is there for one record alone. */
	#envelopeOf(schema: Json): { name: string; schema: Json } | null {
		const members = Object.entries(this.#properties(schema)).map(([name, one]) => [name, this.#resolve(one)] as const);
		const objects = members.filter(([, one]) => Object.keys(this.#properties(one)).length > 1);
		const [first] = objects;
		const isAlone = objects.length === 1 && members.length <= 2;
		return first && isAlone ? { name: first[0], schema: first[1] } : null;
	}

	#listIn(schema: Json): { path: string; items: Json } | null {
		if (schema.type === 'array') return { path: '', items: this.#resolve(schema.items) };
		for (const [name, member] of Object.entries(this.#properties(schema))) {
			const one = this.#resolve(member);
			if (one.type === 'array') return { path: name, items: this.#resolve(one.items) };
		}
		for (const [name, member] of Object.entries(this.#properties(schema))) {
			const one = this.#resolve(member);
			const inner = one.type === 'object' || one.properties ? this.#listIn(one) : null;
			if (inner) return { path: `${name}/${inner.path}`.replace(/\/$/, ''), items: inner.items };
		}
		return null;
	}

	/** @returns the record's name, under which its fields stand */
	#record(schema: Json, name: string): string {
		const fields = Object.entries(this.#properties(schema)).map(([field, one]) => [
			field,
			this.#fieldOf(one, name, field),
		]);
		const known = this.records[name];
		const required = [...new Set(this.#required(schema))].filter((field) => field !== 'id');
		this.records[name] = {
			...(required.length > 0 && name.endsWith('Body') ? { required } : {}),
			fields: { ...known?.fields, ...Object.fromEntries(fields) },
		};
		return name;
	}

	#fieldOf(given: unknown, owner: string, field: string, depth = 0): Json {
		const schema = this.#resolve(given);
		const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
		const readOnly = schema.readOnly === true || field === 'id' ? { read_only: true } : {};
		if (type === 'array') {
			const items = this.#resolve(schema.items);
			const plain = ['string', 'integer', 'number'].includes(String(items.type));
			return { type: 'array', items: plain ? items.type : 'any', ...readOnly };
		}
		if (type === 'object' || schema.properties || schema.allOf) {
			const properties = this.#properties(schema);
			if (Object.keys(properties).length === 0 || depth > 0) return { type: 'object', ...readOnly };
			return { type: 'object', record: this.#record(schema, `${owner}${recordName(field)}`), ...readOnly };
		}
		const values = listOf(schema.enum).filter((one) => typeof one === 'string');
		const format = ['date-time', 'date', 'uuid'].includes(String(schema.format)) ? { format: schema.format } : {};
		if (!['string', 'integer', 'number', 'boolean'].includes(String(type))) return { type: 'any', ...readOnly };
		return {
			type,
			...(type === 'string' ? format : {}),
			...(values.length > 0 && type === 'string' ? { enum: values } : {}),
			...(typeof schema.maxLength === 'number' ? { maxLength: schema.maxLength } : {}),
			...readOnly,
		};
	}

	#argumentOf(parameter: Json): Json {
		const schema = this.#resolve(parameter.schema);
		const type = ['integer', 'number', 'boolean'].includes(String(schema.type)) ? schema.type : 'string';
		const values = listOf(schema.enum).filter((one) => typeof one === 'string');
		const said = String(parameter.description ?? '')
			.replace(/\s+/g, ' ')
			.trim()
			.slice(0, 100);
		return { type, ...(values.length > 0 ? { enum: values } : {}), ...(said ? { description: said } : {}) };
	}

	#properties(given: unknown): Json {
		const schema = this.#resolve(given);
		const parts = listOf(schema.allOf).map((part) => this.#properties(part));
		return Object.assign({}, ...parts, schema.properties as Json);
	}

	#required(given: unknown): string[] {
		const schema = this.#resolve(given);
		return [...listOf(schema.allOf).flatMap((part) => this.#required(part)), ...listOf(schema.required).map(String)];
	}

	#jsonSchema(content: unknown): Json | null {
		const media = Object.entries((content ?? {}) as Json).find(([type]) => /json/.test(type))?.[1];
		return isObject(media) && media.schema ? this.#resolve(media.schema) : null;
	}

	#resolve(given: unknown, depth = 0): Json {
		if (!isObject(given)) return {};
		if (typeof given.$ref !== 'string' || depth > 10) return given;
		const steps = given.$ref
			.replace(/^#\//, '')
			.split('/')
			.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
		return this.#resolve(at(this.#document, ...steps), depth + 1);
	}
}

/** `GET /tickets/{id}/comments` → the resource `ticket_comments`, its method `list` and its path with placeholders. */
function methodOf(path: string, verb: string): { resource: string; method: string; path: string } | null {
	const steps = pathSteps(path.replace(/\.json$/, ''));
	const names = steps.filter(({ isPlaceholder }) => !isPlaceholder);
	const last = steps.at(-1);
	const own = names.at(-1);
	if (!last || !own) return null;
	const parent = names.length > 1 && steps.some(({ isPlaceholder }) => isPlaceholder) && !last.isPlaceholder;
	const owner = parent ? names.at(-2) : undefined;
	const isAction =
		verb !== 'get' &&
		!last.isPlaceholder &&
		steps.at(-2)?.isPlaceholder &&
		/^(close|merge|resolve|cancel|send|approve|archive|restore|assign)$/.test(last.name);
	const resource = isAction
		? snakeCaseOf(owner?.name ?? own.name)
		: snakeCaseOf(owner ? `${singularOf(owner.name)}_${own.name}` : own.name);
	const byId = last.isPlaceholder || isAction;
	const method = isAction
		? snakeCaseOf(last.name)
		: byId
			? { get: 'get', put: 'update', patch: 'update', delete: 'delete' }[verb]
			: { get: 'list', post: 'create' }[verb];
	if (!method) return null;
	let seen = 0;
	const placeholders = steps.filter(({ isPlaceholder }) => isPlaceholder).length;
	const filled = steps.map((step, index) => {
		if (!step.isPlaceholder) return step.name;
		seen++;
		const before = steps[index - 1];
		return byId && seen === placeholders ? '{{id}}' : `{{${singularOf(snakeCaseOf(before?.name ?? 'parent'))}_id}}`;
	});
	return { resource, method, path: `/${filled.join('/')}${path.endsWith('.json') ? '.json' : ''}` };
}

function signing(document: Json): Pick<Described, 'auth' | 'headers' | 'credentials'> {
	const schemes = Object.values((at(document, 'components', 'securitySchemes') ?? {}) as Json).filter(isObject);
	const secret = (label: string) => ({ label, where: 'Where the vendor shows it: say it here.', secret: true });
	const open = (label: string) => ({ ...secret(label), secret: false });
	for (const scheme of schemes) {
		const flow = at(scheme, 'flows', 'clientCredentials');
		if (isObject(flow))
			return {
				auth: {
					scheme: 'oauth2_client_credentials',
					token_path: String(flow.tokenUrl ?? '/oauth/token'),
					client_id: '{{client_id}}',
					client_secret: '{{client_secret}}',
				},
				headers: {},
				credentials: { client_id: open('Client ID'), client_secret: secret('Client secret') },
			};
		if (scheme.type === 'apiKey' && scheme.in === 'header')
			return {
				auth: { scheme: 'headers' },
				headers: { [String(scheme.name)]: '{{api_key}}' },
				credentials: { api_key: secret('API key') },
			};
		if (scheme.type === 'apiKey' && scheme.in === 'query')
			return {
				auth: { scheme: 'query', parameters: { [String(scheme.name)]: '{{api_key}}' } },
				headers: {},
				credentials: { api_key: secret('API key') },
			};
		if (scheme.type === 'http' && scheme.scheme === 'basic')
			return {
				auth: { scheme: 'basic', username: '{{user_name}}', password: '{{password}}' },
				headers: {},
				credentials: { user_name: open('User name'), password: secret('Password') },
			};
	}
	return {
		auth: { scheme: 'bearer', token: '{{token}}' },
		headers: {},
		credentials: { token: secret('API token') },
	};
}

function serverOf(document: Json): string | undefined {
	const [server] = listOf(document.servers).filter(isObject);
	return typeof server?.url === 'string' ? server.url : undefined;
}

function recordName(resource: string): string {
	return singularOf(resource)
		.split('_')
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join('');
}

function mostFrequent(texts: readonly string[]): string | undefined {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

function at(value: unknown, ...steps: string[]): unknown {
	return steps.reduce<unknown>((found, step) => (isObject(found) ? found[step] : undefined), value);
}

function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

export function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
