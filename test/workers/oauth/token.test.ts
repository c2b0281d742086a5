// Codes, tokens and grants: what they are good for, what they are limited to, and what ends them.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import type { LogEntry } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createServer,
	eventually,
	faultyNamespace,
	GET_TICKET,
	LIST_TICKETS,
	LIST_TIME_ENTRIES,
	mcp,
	mockVendor,
	type Page,
	post,
	type RpcBody,
	type ServerWithUrl,
	secondsFromNow,
	send,
	serverPath,
	setUp,
	tablesOf,
	toolNames,
	UPDATE_TICKET,
} from '../support.ts';
import * as oauth from './support.ts';

setUp();
beforeAll(() => connectAccount('tokens'));

const ask = (token: string | null, server: ServerWithUrl, method = 'ping', params: unknown = {}) =>
	oauth.callWith(token, server.oauth_url, method, params);
const call = (token: string, server: ServerWithUrl, name: string, args: unknown = {}) =>
	ask(token, server, 'tools/call', { name, arguments: args });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const recordsOf = (server: ServerWithUrl) =>
	runInDurableObject(
		env.AUTHORIZATION_SERVERS.getByName(`${server.integrated_account_id}/${server.id}`),
		(_, state) => tablesOf(state).record ?? [],
	);

async function apiToken(input: Record<string, unknown> = {}) {
	const { body } = await api<{ id: string; token: string }>('POST', '/api-token', {
		name: 'token',
		scope: 'use',
		...input,
	});
	return body;
}

async function withCode() {
	const server = await createServer('tokens');
	const clientId = (await oauth.register(server)).body.client_id;
	return { server, clientId, code: await oauth.authorize(server, clientId) };
}

