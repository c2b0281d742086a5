// What the vendor works out by itself on the books: numbers, totals, the report of an expense, the phase of a ticket.

import type { ValidationFault } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { Draft, Hooks } from './hooks.ts';
import { createRecord } from './records.ts';
import type { Store, Stored } from './store.ts';
import { DAY_MS, weekRecordOf } from './weeks.ts';
import type { Context } from './writing.ts';
import { formatDate } from './writing.ts';

const cents = (amount: number): number => Math.round(amount * 100) / 100;
const idOf = (reference: Json | undefined): number => Number(at(reference, 'id'));
const numberOf = (record: JsonObject, field: string): number => Number(record[field] ?? 0);

/** The record of a setup list that new records get: the one flagged as default, else the first. */
function usual(store: Store, collection: Collection): Json {
	const all = store.all(collection);
	const found = all.find((record) => record.defaultFlag === true) ?? all[0];
	return found ? { id: found.id } : null;
}

function catalogOf(store: Store, record: JsonObject): Stored | undefined {
	return store.get('/procurement/catalog', idOf(record.catalogItem ?? record.product));
}

/** Price and cost come from the catalog unless the call says others. */
function priceAddition({ store }: Context, record: JsonObject): void {
	const item = catalogOf(store, record);
	record.quantity ??= 1;
	record.unitPrice ??= item?.price ?? 0;
	record.unitCost ??= item?.cost ?? 0;
	record.description ??= item?.description ?? null;
	record.invoiceDescription ??= item?.customerDescription ?? null;
	record.extPrice = cents(numberOf(record, 'unitPrice') * numberOf(record, 'quantity'));
	record.extCost = cents(numberOf(record, 'unitCost') * numberOf(record, 'quantity'));
	record.margin = cents(numberOf(record, 'extPrice') - numberOf(record, 'extCost'));
	record.agreementStatus ??= 'Active';
}

function priceProduct({ store }: Context, record: JsonObject): void {
	const item = catalogOf(store, record);
	record.quantity ??= 1;
	record.price ??= item?.price ?? 0;
	record.cost ??= item?.cost ?? 0;
	record.description ??= item?.description ?? null;
	record.unitOfMeasure ??= item?.unitOfMeasure ?? null;
	record.extPrice = cents(numberOf(record, 'price') * numberOf(record, 'quantity'));
	record.extCost = cents(numberOf(record, 'cost') * numberOf(record, 'quantity'));
	record.margin = cents(numberOf(record, 'extPrice') - numberOf(record, 'extCost'));
}

const PARTS = ['agreementAmount', 'serviceTotal', 'productTotal', 'expenseTotal'];

function totalInvoice({ store, nowMs }: Context, record: JsonObject): void {
	record.invoiceNumber ??= `INV${store.nextId('/finance/invoices') + 1000}`;
	record.status ??= usual(store, '/finance/billingStatuses');
	record.date ??= formatDate(nowMs);
	record.billToCompany ??= record.company ?? null;
	record.billingTerms ??= usual(store, '/finance/billingTerms');
	record.applyToType ??= 'All';
	record.currency ??= usual(store, '/finance/currencies');
	const dueDays = Number(store.get('/finance/billingTerms', idOf(record.billingTerms))?.dueDays ?? 0);
	record.dueDate ??= formatDate(Date.parse(String(record.date)) + dueDays * DAY_MS);
	record.subtotal = cents(PARTS.reduce((sum, part) => sum + numberOf(record, part), 0));
	const rate = Number(store.get('/finance/taxCodes', idOf(record.taxCode))?.levelOneRate ?? 0);
	record.salesTax = record.taxableFlag === false ? 0 : cents(numberOf(record, 'subtotal') * rate);
	record.total = cents(numberOf(record, 'subtotal') + numberOf(record, 'salesTax'));
	record.payments ??= 0;
	record.credits ??= 0;
	record.balance = cents(numberOf(record, 'total') - numberOf(record, 'payments') - numberOf(record, 'credits'));
}

