// An account's credentials → the headers of its requests.

import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Credentials } from '../contracts/keys.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { parseJson } from '../lib/parse-json.ts';
import { fillTemplate } from '../lib/template.ts';
import { UpstreamFailure } from './failure.ts';
import { send } from './send.ts';
import { targetFault } from './target.ts';

/** What a call needs of its account, opened. */
export interface Connection {
	integration: IntegrationFile;
	/** Identity of the account, which no other account ever has. */
	accountIdentity: string;
	baseUrl: string;
	credentials: Credentials;
	revision: number;
	/** A local start, where http to this machine is allowed. */
	isLocal?: boolean;
}

/**
 * The base_url was checked when it was stored. Storage that was tampered with, or filled by a local start, must not
 * send credentials elsewhere either.
 *
 * @throws UpstreamFailure
 */
export function requireTarget({ integration, baseUrl, isLocal = false }: Connection): void {
	if (!URL.canParse(baseUrl) || targetFault(integration, new URL(baseUrl), { isLocal }) !== null)
		throw new UpstreamFailure('forbidden', 'is connected at an address that is not allowed');
}

/** Access tokens by identity and revision of the account, as long as they live: the vendor's, not a customer's data. */
const accessTokens = new Map<string, { token: string; expiresAtMs: number }>();
const ACCESS_TOKENS_LIMIT = 500;
/** Renewed this long before their end. */
const EXPIRY_MARGIN_MS = 60_000;

/** @throws UpstreamFailure when an access token is not given */
export async function authHeaders(connection: Connection, ending: AbortController): Promise<Record<string, string>> {
	const { integration, credentials } = connection;
	const fill = (template: string) => fillTemplate(template, (name) => credentials[name]);
	const headers = Object.fromEntries(
		Object.entries(integration.headers).map(([name, template]) => [name, fill(template)]),
	);
	const { auth } = integration;
	switch (auth.scheme) {
		case 'basic':
			return { ...headers, authorization: `Basic ${base64(`${fill(auth.username)}:${fill(auth.password)}`)}` };
		case 'bearer':
			return { ...headers, authorization: `Bearer ${fill(auth.token)}` };
		case 'oauth2_client_credentials':
			return { ...headers, authorization: `Bearer ${await accessToken(connection, auth, fill, ending)}` };
	}
}

/** Shorter than this, a value that is no secret also stands in texts by chance. */
const PUBLIC_VALUE_MIN = 12;

/**
 * Values that must not come back in a vendor's words: the secrets of the account, and what is made of them for a
 * request. In an error its public settings too; in data only those that are random, since a company's own name is data.
 */
export function secretTexts(connection: Connection, { isError }: { isError: boolean }): string[] {
	const { integration, credentials } = connection;
	const values = Object.entries(credentials).flatMap(([name, value]) => {
		const isPublic = integration.credentials[name]?.secret === false;
		return isPublic && (value.length < PUBLIC_VALUE_MIN || !(isError || /\d/.test(value))) ? [] : [value];
	});
	const { auth } = integration;
	const fill = (template: string) => fillTemplate(template, (name) => credentials[name]);
	switch (auth.scheme) {
		case 'basic': {
			const pair = `${fill(auth.username)}:${fill(auth.password)}`;
			return [...values, pair, base64(pair)];
		}
		case 'bearer':
			return [...values, fill(auth.token)];
		case 'oauth2_client_credentials': {
			const token = accessTokens.get(accessTokenKey(connection))?.token;
			return token === undefined ? values : [...values, token];
		}
	}
}

/** After a 401: the vendor took the token back before its end. It is kept as one that is not to be told. */
export function forgetAccessToken(connection: Connection): void {
	const known = accessTokens.get(accessTokenKey(connection));
	if (known) known.expiresAtMs = 0;
}

function accessTokenKey({ accountIdentity, revision }: Connection): string {
	return `${accountIdentity} ${revision}`;
}

/** RFC 6749 section 4.4. */
async function accessToken(
	connection: Connection,
	auth: Extract<IntegrationFile['auth'], { scheme: 'oauth2_client_credentials' }>,
	fill: (template: string) => string,
	ending: AbortController,
): Promise<string> {
	const key = accessTokenKey(connection);
	const known = accessTokens.get(key);
	if (known && known.expiresAtMs > Date.now()) return known.token;
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: fill(auth.client_id),
		client_secret: fill(auth.client_secret),
	});
	if (auth.scope) form.set('scope', auth.scope);
	const answer = await send(
		{
			url: auth.token_path.startsWith('https://') ? auth.token_path : connection.baseUrl + auth.token_path,
			verb: 'POST',
			headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
			body: form.toString(),
		},
		ending,
	);
	const { access_token, expires_in } = parseToken(answer.text);
	if (answer.status !== 200 || typeof access_token !== 'string' || !/^[!-~]+$/.test(access_token)) {
		throw new UpstreamFailure('credentials', `gave no access token (status ${answer.status})`, answer);
	}
	if (accessTokens.size >= ACCESS_TOKENS_LIMIT) accessTokens.clear();
	accessTokens.set(key, { token: access_token, expiresAtMs: Date.now() + (expires_in ?? 0) * 1000 - EXPIRY_MARGIN_MS });
	return access_token;
}

function parseToken(text: string): { access_token?: string; expires_in?: number } {
	const parsed = parseJson(text);
	return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

function base64(text: string): string {
	return btoa(String.fromCharCode(...utf8ToBytes(text)));
}
