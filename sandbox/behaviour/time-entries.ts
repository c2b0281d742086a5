// Side effects of writing time entries: hours from start and end, the ticket they are charged to.

import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import type { Context, Hooks } from './context.ts';
import { missingField } from './record-input.ts';
import { reference, touchTicket } from './tickets.ts';
import { weekRecordOf } from './weeks.ts';

const NOUN = 'timeEntry';

/** Sets `actualHours` from start and end, less the deduction; a value that the caller sent gives way to them. */
function computeHours(entry: JsonObject): ValidationFault[] {
	if (typeof entry.timeStart !== 'string') return [];
	if (typeof entry.timeEnd !== 'string') {
		return typeof entry.actualHours === 'number' ? [] : [missingField(NOUN, 'timeEnd', 'timeEnd or actualHours')];
	}
	const hours = (Date.parse(entry.timeEnd) - Date.parse(entry.timeStart)) / 3_600_000 - Number(entry.hoursDeduct ?? 0);
	if (hours <= 0) {
		const message = 'The field timeEnd must be after timeStart.';
		return [{ code: 'OutOfRange', message, resource: NOUN, field: 'timeEnd' }];
	}
	entry.actualHours = Math.round(hours * 100) / 100;
	return [];
}

/** The sheet of the member's week (Monday to Sunday) that the work falls in; made when it is the first. */
function timeSheetOf(context: Context, memberId: number, startMs: number): JsonObject {
	return weekRecordOf(context, '/time/sheets', memberId, startMs, (monday) => ({
		hours: 0,
		deadline: formatDate((monday + 8) * DAY_MS),
	}));
}

/** Adds up the hours of a sheet again. */
function sumSheet({ store }: Context, entry: JsonObject): void {
	const sheet = store.get('/time/sheets', Number(at(entry.timeSheet, 'id')));
	if (!sheet) return;
	const entries = store.where('timeEntries', 'timeSheet', sheet.id);
	const hours = entries.reduce((sum, { actualHours }) => sum + Number(actualHours ?? 0), 0);
	store.put('/time/sheets', { ...sheet, hours: Math.round(hours * 100) / 100 });
}

/** Finds what the time is charged to and copies company, board and status from the ticket. */
function charge(context: Context, entry: JsonObject): ValidationFault[] {
	const { chargeToId, chargeToType } = entry;
	if (typeof chargeToId !== 'number') return entry.company ? [] : [missingField(NOUN, 'chargeToId')];
	if (typeof chargeToType !== 'string') return [missingField(NOUN, 'chargeToType')];
	if (!chargeToType.endsWith('Ticket')) return [];
	const { store } = context;
	const ticket = store.get('tickets', chargeToId);
	if (!ticket) {
		return [{ code: 'NotFound', message: `ticket ${chargeToId} not found`, resource: NOUN, field: 'chargeToId' }];
	}
	const nameOfReference = (collection: 'boards' | 'statuses' | 'types' | 'subTypes', field: string): string | null => {
		const name = store.get(collection, Number(at(ticket[field], 'id')))?.name;
		return typeof name === 'string' ? name : null;
	};
	entry.ticket = { id: ticket.id };
	entry.company = ticket.company ?? null;
	entry.ticketBoard = nameOfReference('boards', 'board');
	entry.ticketStatus = nameOfReference('statuses', 'status');
	entry.ticketType = nameOfReference('types', 'type');
	entry.ticketSubType = nameOfReference('subTypes', 'subType');
	return [];
}

export const timeEntryHooks: Hooks = {
	prepare(context, { record, before }) {
		const { store, nowMs, member } = context;
		const faults = [...computeHours(record), ...charge(context, record)];
		record.member ??= reference(store.find('members', (one) => one.identifier === member));
		const worker = store.get('members', Number(at(record.member, 'id')));
		const workType =
			store.get('workTypes', Number(at(record.workType, 'id'))) ??
			store.find('workTypes', (one) => one.overallDefaultFlag === true);
		record.workType ??= reference(workType);
		record.workRole ??= worker?.workRole ?? null;
		record.billableOption ??= workType?.billTime ?? 'Billable';
		record.hoursDeduct ??= 0;
		record.location ??= worker?.defaultLocation ?? null;
		record.department ??= worker?.defaultDepartment ?? null;
		record.locationId = at(record.location, 'id');
		record.businessUnitId = at(record.department, 'id');
		record.locationName = store.get('locations', Number(record.locationId))?.name ?? null;
		record.hourlyRate ??= worker?.hourlyRate ?? null;
		for (const flag of ['addToDetailDescriptionFlag', 'addToInternalAnalysisFlag', 'addToResolutionFlag']) {
			record[flag] ??= false;
		}
		// One-off actions: never kept.
		for (const flag of ['emailResourceFlag', 'emailContactFlag', 'emailCcFlag']) record[flag] = false;
		record.hoursBilled = record.actualHours ?? 0;
		record.invoiceHours = record.billableOption === 'Billable' ? record.hoursBilled : 0;
		record.invoiceFlag ??= false;
		record.status ??= 'Open';
		if (!before) {
			record.enteredBy = member;
			record.dateEntered = formatDate(nowMs);
			record.mobileGuid = crypto.randomUUID();
		}
		const memberId = Number(at(record.member, 'id'));
		if (faults.length === 0 && typeof record.timeStart === 'string') {
			record.timeSheet = timeSheetOf(context, memberId, Date.parse(record.timeStart));
		}
		return faults;
	},
	saved(context, entry, { before }) {
		sumSheet(context, entry);
		if (before) sumSheet(context, before);
		touchTicket(context, Number(entry.chargeToId));
		if (before && before.chargeToId !== entry.chargeToId) touchTicket(context, Number(before.chargeToId));
	},
	removed(context, entry) {
		sumSheet(context, entry);
		touchTicket(context, Number(entry.chargeToId));
	},
};
