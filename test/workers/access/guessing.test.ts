// API tokens have a limit of their own; guessing comes late; nobody who is good waits for a guesser.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it, vi } from 'vitest';
import { addressOf, REFUSAL_DELAY_MS, Refusals, senderOf } from '../../../workers/access/guessing.ts';
import { TokenGate } from '../../../workers/access/unknown-tokens.ts';
import type { Env } from '../../../workers/contracts/env.ts';
import type { TokenHashes } from '../../../workers/contracts/keys.ts';
import { IntegratedAccount as AccountObject, Directory as DirectoryObject } from '../../../workers/index.ts';
import * as oauth from '../oauth/support.ts';
import {
	api,
	at,
	callTool,
	connectAccount,
	createApiToken,
	createServer,
	type ErrorBody,
	faultsOf,
	GET_TICKET,
	LOCAL_TOKEN,
	mcp,
	mockVendor,
	ORIGIN,
	placeApiToken,
	refused,
	resultOf,
	send,
	setUp,
	toolNames,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('guessed'));

/** How often an answer came late since; nobody really waits. */
function countDelays(): () => number {
	const wait = vi.spyOn(scheduler, 'wait').mockResolvedValue(undefined);
	return () => wait.mock.calls.filter(([ms]) => ms === REFUSAL_DELAY_MS).length;
}

let addresses = 0;
const newAddress = () => `198.51.100.${++addresses}`;
const unknownToken = (count: number) => `pb_${`unknown-${count}`.padEnd(43, 'x')}`;
const hashes = (n: number): TokenHashes => ({ hash: `${n}`.padStart(64, '0'), key_id: 'a', other: null });
const unknownUrl = () => `${ORIGIN}/mcp/${crypto.randomUUID().replaceAll('-', '').padEnd(43, 'x')}`;

async function ask(address: string, token: string) {
	const response = await send(
		new Request(`${ORIGIN}/integrated-account`, {
			headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': address },
		}),
	);
	await response.body?.cancel();
	return response.status;
}

