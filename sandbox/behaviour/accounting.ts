// Closing the books: batches of what was not posted, what an export of them looks like, invoices that are closed.

import type { ApiAnswer } from '../http/answers.ts';
import { parseBody } from '../http/answers.ts';
import { pdf } from '../http/files.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { Action, Handlers } from './action.ts';
import { readBody, requireOne, shown } from './action.ts';
import { nameOf, present, presentReference } from './present.ts';
import { createRecord, patchRecord, saveRecord } from './records.ts';
import type { Store, Stored } from './store.ts';

const UNPOSTED = {
	invoices: '/finance/accounting/unpostedinvoices',
	expenses: '/finance/accounting/unpostedexpenses',
	products: '/finance/accounting/unpostedprocurement',
} as const;

function transaction(store: Store, invoice: Stored): JsonObject {
	const { id, invoiceNumber, invoiceDate, invoiceType, total } = invoice;
	return {
		id,
		documentNumber: invoiceNumber ?? null,
		documentDate: invoiceDate ?? null,
		documentType: invoiceType ?? null,
		companyName: at(presentReference(store, 'Company', invoice.company ?? null), 'name'),
		total: total ?? 0,
	};
}

function expense(store: Store, entry: Stored): JsonObject {
	const { id, dateExpense, total } = entry;
	const member = at(presentReference(store, 'Member', entry.member ?? null), 'name');
	return { id, documentDate: dateExpense ?? null, member, total: total ?? 0 };
}

/** What an export carries, as far as the request asks for it. */
function exportOf(store: Store, wanted: JsonObject): JsonObject {
	const invoices = wanted.exportInvoicesFlag === false ? [] : store.all(UNPOSTED.invoices);
	const expenses = wanted.exportExpensesFlag === true ? store.all(UNPOSTED.expenses) : [];
	return {
		exportSettings: { batchIdentifier: wanted.batchIdentifier ?? null },
		vendors: [],
		customers: [],
		transactions: invoices.map((invoice) => transaction(store, invoice)),
		expenses: expenses.map((entry) => expense(store, entry)),
		expenseBills: [],
		purchaseTransactions: [],
		adjustmentTransactions: [],
		inventoryTransfers: [],
	};
}

/** A batch takes what it names out of what is not posted. */
function createBatch(action: Action): ApiAnswer {
	const { context } = action;
	const { store } = context;
	const body = readBody(action, 'accountingBatch');
	const id = store.nextId('/finance/accounting/batches');
	const batchIdentifier = body.batchIdentifier ?? `BATCH-${id}`;
	const exported = exportOf(store, { ...body, batchIdentifier });
	saveRecord(
		context,
		'/finance/accounting/batches',
		{
			id,
			batchIdentifier,
			exportInvoicesFlag: body.exportInvoicesFlag ?? false,
			exportExpensesFlag: body.exportExpensesFlag ?? false,
			exportProductsFlag: body.exportProductsFlag ?? false,
			closedFlag: false,
		},
		'created',
	);
	const ids = Array.isArray(body.processedRecordIds) ? body.processedRecordIds.map(Number) : [];
	const chosen = [
		...(body.exportInvoicesFlag === true ? [UNPOSTED.invoices] : []),
		...(body.exportExpensesFlag === true ? [UNPOSTED.expenses] : []),
		...(body.exportProductsFlag === true ? [UNPOSTED.products] : []),
	];
	for (const collection of chosen) for (const one of ids) store.remove(collection, one);
	return { status: 201, body: exported };
}

function exportBatch(action: Action): ApiAnswer {
	const { context, ids } = action;
	const batch = requireOne(context, '/finance/accounting/batches', ids[0]);
	const body = readBody(action, 'accountingBatch');
	saveRecord(context, '/finance/accounting/batches', { ...batch, closedFlag: true }, 'exported');
	return { status: 200, body: exportOf(context.store, { ...batch, ...body }) };
}

/** Only status and internal notes of a closed invoice may change. */
function changeClosed({ request, context, ids }: Action): ApiAnswer {
	const invoice = requireOne(context, '/finance/invoices', ids[0]);
	const body = parseBody(request);
	const operations: Json = isObject(body)
		? ['status', 'internalNotes'].flatMap((path) =>
				path in body ? [{ op: 'replace', path, value: body[path] ?? null }] : [],
			)
		: body;
	const changed = patchRecord(context, '/finance/invoices', invoice, operations);
	const { id, status, internalNotes } = present(context.store, '/finance/invoices', changed);
	return { status: 200, body: { id: id ?? null, ...(status && { status }), ...(internalNotes && { internalNotes }) } };
}

function invoicePdf({ context, ids }: Action): ApiAnswer {
	const invoice = requireOne(context, '/finance/invoices', ids[0]);
	const { company, date, dueDate, total, balance } = present(context.store, '/finance/invoices', invoice);
	const number = String(invoice.invoiceNumber ?? invoice.id);
	const lines = [
		`Invoice ${number}`,
		`For ${isObject(company) ? nameOf(company) : ''}`,
		`Date ${String(date).slice(0, 10)}, due ${String(dueDate).slice(0, 10)}`,
		`Total ${total} USD, open ${balance} USD`,
	];
	return { status: 200, file: pdf(lines, `Invoice_${number}.pdf`) };
}

