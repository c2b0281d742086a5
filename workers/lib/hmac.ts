// HMAC-SHA256 (RFC 2104) under keys that are used again and again.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();

/** Each begun with its key: half of the work on a short text. */
const begun = new WeakMap<Uint8Array, ReturnType<typeof hmac.create>>();

/** @param key  one object for as long as the key is in use, as in a key ring: its bytes never change */
export function hmacSha256(key: Uint8Array, text: string): Uint8Array {
	let start = begun.get(key);
	if (!start) {
		start = hmac.create(sha256, key);
		begun.set(key, start);
	}
	return start.clone().update(encoder.encode(text)).digest();
}
