// The state of a seed in the making: the records so far, and GUIDs that are the same each time.

import type { Stored } from '../behaviour/store.ts';
import type { Collection } from '../schema/collections.ts';
import { stamps } from './rows.ts';

export type Seeding = {
	nowMs: number;
	guid(): string;
	/** The records of a collection so far, in the order of creation. */
	made(collection: Collection): readonly Stored[];
	get(collection: Collection, id: number): Stored | undefined;
	add(collection: Collection, record: Stored): Stored;
};

/** Mulberry32, a small generator with a 32-bit state: the same seed gives the same ids. */
function createGuids(seed: number): () => string {
	let state = seed;
	const digit = (): string => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) & 15).toString(16);
	};
	const hex = (digits: number): string => Array.from({ length: digits }, digit).join('');
	return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

/** An empty seed, and the list that all its records go to. */
export function createSeeding(nowMs: number): { seeding: Seeding; built: [Collection, Stored][] } {
	const built: [Collection, Stored][] = [];
	const byCollection = new Map<Collection, Stored[]>();
	const byId = new Map<string, Stored>();
	const seeding: Seeding = {
		nowMs,
		guid: createGuids(20_250_916),
		made: (collection) => byCollection.get(collection) ?? [],
		get: (collection, id) => byId.get(`${collection} ${id}`),
		add(collection, record) {
			const stamped = { ...record, _info: record._info ?? stamps(undefined, nowMs) };
			built.push([collection, stamped]);
			byId.set(`${collection} ${record.id}`, stamped);
			const others = byCollection.get(collection);
			if (others) others.push(stamped);
			else byCollection.set(collection, [stamped]);
			return stamped;
		},
	};
	return { seeding, built };
}
