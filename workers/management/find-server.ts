// The server that a route names.
import { accountObject, storageUnavailable } from '../access/access.ts';
import { ApiError } from '../lib/errors.ts';
import { requireAccount } from './accounts.ts';
import type { RouteRequest } from './route.ts';

export async function requireServer(request: RouteRequest) {
	const account = await requireAccount(request);
	const server = await accountObject(request.env, account.id)
		.getServer(request.params.server_id ?? '')
		.catch(storageUnavailable);
	if (!server) throw unknownServer();
	return { account, server };
}

export function unknownServer(): ApiError {
	return new ApiError('not_found', 'This account has no such MCP server. It may be revoked or expired.');
}
