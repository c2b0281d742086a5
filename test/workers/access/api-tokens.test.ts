// API tokens: how they are kept, what they may do, how they end.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import type { AccountRecord, ApiTokenRecord } from '../../../workers/contracts/records.ts';
import {
	accountInput,
	api,
	at,
	connectAccount,
	createApiToken,
	createServer,
	directoryStub,
	dumpStorage,
	faultsOf,
	keyedHash,
	LOCAL_TOKEN,
	ORIGIN,
	type Page,
	refused,
	secondsFromNow,
	send,
	serverPath,
	setUp,
	sha256Hex,
	tablesOf,
} from '../support.ts';

setUp();

const tokens = () => runInDurableObject(directoryStub(), (_, state) => tablesOf(state).api_token ?? []);

describe('an API token', () => {
	// security: S-13
	it('is shown once and kept as an HMAC', async ({ expect }) => {
		const { status, headers, body } = await api<ApiTokenRecord & { token: string }>('POST', '/api-token', {
			name: 'CI',
			scope: 'manage',
		});
		expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
		expect(body).toEqual({
			id: expect.stringMatching(/^tok_[0-9a-f]{12}$/),
			name: 'CI',
			scope: 'manage',
			accounts: '*',
			expires_at: null,
			created_at: expect.stringMatching(/Z$/),
			token: expect.stringMatching(/^pb_[A-Za-z0-9_-]{43}$/),
		});
		const list = await api<Page<ApiTokenRecord>>('GET', '/api-token');
		const { token, ...record } = body;
		expect(list.body.result[0]).toEqual(record);
		expect(list.text).not.toContain(token);
		const kept = await dumpStorage();
		expect(kept).not.toContain(token);
		expect(kept).not.toContain(token.replace('pb_', ''));
		expect(kept).not.toContain(await sha256Hex(token));
		expect(kept).toContain(keyedHash(token));
	});

	// security: S-10
	it('with the scope "use" may not manage', async ({ expect }) => {
		await connectAccount('scoped');
		const token = await createApiToken({ scope: 'use' });
		const requests: [string, string, unknown?][] = [
			['GET', '/integrated-account'],
			['POST', '/integrated-account', accountInput()],
			['GET', '/integrated-account/scoped'],
			['DELETE', '/integrated-account/scoped'],
			['POST', '/integrated-account/scoped/mcp', { name: 'x' }],
			['GET', '/integrated-account/scoped/tools'],
			['POST', '/api-token', { name: 'x', scope: 'manage' }],
			['GET', '/api-token'],
		];
		for (const [method, path, body] of requests) {
			const answer = await refused(method, path, body, { token });
			expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'insufficient_scope']);
		}
		expect((await api('GET', '/integrated-account/scoped')).status).toBe(200);
	});

	// security: S-10
	it('bound to accounts sees these and no others', async ({ expect }) => {
		await connectAccount('bound-a');
		await connectAccount('bound-b');
		const other = await createServer('bound-b');
		const token = await createApiToken({ scope: 'manage', accounts: ['bound-a'] });
		const list = await api<Page<AccountRecord>>('GET', '/integrated-account', undefined, { token });
		expect(list.body.result.map(({ id }) => id)).toEqual(['bound-a']);
		expect((await api('POST', '/integrated-account/bound-a/mcp', { name: 'x' }, { token })).status).toBe(201);
		const hidden: [string, string, unknown?][] = [
			['GET', '/integrated-account/bound-b'],
			['PATCH', '/integrated-account/bound-b', { name: 'x' }],
			['DELETE', '/integrated-account/bound-b'],
			['POST', '/integrated-account/bound-b/test'],
			['GET', '/integrated-account/bound-b/tools'],
			['GET', '/integrated-account/bound-b/mcp'],
			['POST', '/integrated-account/bound-b/mcp', { name: 'x' }],
			['GET', serverPath(other)],
			['PATCH', serverPath(other), { name: 'x' }],
			['POST', `${serverPath(other)}/rotate`],
			['GET', `${serverPath(other)}/log`],
			['DELETE', serverPath(other)],
		];
		const unknown = await refused('GET', '/integrated-account/never-was');
		for (const [method, path, body] of hidden) {
			const answer = await refused(method, path, body, { token });
			expect([method, path, answer.body]).toEqual([method, path, unknown.body]);
		}
		expect((await api('GET', serverPath(other))).status).toBe(200);
	});

	it('bound to accounts can connect no account and make, list or revoke no token', async ({ expect }) => {
		await connectAccount('bound-c');
		const token = await createApiToken({ scope: 'manage', accounts: ['bound-c'] });
		const forbidden: [string, string, unknown?][] = [
			['POST', '/integrated-account', accountInput()],
			['POST', '/api-token', { name: 'x', scope: 'manage' }],
			['GET', '/api-token'],
			['DELETE', '/api-token/tok_000000000000'],
		];
		for (const [method, path, body] of forbidden) {
			const { status } = await refused(method, path, body, { token });
			expect([method, path, status]).toEqual([method, path, 403]);
		}
	});

	// security: S-09
	it('ends at once when it is revoked', async ({ expect }) => {
		const token = await createApiToken({ scope: 'manage' });
		expect((await api('GET', '/integrated-account', undefined, { token })).status).toBe(200);
		const id = await newestId();
		expect((await api('DELETE', `/api-token/${id}`)).status).toBe(204);
		expect((await refused('GET', '/integrated-account', undefined, { token })).status).toBe(401);
		expect((await refused('DELETE', `/api-token/${id}`)).status).toBe(404);
		expect(await newestId()).not.toBe(id);
	});

	it('may revoke itself', async ({ expect }) => {
		const token = await createApiToken({ scope: 'manage' });
		expect((await api('DELETE', `/api-token/${await newestId()}`, undefined, { token })).status).toBe(204);
		expect((await refused('GET', '/api-token', undefined, { token })).status).toBe(401);
	});

	// security: S-10
	it('ends at its expiry, to the second', async ({ expect }) => {
		const expires_at = secondsFromNow(120);
		const token = await createApiToken({ scope: 'manage', expires_at });
		const ask = () => api('GET', '/integrated-account', undefined, { token });
		expect((await at(Date.parse(expires_at) - 1, ask)).status).toBe(200);
		expect((await at(Date.parse(expires_at), ask)).status).toBe(401);
	});

	it('is refused with every fault named', async ({ expect }) => {
		const answer = await refused('POST', '/api-token', {
			scope: 'admin',
			accounts: ['No Good'],
			expires_at: 'tomorrow',
			more: 1,
		});
		expect(answer.status).toBe(400);
		expect(Object.keys(faultsOf(answer)).sort()).toEqual(
			expect.arrayContaining(['expires_at', 'more', 'name', 'scope']),
		);
		expect(Object.keys(faultsOf(answer)).some((path) => path.startsWith('accounts'))).toBe(true);
		const none = await refused('POST', '/api-token', { name: 'x', scope: 'use', accounts: [] });
		expect([none.status, Object.keys(faultsOf(none))]).toEqual([400, ['accounts']]);
		const wrong = await refused('POST', '/api-token', { name: 'x', scope: 'use', accounts: 7 });
		expect(faultsOf(wrong)).toEqual({ accounts: 'must be "*" or a list of account ids' });
	});
});

