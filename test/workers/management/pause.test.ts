// A paused server lists and calls nothing, from the moment its pause has been answered until it is resumed.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import type { StoredServer } from '../../../workers/contracts/records.ts';
import {
	type Answer,
	accountStub,
	api,
	CREATE_NOTE,
	callTool,
	connectAccount,
	createServer,
	faultsOf,
	GET_TICKET,
	LIST_TICKETS,
	LOCAL_TOKEN,
	mcp,
	mockVendor,
	ORIGIN,
	post,
	type RpcBody,
	refused,
	resultOf,
	type ServerWithUrl,
	serverPath,
	setUp,
	tokenKey,
	toolNames,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('pausing'));

const TELLTALE = 'telltale-answer-of-the-vendor';
const vendor = () => mockVendor(() => Response.json({ id: 7, summary: TELLTALE }));
const pause = (server: ServerWithUrl, paused = true) => api('PATCH', serverPath(server), { paused });

async function pauseElsewhere(server: ServerWithUrl, paused = true) {
	const stub = accountStub('pausing');
	const { revision } = (await stub.getServer(server.id)) as StoredServer;
	return stub.updateServer(server.id, { paused }, new Date().toISOString(), revision);
}

const calls = {
	read: (server: ServerWithUrl) => callTool(server.url, GET_TICKET, { id: 7 }),
	write: (server: ServerWithUrl) => callTool(server.url, CREATE_NOTE, { ticket_id: 7, text: crypto.randomUUID() }),
};

function expectPaused(expect: (value: unknown) => { toBe(other: unknown): void }, answer: Answer<RpcBody>): void {
	const { isError, structuredContent } = resultOf(answer);
	expect(isError).toBe(true);
	expect(structuredContent.code).toBe('server_paused');
	expect(structuredContent.is_remote_error).toBe(false);
	expect(answer.text.includes(TELLTALE)).toBe(false);
}

describe('a paused server', () => {
	for (const kind of ['read', 'write'] as const) {
		it(`carries out no ${kind}, and says who can resume it`, async ({ expect }) => {
			const server = await createServer('pausing');
			const sent = vendor();
			await calls[kind](server);
			sent.length = 0;
			await pause(server);
			const answer = await calls[kind](server);
			expectPaused(expect, answer);
			expect(resultOf(answer).structuredContent.message).toMatch(/^Nothing was sent\. .*is paused.*operator/);
			expect(sent).toEqual([]);
		});

		it(`carries out no ${kind} in an isolate that remembers it as it was, nor where KV shows it so`, async ({
			expect,
		}) => {
			const server = await createServer('pausing');
			const sent = vendor();
			expect((await calls[kind](server)).text).toContain(TELLTALE);
			const stale = (await env.KV.get(tokenKey(server))) ?? '';
			sent.length = 0;
			await pauseElsewhere(server);
			await env.KV.put(tokenKey(server), stale);
			for (let round = 0; round < 3; round++) expectPaused(expect, await calls[kind](server));
			// A read may have been asked beside the Durable Object once; its answer stayed here.
			if (kind === 'write') expect(sent).toEqual([]);
			else expect(sent.length).toBeLessThanOrEqual(1);
		});

		it(`carries out a ${kind} again at once when it is resumed elsewhere`, async ({ expect }) => {
			const server = await createServer('pausing', {}, { paused: true });
			const sent = vendor();
			expectPaused(expect, await calls[kind](server));
			await pauseElsewhere(server, false);
			expect((await calls[kind](server)).text).toContain(TELLTALE);
			expect(sent).toHaveLength(1);
		});
	}

	it('lists no tools, in an error that says why', async ({ expect }) => {
		const server = await createServer('pausing');
		expect(await toolNames(server.url)).toContain(LIST_TICKETS);
		await pause(server);
		const { status, body } = await mcp(server.url, 'tools/list');
		expect(status).toBe(200);
		expect(body.error?.code).toBe(-32001);
		expect(body.error?.message).toMatch(/paused.*operator/);
		await pause(server, false);
		expect(await toolNames(server.url)).toContain(LIST_TICKETS);
	});

	const others: { method: string; params?: Record<string, unknown> }[] = [
		{ method: 'prompts/list' },
		{ method: 'prompts/get', params: { name: 'triage_board' } },
		{ method: 'resources/list' },
		{ method: 'resources/read', params: { uri: 'patchbay://tools' } },
	];
	for (const { method, params = {} } of others) {
		it(`answers ${method} with the same error`, async ({ expect }) => {
			const server = await createServer('pausing', {}, { paused: true });
			expect((await mcp(server.url, method, params)).body.error).toMatchObject({
				code: -32001,
				message: expect.stringMatching(/paused/),
			});
		});
	}

	it('searches and fetches nothing', async ({ expect }) => {
		const server = await createServer('pausing', { search_and_fetch: true }, { paused: true });
		const sent = vendor();
		expectPaused(expect, await callTool(server.url, 'search', { query: 'vpn' }));
		expectPaused(expect, await callTool(server.url, 'fetch', { id: 'ticket:7' }));
		expect(sent).toEqual([]);
	});

	it('still shakes hands, and says so there', async ({ expect }) => {
		const server = await createServer('pausing', {}, { paused: true });
		const { body } = await mcp(server.url, 'initialize', {
			protocolVersion: '2025-11-25',
			capabilities: {},
			clientInfo: { name: 'test', version: '1' },
		});
		expect(body.result?.instructions).toMatch(/^This MCP server is paused/);
	});

	it('is paused for the management API’s own calls too', async ({ expect }) => {
		const server = await createServer('pausing', {}, { paused: true });
		const sent = vendor();
		const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: GET_TICKET, arguments: { id: 7 } } };
		const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
		expectPaused(expect, await post(`${ORIGIN}${serverPath(server)}/rpc`, message, { headers }));
		expect(sent).toEqual([]);
	});

	it('is paused behind the tools of discovery', async ({ expect }) => {
		const server = await createServer('pausing', { tool_exposure: 'discovery' }, { paused: true });
		const sent = vendor();
		expectPaused(expect, await callTool(server.url, 'search_tools', { query: 'tickets' }));
		expectPaused(expect, await callTool(server.url, 'call_read_tool', { name: GET_TICKET, arguments: { id: 7 } }));
		expect(sent).toEqual([]);
	});

	it('asks for its second factor first', async ({ expect }) => {
		const server = await createServer('pausing', { require_api_token_auth: true }, { paused: true });
		const { status, text } = await callTool(server.url, GET_TICKET, { id: 7 });
		expect([status, text.includes('paused')]).toEqual([401, false]);
	});
});

describe('the pause in the management API', () => {
	it('shows while it lasts, and survives other changes and a rotation', async ({ expect }) => {
		const server = await createServer('pausing');
		expect('paused' in server).toBe(false);
		expect((await pause(server)).body.paused).toBe(true);
		expect((await api('PATCH', serverPath(server), { name: 'Renamed' })).body.paused).toBe(true);
		expect((await api('POST', `${serverPath(server)}/rotate`)).body.paused).toBe(true);
		expect((await api('GET', serverPath(server))).body.paused).toBe(true);
		expect('paused' in (await pause(server, false)).body).toBe(false);
	});

	it('takes true and false alone', async ({ expect }) => {
		const server = await createServer('pausing');
		for (const paused of ['yes', 1, null]) {
			const answer = await refused('PATCH', serverPath(server), { paused });
			expect([answer.status, Object.keys(faultsOf(answer))]).toEqual([400, ['paused']]);
		}
	});
});
