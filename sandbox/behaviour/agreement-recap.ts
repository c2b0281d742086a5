// Agreements in short: what each comes to a month, what was billed last, and what is left.

import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import { answerList, answerObject } from './answers.ts';
import type { Handlers } from './operation-call.ts';
import { requireOne } from './operation-call.ts';
import type { Store, Stored } from './store.ts';

const presentFields = (record: JsonObject): JsonObject =>
	Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));

function recapOf(store: Store, agreement: Stored): JsonObject {
	const additions = store.where('/finance/agreements/*/additions', 'agreementId', agreement.id);
	const amount = additions.reduce((sum, one) => sum + Number(one.extPrice ?? 0), Number(agreement.billAmount ?? 0));
	const invoices = store.where('/finance/invoices', 'agreement', agreement.id);
	const last = invoices.toSorted((a, b) => String(b.date).localeCompare(String(a.date)))[0];
	const starting = Number(agreement.applicationLimit ?? amount);
	const used = Math.round(starting * 40) / 100;
	return presentFields({
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

export const AGREEMENT_RECAP: Handlers = {
	'GET /finance/agreementrecap': ({ request, context: { store } }) => {
		const agreements = store.all('/finance/agreements').sort((a, b) => a.id - b.id);
		return answerList(
			request,
			agreements.map((one) => recapOf(store, one)),
			'AgreementRecap',
		);
	},
	'GET /finance/agreementrecap/*': ({ request, context, ids }) => {
		const agreement = requireOne(context, '/finance/agreements', ids[0]);
		return answerObject(request, recapOf(context.store, agreement), 'AgreementRecap');
	},
};
