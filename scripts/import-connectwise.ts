// Writes integrations/connect_wise_psa/resources/<module>.json from a facts file drawn from the vendor's OpenAPI document.
// node scripts/import-connectwise.ts <api-facts.json>
import { readFileSync, writeFileSync } from 'node:fs';
import type { FieldFact, IntegrationFile, MethodFact, RecordFact, Verb } from '../workers/compiler/format.ts';

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
	request?: string;
	response?: string;
}

interface Facts {
	meta: { commonQuery: string[] };
	operations: VendorOperation[];
	schemas: Record<string, { fields: Record<string, VendorField>; reference?: boolean }>;
}

interface ResourceRow {
	singular: string;
	/** The vendor's collection path, `{parentId}` standing for the parent. */
	path: string;
	/** Our name of `{parentId}`. */
	parent?: string;
	methods: string[];
	/** Method name → last segment of `<path>/{id}/<segment>`, called by POST. */
	actions?: Record<string, string>;
	/** `get` reads `path` itself: the resource is a single record. */
	isSingleton?: boolean;
}

const CRUD = ['list', 'get', 'create', 'update', 'delete'];
const TICKET = '/service/tickets/{parentId}';
const BOARD = '/service/boards/{parentId}';

const MODULES: Record<string, Record<string, ResourceRow>> = {
	service: {
		tickets: {
			singular: 'ticket',
			path: '/service/tickets',
			methods: CRUD,
			actions: { merge: 'merge', attach_children: 'attachChildren', copy: 'copy' },
		},
		ticket_notes: { singular: 'ticket_note', path: `${TICKET}/notes`, parent: 'ticket_id', methods: CRUD },
		ticket_all_notes: {
			singular: 'ticket_all_note',
			path: `${TICKET}/allNotes`,
			parent: 'ticket_id',
			methods: ['list'],
		},
		ticket_tasks: { singular: 'ticket_task', path: `${TICKET}/tasks`, parent: 'ticket_id', methods: CRUD },
		ticket_configurations: {
			singular: 'ticket_configuration',
			path: `${TICKET}/configurations`,
			parent: 'ticket_id',
			methods: ['list', 'create', 'delete'],
		},
		ticket_time_entries: {
			singular: 'ticket_time_entry',
			path: `${TICKET}/timeentries`,
			parent: 'ticket_id',
			methods: ['list'],
		},
		ticket_documents: {
			singular: 'ticket_document',
			path: `${TICKET}/documents`,
			parent: 'ticket_id',
			methods: ['list'],
		},
		boards: { singular: 'board', path: '/service/boards', methods: CRUD },
		board_statuses: { singular: 'board_status', path: `${BOARD}/statuses`, parent: 'board_id', methods: CRUD },
		board_types: { singular: 'board_type', path: `${BOARD}/types`, parent: 'board_id', methods: CRUD },
		board_subtypes: { singular: 'board_subtype', path: `${BOARD}/subtypes`, parent: 'board_id', methods: CRUD },
		board_items: { singular: 'board_item', path: `${BOARD}/items`, parent: 'board_id', methods: CRUD },
		board_teams: { singular: 'board_team', path: `${BOARD}/teams`, parent: 'board_id', methods: CRUD },
		priorities: { singular: 'priority', path: '/service/priorities', methods: CRUD },
		sources: { singular: 'source', path: '/service/sources', methods: CRUD },
	},
	company: {
		companies: { singular: 'company', path: '/company/companies', methods: CRUD, actions: { merge: 'merge' } },
		company_sites: {
			singular: 'company_site',
			path: '/company/companies/{parentId}/sites',
			parent: 'company_id',
			methods: CRUD,
		},
		contacts: { singular: 'contact', path: '/company/contacts', methods: CRUD },
		contact_communications: {
			singular: 'contact_communication',
			path: '/company/contacts/{parentId}/communications',
			parent: 'contact_id',
			methods: CRUD,
		},
		company_statuses: { singular: 'company_status', path: '/company/companies/statuses', methods: ['list'] },
		company_types: { singular: 'company_type', path: '/company/companies/types', methods: ['list'] },
		communication_types: { singular: 'communication_type', path: '/company/communicationTypes', methods: ['list'] },
	},
	time: {
		time_entries: { singular: 'time_entry', path: '/time/entries', methods: CRUD },
		work_types: { singular: 'work_type', path: '/time/workTypes', methods: CRUD },
		work_roles: { singular: 'work_role', path: '/time/workRoles', methods: CRUD },
	},
	schedule: {
		schedule_entries: { singular: 'schedule_entry', path: '/schedule/entries', methods: CRUD },
		schedule_types: { singular: 'schedule_type', path: '/schedule/types', methods: ['list'] },
		schedule_statuses: { singular: 'schedule_status', path: '/schedule/statuses', methods: ['list'] },
	},
	system: {
		members: {
			singular: 'member',
			path: '/system/members',
			methods: ['list', 'get', 'create', 'update'],
			actions: { deactivate: 'deactivate' },
		},
		my_members: { singular: 'my_member', path: '/system/myMembers', methods: ['get'], isSingleton: true },
		system_info: { singular: 'system_info', path: '/system/info', methods: ['get'], isSingleton: true },
	},
};

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

const VERBS: Record<string, Verb> = { list: 'GET', get: 'GET', create: 'POST', update: 'PATCH', delete: 'DELETE' };
const SYNC_FIELDS = ['connectWiseId', 'parentConnectWiseId', 'grandParentConnectWiseId'];
const SYNC_PARENT_FIELDS = ['parentId', 'grandParentId'];
/** The vendor says in words which fields a later change ignores. */
const CREATE_ONLY_NOTE = /only available for post|only during new \w+ creation|used only on create/i;
const FIELD_TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array'];
const FORMATS = ['date-time', 'date', 'uuid'];

