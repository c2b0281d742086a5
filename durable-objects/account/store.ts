// The object's storage: tables that are made at first use, rows that calls ask for again and again, changes that set
// the alarm in their own transaction.
import { digestAccess } from '../../workers/access/access-digest.ts';
import type { StoredAccount, StoredServer } from '../../workers/contracts/records.ts';
import { logError } from '../../workers/lib/errors.ts';
import { createTables, hasTables } from './schema.ts';
import { earliestWriteEnd } from './write-guard.ts';

/** Remembered writes are swept this much after their time, so that a busy server wakes its object less often. */
const SWEEP_SLACK_MS = 10_000;
/** An alarm further ahead comes early, finds nothing to do and is set again. The runtime refuses dates after 2189. */
const ALARM_MAX_MS = 365 * 24 * 60 * 60 * 1000;

export interface ServerRow {
	hash: string;
	/** Id of the key that `hash` is made with, where it is known. */
	keyId: string | null;
	server: StoredServer;
}

export class AccountStore {
	readonly #storage: () => DurableObjectStorage;
	readonly #servers = new Map<string, ServerRow>();
	readonly #digests = new Map<string, string>();
	#account: StoredAccount | null | undefined;
	#hasTables = false;

	constructor(storage: () => DurableObjectStorage) {
		this.#storage = storage;
	}

	/** The tables come with the first use, so that an object that was left clean stays so. */
	get sql(): SqlStorage {
		const { sql } = this.#storage();
		if (!this.#hasTables) {
			createTables(sql);
			this.#hasTables = true;
		}
		return sql;
	}

	/** False for an account that never existed: asking about it leaves no trace. */
	get isUsed(): boolean {
		return this.#hasTables || hasTables(this.#storage().sql);
	}

	account(): StoredAccount | null {
		if (!this.isUsed) return null;
		if (this.#account === undefined) {
			const row = this.sql.exec<{ record: string }>('SELECT record FROM account').toArray()[0];
			this.#account = row ? (JSON.parse(row.record) as StoredAccount) : null;
		}
		return this.#account;
	}

	/** Expired servers included. */
	server(id: string): ServerRow | null {
		if (!this.isUsed) return null;
		const known = this.#servers.get(id);
		if (known) return known;
		const row = this.sql
			.exec<{ hash: string; record: string; key_id: string | null }>(
				'SELECT hash, record, key_id FROM server WHERE id = ?',
				id,
			)
			.toArray()[0];
		if (!row) return null;
		const found = { hash: row.hash, keyId: row.key_id, server: JSON.parse(row.record) as StoredServer };
		this.#servers.set(id, found);
		return found;
	}

	/** Digest of a server and the account, as requests claim it. */
	digest({ server }: ServerRow, account: StoredAccount): string {
		let digest = this.#digests.get(server.id);
		if (digest === undefined) {
			digest = digestAccess(server, account);
			this.#digests.set(server.id, digest);
		}
		return digest;
	}

	/**
	 * Makes a change of accounts, servers or due keys in one transaction with the alarm that completes it, so that an
	 * object that dies right after it leaves nothing undone. Remembered rows are forgotten.
	 */
	change<T>(nowMs: number, make: () => T): T {
		try {
			this.#forgetRows();
			return this.#storage().transactionSync(() => {
				const changed = make();
				const alarmMs = this.#nextAlarmMs(nowMs);
				// SQLite storage sets it there and then, as part of the transaction.
				if (alarmMs !== null) this.#storage().setAlarm(alarmMs).catch(logError);
				return changed;
			});
		} finally {
			this.#forgetRows();
		}
	}

	/** A transaction that touches neither accounts, servers nor due keys. */
	transaction<T>(act: () => T): T {
		return this.#storage().transactionSync(act);
	}

	/** Sets the alarm to the next thing to do. An object with nothing left is emptied. */
	async arm(nowMs: number): Promise<void> {
		const alarmMs = this.#nextAlarmMs(nowMs);
		if (alarmMs !== null) return this.#storage().setAlarm(alarmMs);
		await this.#storage().deleteAlarm();
		if (!this.account()) {
			this.#hasTables = false;
			await this.#storage().deleteAll();
		}
	}

	/** Sets an alarm for the sweep of remembered writes, unless one comes sooner. */
	async armForSweep(nowMs: number): Promise<void> {
		const alarmMs = await this.#storage().getAlarm();
		const endMs = earliestWriteEnd(this.sql);
		if (endMs !== null && (alarmMs === null || alarmMs > endMs + SWEEP_SLACK_MS)) await this.arm(nowMs);
	}

	/**
	 * The earliest of: a server's end, a key that is due, the end of a remembered write.
	 *
	 * @returns null without any
	 */
	#nextAlarmMs(nowMs: number): number | null {
		const { at } = this.sql
			.exec<{ at: number | null }>(
				`SELECT MIN(at) AS at FROM (
					SELECT MIN(expires_ms) AS at FROM server
					UNION ALL SELECT MIN(due_ms) FROM dirty
					UNION ALL SELECT MIN(until_ms) + ? FROM recent_write)`,
				SWEEP_SLACK_MS,
			)
			.one();
		return at === null ? null : Math.min(Math.max(at, nowMs), nowMs + ALARM_MAX_MS);
	}

	#forgetRows(): void {
		this.#servers.clear();
		this.#digests.clear();
		this.#account = undefined;
	}
}
