// One object per integrated account: the truth about the account and its MCP servers, the only writer of their KV
// entries, the last word on a call, the alarm that deletes what expired.
import { DurableObject } from 'cloudflare:workers';
import { accountKey, entryTtlSeconds, inTime, tokenKey } from '../../workers/access/kv.ts';
import { authorizationServerName } from '../../workers/contracts/addresses.ts';
import type { Env } from '../../workers/contracts/env.ts';
import {
	CALLS_PER_MINUTE_DEFAULT,
	isExpired,
	type LogEntry,
	type LogFilter,
	publicAccount,
	type ServerUsage,
	type StoredAccount,
	type StoredServer,
	type TokenEntry,
	type UsageHour,
	writePolicyOf,
} from '../../workers/contracts/records.ts';
import { logError } from '../../workers/lib/errors.ts';
import { type Limited, RateWindows } from '../rate-window.ts';
import { addColumn } from './add-column.ts';
import { type CredentialReport, countRefusals, REFUSAL_TABLES } from './credential-refusals.ts';
import {
	admitWrite,
	forgetWrites,
	settleWrite,
	sweepWrites,
	WRITE_TABLES,
	type WriteClaim,
	type WriteEnd,
	type WriteVerdict,
} from './write-guard.ts';

/** What a request believes about its server, from KV or from an isolate's memory. */
export interface Claim {
	server_id: string;
	/** null for a caller that came in without the token of the URL. */
	token_hash: string | null;
	/** Of the key that the token is hashed with, and the same token under the key in the other slot. */
	key_id?: string;
	other_hash?: string | null;
	server_revision: number;
	account_revision: number;
	/** A tool call that is to reach the vendor: counted, and guarded where it writes. */
	call?: { write?: WriteClaim };
}

/**
 * The last word on a call. `current`: the claim holds, and what it says of its write. `changed`: the token is good, but
 * the server or its account is now as given. `limited`: the server has had its calls of this minute. `gone`: unknown,
 * revoked, rotated away or expired.
 */
export type Verdict =
	| { state: 'current'; write?: WriteVerdict }
	| ({ state: 'limited' } & Limited)
	| { state: 'changed'; server: StoredServer; account: StoredAccount }
	| { state: 'gone' };

/** What an update may change; `config` arrives merged. */
export type ServerChange = Partial<Pick<StoredServer, 'name' | 'config' | 'expires_at' | 'paused'>>;

/** How long an unfinished create or rotate may take before its KV entry counts as left over. */
const UNFINISHED_MS = 30_000;
const RETRY_BASE_MS = 2_000;
const RETRY_MAX_MS = 5 * 60_000;
/** KV says for up to a minute that there is no entry, where it was just asked for one. */
const KEY_OVERLAP_MS = 10 * 60_000;
/** Per server; the oldest go first. */
const LOG_LIMIT = 1_000;
/** What has served its time is swept this much later, so that a busy server wakes its object less often. */
const SWEEP_SLACK_MS = 10_000;
/** Hours of usage that are kept, and the newest one beyond that: it says when a server was last used. */
const USAGE_HOURS = 72;
const HOUR_MS = 60 * 60 * 1000;
/** An alarm is set no further ahead; it comes, finds nothing to do and is set again. The runtime refuses dates after 2189. */
const ALARM_MAX_MS = 365 * 24 * 60 * 60 * 1000;

/** Keys in `dirty` that are none of KV: the authorization server of an MCP server that has ended is to end as well. */
const OAUTH_PREFIX = 'oauth:';
/** Begins the due key that stands for the account's place in the directory's list. */
const LISTING = 'listing:';

type Row = Record<string, SqlStorageValue>;

interface ServerRow {
	hash: string;
	/** Of the key that `hash` is made with, where it is known. */
	keyId: string | null;
	server: StoredServer;
}

