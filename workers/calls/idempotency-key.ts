// The idempotency key of a write: an HMAC, so that storage reveals nothing about the arguments.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Arguments } from '../integration/arguments.ts';
import type { Operation } from '../integration/operations.ts';
import { canonicalJson } from '../lib/canonical-json.ts';

/** Would the same call twice make two of something? An update and a delete end in the same state. */
export function isGuarded({ readOnly, kind, documentation }: Operation): boolean {
	return !readOnly && !(documentation.idempotent ?? (kind === 'update' || kind === 'delete'));
}

/**
 * HMAC-SHA256 of server, tool and arguments in 64 hex digits.
 *
 * @param args  checked, so that two spellings of the same reference or moment are one
 */
export async function writeKey(key: Uint8Array, serverId: string, tool: string, args: Arguments): Promise<string> {
	// An upload has megabytes: the runtime hashes them faster than we would.
	const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(canonicalJson(args)) as Uint8Array<ArrayBuffer>);
	const text = JSON.stringify(['write', serverId, tool, bytesToHex(new Uint8Array(digest))]);
	return bytesToHex(hmac(sha256, key, utf8ToBytes(text)));
}
