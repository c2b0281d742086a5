// Digest of a server and its account. A request sends the digest of what it knows, and the account's object compares it
// with its own: an entry in KV that is stale or forged in any member is not the same.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { StoredAccount, StoredServer } from '../contracts/records.ts';
import { canonicalJson } from '../lib/canonical-json.ts';

/** SHA-256 in 64 hex digits. */
export function digestAccess(server: StoredServer, account: StoredAccount): string {
	return bytesToHex(sha256(utf8ToBytes(canonicalJson([server, account]))));
}

/** The same by WebCrypto: quicker in an isolate that has just started, where our own code is not compiled yet. */
export async function digestAccessSoon(server: StoredServer, account: StoredAccount): Promise<string> {
	const bytes = utf8ToBytes(canonicalJson([server, account])) as Uint8Array<ArrayBuffer>;
	return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
