// Servers whose authorization server an OAuth client has asked something.
import { isExpired } from '../../workers/contracts/records.ts';
import type { AccountStore } from './store.ts';

/**
 * Notes that an OAuth client may store something at the server's authorization server, which then ends with it.
 *
 * @returns false when there is no such server
 */
export function openAuthorizations(store: AccountStore, id: string, nowMs: number): boolean {
	const row = store.server(id);
	if (!row || isExpired(row.server, nowMs)) return false;
	if (!row.hasAuthorizations)
		store.change(nowMs, () => {
			store.sql.exec('UPDATE server SET has_authorizations = 1 WHERE id = ?', id);
		});
	return true;
}
