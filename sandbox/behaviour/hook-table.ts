// The side effects of a write, by collection.

import { communicationHooks, companyHooks, contactHooks, noteAuthorHooks } from './companies.ts';
import type { HookTable } from './context.ts';
import { EXPENSE_HOOKS } from './expenses.ts';
import { FINANCE_HOOKS } from './invoices-and-orders.ts';
import { PROJECT_HOOKS } from './projects.ts';
import { scheduleHooks } from './schedule.ts';
import { noteHooks, subTypeHooks, ticketHooks } from './tickets.ts';
import { timeEntryHooks } from './time-entries.ts';

export const HOOKS: HookTable = {
	tickets: ticketHooks,
	ticketNotes: noteHooks,
	timeEntries: timeEntryHooks,
	scheduleEntries: scheduleHooks,
	subTypes: subTypeHooks,
	companies: companyHooks,
	contacts: contactHooks,
	communications: communicationHooks,
	companyNotes: noteAuthorHooks,
	contactNotes: noteAuthorHooks,
	...FINANCE_HOOKS,
	...EXPENSE_HOOKS,
	...PROJECT_HOOKS,
};
