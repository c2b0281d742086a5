// Single tools of a server, a server without a config, and the tag that marks and selects nothing.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, it } from 'vitest';
import { VERSION } from '../../../durable-objects/account/schema.ts';
import type { ServerConfig } from '../../../workers/contracts/records.ts';
import { matchesFilter } from '../../../workers/integration/filter.ts';
import { connectWise } from '../calls/calls.ts';
import {
	accountStub,
	api,
	callTool,
	connectAccount,
	createServer,
	eventually,
	faultsOf,
	type Json,
	mcp,
	mockVendor,
	refused,
	type ServerWithUrl,
	serverPath,
	setUp,
	toolNames,
} from '../support.ts';

const LIST = { full: 'list_all_connect_wise_psa_tickets', short: 'list_tickets' };
const GET = { full: 'get_single_connect_wise_psa_ticket_by_id', short: 'get_ticket' };
const DELETE = { full: 'delete_a_connect_wise_psa_ticket_by_id', short: 'delete_ticket' };
const PATH = '/integrated-account/chosen/mcp';

const keysOf = (config: ServerConfig) =>
	connectWise.headers
		.filter((header) => matchesFilter(header, config))
		.map(({ resource, method }) => `${resource}.${method}`);

/** Whole jobs are made of them. */
const singleTools = async (url: string) =>
	(await toolNames(url)).filter((name) => !Object.hasOwn(connectWise.jobs, name));

setUp();
beforeAll(() => connectAccount('chosen'));

describe('tools', () => {
	const cases: { name: string; config: ServerConfig; leaves: string[] }[] = [
		{ name: 'allow: these only', config: { tools: { allow: [LIST.full, GET.short] } }, leaves: ['list', 'get'] },
		{
			name: 'allow widens neither methods nor tags',
			config: { methods: ['list'], tags: ['ticket'], tools: { allow: [LIST.short, GET.full, 'list_invoices'] } },
			leaves: ['list'],
		},
		{
			name: 'deny wins over allow, in the other name too',
			config: { tools: { allow: [LIST.full, DELETE.full], deny: [DELETE.short] } },
			leaves: ['list'],
		},
		{
			name: 'either name, whichever the server lists',
			config: { tool_names: 'short', tools: { allow: [GET.full] } },
			leaves: ['get'],
		},
	];
	for (const { name, config, leaves } of cases)
		it(name, ({ expect }) => expect(keysOf(config)).toEqual(leaves.map((method) => `tickets.${method}`)));

	it('deny leaves all but the denied', ({ expect }) => {
		const tags = ['ticket'];
		const left = keysOf({ tags, tools: { deny: [DELETE.short, GET.full] } });
		expect(left).toEqual(keysOf({ tags }).filter((key) => key !== 'tickets.delete' && key !== 'tickets.get'));
	});

	it('allow of what must be named is not enough', ({ expect }) => {
		const hidden = connectWise.headers.find(({ mustBeNamed }) => mustBeNamed.length > 0);
		expect(keysOf({ tools: { allow: [hidden?.names.full ?? ''] } })).toEqual([]);
	});

	it('holds in the list, in calls, through discovery, in prompts and in search', async ({ expect }) => {
		const calls = mockVendor(() => Response.json([{ id: 1 }]));
		const config: ServerConfig = { tags: ['service'], tools: { deny: [LIST.short] }, search_and_fetch: true };
		for (const tool_exposure of ['all', 'discovery'] as const) {
			const { url } = await createServer('chosen', { ...config, tool_exposure });
			expect(await toolNames(url)).not.toContain(LIST.full);
			const direct = await callTool(url, LIST.full, {});
			expect(direct.body.error?.code).toBe(-32602);
			const prompts = await mcp(url, 'prompts/get', { name: 'stale_tickets', arguments: {} });
			expect(prompts.body.error).toBeDefined();
			if (tool_exposure === 'all') continue;
			const found = await callTool(url, 'search_tools', { query: 'list tickets', limit: 20 });
			const hits = (found.body.result as { structuredContent: { tools: { name: string }[] } }).structuredContent.tools;
			expect(hits.length).toBeGreaterThan(0);
			expect(hits.map(({ name }) => name)).not.toContain(LIST.full);
			for (const [door, args] of [
				['get_tool_schema', { names: [LIST.full] }],
				['call_read_tool', { name: LIST.full, arguments: {} }],
			] as const)
				expect((await callTool(url, door, args)).body.result?.isError, door).toBe(true);
		}
		expect(calls).toHaveLength(0);
		const noTickets = await createServer('chosen', { ...config, tags: ['ticket', 'company'] });
		const { body } = await mcp(noTickets.url, 'tools/list', {});
		const search = (body.result as { tools: { name: string; description: string }[] }).tools.find(
			({ name }) => name === 'search',
		);
		expect(search?.description).not.toContain('tickets');
	});

	it('is changed from the next list on, and taken away with null', async ({ expect }) => {
		const server = await createServer('chosen', { tags: ['ticket'], tools: { allow: [LIST.full] } });
		expect(await toolNames(server.url)).toEqual([LIST.full]);
		await api('PATCH', serverPath(server), { config: { tools: { allow: [GET.full] } } });
		expect(await toolNames(server.url)).toEqual([GET.full]);
		await api('PATCH', serverPath(server), { config: { tools: null } });
		expect((await singleTools(server.url)).length).toBe(keysOf({ tags: ['ticket'] }).length);
	});

	it('is previewed', async ({ expect }) => {
		const query = `tags=ticket&view=summary&allow=${LIST.full},${GET.short},${DELETE.short}&deny=${DELETE.full}`;
		const { body } = await api<{ count: number; tools: { name: string }[] }>(
			'GET',
			`/integrated-account/chosen/tools?${query}`,
		);
		expect(body.tools.map(({ name }) => name)).toEqual([LIST.full, GET.full]);
	});

	it('refuses names that no tool has, with the nearest, and a choice that leaves nothing', async ({ expect }) => {
		const answer = await refused('POST', PATH, {
			name: 'x',
			config: { tools: { allow: ['list_tickts', LIST.full], deny: ['get_tiket', 'zzz'], only: [] } },
		});
		expect(answer.status).toBe(400);
		const faults = faultsOf(answer);
		expect(Object.keys(faults).sort()).toEqual([
			'config.tools.allow.0',
			'config.tools.deny.0',
			'config.tools.deny.1',
			'config.tools.only',
		]);
		expect(faults['config.tools.allow.0']).toContain('Did you mean "list_tickets"');
		for (const tools of [{ allow: [] }, { allow: [GET.full], deny: [GET.short] }]) {
			const empty = await refused('POST', PATH, { name: 'x', config: { tools } });
			expect([empty.status, empty.body.code]).toEqual([400, 'no_matching_tools']);
		}
		const preview = await refused('GET', '/integrated-account/chosen/tools?deny=list_tickts');
		expect(Object.keys(faultsOf(preview))).toEqual(['config.tools.deny.0']);
	});
});