describe('a code', () => {
	const bad: [string, Record<string, string | null>, string][] = [
		['with another verifier', { code_verifier: 'another-verifier-of-forty-three-characters-or-more' }, 'invalid_grant'],
		['without a verifier', { code_verifier: null }, 'invalid_request'],
		['with the challenge for a verifier', { code_verifier: 'CHALLENGE' }, 'invalid_grant'],
		['for another redirect', { redirect_uri: 'https://evil.example/callback' }, 'invalid_grant'],
		['for another resource', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
		['by an unknown client', { client_id: 'unknown' }, 'invalid_client'],
		['that was never given out', { code: `tok_0:${'a'.repeat(16)}:${'b'.repeat(32)}` }, 'invalid_grant'],
		['that is no code', { code: 'x' }, 'invalid_grant'],
		['with another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
		['for scopes that were not granted', { scope: 'admin' }, 'invalid_scope'],
	];
	for (const [name, change, error] of bad) {
		it(`${name} is ${error}, and stays good for its owner`, async ({ expect }) => {
			const { server, clientId, code } = await withCode();
			const challenge = await oauth.challengeOf(oauth.VERIFIER);
			const sent = change.code_verifier === 'CHALLENGE' ? { code_verifier: challenge } : change;
			const refused = await oauth.exchange(server, clientId, code, sent);
			expect([refused.status >= 400, refused.body.error, refused.body.access_token]).toEqual([true, error, undefined]);
			expect(refused.headers.get('cache-control')).toBe('no-store');
			expect((await oauth.exchange(server, clientId, code)).status).toBe(200);
		});
	}

	it('of one client is not good for another', async ({ expect }) => {
		const { server, code } = await withCode();
		const other = (await oauth.register(server)).body.client_id;
		expect((await oauth.exchange(server, other, code)).body.error).toBe('invalid_grant');
	});

	// security: S-33
	it('of one server is not good at another', async ({ expect }) => {
		const { server, clientId, code } = await withCode();
		const other = await createServer('tokens');
		const answer = await oauth.exchange(other, clientId, code, { resource: null });
		expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
		const known = (await oauth.register(other)).body.client_id;
		expect((await oauth.exchange(other, known, code, { resource: null })).body.error).toBe('invalid_grant');
		expect((await oauth.exchange(server, clientId, code)).status).toBe(200);
	});

	// security: S-33
	it('sent twice ends the grant, with the tokens that it gave', async ({ expect }) => {
		const { server, clientId, code } = await withCode();
		const { body: tokens } = await oauth.exchange(server, clientId, code);
		expect((await ask(tokens.access_token, server)).status).toBe(200);
		expect((await oauth.exchange(server, clientId, code)).body.error).toBe('invalid_grant');
		expect((await ask(tokens.access_token, server)).status).toBe(401);
		expect((await oauth.refresh(server, clientId, tokens.refresh_token)).body.error).toBe('invalid_grant');
	});

	it('sent twice at once gives tokens once', async ({ expect }) => {
		const { server, clientId, code } = await withCode();
		const answers = await Promise.all([1, 2, 3].map(() => oauth.exchange(server, clientId, code)));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
	});

	it('is good for ten minutes', async ({ expect }) => {
		const { server, clientId, code } = await withCode();
		const late = await at(Date.now() + 601_000, () => oauth.exchange(server, clientId, code));
		expect(late.body.error).toBe('invalid_grant');
	});

	it('is of no use once its API token is revoked', async ({ expect }) => {
		const server = await createServer('tokens');
		const clientId = (await oauth.register(server)).body.client_id;
		const { id, token } = await apiToken();
		const code = await oauth.authorize(server, clientId, { api_token: token });
		await api('DELETE', `/api-token/${id}`);
		expect((await oauth.exchange(server, clientId, code)).body.error).toBe('invalid_grant');
	});
});

describe('a request for tokens', () => {
	it('with another method, as JSON, with a parameter twice, or of 20 KB is refused', async ({ expect }) => {
		const server = await createServer('tokens');
		const url = `${server.oauth_url}/token`;
		const form = { 'content-type': 'application/x-www-form-urlencoded' };
		const requests: [Request, number][] = [
			[new Request(url), 405],
			[new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }), 400],
			[new Request(url, { method: 'POST', headers: form, body: 'client_id=a&client_id=b' }), 400],
			[new Request(url, { method: 'POST', headers: form, body: `client_id=${'x'.repeat(20_000)}` }), 413],
		];
		for (const [request, status] of requests) {
			const response = await send(request);
			const { error } = (await response.json()) as oauth.OAuthFault;
			expect([response.status, error]).toEqual([status, 'invalid_request']);
		}
	});
});

/** Additions that leave a request for tokens what it is. */
const WORDINGS: [string, (clientId: string) => oauth.Parameters, Record<string, string>?][] = [
	['a code', () => ({ code: 'tok_0:grant:secret' })],
	['an empty code', () => ({ code: '' })],
	['another token', () => ({ token: 'tok_0:grant:secret' })],
	['its client after an empty one', (clientId) => ({ client_id: ['', clientId] })],
	['an empty secret and an empty assertion', () => ({ client_secret: '', client_assertion: '' })],
	['a token in its header', () => ({}), { authorization: 'Bearer x' }],
];

