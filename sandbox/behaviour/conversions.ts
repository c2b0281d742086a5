// One record made from another: opportunities and orders become agreements, projects, orders and tickets; a service
// ticket moves into a project and back; an agreement is billed.

import type { Collection } from '../schema/collections.ts';
import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { ApiAnswer } from './answers.ts';
import type { Context } from './context.ts';
import type { Handler, Handlers, OperationCall } from './operation-call.ts';
import { NO_CONTENT, readBody, refuse, requireOne, shown, success } from './operation-call.ts';
import { createRecord, saveRecord } from './record-changes.ts';
import type { Stored } from './store.ts';

type Source = { collection: Collection; field: 'opportunity' | 'salesOrder'; name: string };

const OPPORTUNITY: Source = { collection: '/sales/opportunities', field: 'opportunity', name: 'Opportunity' };
const ORDER: Source = { collection: '/sales/orders', field: 'salesOrder', name: 'SalesOrder' };

/** A kind of record that a source is converted to. The body's field `existing` names a record to use instead of a new one. */
type Product = {
	collection: Collection;
	name: string;
	/** Field of a product line that points at the record. */
	field: string;
	existing: string;
	/** Fields that the body may set. */
	given: readonly string[];
	values(context: Context, source: Stored): JsonObject;
};

const sourceName = (source: Stored): string => String(source.name ?? source.description ?? `Order ${source.id}`);

const AGREEMENT: Product = {
	collection: '/finance/agreements',
	name: 'Agreement',
	field: 'agreement',
	existing: 'agreementId',
	given: ['name', 'type', 'startDate', 'endDate', 'noEndingDateFlag'],
	values: ({ store, nowMs }, source) => ({
		name: sourceName(source),
		type: { id: 1 },
		startDate: formatDate(nowMs),
		contact: source.contact ?? store.get('companies', Number(at(source.company, 'id')))?.defaultContact ?? null,
	}),
};

const PROJECT: Product = {
	collection: '/project/projects',
	name: 'Project',
	field: 'project',
	existing: 'projectId',
	given: ['name', 'status', 'board', 'manager', 'estimatedStart', 'estimatedEnd'],
	values: ({ nowMs }, source) => ({
		name: sourceName(source),
		billingMethod: 'ActualRates',
		board: { id: 6 },
		status: { id: 1 },
		estimatedStart: formatDate(nowMs),
		estimatedEnd: formatDate(nowMs + 30 * DAY_MS),
	}),
};

const TICKET: Product = {
	collection: 'tickets',
	name: 'Service Ticket',
	field: 'ticket',
	existing: 'ticketId',
	given: ['summary'],
	values: (_context, source) => ({ summary: sourceName(source).slice(0, 100) }),
};

const SALES_ORDER: Product = {
	collection: '/sales/orders',
	name: 'Sales Order',
	field: 'salesOrder',
	existing: 'salesOrderId',
	given: [],
	values: ({ nowMs }, source) => ({
		status: { id: 1 },
		salesRep: source.primarySalesRep ?? null,
		orderDate: formatDate(nowMs),
		description: sourceName(source),
		billingTerms: source.billingTerms ?? null,
		taxCode: source.taxCode ?? null,
	}),
};

/** The fields of a record that are set. */
const chosen = (record: JsonObject, names: readonly string[]): JsonObject =>
	Object.fromEntries(names.flatMap((name) => ((record[name] ?? null) === null ? [] : [[name, record[name] ?? null]])));

function convert(from: Source, to: Product): Handler {
	return (call) => {
		const { context, ids } = call;
		const source = requireOne(context, from.collection, ids[0]);
		const body = readBody(call, to.field);
		const existingId = body[to.existing];
		const made = existingId
			? requireOne(context, to.collection, Number(existingId))
			: createRecord(context, to.collection, null, {
					...to.values(context, source),
					...chosen(source, ['company', 'contact', 'site']),
					...chosen(body, to.given),
					...(from === OPPORTUNITY && to !== TICKET && { opportunity: { id: source.id } }),
				});
		moveProducts(context, from, source, body, { [to.field]: { id: made.id } });
		settle(context, from, source, to.name, made);
		return shown(context, to.collection, made);
	};
}

/** Products of the source go along unless the call says otherwise. */
function moveProducts({ store }: Context, { field }: Source, source: Stored, body: JsonObject, to: JsonObject): void {
	const { includeAllProductsFlag: all, includeProductIds: some } = body;
	if (all === false && !Array.isArray(some)) return;
	for (const product of store.where('/procurement/products', field, source.id)) {
		const isChosen = all === true || !Array.isArray(some) || some.includes(product.id);
		if (isChosen) store.put('/procurement/products', { ...product, ...to });
	}
}

