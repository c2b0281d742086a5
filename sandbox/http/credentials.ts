// Checks who is calling: company, clientId header and HTTP Basic credentials.

import { badRequest, cannotRoute, notAuthenticated, unauthorized } from '../schema/vendor-errors.ts';

/** The one set of keys the sandbox knows. They open nothing but this simulation. */
export const SANDBOX_COMPANY = 'patchbay';
const PUBLIC_KEY = 'sandboxPublicKey';
const PRIVATE_KEY = 'sandboxPrivateKey';

/** The member whom the keys belong to; it signs every change. */
export const API_MEMBER = 'patchbay-api';

const GUID = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i;

/** Checks the credentials of a request; throws the vendor's answer when they do not fit. */
export function checkCredentials(headers: Headers): void {
	const [scheme = '', encoded = ''] = (headers.get('authorization') ?? '').split(' ');
	if (scheme.toLowerCase() !== 'basic') throw notAuthenticated();
	let credentials: string;
	try {
		credentials = new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
	} catch {
		throw notAuthenticated();
	}
	const [, company, publicKey, privateKey] = /^([^+]*)\+([^:]*):(.*)$/s.exec(credentials) ?? [];
	if (company !== SANDBOX_COMPANY) throw cannotRoute();
	const clientId = headers.get('clientid') ?? '';
	// Only the status and the header's name are reported; the wording is ours.
	if (!GUID.test(clientId)) throw badRequest('The clientId header is missing or is not a valid clientId.');
	if (publicKey !== PUBLIC_KEY || privateKey !== PRIVATE_KEY) throw unauthorized();
}
