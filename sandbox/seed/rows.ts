// The rows of the seed: tables of records by collection. `same` holds the fields that all records of a table share; names
// with dots lead into references; `custom.7` is the value of custom field 7; `@guid` is replaced by a new GUID.

import type { Stored } from '../behaviour/store.ts';
import type { Collection } from '../schema/collections.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { resolveCell } from './relative-dates.ts';
import agreements from './rows/agreements.json' with { type: 'json' };
import companies from './rows/companies.json' with { type: 'json' };
import contacts from './rows/contacts.json' with { type: 'json' };
import invoices from './rows/invoices.json' with { type: 'json' };
import marketing from './rows/marketing.json' with { type: 'json' };
import members from './rows/members.json' with { type: 'json' };
import procurement from './rows/procurement.json' with { type: 'json' };
import project from './rows/project.json' with { type: 'json' };
import sales from './rows/sales.json' with { type: 'json' };
import schedule from './rows/schedule.json' with { type: 'json' };
import service from './rows/service.json' with { type: 'json' };
import system from './rows/system.json' with { type: 'json' };
import ticketNotes from './rows/ticket-notes.json' with { type: 'json' };
import tickets from './rows/tickets.json' with { type: 'json' };
import timeAndExpense from './rows/time-and-expense.json' with { type: 'json' };
import timeEntries from './rows/time-entries.json' with { type: 'json' };
import timeZones from './rows/time-zones.json' with { type: 'json' };

type Table = { same?: JsonObject; columns: readonly string[]; rows: readonly (readonly Json[])[] };

/** All tables, in an order in which records come after those they refer to. */
export const TABLES = Object.entries({
	...timeZones,
	...system,
	...service,
	...schedule,
	...timeAndExpense,
	...members,
	...companies,
	...contacts,
	...procurement,
	...agreements,
	...invoices,
	...sales,
	...marketing,
	...project,
	...tickets,
	...ticketNotes,
	...timeEntries,
} as unknown as Record<string, Table>) as [Collection, Table][];

/** Age and author of records whose rows give neither. */
const USUAL_AGE_DAYS = 900;
const USUAL_AUTHOR = 'admin';

/** Makes `_info`: author and time of the first and the last change. The last one equals the first unless the row says otherwise. */
export function stamps(told: Json | undefined, nowMs: number): JsonObject {
	const given = isObject(told) ? told : {};
	const dateEntered = given.dateEntered ?? formatDate(nowMs - USUAL_AGE_DAYS * DAY_MS);
	const enteredBy = given.enteredBy ?? USUAL_AUTHOR;
	return {
		lastUpdated: given.lastUpdated ?? dateEntered,
		updatedBy: given.updatedBy ?? enteredBy,
		dateEntered,
		enteredBy,
	};
}

/** Sets a value at `company.id` and the like; objects on the way are made. */
function setAt(record: JsonObject, path: string, value: Json): void {
	const [head = '', ...rest] = path.split('.');
	if (rest.length === 0) {
		record[head] = value;
		return;
	}
	const inner: JsonObject = isObject(record[head]) ? record[head] : {};
	record[head] = inner;
	setAt(inner, rest.join('.'), value);
}

function withCustomFields(collection: Collection, { custom, ...record }: JsonObject): JsonObject {
	const definitions = CUSTOM_FIELDS[collection];
	if (!definitions) return record;
	const values = isObject(custom) ? custom : {};
	const customFields = definitions.map((definition): JsonObject => {
		const value = values[String(definition.id)] ?? null;
		return value === null ? { ...definition } : { ...definition, value };
	});
	return { ...record, customFields };
}

/** The records of a table. */
export function expandTable(
	collection: Collection,
	{ same = {}, columns, rows }: Table,
	nowMs: number,
	guid: () => string,
): Stored[] {
	return rows.map((row) => {
		const record: JsonObject = {};
		const cells = [...Object.entries(same), ...columns.map((column, index) => [column, row[index] ?? null] as const)];
		for (const [path, cell] of cells) {
			if (cell !== null) setAt(record, path, cell === '@guid' ? guid() : resolveCell(cell, nowMs));
		}
		const { id, ...fields } = withCustomFields(collection, record);
		return { id: Number(id ?? 0), ...fields, _info: stamps(record._info, nowMs) };
	});
}
