// Writes integrations/connect_wise_psa/resources/<module>.json from a facts file drawn from the vendor's OpenAPI document.
// node maintenance/import-connectwise.ts <api-facts.json>
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonLines } from '../scripts/lib/json-lines.ts';
import type {
	FieldFact,
	IntegrationFile,
	MethodFact,
	RecordFact,
	ResourceFact,
	Verb,
} from '../workers/integration/format.ts';
import { DAY_FIELDS } from './lib/connectwise-days.ts';
import { type Place, placeOperations } from './lib/connectwise-names.ts';

const FOLDER = new URL('../integrations/connect_wise_psa/', import.meta.url);
const SOURCE =
	"ConnectWise PSA REST API 3.0, the vendor's OpenAPI document: operations as of 2025.16, schemas as of 2025.1 or 2026.4 " +
	'(https://developer.connectwise.com); read 2026-11-22';

interface VendorField {
	type?: string;
	format?: string;
	enum?: string[];
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	items?: string;
	ref?: string;
	itemsRef?: string;
	required?: boolean;
	postOnly?: boolean;
	note?: string;
}

interface VendorOperation {
	method: string;
	path: string;
	pathParams?: { name: string }[];
	queryParams?: { name: string }[];
	commonQuery?: boolean;
	requestContentType?: string;
	request?: string;
	response?: string;
}

interface Facts {
	meta: { commonQuery: string[] };
	operations: VendorOperation[];
	schemas: Record<string, { fields: Record<string, VendorField>; reference?: boolean }>;
}

/** Lists whose query may go in a body (`FilterValues`), and the names that its parameters have there. */
const LONG_QUERIES: Record<string, NonNullable<MethodFact['long_query']>> = {
	'/service/tickets': {
		path: '/service/tickets/search',
		body: {
			conditions: 'conditions',
			childConditions: 'childconditions',
			customFieldConditions: 'customfieldconditions',
			orderBy: 'orderBy',
		},
	},
};

/** Paths that the vendor's document gives wrongly (a cut-off route expression, a lost `/{id}`) or misleadingly. */
const REPAIRED_PATHS: Record<string, string> = {
	'DELETE /procurement/purchaseorders/{parentId}/lineitems':
		'/procurement/purchaseorders/{{purchase_order_id}}/lineitems/{{id}}',
	'GET /system/members/{memberIdentifier:regex(^(types. |(': '/system/members/{{member_identifier}}',
	'GET /system/info/members/{memberIdentifier:regex(^(types. |(': '/system/info/members/{{member_identifier}}',
	'POST /finance/agreements/types{id}/copy': '/finance/agreements/types/{{id}}/copy',
	// Not wrong, but its id is none of a template.
	'POST /project/projectTemplates/createFromProject/{id}': '/project/projectTemplates/createFromProject/{{project_id}}',
};

/**
 * Reads that answer with one record and page and filter like a list.
 * Source: ConnectWise Developer Guide, "Reports"; its `columns` is in no OpenAPI document.
 */
const QUERIED_RECORDS: Record<string, string[]> = {
	'/system/reports/{reportName}': ['conditions', 'orderBy', 'page', 'pageSize'],
};

const METHOD_ORDER = ['list', 'get', 'create', 'update', 'replace', 'delete', 'count'];

const SYNC_FIELDS = ['connectWiseId', 'parentConnectWiseId', 'grandParentConnectWiseId'];
const SYNC_PARENT_FIELDS = ['parentId', 'grandParentId'];
/** The vendor says in words which fields a later change ignores. */
const CREATE_ONLY_NOTE = /only available for post|only during new \w+ creation|used only on create/i;
const FIELD_TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array'];
/** Items of other types are open objects. */
const ITEM_TYPES = ['string', 'integer', 'number'];
const FORMATS = ['date-time', 'date', 'uuid'];

