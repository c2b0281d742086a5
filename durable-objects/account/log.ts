// The calls of each server: a ring of the newest 1,000, kept for 30 days and past the server's end. Never arguments or
// results.
import type { LogPage } from '../../workers/contracts/objects.ts';
import type { LogEntry, LogFilter } from '../../workers/contracts/records.ts';
import type { AccountStore } from './store.ts';
import { deleteUsage, dropOldUsage, type UsageCounter } from './usage.ts';

/** Per server: the place of an entry is its number modulo this, so that the oldest is written over. */
const LOG_LIMIT = 1_000;
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Interval of the sweep that deletes old entries. Entries that are too old are hidden before that. */
const SWEEP_EVERY_MS = 24 * 60 * 60 * 1000;
/** Servers whose logs one sweep looks through. */
const SWEEP_RINGS = 20;

/**
 * Stores entries: one row each, and one of usage for each server and hour. Those of servers that have ended are dropped.
 * To be called in a transaction.
 */
export function appendEntries(
	store: AccountStore,
	usage: UsageCounter,
	entries: readonly LogEntry[],
	nowMs: number,
): void {
	const byServer = new Map<string, LogEntry[]>();
	for (const entry of entries) {
		const known = byServer.get(entry.server_id);
		if (known) known.push(entry);
		else if (store.server(entry.server_id)) byServer.set(entry.server_id, [entry]);
	}
	for (const [serverId, calls] of byServer) {
		let seq = usage.count(store.sql, serverId, calls);
		for (const entry of calls.slice(-LOG_LIMIT)) {
			seq += 1;
			store.sql.exec(
				'INSERT OR REPLACE INTO log (server_id, slot, seq, at_ms, entry) VALUES (?, ?, ?, ?, ?)',
				serverId,
				seq % LOG_LIMIT,
				seq,
				Date.parse(entry.at),
				JSON.stringify(entry),
			);
		}
	}
	if (byServer.size > 0) store.sweepBy(nowMs + SWEEP_EVERY_MS);
}

/** Newest first. @param before  cursor: the position that the last page ended with */
export function readLog(
	sql: SqlStorage,
	serverId: string,
	filter: LogFilter,
	{ limit, before }: { limit: number; before: number | null },
	nowMs: number,
): LogPage {
	const wanted: Condition[] = [
		['server_id = ? AND seq < ? AND at_ms >= ?', [serverId, before ?? Number.MAX_SAFE_INTEGER, nowMs - KEPT_MS]],
		...anyOf('outcome', filter.outcome),
		...anyOf('method_class', filter.method_class),
		...comparing('tool', '=', filter.tool),
		...comparing('at', '>=', filter.from),
		...comparing('at', '<', filter.to),
	];
	if (filter.after !== undefined) wanted.push(['seq > ?', [filter.after]]);
	const order = filter.oldest_first ? 'ASC' : 'DESC';
	const rows = sql
		.exec<{ seq: number; entry: string }>(
			`SELECT seq, entry FROM log WHERE ${wanted.map(([text]) => text).join(' AND ')} ORDER BY seq ${order} LIMIT ?`,
			...wanted.flatMap(([, values]) => values),
			limit + 1,
		)
		.toArray();
	const page = rows.slice(0, limit);
	const { newest } = sql
		.exec<{ newest: number | null }>('SELECT MAX(seq) AS newest FROM log WHERE server_id = ?', serverId)
		.one();
	return {
		entries: page.map(({ entry }) => JSON.parse(entry) as LogEntry),
		next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
		last: page.at(-1)?.seq ?? null,
		newest: newest ?? 0,
	};
}

/** A server has ended: its log stays for as long as its entries do. */
export function endLog(
	store: AccountStore,
	{ id, name, account_identity }: { id: string; name: string; account_identity: string },
	nowMs: number,
): void {
	store.sql.exec(
		'INSERT OR REPLACE INTO ended (server_id, name, account_identity, ended_ms) VALUES (?, ?, ?, ?)',
		id,
		name,
		account_identity,
		nowMs,
	);
	store.sweepBy(nowMs + KEPT_MS);
}

/** Deletes what is too old, some servers at a time. @returns when to sweep next; null when no entry is left */
export class LogSweeper {
	#after = '';

	sweep(sql: SqlStorage, nowMs: number): number | null {
		const endedMs = sweepEnded(sql, nowMs);
		for (let count = 0; count < SWEEP_RINGS; count++) {
			const row = sql
				.exec<{ server_id: string }>(
					'SELECT server_id FROM log WHERE server_id > ? ORDER BY server_id LIMIT 1',
					this.#after,
				)
				.toArray()[0];
			if (!row) {
				this.#after = '';
				const isEmpty = sql.exec('SELECT 1 FROM log LIMIT 1').toArray().length === 0;
				return isEmpty ? endedMs : nowMs + SWEEP_EVERY_MS;
			}
			this.#after = row.server_id;
			sql.exec('DELETE FROM log WHERE server_id = ? AND at_ms < ?', row.server_id, nowMs - KEPT_MS);
			dropOldUsage(sql, row.server_id, nowMs);
		}
		return nowMs;
	}
}

/** @returns when the next one is due; null without any */
function sweepEnded(sql: SqlStorage, nowMs: number): number | null {
	const old = sql
		.exec<{ server_id: string }>(
			'SELECT server_id FROM ended WHERE ended_ms <= ? ORDER BY ended_ms LIMIT ?',
			nowMs - KEPT_MS,
			SWEEP_RINGS,
		)
		.toArray();
	for (const { server_id } of old) {
		sql.exec('DELETE FROM log WHERE server_id = ?', server_id);
		sql.exec('DELETE FROM ended WHERE server_id = ?', server_id);
		deleteUsage(sql, server_id);
	}
	const { next } = sql.exec<{ next: number | null }>('SELECT MIN(ended_ms) AS next FROM ended').one();
	return next === null ? null : Math.max(nowMs, next + KEPT_MS);
}

/** SQL and the values of its placeholders. */
type Condition = [text: string, values: SqlStorageValue[]];

/** Conditions on a member of an entry. The members' names are ours, their values are bound. */
function anyOf(member: keyof LogEntry, values: string[] | undefined): Condition[] {
	if (!values) return [];
	return [[`json_extract(entry, '$.${member}') IN (${values.map(() => '?').join(', ')})`, values]];
}

function comparing(member: keyof LogEntry, operator: '=' | '>=' | '<', value: string | undefined): Condition[] {
	return value === undefined ? [] : [[`json_extract(entry, '$.${member}') ${operator} ?`, [value]]];
}
