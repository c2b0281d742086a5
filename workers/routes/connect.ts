// The door without a secret: /connect/<account>/<server>, where OAuth says who comes and what they may do.
import { OAuthResourceServer } from '@cloudflare/workers-oauth-provider';
import {
	accountObject,
	authorizationServerObject,
	getAccessById,
	idKey,
	isServerThere,
	storageUnavailable,
} from '../access/access.ts';
import { type GrantedAccess, validateAccessToken } from '../access/access-token.ts';
import { bearerToken } from '../access/api-tokens.ts';
import { byGrant, type Door } from '../access/door.ts';
import { requireAddressRoom, slowDownGuessing } from '../access/guessing.ts';
import { unlessRefused } from '../access/url-token-door.ts';
import { connectUrl, type ServerAddress } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import type { Grant } from '../contracts/grants.ts';
import { readBoundedBytes } from '../lib/bounded-text.ts';
import { ApiError, reasonPhrase } from '../lib/errors.ts';
import { serveAccess } from '../mcp/serve.ts';
import { createAuthorizationServer, SCOPE } from '../oauth/create-authorization-server.ts';
import { oauthError } from '../oauth/error.ts';
import { setupPage, wantsSetupPage } from './setup-page.ts';

/** Forms and registrations are small. */
const MAX_BODY_BYTES = 16 * 1024;

/** `/connect/<account>/<server>`: the MCP server itself, or its setup page in a browser. */
export async function handleConnect(
	request: Request,
	address: ServerAddress,
	env: Env,
	ctx: ExecutionContext,
): Promise<Response> {
	if (wantsSetupPage(request)) return setupPage(request, address);
	const failures: unknown[] = [];
	const response = await resourceServer(request, address, failures).fetch(request, env, ctx);
	// The library answers 503 for what fails on our side; ours says so in a body, and logs why.
	const [failure] = failures;
	if (failure instanceof ApiError) throw failure;
	if (failures.length > 0) return storageUnavailable(failure);
	// Over plain http, where it is not at home.
	if (response.status === 404 && response.body === null) throw unknownServer();
	if (response.status !== 401) return response;
	// 401 invites to authorize: not at a server that is not there.
	await requireServer(env, address);
	return withExplanation(response);
}

/** `/.well-known/oauth-protected-resource/connect/<account>/<server>` (RFC 9728). */
export async function describeResource(
	request: Request,
	address: ServerAddress,
	env: Env,
	ctx: ExecutionContext,
): Promise<Response> {
	await requireAddressRoom(env, request);
	await requireServer(env, address);
	return resourceServer(request, address).fetch(request, env, ctx);
}

/** `/.well-known/oauth-authorization-server/connect/<account>/<server>` (RFC 8414). */
export async function describeAuthorizationServer(
	request: Request,
	address: ServerAddress,
	env: Env,
	ctx: ExecutionContext,
): Promise<Response> {
	await requireAddressRoom(env, request);
	await requireServer(env, address);
	const issuer = connectUrl(new URL(request.url), address);
	// The description needs no storage.
	const noStorage = { OAUTH_KV: undefined as never };
	return createAuthorizationServer(issuer, async () => {}).fetch(request, noStorage, ctx);
}

/** `/connect/<account>/<server>/` authorize, register and token. */
export async function handleAuthorization(request: Request, address: ServerAddress, env: Env): Promise<Response> {
	await requireAddressRoom(env, request);
	const body = await readBoundedBytes(request, MAX_BODY_BYTES);
	if (body === null) return oauthError(413, 'invalid_request', `The body is larger than ${MAX_BODY_BYTES / 1024} KiB.`);
	// The server's authorization server may store something from now on; the account notes it, to end it with the
	// server.
	const isThere = await accountObject(env, address.accountId)
		.openAuthorizations(address.serverId)
		.catch(storageUnavailable);
	if (!isThere) throw unknownServer();
	const { url, method, headers } = request;
	// The redirect is for the browser to follow.
	const bounded = new Request(url, { method, headers, body: method === 'POST' ? body : null, redirect: 'manual' });
	return authorizationServerObject(env, address).fetch(bounded).catch(storageUnavailable);
}

/** @param failures  filled with what keeps tokens from being validated */
function resourceServer(request: Request, address: ServerAddress, failures: unknown[] = []) {
	const resource = connectUrl(new URL(request.url), address);
	let granted: GrantedAccess | null = null;
	return new OAuthResourceServer<Env, Grant>({
		resourceMetadata: { resource, authorization_servers: [resource], resource_name: 'Patchbay' },
		requiredScopes: [SCOPE],
		validateToken: (env) => async (_resource, token) => {
			granted = await validateAccessToken(env, address, resource, token).catch((cause) => {
				failures.push(cause);
				throw cause;
			});
			if (!granted) await slowDownGuessing(request);
			return granted?.validated ?? null;
		},
		handler: {
			fetch: (admitted, env, ctx) => {
				if (!granted) throw unknownServer();
				return serveAccess(admitted, grantDoor(admitted, granted, env), env, ctx);
			},
		},
	});
}

/** A grant whose token was validated for this very request, and is again for every later look. */
function grantDoor(request: Request, first: GrantedAccess, env: Env): Door {
	const { account_id, server_id } = first.validated.props;
	const address = { accountId: account_id, serverId: server_id };
	const token = bearerToken(request) ?? '';
	let fresh: GrantedAccess | null = first;
	return {
		key: idKey(account_id, server_id),
		find: (nowMs) => getAccessById(env, address, nowMs),
		check: async () => {
			const resource = connectUrl(new URL(request.url), address);
			const granted = fresh ?? (await validateAccessToken(env, address, resource, token).catch(unlessRefused));
			if (!granted) throw new ApiError('unauthorized', 'This access has been ended. Authorize again.');
			fresh = null;
			return byGrant(granted, token);
		},
		closed: unknownServer,
	};
}

async function requireServer(env: Env, address: ServerAddress): Promise<void> {
	if (!(await isServerThere(env, address, Date.now()))) throw unknownServer();
}

function unknownServer(): ApiError {
	return new ApiError(
		'not_found',
		'There is no such MCP server. Its URL may be mistyped, or the server revoked or expired.',
	);
}

/** The library's challenge is a header alone; people read bodies. */
function withExplanation(response: Response): Response {
	const headers = new Headers(response.headers);
	headers.set('content-type', 'application/json');
	const isBad = headers.get('www-authenticate')?.includes('invalid_token');
	const body = {
		statusCode: 401,
		error: reasonPhrase(401),
		code: 'unauthorized',
		message: isBad
			? 'This access token is expired, revoked, or for another server. Authorize again.'
			: 'This MCP server wants OAuth: authorize at the server that the WWW-Authenticate header leads to.',
	};
	return new Response(JSON.stringify(body), { status: 401, headers });
}
