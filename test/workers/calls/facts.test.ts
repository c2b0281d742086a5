// Every tool, called with the least and with the most that its schema takes: the request is one that the vendor's
// description knows. The facts stand in integrations/*/resources; nobody wrote them for these tests.
import { describe, it } from 'vitest';
import { previewWrite } from '../../../workers/calls/preview.ts';
import type { ArgumentPlace } from '../../../workers/integration/arguments.ts';
import type { ArgumentSchema, FieldFact, RecordFact, ResourcesFile } from '../../../workers/integration/format.ts';
import type { Operation } from '../../../workers/integration/operations.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import { type Arguments, call, connectWise, contextOf, requireCall } from './calls.ts';

const files = import.meta.glob<ResourcesFile>('../../../integrations/connect_wise_psa/resources/*.json', {
	eager: true,
	import: 'default',
});

/** Of a module, by the resource's and the record's name. */
function factsOf({ module }: Operation): ResourcesFile {
	const found = Object.entries(files).find(([path]) => path.endsWith(`/${module}.json`));
	if (!found) throw new Error(`no facts of ${module}`);
	return found[1];
}

function sampleOf(schema: ArgumentSchema): unknown {
	const [example] = schema.examples ?? [];
	if (example !== undefined) return example;
	if (schema.enum) return schema.enum[0];
	switch (schema.type) {
		case 'integer':
			return schema.minimum ?? 1;
		case 'number':
			return schema.minimum ?? 1.5;
		case 'boolean':
			return true;
		case 'array':
			return [sampleOf(schema.items ?? {})];
		case 'object': {
			const { properties = {}, required = [] } = schema;
			if (properties.id && required.length === 0) return { id: sampleOf(properties.id) };
			return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {})]));
		}
		default:
			if (schema.format === 'date-time') return '2026-04-01T09:00:00Z';
			if (schema.format === 'date') return '2026-04-01';
			return 'x'.repeat(Math.max(1, Math.min(schema.minLength ?? 1, schema.maxLength ?? 1)));
	}
}

/** What a filter's text stands for is data; these are what the schema cannot say. */
const SAMPLES: Record<string, unknown> = {
	conditions: 'id > 0',
	childConditions: 'id > 0',
	customFieldConditions: 'caption = "Region"',
	orderBy: 'id desc',
	fields: 'id',
	next_cursor: undefined,
	file_encoding: 'text',
};

function argumentsOf(operation: Operation, isWanted: (name: string, place: ArgumentPlace) => boolean): Arguments {
	return Object.fromEntries(
		[...operation.places].flatMap(([name, place]) => {
			if (place.in === 'clear' || !isWanted(name, place)) return [];
			if (place.additional) {
				const fields = [...place.additional()].map(([field, { schema }]) => [field, sampleOf(schema)]);
				return [[name, Object.fromEntries(fields)]];
			}
			const value = Object.hasOwn(SAMPLES, name) ? SAMPLES[name] : sampleOf(place.schema);
			return value === undefined ? [] : [[name, value]];
		}),
	);
}

const PAGING = ['page', 'pageSize', 'pageId'];

/** @returns what the vendor's description does not know in this request */
function strangers(operation: Operation, args: Arguments): string[] {
	const { fact } = operation;
	const { operation: called, args: values, page } = requireCall(`${operation.resource}.${operation.method}`, args);
	const { verb, path, body } = describeRequest(connectWise.file, called, values, page);
	const { pathname, searchParams } = new URL(`https://vendor.example${path}`);
	const isLong = fact.long_query !== undefined && pathname === fact.long_query.path;
	const own = new RegExp(`^${fact.path.replace(/\{\{\w+\}\}/g, '[^/]+')}$`);
	const found: string[] = [];
	if (!isLong && (verb !== fact.verb || !own.test(pathname))) found.push(`${verb} ${pathname}`);
	const known = new Set([...(fact.query ?? []), ...PAGING]);
	for (const name of searchParams.keys()) if (!known.has(name)) found.push(`?${name}`);
	const record = fact.body === undefined ? undefined : factsOf(operation).records[fact.body];
	const { names, isMissing } = fieldsOf(operation, body);
	for (const name of names) if (!record || !Object.hasOwn(record.fields, name)) found.push(`body ${name}`);
	if (record && isMissing) found.push('no body');
	return [...found, ...missing(operation, record, names)];
}

function fieldsOf({ fact, kind }: Operation, body: string | FormData | undefined) {
	if (body === undefined) return { names: [], isMissing: fact.body !== undefined };
	if (body instanceof FormData) return { names: [...body.keys()], isMissing: false };
	const parsed: unknown = JSON.parse(body);
	if (kind === 'update' || fact.verb === 'PATCH') {
		const operations = parsed as { op: string; path: string }[];
		if (!Array.isArray(parsed)) throw new Error('an update is no JSON Patch');
		return { names: operations.map(({ path }) => path), isMissing: false };
	}
	return { names: Object.keys(parsed as object), isMissing: false };
}

