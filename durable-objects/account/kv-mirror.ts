// Keeps KV and the directory's list of accounts in line with the tables. Keys that may differ are noted as due before
// anything is written, so that whatever fails or dies in between is done by an alarm.
import { accountKey, entryTtlSeconds, inTime, tokenKey } from '../../workers/access/kv.ts';
import { authorizationServerName } from '../../workers/contracts/addresses.ts';
import type { Env } from '../../workers/contracts/env.ts';
import { isExpired, publicAccount, type StoredServer, type TokenEntry } from '../../workers/contracts/records.ts';
import { logError } from '../../workers/lib/errors.ts';
import { shownHealth } from './health.ts';
import { summarize } from './server-lists.ts';
import type { AccountStore } from './store.ts';

/** An unfinished create or rotate may take this long before its KV entry counts as left over. */
const UNFINISHED_MS = 30_000;
const RETRY_BASE_MS = 2_000;
const RETRY_MAX_MS = 5 * 60_000;

/** Keys that one round settles, side by side; the next round follows by an alarm. */
const SETTLED_AT_ONCE = 8;

const TOKEN_PREFIX = tokenKey('');
/** Due keys that are not in KV: the authorization server of an MCP server that has ended is to end as well. */
const AUTHORIZATION_PREFIX = 'oauth:';
/** Due keys that are not in KV: the account's place in the directory's list. */
const LISTING_PREFIX = 'listing:';

interface DueKey extends Record<string, SqlStorageValue> {
	key: string;
	attempts: number;
	mark: number;
}

export class KvMirror {
	readonly #store: AccountStore;
	readonly #env: () => Env;
	#flushing: Promise<void> = Promise.resolve();

	constructor(store: AccountStore, env: () => Env) {
		this.#store = store;
		this.#env = env;
	}

	/** Notes that a token's entry may differ from the tables. To be called within `store.change`. */
	markToken(hash: string, dueMs: number): void {
		this.#mark(tokenKey(hash), dueMs);
	}

	/** Notes that the account's entry and its place in the list may differ. To be called within `store.change`. */
	markAccount(accountId: string, dueMs: number): void {
		this.#mark(accountKey(accountId), dueMs);
		this.#mark(LISTING_PREFIX + accountId, dueMs);
	}

	/** Notes that the account's summary in the directory may differ. To be called within `store.change`. */
	markSummary(accountId: string, dueMs: number): void {
		this.#mark(LISTING_PREFIX + accountId, dueMs);
	}

	/** Notes that a server's authorization server is to end. To be called within `store.change`. */
	markAuthorizations(accountId: string, serverId: string, dueMs: number): void {
		this.#mark(AUTHORIZATION_PREFIX + authorizationServerName({ accountId, serverId }), dueMs);
	}

