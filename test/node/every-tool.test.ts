// Every tool of the ConnectWise integration, called once or more on the real thing: reads on what the sandbox holds,
// then writes on records that this file makes. Arguments come from `tool-arguments.ts`. The tests run in order.
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { readFolder } from '../../scripts/lib/check-integrations.ts';
import { type DocumentationFile, integrationFileSchema, type ResourcesFile } from '../../workers/integration/format.ts';
import type { MethodKind } from '../../workers/integration/method-kind.ts';
import { placeholdersIn } from '../../workers/integration/method-wire.ts';
import { joinIntegration, type Operation } from '../../workers/integration/operations.ts';
import { type CallResult, call, connectV1, PROJECT_ROOT, startForTests, type TestPatchbay } from './support.ts';
import { type Arguments, type Facts, ToolArguments } from './tool-arguments.ts';

const { operations: OPERATIONS, facts: FACTS } = readIntegration();
/** Records that the hand-written jobs below name. */
const SEEDED = { boards: 1, companies: 102, contacts: 1001, members: 151 };

let patchbay: TestPatchbay;
let client: Client;
let choose: ToolArguments;
const called = new Set<string>();
/** Arguments of the path of the records that this file made, by resource; `id` is the record's own. */
const made = new Map<string, Arguments>();

beforeAll(async () => {
	patchbay = await startForTests();
	// Faster than any model, and some of it twice on purpose.
	const limits = { calls_per_minute: 60_000, duplicate_window_seconds: 0 };
	// Tools that reach outside are there only where their tag is named.
	const tags = [...new Set(OPERATIONS.flatMap((operation) => [...operation.tags]))];
	client = await connectV1((await patchbay.createServer({ ...limits, tags, tool_exposure: 'all' })).url);
	// As real clients do; from here on results are validated against the output schemas.
	await client.listTools();
	await patchbay.sandbox.reset();
	choose = new ToolArguments(patchbay.sandbox, FACTS);
});
afterAll(async () => {
	await client?.close();
	await patchbay?.stop();
});

function readIntegration(): { operations: readonly Operation[]; facts: Facts } {
	const { integration, modules } = readFolder(join(PROJECT_ROOT, 'integrations/connect_wise_psa'));
	const file = integrationFileSchema.parse(integration);
	// integrations.test.ts checks them.
	const parts = file.modules.map((module) => ({
		module,
		resources: modules[module]?.resources as ResourcesFile,
		documentation: modules[module]?.documentation as DocumentationFile,
	}));
	return {
		operations: joinIntegration(file, parts).operations,
		facts: {
			integration: file,
			records: Object.assign({}, ...parts.map(({ resources }) => resources.records)),
			resources: Object.assign({}, ...parts.map(({ resources }) => resources.resources)),
		},
	};
}

const ofKind = (kind: MethodKind): Operation[] => OPERATIONS.filter((operation) => operation.kind === kind);
const keyOf = ({ resource, method }: Operation): string => `${resource}.${method}`;

function find(key: string): Operation {
	const operation = OPERATIONS.find((one) => keyOf(one) === key);
	if (!operation) throw new Error(`no tool ${key}`);
	return operation;
}

function use<T = Record<string, unknown>>(operation: Operation, args: Arguments): Promise<CallResult<T>> {
	called.add(operation.names.full);
	return call<T>(client, operation.names.full, args);
}

/** @throws Error with the answer when the tool fails */
async function succeed<T = Record<string, unknown>>(key: string, args: Arguments): Promise<T> {
	const { isError, data, text } = await use<T>(find(key), args);
	if (isError) throw new Error(`${key} ${JSON.stringify(args)}: ${text}`);
	return data;
}

async function list(key: string, args: Arguments): Promise<Record<string, unknown>[]> {
	return (await succeed<{ result: Record<string, unknown>[] }>(key, args)).result;
}

/** Arguments that a call needs besides those of its path, as its example has them. */
function demanded({ documentation, required, fact }: Operation): Arguments {
	const inPath = new Set(placeholdersIn(fact.path));
	const names = required.filter((name) => !inPath.has(name));
	return Object.fromEntries(names.map((name) => [name, documentation.example?.[name]]));
}

/** A path whose list has records. */
async function filledPath({ fact, documentation }: Operation, query: Arguments = {}): Promise<Arguments> {
	const strings = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
	const path = fact.path.replace(/\/$/, '');
	const chosen = await choose.choosePath(
		path,
		documentation.example,
		async (filled) => (await choose.list(filled, strings)).length > 0,
	);
	if (!chosen) throw new Error(`the sandbox has nothing at ${fact.path}`);
	return chosen;
}

