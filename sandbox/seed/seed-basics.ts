// What other parts of the seed refer to: states, vendors, stages of a sale, subcategories, weeks of time sheets.

import { DAY_MS, periodOf, weekOf } from '../behaviour/weeks.ts';
import { formatDate } from '../behaviour/writing.ts';
import type { Collection } from '../schema/resources.ts';
import type { Seeding } from './seed-support.ts';
import { FIRST_MEMBER, stamps, US, USD } from './seed-support.ts';
import { COMPANIES } from './seed-words.ts';

const STATE_NAMES: Readonly<Record<string, string>> = {
	AL: 'Alabama',
	AZ: 'Arizona',
	CA: 'California',
	CO: 'Colorado',
	CT: 'Connecticut',
	FL: 'Florida',
	GA: 'Georgia',
	ID: 'Idaho',
	IL: 'Illinois',
	NC: 'North Carolina',
	NE: 'Nebraska',
	NJ: 'New Jersey',
	OH: 'Ohio',
	OR: 'Oregon',
	TN: 'Tennessee',
	TX: 'Texas',
	WA: 'Washington',
};
const STATES = [...new Set(COMPANIES.map((line) => line.split('|')[3] ?? ''))];

export const stateId = (identifier: string): number => STATES.indexOf(identifier) + 1;

/** `identifier|name|contact`; the first is company 131. */
const VENDORS = [
	'Tidecrest|Tidecrest Distribution|Dana|Whitlow',
	'Fernway|Fernway Networks|Marco|Ellery',
	'Skyhold|Skyhold Software|Priya|Castell',
	'QuillPrint|Quill Printing Supplies|Hugh|Marlow',
];
export const FIRST_VENDOR = 131;

export function addStates({ add }: Seeding): void {
	for (const identifier of STATES) {
		add('/company/states', {
			id: stateId(identifier),
			identifier,
			name: STATE_NAMES[identifier] ?? identifier,
			country: US,
		});
	}
}

export function addVendors({ nowMs, random, add, made }: Seeding): void {
	const enteredMs = nowMs - 1300 * DAY_MS;
	const after = (collection: Collection): number => Math.max(...made(collection).map(({ id }) => id)) + 1;
	VENDORS.forEach((line, index) => {
		const [identifier = '', name = '', firstName = '', lastName = ''] = line.split('|');
		const id = FIRST_VENDOR + index;
		const site = add('sites', {
			id: after('sites'),
			name: 'Main',
			addressLine1: `${200 + index} Warehouse Way`,
			city: 'Memphis',
			stateReference: { id: stateId('TN') },
			zip: '38118',
			country: US,
			primaryAddressFlag: true,
			inactiveFlag: false,
			mobileGuid: random.guid(),
			company: { id },
			_info: stamps(enteredMs, 'klee'),
		});
		const contact = add('contacts', {
			id: after('contacts'),
			firstName,
			lastName,
			company: { id },
			site: { id: site.id },
			inactiveFlag: false,
			title: 'Account Representative',
			defaultFlag: true,
			mobileGuid: random.guid(),
			_info: stamps(enteredMs, 'klee'),
		});
		add('companies', {
			id,
			identifier,
			name,
			status: { id: 1 },
			addressLine1: site.addressLine1 ?? null,
			city: 'Memphis',
			state: 'TN',
			zip: '38118',
			country: US,
			phoneNumber: `901555010${index}`,
			website: `www.${identifier.toLowerCase()}.example`,
			territory: { id: 11 },
			accountNumber: `V${2000 + id}`,
			defaultContact: { id: contact.id },
			site: { id: site.id },
			billingTerms: { id: 1 },
			currency: USD,
			leadFlag: false,
			unsubscribeFlag: false,
			deletedFlag: false,
			isVendorFlag: true,
			vendorIdentifier: `PB-${id}`,
			mobileGuid: random.guid(),
			territoryManager: { id: FIRST_MEMBER + 3 },
			_info: stamps(enteredMs, 'klee'),
		});
		add('companyTypeAssociations', { id: after('companyTypeAssociations'), type: { id: 3 }, company: { id } });
	});
}

export function addProbabilities({ add }: Seeding): void {
	[10, 25, 50, 75, 100, 0].forEach((probability, index) => {
		add('/sales/probabilities', { id: index + 1, probability });
	});
}

/** `id|name|category`, as the catalog's items name them. */
const SUBCATEGORIES = [
	'1|Workstations|1',
	'2|Servers|1',
	'3|Network|1',
	'4|Printers|1',
	'5|Licenses|2',
	'6|Security software|2',
	'7|Managed services|3',
	'8|Cloud services|3',
	'9|Labor|3',
	'10|Copper|4',
];

export function addSubcategories({ add }: Seeding): void {
	for (const line of SUBCATEGORIES) {
		const [id = '', name = '', category] = line.split('|');
		add('/procurement/subcategories', {
			id: Number(id),
			name,
			inactiveFlag: false,
			defaultFlag: id === '1',
			category: { id: Number(category) },
		});
	}
}

export type Sheets = { sheetFor(memberId: number, startMs: number, hours: number): { id: number; status: string } };

/** Time sheets by member and week (Monday to Sunday): older weeks are approved, the last one waits, this one is open. */
export function createSheets({ nowMs, add }: Seeding): Sheets {
	const sheets = new Map<string, ReturnType<Seeding['add']>>();
	const thisWeek = weekOf(nowMs);
	return {
		sheetFor(memberId, startMs, hours) {
			const monday = weekOf(startMs);
			const key = `${memberId} ${monday}`;
			const age = (thisWeek - monday) / 7;
			const status = age > 3 ? 'ApprovedByTierTwo' : age === 1 && memberId % 2 === 0 ? 'PendingApproval' : 'Open';
			const sheet =
				sheets.get(key) ??
				add('/time/sheets', {
					id: 501 + sheets.size,
					member: { id: memberId },
					year: new Date(monday * DAY_MS).getUTCFullYear(),
					period: periodOf(monday),
					dateStart: formatDate(monday * DAY_MS),
					dateEnd: formatDate((monday + 6) * DAY_MS),
					status,
					hours: 0,
					deadline: formatDate((monday + 8) * DAY_MS),
				});
			sheets.set(key, sheet);
			sheet.hours = Number(sheet.hours) + hours;
			return { id: sheet.id, status };
		},
	};
}
