// Sign-in by OpenID Connect: authorization code with PKCE, state and nonce. The library checks the answers; what is told
// here is where it may ask, and what of an ID token counts.
import * as oauth from 'oauth4webapi';
import type { Identity } from '../../contracts/people.ts';
import { ApiError } from '../../lib/errors.ts';
import { identityOf } from './identity.ts';
import { fetchFromProvider, type ProviderPolicy, requireProviderAddress } from './provider-fetch.ts';
import { issuerText, type OidcSettings } from './settings.ts';

/** Values that tie an answer to the browser that asked. */
export interface SignInAttempt {
	state: string;
	nonce: string;
	/** RFC 7636: 43 to 128 characters. */
	verifier: string;
	redirectUri: string;
}

/** Descriptions of providers, per isolate. The library keeps the keys of each. */
const known = new Map<string, { server: oauth.AuthorizationServer; untilMs: number }>();
const KNOWN_FOR_MS = 10 * 60_000;

/** Address of the provider's page that the browser is sent to. */
export async function authorizationUrl(
	settings: OidcSettings,
	{ state, nonce, verifier, redirectUri }: SignInAttempt,
	policy: ProviderPolicy,
	nowMs: number,
): Promise<string> {
	const server = await checked(() => discover(settings, policy, nowMs));
	const url = new URL(server.authorization_endpoint ?? '');
	const query = {
		response_type: 'code',
		client_id: settings.clientId,
		redirect_uri: redirectUri,
		scope: settings.scopes,
		state,
		nonce,
		code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
	};
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return url.href;
}

/**
 * The person whom the provider sent back.
 *
 * @param callback  the address that the browser came back to
 * @throws ApiError sign_in_refused that says what is wrong with the answer; upstream_unavailable
 */
export function redeem(
	settings: OidcSettings,
	callback: URL,
	{ state, nonce, verifier, redirectUri }: SignInAttempt,
	policy: ProviderPolicy,
	nowMs: number,
): Promise<Identity> {
	return checked(async () => {
		const server = await discover(settings, policy, nowMs);
		const client = { client_id: settings.clientId };
		const answer = oauth.validateAuthResponse(server, client, callback, state);
		const response = await oauth.authorizationCodeGrantRequest(
			server,
			client,
			clientAuth(settings, server),
			answer,
			redirectUri,
			verifier,
			options(policy),
		);
		const claims = await verifiedClaims({ server, client, nonce }, response, policy);
		return identityOf(claims, {
			issuer: issuerText(settings.issuer),
			address: settings.addressClaim,
			isVerified: settings.addressClaim !== 'email' || isTrue(claims.email_verified),
			groups: claims[settings.groupsClaim],
		});
	});
}

/**
 * The claims of an ID token of this issuer for this client, in time, and signed with one of the issuer's keys.
 *
 * @param nonce  null where none was asked for: then the token must have none
 */
export async function verifiedClaims(
	{ server, client, nonce }: { server: oauth.AuthorizationServer; client: oauth.Client; nonce: string | null },
	response: Response,
	policy: ProviderPolicy,
): Promise<oauth.IDToken> {
	const expectedNonce = nonce ?? oauth.expectNoNonce;
	const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
		expectedNonce,
		requireIdToken: true,
	});
	// OpenID Connect would let TLS stand for the signature.
	await oauth.validateApplicationLevelSignature(server, response, options(policy));
	const claims = oauth.getValidatedIdTokenClaims(tokens);
	if (!claims) throw new ApiError('sign_in_refused', 'The identity provider sent no ID token.');
	return claims;
}

/** Some providers write booleans as text. */
function isTrue(value: unknown): boolean {
	return value === true || value === 'true';
}

async function discover(
	settings: OidcSettings,
	policy: ProviderPolicy,
	nowMs: number,
): Promise<oauth.AuthorizationServer> {
	const key = `${settings.issuer.href} ${policy.isLocal}`;
	const remembered = known.get(key);
	if (remembered && remembered.untilMs > nowMs) return remembered.server;
	// The issuer that the description names must be this one to the letter, with or without the slash of a bare host.
	const response = await oauth.discoveryRequest(settings.issuer, { algorithm: 'oidc', ...options(policy) });
	const server = await oauth.processDiscoveryResponse(settings.issuer, response);
	const { authorization_endpoint = '', token_endpoint = '', jwks_uri = '' } = server;
	for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri]) requireProviderAddress(endpoint, policy);
	known.set(key, { server, untilMs: nowMs + KNOWN_FOR_MS });
	return server;
}

function options(policy: ProviderPolicy) {
	return {
		[oauth.customFetch]: (url: string, init: object) => fetchFromProvider(url, init, policy),
		// `fetchFromProvider` decides to which hosts http may be used.
		[oauth.allowInsecureRequests]: policy.isLocal,
	};
}

/** RFC 8414: `client_secret_basic` where a provider does not say. */
function clientAuth({ clientSecret }: OidcSettings, server: oauth.AuthorizationServer): oauth.ClientAuth {
	if (clientSecret === null) return oauth.None();
	const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
	return methods.includes('client_secret_basic')
		? oauth.ClientSecretBasic(clientSecret)
		: oauth.ClientSecretPost(clientSecret);
}

/** Turns what the library finds wrong into a refusal, in its words. */
export async function checked<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (cause instanceof ApiError) throw cause;
		throw new ApiError('sign_in_refused', `The identity provider's answer is not accepted: ${faultOf(cause)}.`, {
			cause,
		});
	}
}

function faultOf(cause: unknown): string {
	if (cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError)
		return `it says ${cause.error.replace(/[^\w.-]/g, '').slice(0, 60)}`;
	const isTheirs = cause instanceof oauth.OperationProcessingError || cause instanceof oauth.UnsupportedOperationError;
	return isTheirs ? cause.message.slice(0, 200) : 'it could not be read';
}
