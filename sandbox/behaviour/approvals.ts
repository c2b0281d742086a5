// Time sheets and expense reports on their way: submitted, approved, rejected, taken back; their entries go along.

import type { Collection } from '../schema/collections.ts';
import type { Handler, Handlers } from './operation-call.ts';
import { readBody, refuse, requireOne, success } from './operation-call.ts';
import { saveRecord } from './record-changes.ts';

type Kind = { noun: string; sheets: Collection; entries: Collection; field: string };

const TIME: Kind = { noun: 'timeSheet', sheets: '/time/sheets', entries: 'timeEntries', field: 'timeSheet' };
const EXPENSE: Kind = {
	noun: 'expenseReport',
	sheets: '/expense/reports',
	entries: '/expense/entries',
	field: 'expenseReport',
};

/** The statuses that each step starts from, and the status it sets. */
const STEPS = {
	submit: { from: ['Open', 'Rejected', 'ErrorsCorrected'], to: 'PendingApproval' },
	approve: { from: ['PendingApproval', 'PendingProjectApproval', 'ApprovedByTierOne'], to: 'ApprovedByTierTwo' },
	reject: { from: ['PendingApproval', 'PendingProjectApproval', 'ApprovedByTierOne'], to: 'Rejected' },
	reverse: { from: ['PendingApproval', 'ApprovedByTierOne', 'ApprovedByTierTwo'], to: 'Open' },
} as const;

function step(kind: Kind, name: keyof typeof STEPS): Handler {
	return (call) => {
		const { context, ids } = call;
		const { store } = context;
		const sheet = requireOne(context, kind.sheets, ids[0]);
		const body = readBody(call, kind.noun);
		const { from, to } = STEPS[name];
		if (!from.some((status) => status === sheet.status)) {
			refuse(kind.noun, 'status', `A ${kind.noun} that is ${sheet.status} cannot ${phrase(name)}.`);
		}
		const status = name === 'approve' && body.approvalType === 'Tier1Update' ? 'ApprovedByTierOne' : to;
		saveRecord(context, kind.sheets, { ...sheet, status }, name);
		for (const entry of store.where(kind.entries, kind.field, sheet.id)) {
			if (entry.invoiceFlag !== true) saveRecord(context, kind.entries, { ...entry, status }, name);
		}
		return success(`${kind.noun} ${sheet.id} is ${status}.`);
	};
}

const phrase = (name: keyof typeof STEPS): string =>
	({ submit: 'be submitted', approve: 'be approved', reject: 'be rejected', reverse: 'be reversed' })[name];

export const APPROVALS: Handlers = {
	'POST /time/sheets/*/submit': step(TIME, 'submit'),
	'POST /time/sheets/*/approve': step(TIME, 'approve'),
	'POST /time/sheets/*/reject': step(TIME, 'reject'),
	'POST /time/sheets/*/reverse': step(TIME, 'reverse'),
	'POST /expense/reports/*/submit': step(EXPENSE, 'submit'),
	'POST /expense/reports/*/approve': step(EXPENSE, 'approve'),
	'POST /expense/reports/*/reject': step(EXPENSE, 'reject'),
	'POST /expense/reports/*/reverse': step(EXPENSE, 'reverse'),
};