describe('local-api-token', () => {
	it('is refused on a deployment, though it is good on a local start', async ({ expect }) => {
		await api('GET', '/integrated-account');
		for (const LOCAL of [undefined, '', 'false', 'TRUE', '1']) {
			const { LOCAL: _local, ...deployed } = env;
			const customEnv = LOCAL === undefined ? deployed : { ...deployed, LOCAL };
			expect((await refused('GET', '/integrated-account', undefined, { env: customEnv })).status).toBe(401);
		}
		expect((await api('GET', '/integrated-account')).status).toBe(200);
	});
});

/** Runs with other secrets of the Worker, which its directory reads as well. */
async function withSecrets<T>(secrets: Partial<Env>, act: (customEnv: Env) => Promise<T>): Promise<T> {
	const deployed: Env = { ...env, ...secrets };
	const setEnv = (value: Env) =>
		runInDurableObject(directoryStub(), (instance) => {
			(instance as unknown as { env: Env }).env = value;
		});
	await setEnv(deployed);
	try {
		return await act(deployed);
	} finally {
		await setEnv(env);
	}
}

async function listedAt(token: string, customEnv: Env): Promise<{ status: number; names: string[] }> {
	const { status, body } = await api<Page<ApiTokenRecord>>('GET', '/api-token', undefined, { token, env: customEnv });
	return { status, names: status === 200 ? body.result.map(({ name }) => name) : [] };
}

async function idOf(name: string): Promise<string> {
	const { body } = await api<Page<ApiTokenRecord>>('GET', '/api-token');
	return body.result.find((token) => token.name === name)?.id ?? 'none';
}

/** The ways in which whoever deploys names a first API token. */
const FIRST_TOKENS = [
	{
		secret: 'FIRST_API_TOKEN',
		name: 'FIRST_API_TOKEN',
		token: 'chosen-by-an-operator-and-long-enough',
		secretOf: async (token: string) => token,
	},
	{
		secret: 'DEPLOYED_API_TOKEN_SHA256',
		name: 'Made by npm run deploy',
		token: `pb_${'deployed'.padEnd(43, 'x')}`,
		secretOf: sha256Hex,
	},
] as const;