describe('a server created without a config', () => {
	it('only reads, and the answer says so; with {} it has everything', async ({ expect }) => {
		const { status, body } = await api<ServerWithUrl & Json>('POST', PATH, { name: 'x' });
		expect(status).toBe(201);
		expect(body).toMatchObject({ config: { methods: ['read'] }, notice: expect.stringContaining('only reads') });
		const all = await api<ServerWithUrl & Json>('POST', PATH, { name: 'x', config: {} });
		expect(all.body.config).toEqual({});
		expect(all.body).not.toHaveProperty('notice');
		const listed = await mcp(body.url, 'tools/list', {});
		for (const { annotations } of (listed.body.result as { tools: { annotations: Json }[] }).tools)
			expect(annotations).toMatchObject({ readOnlyHint: true });
		expect(keysOf(body.config).every((key) => /\.(list|get)$/.test(key))).toBe(true);
		expect((await refused('POST', PATH, { name: 'x', config: null })).status).toBe(400);
	});
});

describe('the tag destructive', () => {
	it('adds no tool to any filter, and alone leaves none', async ({ expect }) => {
		for (const tag of connectWise.tags) {
			if (tag === 'destructive') continue;
			for (const methods of [undefined, ['read'], ['write'], ['custom'], ['delete']]) {
				const filter = methods ? { methods } : {};
				expect(keysOf({ ...filter, tags: [tag, 'destructive'] }), tag).toEqual(keysOf({ ...filter, tags: [tag] }));
			}
		}
		const alone = await refused('POST', PATH, { name: 'x', config: { tags: ['destructive'] } });
		expect([alone.status, alone.body.code]).toEqual([400, 'no_matching_tools']);
	});

	it('still selects for servers stored when it did, to every door, until they are changed', async ({ expect }) => {
		const tags = ['ticket', 'destructive'];
		const tagged = await createServer('chosen', { tags, tool_exposure: 'all' });
		const other = await createServer('chosen', { tags: ['ticket'], tool_exposure: 'all' });
		await toolNames(tagged.url);
		const stub = accountStub('chosen');
		// As an earlier version has left it.
		await runInDurableObject(stub, (_, { storage }) => {
			storage.sql.exec("DELETE FROM migration WHERE name = 'destructive_tag'");
			storage.sql.exec(`ALTER TABLE account DROP COLUMN ${VERSION}`);
		});
		const before = connectWise.headers.filter((header) => tags.some((tag) => header.tags.has(tag)));
		for (let time = 0; time < 2; time++) {
			await evictDurableObject(stub);
			await eventually(async () => {
				const names = before.filter(({ mustBeNamed }) => mustBeNamed.length === 0).map(({ names: { full } }) => full);
				expect(await singleTools(tagged.url)).toEqual(names);
			});
		}
		expect((await singleTools(other.url)).length).toBe(keysOf({ tags: ['ticket'] }).length);
		const read = await api<ServerWithUrl>('GET', serverPath(tagged));
		expect(read.body.config).toEqual({ tags, tool_exposure: 'all', destructive_tag: 'selects' });
		const kept = await api<ServerWithUrl>('PATCH', serverPath(tagged), { config: { tags, tool_names: 'full' } });
		expect(kept.body.config).toHaveProperty('destructive_tag');
		const ended = await api<ServerWithUrl>('PATCH', serverPath(tagged), { config: { destructive_tag: null } });
		expect(ended.body.config).not.toHaveProperty('destructive_tag');
		expect(await toolNames(tagged.url)).toEqual(await toolNames(other.url));
		const again = await refused('PATCH', serverPath(tagged), { config: { destructive_tag: 'selects' } });
		expect(again.status).toBe(400);
	});
});
