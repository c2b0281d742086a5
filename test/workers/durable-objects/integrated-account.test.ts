// An account's Durable Object: expiry and its alarm, KV kept in step, and what is left when KV or the object fails.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, inject, it } from 'vitest';
import { entryTtlSeconds } from '../../../workers/access/kv.ts';
import type { Env } from '../../../workers/contracts/env.ts';
import type { AccountRecord, LogEntry, ServerRecord, TokenEntry } from '../../../workers/contracts/records.ts';
import {
	accountInput,
	accountStub,
	accountTables,
	alarmOf,
	api,
	at,
	breakKv,
	callTool,
	captureLog,
	claimOf,
	connectAccount,
	createServer,
	eventually,
	failingKv,
	faultyNamespace,
	kvKeys,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type Page,
	refused,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	tablesAfterRetention,
	tokenKey,
} from '../support.ts';

setUp();

/** No rows, and not even tables. */
const EMPTY = {};
const expirationOf = async (server: ServerWithUrl) =>
	(await env.KV.list({ prefix: tokenKey(server) })).keys.map(({ expiration }) => expiration ?? null);
/** Seconds that KV still keeps the entry for; KV has the machine's clock. */
async function lifetimeOf(server: ServerWithUrl): Promise<number> {
	const [expiration] = await expirationOf(server);
	return Number(expiration) - (Date.now() - inject('clockShiftMs')) / 1000;
}

describe('the KV entry of a server', () => {
	it('ends with the server', async ({ expect }) => {
		await connectAccount('ttl');
		const server = await createServer('ttl', {}, { expires_at: secondsFromNow(600) });
		expect(Math.abs((await lifetimeOf(server)) - 600)).toBeLessThan(30);
	});

	it('lasts to the very end of the server, however both lie within their seconds', ({ expect }) => {
		for (const seconds of [0, 60, 61, 3600])
			for (const begin of [0, 1, 499, 500, 999])
				for (const end of [0, 1, 499, 500, 999]) {
					const nowMs = 1_800_000_000_000 + begin;
					const endMs = 1_800_000_060_000 + seconds * 1000 + end;
					const ttl = entryTtlSeconds(new Date(endMs).toISOString(), nowMs) ?? 0;
					// KV counts whole seconds from the one that has begun.
					const over = (Math.floor(nowMs / 1000) + ttl) * 1000 - endMs;
					expect([begin, end, over >= 0 && over < 1000]).toEqual([begin, end, true]);
				}
	});

	it('has no end when the server has none', async ({ expect }) => {
		await connectAccount('endless');
		expect(await expirationOf(await createServer('endless'))).toEqual([null]);
	});

	it('follows when the end moves', async ({ expect }) => {
		await connectAccount('ttl-moves');
		const server = await createServer('ttl-moves');
		for (const seconds of [600, 7200, 120]) {
			const expires_at = secondsFromNow(seconds);
			await api('PATCH', serverPath(server), { expires_at });
			expect(Math.abs((await lifetimeOf(server)) - seconds)).toBeLessThan(30);
		}
		await api('PATCH', serverPath(server), { expires_at: null });
		expect(await expirationOf(server)).toEqual([null]);
	});

	it("is written in the last minute too, with KV's shortest lifetime", async ({ expect }) => {
		await connectAccount('last-minute');
		const server = await createServer('last-minute', {}, { expires_at: secondsFromNow(90) });
		const late = () => api('PATCH', serverPath(server), { name: 'late' });
		expect((await at(secondsFromNow(60), late)).status).toBe(200);
		const entry = await env.KV.get<TokenEntry>(tokenKey(server), 'json');
		expect(entry?.server.name).toBe('late');
	});
});

