// The writes of an account's servers: what was just written, so that a repeat is answered instead of written again, and
// how many there were today. Storage keeps an idempotency key (a keyed hash), the time, how it ended and the new
// record's id; nothing of what was written.
import type { WriteClaim, WriteEnd, WritePolicy, WriteVerdict } from '../../workers/contracts/admission.ts';

/** Longer than any call takes, its lookups included: an end that was not reported by then never will be. */
export const IN_FLIGHT_MS = 120_000;
const DAY_MS = 86_400_000;

type RecentWrite = {
	ticket: string;
	state: 'in_flight' | 'made' | 'unknown';
	record_id: string | null;
	at_ms: number;
	until_ms: number;
};

/** The guard's decision on a write; a lease is granted beside it. */
type GuardVerdict = Exclude<WriteVerdict, { may: 'go' }> | { may: 'go'; ticket: string | null; isLast: boolean };

/** Notes the write when it may go. To be called in a transaction. */
export function admitWrite(
	sql: SqlStorage,
	serverId: string,
	{ key, earlier_key, insists }: WriteClaim,
	{ windowSeconds, dailyLimit }: WritePolicy,
	nowMs: number,
): GuardVerdict {
	const isGuarded = key !== null && windowSeconds > 0;
	const before =
		isGuarded && !insists
			? (recentWrite(sql, key, nowMs) ?? (earlier_key ? recentWrite(sql, earlier_key, nowMs) : null))
			: null;
	if (before) return repeatVerdict(before, nowMs);
	const count = dailyLimit === null ? 0 : countWrite(sql, serverId, dailyLimit, nowMs);
	if (dailyLimit !== null && count === null) {
		const reset_seconds = Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1000);
		return { may: 'not', because: 'budget', limit: dailyLimit, reset_seconds };
	}
	/** None is left of the day's budget. */
	const isLast = count === dailyLimit;
	if (!isGuarded) return { may: 'go', ticket: dailyLimit === null ? null : '', isLast };
	const ticket = crypto.randomUUID();
	sql.exec(
		`INSERT OR REPLACE INTO recent_write (key, server_id, ticket, state, record_id, at_ms, until_ms)
		 VALUES (?, ?, ?, 'in_flight', NULL, ?, ?)`,
		key,
		serverId,
		ticket,
		nowMs,
		nowMs + IN_FLIGHT_MS + windowSeconds * 1000,
	);
	return { may: 'go', ticket, isLast };
}

function recentWrite(sql: SqlStorage, key: string, nowMs: number): RecentWrite | null {
	const found = sql
		.exec<RecentWrite>(
			'SELECT ticket, state, record_id, at_ms, until_ms FROM recent_write WHERE key = ? AND until_ms > ?',
			key,
			nowMs,
		)
		.toArray();
	return found[0] ?? null;
}

function repeatVerdict({ state, record_id, at_ms }: RecentWrite, nowMs: number): GuardVerdict {
	if (state === 'made' && record_id !== null) return { may: 'not', because: 'repeat', at_ms, record_id };
	const isLost = state === 'unknown' || nowMs - at_ms >= IN_FLIGHT_MS;
	return { may: 'not', because: isLost ? 'unknown' : 'in_flight', at_ms };
}

/** @returns which write of the day it is; null when the day's budget is spent */
function countWrite(sql: SqlStorage, serverId: string, limit: number, nowMs: number): number | null {
	const day = Math.floor(nowMs / DAY_MS);
	const row = sql
		.exec<{ count: number }>('SELECT count FROM write_count WHERE server_id = ? AND day = ?', serverId, day)
		.toArray()[0];
	const count = (row?.count ?? 0) + 1;
	if (count > limit) return null;
	sql.exec('INSERT OR REPLACE INTO write_count (server_id, day, count) VALUES (?, ?, ?)', serverId, day, count);
	return count;
}

/**
 * Notes how an attempt ended. A late report, after another attempt has taken its place, changes nothing.
 *
 * A write that was not made gives its place in the day's budget back.
 */
export function settleWrite(
	sql: SqlStorage,
	{ server_id, key, ticket, end }: { server_id: string; key: string | null; ticket: string; end: WriteEnd },
	{ windowSeconds, dailyLimit }: WritePolicy,
	nowMs: number,
): void {
	if (end.state === 'unmade') {
		if (key !== null) sql.exec('DELETE FROM recent_write WHERE key = ? AND ticket = ?', key, ticket);
		if (dailyLimit !== null)
			sql.exec(
				'UPDATE write_count SET count = count - 1 WHERE server_id = ? AND day = ? AND count > 0',
				server_id,
				Math.floor(nowMs / DAY_MS),
			);
	} else if (key !== null && end.state === 'made' && end.record_id === null) {
		// An approval or a merge makes no record to name in the answer to a repeat: the vendor judges the next one.
		sql.exec('DELETE FROM recent_write WHERE key = ? AND ticket = ?', key, ticket);
	} else if (key !== null) {
		sql.exec(
			'UPDATE recent_write SET state = ?, record_id = ?, until_ms = ? WHERE key = ? AND ticket = ?',
			end.state,
			end.state === 'made' ? end.record_id : null,
			nowMs + windowSeconds * 1000,
			key,
			ticket,
		);
	}
}

/**
 * Interval of the sweep over idempotency keys, however busy the servers are: so at least half of what one sweep reads
 * is what it deletes, and a write costs no index.
 */
export const WRITE_SWEEP_MS = 5 * 60_000;

/** Deletes what was remembered long enough. @returns when to sweep next; null when nothing is remembered */
export function sweepWrites(sql: SqlStorage, nowMs: number): number | null {
	sql.exec('DELETE FROM recent_write WHERE until_ms <= ?', nowMs);
	const { last } = sql.exec<{ last: number | null }>('SELECT MAX(until_ms) AS last FROM recent_write').one();
	return last === null ? null : Math.min(last, nowMs + WRITE_SWEEP_MS);
}

/** The day's count ends with its server; remembered writes are swept by their time. */
export function forgetBudget(sql: SqlStorage, serverId: string): void {
	sql.exec('DELETE FROM write_count WHERE server_id = ?', serverId);
}

export function forgetAllWrites(sql: SqlStorage): void {
	sql.exec('DELETE FROM recent_write');
	sql.exec('DELETE FROM write_count');
}