function methodFact(operation: VendorOperation, place: Place, facts: Facts): MethodFact {
	const { method: verb } = operation;
	const query = [
		...commonQuery(operation, place, facts),
		...(operation.queryParams ?? []).map((p) => p.name),
		// The vendor's document declares some query parameters as path parameters.
		...(operation.pathParams ?? []).map((p) => p.name).filter((name) => !operation.path.includes(`{${name}`)),
	];
	const longQuery = place.method === 'list' ? LONG_QUERIES[operation.path] : undefined;
	// The body of an update is a JSON Patch of the record that comes back.
	const body = verb === 'PATCH' ? operation.response : operation.request;
	const { response } = operation;
	const isRecord = response !== undefined && response.replace(/\[\]$/, '') in facts.schemas;
	return {
		verb: verb as Verb,
		path: REPAIRED_PATHS[`${verb} ${operation.path}`] ?? place.path,
		...(query.length ? { query } : {}),
		...(longQuery ? { long_query: longQuery } : {}),
		...(operation.requestContentType === 'multipart/form-data' ? { form_file: fileField(facts, body) } : {}),
		...(body && body.replace(/\[\]$/, '') in facts.schemas ? bodyFact(body) : {}),
		...(response === 'binary' ? { answers: 'binary' as const } : {}),
		...(isRecord ? { returns: response.replace(/\[\]$/, '') } : {}),
	};
}

function fileField(facts: Facts, body: string | undefined): string {
	const [name] =
		Object.entries(facts.schemas[body ?? '']?.fields ?? {}).find(([, { format }]) => format === 'binary') ?? [];
	if (name === undefined) throw new Error(`no file in ${body}`);
	return name;
}

/** Declared on every GET; of use are all of it on a list, the filters on a count, and on a single record `fields`. */
function commonQuery(
	{ commonQuery: isDeclared, response, path }: VendorOperation,
	{ method }: Place,
	facts: Facts,
): string[] {
	if (!isDeclared || response === 'binary') return [];
	if (response?.endsWith('[]')) return facts.meta.commonQuery;
	if (QUERIED_RECORDS[path]) return QUERIED_RECORDS[path];
	if (method.startsWith('count')) return facts.meta.commonQuery.filter((name) => /conditions$/i.test(name));
	return ['fields'];
}

function bodyFact(body: string): Pick<MethodFact, 'body' | 'is_array'> {
	return body.endsWith('[]') ? { body: body.slice(0, -2), is_array: true } : { body };
}

function isReference(facts: Facts, name: string): boolean {
	return facts.schemas[name]?.reference === true || name.endsWith('Reference');
}

function referenceKeys(facts: Facts, name: string): string[] {
	const fields = facts.schemas[name]?.fields ?? {};
	return ['id', 'identifier', 'name'].filter((key) => key in fields);
}

function fieldFact(facts: Facts, name: string, field: VendorField): FieldFact {
	const createOnly = field.postOnly || CREATE_ONLY_NOTE.test(field.note ?? '') ? { create_only: true as const } : {};
	if (field.ref) {
		if (!isReference(facts, field.ref)) return { type: 'object', record: field.ref, ...createOnly };
		return { type: 'reference', target: field.ref, keys: referenceKeys(facts, field.ref), ...createOnly };
	}
	if (field.itemsRef) {
		if (!isReference(facts, field.itemsRef)) return { type: 'array', record: field.itemsRef, ...createOnly };
		const keys = referenceKeys(facts, field.itemsRef);
		return { type: 'array', items: 'reference', target: field.itemsRef, keys, ...createOnly };
	}
	if (field.format === 'binary') return { type: 'file' };
	if (!FIELD_TYPES.includes(field.type ?? '')) throw new Error(`unknown field type ${field.type}`);
	return {
		type: field.type as FieldFact['type'],
		...(ITEM_TYPES.includes(field.items ?? '') ? { items: field.items as FieldFact['items'] } : {}),
		...(FORMATS.includes(field.format ?? '') ? { format: field.format as FieldFact['format'] } : {}),
		...(field.type === 'string' && !field.enum && field.format !== 'date' && DAY_FIELDS.has(name)
			? { is_day: true as const }
			: {}),
		...(field.enum ? { enum: field.enum } : {}),
		...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
		...(field.minimum === undefined ? {} : { minimum: field.minimum }),
		...(field.maximum === undefined ? {} : { maximum: field.maximum }),
		...createOnly,
	};
}

