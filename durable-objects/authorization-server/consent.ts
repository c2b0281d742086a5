// The consent page: asked for by a client, answered by a person with an API token.
import {
	AuthorizationError,
	type AuthRequest,
	authorizationErrorRedirect,
	CimdFetchError,
	type OAuthHelpers,
} from '@cloudflare/workers-oauth-provider';
import { findApiToken } from '../../workers/access/api-tokens.ts';
import { slowDownGuessing } from '../../workers/access/guessing.ts';
import { getSession, requireSameOrigin } from '../../workers/access/sessions.ts';
import { signInPath } from '../../workers/access/sign-in/attempt.ts';
import { signInLabel } from '../../workers/access/sign-in/settings.ts';
import type { ServerAddress } from '../../workers/contracts/addresses.ts';
import type { Env } from '../../workers/contracts/env.ts';
import type { Grant, GrantMetadata, Within } from '../../workers/contracts/grants.ts';
import { type ApiTokenRecord, mayUse } from '../../workers/contracts/records.ts';
import { loadHead } from '../../workers/integration/load.ts';
import { ApiError } from '../../workers/lib/errors.ts';
import { withoutHidden } from '../../workers/lib/hidden-characters.ts';
import { documentFault, isDocumentUrl } from '../../workers/oauth/client-document.ts';
import { consentPage, faultPage, readWithin, type Signing, type Subject } from '../../workers/oauth/consent-page.ts';
import { grantedScope } from '../../workers/oauth/create-authorization-server.ts';
import { isNativeRedirect, isUsableRedirect } from '../../workers/oauth/redirect-uris.ts';

/** An app that a person has just let in. */
export type Granted = GrantMetadata & { client_id: string; api_token_id: string };

/** A request to the authorize endpoint of one server. */
export interface Authorization {
	env: Env;
	issuer: string;
	subject: Subject;
	oauth: OAuthHelpers;
}

/** Reads the subject from the account's object rather than from an isolate's memory: a person is about to agree to it. */
export async function findSubject(env: Env, { accountId, serverId }: ServerAddress): Promise<Subject | null> {
	const object = env.INTEGRATED_ACCOUNTS.getByName(accountId);
	const [account, server] = await Promise.all([object.getAccount(), object.getServer(serverId)]);
	const integration = account && (await loadHead(account.integration));
	return account && server && integration ? { account, server, integration } : null;
}

/** Limits what a question may cost. Each cost is counted where it is spent: an unknown client costs nothing. */
export interface Admission {
	document(): boolean;
	page(): boolean;
}

const TOO_MANY = 'Too many apps want to connect right now: try again in a minute.';

/** Shows the page, or says why there is none. */
export async function askConsent(
	authorization: Authorization,
	request: Request,
	admission: Admission,
): Promise<Response> {
	const clientId = new URL(request.url).searchParams.get('client_id') ?? '';
	if (isDocumentUrl(clientId) && !admission.document()) return faultPage(TOO_MANY, 429);
	const fault = isDocumentUrl(clientId) ? await documentFault(clientId) : null;
	if (fault) return faultPage(`The app's own description (client ID metadata document) ${fault}.`);
	return withFaultPages(async () => {
		const asked = await authorization.oauth.parseAuthRequest(request);
		// The library requires PKCE of public clients alone.
		if (!asked.codeChallenge)
			return redirect(authorizationErrorRedirect(asked, 'invalid_request', 'PKCE with S256 is required.'));
		if (!isUsableRedirect(asked.redirectUri)) return faultPage('This app cannot be sent access at that address.');
		if (!admission.page()) return faultPage(TOO_MANY, 429);
		return showPage(authorization, request, asked);
	});
}

/**
 * Takes the form that the page sends.
 *
 * @param onGranted  called with what was agreed to
 */
export function decideConsent(
	authorization: Authorization,
	request: Request,
	form: URLSearchParams,
	onGranted: (granted: Granted) => Promise<void>,
): Promise<Response> {
	const { env, oauth, subject } = authorization;
	const handle = form.get('handle') ?? '';
	return withFaultPages(async () => {
		if (form.get('decision') !== 'approve') {
			const { redirectTo, headers } = await oauth.denyConsent(request, handle);
			return redirect(redirectTo, headers);
		}
		// First of all: was this form given out to this browser? Nothing else is said before.
		const { request: asked, headers } = await oauth.approveConsent(request, handle);
		const chosen = { methods: form.getAll('method'), tags: form.getAll('tag') };
		const within = readWithin(chosen, subject.integration, subject.server.config);
		const apiToken = await whoeverDecides(env, subject, form.get('api_token') ?? '', request);
		const faults = [...(Array.isArray(within) ? within : []), ...(typeof apiToken === 'string' ? [apiToken] : [])];
		if (Array.isArray(within) || typeof apiToken === 'string')
			return showPage(authorization, request, asked, { within: chosen, faults }, headers);
		const grant: Grant = {
			account_id: subject.account.id,
			account_identity: subject.account.identity,
			server_id: subject.server.id,
			api_token_id: apiToken.id,
			within,
		};
		const metadata = await metadataOf(oauth, asked, within);
		const { redirectTo } = await oauth.completeAuthorization({
			request: asked,
			userId: apiToken.id,
			metadata,
			scope: grantedScope(asked.scope),
			props: grant,
			// Two people may use one API token and one app, each with a grant of their own.
			revokeExistingGrants: false,
		});
		await onGranted({ client_id: asked.clientId, api_token_id: apiToken.id, ...metadata });
		return redirect(redirectTo, headers);
	});
}

