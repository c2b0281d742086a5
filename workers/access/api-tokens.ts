// Who calls: the API token of a request, verified by the directory.
import type { Limited } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { ApiTokenRecord } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { claimHash, LOCAL_API_TOKEN } from '../lib/secrets.ts';
import { directoryObject, storageUnavailable } from './access.ts';
import { slowDownGuessing } from './guessing.ts';
import { hashesOf } from './keys.ts';

const API_TOKEN_MAX = 512;

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
	const found = token === null ? null : await findApiToken(env, token);
	if (token !== null && !found) await slowDownGuessing(request);
	return found;
}

/** @returns as `getApiToken`, for a token that came another way */
export async function findApiToken(env: Env, token: string): Promise<ApiTokenRecord | null> {
	if (token === '' || token.length > API_TOKEN_MAX || (token === LOCAL_API_TOKEN && env.LOCAL !== 'true')) return null;
	const verified = await directoryObject(env)
		.verifyApiToken(hashesOf(env, token), claimHash(token))
		.catch(storageUnavailable);
	if (!verified) return null;
	if ('record' in verified) return verified.record;
	throw usedTooOften(verified.limited);
}

export function usedTooOften(limited: Limited): ApiError {
	return new ApiError(
		'rate_limited',
		`This API token may be used ${limited.limit} times a minute. Wait ${limited.reset_seconds} seconds.`,
		{ limited },
	);
}