/** What the vendor demands of a new record is there, whoever asks for it. */
function missing({ kind }: Operation, record: RecordFact | undefined, names: readonly string[]): string[] {
	if (kind !== 'create') return [];
	return (record?.required ?? []).filter((name) => !names.includes(name)).map((name) => `lacks ${name}`);
}

describe('every request is one that the vendor describes', () => {
	const cases: [name: string, isWanted: (operation: Operation, name: string, place: ArgumentPlace) => boolean][] = [
		['with the required arguments alone', (operation, name) => operation.required.includes(name)],
		['with every argument', () => true],
		['with everything but additional fields', (_operation, _name, place) => !place.additional],
	];
	for (const [name, isWanted] of cases) {
		it(name, ({ expect }) => {
			const wrong = connectWise.operations.flatMap((operation) => {
				const wanted = argumentsOf(operation, (argument, place) => isWanted(operation, argument, place));
				// An update that sets nothing is refused.
				const { example = {} } = operation.documentation;
				// A write on somebody's behalf asks whose it is.
				const person = operation.kind === 'create' && operation.places.has('member') ? { member: { id: 7 } } : {};
				const args = { ...(operation.kind === 'update' ? example : person), ...wanted };
				const found = strangers(operation, args);
				return found.length > 0 ? [`${operation.resource}.${operation.method}: ${found.join(', ')}`] : [];
			});
			expect(connectWise.operations.length).toBeGreaterThan(400);
			expect(wrong).toEqual([]);
		});
	}

	it('notices a query name and a field that it does not know', ({ expect }) => {
		const operation = connectWise.byResource.get('companies.create') as Operation;
		const spoiled = { ...operation, fact: { ...operation.fact, body: 'Count' } };
		expect(
			strangers(
				spoiled,
				argumentsOf(operation, (name) => operation.required.includes(name)),
			),
		).toContain('body identifier');
	});
});

/** A record with every field that the vendor describes, as it would send one: links in `_info`, what is empty left out. */
function recordOf({ records }: ResourcesFile, name: string, depth = 0): Record<string, unknown> {
	const fields = Object.entries(records[name]?.fields ?? {}).filter(([field]) => field !== '_info');
	const sent = fields.map(([field, fact]) => [field, fieldValue(records, fact, field, depth)] as const);
	return { ...Object.fromEntries(sent), ...(depth === 0 ? { _info: INFO } : {}) };
}

const INFO = {
	lastUpdated: '2026-04-01T09:00:00Z',
	updatedBy: 'jsmith',
	self_href: 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0//x/1?conditions=name="O\'Brien & Sons"',
};

function fieldValue(records: ResourcesFile['records'], fact: FieldFact, field: string, depth: number): unknown {
	const { type, items, record, keys = ['id'] } = fact;
	const nested = (): unknown =>
		record && depth < 2 ? recordOf({ source: '', resources: {}, records }, record, depth + 1) : { id: 7 };
	const reference = {
		...Object.fromEntries(keys.map((key) => [key, key === 'id' ? 7 : `${field} “7” <b>`])),
		_info: { [`${field}_href`]: 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0/x/7' },
	};
	if (type === 'reference') return reference;
	if (type === 'array')
		return [items === 'reference' ? reference : items && items !== 'any' ? sampleOf({ type: items }) : nested()];
	if (type === 'object') return nested();
	if (type === 'file' || type === 'any') return 'x';
	return sampleOf({ type, ...(fact.format ? { format: fact.format } : {}), ...(fact.enum ? { enum: fact.enum } : {}) });
}

/** What a client is due of it: all but links and secrets. */
function asDue(value: unknown, depth = 0): unknown {
	if (Array.isArray(value)) return value.map((item) => asDue(item, depth + 1));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, member]) => {
			if (connectWise.file.secrets?.includes(name)) return [];
			if (name !== '_info') return [[name, asDue(member, depth + 1)]];
			const { self_href: _link, ...told } = member as typeof INFO;
			return depth === 0 ? [[name, told]] : [];
		}),
	);
}