function recordFact(facts: Facts, name: string): RecordFact {
	const schema = facts.schemas[name];
	if (!schema) throw new Error(`no schema ${name}`);
	const isSynced = SYNC_FIELDS.some((field) => field in schema.fields);
	const left = Object.entries(schema.fields).filter(
		([field]) => field !== '_info' && !SYNC_FIELDS.includes(field) && !(isSynced && SYNC_PARENT_FIELDS.includes(field)),
	);
	return {
		required: left.filter(([, field]) => field.required).map(([key]) => key),
		fields: Object.fromEntries(left.map(([key, field]) => [key, fieldFact(facts, key, field)])),
	};
}

/** The usual methods first, the others as the vendor lists them. */
function inOrder(methods: Record<string, MethodFact>): Record<string, MethodFact> {
	const rank = (name: string) => (METHOD_ORDER.indexOf(name) + METHOD_ORDER.length + 1) % (METHOD_ORDER.length + 1);
	return Object.fromEntries(Object.entries(methods).sort(([a], [b]) => rank(a) - rank(b)));
}

/** The named records and those that they hold, in alphabetical order. */
function recordFacts(facts: Facts, names: Iterable<string>): Record<string, RecordFact> {
	const records = new Map<string, RecordFact>();
	const queue = [...names];
	for (let name = queue.pop(); name; name = queue.pop()) {
		if (records.has(name)) continue;
		const record = recordFact(facts, name);
		records.set(name, record);
		for (const field of Object.values(record.fields)) if (field.record) queue.push(field.record);
	}
	return Object.fromEntries([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws Error when a lookup asks what is no list of the vendor's, or for a field that the list lacks */
function checkLookups(facts: Facts): void {
	const file = JSON.parse(readFileSync(new URL('integration.json', FOLDER), 'utf8')) as IntegrationFile;
	const requireRead = (path: string) => {
		const operation = facts.operations.find((one) => one.method === 'GET' && one.path === path);
		if (!operation) throw new Error(`GET ${path} is no operation of the vendor`);
		return operation;
	};
	for (const [name, { path, match, person = [], within = {}, me }] of Object.entries(file.lookups ?? {})) {
		const operation = requireRead(path.replace(/\{\{[a-z_]+\}\}/, '{parentId}'));
		if (me) requireRead(me);
		const record = facts.schemas[operation.response?.replace(/\[\]$/, '') ?? ''];
		for (const field of [...match, ...person, ...Object.keys(within).map((one) => one.split('/')[0] ?? '')])
			if (!record?.fields[field]) throw new Error(`lookup "${name}": ${path} has no field "${field}"`);
	}
}

const [factsPath] = process.argv.slice(2);
if (!factsPath) throw new Error('usage: import-connectwise.ts <api-facts.json>');
const facts: Facts = JSON.parse(readFileSync(factsPath, 'utf8'));
checkLookups(facts);

const places = placeOperations(facts.operations);
const total = { operations: 0, resources: 0 };

for (const module of new Set(Array.from(places.values(), (place) => place.module))) {
	const resources: Record<string, ResourceFact> = {};
	for (const [operation, place] of places) {
		if (place.module !== module) continue;
		const resource = resources[place.resource] ?? { singular: place.singular, methods: {} };
		resources[place.resource] = resource;
		if (resource.methods[place.method]) throw new Error(`${place.resource}.${place.method} is there twice`);
		resource.methods[place.method] = methodFact(operation, place, facts);
		total.operations++;
	}
	for (const resource of Object.values(resources)) resource.methods = inOrder(resource.methods);
	total.resources += Object.keys(resources).length;
	const used = Object.values(resources).flatMap(({ methods }) =>
		Object.values(methods).flatMap((m) => [m.body, m.returns]),
	);
	const records = recordFacts(facts, new Set(used.filter((name) => name !== undefined)));
	writeFileSync(
		new URL(`resources/${module}.json`, FOLDER),
		`${jsonLines({ source: SOURCE, resources, records }, 4)}\n`,
	);
}
console.log(`${total.operations} operations, ${total.resources} resources`);