describe('the alarm', () => {
	it('stands at the earliest end of all servers', async ({ expect }) => {
		await connectAccount('earliest');
		expect(await alarmOf('earliest')).toBeNull();
		await createServer('earliest');
		expect(await alarmOf('earliest')).toBeNull();
		const ends = [900, 300, 600].map(secondsFromNow);
		for (const expires_at of ends) await createServer('earliest', {}, { expires_at });
		expect(await alarmOf('earliest')).toBe(Date.parse(String(ends[1])));
	});

	it('moves when an end moves earlier, later, or is cleared', async ({ expect }) => {
		await connectAccount('moves');
		const server = await createServer('moves', {}, { expires_at: secondsFromNow(600) });
		for (const seconds of [120, 3600]) {
			const expires_at = secondsFromNow(seconds);
			await api('PATCH', serverPath(server), { expires_at });
			expect(await alarmOf('moves')).toBe(Date.parse(expires_at));
		}
		await api('PATCH', serverPath(server), { expires_at: null });
		expect(await alarmOf('moves')).toBeNull();
	});

	it('goes to the next end when its server is revoked', async ({ expect }) => {
		await connectAccount('next');
		const first = await createServer('next', {}, { expires_at: secondsFromNow(100) });
		const second = await createServer('next', {}, { expires_at: secondsFromNow(200) });
		await api('DELETE', serverPath(first));
		expect(await alarmOf('next')).toBe(Date.parse(second.expires_at ?? ''));
		await api('DELETE', serverPath(second));
		expect(await alarmOf('next')).toBeNull();
	});

	it('deletes an expired server everywhere, and only that', async ({ expect }) => {
		await connectAccount('expire');
		const ends = await createServer('expire', {}, { expires_at: secondsFromNow(90) });
		const stays = await createServer('expire', {}, { expires_at: secondsFromNow(900) });
		mockVendor(() => Response.json([]));
		for (const { url } of [ends, stays]) await callTool(url, LIST_TICKETS);
		await eventually(async () => expect((await accountTables('expire')).log?.length).toBe(2));
		expect(await at(ends.expires_at ?? '', () => runDurableObjectAlarm(accountStub('expire')))).toBe(true);
		const tables = await accountTables('expire');
		expect(JSON.stringify([tables.server, tables.usage])).not.toContain(ends.id);
		expect([tables.server?.length, tables.dirty]).toEqual([1, []]);
		// Its log is kept for a while.
		expect(tables.log?.length).toBe(2);
		expect(await kvKeys(tokenKey(ends))).toEqual([]);
		expect(await kvKeys(tokenKey(stays))).toEqual([tokenKey(stays)]);
		expect(await alarmOf('expire')).toBe(Date.parse(stays.expires_at ?? ''));
		expect((await mcp(stays.url, 'ping')).status).toBe(200);
	});

	it('that comes early, twice or late does no harm', async ({ expect }) => {
		await connectAccount('harmless');
		const server = await createServer('harmless', {}, { expires_at: secondsFromNow(90) });
		const endMs = Date.parse(server.expires_at ?? '');
		const run = () => runDurableObjectAlarm(accountStub('harmless'));
		expect(await at(endMs - 1, run)).toBe(true);
		expect(await alarmOf('harmless')).toBe(endMs);
		expect((await mcp(server.url, 'ping')).status).toBe(200);
		expect(await at(endMs + 3_600_000, run)).toBe(true);
		const after = [await accountTables('harmless'), await kvKeys('token:')];
		for (const _ of [1, 2])
			await at(endMs + 7_200_000, () => runInDurableObject(accountStub('harmless'), (object) => object.alarm()));
		expect([await accountTables('harmless'), await kvKeys('token:')]).toEqual(after);
		expect(await alarmOf('harmless')).toBeNull();
	});

	it('tries again when KV fails at the end, and access has ended all the same', async ({ expect }) => {
		captureLog();
		await connectAccount('end-kv');
		const server = await createServer('end-kv', {}, { expires_at: secondsFromNow(90) });
		const mend = await breakKv('end-kv');
		const endMs = Date.parse(server.expires_at ?? '');
		await at(endMs, async () => {
			await runDurableObjectAlarm(accountStub('end-kv'));
			expect((await mcp(server.url, 'ping')).status).toBe(404);
		});
		expect(await kvKeys(tokenKey(server))).toEqual([tokenKey(server)]);
		expect(await alarmOf('end-kv')).toBeGreaterThan(endMs);
		await mend();
		await at(endMs + 60_000, () => runDurableObjectAlarm(accountStub('end-kv')));
		expect(await kvKeys(tokenKey(server))).toEqual([]);
		expect([await alarmOf('end-kv'), (await accountTables('end-kv')).dirty]).toEqual([null, []]);
	});

	it('leaves nothing behind after the last server and the account are gone', async ({ expect }) => {
		await connectAccount('clean');
		const servers = [await createServer('clean', {}, { expires_at: secondsFromNow(90) }), await createServer('clean')];
		await api('DELETE', serverPath(servers[0] as ServerRecord));
		await api('DELETE', '/integrated-account/clean');
		expect([await tablesAfterRetention('clean'), await alarmOf('clean')]).toEqual([EMPTY, null]);
		expect((await kvKeys()).filter((key) => key.includes('clean'))).toEqual([]);
		for (const server of servers) expect(await kvKeys(tokenKey(server))).toEqual([]);
	});

	it('survives an eviction of the object', async ({ expect }) => {
		await connectAccount('evicted');
		const server = await createServer('evicted', {}, { expires_at: secondsFromNow(90) });
		await evictDurableObject(accountStub('evicted'));
		expect(await alarmOf('evicted')).toBe(Date.parse(server.expires_at ?? ''));
		expect((await api('GET', serverPath(server))).body.id).toBe(server.id);
	});
});

