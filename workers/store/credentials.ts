// Credentials of an integrated account: encrypted at rest, bound to their account.
import { ApiError } from '../errors.ts';
import { bytesToBase64url, decodeBase64, requireKey } from './tokens.ts';

/** Setting name → value, e.g. `private_key`. Plain only while a request is served. */
export type Credentials = Record<string, string>;

const IV_BYTES = 12;
/** By secret. Only finished keys: a promise of one request is nothing to wait for in another. */
const imported = new Map<string, CryptoKey>();

async function importKey(encryptionKey: string): Promise<CryptoKey> {
	const known = imported.get(encryptionKey);
	if (known) return known;
	const bytes = requireKey('ENCRYPTION_KEY', encryptionKey).slice(0, 32);
	const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
	imported.set(encryptionKey, key);
	return key;
}

/**
 * AES-256-GCM under ENCRYPTION_KEY with the account id as associated data, so that a sealed text copied to another
 * account does not open there.
 *
 * @returns `v1.<iv>.<ciphertext and tag>`, base64url
 */
export async function sealCredentials(
	credentials: Credentials,
	accountId: string,
	encryptionKey: string,
): Promise<string> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const plain = new TextEncoder().encode(JSON.stringify(credentials));
	const sealed = await crypto.subtle.encrypt(
		{ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(accountId) },
		await importKey(encryptionKey),
		plain,
	);
	return `v1.${bytesToBase64url(iv)}.${bytesToBase64url(new Uint8Array(sealed))}`;
}

/** @throws ApiError internal_error when the text was sealed with another key or for another account */
export async function openCredentials(sealed: string, accountId: string, encryptionKey: string): Promise<Credentials> {
	const [version, iv, ciphertext] = sealed.split('.');
	const ivBytes = decodeBase64(iv ?? '');
	const bytes = decodeBase64(ciphertext ?? '');
	if (version !== 'v1' || !ivBytes || !bytes)
		throw new ApiError('internal_error', 'Stored credentials are unreadable.');
	try {
		const plain = await crypto.subtle.decrypt(
			{ name: 'AES-GCM', iv: ivBytes, additionalData: new TextEncoder().encode(accountId) },
			await importKey(encryptionKey),
			bytes,
		);
		return JSON.parse(new TextDecoder().decode(plain)) as Credentials;
	} catch (cause) {
		throw new ApiError(
			'internal_error',
			'Stored credentials do not open with the present ENCRYPTION_KEY. Restore the key, or enter the credentials again.',
			{ cause },
		);
	}
}
