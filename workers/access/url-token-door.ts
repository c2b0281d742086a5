// The door of a server's URL: the token in its path, and an API token where the server asks for one.

import { connectUrl } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import { mayUse } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { isTokenShaped } from '../lib/secrets.ts';
import { getAccess, storageUnavailable } from './access.ts';
import { ACCESS_TOKEN, validateAccessToken } from './access-token.ts';
import { bearerToken, getApiToken } from './api-tokens.ts';
import { BY_URL, byGrant, byUrlAnd, type Door } from './door.ts';
import { slowDownGuessing } from './guessing.ts';

export function urlTokenDoor(request: Request, token: string, env: Env): Door {
	const key = `token ${token}`;
	return {
		key,
		find: async (nowMs) => {
			const found = isTokenShaped(token) ? await getAccess(env, key, token, nowMs) : null;
			if (!found) await slowDownGuessing(request);
			return found;
		},
		check: async ({ server, account }) => {
			if (!server.config.require_api_token_auth) return BY_URL;
			const token = bearerToken(request) ?? '';
			// An access token for this server's other URL does as well, with what it is limited to. It has a form of its own.
			if (ACCESS_TOKEN.test(token)) {
				const address = { accountId: account.id, serverId: server.id };
				const resource = connectUrl(new URL(request.url), address);
				const granted = await validateAccessToken(env, address, resource, token).catch(unlessRefused);
				if (granted) return byGrant(granted, token);
				await slowDownGuessing(request);
			} else {
				const apiToken = await getApiToken(env, request);
				if (apiToken && mayUse(apiToken, account, server.id)) return byUrlAnd(apiToken, account);
			}
			throw new ApiError('unauthorized', 'This MCP server also needs an API token: Authorization: Bearer <API token>.');
		},
		closed: () =>
			new ApiError('not_found', 'There is no such MCP server. Its URL may be mistyped, expired, revoked or rotated.'),
	};
}

/** Turns every error that is not an answer of ours into a failure of storage. */
export function unlessRefused(cause: unknown): never {
	if (cause instanceof ApiError) throw cause;
	return storageUnavailable(cause);
}
