// The trail of management: who changed the account and its servers, before and after, without secrets. Kept for 30 days
// or the last 1,000 entries, past the account's end, under the account's identity.
import { publicServer, type StoredServer } from '../../workers/contracts/records.ts';
import type { Actor, TrailEntry, TrailPage } from '../../workers/contracts/trail.ts';
import { KEPT_MS } from './log.ts';
import type { AccountStore } from './store.ts';

const TRAIL_LIMIT = 1_000;

/** Adds an entry. To be called within the transaction of the change. */
export function recordChange(
	store: AccountStore,
	identity: string,
	by: Actor,
	change: Omit<TrailEntry, 'at' | 'account_identity' | keyof Actor>,
	nowMs: number,
): void {
	const entry: TrailEntry = { at: new Date(nowMs).toISOString(), account_identity: identity, ...by, ...change };
	store.sql.exec('INSERT INTO trail (identity, at_ms, entry) VALUES (?, ?, ?)', identity, nowMs, JSON.stringify(entry));
	store.sql.exec('DELETE FROM trail WHERE seq <= (SELECT MAX(seq) FROM trail) - ?', TRAIL_LIMIT);
	store.sweepBy(nowMs + KEPT_MS);
}

/** The members that differ, as they were and as they are; all of them where there is nothing to compare. */
export function changedMembers(
	before: object | null,
	after: object | null,
): { before: Record<string, unknown> | null; after: Record<string, unknown> | null } {
	const was = new Map(Object.entries(before ?? {}));
	const is = new Map(Object.entries(after ?? {}));
	const names = [...new Set([...was.keys(), ...is.keys()])].filter(
		(name) => !UNTOLD.has(name) && JSON.stringify(was.get(name)) !== JSON.stringify(is.get(name)),
	);
	const pick = (values: Map<string, unknown>) =>
		Object.fromEntries(names.map((name) => [name, values.get(name) ?? null]));
	return { before: before && pick(was), after: after && pick(is) };
}

/** The entry has a time of its own. */
const UNTOLD: ReadonlySet<string> = new Set(['updated_at', 'last_seen_at']);

/** Oldest first, of every account that this id has had. @param after  position of the last entry that is known */
export function readTrail(sql: SqlStorage, after: number, limit: number, nowMs: number): TrailPage {
	const rows = sql
		.exec<{ seq: number; entry: string }>(
			'SELECT seq, entry FROM trail WHERE seq > ? AND at_ms >= ? ORDER BY seq LIMIT ?',
			after,
			nowMs - KEPT_MS,
			limit,
		)
		.toArray();
	return {
		entries: rows.map(({ entry }) => entry),
		last: rows.at(-1)?.seq ?? after,
	};
}

/** Deletes what is too old. @returns when the next entry is; null when none is left */
export function sweepTrail(sql: SqlStorage, nowMs: number): number | null {
	sql.exec('DELETE FROM trail WHERE at_ms <= ?', nowMs - KEPT_MS);
	const { oldest } = sql.exec<{ oldest: number | null }>('SELECT MIN(at_ms) AS oldest FROM trail').one();
	return oldest === null ? null : oldest + KEPT_MS;
}

export function recordServer(
	store: AccountStore,
	by: Actor,
	action: TrailEntry['action'],
	before: StoredServer | null,
	after: StoredServer | null,
	nowMs: number,
): void {
	const { id, integrated_account_id, account_identity } = (after ?? before) as StoredServer;
	const told = changedMembers(before && publicServer(before), after && publicServer(after));
	recordChange(
		store,
		account_identity,
		by,
		{ action, account_id: integrated_account_id, server_id: id, ...told },
		nowMs,
	);
}
