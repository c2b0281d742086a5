// Paging of lists: numbered pages, or forward-only by the last id seen. Both answer with a Link header (RFC 5988).

import { badRequest } from '../schema/vendor-errors.ts';

const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 1000;

export type Page<T> = { items: T[]; link: string | null };

function wholeNumber(query: URLSearchParams, name: string): number | null {
	const text = query.get(name);
	if (text === null || text === '') return null;
	if (!/^-?\d+$/.test(text)) throw badRequest(`${name} must be a whole number.`);
	return Number(text);
}

/** Records per page: 25 unless told, more than 1000 is silently 1000. */
function parsePageSize(query: URLSearchParams): number {
	const size = wholeNumber(query, 'pageSize') ?? DEFAULT_PAGE_SIZE;
	return size < 1 ? DEFAULT_PAGE_SIZE : Math.min(size, MAX_PAGE_SIZE);
}

function linkTo(url: URL, name: 'page' | 'pageId', value: number, size: number, rel: string): string {
	const target = new URL(url);
	target.searchParams.set('pageSize', String(size));
	target.searchParams.set(name, String(value));
	return `<${target}>; rel="${rel}"`;
}

/** One numbered page of sorted records. Links that lead nowhere (before the first, past the last) are left out. */
export function numberedPage<T>(items: T[], url: URL): Page<T> {
	const size = parsePageSize(url.searchParams);
	const page = Math.max(1, wholeNumber(url.searchParams, 'page') ?? 1);
	const last = Math.max(1, Math.ceil(items.length / size));
	const links: string[] = [];
	if (page > 1) {
		links.push(linkTo(url, 'page', 1, size, 'first'));
		links.push(linkTo(url, 'page', Math.min(page - 1, last), size, 'prev'));
	}
	if (page < last) {
		links.push(linkTo(url, 'page', page + 1, size, 'next'));
		links.push(linkTo(url, 'page', last, size, 'last'));
	}
	return { items: items.slice((page - 1) * size, page * size), link: links.join(', ') || null };
}

/** The records after `pageId`, by id. `page` is ignored, `orderBy` refused. */
export function forwardPage<T extends { id?: unknown }>(items: T[], url: URL): Page<T> {
	if (url.searchParams.get('orderBy')) throw badRequest('orderBy is not supported with forward-only pagination.');
	const size = parsePageSize(url.searchParams);
	const after = wholeNumber(url.searchParams, 'pageId') ?? 0;
	const rest = items.filter((item) => Number(item.id) > after).sort((a, b) => Number(a.id) - Number(b.id));
	const taken = rest.slice(0, size);
	const lastId = Number(taken.at(-1)?.id);
	const link = rest.length > size ? linkTo(url, 'pageId', lastId, size, 'next') : null;
	return { items: taken, link };
}
