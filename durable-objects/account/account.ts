// The account itself: created, changed, deleted with everything that belongs to it.
import type { SeenAccount } from '../../workers/contracts/admission.ts';
import { publicAccount, type StoredAccount, type StoredServer } from '../../workers/contracts/records.ts';
import type { Actor, TrailEntry } from '../../workers/contracts/trail.ts';
import { forgetRefusals } from './credential-refusals.ts';
import type { KvMirror } from './kv-mirror.ts';
import type { Leases } from './leases.ts';
import { endLog } from './log.ts';
import type { AccountStore } from './store.ts';
import { changedMembers, recordChange } from './trail.ts';
import { deleteUsage, type UsageCounter } from './usage.ts';
import { forgetAllWrites } from './write-guard.ts';

/** The parts of the object that changes of accounts and servers need. */
export interface Parts {
	store: AccountStore;
	mirror: KvMirror;
	leases: Leases;
	usage: UsageCounter;
}

/** @returns false when the account exists already */
export async function createAccount(
	{ store, mirror }: Parts,
	account: StoredAccount,
	by: Actor,
	nowMs: number,
): Promise<boolean> {
	if (store.account()) return false;
	store.change(nowMs, () => {
		putAccount(store, mirror, account, nowMs);
		recordAccount(store, by, 'account.connected', null, account, nowMs);
	});
	await mirror.flush(nowMs);
	return true;
}

/**
 * Changes an account, and answers when writes that were admitted before have left.
 *
 * @param seen  the account that the change was worked out from: nothing changes when it is no longer that one
 */
export async function updateAccount(
	{ store, mirror, leases }: Parts,
	change: Partial<StoredAccount>,
	seen: SeenAccount,
	by: Actor,
	nowMs: number,
): Promise<StoredAccount | 'not_found' | 'outdated'> {
	const account = store.account();
	if (account?.identity !== seen.identity) return 'not_found';
	if (account.revision !== seen.revision) return 'outdated';
	const { id, identity } = account;
	const changed = { ...account, ...change, id, identity, revision: account.revision + 1 };
	store.change(nowMs, () => {
		putAccount(store, mirror, changed, nowMs);
		recordAccount(store, by, 'account.changed', account, changed, nowMs);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return changed;
}

function putAccount(store: AccountStore, mirror: KvMirror, account: StoredAccount, nowMs: number): void {
	store.sql.exec('INSERT OR REPLACE INTO account (one, record) VALUES (1, ?)', JSON.stringify(account));
	mirror.markAccount(account.id, nowMs);
}

/** Notes that credentials were changed, never which or to what. */
function recordAccount(
	store: AccountStore,
	by: Actor,
	action: TrailEntry['action'],
	before: StoredAccount | null,
	after: StoredAccount | null,
	nowMs: number,
): void {
	const { id, identity } = (after ?? before) as StoredAccount;
	const told = changedMembers(before && publicAccount(before), after && publicAccount(after));
	const isRekeyed = before && after && before.sealed_credentials !== after.sealed_credentials;
	if (isRekeyed) Object.assign(told.after ?? {}, { credentials: 'changed' });
	recordChange(store, identity, by, { action, account_id: id, server_id: null, ...told }, nowMs);
}

/**
 * Deletes the account and every server of it, and answers when writes that were admitted before have left. Safe to call
 * again.
 *
 * @returns false when this account is not there; a later one of the same id stays
 */
export async function deleteAccount(
	{ store, mirror, leases, usage }: Parts,
	ofIdentity: string,
	by: Actor,
	nowMs: number,
): Promise<boolean> {
	const account = store.account();
	if (account?.identity !== ofIdentity) return false;
	store.change(nowMs, () => {
		for (const { hash, record, has_authorizations } of store.sql.exec<{
			hash: string;
			record: string;
			has_authorizations: number;
		}>('SELECT hash, record, has_authorizations FROM server')) {
			const server = JSON.parse(record) as StoredServer;
			mirror.markToken(hash, nowMs);
			if (has_authorizations !== 0) mirror.markAuthorizations(account.id, server.id, nowMs);
			endLog(store, server, nowMs);
			usage.forget(server.id);
			deleteUsage(store.sql, server.id);
		}
		recordAccount(store, by, 'account.deleted', account, null, nowMs);
		mirror.markAccount(account.id, nowMs);
		store.sql.exec('DELETE FROM account');
		store.sql.exec('DELETE FROM server');
		forgetAllWrites(store.sql);
		forgetRefusals(store.sql);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return true;
}
