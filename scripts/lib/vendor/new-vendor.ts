// Writes the first folder of an integration: from an OpenAPI document, or a small example to change.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { checkFolder } from '../check-integrations.ts';
import { Failure } from '../failure.ts';
import { PROJECT_ROOT } from '../places.ts';
import { type Described, isObject, type Json, readOpenApi } from './openapi.ts';

const MODULE = 'main';

export function newVendor(
	dir: string,
	options: { openapi?: string | undefined; document?: string | undefined; said?: string },
): void {
	const name = basename(dir);
	if (!/^[a-z][a-z0-9_]*$/.test(name))
		throw new Failure(`"${name}" cannot be a folder's name.`, 'Use lower-case letters, digits and "_".');
	if (existsSync(join(dir, 'integration.json'))) throw new Failure(`${dir} is there already.`, 'Choose another name.');
	const described = options.openapi === undefined ? EXAMPLE : readOpenApi(readDocument(options.openapi));
	const chosen = options.document?.split(',').map((one) => one.trim()) ?? Object.keys(EXAMPLE.resources);
	const documentation = documentationOf(described, chosen);
	const used = new Set(
		Object.values(documentation).flatMap((one) => Object.values(one.methods).flatMap((method) => method.query ?? [])),
	);
	const query = Object.fromEntries([...described.query].filter(([one]) => used.has(one)));
	const source = `${options.openapi === undefined ? 'say the page here' : basename(options.openapi)}, read on ${new Date().toISOString().slice(0, 10)}`;
	write(
		dir,
		'integration.json',
		integrationOf(name, described, { source, query, isDocumented: Object.keys(documentation).length > 0 }),
	);
	write(dir, `resources/${MODULE}.json`, { source, resources: described.resources, records: described.records });
	write(dir, `documentation/${MODULE}.json`, documentation);
	const place = relative(process.cwd(), dir) || dir;
	const said = options.said ?? name;
	const faults = checkFolder(dir);
	console.log(
		`Wrote ${place}: ${Object.keys(described.resources).length} resources, ${Object.keys(documentation).length} documented.`,
	);
	for (const line of faults) console.log(`  ${line}`);
	console.log(`
Next
  1. integration.json: paging, where records lie, errors, probe, hosts; say where each setting is found.
  2. documentation/${MODULE}.json: describe the methods that models get. What is not described is no tool.
  3. npm run vendor -- check ${said}
  4. npm run vendor -- show ${said} ${firstMethod(documentation)} '{}'
  All members: docs/integration-format.md`);
}

function readDocument(file: string): Json {
	const path = resolve(file);
	if (!existsSync(path)) throw new Failure(`There is no file ${path}.`, 'Name the OpenAPI document.');
	const text = readFileSync(path, 'utf8');
	try {
		const document: unknown = JSON.parse(text);
		if (isObject(document) && isObject(document.paths)) return document;
	} catch {
		throw new Failure(`${path} is no JSON.`, 'Turn YAML into JSON first, e.g. npx js-yaml api.yaml > api.json');
	}
	throw new Failure(`${path} has no "paths".`, 'It must be an OpenAPI 3 document.');
}

type MethodDocumentation = { description: string; fields?: string[]; query?: string[]; body?: string[] };
type Documentation = Record<
	string,
	{ tags: string[]; methods: Record<string, MethodDocumentation>; path?: Record<string, string> }
>;

const FIELDS_MAX = 8;
const DOCUMENTED = ['list', 'get', 'create', 'update'];

function documentationOf(described: Described, chosen: readonly string[]): Documentation {
	const known = Object.keys(described.resources);
	return Object.fromEntries(
		chosen.flatMap((resource) => {
			const fact = described.resources[resource];
			if (!fact)
				throw new Failure(`There is no resource "${resource}".`, `There are: ${known.slice(0, 60).join(', ')}`);
			const methods = Object.entries(fact.methods).filter(([method]) => DOCUMENTED.includes(method));
			if (methods.length === 0) return [];
			const parents = [...JSON.stringify(fact.methods).matchAll(/\{\{([a-z0-9_]+_id)\}\}/g)].map(([, one = '']) => one);
			return [
				[
					resource,
					{
						tags: ['all'],
						...(parents.length > 0
							? {
									path: Object.fromEntries(parents.map((one) => [one, `the ${one.slice(0, -3).replaceAll('_', ' ')}`])),
								}
							: {}),
						methods: Object.fromEntries(
							methods.map(([method, one]) => [method, describeMethod(described, resource, method, one)]),
						),
					},
				],
			];
		}),
	);
}

function describeMethod(described: Described, resource: string, method: string, fact: Json): MethodDocumentation {
	const said = described.summaries.get(`${resource}.${method}`) ?? '';
	const words = `${said.replace(/\.$/, '').slice(0, 300)}.`;
	const description =
		words.length >= 20
			? words
			: `${method[0]?.toUpperCase()}${method.slice(1)} ${resource.replaceAll('_', ' ')}: say what it is for.`;
	const returned = Object.entries(described.records[String(fact.returns)]?.fields ?? {});
	const plain = returned.filter(([, { type }]) => type !== 'object' && type !== 'array').map(([name]) => name);
	const body = Object.entries(described.records[String(fact.body)]?.fields ?? {});
	const writable = body.filter(([, { read_only, type }]) => !read_only && type !== 'file').map(([name]) => name);
	const isPaging = /^(page|per_page|pageSize|page_size|limit|offset|cursor|after|before|size|count|start|page\[.*\])$/i;
	const query = ((fact.query ?? []) as string[]).filter(
		(name) => /^[a-zA-Z0-9_.-]{1,64}$/.test(name) && !isPaging.test(name),
	);
	return {
		description,
		...(method === 'list' && plain.length > 0 ? { fields: plain.slice(0, FIELDS_MAX) } : {}),
		...(method === 'list' && query.length > 0 ? { query } : {}),
		...(method === 'create' || method === 'update' ? { body: writable } : {}),
	};
}

