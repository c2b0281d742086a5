// Pages: from a cursor to the vendor's page, and from the vendor's answer to the next cursor.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Arguments } from '../integration/arguments.ts';
import { LIST_LIMIT_DEFAULT } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { valueAt } from '../lib/json-path.ts';
import { bytesToBase64url, decodeBase64, isSameSecret } from '../lib/secrets.ts';

/**
 * Where a list goes on.
 *
 * `page` style: `offset` records were delivered. `cursor` style: `vendor` names the page and `offset` how many of its
 * records were delivered.
 */
export interface Position {
	offset: number;
	vendor?: string;
	/** What relative times of the query count from, milliseconds since 1970. */
	atMs?: number;
	/** About how many records fit into one answer, once one was cut. */
	fitted?: number;
	/** How the page before began: a page that begins alike did not move. */
	before?: string;
}

export interface PagePlan {
	query: [string, string][];
	position: Position;
	/** Records at the start of the page that were delivered before. */
	skip: number;
	/** Records to ask for. */
	size: number;
	/** Records to deliver at most. */
	wanted: number;
}

export const START: Position = { offset: 0 };

/** Decides which page to ask for so that it begins at, or as little as possible before, the position. */
export function planPage(file: IntegrationFile, position: Position, limit: number | undefined): PagePlan {
	const { paging } = file;
	const wanted = Math.min(limit ?? LIST_LIMIT_DEFAULT, paging.max_size);
	// After a cut, ask for about what fits, not for everything again.
	const most = position.fitted === undefined ? wanted : Math.max(1, Math.min(wanted, Math.ceil(position.fitted * 1.2)));
	if (paging.style === 'cursor') {
		const size = Math.min(paging.max_size, position.offset + most);
		const query: [string, string][] = [[paging.size_parameter, String(size)]];
		if (position.vendor !== undefined) query.push([paging.cursor_parameter, position.vendor]);
		return { query, position, skip: position.offset, size, wanted };
	}
	const size = alignedSize(position.offset, most);
	const page = Math.floor(position.offset / size) + 1;
	return {
		query: [
			[paging.page_parameter, String(page)],
			[paging.size_parameter, String(size)],
		],
		position,
		skip: position.offset % size,
		size,
		wanted,
	};
}

/** The part of the vendor's page to deliver. Who sent more than was asked for does not page: that is the whole list. */
export function deliverable(file: IntegrationFile, plan: PagePlan, received: readonly unknown[]): unknown[] {
	const skip = skipped(file, plan, received.length);
	return received.slice(skip, skip + plan.wanted);
}

function skipped(file: IntegrationFile, plan: PagePlan, received: number): number {
	return file.paging.style === 'page' && received > plan.size ? plan.position.offset : plan.skip;
}

/** Pages start at multiples of their size: of the sizes from half of `most` up, the one that repeats the fewest records. */
function alignedSize(offset: number, most: number): number {
	let best = most;
	for (let size = most; size >= Math.ceil(most / 2); size--) {
		if (offset % size < offset % best) best = size;
		if (offset % best === 0) break;
	}
	return best;
}

/**
 * Where the list goes on after `delivered` records of the page, or null at its end.
 *
 * @param received  records that the page brought, the skipped ones included
 */
export function nextPosition(
	file: IntegrationFile,
	plan: PagePlan,
	answer: { received: number; delivered: number; first?: unknown; link: string | null; body: unknown },
): Position | null {
	if (!hasMoved(plan, answer)) return null;
	const next = followingPosition(file, plan, answer);
	return next && answer.first !== undefined ? { ...next, before: markOf(answer.first) } : next;
}

/** An empty page, or one that begins as the page before did, would go on for ever. */
export function hasMoved(
	{ position, skip, size }: PagePlan,
	{ received, first }: { received: number; first?: unknown },
): boolean {
	if (received === 0) return false;
	// Who sends more than was asked for sends the whole list each time.
	return (
		received > size ||
		skip > 0 ||
		position.before === undefined ||
		first === undefined ||
		position.before !== markOf(first)
	);
}

/** Twelve characters that tell one record from another. */
function markOf(record: unknown): string {
	return bytesToBase64url(sha256(utf8ToBytes(JSON.stringify(record))).slice(0, 9));
}

