// A Durable Object that dies at a chosen step: of its storage and KV operations the n-th is the last one it does.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Env } from '../../../workers/contracts/env.ts';
import {
	type AccountRecord,
	type ApiTokenRecord,
	isExpired,
	type StoredServer,
	type TokenEntry,
} from '../../../workers/contracts/records.ts';
import { accountStub, anyAlarmOf, at, directoryStub, kvKeys, tablesOf } from '../support.ts';

/** Whether the last step is carried out: a put may arrive although nobody hears of it. */
export type Moment = 'before' | 'after';

export interface Fuse {
	/** The steps that were begun, by name. */
	steps: string[];
	isDead: boolean;
}

const DEAD = 'The Durable Object was reset.';

/** Puts a fuse into a living object. It burns out at step `last`, counted from 1; from there on nothing is done. */
export async function layFuse(stub: DurableObjectStub, last: number, moment: Moment): Promise<Fuse> {
	const fuse: Fuse = { steps: [], isDead: false };
	const step = (name: string, act: () => unknown): unknown => {
		if (fuse.isDead) throw new Error(DEAD);
		const isLast = fuse.steps.push(name) === last;
		if (isLast) fuse.isDead = true;
		if (isLast && moment === 'before') throw new Error(DEAD);
		const done = act();
		if (!isLast) return done;
		if (!isThenable(done)) throw new Error(DEAD);
		return done.then(() => Promise.reject(new Error(DEAD)));
	};
	const fused = <T extends object>(target: T, inner: Record<string, unknown> = {}): T =>
		new Proxy(target, {
			get(_, property) {
				if (Object.hasOwn(inner, property)) return inner[String(property)];
				const member: unknown = Reflect.get(target, property);
				if (typeof member !== 'function') return member;
				return (...args: unknown[]) => step(nameOf(String(property), args), () => Reflect.apply(member, target, args));
			},
		});
	await runInDurableObject(stub, (instance, { storage }) => {
		const object = instance as unknown as { ctx: DurableObjectState; env: Env };
		const { ctx } = object;
		const fusedStorage = fused(storage, { sql: fused(storage.sql) });
		object.ctx = new Proxy(ctx, {
			get: (_, property) => (property === 'storage' ? fusedStorage : Reflect.get(ctx, property)),
		});
		const { KV, DIRECTORY } = object.env;
		const directory = {
			getByName: (name: string) => {
				const listed = DIRECTORY.getByName(name);
				return {
					addAccount: (account: AccountRecord, identity: string) =>
						step('list the account', () => listed.addAccount(account, identity)),
					removeAccount: (id: string) => step('unlist the account', () => listed.removeAccount(id)),
				};
			},
		};
		object.env = { ...object.env, KV: fused(KV), DIRECTORY: directory as unknown as Env['DIRECTORY'] };
	});
	return fuse;
}

/**
 * The accounts' objects, called from within rather than by RPC: what a dead one throws would otherwise be written to
 * the output by the runtime, some thousand lines of it.
 */
export const calledQuietly: Env = {
	...env,
	INTEGRATED_ACCOUNTS: new Proxy(env.INTEGRATED_ACCOUNTS, {
		get(namespace, property) {
			const member: unknown = Reflect.get(namespace, property);
			if (property !== 'getByName') return typeof member === 'function' ? member.bind(namespace) : member;
			return (name: string) => {
				const stub = namespace.getByName(name);
				const call =
					(method: string) =>
					(...args: unknown[]) =>
						runInDurableObject(stub, (object) =>
							Reflect.apply(Reflect.get(object, method) as (...args: unknown[]) => unknown, object, args),
						);
				// No `then`: a stub is no promise.
				return new Proxy({}, { get: (_, method) => (method === 'then' ? undefined : call(String(method))) });
			};
		},
	}),
};

