// The keys of an installation are changed while it runs: what the old ones made is good, what is written is written
// under the new ones, and what has gone over outlives the old ones.

import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { isSealedWithCurrentKey } from '../../../workers/access/credentials.ts';
import { hashesOf } from '../../../workers/access/keys.ts';
import type { Env } from '../../../workers/contracts/env.ts';
import {
	accountStub,
	accountTables,
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	type ErrorBody,
	kvKeys,
	LIST_TICKETS,
	mcp,
	mockVendor,
	ORIGIN,
	type Page,
	type RpcBody,
	refused,
	resultOf,
	seenAccount,
	send,
	serverPath,
	setUp,
	UPDATE_TICKET,
} from '../support.ts';

setUp();

const key = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
const B = { TOKEN_KEY_B: key(), ENCRYPTION_KEY_B: key() };
/** Stages of a rotation: the new keys are accepted, they count, the old ones are gone. */
const accepted: Env = { ...env, ...B };
const current: Env = { ...accepted, CURRENT_KEYS: 'b' };
const { TOKEN_KEY: _token, ENCRYPTION_KEY: _encryption, ...withoutA } = current;
const finished: Env = withoutA;

interface Resealed {
	id: string;
	credentials: string;
	servers: number;
	servers_behind: { id: string; name: string }[];
}
interface KeysAnswer {
	current: string;
	other: string | null;
	accounts: number;
	api_tokens: number;
	api_tokens_behind: { id: string; name: string }[];
	sessions_behind: number;
}

const resealAll = async (withEnv: Env, limit = 2, token?: string): Promise<Resealed[]> => {
	const found: Resealed[] = [];
	let cursor: string | null = '';
	while (cursor !== null) {
		const path: string = `/keys/reseal?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`;
		const { status, body } = await api<Page<Resealed>>('POST', path, undefined, {
			env: withEnv,
			...(token ? { token } : {}),
		});
		if (status !== 200) throw new Error(`resealing answered ${status}`);
		found.push(...body.result);
		cursor = body.next_cursor;
	}
	return found;
};
const keysOf = async (withEnv: Env, token?: string) =>
	(await api<KeysAnswer>('GET', '/keys', undefined, { env: withEnv, ...(token ? { token } : {}) })).body;
const write = (url: string, id: number, withEnv: Env) =>
	callTool(url, UPDATE_TICKET, { id, summary: 'x' }, { env: withEnv });
const isAnswered = ({ body }: { body: RpcBody }) => body.result !== undefined && !body.result.isError;

