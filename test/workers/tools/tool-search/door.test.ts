// A server with `tool_exposure: "discovery"`: a few tools that find and call all others, under the same filters.
import { beforeAll, describe, it } from 'vitest';
import { estimateTokens } from '../../../../workers/lib/estimate-tokens.ts';
import {
	api,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mcp,
	mockVendor,
	serverPath,
	setUp,
	toolNames,
	UPDATE_TICKET,
} from '../../support.ts';

const FOUR = ['search_tools', 'get_tool_schema', 'call_read_tool', 'call_write_tool'];

setUp();
let url = '';
let reading = '';
let server: { id: string; integrated_account_id: string };
beforeAll(async () => {
	await connectAccount('discovery');
	server = await createServer('discovery', { tool_exposure: 'discovery' });
	({ url } = server as unknown as { url: string });
	({ url: reading } = await createServer('discovery', {
		tool_exposure: 'discovery',
		methods: ['read'],
		tags: ['ticket'],
		tool_names: 'short',
	}));
});

interface Found {
	tools: { name: string; description: string; required?: string[]; read_only?: true; destructive?: true }[];
	notice?: string;
	areas?: string[];
}

async function use(on: string, name: string, args: Json = {}) {
	const { body, headers } = await callTool(on, name, args);
	const { isError, structuredContent, content } = (body.result ?? {}) as {
		isError?: boolean;
		structuredContent?: Json;
		content?: { text: string }[];
	};
	return {
		error: body.error,
		isError: isError === true,
		data: structuredContent ?? {},
		text: content?.[0]?.text,
		headers,
	};
}

const search = async (on: string, query: string, more: Json = {}) =>
	(await use(on, 'search_tools', { query, ...more })).data as unknown as Found;