function integrationOf(
	name: string,
	described: Described,
	{ source, query, isDocumented }: { source: string; query: Json; isDocumented: boolean },
): Json {
	const url = URL.canParse(described.server ?? '')
		? new URL(described.server ?? '')
		: new URL('https://api.example.com');
	const path = url.pathname.replace(/\/$/, '');
	const anyId = JSON.stringify(described.records).includes('"id":{"type":"string"') ? 'string' : 'integer';
	const hasId = Object.values(described.records).some(({ fields }) => fields.id);
	return {
		name,
		label: described.title,
		short: name
			.replace(/[^a-z]/g, '')
			.slice(0, 4)
			.padEnd(2, 'x'),
		infix: name,
		source,
		modules: [MODULE],
		id_type: anyId,
		credentials: described.credentials,
		base_url: { path, sites: {}, hosts: [url.hostname], example: `https://${url.host}${path}` },
		auth: described.auth,
		headers: { Accept: 'application/json', ...described.headers },
		paging: pagingOf([...described.query.keys()]),
		list: { records_path: described.recordsPath },
		...(described.recordPath ? { record_path: described.recordPath } : {}),
		...(hasId ? {} : { id_path: 'id' }),
		update_body: 'json',
		clear: 'null',
		drop: { keys: [], keep: {} },
		datetime: 'iso',
		errors: {
			code: ['code'],
			message: ['message', 'error'],
			advice: { '401': 'Ask the operator to test the connection.', '404': 'Check the id.', '429': 'Wait, then go on.' },
		},
		probe: {
			path: probePath(described),
			diagnoses: [{ status: [401], cause: 'keys', message: 'The credentials are not accepted: say what to check.' }],
		},
		query,
		instructions: `Tools act on a live ${described.title}. More pages: call again with the same arguments and next_cursor unchanged; null means the end.`,
		tags: isDocumented ? { all: 'Everything: make tags by area of work' } : {},
	};
}

/** A guess by the names of query parameters; what tells that there are more pages, its author says. */
function pagingOf(names: readonly string[]): Json {
	const find = (...patterns: RegExp[]) =>
		patterns.flatMap((pattern) => names.find((name) => pattern.test(name)) ?? [])[0];
	const size =
		find(/^(per_page|page_size|pageSize|perPage|limit|size|count|\$top|maxResults|page\[size\])$/) ?? 'per_page';
	const offset = find(/^(offset|skip|\$skip|startAt|start)$/);
	const cursor = find(/^(cursor|after|page_token|pageToken|page\[after\]|next)$/);
	const rest = { size_parameter: size, max_size: 100 };
	if (cursor) return { style: 'cursor', cursor_parameter: cursor, next_path: 'meta/next', ...rest };
	if (offset) return { style: 'offset', offset_parameter: offset, ...rest };
	return { style: 'page', page_parameter: find(/^(page|page_no|pageNumber|page\[number\])$/) ?? 'page', ...rest };
}

/** A list that needs no parent. */
function probePath({ resources }: Described): string {
	const lists = Object.values(resources).flatMap(({ methods }) => (methods.list ? [String(methods.list.path)] : []));
	return lists.find((path) => !path.includes('{{')) ?? '/';
}

function firstMethod(documentation: Documentation): string {
	const [first] = Object.entries(documentation);
	return first ? `${first[0]}.${Object.keys(first[1].methods)[0]}` : 'tickets.list';
}

function write(dir: string, file: string, value: object): void {
	const path = join(dir, file);
	mkdirSync(dirname(path), { recursive: true });
	const schema = join(PROJECT_ROOT, 'schemas', `${file.split(/[/.]/)[0]}.json`);
	const $schema = relative(dirname(path), schema).split(sep).join('/');
	writeFileSync(path, `${JSON.stringify({ $schema, ...value }, null, '\t')}\n`);
}

const EXAMPLE: Described = {
	title: 'Vendor',
	server: undefined,
	auth: { scheme: 'bearer', token: '{{token}}' },
	headers: {},
	credentials: { token: { label: 'API token', where: 'Where the vendor shows it: say it here.', secret: true } },
	recordsPath: '',
	recordPath: undefined,
	query: new Map(),
	summaries: new Map([
		['tickets.list', 'Find tickets, newest first'],
		['tickets.get', 'One whole ticket by its id'],
	]),
	resources: {
		tickets: {
			singular: 'ticket',
			methods: {
				list: { verb: 'GET', path: '/tickets', returns: 'Ticket' },
				get: { verb: 'GET', path: '/tickets/{{id}}', returns: 'Ticket' },
			},
		},
	},
	records: { Ticket: { fields: { id: { type: 'integer', read_only: true }, subject: { type: 'string' } } } },
};
