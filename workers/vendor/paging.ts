// Pages: from a cursor to the vendor's page, and from the vendor's answer to the next cursor.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Arguments } from '../integration/arguments.ts';
import { LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX } from '../integration/arguments.ts';
import type { Paging } from '../integration/format.ts';
import { hmacSha256 } from '../lib/hmac.ts';
import { valueAt } from '../lib/json-path.ts';
import { bytesToBase64url, decodeBase64, isSameSecret } from '../lib/secrets.ts';
import { withoutParameters } from './address.ts';
import { UpstreamFailure } from './failure.ts';
import { hasMore } from './more-pages.ts';

/**
 * Position at which a list goes on.
 *
 * Without `vendor`, `offset` records were delivered. With it (styles `cursor` and `link`) `vendor` names the page and
 * `offset` how many of its records were delivered.
 */
export interface Position {
	offset: number;
	vendor?: string | number;
	/** Moment from which the query's relative times count, milliseconds since 1970. */
	atMs?: number;
	/** Corrected values, by argument, of filters whose names found nothing as they were given. */
	meant?: Arguments;
	/** About how many records fit into one answer, once one was cut. */
	fitted?: number;
	/** Fingerprint of the beginning of the page before: a page that begins alike did not move. */
	before?: string;
}

export interface PagePlan {
	paging: Paging;
	/** The vendor's parameters. */
	query: [string, string][];
	/** Beside those that every request has. */
	headers?: Readonly<Record<string, string>>;
	/** Address of the page, which the vendor named. */
	link?: string;
	position: Position;
	/** Records at the start of the page that were delivered before. */
	skip: number;
	/** Records that a full page has. */
	size: number;
	/** Records to deliver at most. */
	wanted: number;
}

export const START: Position = { offset: 0 };

/** Decides which page to ask for so that it begins at, or as little as possible before, the position. */
export function planPage(paging: Paging, position: Position, limit: number | undefined): PagePlan {
	return { paging, ...placePage(paging, position, limit) };
}

/** The same for a list that is read whole, by the vendor's second way to page. */
export function planForwardPage(forward: ForwardPaging, position: Position, limit: number | undefined): PagePlan {
	return { ...planPage(forward.paging, position, limit), headers: forward.headers };
}

export interface ForwardPaging {
	paging: Paging;
	headers: Readonly<Record<string, string>>;
}

/**
 * @param fields  those that a record has, as far as they are known
 * @returns null where the vendor has one way to page alone, or records lack the field that it goes by
 */
export function forwardPaging(paging: Paging, fields: readonly string[]): ForwardPaging | null {
	if (paging.style !== 'page' || !paging.forward) return null;
	const { page_parameter: _page, first: _first, more: _more, forward, style: _style, ...size } = paging;
	const { cursor_parameter, last_field, headers = {} } = forward;
	if (fields.length > 0 && !fields.includes(last_field)) return null;
	return { paging: { ...size, style: 'cursor', cursor_parameter, last_field }, headers };
}

function placePage(paging: Paging, position: Position, limit: number | undefined): Omit<PagePlan, 'paging'> {
	const maxSize = paging.style === 'none' ? LIST_LIMIT_MAX : paging.max_size;
	const wanted = Math.min(limit ?? LIST_LIMIT_DEFAULT, maxSize);
	// After a cut, ask for about what fits, not for everything again.
	const most = position.fitted === undefined ? wanted : Math.max(1, Math.min(wanted, Math.ceil(position.fitted * 1.2)));
	if (paging.style === 'none')
		return { query: [], position, skip: position.offset, size: Number.POSITIVE_INFINITY, wanted };
	const sized = (size: number): [string, string][] =>
		paging.size_parameter === undefined ? [] : [[paging.size_parameter, String(size)]];
	const hasSize = paging.size_parameter !== undefined;
	switch (paging.style) {
		case 'cursor':
		case 'link': {
			const size = hasSize ? Math.min(maxSize, position.offset + most) : maxSize;
			const plan = { query: sized(size), position, skip: position.offset, size, wanted };
			if (position.vendor === undefined) return plan;
			const vendor = String(position.vendor);
			if (paging.style === 'link') return { ...plan, link: vendor };
			return { ...plan, query: [...plan.query, [paging.cursor_parameter, vendor]] };
		}
		case 'offset': {
			const size = hasSize ? most : maxSize;
			const at = String(position.offset + (paging.first ?? 0));
			return { query: [[paging.offset_parameter, at], ...sized(size)], position, skip: 0, size, wanted };
		}
		case 'page': {
			const size = hasSize ? alignedSize(position.offset, most) : maxSize;
			const page = Math.floor(position.offset / size) + (paging.first ?? 1);
			const skip = position.offset % size;
			return { query: [[paging.page_parameter, String(page)], ...sized(size)], position, skip, size, wanted };
		}
	}
}

