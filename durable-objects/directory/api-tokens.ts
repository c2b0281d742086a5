// API tokens: rows that a token's hash finds, under either of the installation's keys.
import type { TokenHashes } from '../../workers/contracts/keys.ts';
import type { Reach } from '../../workers/contracts/reach.ts';
import { type ApiTokenRecord, isExpired } from '../../workers/contracts/records.ts';
import { type Moving, moveToKey } from './move-to-key.ts';

/** Stores a token, bound to the accounts that there are under its ids now. */
export function insertApiToken(sql: SqlStorage, token: ApiTokenRecord, hashes: TokenHashes): void {
	insertBoundApiToken(sql, bindReach(sql, token), hashes);
}

/** The same for one that was bound before. */
export function insertBoundApiToken(sql: SqlStorage, record: ApiTokenRecord, { hash, key_id }: TokenHashes): void {
	sql.exec(
		'INSERT INTO api_token (id, hash, record, key_id) VALUES (?, ?, ?, ?)',
		record.id,
		hash,
		JSON.stringify(record),
		key_id,
	);
}

/** Binds it to the accounts that there are under its ids now. */
export function bindReach<R extends Pick<Reach, 'accounts' | 'account_identities'>>(sql: SqlStorage, reach: R): R {
	return reach.accounts === '*' ? reach : { ...reach, account_identities: identitiesOf(sql, reach.accounts) };
}

/** Identity of the account that is listed under an id. @returns null without one */
export function identityOf(sql: SqlStorage, accountId: string): string | null {
	const row = sql
		.exec<{ identity: string | null }>('SELECT identity FROM account WHERE id = ?', accountId)
		.toArray()[0];
	return row?.identity ?? null;
}

function identitiesOf(sql: SqlStorage, accountIds: readonly string[]): Record<string, string> {
	const identities: Record<string, string> = {};
	for (const id of accountIds) {
		const identity = identityOf(sql, id);
		if (identity !== null) identities[id] = identity;
	}
	return identities;
}

/** Binds tokens that name this id, and no account of it yet, to an account that was connected under it. */
export function bindApiTokens(sql: SqlStorage, accountId: string, identity: string): void {
	for (const { record } of listApiTokens(sql)) {
		const { accounts, account_identities = {} } = record;
		if (accounts === '*' || !accounts.includes(accountId) || Object.hasOwn(account_identities, accountId)) continue;
		const bound = { ...record, account_identities: { ...account_identities, [accountId]: identity } };
		sql.exec('UPDATE api_token SET record = ? WHERE id = ?', JSON.stringify(bound), record.id);
	}
}

/** The row of a token, revoked and expired ones too. It moves to the current key. */
export function findApiToken(
	sql: SqlStorage,
	hashes: TokenHashes,
): { record: ApiTokenRecord; isRevoked: boolean } | null {
	const row = sql
		.exec<Moving & { record: string; revoked: number }>(
			'SELECT seq, hash, key_id, record, revoked FROM api_token WHERE hash IN (?1, ?2) ORDER BY hash = ?1 DESC',
			hashes.hash,
			hashes.other,
		)
		.toArray()[0];
	if (!row) return null;
	moveToKey(sql, 'api_token', row, hashes);
	return { record: JSON.parse(row.record) as ApiTokenRecord, isRevoked: row.revoked === 1 };
}

/** Expired ones too. @returns null once it is revoked */
export function readApiToken(sql: SqlStorage, id: string): ApiTokenRecord | null {
	const row = sql
		.exec<{ record: string }>('SELECT record FROM api_token WHERE id = ? AND revoked = 0', id)
		.toArray()[0];
	return row ? (JSON.parse(row.record) as ApiTokenRecord) : null;
}

/** Revoked ones too. */
export function isApiTokenId(sql: SqlStorage, id: string): boolean {
	return sql.exec('SELECT 1 FROM api_token WHERE id = ?', id).toArray().length > 0;
}

export function putApiToken(sql: SqlStorage, record: ApiTokenRecord): void {
	sql.exec('UPDATE api_token SET record = ? WHERE id = ?', JSON.stringify(record), record.id);
}

/** @returns null once it is revoked or expired */
export function getApiTokenById(sql: SqlStorage, id: string, nowMs: number): ApiTokenRecord | null {
	const record = readApiToken(sql, id);
	return record && !isExpired(record, nowMs) ? record : null;
}

/** Newest first, with the id of the key that each is kept under, without the revoked ones. */
export function listApiTokens(sql: SqlStorage): { record: ApiTokenRecord; keyId: string | null }[] {
	return sql
		.exec<{ record: string; key_id: string | null }>(
			'SELECT record, key_id FROM api_token WHERE revoked = 0 ORDER BY seq DESC',
		)
		.toArray()
		.map(({ record, key_id }) => ({ record: JSON.parse(record) as ApiTokenRecord, keyId: key_id }));
}

/** Its sessions end with it. @returns null when there is no such token, or it was revoked before */
export function revokeApiToken(sql: SqlStorage, id: string): ApiTokenRecord | null {
	const row = sql
		.exec<{ record: string }>('SELECT record FROM api_token WHERE id = ? AND revoked = 0', id)
		.toArray()[0];
	sql.exec('DELETE FROM session WHERE api_token_id = ?', id);
	sql.exec('UPDATE api_token SET revoked = 1 WHERE id = ?', id);
	return row ? (JSON.parse(row.record) as ApiTokenRecord) : null;
}
