// Registration of clients (RFC 7591), as far as this server can hold them to it. Section 2 lets a server replace
// values that it does not support, and section 3.2.1 has it answer what it registered: so nothing is registered that the
// other endpoints would refuse later.
import { isObject } from '../lib/is-object.ts';
import { parseJson } from '../lib/parse-json.ts';
import { isUsableRedirect } from './redirect-uris.ts';

const GRANT_TYPES = new Set(['authorization_code', 'refresh_token']);
const RESPONSE_TYPES = new Set(['code']);
/** Never dropped in silence: a client that lists one is refused. */
const DANGEROUS = /^\s*(?:javascript|data|vbscript|file|mailto|blob|about):/i;

/**
 * Takes out of a registration what is not supported here, where something that is stays.
 *
 * @param body  as received; what is no JSON object is left to the library to refuse
 * @returns null where it names no address that a code could be sent to
 */
export function supportedRegistration(body: string): string | null {
	const given = parseJson(body);
	if (!isObject(given)) return body;
	const metadata = given as Record<string, unknown>;
	const { redirect_uris } = metadata;
	if (
		Array.isArray(redirect_uris) &&
		redirect_uris.length > 0 &&
		!redirect_uris.some((uri) => typeof uri === 'string' && (isUsableRedirect(uri) || DANGEROUS.test(uri)))
	)
		return null;
	const kept = {
		...metadata,
		...supported(metadata, 'grant_types', (value) => GRANT_TYPES.has(value)),
		...supported(metadata, 'response_types', (value) => RESPONSE_TYPES.has(value)),
		...supported(
			metadata,
			'redirect_uris',
			(value) => isUsableRedirect(value) || DANGEROUS.test(value) || !isPlain(value),
		),
	};
	return JSON.stringify(kept);
}

function supported(metadata: Record<string, unknown>, name: string, isKept: (value: string) => boolean) {
	const given = metadata[name];
	if (!Array.isArray(given) || given.some((value) => typeof value !== 'string')) return {};
	const values = (given as string[]).filter(isKept);
	return values.length > 0 ? { [name]: values } : {};
}

/** Accepts an address without a fragment or user information; a client with one is refused. */
function isPlain(uri: string): boolean {
	if (!URL.canParse(uri)) return false;
	const { username, password } = new URL(uri);
	return !uri.includes('#') && username === '' && password === '';
}

export const NO_USABLE_REDIRECT =
	'redirect_uris: one must use https, http on a loopback host, or the scheme of a known app (cursor, vscode, windsurf, claude, zed, raycast).';
