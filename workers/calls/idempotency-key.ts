// The idempotency key of a write: an HMAC, so that storage reveals nothing about the arguments.
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Arguments } from '../integration/arguments.ts';
import type { Operation } from '../integration/operations.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { withoutHidden } from '../lib/hidden-characters.ts';
import { hmacSha256 } from '../lib/hmac.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { UpstreamRequest } from '../vendor/request.ts';

/** Would the same call twice make two of something? An update and a delete end in the same state. */
export function isGuarded({ readOnly, kind, documentation }: Operation): boolean {
	return !readOnly && !(documentation.idempotent ?? (kind === 'update' || kind === 'delete'));
}

/**
 * HMAC-SHA256 of server, tool and request in 64 hex digits.
 *
 * By the request that would be sent, so that two spellings of the same name, moment or text are one.
 *
 * @param args  for an upload, whose form has no text of its own
 * @param once  tells two wishes for the same request apart
 */
export async function writeKey(
	key: Uint8Array,
	serverId: string,
	tool: string,
	{ verb, path, body }: UpstreamRequest,
	args: Arguments,
	once?: string,
): Promise<string> {
	const content = typeof body === 'string' ? parseJson(body) : body === undefined ? null : args;
	const folded = canonicalJson([verb, path, foldTexts(content, 0)]);
	// An upload has megabytes: the runtime hashes them faster than we would.
	const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(folded) as Uint8Array<ArrayBuffer>);
	const parts = ['write', serverId, tool, bytesToHex(new Uint8Array(digest)), ...(once === undefined ? [] : [once])];
	return bytesToHex(hmacSha256(key, JSON.stringify(parts)));
}

/** Deeper than any argument; see `validateArguments`. */
const MAX_DEPTH = 20;

const REFERENCE_KEYS: ReadonlySet<string> = new Set(['id', 'name', 'identifier']);

function straightQuotes(text: string): string {
	return text.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"');
}

/** Blanks, hidden characters, kinds of quotes and Unicode's normal forms do not make another write. */
function foldTexts(value: unknown, depth: number): unknown {
	if (typeof value === 'string') {
		return straightQuotes(withoutHidden(value).text.normalize('NFC')).replace(/\s+/g, ' ').trim();
	}
	if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
	if (Array.isArray(value)) return value.map((item) => foldTexts(item, depth + 1));
	const members = Object.entries(value);
	// A reference is its id, whatever name stands beside it.
	const isReference = depth > 0 && members.every(([name]) => REFERENCE_KEYS.has(name));
	const meant = isReference && 'id' in value ? members.filter(([name]) => name === 'id') : members;
	return Object.fromEntries(meant.map(([name, member]) => [name, foldTexts(member, depth + 1)]));
}
