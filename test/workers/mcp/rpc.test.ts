// A server through the management API, for who does not know its URL: the same answers, filters, log and end.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import type { LogEntry, ServerRecord } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	api,
	connectAccount,
	createApiToken,
	createServer,
	type ErrorBody,
	eventually,
	type Json,
	LIST_TICKETS,
	LOCAL_TOKEN,
	mockVendor,
	ORIGIN,
	type Page,
	post,
	type RpcBody,
	refused,
	serverPath,
	setUp,
	UPDATE_TICKET,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('rpc'));

const AUTHORIZED = { authorization: `Bearer ${LOCAL_TOKEN}` };
const rpcUrl = (server: ServerRecord) => `${ORIGIN}${serverPath(server)}/rpc`;
const message = (method: string, params: Json = {}, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, params });
const call = (name: string, args: Json = {}) => message('tools/call', { name, arguments: args });
const rpc = (server: ServerRecord, body: unknown, headers: Record<string, string> = {}) =>
	post(rpcUrl(server), body, { headers: { ...AUTHORIZED, ...headers } });

const MODERN = '2026-07-28';
const META = {
	'io.modelcontextprotocol/protocolVersion': MODERN,
	'io.modelcontextprotocol/clientCapabilities': {},
};

describe('a message through the management API', () => {
	const cases: { name: string; body: unknown; headers?: Record<string, string> }[] = [
		{ name: 'a list', body: message('tools/list') },
		{ name: 'a call', body: call(LIST_TICKETS, { limit: 1 }) },
		{ name: 'a call outside the filter', body: call(UPDATE_TICKET, { id: 1, summary: 'x' }) },
		{ name: 'a call with wrong arguments', body: call(LIST_TICKETS, { limit: 'many', colour: 1 }) },
		{ name: 'an unknown method', body: message('nothing/here') },
		{ name: 'a notification', body: { jsonrpc: '2.0', method: 'notifications/initialized' } },
		{ name: 'a batch', body: [message('ping'), message('ping')] },
		{ name: 'no JSON', body: '{' },
		{ name: 'null', body: 'null' },
		{ name: 'an unknown version', body: message('ping'), headers: { 'mcp-protocol-version': '1999-01-01' } },
		{
			name: 'the modern era',
			body: message('tools/call', { name: LIST_TICKETS, arguments: {}, _meta: META }),
			headers: { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': LIST_TICKETS },
		},
		{
			name: 'the modern era with another name in the header',
			body: message('tools/call', { name: LIST_TICKETS, arguments: {}, _meta: META }),
			headers: { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'other' },
		},
		{ name: 'the modern era without its headers', body: message('tools/list', { _meta: META }) },
		{ name: 'an Origin elsewhere', body: message('ping'), headers: { origin: 'https://evil.example' } },
	];
	for (const { name, body, headers = {} } of cases) {
		it(`${name} is answered as at the server's own URL`, async ({ expect }) => {
			const server = await createServer('rpc', { methods: ['read'] });
			const calls = mockVendor(() => Response.json([{ id: 7, summary: 'Printer' }]));
			const direct = await post(server.url, body, { headers });
			const sent = calls.map(({ method, url }) => [method, url]);
			calls.length = 0;
			const managed = await rpc(server, body, headers);
			expect([managed.status, managed.body]).toEqual([direct.status, direct.body]);
			expect(managed.headers.get('content-type')).toBe(direct.headers.get('content-type'));
			expect(calls.map(({ method, url }) => [method, url])).toEqual(sent);
		});
	}

	it('passes on how much the vendor still allows', async ({ expect }) => {
		const server = await createServer('rpc');
		mockVendor(() => new Response('', { status: 429, headers: { 'retry-after': '17' } }));
		const { headers, body } = await rpc(server, call(LIST_TICKETS));
		expect([headers.get('retry-after'), body.result?.isError]).toEqual(['17', true]);
	});

	it('has with its API token the second factor as well', async ({ expect }) => {
		const server = await createServer('rpc', { require_api_token_auth: true });
		mockVendor(() => Response.json([]));
		expect((await post(server.url, call(LIST_TICKETS))).status).toBe(401);
		expect((await rpc(server, call(LIST_TICKETS))).body.result?.isError).toBeUndefined();
	});

	it('is in the log with its client', async ({ expect }) => {
		const server = await createServer('rpc');
		mockVendor(() => Response.json([]));
		await rpc(server, call(LIST_TICKETS), { 'user-agent': 'dashboard' });
		const entries = await eventually(async () => {
			const { body } = await api<Page<LogEntry>>('GET', `${serverPath(server)}/log`);
			if (body.result.length === 0) throw new Error('no entry yet');
			return body.result;
		});
		expect(entries).toMatchObject([{ tool: LIST_TICKETS, outcome: 'ok', client: 'dashboard' }]);
	});

	it('reaches the server after a rotation, and as it was changed elsewhere', async ({ expect }) => {
		const server = await createServer('rpc');
		const calls = mockVendor(() => Response.json([]));
		expect((await rpc(server, call(LIST_TICKETS))).body.result).toBeDefined();
		await api('POST', `${serverPath(server)}/rotate`);
		expect((await rpc(server, call(LIST_TICKETS))).body.result).toBeDefined();
		calls.length = 0;
		await accountStub('rpc').updateServer(server.id, { config: { tags: ['time'] } }, new Date().toISOString(), 2);
		expect((await rpc(server, call(LIST_TICKETS))).body.error?.code).toBe(-32602);
		expect(calls.length).toBe(0);
	});
});

describe('the same message is refused', () => {
	it('for a server that is not there, revoked or of another account', async ({ expect }) => {
		await connectAccount('rpc-other');
		const revoked = await createServer('rpc');
		await api('DELETE', serverPath(revoked));
		const foreign = { ...(await createServer('rpc')), integrated_account_id: 'rpc-other' };
		const calls = mockVendor(() => Response.json([]));
		const texts = new Set<string>();
		for (const server of [revoked, foreign, { ...revoked, id: 'mcp_cwp_000000000000' }]) {
			const { status, text } = await rpc(server, call(LIST_TICKETS));
			expect([status, (JSON.parse(text) as ErrorBody).code]).toEqual([404, 'not_found']);
			texts.add(text);
		}
		expect([texts.size, calls.length]).toEqual([1, 0]);
	});

	it('without an API token for managing this account', async ({ expect }) => {
		const server = await createServer('rpc');
		const calls = mockVendor(() => Response.json([]));
		const path = `${serverPath(server)}/rpc`;
		const use = await createApiToken({ scope: 'use' });
		const bound = await createApiToken({ scope: 'manage', accounts: ['rpc-other'] });
		const ask = async (token: string | null) => (await refused('POST', path, call(LIST_TICKETS), { token })).status;
		expect([await ask(null), await ask('wrong'), await ask(use), await ask(bound)]).toEqual([401, 401, 403, 404]);
		const { LOCAL: _local, ...deployed } = env;
		const local = await refused('POST', path, call(LIST_TICKETS), { env: deployed });
		expect([local.status, calls.length]).toEqual([401, 0]);
	});

	it('with a query that nothing here reads', async ({ expect }) => {
		const server = await createServer('rpc');
		const { status } = await refused('POST', `${serverPath(server)}/rpc?tool=x`, message('ping'));
		expect(status).toBe(400);
	});
});

describe('an answer', () => {
	it('echoes the id', async ({ expect }) => {
		const server = await createServer('rpc');
		const { body } = await rpc(server, message('ping', {}, 'seven'));
		expect(body).toEqual({ jsonrpc: '2.0', id: 'seven', result: {} } satisfies RpcBody);
	});
});
