// What the dashboard knows of a vendor: what can be connected, and what each tool sends.
import { beforeAll, describe, it } from 'vitest';
import { api, connectAccount, GET_TICKET, LIST_TICKETS, refused, setUp } from '../support.ts';

setUp();
beforeAll(() => connectAccount('known'));

interface Described {
	name: string;
	label: string;
	sites: { name: string; url: string }[];
	base_url_example: string;
	credentials: { name: string; label: string; where: string; secret: boolean; pattern: string | null }[];
	modules: string[];
	methods: { name: string; method_class: string; tools: number }[];
	tags: { name: string; covers: string; tools: number }[];
	presets: { name: string; label: string; about: string; config: Record<string, unknown>; tools: number }[];
}

it('an integration is described with all that a form needs', async ({ expect }) => {
	const { status, body } = await api<{ result: Described[] }>('GET', '/integration');
	expect(status).toBe(200);
	const found = body.result.find(({ name }) => name === 'connect_wise_psa');
	expect(found).toMatchObject({ label: 'ConnectWise PSA', modules: expect.arrayContaining(['service']) });
	expect(found?.sites).toContainEqual({ name: 'na', url: 'https://api-na.myconnectwise.net' });
	expect(found?.credentials.map(({ name, secret }) => [name, secret])).toEqual([
		['company_id', false],
		['public_key', false],
		['private_key', true],
		['client_id', false],
	]);
	for (const { label, where } of found?.credentials ?? [])
		expect([label, where].every((text) => text.length > 5)).toBe(true);
	const { body: all } = await api<{ tools: { method: string; tags: string[] }[] }>(
		'GET',
		'/integrated-account/known/tools',
	);
	for (const { name, tools } of found?.methods ?? [])
		expect(tools, name).toBe(all.tools.filter(({ method }) => method === name).length);
	for (const { name, tools, covers } of found?.tags ?? []) {
		const { body: chosen } = await api<{ tools: { module: string }[] }>(
			'GET',
			`/integrated-account/known/tools?view=summary&tags=${name}`,
		);
		expect(tools, name).toBe(chosen.tools.filter(({ module }) => module !== 'jobs').length);
		expect(tools).toBeGreaterThan(0);
		expect(covers).not.toBe('');
	}
});

it('each preset makes a server for a job: few tools, none that deletes', async ({ expect }) => {
	const { body } = await api<{ result: Described[] }>('GET', '/integration');
	const presets = body.result.find(({ name }) => name === 'connect_wise_psa')?.presets ?? [];
	expect(presets.length).toBeGreaterThan(5);
	for (const { label, config, tools } of presets) {
		const made = await api<{ id: string }>('POST', '/integrated-account/known/mcp', { name: label, config });
		expect(made.status, label).toBe(201);
		const query = new URLSearchParams(Object.entries(config).map(([name, value]) => [name, String(value)]));
		const { body: preview } = await api<{ count: number; listed: number; tools: { method: string }[] }>(
			'GET',
			`/integrated-account/known/tools?view=summary&${query}`,
		);
		expect(preview.count, label).toBe(tools);
		expect(preview.listed, label).toBeLessThanOrEqual(100);
		expect(preview.tools.filter(({ method }) => method.includes('delete'))).toEqual([]);
	}
});

describe('one tool', () => {
	const read = (name: string, query = '') => api('GET', `/integrated-account/known/tools/${name}${query}`);

	it('says what becomes of a call of it', async ({ expect }) => {
		const { status, body } = await read(LIST_TICKETS);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			name: LIST_TICKETS,
			module: 'service',
			resource: 'tickets',
			method: 'list',
			method_class: 'read',
			sends: {
				verb: 'GET',
				path: '/service/tickets',
				arguments: expect.objectContaining({ board_name: 'filter', conditions: 'query', limit: 'page' }),
			},
		});
		expect((await read(GET_TICKET)).body.sends).toMatchObject({
			path: '/service/tickets/{{id}}',
			arguments: { id: 'path' },
		});
	});

	it('is the same as in the list, under either of its names', async ({ expect }) => {
		const list = await api<{ tools: Record<string, unknown>[] }>(
			'GET',
			'/integrated-account/known/tools?tool_names=short',
		);
		const listed = list.body.tools.find(({ name }) => name === 'list_tickets');
		const { body } = await read('list_tickets', '?tool_names=short');
		expect(body).toMatchObject(listed ?? {});
		expect((await read('list_tickets')).status).toBe(404);
	});

	it('that nobody documented is none', async ({ expect }) => {
		expect((await read('no_such_tool')).status).toBe(404);
		expect((await refused('GET', '/integrated-account/none/tools/list_tickets')).status).toBe(404);
	});
});

describe('the summary of tools', () => {
	it('leaves the schemas out and says what each costs', async ({ expect }) => {
		const path = '/integrated-account/known/tools?tags=time';
		const full = await api<{ tools: { name: string }[]; tokens: number }>('GET', path);
		const summary = await api<{ tools: Record<string, unknown>[]; tokens: number }>('GET', `${path}&view=summary`);
		expect(summary.body.tokens).toBe(full.body.tokens);
		expect(summary.body.tools.map(({ name }) => name)).toEqual(full.body.tools.map(({ name }) => name));
		for (const tool of summary.body.tools) {
			expect(tool).not.toHaveProperty('inputSchema');
			expect(tool).toMatchObject({ module: expect.any(String), tokens: expect.any(Number) });
		}
		expect((await refused('GET', `${path}&view=short`)).status).toBe(400);
	});
});