describe('every answer that the vendor describes reaches the client unharmed', () => {
	const reading = connectWise.operations.filter(
		({ kind, fact }) => (kind === 'list' || kind === 'get') && fact.returns !== undefined,
	);

	it('a single record with every field, and the same in a list', ({ expect }) => {
		expect(reading.length).toBeGreaterThan(200);
		for (const operation of reading) {
			const key = `${operation.resource}.${operation.method}`;
			const record = recordOf(factsOf(operation), operation.fact.returns ?? '');
			const args = argumentsOf(operation, (name) => operation.required.includes(name));
			const isList = operation.kind === 'list';
			const whole = operation.places.has('fields') ? { ...args, fields: '*' } : args;
			const { isError, structuredContent, text } = call(
				key,
				isList ? args : whole,
				{ body: isList ? [record] : record },
				{ budgetBytes: 150_000 },
			);
			// What is said beside a record is none of its fields.
			const { notice: _notice, ...shown } = structuredContent;
			const told = isList ? (structuredContent.result as unknown[])[0] : shown;
			expect(isError, key).toBe(false);
			expect(told, key).toEqual(asDue(record));
			if (text !== undefined) expect(JSON.parse(text), key).toEqual(structuredContent);
		}
	});
});

describe('every write that the vendor carries out as it was asked', () => {
	const writing = connectWise.operations.filter(
		({ kind, fact }) =>
			(kind === 'create' || kind === 'update') && fact.returns !== undefined && fact.body !== undefined,
	);
	const argumentsWith = (operation: Operation, isWanted: (name: string, place: ArgumentPlace) => boolean) => {
		const { example = {} } = operation.documentation;
		// A write on somebody's behalf asks whose it is.
		const person = operation.places.has('member') ? { member: { id: 7 } } : {};
		return { ...(operation.kind === 'update' ? example : person), ...argumentsOf(operation, isWanted) };
	};
	/** A record that holds what the request set. */
	const writtenBy = (operation: Operation, args: Arguments): Record<string, unknown> => {
		const { operation: called, args: values, page } = requireCall(`${operation.resource}.${operation.method}`, args);
		const { body } = describeRequest(connectWise.file, called, values, page);
		const sent: unknown = typeof body === 'string' ? JSON.parse(body) : {};
		const members = Array.isArray(sent) ? sent.map(({ path, value }) => [path, value]) : Object.entries(sent as object);
		return { id: args.id ?? 7, ...Object.fromEntries(members) };
	};

	it('is told as taken over, in every field that can be set', ({ expect }) => {
		expect(writing.length).toBeGreaterThan(150);
		const wrong = writing.flatMap((operation) => {
			const key = `${operation.resource}.${operation.method}`;
			const args = argumentsWith(operation, (_name, place) => place.in !== 'answer');
			const { isError, structuredContent } = call(key, args, { body: writtenBy(operation, args) });
			const { not_taken_over: lost } = structuredContent;
			return isError || lost !== undefined ? [`${key}: ${JSON.stringify(lost ?? structuredContent)}`] : [];
		});
		expect(wrong).toEqual([]);
	});

	it('is foreseen by the preview of an update: as a change, or as what is so already', async ({ expect }) => {
		for (const operation of writing.filter(({ kind }) => kind === 'update')) {
			const key = `${operation.resource}.${operation.method}`;
			const args = argumentsWith(operation, (_name, place) => place.in !== 'answer');
			const call = requireCall(key, args);
			const { id: _ofRecord, ...asked } = writtenBy(operation, args);
			const names = Object.keys(asked).sort();
			const preview = async (was: Record<string, unknown>) => {
				const request = describeRequest(connectWise.file, call.operation, call.args, null);
				const described = { state: 'described' as const, call, resolved: {}, was, request, writeKeys: [] };
				const { structuredContent } = await previewWrite(contextOf(connectWise), described);
				const { already = [], changes } = structuredContent as { already?: string[]; changes: object };
				return { already: already.sort(), changes: Object.keys(changes).sort() };
			};
			expect(await preview(asked), key).toEqual({ already: names, changes: [] });
			const empty = Object.fromEntries(names.map((name) => [name, null]));
			const isNew = (name: string) => asked[name] !== false && asked[name] !== 0;
			expect((await preview(empty)).changes, key).toEqual(names.filter(isNew));
		}
	});

	it('marks as texts of strangers what the answer shows, and nothing else', ({ expect }) => {
		for (const operation of writing) {
			const key = `${operation.resource}.${operation.method}`;
			const args = argumentsWith(operation, (name) => operation.required.includes(name));
			const record = recordOf(factsOf(operation), operation.fact.returns ?? '');
			const {
				isError,
				structuredContent,
				untrusted = [],
			} = call(key, args, {
				body: { ...record, ...writtenBy(operation, args) },
			});
			expect(isError, key).toBe(false);
			const shown = JSON.stringify(structuredContent);
			const absent = untrusted.filter((path) => !shown.includes(`"${path.split('/').at(-1)}":`));
			expect(absent, key).toEqual([]);
		}
	});
});