/** Lines of an order that wait for accounting again, or no longer. */
function setBatched(batchedFlag: boolean) {
	return ({ context, ids }: Action): ApiAnswer => {
		const order = requireOne(context, '/procurement/purchaseorders', ids[0]);
		const { store } = context;
		for (const line of store.where('/procurement/purchaseorders/*/lineitems', 'purchaseOrderId', order.id)) {
			store.put('/procurement/purchaseorders/*/lineitems', { ...line, batchedFlag });
		}
		const message = `Purchase order ${order.poNumber ?? order.id} is ${batchedFlag ? 'batched' : 'unbatched'}.`;
		return { status: 200, body: { success: true, message } };
	};
}

/** Takes a product off what it was sold on, as far as the body says. */
function detachProduct(action: Action): ApiAnswer {
	const { context, ids } = action;
	const product = requireOne(context, '/procurement/products', ids[0]);
	const body = readBody(action, 'productDetach');
	const fields = {
		Ticket: 'ticket',
		Invoice: 'invoice',
		Opportunity: 'opportunity',
		SalesOrder: 'salesOrder',
		Project: 'project',
	};
	const gone = Object.entries(fields).filter(([name]) => body[`removeFrom${name}`] === true);
	const cleared: JsonObject = Object.fromEntries(gone.map(([, field]) => [field, null]));
	saveRecord(context, '/procurement/products', { ...product, ...cleared }, 'detached');
	return { status: 200, body };
}

function priceOf(action: Action): ApiAnswer {
	const { context, ids } = action;
	const item = requireOne(context, '/procurement/catalog', ids[0]);
	const body = readBody(action, 'catalogPricing');
	const { store } = context;
	const price = Number(item.price ?? 0);
	// Ten or more of a thing are five percent cheaper: prices by quantity are what this is asked for.
	const quantity = Number(body.quantity ?? 1);
	return {
		status: 200,
		body: {
			...body,
			catalogItem: presentReference(store, 'CatalogItem', { id: item.id }),
			...(body.company && { company: presentReference(store, 'Company', body.company) }),
			...(body.location && { location: presentReference(store, 'SystemLocation', body.location) }),
			quantity,
			price: quantity >= 10 ? Math.round(price * 95) / 100 : price,
		},
	};
}

function quantityOnHand({ context, values }: Action): ApiAnswer {
	const { store } = context;
	const wanted = (values[0] ?? '').toLowerCase();
	const item = store.find('/procurement/catalog', (one) => String(one.identifier).toLowerCase() === wanted);
	const found = item ?? requireOne(context, '/procurement/catalog', Number(wanted) || 0);
	const stock = store.where('/procurement/catalog/*/inventory', 'catalogItem', found.id);
	return { status: 200, body: { count: stock.reduce((sum, { onHand }) => sum + Number(onHand ?? 0), 0) } };
}

/** Orders from a vendor what is to be bought: the demand becomes a purchase order with a line each. */
function demand(action: Action): ApiAnswer {
	const { context } = action;
	const { store } = context;
	const { warehouse, vendor, products } = readBody(action, 'purchasingDemand');
	const wanted = Array.isArray(products) ? products.filter(isObject) : [];
	const order = createRecord(context, '/procurement/purchaseorders', null, {
		status: { id: 1 },
		terms: { id: 1 },
		vendorCompany: vendor ?? null,
		warehouse: warehouse ?? null,
	});
	for (const [index, one] of wanted.entries()) {
		const product = store.get('/procurement/products', Number(one.productRecId));
		createRecord(context, '/procurement/purchaseorders/*/lineitems', order.id, {
			lineNumber: index + 1,
			product: product?.catalogItem ?? { id: 1 },
			description: String(product?.description ?? 'Product'),
			quantity: one.quantity ?? 1,
			unitCost: one.cost ?? null,
			unitOfMeasure: { id: 1 },
		});
	}
	const purchaseOrder = shown(context, '/procurement/purchaseorders', order).body ?? null;
	return {
		status: 201,
		body: {
			...(warehouse && { warehouse: presentReference(store, 'Warehouse', warehouse) }),
			...(vendor && { vendor: presentReference(store, 'Company', vendor) }),
			products: wanted,
			purchaseOrder,
		},
	};
}

export const ACCOUNTING: Handlers = {
	'POST /finance/accounting/batches': createBatch,
	'POST /finance/accounting/batches/*/export': exportBatch,
	'POST /finance/accounting/export': (action) => ({
		status: 200,
		body: exportOf(action.context.store, readBody(action, 'accounting')),
	}),
	'PATCH /finance/closedinvoices/*': changeClosed,
	'PUT /finance/closedinvoices/*': changeClosed,
	'GET /finance/invoices/*/pdf': invoicePdf,
	'POST /procurement/purchaseorders/*/rebatch': setBatched(true),
	'POST /procurement/purchaseorders/*/unbatch': setBatched(false),
	'POST /procurement/products/*/detach': detachProduct,
	'POST /procurement/catalog/*/pricing': priceOf,
	'GET /procurement/catalog/*/quantityonhand': quantityOnHand,
	'POST /procurement/purchasingdemands': demand,
};