export class IntegratedAccount extends DurableObject<Env> {
	#flushing: Promise<void> = Promise.resolve();
	/** Rows that calls ask for again and again; emptied by every write. */
	readonly #servers = new Map<string, ServerRow | null>();
	#account: StoredAccount | null | undefined;
	#hasTables = false;
	readonly #calls = new RateWindows();

	#createTables(): void {
		this.ctx.storage.sql.exec(`
			CREATE TABLE IF NOT EXISTS account (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL);
			CREATE TABLE IF NOT EXISTS server (
				seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL,
				expires_ms INTEGER, record TEXT NOT NULL, key_id TEXT);
			CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY AUTOINCREMENT, server_id TEXT NOT NULL, entry TEXT NOT NULL);
			CREATE INDEX IF NOT EXISTS log_by_server ON log (server_id, seq);
			CREATE TABLE IF NOT EXISTS usage (
				server_id TEXT NOT NULL, hour INTEGER NOT NULL, calls INTEGER NOT NULL, errors INTEGER NOT NULL,
				last_at TEXT NOT NULL, PRIMARY KEY (server_id, hour)) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS dirty (key TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL, mark INTEGER NOT NULL);
			${WRITE_TABLES}
			${REFUSAL_TABLES}
		`);
		addColumn(this.ctx.storage.sql, 'server', 'key_id', 'TEXT');
	}

	/** The tables come with the first use, so that an object that was left clean stays so. */
	get #sql(): SqlStorage {
		if (!this.#hasTables) {
			this.#createTables();
			this.#hasTables = true;
		}
		return this.ctx.storage.sql;
	}

	/** Was anything ever stored here? A question about an account that does not exist leaves no trace. */
	get #isUsed(): boolean {
		if (this.#hasTables) return true;
		const tables = this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'account'").toArray();
		return tables.length > 0;
	}

	/**
	 * Every change of accounts, servers and due keys: in one transaction with the alarm that sees it through, so that an
	 * object that dies right after it has left nothing undone for ever. Nothing remembered outlives it.
	 */
	#write<T>(change: () => T): T {
		const forget = () => {
			this.#servers.clear();
			this.#account = undefined;
		};
		try {
			forget();
			return this.ctx.storage.transactionSync(() => {
				const changed = change();
				const alarmMs = this.#nextAlarm();
				// SQLite storage sets it there and then, as part of the transaction.
				if (alarmMs !== null) this.ctx.storage.setAlarm(alarmMs).catch(logError);
				return changed;
			});
		} finally {
			forget();
		}
	}

	// --- the account -------------------------------------------------------------------------------------------

	/** @returns false when the account exists already */
	async createAccount(account: StoredAccount): Promise<boolean> {
		if (this.getAccount()) return false;
		this.#putAccount(account);
		await this.#flush();
		return true;
	}

	getAccount(): StoredAccount | null {
		if (!this.#isUsed) return null;
		if (this.#account === undefined) {
			const row = this.#sql.exec<{ record: string }>('SELECT record FROM account').toArray()[0];
			this.#account = row ? (JSON.parse(row.record) as StoredAccount) : null;
		}
		return this.#account;
	}

	/** @param ifRevision  the account that the change was worked out from: nothing changes when it is no longer that one */
	async updateAccount(
		change: Partial<StoredAccount>,
		ifRevision: number,
	): Promise<StoredAccount | 'not_found' | 'outdated'> {
		const account = this.getAccount();
		if (!account) return 'not_found';
		if (account.revision !== ifRevision) return 'outdated';
		const changed = { ...account, ...change, revision: account.revision + 1 };
		this.#putAccount(changed);
		await this.#flush();
		return changed;
	}

	#putAccount(account: StoredAccount): void {
		this.#write(() => {
			this.#sql.exec('INSERT OR REPLACE INTO account (one, record) VALUES (1, ?)', JSON.stringify(account));
			this.#markDirty(accountKey(account.id));
			this.#markDirty(LISTING + account.id);
		});
	}

	/** The account and every server of it. Safe to call again. */
	async deleteAccount(): Promise<boolean> {
		const account = this.getAccount();
		if (!account) return false;
		this.#write(() => {
			for (const { id, hash } of this.#sql.exec<{ id: string; hash: string }>('SELECT id, hash FROM server')) {
				this.#markDirty(tokenKey(hash));
				this.#markDirty(OAUTH_PREFIX + authorizationServerName({ accountId: account.id, serverId: id }));
			}
			this.#markDirty(accountKey(account.id));
			this.#markDirty(LISTING + account.id);
			this.#sql.exec('DELETE FROM account');
			this.#sql.exec('DELETE FROM server');
			for (const table of ['log', 'usage', 'recent_write', 'write_count', 'refusals'])
				this.#sql.exec(`DELETE FROM ${table}`);
		});
		await this.#flush();
		return true;
	}

	// --- its servers -------------------------------------------------------------------------------------------

	/**
	 * Stores a server and its KV entry, or neither.
	 *
	 * The key is marked as left over before KV is written, so a crash in between is cleaned up by the alarm.
	 */
	async createServer(
		server: StoredServer,
		hash: string,
		keyId: string | null = null,
	): Promise<'created' | 'no_account' | 'kv_unavailable'> {
		if (!this.getAccount()) return 'no_account';
		if (!(await this.#putNewEntry(server, hash))) return 'kv_unavailable';
		const outcome = this.#write(() => {
			// The account may have been deleted while KV was written.
			if (!this.getAccount()) {
				this.#markDirty(tokenKey(hash));
				return 'no_account' as const;
			}
			this.#sql.exec(
				'INSERT INTO server (id, hash, expires_ms, record, key_id) VALUES (?, ?, ?, ?, ?)',
				server.id,
				hash,
				toMs(server.expires_at),
				JSON.stringify(server),
				keyId,
			);
			this.#clean(tokenKey(hash));
			return 'created' as const;
		});
		await (outcome === 'created' ? this.#arm() : this.#flush());
		return outcome;
	}

	/**
	 * Newest first. `before` is the cursor: the `seq` that the last page ended with.
	 *
	 * @param sinceMs  from when on the calls of "today" count; null when nobody asks
	 */
	listServers(
		limit: number,
		before: number | null,
		sinceMs: number | null,
	): { servers: (StoredServer & Partial<ServerUsage>)[]; next: number | null } {
		const rows = this.#sql
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
		const nowMs = Date.now();
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

	getServer(id: string): StoredServer | null {
		const row = this.#serverRow(id);
		return row && !isExpired(row.server, Date.now()) ? row.server : null;
	}

	/**
	 * It holds at once; KV follows.
	 *
	 * @param ifRevision  the server that the change was worked out from: nothing changes when it is no longer that one
	 */
	async updateServer(
		id: string,
		change: ServerChange,
		updatedAt: string,
		ifRevision: number,
	): Promise<StoredServer | 'not_found' | 'outdated'> {
		const row = this.#serverRow(id);
		if (!row || isExpired(row.server, Date.now())) return 'not_found';
		if (row.server.revision !== ifRevision) return 'outdated';
		const server: StoredServer = { ...row.server, ...change, updated_at: updatedAt, revision: row.server.revision + 1 };
		this.#write(() => {
			this.#sql.exec(
				'UPDATE server SET record = ?, expires_ms = ? WHERE id = ?',
				JSON.stringify(server),
				toMs(server.expires_at),
				id,
			);
			this.#markDirty(tokenKey(row.hash));
		});
		await this.#flush();
		return server;
	}

	/** The new token works and the old one has stopped, or nothing changed. */
	async rotateServer(
		id: string,
		newHash: string,
		updatedAt: string,
		keyId: string | null = null,
	): Promise<StoredServer | 'not_found' | 'kv_unavailable'> {
		const before = this.getServer(id);
		if (!before) return 'not_found';
		const server = { ...before, updated_at: updatedAt, revision: before.revision + 1 };
		if (!(await this.#putNewEntry(server, newHash))) return 'kv_unavailable';
		const rotated = this.#write(() => {
			// Another change may have come in while KV was written: rotate what is there now.
			const row = this.#serverRow(id);
			if (!row) {
				this.#markDirty(tokenKey(newHash));
				return 'not_found' as const;
			}
			const current = { ...row.server, updated_at: updatedAt, revision: row.server.revision + 1 };
			this.#sql.exec(
				'UPDATE server SET hash = ?, record = ?, key_id = ? WHERE id = ?',
				newHash,
				JSON.stringify(current),
				keyId,
				id,
			);
			this.#markDirty(tokenKey(row.hash));
			if (current.revision === server.revision) this.#clean(tokenKey(newHash));
			else this.#markDirty(tokenKey(newHash));
			return current;
		});
		await this.#flush();
		return rotated;
	}

	/** Revokes: the server, its token and its log. @returns false when there is none */
	async deleteServer(id: string): Promise<boolean> {
		const row = this.#serverRow(id);
		if (!row) return false;
		this.#write(() => this.#removeServer(id, row.hash));
		await this.#flush();
		return true;
	}

	#serverRow(id: string): ServerRow | null {
		if (!this.#isUsed) return null;
		let found = this.#servers.get(id);
		if (found === undefined) {
			const row = this.#sql
				.exec<{ hash: string; record: string; key_id: string | null }>(
					'SELECT hash, record, key_id FROM server WHERE id = ?',
					id,
				)
				.toArray()[0];
			found = row ? { hash: row.hash, keyId: row.key_id, server: JSON.parse(row.record) as StoredServer } : null;
			// Of ids that do not exist there is no end.
			if (found) this.#servers.set(id, found);
		}
		return found;
	}

	#removeServer(id: string, hash: string): void {
		this.#sql.exec('DELETE FROM server WHERE id = ?', id);
		this.#sql.exec('DELETE FROM log WHERE server_id = ?', id);
		this.#sql.exec('DELETE FROM usage WHERE server_id = ?', id);
		forgetWrites(this.#sql, id);
		this.#markDirty(tokenKey(hash));
		const accountId = this.getAccount()?.id ?? '';
		this.#markDirty(OAUTH_PREFIX + authorizationServerName({ accountId, serverId: id }));
	}

	// --- calls -------------------------------------------------------------------------------------------------

	/** Does this call go on? Asked before a write, beside a read. */
	admit(claim: Claim): Verdict | Promise<Verdict> {
		const row = this.#serverRow(claim.server_id);
		if (!row || isExpired(row.server, Date.now())) return { state: 'gone' };
		// Hashes under a secret key: comparing them tells a caller nothing, who cannot choose what is compared.
		const isToken = claim.token_hash === null || claim.token_hash === row.hash || claim.other_hash === row.hash;
		if (!isToken) return { state: 'gone' };
		const account = this.getAccount();
		if (!account) return { state: 'gone' };
		if (claim.token_hash !== null && claim.key_id) this.#moveToKey(row, claim.token_hash, claim.key_id);
		if (row.server.revision !== claim.server_revision || account.revision !== claim.account_revision)
			return { state: 'changed', server: row.server, account };
		if (!claim.call) return { state: 'current' };
		const limited = this.#calls.take(row.server.id, callsPerMinute(row.server), Date.now());
		if (limited) return { state: 'limited', ...limited };
		return claim.call.write ? this.#admitWrite(row.server, claim.call.write) : { state: 'current' };
	}

	/**
	 * A token that is presented goes over to the current key. Its entry under the other one stays in KV for a while: where
	 * KV was just asked for the new one, it goes on saying that there is none.
	 */
	#moveToKey(row: ServerRow, hash: string, keyId: string): void {
		if (row.hash === hash && row.keyId === keyId) return;
		this.#write(() => {
			this.#sql.exec('UPDATE server SET hash = ?, key_id = ? WHERE id = ?', hash, keyId, row.server.id);
			if (row.hash === hash) return;
			this.#markDirty(tokenKey(hash));
			this.#markDirty(tokenKey(row.hash), Date.now() + KEY_OVERLAP_MS);
		});
		void this.#flush();
	}

	/** The servers whose token is kept under another key than this one, or nobody knows which. */
	serversBehind(keyId: string): { total: number; behind: { id: string; name: string }[] } {
		if (!this.#isUsed) return { total: 0, behind: [] };
		const nowMs = Date.now();
		const standing = this.#sql
			.exec<{ record: string; key_id: string | null }>('SELECT record, key_id FROM server ORDER BY seq')
			.toArray()
			.map(({ record, key_id }) => ({ server: JSON.parse(record) as StoredServer, isBehind: key_id !== keyId }))
			.filter(({ server }) => !isExpired(server, nowMs));
		const behind = standing.filter(({ isBehind }) => isBehind).map(({ server: { id, name } }) => ({ id, name }));
		return { total: standing.length, behind };
	}

	async #admitWrite(server: StoredServer, claim: WriteClaim): Promise<Verdict> {
		const nowMs = Date.now();
		const write = this.ctx.storage.transactionSync(() =>
			admitWrite(this.#sql, server.id, claim, writePolicyOf(server.config), nowMs),
		);
		if (write.may === 'go' && write.ticket !== null && claim.key !== null) await this.#armForSweep();
		return { state: 'current', write };
	}

	/** How an admitted write ended. */
	async settleWrite(serverId: string, written: { key: string | null; ticket: string; end: WriteEnd }): Promise<void> {
		const row = this.#serverRow(serverId);
		// What was noted went with its server.
		if (!row) return;
		this.ctx.storage.transactionSync(() =>
			settleWrite(this.#sql, serverId, written, writePolicyOf(row.server.config), Date.now()),
		);
		if (written.key !== null) await this.#armForSweep();
	}

	/** Calls tell what they learnt about the account's credentials; after too many refusals nobody tries any further. */
	async #judgeCredentials(reports: readonly CredentialReport[]): Promise<void> {
		const account = this.getAccount();
		if (!account || reports.length === 0) return;
		const nowMs = Date.now();
		const isBad = this.ctx.storage.transactionSync(() => countRefusals(this.#sql, reports, account.revision, nowMs));
		if (!isBad || account.state === 'needs_reauth') return;
		const state_since = new Date(nowMs).toISOString();
		await this.updateAccount({ state: 'needs_reauth', state_since }, account.revision);
	}

	/**
	 * Entries of servers that are gone by now are dropped: a log ends with its server.
	 *
	 * @param reports  what these calls learnt about the account's credentials, in their order
	 * @param nowMs    hours of usage are dropped by their age at this time
	 */
	async appendLog(entries: LogEntry[], reports: CredentialReport[] = [], nowMs = Date.now()): Promise<void> {
		if (!this.#isUsed) return;
		this.#appendEntries(entries, nowMs);
		await this.#judgeCredentials(reports);
	}

	#appendEntries(entries: LogEntry[], nowMs: number): void {
		this.ctx.storage.transactionSync(() => {
			const touched = new Set<string>();
			for (const entry of entries) {
				if (!touched.has(entry.server_id) && !this.#serverRow(entry.server_id)) continue;
				touched.add(entry.server_id);
				this.#sql.exec('INSERT INTO log (server_id, entry) VALUES (?, ?)', entry.server_id, JSON.stringify(entry));
			}
			this.#countUsage(entries.filter(({ server_id }) => touched.has(server_id)));
			for (const id of touched) {
				this.#sql.exec(
					'DELETE FROM log WHERE server_id = ?1 AND seq <= (SELECT seq FROM log WHERE server_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)',
					id,
					LOG_LIMIT,
				);
				this.#sql.exec(
					'DELETE FROM usage WHERE server_id = ?1 AND hour < ?2 AND hour < (SELECT MAX(hour) FROM usage WHERE server_id = ?1)',
					id,
					hourOf(nowMs) - USAGE_HOURS,
				);
			}
		});
	}

	/** One row per server and hour, so that a count is right however many calls the log has dropped since. */
	#countUsage(entries: readonly LogEntry[]): void {
		const counted = new Map<
			string,
			{ serverId: string; hour: number; calls: number; errors: number; lastAt: string }
		>();
		for (const { server_id, at, outcome } of entries) {
			const hour = hourOf(Date.parse(at));
			const key = `${server_id} ${hour}`;
			const row = counted.get(key) ?? { serverId: server_id, hour, calls: 0, errors: 0, lastAt: at };
			row.calls += 1;
			if (outcome !== 'ok') row.errors += 1;
			if (at > row.lastAt) row.lastAt = at;
			counted.set(key, row);
		}
		for (const { serverId, hour, calls, errors, lastAt } of counted.values()) {
			this.#sql.exec(
				`INSERT INTO usage (server_id, hour, calls, errors, last_at) VALUES (?1, ?2, ?3, ?4, ?5)
				 ON CONFLICT (server_id, hour) DO UPDATE
				 SET calls = calls + ?3, errors = errors + ?4, last_at = MAX(last_at, ?5)`,
				serverId,
				hour,
				calls,
				errors,
				lastAt,
			);
		}
	}

	/**
	 * Newest first; `before` as in `listServers`.
	 *
	 * @returns also `newest`: the position of the newest entry of all, to ask later for what came after it
	 */
	readLog(
		serverId: string,
		filter: LogFilter,
		limit: number,
		before: number | null,
	): { entries: LogEntry[]; next: number | null; newest: number } {
		const wanted: [string, SqlStorageValue[]][] = [
			['server_id = ? AND seq < ?', [serverId, before ?? Number.MAX_SAFE_INTEGER]],
			...anyOf('outcome', filter.outcome),
			...anyOf('method_class', filter.method_class),
			...comparing('tool', '=', filter.tool),
			...comparing('at', '>=', filter.from),
			...comparing('at', '<', filter.to),
			...(filter.after === undefined ? [] : [['seq > ?', [filter.after]] as [string, SqlStorageValue[]]]),
		];
		const rows = this.#sql
			.exec<{ seq: number; entry: string }>(
				`SELECT seq, entry FROM log WHERE ${wanted.map(([text]) => text).join(' AND ')} ORDER BY seq DESC LIMIT ?`,
				...wanted.flatMap(([, values]) => values),
				limit + 1,
			)
			.toArray();
		const page = rows.slice(0, limit);
		const { newest } = this.#sql
			.exec<{ newest: number | null }>('SELECT MAX(seq) AS newest FROM log WHERE server_id = ?', serverId)
			.one();
		return {
			entries: page.map(({ entry }) => JSON.parse(entry) as LogEntry),
			next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
			newest: newest ?? 0,
		};
	}

	/** Since when, see `listServers`; and the last `hours` hours, the present one included, the empty ones too. */
	readUsage(serverId: string, sinceMs: number, hours: number): ServerUsage & { hours: UsageHour[] } {
		const since = hourOf(sinceMs);
		const first = hourOf(Date.now()) - hours + 1;
		const rows = this.#sql
			.exec<{ hour: number; calls: number; errors: number; last_at: string }>(
				'SELECT hour, calls, errors, last_at FROM usage WHERE server_id = ? ORDER BY hour',
				serverId,
			)
			.toArray();
		const today = rows.filter(({ hour }) => hour >= since);
		const byHour = new Map(rows.map((row) => [row.hour, row]));
		return {
			last_used_at: rows.at(-1)?.last_at ?? null,
			calls_today: today.reduce((sum, { calls }) => sum + calls, 0),
			errors_today: today.reduce((sum, { errors }) => sum + errors, 0),
			hours: Array.from({ length: hours }, (_, index) => {
				const { calls = 0, errors = 0 } = byHour.get(first + index) ?? {};
				return { at: new Date((first + index) * HOUR_MS).toISOString(), calls, errors };
			}),
		};
	}

	// --- expiry and KV -----------------------------------------------------------------------------------------

	// Alarms run at least once and again after a throw, so each step may run twice.
	override async alarm(): Promise<void> {
		const nowMs = Date.now();
		this.#write(() => {
			const expired = this.#sql
				.exec<{ id: string; hash: string }>(
					'SELECT id, hash FROM server WHERE expires_ms IS NOT NULL AND expires_ms <= ?',
					nowMs,
				)
				.toArray();
			for (const { id, hash } of expired) this.#removeServer(id, hash);
			sweepWrites(this.#sql, nowMs);
		});
		await this.#flush();
	}

	/** Writes the entry of a token that no server has yet. The key counts as left over until the caller cleans it. */
	async #putNewEntry(server: StoredServer, hash: string): Promise<boolean> {
		this.#write(() => this.#markDirty(tokenKey(hash), Date.now() + UNFINISHED_MS));
		try {
			await this.#putEntry(server, hash);
			return true;
		} catch (error) {
			logError(error);
			// The put may have arrived all the same: let the alarm take it away.
			this.#write(() => this.#markDirty(tokenKey(hash)));
			return false;
		}
	}

	#putEntry(server: StoredServer, hash: string): Promise<void> {
		const expirationTtl = entryTtlSeconds(server.expires_at, Date.now());
		const entry: TokenEntry = { server };
		const key = tokenKey(hash);
		const lifetime = expirationTtl === undefined ? {} : { expirationTtl };
		return this.#inTime(key, this.env.KV.put(key, JSON.stringify(entry), lifetime));
	}

	/** What is done after it has been given up may be out of date by then: it is settled again. */
	#inTime<T>(key: string, work: Promise<T>): Promise<T> {
		return inTime(work, () => {
			this.#write(() => this.#markDirty(key));
			void this.#flush();
		});
	}

	/** Notes that a KV key (or the list of accounts) may differ from the truth here; `#flush` settles it at or after `dueMs`. */
	#markDirty(key: string, dueMs = Date.now()): void {
		this.#sql.exec(
			`INSERT INTO dirty (key, due_ms, attempts, mark) VALUES (?1, ?2, 0, 1)
			 ON CONFLICT (key) DO UPDATE SET due_ms = ?2, attempts = 0, mark = mark + 1`,
			key,
			dueMs,
		);
	}

	/** Ends an unfinished create or rotate. One that an alarm has taken for left over meanwhile is written anew. */
	#clean(key: string): void {
		const { rowsWritten } = this.#sql.exec('DELETE FROM dirty WHERE key = ?', key);
		if (rowsWritten === 0) this.#markDirty(key);
	}

	/** Brings KV and the list of accounts in line with the tables, one writer at a time. Never throws: what fails is due again later. */
	#flush(): Promise<void> {
		this.#flushing = this.#flushing.then(() => this.#settle()).catch(logError);
		return this.#flushing;
	}

	async #settle(): Promise<void> {
		const due = this.#sql
			.exec<{ key: string; attempts: number; mark: number }>(
				'SELECT key, attempts, mark FROM dirty WHERE due_ms <= ?',
				Date.now(),
			)
			.toArray();
		for (const { key, attempts, mark } of due) {
			try {
				await this.#settleKey(key);
				this.#sql.exec('DELETE FROM dirty WHERE key = ? AND mark = ?', key, mark);
			} catch (error) {
				logError(error);
				const dueMs = Date.now() + Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** attempts);
				this.#sql.exec(
					'UPDATE dirty SET due_ms = ?, attempts = attempts + 1 WHERE key = ? AND mark = ?',
					dueMs,
					key,
					mark,
				);
			}
		}
		await this.#arm();
	}

	async #settleKey(key: string): Promise<void> {
		if (key.startsWith(OAUTH_PREFIX))
			return this.env.AUTHORIZATION_SERVERS.getByName(key.slice(OAUTH_PREFIX.length)).end();
		const account = this.getAccount();
		if (key.startsWith(LISTING)) {
			const directory = this.env.DIRECTORY.getByName('directory');
			await inTime<unknown>(
				account ? directory.addAccount(publicAccount(account)) : directory.removeAccount(key.slice(LISTING.length)),
			);
			return;
		}
		if (account && key === accountKey(account.id))
			return this.#inTime(key, this.env.KV.put(key, JSON.stringify(account)));
		const row = this.#sql
			.exec<{ hash: string; record: string }>("SELECT hash, record FROM server WHERE 'token:' || hash = ?", key)
			.toArray()[0];
		const server = row ? (JSON.parse(row.record) as StoredServer) : null;
		if (row && server && !isExpired(server, Date.now())) return this.#putEntry(server, row.hash);
		return this.#inTime(key, this.env.KV.delete(key));
	}

	/** An alarm for what writes leave to be swept, where none comes sooner. */
	async #armForSweep(): Promise<void> {
		const alarmMs = await this.ctx.storage.getAlarm();
		const { until } = this.#sql.exec<Row>('SELECT MIN(until_ms) AS until FROM recent_write').one();
		if (typeof until === 'number' && (alarmMs === null || alarmMs > until + SWEEP_SLACK_MS)) await this.#arm();
	}

	/**
	 * The earliest of: a server's end, a KV key that is due, a write that has been remembered long enough.
	 *
	 * @returns null without any
	 */
	#nextAlarm(): number | null {
		const { at } = this.#sql
			.exec<Row>(
				`SELECT MIN(at) AS at FROM (
					SELECT MIN(expires_ms) AS at FROM server
					UNION ALL SELECT MIN(due_ms) FROM dirty
					UNION ALL SELECT MIN(until_ms) + ? FROM recent_write)`,
				SWEEP_SLACK_MS,
			)
			.one();
		const nowMs = Date.now();
		return typeof at === 'number' ? Math.min(Math.max(at, nowMs), nowMs + ALARM_MAX_MS) : null;
	}

	/** Without anything to come back for, the object is left clean. */
	async #arm(): Promise<void> {
		const alarmMs = this.#nextAlarm();
		if (alarmMs !== null) return this.ctx.storage.setAlarm(alarmMs);
		await this.ctx.storage.deleteAlarm();
		if (!this.getAccount()) {
			this.#hasTables = false;
			await this.ctx.storage.deleteAll();
		}
	}
}