/** Query arguments of reads whose example names a record that the sandbox does not have. */
const READ_INSTEAD: Record<string, Arguments> = {
	'documents.list': { recordType: 'Ticket', recordId: 14059 },
	'documents.count': { recordType: 'Ticket', recordId: 14059 },
	'audit_trail.list': { type: 'Ticket', id: 14059 },
};

describe('reading', () => {
	for (const operation of ofKind('list')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const query = { ...demanded(operation), ...READ_INSTEAD[key] };
			const parents = { ...(await filledPath(operation, query)), ...query };
			const usual = await list(key, parents);
			expect(usual.length).toBeGreaterThan(0);
			const { fields = [], example } = operation.documentation;
			const hasId = operation.fieldNames.includes('id');
			if (hasId && fields.includes('id')) expect(Object.keys(usual[0] ?? {})).toContain('id');
			const all = operation.places.has('fields') ? { fields: '*' } : {};
			const whole = await list(key, { ...parents, ...all, limit: 10 });
			if (fields.includes('id')) {
				expect(whole.map(({ id }) => id)).toEqual(usual.slice(0, 10).map(({ id }) => id));
			}
			if (fields.length > 0) await list(key, { ...parents, fields: [...fields, '_info'].join(',') });
			if (hasId && operation.places.has('orderBy')) await list(key, { ...parents, orderBy: 'id desc' });
			if (example) await list(key, { ...example, ...parents });
		});
	}

	for (const operation of [...ofKind('count'), ...ofKind('get')]) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const path = await choose.choosePath(operation.fact.path, operation.documentation.example);
			if (!path) throw new Error(`the sandbox has nothing at ${operation.fact.path}`);
			const args: Arguments = { ...operation.documentation.example, ...READ_INSTEAD[key], ...path };
			const record = await succeed(key, args);
			const isItem = operation.fact.path.endsWith('/{{id}}') && operation.fieldNames.includes('id');
			if (isItem) expect(record.id).toBe(path.id);
			if (operation.places.has('fields')) await succeed(key, { ...args, fields: '*' });
		});
	}
});

const own = (resource: string): number => {
	const id = made.get(resource)?.id;
	if (typeof id !== 'number') throw new Error(`nothing was made of ${resource}`);
	return id;
};

/** The first record of a list that fits, as an `id`. */
async function first(path: string, conditions: string): Promise<Arguments> {
	const [record] = await choose.list(path, { conditions });
	if (!record) throw new Error(`the sandbox has nothing at ${path} where ${conditions}`);
	return { id: record.id };
}

/** What cannot be told from the data: bare ids, and records that must be in a certain state. */
const INSTEAD: Record<string, () => Arguments | Promise<Arguments>> = {
	'ticket_configurations.create': () => ({ ticket_id: 14059, id: 301 }),
	'ticket_configurations.delete': () => ({ ticket_id: 14059, id: 301 }),
	'agreement_configurations.create': () => ({ id: 301 }),
	'agreement_configurations.delete': () => ({ id: 301 }),
	'project_ticket_configurations.create': () => ({ id: 301 }),
	'project_ticket_configurations.delete': () => ({ id: 301 }),
	'board_subtypes.create': async () => ({ board_id: 1, typeAssociationIds: [11] }),
	'board_subtypes.update': () => ({ typeAssociationIds: [] }),
	'board_teams.create': () => ({ members: [151, 152] }),
	'board_teams.update': () => ({ members: [151, 152, 153] }),
	'time_entries.create': () => ({ chargeToId: own('tickets') }),
	'schedule_entries.create': () => ({ objectId: own('tickets') }),
	'marketing_group_companies.create': () => ({ group_id: 1, id: 110 }),
	'marketing_group_contacts.create': () => ({ group_id: 1, id: 1040 }),
	'purchase_order_line_items.bulk_delete': () => {
		const { purchase_order_id, id } = made.get('purchase_order_line_items') ?? {};
		return { purchase_order_id, ids: [id] };
	},
	// Orders hold on to the one that was made; its copy is nobody's yet.
	'catalog_items.delete': () => first('/procurement/catalog', 'identifier like "%-COPY"'),
	'time_sheets.delete': () => first('/time/sheets', 'hours = 0'),
	'contacts.delete': () => ({ transferContactId: SEEDED.contacts }),
};

