// Lists that the vendor answers from records kept elsewhere: what lies with a ticket or campaign, devices attached to
// an agreement, agreements in short, custom fields, the audit trail.

import type { ApiAnswer } from '../http/answers.ts';
import { answerCount, answerList, answerObject, parseObject } from '../http/answers.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import { badRequest, invalidObject, notFound } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { SchemaName } from '../schema/schemas.ts';
import type { Action, Handler, Handlers } from './action.ts';
import { NO_CONTENT, requireOne } from './action.ts';
import { nameOf, presentReference } from './present.ts';
import { saveRecord } from './records.ts';
import type { Store, Stored } from './store.ts';
import type { Context } from './writing.ts';
import { missingField } from './writing.ts';

type Related = { schema: SchemaName; parent: Collection; list(store: Store, parent: Stored): JsonObject[] };

const bare = (records: readonly Stored[], name: 'name' | 'description' | null): JsonObject[] =>
	records.map((record) => ({ id: record.id, ...(name && { [name]: nameOf(record) }) }));

export const activitiesOn = (store: Store, ticketId: number): JsonObject[] =>
	bare(store.where('/sales/activities', 'ticket', ticketId), 'name');

export const productsOn = (store: Store, ticketId: number): JsonObject[] =>
	bare(store.where('/procurement/products', 'ticket', ticketId), 'description');

const chargedTo = (store: Store, ticketId: number): Stored[] =>
	store.where('timeEntries', 'chargeToId', ticketId).filter(({ chargeToType }) => chargeToType === 'ProjectTicket');

function allNotes(store: Store, ticket: Stored): JsonObject[] {
	const of = { id: ticket.id, summary: ticket.summary ?? '' };
	const notes = store.where('/project/tickets/*/notes', 'ticketId', ticket.id).map((note): JsonObject => {
		const { id, text, detailDescriptionFlag, internalAnalysisFlag, resolutionFlag, _info } = note;
		return {
			id,
			noteType: 'TicketNote',
			ticket: of,
			text: text ?? '',
			detailDescriptionFlag: detailDescriptionFlag ?? false,
			internalAnalysisFlag: internalAnalysisFlag ?? false,
			resolutionFlag: resolutionFlag ?? false,
			member: presentReference(store, 'Member', note.member ?? null),
			_info: _info ?? {},
		};
	});
	const times = chargedTo(store, ticket.id).map(
		(entry): JsonObject => ({
			id: entry.id,
			noteType: 'TimeEntryNote',
			ticket: of,
			text: entry.notes ?? '',
			detailDescriptionFlag: entry.addToDetailDescriptionFlag ?? false,
			internalAnalysisFlag: entry.addToInternalAnalysisFlag ?? false,
			resolutionFlag: entry.addToResolutionFlag ?? false,
			timeStart: entry.timeStart ?? null,
			timeEnd: entry.timeEnd ?? null,
			member: presentReference(store, 'Member', entry.member ?? null),
			_info: entry._info ?? {},
		}),
	);
	return [...notes, ...times].map(withoutNulls);
}

const withoutNulls = (record: JsonObject): JsonObject =>
	Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));

const attachedIds = (record: Stored): number[] =>
	Array.isArray(record.configurationIds) ? record.configurationIds.map(Number) : [];

const configurationsOf = (store: Store, parent: Stored): JsonObject[] =>
	attachedIds(parent).map((id) => configurationReference(store, id));

function configurationReference(store: Store, id: number): JsonObject {
	const device = store.get('configurations', id);
	return withoutNulls({ id, deviceIdentifier: device?.deviceIdentifier ?? null });
}

