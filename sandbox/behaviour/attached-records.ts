// Lists that the vendor answers from records kept elsewhere: what lies with a ticket, campaign or agreement.

import type { Collection } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Schema, SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { invalidObject, notFound } from '../schema/vendor-errors.ts';
import { answerCount, answerList, answerObject, checkFields, parseObject } from './answers.ts';
import type { Handler, Handlers, OperationCall } from './operation-call.ts';
import { NO_CONTENT, requireOne } from './operation-call.ts';
import { saveRecord } from './record-changes.ts';
import { hrefOf, nameOf, presentReference } from './record-views.ts';
import type { Store, Stored } from './store.ts';
import { scheduledOn } from './tickets.ts';

type AttachedList = { schema: SchemaName; list(store: Store, parent: Stored): JsonObject[] };

/** The records of a collection as references: id, perhaps a name, and a link. */
function references(
	store: Store,
	collection: Collection,
	records: readonly Stored[],
	link: string,
	nameField?: 'name' | 'description',
): JsonObject[] {
	return records.map((record) => ({
		id: record.id,
		...(nameField && { [nameField]: nameOf(record) }),
		_info: { [`${link}_href`]: hrefOf(store, collection, record) },
	}));
}

const attachedIds = (record: Stored): number[] =>
	Array.isArray(record.configurationIds) ? record.configurationIds.map(Number) : [];

function configurationReference(store: Store, id: number): JsonObject {
	const device = store.get('configurations', id);
	if (!device) return { id };
	const { deviceIdentifier, name } = device;
	return {
		id,
		...(typeof deviceIdentifier === 'string' && { deviceIdentifier }),
		_info: { name: name ?? '', configuration_href: hrefOf(store, 'configurations', device) },
	};
}

const CONFIGURATIONS: AttachedList = {
	schema: 'ConfigurationReference',
	list: (store, parent) => attachedIds(parent).map((id) => configurationReference(store, id)),
};

type TicketKind = { tickets: Collection; notes: Collection; noteSchema: SchemaName; chargeType: RegExp };

const SERVICE: TicketKind = {
	tickets: 'tickets',
	notes: 'ticketNotes',
	noteSchema: 'ServiceTicketNote',
	chargeType: /Ticket$/,
};
const PROJECT: TicketKind = {
	tickets: '/project/tickets',
	notes: '/project/tickets/*/notes',
	noteSchema: 'ProjectTicketNote',
	chargeType: /^ProjectTicket$/,
};

const timeOn = (store: Store, { chargeType }: TicketKind, ticketId: number): Stored[] =>
	store
		.where('timeEntries', 'chargeToId', ticketId)
		.filter(({ chargeToType }) => chargeType.test(String(chargeToType)));

/** A note as `allNotes` shows it, with the fields that the schema knows. */
function shownNote(store: Store, schema: Schema, ticket: Stored, record: Stored, own: JsonObject): JsonObject {
	const note: JsonObject = {
		id: record.id,
		ticket: { id: ticket.id, summary: ticket.summary ?? '' },
		isMarkdownFlag: false,
		bundledFlag: false,
		mergedFlag: false,
		issueFlag: record.issueFlag ?? false,
		createdByParentFlag: false,
		member: presentReference(store, 'Member', record.member ?? null),
		contact: presentReference(store, 'Contact', record.contact ?? null),
		...own,
		_info: record._info ?? {},
	};
	const isShown = (name: string): boolean => name === '_info' || schema.has(name.toLowerCase());
	return Object.fromEntries(Object.entries(note).filter(([name, value]) => value !== null && isShown(name)));
}

const ticketNoteFields = (note: Stored): JsonObject => ({
	noteType: 'TicketNote',
	text: note.text ?? '',
	detailDescriptionFlag: note.detailDescriptionFlag ?? false,
	internalAnalysisFlag: note.internalAnalysisFlag ?? false,
	resolutionFlag: note.resolutionFlag ?? false,
	originalAuthor: note.createdBy ?? '',
});

const timeNoteFields = (entry: Stored): JsonObject => ({
	noteType: 'TimeEntryNote',
	text: entry.notes ?? '',
	detailDescriptionFlag: entry.addToDetailDescriptionFlag ?? false,
	internalAnalysisFlag: entry.addToInternalAnalysisFlag ?? false,
	resolutionFlag: entry.addToResolutionFlag ?? false,
	timeStart: entry.timeStart ?? null,
	timeEnd: entry.timeEnd ?? null,
	originalAuthor: entry.enteredBy ?? '',
});

const isShownAsNote = (entry: Stored): boolean =>
	typeof entry.notes === 'string' &&
	entry.notes !== '' &&
	[entry.addToDetailDescriptionFlag, entry.addToInternalAnalysisFlag, entry.addToResolutionFlag].includes(true);

/** Notes and the notes of time entries together, oldest first. */
function allNotes(store: Store, kind: TicketKind, ticket: Stored): JsonObject[] {
	const schema = schemaOf(kind.noteSchema);
	const show = (record: Stored, own: JsonObject): JsonObject => shownNote(store, schema, ticket, record, own);
	const notes = store.where(kind.notes, 'ticketId', ticket.id).map((note) => show(note, ticketNoteFields(note)));
	const timeNotes = timeOn(store, kind, ticket.id)
		.filter(isShownAsNote)
		.map((entry) => show(entry, timeNoteFields(entry)));
	const entered = (note: JsonObject): string => String(at(note._info, 'dateEntered'));
	return [...notes, ...timeNotes].sort((a, b) => entered(a).localeCompare(entered(b)));
}

