// Apps that people have let in to a server by OAuth: who they are, and an end to their access.
import { accountObject, authorizationServerObject, storageUnavailable } from '../access/access.ts';
import { connectUrl } from '../contracts/addresses.ts';
import { ApiError } from '../lib/errors.ts';
import { requireServer } from './find-server.ts';
import { actorOf, type RouteRequest } from './route.ts';

export async function listApps(request: RouteRequest): Promise<Response> {
	const address = await requireAddress(request);
	const result = await authorizationServerObject(request.env, address).listApps().catch(storageUnavailable);
	return Response.json({ result, next_cursor: null });
}

/** Its access and refresh tokens end at once. */
export async function endApp(request: RouteRequest): Promise<Response> {
	const address = await requireAddress(request);
	const app = await authorizationServerObject(request.env, address)
		.endApp(connectUrl(request.url, address), request.params.app_id ?? '')
		.catch(storageUnavailable);
	if (!app) throw new ApiError('not_found', 'There is no such app at this server, or its access has ended already.');
	const { client_id, client_name, redirect_host, within } = app;
	const change = { action: 'app.ended', app: { client_id, client_name, redirect_host, within } } as const;
	await accountObject(request.env, address.accountId)
		.noteApp(address.serverId, change, actorOf(request))
		.catch(storageUnavailable);
	return new Response(null, { status: 204 });
}

async function requireAddress(request: RouteRequest) {
	const { server, account } = await requireServer(request);
	return { accountId: account.id, serverId: server.id };
}