describe('a rotation of both keys', () => {
	// security: S-16
	it('ends no URL, no API token and no account at any stage, and needs the old keys for nothing afterwards', async ({
		expect,
	}) => {
		mockVendor(({ method }) => Response.json(method === 'GET' ? [{ id: 1 }] : { id: 1 }));
		await connectAccount('turned');
		const old = await createServer('turned');
		const token = await createApiToken({ name: 'Ops', scope: 'manage', accounts: '*' });
		for (const stage of [env, accepted, current]) {
			expect(isAnswered(await callTool(old.url, LIST_TICKETS, {}, { env: stage }))).toBe(true);
			expect(isAnswered(await write(old.url, 1, stage))).toBe(true);
			expect((await api('GET', '/keys', undefined, { env: stage, token })).status).toBe(200);
		}
		const made = await api<{ url: string }>(
			'POST',
			'/integrated-account/turned/mcp',
			{ name: 'new', config: {} },
			{ env: current },
		);
		expect(isAnswered(await write(made.body.url, 2, current))).toBe(true);
		// An isolate that has not heard yet which slot counts serves what one that has has made, and the other way round.
		expect(isAnswered(await write(made.body.url, 3, accepted))).toBe(true);
		expect(isAnswered(await write(old.url, 4, accepted))).toBe(true);
		expect(isAnswered(await write(old.url, 5, current))).toBe(true);
		expect(isAnswered(await write(made.body.url, 6, current))).toBe(true);

		await resealAll(current);
		// Only those that nobody has presented since are left.
		const left = (await resealAll(current)).find(({ id }) => id === 'turned');
		expect(left).toMatchObject({ credentials: 'current', servers: 2, servers_behind: [] });
		for (const url of [old.url, made.body.url]) {
			expect(isAnswered(await callTool(url, LIST_TICKETS, {}, { env: finished }))).toBe(true);
			expect(isAnswered(await write(url, 7, finished))).toBe(true);
		}
		expect((await api('GET', '/integrated-account/turned', undefined, { env: finished, token })).status).toBe(200);
	});

	it('moves a token in row and KV, the old entry going a while later', async ({ expect }) => {
		await connectAccount('moved-key');
		const server = await createServer('moved-key');
		const { hash, other } = hashesOf(current, server.token);
		expect(await kvKeys(`token:${other}`)).toEqual([`token:${other}`]);
		expect((await mcp(server.url, 'ping', {}, { env: current })).status).toBe(200);
		expect((await accountTables('moved-key')).server).toMatchObject([{ hash }]);
		expect(await kvKeys(`token:${hash}`)).toEqual([`token:${hash}`]);
		expect(await kvKeys(`token:${other}`)).toEqual([`token:${other}`]);
		await at(Date.now() + 11 * 60_000, () => runDurableObjectAlarm(accountStub('moved-key')));
		expect(await kvKeys(`token:${other}`)).toEqual([]);
		expect((await accountTables('moved-key')).dirty).toEqual([]);
		await resealAll(current);
		expect((await mcp(server.url, 'ping', {}, { env: finished })).status).toBe(200);
	});

	// security: S-16
	it('leaves a revoke instant, though the entry under the old key is still in KV', async ({ expect }) => {
		const calls = mockVendor(() => Response.json({ id: 1 }));
		await connectAccount('revoked-key');
		const server = await createServer('revoked-key');
		await write(server.url, 1, current);
		calls.length = 0;
		await api('DELETE', serverPath(server), undefined, { env: current });
		for (const stage of [accepted, current]) expect((await write(server.url, 1, stage)).status).toBe(404);
		expect(calls).toEqual([]);
	});

	it('accepts a cursor of the old key', async ({ expect }) => {
		mockVendor(() => Response.json([{ id: 1 }], { headers: { link: '<https://x.example/?page=2>; rel="next"' } }));
		await connectAccount('cursor-key');
		const { url } = await createServer('cursor-key');
		const first = await callTool(url, LIST_TICKETS, { limit: 1 });
		const { next_cursor } = resultOf(first).structuredContent;
		const next = await callTool(url, LIST_TICKETS, { limit: 1, next_cursor }, { env: current });
		expect(isAnswered(next)).toBe(true);
		await resealAll(current);
		const ended = await callTool(url, LIST_TICKETS, { limit: 1, next_cursor }, { env: finished });
		expect(ended.text).toContain('next_cursor');
		expect(isAnswered(ended)).toBe(false);
	});

	it('knows a write again that was made under the old key', async ({ expect }) => {
		const calls = mockVendor(() => Response.json({ id: 9 }, { status: 201 }));
		await connectAccount('again-key');
		const { url } = await createServer('again-key');
		const note = { ticket_id: 1, text: 'Called the customer back.' };
		const create = (stage: Env) => callTool(url, 'create_a_connect_wise_psa_ticket_note', note, { env: stage });
		expect(isAnswered(await create(accepted))).toBe(true);
		for (const stage of [current, accepted, current]) expect((await create(stage)).text).toContain('9');
		expect(calls.filter(({ method }) => method === 'POST').length).toBe(1);
	});

	it('keeps a signed-in person signed in', async ({ expect }) => {
		const token = await createApiToken({ scope: 'manage', accounts: '*' });
		const signIn = new Request(`${ORIGIN}/session`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: ORIGIN },
			body: JSON.stringify({ token }),
		});
		const cookie = (await send(signIn)).headers.get('set-cookie')?.split(';')[0] ?? '';
		const whoAmI = async (stage: Env) => {
			const answer = await send(new Request(`${ORIGIN}/session`, { headers: { cookie } }), stage);
			return ((await answer.json()) as { session: unknown }).session !== null;
		};
		expect([await whoAmI(env), await whoAmI(accepted), await whoAmI(current), await whoAmI(finished)]).toEqual([
			true,
			true,
			true,
			true,
		]);
	});
});