	#mark(key: string, dueMs: number): void {
		this.#store.sql.exec(
			`INSERT INTO dirty (key, due_ms, attempts, mark) VALUES (?1, ?2, 0, 1)
			 ON CONFLICT (key) DO UPDATE SET due_ms = ?2, attempts = 0, mark = mark + 1`,
			key,
			dueMs,
		);
	}

	/** Ends an unfinished create or rotate. A key that an alarm has settled meanwhile is written anew. */
	finishToken(hash: string, nowMs: number): void {
		const key = tokenKey(hash);
		const { rowsWritten } = this.#store.sql.exec('DELETE FROM dirty WHERE key = ?', key);
		if (rowsWritten === 0) this.#mark(key, nowMs);
	}

	/** Writes the entry of a token that no server has yet. It counts as left over until `finishToken`. */
	async putNewEntry(server: StoredServer, hash: string, nowMs: number): Promise<boolean> {
		this.#store.change(nowMs, () => this.markToken(hash, nowMs + UNFINISHED_MS));
		try {
			await this.#putEntry(server, hash, nowMs);
			return true;
		} catch (error) {
			logError(error);
			// The put may have arrived all the same: the alarm deletes it.
			this.#store.change(nowMs, () => this.markToken(hash, nowMs));
			return false;
		}
	}

	/** Settles what is due, one writer at a time. Never throws: what fails is due again later. */
	flush(nowMs: number): Promise<void> {
		this.#flushing = this.#flushing.then(() => this.#settle(nowMs)).catch(logError);
		return this.#flushing;
	}

	/** Newest first: whoever has just changed something waits for it, not for what an alarm will do anyway. */
	async #settle(nowMs: number): Promise<void> {
		const due = this.#store.sql
			.exec<DueKey>(
				'SELECT key, attempts, mark FROM dirty WHERE due_ms <= ? ORDER BY due_ms DESC LIMIT ?',
				nowMs,
				SETTLED_AT_ONCE,
			)
			.toArray();
		const settled = await Promise.all(due.map(({ key }) => this.#isSettled(key, nowMs)));
		for (const [index, { key, attempts, mark }] of due.entries()) {
			if (settled[index]) this.#store.sql.exec('DELETE FROM dirty WHERE key = ? AND mark = ?', key, mark);
			else
				this.#store.sql.exec(
					'UPDATE dirty SET due_ms = ?, attempts = attempts + 1 WHERE key = ? AND mark = ?',
					nowMs + Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** attempts),
					key,
					mark,
				);
		}
		await this.#store.arm(nowMs);
	}

	async #isSettled(key: string, nowMs: number): Promise<boolean> {
		try {
			await this.#settleKey(key, nowMs);
			return true;
		} catch (error) {
			logError(error);
			return false;
		}
	}

	#settleKey(key: string, nowMs: number): Promise<void> {
		if (key.startsWith(TOKEN_PREFIX)) return this.#settleToken(key, nowMs);
		if (key.startsWith(AUTHORIZATION_PREFIX))
			return this.#env().AUTHORIZATION_SERVERS.getByName(key.slice(AUTHORIZATION_PREFIX.length)).end();
		if (key.startsWith(LISTING_PREFIX)) return this.#settleListing(key.slice(LISTING_PREFIX.length), nowMs);
		return this.#settleAccount(key, nowMs);
	}

	#settleToken(key: string, nowMs: number): Promise<void> {
		const row = this.#store.sql
			.exec<{ hash: string; record: string }>(
				'SELECT hash, record FROM server WHERE hash = ?',
				key.slice(TOKEN_PREFIX.length),
			)
			.toArray()[0];
		const server = row ? (JSON.parse(row.record) as StoredServer) : null;
		if (row && server && !isExpired(server, nowMs)) return this.#putEntry(server, row.hash, nowMs);
		return this.#inTime(key, this.#env().KV.delete(key), nowMs);
	}

	#settleAccount(key: string, nowMs: number): Promise<void> {
		const { KV } = this.#env();
		const account = this.#store.account();
		return this.#inTime(key, account ? KV.put(key, JSON.stringify(account)) : KV.delete(key), nowMs);
	}

	async #settleListing(accountId: string, nowMs: number): Promise<void> {
		const directory = this.#env().DIRECTORY.getByName('directory');
		const account = this.#store.account();
		await inTime<unknown>(
			account
				? directory.addAccount(
						publicAccount(account, shownHealth(this.#store.health(), account)),
						account.identity,
						summarize(this.#store, nowMs),
					)
				: directory.removeAccount(accountId),
		);
	}

	#putEntry(server: StoredServer, hash: string, nowMs: number): Promise<void> {
		const expirationTtl = entryTtlSeconds(server.expires_at, nowMs);
		const entry: TokenEntry = { server };
		const key = tokenKey(hash);
		const lifetime = expirationTtl === undefined ? {} : { expirationTtl };
		return this.#inTime(key, this.#env().KV.put(key, JSON.stringify(entry), lifetime), nowMs);
	}

	/** A KV write that was given up may still arrive, out of date: the key is settled again. */
	#inTime<T>(key: string, work: Promise<T>, nowMs: number): Promise<T> {
		return inTime(work, () => {
			this.#store.change(nowMs, () => this.#mark(key, nowMs));
			void this.flush(nowMs);
		});
	}
}
