// The door of the management API: a server by its id, for a caller whose API token was checked already.
import type { Env } from '../contracts/env.ts';
import {
	type ApiTokenRecord,
	mayTouch,
	memberOf,
	personBehind,
	type StoredAccount,
	type StoredServer,
} from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { apiTokenObject, idKey, remember, storageUnavailable } from './access.ts';
import type { Door } from './door.ts';

/** @param found  what the account's Durable Object just said */
export function managementDoor(
	found: { server: StoredServer; account: StoredAccount },
	env: Env,
	apiToken: ApiTokenRecord,
	closed: () => ApiError,
): Door {
	let isChecked = true;
	const key = idKey(found.account.id, found.server.id);
	return {
		key,
		find: (nowMs) => remember(env, key, { token: null, ...found, isFromKv: false }, nowMs),
		check: async ({ account }) => {
			// The API token of the management call is the second factor; it was checked for this very request.
			const current = isChecked
				? apiToken
				: await apiTokenObject(env, apiToken.id).find(apiToken.id).catch(storageUnavailable);
			if (!(current && mayTouch(current, account)))
				throw new ApiError('unauthorized', 'This API token is revoked or expired.');
			isChecked = false;
			return {
				via: 'management',
				api_token_id: current.id,
				grant_id: null,
				person: personBehind(current),
				member: memberOf(current, account),
			};
		},
		closed,
	};
}
