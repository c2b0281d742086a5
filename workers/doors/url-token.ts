// The door of a server's URL: the token in its path, and an API token where the server asks for one.
import type { Env } from '../env.ts';
import { ApiError } from '../errors.ts';
import { getAccess } from '../store/access.ts';
import { getApiToken } from '../store/api-tokens.ts';
import { mayTouch } from '../store/records.ts';
import { isTokenShaped } from '../store/tokens.ts';
import type { Door } from './door.ts';

export function urlTokenDoor(request: Request, token: string, env: Env): Door {
	const key = `token ${token}`;
	return {
		key,
		find: async (nowMs) => (isTokenShaped(token) ? getAccess(env, key, token, nowMs) : null),
		check: async ({ server, account }) => {
			if (!server.config.require_api_token_auth) return;
			const apiToken = await getApiToken(env, request);
			if (!apiToken || !mayTouch(apiToken, account.id)) {
				throw new ApiError(
					'unauthorized',
					'This MCP server also needs an API token: Authorization: Bearer <API token>.',
				);
			}
		},
		closed: () =>
			new ApiError('not_found', 'There is no such MCP server. Its URL may be mistyped, expired, revoked or rotated.'),
	};
}
