// The context of an operation: the records, the time, the caller, and the hooks that run on a write.

import type { Collection } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import type { Store, Stored } from './store.ts';

export type Context = {
	store: Store;
	nowMs: number;
	/** Identifier of the member who calls. */
	member: string;
	hooks: HookTable;
};

/**
 * A record on its way into the store. `before` is null for a new one. `children` are values that `prepare` takes off
 * the record, read and checked like the rest of it, for `saved` to make records of their own from.
 */
export type Draft = { record: JsonObject; before: Stored | null; written: string[]; children: JsonObject };

/** Side effects of writing a record of one collection. */
export type Hooks = {
	/** Fills in what the reading of references depends on. */
	complete?(context: Context, draft: Draft): void;
	/** Sets defaults and computed fields on `draft.record`, and returns faults of its own. */
	prepare?(context: Context, draft: Draft): ValidationFault[];
	/** Everything was checked before: what happens here must not fail, because the record is stored already. */
	saved?(context: Context, record: Stored, draft: Draft): void;
	removed?(context: Context, record: Stored): void;
};

export type HookTable = Readonly<Partial<Record<Collection, Hooks>>>;
