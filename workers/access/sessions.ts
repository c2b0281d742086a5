// Sign-ins of the dashboard: a random secret in a cookie, kept as its HMAC beside the API tokens, bound to one of them.
import type { Env } from '../contracts/env.ts';
import type { TokenHashes } from '../contracts/keys.ts';
import type { ApiTokenRecord, SessionRecord } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { isTokenShaped, mintIdSuffix } from '../lib/secrets.ts';
import { directoryObject, storageUnavailable } from './access.ts';
import { askAboutToken, useApiToken } from './api-tokens.ts';
import { hashesOf } from './keys.ts';

/** A working day. */
const SESSION_SECONDS = 8 * 60 * 60;

export interface SignedIn {
	session: SessionRecord;
	apiToken: ApiTokenRecord;
}

/**
 * Secure everywhere but on this machine, where there is no TLS. The prefix makes the browser refuse a cookie that
 * another host below the same domain has set (RFC 6265bis section 4.1.3.2).
 */
function cookieName(name: CookieName, isSecure: boolean): string {
	return isSecure ? `__Host-patchbay-${name}` : `patchbay-${name}`;
}

type CookieName = 'session' | 'sign-in';

function isSecure(env: Env, url: URL): boolean {
	return env.LOCAL !== 'true' || url.protocol === 'https:';
}

/**
 * @param value  empty to take the cookie away
 * @param site   Lax: sent along when another site sends the browser here, as an identity provider does
 */
export function setCookie(
	env: Env,
	url: URL,
	{ name, value, site, seconds }: { name: CookieName; value: string; site: 'Strict' | 'Lax'; seconds: number },
): string {
	const secure = isSecure(env, url);
	const age = value === '' ? 0 : seconds;
	return `${cookieName(name, secure)}=${value}; Path=/; HttpOnly; SameSite=${site}; Max-Age=${age}${secure ? '; Secure' : ''}`;
}

/** @returns values of that cookie that the browser sent; a host below the same domain may have added one on a local start */
export function readCookies(env: Env, request: Request, name: CookieName): string[] {
	const wanted = cookieName(name, isSecure(env, new URL(request.url)));
	const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
	return pairs.filter(([key]) => key === wanted).map(([, value = '']) => value);
}

/** @param secret  empty to take the cookie away */
export function sessionCookie(env: Env, url: URL, secret: string): string {
	return setCookie(env, url, { name: 'session', value: secret, site: 'Strict', seconds: SESSION_SECONDS });
}

/** Hashed under another name than API tokens, so that neither can stand for the other. */
export function hashSession(env: Env, secret: string): TokenHashes {
	return hashesOf(env, `session:${secret}`);
}

function sessionSecret(env: Env, request: Request): string | null {
	return readCookies(env, request, 'session').find(isTokenShaped) ?? null;
}

/** A sign-in that begins now. @param apiTokenId  the token that it stands for */
export function newSession(request: Request, apiTokenId: string, now: Date): SessionRecord {
	return {
		id: `ses_${mintIdSuffix()}`,
		api_token_id: apiTokenId,
		created_at: now.toISOString(),
		expires_at: new Date(now.getTime() + SESSION_SECONDS * 1000).toISOString(),
		client: (request.headers.get('user-agent') ?? '').slice(0, 200),
	};
}

/**
 * @returns null without a session, and for one that has ended or whose API token has
 * @throws ApiError rate_limited
 */
export async function getSession(env: Env, request: Request): Promise<SignedIn | null> {
	const secret = sessionSecret(env, request);
	if (secret === null) return null;
	const hashes = hashSession(env, secret);
	const ask = async (): Promise<SignedIn | null> =>
		directoryObject(env).verifySession(hashes).catch(storageUnavailable);
	const found = await askAboutToken(env, hashes, request, ask);
	const apiToken = found && (await useApiToken(env, found.apiToken.id));
	return apiToken && { session: found.session, apiToken };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A cookie goes along with every request that a page makes, whoever's page it is. So what changes something must
 * prove that it comes from our own: browsers send `Sec-Fetch-Site` or `Origin`, and no page can forge them.
 *
 * @throws ApiError cross_origin
 */
export function requireSameOrigin(request: Request): void {
	if (SAFE_METHODS.has(request.method)) return;
	const site = request.headers.get('sec-fetch-site');
	const origin = request.headers.get('origin');
	const isOwnOrigin = origin === new URL(request.url).origin;
	// A page without a referrer names no origin in its forms ("null"); what the browser says of the site still stands.
	const isOurs = site === null ? isOwnOrigin : site === 'same-origin' && (isOwnOrigin || !origin || origin === 'null');
	if (!isOurs) {
		throw new ApiError(
			'cross_origin',
			'A session changes something only from the dashboard itself. Scripts send Authorization: Bearer <API token>.',
		);
	}
}
