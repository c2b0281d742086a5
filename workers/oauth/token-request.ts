// A request to the token endpoint, read as the OAuth library reads it. Whatever is decided about a request before the
// library answers it must be decided about the token and the client that the library will act on.
import { isDocumentUrl } from './client-document.ts';

/** The library takes an empty one for absent, and does not count it as repeated. */
const MAY_BE_EMPTY = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/** Parameter that holds the code or token, by `grant_type`. */
const SECRETS: Readonly<Record<string, string>> = { authorization_code: 'code', refresh_token: 'refresh_token' };

export interface TokenRequest {
	/** The parameters, without those that are as good as absent. */
	form: URLSearchParams;
	isRevocation: boolean;
	/** The refresh token to exchange; null in a request for something else. */
	refreshToken: string | null;
	/** `<user>:<grant>` of the code or token; empty without one. */
	grant: string;
	/** Everything that the client says to identify itself, in one spelling. */
	client: string;
}

export function readTokenRequest(request: Request, body: string): TokenRequest {
	const form = new URLSearchParams(body);
	for (const name of MAY_BE_EMPTY) if (form.has(name, '')) form.delete(name, '');
	const grantType = form.get('grant_type') ?? '';
	const isRevocation = grantType === '' && form.has('token');
	const secret = form.get(isRevocation ? 'token' : (SECRETS[grantType] ?? '')) ?? '';
	const said = [basicCredentials(request), ...MAY_BE_EMPTY.map((name) => form.get(name))];
	return {
		form,
		isRevocation,
		refreshToken: grantType === 'refresh_token' ? secret : null,
		grant: secret.split(':').slice(0, 2).join(':'),
		client: JSON.stringify(said),
	};
}

/**
 * Would the library fetch a client's document for this request that is not the document of the grant's own client? An
 * assertion names its client inside, unless the request names it too.
 *
 * @param clientId  client of the grant; null without a grant
 */
export function namesForeignDocument(request: Request, { form }: TokenRequest, clientId: string | null): boolean {
	const said = [basicUser(request), form.get('client_id')].filter((id) => id !== null);
	const isForeign = (id: string) => isDocumentUrl(id) && id !== clientId;
	return said.some(isForeign) || (form.has('client_assertion') && (clientId === null || said.length === 0));
}

/** RFC 7617, read as loosely as the library does. @returns null for another scheme, and for what is none */
function basicCredentials(request: Request): string | null {
	const encoded = /^basic[ \t]+([^ \t]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
	try {
		return encoded === undefined ? null : atob(encoded);
	} catch {
		return null;
	}
}

/** RFC 6749 section 2.3.1: form-encoded, then Basic. */
function basicUser(request: Request): string | null {
	try {
		const user = basicCredentials(request)?.split(':')[0];
		return user === undefined ? null : decodeURIComponent(user.replaceAll('+', ' '));
	} catch {
		return null;
	}
}
