// Whatever the Worker answers, a browser is told not to keep it, guess at it, frame it or give it to another site.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import * as oauth from '../oauth/support.ts';
import {
	api,
	captureLog,
	connectAccount,
	createServer,
	GET_TICKET,
	LOCAL_TOKEN,
	mockVendor,
	ORIGIN,
	placeApiToken,
	type ServerWithUrl,
	send,
	serverPath,
	setUp,
} from '../support.ts';

setUp();
let server: ServerWithUrl;
beforeAll(async () => {
	await connectAccount('headers');
	server = await createServer('headers');
});

const CHOSEN = `pb_${'deployed'.padEnd(43, 'x')}`;

const rpc = (method: string, params: unknown = {}) => ({
	method: 'POST',
	headers: { 'content-type': 'application/json', authorization: `Bearer ${LOCAL_TOKEN}` },
	body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
});
const CALL = { name: GET_TICKET, arguments: { id: 1 } };
const withToken = { headers: { authorization: `Bearer ${LOCAL_TOKEN}` } };

/** What is answered where, with how to ask for it. */
const answers: { name: string; status: number; path: () => string; init?: RequestInit }[] = [
	{ name: 'nothing at this address', status: 404, path: () => '/nope.html' },
	{ name: 'no API token', status: 401, path: () => '/integrated-account' },
	{ name: 'accounts', status: 200, path: () => '/integrated-account', init: withToken },
	{ name: 'a log as a file', status: 200, path: () => `${serverPath(server)}/log?format=csv`, init: withToken },
	{ name: 'who is signed in', status: 200, path: () => '/session' },
	{ name: 'a list of tools', status: 200, path: () => `/mcp/${server.token}`, init: rpc('tools/list') },
	{ name: 'the same list again', status: 200, path: () => `/mcp/${server.token}`, init: rpc('tools/list') },
	{ name: "a customer's record", status: 200, path: () => `/mcp/${server.token}`, init: rpc('tools/call', CALL) },
	{ name: 'an MCP URL with GET', status: 405, path: () => `/mcp/${server.token}` },
	{ name: 'an unknown MCP URL', status: 404, path: () => `/mcp/${'x'.repeat(43)}` },
	{
		name: 'a message that is no JSON',
		status: 400,
		path: () => `/mcp/${server.token}`,
		init: { ...rpc(''), body: '{' },
	},
	{ name: 'a record by id', status: 200, path: () => `${serverPath(server)}/rpc`, init: rpc('tools/call', CALL) },
	{
		name: 'an invitation to authorize',
		status: 401,
		path: () => new URL(server.oauth_url).pathname,
		init: rpc('ping'),
	},
	{
		name: 'authorization metadata',
		status: 200,
		path: () => `/.well-known/oauth-authorization-server${new URL(server.oauth_url).pathname}`,
	},
	{
		name: 'a refused registration',
		status: 400,
		path: () => `${new URL(server.oauth_url).pathname}/register`,
		init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
	},
	{
		name: 'a page that says what is wrong',
		status: 400,
		path: () => `${new URL(server.oauth_url).pathname}/authorize`,
	},
];

describe('an answer', () => {
	for (const { name, status, path, init } of answers) {
		// security: S-30
		it(`(${name}) is not kept, guessed at, framed, or given to another site`, async ({ expect }) => {
			captureLog();
			mockVendor(() => Response.json({ id: 1, summary: 'a customer’s words' }));
			const response = await send(new Request(ORIGIN + path(), init));
			await response.text();
			expect(response.status).toBe(status);
			expect(response.headers.get('cache-control')).toMatch(/\bno-store\b/);
			expect(response.headers.get('x-content-type-options')).toBe('nosniff');
			expect(response.headers.get('x-frame-options')).toBe('DENY');
			expect(response.headers.get('referrer-policy')).toBe('no-referrer');
			expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
			expect(response.headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
		});
	}

	it('that is a stream stays one', async ({ expect }) => {
		const response = await send(new Request(`${ORIGIN}/mcp/${server.token}/sse`));
		expect(response.headers.get('content-type')).toBe('text/event-stream');
		expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
		await response.body?.cancel();
	});

	it('that says for itself how it is kept and what it may load is left so', async ({ expect }) => {
		const clientId = (await oauth.register(server)).body.client_id;
		const page = await oauth.openPage(await oauth.authorizeUrl(server, clientId));
		expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
		expect(page.headers.getSetCookie()).toHaveLength(1);
	});
});

describe('a deployment', () => {
	const { LOCAL: _local, ...deployed } = env;
	const asks: [method: string, path: () => string][] = [
		['POST', () => '/integrated-account'],
		['GET', () => '/health'],
		['POST', () => `/mcp/${server.token}`],
		['GET', () => `/mcp/${server.token}/sse`],
		['POST', () => '/session'],
		['POST', () => new URL(server.oauth_url).pathname],
		['GET', () => `${new URL(server.oauth_url).pathname}/authorize`],
		['GET', () => '/nope'],
	];
	for (const [method, path] of asks) {
		// security: S-49
		it(`answers ${method} over https alone, and says so for a year`, async ({ expect }) => {
			const ask = (origin: string) =>
				send(
					new Request(origin + path(), { method, redirect: 'manual', ...(method === 'POST' ? { body: '{}' } : {}) }),
					deployed,
				);
			const plain = await ask('http://patchbay.example');
			expect([plain.status, plain.headers.get('location')]).toEqual([403, null]);
			expect(await plain.json()).toMatchObject({ code: 'https_required' });
			const safe = await ask('https://patchbay.example');
			if (safe.headers.get('content-type') === 'text/event-stream') await safe.body?.cancel();
			else expect(await safe.text()).not.toContain('https_required');
			for (const { headers } of [plain, safe])
				expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
		});
	}

	// security: S-49
	it('hands out addresses in https', async ({ expect }) => {
		await placeApiToken(CHOSEN);
		const { body } = await api<ServerWithUrl>(
			'POST',
			'/integrated-account/headers/mcp',
			{ name: 'x' },
			{
				env: deployed,
				token: CHOSEN,
				origin: 'https://patchbay.example',
			},
		);
		expect([body.url, body.oauth_url].map((url) => new URL(url).origin)).toEqual(
			Array(2).fill('https://patchbay.example'),
		);
	});
});

describe('a local start', () => {
	it('promises no https', async ({ expect }) => {
		const response = await send(new Request(`${ORIGIN}/health`));
		await response.body?.cancel();
		expect([response.status, response.headers.get('strict-transport-security')]).toEqual([200, null]);
	});
});