/** What is paid on an invoice, from its payments. */
function settleInvoice({ store }: Context, invoiceId: number): void {
	const invoice = store.get('/finance/invoices', invoiceId);
	if (!invoice) return;
	const paid = store.where('/finance/invoices/*/payments', 'invoice', invoiceId);
	const payments = cents(paid.reduce((sum, payment) => sum + numberOf(payment, 'amount'), 0));
	const balance = cents(numberOf(invoice, 'total') - payments - numberOf(invoice, 'credits'));
	store.put('/finance/invoices', { ...invoice, payments, balance });
}

function totalOrder({ store }: Context, orderId: number): void {
	const order = store.get('/procurement/purchaseorders', orderId);
	if (!order) return;
	const lines = store.where('/procurement/purchaseorders/*/lineitems', 'purchaseOrderId', orderId);
	const subTotal = cents(lines.reduce((sum, line) => sum + numberOf(line, 'extCost'), 0));
	const total = cents(subTotal + numberOf(order, 'salesTax') + numberOf(order, 'freightCost'));
	store.put('/procurement/purchaseorders', { ...order, subTotal, total });
}

/** The report of the member's week that an expense belongs to; made when it is the week's first. */
function reportOf(context: Context, memberId: number, dateMs: number): JsonObject {
	return weekRecordOf(context, '/expense/reports', memberId, dateMs, (monday) => ({
		dueDate: formatDate((monday + 8) * DAY_MS),
		total: 0,
	}));
}

function totalReport({ store }: Context, entry: JsonObject): void {
	const report = store.get('/expense/reports', idOf(entry.expenseReport));
	if (!report) return;
	const entries = store.where('/expense/entries', 'expenseReport', report.id);
	const total = cents(entries.reduce((sum, one) => sum + numberOf(one, 'amount'), 0));
	store.put('/expense/reports', { ...report, total });
}

function prepareExpense(context: Context, { record }: Draft): ValidationFault[] {
	const { store, member } = context;
	const own = store.find('members', ({ identifier }) => identifier === member);
	record.member ??= own ? { id: own.id } : null;
	if (/Ticket$/.test(String(record.chargeToType)) && record.chargeToId) {
		const id = Number(record.chargeToId);
		const ticket = store.get('tickets', id) ?? store.get('/project/tickets', id);
		if (!ticket) {
			const message = `ticket ${id} not found`;
			return [{ code: 'NotFound', message, resource: 'expenseEntry', field: 'chargeToId' }];
		}
		record.ticket = { id };
		record.company = ticket.company ?? record.company ?? null;
	}
	record.paymentMethod ??= usual(store, '/expense/paymentTypes');
	record.classification ??= usual(store, '/expense/classifications');
	record.billableOption ??= 'Billable';
	record.status ??= 'Open';
	record.billAmount ??= record.amount ?? null;
	record.currency ??= usual(store, '/finance/currencies');
	if (typeof record.date === 'string' && record.member) {
		record.expenseReport = reportOf(context, idOf(record.member), Date.parse(record.date));
	}
	return [];
}

const INITIAL = {
	initialDescription: 'detailDescriptionFlag',
	initialInternalAnalysis: 'internalAnalysisFlag',
} as const;

/** A ticket of a project: what its phase and project tell, and a status of its board. */
function completeProjectTicket({ store }: Context, { record }: Draft): void {
	const phase = store.get('/project/projects/*/phases', idOf(record.phase));
	const project = store.get('/project/projects', Number(phase?.projectId ?? idOf(record.project)));
	if (!project) return;
	record.project = { id: project.id };
	for (const field of ['board', 'company', 'contact', 'site', 'agreement']) record[field] ??= project[field] ?? null;
	const statuses = store.where('statuses', 'board', idOf(record.board));
	const first = statuses.find(({ defaultFlag }) => defaultFlag === true) ?? statuses[0];
	if (!record.status && first) record.status = { id: first.id };
}