/** A parameter's value as JSON has it: sizes and places are numbers, a cursor is what the vendor answered. */
export function inJson({ paging, position }: PagePlan, parameter: string, value: string): string | number {
	return paging.style === 'cursor' && parameter === paging.cursor_parameter
		? (position.vendor ?? value)
		: Number(value);
}

/** The part of the vendor's page to deliver. Who sent more than was asked for does not page: that is the whole list. */
export function deliverable(paging: Paging, plan: PagePlan, received: readonly unknown[]): unknown[] {
	const skip = skipped(paging, plan, received.length);
	return received.slice(skip, skip + plan.wanted);
}

function skipped({ style }: Paging, plan: PagePlan, received: number): number {
	return (style === 'page' || style === 'offset') && received > plan.size ? plan.position.offset : plan.skip;
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

/** A page as it came. */
export interface ReceivedPage {
	/** Records that it brought, the skipped ones included. */
	received: readonly unknown[];
	/** Number of delivered records, from the first that was not skipped. */
	delivered: number;
	headers: Headers;
	body: unknown;
	/** Parameters that sign a request. They stay out of cursors, whose address a client can read. */
	signedBy?: readonly string[];
}

/**
 * Returns the position after the delivered records of the page, or null at the list's end.
 *
 * @throws UpstreamFailure when the page names itself as the next one: the list would never end
 */
export function nextPosition(paging: Paging, plan: PagePlan, page: ReceivedPage): Position | null {
	if (!hasMoved(paging, plan, page.received)) return null;
	const next = followingPosition(paging, plan, page);
	const [first] = page.received;
	return next && first !== undefined ? { ...next, before: markOf(first) } : next;
}

/** An empty page, or one that begins as the page before did, would go on for ever. */
export function hasMoved({ style }: Paging, { position, skip, size }: PagePlan, received: readonly unknown[]): boolean {
	// An empty page with a new cursor behind it is one of which nothing matched.
	if (received.length === 0) return style === 'cursor' || style === 'link';
	// A vendor that sends more than was asked for sends the whole list each time.
	const isWhole = received.length > size || style === 'none';
	return isWhole || skip > 0 || position.before === undefined || position.before !== markOf(received[0]);
}

/** Characters of a record's JSON that its mark covers: its id is among the first. */
const MARKED_MAX = 2_000;

/** Twelve characters that tell one record from another, of two FNV-1a sums. No secret depends on it: the cursor is sealed. */
function markOf(record: unknown): string {
	const text = (JSON.stringify(record) ?? '').slice(0, MARKED_MAX);
	let [a, b] = [0x811c9dc5, 0x01000193 ^ text.length];
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		a = Math.imul(a ^ unit, 0x01000193);
		b = Math.imul(b ^ unit ^ (a >>> 13), 0x85ebca6b);
	}
	return [a, b].map((sum) => (sum >>> 0).toString(36).padStart(7, '0').slice(1)).join('');
}

function followingPosition(paging: Paging, plan: PagePlan, page: ReceivedPage): Position | null {
	const received = page.received.length;
	const isCut = skipped(paging, plan, received) + page.delivered < received;
	const { offset, vendor: from } = plan.position;
	if (isCut) {
		// Nothing is known about what fits where the limit was the smaller.
		const fitted = page.delivered < plan.wanted ? { fitted: page.delivered } : {};
		return { offset: offset + page.delivered, ...(from === undefined ? {} : { vendor: from }), ...fitted };
	}
	if (paging.style === 'none') return null;
	const fitted = fittedPageSize(plan, page.delivered);
	if (paging.style === 'cursor' || paging.style === 'link') {
		const next = nextName(paging, plan, page);
		// An empty page that names itself is the end.
		if (next === null || (next === from && received === 0)) return null;
		if (next === from)
			throw new UpstreamFailure('bad_answer', 'names the page that it sent as its next page, without end', {
				status: 200,
			});
		return { vendor: next, offset: 0, ...fitted };
	}
	// The vendor counts whole pages, even one that it left short: the next begins behind this one.
	const pageEnd = offset - plan.skip + (paging.style === 'page' ? plan.size : received);
	const isMore = hasMore(paging.more, { ...page, end: pageEnd, size: plan.size });
	return isMore && (paging.style === 'page' || received > 0) ? { offset: pageEnd, ...fitted } : null;
}

