// Fills an empty sandbox: the same records for the same moment, with dates counted from now.

import type { Stored } from '../behaviour/store.ts';
import { periodOf } from '../behaviour/weeks.ts';
import type { Collection } from '../schema/collections.ts';
import { DAY_MS } from '../schema/dates.ts';
import { fillLists } from './fill-lists.ts';
import { expandTable, TABLES } from './rows.ts';
import type { Seeding } from './seeding.ts';
import { createSeeding } from './seeding.ts';
import { addNote, addTicket, addTimeEntry } from './ticket-records.ts';
import type { TimeSheets } from './time-sheets.ts';
import { createTimeSheets } from './time-sheets.ts';

const DISPATCHER = 159;

/** Adds a record from its row, with what follows from the row. */
type AddRow = (row: Stored) => void;

function specialRows(seeding: Seeding, sheets: TimeSheets): Partial<Record<Collection, AddRow>> {
	return {
		tickets: (row) => addTicket(seeding, row),
		ticketNotes: (row) => addNote(seeding, row),
		timeEntries: (row) => addTimeEntry(seeding, sheets, row),
		'/expense/reports'(row) {
			const monday = Date.parse(String(row.dateStart)) / DAY_MS;
			const year = new Date(monday * DAY_MS).getUTCFullYear();
			seeding.add('/expense/reports', { ...row, year, period: periodOf(monday) });
		},
		// Nobody enters an expense of a day to come.
		'/expense/entries'(row) {
			const today = new Date(seeding.nowMs).toISOString().slice(0, 10);
			const date = String(row.date) > today ? `${today}T00:00:00Z` : (row.date ?? null);
			seeding.add('/expense/entries', { ...row, date });
		},
	};
}

/** All records of a fresh sandbox, each with its collection. */
export function buildSeed(nowMs: number): [Collection, Stored][] {
	const { seeding, built } = createSeeding(nowMs);
	const sheets = createTimeSheets(seeding);
	const special = specialRows(seeding, sheets);
	for (const [collection, table] of TABLES) {
		const addRow = special[collection] ?? ((row: Stored) => void seeding.add(collection, row));
		for (const row of expandTable(collection, table, nowMs, seeding.guid)) addRow(row);
	}
	// The dispatcher has entered nothing on this week's sheet yet.
	sheets.sheetFor(DISPATCHER, nowMs, 0);
	fillLists(seeding);
	return built;
}
