// The trail of API tokens, invitations, rules of sign-in and webhooks: who made, changed and revoked them. Kept for 30
// days or the last 1,000 entries; never a token or its hash.
import type { SignInRules } from '../../workers/contracts/people.ts';
import { type ApiTokenRecord, type InvitationRecord, publicReach } from '../../workers/contracts/records.ts';
import type { Actor, TrailEntry, TrailPage } from '../../workers/contracts/trail.ts';
import type { WebhookRecord } from '../../workers/contracts/webhooks.ts';

const TRAIL_LIMIT = 1_000;
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export const TRAIL_TABLES = `
	CREATE TABLE IF NOT EXISTS trail (seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, entry TEXT NOT NULL);
`;

type Recorded = ApiTokenRecord | InvitationRecord | SignInRules | WebhookRecord;

/** Records a change. Call it in the transaction of that change; it also deletes entries that are too old. */
export function recordDirectoryChange(
	sql: SqlStorage,
	by: Actor,
	action: TrailEntry['action'],
	before: Recorded | null,
	after: Recorded | null,
	nowMs: number,
): void {
	const entry: TrailEntry = {
		at: new Date(nowMs).toISOString(),
		action,
		...by,
		account_identity: null,
		account_id: null,
		server_id: null,
		before: before && trailOutput(before),
		after: after && trailOutput(after),
	};
	sql.exec('INSERT INTO trail (at_ms, entry) VALUES (?, ?)', nowMs, JSON.stringify(entry));
	sql.exec(
		'DELETE FROM trail WHERE seq <= (SELECT MAX(seq) FROM trail) - ? OR at_ms <= ?',
		TRAIL_LIMIT,
		nowMs - KEPT_MS,
	);
}

function trailOutput(record: Recorded): Record<string, unknown> {
	if ('rules' in record) return { days: record.days, rules: record.rules.map(publicReach) };
	// The trail names only a webhook's host, because its address may hold a secret.
	if ('host' in record) return { id: record.id, host: record.host, events: record.events };
	const { id, name, scope, accounts, servers, expires_at } = record;
	const accepted = 'api_token_id' in record ? { api_token_id: record.api_token_id } : {};
	const { person, acts_for } = record as ApiTokenRecord;
	return {
		id,
		name,
		scope,
		accounts,
		...(servers ? { servers } : {}),
		expires_at,
		...accepted,
		...(person ? { person } : {}),
		...(acts_for ? publicReach({ acts_for }) : {}),
	};
}

/** API tokens that came since then. */
export function newApiTokens(sql: SqlStorage, sinceMs: number): TrailEntry[] {
	return sql
		.exec<{ entry: string }>('SELECT entry FROM trail WHERE at_ms > ? ORDER BY seq', sinceMs)
		.toArray()
		.map(({ entry }) => JSON.parse(entry) as TrailEntry)
		.filter(({ action }) => action === 'api_token.created' || action === 'api_token.claimed');
}

/** Oldest first. @param after  position of the last entry that is known */
export function readTrail(sql: SqlStorage, after: number, limit: number, nowMs: number): TrailPage {
	const rows = sql
		.exec<{ seq: number; entry: string }>(
			'SELECT seq, entry FROM trail WHERE seq > ? AND at_ms > ? ORDER BY seq LIMIT ?',
			after,
			nowMs - KEPT_MS,
			limit,
		)
		.toArray();
	return { entries: rows.map(({ entry }) => entry), last: rows.at(-1)?.seq ?? after };
}
