// The account's MCP servers: created, read, changed, rotated, revoked.
import type { ServerChange } from '../../workers/contracts/admission.ts';
import { isExpired, type ServerUsage, type StoredServer } from '../../workers/contracts/records.ts';
import type { Parts } from './account.ts';
import { deleteLog } from './log.ts';
import type { AccountStore } from './store.ts';
import { hourOf, USAGE_BY_SERVER } from './usage.ts';
import { forgetWrites } from './write-guard.ts';

/**
 * Stores a server and its KV entry, or neither.
 *
 * The key is marked as left over before KV is written, so a crash in between is cleaned up by the alarm.
 */
export async function createServer(
	{ store, mirror }: Parts,
	server: StoredServer,
	hash: string,
	keyId: string | null,
	nowMs: number,
): Promise<'created' | 'no_account' | 'kv_unavailable'> {
	if (store.account()?.identity !== server.account_identity) return 'no_account';
	if (!(await mirror.putNewEntry(server, hash, nowMs))) return 'kv_unavailable';
	const outcome = store.change(nowMs, () => {
		// The account may have been deleted while KV was written, and another one connected under its id.
		if (store.account()?.identity !== server.account_identity) {
			mirror.markToken(hash, nowMs);
			return 'no_account' as const;
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
		return 'created' as const;
	});
	await (outcome === 'created' ? store.arm(nowMs) : mirror.flush(nowMs));
	return outcome;
}

/**
 * Newest first.
 *
 * @param before   cursor: the `seq` that the last page ended with
 * @param sinceMs  from when on the calls of "today" count; null when nobody asks
 */
export function listServers(
	store: AccountStore,
	{ limit, before, sinceMs }: { limit: number; before: number | null; sinceMs: number | null },
	nowMs: number,
): { servers: (StoredServer & Partial<ServerUsage>)[]; next: number | null } {
	const rows = store.sql
		.exec<{ seq: number; record: string; last_at: string | null; calls: number; errors: number }>(
			`SELECT seq, record, last_at, COALESCE(calls, 0) AS calls, COALESCE(errors, 0) AS errors
			 FROM server LEFT JOIN (${USAGE_BY_SERVER}) AS used ON used.server_id = server.id
			 WHERE seq < ?2 ORDER BY seq DESC LIMIT ?3`,
			hourOf(sinceMs ?? 0),
			before ?? Number.MAX_SAFE_INTEGER,
			limit + 1,
		)
		.toArray();
	const page = rows.slice(0, limit);
	return {
		servers: page
			.map(({ record, last_at, calls, errors }) => {
				const server = JSON.parse(record) as StoredServer;
				const usage = { last_used_at: last_at, calls_today: calls, errors_today: errors };
				return sinceMs === null ? server : { ...server, ...usage };
			})
			.filter((server) => !isExpired(server, nowMs)),
		next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
	};
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
	{ change, updatedAt, ifRevision }: { change: ServerChange; updatedAt: string; ifRevision: number },
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
	});
	await Promise.all([mirror.flush(nowMs), leases.ended(id, nowMs)]);
	return server;
}

/** The new token works and the old one has stopped, or nothing changed. */
export async function rotateServer(
	{ store, mirror, leases }: Parts,
	id: string,
	{ newHash, keyId, updatedAt }: { newHash: string; keyId: string | null; updatedAt: string },
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
export async function deleteServer(parts: Parts, id: string, nowMs: number): Promise<boolean> {
	const row = parts.store.server(id);
	if (!row) return false;
	parts.store.change(nowMs, () => removeServer(parts, id, row.hash, nowMs));
	await Promise.all([parts.mirror.flush(nowMs), parts.leases.ended(id, nowMs)]);
	return true;
}

/** Deletes the servers that have expired. To be called within `store.change`. */
export function removeExpired(parts: Parts, nowMs: number): void {
	const expired = parts.store.sql
		.exec<{ id: string; hash: string }>(
			'SELECT id, hash FROM server WHERE expires_ms IS NOT NULL AND expires_ms <= ?',
			nowMs,
		)
		.toArray();
	for (const { id, hash } of expired) removeServer(parts, id, hash, nowMs);
}

function removeServer({ store, mirror }: Parts, id: string, hash: string, nowMs: number): void {
	store.sql.exec('DELETE FROM server WHERE id = ?', id);
	deleteLog(store.sql, id);
	forgetWrites(store.sql, id);
	mirror.markToken(hash, nowMs);
	mirror.markAuthorizations(store.account()?.id ?? '', id, nowMs);
}

function toMs(isoTime: string | null): number | null {
	return isoTime === null ? null : Date.parse(isoTime);
}
