// The records in memory, written through to storage on each change, and a cache of their wire form.

import type { Collection } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';

export type Change = { at: string; member: string; action: string; what: string; text: string };

/** Storage that survives a restart. */
export type Persistence = {
	put(collection: Collection, id: number, record: JsonObject): void;
	remove(collection: Collection, id: number): void;
	addChange(change: Change): void;
	files: Files;
};

/** The bytes of uploaded files, by the id of their document. */
export type Files = {
	put(id: number, bytes: Uint8Array): void;
	get(id: number): Uint8Array | null;
	remove(id: number): void;
};

/** A stored record keeps references as `{id}`; names and links are added when it is shown. */
export type Stored = JsonObject & { id: number };

export type Store = {
	all(collection: Collection): Stored[];
	get(collection: Collection, id: number): Stored | undefined;
	/** Records whose reference or id field points at `id`. */
	where(collection: Collection, field: string, id: number): Stored[];
	find(collection: Collection, test: (record: Stored) => boolean): Stored | undefined;
	nextId(collection: Collection): number;
	put(collection: Collection, record: Stored): void;
	remove(collection: Collection, id: number): void;
	/** The wire form of a record, built once until something that it shows changes. */
	cached(collection: Collection, record: Stored, build: () => JsonObject): JsonObject;
	changes: Change[];
	addChange(change: Change): void;
	files: Files;
};

const KEPT_CHANGES = 100;

/** Collections that no other record shows, so that a change in them outdates one cached record only. */
const LEAVES: ReadonlySet<Collection> = new Set([
	'ticketNotes',
	'ticketTasks',
	'timeEntries',
	'scheduleEntries',
	'companyNotes',
	'contactNotes',
	'documents',
]);

/** The map of a collection, made when it is first asked for. */
function inside<T>(maps: Map<Collection, Map<number, T>>, collection: Collection): Map<number, T> {
	const known = maps.get(collection);
	if (known) return known;
	const made = new Map<number, T>();
	maps.set(collection, made);
	return made;
}

/** The wire forms of records, dropped when something that they show changes. */
function createViews() {
	const views = new Map<Collection, Map<number, JsonObject>>();
	return {
		get(collection: Collection, record: Stored, build: () => JsonObject): JsonObject {
			const cache = inside(views, collection);
			const known = cache.get(record.id);
			if (known) return known;
			const view = build();
			cache.set(record.id, view);
			return view;
		},
		forget(collection: Collection, id: number): void {
			views.get(collection)?.delete(id);
			if (LEAVES.has(collection)) return;
			for (const [name, cache] of views) {
				if (collection !== 'tickets' || LEAVES.has(name)) cache.clear();
			}
		},
	};
}

const pointsAt = (record: Stored, field: string, id: number): boolean =>
	field.endsWith('Id') ? record[field] === id : at(record[field], 'id') === id;

export function createStore(persistence: Persistence, loaded: [Collection, Stored][], changes: Change[]): Store {
	const records = new Map<Collection, Map<number, Stored>>();
	const lastIds = new Map<Collection, number>();
	const views = createViews();

	const of = (collection: Collection): Map<number, Stored> => inside(records, collection);
	const keep = (collection: Collection, record: Stored): void => {
		of(collection).set(record.id, record);
		lastIds.set(collection, Math.max(lastIds.get(collection) ?? 0, record.id));
	};

	for (const [collection, record] of loaded) keep(collection, record);

	return {
		changes,
		files: persistence.files,
		all: (collection) => [...of(collection).values()],
		get: (collection, id) => of(collection).get(id),
		where: (collection, field, id) => [...of(collection).values()].filter((record) => pointsAt(record, field, id)),
		find: (collection, test) => {
			for (const record of of(collection).values()) if (test(record)) return record;
			return undefined;
		},
		nextId: (collection) => (lastIds.get(collection) ?? 0) + 1,
		put(collection, record) {
			keep(collection, record);
			views.forget(collection, record.id);
			persistence.put(collection, record.id, record);
		},
		remove(collection, id) {
			of(collection).delete(id);
			views.forget(collection, id);
			persistence.remove(collection, id);
			if (collection === 'documents') persistence.files.remove(id);
		},
		cached: views.get,
		addChange(change) {
			changes.unshift(change);
			changes.length = Math.min(changes.length, KEPT_CHANGES);
			persistence.addChange(change);
		},
	};
}
