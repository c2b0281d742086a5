// Records with an end, in a Durable Object's SQLite: what a KV namespace does, but exact and at once.

export interface ExpiringRow {
	key: string;
	value: string;
	metadata: string | null;
	expires_ms: number | null;
	[column: string]: SqlStorageValue;
}

export class ExpiringRows {
	readonly #sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
		sql.exec(`
			CREATE TABLE IF NOT EXISTS record (
				seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE NOT NULL,
				value TEXT NOT NULL, metadata TEXT, expires_ms INTEGER);
			CREATE INDEX IF NOT EXISTS record_by_end ON record (expires_ms);
		`);
	}

	get(key: string, nowMs: number): ExpiringRow | null {
		const row = this.#sql.exec<ExpiringRow>('SELECT * FROM record WHERE key = ?', key).toArray()[0];
		return row && !(row.expires_ms !== null && row.expires_ms <= nowMs) ? row : null;
	}

	put({ key, value, metadata, expires_ms }: ExpiringRow): void {
		this.#sql.exec(
			`INSERT INTO record (key, value, metadata, expires_ms) VALUES (?1, ?2, ?3, ?4)
			 ON CONFLICT (key) DO UPDATE SET value = ?2, metadata = ?3, expires_ms = ?4`,
			key,
			value,
			metadata,
			expires_ms,
		);
	}

	delete(key: string): void {
		this.#sql.exec('DELETE FROM record WHERE key = ?', key);
	}

	/** Keys that begin with `prefix` and come after `after`, in order. */
	list(prefix: string, after: string, limit: number, nowMs: number): ExpiringRow[] {
		return this.#sql
			.exec<ExpiringRow>(
				`SELECT * FROM record WHERE substr(key, 1, length(?1)) = ?1 AND key > ?2
				 AND (expires_ms IS NULL OR expires_ms > ?4) ORDER BY key LIMIT ?3`,
				prefix,
				after,
				limit,
				nowMs,
			)
			.toArray();
	}

	/** Keeps the newest `keep` of the records under `prefix` that bear no metadata. */
	dropOldestPlain(prefix: string, keep: number): void {
		this.#sql.exec(
			`DELETE FROM record WHERE seq IN (SELECT seq FROM record
			 WHERE substr(key, 1, length(?1)) = ?1 AND metadata IS NULL ORDER BY seq DESC LIMIT -1 OFFSET ?2)`,
			prefix,
			keep,
		);
	}

	dropExpired(nowMs: number): void {
		this.#sql.exec('DELETE FROM record WHERE expires_ms <= ?', nowMs);
	}

	/** The next end of a record; null when none has one; undefined when there are no records. */
	nextEndMs(): number | null | undefined {
		const { count, next } = this.#sql
			.exec<{ count: number; next: number | null }>('SELECT COUNT(*) AS count, MIN(expires_ms) AS next FROM record')
			.one();
		return count === 0 ? undefined : next;
	}
}
