// Time sheets by member and week (Monday to Sunday), made as time is entered.

import type { Stored } from '../behaviour/store.ts';
import { periodOf, weekOf } from '../behaviour/weeks.ts';
import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { Seeding } from './seeding.ts';

export type TimeSheets = { sheetFor(memberId: number, startMs: number, hours: number): { id: number; status: string } };

/** Older weeks are approved, the last one waits for approval, this one is open. */
export function createTimeSheets({ nowMs, add }: Seeding): TimeSheets {
	const sheets = new Map<string, Stored>();
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