describe('a refresh token', () => {
	it('rotates; who asks in parallel, or has lost the answer, gets the one successor for a minute', async ({
		expect,
	}) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token: first } = await oauth.connect(server);
		const startMs = Date.now();
		const answers = await Promise.all(Array.from({ length: 10 }, () => oauth.refresh(server, clientId, first)));
		expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
		const successors = new Set(answers.map(({ body }) => body.refresh_token));
		expect(successors.size).toBe(1);
		const [second = ''] = successors;
		await at(startMs + 50_000, async () => {
			expect((await oauth.refresh(server, clientId, first)).body.refresh_token).toBe(second);
		});
		const { status, body } = await at(startMs + 90_000, () => oauth.refresh(server, clientId, second));
		expect([status, body.refresh_token === second]).toEqual([200, false]);
	});

	for (const generations of [1, 2, 4]) {
		// security: S-33
		it(`that was superseded ends the grant when it is used after its grace, ${generations} generations back`, async ({
			expect,
		}) => {
			const server = await createServer('tokens');
			const { clientId, refresh_token: stolen } = await oauth.connect(server);
			const startMs = Date.now();
			let current = { refresh_token: stolen, access_token: '' };
			for (let generation = 0; generation < generations; generation++)
				current = (await at(startMs + generation * 1_000, () => oauth.refresh(server, clientId, current.refresh_token)))
					.body;
			await at(startMs + 3_600_000 - 62_000, async () => {
				expect((await oauth.callWith(current.access_token, server.oauth_url, 'ping')).status).toBe(200);
			});
			await at(startMs + 3_600_000 - 60_000, async () => {
				expect((await oauth.refresh(server, clientId, stolen)).body.error).toBe('invalid_grant');
				expect((await oauth.callWith(current.access_token, server.oauth_url, 'ping')).status).toBe(401);
				expect((await oauth.refresh(server, clientId, current.refresh_token)).body.error).toBe('invalid_grant');
			});
		});
	}

	for (const [name, worded, headers] of WORDINGS) {
		// security: S-33
		it(`that was superseded ends the grant, also in a request with ${name}`, async ({ expect }) => {
			const server = await createServer('tokens');
			const { clientId, refresh_token: stolen } = await oauth.connect(server);
			const startMs = Date.now();
			const { body: own } = await oauth.refresh(server, clientId, stolen);
			const thief = await at(startMs + 62_000, () =>
				oauth.refresh(server, clientId, stolen, worded(clientId), headers),
			);
			expect(thief.body.error).toBe('invalid_grant');
			expect((await oauth.callWith(own.access_token, server.oauth_url, 'ping')).status).toBe(401);
		});
	}

	// security: S-33
	it('of a thief who was first ends the grant when its owner comes, and no later refresh is good', async ({
		expect,
	}) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token: first } = await oauth.connect(server);
		const startMs = Date.now();
		const thief = (await oauth.refresh(server, clientId, first)).body;
		expect((await at(startMs + 61_000, () => oauth.refresh(server, clientId, first))).body.error).toBe('invalid_grant');
		expect((await oauth.refresh(server, clientId, thief.refresh_token)).body.error).toBe('invalid_grant');
		expect((await oauth.callWith(thief.access_token, server.oauth_url, 'ping')).status).toBe(401);
	});

	// security: S-33
	it('has one successor, however its requests are worded', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token: first } = await oauth.connect(server);
		const wordings: Record<string, string | null>[] = [
			{},
			{ scope: 'mcp' },
			{ resource: server.oauth_url },
			{ resource: null },
			{ extra: 'x' },
		];
		const answers = await Promise.all([
			...wordings.map((change) => oauth.refresh(server, clientId, first, change)),
			...WORDINGS.map(([, worded, headers]) => oauth.refresh(server, clientId, first, worded(clientId), headers)),
		]);
		expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
		const successors = new Set(answers.map(({ body }) => body.refresh_token));
		expect(successors.size).toBe(1);
		expect((await oauth.refresh(server, clientId, [...successors][0] ?? '')).status).toBe(200);
	});

	it('is answered again to the same client alone', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token: first } = await oauth.connect(server);
		const { refresh_token: second } = (await oauth.refresh(server, clientId, first)).body;
		const stranger = (await oauth.register(server)).body.client_id;
		expect((await oauth.refresh(server, stranger, first)).body.error).toBe('invalid_grant');
		expect((await oauth.refresh(server, clientId, second)).status).toBe(200);
	});

	it('is not good for another client, another resource or another server', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token } = await oauth.connect(server);
		const stranger = (await oauth.register(server)).body.client_id;
		expect((await oauth.refresh(server, stranger, refresh_token)).body.error).toBe('invalid_grant');
		const change = { resource: 'https://elsewhere.example/mcp' };
		expect((await oauth.refresh(server, clientId, refresh_token, change)).body.error).toBe('invalid_target');
		const other = await createServer('tokens');
		const elsewhere = (await oauth.register(other)).body.client_id;
		expect((await oauth.refresh(other, elsewhere, refresh_token)).body.error).toBe('invalid_grant');
	});

	it('ends after thirty days without use', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token } = await oauth.connect(server);
		const late = await at(Date.now() + 31 * 24 * 3600_000, () => oauth.refresh(server, clientId, refresh_token));
		expect(late.body.error).toBe('invalid_grant');
	});
});

