// Reads from a page whether more follow: a flag, a total, the Link header, or only the page's own size.
import type { Paging } from '../integration/format.ts';
import { valueAt } from '../lib/json-path.ts';

export type More = NonNullable<Extract<Paging, { style: 'page' }>['more']>;

export interface SeenPage {
	body: unknown;
	headers: Headers;
	received: readonly unknown[];
	/** Records up to the end of this page. */
	end: number;
	/** Records that a full page has. */
	size: number;
}

/** Decides for a vendor that pages by number or offset and gives no sign: the Link header, else a full page. */
export function hasMore(more: More | undefined, { body, headers, received, end, size }: SeenPage): boolean {
	const isFull = received.length === size;
	if (more === undefined) return linkHasNext(headers.get('link')) ?? isFull;
	// A sign that is not there says nothing: a list must not end early because a vendor leaves it out once.
	if ('flag' in more) return isTrue(valueAt(body, more.flag) ?? isFull);
	if ('last' in more) return !isTrue(valueAt(body, more.last));
	if ('next' in more) return isSaid(valueAt(body, more.next));
	if ('pages' in more) return isBeyond(valueAt(body, more.pages), size, end) ?? isFull;
	const total = 'total' in more ? valueAt(body, more.total) : headers.get(more.total_header);
	return isBeyond(total, 1, end) ?? isFull;
}

/** @returns null where the vendor told no number */
function isBeyond(count: unknown, each: number, end: number): boolean | null {
	const number = typeof count === 'number' || (typeof count === 'string' && count !== '') ? Number(count) : Number.NaN;
	return Number.isNaN(number) ? null : number * each > end;
}

function isTrue(value: unknown): boolean {
	return value === true || value === 'true' || value === 1;
}

function isSaid(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '' && value !== false && !(Number(value) <= 0);
}

/** RFC 8288. @returns null where there is no such header */
function linkHasNext(link: string | null): boolean | null {
	if (link === null || link === '') return null;
	const parameters = link.replace(/<[^<>]*>/g, '');
	return /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(?=[;,]|$))/i.test(parameters);
}
