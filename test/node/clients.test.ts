// Real clients against the running server: the official SDK's two lines in each of their negotiation modes, mcp-remote,
// and the Inspector's command line. Each connects, lists, calls, calls wrongly, and meets a URL that was revoked.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
	call,
	connectThroughMcpRemote,
	connectV1,
	connectV2,
	type ListingClient,
	type NegotiationMode,
	type ProcessResult,
	runScript,
	startForTests,
	type TestPatchbay,
} from './support.ts';

const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';
const LIST_TICKETS = 'list_all_connect_wise_psa_tickets';

interface Session {
	client: ListingClient;
	/** The revision that was agreed on, where the client tells. */
	revision: string | null;
}

let patchbay: TestPatchbay;
/** The names of all tools, as the management API tells them. */
let toolNames: string[];

beforeAll(async () => {
	patchbay = await startForTests();
	const { body } = await patchbay.api<{ tools: { name: string }[] }>('GET', '/integrated-account/demo/tools');
	toolNames = body.tools.map(({ name }) => name);
});
afterAll(() => patchbay?.stop());

async function openV2(url: string, mode: NegotiationMode): Promise<Session> {
	const client = await connectV2(url, mode);
	return { client, revision: client.getNegotiatedProtocolVersion() ?? null };
}

const CLIENTS: {
	name: string;
	revision: string | null;
	/** What the client says of a URL that answers 404. */
	onRevoked: RegExp;
	open: (url: string) => Promise<Session>;
}[] = [
	{
		name: 'the v1 client',
		revision: null,
		onRevoked: /no such MCP server/,
		open: async (url) => ({ client: await connectV1(url), revision: null }),
	},
	{
		name: 'the v2 client, legacy',
		revision: '2025-11-25',
		onRevoked: /no such MCP server/,
		open: (url) => openV2(url, 'legacy'),
	},
	{
		name: 'the v2 client, auto',
		revision: '2026-07-28',
		onRevoked: /no such MCP server/,
		open: (url) => openV2(url, 'auto'),
	},
	{
		name: 'the v2 client, pinned to the modern revision',
		revision: '2026-07-28',
		onRevoked: /did not offer pinned protocol version/,
		open: (url) => openV2(url, { pin: '2026-07-28' }),
	},
	{
		name: 'mcp-remote',
		revision: null,
		onRevoked: /404/,
		open: async (url) => ({ client: (await connectThroughMcpRemote(url, patchbay.scratch)).client, revision: null }),
	},
];

for (const { name, revision, onRevoked, open } of CLIENTS) {
	describe(name, () => {
		let session: Session;
		beforeAll(async () => {
			session = await open(patchbay.mcpUrl);
		});
		afterAll(() => session?.client.close());

		it('agrees on its revision', ({ expect }) => {
			expect(session.revision).toBe(revision);
		});

		it('lists every tool', async ({ expect }) => {
			const { tools } = await session.client.listTools();
			expect(tools.map((tool) => tool.name)).toEqual(toolNames);
			for (const tool of tools) {
				expect(tool.inputSchema, tool.name).toMatchObject({ type: 'object' });
				expect(tool.outputSchema, tool.name).toMatchObject({ type: 'object' });
			}
		});

		it('calls a tool and accepts its structured content', async ({ expect }) => {
			await session.client.listTools();
			const got = await call<{ id: number }>(session.client, GET_TICKET, { id: 14059 });
			expect(got.isError).toBe(false);
			expect(got.data.id).toBe(14059);
			const listed = await call<{ result: unknown[] }>(session.client, LIST_TICKETS, { limit: 3 });
			expect(listed.data.result).toHaveLength(3);
		});

		it('is told of wrong arguments in a result, and nothing is sent', async ({ expect }) => {
			const { value, sent } = await patchbay.sandbox.during(() =>
				call(session.client, GET_TICKET, { ticket: 14059, fields: 1 }),
			);
			expect(value.isError).toBe(true);
			expect(value.data).toMatchObject({ statusCode: 400, is_remote_error: false, code: 'invalid_arguments' });
			const errors = value.data.errors as { field: string }[];
			expect(errors.map(({ field }) => field).sort()).toEqual(['fields', 'id', 'ticket']);
			expect(sent).toEqual([]);
		});

		it('is told of a vendor’s error in a result', async ({ expect }) => {
			const { isError, data } = await call(session.client, GET_TICKET, { id: 1 });
			expect(isError).toBe(true);
			expect(data).toMatchObject({ statusCode: 404, is_remote_error: true });
		});

		it('gets -32602 for an unknown tool', async ({ expect }) => {
			const unknown = session.client.callTool({ name: 'no_such_tool', arguments: {} });
			await expect(unknown).rejects.toMatchObject({ code: -32602 });
		});

		it('fails cleanly on a revoked URL, when connecting and in the middle', async ({ expect }) => {
			const server = await patchbay.createServer();
			const early = await open(server.url);
			expect((await call(early.client, GET_TICKET, { id: 14059 })).isError).toBe(false);
			await patchbay.revoke(server);
			await expect(early.client.callTool({ name: GET_TICKET, arguments: { id: 14059 } })).rejects.toThrow();
			await early.client.close();
			await expect(open(server.url)).rejects.toThrow(onRevoked);
		});
	});
}

