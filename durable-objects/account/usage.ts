// Calls and errors of each server by the hour, right however many calls the log has dropped since. The newest row also
// tells how many calls the log has taken, so that one row serves both.
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

const ADD = `INSERT INTO usage (server_id, hour, calls, errors, last_at, logged) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
	ON CONFLICT (server_id, hour)`;
const SUMS = 'SET calls = calls + ?3, errors = errors + ?4, last_at = MAX(last_at, ?5)';
/** Marks a row that was just made, until the row before it was read. */
const UNKNOWN = -1;

/** Calls of one server, counted by the hour of their beginning. */
export class UsageCounter {
	/** Calls that the log has taken of a server so far, as far as this instance knows. */
	readonly #logged = new Map<string, number>();

	/** A server without calls: nothing has to be read to know that. */
	begin(serverId: string): void {
		this.#logged.set(serverId, 0);
	}

	forget(serverId: string): void {
		this.#logged.delete(serverId);
	}

	/**
	 * Adds calls of one server: one row for each hour that they began in.
	 *
	 * @returns how many calls the log has taken before these
	 */
	count(sql: SqlStorage, serverId: string, entries: readonly LogEntry[]): number {
		const known = this.#logged.get(serverId);
		let total = known === undefined ? null : known + entries.length;
		for (const { hour, calls, errors, lastAt } of byHour(entries)) {
			const values = [serverId, hour, calls, errors, lastAt] as const;
			// Reading back what was stored costs a row: only where it is not known.
			if (total === null) total = this.#addAndRead(sql, values, entries.length);
			else sql.exec(`${ADD} DO UPDATE ${SUMS}, logged = ?6`, ...values, total);
		}
		const logged = total ?? entries.length;
		this.#logged.set(serverId, logged);
		return logged - entries.length;
	}

	#addAndRead(sql: SqlStorage, values: readonly [string, number, number, number, string], count: number): number {
		const { logged } = sql
			.exec<{ logged: number }>(
				`${ADD} DO UPDATE ${SUMS}, logged = logged + ?7 RETURNING logged`,
				...values,
				UNKNOWN,
				count,
			)
			.one();
		return logged === UNKNOWN ? this.#continueFrom(sql, values[0], values[1], count) : logged;
	}

	/** The first calls of an hour, in an instance that has seen none of the server's: the hour before it tells. */
	#continueFrom(sql: SqlStorage, serverId: string, hour: number, count: number): number {
		return sql
			.exec<{ logged: number }>(
				`UPDATE usage SET logged = ?3 + COALESCE(
					(SELECT logged FROM usage WHERE server_id = ?1 AND hour <> ?2 ORDER BY hour DESC LIMIT 1), 0)
				 WHERE server_id = ?1 AND hour = ?2 RETURNING logged`,
				serverId,
				hour,
				count,
			)
			.one().logged;
	}
}

const GOOD: ReadonlySet<LogEntry['outcome']> = new Set(['ok', 'rehearsed', 'previewed']);

export function isFailure({ outcome }: LogEntry): boolean {
	return !GOOD.has(outcome);
}

/** Newest hour last, so that its row tells the count of the log. */
function byHour(entries: readonly LogEntry[]) {
	const counted = new Map<number, { hour: number; calls: number; errors: number; lastAt: string }>();
	for (const entry of entries) {
		const { at } = entry;
		const hour = hourOf(Date.parse(at));
		const row = counted.get(hour) ?? { hour, calls: 0, errors: 0, lastAt: at };
		row.calls += 1;
		if (isFailure(entry)) row.errors += 1;
		if (at > row.lastAt) row.lastAt = at;
		counted.set(hour, row);
	}
	return [...counted.values()].sort((a, b) => a.hour - b.hour);
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
	const rowsByHour = new Map(rows.map((row) => [row.hour, row]));
	return {
		last_used_at: rows.at(-1)?.last_at ?? null,
		calls_today: today.reduce((sum, { calls }) => sum + calls, 0),
		errors_today: today.reduce((sum, { errors }) => sum + errors, 0),
		hours: Array.from({ length: hours }, (_, index) => {
			const { calls = 0, errors = 0 } = rowsByHour.get(first + index) ?? {};
			return { at: new Date((first + index) * HOUR_MS).toISOString(), calls, errors };
		}),
	};
}

/** Calls of all servers in the last 24 hours. Each server costs a row, and each of the hours in which it was used. */
export function summarizeUsage(sql: SqlStorage, nowMs: number) {
	const { calls, errors, last } = sql
		.exec<{ calls: number; errors: number; last: string | null }>(
			`SELECT COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(errors), 0) AS errors, MAX(last_at) AS last
			 FROM (${USAGE_BY_SERVER})`,
			hourOf(nowMs) - 23,
		)
		.one();
	return { calls, errors, last_used_at: last, at: new Date(nowMs).toISOString() };
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