function callsPerMinute({ config }: StoredServer): number {
	return config.calls_per_minute ?? CALLS_PER_MINUTE_DEFAULT;
}

function toMs(isoTime: string | null): number | null {
	return isoTime === null ? null : Date.parse(isoTime);
}

/** `?1`: the hour from which on calls count. */
const USAGE_BY_SERVER = `SELECT server_id, MAX(last_at) AS last_at,
	SUM(CASE WHEN hour >= ?1 THEN calls END) AS calls, SUM(CASE WHEN hour >= ?1 THEN errors END) AS errors
	FROM usage GROUP BY server_id`;

function hourOf(ms: number): number {
	return Math.floor(ms / HOUR_MS);
}

/** Conditions on a member of a log's entry, with their values. The names are ours. */
function anyOf(member: keyof LogEntry, values: string[] | undefined): [string, SqlStorageValue[]][] {
	if (!values) return [];
	return [[`json_extract(entry, '$.${member}') IN (${values.map(() => '?').join(', ')})`, values]];
}

function comparing(
	member: keyof LogEntry,
	operator: '=' | '>=' | '<',
	value: string | undefined,
): [string, SqlStorageValue[]][] {
	return value === undefined ? [] : [[`json_extract(entry, '$.${member}') ${operator} ?`, [value]]];
}