function followingPosition(
	file: IntegrationFile,
	plan: PagePlan,
	answer: { received: number; delivered: number; link: string | null; body: unknown },
): Position | null {
	const isCut = skipped(file, plan, answer.received) + answer.delivered < answer.received;
	const { offset, vendor: from } = plan.position;
	if (isCut) {
		// Nothing is known about what fits where the limit was the smaller.
		const fitted = answer.delivered < plan.wanted ? { fitted: answer.delivered } : {};
		return { offset: offset + answer.delivered, ...(from === undefined ? {} : { vendor: from }), ...fitted };
	}
	const fitted = grown(plan, answer.delivered);
	if (file.paging.style === 'cursor') {
		const vendor = valueAt(answer.body, file.paging.next_path);
		return (typeof vendor === 'string' || typeof vendor === 'number') && String(vendor) !== from
			? { vendor: String(vendor), offset: 0, ...fitted }
			: null;
	}
	// The vendor counts whole pages, even one that it left short: the next begins behind this one.
	const pageEnd = offset - plan.skip + plan.size;
	return hasNextPage(answer.link, answer.received, plan.size) ? { offset: pageEnd, ...fitted } : null;
}

/** After a cut the pages grow step by step again, so that large records are not fetched over and over. */
function grown({ position, wanted }: PagePlan, delivered: number): { fitted?: number } {
	if (position.fitted === undefined) return {};
	const fitted = Math.ceil(Math.max(position.fitted, delivered) * 1.5);
	return fitted < wanted ? { fitted } : {};
}

/** RFC 8288. A server that sends no Link at all is asked for one more page when this one was full. */
function hasNextPage(link: string | null, received: number, size: number): boolean {
	if (link === null || link === '') return received === size;
	const parameters = link.replace(/<[^<>]*>/g, '');
	return /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(?=[;,]|$))/i.test(parameters);
}

/** What a cursor is bound to: sent with another query, tool or server it is refused. */
export interface CursorScope {
	serverId: string;
	operation: string;
	args: Arguments;
	/** Where the days of the query begin. */
	timeZone?: string;
	key: Uint8Array;
	/** Of which cursors are accepted still. */
	earlierKey?: Uint8Array | undefined;
}

/** A vendor's own cursor may be long; ours wraps it. */
const MAX_CURSOR_LENGTH = 16_384;

/** Opaque: the position and 96 bits of an HMAC over it and its query. */
export function encodeCursor(position: Position, scope: CursorScope): string {
	const payload = JSON.stringify([
		position.offset,
		position.vendor ?? null,
		position.fitted ?? null,
		position.atMs ?? null,
		position.before ?? null,
	]);
	return `${bytesToBase64url(utf8ToBytes(payload))}.${seal(payload, scope)}`;
}

/** @returns null for a damaged or foreign cursor */
export function decodeCursor(cursor: string, scope: CursorScope): Position | null {
	const [encoded, mac, rest] = cursor.split('.');
	const bytes =
		encoded && mac && rest === undefined && cursor.length <= MAX_CURSOR_LENGTH ? decodeBase64(encoded) : null;
	if (!bytes) return null;
	const payload = new TextDecoder().decode(bytes);
	const { key, earlierKey } = scope;
	const isOurs = [key, ...(earlierKey ? [earlierKey] : [])].some((by) =>
		isSameSecret(seal(payload, { ...scope, key: by }), mac ?? ''),
	);
	if (!isOurs) return null;
	const [offset, vendor, fitted, atMs, before] = JSON.parse(payload) as [
		number,
		string | null,
		number | null,
		number | null,
		string | null | undefined,
	];
	return {
		offset,
		...(vendor === null ? {} : { vendor }),
		...(fitted === null ? {} : { fitted }),
		...(atMs === null ? {} : { atMs }),
		...(before === null || before === undefined ? {} : { before }),
	};
}

function seal(payload: string, { serverId, operation, args, timeZone, key }: CursorScope): string {
	// The size of a page may change on the way; everything else is the query.
	const query = Object.entries(args)
		.filter(([name, value]) => name !== 'limit' && name !== 'next_cursor' && value !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const mac = hmac(sha256, key, utf8ToBytes(JSON.stringify(['cursor', serverId, operation, timeZone, query, payload])));
	return bytesToBase64url(mac.slice(0, 12));
}
