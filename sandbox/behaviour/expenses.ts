// Side effects of writing expenses: the report of the week and its total.

import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { JsonObject } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import type { Context, Draft, HookTable } from './context.ts';
import { cents, idOf, numberOf, usual } from './setup-defaults.ts';
import { weekRecordOf } from './weeks.ts';

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

export const EXPENSE_HOOKS: HookTable = {
	'/expense/entries': {
		prepare: prepareExpense,
		saved(context, entry, { before }) {
			totalReport(context, entry);
			if (before) totalReport(context, before);
		},
		removed: totalReport,
	},
};
