// An account's credentials → what signs its requests.
import type { Credentials } from '../contracts/keys.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { fillTemplate } from '../lib/template.ts';
import { accessToken, base64, isTokenAuth, knownAccessToken } from './access-token.ts';
import { UpstreamFailure } from './failure.ts';
import { targetFault } from './target.ts';

/** The opened credentials and settings that a call needs. */
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
export function requireTarget({ integration, baseUrl, credentials, isLocal = false }: Connection): void {
	const kept = keptFor({ integration, credentials });
	if (kept.target?.baseUrl === baseUrl && kept.target.isLocal === isLocal) return;
	if (!URL.canParse(baseUrl) || targetFault(integration, new URL(baseUrl), { isLocal }) !== null)
		throw new UpstreamFailure('forbidden', 'is connected at an address that is not allowed');
	kept.target = { baseUrl, isLocal };
}

/** Values derived from an account's credentials, computed once for as long as an isolate keeps them open. */
interface Kept {
	integration: IntegrationFile;
	/** An address that was found to be allowed. */
	target?: { baseUrl: string; isLocal: boolean };
	/** Signature that needs no access token. */
	signature?: Signature;
	/** Secrets, with the access token that was valid when they were listed. */
	secrets: { [of in 'error' | 'data']?: { token: string | undefined; values: readonly string[] } };
}

const keptOf = new WeakMap<Credentials, Kept>();

function keptFor({ integration, credentials }: Pick<Connection, 'integration' | 'credentials'>): Kept {
	let kept = keptOf.get(credentials);
	if (kept?.integration !== integration) {
		kept = { integration, secrets: {} };
		keptOf.set(credentials, kept);
	}
	return kept;
}

/** A request's signature: headers, and for some vendors a part of the query. */
export interface Signature {
	headers: Record<string, string>;
	query: [string, string][];
}

/** @throws UpstreamFailure when an access token is not given */
export async function signatureOf(connection: Connection, ending: AbortController): Promise<Signature> {
	const { auth } = connection.integration;
	if (isTokenAuth(auth)) return makeSignature(connection, ending);
	const kept = keptFor(connection);
	kept.signature ??= await makeSignature(connection, ending);
	return kept.signature;
}

async function makeSignature(connection: Connection, ending: AbortController): Promise<Signature> {
	const { integration, credentials } = connection;
	const fill = (template: string) => fillTemplate(template, (name) => credentials[name]);
	const headers = Object.fromEntries(
		Object.entries(integration.headers).map(([name, template]) => [name, fill(template)]),
	);
	const { auth } = integration;
	const signed = (name: string, value: string): Signature => ({ headers: { ...headers, [name]: value }, query: [] });
	switch (auth.scheme) {
		case 'headers':
			return { headers, query: [] };
		case 'query':
			return { headers, query: Object.entries(auth.parameters).map(([name, value]) => [name, fill(value)]) };
		case 'basic':
			return signed('authorization', `Basic ${base64(`${fill(auth.username)}:${fill(auth.password)}`)}`);
		case 'bearer':
			return signed('authorization', `Bearer ${fill(auth.token)}`);
		case 'oauth2_client_credentials':
		case 'token_exchange': {
			const token = await accessToken(connection, auth, ending);
			return signed(
				auth.header ?? 'authorization',
				(auth.header_value ?? 'Bearer {{token}}').replace('{{token}}', () => token),
			);
		}
	}
}

/** Shorter than this, a value that is no secret also stands in texts by chance. */
const PUBLIC_VALUE_MIN = 12;

/**
 * Values that must not come back in a vendor's words: the secrets of the account, and what is made of them for a
 * request. In an error its public settings too; in data only those that are random, since a company's own name is data.
 */
export function secretTexts(connection: Connection, { isError }: { isError: boolean }): readonly string[] {
	const { auth } = connection.integration;
	const token = isTokenAuth(auth) ? knownAccessToken(connection) : undefined;
	const { secrets } = keptFor(connection);
	const of = isError ? 'error' : 'data';
	const known = secrets[of];
	if (known && known.token === token) return known.values;
	const values = listSecrets(connection, isError, token);
	secrets[of] = { token, values };
	return values;
}

function listSecrets({ integration, credentials }: Connection, isError: boolean, token: string | undefined): string[] {
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
		case 'headers':
		case 'query':
			return values;
		case 'oauth2_client_credentials':
		case 'token_exchange':
			return token === undefined ? values : [...values, token];
	}
}
