// The seal of a preview: what was shown may be written, on the same server, and nothing else.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { parseJson } from '../../lib/parse-json.ts';
import { bytesToBase64url, decodeBase64, isSameSecret } from '../../lib/secrets.ts';
import type { CallContext } from '../context.ts';

/** Sealed content. The tool stands before it, unencrypted. */
export interface Sealed {
	tool: string;
	changes: Record<string, unknown>;
	/** Ids, each with the version of its record; null where the vendor gave none. */
	records: [id: number | string, version: string | null][];
	atMs: number;
}

/** A preview is as good as the records' versions; a day later nobody remembers what it showed. */
const GOOD_FOR_MS = 86_400_000;
const LENGTH_MAX = 65_536;

/** `<tool>.<what, as base64url>.<HMAC-SHA256 of server, tool and what>` */
export function sealChanges({ access, tokenKeys }: CallContext, { tool, changes, records, atMs }: Sealed): string {
	const payload = bytesToBase64url(utf8ToBytes(JSON.stringify([changes, records, atMs])));
	const [key] = tokenKeys;
	return `${tool}.${payload}.${macOf(key.bytes, access.server.id, tool, payload)}`;
}

/** @returns null for a seal that is altered, of another server, or too old */
export function openSeal({ access, tokenKeys }: CallContext, seal: string, nowMs: number): Sealed | null {
	const [tool = '', payload = '', mac = '', more] = seal.split('.');
	if (more !== undefined || seal.length > LENGTH_MAX) return null;
	const keys = tokenKeys.flatMap((key) => (key ? [key.bytes] : []));
	if (!keys.some((key) => isSameSecret(macOf(key, access.server.id, tool, payload), mac))) return null;
	const bytes = decodeBase64(payload);
	const read = bytes && parseJson(new TextDecoder().decode(bytes));
	if (!Array.isArray(read)) return null;
	const [changes, records, atMs] = read as [Sealed['changes'], Sealed['records'], number];
	return nowMs - atMs <= GOOD_FOR_MS ? { tool, changes, records, atMs } : null;
}

function macOf(key: Uint8Array, serverId: string, tool: string, payload: string): string {
	const text = JSON.stringify(['confirm', serverId, tool, payload]);
	return bytesToBase64url(hmac(sha256, key, utf8ToBytes(text)));
}
