// Small helpers of the hooks: the usual record of a setup list, amounts, and hooks that only fill in fields.

import type { Collection } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Context, Hooks } from './context.ts';
import type { Store } from './store.ts';

/** Rounds an amount to whole cents. */
export const cents = (amount: number): number => Math.round(amount * 100) / 100;
export const idOf = (reference: Json | undefined): number => Number(at(reference, 'id'));
export const numberOf = (record: JsonObject, field: string): number => Number(record[field] ?? 0);

/** The record of a setup list that new records get: the one flagged as default, else the first. */
export function usual(store: Store, collection: Collection): Json {
	const all = store.all(collection);
	const found = all.find((record) => record.defaultFlag === true) ?? all[0];
	return found ? { id: found.id } : null;
}

/** Hooks that fill in fields of a record and refuse nothing. */
export const fillingIn = (prepare: (context: Context, record: JsonObject) => void): Hooks => ({
	prepare(context, { record }) {
		prepare(context, record);
		return [];
	},
});