describe('an access token', () => {
	it('that is missing, malformed, foreign or expired is 401 and leads to the metadata', async ({ expect }) => {
		const server = await createServer('tokens');
		const other = await createServer('tokens');
		const [{ access_token }, { access_token: foreign }] = [await oauth.connect(server), await oauth.connect(other)];
		const calls = mockVendor(() => Response.json([]));
		const metadata = `resource_metadata="${oauth.wellKnown('oauth-protected-resource', server)}"`;
		const api_token = (await apiToken({ scope: 'manage' })).token;
		for (const token of ['x', foreign, server.token, api_token, `${access_token}x`, 'a:b:c']) {
			const { status, headers, body } = await call(token, server, LIST_TICKETS);
			expect([token, status]).toEqual([token, 401]);
			expect(headers.get('www-authenticate')).toContain(metadata);
			expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
			expect(body).toMatchObject({ statusCode: 401, code: 'unauthorized' });
		}
		const none = await ask(null, server);
		expect(none.headers.get('www-authenticate')).toContain(metadata);
		expect(none.headers.get('www-authenticate')).not.toContain('error=');
		const late = await at(Date.now() + 3_601_000, () => call(access_token, server, LIST_TICKETS));
		expect(late.status).toBe(401);
		expect(late.headers.get('www-authenticate')).toContain('error="invalid_token"');
		expect(calls.length).toBe(0);
		expect((await call(access_token, server, LIST_TICKETS)).status).toBe(200);
	});

	for (const method of ['GET', 'DELETE', 'PUT']) {
		it(`${method} is 401 without it and 405 with it`, async ({ expect }) => {
			const server = await createServer('tokens');
			const { access_token } = await oauth.connect(server);
			const statusOf = async (init: RequestInit) => {
				const response = await send(new Request(server.oauth_url, { method, ...init }));
				await response.body?.cancel();
				return [response.status, response.headers.get('allow')];
			};
			expect(await statusOf({})).toEqual([401, null]);
			expect(await statusOf(bearer(access_token))).toEqual([405, 'POST']);
		});
	}

	it('is refused from another page in a browser, as everywhere', async ({ expect }) => {
		const server = await createServer('tokens');
		const { access_token } = await oauth.connect(server);
		const headers = { authorization: `Bearer ${access_token}`, origin: 'https://evil.example' };
		expect((await mcp(server.oauth_url, 'ping', {}, { headers })).status).toBe(403);
	});

	it('ends when its client revokes it, and with the refresh token all of the grant', async ({ expect }) => {
		const server = await createServer('tokens');
		const first = await oauth.connect(server);
		await oauth.token(server, { client_id: first.clientId, token: first.access_token });
		expect((await ask(first.access_token, server)).status).toBe(401);
		const fresh = (await oauth.refresh(server, first.clientId, first.refresh_token)).body;
		expect((await ask(fresh.access_token, server)).status).toBe(200);
		await oauth.token(server, { client_id: first.clientId, token: fresh.refresh_token });
		expect((await ask(fresh.access_token, server)).status).toBe(401);
		expect((await oauth.refresh(server, first.clientId, fresh.refresh_token)).body.error).toBe('invalid_grant');
	});

	it('is in no log', async ({ expect }) => {
		const logged = captureLog();
		const server = await createServer('tokens');
		const { access_token } = await oauth.connect(server);
		mockVendor(() => {
			throw new Error(`said ${access_token}`);
		});
		await call(access_token, server, LIST_TICKETS);
		const dead = { ...env, AUTHORIZATION_SERVERS: faultyNamespace(env.AUTHORIZATION_SERVERS) };
		const answer = await mcp(server.oauth_url, 'ping', {}, { ...bearer(access_token), env: dead });
		expect([answer.status, (answer.body as unknown as { code: string }).code]).toEqual([503, 'storage_unavailable']);
		const { token } = server;
		for (const secret of [access_token, access_token.split(':').at(-1), token])
			expect(logged.join()).not.toContain(secret);
	});
});

