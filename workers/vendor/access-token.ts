// Access tokens: asked for with an account's credentials, and kept as long as they live.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Credentials } from '../contracts/keys.ts';
import type { Auth, Verb } from '../integration/format.ts';
import { withoutHidden } from '../lib/hidden-characters.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { withQuery } from '../lib/query-string.ts';
import { fillTemplate } from '../lib/template.ts';
import { ellipsis } from '../lib/text.ts';
import { UpstreamFailure } from './failure.ts';
import { type OutgoingRequest, send } from './send.ts';

/** Auth schemes that sign with an access token. */
export type TokenAuth = Extract<Auth, { scheme: 'oauth2_client_credentials' | 'token_exchange' }>;

export interface TokenOwner {
	/** Identity of the account, which no other account ever has. */
	accountIdentity: string;
	revision: number;
	baseUrl: string;
	credentials: Credentials;
}

/** Access tokens by identity and revision of the account, as long as they live: the vendor's, not a customer's data. */
const accessTokens = new Map<string, { token: string; expiresAtMs: number }>();
const ACCESS_TOKENS_LIMIT = 500;
/** Renewed this long before their end. */
const EXPIRY_MARGIN_MS = 60_000;

/** @throws UpstreamFailure when the vendor gives none */
export async function accessToken(owner: TokenOwner, auth: TokenAuth, ending: AbortController): Promise<string> {
	const key = keyOf(owner);
	const known = accessTokens.get(key);
	if (known && known.expiresAtMs > Date.now()) return known.token;
	const answer = await send(tokenRequest(owner, auth), ending);
	const body = parseJson(answer.text);
	const token = valueAt(body, auth.access_token_path ?? 'access_token');
	const isToken = typeof token === 'string' && /^[!-~]+$/.test(token);
	if (answer.status < 200 || answer.status >= 300 || !isToken) {
		throw new UpstreamFailure('credentials', `gave no access token (status ${answer.status})`, {
			status: answer.status,
			detail: refusalText(body),
		});
	}
	const told = Number(valueAt(body, auth.expires_in_path ?? 'expires_in'));
	const lifetimeSeconds = Number.isFinite(told) && told > 0 ? told : (auth.lifetime_seconds ?? 0);
	if (accessTokens.size >= ACCESS_TOKENS_LIMIT) accessTokens.clear();
	accessTokens.set(key, { token, expiresAtMs: Date.now() + lifetimeSeconds * 1000 - EXPIRY_MARGIN_MS });
	return token;
}

/** The token that an account has now, also one that has ended. */
export function knownAccessToken(owner: Pick<TokenOwner, 'accountIdentity' | 'revision'>): string | undefined {
	return accessTokens.get(keyOf(owner))?.token;
}

/** After a 401: the vendor took the token back before its end. It stays known, so that no answer may contain it. */
export function forgetAccessToken(owner: Pick<TokenOwner, 'accountIdentity' | 'revision'>): void {
	const known = accessTokens.get(keyOf(owner));
	if (known) known.expiresAtMs = 0;
}

function keyOf({ accountIdentity, revision }: Pick<TokenOwner, 'accountIdentity' | 'revision'>): string {
	return `${accountIdentity} ${revision}`;
}

/** RFC 6749 section 4.4, or the vendor's own kind. */
export function tokenRequest({ baseUrl, credentials }: TokenOwner, auth: TokenAuth): OutgoingRequest {
	const fill = (template: string) => fillTemplate(template, (name) => credentials[name]);
	const address = fillTemplate(auth.token_path, (name) => encodeURIComponent(credentials[name] ?? ''));
	const url = address.startsWith('https://') ? address : baseUrl + address;
	const isOAuth = auth.scheme === 'oauth2_client_credentials';
	const inBasic = isOAuth && auth.client_in === 'basic';
	const client = isOAuth ? { id: fill(auth.client_id), secret: fill(auth.client_secret) } : null;
	const members: Record<string, string> = {
		...(isOAuth ? { grant_type: 'client_credentials' } : {}),
		...(client && !inBasic ? { client_id: client.id, client_secret: client.secret } : {}),
		...(isOAuth && auth.scope ? { scope: auth.scope } : {}),
	};
	for (const [name, value] of Object.entries(auth.parameters ?? {})) members[name] = fill(value);
	const basic = isOAuth
		? inBasic && client
			? `${formEncoded(client.id)}:${formEncoded(client.secret)}`
			: null
		: auth.basic
			? `${fill(auth.basic.username)}:${fill(auth.basic.password)}`
			: null;
	const own = isOAuth ? {} : (auth.request_headers ?? {});
	const headers = {
		accept: 'application/json',
		...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, fill(value)])),
		...(basic === null ? {} : { authorization: `Basic ${base64(basic)}` }),
	};
	const verb: Verb = isOAuth ? 'POST' : (auth.verb ?? 'POST');
	if (verb === 'GET') return { url: withQuery(url, Object.entries(members)), verb, headers };
	const isForm = (auth.encoding ?? (isOAuth ? 'form' : 'json')) === 'form';
	return {
		url,
		verb,
		headers: { ...headers, 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' },
		body: isForm ? new URLSearchParams(members).toString() : JSON.stringify(members),
	};
}

/** RFC 6749 section 2.3.1: both are encoded before they are joined. */
function formEncoded(text: string): string {
	return new URLSearchParams([['', text]]).toString().slice(1);
}

const REFUSAL_MAX = 200;
/** Paths at which authorization servers give a reason. Source: RFC 6749 section 5.2, and what vendors do instead. */
const REFUSAL_PATHS = [
	'error_description',
	'message',
	'error/message',
	'error',
	'detail',
	'errors/0',
	'errors/0/message',
];

/** The vendor's own sentence, for the operator who tests the connection. It may repeat a credential. */
function refusalText(body: unknown): string | undefined {
	const said = REFUSAL_PATHS.map((path) => valueAt(body, path)).find((text) => typeof text === 'string' && text !== '');
	if (typeof said !== 'string') return undefined;
	return ellipsis(withoutHidden(said).text.replace(/\s+/g, ' ').trim(), REFUSAL_MAX);
}

export function isTokenAuth(auth: Auth): auth is TokenAuth {
	return auth.scheme === 'oauth2_client_credentials' || auth.scheme === 'token_exchange';
}

export function base64(text: string): string {
	return btoa(String.fromCharCode(...utf8ToBytes(text)));
}
