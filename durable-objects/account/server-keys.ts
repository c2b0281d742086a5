// Rotation of TOKEN_KEY: servers' tokens move to the current key as they are presented.
import { isExpired, type StoredServer } from '../../workers/contracts/records.ts';
import type { Parts } from './account.ts';
import type { AccountStore } from './store.ts';

/** An isolate that asked KV for a new key goes on seeing "no entry" for up to a minute: the old entry stays this long. */
const KEY_OVERLAP_MS = 10 * 60_000;

/**
 * Keeps a token that was presented under the current key from now on. Its entry under the other key stays in KV for a
 * while: where KV was just asked for the new one, it goes on saying that there is none.
 */
export function moveToKey({ store, mirror }: Parts, id: string, hash: string, keyId: string, nowMs: number): void {
	const row = store.server(id);
	if (!row || (row.hash === hash && row.keyId === keyId)) return;
	store.change(nowMs, () => {
		store.sql.exec('UPDATE server SET hash = ?, key_id = ? WHERE id = ?', hash, keyId, id);
		if (row.hash === hash) return;
		mirror.markToken(hash, nowMs);
		mirror.markToken(row.hash, nowMs + KEY_OVERLAP_MS);
	});
	void mirror.flush(nowMs);
}

/** The servers whose token is kept under another key than this one, or under an unknown one. */
export function serversBehind(
	store: AccountStore,
	keyId: string,
	nowMs: number,
): { total: number; behind: { id: string; name: string }[] } {
	if (!store.isUsed) return { total: 0, behind: [] };
	const standing = store.sql
		.exec<{ record: string; key_id: string | null }>('SELECT record, key_id FROM server ORDER BY seq')
		.toArray()
		.map(({ record, key_id }) => ({ server: JSON.parse(record) as StoredServer, isBehind: key_id !== keyId }))
		.filter(({ server }) => !isExpired(server, nowMs));
	const behind = standing.filter(({ isBehind }) => isBehind).map(({ server: { id, name } }) => ({ id, name }));
	return { total: standing.length, behind };
}
