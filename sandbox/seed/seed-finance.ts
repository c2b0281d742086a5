// The bookkeeper's side: agreements with their additions, invoices and what was paid on them.

import type { Stored } from '../behaviour/store.ts';
import type { JsonObject } from '../schema/json.ts';
import { catalogItem, siteOf } from './seed-procurement.ts';
import type { Random, Seeding } from './seed-support.ts';
import { cents, customFields, DAY_MS, day, FIRST_COMPANY, HOUR_MS, refersTo, stamps, USD } from './seed-support.ts';
import { COMPANIES } from './seed-words.ts';

/** The managed services agreement of company c has this id plus c: tickets and time name it. */
const FIRST_AGREEMENT = 200;
const TAX_RATE = 0.06;
/** The newest invoices of a company are open; those of this one are overdue too. */
const LATE_PAYER = 115;

type Terms = { id: number; companyId: number; name: string; typeId: number; startDays: number; more?: JsonObject };

function agreement(seeding: Seeding, contact: number, { id, companyId, name, typeId, startDays, more }: Terms): Stored {
	const { nowMs, made, add } = seeding;
	const site = siteOf(made('sites'), companyId);
	return add('/finance/agreements', {
		id,
		name,
		type: { id: typeId },
		company: { id: companyId },
		contact: { id: contact },
		site,
		location: { id: 11 },
		department: { id: 1 },
		startDate: day(nowMs, startDays),
		endDate: day(nowMs, startDays + 1095),
		noEndingDateFlag: false,
		cancelledFlag: false,
		agreementStatus: 'Active',
		sla: { id: 3 },
		applicationUnits: 'Hours',
		applicationUnlimitedFlag: typeId === 1,
		coverAgreementTime: true,
		coverAgreementProduct: false,
		coverAgreementExpense: false,
		billingCycle: { id: 1 },
		billingTerms: { id: 1 },
		billToCompany: { id: companyId },
		billToContact: { id: contact },
		billToSite: site,
		billStartDate: day(nowMs, startDays),
		nextInvoiceDate: nextMonth(nowMs),
		taxCode: { id: 8 },
		taxable: true,
		workRole: { id: 1 },
		workType: { id: 1 },
		billTime: 'NoDefault',
		billExpenses: 'Billable',
		billProducts: 'Billable',
		currency: USD,
		autoInvoiceFlag: true,
		invoicingCycle: 'CalendarYear',
		periodType: 'Current',
		customFields: customFields('/finance/agreements', {}),
		...more,
		_info: stamps(nowMs + startDays * DAY_MS, 'klee'),
	});
}

