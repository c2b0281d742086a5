// Sign-in by OpenID Connect: authorization code with PKCE, state and nonce. The libraries check the answers; what is told
// here is where they may ask, and what of an ID token counts.
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, customFetch as jwksFetch, jwtVerify } from 'jose';
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

interface Provider {
	server: oauth.AuthorizationServer;
	keys: JWTVerifyGetKey;
}

/** Descriptions of providers, per isolate. Their keys are cached by the library. */
const known = new Map<string, { provider: Provider; untilMs: number }>();
const KNOWN_FOR_MS = 10 * 60_000;

/** Address of the provider's page that the browser is sent to. */
export async function authorizationUrl(
	settings: OidcSettings,
	{ state, nonce, verifier, redirectUri }: SignInAttempt,
	policy: ProviderPolicy,
	nowMs: number,
): Promise<string> {
	const { server } = await checked(() => discover(settings, policy, nowMs));
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
		const { server, keys } = await discover(settings, policy, nowMs);
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
		const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
			expectedNonce: nonce,
			requireIdToken: true,
		});
		// The library leaves the signature to TLS. One more line of defence is cheap.
		const { payload } = await jwtVerify(tokens.id_token ?? '', keys, {
			issuer: server.issuer,
			audience: settings.clientId,
		});
		return identityOf(payload, {
			issuer: issuerText(settings.issuer),
			address: settings.addressClaim,
			isVerified: settings.addressClaim !== 'email' || isTrue(payload.email_verified),
			groups: payload[settings.groupsClaim],
		});
	});
}

/** Some providers write booleans as text. */
function isTrue(value: unknown): boolean {
	return value === true || value === 'true';
}

async function discover(settings: OidcSettings, policy: ProviderPolicy, nowMs: number): Promise<Provider> {
	const key = `${settings.issuer.href} ${policy.isLocal}`;
	const remembered = known.get(key);
	if (remembered && remembered.untilMs > nowMs) return remembered.provider;
	// The issuer that the description names must be this one to the letter, with or without the slash of a bare host.
	const response = await oauth.discoveryRequest(settings.issuer, { algorithm: 'oidc', ...options(policy) });
	const server = await oauth.processDiscoveryResponse(settings.issuer, response);
	const { authorization_endpoint = '', token_endpoint = '', jwks_uri = '' } = server;
	for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri]) requireProviderAddress(endpoint, policy);
	const keys = createRemoteJWKSet(new URL(jwks_uri), {
		[jwksFetch]: (url, init) => fetchFromProvider(url, init, policy),
	});
	const provider = { server, keys };
	known.set(key, { provider, untilMs: nowMs + KNOWN_FOR_MS });
	return provider;
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

/** Turns what the libraries find wrong into a refusal, in their words. */
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
	const isTheirs =
		cause instanceof oauth.OperationProcessingError ||
		cause instanceof oauth.UnsupportedOperationError ||
		cause instanceof errors.JOSEError;
	return isTheirs ? cause.message.slice(0, 200) : 'it could not be read';
}
