// Days as people say them: weekdays, ends of periods, dates in national forms, each with a time of day or without.
// Words by which people mean different days are answered with all of these days.
import { addDays, dayAt, type LocalDay } from './time-zones.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEKDAY =
	/^(?:(this|last|past|next|coming|on) )?(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs|r|nes)?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.?';
const MONTH_FIRST = new RegExp(`^${MONTH} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})$`);
const DAY_FIRST = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH},? (\\d{4})$`);
const END = /^(?:end|close) of (?:the )?(?:(this|current|next|last) )?(day|today|business|week|month|quarter|year)$/;
const SHORT_ENDS: Readonly<Record<string, string>> = {
	eod: 'day',
	cob: 'day',
	eob: 'day',
	eow: 'week',
	eom: 'month',
	eoq: 'quarter',
	eoy: 'year',
};

/** Hours and minutes of a day. */
export interface TimeOfDay {
	hours: number;
	minutes: number;
}

const CLOCK = '(\\d{1,2})(?::(\\d{2}))? ?(am|pm|a\\.m\\.|p\\.m\\.)?';
const CLOCK_BEHIND = new RegExp(`^(.+?),?(?: at)? ${CLOCK}$`);
const CLOCK_BEFORE = new RegExp(`^${CLOCK}(?: on)?(?: (.+))?$`);

/**
 * Takes the time of day off the words of a day: `tomorrow at 2pm`, `9:30 on friday`, `5pm`. Hours alone are no time.
 *
 * @returns null where none is said
 */
export function splitTimeOfDay(word: string): { day: string; time: TimeOfDay } | null {
	const behind = CLOCK_BEHIND.exec(word);
	const before = behind ? null : CLOCK_BEFORE.exec(word);
	const [day = '', hours, minutes, half] = behind
		? behind.slice(1)
		: before
			? [before[4] ?? 'today', ...before.slice(1, 4)]
			: [];
	if (hours === undefined || (minutes === undefined && half === undefined)) return null;
	const said = Number(hours);
	if (said > (half ? 12 : 23) || (half && said === 0) || Number(minutes ?? 0) > 59) return null;
	const inHalf = half ? (said % 12) + (half.startsWith('p') ? 12 : 0) : said;
	return { day, time: { hours: inHalf, minutes: Number(minutes ?? 0) } };
}

/**
 * The days that a weekday may be. `next friday` is the coming one to some and that of next week to others.
 *
 * @param isPast  whether what is asked about has happened
 * @returns none where the word is no weekday
 */
export function weekdays(word: string, today: LocalDay, isPast: boolean): LocalDay[] {
	const [, which = '', name = ''] = WEEKDAY.exec(word) ?? [];
	const weekday = WEEKDAYS.indexOf(name);
	if (weekday < 0) return [];
	const away = weekday - weekdayOf(today);
	const ofWeek = (week: number) => away + 7 * week;
	const before = away < 0 ? away : away - 7;
	const after = away > 0 ? away : away + 7;
	const readings: Record<string, number[]> = {
		last: [before, ofWeek(-1)],
		past: [before],
		next: [after, ofWeek(1)],
		coming: [after],
		this: away >= 0 ? [away] : [away, after],
	};
	const bare = isPast ? [away === 0 ? 0 : before, before] : [away === 0 ? 0 : before, after];
	return [...new Set(readings[which] ?? bare)].map((days) => addDays(today, days));
}

/** The first day after a period whose end is said: `eod`, `end of month`, `end of next week`. */
export function dayAfterEnd(
	word: string,
	startOf: (unit: string, offset: number) => LocalDay,
	today: LocalDay,
): LocalDay | null {
	const [, which = 'this', said = ''] = END.exec(word) ?? [];
	const unit = SHORT_ENDS[word] ?? said;
	if (unit === '') return null;
	const isDay = unit === 'day' || unit === 'today' || unit === 'business';
	const offset = which === 'next' ? 1 : which === 'last' ? -1 : 0;
	return isDay ? addDays(today, offset + 1) : startOf(unit, offset + 1);
}

/**
 * The days that a date in a national form may be: `11/27/2026`, `27.11.2026`, `Nov 27, 2026`. The month stands first in
 * America and the day elsewhere, so that 4/1/2026 is two.
 */
export function nationalDates(word: string): LocalDay[] {
	const [, y, ym, yd] = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(word) ?? [];
	if (y && ym && yd) return existing([[y, ym, yd]]);
	const [, one = '', separator, two = '', year = ''] = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(word) ?? [];
	if (separator === '.') return existing([[year, two, one]]);
	if (separator)
		return existing([
			[year, one, two],
			[year, two, one],
		]);
	const [, monthFirst, dayThen = '', yearThen = ''] = MONTH_FIRST.exec(word) ?? [];
	if (monthFirst) return existing([[yearThen, monthNumber(monthFirst), dayThen]]);
	const [, dayFirst = '', month, yearLast = ''] = DAY_FIRST.exec(word) ?? [];
	return month ? existing([[yearLast, monthNumber(month), dayFirst]]) : [];
}

/** A day some months later; the last of its month where that is shorter. */
export function addMonths({ year, month, day }: LocalDay, months: number): LocalDay {
	const first = dayAt('UTC', Date.UTC(year, month - 1 + months, 1));
	const last = dayAt('UTC', Date.UTC(first.year, first.month, 0));
	return { ...first, day: Math.min(day, last.day) };
}

/** 0 for Monday. */
function weekdayOf({ year, month, day }: LocalDay): number {
	return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

/** `Friday` */
export function weekdayName({ year, month, day }: LocalDay): string {
	return new Date(Date.UTC(year, month - 1, day)).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
}

function monthNumber(name: string): string {
	return String(MONTHS.indexOf(name.slice(0, 3)) + 1);
}

function existing(parts: [year: string, month: string, day: string][]): LocalDay[] {
	const days = parts.map(([year, month, day]) => ({ year: Number(year), month: Number(month), day: Number(day) }));
	const real = days.filter(({ year, month, day }) => {
		const read = dayAt('UTC', Date.UTC(year, month - 1, day));
		return read.year === year && read.month === month && read.day === day;
	});
	return real.filter((one, at) => real.findIndex((other) => other.month === one.month) === at);
}
