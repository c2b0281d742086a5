// What the server does by itself when a record is written, per collection. The generic steps are in records.ts.

import type { ValidationFault } from '../schema/errors.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import { subTypeHooks } from './board-setup.ts';
import { BUSINESS_HOOKS } from './business.ts';
import { communicationHooks, companyHooks, contactHooks } from './companies.ts';
import { scheduleHooks } from './schedule.ts';
import type { Stored } from './store.ts';
import { noteHooks, ticketHooks } from './tickets.ts';
import { timeEntryHooks } from './time-entries.ts';
import type { Context } from './writing.ts';

/**
 * A record on its way into the store. `before` is null for a new one. `children` are values that `prepare` takes off
 * the record, read and checked like the rest of it, for `saved` to make records of their own from.
 */
export type Draft = { record: JsonObject; before: Stored | null; written: string[]; children: JsonObject };

export type Hooks = {
	/** Fills in what the reading of references depends on. */
	complete?(context: Context, draft: Draft): void;
	/** Sets defaults and computed fields on `draft.record`, and returns faults of its own. */
	prepare?(context: Context, draft: Draft): ValidationFault[];
	/** Everything was checked before: what happens here must not fail, because the record is stored already. */
	saved?(context: Context, record: Stored, draft: Draft): void;
	removed?(context: Context, record: Stored): void;
};

const byMember: Hooks = {
	prepare({ member }, { record }) {
		record.enteredBy ??= member;
		return [];
	},
};

// Built on demand: the modules of the hooks import records.ts, which imports this one.
const allHooks = (): Partial<Record<Collection, Hooks>> => ({
	tickets: ticketHooks,
	ticketNotes: noteHooks,
	timeEntries: timeEntryHooks,
	scheduleEntries: scheduleHooks,
	subTypes: subTypeHooks,
	companies: companyHooks,
	contacts: contactHooks,
	communications: communicationHooks,
	companyNotes: byMember,
	contactNotes: byMember,
	...BUSINESS_HOOKS,
});

export const hooksOf = (collection: Collection): Hooks => allHooks()[collection] ?? {};
