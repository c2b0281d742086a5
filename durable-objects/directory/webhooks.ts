// Webhooks and their deliveries: each event once at each webhook, tried a bounded number of times.
import type {
	DeliveryResult,
	DeliveryRound,
	ListedWebhook,
	WebhookEvent,
	WebhookRecord,
} from '../../workers/contracts/webhooks.ts';
import { mintIdSuffix } from '../../workers/lib/secrets.ts';
import type { Occasion } from './occasions.ts';

export const WEBHOOKS_MAX = 10;
/** Two hours of runs, with one each five minutes. */
const ATTEMPTS_MAX = 24;
/** An event that waits this long is given up, however seldom it was tried. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60 * 1000;
/** Events of one run, within the 50 requests of the free plan. */
const EVENTS_PER_RUN = 40;
/** Shorter than the time between two runs, longer than one may take. */
const LEASE_MS = 4 * 60 * 1000;
/** Longer than anything stays an occasion, so that nothing is told twice. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const REASON_MAX = 200;

export const WEBHOOK_TABLES = `
	CREATE TABLE IF NOT EXISTS webhook (
		seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL, delivered_ms INTEGER,
		failing_ms INTEGER, last_failure TEXT);
	CREATE TABLE IF NOT EXISTS delivery (
		webhook_id TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL,
		attempts INTEGER NOT NULL, made_ms INTEGER NOT NULL, leased_ms INTEGER NOT NULL,
		PRIMARY KEY (webhook_id, key)) WITHOUT ROWID;
`;

type WebhookRow = {
	record: string;
	delivered_ms: number | null;
	failing_ms: number | null;
	last_failure: string | null;
};

export function listWebhooks(sql: SqlStorage): ListedWebhook[] {
	const counts = new Map<string, { pending: number; given_up: number }>();
	for (const { webhook_id, state, count } of sql.exec<{ webhook_id: string; state: string; count: number }>(
		"SELECT webhook_id, state, COUNT(*) AS count FROM delivery WHERE state <> 'delivered' GROUP BY webhook_id, state",
	)) {
		const known = counts.get(webhook_id) ?? { pending: 0, given_up: 0 };
		counts.set(webhook_id, { ...known, [state]: count });
	}
	return sql
		.exec<WebhookRow>('SELECT record, delivered_ms, failing_ms, last_failure FROM webhook ORDER BY seq DESC')
		.toArray()
		.map(({ record, delivered_ms, failing_ms, last_failure }) => {
			const webhook = JSON.parse(record) as WebhookRecord;
			const deliveries = {
				...(counts.get(webhook.id) ?? { pending: 0, given_up: 0 }),
				last_delivered_at: isoOf(delivered_ms),
				failing_since: isoOf(failing_ms),
				last_failure,
			};
			return { ...webhook, deliveries };
		});
}

function isoOf(ms: number | null): string | null {
	return ms === null ? null : new Date(ms).toISOString();
}

export function readWebhook(sql: SqlStorage, id: string): WebhookRecord | null {
	const row = sql.exec<{ record: string }>('SELECT record FROM webhook WHERE id = ?', id).toArray()[0];
	return row ? (JSON.parse(row.record) as WebhookRecord) : null;
}

export function countWebhooks(sql: SqlStorage): number {
	return sql.exec<{ count: number }>('SELECT COUNT(*) AS count FROM webhook').one().count;
}

export function putWebhook(sql: SqlStorage, webhook: WebhookRecord): void {
	sql.exec(
		'INSERT INTO webhook (id, record) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2',
		webhook.id,
		JSON.stringify(webhook),
	);
}

export function removeWebhook(sql: SqlStorage, id: string): void {
	sql.exec('DELETE FROM webhook WHERE id = ?', id);
	sql.exec('DELETE FROM delivery WHERE webhook_id = ?', id);
}

/** Notes occasions that a webhook has not been told of, and hands out what is due. To be called in a transaction. */
export function takeDeliveries(sql: SqlStorage, occasions: readonly Occasion[], nowMs: number): DeliveryRound[] {
	dropOld(sql, new Set(occasions.map(({ key }) => key)), nowMs);
	const webhooks = listWebhooks(sql);
	return webhooks.flatMap(({ deliveries: _, ...webhook }) => {
		noteOccasions(sql, webhook, occasions, nowMs);
		const events = leaseDue(sql, webhook.id, Math.floor(EVENTS_PER_RUN / webhooks.length), nowMs);
		return events.length > 0 ? [{ webhook, events }] : [];
	});
}

