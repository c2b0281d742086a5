// The calls of each server, the newest of them. Never arguments or results.
import type { LogPage } from '../../workers/contracts/objects.ts';
import type { LogEntry, LogFilter } from '../../workers/contracts/records.ts';
import type { AccountStore } from './store.ts';
import { countUsage, deleteUsage, dropOldUsage } from './usage.ts';

/** Per server; the oldest go first. */
const LOG_LIMIT = 1_000;

/** Stores entries. Those of servers that are gone by now are dropped: a log ends with its server. */
export function appendEntries(store: AccountStore, entries: readonly LogEntry[], nowMs: number): void {
	store.transaction(() => {
		const touched = new Set<string>();
		for (const entry of entries) {
			if (!touched.has(entry.server_id) && !store.server(entry.server_id)) continue;
			touched.add(entry.server_id);
			store.sql.exec('INSERT INTO log (server_id, entry) VALUES (?, ?)', entry.server_id, JSON.stringify(entry));
		}
		countUsage(
			store.sql,
			entries.filter(({ server_id }) => touched.has(server_id)),
		);
		for (const id of touched) {
			store.sql.exec(
				'DELETE FROM log WHERE server_id = ?1 AND seq <= (SELECT seq FROM log WHERE server_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)',
				id,
				LOG_LIMIT,
			);
			dropOldUsage(store.sql, id, nowMs);
		}
	});
}

/** Newest first. @param before  cursor: the position that the last page ended with */
export function readLog(
	sql: SqlStorage,
	serverId: string,
	filter: LogFilter,
	limit: number,
	before: number | null,
): LogPage {
	const wanted: Condition[] = [
		['server_id = ? AND seq < ?', [serverId, before ?? Number.MAX_SAFE_INTEGER]],
		...anyOf('outcome', filter.outcome),
		...anyOf('method_class', filter.method_class),
		...comparing('tool', '=', filter.tool),
		...comparing('at', '>=', filter.from),
		...comparing('at', '<', filter.to),
	];
	if (filter.after !== undefined) wanted.push(['seq > ?', [filter.after]]);
	const rows = sql
		.exec<{ seq: number; entry: string }>(
			`SELECT seq, entry FROM log WHERE ${wanted.map(([text]) => text).join(' AND ')} ORDER BY seq DESC LIMIT ?`,
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
		newest: newest ?? 0,
	};
}

export function deleteLog(sql: SqlStorage, serverId: string): void {
	sql.exec('DELETE FROM log WHERE server_id = ?', serverId);
	deleteUsage(sql, serverId);
}

export function deleteAllLogs(sql: SqlStorage): void {
	sql.exec('DELETE FROM log');
	sql.exec('DELETE FROM usage');
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