/** The path of a record that this file made of the resource, or of one that is there. */
async function writablePath(operation: Operation): Promise<Arguments> {
	const names = placeholdersIn(operation.fact.path);
	// What becomes of a record that something is done with is not always undone: that is for others than our own.
	const ownPath = operation.kind === 'custom' ? undefined : made.get(operation.resource);
	if (ownPath && names.every((name) => name in ownPath)) {
		return Object.fromEntries(names.map((name) => [name, ownPath[name]]));
	}
	const chosen = await choose.choosePath(operation.fact.path, operation.documentation.example);
	if (!chosen) throw new Error(`the sandbox has nothing at ${operation.fact.path}`);
	return chosen;
}

/** What a body says again of the path, and the record that only a body names. */
async function bodyIds({ documentation, fact, resource }: Operation, path: Arguments): Promise<Arguments> {
	const { example = {} } = documentation;
	const again = Object.entries(path).flatMap(([name, id]) => {
		const field = name.replace(/_id$/, '');
		return name !== field && typeof example[field] === 'object' ? [[field, { id }]] : [];
	});
	const list = FACTS.resources[resource]?.methods.list?.path;
	const isNamed = 'id' in example && !('id' in path) && fact.verb !== 'GET' && list !== undefined;
	const [record] = isNamed ? await choose.list(list) : [];
	return { ...Object.fromEntries(again), ...(record && { id: record.id }) };
}

function fill(path: string, args: Arguments): string {
	return path.replace(/\{\{(\w+)\}\}/g, (_, name: string) => encodeURIComponent(String(args[name])));
}

async function writeArguments(operation: Operation): Promise<Arguments> {
	const { documentation, fact, kind } = operation;
	const path = await writablePath(operation);
	const instead = (await INSTEAD[keyOf(operation)]?.()) ?? {};
	const args = { ...documentation.example, ...path, ...(await bodyIds(operation, path)), ...instead };
	const current = kind === 'create' ? null : await choose.get(fill(fact.path, args));
	return { ...(await choose.withReferences(operation, args, current)), ...instead };
}

/** What an answer to a write must show: every plain value that the call set, and the ids of what it refers to. */
function shownBy({ fact, places }: Operation, args: Arguments): Arguments {
	const returned = FACTS.records[fact.returns ?? '']?.fields ?? {};
	const sent = Object.entries(args).flatMap(([name, value]): [string, unknown][] => {
		const field = returned[name];
		if (!field || places.get(name)?.in !== 'body' || field.format === 'date-time' || field.create_only) return [];
		if (value !== null && typeof value === 'object') return 'id' in value ? [[name, { id: value.id }]] : [];
		// A name stands for a record, which the answer shows by its id.
		return field.type === 'reference' ? [] : [[name, value]];
	});
	return Object.fromEntries(sent.filter(([name]) => !NOT_SHOWN.has(name)));
}

/** Body fields that the vendor takes without showing them afterwards. */
const NOT_SHOWN = new Set(['initialDescription', 'processNotifications']);

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function emptyLists(args: Arguments): string[] {
	return Object.entries(args).flatMap(([name, value]) => (isEmptyList(value) ? [name] : []));
}

/** Done in describe blocks of their own, because they need more than one record or a certain order. */
const BY_HAND = new Set([
	...['tickets.copy', 'tickets.attach_children', 'tickets.merge', 'tickets.convert', 'companies.merge'],
	...['members.deactivate', 'project_tickets.convert'],
	...['submit', 'approve', 'reverse', 'reject'].flatMap((step) => [`time_sheets.${step}`, `expense_reports.${step}`]),
]);

