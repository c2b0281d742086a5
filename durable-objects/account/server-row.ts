// A server as the object keeps it: its record, and what the object alone knows of it.
import type { StoredServer } from '../../workers/contracts/records.ts';

export interface ServerRow {
	hash: string;
	/** Id of the key that `hash` is made with, where it is known. */
	keyId: string | null;
	/** An OAuth client may have stored something at the server's authorization server. */
	hasAuthorizations: boolean;
	server: StoredServer;
}

export function readServerRow(sql: SqlStorage, id: string): ServerRow | null {
	const row = sql
		.exec<{ hash: string; record: string; key_id: string | null; has_authorizations: number }>(
			'SELECT hash, record, key_id, has_authorizations FROM server WHERE id = ?',
			id,
		)
		.toArray()[0];
	if (!row) return null;
	return {
		hash: row.hash,
		keyId: row.key_id,
		hasAuthorizations: row.has_authorizations !== 0,
		server: JSON.parse(row.record) as StoredServer,
	};
}
