// Secrets that we hand out, and what storage keeps instead of them.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** 32 random bytes = 256 bits, written as 43 base64url characters (RFC 4648 section 5). */
const TOKEN_BYTES = 32;
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;
export const API_TOKEN_PREFIX = 'pb_';
/** The fixed token of a local start; a deployment refuses it. */
export const LOCAL_API_TOKEN = 'local-api-token';

/** Prefix of every API token that was ever handed out. */
export function isApiTokenShaped(text: string): boolean {
	return text.startsWith(API_TOKEN_PREFIX) && isTokenShaped(text.slice(API_TOKEN_PREFIX.length));
}

/** Length of an API token that an operator chose: long enough not to be guessed. */
export const FIRST_API_TOKEN_MIN = 32;

export function mintToken(): string {
	return bytesToBase64url(randomBytes(TOKEN_BYTES));
}

export function isTokenShaped(text: string): boolean {
	return TOKEN_PATTERN.test(text);
}

/** 32 random hex digits, never made twice. */
export function mintIdentity(): string {
	return bytesToHex(randomBytes(16));
}

/** 12 random hex digits: ids of servers, accounts and API tokens. Names, not secrets. */
export function mintIdSuffix(): string {
	return bytesToHex(randomBytes(6));
}

/**
 * Storage id of a token: HMAC-SHA256(key, token), 64 lowercase hex digits.
 *
 * Keyed, so a copy of the storage cannot be matched against guessed tokens.
 *
 * @param key  TOKEN_KEY, at least 32 bytes (RFC 2104 section 3)
 */
export function hashToken(token: string, key: Uint8Array): string {
	return bytesToHex(hmac(sha256, key, utf8ToBytes(token)));
}

/** `hashToken` by WebCrypto: quicker in an isolate that has just started, where our own code is not compiled yet. */
export async function keyedHash(key: Uint8Array, text: string): Promise<string> {
	const algorithm = { name: 'HMAC', hash: 'SHA-256' };
	const imported = await crypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, algorithm, false, ['sign']);
	return bytesToHex(
		new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8ToBytes(text) as Uint8Array<ArrayBuffer>)),
	);
}

/** Unkeyed SHA-256 in hex: a deploy names the API token that it made by it. */
export function claimHash(token: string): string {
	return bytesToHex(sha256(utf8ToBytes(token)));
}

/** Compares in a time that does not tell how much of it is right. Lengths are no secret. */
export function isSameSecret(a: string, b: string): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
	return difference === 0;
}

export function decodeBase64(text: string): Uint8Array | null {
	try {
		return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
	} catch {
		return null;
	}
}

export function bytesToBase64url(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/={1,2}$/, '');
}