const ofDraft = (prepare: (context: Context, record: JsonObject) => void): Hooks => ({
	prepare(context, { record }) {
		prepare(context, record);
		return [];
	},
});

export const BUSINESS_HOOKS: Readonly<Partial<Record<Collection, Hooks>>> = {
	'/finance/agreements': ofDraft(({ store }, record) => {
		record.agreementStatus = record.cancelledFlag === true ? 'Cancelled' : (record.agreementStatus ?? 'Active');
		record.billToCompany ??= record.company ?? null;
		record.billingTerms ??= usual(store, '/finance/billingTerms');
	}),
	'/finance/agreements/*/additions': ofDraft(priceAddition),
	'/finance/invoices': ofDraft(totalInvoice),
	'/finance/invoices/*/payments': {
		saved: (context, payment) => settleInvoice(context, idOf(payment.invoice)),
		removed: (context, payment) => settleInvoice(context, idOf(payment.invoice)),
	},
	'/procurement/products': ofDraft(priceProduct),
	'/procurement/purchaseorders': ofDraft(({ store, nowMs, member }, record) => {
		record.poNumber ??= `PO-${store.nextId('/procurement/purchaseorders') + 1800}`;
		record.poDate ??= formatDate(nowMs);
		record.enteredBy ??= member;
		record.subTotal ??= 0;
		record.total ??= 0;
	}),
	'/procurement/purchaseorders/*/lineitems': {
		prepare({ store }, { record }) {
			record.unitCost ??= catalogOf(store, record)?.cost ?? 0;
			record.extCost = cents(numberOf(record, 'unitCost') * numberOf(record, 'quantity'));
			record.receivedQuantity ??= 0;
			record.receivedStatus ??= 'Waiting';
			return [];
		},
		saved: (context, line) => totalOrder(context, Number(line.purchaseOrderId)),
		removed: (context, line) => totalOrder(context, Number(line.purchaseOrderId)),
	},
	'/expense/entries': {
		prepare: prepareExpense,
		saved(context, entry, { before }) {
			totalReport(context, entry);
			if (before) totalReport(context, before);
		},
		removed: totalReport,
	},
	'/sales/opportunities': ofDraft(({ store }, record) => {
		record.status ??= usual(store, '/sales/opportunities/statuses');
		record.stage ??= usual(store, '/sales/stages');
		record.currency ??= usual(store, '/finance/currencies');
	}),
	'/sales/activities': ofDraft(({ store }, record) => {
		record.status ??= usual(store, '/sales/activities/statuses');
		record.type ??= usual(store, '/sales/activities/types');
		record.closeFlag = store.get('/sales/activities/statuses', idOf(record.status))?.closedFlag === true;
	}),
	'/project/projects': ofDraft(({ store }, record) => {
		record.status ??= usual(store, '/project/statuses');
		record.closedFlag = store.get('/project/statuses', idOf(record.status))?.closedFlag === true;
	}),
	'/project/projects/*/phases': ofDraft(({ store }, record) => {
		record.status ??= usual(store, '/project/phaseStatuses');
	}),
	'/project/tickets': {
		complete: completeProjectTicket,
		prepare({ store }, { record, children }) {
			for (const name of Object.keys(INITIAL)) {
				children[name] = record[name] ?? null;
				delete record[name];
			}
			record.closedFlag = store.get('statuses', idOf(record.status))?.closedStatus === true;
			record.priority ??= usual(store, 'priorities');
			return [];
		},
		saved(context, ticket, { before, children }) {
			if (before) return;
			for (const [name, flag] of Object.entries(INITIAL)) {
				const text = children[name];
				if (typeof text !== 'string' || text === '') continue;
				createRecord(context, '/project/tickets/*/notes', ticket.id, { text, [flag]: true });
			}
		},
	},
};