describe('what ends a grant at once', () => {
	// security: S-01
	it('is answered when what was let in on it has left: a revocation, and a code used again', async ({ expect }) => {
		const server = await createServer('tokens');
		type Granted = Awaited<ReturnType<typeof oauth.connect>>;
		const waits = [
			({ clientId, access_token: token }: Granted) => oauth.token(server, { client_id: clientId, token }),
			({ clientId, refresh_token: token }: Granted) => oauth.token(server, { client_id: clientId, token }),
			({ clientId, refresh_token: token }: Granted) => oauth.token(server, { client_id: clientId, token, code: 'x' }),
			({ clientId, code }: Granted) => oauth.exchange(server, clientId, code),
		].map(async (end) => {
			const granted = await oauth.connect(server);
			expect((await ask(granted.access_token, server)).status).toBe(200);
			const startedAtMs = Date.now();
			await end(granted);
			return Date.now() - startedAtMs;
		});
		expect(Math.min(...(await Promise.all(waits)))).toBeGreaterThan(700);
	});

	// security: S-09
	it('the API token being revoked, in the middle of a session', async ({ expect }) => {
		const server = await createServer('tokens');
		const { id, token } = await apiToken();
		const { clientId, access_token, refresh_token } = await oauth.connect(server, { api_token: token });
		const calls = mockVendor(() => Response.json([]));
		expect((await call(access_token, server, LIST_TICKETS)).body.result).toBeDefined();
		await api('DELETE', `/api-token/${id}`);
		for (const name of [LIST_TICKETS, UPDATE_TICKET]) {
			const { status, headers } = await call(access_token, server, name, { id: 1, summary: 'x' });
			expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('invalid_token')]);
		}
		expect(calls.length).toBe(1);
		expect((await oauth.refresh(server, clientId, refresh_token)).body.error).toBe('invalid_grant');
	});

	it('the API token expiring', async ({ expect }) => {
		const server = await createServer('tokens');
		const { token } = await apiToken({ expires_at: secondsFromNow(61) });
		const { access_token } = await oauth.connect(server, { api_token: token });
		expect((await ask(access_token, server)).status).toBe(200);
		expect((await at(Date.now() + 62_000, () => ask(access_token, server))).status).toBe(401);
	});

	const ends: [string, (server: ServerWithUrl) => Promise<unknown>][] = [
		['the server being revoked', (server) => api('DELETE', serverPath(server))],
		[
			'the server being revoked elsewhere',
			(server) => accountStub(server.integrated_account_id).deleteServer(server.id),
		],
		['the account being deleted', (server) => api('DELETE', `/integrated-account/${server.integrated_account_id}`)],
	];
	for (const [name, end] of ends) {
		it(`${name}: every address of it is 404 then, and nothing is kept`, async ({ expect }) => {
			const accountId = await connectAccount(`ending-${ends.findIndex(([other]) => other === name)}`);
			const server = await createServer(accountId);
			const { clientId, access_token, refresh_token } = await oauth.connect(server);
			const calls = mockVendor(() => Response.json([]));
			expect((await call(access_token, server, LIST_TICKETS)).status).toBe(200);
			expect((await recordsOf(server)).length).toBeGreaterThan(0);
			await end(server);
			for (const tool of [LIST_TICKETS, UPDATE_TICKET]) {
				const { status } = await call(access_token, server, tool, { id: 1, summary: 'x' });
				expect(status).toBe(404);
			}
			expect(calls.length).toBe(1);
			expect((await ask(null, server)).status).toBe(404);
			expect((await oauth.refresh(server, clientId, refresh_token)).status).toBe(404);
			expect((await oauth.register(server)).status).toBe(404);
			expect((await oauth.openPage(await oauth.authorizeUrl(server, clientId))).status).toBe(404);
			for (const kind of ['oauth-protected-resource', 'oauth-authorization-server']) {
				const response = await send(new Request(oauth.wellKnown(kind, server)));
				expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json']);
				await response.body?.cancel();
			}
			expect(await recordsOf(server)).toEqual([]);
		});
	}

	it('the server expiring', async ({ expect }) => {
		const server = await createServer('tokens', {}, { expires_at: secondsFromNow(90) });
		const { access_token } = await oauth.connect(server);
		expect((await ask(access_token, server)).status).toBe(200);
		expect((await at(Date.now() + 91_000, () => ask(access_token, server))).status).toBe(404);
	});

	it('not: a rotation of the secret URL', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, access_token, refresh_token } = await oauth.connect(server);
		mockVendor(() => Response.json([]));
		expect((await call(access_token, server, LIST_TICKETS)).body.result).toBeDefined();
		await api('POST', `${serverPath(server)}/rotate`);
		expect((await callTool(server.url, LIST_TICKETS)).status).toBe(404);
		expect((await call(access_token, server, LIST_TICKETS)).body.result).toBeDefined();
		expect((await oauth.refresh(server, clientId, refresh_token)).status).toBe(200);
	});

	it('not: a second factor being asked of the secret URL', async ({ expect }) => {
		const server = await createServer('tokens', { require_api_token_auth: true });
		const { access_token } = await oauth.connect(server);
		expect((await ask(access_token, server)).status).toBe(200);
	});
});