for (const { secret, name, token, secretOf } of FIRST_TOKENS) {
	describe(secret, () => {
		const other = token.replace(/.$/, 'y');

		// security: S-51
		it('is a token from the first request on, and can be revoked like any other', async ({ expect }) => {
			await withSecrets({ [secret]: await secretOf(token) }, async (customEnv) => {
				const both = await Promise.all([1, 2].map(() => listedAt(token, customEnv)));
				expect(both.map(({ status }) => status)).toEqual([200, 200]);
				expect(both[1]?.names.filter((listed) => listed === name)).toEqual([name]);
				expect((await listedAt(other, customEnv)).status).toBe(401);
				expect((await api('DELETE', `/api-token/${await idOf(name)}`)).status).toBe(204);
				expect((await listedAt(token, customEnv)).status).toBe(401);
			});
		});

		// security: S-51
		it('stays revoked when the key that it was kept under is gone', async ({ expect }) => {
			const TOKEN_KEY = btoa('another token key of thirty-two bytes!');
			await withSecrets({ [secret]: await secretOf(token), TOKEN_KEY }, async (customEnv) =>
				expect((await listedAt(token, customEnv)).status).toBe(401),
			);
		});

		it('of another value is another token', async ({ expect }) => {
			await withSecrets({ [secret]: await secretOf(other) }, async (customEnv) => {
				await at(Date.now() + 6_000, async () => expect((await listedAt(other, customEnv)).status).toBe(200));
				expect(await dumpStorage()).not.toContain(other);
			});
		});

		it('opens nothing where it is not set, empty or malformed', async ({ expect }) => {
			for (const value of [undefined, '', 'x'.repeat(31)])
				await withSecrets({ [secret]: value }, async (customEnv) => {
					for (const asked of new Set([value || 'none', `pb_${'never-was'.padEnd(43, 'x')}`]))
						expect((await listedAt(asked, customEnv)).status).toBe(401);
				});
		});
	});
}

describe('an entry in KV', () => {
	const token = `pb_${'forged'.padEnd(43, 'x')}`;
	const record = { id: 'tok_0123456789ab', name: 'Forged', scope: 'manage', accounts: '*', expires_at: null };
	const keys = [
		{ name: 'a claim by hash', key: async () => `api-token-claim:${await sha256Hex(token)}` },
		{ name: 'a claim by keyed hash', key: async () => `api-token-claim:${keyedHash(token)}` },
		{ name: 'an API token by keyed hash', key: async () => `api-token:${keyedHash(token)}` },
		{ name: 'a session', key: async () => `session:${keyedHash(token)}` },
		{ name: 'a URL token by keyed hash', key: async () => `token:${keyedHash(token)}` },
	];
	for (const { name, key } of keys) {
		// security: S-14
		it(`makes no API token: ${name}`, async ({ expect }) => {
			await env.KV.put(await key(), JSON.stringify({ ...record, record, server: record }));
			const before = await tokens();
			const headers = { authorization: `Bearer ${token}`, cookie: `patchbay_session=${token}` };
			for (const LOCAL of ['true', 'false'])
				for (const path of ['/api-token', '/integrated-account', '/sessions'])
					expect((await send(new Request(ORIGIN + path, { headers }), { ...env, LOCAL })).status).toBe(401);
			expect(await tokens()).toEqual(before);
		});
	}
});

describe('a request without a good API token', () => {
	const headers = [
		{ name: 'no header', token: null },
		{ name: 'an unknown token', token: 'pb_unknown' },
		{ name: 'an MCP-shaped token', token: 'A'.repeat(43) },
		{ name: 'an overlong token', token: 'x'.repeat(10_000) },
		{ name: 'two words', token: `${LOCAL_TOKEN} more` },
	];
	for (const { name, token } of headers) {
		it(`is refused alike everywhere: ${name}`, async ({ expect }) => {
			for (const [method, path] of [
				['GET', '/integrated-account'],
				['GET', '/integrated-account/never-was'],
				['POST', '/integrated-account'],
				['DELETE', '/api-token/tok_1'],
			] as const) {
				const { status, headers: answered, body } = await refused(method, path, undefined, { token });
				expect(status).toBe(401);
				expect(answered.get('www-authenticate')).toBe('Bearer');
				expect(body).toEqual({
					statusCode: 401,
					error: 'Unauthorized',
					code: 'unauthorized',
					message: 'Send a good API token: Authorization: Bearer <API token>.',
				});
			}
		});
	}
});

async function newestId(): Promise<string> {
	const { body } = await api<Page<ApiTokenRecord>>('GET', '/api-token');
	return String(body.result[0]?.id);
}
