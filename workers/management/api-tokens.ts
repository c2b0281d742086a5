// API tokens: make, list, revoke.

import { directoryObject, storageUnavailable } from '../access/access.ts';
import { hashesOf } from '../access/keys.ts';
import { type ApiTokenRecord, publicApiToken } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { API_TOKEN_PREFIX, mintIdSuffix, mintToken } from '../lib/secrets.ts';
import { parseInput } from './input-faults.ts';
import { apiTokenInput } from './inputs.ts';
import { actorOf, type RouteRequest } from './route.ts';

export async function createApiToken(request: RouteRequest): Promise<Response> {
	const { env, body, apiToken, now } = request;
	requireUnbound(apiToken);
	const input = parseInput(apiTokenInput(now.getTime()), body);
	const token = API_TOKEN_PREFIX + mintToken();
	const record: ApiTokenRecord = { id: `tok_${mintIdSuffix()}`, ...input, created_at: now.toISOString() };
	await directoryObject(env).createApiToken(record, hashesOf(env, token), actorOf(request)).catch(storageUnavailable);
	return Response.json({ ...record, token }, { status: 201, headers: { 'cache-control': 'no-store' } });
}

export async function listApiTokens({ env, apiToken }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	const result = await directoryObject(env).listApiTokens().catch(storageUnavailable);
	return Response.json({ result: result.map(publicApiToken), next_cursor: null });
}

export async function revokeApiToken(request: RouteRequest): Promise<Response> {
	const { env, apiToken, params } = request;
	requireUnbound(apiToken);
	if (
		!(await directoryObject(env)
			.revokeApiToken(params.token_id ?? '', actorOf(request))
			.catch(storageUnavailable))
	) {
		throw new ApiError('not_found', 'There is no such API token, or it is revoked already.');
	}
	return new Response(null, { status: 204 });
}

/** A token that is bound to some accounts could otherwise make itself one for all. */
export function requireUnbound(apiToken: ApiTokenRecord): void {
	if (apiToken.accounts !== '*')
		throw new ApiError('insufficient_scope', 'This API token is bound to accounts and cannot manage API tokens.');
}

/** @throws ApiError insufficient_scope */
export function requireManageScope(apiToken: ApiTokenRecord): void {
	if (apiToken.scope !== 'manage')
		throw new ApiError('insufficient_scope', 'This API token has the scope "use"; the management API needs "manage".');
}