describe('KV failing', () => {
	for (const arrives of [false, true]) {
		const id = `kv-create-${arrives}`;
		it(`in a create${arrives ? ', its write arriving all the same,' : ''} leaves no server, and no entry after the alarm`, async ({
			expect,
		}) => {
			captureLog();
			await connectAccount(id);
			const before = await kvKeys('token:');
			const mend = await breakKv(id, () => true, { arrives });
			const { status, body, headers } = await refused('POST', `/integrated-account/${id}/mcp`, { name: 'x' });
			expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'storage_unavailable', '2']);
			expect(body).not.toHaveProperty('token');
			expect((await api('GET', `/integrated-account/${id}/mcp`)).body.result).toEqual([]);
			expect((await kvKeys('token:')).length).toBe(before.length + (arrives ? 1 : 0));
			expect(await alarmOf(id)).not.toBeNull();
			await mend();
			await runDurableObjectAlarm(accountStub(id));
			expect(await kvKeys('token:')).toEqual(before);
			expect([await alarmOf(id), (await accountTables(id)).dirty]).toEqual([null, []]);
			expect((await api('POST', `/integrated-account/${id}/mcp`, { name: 'x' })).status).toBe(201);
		});
	}

	it('in a rotation leaves the old token working', async ({ expect }) => {
		captureLog();
		await connectAccount('kv-rotate');
		const server = await createServer('kv-rotate');
		const mend = await breakKv('kv-rotate');
		expect((await refused('POST', `${serverPath(server)}/rotate`)).status).toBe(503);
		expect((await mcp(server.url, 'ping')).status).toBe(200);
		await mend();
		await runDurableObjectAlarm(accountStub('kv-rotate'));
		expect((await mcp(server.url, 'ping')).status).toBe(200);
		expect((await accountTables('kv-rotate')).dirty).toEqual([]);
		const rotated = await api<ServerWithUrl>('POST', `${serverPath(server)}/rotate`);
		expect((await mcp(rotated.body.url, 'ping')).status).toBe(200);
	});

	it('only for the deletion of a rotation: the new token works, the old one has stopped', async ({ expect }) => {
		captureLog();
		await connectAccount('kv-rotate-2');
		const server = await createServer('kv-rotate-2');
		const mend = await breakKv('kv-rotate-2', (operation) => operation === 'delete');
		const { status, body } = await api<ServerWithUrl>('POST', `${serverPath(server)}/rotate`);
		expect(status).toBe(200);
		expect((await mcp(server.url, 'ping')).status).toBe(404);
		expect((await mcp(body.url, 'ping')).status).toBe(200);
		expect(await kvKeys(tokenKey(server))).toEqual([tokenKey(server)]);
		await mend();
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('kv-rotate-2')));
		expect(await kvKeys(tokenKey(server))).toEqual([]);
		expect(await kvKeys(tokenKey(body))).toEqual([tokenKey(body)]);
	});

	it('in a change: it holds at once, and KV catches up by the alarm', async ({ expect }) => {
		captureLog();
		await connectAccount('kv-patch');
		const server = await createServer('kv-patch', { tags: ['service'] });
		const calls = mockVendor(() => Response.json([]));
		await callTool(server.url, LIST_TICKETS);
		const mend = await breakKv('kv-patch');
		expect((await api('PATCH', serverPath(server), { config: { tags: ['time'] } })).status).toBe(200);
		expect((await callTool(server.url, LIST_TICKETS)).body.error?.code).toBe(-32602);
		expect((await entry())?.server.config).toEqual({ tags: ['service'] });
		await mend();
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('kv-patch')));
		expect((await entry())?.server.config).toEqual({ tags: ['time'] });
		expect(calls.length).toBeLessThanOrEqual(2);

		function entry() {
			return env.KV.get<TokenEntry>(tokenKey(server), 'json');
		}
	});

	// security: S-41
	it('in a revoke: it holds at once, and KV catches up by the alarm, attempt after attempt', async ({ expect }) => {
		captureLog();
		await connectAccount('kv-revoke');
		const server = await createServer('kv-revoke');
		const mend = await breakKv('kv-revoke');
		expect((await api('DELETE', serverPath(server))).status).toBe(204);
		expect((await mcp(server.url, 'ping')).status).toBe(404);
		const due: number[] = [];
		for (let attempt = 0; attempt < 4; attempt++) {
			const alarm = Number(await alarmOf('kv-revoke'));
			due.push(alarm);
			await at(alarm, () => runDurableObjectAlarm(accountStub('kv-revoke')));
		}
		expect(due).toEqual(due.toSorted((a, b) => a - b));
		expect(new Set(due).size).toBe(4);
		await mend();
		await at(Date.now() + 600_000, () => runDurableObjectAlarm(accountStub('kv-revoke')));
		expect(await kvKeys(tokenKey(server))).toEqual([]);
		expect([await alarmOf('kv-revoke'), (await accountTables('kv-revoke')).dirty]).toEqual([null, []]);
	});

	it('while an account is connected or deleted is made good by the alarm', async ({ expect }) => {
		captureLog();
		const mend = await breakKv('kv-account');
		await connectAccount('kv-account');
		expect(await kvKeys('account:kv-account')).toEqual([]);
		await mend();
		const { url } = await createServer('kv-account');
		expect((await mcp(url, 'ping')).status).toBe(200);
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('kv-account')));
		expect(await kvKeys('account:kv-account')).toEqual(['account:kv-account']);
		const again = await breakKv('kv-account');
		expect((await api('DELETE', '/integrated-account/kv-account')).status).toBe(204);
		expect((await mcp(url, 'ping')).status).toBe(404);
		await again();
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('kv-account')));
		expect(await kvKeys('account:kv-account')).toEqual([]);
		expect(await tablesAfterRetention('kv-account')).toEqual(EMPTY);
	});

	it('at the MCP door is 503, not 404', async ({ expect }) => {
		captureLog();
		await connectAccount('kv-door');
		const { url } = await createServer('kv-door');
		const KV = failingKv((operation) => operation === 'get');
		const answer = await mcp(url, 'ping', {}, { env: { ...env, KV } });
		expect([answer.status, answer.body]).toMatchObject([503, { code: 'storage_unavailable' }]);
		expect((await mcp(url, 'ping')).status).toBe(200);
	});
});

