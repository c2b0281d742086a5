// The account manager's side: opportunities with what is forecast, activities, orders, quotas, campaigns and groups.

import type { Stored } from '../behaviour/store.ts';
import { formatDate } from '../behaviour/writing.ts';
import type { JsonObject } from '../schema/json.ts';
import { addInvoice } from './seed-finance.ts';
import { addProduct, catalogItem, siteOf } from './seed-procurement.ts';
import type { Seeding } from './seed-support.ts';
import { cents, customFields, DAY_MS, day, HOUR_MS, refersTo, stamps, USD } from './seed-support.ts';

/** `name|company|type|stage|status|closes in days|item|quantity`; the first is opportunity 801. */
const OPPORTUNITIES = [
	'Laptop refresh 2027|102|4|3|1|25|LAPTOP-14|12',
	'Managed security for all offices|103|2|4|1|14|EDR-SEAT|85',
	'Backup for three servers|108|2|2|1|40|BACKUP-SRV|3',
	'New client: full managed services|119|1|1|1|60|MGD-WS|30',
	'Renewal of the agreement|105|3|4|1|9|MGD-WS|42',
	'Firewall replacement|111|4|3|1|-4|FW-60|2',
	'Wireless for the new wing|109|4|2|1|33|AP-6|9',
	'Server and storage|107|4|5|2|-30|SRV-1U|2',
	'Cloud office suite|114|1|5|2|-55|CLOUD-BIZ|60',
	'Monitors for the front office|101|4|5|2|-12|MON-27|8',
	'Printing as a service|115|1|6|3|-20|PRN-404|4',
	'Cabling of the second floor|123|4|6|3|-45|CABLE-CAT6|900',
	'Disaster recovery plan|113|2|1|1|75|BACKUP-SRV|5',
	'Mobile device management|122|2|2|1|50|EDR-SEAT|40',
] as const;
const FIRST_OPPORTUNITY = 801;
/** The probability of each stage, as `seed-basics.ts` numbers them. */
const REPS = [154, 159, 160];

const contactOf = (made: readonly Stored[], companyId: number): JsonObject | null => {
	const contact = made.find(({ company }) => refersTo(company, companyId));
	return contact ? { id: contact.id } : null;
};

export function addOpportunities(seeding: Seeding): void {
	const { nowMs, add, made } = seeding;
	OPPORTUNITIES.forEach((line, index) => {
		const [name = '', company, type, stage, status, closes, identifier = '', quantity] = line.split('|');
		const companyId = Number(company);
		const id = FIRST_OPPORTUNITY + index;
		const rep = { id: REPS[index % REPS.length] ?? 154 };
		const contact = contactOf(made('contacts'), companyId);
		const enteredMs = nowMs - (20 + index * 9) * DAY_MS;
		const isOpen = status === '1';
		add('/sales/opportunities', {
			id,
			name,
			company: { id: companyId },
			contact,
			site: siteOf(made('sites'), companyId),
			type: { id: Number(type) },
			stage: { id: Number(stage) },
			status: { id: Number(status) },
			probability: { id: Number(stage) },
			rating: { id: 1 + (index % 3) },
			primarySalesRep: rep,
			secondarySalesRep: { id: 154 },
			campaign: index % 4 === 0 ? { id: 1 } : null,
			source: index % 4 === 0 ? 'Campaign' : 'Account review',
			notes: `${name}: ${Number(quantity)} units, talked through with the customer.`,
			expectedCloseDate: day(nowMs, Number(closes)),
			pipelineChangeDate: day(nowMs, -10),
			dateBecameLead: formatDate(enteredMs),
			...(!isOpen && { closedDate: day(nowMs, Number(closes)), closedBy: rep }),
			locationId: 11,
			businessUnitId: 1,
			billToCompany: { id: companyId },
			shipToCompany: { id: companyId },
			billingTerms: { id: 1 },
			taxCode: { id: 8 },
			currency: USD,
			companyLocationId: 11,
			customFields: customFields('/sales/opportunities', { 61: isOpen ? null : 'Price' }),
			_info: stamps(enteredMs, 'klee', nowMs - (index + 1) * DAY_MS),
		});
		const of = { opportunityId: id };
		add('/sales/opportunities/*/contacts', {
			id: index + 1,
			...of,
			contact,
			company: { id: companyId },
			role: { id: 1 },
		});
		add('/sales/opportunities/*/notes', {
			id: index + 1,
			...of,
			type: { id: 1 },
			text: isOpen ? 'Send the revised quote this week.' : 'Closed; see the order.',
			flagged: false,
			enteredBy: 'klee',
		});
		add('/sales/opportunities/*/team', {
			id: index + 1,
			...of,
			type: 'Individual',
			member: rep,
			commissionPercent: 100,
			referralFlag: false,
			responsibleFlag: true,
		});
		addForecast(seeding, id, identifier, Number(quantity), Number(status));
		addProduct(seeding, { identifier, quantity: Number(quantity), on: { opportunity: { id } }, companyId });
	});
}

