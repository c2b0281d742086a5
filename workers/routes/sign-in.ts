// Signing in by an identity provider: to the provider and back, or by what Cloudflare Access sends along. It ends in a
// session of the dashboard, which the consent page takes as well.
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { slowDownGuessing } from '../access/guessing.ts';
import { hashInvitation } from '../access/invitations.ts';
import { listReach } from '../access/reached-servers.ts';
import { hashSession, newSession, sessionCookie } from '../access/sessions.ts';
import { beginAttempt, endAttempt, readGoesTo, resumeAttempt } from '../access/sign-in/attempt.ts';
import { accessIdentity } from '../access/sign-in/cloudflare-access.ts';
import { authorizationUrl, redeem } from '../access/sign-in/oidc.ts';
import { cloudflareAccessSettings, oidcSettings } from '../access/sign-in/settings.ts';
import { INVITE_PREFIX } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import type { SignInOutcome } from '../contracts/objects.ts';
import type { Identity } from '../contracts/people.ts';
import type { ApiTokenRecord } from '../contracts/records.ts';
import { ApiError, logError } from '../lib/errors.ts';
import { mintIdSuffix, mintToken } from '../lib/secrets.ts';
import { expired, unknown, used } from '../management/accept-invitation.ts';
import { escapeHtml, htmlPage } from '../oauth/html.ts';
import { serverList } from './invite.ts';

/** `GET /sign-in?to=` */
export function beginSignIn(request: Request, env: Env): Promise<Response> {
	return withPages(request, async (url, now) => {
		const goesTo = readGoesTo(url.searchParams.get('to'));
		const policy = { isLocal: env.LOCAL === 'true' };
		const access = cloudflareAccessSettings(env);
		const identity = access && (await accessIdentity(access, request, policy));
		if (identity) return letIn(request, env, { identity, goesTo, headers: new Headers() }, now);
		const oidc = oidcSettings(env);
		if (!oidc)
			throw new ApiError(
				'not_found',
				access
					? 'Cloudflare Access did not say who you are: it must protect this address, /sign-in.'
					: 'Nobody can sign in here but with an API token: no identity provider is set up.',
			);
		const { attempt, cookie } = beginAttempt(env, url, goesTo, now.getTime());
		const location = await authorizationUrl(oidc, attempt, policy, now.getTime());
		const headers = { location, 'set-cookie': cookie, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
		return new Response(null, { status: 303, headers });
	});
}

/** `GET /sign-in/callback`, where the provider sends the browser back to. */
export async function endSignIn(request: Request, env: Env): Promise<Response> {
	const response = await withPages(request, async (url, now) => {
		const oidc = oidcSettings(env);
		const begun = resumeAttempt(env, request, now.getTime());
		if (!oidc || !begun)
			throw new ApiError(
				'sign_in_refused',
				'This sign-in was not begun in this browser, is over already, or took longer than ten minutes. Begin again.',
			);
		const identity = await redeem(oidc, url, begun.attempt, { isLocal: env.LOCAL === 'true' }, now.getTime());
		return letIn(request, env, { identity, goesTo: begun.goesTo, headers: new Headers() }, now);
	});
	// However it ended: an attempt is good for one answer.
	response.headers.append('set-cookie', endAttempt(env, new URL(request.url)));
	return response;
}

async function letIn(
	request: Request,
	env: Env,
	{ identity, goesTo, headers }: { identity: Identity; goesTo: string; headers: Headers },
	now: Date,
): Promise<Response> {
	const url = new URL(request.url);
	const secret = mintToken();
	const [, page, inviteSecret = ''] = goesTo.split('/');
	const invitation = `/${page}` === INVITE_PREFIX ? hashInvitation(env, inviteSecret) : null;
	const { api_token_id: apiTokenId, ...record } = newSession(request, `tok_${mintIdSuffix()}`, now);
	const session = { apiTokenId, record, hashes: hashSession(env, secret) };
	const outcome = await directoryObject(env).signInPerson(identity, session, invitation).catch(storageUnavailable);
	if (outcome.state !== 'signed_in') throw refusalOf(outcome.state, identity);
	const { apiToken } = outcome;
	headers.append('set-cookie', sessionCookie(env, url, secret));
	if (invitation === null && (goesTo !== '/' || apiToken.scope === 'manage'))
		return goOnPage(apiToken, goesTo, headers);
	return welcomePage(apiToken, serverList(await listReach(env, url, apiToken)), headers);
}

function refusalOf(state: Exclude<SignInOutcome['state'], 'signed_in'>, { issuer, email, name }: Identity): ApiError {
	const who = `You are ${email ?? name} at ${new URL(issuer).host}`;
	const noAddress =
		email === null ? ' It vouches for no e-mail address of yours, so that only a group can let you in.' : '';
	switch (state) {
		case 'unnamed':
			return new ApiError(
				'sign_in_refused',
				`${who}, and no rule of this Patchbay names you or a group of yours.${noAddress} Ask the person who runs it for access.`,
			);
		case 'kept_out':
			return new ApiError(
				'sign_in_refused',
				`${who}, whom a rule of this Patchbay keeps out. Ask the person who runs it.`,
			);
		case 'unknown':
			return unknown();
		case 'used':
			return used();
		case 'expired':
			return expired();
	}
}

/**
 * A page that goes on by itself. A redirect would do so as the provider's, and the browser would keep the session's cookie
 * back (`SameSite=Strict`); what this page leads to is asked for by Patchbay itself.
 */
function goOnPage(apiToken: ApiTokenRecord, goesTo: string, headers: Headers): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>You are signed in</h1>
<p>As ${escapeHtml(apiToken.name)}. <a href="${escapeHtml(goesTo)}">Go on</a></p>`;
	return htmlPage('You are signed in', main, { headers, goesTo });
}

/** Page for people who may use servers and nothing else: it says where to connect their clients. */
function welcomePage(apiToken: ApiTokenRecord, servers: string, headers: Headers): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>You are signed in</h1>
<p>As ${escapeHtml(apiToken.name)}. Open the page of a server and follow the steps for your AI client. When your client sends
you back here to sign in, you need no API token.</p>
${servers}`;
	return htmlPage('You are signed in', main, { headers });
}

async function withPages(request: Request, act: (url: URL, now: Date) => Promise<Response>): Promise<Response> {
	// A page of another site may send people here; it may not sign them in behind a picture.
	const mode = request.headers.get('sec-fetch-mode');
	if (request.method !== 'GET') throw new ApiError('method_not_allowed', 'This address takes GET.', { allow: ['GET'] });
	if (mode !== null && mode !== 'navigate') throw new ApiError('cross_origin', 'This address is opened, not fetched.');
	try {
		return await act(new URL(request.url), new Date());
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		if (error.status >= 500) logError(error);
		else await slowDownGuessing(request);
		return faultPage(error);
	}
}

function faultPage({ message, status }: ApiError): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>You are not signed in</h1>
<p class="fault" role="alert">${escapeHtml(message)}</p>
<p><a href="/">Go to the dashboard</a></p>`;
	return htmlPage('You are not signed in', main, { status });
}