/** What a remote object answers is a promise by its `then` alone. */
function isThenable(value: unknown): value is Promise<unknown> {
	return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function nameOf(method: string, [first]: unknown[]): string {
	if (method === 'exec') return String(first).trim().split(/\s+/).slice(0, 3).join(' ');
	return typeof first === 'string' ? `KV ${method} ${first.split(':')[0]}` : method;
}

/** What must hold at every moment, whatever has happened. @returns what does not */
export async function unsound(accountId: string, earlierKeys: ReadonlySet<string>): Promise<string[]> {
	const faults: string[] = [];
	const tables = await rowsOf(accountId);
	const alarm = await anyAlarmOf(accountId);
	const { servers, dirty, log, ended, hasAccount } = tables;
	const isComing = (key: string) => dirty.has(key) && alarm !== null;
	for (const [key, expiration] of await tokensInKv(accountId, earlierKeys)) {
		const stands = servers.some(({ hash }) => key === `token:${hash}`);
		if (!stands && expiration === null && !isComing(key)) faults.push(`${key} opens nothing and would stay in KV`);
	}
	for (const { hash, server } of servers) {
		if (!hasAccount) faults.push(`${server.id} has no account`);
		if (server.integrated_account_id !== accountId) faults.push(`${server.id} is another account's`);
		const isThere = (await env.KV.get(`token:${hash}`)) !== null;
		if (!isThere && !isExpired(server, Date.now()) && !isComing(`token:${hash}`))
			faults.push(`${server.id} is not in KV and would stay out of it`);
		if (server.expires_at !== null && (alarm === null || alarm > Date.parse(server.expires_at)))
			faults.push(`nothing ends ${server.id}`);
	}
	for (const serverId of log)
		if (!servers.some(({ server }) => server.id === serverId) && !(ended.has(serverId) && alarm !== null))
			faults.push(`the log of ${serverId} would stay for ever`);
	const isAccountInKv = (await env.KV.get(`account:${accountId}`)) !== null;
	if (isAccountInKv !== hasAccount && !isComing(`account:${accountId}`))
		faults.push(`account:${accountId} is wrong in KV and would stay so`);
	const isListed = (await listedAccounts()).includes(accountId);
	if (isListed !== hasAccount && !isComing(`listing:${accountId}`))
		faults.push(`${accountId} is ${hasAccount ? 'in no list' : 'listed'} and would stay so`);
	if (dirty.size > 0 && alarm === null) faults.push('keys are due and no alarm is set');
	return faults;
}

/** The object starts anew and its alarm comes, as often as there is something to do. */
export async function restart(accountId: string): Promise<void> {
	await evictDurableObject(accountStub(accountId));
	for (let round = 0; round < 3; round++) {
		if ((await rowsOf(accountId)).dirty.size === 0) break;
		// The last time late enough for what is put off longest: the entry of a token under an earlier key.
		const laterMs = [31_000, 62_000, 11 * 60_000][round] ?? 0;
		await at(Date.now() + laterMs, () => runDurableObjectAlarm(accountStub(accountId)));
	}
}

/** As `unsound`, when everything that was due has been done. */
export async function unsettled(accountId: string, earlierKeys: ReadonlySet<string>): Promise<string[]> {
	const { servers, dirty, hasAccount } = await rowsOf(accountId);
	const faults = await unsound(accountId, earlierKeys);
	for (const key of dirty) faults.push(`${key} is still due`);
	const standing = new Set(servers.map(({ hash }) => `token:${hash}`));
	for (const key of (await tokensInKv(accountId, earlierKeys)).keys())
		if (!standing.has(key)) faults.push(`${key} is left over`);
	if (!hasAccount && servers.length > 0) faults.push('servers are left of an account that is gone');
	return faults;
}

async function rowsOf(accountId: string) {
	const tables = await runInDurableObject(accountStub(accountId), (_, state) => tablesOf(state));
	const rows = <T>(table: string) => (tables[table] ?? []) as T[];
	return {
		hasAccount: rows('account').length > 0,
		servers: rows<{ hash: string; record: string }>('server').map(({ hash, record }) => ({
			hash,
			server: JSON.parse(record) as StoredServer,
		})),
		dirty: new Set(rows<{ key: string }>('dirty').map(({ key }) => key)),
		ended: new Set(rows<{ server_id: string }>('ended').map(({ server_id }) => server_id)),
		log: new Set(rows<{ server_id: string }>('log').map(({ server_id }) => server_id)),
	};
}

/** The account's token keys in KV that were not there before, and when KV lets go of them (seconds since 1970). */
async function tokensInKv(accountId: string, earlierKeys: ReadonlySet<string>): Promise<Map<string, number | null>> {
	const found = new Map<string, number | null>();
	const { keys } = await env.KV.list({ prefix: 'token:' });
	for (const { name, expiration } of keys) {
		if (earlierKeys.has(name)) continue;
		const entry = await env.KV.get<TokenEntry>(name, 'json');
		if (entry?.server.integrated_account_id === accountId) found.set(name, expiration ?? null);
	}
	return found;
}

async function listedAccounts(): Promise<string[]> {
	const everything = { accounts: '*' } as ApiTokenRecord;
	return (await directoryStub().listAccounts(everything, 1_000, null)).accounts.map(({ id }) => id);
}

export async function presentKeys(): Promise<Set<string>> {
	return new Set(await kvKeys('token:'));
}
