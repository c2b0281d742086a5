// Alerts about the account's servers for an operator. Each is kept once, for two days, and goes to the directory with
// the account's summary; webhooks take it from there.
import { isExpired, type LogEntry, type StoredServer } from '../../workers/contracts/records.ts';
import type { Alert } from '../../workers/contracts/webhooks.ts';
import type { AccountStore } from './store.ts';
import { hourOf, isFailure } from './usage.ts';

const ALERT_KEPT_MS = 2 * 24 * 60 * 60 * 1000;
/** Alerts that the summary carries; the newest count. */
const ALERTS_TOLD = 50;

/** So many calls of one hour of the clock, and at least this part of them failed or refused. */
const ERROR_RATE = { calls: 20, share: 0.5 };

interface Parts {
	store: AccountStore;
	mirror: { markSummary(accountId: string, dueMs: number): void };
}

type Kept = { type: Alert['type']; key: string; at_ms: number; data: string };

/** Stores an alert unless it is there already; an alarm that comes at once tells the directory. */
export function raiseAlert({ store, mirror }: Parts, { type, key, data }: Omit<Alert, 'at'>, nowMs: number): void {
	const account = store.account();
	if (!account || isRaised(store, type, key)) return;
	store.change(nowMs, () => {
		store.sql.exec('DELETE FROM alert WHERE at_ms <= ?', nowMs - ALERT_KEPT_MS);
		store.sql.exec(
			'INSERT INTO alert (type, key, at_ms, data) VALUES (?, ?, ?, ?)',
			type,
			key,
			nowMs,
			JSON.stringify(data),
		);
		mirror.markSummary(account.id, nowMs);
	});
}

function isRaised({ sql }: AccountStore, type: string, key: string): boolean {
	return sql.exec('SELECT 1 FROM alert WHERE type = ? AND key = ?', type, key).toArray().length > 0;
}

/** Newest first. */
export function listAlerts(sql: SqlStorage): Alert[] {
	return sql
		.exec<Kept>('SELECT type, key, at_ms, data FROM alert ORDER BY at_ms DESC LIMIT ?', ALERTS_TOLD)
		.toArray()
		.map(({ at_ms, data, ...alert }) => ({ ...alert, at: new Date(at_ms).toISOString(), data: JSON.parse(data) }));
}

/** Looks at the error rate of servers whose calls have just failed. Told once a day (UTC) for each server. */
export function watchErrors(parts: Parts, entries: readonly LogEntry[], nowMs: number): void {
	const { store } = parts;
	const failing = new Set(entries.filter(isFailure).map(({ server_id }) => server_id));
	for (const id of failing) {
		const server = store.server(id)?.server;
		if (!server || isExpired(server, nowMs)) continue;
		const row = store.sql
			.exec<{ calls: number; errors: number }>(
				'SELECT calls, errors FROM usage WHERE server_id = ? AND hour = ?',
				id,
				hourOf(nowMs),
			)
			.toArray()[0];
		if (!row || row.calls < ERROR_RATE.calls || row.errors < row.calls * ERROR_RATE.share) continue;
		const data = { server_id: id, server_name: server.name, calls: row.calls, errors: row.errors };
		raiseAlert(parts, { type: 'server.error_rate', key: `${id}:${dayOf(nowMs)}`, data }, nowMs);
	}
}

/** A server has made its last write of the day (UTC). */
export function budgetReached(parts: Parts, { id, name, config }: StoredServer, nowMs: number): void {
	const data = { server_id: id, server_name: name, writes_per_day: config.writes_per_day ?? null };
	raiseAlert(parts, { type: 'server.write_budget_reached', key: `${id}:${dayOf(nowMs)}`, data }, nowMs);
}

function dayOf(ms: number): string {
	return new Date(ms).toISOString().slice(0, 10);
}