describe('writing', () => {
	for (const operation of ofKind('create')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const args = await writeArguments(operation);
			const record = await succeed(key, args);
			expect(record).toMatchObject(shownBy(operation, args));
			expect(record.not_taken_over).toBeUndefined();
			const path = { ...args, id: record.id };
			const item = `${operation.fact.path.replace(/\/$/, '')}/{{id}}`;
			if (typeof record.id === 'number' && (await choose.get(fill(item, path)))) made.set(operation.resource, path);
		});
	}

	for (const operation of ofKind('update')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const written = await writeArguments(operation);
			// The sandbox's own record may hold an empty list, which is no change.
			const args = Object.fromEntries(Object.entries(written).filter(([, value]) => !isEmptyList(value)));
			if (Object.keys(args).every((name) => operation.places.get(name)?.in === 'path'))
				args.clear = emptyLists(written);
			const record = await succeed(key, args);
			expect(record).toMatchObject(shownBy(operation, args));
			expect(record.not_taken_over).toBeUndefined();
		});
	}

	for (const operation of ofKind('custom').filter((one) => !BY_HAND.has(keyOf(one)))) {
		const key = keyOf(operation);
		it(key, async () => {
			await succeed(key, await writeArguments(operation));
		});
	}

	for (const [resource, path] of [
		['time_sheets', '/time/sheets'],
		['expense_reports', '/expense/reports'],
	] as const) {
		it(`${resource}: submit, approve, reverse and reject`, async ({ expect }) => {
			const { id } = await first(path, 'status = "Open"');
			const status = async () => (await choose.get(`${path}/${id}`))?.status;
			const step = async (name: string) => {
				const { example } = find(`${resource}.${name}`).documentation;
				await succeed(`${resource}.${name}`, { ...example, id });
				return status();
			};
			expect(await step('submit')).toBe('PendingApproval');
			expect(await step('approve')).toMatch(/^ApprovedByTier/);
			expect(await step('reverse')).toBe('Open');
			expect(await step('submit')).toBe('PendingApproval');
			expect(await step('reject')).toBe('Rejected');
			const { isError, text } = await use(find(`${resource}.approve`), {
				...find(`${resource}.approve`).documentation.example,
				id,
			});
			expect([isError, text]).toEqual([true, expect.stringContaining('cannot be approved')]);
		});
	}

	it('tickets.convert and project_tickets.convert', async ({ expect }) => {
		const company = { id: SEEDED.companies };
		const ticket = await succeed('tickets.create', { summary: 'Becomes a part of a project', company });
		const [project] = await choose.list('/project/projects');
		const [phase] = await choose.list(`/project/projects/${project?.id}/phases`);
		const convert = { project: { id: project?.id }, phase: { id: phase?.id } };
		const { example } = find('tickets.convert').documentation;
		await succeed('tickets.convert', { ...example, id: ticket.id, ...convert });
		expect(await choose.get(`/service/tickets/${ticket.id}`)).toBeNull();
		expect(await choose.get(`/project/tickets/${ticket.id}`)).toMatchObject({
			summary: ticket.summary,
			phase: { id: phase?.id },
		});
		await succeed('project_tickets.convert', { id: ticket.id, recordType: 'ServiceTicket' });
		expect(await choose.get(`/service/tickets/${ticket.id}`)).toMatchObject({ summary: ticket.summary });
	});

	it('tickets.copy, attach_children and merge', async ({ expect }) => {
		const id = own('tickets');
		const child = await succeed('tickets.copy', { id });
		const duplicate = await succeed('tickets.copy', { id });
		expect(child).toMatchObject({ summary: duplicate.summary, company: duplicate.company });
		await succeed('tickets.attach_children', { id, childTicketIds: [child.id] });
		expect(await succeed('tickets.get', { id: child.id, fields: '*' })).toMatchObject({ parentTicketId: id });
		const status = { name: 'Closed' };
		expect(await succeed('tickets.merge', { id, mergeTicketIds: [duplicate.id], status })).toMatchObject({
			success: true,
		});
		expect(await succeed('tickets.get', { id: duplicate.id, fields: '*' })).toMatchObject({ closedFlag: true });
	});

	it('companies.merge', async ({ expect }) => {
		const { example } = find('companies.create').documentation;
		const twin = await succeed('companies.create', { ...example, identifier: 'GlobexTwin', name: 'Globex again' });
		const company = { id: twin.id };
		const contact = await succeed('contacts.create', { firstName: 'Hank', company });
		const ticket = await succeed('tickets.create', { summary: 'Moves along', company });
		const id = own('companies');
		const merge = { ...find('companies.merge').documentation.example, id: twin.id, toCompanyId: id };
		expect(await succeed('companies.merge', merge)).toMatchObject({ success: true });
		expect(await succeed('tickets.get', { id: ticket.id })).toMatchObject({ company: { id } });
		expect(await succeed('contacts.get', { id: contact.id })).toMatchObject({ company: { id } });
		expect(await list('company_sites.list', { company_id: id })).toHaveLength(2);
		expect((await use(find('companies.get'), company)).data).toMatchObject({ statusCode: 404, code: 'NotFound' });
		for (const key of ['tickets', 'contacts']) {
			await succeed(`${key}.delete`, { id: key === 'tickets' ? ticket.id : contact.id });
		}
	});

	it('members.deactivate', async ({ expect }) => {
		const id = own('members');
		const serviceTeam = { reAssignToMember: { identifier: 'jsmith' } };
		expect(await succeed('members.deactivate', { id, serviceTeam })).toMatchObject({
			serviceTeam: { count: 0, ...serviceTeam },
		});
		expect(await succeed('members.get', { id })).toMatchObject({ inactiveFlag: true });
	});

	const refused: { key: string; args: () => Arguments; says: RegExp }[] = [
		{ key: 'companies.delete', args: () => ({ id: SEEDED.companies }), says: /in use and cannot be deleted/ },
		{ key: 'boards.delete', args: () => ({ id: SEEDED.boards }), says: /in use and cannot be deleted/ },
		{
			key: 'companies.create',
			args: () => ({ name: 'x', identifier: 'Unheard', types: [{ name: 'Nothing' }] }),
			says: /"Nothing\\" names no company type/,
		},
		{
			key: 'companies.merge',
			args: () => ({ id: SEEDED.companies, toCompanyId: SEEDED.companies }),
			says: /cannot be merged into itself/,
		},
		{
			key: 'tickets.update',
			args: () => ({ id: own('tickets'), board: { id: 4 }, status: { id: 41 }, team: { id: 11 } }),
			says: /Service Team 11 not found for Service Board 4/,
		},
		{
			key: 'members.deactivate',
			args: () => ({ id: SEEDED.members }),
			says: /open time sheet.*serviceTeam\/reAssignToMember is required/s,
		},
	];
	for (const { key, args, says } of refused) {
		it(`${key} is refused: ${says.source}`, async ({ expect }) => {
			const { isError, text } = await use(find(key), args());
			expect(isError).toBe(true);
			expect(text).toMatch(says);
		});
	}

	describe('deleting', () => {
		const outcomes = new Map<string, { path: string; isError: boolean; text: string }>();

		// A record that others refer to goes after them, in whatever order that is.
		beforeAll(async () => {
			let left = ofKind('delete').reverse();
			for (let progress = true; progress && left.length > 0; ) {
				const before = left.length;
				for (const operation of left) {
					const args = await writeArguments(operation);
					const { isError, text } = await use(operation, args);
					outcomes.set(keyOf(operation), { path: fill(operation.fact.path, args), isError, text });
				}
				left = left.filter((operation) => outcomes.get(keyOf(operation))?.text.includes('in use'));
				progress = left.length < before;
			}
		});

		for (const operation of ofKind('delete')) {
			const key = keyOf(operation);
			it(key, async ({ expect }) => {
				const { path, isError, text } = outcomes.get(key) ?? {};
				expect(isError, `${path}: ${text}`).toBe(false);
				if (operation.fact.path.endsWith('/{{id}}')) expect(await choose.get(path ?? '')).toBeNull();
			});
		}
	});
});