describe('what a client is shown', () => {
	it('are four tools, and three where nothing can be written', async ({ expect }) => {
		expect(await toolNames(url)).toEqual(FOUR);
		expect(await toolNames(reading)).toEqual(FOUR.slice(0, 3));
	});

	it('says truly which of them only reads', async ({ expect }) => {
		const { body } = await mcp(url, 'tools/list');
		const { tools } = body.result as { tools: { name: string; annotations: { readOnlyHint: boolean } }[] };
		expect(tools.map(({ name, annotations }) => [name, annotations.readOnlyHint])).toEqual([
			['search_tools', true],
			['get_tool_schema', true],
			['call_read_tool', true],
			['call_write_tool', false],
		]);
	});

	it('costs a model under 1,500 tokens with the instructions', async ({ expect }) => {
		const { body } = await mcp(url, 'tools/list');
		const clientInfo = { name: 'test', version: '1' };
		const hello = await mcp(url, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
		const said = JSON.stringify((body.result as Json).tools) + String((hello.body.result as Json).instructions);
		expect(estimateTokens(said)).toBeLessThan(1_500);
	});
});

describe('a tool that is called by its own name', () => {
	it('is told how tools are called here, the same whether it exists or not', async ({ expect }) => {
		for (const name of [LIST_TICKETS, 'no_such_tool']) {
			const { error } = await use(url, name);
			expect(error?.code).toBe(-32602);
			expect(error?.message).toContain(
				`Unknown tool: ${name}. Here tools are found with search_tools and called through call_read_tool and call_write_tool.`,
			);
		}
	});
});

describe('search_tools', () => {
	it('finds a tool by what it does', async ({ expect }) => {
		const { tools } = await search(url, 'add an internal note to a ticket');
		expect(tools[0]?.name).toBe('create_a_connect_wise_psa_ticket_note');
		expect(tools[0]).toMatchObject({ required: expect.arrayContaining(['ticket_id', 'text']) });
		expect(tools[0]?.read_only).toBeUndefined();
	});

	it('finds one by its name, by an argument and by what people call things', async ({ expect }) => {
		expect((await search(url, UPDATE_TICKET)).tools[0]?.name).toBe(UPDATE_TICKET);
		expect((await search(url, 'mergeTicketIds')).tools[0]?.name).toBe('merge_connect_wise_psa_ticket');
		expect((await search(url, 'customers')).tools.map(({ name }) => name)).toContain(
			'list_all_connect_wise_psa_companies',
		);
	});

	it('answers as many as asked for, and eight otherwise', async ({ expect }) => {
		expect((await search(url, 'ticket')).tools).toHaveLength(8);
		expect((await search(url, 'ticket', { limit: 2 })).tools).toHaveLength(2);
	});

	it('shows what the filter leaves alone, by the names of the server', async ({ expect }) => {
		const { tools } = await search(reading, 'ticket', { limit: 25 });
		expect(tools.map(({ name }) => name)).toContain('list_tickets');
		expect(tools.every(({ read_only }) => read_only)).toBe(true);
		expect((await search(reading, 'create a company')).tools.map(({ name }) => name)).not.toContain('create_company');
	});

	it('says what to do when nothing matches', async ({ expect }) => {
		const { tools, notice } = await search(url, 'zzqqxx');
		expect(tools).toEqual([]);
		expect(notice).toMatch(/^No tool matches\. .*ConnectWise PSA's words/);
	});

	it('teaches the words where it is not sure, only those of the server, and keeps them where it is', async ({
		expect,
	}) => {
		const { tools, notice, areas } = await search(url, 'polish the silver');
		expect(notice).toMatch(/^Perhaps none of these/);
		expect(areas?.join(' ')).toMatch(/ticket \(issue, job\).*schedule entry \(visit/);
		expect(estimateTokens(JSON.stringify({ tools, areas }))).toBeLessThan(800);
		expect((await search(reading, 'zzqqxx')).areas).toEqual([
			expect.stringMatching(/^Service: ticket \(issue, job\), ticket note/),
		]);
		expect(await search(url, 'list invoices')).not.toHaveProperty('areas');
	});

	it('says of a result whether it reads and whether it cannot be undone', async ({ expect }) => {
		const marks = async (name: string) => {
			const { tools } = await search(url, name);
			const { read_only, destructive } = tools[0] ?? {};
			return { name: tools[0]?.name, read_only, destructive };
		};
		const full = (name: string) => name.replace('_', '_connect_wise_psa_');
		expect(await marks(GET_TICKET)).toEqual({ name: GET_TICKET, read_only: true });
		expect(await marks(UPDATE_TICKET)).toEqual({ name: UPDATE_TICKET });
		for (const name of [full('merge_ticket'), 'delete_a_connect_wise_psa_company_by_id'])
			expect(await marks(name)).toEqual({ name, destructive: true });
	});

	const wrong: [args: Json, field: string][] = [
		[{}, 'query'],
		[{ query: '  ' }, 'query'],
		[{ query: 5 }, 'query'],
		[{ query: 'x'.repeat(301) }, 'query'],
		[{ query: 'x', limit: 0 }, 'limit'],
		[{ query: 'x', limit: 26 }, 'limit'],
		[{ query: 'x', limit: '3' }, 'limit'],
		[{ query: 'x', resource: 'tickets' }, 'resource'],
	];
	for (const [args, field] of wrong) {
		it(`refuses ${JSON.stringify(args).slice(0, 40)}`, async ({ expect }) => {
			const { isError, data } = await use(url, 'search_tools', args);
			expect(isError).toBe(true);
			expect(data).toMatchObject({ code: 'invalid_arguments', errors: [{ field }] });
		});
	}
});

describe('get_tool_schema', () => {
	it('gives the schemas of up to five, as a list would', async ({ expect }) => {
		const plain = await createServer('discovery', {});
		const { body } = await mcp(plain.url, 'tools/list');
		const listed = (body.result as { tools: Json[] }).tools.find(({ name }) => name === GET_TICKET);
		const { data } = await use(url, 'get_tool_schema', { names: [GET_TICKET, UPDATE_TICKET] });
		expect(data.tools).toEqual([
			{
				name: GET_TICKET,
				description: listed?.description,
				read_only: true,
				arguments: listed?.inputSchema,
			},
			expect.objectContaining({ name: UPDATE_TICKET, read_only: false }),
		]);
	});

	it('tells of a name outside the filter just what it tells of one that never was', async ({ expect }) => {
		const said = async (name: string) => {
			const { data, isError } = await use(reading, 'get_tool_schema', { names: [name] });
			expect(isError).toBe(true);
			return String(data.message).replaceAll(name, 'NAME');
		};
		expect(await said('create_company_site_zq')).toBe(await said('create_nothing_at_all_zq'));
		expect(await said('update_member')).toContain('"NAME" is no tool of this server.');
	});

	it('refuses none, six and what is no name', async ({ expect }) => {
		for (const names of [undefined, [], Array.from({ length: 6 }, () => GET_TICKET), [5]]) {
			expect((await use(url, 'get_tool_schema', { names })).isError, JSON.stringify(names)).toBe(true);
		}
	});
});

describe('a call through them', () => {
	const answer = () => Response.json([{ id: 1, summary: 'x' }]);

	it('is the call itself: request, answer and log', async ({ expect }) => {
		const calls = mockVendor(answer);
		const args = { board_name: 'Help Desk', limit: 1 };
		const { data, text } = await use(url, 'call_read_tool', { name: LIST_TICKETS, arguments: args });
		const plain = await createServer('discovery', {});
		const direct = await callTool(plain.url, LIST_TICKETS, args);
		const { structuredContent, content } = direct.body.result as {
			structuredContent: Json;
			content: { text: string }[];
		};
		// A cursor belongs to its server.
		const withoutCursor = ({ next_cursor: _cursor, ...rest }: Json) => rest;
		expect(withoutCursor(data)).toEqual(withoutCursor(structuredContent));
		expect(withoutCursor(JSON.parse(String(text)))).toEqual(withoutCursor(JSON.parse(content[0]?.text ?? '')));
		expect(calls).toHaveLength(2);
		expect(calls[0]?.url).toBe(calls[1]?.url);
		await eventually(async () => {
			const log = await api<{ result: { tool: string; method_class: string }[] }>('GET', `${serverPath(server)}/log`);
			expect(log.body.result[0]).toMatchObject({ tool: LIST_TICKETS, method_class: 'read' });
		});
	});

	it('takes inner arguments written as a text of JSON', async ({ expect }) => {
		const calls = mockVendor(answer);
		const { isError } = await use(url, 'call_read_tool', { name: LIST_TICKETS, arguments: '{"limit":3}' });
		expect(isError).toBe(false);
		expect(new URL(calls[0]?.url ?? '').searchParams.get('pageSize')).toBe('3');
	});

	it('says faults of the inner arguments as a direct call does', async ({ expect }) => {
		const calls = mockVendor(answer);
		const { isError, data } = await use(url, 'call_read_tool', { name: LIST_TICKETS, arguments: { bord_name: 'x' } });
		expect(isError).toBe(true);
		expect(data.errors).toEqual([{ field: 'bord_name', message: 'unknown argument. Did you mean "board_name"?' }]);
		expect(calls).toHaveLength(0);
	});

	const refused: { name: string; on?: () => string; tool: string; args: Json; says: RegExp }[] = [
		{
			name: 'a write by the one that reads',
			tool: 'call_read_tool',
			args: { name: UPDATE_TICKET, arguments: { id: 1, summary: 'x' } },
			says: /changes records: call it with call_write_tool/,
		},
		{
			name: 'a read by the one that writes',
			tool: 'call_write_tool',
			args: { name: LIST_TICKETS },
			says: /only reads: call it with call_read_tool/,
		},
		{
			name: 'a tool outside the filter',
			on: () => reading,
			tool: 'call_read_tool',
			args: { name: 'list_companies' },
			says: /"list_companies" is no tool of this server\./,
		},
		{ name: 'no name', tool: 'call_read_tool', args: {}, says: /name is required: find it with search_tools/ },
		{
			name: 'arguments beside the name',
			tool: 'call_read_tool',
			args: { name: LIST_TICKETS, limit: 3 },
			says: /limit unknown argument\. Arguments of the tool go into "arguments"/,
		},
		{
			name: 'arguments that are none',
			tool: 'call_read_tool',
			args: { name: LIST_TICKETS, arguments: [1] },
			says: /arguments must be an object/,
		},
		{
			name: 'one that stands for itself',
			tool: 'call_read_tool',
			args: { name: 'search_tools', arguments: { query: 'x' } },
			says: /"search_tools" is no tool of this server\./,
		},
	];
	for (const { name, on, tool, args, says } of refused) {
		// security: S-21
		it(`refuses ${name}, with nothing sent`, async ({ expect }) => {
			const calls = mockVendor(answer);
			const { isError, data } = await use(on?.() ?? url, tool, args);
			expect(isError).toBe(true);
			expect(data.message).toMatch(says);
			expect(calls).toHaveLength(0);
		});
	}

	it('knows no tool by its own name, and no writing where nothing can be written', async ({ expect }) => {
		for (const [on, name] of [
			[url, LIST_TICKETS],
			[url, 'search'],
			[reading, 'call_write_tool'],
		] as const) {
			const { error } = await use(on, name, {});
			expect(error, name).toMatchObject({ code: -32602 });
		}
	});
});
