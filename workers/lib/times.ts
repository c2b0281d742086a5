// Times as a person or a model writes them → UTC. No clock of its own: the moment and the time zone come from the caller.
import {
	addMonths,
	dayAfterEnd,
	nationalDates,
	splitTimeOfDay,
	type TimeOfDay,
	weekdayName,
	weekdays,
} from './spoken-days.ts';
import { addDays, type Clock, dayAt, instantOf, isoDay, type LocalDay, startOfDay } from './time-zones.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60 * SECOND_MS, h: 3_600 * SECOND_MS, d: DAY_MS, w: 7 * DAY_MS };

/** SQL Server's `datetime`, which the vendor keeps its times in, begins in 1753 (Microsoft, "datetime (T-SQL)"). */
const MIN_MS = Date.UTC(1753, 0, 1);
const MAX_MS = Date.UTC(10_000, 0, 1) - 1;

/** @param zone  where days begin */
export function acceptedTimes(zone: string): string {
	return (
		'a datetime (2026-04-01T09:00:00Z; without an offset it is local), a date (2026-04-01), now, today, yesterday, ' +
		'tomorrow, an age in minutes, hours, days or weeks (90m, 24h, 7d, 2w: that long ago; +7d: ahead), or the start of ' +
		`this, last or next week, month, quarter or year (last month), or a weekday. Days begin at midnight in ${zone}`
	);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})?)?$/;
const AGE = /^([+-]?)(\d{1,5})([mhdw])$/;
/** The same as people say it: `7 days ago`, `in 2 weeks`, `last 24 hours`, `1h ago`. */
const SPOKEN_AGE =
	/^([+-]|in |next |past |last )?(\d{1,5})(?: ?(minute|hour|day|week|month|quarter|year)s?|([mhdw]))(?: (ago|ahead|from now))?$/;
const MONTHS_OF: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const AHEAD: ReadonlySet<string> = new Set(['+', 'in', 'next', 'ahead', 'from now']);
const PERIOD = /^(this|current|last|previous|next|following)[ _](week|month|quarter|year)$/;
const PERIOD_OFFSETS: Readonly<Record<string, number>> = { last: -1, previous: -1, next: 1, following: 1 };

/**
 * Milliseconds since 1970 of an ISO 8601 date or datetime; null when it is none, or a day that no calendar has
 * (`Date.parse` alone takes 2026-02-30 for March 2). A date alone is midnight UTC.
 *
 * @param isUtcAssumed  whether a datetime without an offset is UTC, or not a time
 */
export function parseIso(text: string, isUtcAssumed: boolean): number | null {
	const match = ISO.exec(text);
	if (!match) return null;
	const [, day = '', minutes, seconds = ':00', offset = isUtcAssumed ? 'Z' : ''] = match;
	const dayMs = Date.parse(`${day}T00:00:00Z`);
	if (Number.isNaN(dayMs) || !new Date(dayMs).toISOString().startsWith(day)) return null;
	if (minutes === undefined) return dayMs;
	const ms = offset === '' ? Number.NaN : Date.parse(`${day}T${minutes}${seconds}${offset.toUpperCase()}`);
	return Number.isNaN(ms) ? null : ms;
}

