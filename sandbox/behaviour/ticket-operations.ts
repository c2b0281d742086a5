// The operations on tickets that are more than a record written: search, merge, attach children, copy.

import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { SchemaName } from '../schema/record-schemas.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import { invalidObject } from '../schema/vendor-errors.ts';
import { answerList, answerRecord, checkFields, parseObject } from './answers.ts';
import type { Context } from './context.ts';
import type { Handler, Handlers } from './operation-call.ts';
import { createRecord, saveRecord } from './record-changes.ts';
import { missingField, readRecord } from './record-input.ts';
import { presentAll } from './record-views.ts';
import type { Store, Stored } from './store.ts';
import { followStatus, requireTicket, timeOnTicket, touchTicket } from './tickets.ts';

function readIds(value: Json | undefined, noun: string, field: string): number[] {
	if (!Array.isArray(value) || value.length === 0) throw invalidObject(noun, [missingField(noun, field)]);
	return value.map(Number);
}

function findTickets(store: Store, ids: number[], noun: string, field: string): Stored[] {
	const faults: ValidationFault[] = [];
	const found = ids.flatMap((id) => {
		const ticket = store.get('tickets', id);
		if (!ticket) faults.push({ code: 'NotFound', message: `ticket ${id} not found`, resource: noun, field });
		return ticket ?? [];
	});
	if (faults.length > 0) throw invalidObject(noun, faults);
	return found;
}

/** Merges tickets into one: each gets the status, points at the parent, and gives its notes, tasks and time away. */
function mergeTickets(context: Context, parentId: number, body: JsonObject): JsonObject {
	const { store } = context;
	const parent = requireTicket(store, parentId);
	const noun = 'ticketMerge';
	const faults: ValidationFault[] = [];
	if (!Array.isArray(body.mergeTicketIds)) faults.push(missingField(noun, 'mergeTicketIds'));
	if (!['id', 'name'].some((key) => at(body.status, key) !== null)) faults.push(missingField(noun, 'status'));
	if (faults.length > 0) throw invalidObject(noun, faults);
	const ids = readIds(body.mergeTicketIds, noun, 'mergeTicketIds').filter((id) => id !== parentId);
	const children = findTickets(store, ids, noun, 'mergeTicketIds');
	// The status is looked up on each merged ticket's own board.
	const statuses = children.map((child) => {
		const given = { board: child.board ?? null, status: body.status ?? null };
		const { record, faults: wrong } = readRecord(context, 'tickets', given);
		if (wrong.length > 0)
			throw invalidObject(
				noun,
				wrong.map((fault) => ({ ...fault, resource: noun })),
			);
		return record.status ?? null;
	});
	children.forEach((child, index) => {
		for (const collection of ['ticketNotes', 'ticketTasks'] as const) {
			for (const one of store.where(collection, 'ticketId', child.id)) {
				store.put(collection, { ...one, ticketId: parentId });
			}
		}
		for (const entry of timeOnTicket(store, child.id)) {
			store.put('timeEntries', { ...entry, chargeToId: parentId, ticket: { id: parentId } });
		}
		const merged: Stored = { ...child, status: statuses[index] ?? null, mergedParentTicket: { id: parentId } };
		followStatus(context, merged);
		saveRecord(context, 'tickets', merged, `merged into ${parentId}`);
		touchTicket(context, child.id);
	});
	saveRecord(context, 'tickets', { ...parent, hasMergedChildTicketFlag: true }, `took in ${ids.join(', ')}`);
	touchTicket(context, parentId);
	return { success: true, message: `Merged ${ids.length} ticket(s) into ${parentId}.` };
}

function attachChildren(context: Context, parentId: number, body: JsonObject): JsonObject {
	const parent = requireTicket(context.store, parentId);
	const ids = readIds(body.childTicketIds, 'ticketBundle', 'childTicketIds');
	for (const child of findTickets(context.store, ids, 'ticketBundle', 'childTicketIds')) {
		saveRecord(context, 'tickets', { ...child, parentTicketId: parentId }, `attached to ${parentId}`);
	}
	saveRecord(context, 'tickets', { ...parent, hasChildTicket: true }, `parent of ${ids.join(', ')}`);
	return { success: true, message: `Attached ${ids.length} ticket(s) to ${parentId}.` };
}

/** A new ticket with the fields of another; notes, time and closing data stay behind. */
function copyTicket(context: Context, id: number): Stored {
	const source = requireTicket(context.store, id);
	const kept = ['summary', 'board', 'company', 'site', 'contact', 'type', 'subType', 'item', 'team', 'owner'];
	const more = ['priority', 'severity', 'impact', 'source', 'serviceLocation', 'requiredDate', 'customFields'];
	const body = Object.fromEntries([...kept, ...more].flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
	return createRecord(context, 'tickets', null, body);
}

const search =
	(collection: 'tickets' | '/project/tickets', schema: SchemaName): Handler =>
	({ request, context }) => {
		const asked = new URL(request.url);
		for (const [name, value] of Object.entries(parseObject(request))) {
			if (typeof value === 'string' && value.trim() !== '') asked.searchParams.set(name, value);
		}
		return answerList({ ...request, url: asked }, presentAll(context.store, collection), schema);
	};

export const TICKET_OPERATIONS: Handlers = {
	// The query comes in the body, under names in any case.
	'POST /service/tickets/search': search('tickets', 'Ticket'),
	'POST /project/tickets/search': search('/project/tickets', 'ProjectTicket'),
	'GET /service/tickets/calculatesla': ({ request, context }) =>
		answerList(request, presentAll(context.store, 'tickets'), 'Ticket'),
	'POST /service/tickets/*/merge': ({ request, context, ids: [id = 0] }) => ({
		status: 200,
		body: mergeTickets(context, id, parseObject(request)),
	}),
	'POST /service/tickets/*/attachchildren': ({ request, context, ids: [id = 0] }) => ({
		status: 200,
		body: attachChildren(context, id, parseObject(request)),
	}),
	'POST /service/tickets/*/copy': ({ request, context, ids: [id = 0] }) => {
		checkFields(request, 'Ticket');
		return answerRecord(request, context.store, 'tickets', copyTicket(context, id));
	},
};
