// A thousand servers that end at the same moment, beside four thousand that stay: each alarm does a bounded part of the
// work, calls come in between, and no authorization server is woken that never was.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import type { StoredServer } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	accountTables,
	anyAlarmOf,
	api,
	at,
	claimOf,
	connectAccount,
	createServer,
	kvKeys,
	seenAccount,
	serverPath,
	setUp,
} from '../support.ts';

setUp();

const ENDING = 1_000;
const STAYING = 4_000;

/** Fills the object's table directly: five thousand requests would take a minute. */
async function fill(accountId: string, endMs: number): Promise<void> {
	const { identity } = await seenAccount(accountId);
	const expires_at = new Date(endMs).toISOString();
	await runInDurableObject(accountStub(accountId), (_, { storage }) => {
		storage.transactionSync(() => {
			for (let index = 0; index < ENDING + STAYING; index++) {
				const id = `mcp_cwp_${index.toString(16).padStart(12, '0')}`;
				const ends = index < ENDING ? endMs : null;
				const server: StoredServer = {
					id,
					name: `Server ${index}`,
					config: {},
					integrated_account_id: accountId,
					account_identity: identity,
					expires_at: ends === null ? null : expires_at,
					created_at: expires_at,
					updated_at: expires_at,
					revision: 1,
				};
				storage.sql.exec(
					'INSERT INTO server (id, hash, expires_ms, record, has_authorizations) VALUES (?, ?, ?, ?, ?)',
					id,
					`hash-${index}`,
					ends,
					JSON.stringify(server),
					index === 7 ? 1 : 0,
				);
			}
		});
	});
	await Promise.all(Array.from({ length: 20 }, (_, index) => env.KV.put(`token:hash-${index * 50}`, '{}')));
}

/** @returns names of the authorization servers that are ended from now on, growing */
async function watchAuthorizations(accountId: string): Promise<string[]> {
	const ended: string[] = [];
	await runInDurableObject(accountStub(accountId), (instance) => {
		const object = instance as unknown as { env: Env };
		const AUTHORIZATION_SERVERS = {
			getByName: (name: string) => ({ end: async () => void ended.push(name) }),
		} as unknown as Env['AUTHORIZATION_SERVERS'];
		object.env = { ...object.env, AUTHORIZATION_SERVERS };
	});
	return ended;
}

describe('a thousand servers that end at once', () => {
	it('are all gone after alarms of bounded work, with calls in between', { timeout: 120_000 }, async ({ expect }) => {
		const accountId = await connectAccount('many-ends');
		const stays = await createServer(accountId);
		const endMs = Date.now() + 120_000;
		await fill(accountId, endMs);
		const claim = await claimOf(stays);
		// The alarm is set by the next change.
		await api('PATCH', serverPath(stays), { name: 'Stays' });
		expect(await anyAlarmOf(accountId)).toBe(endMs);
		const ended = await watchAuthorizations(accountId);
		const left = async () => (await accountTables(accountId)).server?.length ?? 0;
		const leftAfter: number[] = [];
		await at(endMs, async () => {
			for (let alarms = 0; alarms < 200; alarms++) {
				await runDurableObjectAlarm(accountStub(accountId));
				expect((await accountStub(accountId).admit(claim)).state).not.toBe('gone');
				const { dirty = [] } = await accountTables(accountId);
				leftAfter.push(await left());
				if (dirty.length === 0 && leftAfter.at(-1) === STAYING + 1) break;
				expect(await anyAlarmOf(accountId)).toBeLessThanOrEqual(endMs);
			}
		});
		const steps = leftAfter.map((count, index) => (leftAfter[index - 1] ?? ENDING + STAYING + 1) - count);
		expect(Math.max(...steps)).toBeLessThanOrEqual(25);
		expect(steps.reduce((sum, count) => sum + count, 0)).toBe(ENDING);
		expect(leftAfter.length).toBeLessThan(200);
		expect(await kvKeys('token:hash-')).toEqual([]);
		expect(ended).toEqual([`${accountId}/mcp_cwp_000000000007`]);
	});
});
