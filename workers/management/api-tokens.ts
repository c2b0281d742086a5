// API tokens: make, list, read, change, revoke.

import { accountObject, directoryObject, storageUnavailable } from '../access/access.ts';
import { hashesOf } from '../access/keys.ts';
import type { Env } from '../contracts/env.ts';
import type { Reach } from '../contracts/reach.ts';
import { type ApiTokenRecord, publicReach } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { API_TOKEN_PREFIX, mintToken } from '../lib/secrets.ts';
import { requirePersonalMembers } from './acting-member.ts';
import { definedMembers } from './given-members.ts';
import { newIdSuffix, repeated } from './idempotency.ts';
import { invalidInput, parseInput, together } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import { etagOf, nextUpdatedAt, requireMatch } from './preconditions.ts';
import { actorOf, type RouteRequest } from './route.ts';

export async function createApiToken(request: RouteRequest): Promise<Response> {
	const { env, body, apiToken, now } = request;
	requireUnbound(apiToken);
	const { apiTokenInput } = await loadInputs();
	const { acts_for, ...input } = parseInput(apiTokenInput(now.getTime()), body);
	const [members] = await together([acts_for && requirePersonalMembers(request, acts_for), requireServers(env, input)]);
	const token = API_TOKEN_PREFIX + mintToken();
	const record: ApiTokenRecord = {
		id: `tok_${newIdSuffix(request, 'api token')}`,
		...definedMembers(input),
		...(members ? { acts_for: members } : {}),
		created_at: now.toISOString(),
	};
	const isNew = await directoryObject(env)
		.createApiToken(record, hashesOf(env, token), actorOf(request))
		.catch(storageUnavailable);
	if (!isNew) throw repeated('API token', record.id, 'Its secret is not shown again: revoke it and make another.');
	const headers = { 'cache-control': 'no-store', ...etagOf(record) };
	return Response.json({ ...publicReach(record), token }, { status: 201, headers });
}

export async function listApiTokens({ env, apiToken }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	const result = await directoryObject(env).listApiTokens().catch(storageUnavailable);
	return Response.json({ result: result.map(publicReach), next_cursor: null });
}

export async function readApiToken(request: RouteRequest): Promise<Response> {
	const record = await requireApiToken(request);
	return Response.json(publicReach(record), { headers: etagOf(record) });
}

/** Changes a token, but never what it may touch: its holder would gain rights without knowing. */
export async function updateApiToken(request: RouteRequest): Promise<Response> {
	const { env, body, now } = request;
	const record = await requireApiToken(request);
	requireMatch(request, record);
	const { apiTokenPatch } = await loadInputs();
	const { requests_per_minute, acts_for, ...change } = parseInput(apiTokenPatch(now.getTime()), body);
	const { requests_per_minute: _limit, acts_for: former, ...rest } = record;
	const members = acts_for === undefined ? former : acts_for && (await requirePersonalMembers(request, acts_for));
	const limit = requests_per_minute === undefined ? record.requests_per_minute : requests_per_minute;
	const changed: ApiTokenRecord = {
		...rest,
		...change,
		...(typeof limit === 'number' ? { requests_per_minute: limit } : {}),
		...(members ? { acts_for: members } : {}),
		updated_at: nextUpdatedAt(record, now),
	};
	const outcome = await directoryObject(env)
		.updateApiToken(changed, record.updated_at ?? null, actorOf(request))
		.catch(storageUnavailable);
	if (!outcome)
		throw new ApiError('precondition_failed', 'The API token was changed or revoked meanwhile. Read it again.');
	return Response.json(publicReach(changed), { headers: etagOf(changed) });
}

/** Expired ones too, which a PATCH renews. @throws ApiError not_found */
async function requireApiToken({ env, apiToken, params }: RouteRequest): Promise<ApiTokenRecord> {
	requireUnbound(apiToken);
	const record = await directoryObject(env)
		.readApiToken(params.token_id ?? '')
		.catch(storageUnavailable);
	if (!record) throw new ApiError('not_found', 'There is no such API token, or it is revoked.');
	return record;
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

/** The free plan allows one request 50 questions to storage. */
const ACCOUNTS_MAX = 40;

interface GivenReach {
	accounts: Reach['accounts'];
	servers?: string[] | undefined;
	/** Place in the input, e.g. `rules.0.`; absent: the input itself. */
	path?: string;
}

/** @throws ApiError invalid_input for servers that none of their accounts has */
export async function requireServers(env: Env, ...reaches: GivenReach[]): Promise<void> {
	const asked = reaches.flatMap(({ accounts, servers, path = '' }) => (servers ? [{ accounts, servers, path }] : []));
	const unbound = asked.filter(({ accounts }) => accounts === '*');
	if (unbound.length > 0)
		throw invalidInput(
			unbound.map(({ path }) => ({
				path: `${path}accounts`,
				message: 'must name the accounts that the servers belong to',
			})),
		);
	const ids = [...new Set(asked.flatMap(({ servers }) => servers))];
	const accounts = [...new Set(asked.flatMap((one) => (one.accounts === '*' ? [] : one.accounts)))];
	if (accounts.length > ACCOUNTS_MAX)
		throw invalidInput([{ path: 'servers', message: `must be of at most ${ACCOUNTS_MAX} accounts in all` }]);
	const known = new Map(
		await Promise.all(
			accounts.map(async (id) => [id, new Set(await accountObject(env, id).knownServers(ids))] as const),
		).catch(storageUnavailable),
	);
	const faults = asked.flatMap(({ accounts, servers, path }) =>
		servers.flatMap((id, index) =>
			accounts !== '*' && accounts.some((account) => known.get(account)?.has(id))
				? []
				: [{ path: `${path}servers.${index}`, message: `none of the accounts has a server "${id}"` }],
		),
	);
	if (faults.length > 0) throw invalidInput(faults);
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
