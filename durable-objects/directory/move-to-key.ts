// Rows of secrets whose hash may be under the other slot's key.
import type { TokenHashes } from '../../workers/contracts/keys.ts';

export interface Moving extends Record<string, SqlStorageValue> {
	seq: number;
	hash: string;
	key_id: string | null;
}

/** Keeps a secret that was presented under the current key from now on. */
export function moveToKey(
	sql: SqlStorage,
	table: 'api_token' | 'session' | 'invitation',
	row: Moving,
	{ hash, key_id }: TokenHashes,
): void {
	if (row.hash === hash && row.key_id === key_id) return;
	sql.exec(`UPDATE OR IGNORE ${table} SET hash = ?, key_id = ? WHERE rowid = ?`, hash, key_id, row.seq);
}
