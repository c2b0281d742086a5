// Side effects of writing tickets and their notes: defaults, closing, notes from POST, hours.

import { formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import { notFound } from '../schema/vendor-errors.ts';
import type { Context, Hooks } from './context.ts';
import { createRecord } from './record-changes.ts';
import { findReferred } from './record-input.ts';
import { nameOf, parentIdOf } from './record-views.ts';
import { idOf } from './setup-defaults.ts';
import type { Store, Stored } from './store.ts';

/** Fields that are the same on every ticket, seeded or created. */
export const TICKET_CONSTANTS: JsonObject = {
	recordType: 'ServiceTicket',
	allowAllClientsPortalView: false,
	automaticEmailCcFlag: false,
	approved: true,
	estimatedExpenseCost: 0,
	estimatedExpenseRevenue: 0,
	estimatedProductCost: 0,
	estimatedProductRevenue: 0,
	estimatedTimeCost: 0,
	estimatedTimeRevenue: 0,
	billingMethod: 'ActualRates',
	subBillingMethod: 'ActualRates',
	billTime: 'NoDefault',
	billExpenses: 'NoDefault',
	billProducts: 'NoDefault',
	actualHours: 0,
	isInSla: true,
	sla: { id: 3 },
	hasChildTicket: false,
	hasMergedChildTicketFlag: false,
	requestForChangeFlag: false,
	currency: { id: 7 },
	minutesBeforeWaiting: 0,
	respondedSkippedMinutes: 0,
	resplanSkippedMinutes: 0,
};

export const reference = (record: Stored | undefined): Json => (record ? { id: record.id } : null);

export function requireTicket(store: Store, id: number): Stored {
	const ticket = store.get('tickets', id);
	if (!ticket) throw notFound('Service Ticket', id);
	return ticket;
}

function defaultOn(store: Store, collection: 'statuses' | 'teams' | 'types', boardId: number): Json {
	const field = collection === 'teams' ? 'boardId' : 'board';
	return reference(store.where(collection, field, boardId).find((record) => record.defaultFlag === true));
}

const flagged = (store: Store, collection: 'priorities' | 'sources' | 'serviceLocations'): Json =>
	reference(store.find(collection, (record) => record.defaultFlag === true));

/** The ticket's address, copied from the company's site as the vendor does. */
export function siteFields(store: Store, ticket: JsonObject): JsonObject {
	const sites = store.where('sites', 'company', idOf(ticket.company));
	const site =
		store.get('sites', idOf(ticket.site)) ?? sites.find((candidate) => candidate.primaryAddressFlag === true);
	if (!site) return {};
	return {
		site: { id: site.id },
		siteName: site.name ?? null,
		addressLine1: site.addressLine1 ?? null,
		city: site.city ?? null,
		stateIdentifier: store.get('/company/states', idOf(site.stateReference))?.identifier ?? null,
		zip: site.zip ?? null,
		country: site.country ?? null,
	};
}

/** The contact's name, phone and e-mail address, copied as the vendor does. */
function contactFields(store: Store, ticket: JsonObject): JsonObject {
	const contact = store.get('contacts', idOf(ticket.contact));
	if (!contact) return {};
	const items = store.where('communications', 'contactId', contact.id);
	const first = (type: string): Json =>
		items.find((item) => item.communicationType === type && item.defaultFlag === true)?.value ?? null;
	return {
		contactName: nameOf(contact),
		contactPhoneNumber: first('Phone'),
		contactEmailAddress: first('Email'),
	};
}

/** Values a new ticket has when the caller names none. */
function newTicketValues(context: Context, ticket: JsonObject): JsonObject {
	const { store, nowMs } = context;
	const board = store.get('boards', idOf(ticket.board));
	return {
		...TICKET_CONSTANTS,
		status: board ? defaultOn(store, 'statuses', board.id) : null,
		team: board ? defaultOn(store, 'teams', board.id) : null,
		priority: flagged(store, 'priorities'),
		source: flagged(store, 'sources'),
		serviceLocation: flagged(store, 'serviceLocations'),
		location: board?.location ?? null,
		department: board?.department ?? null,
		...siteFields(store, ticket),
		...contactFields(store, ticket),
		severity: 'Medium',
		impact: 'Medium',
		customerUpdatedFlag: false,
		automaticEmailContactFlag: false,
		automaticEmailResourceFlag: false,
		closedFlag: false,
		resolveMinutes: 0,
		resPlanMinutes: 0,
		respondMinutes: 0,
		mobileGuid: crypto.randomUUID(),
		slaStatus: 'Respond by tomorrow 12:00 PM UTC-05',
		escalationStartDateUTC: formatDate(nowMs),
		escalationLevel: 0,
		customFields: ticket.customFields ?? null,
	};
}

/** `closedFlag`, `closedDate` and `closedBy` follow the status. */
export function followStatus(context: Context, ticket: JsonObject): void {
	const closed = context.store.get('statuses', idOf(ticket.status))?.closedStatus === true;
	if (closed && ticket.closedFlag !== true) {
		ticket.closedDate = formatDate(context.nowMs);
		ticket.closedBy = context.member;
		ticket.dateResolved ??= ticket.closedDate;
	}
	if (!closed) {
		ticket.closedDate = null;
		ticket.closedBy = null;
		ticket.dateResolved = null;
	}
	ticket.closedFlag = closed;
}

/** Schedule entries of a service ticket; those of an activity may have the same `objectId`. */
export const scheduledOn = (store: Store, ticketId: number): Stored[] =>
	store
		.where('scheduleEntries', 'objectId', ticketId)
		.filter((entry) => store.get('scheduleTypes', idOf(entry.type))?.identifier === 'S');

/** `resources`: the owner and everyone scheduled on the ticket, as comma-separated member identifiers. */
function resourcesOf(store: Store, ticket: JsonObject): string | null {
	const scheduled = scheduledOn(store, Number(ticket.id ?? 0)).map((entry) => idOf(entry.member));
	const identifiers = [idOf(ticket.owner), ...scheduled].map((id) => store.get('members', id)?.identifier);
	return [...new Set(identifiers.filter((identifier) => typeof identifier === 'string'))].join(',') || null;
}

const INITIAL_NOTES = [
	['initialDescription', 'detailDescriptionFlag'],
	['initialInternalAnalysis', 'internalAnalysisFlag'],
	['initialResolution', 'resolutionFlag'],
] as const;

const BOARD_FIELDS = [
	['type', 'types'],
	['subType', 'subTypes'],
	['item', 'items'],
	['team', 'teams'],
] as const;

/**
 * A ticket that moves to another board loses what does not belong there, unless the call itself sets it. What the real
 * server does is not known. The status stays, to be refused if it is none of the new board's.
 */
function leaveOldBoard({ store }: Context, record: JsonObject, written: string[]): void {
	const board = isObject(record.board) ? findReferred(store, 'Board', record.board, null) : undefined;
	if (!board) return;
	for (const [field, collection] of BOARD_FIELDS) {
		const kept = store.get(collection, idOf(record[field]));
		if (!written.includes(field) && (!kept || parentIdOf(collection, kept) !== board.id)) record[field] = null;
	}
}

export const ticketHooks: Hooks = {
	complete(context, { record, before, written }) {
		// The old company's site would not be found under the new one.
		if (before && written.includes('company') && !written.includes('site')) record.site = null;
		record.board ??= reference(context.store.find('boards', (board) => board.inactiveFlag !== true));
		if (before && written.includes('board')) leaveOldBoard(context, record, written);
	},
	prepare(context, { record, before, written, children }) {
		const { store } = context;
		if (!before) {
			for (const [name, value] of Object.entries(newTicketValues(context, record))) record[name] ??= value;
		} else {
			if (written.includes('company') || written.includes('site')) Object.assign(record, siteFields(store, record));
			if (written.includes('contact')) Object.assign(record, contactFields(store, record));
		}
		for (const [name] of INITIAL_NOTES) {
			children[name] = record[name] ?? null;
			delete record[name];
		}
		followStatus(context, record);
		record.resources = resourcesOf(store, record);
		return [];
	},
	saved(context, ticket, { before, children }) {
		if (before) return;
		for (const [name, flag] of INITIAL_NOTES) {
			const text = children[name];
			if (typeof text !== 'string' || text === '') continue;
			createRecord(context, 'ticketNotes', ticket.id, { text, [flag]: true, issueFlag: name === 'initialDescription' });
		}
	},
	removed({ store }, ticket) {
		for (const entry of store.all('timeEntries').filter((one) => chargedTo(one, ticket.id))) {
			store.remove('timeEntries', entry.id);
		}
		for (const entry of scheduledOn(store, ticket.id)) store.remove('scheduleEntries', entry.id);
		for (const document of store.where('documents', 'recordId', ticket.id)) {
			if (document.recordType === 'Ticket') store.remove('documents', document.id);
		}
	},
};

export const noteHooks: Hooks = {
	prepare(context, { record, before }) {
		record.detailDescriptionFlag ??= false;
		record.internalAnalysisFlag ??= false;
		record.resolutionFlag ??= false;
		record.issueFlag ??= false;
		if (!before) {
			record.dateCreated = formatDate(context.nowMs);
			record.createdBy = context.member;
			if (!record.member && !record.contact) {
				record.member = reference(context.store.find('members', (one) => one.identifier === context.member));
			}
		}
		record.internalFlag = record.internalAnalysisFlag ?? null;
		record.externalFlag = record.detailDescriptionFlag === true || record.resolutionFlag === true;
		delete record.processNotifications;
		if (record.detailDescriptionFlag || record.internalAnalysisFlag || record.resolutionFlag) return [];
		return [
			{
				code: 'ServiceNote',
				message: 'Please choose where to display the notes in order to save this record.',
				resource: 'serviceNote',
				field: 'detailDescriptionFlag, internalAnalysisFlag, resolutionFlag',
			},
		];
	},
	saved: (context, note) => touchTicket(context, Number(note.ticketId)),
};

function chargedTo(entry: JsonObject, ticketId: number): boolean {
	return entry.chargeToId === ticketId && /Ticket$/.test(String(entry.chargeToType));
}

export const timeOnTicket = (store: Store, ticketId: number): Stored[] =>
	store.all('timeEntries').filter((entry) => chargedTo(entry, ticketId));

/** Brings what a ticket shows of other records up to date: hours, resources, and when it was last touched. */
export function touchTicket(context: Context, id: number): void {
	const { store, nowMs, member } = context;
	const ticket = store.get('tickets', id);
	if (!ticket) return;
	const hours = timeOnTicket(store, id).reduce((sum, entry) => sum + Number(entry.actualHours ?? 0), 0);
	const stamps = isObject(ticket._info) ? ticket._info : {};
	store.put('tickets', {
		...ticket,
		actualHours: Math.round(hours * 100) / 100,
		resources: resourcesOf(store, ticket),
		_info: { ...stamps, lastUpdated: formatDate(nowMs), updatedBy: member },
	});
}

/** A subtype can be tied to every type of its board, or to none, with one flag. */
export const subTypeHooks: Hooks = {
	complete({ store }, { record }) {
		const types = store.where('types', 'board', Number(at(record.board, 'id')));
		if (record.removeAllTypesFlag === true) record.typeAssociationIds = [];
		if (record.addAllTypesFlag === true) record.typeAssociationIds = types.map(({ id }) => id);
		// One-off actions: never kept.
		record.addAllTypesFlag = false;
		record.removeAllTypesFlag = false;
	},
};