describe('a grant that was narrowed', () => {
	it('has the tools that pass the server and the grant, and no other exists', async ({ expect }) => {
		const server = await createServer('tokens', { methods: ['read', 'write'], tags: ['service', 'time'] });
		const wide = await oauth.connect(server, { method: ['read', 'write'] });
		const narrow = await oauth.connect(server, { method: ['read'], tag: ['time'] });
		const named = ({ access_token }: oauth.Tokens) => toolNames(server.oauth_url, bearer(access_token));
		const wideNames = await named(wide);
		const narrowNames = await named(narrow);
		expect(wideNames).toEqual(await toolNames(server.url));
		expect(narrowNames).toEqual(
			await toolNames((await createServer('tokens', { methods: ['read'], tags: ['time'] })).url),
		);
		expect(narrowNames).toContain(LIST_TIME_ENTRIES);
		expect(narrowNames).not.toContain(GET_TICKET);

		const calls = mockVendor(() => Response.json([]));
		const outside = [LIST_TICKETS, GET_TICKET, UPDATE_TICKET, 'create_a_connect_wise_psa_time_entry'];
		const unknown = await call(narrow.access_token, server, 'no_such_tool', { id: 1 });
		for (const name of outside) {
			const { status, body } = await call(narrow.access_token, server, name, { id: 1 });
			const message = body.error?.message.replace(name, 'no_such_tool');
			expect([status, body.error?.code, message]).toEqual([200, -32602, unknown.body.error?.message]);
		}
		expect(calls.length).toBe(0);
		expect((await call(narrow.access_token, server, LIST_TIME_ENTRIES)).body.result).toBeDefined();
		expect((await call(wide.access_token, server, LIST_TICKETS)).body.result).toBeDefined();
	});

	// security: S-34
	it('is narrowed further by the server, and never widened by it', async ({ expect }) => {
		const server = await createServer('tokens', { methods: ['read', 'write'], tags: ['service'] });
		const { access_token } = await oauth.connect(server, { method: ['read'] });
		const calls = mockVendor(() => Response.json([]));
		await api('PATCH', serverPath(server), { config: { methods: ['write'] } });
		for (const name of [LIST_TICKETS, UPDATE_TICKET])
			expect((await call(access_token, server, name, { id: 1 })).body.error?.code).toBe(-32602);
		expect(await toolNames(server.oauth_url, bearer(access_token))).toEqual([]);
		await api('PATCH', serverPath(server), { config: { methods: null, tags: null } });
		expect((await call(access_token, server, UPDATE_TICKET, { id: 1, summary: 'x' })).body.error?.code).toBe(-32602);
		expect(calls.length).toBe(0);
		expect((await call(access_token, server, LIST_TICKETS)).body.result).toBeDefined();
	});

	it('stays narrowed when refreshed', async ({ expect }) => {
		const server = await createServer('tokens');
		const { clientId, refresh_token } = await oauth.connect(server, { method: ['read'], tag: ['time'] });
		const { access_token } = (await oauth.refresh(server, clientId, refresh_token)).body;
		const names = await toolNames(server.oauth_url, bearer(access_token));
		expect(names).toContain(LIST_TIME_ENTRIES);
		expect(names).not.toContain(LIST_TICKETS);
	});
});