function addForecast({ add }: Seeding, id: number, identifier: string, quantity: number, statusId: number): void {
	const item = catalogItem(identifier);
	const revenue = cents(item.price * quantity);
	const cost = cents(item.cost * quantity);
	add('/sales/opportunities/*/forecast', {
		id,
		hiddenParentId: id,
		forecastItems: [
			{
				id: id * 10,
				forecastDescription: item.description,
				opportunity: { id },
				quantity,
				status: { id: statusId },
				catalogItem: { id: item.id },
				productDescription: item.description,
				productClass: 'Product',
				revenue,
				cost,
				margin: cents(revenue - cost),
				percentage: 100,
				includeFlag: true,
				forecastType: 'Product',
				linkFlag: false,
				recurringFlag: false,
				taxableFlag: true,
			},
		],
		recurringTotal: 0,
		forecastTotalWithTaxes: cents(revenue * 1.06),
		salesTaxRevenue: cents(revenue * 0.06),
		taxCode: { id: 8 },
		billingTerms: { id: 1 },
		currency: USD,
	});
}

const ACTIVITIES = [
	'Call about the quote',
	'Quarterly business review',
	'Send the renewal papers',
	'Meeting on site',
	'Ask for feedback on the project',
	'Introduce the new engineer',
];

export function addActivities({ nowMs, random, add, made }: Seeding): void {
	for (let index = 0; index < 30; index++) {
		const opportunity = index < 16 ? made('/sales/opportunities')[index % OPPORTUNITIES.length] : undefined;
		const companyId = Number((opportunity?.company as JsonObject | undefined)?.id ?? 101 + (index % 25));
		// Two thirds are ahead, the rest is behind us; three of those were never closed.
		const inDays = index - 10;
		const startMs = (Math.floor(nowMs / DAY_MS) + inDays) * DAY_MS + (14 + (index % 6)) * HOUR_MS;
		const isClosed = inDays < 0 && index % 4 !== 0;
		add('/sales/activities', {
			id: 3001 + index,
			name: ACTIVITIES[index % ACTIVITIES.length] ?? '',
			type: { id: 1 + (index % 5) },
			company: { id: companyId },
			contact: contactOf(made('contacts'), companyId),
			status: { id: isClosed ? 3 : 1 },
			opportunity: opportunity ? { id: opportunity.id } : null,
			ticket: index === 20 ? { id: 14059 } : null,
			agreement: index % 6 === 2 ? { id: 200 + companyId } : null,
			campaign: index % 10 === 5 ? { id: 1 } : null,
			notes: 'Ask what else is planned this quarter.',
			dateStart: formatDate(startMs),
			dateEnd: formatDate(startMs + HOUR_MS),
			assignTo: { id: REPS[index % REPS.length] ?? 154 },
			assignedBy: { id: 154 },
			scheduleStatus: { id: 2 },
			where: { id: 2 },
			notifyFlag: false,
			closeFlag: isClosed,
			mobileGuid: random.guid(),
			currency: USD,
			customFields: customFields('/sales/activities', {}),
			_info: stamps(Math.min(startMs, nowMs) - 3 * DAY_MS, 'klee'),
		});
	}
}

