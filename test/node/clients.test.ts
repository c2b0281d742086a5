// Real clients against the running server: the official SDK's two lines in each of their negotiation modes and over
// HTTP+SSE, mcp-remote, and the Inspector's command line. Each connects, lists tools, prompts and resources, calls, calls
// wrongly, and meets a URL that was revoked. PATCHBAY_TRANSCRIPTS=<directory> writes down what passes.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
	call,
	connectOverSse,
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
import { type Recorder, startRecorder } from './transcripts.ts';

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
	/** What it says of a good one, where it must not connect. */
	refused?: RegExp;
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
		name: 'the v2 client, pinned to a revision that there is not',
		revision: null,
		onRevoked: /pinned/,
		refused: /Unsupported protocol version: 2099-01-01/,
		open: (url) => openV2(url, { pin: '2099-01-01' }),
	},
	{
		name: 'the v1 client over HTTP+SSE',
		revision: null,
		onRevoked: /404/,
		open: async (url) => ({ client: await connectOverSse(url), revision: null }),
	},
	{
		name: 'mcp-remote over HTTP+SSE',
		revision: null,
		onRevoked: /404/,
		open: async (url) => {
			const more = ['--transport', 'sse-only'];
			return { client: (await connectThroughMcpRemote(`${url}/sse`, patchbay.scratch, more)).client, revision: null };
		},
	},
	{
		name: 'mcp-remote',
		revision: null,
		onRevoked: /404/,
		open: async (url) => ({ client: (await connectThroughMcpRemote(url, patchbay.scratch)).client, revision: null }),
	},
];

for (const { name, revision, onRevoked, refused, open: openDirectly } of CLIENTS) {
	describe(name, () => {
		let recorder: Recorder;
		let session: Session;
		const open = (url: string) => openDirectly(recorder.through(url));
		beforeAll(async () => {
			recorder = await startRecorder(name, patchbay.url);
			if (!refused) session = await open(patchbay.mcpUrl);
		});
		afterAll(async () => {
			await session?.client.close();
			await recorder?.close();
		});

		if (refused) {
			it('does not connect', async ({ expect }) => {
				await expect(open(patchbay.mcpUrl)).rejects.toThrow(refused);
			});
			return;
		}

		it('agrees on its revision', ({ expect }) => {
			expect(session.revision).toBe(revision);
		});

		it('lists every tool', async ({ expect }) => {
			const { tools } = await session.client.listTools();
			expect(tools.map((tool) => tool.name)).toEqual(toolNames);
			for (const tool of tools) {
				expect(tool.inputSchema, tool.name).toMatchObject({ type: 'object' });
				if (tool.outputSchema) expect(tool.outputSchema, tool.name).toMatchObject({ type: 'object' });
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

		it('lists prompts and gets one', async ({ expect }) => {
			const { prompts } = await session.client.listPrompts();
			expect(prompts.map((prompt) => prompt.name)).toContain('brief_me_on_a_ticket');
			const args = { ticket_id: '14059' };
			const { messages } = await session.client.getPrompt({ name: 'brief_me_on_a_ticket', arguments: args });
			expect(messages).toEqual([
				{ role: 'user', content: { type: 'text', text: expect.stringContaining(GET_TICKET) } },
			]);
		});

		it('is told of a prompt’s missing argument, and of a prompt that there is not', async ({ expect }) => {
			const missing = session.client.getPrompt({ name: 'brief_me_on_a_ticket' });
			await expect(missing).rejects.toMatchObject({
				code: -32602,
				message: expect.stringMatching(/ticket_id is required/),
			});
			await expect(session.client.getPrompt({ name: 'no_such_prompt' })).rejects.toMatchObject({ code: -32602 });
		});

		it('lists resources, reads each, and is told of one that there is not', async ({ expect }) => {
			const { resources } = await session.client.listResources();
			expect(resources.map(({ uri }) => uri)).toEqual(['patchbay://guide/conditions', 'patchbay://tools']);
			for (const { uri } of resources) {
				const { contents } = await session.client.readResource({ uri });
				expect(contents).toEqual([{ uri, mimeType: 'text/markdown', text: expect.stringMatching(/^# /) }]);
			}
			const nothing = session.client.readResource({ uri: 'patchbay://nothing' });
			await expect(nothing).rejects.toMatchObject({ code: -32602 });
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
	let recorder: Recorder;
	afterAll(() => recorder?.close());
	beforeAll(async () => {
		recorder = await startRecorder('the Inspector', patchbay.url);
		home = join(patchbay.scratch, 'inspector');
		await mkdir(home, { recursive: true });
	});

	for (const era of ['legacy', 'modern']) {
		const inspect = (url: string, ...args: string[]): Promise<ProcessResult> =>
			runScript(
				'@modelcontextprotocol/inspector/clients/launcher/build/index.js',
				['--cli', recorder.through(url), '--transport', 'http', '--protocol-era', era, ...args],
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

			it('lists and gets prompts, lists and reads resources', async ({ expect }) => {
				const listed = await inspect(patchbay.mcpUrl, '--method', 'prompts/list');
				expect(listed.stdout, listed.stderr).toContain('"stale_tickets"');
				const prompt = ['--prompt-name', 'brief_me_on_a_ticket', '--prompt-args', 'ticket_id=14059'];
				const got = await inspect(patchbay.mcpUrl, '--method', 'prompts/get', ...prompt);
				expect(got.stdout, got.stderr).toContain('Brief me on ticket 14059');
				const resources = await inspect(patchbay.mcpUrl, '--method', 'resources/list');
				expect(resources.stdout, resources.stderr).toContain('patchbay://tools');
				const read = await inspect(patchbay.mcpUrl, '--method', 'resources/read', '--uri', 'patchbay://tools');
				expect(read.stdout, read.stderr).toContain(LIST_TICKETS);
				const nothing = await inspect(patchbay.mcpUrl, '--method', 'prompts/get', '--prompt-name', 'nothing');
				expect(nothing.code).not.toBe(0);
				expect(nothing.stderr).toContain('Unknown prompt');
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
