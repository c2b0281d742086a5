// The MCP door: who gets in, with what method, from where, and with what body.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import {
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	GET_TICKET,
	LIST_TICKETS,
	LIST_TIME_ENTRIES,
	LOCAL_TOKEN,
	mcp,
	mockVendor,
	ORIGIN,
	post,
	type RpcBody,
	type ServerWithUrl,
	secondsFromNow,
	send,
	serverPath,
	setUp,
	UPDATE_TICKET,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('door'));

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const MIB = 1024 * 1024;

describe('a token that opens nothing', () => {
	it('is answered the same, whether unknown, malformed, rotated, revoked or expired', async ({ expect }) => {
		const rotated = await createServer('door');
		await api('POST', `${serverPath(rotated)}/rotate`);
		const revoked = await createServer('door');
		await api('DELETE', serverPath(revoked));
		const expired = await createServer('door', {}, { expires_at: secondsFromNow(90) });
		const ask = async (token: string, method = 'POST') => {
			const body = method === 'POST' ? JSON.stringify(PING) : null;
			const headers = { 'content-type': 'application/json' };
			const response = await send(new Request(`${ORIGIN}/mcp/${token}`, { method, headers, body }));
			return [response.status, [...response.headers], await response.text()];
		};
		const unknown = await ask('A'.repeat(43));
		expect(unknown[0]).toBe(404);
		expect(JSON.parse(String(unknown[2]))).toEqual({
			statusCode: 404,
			error: 'Not Found',
			code: 'not_found',
			message: expect.stringMatching(/no such MCP server/),
		});
		const others = [
			rotated.token,
			revoked.token,
			'short',
			'A'.repeat(44),
			`${'A'.repeat(42)}!`,
			'A'.repeat(5000),
			'%20',
			'%',
		];
		for (const token of others) expect(await ask(token)).toEqual(unknown);
		expect(await at(expired.expires_at ?? '', () => ask(expired.token))).toEqual(unknown);
		for (const method of ['GET', 'DELETE', 'PUT']) expect(await ask(revoked.token, method)).toEqual(unknown);
	});

	it('is not told apart by the body or the protocol of its request', async ({ expect }) => {
		const url = `${ORIGIN}/mcp/${'B'.repeat(43)}`;
		const bodies = ['', 'no JSON', '[]', JSON.stringify({ ...PING, method: 'tools/list' }), 'x'.repeat(2 * MIB)];
		const answers = await Promise.all(bodies.map((body) => post(url, body)));
		expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
	});
});

describe('the end of a server', () => {
	for (const remembered of [true, false]) {
		it(`holds to the millisecond ${remembered ? 'in an isolate that remembers it' : 'with KV still holding it'}`, async ({
			expect,
		}) => {
			const server = await createServer('door', {}, { expires_at: secondsFromNow(90) });
			const calls = mockVendor(() => Response.json([]));
			const endMs = Date.parse(server.expires_at ?? '');
			if (remembered) expect((await at(endMs - 1, () => callTool(server.url, LIST_TICKETS))).status).toBe(200);
			const before = calls.length;
			expect(await at(endMs, () => statusesOf(server))).toEqual([404, 404, 404, 404]);
			expect(calls.length).toBe(before);
			expect(await at(endMs - 1, () => statusesOf(server))).toEqual([200, 200, 200, 200]);
		});
	}

	async function statusesOf({ url }: ServerWithUrl): Promise<number[]> {
		const answers = [
			await mcp(url, 'ping'),
			await mcp(url, 'tools/list'),
			await callTool(url, LIST_TICKETS),
			await callTool(url, UPDATE_TICKET, { id: 1, summary: 'x' }),
		];
		return answers.map(({ status }) => status);
	}
});