describe('sealing anew', () => {
	it('goes page by page, may be repeated, and leaves accounts that open under the new key alone', async ({
		expect,
	}) => {
		for (const id of ['seal-1', 'seal-2', 'seal-3']) await connectAccount(id);
		const first = await resealAll(current, 1);
		expect(first.filter(({ id }) => id.startsWith('seal-')).map(({ credentials }) => credentials)).toEqual([
			'resealed',
			'resealed',
			'resealed',
		]);
		const again = await resealAll(current, 200);
		expect(new Set(again.map(({ credentials }) => credentials))).toEqual(new Set(['current']));
		for (const id of ['seal-1', 'seal-2', 'seal-3']) {
			const account = await accountStub(id).getAccount();
			expect(isSealedWithCurrentKey(account?.sealed_credentials ?? '', finished)).toBe(true);
		}
	});

	it('takes webhooks along, and says which do not open', async ({ expect }) => {
		const url = 'https://hooks.example.com/path';
		const { body } = await api('POST', '/webhook', { url });
		expect((await api('GET', `/webhook/${body.id}`, undefined, { env: current })).body.url).toBe(url);
		const reseal = (bindings: Env) => api('POST', '/keys/reseal', undefined, { env: bindings });
		expect((await reseal(current)).body.webhooks_unreadable).toEqual([]);
		expect((await api('GET', `/webhook/${body.id}`, undefined, { env: finished })).body.url).toBe(url);
		expect((await api('GET', `/webhook/${body.id}`)).body.url).toBeNull();
		expect((await reseal(env)).body.webhooks_unreadable).toEqual([{ id: body.id, name: 'hooks.example.com' }]);
		await api('DELETE', `/webhook/${body.id}`);
	});

	it('says which account does not open, and goes on', async ({ expect }) => {
		await connectAccount('seal-broken');
		const stub = accountStub('seal-broken');
		await stub.updateAccount({ sealed_credentials: 'v3.AAAAAAAAAAAAAAAA.AAAA.AAAA' }, await seenAccount('seal-broken'));
		await connectAccount('seal-whole');
		const states = Object.fromEntries((await resealAll(current)).map(({ id, credentials }) => [id, credentials]));
		expect(states).toMatchObject({ 'seal-broken': 'unreadable', 'seal-whole': 'resealed' });
	});

	it('names what is still kept under the old key', async ({ expect }) => {
		await connectAccount('idle');
		const idle = await createServer('idle');
		const token = await createApiToken({ name: 'Idle', scope: 'use', accounts: '*' });
		const account = (await resealAll(current)).find(({ id }) => id === 'idle');
		expect(account?.servers_behind).toEqual([{ id: idle.id, name: idle.name }]);
		const keys = await keysOf(current);
		expect(keys).toMatchObject({ current: 'b', other: 'earlier' });
		expect(keys.api_tokens_behind.map(({ name }) => name)).toContain('Idle');
		await mcp(idle.url, 'ping', {}, { env: current });
		await api('GET', '/keys', undefined, { env: current, token });
		expect((await resealAll(current)).find(({ id }) => id === 'idle')?.servers_behind).toEqual([]);
		expect((await keysOf(current)).api_tokens_behind.map(({ name }) => name)).not.toContain('Idle');
	});

	it('is for API tokens that may manage every account', async ({ expect }) => {
		const bound = await createApiToken({ scope: 'manage', accounts: ['idle'] });
		const user = await createApiToken({ scope: 'use', accounts: '*' });
		for (const token of [bound, user]) {
			expect((await refused('GET', '/keys', undefined, { token })).status).toBe(403);
			expect((await refused('POST', '/keys/reseal', undefined, { token })).status).toBe(403);
		}
		expect((await refused('POST', '/keys/reseal', undefined, { token: null })).status).toBe(401);
	});
});

describe('the other slot', () => {
	it('is told apart: new keys that nobody has used, and earlier ones', async ({ expect }) => {
		const fresh = { TOKEN_KEY_B: key(), ENCRYPTION_KEY_B: key() };
		expect((await keysOf(env)).other).toBeNull();
		expect((await keysOf({ ...env, ...fresh })).other).toBe('new');
		expect((await keysOf({ ...env, ...fresh, CURRENT_KEYS: 'b' })).other).toBe('earlier');
	});

	it('counts for nothing while it is half filled', async ({ expect }) => {
		const half = { ...env, TOKEN_KEY_B: key() };
		expect(await keysOf(half)).toMatchObject({ current: 'a', other: null });
	});
});

describe('secrets that are missing or too short', () => {
	const { TOKEN_KEY: _t, ...noTokenKey } = env as Env;
	const { ENCRYPTION_KEY: _e, ...noEncryptionKey } = env as Env;
	const CASES: { name: string; broken: Env; secret: string }[] = [
		{ name: 'no TOKEN_KEY', broken: noTokenKey, secret: 'TOKEN_KEY' },
		{ name: 'no ENCRYPTION_KEY', broken: noEncryptionKey, secret: 'ENCRYPTION_KEY' },
		{ name: 'a short ENCRYPTION_KEY', broken: { ...env, ENCRYPTION_KEY: 'c2hvcnQ=' }, secret: 'ENCRYPTION_KEY' },
		{ name: 'a TOKEN_KEY that is not base64', broken: { ...env, TOKEN_KEY: '§'.repeat(60) }, secret: 'TOKEN_KEY' },
		{ name: 'no current slot', broken: { ...env, CURRENT_KEYS: 'b' }, secret: 'TOKEN_KEY_B' },
		{ name: 'a short key in the other slot', broken: { ...accepted, TOKEN_KEY_B: 'eA==' }, secret: 'TOKEN_KEY_B' },
		{ name: 'an unknown slot', broken: { ...env, CURRENT_KEYS: 'c' }, secret: 'CURRENT_KEYS' },
	];
	for (const { name, broken, secret } of CASES) {
		// security: S-17
		it(`${name}: the first request says so, whatever it asks for, and how to make it good`, async ({ expect }) => {
			const log = captureLog();
			for (const path of ['/health', '/integrated-account', `/mcp/${'x'.repeat(43)}`, '/']) {
				const { status, body } = await api<ErrorBody>('GET', path, undefined, { env: broken });
				expect([path, status, body.code]).toEqual([path, 500, 'internal_error']);
				expect(body.message).toMatch(new RegExp(`^The secret ${secret} `));
				if (secret !== 'CURRENT_KEYS')
					expect(body.message).toContain(`openssl rand -base64 32 | npx wrangler secret put ${secret}`);
			}
			expect(log.join('\n')).not.toContain(env.TOKEN_KEY);
		});
	}
});