describe('the Durable Object failing', () => {
	const dead = { ...env, INTEGRATED_ACCOUNTS: faultyNamespace(env.INTEGRATED_ACCOUNTS) };
	const deadDirectory = { ...env, DIRECTORY: faultyNamespace(env.DIRECTORY) };

	it('is 503 for everything that needs it, and stores nothing', async ({ expect }) => {
		captureLog();
		await connectAccount('do-down');
		const server = await createServer('do-down');
		const before = [await kvKeys(), await accountTables('do-down')];
		const requests: [string, string, unknown?][] = [
			['POST', '/integrated-account', accountInput({ id: 'do-new' })],
			['GET', '/integrated-account/do-down'],
			['PATCH', '/integrated-account/do-down', { name: 'x' }],
			['DELETE', '/integrated-account/do-down'],
			['POST', '/integrated-account/do-down/mcp', { name: 'x' }],
			['GET', '/integrated-account/do-down/mcp'],
			['PATCH', serverPath(server), { name: 'x' }],
			['POST', `${serverPath(server)}/rotate`],
			['DELETE', serverPath(server)],
			['GET', `${serverPath(server)}/log`],
		];
		for (const [method, path, body] of requests) {
			const answer = await refused(method, path, body, { env: dead });
			expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 503, 'storage_unavailable']);
		}
		expect([await kvKeys(), await accountTables('do-down')]).toEqual(before);
		expect((await refused('GET', '/integrated-account/do-new')).status).toBe(404);
		expect((await api('POST', '/integrated-account', accountInput({ id: 'do-new' }))).status).toBe(201);
	});

	it('of the directory is 503 for what needs an API token checked', async ({ expect }) => {
		captureLog();
		expect((await refused('GET', '/integrated-account', undefined, { env: deadDirectory })).status).toBe(503);
	});

	it('of the directory while an account is connected: it works, and the list follows by the alarm', async ({
		expect,
	}) => {
		captureLog();
		const mend = await breakDirectory('half');
		expect((await api('POST', '/integrated-account', accountInput({ id: 'half' }))).status).toBe(201);
		expect((await mcp((await createServer('half')).url, 'ping')).status).toBe(200);
		expect(await listed()).not.toContain('half');
		await mend();
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('half')));
		expect(await listed()).toContain('half');
		expect([await alarmOf('half'), (await accountTables('half')).dirty]).toEqual([null, []]);
	});

	it('of the directory in a delete: access has ended, and the list follows by the alarm', async ({ expect }) => {
		captureLog();
		await connectAccount('half-gone');
		const { url } = await createServer('half-gone');
		const mend = await breakDirectory('half-gone');
		expect((await refused('DELETE', '/integrated-account/half-gone')).status).toBe(204);
		expect((await mcp(url, 'ping')).status).toBe(404);
		expect(await listed()).toContain('half-gone');
		await mend();
		await at(Date.now() + 10_000, () => runDurableObjectAlarm(accountStub('half-gone')));
		expect(await listed()).not.toContain('half-gone');
		expect(await tablesAfterRetention('half-gone')).toEqual(EMPTY);
	});

	it('of the directory in a delete: the id can be taken again', async ({ expect }) => {
		captureLog();
		await connectAccount('half-again', { name: 'Old' });
		const mend = await breakDirectory('half-again');
		await refused('DELETE', '/integrated-account/half-again');
		await mend();
		await connectAccount('half-again', { name: 'New' });
		const { body } = await api<Page<AccountRecord>>('GET', '/integrated-account?limit=200');
		expect(body.result.filter(({ id }) => id === 'half-again').map(({ name }) => name)).toEqual(['New']);
	});

	/** Puts a directory that does not answer under an account's object. @returns a function that puts the good one back */
	async function breakDirectory(accountId: string): Promise<() => Promise<void>> {
		const put = (DIRECTORY: Env['DIRECTORY']) =>
			runInDurableObject(accountStub(accountId), (instance) => {
				const object = instance as unknown as { env: Env };
				object.env = { ...object.env, DIRECTORY };
			});
		await put(faultyNamespace(env.DIRECTORY));
		return () => put(env.DIRECTORY);
	}

	it('at the MCP door is 503: a read is withheld, a write is not sent', async ({ expect }) => {
		captureLog();
		await connectAccount('do-door');
		const { url } = await createServer('do-door');
		const calls = mockVendor(() => Response.json([{ id: 1, summary: 'telltale' }]));
		expect((await callTool(url, LIST_TICKETS)).status).toBe(200);
		const read = await callTool(url, LIST_TICKETS, {}, { env: dead });
		expect([read.status, read.text.includes('telltale')]).toEqual([503, false]);
		calls.length = 0;
		const write = await callTool(url, 'delete_a_connect_wise_psa_ticket_by_id', { id: 1 }, { env: dead });
		expect([write.status, calls.length]).toEqual([503, 0]);
	});

	async function listed(): Promise<string[]> {
		const { body } = await api<Page<AccountRecord>>('GET', '/integrated-account?limit=200');
		return body.result.map(({ id }) => id);
	}
});

