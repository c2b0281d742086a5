// Every tool of the ConnectWise integration, called once or more on the real thing: reads on what the sandbox holds,
// then writes on records that this file makes. The tests run in order and build on each other.
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { readFolder } from '../../scripts/lib/check-integrations.ts';
import { pathPlaceholders } from '../../workers/compiler/arguments.ts';
import { type DocumentationFile, integrationFileSchema, type ResourcesFile } from '../../workers/compiler/format.ts';
import { joinIntegration, type MethodKind, type Operation } from '../../workers/compiler/operations.ts';
import { type CallResult, call, connectV1, PROJECT_ROOT, startForTests, type TestPatchbay } from './support.ts';

type Arguments = Record<string, unknown>;

const OPERATIONS = readOperations();
/** Records that every test may read, and that own something of each kind. */
const SEEDED: Record<string, number> = { tickets: 14059, boards: 1, companies: 102, contacts: 1001, members: 151 };
const PARENT_OF_ARGUMENT: Record<string, string> = {
	ticket_id: 'tickets',
	board_id: 'boards',
	company_id: 'companies',
	contact_id: 'contacts',
};

let patchbay: TestPatchbay;
let client: Client;
const called = new Set<string>();
/** Ids of the records that this file made, by resource. */
const made = new Map<string, number>();

beforeAll(async () => {
	patchbay = await startForTests();
	client = await connectV1(patchbay.mcpUrl);
	// As real clients do; from here on results are validated against the output schemas.
	await client.listTools();
	await patchbay.sandbox.reset();
});
afterAll(async () => {
	await client?.close();
	await patchbay?.stop();
});

function readOperations(): readonly Operation[] {
	const { integration, modules } = readFolder(join(PROJECT_ROOT, 'integrations/connect_wise_psa'));
	const file = integrationFileSchema.parse(integration);
	// integrations.test.ts checks them.
	const parts = file.modules.map((module) => ({
		module,
		resources: modules[module]?.resources as ResourcesFile,
		documentation: modules[module]?.documentation as DocumentationFile,
	}));
	return joinIntegration(file, parts).operations;
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

/** Arguments of the path that name the record's parent. */
function parentsOf(operation: Operation, idOf: (resource: string) => number | undefined): Arguments {
	const names = pathPlaceholders(operation.fact.path).filter((name) => name !== 'id');
	return Object.fromEntries(names.map((name) => [name, idOf(PARENT_OF_ARGUMENT[name] ?? '')]));
}

/** A seeded ticket has everything but tasks, which the board of projects uses. */
async function seededParents(operation: Operation): Promise<Arguments> {
	if (operation.resource !== 'ticket_tasks') return parentsOf(operation, (resource) => SEEDED[resource]);
	const [ticket] = await list('tickets.list', { conditions: 'board/id=6', limit: 1 });
	return { ticket_id: ticket?.id };
}

describe('reading', () => {
	for (const operation of ofKind('list')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const parents = await seededParents(operation);
			const usual = await list(key, parents);
			expect(usual.length).toBeGreaterThan(0);
			expect(Object.keys(usual[0] ?? {})).toContain('id');
			const { fields = [], example } = operation.documentation;
			const whole = await list(key, { ...parents, fields: '*', limit: 10 });
			expect(whole.map(({ id }) => id)).toEqual(usual.slice(0, 10).map(({ id }) => id));
			await list(key, { ...parents, fields: [...fields, '_info'].join(',') });
			if (operation.places.has('orderBy')) await list(key, { ...parents, orderBy: 'id desc' });
			if (example) await list(key, { ...example, ...parents });
		});
	}

	for (const operation of ofKind('get')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const parents = await seededParents(operation);
			const args: Arguments = { ...operation.documentation.example, ...parents };
			if ('id' in args) {
				const [first] = await list(`${operation.resource}.list`, parents);
				args.id = SEEDED[operation.resource] ?? first?.id;
			}
			const record = await succeed(key, args);
			if ('id' in args) expect(record.id).toBe(args.id);
			if (operation.places.has('fields')) await succeed(key, { ...args, fields: '*' });
		});
	}
});

const own = (resource: string): number => {
	const id = made.get(resource);
	if (id === undefined) throw new Error(`nothing was made of ${resource}`);
	return id;
};

/** What an example names that the sandbox does not have, or that is not this file's to change. */
const INSTEAD: Record<string, () => Arguments> = {
	'tickets.update': () => ({ board: { id: 1 } }),
	'ticket_configurations.create': () => ({ id: 301 }),
	'ticket_configurations.delete': () => ({ id: 301 }),
	'boards.create': () => ({ location: { id: 11 } }),
	'board_subtypes.create': () => ({ typeAssociationIds: [own('board_types')] }),
	'board_subtypes.update': () => ({ typeAssociationIds: [] }),
	'board_teams.create': () => ({ members: [151, 152] }),
	'board_teams.update': () => ({ members: [151, 152, 153] }),
	'time_entries.create': () => ({ chargeToId: own('tickets') }),
	'schedule_entries.create': () => ({ objectId: own('tickets') }),
	'contacts.delete': () => ({ transferContactId: SEEDED.contacts }),
};
/** Body fields that the vendor takes without showing them afterwards. */
const NOT_SHOWN = ['initialDescription'];

function writeArguments(operation: Operation): Arguments {
	const { kind, resource, documentation } = operation;
	const id = kind === 'create' ? {} : { id: made.get(resource) };
	return { ...documentation.example, ...id, ...parentsOf(operation, own), ...INSTEAD[keyOf(operation)]?.() };
}

/** What an answer to a write must show. */
function bodyOf(operation: Operation, args: Arguments): Arguments {
	const hidden = new Set([...pathPlaceholders(operation.fact.path), ...NOT_SHOWN]);
	return Object.fromEntries(Object.entries(args).filter(([name]) => !hidden.has(name)));
}

describe('writing', () => {
	for (const operation of ofKind('create')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const args = writeArguments(operation);
			const record = await succeed(key, args);
			expect(record).toMatchObject(bodyOf(operation, args));
			made.set(operation.resource, Number(record.id));
		});
	}

	for (const operation of ofKind('update')) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const args = writeArguments(operation);
			expect(await succeed(key, args)).toMatchObject(bodyOf(operation, args));
		});
	}

	it('tickets.copy, attach_children and merge', async ({ expect }) => {
		const id = own('tickets');
		const child = await succeed('tickets.copy', { id });
		const duplicate = await succeed('tickets.copy', { id });
		expect(child).toMatchObject({ summary: duplicate.summary, board: { id: 1 } });
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
		expect(await list('company_sites.list', { company_id: id })).toHaveLength(3);
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

	for (const operation of ofKind('delete').reverse()) {
		const key = keyOf(operation);
		it(key, async ({ expect }) => {
			const args = writeArguments(operation);
			await succeed(key, args);
			const get = OPERATIONS.find((one) => keyOf(one) === `${operation.resource}.get`);
			if (!get) return;
			const { id, transferContactId: _heir, ...parents } = args;
			expect((await use(get, { ...parents, id })).data).toMatchObject({ statusCode: 404, code: 'NotFound' });
		});
	}
});

it('has called every tool of the server', async ({ expect }) => {
	const { tools } = await client.listTools();
	expect(tools.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([]);
});
