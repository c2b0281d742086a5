// Tables of the directory.
import { addColumn } from '../add-column.ts';
import { ENDED_TABLES } from './accounts.ts';
import { CHANGED_TOKEN_TABLES } from './api-token-leases.ts';
import { FIRST_TOKEN_TABLES } from './first-tokens.ts';
import { INVITATION_TABLES } from './invitations.ts';
import { PEOPLE_TABLES } from './people.ts';
import { TRAIL_TABLES } from './trail.ts';
import { WEBHOOK_TABLES } from './webhooks.ts';

/** Safe to repeat. @returns true for a directory that is new */
export function createTables(sql: SqlStorage): boolean {
	const isNew = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'api_token'").toArray().length === 0;
	sql.exec(`
		CREATE TABLE IF NOT EXISTS api_token (
			seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL,
			record TEXT NOT NULL, revoked INTEGER NOT NULL DEFAULT 0, key_id TEXT);
		CREATE TABLE IF NOT EXISTS account (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL);
		CREATE TABLE IF NOT EXISTS session (
			hash TEXT PRIMARY KEY, id TEXT UNIQUE NOT NULL, api_token_id TEXT NOT NULL, expires_ms INTEGER NOT NULL,
			record TEXT NOT NULL, key_id TEXT);
		CREATE TABLE IF NOT EXISTS used_key (id TEXT PRIMARY KEY);
		${CHANGED_TOKEN_TABLES}
		${ENDED_TABLES}
		${FIRST_TOKEN_TABLES}
		${INVITATION_TABLES}
		${PEOPLE_TABLES}
		${TRAIL_TABLES}
		${WEBHOOK_TABLES}
	`);
	for (const table of ['api_token', 'session']) addColumn(sql, table, 'key_id', 'TEXT');
	addColumn(sql, 'account', 'identity', 'TEXT');
	addColumn(sql, 'account', 'summary', 'TEXT');
	return isNew;
}
