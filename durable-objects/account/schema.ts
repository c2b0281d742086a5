// Tables of an account's object.
import { addColumn } from '../add-column.ts';
import { REFUSAL_TABLES } from './credential-refusals.ts';
import { WRITE_TABLES } from './write-guard.ts';

/** Safe to repeat. */
export function createTables(sql: SqlStorage): void {
	sql.exec(`
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
	addColumn(sql, 'server', 'key_id', 'TEXT');
}

/** Was anything ever stored here? Asking creates nothing. */
export function hasTables(sql: SqlStorage): boolean {
	return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'account'").toArray().length > 0;
}
