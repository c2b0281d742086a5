// What a client is shown: every tool while there are few, else those of daily work and the search for the others.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, it } from 'vitest';
import servers from '../../../docs/servers-and-filters.md?raw';
import { VERSION } from '../../../durable-objects/account/schema.ts';
import type { ServerConfig } from '../../../workers/contracts/records.ts';
import { matchesFilter } from '../../../workers/integration/filter.ts';
import { describeListed, exposureOf, listTools } from '../../../workers/tools/exposure.ts';
import { jobsOf } from '../../../workers/tools/jobs/offered.ts';
import { PINNED_MAX } from '../../../workers/tools/pinned.ts';
import { connectWise } from '../calls/calls.ts';
import {
	accountStub,
	api,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	type Json,
	mcp,
	mockVendor,
	type ServerWithUrl,
	serverPath,
	setUp,
	toolNames,
} from '../support.ts';

const LISTED_MAX = 100;
const DISCOVERY = ['search_tools', 'get_tool_schema', 'call_read_tool', 'call_write_tool'];
/** The seven tools that every introduction of the product names. */
const SEVEN = [
	'list_all_connect_wise_psa_tickets',
	'get_single_connect_wise_psa_ticket_by_id',
	'create_a_connect_wise_psa_ticket',
	'update_a_connect_wise_psa_ticket_by_id',
	'create_a_connect_wise_psa_ticket_note',
	'create_a_connect_wise_psa_time_entry',
	'list_all_connect_wise_psa_contacts',
];
const THE_CONFIG: ServerConfig = { methods: ['read', 'write'], tags: ['service', 'time'] };

const countOf = (config: ServerConfig) => connectWise.headers.filter((header) => matchesFilter(header, config)).length;
const jobsIn = (config: ServerConfig) => jobsOf(connectWise, config).length;
const namesOf = (config: ServerConfig) => listTools(connectWise, config, config).map(({ name }) => name);

describe('auto', () => {
	const tags = Object.keys(connectWise.file.tags);
	const configs: ServerConfig[] = [
		{},
		THE_CONFIG,
		...tags.flatMap((tag) => [{ tags: [tag] }, { tags: [tag], methods: ['read'] }]),
		...tags.map(
			(tag, at): ServerConfig => ({ tags: [tag, tags[(at * 7) % tags.length] ?? tag], search_and_fetch: true }),
		),
	].filter((config) => countOf(config) > 0);

	it('lists all while clients take them, else a few and discovery: for every tag, and for pairs of them', ({
		expect,
	}) => {
		for (const config of configs) {
			const label = JSON.stringify(config);
			const names = namesOf(config);
			const all = countOf(config);
			const isAll = all <= LISTED_MAX;
			const extra = names.filter((name) => name === 'search' || name === 'fetch').length;
			expect(describeListed(connectWise, config, config), label).toEqual({
				exposure: isAll ? 'all' : 'discovery',
				tools: names.length,
			});
			if (isAll) expect(names.length - extra, label).toBe(all + jobsIn(config));
			else {
				const hasWrites = connectWise.headers.some((header) => !header.readOnly && matchesFilter(header, config));
				const discovery = hasWrites ? DISCOVERY : DISCOVERY.slice(0, 3);
				expect(names.slice(-discovery.length), label).toEqual(discovery);
				expect(names.length - discovery.length - extra, label).toBeLessThanOrEqual(PINNED_MAX);
				// Deletes and merges are no daily work.
				if (!config.tags?.includes('destructive'))
					expect(names.length - discovery.length - extra, label).toBeGreaterThan(2);
			}
			expect(new Set(names).size, label).toBe(names.length);
		}
	});

	it('lists the seven, for everything and for service with time', ({ expect }) => {
		for (const config of [{}, THE_CONFIG]) expect(namesOf(config)).toEqual(expect.arrayContaining(SEVEN));
	});

	it('counts what the caller may see: a caller of fewer tools sees them all', ({ expect }) => {
		const caller = { tags: ['time'], methods: ['read'] };
		expect(exposureOf(connectWise, {}, {}).kind).toBe('discovery');
		expect(exposureOf(connectWise, { within: caller }, {}).kind).toBe('all');
		expect(listTools(connectWise, { within: caller }, {})).toHaveLength(countOf(caller) + jobsIn(caller));
	});

	it('lists one tool less, or all: exactly at the bound', ({ expect }) => {
		const first = connectWise.headers.slice(0, LISTED_MAX);
		expect(exposureOf({ ...connectWise, headers: first }, {}, {}).kind).toBe('all');
		const more = connectWise.headers.slice(0, LISTED_MAX + 1);
		expect(exposureOf({ ...connectWise, headers: more }, {}, {}).kind).toBe('discovery');
	});
});