/** The lists below a ticket, by the last part of their path. */
const listsOfTicket = (kind: TicketKind): Record<string, AttachedList> => ({
	allnotes: { schema: kind.noteSchema, list: (store, ticket) => allNotes(store, kind, ticket) },
	activities: {
		schema: 'ActivityReference',
		list: (store, { id }) =>
			references(store, '/sales/activities', store.where('/sales/activities', 'ticket', id), 'activity', 'name'),
	},
	configurations: CONFIGURATIONS,
	documents: {
		schema: 'DocumentReference',
		list(store, { id }) {
			const ofTicket = store
				.where('documents', 'recordId', id)
				.filter(({ recordType }) => /Ticket$/.test(String(recordType)));
			return references(store, 'documents', ofTicket, 'document', 'name');
		},
	},
	products: {
		schema: 'ProductReference',
		list(store, { id }) {
			const sold = store.where('/procurement/products', 'ticket', id);
			return references(store, '/procurement/products', sold, 'product', 'description');
		},
	},
	scheduleentries: {
		schema: 'ScheduleEntryReference',
		list: (store, { id }) => references(store, 'scheduleEntries', scheduledOn(store, id), 'schedule', 'description'),
	},
	timeentries: {
		schema: 'TimeEntryReference',
		list: (store, { id }) => references(store, 'timeEntries', timeOn(store, kind, id), 'timeEntry'),
	},
});

const LISTS_OF_CAMPAIGN: Record<string, AttachedList> = {
	activities: {
		schema: 'ActivityReference',
		list: (store, { id }) =>
			references(store, '/sales/activities', store.where('/sales/activities', 'campaign', id), 'activity', 'name'),
	},
	opportunities: {
		schema: 'OpportunityReference',
		list(store, { id }) {
			const found = store.where('/sales/opportunities', 'campaign', id);
			return references(store, '/sales/opportunities', found, 'opportunity', 'name');
		},
	},
};

function listHandlers(path: string, parent: Collection, lists: Record<string, AttachedList>): Handlers {
	const handlers: Record<string, Handler> = {};
	for (const [name, { schema, list }] of Object.entries(lists)) {
		const records = ({ context, ids }: OperationCall): JsonObject[] =>
			list(context.store, requireOne(context, parent, ids[0]));
		handlers[`GET ${path}/*/${name}`] = (call) => answerList(call.request, records(call), schema);
		handlers[`GET ${path}/*/${name}/count`] = (call) => answerCount(call.request, records(call), schema);
	}
	return handlers;
}

function configurationFault(code: string, message: string): Error {
	return invalidObject('configuration', [{ code, message, resource: 'configuration', field: 'id' }]);
}

/** Attaches and detaches devices, each named by its id or its own identifier. */
function configurationHandlers(path: string, parent: Collection): Handlers {
	const requireAttached = (record: Stored, id: number): void => {
		if (!attachedIds(record).includes(id)) throw notFound('Configuration', id);
	};
	return {
		[`POST ${path}/*/configurations`]: ({ request, context, ids }) => {
			checkFields(request, 'ConfigurationReference');
			const { store } = context;
			const record = requireOne(context, parent, ids[0]);
			const found = findDevice(store, parseObject(request));
			const configurationIds = [...new Set([...attachedIds(record), found.id])];
			saveRecord(context, parent, { ...record, configurationIds }, `configuration ${found.id} attached`);
			return answerObject(request, configurationReference(store, found.id), 'ConfigurationReference', 201);
		},
		[`GET ${path}/*/configurations/*`]: ({ request, context, ids: [id, other = 0] }) => {
			requireAttached(requireOne(context, parent, id), other);
			return answerObject(request, configurationReference(context.store, other), 'ConfigurationReference');
		},
		[`DELETE ${path}/*/configurations/*`]: ({ context, ids: [id, other = 0] }) => {
			const record = requireOne(context, parent, id);
			requireAttached(record, other);
			const configurationIds = attachedIds(record).filter((attached) => attached !== other);
			saveRecord(context, parent, { ...record, configurationIds }, `configuration ${other} detached`);
			return NO_CONTENT;
		},
	};
}

function findDevice(store: Store, { id, deviceIdentifier }: JsonObject): Stored {
	if (!id && !deviceIdentifier) {
		throw configurationFault('MissingRequiredField', 'id or deviceIdentifier is required.');
	}
	const isMeant = (value: Json | undefined, wanted: Json | undefined): boolean =>
		value !== undefined && value === wanted;
	const found = store.find('configurations', (one) => one.id === id || isMeant(one.deviceIdentifier, deviceIdentifier));
	if (!found) throw configurationFault('NotFound', `configuration ${id ?? deviceIdentifier} not found`);
	return found;
}

export const ATTACHED_RECORDS: Handlers = {
	...listHandlers('/service/tickets', 'tickets', listsOfTicket(SERVICE)),
	...listHandlers('/project/tickets', '/project/tickets', listsOfTicket(PROJECT)),
	...listHandlers('/marketing/campaigns', '/marketing/campaigns', LISTS_OF_CAMPAIGN),
	...listHandlers('/finance/agreements', '/finance/agreements', { configurations: CONFIGURATIONS }),
	...configurationHandlers('/service/tickets', 'tickets'),
	...configurationHandlers('/project/tickets', '/project/tickets'),
	...configurationHandlers('/finance/agreements', '/finance/agreements'),
};