/** `2026-04-01T09:00:00Z`: UTC in whole seconds, the only form that the vendor takes everywhere. */
export function toIsoSeconds(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export interface ReadTime {
	/** ISO 8601 in UTC and whole seconds. */
	iso: string;
	/** The time zone decided what was meant. */
	isLocal: boolean;
}

/**
 * Resolves a time in any of the `acceptedTimes`, in any case. An age without a sign lies in the past, because filters
 * ask for what happened after or before it. Weeks begin on Monday (ISO 8601); days are those of the clock's zone.
 *
 * @param isPast  whether what is asked about has happened, so that a bare weekday is the last one
 * @returns the time, or a fault that continues a sentence beginning with the argument's name; `isUnread` where the text
 * says no time at all
 */
export function parseTime(text: string, clock: Clock, isPast = false): ReadTime | { fault: string; isUnread?: true } {
	const word = text.trim();
	const spoken = plainWords(word);
	const read = ISO.test(word)
		? readIso(word, clock.zone)
		: (readRelative(spoken, clock, isPast) ?? readWrittenDay(spoken, clock.zone));
	if (read === null) {
		const today = dayAt(clock.zone, clock.nowMs);
		const told = `Today is ${weekdayName(today)}, ${isoDay(today)}`;
		return { fault: `must be ${acceptedTimes(clock.zone)}; got "${clip(text)}". ${told}`, isUnread: true };
	}
	if ('fault' in read) return read;
	return isInRange(read.ms)
		? { iso: toIsoSeconds(read.ms), isLocal: read.isLocal }
		: { fault: `must lie between the years 1753 and 9999, got ${word}` };
}

/**
 * The day that a text says, for fields that hold days: of a datetime the one that is written, whatever its offset.
 *
 * @returns `iso`: midnight UTC, as the vendor keeps days
 */
export function parseDay(text: string, clock: Clock, isPast = false): ReadTime | { fault: string } {
	const word = text.trim();
	const time = parseTime(word, clock, isPast);
	if ('fault' in time) return time;
	const day = saidDay(word) ?? isoDay(dayAt(clock.zone, Date.parse(time.iso)));
	return { iso: `${day}T00:00:00Z`, isLocal: time.isLocal && saidDay(word) === null };
}

/**
 * A day in words, for a field that is to hold it: `tomorrow`, `+7d`, `12/24/2026`, `end of month` (its last day).
 *
 * @param clock  null where the moment of the call is not known: then only a date is read
 * @returns null for what names no day: a period, or a time of day
 */
export function readDayWords(text: string, clock: Clock | null): { value: string } | { fault: string } | null {
	const word = plainWords(text);
	if (PERIOD.test(word)) return null;
	if (clock === null) return theDay(nationalDates(word));
	const today = dayAt(clock.zone, clock.nowMs);
	const end = endOf(word, today);
	if (end) return { value: isoDay(addDays(end, -1)) };
	const near = relativeDay(word, today);
	if (near) return { value: isoDay(near) };
	if (!readAge(word)?.sign) return theDay([...weekdays(word, today, false), ...nationalDates(word)]);
	const day = parseDay(word, clock);
	return 'fault' in day ? day : { value: day.iso.slice(0, 10) };
}

function theDay([day, ...others]: readonly LocalDay[]): { value: string } | { fault: string } | null {
	if (!day) return null;
	return others.length > 0 ? severalDays([day, ...others]) : { value: isoDay(day) };
}

function severalDays(days: readonly LocalDay[]): { fault: string } {
	return { fault: `could mean ${days.map(isoDay).join(' or ')}: write the day that is meant` };
}

/** The day of an ISO date or datetime as it is written; null for everything else. */
export function saidDay(text: string): string | null {
	return ISO.exec(text.trim())?.[1] ?? null;
}

/** True when `parseTime` would resolve the text by the clock. */
export function isRelativeTime(text: string): boolean {
	return readRelative(plainWords(text), { nowMs: 0, zone: 'UTC' }, false) !== null;
}

/** An age without a sign: where a time may lie ahead, it could mean two things. */
export function isBareAge(text: string): boolean {
	const age = readAge(text.trim().toLowerCase());
	return age !== null && age.sign === '' && age.count > 0;
}

/** The word with which a period ends, by its distance from the present one. */
const ENDS: Readonly<Record<number, string>> = { [-1]: 'this …', 0: 'next …' };

/** End of the day or period that a text begins; null where it begins none. */
export function endOfPeriod(text: string, clock: Clock): string | null {
	const word = text.trim().toLowerCase();
	const [, which, unit] = PERIOD.exec(word) ?? [];
	if (which && unit) return ENDS[PERIOD_OFFSETS[which] ?? 0]?.replace('…', unit) ?? null;
	if (word === 'yesterday') return 'today';
	if (word === 'today') return 'tomorrow';
	const [weekday, ...others] = weekdays(plainWords(word), dayAt(clock.zone, clock.nowMs), false);
	if (weekday && others.length === 0) return isoDay(addDays(weekday, 1));
	const day = word === 'tomorrow' ? addDays(dayAt(clock.zone, clock.nowMs), 1) : saidLocalDay(word);
	return day && isoDay(addDays(day, 1));
}

function saidLocalDay(word: string): LocalDay | null {
	const [year, month, day] = /^\d{4}-\d{2}-\d{2}$/.test(word) ? word.split('-').map(Number) : [];
	return year && month && day ? { year, month, day } : null;
}

type Read = { ms: number; isLocal: boolean };

/** A date alone is its first instant in the zone; a datetime without an offset is local. */
function readIso(word: string, zone: string): Read | { fault: string } {
	const utcMs = parseIso(word, true);
	if (utcMs === null) return { fault: `must be a day and a time that exist, got ${word}` };
	if (/^.{10}.*(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(word)) return { ms: utcMs, isLocal: false };
	if (!isInRange(utcMs)) return { ms: utcMs, isLocal: true };
	const day = saidLocalDay(word);
	const ms = day ? startOfDay(zone, day) : instantOf(zone, utcMs);
	if (ms !== null) return { ms, isLocal: true };
	return { fault: `must be a time that exists: clocks in ${zone} jump over ${word}` };
}

/** In lower case, with single blanks. */
function plainWords(text: string): string {
	return text.trim().toLowerCase().replace(/\s+/g, ' ');
}

/** The first day behind a period whose end is said. */
function endOf(word: string, today: LocalDay): LocalDay | null {
	return dayAfterEnd(word, (unit, offset) => startOfPeriod(today, unit, offset), today);
}

/** @param word  as `plainWords` */
function readRelative(word: string, { nowMs, zone }: Clock, isPast: boolean): Read | { fault: string } | null {
	const wholeSeconds = (ms: number) => Math.floor(ms / SECOND_MS) * SECOND_MS;
	if (word === 'now') return { ms: wholeSeconds(nowMs), isLocal: false };
	const age = readAge(word);
	const count = age ? (age.sign === '+' ? 1 : -1) * age.count : 0;
	const months = age && MONTHS_OF[age.unit];
	if (age && !months) return { ms: wholeSeconds(nowMs + count * (UNIT_MS[age.unit] ?? 0)), isLocal: false };
	const today = dayAt(zone, nowMs);
	if (months) {
		const { year, month, day } = addMonths(today, count * months);
		const ms = nowMs + Date.UTC(year, month - 1, day) - Date.UTC(today.year, today.month - 1, today.day);
		return { ms: wholeSeconds(ms), isLocal: false };
	}
	const period = endOf(word, today) ?? relativeDay(word, today);
	if (period) return { ms: startOfDay(zone, period), isLocal: true };
	const timed = splitTimeOfDay(word);
	const said = timed?.day ?? word;
	const near = timed && !PERIOD.test(said) ? relativeDay(said, today) : null;
	return readDays(near ? [near] : weekdays(said, today, isPast), zone, timed?.time ?? null);
}

/** A date in a national form, or any date with a time of day as people say it: `2026-11-26 5pm`. */
function readWrittenDay(word: string, zone: string): Read | { fault: string } | null {
	const timed = splitTimeOfDay(word);
	const said = timed?.day ?? word;
	const day = timed && saidLocalDay(said);
	return readDays(day ? [day] : nationalDates(said), zone, timed?.time ?? null);
}

/** @param days  every day that the words may mean */
function readDays(days: readonly LocalDay[], zone: string, time: TimeOfDay | null): Read | { fault: string } | null {
	const [day, ...others] = days;
	if (!day) return null;
	if (others.length > 0) return severalDays(days);
	if (!time) return { ms: startOfDay(zone, day), isLocal: true };
	const localMs = Date.UTC(day.year, day.month - 1, day.day, time.hours, time.minutes);
	const ms = instantOf(zone, localMs);
	return ms === null ? { fault: `must be a time that exists: clocks in ${zone} jump over it` } : { ms, isLocal: true };
}

interface Age {
	/** Empty where the text does not say which way it counts. */
	sign: string;
	count: number;
	unit: string;
}

function readAge(word: string): Age | null {
	const short = AGE.exec(word);
	if (short) return { sign: short[1] ?? '', count: Number(short[2]), unit: short[3] ?? '' };
	const spoken = SPOKEN_AGE.exec(word.replace(/\s+/g, ' '));
	if (!spoken) return null;
	const [, before, count, name, letter, after] = spoken;
	const said = [before, after].flatMap((one) => (one === undefined ? [] : [one.trim()]));
	const ways = new Set(said.map((one) => (AHEAD.has(one) ? '+' : '-')));
	const [sign = ''] = ways;
	const unit = letter ?? (name !== undefined && MONTHS_OF[name] ? name : name?.[0]) ?? '';
	return ways.size > 1 ? null : { sign, count: Number(count), unit };
}

function relativeDay(word: string, today: LocalDay): LocalDay | null {
	if (word === 'today') return today;
	if (word === 'yesterday') return addDays(today, -1);
	if (word === 'tomorrow') return addDays(today, 1);
	const [, which, unit] = PERIOD.exec(word) ?? [];
	if (!which || !unit) return null;
	return startOfPeriod(today, unit, PERIOD_OFFSETS[which] ?? 0);
}

/** @param offset  0 for the period that the day lies in, -1 for the one before, 1 for the one after */
function startOfPeriod({ year, month, day }: LocalDay, unit: string, offset: number): LocalDay {
	const firstOf = (months: number) => dayAt('UTC', Date.UTC(year, months, 1));
	if (unit === 'year') return { year: year + offset, month: 1, day: 1 };
	if (unit === 'month') return firstOf(month - 1 + offset);
	if (unit === 'quarter') return firstOf(month - 1 - ((month - 1) % 3) + 3 * offset);
	const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
	return addDays({ year, month, day }, 7 * offset - ((weekday + 6) % 7));
}

function isInRange(ms: number): boolean {
	return ms >= MIN_MS && ms <= MAX_MS;
}

function clip(text: string): string {
	return text.length > 58 ? `${text.slice(0, 57)}…` : text;
}
