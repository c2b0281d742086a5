// Expense reports by member and week, with their entries.

import { periodOf, weekOf } from '../behaviour/weeks.ts';
import { formatDate } from '../behaviour/writing.ts';
import type { Seeding } from './seed-support.ts';
import { cents, customFields, DAY_MS, USD } from './seed-support.ts';

/** `expense type|amount|notes`, as they come in turn. */
const SPENT = [
	'1|38.86|Drive to the customer and back, 58 miles',
	'2|24.5|Lunch on site',
	'4|18|Parking at the office tower',
	'6|42.15|Patch cables and labels',
	'3|149|One night, cutover on Saturday',
	'1|61.64|Drive to the plant and back, 92 miles',
];
const TRAVELLERS = [151, 152, 157, 158];

export function addExpenses({ nowMs, random, add, made }: Seeding): void {
	const tickets = made('tickets').slice(-60);
	const projectTickets = made('/project/tickets');
	const thisWeek = weekOf(nowMs);
	let spent = 0;
	for (let age = 6; age >= 0; age--) {
		for (const [index, memberId] of TRAVELLERS.entries()) {
			if ((age + index) % 2 === 1 && age > 1) continue;
			const monday = thisWeek - age * 7;
			const status = age > 3 ? 'ApprovedByTierTwo' : age === 1 ? 'PendingApproval' : 'Open';
			const report = add('/expense/reports', {
				id: 301 + made('/expense/reports').length,
				member: { id: memberId },
				year: new Date(monday * DAY_MS).getUTCFullYear(),
				period: periodOf(monday),
				dateStart: formatDate(monday * DAY_MS),
				dateEnd: formatDate((monday + 6) * DAY_MS),
				dueDate: formatDate((monday + 8) * DAY_MS),
				status,
				total: 0,
			});
			for (let number = 0; number < 1 + (index % 2); number++) {
				const [type, amount, notes = ''] = (SPENT[spent++ % SPENT.length] ?? '').split('|');
				const onProject = memberId === 158 && projectTickets.length > 0;
				const charged = onProject ? random.pick(projectTickets) : random.pick(tickets);
				report.total = cents(Number(report.total) + Number(amount));
				add('/expense/entries', {
					id: 6001 + made('/expense/entries').length,
					expenseReport: { id: report.id },
					company: charged.company ?? null,
					chargeToId: charged.id,
					chargeToType: onProject ? 'ProjectTicket' : 'ServiceTicket',
					ticket: { id: charged.id },
					...(onProject && { project: charged.project ?? null, phase: charged.phase ?? null }),
					type: { id: Number(type) },
					member: { id: memberId },
					paymentMethod: { id: 1 + (number % 2) },
					classification: { id: 1 },
					amount: Number(amount),
					billAmount: Number(amount),
					invoiceAmount: Number(amount),
					billableOption: 'Billable',
					date: formatDate(Math.min((monday + 1 + number) * DAY_MS, Math.floor(nowMs / DAY_MS) * DAY_MS)),
					locationId: 11,
					businessUnitId: 1,
					notes,
					agreement: charged.agreement ?? null,
					currency: USD,
					status,
					mobileGuid: random.guid(),
					customFields: customFields('/expense/entries', {}),
				});
			}
		}
	}
}

/** What was approved and is not yet in the books. */
export function addUnpostedExpenses({ made, add }: Seeding): void {
	const approved = made('/expense/entries').filter(({ status }) => status === 'ApprovedByTierTwo');
	for (const [index, entry] of approved.slice(0, 10).entries()) {
		const { company, member, type, date, amount, agreement, ticket, paymentMethod, currency } = entry;
		add('/finance/accounting/unpostedexpenses', {
			id: index + 1,
			expenseDetailId: entry.id,
			company: company ?? null,
			member: member ?? null,
			expenseType: type ?? null,
			classification: 'Reimbursable',
			glType: 'EE',
			dateExpense: date ?? null,
			total: amount ?? 0,
			billableAmount: amount ?? 0,
			nonBillableAmount: 0,
			agreement: agreement ?? null,
			ticket: ticket ?? null,
			paymentMethod: paymentMethod ?? null,
			currency: currency ?? null,
			taxCode: { id: 8 },
			locationId: 11,
			departmentId: 1,
			inPolicy: true,
			chargeDescription: String(entry.notes),
		});
	}
}
