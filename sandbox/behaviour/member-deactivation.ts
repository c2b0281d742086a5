// Deactivating a member. Of the real endpoint only its schema is known: a duty that the member has must get a successor,
// and open time sheets stand in the way unless they are to be deleted.

import type { Collection } from '../schema/collections.ts';
import { formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import { invalidObject } from '../schema/vendor-errors.ts';
import { parseObject } from './answers.ts';
import type { Context } from './context.ts';
import type { Handlers } from './operation-call.ts';
import { requireRecord, saveRecord } from './record-changes.ts';
import { findReferred, missingField, readActionBody } from './record-input.ts';
import { presentReference } from './record-views.ts';
import type { Store, Stored } from './store.ts';
import { touchTicket } from './tickets.ts';

const NOUN = 'memberDeactivation';

/** Collection and field that hold each duty as a reference to a member. Nobody has the duties that are not listed. */
const DUTIES: Readonly<Record<string, { collection: Collection; field: string }>> = {
	serviceTeam: { collection: 'teams', field: 'teamLeader' },
	dispatchMember: { collection: 'boards', field: 'dispatchMember' },
	serviceManager: { collection: 'boards', field: 'serviceManagerMember' },
	dutyManager: { collection: 'boards', field: 'dutyManagerMember' },
	departmentManager: { collection: 'locations', field: 'manager' },
	projectTimeApprover: { collection: 'members', field: 'timeApprover' },
	projectExpenseApprover: { collection: 'members', field: 'expenseApprover' },
};

/** A duty of the member: the records that carry it, and who takes it over. */
type Duty = { name: string; records: Stored[]; successor: Stored | undefined };

function recordsWithDuty(store: Store, name: string, memberId: number): Stored[] {
	const duty = DUTIES[name];
	if (!duty) return [];
	return store.all(duty.collection).filter((record) => {
		const isInTeam = duty.collection === 'teams' && [record.members].flat().includes(memberId);
		return isInTeam || at(record[duty.field], 'id') === memberId;
	});
}

function readDuties(store: Store, memberId: number, values: JsonObject): { duties: Duty[]; faults: ValidationFault[] } {
	const faults: ValidationFault[] = [];
	const names = [...schemaOf('MemberDeactivation').values()].filter(({ type }) => type.kind !== 'bool');
	const duties = names.map(({ name }): Duty => {
		const field = `${name}/reAssignToMember`;
		const records = recordsWithDuty(store, name, memberId);
		const given = at(values[name], 'reAssignToMember');
		if (given === null) {
			if (records.length > 0) faults.push(missingField(NOUN, field));
			return { name, records, successor: undefined };
		}
		const successor = isObject(given) ? findReferred(store, 'Member', given, null) : undefined;
		faults.push(...successorFaults(field, given, successor, memberId));
		return { name, records, successor };
	});
	return { duties, faults };
}

function successorFaults(
	field: string,
	given: Json,
	successor: Stored | undefined,
	leaving: number,
): ValidationFault[] {
	if (!successor) {
		const named = at(given, 'id') ?? at(given, 'identifier') ?? at(given, 'name') ?? '';
		return [{ code: 'NotFound', message: `member ${named} not found`, resource: NOUN, field }];
	}
	if (successor.id !== leaving && successor.inactiveFlag !== true) return [];
	const message = `Member ${successor.identifier} cannot take over: inactive, or the one who leaves.`;
	return [{ code: 'InvalidObject', message, resource: NOUN, field }];
}

function deactivateMember(context: Context, id: number, body: JsonObject): JsonObject {
	const { store, nowMs } = context;
	const member = requireRecord(context, 'members', null, id);
	const { values, faults } = readActionBody(context, 'MemberDeactivation', NOUN, {
		deleteOpenTimeSheetsFlag: body.deleteOpenTimeSheetsFlag ?? null,
	});
	const refuse = (field: string, message: string): unknown =>
		faults.push({ code: 'InvalidObject', message, resource: NOUN, field });
	if (member.inactiveFlag === true) refuse('id', `Member ${member.identifier} is inactive already.`);
	if (member.identifier === context.member) refuse('id', 'A member cannot deactivate itself.');
	const openTime = store.where('timeEntries', 'member', id).filter((entry) => entry.status === 'Open');
	if (openTime.length > 0 && values.deleteOpenTimeSheetsFlag !== true) {
		const sheets = new Set(openTime.map((entry) => at(entry.timeSheet, 'id'))).size;
		refuse('deleteOpenTimeSheetsFlag', `Member ${member.identifier} has ${sheets} open time sheet(s).`);
	}
	const { duties, faults: wrongDuties } = readDuties(store, id, body);
	faults.push(...wrongDuties);
	if (faults.length > 0) throw invalidObject(NOUN, faults);

	for (const entry of openTime) {
		store.remove('timeEntries', entry.id);
		touchTicket(context, Number(entry.chargeToId));
	}
	const emptied = store.where('/time/sheets', 'member', id).filter((sheet) => sheet.status === 'Open');
	for (const sheet of emptied) store.remove('/time/sheets', sheet.id);
	for (const duty of duties) handOver(context, duty, id);
	const inactive = { inactiveFlag: true, inactiveDate: formatDate(nowMs), disableOnlineFlag: true };
	saveRecord(context, 'members', { ...(store.get('members', id) ?? member), ...inactive }, 'deactivated');
	return answer(store, duties, values.deleteOpenTimeSheetsFlag === true);
}

function handOver(context: Context, { name, records, successor }: Duty, from: number): void {
	const duty = DUTIES[name];
	if (!duty || !successor) return;
	for (const { id } of records) {
		// Read again: one record may carry several duties.
		const record = context.store.get(duty.collection, id);
		if (!record) continue;
		const changed: Stored = { ...record };
		if (at(record[duty.field], 'id') === from) changed[duty.field] = { id: successor.id };
		if (duty.collection === 'teams' && Array.isArray(record.members)) {
			changed.members = [...new Set(record.members.map((member) => (member === from ? successor.id : member)))];
		}
		saveRecord(context, duty.collection, changed, `${name} reassigned`);
	}
}

function answer(store: Store, duties: Duty[], deleteOpenTimeSheetsFlag: boolean): JsonObject {
	const had = duties.filter(({ records, successor }) => records.length > 0 || successor);
	const shown = had.map(({ name, records, successor }) => {
		const member = successor ? presentReference(store, 'Member', { id: successor.id }) : null;
		return [name, { count: records.length, ...(member !== null && { reAssignToMember: member }) }] as const;
	});
	return { ...Object.fromEntries(shown), deleteOpenTimeSheetsFlag };
}

export const MEMBER_OPERATIONS: Handlers = {
	'POST /system/members/*/deactivate': ({ request, context, ids: [id = 0] }) => ({
		status: 200,
		body: deactivateMember(context, id, parseObject(request)),
	}),
};
