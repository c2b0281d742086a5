// The OAuth library, set up for one MCP server.
import { OAuthAuthorizationServer, type TokenExchangeCallbackOptions } from '@cloudflare/workers-oauth-provider';

/** Storage of the library: the part of a KV namespace that it uses. */
export interface OAuthEnv {
	OAUTH_KV: OAuthKv;
}

export interface OAuthKv {
	get(key: string, options?: { type: 'json' }): Promise<unknown>;
	put(
		key: string,
		value: string,
		options?: { expirationTtl?: number; expiration?: number; metadata?: unknown },
	): Promise<void>;
	delete(key: string): Promise<void>;
	list(options: { prefix: string; limit?: number; cursor?: string }): Promise<{
		keys: { name: string; metadata?: unknown }[];
		list_complete: boolean;
		cursor?: string;
	}>;
}

/** Access to the server; the consent page asks with how much of it. */
export const SCOPE = 'mcp';
/** Refresh tokens are given in any case; some clients ask only where this is offered. */
const OFFLINE_SCOPE = 'offline_access';
const SCOPES: readonly string[] = [SCOPE, OFFLINE_SCOPE];

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** A grant ends this long after its last use. */
export const GRANT_IDLE_SECONDS = 30 * DAY_SECONDS;
/** A registered client that somebody has agreed to; each use in the second half of it renews it. */
export const CLIENT_SECONDS = 90 * DAY_SECONDS;

/**
 * @param issuer      the server's URL, which is the one resource too
 * @param mayExchange  asked before tokens are given out for a grant; throws OAuthError
 */
export function createAuthorizationServer(
	issuer: string,
	mayExchange: (options: TokenExchangeCallbackOptions<OAuthEnv>) => Promise<void>,
): OAuthAuthorizationServer<OAuthEnv> {
	return new OAuthAuthorizationServer<OAuthEnv>({
		issuer,
		resources: [issuer],
		authorizeEndpoint: `${issuer}/authorize`,
		tokenEndpoint: `${issuer}/token`,
		clientRegistrationEndpoint: `${issuer}/register`,
		scopesSupported: [...SCOPES],
		clientIdMetadataDocumentEnabled: true,
		// Only known clients have one: `registration.ts` and the consent page see to that.
		allowPrivateUseRedirectUris: true,
		accessTokenTTL: HOUR_SECONDS,
		refreshTokenTTL: GRANT_IDLE_SECONDS,
		refreshTokenIdleTTL: GRANT_IDLE_SECONDS,
		clientRegistrationTTL: CLIENT_SECONDS,
		tokenExchangeCallback: mayExchange,
		// The answer says what was wrong; a client's faults are none of our log's business.
		onError: () => {},
	});
}

/** The granted scopes: always access, since consent was given to it. */
export function grantedScope(requested: readonly string[]): string[] {
	return SCOPES.filter((scope) => scope === SCOPE || requested.includes(scope));
}