describe('whole jobs', () => {
	const TICKETS = 'list_all_connect_wise_psa_tickets';
	const UPDATE = 'update_a_connect_wise_psa_ticket_by_id';
	const jobs: Record<string, (id: number, board: string) => Arguments> = {
		preview_change: (id) => ({ tool_name: UPDATE, arguments: { id, summary: 'x' } }),
		summarize_records: () => ({ tool_name: TICKETS, group_by: ['board/name'] }),
		change_many: (id) => ({ tool_name: UPDATE, ids: [id], changes: { summary: 'x' } }),
		get_ticket_brief: (id) => ({ ticket_id: id }),
		close_out_ticket: (id) => ({ ticket_id: id, note: 'Seen' }),
		log_time_entries: (id) => ({
			entries: [
				{
					chargeToId: id,
					chargeToType: 'ServiceTicket',
					member: { identifier: 'jsmith' },
					timeStart: '2026-01-05T03:00:00Z',
					actualHours: 0.25,
					notes: 'Seen',
				},
			],
		}),
		get_my_day: () => ({ member: 'jsmith' }),
		get_team_board: (_, board) => ({ board_name: board }),
		find_stale_and_at_risk: () => ({}),
	};
	for (const [name, argumentsOf] of Object.entries(jobs))
		it(name, async ({ expect }) => {
			const fields = { fields: 'id,board/name', limit: 1, closed: false };
			const found = await call<{ result: { id: number; board: { name: string } }[] }>(client, TICKETS, fields);
			const [ticket] = found.data.result;
			called.add(name);
			const { isError, text } = await call(client, name, argumentsOf(ticket?.id ?? 0, ticket?.board.name ?? ''));
			expect(isError, text).toBe(false);
		});
});

it('has called every tool of the server', async ({ expect }) => {
	const { tools } = await client.listTools();
	expect(tools.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([]);
});
