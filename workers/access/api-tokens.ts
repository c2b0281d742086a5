// The API token of a request: the directory knows it by its hash, and its own object says whether it is good.
import type { Limited } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { TokenHashes } from '../contracts/keys.ts';
import type { ApiTokenRecord } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { claimHash, FIRST_API_TOKEN_MIN, isApiTokenShaped, isSameSecret, LOCAL_API_TOKEN } from '../lib/secrets.ts';
import { apiTokenObject, directoryObject, storageUnavailable } from './access.ts';
import { isSuspect, requireAddressRoom, slowDownGuessing } from './guessing.ts';
import { hashesOf } from './keys.ts';
import { tokenGate } from './unknown-tokens.ts';

/** RFC 6750 section 2.1; the scheme's case does not matter. */
export function bearerToken(request: Request): string | null {
	return /^Bearer +([^\s]{1,512})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
}

/**
 * @returns null without a token, and for one that is unknown, revoked, expired, or local on a deployment
 * @throws ApiError rate_limited
 */
export async function getApiToken(env: Env, request: Request): Promise<ApiTokenRecord | null> {
	const token = bearerToken(request);
	const found = token === null ? null : await findApiToken(env, token, request);
	if (token !== null && !found) await slowDownGuessing(request);
	return found;
}

/**
 * Does the same as `getApiToken` for a token that came another way. A malformed one is refused without asking storage.
 *
 * @throws ApiError rate_limited
 */
export async function findApiToken(env: Env, token: string, request: Request): Promise<ApiTokenRecord | null> {
	const isChosen = token.length >= FIRST_API_TOKEN_MIN && isSameSecret(token, env.FIRST_API_TOKEN ?? '');
	const isLocal = token === LOCAL_API_TOKEN && env.LOCAL === 'true';
	if (!(isApiTokenShaped(token) || isChosen || isLocal)) return null;
	const hashes = hashesOf(env, token);
	const knownId = idByHash.get(hashes.hash);
	const known = knownId === undefined ? null : await useApiToken(env, knownId);
	if (known) return known;
	const ask = async (): Promise<ApiTokenRecord | null> =>
		directoryObject(env).verifyApiToken(hashes, claimHash(token)).catch(storageUnavailable);
	const isFirst = isChosen || isLocal || claimHash(token) === env.DEPLOYED_API_TOKEN_SHA256;
	const found = isFirst ? await ask() : await askAboutToken(env, hashes, request, ask);
	if (!found) return null;
	if (idByHash.size >= IDS_LIMIT) idByHash.delete(idByHash.keys().next().value as string);
	idByHash.set(hashes.hash, found.id);
	return useApiToken(env, found.id);
}

/**
 * Ids of API tokens by their hash, per isolate. A hash belongs to one token for ever, so this cannot become wrong; it
 * says nothing about whether the token is good.
 */
const idByHash = new Map<string, string>();
const IDS_LIMIT = 5_000;

/**
 * Asks the token's own object, which knows of a change at once and counts the request.
 *
 * @returns null for a token that is revoked or expired
 * @throws ApiError rate_limited
 */
export async function useApiToken(env: Env, id: string): Promise<ApiTokenRecord | null> {
	const used = await apiTokenObject(env, id).use(id).catch(storageUnavailable);
	if (!used) return null;
	if ('limited' in used) throw usedTooOften(used.limited);
	return used.record;
}

/**
 * Asks the directory about a token, unless it is unknown for certain.
 *
 * @throws ApiError rate_limited where too many unknown tokens wait already
 */
export async function askAboutToken<Found extends object>(
	env: Env,
	hashes: TokenHashes,
	request: Request,
	ask: () => Promise<Found | null>,
): Promise<Found | null> {
	const listKnown = async () => directoryObject(env).listKnownHashes().catch(storageUnavailable);
	const asked = { isSuspect: isSuspect(request), nowMs: Date.now() };
	const found = await tokenGate.askAbout(hashes, asked, {
		ask,
		listKnown,
		requireRoom: () => requireAddressRoom(env, request),
	});
	if (found === 'busy')
		throw new ApiError('rate_limited', 'Too many unknown tokens come from your network. Try again in a moment.');
	return found;
}

function usedTooOften(limited: Limited): ApiError {
	return new ApiError(
		'rate_limited',
		`This API token may be used ${limited.limit} times a minute. Wait ${limited.reset_seconds} seconds.`,
		{ limited },
	);
}