describe('a server', () => {
	setUp();
	let server: ServerWithUrl & { listed?: Json };
	beforeAll(async () => {
		await connectAccount('exposure');
		server = await createServer('exposure', THE_CONFIG);
	});

	it('says what a client sees, where it is created, read, changed and listed, and keeps its config as given', async ({
		expect,
	}) => {
		const listed = { exposure: 'discovery', tools: (await toolNames(server.url)).length };
		expect(server).toMatchObject({ config: THE_CONFIG, listed });
		expect(server.config).toEqual(THE_CONFIG);
		const read = await api<Json>('GET', serverPath(server));
		expect(read.body).toMatchObject({ config: THE_CONFIG, listed });
		const page = await api<{ result: Json[] }>('GET', '/integrated-account/exposure/mcp');
		expect(page.body.result[0]).toMatchObject({ listed });
		const all = await createServer('exposure', { ...THE_CONFIG, tool_exposure: 'all' });
		const { body } = await api<Json>('PATCH', serverPath(all), { config: { tags: ['time'], tool_exposure: 'auto' } });
		expect(body.listed).toEqual({ exposure: 'all', tools: (await toolNames(all.url)).length });
	});

	it('calls what it does not list, by its name and through discovery, and nothing outside its filter', async ({
		expect,
	}) => {
		const calls = mockVendor(() => Response.json([{ id: 1 }]));
		const name = 'list_all_connect_wise_psa_service_codes';
		expect(await toolNames(server.url)).not.toContain(name);
		for (const [tool, args] of [
			[name, {}],
			['call_read_tool', { name }],
		] as const) {
			const { body } = await callTool(server.url, tool, args);
			expect(body.result?.isError ?? false, tool).toBe(false);
		}
		expect(calls).toHaveLength(2);
		const found = await callTool(server.url, 'search_tools', { query: 'list service codes' });
		expect(JSON.stringify(found.body.result)).toContain(name);
		const outside = await callTool(server.url, 'list_all_connect_wise_psa_invoices', {});
		expect(outside.body.error?.code).toBe(-32602);
		expect(calls).toHaveLength(2);
	});

	it('of few tools has no tools of discovery', async ({ expect }) => {
		const few = await createServer('exposure', { tags: ['time'] });
		expect((await callTool(few.url, 'search_tools', { query: 'x' })).body.error?.code).toBe(-32602);
	});

	it('lists search and fetch beside both', async ({ expect }) => {
		for (const tags of [['technician'], ['service', 'time']]) {
			const { url } = await createServer('exposure', { tags, search_and_fetch: true });
			expect((await toolNames(url)).slice(0, 2)).toEqual(['search', 'fetch']);
		}
	});

	it('tells prompts how tools are called that it does not list', async ({ expect }) => {
		const { body } = await mcp(server.url, 'prompts/get', { name: 'stale_tickets', arguments: {} });
		expect(JSON.stringify(body.result)).toContain('call_read_tool');
	});

	it('stored before this was the default lists all as before, to every door, once and for good', async ({ expect }) => {
		const old = await createServer('exposure', { tags: ['service'] });
		const chosen = await createServer('exposure', { tags: ['service'], tool_exposure: 'discovery' });
		await toolNames(old.url);
		const stub = accountStub('exposure');
		// As an earlier version has left it.
		await runInDurableObject(stub, (_, { storage }) => {
			storage.sql.exec('DELETE FROM migration');
			storage.sql.exec(`ALTER TABLE account DROP COLUMN ${VERSION}`);
		});
		for (let time = 0; time < 2; time++) {
			await evictDurableObject(stub);
			await eventually(async () => {
				expect((await toolNames(old.url)).length).toBe(countOf({ tags: ['service'] }) + jobsIn({ tags: ['service'] }));
			});
		}
		const { body } = await api<ServerWithUrl>('GET', serverPath(old));
		expect(body.config).toEqual({ tags: ['service'], tool_exposure: 'all' });
		expect(await toolNames(chosen.url)).toEqual(DISCOVERY);
		const later = await createServer('exposure', { tags: ['service'] });
		await evictDurableObject(stub);
		expect(await toolNames(later.url)).toContain('search_tools');
		expect((await callTool(later.url, GET_TICKET, {})).body.result?.isError).toBe(true);
	});
});

describe('a role', () => {
	const roles = [...servers.matchAll(/^\| `([a-z_]+)` +\| (.+?) +\| (\d+) +\| (.+?) +\|$/gm)].map(
		([, tag = '', , tools, seen]) => ({
			tag,
			tools: Number(tools),
			seen,
		}),
	);

	it('has at most 100 tools, or its page says that it is served by discovery', ({ expect }) => {
		expect(roles.map(({ tag }) => tag)).toEqual([
			'technician',
			'dispatch',
			'service_manager',
			'project_manager',
			'billing',
			'sales',
			'procurement',
			'admin',
		]);
		for (const { tag, tools, seen } of roles) {
			const count = countOf({ tags: [tag] }) + jobsIn({ tags: [tag] });
			expect({ tag, tools, seen }).toEqual({
				tag,
				tools: count,
				seen: count <= LISTED_MAX ? 'all' : 'served by discovery',
			});
		}
	});

	it('can list what it can change', ({ expect }) => {
		for (const { tag } of roles) {
			const own = connectWise.operations.filter((operation) => matchesFilter(operation, { tags: [tag] }));
			const isOffered = (key: string) => own.some(({ resource, method }) => `${resource}.${method}` === key);
			const blind = own.filter(({ readOnly, resource, fact }) => {
				const hasList = connectWise.headerOf.has(`${resource}.list`);
				// What no list shows is seen with what it belongs to, or its id is named elsewhere.
				return !readOnly && fact.path.includes('{{id}}') && hasList && !isOffered(`${resource}.list`);
			});
			expect(blind.map(({ resource, method }) => `${tag}: ${resource}.${method}`)).toEqual([]);
		}
	});

	it('of service managers, project managers and sales has what the work needs', ({ expect }) => {
		const needs: Record<string, string[]> = {
			service_manager: [
				'tickets.count',
				'time_sheets.approve',
				'time_sheets.list',
				'members.list',
				'survey_results.list',
			],
			project_manager: ['projects.update', 'time_entries.list', 'members.list', 'tickets.list', 'project_recaps.get'],
			sales: ['configurations.list', 'configurations.get', 'opportunities.list', 'agreements.list'],
		};
		for (const [tag, keys] of Object.entries(needs))
			for (const key of keys) expect([...(connectWise.headerOf.get(key)?.tags ?? [])], `${tag}: ${key}`).toContain(tag);
	});
});
