// The vendor's reports: tables of columns and rows, each over the records of one list.

import type { Collection } from '../schema/collections.ts';
import { compileConditions } from '../schema/conditions.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Field, Schema } from '../schema/record-schemas.ts';
import { notFound, notRecognized } from '../schema/vendor-errors.ts';
import type { ApiAnswer } from './answers.ts';
import type { Handlers, OperationCall } from './operation-call.ts';
import { present } from './record-views.ts';

type Column = { name: string; type: 'Text' | 'Numeric' | 'Datetime'; path: string };
type Report = { collection: Collection; columns: readonly Column[] };

/** `Column_Name:path`, a trailing `#` for numbers and `@` for times. */
const columns = (text: string): Column[] =>
	text.split(' ').map((word) => {
		const [name = '', path = ''] = word.split(':');
		const type = path.endsWith('#') ? 'Numeric' : path.endsWith('@') ? 'Datetime' : 'Text';
		return { name, type, path: path.replace(/[#@]$/, '') };
	});

const REPORTS: Readonly<Record<string, Report>> = {
	account: {
		collection: '/finance/agreements',
		columns: columns(
			'Agreement_RecID:id# Agreement_Name:name Company_Name:company/name Bill_Amount:billAmount# Status:agreementStatus',
		),
	},
	company: {
		collection: 'companies',
		columns: columns(
			'Company_RecID:id# Company_ID:identifier Company_Name:name City:city State_ID:state Phone:phoneNumber',
		),
	},
	invoice: {
		collection: '/finance/invoices',
		columns: columns(
			'Billing_Log_RecID:id# Invoice_Number:invoiceNumber Company_Name:company/name Date_Invoice:date@ Due_Date:dueDate@ Invoice_Amount:total# Balance:balance#',
		),
	},
	member: {
		collection: 'members',
		columns: columns('Member_RecID:id# Member_ID:identifier First_Name:firstName Last_Name:lastName Title:title'),
	},
	project: {
		collection: '/project/projects',
		columns: columns(
			'PM_Project_RecID:id# Project_Name:name Company_Name:company/name Status:status/name Actual_Hours:actualHours#',
		),
	},
	service: {
		collection: 'tickets',
		columns: columns(
			'TicketNbr:id# Summary:summary Board_Name:board/name Company_Name:company/name Status_Description:status/name Date_Entered:_info/dateEntered@',
		),
	},
	time: {
		collection: 'timeEntries',
		columns: columns(
			'Time_RecID:id# Member_ID:member/identifier Company_Name:company/name Date_Start:timeStart@ Hours_Actual:actualHours# Billable:billableOption',
		),
	},
};

const MAX_ROWS = 1000;

function requireReport(name: string): Report {
	const report = REPORTS[name.toLowerCase()];
	if (!report) throw notFound('Report', name);
	return report;
}

function schemaOf({ columns: all }: Report): Schema {
	const kinds = { Text: 'text', Numeric: 'num', Datetime: 'date' } as const;
	return new Map(
		all.map(({ name, type }): [string, Field] => [
			name.toLowerCase(),
			{ name, type: { kind: kinds[type] }, required: false },
		]),
	);
}

function rowsOf({ request, context, values }: OperationCall): { report: Report; rows: JsonObject[] } {
	const report = requireReport(values[0] ?? '');
	const conditions = request.url.searchParams.get('conditions')?.trim();
	const accepts = conditions ? compileConditions(conditions, schemaOf(report)) : () => true;
	const records = context.store.all(report.collection).sort((a, b) => a.id - b.id);
	const rows = records.map((record): JsonObject => {
		const view = present(context.store, report.collection, record);
		return Object.fromEntries(report.columns.map(({ name, path }) => [name, at(view, ...path.split('/'))]));
	});
	return { report, rows: rows.filter(accepts) };
}

function chosenColumns({ columns: all }: Report, { url }: OperationCall['request']): readonly Column[] {
	const wanted = url.searchParams.get('columns');
	if (!wanted) return all;
	return wanted.split(',').map((name) => {
		const column = all.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
		if (!column) throw notRecognized(name.trim());
		return column;
	});
}

const definitionOf = ({ name, type, path }: Column): JsonObject => ({
	[name]: { type, isNullable: path !== 'id', identityColumn: path === 'id' },
});

function run(call: OperationCall): ApiAnswer {
	const { report, rows } = rowsOf(call);
	const chosen = chosenColumns(report, call.request);
	const { searchParams } = call.request.url;
	const size = Math.min(MAX_ROWS, Math.max(1, Number(searchParams.get('pageSize') ?? MAX_ROWS) || MAX_ROWS));
	const page = Math.max(1, Number(searchParams.get('page') ?? 1) || 1);
	const shown = rows.slice((page - 1) * size, page * size);
	const table: Json = shown.map((row) => chosen.map(({ name }) => row[name] ?? null));
	return { status: 200, body: { column_definitions: chosen.map(definitionOf), row_values: table } };
}

export const REPORT_HANDLERS: Handlers = {
	'GET /system/reports/*': run,
	'GET /system/reports/*/count': (call) => ({ status: 200, body: { count: rowsOf(call).rows.length } }),
	'GET /system/reports/*/columns': ({ values }) => ({
		status: 200,
		body: requireReport(values[0] ?? '').columns.map(definitionOf),
	}),
};