function noteOccasions(
	sql: SqlStorage,
	{ id, events, created_at }: WebhookRecord,
	occasions: readonly Occasion[],
	nowMs: number,
): void {
	const told = new Set(
		sql
			.exec<{ key: string }>('SELECT key FROM delivery WHERE webhook_id = ?', id)
			.toArray()
			.map(({ key }) => key),
	);
	for (const { key, isStanding, ...event } of occasions) {
		const isWanted = events === '*' || events.includes(event.type);
		if (!isWanted || told.has(key) || !(isStanding || event.at >= created_at)) continue;
		sql.exec(
			`INSERT INTO delivery (webhook_id, key, id, event, state, attempts, made_ms, leased_ms)
			 VALUES (?, ?, ?, ?, 'pending', 0, ?, 0)`,
			id,
			key,
			`evt_${mintIdSuffix()}${mintIdSuffix()}`,
			JSON.stringify(event),
			nowMs,
		);
	}
}

/** Leases events, the ones tried least often first: one event that is refused must not hold up the others. */
function leaseDue(sql: SqlStorage, webhookId: string, limit: number, nowMs: number): DeliveryRound['events'] {
	const due = sql
		.exec<{ id: string; event: string }>(
			`SELECT id, event FROM delivery WHERE webhook_id = ? AND state = 'pending' AND leased_ms <= ?
			 ORDER BY attempts, made_ms, key LIMIT ?`,
			webhookId,
			nowMs,
			limit,
		)
		.toArray();
	for (const { id } of due)
		sql.exec('UPDATE delivery SET leased_ms = ? WHERE webhook_id = ? AND id = ?', nowMs + LEASE_MS, webhookId, id);
	return due.map(({ id, event }) => ({ id, ...(JSON.parse(event) as WebhookEvent) }));
}

/** Notes how one delivery ended. Call it in a transaction. */
export function settleDelivery(
	sql: SqlStorage,
	{ webhook_id, id, outcome, reason = '' }: DeliveryResult,
	nowMs: number,
): void {
	if (outcome === 'delivered') {
		sql.exec("UPDATE delivery SET state = 'delivered' WHERE webhook_id = ? AND id = ?", webhook_id, id);
		sql.exec(
			'UPDATE webhook SET delivered_ms = ?, failing_ms = NULL, last_failure = NULL WHERE id = ?',
			nowMs,
			webhook_id,
		);
		return;
	}
	sql.exec(
		`UPDATE delivery SET leased_ms = 0, attempts = attempts + ?3,
			state = CASE WHEN attempts + ?3 >= ?4 THEN 'given_up' ELSE state END
		 WHERE webhook_id = ?1 AND id = ?2 AND state = 'pending'`,
		webhook_id,
		id,
		outcome === 'failed' ? 1 : 0,
		ATTEMPTS_MAX,
	);
	if (outcome === 'failed')
		sql.exec(
			'UPDATE webhook SET failing_ms = COALESCE(failing_ms, ?), last_failure = ? WHERE id = ?',
			nowMs,
			reason.slice(0, REASON_MAX),
			webhook_id,
		);
}

/** @param standing  keys of what would be told again if it were forgotten */
function dropOld(sql: SqlStorage, standing: ReadonlySet<string>, nowMs: number): void {
	sql.exec(
		"UPDATE delivery SET state = 'given_up' WHERE state = 'pending' AND made_ms <= ?",
		nowMs - GIVEN_UP_AFTER_MS,
	);
	const old = sql
		.exec<{ webhook_id: string; key: string }>(
			'SELECT webhook_id, key FROM delivery WHERE made_ms <= ?',
			nowMs - KEPT_MS,
		)
		.toArray();
	for (const { webhook_id, key } of old)
		if (!standing.has(key)) sql.exec('DELETE FROM delivery WHERE webhook_id = ? AND key = ?', webhook_id, key);
}
