// The account itself: created, changed, deleted with everything that belongs to it.
import type { SeenAccount } from '../../workers/contracts/admission.ts';
import {
	type AccountRecord,
	publicAccount,
	type StoredAccount,
	type StoredServer,
	type VendorFinding,
} from '../../workers/contracts/records.ts';
import type { Actor, TrailEntry } from '../../workers/contracts/trail.ts';
import { forgetRefusals } from './credential-refusals.ts';
import { seenAs, shownHealth, unverified } from './health.ts';
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
	{ by, finding }: { by: Actor; finding: VendorFinding | null },
	nowMs: number,
): Promise<boolean> {
	if (store.account()) return false;
	store.change(nowMs, () => {
		putAccount(store, mirror, account, nowMs);
		judge(store, finding, nowMs);
		const connected = changedMembers(null, trailOutput(store, account));
		recordAccount(store, by, account, { action: 'account.connected', ...connected }, nowMs);
	});
	await mirror.flush(nowMs);
	return true;
}

/**
 * Changes an account, and answers when writes that were admitted before have left.
 *
 * @param seen     the account that the change was worked out from: nothing changes when it is no longer that one
 * @param finding  what the vendor has shown of the account as it becomes; null: nothing yet; undefined: as before
 */
export async function updateAccount(
	{ store, mirror, leases }: Parts,
	change: Partial<StoredAccount>,
	seen: SeenAccount,
	{ by, finding }: { by: Actor; finding?: VendorFinding | null | undefined },
	nowMs: number,
): Promise<StoredAccount | 'not_found' | 'outdated'> {
	const account = store.account();
	if (account?.identity !== seen.identity) return 'not_found';
	if (account.revision !== seen.revision) return 'outdated';
	const { id, identity } = account;
	const changed = { ...account, ...change, id, identity, revision: account.revision + 1 };
	const before = trailOutput(store, account);
	store.change(nowMs, () => {
		putAccount(store, mirror, changed, nowMs);
		if (finding !== undefined) judge(store, finding, nowMs);
		const change = changedMembers(before, trailOutput(store, changed));
		// Says that credentials were changed, but not which or to what.
		const isRekeyed = account.sealed_credentials !== changed.sealed_credentials;
		if (isRekeyed) Object.assign(change.after ?? {}, { credentials: 'changed' });
		recordAccount(store, by, account, { action: 'account.changed', ...change }, nowMs);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return changed;
}

function putAccount(store: AccountStore, mirror: KvMirror, account: StoredAccount, nowMs: number): void {
	store.sql.exec(
		'INSERT INTO account (one, record) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET record = ?1',
		JSON.stringify(account),
	);
	mirror.markAccount(account.id, nowMs);
}

/** Keeps what the vendor has shown of the account. @param finding  null: nothing of it was tried yet */
function judge(store: AccountStore, finding: VendorFinding | null, nowMs: number): void {
	const states = { accepted: 'active', unreached: 'unreachable', refused: 'needs_reauth' } as const;
	store.putHealth(finding === null ? unverified(nowMs) : seenAs(store.health(), states[finding], nowMs));
}

/** Stores what a test has shown. Accepted credentials let calls go again; refused ones stop none by a test alone. */
export async function noteTest(
	parts: Parts,
	{ finding, seen, by }: { finding: VendorFinding; seen: SeenAccount; by: Actor },
	nowMs: number,
): Promise<void> {
	const { store, mirror } = parts;
	const account = store.account();
	if (account?.identity !== seen.identity || account.revision !== seen.revision) return;
	if (account.state === 'needs_reauth' && finding === 'accepted') {
		const change = { state: 'active', state_since: new Date(nowMs).toISOString() } as const;
		await updateAccount(parts, change, account, { by, finding }, nowMs);
		return;
	}
	store.change(nowMs, () => {
		judge(store, finding, nowMs);
		mirror.markSummary(account.id, nowMs);
	});
	await mirror.flush(nowMs);
}

/** The account as the trail tells it. */
function trailOutput(store: AccountStore, account: StoredAccount): AccountRecord {
	return publicAccount(account, shownHealth(store.health(), account));
}

function recordAccount(
	store: AccountStore,
	by: Actor,
	{ id, identity }: StoredAccount,
	{ action, ...change }: Pick<TrailEntry, 'action' | 'before' | 'after'>,
	nowMs: number,
): void {
	recordChange(store, identity, by, { action, account_id: id, server_id: null, ...change }, nowMs);
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
		const deleted = changedMembers(trailOutput(store, account), null);
		recordAccount(store, by, account, { action: 'account.deleted', ...deleted }, nowMs);
		mirror.markAccount(account.id, nowMs);
		store.sql.exec('DELETE FROM account');
		store.sql.exec('DELETE FROM server');
		store.sql.exec('DELETE FROM alert');
		forgetAllWrites(store.sql);
		forgetRefusals(store.sql);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(null, nowMs)]);
	return true;
}
