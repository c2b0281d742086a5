// The door of the management API: a server by its id, for a caller whose API token was checked already.
import type { Env } from '../contracts/env.ts';
import type { StoredAccount, StoredServer } from '../contracts/records.ts';
import type { ApiError } from '../lib/errors.ts';
import { idKey, remember } from './access.ts';
import type { Door } from './door.ts';

/** @param found  what the account's Durable Object just said */
export function managementDoor(
	found: { server: StoredServer; account: StoredAccount },
	env: Env,
	apiTokenId: string,
	closed: () => ApiError,
): Door {
	const key = idKey(found.account.id, found.server.id);
	return {
		key,
		find: (nowMs) => remember(env, key, { token: null, ...found, isFromKv: false }, nowMs),
		// The API token of the management call is the second factor.
		check: async () => ({ via: 'management', api_token_id: apiTokenId, grant_id: null, person: null }),
		closed,
	};
}
