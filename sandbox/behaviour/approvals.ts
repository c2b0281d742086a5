// Time sheets and expense reports on their way: submitted, approved, rejected, taken back; their entries go along.

import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { Action, Handler, Handlers } from './action.ts';
import { NO_CONTENT, readBody, refuse, requireOne, shown, success } from './action.ts';
import { saveRecord } from './records.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';
import { formatDate } from './writing.ts';

type Kind = { noun: string; sheets: Collection; entries: Collection; field: string };

const TIME: Kind = { noun: 'timeSheet', sheets: '/time/sheets', entries: 'timeEntries', field: 'timeSheet' };
const EXPENSE: Kind = {
	noun: 'expenseReport',
	sheets: '/expense/reports',
	entries: '/expense/entries',
	field: 'expenseReport',
};

/** What a step needs a sheet to be, and what it makes of it. */
const STEPS = {
	submit: { from: ['Open', 'Rejected', 'ErrorsCorrected'], to: 'PendingApproval' },
	approve: { from: ['PendingApproval', 'PendingProjectApproval', 'ApprovedByTierOne'], to: 'ApprovedByTierTwo' },
	reject: { from: ['PendingApproval', 'PendingProjectApproval', 'ApprovedByTierOne'], to: 'Rejected' },
	reverse: { from: ['PendingApproval', 'ApprovedByTierOne', 'ApprovedByTierTwo'], to: 'Open' },
} as const;

function step(kind: Kind, name: keyof typeof STEPS): Handler {
	return (action) => {
		const { context, ids } = action;
		const { store } = context;
		const sheet = requireOne(context, kind.sheets, ids[0]);
		const body = readBody(action, kind.noun);
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

function setEntry(status: string): Handler {
	return (action) => {
		readBody(action, 'timeEntry');
		const entry = requireOne(action.context, 'timeEntries', action.ids[0]);
		saveRecord(action.context, 'timeEntries', { ...entry, status }, status);
		return NO_CONTENT;
	};
}

/** Takes an entry off the invoice that it stands on. */
function detachEntry({ context, ids }: Action) {
	const entry = requireOne(context, 'timeEntries', ids[0]);
	const loose = { ...entry, invoice: null, invoiceFlag: false };
	return shown(context, 'timeEntries', saveRecord(context, 'timeEntries', loose, 'detached'));
}

/** What an entry would be, from what is known of it; saves nothing. */
function entryDefaults(action: Action) {
	const { context } = action;
	const given = readBody(action, 'timeEntry');
	const { store, nowMs, member } = context;
	const own = store.find('members', ({ identifier }) => identifier === member);
	const worker = store.get('members', Number(at(given.member, 'id'))) ?? own;
	const ticket = store.get('tickets', Number(given.chargeToId));
	const workType = store.find('workTypes', ({ overallDefaultFlag }) => overallDefaultFlag === true);
	const defaults: JsonObject = {
		member: worker ? { id: worker.id } : null,
		company: ticket?.company ?? null,
		agreement: ticket?.agreement ?? null,
		location: worker?.defaultLocation ?? null,
		department: worker?.defaultDepartment ?? null,
		workRole: worker?.workRole ?? null,
		workType: workType ? { id: workType.id } : null,
		billableOption: workType?.billTime ?? 'Billable',
		timeStart: formatDate(nowMs),
		hourlyRate: worker?.hourlyRate ?? null,
		addToDetailDescriptionFlag: false,
		addToInternalAnalysisFlag: false,
		addToResolutionFlag: false,
	};
	const known = Object.entries(given).filter(([, value]) => value !== null);
	return { status: 200, body: presentDraft(context, { ...defaults, ...Object.fromEntries(known), id: 0 }) };
}

/** The wire form of an entry that is not stored: shown as the record of an id that no record has. */
function presentDraft(context: Context, draft: Stored): JsonObject {
	const answer = shown(context, 'timeEntries', draft).body;
	return { ...(answer as JsonObject) };
}

export const APPROVALS: Handlers = {
	'POST /time/sheets/*/submit': step(TIME, 'submit'),
	'POST /time/sheets/*/approve': step(TIME, 'approve'),
	'POST /time/sheets/*/reject': step(TIME, 'reject'),
	'POST /time/sheets/*/reverse': step(TIME, 'reverse'),
	'POST /expense/reports/*/submit': step(EXPENSE, 'submit'),
	'POST /expense/reports/*/approve': step(EXPENSE, 'approve'),
	'POST /expense/reports/*/reject': step(EXPENSE, 'reject'),
	'POST /expense/reports/*/reverse': step(EXPENSE, 'reverse'),
	'POST /time/entries/*/reject': setEntry('Rejected'),
	'POST /time/entries/*/cancelreject': setEntry('PendingApproval'),
	'POST /time/entries/*/detach': detachEntry,
	'POST /time/entries/defaults': entryDefaults,
};
