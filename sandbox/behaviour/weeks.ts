// Weeks as time sheets and expense reports count them: Monday to Sunday, by days since 1970.

import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';

/** The day (since 1970) of the Monday before a moment. */
export function weekOf(ms: number): number {
	const day = Math.floor(ms / DAY_MS);
	return day - ((day + 3) % 7);
}

/** The number of a week in its year, from 1. */
export function periodOf(monday: number): number {
	const first = Date.UTC(new Date(monday * DAY_MS).getUTCFullYear(), 0, 1) / DAY_MS;
	return Math.floor((monday - first) / 7) + 1;
}

/**
 * The sheet or report of the member's week that a moment falls in; made when it is the first.
 *
 * @param more  its other fields, given the day (since 1970) of the week's Monday
 */
export function weekRecordOf(
	{ store }: Pick<Context, 'store'>,
	path: '/time/sheets' | '/expense/reports',
	memberId: number,
	ms: number,
	more: (monday: number) => JsonObject,
): JsonObject {
	const monday = weekOf(ms);
	const dateStart = formatDate(monday * DAY_MS);
	const known = store.where(path, 'member', memberId).find((record) => record.dateStart === dateStart);
	if (known) return { id: known.id };
	const id = store.nextId(path);
	store.put(path, {
		id,
		member: { id: memberId },
		year: new Date(monday * DAY_MS).getUTCFullYear(),
		period: periodOf(monday),
		dateStart,
		dateEnd: formatDate((monday + 6) * DAY_MS),
		status: 'Open',
		...more(monday),
	});
	return { id };
}
