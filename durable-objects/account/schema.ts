// Tables of an account's object.
import { addColumn } from '../add-column.ts';

/** Column of `account` that tables of this version have, so that one look that reads no row tells them from earlier ones. */
const VERSION = 'schema_2';

/** Safe to repeat. Logs and guards of earlier versions are dropped: their rows were kept in another order. */
export function createTables(sql: SqlStorage): void {
	if (hasTable(sql, 'log') && !hasColumn(sql, 'log', 'slot'))
		for (const table of ['log', 'usage', 'recent_write', 'write_count']) sql.exec(`DROP TABLE IF EXISTS ${table}`);
	sql.exec(`
		CREATE TABLE IF NOT EXISTS account (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL);
		CREATE TABLE IF NOT EXISTS server (
			seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL,
			expires_ms INTEGER, record TEXT NOT NULL, key_id TEXT);
		CREATE INDEX IF NOT EXISTS server_by_end ON server (expires_ms) WHERE expires_ms IS NOT NULL;
		CREATE TABLE IF NOT EXISTS dirty (key TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL, mark INTEGER NOT NULL);
		CREATE INDEX IF NOT EXISTS dirty_by_due ON dirty (due_ms);
		CREATE TABLE IF NOT EXISTS log (
			server_id TEXT NOT NULL, slot INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, entry TEXT NOT NULL,
			PRIMARY KEY (server_id, slot)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS ended (
			server_id TEXT PRIMARY KEY, name TEXT NOT NULL, account_identity TEXT NOT NULL, ended_ms INTEGER NOT NULL) WITHOUT ROWID;
		CREATE INDEX IF NOT EXISTS ended_by_time ON ended (ended_ms);
		CREATE TABLE IF NOT EXISTS usage (
			server_id TEXT NOT NULL, hour INTEGER NOT NULL, calls INTEGER NOT NULL, errors INTEGER NOT NULL,
			last_at TEXT NOT NULL, logged INTEGER NOT NULL, PRIMARY KEY (server_id, hour)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS recent_write (
			key TEXT PRIMARY KEY, server_id TEXT NOT NULL, ticket TEXT NOT NULL, state TEXT NOT NULL, record_id TEXT,
			at_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS write_count (
			server_id TEXT PRIMARY KEY, day INTEGER NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;
		DROP TABLE IF EXISTS refusals;
		CREATE TABLE IF NOT EXISTS credential_refusals (
			account TEXT PRIMARY KEY, count INTEGER NOT NULL, since_ms INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS trail (
			seq INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL, at_ms INTEGER NOT NULL, entry TEXT NOT NULL);
	`);
	addColumn(sql, 'server', 'key_id', 'TEXT');
	addColumn(sql, 'server', 'has_authorizations', 'INTEGER NOT NULL DEFAULT 0');
	addColumn(sql, 'account', VERSION, 'INTEGER');
}

/** Tables of this version, of an earlier one, or none. Asking creates nothing. */
export function schemaOf(sql: SqlStorage): 'current' | 'earlier' | 'none' {
	try {
		sql.exec(`SELECT ${VERSION} FROM account LIMIT 0`);
		return 'current';
	} catch {
		return hasTable(sql, 'account') ? 'earlier' : 'none';
	}
}

function hasTable(sql: SqlStorage, name: string): boolean {
	return sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', name).toArray().length > 0;
}

function hasColumn(sql: SqlStorage, table: string, column: string): boolean {
	return sql.exec('SELECT 1 FROM pragma_table_info(?) WHERE name = ?', table, column).toArray().length > 0;
}