describe('require_api_token_auth', () => {
	const messages: [string, unknown][] = [
		['initialize', { jsonrpc: '2.0', id: 1, method: 'initialize', params: initializeParams() }],
		['ping', PING],
		['tools/list', { jsonrpc: '2.0', id: 1, method: 'tools/list' }],
		['tools/call', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST_TICKETS, arguments: {} } }],
		['an unknown tool', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'nope' } }],
		['no JSON', 'no JSON'],
	];

	// security: S-03
	it('refuses a request without a good API token and tells nothing', async ({ expect }) => {
		await connectAccount('other');
		const { url } = await createServer('door', { require_api_token_auth: true });
		const calls = mockVendor(() => Response.json([{ summary: 'telltale' }]));
		const expiring = await createApiToken({ scope: 'use', expires_at: secondsFromNow(60.5) });
		const unbound = await createApiToken({ scope: 'manage', accounts: ['other'] });
		const bad: Record<string, string>[] = [
			{},
			{ authorization: 'Bearer wrong' },
			{ authorization: `Basic ${btoa(`x:${LOCAL_TOKEN}`)}` },
			{ authorization: LOCAL_TOKEN },
			{ authorization: `Bearer ${unbound}` },
			{ authorization: `Bearer ${url.split('/').at(-1)}` },
			{ 'x-api-token': LOCAL_TOKEN },
		];
		const seen = new Set<string>();
		for (const headers of bad) {
			for (const [name, message] of messages) {
				const { status, headers: answered, text } = await post(url, message, { headers });
				expect([name, status, answered.get('www-authenticate')]).toEqual([name, 401, 'Bearer']);
				seen.add(text);
			}
		}
		const late = await at(Date.now() + 61_000, () =>
			post(url, PING, { headers: { authorization: `Bearer ${expiring}` } }),
		);
		expect(late.status).toBe(401);
		expect(seen.size).toBe(1);
		expect([...seen][0]).not.toMatch(/ticket|tool/i);
		expect(calls.length).toBe(0);
	});

	it('lets a good one in: of any scope, for all accounts or this one', async ({ expect }) => {
		const { url } = await createServer('door', { require_api_token_auth: true });
		const calls = mockVendor(() => Response.json([]));
		const good = [
			LOCAL_TOKEN,
			await createApiToken({ scope: 'use' }),
			await createApiToken({ scope: 'use', accounts: ['door'] }),
			await createApiToken({ scope: 'manage', accounts: ['x', 'door'] }),
		];
		for (const token of good) {
			const headers = { authorization: `Bearer ${token}` };
			expect((await callTool(url, LIST_TICKETS, {}, { headers })).body.result?.isError).toBeUndefined();
			expect((await mcp(url, 'tools/list', {}, { headers: { authorization: `bearer  ${token}` } })).status).toBe(200);
		}
		expect(calls.length).toBe(good.length);
		for (const { headers } of calls) expect(headers.get('authorization')).toMatch(/^Basic /);
	});

	it('refuses an API token from the moment it is revoked', async ({ expect }) => {
		const { url } = await createServer('door', { require_api_token_auth: true });
		const calls = mockVendor(() => Response.json([]));
		const { body } = await api<{ id: string; token: string }>('POST', '/api-token', { name: 'x', scope: 'use' });
		const headers = { authorization: `Bearer ${body.token}` };
		expect((await callTool(url, LIST_TICKETS, {}, { headers })).status).toBe(200);
		await api('DELETE', `/api-token/${body.id}`);
		expect((await callTool(url, LIST_TICKETS, {}, { headers })).status).toBe(401);
		expect(calls.length).toBe(1);
	});

	it('does not open the management API by an MCP URL, or an MCP URL by its absence', async ({ expect }) => {
		const { url } = await createServer('door');
		expect((await mcp(url, 'ping', {}, { headers: { authorization: 'Bearer wrong' } })).status).toBe(200);
	});

	// security: S-36
	it('does not accept local-api-token on a deployment', async ({ expect }) => {
		const { url } = await createServer('door', { require_api_token_auth: true });
		const { LOCAL: _local, ...deployed } = env;
		const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
		expect((await mcp(url, 'ping', {}, { headers, env: deployed })).status).toBe(401);
	});
});