describe('a create that takes long', () => {
	it('and whose account is deleted meanwhile leaves nothing', async ({ expect }) => {
		captureLog();
		await connectAccount('slow-gone');
		const before = await kvKeys('token:');
		const { release, restore } = await slowKv('slow-gone');
		const creating = refused('POST', '/integrated-account/slow-gone/mcp', { name: 'x' });
		await eventually(async () => expect((await kvKeys('token:')).length).toBe(before.length + 1));
		expect((await api('DELETE', '/integrated-account/slow-gone')).status).toBe(204);
		release();
		expect((await creating).status).toBe(404);
		await restore();
		await runDurableObjectAlarm(accountStub('slow-gone'));
		expect(await kvKeys('token:')).toEqual(before);
		expect([await tablesAfterRetention('slow-gone'), await alarmOf('slow-gone')]).toEqual([EMPTY, null]);
	});

	it('so long that an alarm takes its entry for left over still makes a server that works', async ({ expect }) => {
		await connectAccount('slow');
		const { release, restore } = await slowKv('slow');
		const before = (await kvKeys('token:')).length;
		const creating = api<ServerWithUrl>('POST', '/integrated-account/slow/mcp', { name: 'x' });
		await eventually(async () => expect((await kvKeys('token:')).length).toBe(before + 1));
		await at(Date.now() + 31_000, () => runDurableObjectAlarm(accountStub('slow')));
		expect((await kvKeys('token:')).length).toBe(before);
		release();
		const { status, body } = await creating;
		expect(status).toBe(201);
		await restore();
		await runDurableObjectAlarm(accountStub('slow'));
		expect((await mcp(body.url, 'ping')).status).toBe(200);
		expect((await accountTables('slow')).dirty).toEqual([]);
	});

	/** KV whose writes arrive, and are answered when `release` is called. */
	async function slowKv(accountId: string) {
		let isReleased = false;
		const restore = await breakKv(accountId, () => false, { isAnswering: () => isReleased });
		const release = () => {
			isReleased = true;
		};
		return { release, restore };
	}
});

