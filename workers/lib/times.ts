// Times as a person or a model writes them → UTC. No clock of its own: `nowMs` comes from the caller.

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60 * SECOND_MS, h: 3_600 * SECOND_MS, d: DAY_MS, w: 7 * DAY_MS };

/** SQL Server's `datetime`, which the vendor keeps its times in, begins in 1753 (Microsoft, "datetime (T-SQL)"). */
const MIN_MS = Date.UTC(1753, 0, 1);
const MAX_MS = Date.UTC(10_000, 0, 1) - 1;

export const ACCEPTED_TIMES =
	'a datetime with its offset (2026-04-01T09:00:00Z), a date (2026-04-01, midnight UTC), now, today, yesterday, ' +
	'tomorrow, an age in minutes, hours, days or weeks (90m, 24h, 7d, 2w: that long ago; +7d: ahead), or the start of ' +
	'this, last or next week, month or year (last month)';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})?)?$/;
const AGE = /^([+-]?)(\d{1,5})([mhdw])$/;
const PERIOD = /^(this|last|next)[ _](week|month|year)$/;

/**
 * Milliseconds since 1970 of an ISO 8601 date or datetime; null when it is none, or a day that no calendar has
 * (`Date.parse` alone takes 2026-02-30 for March 2). A date alone is midnight UTC.
 *
 * @param isUtcAssumed  whether a datetime without an offset is UTC, as in the vendor's language, or not a time
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

/**
 * Resolves a time in any of the `ACCEPTED_TIMES`, in any case. An age without a sign lies in the past, because
 * filters ask for what happened after or before it. Weeks begin on Monday (ISO 8601); all days are those of UTC.
 *
 * @returns `iso` in UTC and whole seconds, or a fault that continues a sentence beginning with the argument's name
 */
export function parseTime(text: string, nowMs: number): { iso: string } | { fault: string } {
	const word = text.trim();
	if (ISO.test(word)) {
		const ms = parseIso(word, false);
		if (ms !== null && isInRange(ms)) return { iso: toIsoSeconds(ms) };
		return parseIso(word, true) === null
			? { fault: `must be a day and a time that exist, got ${word}` }
			: ms === null
				? { fault: `must say its offset: add Z for UTC, or one like +02:00; got ${word}` }
				: { fault: outOfRange(word) };
	}
	const ms = parseRelative(word.toLowerCase(), nowMs);
	if (ms === null) return { fault: `must be ${ACCEPTED_TIMES}; got "${clip(text)}"` };
	return isInRange(ms) ? { iso: toIsoSeconds(ms) } : { fault: outOfRange(word) };
}

/** Whether `parseTime` would resolve the text by the clock. */
export function isRelativeTime(text: string): boolean {
	return parseRelative(text.trim().toLowerCase(), 0) !== null;
}

function parseRelative(word: string, nowMs: number): number | null {
	const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
	if (word === 'now') return Math.floor(nowMs / SECOND_MS) * SECOND_MS;
	if (word === 'today') return todayMs;
	if (word === 'yesterday') return todayMs - DAY_MS;
	if (word === 'tomorrow') return todayMs + DAY_MS;
	const age = AGE.exec(word);
	if (age) {
		const [, sign, count, unit = ''] = age;
		const ms = nowMs + (sign === '+' ? 1 : -1) * Number(count) * (UNIT_MS[unit] ?? 0);
		return Math.floor(ms / SECOND_MS) * SECOND_MS;
	}
	const period = PERIOD.exec(word);
	if (!period) return null;
	const [, which, unit] = period;
	return startOf(todayMs, unit ?? '', which === 'this' ? 0 : which === 'last' ? -1 : 1);
}

/** @param offset  0 for the period that the day lies in, -1 for the one before, 1 for the one after */
function startOf(dayMs: number, unit: string, offset: number): number {
	const day = new Date(dayMs);
	if (unit === 'month') return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + offset, 1);
	if (unit === 'year') return Date.UTC(day.getUTCFullYear() + offset, 0, 1);
	const daysSinceMonday = (day.getUTCDay() + 6) % 7;
	return dayMs + (7 * offset - daysSinceMonday) * DAY_MS;
}

function isInRange(ms: number): boolean {
	return ms >= MIN_MS && ms <= MAX_MS;
}

function outOfRange(text: string): string {
	return `must lie between the years 1753 and 9999, got ${text}`;
}

function clip(text: string): string {
	return text.length > 58 ? `${text.slice(0, 57)}…` : text;
}