async function metadataOf(oauth: OAuthHelpers, asked: AuthRequest, within: Within): Promise<GrantMetadata> {
	const { clientName, redirectHost } = await oauth.describeConsent(asked);
	return { client_name: withoutHidden(clientName).text.slice(0, 100), redirect_host: redirectHost, within };
}

/** The API token that was entered, or else the one behind the browser's session. */
async function whoeverDecides(
	env: Env,
	subject: Subject,
	token: string,
	request: Request,
): Promise<ApiTokenRecord | string> {
	if (token !== '') return tokenFor(env, subject, token, request);
	try {
		const signedIn = await getSession(env, request);
		if (!signedIn) return await tokenFor(env, subject, token, request);
		requireSameOrigin(request);
		const { apiToken } = signedIn;
		return mayUse(apiToken, subject.account, subject.server.id)
			? apiToken
			: `You are signed in as ${apiToken.name}, who may not use this server.`;
	} catch (error) {
		if (error instanceof ApiError) return error.message;
		throw error;
	}
}

/** @returns why there is none, in words for the page, where the form can be sent again */
async function tokenFor(
	env: Env,
	{ account, server }: Subject,
	token: string,
	request: Request,
): Promise<ApiTokenRecord | string> {
	try {
		const apiToken = await findApiToken(env, token, request);
		if (apiToken && mayUse(apiToken, account, server.id)) return apiToken;
		await slowDownGuessing(request);
		return 'This API token is not good for this account: mistyped, revoked, expired, or bound to other accounts or servers.';
	} catch (error) {
		// Used too often for now, or storage that does not answer.
		if (error instanceof ApiError) return error.message;
		throw error;
	}
}

async function showPage(
	{ env, issuer, oauth, subject }: Authorization,
	request: Request,
	asked: AuthRequest,
	attempt?: Parameters<typeof consentPage>[3],
	headers = new Headers(),
): Promise<Response> {
	const client = await oauth.describeConsent(asked);
	const signing = await signingOf(env, subject, request);
	const consent = await oauth.beginConsent(asked);
	for (const cookie of consent.headers.getSetCookie()) headers.append('set-cookie', cookie);
	const action = `${new URL(issuer).pathname}/authorize`;
	const described = isNativeRedirect(asked.redirectUri)
		? {
				...client,
				redirectHost: `${new URL(asked.redirectUri).protocol}//${client.redirectHost}`,
				redirectIsLoopback: true,
			}
		: client;
	return consentPage(subject, described, { handle: consent.handle, headers, action, signing }, attempt);
}

/** A form that is shown again has lost the question: its address leads back to the app alone. */
async function signingOf(env: Env, { account, server }: Subject, request: Request): Promise<Signing> {
	const label = signInLabel(env);
	const { pathname, search } = new URL(request.url);
	const signedIn = await getSession(env, request).catch(() => null);
	return {
		person: signedIn && {
			name: signedIn.apiToken.name,
			mayUse: mayUse(signedIn.apiToken, account, server.id),
		},
		provider: label === null || request.method !== 'GET' ? null : { label, path: signInPath(pathname + search) },
	};
}

/** A fault goes back to the client where its redirect is known to be its own, else to the person. */
async function withFaultPages(act: () => Promise<Response>): Promise<Response> {
	try {
		return await act();
	} catch (error) {
		if (error instanceof AuthorizationError)
			return error.redirectTo ? redirect(error.redirectTo) : faultPage(error.description);
		if (error instanceof CimdFetchError)
			return faultPage("The app's own description (client ID metadata document) could not be read.");
		throw error;
	}
}

/** After a form 303, so that the browser goes on with GET. */
function redirect(location: string, headers = new Headers()): Response {
	headers.set('location', location);
	headers.set('cache-control', 'no-store');
	headers.set('referrer-policy', 'no-referrer');
	return new Response(null, { status: 303, headers });
}
