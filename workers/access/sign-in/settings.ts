// The installation's settings for sign-in, read from the Worker's variables and secrets.
import type { SignInEnv } from '../../contracts/people.ts';
import { ApiError } from '../../lib/errors.ts';
import { addressFault, withoutTrailing } from '../../lib/hosts.ts';

export interface OidcSettings {
	issuer: URL;
	clientId: string;
	clientSecret: string | null;
	scopes: string;
	addressClaim: string;
	groupsClaim: string;
}

export interface CloudflareAccessSettings {
	/** `https://<team>.cloudflareaccess.com` */
	issuer: URL;
	audience: string;
	groupsClaim: string;
}

type LocalEnv = SignInEnv & { LOCAL?: string };

const DEFAULTS = { scopes: 'openid profile email', addressClaim: 'email', groupsClaim: 'groups' };

/**
 * @returns null where it is not set up
 * @throws ApiError internal_error that names the variable that is wrong
 */
export function oidcSettings(env: LocalEnv): OidcSettings | null {
	const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = env;
	if (!OIDC_ISSUER && !OIDC_CLIENT_ID) return null;
	if (!OIDC_CLIENT_ID) throw wrong('OIDC_CLIENT_ID', 'is missing beside OIDC_ISSUER');
	return {
		issuer: readIssuer('OIDC_ISSUER', OIDC_ISSUER ?? '', env),
		clientId: OIDC_CLIENT_ID,
		clientSecret: OIDC_CLIENT_SECRET || null,
		scopes: env.OIDC_SCOPES || DEFAULTS.scopes,
		addressClaim: env.OIDC_ADDRESS_CLAIM || DEFAULTS.addressClaim,
		groupsClaim: env.OIDC_GROUPS_CLAIM || DEFAULTS.groupsClaim,
	};
}

/** The same for Cloudflare Access in front of Patchbay. */
export function cloudflareAccessSettings(env: LocalEnv): CloudflareAccessSettings | null {
	const { ACCESS_TEAM_DOMAIN, ACCESS_AUD } = env;
	if (!ACCESS_TEAM_DOMAIN && !ACCESS_AUD) return null;
	if (!ACCESS_AUD) throw wrong('ACCESS_AUD', 'is missing beside ACCESS_TEAM_DOMAIN');
	const issuer = /^https?:/.test(ACCESS_TEAM_DOMAIN ?? '') ? ACCESS_TEAM_DOMAIN : `https://${ACCESS_TEAM_DOMAIN}`;
	return {
		issuer: readIssuer('ACCESS_TEAM_DOMAIN', ACCESS_TEAM_DOMAIN ? (issuer ?? '') : '', env),
		audience: ACCESS_AUD,
		groupsClaim: env.OIDC_GROUPS_CLAIM || DEFAULTS.groupsClaim,
	};
}

/**
 * Label of the button, after "Sign in with"; null where nobody can sign in but by API token. What is wrong with the
 * settings is for the page behind the button to say: a dashboard with API tokens goes on without them.
 */
export function signInLabel({ OIDC_ISSUER = '', OIDC_CLIENT_ID, OIDC_NAME, ...access }: LocalEnv): string | null {
	if (OIDC_ISSUER || OIDC_CLIENT_ID)
		return OIDC_NAME || (URL.canParse(OIDC_ISSUER) ? new URL(OIDC_ISSUER).hostname : 'your organisation');
	return access.ACCESS_TEAM_DOMAIN || access.ACCESS_AUD ? 'Cloudflare Access' : null;
}

function readIssuer(name: string, text: string, env: LocalEnv): URL {
	if (!URL.canParse(text)) throw wrong(name, 'must be a URL like https://accounts.google.com');
	const url = new URL(text);
	const fault = addressFault(url, { isLocal: env.LOCAL === 'true' });
	if (fault !== null) throw wrong(name, fault);
	if (url.search || url.hash) throw wrong(name, 'must not contain a query or a fragment');
	return url;
}

function wrong(name: string, fault: string): ApiError {
	return new ApiError('internal_error', `Sign-in is not set up: the variable ${name} ${fault}.`);
}

/** The issuer as a token's `iss` spells it: a URL parser adds a slash to a bare host. */
export function issuerText({ href }: URL): string {
	return withoutTrailing(href, '/');
}
