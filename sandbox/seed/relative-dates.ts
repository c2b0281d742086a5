// Dates of the seed's rows, relative to the moment of seeding, so that the sandbox is never out of date.
//
// `@now -2h`, `@today +5d`, `@hour +3h`, `@monday -21d` (of this week), `@next month`, each with days, hours and minutes;
// `@date …` without the time of day; `@year` the number, `@year-07-04T00:00:00Z` a day of this year.

import { weekOf } from '../behaviour/weeks.ts';
import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { Json } from '../schema/json.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

const RELATIVE =
	/^@(date )?(now|today|hour|monday|next month)(?: (?<sign>[+-])(?:(?<days>\d+)d)?(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?)?$/;

function baseOf(name: string, nowMs: number): number {
	const now = new Date(nowMs);
	switch (name) {
		case 'today':
			return Math.floor(nowMs / DAY_MS) * DAY_MS;
		case 'hour':
			return Math.floor(nowMs / HOUR_MS) * HOUR_MS;
		case 'monday':
			return weekOf(nowMs) * DAY_MS;
		case 'next month':
			return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
		default:
			return nowMs;
	}
}

/** The value of a row's cell; what is no relative date stays as it is. */
export function resolveCell(cell: Json, nowMs: number): Json {
	if (typeof cell !== 'string' || !cell.startsWith('@')) return cell;
	const year = new Date(nowMs).getUTCFullYear();
	if (cell === '@year') return year;
	if (cell.startsWith('@year-')) return `${year}${cell.slice('@year'.length)}`;
	const match = RELATIVE.exec(cell);
	if (!match) return cell;
	const { sign, days = 0, hours = 0, minutes = 0 } = match.groups ?? {};
	const offset = Number(days) * DAY_MS + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
	const date = formatDate(baseOf(match[2] ?? '', nowMs) + (sign === '-' ? -offset : offset));
	return match[1] ? date.slice(0, 10) : date;
}
