// Credentials of an integrated account: encrypted at rest, bound to their account and to where they are sent.
import type { Credentials, KeyEnv } from '../contracts/keys.ts';
import type { StoredAccount } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { bytesToBase64url, decodeBase64 } from '../lib/secrets.ts';
import { type Key, keyRing } from './keys.ts';

const VERSION = 'v3';
const IV_BYTES = 12;
const AES_KEY_BYTES = 32;
/** Keyed by key id. Holds finished keys only: another request cannot wait for this one's promise. */
const imported = new Map<string, CryptoKey>();

async function importKey({ id, bytes }: Key): Promise<CryptoKey> {
	const known = imported.get(id);
	if (known) return known;
	const key = await crypto.subtle.importKey('raw', bytes.slice(0, AES_KEY_BYTES), 'AES-GCM', false, [
		'encrypt',
		'decrypt',
	]);
	imported.set(id, key);
	return key;
}

/** Sealed credentials open for this owner alone. */
type Owner = Pick<StoredAccount, 'id' | 'identity' | 'base_url'>;

/**
 * AES-256-GCM under the current ENCRYPTION_KEY with the account's id, identity and address as associated data: a sealed
 * text that is copied to another account does not open there, nor to a later account of the same id, nor to one that was
 * given another address in storage.
 *
 * @returns `v3.<key id>.<iv>.<ciphertext and tag>`, the last two base64url
 */
export async function sealCredentials(credentials: Credentials, owner: Owner, env: KeyEnv): Promise<string> {
	const [key] = keyRing(env).encryption;
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const plain = new TextEncoder().encode(JSON.stringify(credentials));
	const sealed = await crypto.subtle.encrypt(
		{ name: 'AES-GCM', iv, additionalData: associatedData(owner) },
		await importKey(key),
		plain,
	);
	return `${VERSION}.${key.id}.${bytesToBase64url(iv)}.${bytesToBase64url(new Uint8Array(sealed))}`;
}

export function isSealedWithCurrentKey(sealed: string, env: KeyEnv): boolean {
	return sealed.startsWith(`${VERSION}.${keyRing(env).encryption[0].id}.`);
}

function associatedData({ id, identity, base_url }: Owner): Uint8Array<ArrayBuffer> {
	return new TextEncoder().encode(`${id}\n${identity}\n${base_url}`) as Uint8Array<ArrayBuffer>;
}

function earlierData({ id, base_url }: Owner): Uint8Array<ArrayBuffer> {
	return new TextEncoder().encode(`${id}\n${base_url}`) as Uint8Array<ArrayBuffer>;
}

/** @throws ApiError internal_error for what was sealed with a key that is in no slot, or for another account or address */
export async function openCredentials(
	account: Owner & Pick<StoredAccount, 'sealed_credentials'>,
	env: KeyEnv,
): Promise<Credentials> {
	const [version, keyId, iv, ciphertext] = account.sealed_credentials.split('.');
	const ivBytes = decodeBase64(iv ?? '');
	const bytes = decodeBase64(ciphertext ?? '');
	// Before accounts had an identity, credentials were bound to id and address: they open for those accounts alone.
	const isEarlier = version === 'v2' && account.identity === account.id;
	if (!(version === VERSION || isEarlier) || !ivBytes || !bytes)
		throw new ApiError('internal_error', 'Stored credentials are unreadable. Enter the credentials again.');
	let cause: unknown;
	for (const key of keyRing(env).encryption) {
		if (!key || key.id !== keyId) continue;
		try {
			const plain = await crypto.subtle.decrypt(
				{
					name: 'AES-GCM',
					iv: ivBytes as Uint8Array<ArrayBuffer>,
					additionalData: isEarlier ? earlierData(account) : associatedData(account),
				},
				await importKey(key),
				bytes,
			);
			return JSON.parse(new TextDecoder().decode(plain)) as Credentials;
		} catch (error) {
			cause = error;
		}
	}
	throw new ApiError(
		'internal_error',
		'Stored credentials do not open with the present ENCRYPTION_KEY. Restore the key, or enter the credentials again.',
		{ cause },
	);
}
