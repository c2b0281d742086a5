// Tables of an account's object.
import { tokenKey } from '../../workers/access/kv.ts';
import { addColumn } from '../add-column.ts';

/** Column of `account` that tables of this version have, so that one look that reads no row tells them from earlier ones. */
export const VERSION = 'schema_5';

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
		CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) WITHOUT ROWID;
		DROP TABLE IF EXISTS refusals;
		CREATE TABLE IF NOT EXISTS credential_refusals (
			account TEXT PRIMARY KEY, count INTEGER NOT NULL, since_ms INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS trail (
			seq INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL, at_ms INTEGER NOT NULL, entry TEXT NOT NULL);
		CREATE TABLE IF NOT EXISTS alert (
			type TEXT NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (type, key)) WITHOUT ROWID;
	`);
	addColumn(sql, 'account', 'health', 'TEXT');
	addColumn(sql, 'server', 'key_id', 'TEXT');
	addColumn(sql, 'server', 'has_authorizations', 'INTEGER NOT NULL DEFAULT 0');
	for (const [name, run] of Object.entries(MIGRATIONS)) {
		const done = sql.exec('SELECT 1 FROM migration WHERE name = ?', name).toArray();
		if (done.length > 0) continue;
		run(sql);
		sql.exec('INSERT INTO migration (name) VALUES (?)', name);
	}
	addColumn(sql, 'account', VERSION, 'INTEGER');
}

/** Changes of stored records, each made once for an object. */
const MIGRATIONS: Record<string, (sql: SqlStorage) => void> = {
	list_all: listAllAsBefore,
	identity: identifyAsBefore,
	destructive_tag: selectAsBefore,
	summary: summarizeOnce,
	health: summarizeOnce,
};

/**
 * Accounts that were connected before they had an identity have their id for one: an account that is connected under the
 * same id later has another. KV and the directory follow with the next alarm.
 */
function identifyAsBefore(sql: SqlStorage): void {
	sql.exec(
		`UPDATE account SET record = json_set(record, '$.identity', json_extract(record, '$.id'))
		 WHERE json_extract(record, '$.identity') IS NULL`,
	);
	sql.exec(
		`UPDATE server SET record = json_set(record, '$.account_identity', json_extract(record, '$.integrated_account_id'))
		 WHERE json_extract(record, '$.account_identity') IS NULL`,
	);
	sql.exec(
		`INSERT OR IGNORE INTO dirty (key, due_ms, attempts, mark)
		 SELECT 'account:' || json_extract(record, '$.id'), 0, 0, 1 FROM account
		 UNION ALL SELECT 'listing:' || json_extract(record, '$.id'), 0, 0, 1 FROM account
		 UNION ALL SELECT ? || hash, 0, 0, 1 FROM server`,
		tokenKey(''),
	);
}

/** Servers stored when `all` was the default keep it: `auto` would list fewer tools of a large one. */
function listAllAsBefore(sql: SqlStorage): void {
	configureServers(sql, "json_extract(record, '$.config.tool_exposure') IS NULL", 'tool_exposure', 'all');
}

/** The directory gets a summary of the servers that there are already. */
function summarizeOnce(sql: SqlStorage): void {
	sql.exec(
		`INSERT OR IGNORE INTO dirty (key, due_ms, attempts, mark)
		 SELECT 'listing:' || json_extract(record, '$.id'), 0, 0, 1 FROM account`,
	);
}

/** Servers stored when the tag `destructive` selected tools keep those: the tag alone adds none any more. */
function selectAsBefore(sql: SqlStorage): void {
	const namesIt = "EXISTS (SELECT 1 FROM json_each(record, '$.config.tags') WHERE value = 'destructive')";
	configureServers(sql, namesIt, 'destructive_tag', 'selects');
}

/** Sets a member of stored configs. The new revision outdates what KV and isolates hold; KV follows with the next flush. */
function configureServers(sql: SqlStorage, where: string, member: string, value: string): void {
	sql.exec(
		`INSERT OR IGNORE INTO dirty (key, due_ms, attempts, mark) SELECT ? || hash, 0, 0, 1 FROM server WHERE ${where}`,
		tokenKey(''),
	);
	sql.exec(
		`UPDATE server SET record = json_set(record, '$.config.' || ?, ?,
			'$.revision', json_extract(record, '$.revision') + 1) WHERE ${where}`,
		member,
		value,
	);
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