describe('the last word', () => {
	it('on a caller without a token: a rotation ends nothing for it, a revoke does', async ({ expect }) => {
		await connectAccount('tokenless');
		const server = await createServer('tokenless');
		const object = accountStub('tokenless');
		const claim = await claimOf(server);
		expect(await object.admit(claim)).toEqual({ state: 'current' });
		await api('POST', `${serverPath(server)}/rotate`);
		expect(await object.admit(claim)).toMatchObject({ state: 'changed', server: { id: server.id, revision: 2 } });
		expect((await object.admit({ ...claim, token_hash: '' })).state).toBe('gone');
		const now = await claimOf(server);
		await api('DELETE', serverPath(server));
		expect((await object.admit(now)).state).toBe('gone');
	});
});

describe('the log', () => {
	const entry = (server: ServerRecord, tool: string): LogEntry => ({
		at: new Date().toISOString(),
		server_id: server.id,
		tool,
		method_class: 'read',
		outcome: 'ok',
		upstream_status: 200,
		duration_ms: 1,
		upstream_ms: 1,
		request_bytes: 1,
		response_bytes: 1,
		client: '',
		request_id: 'r',
	});

	it('keeps the newest 1,000 calls of each server', async ({ expect }) => {
		await connectAccount('log-limit');
		const busy = await createServer('log-limit');
		const quiet = await createServer('log-limit');
		const stub = accountStub('log-limit');
		await stub.appendLog([entry(quiet, 'only')]);
		await stub.appendLog(Array.from({ length: 600 }, (_, i) => entry(busy, `a${i}`)));
		await stub.appendLog(Array.from({ length: 600 }, (_, i) => entry(busy, `b${i}`)));
		const { entries } = await stub.readLog(busy.id, {}, 2000, null);
		expect([entries.length, entries[0]?.tool, entries.at(-1)?.tool]).toEqual([1000, 'b599', 'a200']);
		expect((await stub.readLog(quiet.id, {}, 10, null)).entries.length).toBe(1);
	});

	it('takes nothing of a server that is gone by then', async ({ expect }) => {
		await connectAccount('log-late');
		const server = await createServer('log-late');
		const stays = await createServer('log-late');
		await api('DELETE', serverPath(server));
		await accountStub('log-late').appendLog([entry(server, 'late'), entry(stays, 'good')]);
		expect((await accountTables('log-late')).log?.length).toBe(1);
		await api('DELETE', '/integrated-account/log-late');
		await accountStub('log-late').appendLog([entry(stays, 'late')]);
		expect((await accountTables('log-late')).log?.length).toBe(1);
		expect(await tablesAfterRetention('log-late')).toEqual(EMPTY);
	});
});

describe('reading servers after their end', () => {
	it('shows none of them although the alarm is late', async ({ expect }) => {
		await connectAccount('late');
		const server = await createServer('late', {}, { expires_at: secondsFromNow(90) });
		await at(server.expires_at ?? '', async () => {
			expect((await refused('GET', serverPath(server))).status).toBe(404);
			expect((await refused('PATCH', serverPath(server), { expires_at: null })).status).toBe(404);
			expect((await refused('POST', `${serverPath(server)}/rotate`)).status).toBe(404);
			expect((await api<Page<ServerRecord>>('GET', '/integrated-account/late/mcp')).body.result).toEqual([]);
		});
	});
});