const RELATED: Readonly<Record<string, Related>> = {
	'/project/tickets/*/activities': {
		schema: 'facts:ActivityReference',
		parent: '/project/tickets',
		list: (store, { id }) => activitiesOn(store, id),
	},
	'/project/tickets/*/allnotes': { schema: 'facts:ProjectTicketNote', parent: '/project/tickets', list: allNotes },
	'/project/tickets/*/configurations': {
		schema: 'facts:ConfigurationReference',
		parent: '/project/tickets',
		list: configurationsOf,
	},
	'/finance/agreements/*/configurations': {
		schema: 'facts:ConfigurationReference',
		parent: '/finance/agreements',
		list: configurationsOf,
	},
	'/project/tickets/*/documents': {
		schema: 'facts:DocumentReference',
		parent: '/project/tickets',
		list: (store, { id }) =>
			bare(
				store.where('documents', 'recordId', id).filter(({ recordType }) => /Ticket$/.test(String(recordType))),
				'name',
			),
	},
	'/project/tickets/*/products': {
		schema: 'facts:ProductReference',
		parent: '/project/tickets',
		list: (store, { id }) => productsOn(store, id),
	},
	'/project/tickets/*/scheduleentries': {
		schema: 'facts:ScheduleEntryReference',
		parent: '/project/tickets',
		list: (store, { id }) => bare(store.where('scheduleEntries', 'objectId', id), 'description'),
	},
	'/project/tickets/*/timeentries': {
		schema: 'facts:TimeEntryReference',
		parent: '/project/tickets',
		list: (store, { id }) => bare(chargedTo(store, id), null),
	},
	'/marketing/campaigns/*/activities': {
		schema: 'facts:ActivityReference',
		parent: '/marketing/campaigns',
		list: (store, { id }) => bare(store.where('/sales/activities', 'campaign', id), 'name'),
	},
	'/marketing/campaigns/*/opportunities': {
		schema: 'facts:OpportunityReference',
		parent: '/marketing/campaigns',
		list: (store, { id }) => bare(store.where('/sales/opportunities', 'campaign', id), 'name'),
	},
};

function listRelated({ schema, parent, list }: Related): { list: Handler; count: Handler } {
	const records = ({ context, ids }: Action): JsonObject[] =>
		list(context.store, requireOne(context, parent, ids[0])).sort((a, b) => Number(a.id) - Number(b.id));
	return {
		list: (action) => answerList(action.request, records(action), schema),
		count: (action) => answerCount(action.request, records(action), schema),
	};
}

/** A device named by id or by its own identifier goes with the record. */
function attach(parent: Collection): Handler {
	return ({ request, context, ids }) => {
		const { store } = context;
		const record = requireOne(context, parent, ids[0]);
		const { id, deviceIdentifier } = parseObject(request);
		const fault = (code: string, message: string) =>
			invalidObject('configuration', [{ code, message, resource: 'configuration', field: 'id' }]);
		if (!id && !deviceIdentifier) throw fault('MissingRequiredField', 'id or deviceIdentifier is required.');
		const found = store.find('configurations', (one) => {
			return one.id === id || (one.deviceIdentifier !== undefined && one.deviceIdentifier === deviceIdentifier);
		});
		if (!found) throw fault('NotFound', `configuration ${id ?? deviceIdentifier} not found`);
		const configurationIds = [...new Set([...attachedIds(record), found.id])];
		saveRecord(context, parent, { ...record, configurationIds }, `configuration ${found.id} attached`);
		return { status: 201, body: configurationReference(store, found.id) };
	};
}

function detach(parent: Collection): Handler {
	return ({ context, ids: [id, other = 0] }) => {
		const record = requireOne(context, parent, id);
		if (!attachedIds(record).includes(other)) throw notFound('Configuration', other);
		const configurationIds = attachedIds(record).filter((attached) => attached !== other);
		saveRecord(context, parent, { ...record, configurationIds }, `configuration ${other} detached`);
		return NO_CONTENT;
	};
}

const oneAttached =
	(parent: Collection): Handler =>
	({ request, context, ids: [id, other = 0] }) => {
		if (!attachedIds(requireOne(context, parent, id)).includes(other)) throw notFound('Configuration', other);
		return answerObject(request, configurationReference(context.store, other), 'facts:ConfigurationReference');
	};

/** An agreement in short: what it comes to a month, what was billed last, and what is left. */
function recapOf(store: Store, agreement: Stored): JsonObject {
	const additions = store.where('/finance/agreements/*/additions', 'agreementId', agreement.id);
	const amount = additions.reduce((sum, one) => sum + Number(one.extPrice ?? 0), Number(agreement.billAmount ?? 0));
	const invoices = store.where('/finance/invoices', 'agreement', agreement.id);
	const last = invoices.toSorted((a, b) => String(b.date).localeCompare(String(a.date)))[0];
	const starting = Number(agreement.applicationLimit ?? amount);
	const used = Math.round(starting * 40) / 100;
	return withoutNulls({
		id: agreement.id,
		name: agreement.name ?? null,
		companyName: store.get('companies', Number(at(agreement.company, 'id')))?.name ?? null,
		agreementStatus: agreement.agreementStatus ?? null,
		isUnlimited: agreement.applicationUnlimitedFlag === true ? 'true' : 'false',
		startingAmount: starting,
		availableAmount: starting,
		usedAmount: used,
		remainingAmount: Math.round((starting - used) * 100) / 100,
		adjustmentAmount: 0,
		overrunAmount: 0,
		lastInvoiceNumber: last?.invoiceNumber ?? null,
		lastInvoiceDate: last?.date ?? null,
		lastInvoiceAmount: last ? String(last.total) : null,
		nextInvoiceDate: agreement.nextInvoiceDate ?? null,
		nextInvoiceAmount: Math.round(amount * 100) / 100,
		unbilledPeriods: 0,
	});
}

