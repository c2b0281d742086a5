// What the parts of the seed share: chance that repeats itself, stamps, dates, and the ids that documentation names.

import type { Stored } from '../behaviour/store.ts';
import { DAY_MS } from '../behaviour/weeks.ts';
import { formatDate } from '../behaviour/writing.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';

export { DAY_MS } from '../behaviour/weeks.ts';

export const ACME = 102;
export const FIRST_COMPANY = 100;
export const FIRST_MEMBER = 151;
export const JANE_DOE = 1001;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export type Random = {
	/** A whole number from 0 to n - 1. */
	below(n: number): number;
	pick<T>(list: readonly T[]): T;
	guid(): string;
};

/** Mulberry32, a small generator with a 32-bit state: the same seed gives the same sandbox. */
export function createRandom(seed: number): Random {
	let state = seed;
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (n: number): number => Math.floor(next() * n);
	const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');
	return {
		below,
		pick(list) {
			const item = list[below(list.length)];
			if (item === undefined) throw new Error('seed.ts: nothing to pick from');
			return item;
		},
		guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
	};
}

export const US: Json = { id: 1 };
export const USD: Json = { id: 7 };

export const stamps = (
	enteredMs: number,
	enteredBy: string,
	updatedMs = enteredMs,
	updatedBy = enteredBy,
): JsonObject => ({
	lastUpdated: formatDate(updatedMs),
	updatedBy,
	dateEntered: formatDate(enteredMs),
	enteredBy,
});

export function customFields(collection: Collection, values: Record<number, Json>): Json {
	return (CUSTOM_FIELDS[collection] ?? []).map((field) => {
		const value = values[field.id] ?? null;
		return value === null ? { ...field } : { ...field, value };
	});
}

/** What the parts of the seed share. `add` keeps a record in the order of creation. */
export type Seeding = {
	random: Random;
	nowMs: number;
	/** What a collection has so far, in the order of creation. */
	made(collection: Collection): readonly Stored[];
	add(collection: Collection, record: Stored): Stored;
};

/** Midnight, `days` from today. */
export const day = (nowMs: number, days: number): string => formatDate((Math.floor(nowMs / DAY_MS) + days) * DAY_MS);

/** To whole cents. */
export const cents = (amount: number): number => Math.round(amount * 100) / 100;

/** Whether a reference points at the record of this id. */
export const refersTo = (reference: Json | undefined, id: number): boolean => at(reference, 'id') === id;