function requireOperation(facts: Facts, verb: Verb, paths: string[]): VendorOperation {
	const operation = facts.operations.find((o) => o.method === verb && paths.includes(o.path));
	if (!operation) throw new Error(`${verb} ${paths.join(' or ')} is no operation of the vendor`);
	return operation;
}

function findOperation(facts: Facts, row: ResourceRow, method: string): { verb: Verb; operation: VendorOperation } {
	const action = row.actions?.[method];
	if (action) {
		const paths = ['id', 'parentId'].map((name) => `${row.path}/{${name}}/${action}`);
		return { verb: 'POST', operation: requireOperation(facts, 'POST', paths) };
	}
	const verb = VERBS[method];
	if (!verb) throw new Error(`method "${method}" needs an action`);
	const isOnCollection = method === 'list' || method === 'create' || row.isSingleton;
	return { verb, operation: requireOperation(facts, verb, [isOnCollection ? row.path : `${row.path}/{id}`]) };
}

function methodFact(facts: Facts, row: ResourceRow, method: string): MethodFact {
	const { verb, operation } = findOperation(facts, row, method);
	const path = operation.path.replace('{id}', '{{id}}').replace('{parentId}', `{{${row.parent ?? 'id'}}}`);
	const query = [
		...(method === 'list' && operation.commonQuery ? facts.meta.commonQuery : []),
		// Declared on every GET, but of use on a single record is only this one.
		...(method === 'get' && operation.commonQuery ? ['fields'] : []),
		...(operation.queryParams ?? []).map((p) => p.name),
		// The vendor's document declares some query parameters as path parameters.
		...(operation.pathParams ?? []).map((p) => p.name).filter((name) => !operation.path.includes(`{${name}}`)),
	];
	const longQuery = method === 'list' ? LONG_QUERIES[operation.path] : undefined;
	if (longQuery) requireOperation(facts, 'POST', [longQuery.path]);
	// The body of an update is a JSON Patch of the record that comes back.
	const body = verb === 'PATCH' ? operation.response : operation.request;
	return {
		verb,
		path,
		...(query.length ? { query } : {}),
		...(longQuery ? { long_query: longQuery } : {}),
		...(body ? { body } : {}),
		...(operation.response ? { returns: operation.response.replace(/\[\]$/, '') } : {}),
	};
}

function isReference(facts: Facts, name: string): boolean {
	return facts.schemas[name]?.reference === true || name.endsWith('Reference');
}

function referenceKeys(facts: Facts, name: string): string[] {
	const fields = facts.schemas[name]?.fields ?? {};
	return ['id', 'identifier', 'name'].filter((key) => key in fields);
}

function fieldFact(facts: Facts, field: VendorField): FieldFact {
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
	if (!FIELD_TYPES.includes(field.type ?? '')) throw new Error(`unknown field type ${field.type}`);
	return {
		type: field.type as FieldFact['type'],
		...(field.items ? { items: field.items as FieldFact['items'] } : {}),
		...(FORMATS.includes(field.format ?? '') ? { format: field.format as FieldFact['format'] } : {}),
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
		fields: Object.fromEntries(left.map(([key, field]) => [key, fieldFact(facts, field)])),
	};
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
	for (const [name, { path, match, person = [], within = {}, me }] of Object.entries(file.lookups ?? {})) {
		const paths = [path.replace(/\{\{[a-z_]+\}\}/, '{parentId}')];
		const operation = requireOperation(facts, 'GET', paths);
		if (me) requireOperation(facts, 'GET', [me]);
		const record = facts.schemas[operation.response?.replace(/\[\]$/, '') ?? ''];
		for (const field of [...match, ...person, ...Object.keys(within).map((one) => one.split('/')[0] ?? '')])
			if (!record?.fields[field]) throw new Error(`lookup "${name}": ${path} has no field "${field}"`);
	}
}

/** JSON with tabs; objects of methods and fields on one line each, so that a change of the vendor's is one line of diff. */
function toText(value: unknown, linesDeep: number, indent = ''): string {
	if (linesDeep === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return toLine(value);
	const entries = Object.entries(value);
	if (!entries.length) return '{}';
	const inner = `${indent}\t`;
	const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${toText(item, linesDeep - 1, inner)}`);
	return `{\n${lines.join(',\n')}\n${indent}}`;
}

function toLine(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(toLine).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	return `{ ${Object.entries(value)
		.map(([key, item]) => `${JSON.stringify(key)}: ${toLine(item)}`)
		.join(', ')} }`;
}

const [factsPath] = process.argv.slice(2);
if (!factsPath) throw new Error('usage: import-connectwise.ts <api-facts.json>');
const facts: Facts = JSON.parse(readFileSync(factsPath, 'utf8'));
checkLookups(facts);

for (const [module, rows] of Object.entries(MODULES)) {
	const resources = Object.fromEntries(
		Object.entries(rows).map(([resource, row]) => {
			const methods = [...row.methods, ...Object.keys(row.actions ?? {})];
			return [
				resource,
				{ singular: row.singular, methods: Object.fromEntries(methods.map((m) => [m, methodFact(facts, row, m)])) },
			];
		}),
	);
	const used = Object.values(resources).flatMap(({ methods }) =>
		Object.values(methods).flatMap((m) => [m.body, m.returns]),
	);
	const records = recordFacts(facts, new Set(used.filter((name) => name !== undefined)));
	writeFileSync(new URL(`resources/${module}.json`, FOLDER), `${toText({ source: SOURCE, resources, records }, 4)}\n`);
}