const POD_OF: readonly string[] = Object.keys(CUSTOM_FIELDS);

function customFieldInfos(): JsonObject[] {
	return Object.entries(CUSTOM_FIELDS).flatMap(([collection, definitions]) =>
		(definitions ?? []).map(
			(definition, index): JsonObject => ({
				...definition,
				podId: String(POD_OF.indexOf(collection) + 1),
				screenId: collection.replace(/^.*\//, ''),
				rowNum: index + 1,
				displayOnScreenFlag: true,
				userDefinedFieldRecId: definition.id,
			}),
		),
	);
}

/** Kinds that the audit trail can be asked for, and whose records they are. */
const AUDITED: Readonly<Record<string, Collection>> = {
	agreement: '/finance/agreements',
	company: 'companies',
	configuration: 'configurations',
	contact: 'contacts',
	expense: '/expense/entries',
	invoice: '/finance/invoices',
	member: 'members',
	opportunity: '/sales/opportunities',
	project: '/project/projects',
	purchaseorder: '/procurement/purchaseorders',
	service: 'tickets',
	ticket: 'tickets',
	time: 'timeEntries',
};

/** Who made a record and who changed it last: of real entries only the fields are known. */
function auditTrail({ request, context }: Action): JsonObject[] {
	const query = new Map([...request.url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
	const type = query.get('type') ?? '';
	const id = Number(query.get('id') ?? 0);
	const faults = [...(type === '' ? ['type'] : []), ...(id > 0 || query.has('deviceidentifier') ? [] : ['id'])];
	if (faults.length > 0)
		throw invalidObject(
			'auditTrail',
			faults.map((field) => missingField('auditTrail', field)),
		);
	const collection = AUDITED[type.toLowerCase()];
	if (!collection) throw badRequest(`type must be one of ${Object.keys(AUDITED).join(', ')}.`);
	const record = requireOne(context, collection, id);
	const entry = (text: string, when: Json, who: Json, subType: string): JsonObject => ({
		text,
		enteredDate: when,
		enteredBy: who,
		auditType: 'Record',
		auditSubType: subType,
		auditSource: 'Application',
	});
	const stamp = (name: string): Json => at(record._info, name);
	const name = nameOf(record);
	return [
		entry(`"${name}" was created.`, stamp('dateEntered'), stamp('enteredBy'), 'Created'),
		entry(`"${name}" was last changed.`, stamp('lastUpdated'), stamp('updatedBy'), 'Updated'),
	].map(withoutNulls);
}

const handlers: Record<string, Handler> = {};
for (const [path, related] of Object.entries(RELATED)) {
	const { list, count } = listRelated(related);
	handlers[`GET ${path}`] = list;
	handlers[`GET ${path}/count`] = count;
}
for (const parent of ['/project/tickets', '/finance/agreements'] as const) {
	handlers[`POST ${parent}/*/configurations`] = attach(parent);
	handlers[`GET ${parent}/*/configurations/*`] = oneAttached(parent);
	handlers[`DELETE ${parent}/*/configurations/*`] = detach(parent);
}

const agreements = ({ store }: Context): JsonObject[] =>
	store
		.all('/finance/agreements')
		.sort((a, b) => a.id - b.id)
		.map((one) => recapOf(store, one));

export const RELATED_LISTS: Handlers = {
	...handlers,
	'GET /finance/agreementrecap': ({ request, context }): ApiAnswer =>
		answerList(request, agreements(context), 'facts:AgreementRecap'),
	'GET /finance/agreementrecap/*': ({ request, context, ids }) =>
		answerObject(
			request,
			recapOf(context.store, requireOne(context, '/finance/agreements', ids[0])),
			'facts:AgreementRecap',
		),
	'GET /system/customfieldinfos': ({ request }) => answerList(request, customFieldInfos(), 'facts:CustomFieldInfo'),
	'GET /system/audittrail': (action) => answerList(action.request, auditTrail(action), 'facts:AuditTrailEntry'),
	'GET /system/audittrail/count': (action) => answerCount(action.request, auditTrail(action), 'facts:AuditTrailEntry'),
};
