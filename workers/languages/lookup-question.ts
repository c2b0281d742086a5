// A question for the record behind a name, before it is put into a vendor's language.
import type { Lookup } from '../integration/format.ts';

/** Vendors have numbers or texts as ids. */
export type RecordId = number | string;

export interface LookupQuestion {
	lookup: Lookup;
	text: string;
	/** Ids of the scopes that are known. */
	ids: Readonly<Record<string, RecordId>>;
	/** Ask for what equals the text alone, where too much comes near it. */
	isExact: boolean;
}

/** Enough to find one among its like, few enough to be quick. */
const PAGE_SIZE = 200;
const SMALL_TABLE_SIZE = 1_000;

export function pageSize({ is_small }: Lookup): number {
	return is_small ? SMALL_TABLE_SIZE : PAGE_SIZE;
}

export function namingFields({ match, person }: Lookup): string[] {
	return [...new Set([...match, ...(person ?? [])])];
}
