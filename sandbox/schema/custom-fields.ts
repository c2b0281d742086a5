// The custom fields set up in the sandbox, per collection.

import type { JsonObject } from './json.ts';
import type { Collection } from './resources.ts';

type Definition = JsonObject & { id: number; caption: string };

const definition = (id: number, caption: string, type: string, entryMethod: string): Definition => ({
	id,
	caption,
	type,
	entryMethod,
	numberOfDecimals: 0,
});

export const CUSTOM_FIELDS: Partial<Record<Collection, readonly Definition[]>> = {
	tickets: [
		definition(7, 'Dispatch Billing Required', 'Text', 'List'),
		definition(37, 'T&M Billing Required', 'Checkbox', 'EntryField'),
		definition(41, 'Root Cause', 'Text', 'List'),
	],
	companies: [definition(15, 'Partner ID', 'Text', 'EntryField'), definition(16, 'Region', 'Text', 'List')],
	contacts: [
		definition(22, 'Preferred Contact Method', 'Text', 'List'),
		definition(23, 'VIP', 'Checkbox', 'EntryField'),
	],
	'/finance/agreements': [definition(51, 'Signed Copy On File', 'Checkbox', 'EntryField')],
	'/finance/invoices': [definition(53, 'Approved By', 'Text', 'EntryField')],
	'/procurement/purchaseorders': [definition(55, 'Requested By', 'Text', 'EntryField')],
	'/project/projects': [definition(57, 'Kickoff Held', 'Checkbox', 'EntryField')],
	'/sales/opportunities': [definition(61, 'Reason Lost', 'Text', 'List')],
};
