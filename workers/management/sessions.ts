// Signing in to the dashboard, and out.

import { directoryObject, storageUnavailable } from '../access/access.ts';
import { findApiToken } from '../access/api-tokens.ts';
import { slowDownGuessing } from '../access/guessing.ts';
import { getSession, hashSession, newSession, requireSameOrigin, sessionCookie } from '../access/sessions.ts';
import { signInLabel } from '../access/sign-in/settings.ts';
import { type ApiTokenRecord, publicReach } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { mintToken } from '../lib/secrets.ts';
import { requireManageScope } from './api-tokens.ts';
import { parseInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import type { OpenRequest, RouteRequest } from './route.ts';

export async function signIn({ env, raw, url, body, now }: OpenRequest): Promise<Response> {
	requireSameOrigin(raw);
	const { signInInput } = await loadInputs();
	const { token } = parseInput(signInInput, body);
	const apiToken = await findApiToken(env, token.trim(), raw);
	if (!apiToken) {
		await slowDownGuessing(raw);
		throw new ApiError('unauthorized', 'This API token is unknown, revoked or expired.');
	}
	requireManageScope(apiToken);
	const secret = mintToken();
	const session = newSession(raw, apiToken.id, now);
	await directoryObject(env).createSession(session, hashSession(env, secret)).catch(storageUnavailable);
	return Response.json(
		{ session, api_token: publicReach(apiToken) },
		{ status: 201, headers: { 'set-cookie': sessionCookie(env, url, secret) } },
	);
}

export async function whoAmI({ env, raw }: OpenRequest): Promise<Response> {
	const found = await getSession(env, raw);
	const label = signInLabel(env);
	return Response.json({
		session: found?.session ?? null,
		api_token: found ? publicReach(found.apiToken) : null,
		...(label === null ? {} : { sign_in: { label } }),
	});
}

/** Safe to repeat: without a session there is nothing to end, and the cookie goes all the same. */
export async function signOut({ env, raw, url }: OpenRequest): Promise<Response> {
	requireSameOrigin(raw);
	const found = await getSession(env, raw);
	if (found) await directoryObject(env).endSession(found.session.id, null).catch(storageUnavailable);
	return new Response(null, { status: 204, headers: { 'set-cookie': sessionCookie(env, url, '') } });
}

export async function listSessions({ env, apiToken }: RouteRequest): Promise<Response> {
	const result = await directoryObject(env).listSessions(reachOf(apiToken)).catch(storageUnavailable);
	return Response.json({ result, next_cursor: null });
}

export async function endSession({ env, apiToken, params }: RouteRequest): Promise<Response> {
	const ended = await directoryObject(env)
		.endSession(params.session_id ?? '', reachOf(apiToken))
		.catch(storageUnavailable);
	if (!ended) throw new ApiError('not_found', 'There is no such session, or it has ended already.');
	return new Response(null, { status: 204 });
}

/** A token that is bound to some accounts sees its own sessions alone. */
function reachOf(apiToken: ApiTokenRecord): string | null {
	return apiToken.accounts === '*' ? null : apiToken.id;
}