export function addOrders(seeding: Seeding): void {
	const { nowMs, add, made } = seeding;
	made('/sales/opportunities')
		.filter(({ status }) => refersTo(status, 2))
		.forEach((opportunity, index) => {
			const id = 1101 + index;
			const sold = made('/procurement/products').find((product) => refersTo(product.opportunity, opportunity.id));
			if (sold) sold.salesOrder = { id };
			const companyId = Number((opportunity.company as JsonObject).id);
			const subTotal = Number(sold?.extPrice ?? 0);
			const total = cents(subTotal * 1.06);
			const isShipped = index < 2;
			const invoice = isShipped
				? addInvoice(seeding, {
						companyId,
						type: 'Standard',
						dateDays: -20 + index * 4,
						productTotal: subTotal,
						statusId: index === 0 ? 3 : 2,
						more: { salesOrder: { id }, applyToType: 'SalesOrder', applyToId: id },
					})
				: null;
			add('/sales/orders', {
				id,
				company: { id: companyId },
				contact: opportunity.contact ?? null,
				site: opportunity.site ?? null,
				status: { id: isShipped ? 3 : 2 },
				opportunity: { id: opportunity.id },
				orderDate: day(nowMs, -28 + index * 6),
				dueDate: day(nowMs, 4 + index * 6),
				billingTerms: { id: 1 },
				taxCode: { id: 8 },
				poNumber: `C-${5000 + index}`,
				location: { id: 11 },
				department: { id: 1 },
				salesRep: opportunity.primarySalesRep ?? null,
				notes: 'Deliver in the morning.',
				description: String(opportunity.name),
				shipToCompany: { id: companyId },
				billToCompany: { id: companyId },
				productIds: sold ? [sold.id] : [],
				invoiceIds: invoice ? [invoice.id] : [],
				documentIds: [],
				configIds: [],
				subTotal,
				taxTotal: cents(total - subTotal),
				total,
				currency: USD,
				companyLocation: { id: 11 },
				customFields: customFields('/sales/orders', {}),
				_info: stamps(nowMs - (28 - index * 6) * DAY_MS, 'klee'),
			});
			add('/sales/orders/*/lineitems', {
				id: index + 1,
				hiddenParentId: id,
				salesOrder: { id },
				quantity: Number(sold?.quantity ?? 1),
				quantityCancelled: 0,
				billStatus: isShipped ? 'Billed' : 'Open',
			});
			add('/sales/orders/*/financialrecap', {
				id,
				hiddenParentId: id,
				billableAmount: subTotal,
				cost: Number(sold?.extCost ?? 0),
				margin: Number(sold?.margin ?? 0),
				percent: subTotal > 0 ? Math.round((Number(sold?.margin ?? 0) / subTotal) * 100) : 0,
			});
		});
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

export function addQuotas({ nowMs, add }: Seeding): void {
	REPS.forEach((memberId, index) => {
		const months = MONTHS.flatMap((month) => [
			[`${month}Revenue`, 20_000 + index * 5_000],
			[`${month}Margin`, 6_000 + index * 1_500],
		]);
		add('/sales/quotas', {
			id: index + 1,
			member: { id: memberId },
			forecastYear: new Date(nowMs).getUTCFullYear(),
			location: { id: 11 },
			department: { id: 1 },
			category: { id: 1 },
			currency: USD,
			...Object.fromEntries(months),
		});
	});
}

/** `name|type|subtype|status|starts in days|lasts|budget|sent` */
const CAMPAIGNS = [
	'Autumn security briefing|2|3|2|-30|60|4000|480',
	'Laptop refresh offer|1|1|2|-14|45|1500|320',
	'Refer a neighbor|3|5|1|20|90|2500|0',
	'Spring newsletter|1|2|3|-200|30|800|610',
];

export function addCampaigns({ nowMs, add, made }: Seeding): void {
	['Offer|1', 'Newsletter|1', 'Breakfast meeting|2', 'Webinar|2', 'Client referral|3'].forEach((line, index) => {
		const [name = '', type] = line.split('|');
		add('/marketing/campaigns/subTypes', { id: index + 1, name, type: { id: Number(type) } });
	});
	CAMPAIGNS.forEach((line, index) => {
		const [name = '', type, subType, status, starts, lasts, budget, sent] = line.split('|');
		const id = index + 1;
		add('/marketing/campaigns', {
			id,
			name,
			type: { id: Number(type) },
			subType: { id: Number(subType) },
			status: { id: Number(status) },
			startDate: day(nowMs, Number(starts)),
			endDate: day(nowMs, Number(starts) + Number(lasts)),
			locationId: 11,
			member: { id: 154 },
			inactive: status === '3',
			defaultGroup: { id: 1 + (index % 3) },
			impressions: Number(sent) * 3,
			budgetRevenue: Number(budget) * 8,
			budgetCost: Number(budget),
			actualCost: Math.round(Number(budget) * 0.7),
			actualRevenue: Number(budget) * 5,
			emailsSent: Number(sent),
			notes: `${name}: to all clients of the group.`,
			_info: stamps(nowMs + Math.min(-1, Number(starts) - 10) * DAY_MS, 'klee'),
		});
		const contacts = made('contacts').slice(index * 6, index * 6 + 4);
		contacts.forEach((contact, number) => {
			const of = { id: index * 10 + number + 1, campaignId: id, contactId: contact.id };
			add('/marketing/campaigns/*/emailsOpened', { ...of, dateOpened: day(nowMs, -5 - number) });
			if (number > 1) return;
			add('/marketing/campaigns/*/linksClicked', {
				...of,
				dateClicked: day(nowMs, -4 - number),
				url: 'https://www.patchbay.example/offer',
			});
			add('/marketing/campaigns/*/formsSubmitted', {
				...of,
				dateSubmitted: day(nowMs, -3 - number),
				url: 'https://www.patchbay.example/contact',
			});
		});
		add('/marketing/campaigns/*/audits', {
			id,
			campaignId: id,
			emailsSent: Number(sent),
			emailsUnsent: 3,
			documentsCreated: 0,
			emailSubject: name,
			group: { id: 1 + (index % 3) },
			createdBy: 'klee',
			dateCreated: day(nowMs, Number(starts)),
		});
	});
}

export function addGroups({ add, made }: Seeding): void {
	const clients = made('companies').filter(({ id }) => id > 100 && id < 126);
	for (const groupId of [1, 2, 3]) {
		// In this list a member of the group goes by the company's or contact's own id; each group has others.
		const members = clients.filter(({ id }) => id % 3 === groupId - 1).slice(0, 6);
		for (const company of members) {
			add('/marketing/groups/*/companies', {
				id: company.id,
				groupId,
				defaultContactFlag: true,
				unsubscribeFlag: false,
			});
			add('/company/companies/*/groups', {
				id: made('/company/companies/*/groups').length + 1,
				group: { id: groupId },
				company: { id: company.id },
				defaultContactFlag: true,
				unsubscribeFlag: false,
			});
			const contact = company.defaultContact as JsonObject;
			add('/marketing/groups/*/contacts', { id: Number(contact.id), groupId, unsubscribeFlag: false });
			add('/company/contacts/*/groups', {
				id: made('/company/contacts/*/groups').length + 1,
				group: { id: groupId },
				contact: { id: Number(contact.id) },
				unsubscribeFlag: false,
			});
		}
	}
}
