// The account itself: created, changed, deleted with everything that belongs to it.
import type { SeenAccount } from '../../workers/contracts/admission.ts';
import type { StoredAccount } from '../../workers/contracts/records.ts';
import { forgetRefusals } from './credential-refusals.ts';
import type { KvMirror } from './kv-mirror.ts';
import type { Leases } from './leases.ts';
import { deleteAllLogs } from './log.ts';
import type { AccountStore } from './store.ts';
import { forgetAllWrites } from './write-guard.ts';

/** The parts of the object that changes of accounts and servers need. */
export interface Parts {
	store: AccountStore;
	mirror: KvMirror;
	leases: Leases;
}

/** @returns false when the account exists already */
export async function createAccount({ store, mirror }: Parts, account: StoredAccount, nowMs: number): Promise<boolean> {
	if (store.account()) return false;
	putAccount(store, mirror, account, nowMs);
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
	nowMs: number,
): Promise<StoredAccount | 'not_found' | 'outdated'> {
	const account = store.account();
	if (account?.identity !== seen.identity) return 'not_found';
	if (account.revision !== seen.revision) return 'outdated';
	const { id, identity } = account;
	const changed = { ...account, ...change, id, identity, revision: account.revision + 1 };
	putAccount(store, mirror, changed, nowMs);
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return changed;
}

function putAccount(store: AccountStore, mirror: KvMirror, account: StoredAccount, nowMs: number): void {
	store.change(nowMs, () => {
		store.sql.exec('INSERT OR REPLACE INTO account (one, record) VALUES (1, ?)', JSON.stringify(account));
		mirror.markAccount(account.id, nowMs);
	});
}

/**
 * Deletes the account and every server of it, and answers when writes that were admitted before have left. Safe to call
 * again.
 *
 * @returns false when this account is not there; a later one of the same id stays
 */
export async function deleteAccount(
	{ store, mirror, leases }: Parts,
	ofIdentity: string,
	nowMs: number,
): Promise<boolean> {
	const account = store.account();
	if (account?.identity !== ofIdentity) return false;
	store.change(nowMs, () => {
		for (const { id, hash } of store.sql.exec<{ id: string; hash: string }>('SELECT id, hash FROM server')) {
			mirror.markToken(hash, nowMs);
			mirror.markAuthorizations(account.id, id, nowMs);
		}
		mirror.markAccount(account.id, nowMs);
		store.sql.exec('DELETE FROM account');
		store.sql.exec('DELETE FROM server');
		deleteAllLogs(store.sql);
		forgetAllWrites(store.sql);
		forgetRefusals(store.sql);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return true;
}