describe('a method other than POST', () => {
	for (const method of ['GET', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS']) {
		it(`${method} is 405 and names POST`, async ({ expect }) => {
			const { url } = await createServer('door');
			const response = await send(new Request(url, { method, headers: { accept: 'text/event-stream' } }));
			expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
			await response.body?.cancel();
		});
	}

	it('names the address of HTTP+SSE where there is one', async ({ expect }) => {
		const { id, url } = await createServer('door');
		const said = async (address: string) => {
			const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
			return (await send(new Request(address, { headers }))).text();
		};
		expect(await said(url)).toContain('<url>/sse');
		expect(await said(`${new URL(url).origin}/integrated-account/door/mcp/${id}/rpc`)).not.toContain('/sse');
	});
});

describe('the Origin of a request', () => {
	const cases: { origin: string; status: number }[] = [
		{ origin: 'https://evil.example', status: 403 },
		{ origin: 'http://localhost.evil.example', status: 403 },
		{ origin: 'null', status: 403 },
		{ origin: 'not an origin', status: 403 },
		{ origin: 'http://localhost:6274', status: 200 },
		{ origin: 'http://localhost', status: 200 },
		{ origin: 'http://127.0.0.1:3000', status: 200 },
	];
	for (const { origin, status } of cases) {
		// security: S-28
		it(`${origin} gets ${status}`, async ({ expect }) => {
			const { url } = await createServer('door');
			const calls = mockVendor(() => Response.json([]));
			const answer = await callTool(url, LIST_TICKETS, {}, { headers: { origin } });
			expect([answer.status, calls.length]).toEqual([status, status === 200 ? 1 : 0]);
			expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
		});
	}
});

describe('the Origin of a request to a deployment', () => {
	const foreign = [
		'http://localhost:6274',
		'http://127.0.0.1:3000',
		'http://[::1]',
		'https://evil.example',
		'http://patchbay.example',
		'https://patchbay.example:8443',
		'https://patchbay.example.',
		'null',
	];
	for (const origin of foreign) {
		// security: S-28
		it(`${origin} gets 403: it is no page of ours there`, async ({ expect }) => {
			const { LOCAL: _local, ...deployed } = env;
			const { url } = await createServer('door');
			const calls = mockVendor(() => Response.json([]));
			const there = url.replace(ORIGIN, 'https://patchbay.example');
			const { status } = await callTool(there, LIST_TICKETS, {}, { headers: { origin }, env: deployed });
			expect([status, calls.length]).toEqual([403, 0]);
		});
	}
});

describe('a body', () => {
	const cases: { name: string; body: unknown; status: number; code: number; id?: unknown }[] = [
		{ name: 'that is no JSON', body: '{"jsonrpc"', status: 400, code: -32700, id: null },
		{ name: 'that is empty', body: '', status: 400, code: -32700, id: null },
		{ name: 'that is a batch', body: [PING, { ...PING, id: 2 }], status: 400, code: -32600, id: null },
		{ name: 'that is an empty batch', body: [], status: 400, code: -32600, id: null },
		{ name: 'of 9 MB', body: { ...PING, params: { x: 'x'.repeat(9 * MIB) } }, status: 413, code: -32600, id: null },
		{
			name: 'nested 10,000 deep',
			body: `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
			status: 400,
			code: -32700,
			id: null,
		},
		{ name: 'that is null', body: 'null', status: 400, code: -32600, id: null },
		{ name: 'that is a number', body: '7', status: 400, code: -32600, id: null },
		{ name: 'that is a text', body: '"ping"', status: 400, code: -32600, id: null },
		{ name: 'without an envelope', body: {}, status: 400, code: -32600, id: null },
		{ name: 'without jsonrpc', body: { id: 1, method: 'ping' }, status: 400, code: -32600 },
		{ name: 'of JSON-RPC 1.0', body: { ...PING, jsonrpc: '1.0' }, status: 400, code: -32600 },
		{ name: 'without a method', body: { jsonrpc: '2.0', id: 1 }, status: 400, code: -32600 },
		{ name: 'with a method that is a number', body: { ...PING, method: 7 }, status: 400, code: -32600 },
		{ name: 'with null for an id', body: { ...PING, id: null }, status: 400, code: -32600, id: null },
		{ name: 'with an object for an id', body: { ...PING, id: {} }, status: 400, code: -32600, id: null },
		{ name: 'with params that are a text', body: { ...PING, params: 'x' }, status: 400, code: -32600 },
		{ name: 'with an unknown method', body: { ...PING, method: 'tools/destroy' }, status: 200, code: -32601, id: 1 },
		{ name: 'calling no tool', body: { ...PING, method: 'tools/call', params: {} }, status: 200, code: -32602, id: 1 },
		{
			name: 'calling a tool that is a number',
			body: { ...PING, method: 'tools/call', params: { name: 7 } },
			status: 200,
			code: -32602,
			id: 1,
		},
	];
	for (const { name, body, status, code, id } of cases) {
		it(`${name} is answered ${status} with ${code}`, async ({ expect }) => {
			captureLog();
			const { url } = await createServer('door');
			const calls = mockVendor(() => Response.json([]));
			const answer = await post(url, body);
			expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
			expect([answer.status, answer.body.error?.code, answer.body.jsonrpc]).toEqual([status, code, '2.0']);
			expect(answer.body.error?.message).toBeTruthy();
			if (id !== undefined) expect(answer.body.id).toEqual(id);
			expect(calls.length).toBe(0);
		});
	}
});

describe('a tool that is not there', () => {
	// security: S-02
	it('is answered the same, whether unknown or filtered out, with nothing sent', async ({ expect }) => {
		const calls = mockVendor(() => Response.json([]));
		const { url } = await createServer('door', { methods: ['read'], tags: ['time'] });
		const short = await createServer('door', { tool_names: 'short' });
		const codeOf = async (to: string, name: string) => {
			const { status, body } = await callTool(to, name, { id: 1 });
			return [status, body.error?.code, body.error?.message.replaceAll(name, '<tool>'), body.result];
		};
		const unknown = await codeOf(url, 'no_such_tool');
		expect(unknown.slice(0, 2)).toEqual([200, -32602]);
		const filtered = [
			LIST_TICKETS,
			GET_TICKET,
			UPDATE_TICKET,
			'create_a_connect_wise_psa_time_entry',
			'list_time_entries',
			'__proto__',
			'constructor',
		];
		for (const name of filtered) expect([name, await codeOf(url, name)]).toEqual([name, unknown]);
		expect(await codeOf(short.url, LIST_TIME_ENTRIES)).toEqual(unknown);
		expect(calls.length).toBe(0);
		await callTool(url, LIST_TIME_ENTRIES);
		expect(calls.length).toBe(1);
	});

	it('is named within bounds', async ({ expect }) => {
		const { url } = await createServer('door');
		const { body } = await callTool(url, 'x'.repeat(100_000));
		expect(body.error?.code).toBe(-32602);
		expect(body.error?.message.length).toBeLessThan(300);
	});
});

describe('arguments that are wrong', () => {
	it('are a result that names every fault, with nothing sent', async ({ expect }) => {
		const calls = mockVendor(() => Response.json([]));
		const { url } = await createServer('door');
		const { status, body } = await callTool(url, UPDATE_TICKET, { id: 'a/../b', sumary: 'x', summary: 7 });
		const result = (body as RpcBody).result as {
			isError?: boolean;
			structuredContent?: { errors: { field: string }[] };
		};
		expect([status, result.isError]).toEqual([200, true]);
		expect(result.structuredContent?.errors.map(({ field }) => field).sort()).toEqual(['id', 'sumary', 'summary']);
		expect(calls.length).toBe(0);
	});
});

function initializeParams() {
	return { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
}
