// The account's MCP servers: created, read, changed, rotated, revoked.
import type { ServerChange } from '../../workers/contracts/admission.ts';
import { isExpired, type StoredServer } from '../../workers/contracts/records.ts';
import { type Actor, SYSTEM } from '../../workers/contracts/trail.ts';
import type { Parts } from './account.ts';
import { endLog } from './log.ts';
import type { ServerRow } from './server-row.ts';
import type { AccountStore } from './store.ts';
import { recordServer } from './trail.ts';
import { deleteUsage } from './usage.ts';
import { forgetBudget } from './write-guard.ts';

/**
 * Stores a server and its KV entry, or neither.
 *
 * The key is marked as left over before KV is written, so a crash in between is cleaned up by the alarm.
 */
export async function createServer(
	{ store, mirror, usage }: Parts,
	server: StoredServer,
	{ hash, keyId, by }: { hash: string; keyId: string | null; by: Actor },
	nowMs: number,
): Promise<'created' | 'exists' | 'no_account' | 'kv_unavailable'> {
	if (store.account()?.identity !== server.account_identity) return 'no_account';
	if (wasUsed(store, server.id)) return 'exists';
	if (!(await mirror.putNewEntry(server, hash, nowMs))) return 'kv_unavailable';
	const outcome = store.change(nowMs, () => {
		// The account may have been deleted while KV was written, and another one connected under its id.
		if (store.account()?.identity !== server.account_identity) {
			mirror.markToken(hash, nowMs);
			return 'no_account' as const;
		}
		if (wasUsed(store, server.id)) {
			mirror.markToken(hash, nowMs);
			return 'exists' as const;
		}
		store.sql.exec(
			'INSERT INTO server (id, hash, expires_ms, record, key_id) VALUES (?, ?, ?, ?, ?)',
			server.id,
			hash,
			toMs(server.expires_at),
			JSON.stringify(server),
			keyId,
		);
		mirror.finishToken(hash, nowMs);
		mirror.markSummary(server.integrated_account_id, nowMs);
		usage.begin(server.id);
		recordServer(store, by, 'server.created', null, server, nowMs);
		return 'created' as const;
	});
	await mirror.flush(nowMs);
	return outcome;
}

/** The id belongs to a server, or to one whose log is still kept. */
function wasUsed(store: AccountStore, id: string): boolean {
	const { sql } = store;
	return store.server(id) !== null || sql.exec('SELECT 1 FROM ended WHERE server_id = ?', id).toArray().length > 0;
}

export function getServer(store: AccountStore, id: string, nowMs: number): StoredServer | null {
	const row = store.server(id);
	return row && !isExpired(row.server, nowMs) ? row.server : null;
}

/**
 * Changes a server at once, and answers when writes that were admitted before have left; KV follows.
 *
 * @param ifRevision  the server that the change was worked out from: nothing changes when it is no longer that one
 */
export async function updateServer(
	{ store, mirror, leases }: Parts,
	id: string,
	{ change, updatedAt, ifRevision, by }: { change: ServerChange; updatedAt: string; ifRevision: number; by: Actor },
	nowMs: number,
): Promise<StoredServer | 'not_found' | 'outdated'> {
	const row = store.server(id);
	if (!row || isExpired(row.server, nowMs)) return 'not_found';
	if (row.server.revision !== ifRevision) return 'outdated';
	const server: StoredServer = { ...row.server, ...change, updated_at: updatedAt, revision: row.server.revision + 1 };
	store.change(nowMs, () => {
		store.sql.exec(
			'UPDATE server SET record = ?, expires_ms = ? WHERE id = ?',
			JSON.stringify(server),
			toMs(server.expires_at),
			id,
		);
		mirror.markToken(row.hash, nowMs);
		mirror.markSummary(server.integrated_account_id, nowMs);
		recordServer(store, by, 'server.changed', row.server, server, nowMs);
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(id, nowMs)]);
	return server;
}

/** The new token works and the old one has stopped, or nothing changed. */
export async function rotateServer(
	{ store, mirror, leases }: Parts,
	id: string,
	{ newHash, keyId, updatedAt, by }: { newHash: string; keyId: string | null; updatedAt: string; by: Actor },
	nowMs: number,
): Promise<StoredServer | 'not_found' | 'kv_unavailable'> {
	const before = getServer(store, id, nowMs);
	if (!before) return 'not_found';
	const server = { ...before, updated_at: updatedAt, revision: before.revision + 1 };
	if (!(await mirror.putNewEntry(server, newHash, nowMs))) return 'kv_unavailable';
	const rotated = store.change(nowMs, () => {
		// Another change may have come in while KV was written: rotate what is there now.
		const row = store.server(id);
		if (!row) {
			mirror.markToken(newHash, nowMs);
			return 'not_found' as const;
		}
		const current = { ...row.server, updated_at: updatedAt, revision: row.server.revision + 1 };
		store.sql.exec(
			'UPDATE server SET hash = ?, record = ?, key_id = ? WHERE id = ?',
			newHash,
			JSON.stringify(current),
			keyId,
			id,
		);
		mirror.markToken(row.hash, nowMs);
		if (current.revision === server.revision) mirror.finishToken(newHash, nowMs);
		else mirror.markToken(newHash, nowMs);
		recordServer(store, by, 'server.rotated', row.server, current, nowMs);
		return current;
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(id, nowMs)]);
	return rotated;
}

/**
 * Revokes a server, and answers when writes that were admitted before have left. Its token and its log end with it.
 *
 * @returns false when there is none
 */
export async function deleteServer(parts: Parts, id: string, by: Actor, nowMs: number): Promise<boolean> {
	const row = parts.store.server(id);
	if (!row) return false;
	parts.store.change(nowMs, () => {
		removeServer(parts, row, nowMs);
		recordServer(parts.store, by, 'server.revoked', row.server, null, nowMs);
	});
	await Promise.all([parts.mirror.flush(nowMs), parts.leases.ended(id, nowMs)]);
	return true;
}

/** Servers that one alarm ends: the next ones follow by the next alarm, with calls in between. */
const EXPIRED_AT_ONCE = 25;

/** Deletes servers that have expired, some at a time. To be called within `store.change`. */
export function removeExpired(parts: Parts, nowMs: number): void {
	const { store } = parts;
	const expired = store.sql
		.exec<{ id: string }>(
			'SELECT id FROM server WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?',
			nowMs,
			EXPIRED_AT_ONCE,
		)
		.toArray();
	for (const { id } of expired) {
		const row = store.server(id);
		if (!row) continue;
		removeServer(parts, row, nowMs);
		recordServer(store, SYSTEM, 'server.expired', row.server, null, nowMs);
	}
}

/** The log of a server outlives it. */
function removeServer({ store, mirror, usage }: Parts, { server, hash, hasAuthorizations }: ServerRow, nowMs: number) {
	store.sql.exec('DELETE FROM server WHERE id = ?', server.id);
	forgetBudget(store.sql, server.id);
	usage.forget(server.id);
	deleteUsage(store.sql, server.id);
	endLog(store, server, nowMs);
	mirror.markToken(hash, nowMs);
	mirror.markSummary(server.integrated_account_id, nowMs);
	// Most servers never had one, and none is woken for nothing.
	if (hasAuthorizations) mirror.markAuthorizations(server.integrated_account_id, server.id, nowMs);
}

function toMs(isoTime: string | null): number | null {
	return isoTime === null ? null : Date.parse(isoTime);
}
