// Lists of an account's servers: those that stand, and those that have ended.
import type { AccountSummary, EndedServer } from '../../workers/contracts/objects.ts';
import { isExpired, type ServerUsage, type StoredServer } from '../../workers/contracts/records.ts';
import { listAlerts } from './alerts.ts';
import { KEPT_MS } from './log.ts';
import type { AccountStore } from './store.ts';
import { hourOf, summarizeUsage, USAGE_BY_SERVER } from './usage.ts';

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

/** The servers that end soonest. The directory lists them without asking the account. */
const ENDING_TOLD = 200;

/** The directory's summary of the account's servers. The account sends it whenever a server is created, changed or ends. */
export function summarize({ sql }: AccountStore, nowMs: number): AccountSummary {
	const { servers, paused } = sql
		.exec<{ servers: number; paused: number }>(
			"SELECT COUNT(*) AS servers, COALESCE(SUM(json_extract(record, '$.paused') = 1), 0) AS paused FROM server",
		)
		.one();
	const ending = sql
		.exec<{ record: string }>(
			'SELECT record FROM server WHERE expires_ms IS NOT NULL ORDER BY expires_ms LIMIT ?',
			ENDING_TOLD,
		)
		.toArray()
		.map(({ record }) => {
			const { id, name, expires_at } = JSON.parse(record) as StoredServer;
			return { id, name, expires_at: String(expires_at) };
		});
	return { servers, paused, ending, alerts: listAlerts(sql), usage: summarizeUsage(sql, nowMs) };
}

/**
 * Servers whose log is still kept, the one that ended last first.
 *
 * @param page.before  the `next` of the page before
 */
export function listEnded(
	sql: SqlStorage,
	{ limit, before }: { limit: number; before: number | null },
	nowMs: number,
): { servers: EndedServer[]; next: number | null } {
	const from = before === null ? { ms: Number.MAX_SAFE_INTEGER, told: 0 } : readPosition(before);
	const rows = sql
		.exec<{ server_id: string; name: string; account_identity: string; ended_ms: number }>(
			`SELECT server_id, name, account_identity, ended_ms FROM ended
			 WHERE ended_ms <= ? AND ended_ms > ? ORDER BY ended_ms DESC, server_id LIMIT ? OFFSET ?`,
			from.ms,
			nowMs - KEPT_MS,
			limit + 1,
			from.told,
		)
		.toArray();
	const page = rows.slice(0, limit);
	const lastMs = page.at(-1)?.ended_ms ?? 0;
	const told = page.filter(({ ended_ms }) => ended_ms === lastMs).length + (lastMs === from.ms ? from.told : 0);
	return {
		servers: page.map(({ server_id, name, account_identity, ended_ms }) => ({
			id: server_id,
			name,
			account_identity,
			ended_at: new Date(ended_ms).toISOString(),
		})),
		next: rows.length > limit ? writePosition(lastMs, told) : null,
	};
}

/** The servers of a deleted account end in the same millisecond, so a time alone is no position. */
function writePosition(ms: number, told: number): number {
	return (ms - POSITIONS_SINCE_MS) * TOLD_MAX + told;
}

function readPosition(position: number): { ms: number; told: number } {
	return { ms: Math.floor(position / TOLD_MAX) + POSITIONS_SINCE_MS, told: position % TOLD_MAX };
}

/** Servers of an account that end in one millisecond, at most. */
const TOLD_MAX = 8_192;
/** Positions that are counted from here are safe integers until 2054. */
const POSITIONS_SINCE_MS = Date.UTC(2020, 0, 1);

/** Is this a server that has ended, whose log would still be kept? */
export function hasEnded(sql: SqlStorage, serverId: string, nowMs: number): boolean {
	const rows = sql.exec('SELECT 1 FROM ended WHERE server_id = ? AND ended_ms > ?', serverId, nowMs - KEPT_MS);
	return rows.toArray().length > 0;
}
