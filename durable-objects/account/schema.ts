// Tables of an account's object.
import { tokenKey } from '../../workers/access/kv.ts';
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
		CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) WITHOUT ROWID;
		${WRITE_TABLES}
		${REFUSAL_TABLES}
	`);
	addColumn(sql, 'server', 'key_id', 'TEXT');
	for (const [name, run] of Object.entries(MIGRATIONS)) {
		const done = sql.exec('SELECT 1 FROM migration WHERE name = ?', name).toArray();
		if (done.length > 0) continue;
		run(sql);
		sql.exec('INSERT INTO migration (name) VALUES (?)', name);
	}
}

/** Changes of stored records, each made once for an object. */
const MIGRATIONS: Record<string, (sql: SqlStorage) => void> = {
	list_all: listAllAsBefore,
};

/**
 * Servers stored when `all` was the default keep it: `auto` would list fewer tools of a large one. The new revision
 * outdates what KV and isolates hold; KV follows with the next flush.
 */
function listAllAsBefore(sql: SqlStorage): void {
	const WITHOUT = "json_extract(record, '$.config.tool_exposure') IS NULL";
	sql.exec(
		`INSERT OR IGNORE INTO dirty (key, due_ms, attempts, mark) SELECT ? || hash, 0, 0, 1 FROM server WHERE ${WITHOUT}`,
		tokenKey(''),
	);
	sql.exec(
		`UPDATE server SET record = json_set(record, '$.config.tool_exposure', 'all',
			'$.revision', json_extract(record, '$.revision') + 1) WHERE ${WITHOUT}`,
	);
}

/** Was anything ever stored here? Asking creates nothing. */
export function hasTables(sql: SqlStorage): boolean {
	return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'account'").toArray().length > 0;
}
