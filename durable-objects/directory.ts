// One object for the whole installation: the API tokens and the list of accounts, consistent at once.
import { DurableObject } from 'cloudflare:workers';
import type { TokenHashes } from '../workers/access/keys.ts';
import { apiTokenClaimKey } from '../workers/access/kv.ts';
import type { Env } from '../workers/contracts/env.ts';
import {
	type AccountRecord,
	type ApiTokenRecord,
	isExpired,
	mayTouch,
	REQUESTS_PER_MINUTE_DEFAULT,
	type SessionRecord,
} from '../workers/contracts/records.ts';
import { logError } from '../workers/lib/errors.ts';
import { mintIdSuffix } from '../workers/lib/secrets.ts';
import { addColumn } from './account/add-column.ts';
import { type Limited, RateWindows } from './rate-window.ts';

/** What a deploy or start script leaves in KV under `api-token-claim:<sha256>`. */
export type ApiTokenClaim = Pick<ApiTokenRecord, 'name' | 'scope' | 'accounts' | 'expires_at' | 'requests_per_minute'>;

/** A row whose hash may be under the other key. */
interface Moving extends Record<string, SqlStorageValue> {
	seq: number;
	hash: string;
	key_id: string | null;
}

export interface KeyUse {
	/** The key in the other slot was the current one at some time. */
	wasOtherUsed: boolean;
	accounts: number;
	apiTokens: number;
	apiTokensBehind: { id: string; name: string }[];
	sessionsBehind: number;
}