describe('the Inspector’s command line', () => {
	let home: string;
	beforeAll(async () => {
		home = join(patchbay.scratch, 'inspector');
		await mkdir(home, { recursive: true });
	});

	for (const era of ['legacy', 'modern']) {
		const inspect = (url: string, ...args: string[]): Promise<ProcessResult> =>
			runScript(
				'@modelcontextprotocol/inspector/clients/launcher/build/index.js',
				['--cli', url, '--transport', 'http', '--protocol-era', era, ...args],
				{ env: { HOME: home } },
			);
		const callTool = (name: string, args: Record<string, unknown>): Promise<ProcessResult> =>
			inspect(
				patchbay.mcpUrl,
				...['--format', 'json', '--method', 'tools/call', '--tool-name', name],
				...['--tool-args-json', JSON.stringify(args)],
			);

		describe(`${era} era`, () => {
			it('lists every tool and finds nothing in the schemas to complain of', async ({ expect }) => {
				const { code, stdout, stderr } = await inspect(patchbay.mcpUrl, '--method', 'tools/list', '--strict');
				expect(code, stderr).toBe(0);
				const { tools } = JSON.parse(stdout) as { tools: { name: string }[] };
				expect(tools.map(({ name }) => name)).toEqual(toolNames);
				expect(stderr).not.toMatch(/error|warning/i);
			});

			it('calls a tool', async ({ expect }) => {
				const { code, stdout, stderr } = await callTool(GET_TICKET, { id: 14059 });
				expect(code, stderr).toBe(0);
				const { result } = JSON.parse(stdout) as { result: { structuredContent: { id: number } } };
				expect(result.structuredContent.id).toBe(14059);
			});

			it('ends with 5 for wrong arguments, and for an unknown tool', async ({ expect }) => {
				const wrong = await callTool(GET_TICKET, { idd: 1 });
				expect(wrong.code).toBe(5);
				expect(wrong.stdout).toContain('"code":"invalid_arguments"');
				const unknown = await callTool('no_such_tool', {});
				expect(unknown.code).toBe(5);
				expect(unknown.stderr).toContain('tool_not_found');
			});

			it('fails cleanly on a revoked URL', async ({ expect }) => {
				const server = await patchbay.createServer();
				await patchbay.revoke(server);
				const { code, stdout, stderr } = await inspect(server.url, '--format', 'json', '--method', 'tools/list');
				expect(code).toBe(1);
				expect(stdout).toBe('');
				expect(JSON.parse(stderr)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
			});
		});
	}
});
