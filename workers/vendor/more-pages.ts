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
	if (more === undefined) return linkHasNext(headers.get('link')) ?? received.length === size;
	if ('flag' in more) return isTrue(valueAt(body, more.flag));
	if ('last' in more) return !isTrue(valueAt(body, more.last));
	if ('next' in more) return isSaid(valueAt(body, more.next));
	if ('pages' in more) return Number(valueAt(body, more.pages) ?? 0) * size > end;
	return Number(('total' in more ? valueAt(body, more.total) : headers.get(more.total_header)) ?? 0) > end;
}

function isTrue(value: unknown): boolean {
	return value === true || value === 'true' || value === 1;
}

function isSaid(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '' && value !== false;
}

/** RFC 8288. @returns null where there is no such header */
function linkHasNext(link: string | null): boolean | null {
	if (link === null || link === '') return null;
	const parameters = link.replace(/<[^<>]*>/g, '');
	return /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(?=[;,]|$))/i.test(parameters);
}
