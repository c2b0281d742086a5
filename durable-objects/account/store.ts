// The object's storage: tables that are made at first use, rows that calls ask for again and again, and the alarm, whose
// time is kept in memory, so that no call has to search for it.
import { digestAccess } from '../../workers/access/access-digest.ts';
import type { StoredAccount } from '../../workers/contracts/records.ts';
import { logError } from '../../workers/lib/errors.ts';
import type { Health } from './health.ts';
import { createTables, schemaOf } from './schema.ts';
import { readServerRow, type ServerRow } from './server-row.ts';

/** An alarm further ahead comes early, finds nothing to do and is set again. The runtime refuses dates after 2189. */
const ALARM_MAX_MS = 365 * 24 * 60 * 60 * 1000;

export class AccountStore {
	readonly #storage: () => DurableObjectStorage;
	readonly #servers = new Map<string, ServerRow>();
	readonly #digests = new Map<string, string>();
	#account: StoredAccount | null | undefined;
	#health: Health | null = null;
	#hasTables = false;
	/** The alarm as it is set; null without one. */
	#alarmMs: number | null = null;
	/** When something that has served its time is swept next; null when there is nothing. */
	#sweepMs: number | null = null;

	constructor(storage: () => DurableObjectStorage) {
		this.#storage = storage;
	}

	/** Reads the alarm that an earlier instance has set. Whatever that stands for, the next sweep is not later. */
	async load(): Promise<void> {
		this.#alarmMs = await this.#storage().getAlarm();
		this.#sweepMs = this.#alarmMs;
	}

	/** The tables come with the first use, so that an object that was left clean stays so. */
	get sql(): SqlStorage {
		const { sql } = this.#storage();
		if (!this.#hasTables) {
			const schema = schemaOf(sql);
			if (schema !== 'current') createTables(sql);
			this.#hasTables = true;
			// An alarm that fires at once brings the changes of a migration to KV.
			if (schema === 'earlier') this.sweepBy(1);
		}
		return sql;
	}

	/** False for an account that never existed: asking about it leaves no trace. */
	get isUsed(): boolean {
		return this.#hasTables || schemaOf(this.#storage().sql) !== 'none';
	}

	account(): StoredAccount | null {
		if (!this.isUsed) return null;
		if (this.#account === undefined) {
			const row = this.sql
				.exec<{ record: string; health: string | null }>('SELECT record, health FROM account')
				.toArray()[0];
			this.#account = row ? (JSON.parse(row.record) as StoredAccount) : null;
			this.#health = row?.health ? (JSON.parse(row.health) as Health) : null;
		}
		return this.#account;
	}

	/** @returns null where nothing is known */
	health(): Health | null {
		this.account();
		return this.#health;
	}

	/** Stores the health of an account that is there. Call it in a transaction. */
	putHealth(health: Health): void {
		this.sql.exec('UPDATE account SET health = ?', JSON.stringify(health));
		this.account();
		this.#health = health;
	}

	/** Expired servers included. */
	server(id: string): ServerRow | null {
		if (!this.isUsed) return null;
		const known = this.#servers.get(id);
		if (known) return known;
		const found = readServerRow(this.sql, id);
		if (!found) return null;
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
		let alarmMs: number | null = null;
		try {
			this.#forgetRows();
			const changed = this.#storage().transactionSync(() => {
				const made = make();
				alarmMs = this.#nextAlarmMs(nowMs);
				// SQLite storage sets it there and then, as part of the transaction.
				if (alarmMs !== null) this.#storage().setAlarm(alarmMs).catch(logError);
				return made;
			});
			if (alarmMs !== null) this.#alarmMs = alarmMs;
			return changed;
		} finally {
			this.#forgetRows();
		}
	}

	/** A transaction that touches neither accounts, servers nor due keys. */
	transaction<T>(act: () => T): T {
		try {
			return this.#storage().transactionSync(act);
		} catch (error) {
			this.#account = undefined;
			throw error;
		}
	}

	/** Sees to it that what was just stored is swept by then, or sooner. To be called in the same transaction. */
	sweepBy(byMs: number): void {
		if (this.#sweepMs === null || this.#sweepMs > byMs) this.#sweepMs = byMs;
		if (this.#alarmMs !== null && this.#alarmMs <= byMs) return;
		this.#alarmMs = byMs;
		this.#storage().setAlarm(byMs).catch(logError);
	}

	isSweepDue(nowMs: number): boolean {
		return this.#sweepMs !== null && this.#sweepMs <= nowMs;
	}

	/** @param nextMs  when the next sweep is due; null when nothing is left to sweep */
	hasSwept(nextMs: number | null): void {
		this.#sweepMs = nextMs;
	}

	/** Sets the alarm to the next thing to do. An object with nothing left is emptied. */
	async arm(nowMs: number): Promise<void> {
		const alarmMs = this.#nextAlarmMs(nowMs);
		if (alarmMs !== null) {
			this.#alarmMs = alarmMs;
			return this.#storage().setAlarm(alarmMs);
		}
		this.#alarmMs = null;
		await this.#storage().deleteAlarm();
		if (!this.account()) {
			this.#hasTables = false;
			await this.#storage().deleteAll();
		}
	}

	/** The alarm has come: none is set any more. */
	alarmCame(): void {
		this.#alarmMs = null;
	}

	/**
	 * The earliest of: a server's end, a key that is due, the next sweep.
	 *
	 * @returns null without any
	 */
	#nextAlarmMs(nowMs: number): number | null {
		const { end, due } = this.sql
			.exec<{ end: number | null; due: number | null }>(
				`SELECT (SELECT MIN(expires_ms) FROM server WHERE expires_ms IS NOT NULL) AS end,
					(SELECT MIN(due_ms) FROM dirty) AS due`,
			)
			.one();
		const times = [end, due, this.#sweepMs].filter((time) => time !== null);
		if (times.length === 0) return null;
		return Math.min(Math.max(Math.min(...times), nowMs), nowMs + ALARM_MAX_MS);
	}

	#forgetRows(): void {
		this.#servers.clear();
		this.#digests.clear();
		this.#account = undefined;
	}
}