/** Remembers what became of the source, and closes an opportunity as won. */
function settle(context: Context, from: Source, source: Stored, kind: string, made: Stored): void {
	const changes: JsonObject = { convertedTo: { id: made.id, name: kind } };
	if (from === OPPORTUNITY) {
		const won = context.store.find('/sales/opportunities/statuses', ({ wonFlag }) => wonFlag === true);
		Object.assign(changes, { closedDate: formatDate(context.nowMs), ...(won && { status: { id: won.id } }) });
	}
	saveRecord(context, from.collection, { ...source, ...changes }, `converted to ${kind} ${made.id}`);
}

/** Answers which record the source was converted to, if it was. */
function conversionOf({ collection, name }: Source): Handler {
	return ({ context, ids }) => {
		const { convertedTo } = requireOne(context, collection, ids[0]);
		return { status: 200, body: { parentType: name, ...(convertedTo && { convertedTo }) } };
	};
}

const KEPT_FIELDS = ['summary', 'board', 'status', 'company', 'contact', 'site', 'type', 'owner', 'priority', 'source'];

/** A service ticket moves into a phase of a project, under its own number. */
function ticketToProject(call: OperationCall): ApiAnswer {
	const { context, ids } = call;
	const ticket = requireOne(context, 'tickets', ids[0]);
	const { phase: given, wbsCode = null, recordType } = readBody(call, 'convertToProject');
	const phase = requireOne(context, '/project/projects/*/phases', Number(at(given, 'id')));
	const record: Stored = {
		...chosen(ticket, [...KEPT_FIELDS, 'agreement']),
		id: ticket.id,
		isIssueFlag: recordType === 'ProjectIssue',
		project: { id: Number(phase.projectId) },
		phase: { id: phase.id },
		wbsCode,
		closedFlag: false,
	};
	context.store.remove('tickets', ticket.id);
	saveRecord(context, '/project/tickets', record, 'converted to a project ticket');
	return success(`Ticket ${ticket.id} is in phase ${phase.id} now.`);
}

function projectTicketTo(call: OperationCall): ApiAnswer {
	const { context, ids } = call;
	const ticket = requireOne(context, '/project/tickets', ids[0]);
	const { recordType, phase } = readBody(call, 'convertItem');
	if (recordType === 'ServiceTicket') {
		const { type: _type, source: _source, ...kept } = chosen(ticket, KEPT_FIELDS);
		context.store.remove('/project/tickets', ticket.id);
		const record: Stored = { ...kept, id: ticket.id, recordType, closedFlag: false };
		saveRecord(context, 'tickets', record, 'converted to a service ticket');
	} else {
		const moved: JsonObject = { ...(phase && { phase }), isIssueFlag: recordType === 'ProjectIssue' };
		saveRecord(context, '/project/tickets', { ...ticket, ...moved }, `converted to ${recordType}`);
	}
	return success(`Ticket ${ticket.id} is a ${recordType} now.`);
}

/** Bills an agreement once: an invoice over its own amount and that of its additions. */
function invoiceAgreement({ context, ids }: OperationCall): ApiAnswer {
	const { store, nowMs } = context;
	const agreement = requireOne(context, '/finance/agreements', ids[0]);
	if (agreement.cancelledFlag === true) refuse('agreement', 'id', `Agreement ${agreement.id} is cancelled.`);
	const billed = store
		.where('/finance/agreements/*/additions', 'agreementId', agreement.id)
		.filter(({ billCustomer }) => billCustomer === 'Billable');
	const amount = billed.reduce((sum, { extPrice }) => sum + Number(extPrice ?? 0), Number(agreement.billAmount ?? 0));
	const invoice: Json = {
		type: 'Agreement',
		company: agreement.company ?? null,
		agreement: { id: agreement.id },
		applyToType: 'Agreement',
		applyToId: agreement.id,
		date: formatDate(nowMs),
		agreementAmount: amount,
	};
	createRecord(context, '/finance/invoices', null, invoice);
	return NO_CONTENT;
}

export const CONVERSIONS: Handlers = {
	'POST /sales/opportunities/*/converttoagreement': convert(OPPORTUNITY, AGREEMENT),
	'POST /sales/opportunities/*/converttoproject': convert(OPPORTUNITY, PROJECT),
	'POST /sales/opportunities/*/converttosalesorder': convert(OPPORTUNITY, SALES_ORDER),
	'POST /sales/opportunities/*/converttoserviceticket': convert(OPPORTUNITY, TICKET),
	'POST /sales/orders/*/converttoagreement': convert(ORDER, AGREEMENT),
	'POST /sales/orders/*/converttoproject': convert(ORDER, PROJECT),
	'POST /sales/orders/*/converttoserviceticket': convert(ORDER, TICKET),
	'GET /sales/opportunities/conversions/*': conversionOf(OPPORTUNITY),
	'GET /sales/orders/conversions/*': conversionOf(ORDER),
	'POST /service/tickets/*/convert': ticketToProject,
	'POST /project/tickets/*/convert': projectTicketTo,
	'POST /finance/agreements/*/invoice': invoiceAgreement,
};