describe('the secret URL with a second factor', () => {
	it('takes an access token of its server, with what it is limited to', async ({ expect }) => {
		const server = await createServer('tokens', { require_api_token_auth: true });
		const other = await createServer('tokens', { require_api_token_auth: true });
		const { access_token } = await oauth.connect(server, { method: ['read'], tag: ['time'] });
		const calls = mockVendor(() => Response.json([]));
		const options = bearer(access_token);
		expect((await callTool(server.url, LIST_TIME_ENTRIES, {}, options)).body.result).toBeDefined();
		expect((await callTool(server.url, LIST_TICKETS, {}, options)).body.error?.code).toBe(-32602);
		expect(await toolNames(server.url, options)).toEqual(await toolNames(server.oauth_url, options));
		expect(calls.length).toBe(1);
		expect((await callTool(other.url, LIST_TIME_ENTRIES, {}, options)).status).toBe(401);
		expect((await callTool(server.url, LIST_TIME_ENTRIES)).status).toBe(401);
	});

	it('refuses it from the moment that its API token is revoked', async ({ expect }) => {
		const server = await createServer('tokens', { require_api_token_auth: true });
		const { id, token } = await apiToken();
		const { access_token } = await oauth.connect(server, { api_token: token });
		expect((await mcp(server.url, 'ping', {}, bearer(access_token))).status).toBe(200);
		await api('DELETE', `/api-token/${id}`);
		expect((await mcp(server.url, 'ping', {}, bearer(access_token))).status).toBe(401);
	});

	it('does not send clients to OAuth', async ({ expect }) => {
		const { url } = await createServer('tokens', { require_api_token_auth: true });
		expect((await mcp(url, 'ping')).headers.get('www-authenticate')).toBe('Bearer');
	});
});

describe('a call through OAuth', () => {
	it('is in the log of its server', async ({ expect }) => {
		const server = await createServer('tokens');
		const { access_token } = await oauth.connect(server);
		mockVendor(() => Response.json([]));
		const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST_TICKETS, arguments: {} } };
		const headers = { authorization: `Bearer ${access_token}`, 'user-agent': 'Claude-User' };
		await post<RpcBody>(server.oauth_url, message, { headers });
		const entries = await eventually(async () => {
			const { body } = await api<Page<LogEntry>>('GET', `${serverPath(server)}/log`);
			if (body.result.length === 0) throw new Error('no entry yet');
			return body.result;
		});
		expect(entries).toMatchObject([{ tool: LIST_TICKETS, outcome: 'ok', client: 'Claude-User' }]);
	});
});
