// The door of a server's URL: the token in its path, and an API token where the server asks for one.

import { connectUrl } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import { mayTouch } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { isTokenShaped } from '../lib/secrets.ts';
import { getAccess, storageUnavailable } from './access.ts';
import { validateAccessToken } from './access-token.ts';
import { bearerToken, getApiToken } from './api-tokens.ts';
import { BY_URL, byGrant, type Door } from './door.ts';
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
			const apiToken = await getApiToken(env, request);
			if (apiToken && mayTouch(apiToken, account)) return { ...BY_URL, api_token_id: apiToken.id };
			// An access token for this server's other URL does as well, with what it is limited to.
			const address = { accountId: account.id, serverId: server.id };
			const resource = connectUrl(new URL(request.url), address);
			const token = bearerToken(request) ?? '';
			const granted = await validateAccessToken(env, address, resource, token).catch(storageUnavailable);
			if (granted) return byGrant(granted.props, token);
			throw new ApiError('unauthorized', 'This MCP server also needs an API token: Authorization: Bearer <API token>.');
		},
		closed: () =>
			new ApiError('not_found', 'There is no such MCP server. Its URL may be mistyped, expired, revoked or rotated.'),
	};
}
