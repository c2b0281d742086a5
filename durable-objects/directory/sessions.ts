// Sign-ins of the dashboard, each bound to an API token.
import type { TokenHashes } from '../../workers/contracts/keys.ts';
import { type ApiTokenRecord, isExpired, type SessionRecord } from '../../workers/contracts/records.ts';
import { type Moving, moveToKey } from './move-to-key.ts';

/** Those that have ended go at this occasion. */
export function insertSession(
	sql: SqlStorage,
	session: SessionRecord,
	{ hash, key_id }: TokenHashes,
	nowMs: number,
): void {
	sql.exec('DELETE FROM session WHERE expires_ms <= ?', nowMs);
	sql.exec(
		'INSERT INTO session (hash, id, api_token_id, expires_ms, record, key_id) VALUES (?, ?, ?, ?, ?, ?)',
		hash,
		session.id,
		session.api_token_id,
		Date.parse(session.expires_at),
		JSON.stringify(session),
		key_id,
	);
}

/** @returns null for a session that is unknown or has ended, or whose API token has */
export function findSession(
	sql: SqlStorage,
	hashes: TokenHashes,
	nowMs: number,
): { session: SessionRecord; apiToken: ApiTokenRecord } | null {
	const row = sql
		.exec<Moving & { session: string; token: string }>(
			`SELECT session.rowid AS seq, session.hash, session.key_id,
				session.record AS session, api_token.record AS token
			 FROM session JOIN api_token ON api_token.id = session.api_token_id AND api_token.revoked = 0
			 WHERE session.hash IN (?, ?)`,
			hashes.hash,
			hashes.other,
		)
		.toArray()[0];
	if (!row) return null;
	moveToKey(sql, 'session', row, hashes);
	const session = JSON.parse(row.session) as SessionRecord;
	const apiToken = JSON.parse(row.token) as ApiTokenRecord;
	return isExpired(session, nowMs) || isExpired(apiToken, nowMs) ? null : { session, apiToken };
}

/** Newest first. @param apiTokenId  only this token's; null: all */
export function listSessions(sql: SqlStorage, apiTokenId: string | null, nowMs: number): SessionRecord[] {
	return sql
		.exec<{ record: string }>(
			'SELECT record FROM session WHERE expires_ms > ?1 AND (?2 IS NULL OR api_token_id = ?2) ORDER BY rowid DESC',
			nowMs,
			apiTokenId,
		)
		.toArray()
		.map(({ record }) => JSON.parse(record) as SessionRecord);
}

/** @returns false when there is no such session, or not of this token */
export function endSession(sql: SqlStorage, id: string, apiTokenId: string | null): boolean {
	const { rowsWritten } = sql.exec(
		'DELETE FROM session WHERE id = ?1 AND (?2 IS NULL OR api_token_id = ?2)',
		id,
		apiTokenId,
	);
	return rowsWritten > 0;
}
