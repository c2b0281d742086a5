// A question for the record behind a name, before it is put into a vendor's language, and after.
import type { IntegrationFile, Lookup } from '../integration/format.ts';
import { withQuery } from '../lib/query-string.ts';

/** Vendors have numbers or texts as ids. */
export type RecordId = number | string;

export interface LookupQuestion {
	lookup: Lookup;
	text: string;
	/** Ids of the scopes that are known. */
	ids: Readonly<Record<string, RecordId>>;
	/** Ask for what equals the text alone, where too much comes near it. */
	isExact: boolean;
	/** Ask for names that have accents where the text has none. */
	isUnaccented?: boolean;
	/** The person's own time zone is wanted too. */
	withZone?: boolean;
}

/** A question as the vendor takes it. With a body it is sent by POST, else by GET. */
export interface Question {
	query: readonly (readonly [string, string])[];
	body?: unknown;
}

/** A question to the vendor below the account's base URL: by POST where it has a body, else by GET. */
export interface Asked {
	path: string;
	body?: string;
}

/** @param path  of a list, which may have a query of its own */
export function askedAt(path: string, { query, body }: Question): Asked {
	return { path: withQuery(path, query), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** Enough to find one among its like, few enough to be quick. */
const PAGE_SIZE = 200;
const SMALL_TABLE_SIZE = 1_000;

/** Records that a lookup asks for at once, as far as the vendor has pages of that size. */
export function pageSize({ paging }: IntegrationFile, { is_small }: Lookup): number {
	const wanted = is_small ? SMALL_TABLE_SIZE : PAGE_SIZE;
	return paging.style === 'none' ? wanted : Math.min(wanted, paging.max_size);
}

/** The answer may have left records out: it fills its page. Values of a picklist come all at once. */
export function isCutAt(file: IntegrationFile, lookup: Lookup, count: number): boolean {
	return file.paging.style !== 'none' && lookup.items_path === undefined && count >= pageSize(file, lookup);
}

function namingFields({ match, person }: Lookup): string[] {
	return [...new Set([...match, ...(person ?? [])])];
}

/** Fields of a lookup's records that are needed: the id, the names, and where it is wanted a person's time zone. */
export function lookedUpFields(lookup: Lookup, withZone = false): string[] {
	const zone = (withZone && lookup.time_zone?.split('/', 1)) || [];
	return [...new Set([lookup.id ?? 'id', ...namingFields(lookup), ...zone])];
}

/** Ids of the scopes that only narrow, by the path of the listed record. */
export function narrowedBy({ lookup, ids }: LookupQuestion): [string, RecordId][] {
	return Object.entries(lookup.within ?? {}).flatMap(([path, scope]) => {
		const id = ids[scope];
		return id === undefined ? [] : [[path, id] as [string, RecordId]];
	});
}