function nextMonth(nowMs: number): string {
	const now = new Date(nowMs);
	return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

export function addAgreements(seeding: Seeding): void {
	const { nowMs, made, random } = seeding;
	let extra = 401;
	COMPANIES.forEach((_, index) => {
		const companyId = FIRST_COMPANY + index;
		if (index === 0) return;
		const contact = Number(made('contacts').find(({ company }) => refersTo(company, companyId))?.id ?? 1001);
		const startDays = -(700 - index * 20);
		const base = { companyId, startDays };
		const company = made('companies').find(({ id }) => id === companyId);
		const devices = Math.max(4, Math.round(Number(company?.numberOfEmployees ?? 20) / 3));
		const managed = agreement(seeding, contact, {
			id: FIRST_AGREEMENT + companyId,
			name: 'Managed Services',
			typeId: 1,
			...base,
			more: { billAmount: devices * 10 },
		});
		const covered = made('configurations').filter((one) => refersTo(one.company, companyId));
		managed.configurationIds = covered.map(({ id }) => id);
		addAddition(seeding, managed.id, 'MGD-WS', devices);
		addAddition(seeding, managed.id, 'EDR-SEAT', devices);
		if (index % 2 === 0) addAddition(seeding, managed.id, 'MGD-SRV', 1 + (index % 3));
		if (index % 3 === 0) {
			const backup = agreement(seeding, contact, { id: extra++, name: 'Backup', typeId: 3, ...base });
			addAddition(seeding, backup.id, 'BACKUP-SRV', 1 + (index % 2));
			addAddition(seeding, backup.id, 'BACKUP-WS', Math.ceil(devices / 2));
		}
		if (index % 4 === 1) {
			const ends = 20 + random.below(60);
			agreement(seeding, contact, {
				id: extra++,
				name: 'Block Time 40 hours',
				typeId: 2,
				companyId,
				startDays: ends - 365,
				more: { endDate: day(nowMs, ends), applicationLimit: 40, billAmount: 5400, billingCycle: { id: 4 } },
			});
		}
		if (index === 12) {
			agreement(seeding, contact, {
				id: extra++,
				name: 'Cloud Hosting',
				typeId: 4,
				...base,
				more: { cancelledFlag: true, agreementStatus: 'Cancelled', reasonCancelled: 'Moved to another host' },
			});
		}
	});
}

function addAddition({ nowMs, add, made }: Seeding, agreementId: number, identifier: string, quantity: number): void {
	const item = catalogItem(identifier);
	const extPrice = cents(item.price * quantity);
	const extCost = cents(item.cost * quantity);
	add('/finance/agreements/*/additions', {
		id: made('/finance/agreements/*/additions').length + 1,
		agreementId,
		product: { id: item.id },
		description: item.description,
		invoiceDescription: item.description,
		quantity,
		lessIncluded: 0,
		billedQuantity: quantity,
		unitPrice: item.price,
		unitCost: item.cost,
		extPrice,
		extCost,
		margin: cents(extPrice - extCost),
		uom: 'Each',
		billCustomer: 'Billable',
		effectiveDate: day(nowMs, -180),
		taxableFlag: true,
		agreementStatus: 'Active',
		customFields: customFields('/finance/agreements/*/additions', {}),
	});
}

type Bill = {
	companyId: number;
	type: string;
	dateDays: number;
	agreementAmount?: number;
	serviceTotal?: number;
	productTotal?: number;
	expenseTotal?: number;
	statusId: number;
	more?: JsonObject;
};

/** Adds an invoice; one that is paid gets its payment. */
export function addInvoice(seeding: Seeding, bill: Bill): Stored {
	const { nowMs, made, add } = seeding;
	const { companyId, type, dateDays, statusId, more } = bill;
	const company = made('companies').find(({ id }) => id === companyId);
	const site = siteOf(made('sites'), companyId);
	const parts = [bill.agreementAmount, bill.serviceTotal, bill.productTotal, bill.expenseTotal];
	const subtotal = cents(parts.reduce((sum: number, part) => sum + (part ?? 0), 0));
	const salesTax = cents(subtotal * TAX_RATE);
	const total = cents(subtotal + salesTax);
	const isPaid = statusId === 3;
	const id = 9001 + made('/finance/invoices').length;
	const enteredMs = Math.min(nowMs - HOUR_MS, nowMs + dateDays * DAY_MS);
	const invoice = add('/finance/invoices', {
		id,
		invoiceNumber: `INV${10_001 + made('/finance/invoices').length}`,
		type,
		status: { id: statusId },
		company: { id: companyId },
		billToCompany: { id: companyId },
		shipToCompany: { id: companyId },
		accountNumber: company?.accountNumber ?? null,
		applyToType: type === 'Agreement' ? 'Agreement' : 'All',
		billingSite: site,
		shippingSite: site,
		billingSiteAddressLine1: company?.addressLine1 ?? null,
		billingSiteCity: company?.city ?? null,
		billingSiteState: company?.state ?? null,
		billingSiteZip: company?.zip ?? null,
		billingTerms: { id: 1 },
		date: day(nowMs, dateDays),
		dueDate: day(nowMs, dateDays + 30),
		location: { id: 11 },
		locationId: 11,
		department: { id: 1 },
		departmentId: 1,
		territory: { id: 11 },
		territoryId: 11,
		taxCode: { id: 8 },
		taxableFlag: true,
		currency: USD,
		agreementAmount: bill.agreementAmount ?? 0,
		serviceTotal: bill.serviceTotal ?? 0,
		productTotal: bill.productTotal ?? 0,
		expenseTotal: bill.expenseTotal ?? 0,
		subtotal,
		salesTax,
		total,
		payments: isPaid ? total : 0,
		credits: 0,
		balance: isPaid ? 0 : total,
		specialInvoiceFlag: false,
		customFields: customFields('/finance/invoices', {}),
		...more,
		_info: stamps(enteredMs, 'klee'),
	});
	if (isPaid) addPayment(seeding, invoice, total, dateDays + 21);
	return invoice;
}

function addPayment({ nowMs, made, add }: Seeding, invoice: Stored, amount: number, days: number): void {
	add('/finance/invoices/*/payments', {
		id: made('/finance/invoices/*/payments').length + 1,
		type: 'Check',
		source: 'Default',
		invoice: { id: invoice.id },
		amount,
		balance: 0,
		invoiceBalance: 0,
		invoiceTotal: invoice.total ?? 0,
		paymentDate: day(nowMs, Math.min(days, -1)),
		appliedBy: 'klee',
		paymentSyncStatus: 'Applied',
	});
}

/** Four months of agreement invoices for every client, and service, product and project work in between. */
export function addInvoices(seeding: Seeding): void {
	const { random, made } = seeding;
	const agreements = made('/finance/agreements').filter(({ cancelledFlag }) => cancelledFlag !== true);
	for (let month = 4; month >= 1; month--) {
		for (const one of agreements.filter(({ type }) => refersTo(type, 1))) {
			const companyId = Number((one.company as JsonObject).id);
			addInvoice(seeding, {
				companyId,
				type: 'Agreement',
				dateDays: -month * 30 + 5,
				agreementAmount: monthlyAmount(made('/finance/agreements/*/additions'), one),
				statusId: statusOf(month, companyId),
				more: { agreement: { id: one.id }, applyToId: one.id },
			});
		}
	}
	for (let index = 0; index < 24; index++) addServiceInvoice(seeding, random, index);
	addInvoice(seeding, { companyId: 102, type: 'CreditMemo', dateDays: -20, serviceTotal: -125, statusId: 2 });
}

function statusOf(month: number, companyId: number): number {
	if (companyId === LATE_PAYER) return 2;
	return month === 1 ? 1 : month === 2 && companyId % 3 === 0 ? 2 : 3;
}

function monthlyAmount(additions: readonly Stored[], agreementOf: Stored): number {
	const own = additions.filter(({ agreementId }) => agreementId === agreementOf.id);
	return cents(own.reduce((sum, { extPrice }) => sum + Number(extPrice), Number(agreementOf.billAmount ?? 0)));
}

function addServiceInvoice(seeding: Seeding, random: Random, index: number): void {
	const hours = 2 + random.below(9);
	addInvoice(seeding, {
		companyId: 101 + ((index * 7) % 25),
		type: index % 4 === 3 ? 'Miscellaneous' : 'Standard',
		dateDays: -(3 + index * 4),
		serviceTotal: hours * 150,
		productTotal: index % 3 === 0 ? catalogItem('MON-27').price * (1 + (index % 2)) : 0,
		statusId: index < 6 ? 1 : index < 12 ? 2 : 3,
	});
}

/** What accounting has not taken over yet: the invoices that were made this month. */
export function addUnposted({ made, add }: Seeding): void {
	const open = made('/finance/invoices').filter(({ status }) => refersTo(status, 1));
	for (const [index, invoice] of open.slice(0, 12).entries()) {
		const { company, location, billToCompany, billingTerms, currency, taxCode, dueDate, date, subtotal } = invoice;
		add('/finance/accounting/unpostedinvoices', {
			id: index + 1,
			billingLogId: invoice.id,
			invoiceNumber: invoice.invoiceNumber ?? null,
			invoiceDate: date ?? null,
			dueDate: dueDate ?? null,
			invoiceType: invoice.type ?? null,
			description: `Invoice ${invoice.invoiceNumber}`,
			company: company ?? null,
			billToCompany: billToCompany ?? null,
			accountNumber: invoice.accountNumber ?? null,
			location: location ?? null,
			locationId: 11,
			department: { id: 1 },
			departmentId: 1,
			billingTerms: billingTerms ?? null,
			currency: currency ?? null,
			taxCode: taxCode ?? null,
			subTotal: subtotal ?? 0,
			total: invoice.total ?? 0,
			salesTaxAmount: invoice.salesTax ?? 0,
			hasTime: Number(invoice.serviceTotal) > 0,
			hasExpenses: false,
			hasProducts: Number(invoice.productTotal) > 0,
			createdBy: 'klee',
		});
	}
	for (const [index, payment] of made('/finance/invoices/*/payments').slice(-6).entries()) {
		const { type, source, invoice, amount, paymentDate, appliedBy } = payment;
		add('/finance/accounting/unpostedpayments', {
			id: index + 1,
			type: type ?? null,
			source: source ?? null,
			invoice: invoice ?? null,
			amount: amount ?? null,
			paymentDate: paymentDate ?? null,
			appliedBy: appliedBy ?? null,
			paymentSyncStatus: 'Applied',
		});
	}
	for (const company of made('companies').slice(0, 26)) {
		add('/finance/companyFinance', {
			id: company.id,
			company: { id: company.id },
			billOverrideFlag: false,
			billSrFlag: true,
			billCompleteSrFlag: false,
			billUnapprovedSrFlag: false,
			emailTemplate: { id: 1 },
			customFields: [],
		});
	}
}
