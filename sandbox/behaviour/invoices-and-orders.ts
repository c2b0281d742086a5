// Side effects of writing agreements, invoices, purchase orders, products and sales: numbers and totals.

import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Context, HookTable } from './context.ts';
import { cents, fillingIn, idOf, numberOf, usual } from './setup-defaults.ts';
import type { Store, Stored } from './store.ts';

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

/** Sums up the payments of an invoice. */
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

export const FINANCE_HOOKS: HookTable = {
	'/finance/agreements': fillingIn(({ store }, record) => {
		record.agreementStatus = record.cancelledFlag === true ? 'Cancelled' : (record.agreementStatus ?? 'Active');
		record.billToCompany ??= record.company ?? null;
		record.billingTerms ??= usual(store, '/finance/billingTerms');
	}),
	'/finance/agreements/*/additions': fillingIn(priceAddition),
	'/finance/invoices': fillingIn(totalInvoice),
	'/finance/invoices/*/payments': {
		saved: (context, payment) => settleInvoice(context, idOf(payment.invoice)),
		removed: (context, payment) => settleInvoice(context, idOf(payment.invoice)),
	},
	'/procurement/products': fillingIn(priceProduct),
	'/procurement/purchaseorders': fillingIn(({ store, nowMs, member }, record) => {
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
	'/sales/opportunities': fillingIn(({ store }, record) => {
		record.status ??= usual(store, '/sales/opportunities/statuses');
		record.stage ??= usual(store, '/sales/stages');
		record.currency ??= usual(store, '/finance/currencies');
	}),
	'/sales/activities': fillingIn(({ store }, record) => {
		record.status ??= usual(store, '/sales/activities/statuses');
		record.type ??= usual(store, '/sales/activities/types');
		record.closeFlag = store.get('/sales/activities/statuses', idOf(record.status))?.closedFlag === true;
	}),
};