/** The vendor's name for the next page: a cursor or an address; null at the end, which some tell by zero. */
function nextName(
	paging: Extract<Paging, { style: 'cursor' | 'link' }>,
	{ size }: PagePlan,
	page: ReceivedPage,
): string | number | null {
	const { body, headers, received } = page;
	const bySize = paging.style === 'cursor' && paging.last_field !== undefined;
	if ((paging.more || bySize) && !hasMore(paging.more, { ...page, end: 0, size })) return null;
	const named = bySize
		? valueAt(received.at(-1), paging.last_field ?? '')
		: paging.next_path !== undefined
			? valueAt(body, paging.next_path)
			: paging.style === 'link'
				? nextLink(headers.get('link'))
				: headers.get(paging.next_header ?? '');
	if (bySize && (named === undefined || named === null))
		throw new UpstreamFailure('bad_answer', `sends records without ${paging.last_field}, by which its list goes on`, {
			status: 200,
		});
	if (typeof named === 'number') return bySize || named > 0 ? named : null;
	if (typeof named !== 'string' || named === '') return null;
	return paging.style === 'link' ? withoutParameters(named, page.signedBy ?? []) : named;
}

/** RFC 8288: the address of the link with the relation `next`. */
function nextLink(link: string | null): string | null {
	for (const [, address = '', parameters = ''] of (link ?? '').matchAll(/<([^<>]*)>((?:[^<",]|"[^"]*")*)/g))
		if (/;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(?=[;,]|$))/i.test(parameters)) return address;
	return null;
}

/** After a cut the pages grow step by step again, so that large records are not fetched over and over. */
function fittedPageSize({ position, wanted }: PagePlan, delivered: number): { fitted?: number } {
	if (position.fitted === undefined) return {};
	const fitted = Math.ceil(Math.max(position.fitted, delivered) * 1.5);
	return fitted < wanted ? { fitted } : {};
}

/** Scope that a cursor is bound to: sent with another query, tool or server it is refused. */
export interface CursorScope {
	serverId: string;
	operation: string;
	args: Arguments;
	/** Zone in which the query's days begin. */
	timeZone?: string;
	key: Uint8Array;
	/** Key before the current one, whose cursors are still accepted. */
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
		position.meant ?? null,
	]);
	return `${bytesToBase64url(utf8ToBytes(payload))}.${seal(payload, scope)}`;
}

/** @returns null for a damaged or foreign cursor */
export function decodeCursor(cursor: string, scope: CursorScope): Position | null {
	const [encoded, mac, rest] = cursor.split('.');
	const bytes =
		encoded && mac && rest === undefined && cursor.length <= MAX_CURSOR_LENGTH ? decodeBase64(encoded) : null;
	// Several texts decode to the same bytes: only the one that was handed out is a cursor.
	if (!bytes || bytesToBase64url(bytes) !== encoded) return null;
	const payload = new TextDecoder().decode(bytes);
	const { key, earlierKey } = scope;
	const isOurs = [key, ...(earlierKey ? [earlierKey] : [])].some((by) =>
		isSameSecret(seal(payload, { ...scope, key: by }), mac ?? ''),
	);
	if (!isOurs) return null;
	const [offset, vendor, fitted, atMs, before, meant] = JSON.parse(payload) as [
		number,
		string | number | null,
		number | null,
		number | null,
		string | null | undefined,
		Arguments | null | undefined,
	];
	return {
		offset,
		...(vendor === null ? {} : { vendor }),
		...(fitted === null ? {} : { fitted }),
		...(atMs === null ? {} : { atMs }),
		...(before === null || before === undefined ? {} : { before }),
		...(meant === null || meant === undefined ? {} : { meant }),
	};
}

function seal(payload: string, { serverId, operation, args, timeZone, key }: CursorScope): string {
	// The size of a page may change on the way; everything else is the query.
	const query = Object.entries(args)
		.filter(([name, value]) => name !== 'limit' && name !== 'next_cursor' && value !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const text = JSON.stringify(['cursor', serverId, operation, timeZone, query, payload]);
	return bytesToBase64url(hmacSha256(key, text).slice(0, 12));
}
