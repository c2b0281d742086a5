// A sign-in under way, in a cookie of the browser that began it and nowhere else. State, nonce and PKCE verifier are made
// from the cookie under TOKEN_KEY: a cookie that was written or changed by anybody else yields others, so that the
// provider's answer does not fit it.
import type { Env } from '../../contracts/env.ts';
import { bytesToBase64url, decodeBase64, hashToken, isSameSecret, mintToken } from '../../lib/secrets.ts';
import { keyRing } from '../keys.ts';
import { readCookies, setCookie } from '../sessions.ts';
import type { SignInAttempt } from './oidc.ts';

/** Time to enter a password and a second factor. */
const SECONDS = 10 * 60;
/** Browsers keep 4 KB a cookie. */
const GOES_TO_MAX = 2_600;

export const CALLBACK_PATH = '/sign-in/callback';

/** Pages that a sign-in may lead back to; anything else would let a link send people elsewhere. */
const GOES_TO = /^\/(?:connect\/[a-z0-9_-]{1,63}\/[a-z0-9_-]{1,80}\/authorize\?[!-~]*|invite\/[A-Za-z0-9_-]{43})$/;

/** Path of a sign-in that leads back to a page. @param goesTo  its path and query */
export function signInPath(goesTo: string): string {
	return `/sign-in?to=${encodeURIComponent(goesTo)}`;
}

/** @returns `/` for what is no page to go on to */
export function readGoesTo(text: string | null): string {
	return text !== null && text.length <= GOES_TO_MAX && GOES_TO.test(text) ? text : '/';
}

export interface BegunSignIn {
	attempt: SignInAttempt;
	/** Path of the page to go on to. */
	goesTo: string;
}

/** @returns the attempt, and the cookie that it is read from when the browser comes back */
export function beginAttempt(env: Env, url: URL, goesTo: string, nowMs: number): BegunSignIn & { cookie: string } {
	const value = `${mintToken()}.${nowMs}.${bytesToBase64url(new TextEncoder().encode(goesTo))}`;
	const cookie = setCookie(env, url, { name: 'sign-in', value, site: 'Lax', seconds: SECONDS });
	return { attempt: attemptOf(value, keyRing(env).token[0].bytes, url), goesTo, cookie };
}

/** @returns null where this browser has begun no sign-in of that state, or too long ago */
export function resumeAttempt(env: Env, request: Request, nowMs: number): BegunSignIn | null {
	const url = new URL(request.url);
	const state = url.searchParams.get('state') ?? '';
	for (const value of readCookies(env, request, 'sign-in')) {
		const [, startedAt = '', path = ''] = value.split('.');
		const isInTime = Number(startedAt) <= nowMs && nowMs < Number(startedAt) + SECONDS * 1000;
		for (const { bytes } of keyRing(env).token.filter((key) => key !== undefined)) {
			const attempt = attemptOf(value, bytes, url);
			if (isInTime && isSameSecret(attempt.state, state))
				return { attempt, goesTo: readGoesTo(new TextDecoder().decode(decodeBase64(path) ?? new Uint8Array())) };
		}
	}
	return null;
}

export function endAttempt(env: Env, url: URL): string {
	return setCookie(env, url, { name: 'sign-in', value: '', site: 'Lax', seconds: 0 });
}

function attemptOf(value: string, key: Uint8Array, { origin }: URL): SignInAttempt {
	const made = (name: string) => hashToken(`sign-in ${name} ${value}`, key);
	return {
		state: made('state'),
		nonce: made('nonce'),
		verifier: made('verifier'),
		redirectUri: `${origin}${CALLBACK_PATH}`,
	};
}