describe('refusals of an address', () => {
	it('come late after thirty, and in time again when some are forgiven', ({ expect }) => {
		const refusals = new Refusals();
		const T0 = 1_000_000;
		for (let count = 0; count < 30; count++) expect(refusals.isTooMany('a', T0)).toBe(false);
		expect(refusals.isTooMany('a', T0)).toBe(true);
		expect(refusals.isTooMany('b', T0)).toBe(false);
		expect(refusals.isTooMany('a', T0 + 2_000)).toBe(true);
		expect(refusals.isTooMany('a', T0 + 8_000)).toBe(false);
	});

	it('are forgiven within minutes, however many there were', ({ expect }) => {
		const refusals = new Refusals();
		for (let count = 0; count < 10_000; count++) refusals.isTooMany('a', 0);
		expect(refusals.isTooMany('a', 62_000)).toBe(false);
	});

	it('take no more memory than a bounded number of addresses', ({ expect }) => {
		const refusals = new Refusals();
		for (let count = 0; count < 31; count++) refusals.isTooMany('first', 0);
		for (let count = 0; count < 10_000; count++) refusals.isTooMany(String(count), 0);
		// The first has been forgotten for the others.
		expect(refusals.isTooMany('first', 0)).toBe(false);
	});

	const networks: [ip: string, address: string][] = [
		['192.0.2.1', '192.0.2.1'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
		['2001:DB8:1:2::9', '2001:db8:1:2'],
		['2001:db8::1', '2001:db8:0:0'],
		['::1', '0:0:0:0'],
		['', ''],
	];
	for (const [ip, address] of networks)
		it(`of ${ip || 'nobody'} count for ${address || 'nobody'}`, ({ expect }) => expect(addressOf(ip)).toBe(address));
});

describe('who guesses', () => {
	// security: S-07
	it('an MCP URL is answered the same, late after thirty', async ({ expect }) => {
		const delays = countDelays();
		const headers = { 'cf-connecting-ip': newAddress() };
		const answers = new Set<string>();
		for (let count = 0; count < 35; count++) {
			const { status, text } = await mcp(unknownUrl(), 'tools/list', {}, { headers });
			answers.add(`${status} ${text}`);
		}
		expect(answers.size).toBe(1);
		expect([...answers][0]).toMatch(/^404 /);
		expect(delays()).toBe(5);
	});

	it('an API token is answered 401, late after thirty', async ({ expect }) => {
		const delays = countDelays();
		const address = newAddress();
		for (let count = 0; count < 35; count++) expect(await ask(address, unknownToken(count))).toBe(401);
		expect(delays()).toBe(5);
	});

	it('an API token on the consent page is answered the same, late after thirty', async ({ expect }) => {
		const server = await createServer('guessed');
		const delays = countDelays();
		const address = newAddress();
		let page: oauth.Page = await oauth.openPage(
			await oauth.authorizeUrl(server, (await oauth.register(server)).body.client_id),
		);
		for (let count = 0; count < 35; count++) {
			page = await oauth.submit(server, page, { api_token: unknownToken(count), address });
			expect(page.status).toBe(400);
		}
		expect(delays()).toBe(5);
		expect((await oauth.submit(server, page, { address })).status).toBe(303);
		expect(delays()).toBe(5);
	});

	// security: S-48
	it('leaves access tokens alone: at a secret URL that asks for a second factor they are never late', async ({
		expect,
	}) => {
		const server = await createServer('guessed', { require_api_token_auth: true });
		const { access_token } = await oauth.connect(server);
		const delays = countDelays();
		const headers = { authorization: `Bearer ${access_token}`, 'cf-connecting-ip': newAddress() };
		for (let count = 0; count < 36; count++) expect((await mcp(server.url, 'ping', {}, { headers })).status).toBe(200);
		expect(delays()).toBe(0);
		const wrong = { ...headers, authorization: `Bearer ${access_token.slice(0, -4)}xxxx` };
		for (let count = 0; count < 36; count++)
			expect((await mcp(server.url, 'ping', {}, { headers: wrong })).status).toBe(401);
		expect(delays()).toBe(6);
	});

	// security: S-48
	it('costs storage nothing without the form of a token', async ({ expect }) => {
		const asked = vi.spyOn(env.DIRECTORY, 'getByName');
		const shapeless = [
			'x',
			'pb_',
			'pb_x',
			`pb_${'x'.repeat(42)}`,
			`pb_${'x'.repeat(44)}`,
			`xx_${'x'.repeat(43)}`,
			'a:b:c',
			`pb_${'ü'.repeat(43)}`,
		];
		for (const token of shapeless) expect(await ask(newAddress(), encodeURIComponent(token))).toBe(401);
		for (const token of shapeless)
			expect(
				(
					await send(
						new Request(`${ORIGIN}/session`, {
							method: 'POST',
							headers: { origin: ORIGIN },
							body: JSON.stringify({ token }),
						}),
					)
				).status,
			).toBe(401);
		expect(asked).not.toHaveBeenCalled();
	});

	// security: S-48
	it('asks about one unknown token once in a while, and a few at a time', async ({ expect }) => {
		const gate = new TokenGate();
		let underWay = 0;
		let most = 0;
		const ask = vi.fn(async () => {
			most = Math.max(most, ++underWay);
			await scheduler.wait(1);
			underWay--;
			return null;
		});
		const asked = { isSuspect: true, nowMs: 1_000_000 };
		const all = () =>
			Promise.all(
				Array.from({ length: 15 }, (_, n) =>
					gate.askAbout(hashes(n), asked, { ask, requireRoom: async () => {}, listKnown: async () => null }),
				),
			);
		await all();
		expect([ask.mock.calls.length, most]).toEqual([15, 4]);
		await all();
		expect(ask).toHaveBeenCalledTimes(15);
	});

	// security: S-48
	it('an access token costs the account’s object next to nothing: it says once in two seconds that a server is there', async ({
		expect,
	}) => {
		const { oauth_url, id } = await createServer('guessed');
		const getServer = vi.spyOn(AccountObject.prototype, 'getServer');
		const now = Date.now();
		const guess = (n: number) =>
			oauth.callWith(
				`tok_0123456789ab:${`grant-${n}`.padEnd(16, 'x')}:${`secret-${n}`.padEnd(32, 'x')}`,
				oauth_url,
				'ping',
			);
		const statuses = await at(now, () =>
			Promise.all(Array.from({ length: 40 }, async (_, n) => (await guess(n)).status)),
		);
		expect(new Set(statuses)).toEqual(new Set([401]));
		const first = getServer.mock.calls.length;
		expect(await at(now + 1_000, async () => (await guess(50)).status)).toBe(401);
		expect(getServer.mock.calls.length).toBe(first);
		expect(await at(now + 2_001, async () => (await guess(51)).status)).toBe(401);
		expect(getServer.mock.calls.length).toBe(first + 1);
		await api('DELETE', `/integrated-account/guessed/mcp/${id}`);
		expect(await at(now + 2_100, async () => (await guess(52)).status)).toBe(404);
	});

	// security: S-53
	it('leaves the directory alone in a flood: unknown tokens are told from a list, which is asked for once a second', async ({
		expect,
	}) => {
		const gate = new TokenGate();
		const known = ['known-1', 'known-2'].map((name) => name.padEnd(16, '0'));
		const ask = vi.fn(async () => null);
		const listKnown = vi.fn(async () => ({ hashes: known, lease_ms: 1_000 }));
		const at = (nowMs: number, n: number | TokenHashes) =>
			gate.askAbout(
				typeof n === 'number' ? hashes(n) : n,
				{ isSuspect: false, nowMs },
				{ ask, requireRoom: async () => {}, listKnown },
			);
		for (let n = 0; n < 520; n++) expect(await at(1_000_000 + n, n)).toBeNull();
		expect([ask.mock.calls.length, listKnown.mock.calls.length]).toEqual([20, 1]);
		for (let n = 600; n < 1_100; n++) await at(1_002_000 + n, n);
		expect([ask.mock.calls.length, listKnown.mock.calls.length]).toEqual([20, 2]);
		// What is on the list is asked about, under either key.
		for (const one of [
			{ hash: `${known[0]}more`, key_id: 'a', other: null },
			{ hash: 'new key'.padEnd(64, '0'), key_id: 'b', other: `${known[1]}more` },
		])
			await at(1_002_900, one);
		expect(ask).toHaveBeenCalledTimes(22);
		// Without a list, as when there are too many tokens, each is asked about.
		listKnown.mockResolvedValue(null as never);
		for (let n = 2_000; n < 2_010; n++) await at(1_005_000, n);
		expect(ask).toHaveBeenCalledTimes(32);
	});

	// security: S-48
	it('keeps nobody out after the clock was set back: what was listed by a clock ahead says nothing', async ({
		expect,
	}) => {
		const gate = new TokenGate();
		const ask = vi.fn(async () => null as { id: string } | null);
		const listKnown = async () => ({ hashes: [], lease_ms: 1_000 });
		const at = (nowMs: number, n: number) =>
			gate.askAbout(hashes(n), { isSuspect: false, nowMs }, { ask, requireRoom: async () => {}, listKnown });
		const [ahead, behind] = [9_000_000, 1_000_000];
		for (let n = 0; n < 30; n++) await at(ahead, n);
		expect(ask).toHaveBeenCalledTimes(20);
		ask.mockResolvedValue({ id: 'new' });
		expect(await at(behind, 100)).toEqual({ id: 'new' });
		// In a flood by the earlier clock, too.
		ask.mockResolvedValue(null);
		for (let n = 200; n < 220; n++) await at(behind, n);
		ask.mockResolvedValue({ id: 'new' });
		expect(await at(behind - 1, 300)).toEqual({ id: 'new' });
	});

	// security: S-53
	it('keeps no new token from being good from its answer on, in the middle of a flood', async ({ expect }) => {
		for (let count = 0; count < 60; count++) await ask(`192.0.2.${count}`, unknownToken(10_000 + count));
		const listed = vi.spyOn(DirectoryObject.prototype, 'listKnownHashes');
		for (let count = 0; count < 3; count++) {
			await ask(`192.0.2.${count}`, unknownToken(20_000 + count));
			const token = await createApiToken({ scope: 'manage' });
			expect(await ask('192.0.2.200', token)).toBe(200);
			const signIn = { method: 'POST', headers: { origin: ORIGIN }, body: JSON.stringify({ token }) };
			const signedIn = await send(new Request(`${ORIGIN}/session`, signIn));
			await signedIn.body?.cancel();
			const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
			expect((await send(new Request(`${ORIGIN}/integrated-account`, { headers: { cookie } }))).status).toBe(200);
		}
		expect(listed).toHaveBeenCalled();
	});

	it('locks nobody out: good tokens and URLs from the same address are answered at once', async ({ expect }) => {
		const server = await createServer('guessed');
		mockVendor(() => Response.json({ id: 1 }));
		const delays = countDelays();
		const address = newAddress();
		for (let count = 0; count < 40; count++) await ask(address, unknownToken(count));
		const before = delays();
		expect(await ask(address, LOCAL_TOKEN)).toBe(200);
		const headers = { 'cf-connecting-ip': address };
		expect(await toolNames(server.url, { headers })).toContain(GET_TICKET);
		expect(resultOf(await callTool(server.url, GET_TICKET, { id: 1 }, { headers })).isError).toBeUndefined();
		expect(delays()).toBe(before);
	});

	it('slows no other address, and none that sends no token at all', async ({ expect }) => {
		const delays = countDelays();
		const address = newAddress();
		for (let count = 0; count < 40; count++) await ask(address, unknownToken(count));
		const before = delays();
		expect(await ask(newAddress(), 'pb_x')).toBe(401);
		for (let count = 0; count < 40; count++)
			expect((await refused('GET', '/api-token', undefined, { token: null })).status).toBe(401);
		expect(delays()).toBe(before);
	});

	it('a token that comes into being is not refused for having been asked for before', async ({ expect }) => {
		const token = `pb_${crypto.randomUUID().padEnd(43, 'x')}`;
		expect(await ask(newAddress(), token)).toBe(401);
		await placeApiToken(token);
		await at(Date.now() + 6_000, async () => expect(await ask(newAddress(), token)).toBe(200));
	});
});

describe('the platform’s limit of an address', () => {
	const DOORS: [name: string, path: string, init?: RequestInit][] = [
		['API token', '/integrated-account', { headers: { authorization: `Bearer ${unknownToken(70_000)}` } }],
		['session', '/session', { headers: { cookie: `__Host-patchbay-session=${'s'.repeat(43)}` } }],
		[
			'sign-in',
			'/session',
			{ method: 'POST', headers: { origin: 'https://localhost' }, body: `{"token":"${unknownToken(70_001)}"}` },
		],
		['secret URL', `/mcp/${'u'.repeat(43)}`, { method: 'POST' }],
		['event stream', `/mcp/${'v'.repeat(43)}/sse`],
		['authorization', '/connect/guessed/mcp_cwp_0123456789ab/authorize'],
		['registration', '/connect/guessed/mcp_cwp_0123456789ab/register', { method: 'POST', body: '{}' }],
		['token endpoint', '/connect/guessed/mcp_cwp_0123456789ab/token', { method: 'POST' }],
		['resource description', '/.well-known/oauth-protected-resource/connect/guessed/mcp_cwp_0123456789ab'],
		['server description', '/.well-known/oauth-authorization-server/connect/guessed/mcp_cwp_0123456789ab'],
	];
	const under = async (success: boolean, path: string, init: RequestInit = {}) => {
		const keys: string[] = [];
		const ADDRESS_LIMIT = {
			limit: async ({ key }: { key: string }) => {
				keys.push(key);
				return { success };
			},
		};
		const headers = { ...init.headers, 'cf-connecting-ip': '203.0.113.77' };
		const customEnv = { ...env, LOCAL: '', ADDRESS_LIMIT };
		const answer = await send(new Request(`${ORIGIN}${path}`, { ...init, headers }), customEnv);
		await answer.body?.cancel();
		return { status: answer.status, keys };
	};
	for (const [name, path, init] of DOORS) {
		// security: S-54
		it(`is asked before storage is, and refuses: ${name}`, async ({ expect }) => {
			countDelays();
			expect(await under(false, path, init)).toEqual({ status: 429, keys: ['203.0.113.77'] });
			expect((await under(true, path, init)).status).not.toBe(429);
		});
	}

	it('does not concern tokens and URLs that are known to be good, nor a start without it', async ({ expect }) => {
		const token = await createApiToken({ scope: 'manage' });
		const bearer = { headers: { authorization: `Bearer ${token}` } };
		expect((await under(true, '/integrated-account', bearer)).status).toBe(200);
		expect(await under(false, '/integrated-account', bearer)).toEqual({ status: 200, keys: [] });
		const { url } = await createServer('guessed');
		const list = {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
			body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
		};
		expect((await under(true, new URL(url).pathname, list)).status).toBe(200);
		expect(await under(false, new URL(url).pathname, list)).toEqual({ status: 200, keys: [] });
		const { ADDRESS_LIMIT: _none, ...without } = env as Env;
		expect((await send(new Request(`${ORIGIN}/health`), without)).status).toBe(200);
		expect(await api('GET', '/integrated-account', undefined, { env: without })).toMatchObject({ status: 200 });
	});
});

describe('an API token with requests_per_minute', () => {
	// security: S-10
	it('is answered 429 beyond them, with the headers of one, and good again a minute later', async ({ expect }) => {
		const token = await createApiToken({ scope: 'manage', requests_per_minute: 3 });
		const list = () => api<ErrorBody>('GET', '/integrated-account', undefined, { token });
		for (let count = 0; count < 3; count++) expect((await list()).status).toBe(200);
		const { status, body, headers } = await list();
		expect(status).toBe(429);
		expect(body).toMatchObject({ statusCode: 429, error: 'Too Many Requests', code: 'rate_limited' });
		expect(body.message).toMatch(/3 times a minute\. Wait \d+ seconds/);
		expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['3', '0']);
		expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		expect(headers.get('ratelimit-reset')).toBe(headers.get('retry-after'));
		await at(Date.now() + 60_000, async () => expect((await list()).status).toBe(200));
	});

	it('is limited as a second factor too', async ({ expect }) => {
		const server = await createServer('guessed', { require_api_token_auth: true });
		const token = await createApiToken({ scope: 'use', requests_per_minute: 1 });
		const headers = { authorization: `Bearer ${token}` };
		expect((await mcp(server.url, 'tools/list', {}, { headers })).status).toBe(200);
		expect((await mcp(server.url, 'tools/list', {}, { headers })).status).toBe(429);
	});

	it('shows them, and takes whole numbers from 1 on', async ({ expect }) => {
		const { body } = await api('POST', '/api-token', { name: 'x', scope: 'use', requests_per_minute: 60 });
		expect(body.requests_per_minute).toBe(60);
		for (const requests_per_minute of [0, 1.5, '60', 1_000_001]) {
			const answer = await refused('POST', '/api-token', { name: 'x', scope: 'use', requests_per_minute });
			expect(Object.keys(faultsOf(answer))).toEqual(['requests_per_minute']);
		}
	});
});

describe('whom a refusal counts for', () => {
	const from = (ip: string) => senderOf(new Request('http://localhost/', { headers: { 'cf-connecting-ip': ip } }));

	it('is an address, and nobody where the machine asks itself', ({ expect }) => {
		expect(['203.0.113.7', '127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'].map(from)).toEqual([
			'203.0.113.7',
			'',
			'',
			'',
			'',
		]);
	});
});
