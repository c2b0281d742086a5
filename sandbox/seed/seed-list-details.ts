// What the setup lists of seed-lists.ts need besides names: the flags, rates and hours that other records go by.

import type { JsonObject } from '../schema/json.ts';

const number =
	(values: readonly number[], field: string) =>
	(_: string, index: number): JsonObject => ({
		[field]: values[index] ?? 0,
	});
const closes =
	(pattern: RegExp) =>
	(name: string): JsonObject => ({ closedFlag: pattern.test(name) });
const OFFICE_HOURS = { StartTime: '08:00:00', EndTime: '17:00:00' };

function officeWeek(): JsonObject {
	const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
	return Object.fromEntries(
		days.flatMap((day) => Object.entries(OFFICE_HOURS).map(([part, time]) => [`${day}${part}`, time])),
	);
}

export const LIST_DETAILS: Readonly<Record<string, (name: string, index: number) => JsonObject>> = {
	'/company/countries': (_, index) => ({
		currency: { id: 7 },
		countryCode: ['US', 'CA', 'GB', 'AU', 'ZA'][index] ?? '',
	}),
	'/company/teamRoles': (name) => ({
		accountManagerFlag: name === 'Account Manager',
		techFlag: name === 'Technical Lead',
		salesFlag: name === 'Sales Representative',
	}),
	'/expense/types': (name) => ({
		amountCaption: name === 'Mileage' ? 'Miles' : 'Amount',
		reimbursementRate: name === 'Mileage' ? 0.67 : 1,
		mileageFlag: name === 'Mileage',
		billExpenses: 'Billable',
		invoiceMarkupOption: 'Percent',
	}),
	'/finance/billingStatuses': (name, index) => ({
		sortOrder: index,
		closedFlag: /Paid|Closed|Written/.test(name),
		sentFlag: name !== 'New',
	}),
	'/finance/billingTerms': number([30, 0, 15, 60], 'dueDays'),
	'/finance/currencies': (_, index) => ({
		currencyIdentifier: ['USD', 'CAD', 'EUR'][index] ?? '',
		symbol: ['$', 'C$', '€'][index] ?? '',
		currencyCode: { id: index + 1 },
		decimalSeparator: '.',
		thousandsSeparator: ',',
		numberOfDecimals: 2,
		displaySymbolFlag: true,
		displayIdFlag: false,
		negativeParenthesesFlag: false,
		rightAlign: false,
	}),
	'/finance/deliveryMethods': (name) => ({ emailFlag: name === 'E-mail' }),
	'/finance/taxCodes': (name) => ({
		levelOneRate: name === 'Tax-Exempt' ? 0 : name === 'Tax-State' ? 0.06 : 0.015,
		levelOneRateType: 'Percent',
		displayOnInvoiceFlag: true,
		country: { id: 1 },
	}),
	'/procurement/purchaseorderstatuses': closes(/^Closed|Cancelled/),
	'/procurement/rmaStatuses': closes(/Closed/),
	'/project/phaseStatuses': closes(/Closed/),
	'/project/statuses': closes(/Completed|Cancelled/),
	'/sales/activities/statuses': closes(/Closed/),
	'/sales/orders/statuses': closes(/Closed|Cancelled/),
	'/sales/opportunities/statuses': (name) => ({
		wonFlag: name === 'Won',
		lostFlag: name === 'Lost',
		closedFlag: name !== 'Open',
	}),
	'/sales/stages': (_, index) => ({ sequenceNumber: index + 1, probability: { id: index + 1 } }),
	'/schedule/calendars': (name) => ({ ...officeWeek(), ...(name === 'Business hours' && { holidayList: { id: 1 } }) }),
	'/schedule/reminderTimes': number([15, 30, 60, 1440], 'time'),
	'/service/SLAs': (_, index) => ({
		basedOn: 'MyCalendar',
		respondHours: [4, 1, 8][index] ?? 8,
		planWithin: [8, 2, 24][index] ?? 24,
		resolutionHours: [16, 4, 72][index] ?? 72,
	}),
	'/system/securityroles': (name) => ({ adminFlag: name === 'Admin', inactiveFlag: false }),
	'/system/timeZoneSetups': number([-5, -6, -8], 'offset'),
	'/system/cwTimeZones': number([-5, -6, -8, 0], 'offset'),
	'/time/chargeCodes': () => ({ company: { id: 100 }, billTime: 'DoNotBill' }),
};