export class Directory extends DurableObject<Env> {
	readonly #requests = new RateWindows();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.#sql.exec(`
			CREATE TABLE IF NOT EXISTS api_token (
				seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL,
				record TEXT NOT NULL, revoked INTEGER NOT NULL DEFAULT 0, key_id TEXT);
			CREATE TABLE IF NOT EXISTS account (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL);
			CREATE TABLE IF NOT EXISTS session (
				hash TEXT PRIMARY KEY, id TEXT UNIQUE NOT NULL, api_token_id TEXT NOT NULL, expires_ms INTEGER NOT NULL,
				record TEXT NOT NULL, key_id TEXT);
			CREATE TABLE IF NOT EXISTS used_key (id TEXT PRIMARY KEY);
		`);
		for (const table of ['api_token', 'session']) addColumn(this.#sql, table, 'key_id', 'TEXT');
	}

	get #sql(): SqlStorage {
		return this.ctx.storage.sql;
	}

	// --- API tokens --------------------------------------------------------------------------------------------

	/**
	 * @param hashes     keyed, under one of which the token is kept here
	 * @param claimHash  unkeyed hash, under which a script may have handed it over in KV
	 */
	async verifyApiToken(
		hashes: TokenHashes,
		claimHash: string,
	): Promise<{ record: ApiTokenRecord } | { limited: Limited } | null> {
		const row = this.#apiTokenRow(hashes);
		const nowMs = Date.now();
		if (row && (row.revoked || isExpired(row.record, nowMs))) return null;
		const record = row?.record ?? (await this.#takeOver(hashes, claimHash));
		if (!record) return null;
		const limited = this.#requests.take(record.id, record.requests_per_minute ?? REQUESTS_PER_MINUTE_DEFAULT, nowMs);
		return limited ? { limited } : { record };
	}

	/** A revoked token's row stays, so that a claim that KV still shows somewhere does not bring it back. */
	async #takeOver(hashes: TokenHashes, claimHash: string): Promise<ApiTokenRecord | null> {
		const key = apiTokenClaimKey(claimHash);
		const claim = await this.env.KV.get<ApiTokenClaim>(key, 'json');
		if (!claim) return null;
		const known = this.#apiTokenRow(hashes);
		if (known) return known.revoked ? null : known.record;
		const record: ApiTokenRecord = { id: `tok_${mintIdSuffix()}`, ...claim, created_at: new Date().toISOString() };
		this.createApiToken(record, hashes);
		// The row is what counts from here on; a claim that stays in KV opens nothing more.
		await this.env.KV.delete(key).catch(logError);
		return isExpired(record, Date.now()) ? null : record;
	}

	/** For what was given out with an API token. @returns null once it is revoked or expired */
	getApiTokenById(id: string): ApiTokenRecord | null {
		const row = this.#sql
			.exec<{ record: string }>('SELECT record FROM api_token WHERE id = ? AND revoked = 0', id)
			.toArray()[0];
		const record = row ? (JSON.parse(row.record) as ApiTokenRecord) : null;
		return record && !isExpired(record, Date.now()) ? record : null;
	}

	#apiTokenRow(hashes: TokenHashes): { record: ApiTokenRecord; revoked: boolean } | null {
		const row = this.#sql
			.exec<Moving & { record: string; revoked: number }>(
				'SELECT seq, hash, key_id, record, revoked FROM api_token WHERE hash IN (?1, ?2) ORDER BY hash = ?1 DESC',
				hashes.hash,
				hashes.other,
			)
			.toArray()[0];
		if (row) this.#moveToKey('api_token', row, hashes);
		return row ? { record: JSON.parse(row.record) as ApiTokenRecord, revoked: row.revoked === 1 } : null;
	}

	createApiToken(record: ApiTokenRecord, { hash, key_id }: TokenHashes): void {
		this.#sql.exec(
			'INSERT INTO api_token (id, hash, record, key_id) VALUES (?, ?, ?, ?)',
			record.id,
			hash,
			JSON.stringify(record),
			key_id,
		);
	}

	/** Newest first, without the revoked ones. */
	listApiTokens(): ApiTokenRecord[] {
		return this.#sql
			.exec<{ record: string }>('SELECT record FROM api_token WHERE revoked = 0 ORDER BY seq DESC')
			.toArray()
			.map(({ record }) => JSON.parse(record) as ApiTokenRecord);
	}

	/** @returns false when there is no such token, or it was revoked before */
	revokeApiToken(id: string): boolean {
		this.#sql.exec('DELETE FROM session WHERE api_token_id = ?', id);
		return this.#sql.exec('UPDATE api_token SET revoked = 1 WHERE id = ? AND revoked = 0', id).rowsWritten > 0;
	}

	// --- sessions of the dashboard -----------------------------------------------------------------------------

	/** Those that have ended go at this occasion. */
	createSession(session: SessionRecord, { hash, key_id }: TokenHashes): void {
		this.#sql.exec('DELETE FROM session WHERE expires_ms <= ?', Date.now());
		this.#sql.exec(
			'INSERT INTO session (hash, id, api_token_id, expires_ms, record, key_id) VALUES (?, ?, ?, ?, ?, ?)',
			hash,
			session.id,
			session.api_token_id,
			Date.parse(session.expires_at),
			JSON.stringify(session),
			key_id,
		);
	}

	/** The session and the API token behind it, under that token's limit. Null when either has ended. */
	verifySession(
		hashes: TokenHashes,
	): { session: SessionRecord; apiToken: ApiTokenRecord } | { limited: Limited } | null {
		const row = this.#sql
			.exec<Moving & { session: string; token: string }>(
				`SELECT session.rowid AS seq, session.hash, session.key_id, session.record AS session, api_token.record AS token
				 FROM session JOIN api_token ON api_token.id = session.api_token_id AND api_token.revoked = 0
				 WHERE session.hash IN (?, ?)`,
				hashes.hash,
				hashes.other,
			)
			.toArray()[0];
		if (!row) return null;
		this.#moveToKey('session', row, hashes);
		const session = JSON.parse(row.session) as SessionRecord;
		const apiToken = JSON.parse(row.token) as ApiTokenRecord;
		const nowMs = Date.now();
		if (isExpired(session, nowMs) || isExpired(apiToken, nowMs)) return null;
		const limited = this.#requests.take(
			apiToken.id,
			apiToken.requests_per_minute ?? REQUESTS_PER_MINUTE_DEFAULT,
			nowMs,
		);
		return limited ? { limited } : { session, apiToken };
	}

	/** Newest first. @param apiTokenId  only this token's; null: all */
	listSessions(apiTokenId: string | null): SessionRecord[] {
		return this.#sql
			.exec<{ record: string }>(
				'SELECT record FROM session WHERE expires_ms > ?1 AND (?2 IS NULL OR api_token_id = ?2) ORDER BY rowid DESC',
				Date.now(),
				apiTokenId,
			)
			.toArray()
			.map(({ record }) => JSON.parse(record) as SessionRecord);
	}

	/** @returns false when there is no such session, or not of this token */
	endSession(id: string, apiTokenId: string | null): boolean {
		return (
			this.#sql.exec('DELETE FROM session WHERE id = ?1 AND (?2 IS NULL OR api_token_id = ?2)', id, apiTokenId)
				.rowsWritten > 0
		);
	}

	// --- keys --------------------------------------------------------------------------------------------------

	/** What is presented goes over to the current key. */
	#moveToKey(table: 'api_token' | 'session', row: Moving, { hash, key_id }: TokenHashes): void {
		if (row.hash === hash && row.key_id === key_id) return;
		this.#sql.exec(`UPDATE OR IGNORE ${table} SET hash = ?, key_id = ? WHERE rowid = ?`, hash, key_id, row.seq);
	}

	/**
	 * Notes that this key is in use, and tells what is kept under others.
	 *
	 * @param otherKeyId  in the other slot; null when that is empty
	 */
	useKey(keyId: string, otherKeyId: string | null): KeyUse {
		this.#sql.exec('INSERT OR IGNORE INTO used_key (id) VALUES (?)', keyId);
		const nowMs = Date.now();
		const tokens = this.#sql
			.exec<{ record: string; key_id: string | null }>(
				'SELECT record, key_id FROM api_token WHERE revoked = 0 ORDER BY seq DESC',
			)
			.toArray()
			.map(({ record, key_id }) => ({ token: JSON.parse(record) as ApiTokenRecord, key_id }))
			.filter(({ token }) => !isExpired(token, nowMs));
		const count = (query: string, ...values: SqlStorageValue[]) =>
			this.#sql.exec<{ count: number }>(`SELECT COUNT(*) AS count FROM ${query}`, ...values).one().count;
		return {
			wasOtherUsed: otherKeyId !== null && count('used_key WHERE id = ?', otherKeyId) > 0,
			accounts: count('account'),
			apiTokens: tokens.length,
			apiTokensBehind: tokens.filter(({ key_id }) => key_id !== keyId).map(({ token: { id, name } }) => ({ id, name })),
			sessionsBehind: count('session WHERE expires_ms > ? AND key_id IS NOT ?', nowMs, keyId),
		};
	}

	// --- the list of accounts ----------------------------------------------------------------------------------

	/** Lists an account, or lists it as it is now. */
	addAccount(account: AccountRecord): void {
		this.#sql.exec(
			'INSERT INTO account (id, record) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2',
			account.id,
			JSON.stringify(account),
		);
	}

	/** @returns false when it was not listed */
	removeAccount(id: string): boolean {
		return this.#sql.exec('DELETE FROM account WHERE id = ?', id).rowsWritten > 0;
	}

	/** Newest first, only what the token may touch. `before` is the `seq` that the last page ended with. */
	listAccounts(
		token: ApiTokenRecord,
		limit: number,
		before: number | null,
	): { accounts: AccountRecord[]; next: number | null } {
		const rows = this.#sql
			.exec<{ seq: number; id: string; record: string }>(
				'SELECT seq, id, record FROM account WHERE seq < ? ORDER BY seq DESC',
				before ?? Number.MAX_SAFE_INTEGER,
			)
			.toArray()
			.filter(({ id }) => mayTouch(token, id));
		const page = rows.slice(0, limit);
		return {
			accounts: page.map(({ record }) => JSON.parse(record) as AccountRecord),
			next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
		};
	}
}
