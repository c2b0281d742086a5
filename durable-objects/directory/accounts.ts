// The list of accounts, and those that were deleted: their own objects keep logs and trails for 30 days, and this says
// where to look.
import type { AccountSummary, EndedAccount, SummarizedAccount } from '../../workers/contracts/objects.ts';
import {
	type AccountIdentity,
	type AccountRecord,
	type ApiTokenRecord,
	mayTouch,
} from '../../workers/contracts/records.ts';
import { bindApiTokens, identityOf } from './api-tokens.ts';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export const ENDED_TABLES = `
	CREATE TABLE IF NOT EXISTS ended_account (
		identity TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, ended_ms INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Takes an account off the list; those that ended too long ago are forgotten. @returns false when it was not listed */
export function endAccount(sql: SqlStorage, id: string, nowMs: number): boolean {
	sql.exec('DELETE FROM ended_account WHERE ended_ms <= ?', nowMs - KEPT_MS);
	const row = sql
		.exec<{ record: string; identity: string | null }>('SELECT record, identity FROM account WHERE id = ?', id)
		.toArray()[0];
	if (!row) return false;
	sql.exec('DELETE FROM account WHERE id = ?', id);
	const { name } = JSON.parse(row.record) as AccountRecord;
	sql.exec(
		'INSERT OR REPLACE INTO ended_account (identity, id, name, ended_ms) VALUES (?, ?, ?, ?)',
		row.identity ?? id,
		id,
		name,
		nowMs,
	);
	return true;
}

export function listEndedAccounts(sql: SqlStorage, nowMs: number): EndedAccount[] {
	return sql
		.exec<{ identity: string; id: string; name: string; ended_ms: number }>(
			'SELECT identity, id, name, ended_ms FROM ended_account WHERE ended_ms > ? ORDER BY ended_ms DESC',
			nowMs - KEPT_MS,
		)
		.toArray()
		.map(({ ended_ms, ...account }) => ({ ...account, ended_at: new Date(ended_ms).toISOString() }));
}

/** Lists an account, or lists it as it is now. API tokens that wait for an account of this id become its own. */
export function putAccount(
	sql: SqlStorage,
	{ account, identity, summary }: { account: AccountRecord; identity: string; summary: AccountSummary | undefined },
	nowMs: number,
): void {
	const listed = identityOf(sql, account.id);
	// The end of an earlier account of this id did not get here.
	if (listed !== null && listed !== identity) endAccount(sql, account.id, nowMs);
	if (listed !== identity) bindApiTokens(sql, account.id, identity);
	sql.exec(
		`INSERT INTO account (id, record, identity, summary) VALUES (?1, ?2, ?3, ?4)
		 ON CONFLICT (id) DO UPDATE SET record = ?2, identity = ?3, summary = ?4`,
		account.id,
		JSON.stringify(account),
		identity,
		summary ? JSON.stringify(summary) : null,
	);
}

/** @param mayRead  of the accounts that are told */
export function listSummaries(
	sql: SqlStorage,
	mayRead: (account: AccountIdentity) => boolean,
): (SummarizedAccount & { identity: string })[] {
	return sql
		.exec<{ id: string; identity: string; record: string; summary: string | null }>(
			'SELECT id, identity, record, summary FROM account ORDER BY seq DESC',
		)
		.toArray()
		.filter(mayRead)
		.map(({ identity, record, summary }) => ({
			identity,
			account: { ...UNKNOWN_HEALTH, ...(JSON.parse(record) as AccountRecord) },
			summary: summary === null ? null : (JSON.parse(summary) as AccountSummary),
		}));
}

/** Stands in for accounts that were listed before their state was known; they send it when they are next used. */
const UNKNOWN_HEALTH = { last_seen_at: null };

/** Newest first, only what the token may touch. @param before  the `seq` that the last page ended with */
export function listAccounts(
	sql: SqlStorage,
	token: ApiTokenRecord,
	limit: number,
	before: number | null,
): { accounts: AccountRecord[]; next: number | null } {
	const rows = sql
		.exec<{ seq: number; id: string; identity: string; record: string }>(
			'SELECT seq, id, identity, record FROM account WHERE seq < ? ORDER BY seq DESC',
			before ?? Number.MAX_SAFE_INTEGER,
		)
		.toArray()
		.filter((account) => mayTouch(token, account));
	const page = rows.slice(0, limit);
	return {
		accounts: page.map(({ record }) => JSON.parse(record) as AccountRecord),
		next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
	};
}
