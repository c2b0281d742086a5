// API tokens: how they are kept, what they may do, how they end.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { AccountRecord, ApiTokenRecord } from '../../../workers/contracts/records.ts';
import {
	accountInput,
	api,
	at,
	captureLog,
	claimApiToken,
	connectAccount,
	createApiToken,
	createServer,
	directoryStub,
	dumpStorage,
	failingKv,
	faultsOf,
	keyedHash,
	kvKeys,
	LOCAL_TOKEN,
	type Page,
	refused,
	secondsFromNow,
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
	it('is refused on a deployment, though its claim is there', async ({ expect }) => {
		await api('GET', '/integrated-account');
		for (const LOCAL of [undefined, '', 'false', 'TRUE', '1']) {
			const { LOCAL: _local, ...deployed } = env;
			const customEnv = LOCAL === undefined ? deployed : { ...deployed, LOCAL };
			expect((await refused('GET', '/integrated-account', undefined, { env: customEnv })).status).toBe(401);
		}
		expect((await api('GET', '/integrated-account')).status).toBe(200);
	});
});

const claimed = (n: number) => `pb_${`claimed-token-${n}`.padEnd(43, 'x')}`;

describe('FIRST_API_TOKEN', () => {
	const CHOSEN = 'chosen by an operator, and long enough'.replaceAll(' ', '-');
	const withSecret = async <T>(value: string | undefined, act: (customEnv: typeof env) => Promise<T>) => {
		const setEnv = (change: (before: typeof env) => typeof env) =>
			runInDurableObject(directoryStub(), (instance) => {
				const object = instance as unknown as { env: typeof env };
				object.env = change(object.env);
			});
		await setEnv((before) => ({ ...before, FIRST_API_TOKEN: value }) as typeof env);
		try {
			return await act({ ...env, FIRST_API_TOKEN: value } as typeof env);
		} finally {
			await setEnv(() => env);
		}
	};
	const statusOf = async (token: string, customEnv: typeof env) =>
		(await api('GET', '/api-token', undefined, { token, env: customEnv })).status;

	// security: S-51
	it('is a token from the first request on, and can be revoked like any other', async ({ expect }) => {
		await withSecret(CHOSEN, async (customEnv) => {
			expect(await statusOf(CHOSEN, customEnv)).toBe(200);
			expect(await statusOf(`${CHOSEN}x`, customEnv)).toBe(401);
			const { body } = await api<Page<ApiTokenRecord>>('GET', '/api-token', undefined, {
				token: CHOSEN,
				env: customEnv,
			});
			const id = body.result.find(({ name }) => name === 'FIRST_API_TOKEN')?.id;
			expect((await api('DELETE', `/api-token/${id}`)).status).toBe(204);
			expect(await statusOf(CHOSEN, customEnv)).toBe(401);
		});
	});

	it('opens nothing where it is short, empty or not set', async ({ expect }) => {
		for (const value of ['short', 'x'.repeat(31), '', undefined])
			await withSecret(value, async (customEnv) => expect(await statusOf(value || CHOSEN, customEnv)).toBe(401));
	});
});

describe('a claim in KV', () => {
	it('is taken over once and deleted', async ({ expect }) => {
		const token = claimed(1);
		await claimApiToken(token, { name: 'Deploy', scope: 'use' });
		const key = `api-token-claim:${await sha256Hex(token)}`;
		expect(await kvKeys(key)).toEqual([key]);
		const both = await Promise.all([1, 2].map(() => refused('GET', '/integrated-account', undefined, { token })));
		expect(both.map(({ status }) => status)).toEqual([403, 403]);
		expect(await kvKeys(key)).toEqual([]);
		expect((await tokens()).filter((row) => JSON.stringify(row).includes('Deploy')).length).toBe(1);
		expect(await dumpStorage()).not.toContain(token);
	});

	it('does not bring a revoked token back while KV still shows it', async ({ expect }) => {
		const token = claimed(2);
		await claimApiToken(token, { name: 'Short-lived' });
		const list = await api<Page<ApiTokenRecord>>('GET', '/api-token', undefined, { token });
		await api('DELETE', `/api-token/${list.body.result[0]?.id}`);
		await claimApiToken(token, { name: 'Short-lived' });
		expect((await refused('GET', '/api-token', undefined, { token })).status).toBe(401);
		expect((await refused('GET', '/api-token', undefined, { token })).status).toBe(401);
	});

	it('that has expired opens nothing', async ({ expect }) => {
		await claimApiToken(claimed(3), { expires_at: '2020-01-01T00:00:00Z' });
		for (const _ of [1, 2])
			expect((await refused('GET', '/api-token', undefined, { token: claimed(3) })).status).toBe(401);
	});

	it('opens at once although KV cannot delete it yet', async ({ expect }) => {
		const log = captureLog();
		await claimApiToken(claimed(4), { name: 'Undeletable' });
		const setKv = (KV: KVNamespace) =>
			runInDurableObject(directoryStub(), (instance) => {
				const object = instance as unknown as { env: typeof env };
				object.env = { ...object.env, KV };
			});
		await setKv(failingKv((operation) => operation === 'delete'));
		const { status } = await api('GET', '/api-token', undefined, { token: claimed(4) });
		await setKv(env.KV);
		expect(status).toBe(200);
		expect(log.join()).not.toContain(claimed(4));
	});
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
