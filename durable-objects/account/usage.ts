// Calls and errors of each server by the hour, right however many calls the log has dropped since.
import type { LogEntry, ServerUsage, UsageHour } from '../../workers/contracts/records.ts';

/** Hours that are kept, and the newest one beyond that: it says when a server was last used. */
const USAGE_HOURS = 72;
const HOUR_MS = 60 * 60 * 1000;

export function hourOf(ms: number): number {
	return Math.floor(ms / HOUR_MS);
}

/** Usage of every server; `?1` is the hour from which on calls count. */
export const USAGE_BY_SERVER = `SELECT server_id, MAX(last_at) AS last_at,
	SUM(CASE WHEN hour >= ?1 THEN calls END) AS calls, SUM(CASE WHEN hour >= ?1 THEN errors END) AS errors
	FROM usage GROUP BY server_id`;

/** Adds entries to one row per server and hour. */
export function countUsage(sql: SqlStorage, entries: readonly LogEntry[]): void {
	const counted = new Map<string, { serverId: string; hour: number; calls: number; errors: number; lastAt: string }>();
	for (const { server_id, at, outcome } of entries) {
		const hour = hourOf(Date.parse(at));
		const key = `${server_id} ${hour}`;
		const row = counted.get(key) ?? { serverId: server_id, hour, calls: 0, errors: 0, lastAt: at };
		row.calls += 1;
		if (outcome !== 'ok') row.errors += 1;
		if (at > row.lastAt) row.lastAt = at;
		counted.set(key, row);
	}
	for (const { serverId, hour, calls, errors, lastAt } of counted.values()) {
		sql.exec(
			`INSERT INTO usage (server_id, hour, calls, errors, last_at) VALUES (?1, ?2, ?3, ?4, ?5)
			 ON CONFLICT (server_id, hour) DO UPDATE
			 SET calls = calls + ?3, errors = errors + ?4, last_at = MAX(last_at, ?5)`,
			serverId,
			hour,
			calls,
			errors,
			lastAt,
		);
	}
}

/**
 * @param sinceMs  from when on the calls of "today" count
 * @param hours    how many of the last hours are listed, the present one included, the empty ones too
 */
export function readUsage(
	sql: SqlStorage,
	serverId: string,
	{ sinceMs, hours }: { sinceMs: number; hours: number },
	nowMs: number,
): ServerUsage & { hours: UsageHour[] } {
	const since = hourOf(sinceMs);
	const first = hourOf(nowMs) - hours + 1;
	const rows = sql
		.exec<{ hour: number; calls: number; errors: number; last_at: string }>(
			'SELECT hour, calls, errors, last_at FROM usage WHERE server_id = ? ORDER BY hour',
			serverId,
		)
		.toArray();
	const today = rows.filter(({ hour }) => hour >= since);
	const byHour = new Map(rows.map((row) => [row.hour, row]));
	return {
		last_used_at: rows.at(-1)?.last_at ?? null,
		calls_today: today.reduce((sum, { calls }) => sum + calls, 0),
		errors_today: today.reduce((sum, { errors }) => sum + errors, 0),
		hours: Array.from({ length: hours }, (_, index) => {
			const { calls = 0, errors = 0 } = byHour.get(first + index) ?? {};
			return { at: new Date((first + index) * HOUR_MS).toISOString(), calls, errors };
		}),
	};
}

export function dropOldUsage(sql: SqlStorage, serverId: string, nowMs: number): void {
	sql.exec(
		'DELETE FROM usage WHERE server_id = ?1 AND hour < ?2 AND hour < (SELECT MAX(hour) FROM usage WHERE server_id = ?1)',
		serverId,
		hourOf(nowMs) - USAGE_HOURS,
	);
}

export function deleteUsage(sql: SqlStorage, serverId: string): void {
	sql.exec('DELETE FROM usage WHERE server_id = ?', serverId);
}
