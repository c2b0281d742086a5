// Instants and the clocks of time zones: which local time an instant has, and which instant a local time is.
// The rules come from the runtime's copy of the IANA database (ECMA-402).

/** A moment in a time zone: what relative times count from, and where days begin. */
export interface Clock {
	nowMs: number;
	/** IANA name. */
	zone: string;
}

export interface LocalDay {
	year: number;
	/** 1 to 12 */
	month: number;
	day: number;
}

const DAY_MS = 86_400_000;

/** Formatters by zone: making one costs about as much as a hundred uses. At most one for each known zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * Names of letters that mean one zone, daylight saving included. "EST" is Panama to the database, which has no daylight
 * saving, and "BST" Bangladesh to some runtimes.
 */
const LETTERS: ReadonlySet<string> = new Set([
	'UTC',
	'GMT',
	'UCT',
	'CET',
	'MET',
	'EET',
	'WET',
	'ZULU',
	'IRAN',
	'CUBA',
	'EIRE',
]);

/** The zone's name as the IANA database writes it; null for anything else, offsets such as `+01:00` included. */
export function zoneName(text: string): string | null {
	if (!/^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(text)) return null;
	if (/^[A-Z]{3,4}$/i.test(text) && !LETTERS.has(text.toUpperCase())) return null;
	try {
		const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions();
		return timeZone;
	} catch {
		return null;
	}
}

/** Milliseconds by which the zone's clocks are ahead of UTC at an instant; negative west of Greenwich. */
export function offsetAt(zone: string, ms: number): number {
	const part = partsAt(zone, ms);
	const localMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
	return localMs - Math.floor(ms / 1_000) * 1_000;
}

/** The day that the zone's calendars show at an instant. */
export function dayAt(zone: string, ms: number): LocalDay {
	const local = new Date(ms + offsetAt(zone, ms));
	return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/**
 * The instant of a local time. Of two, where clocks go back, the first; null where clocks jump over it.
 *
 * @param localMs  the local time as if it were UTC, milliseconds since 1970
 */
export function instantOf(zone: string, localMs: number): number | null {
	const instants = offsetsAround(zone, localMs)
		.map((offset) => ({ offset, ms: localMs - offset }))
		.filter(({ offset, ms }) => offsetAt(zone, ms) === offset)
		.map(({ ms }) => ms);
	return instants.length > 0 ? Math.min(...instants) : null;
}

/** The first instant of a day: midnight, or what the clocks show first where they jump over it. */
export function startOfDay(zone: string, { year, month, day }: LocalDay): number {
	const midnightMs = Date.UTC(year, month - 1, day);
	const instant = instantOf(zone, midnightMs);
	if (instant !== null) return instant;
	// Clocks jump over midnight somewhere between these two instants: the search ends at the second of the jump.
	const [before = 0, after = 0] = offsetsAround(zone, midnightMs);
	let low = Math.floor((midnightMs - Math.max(before, after)) / 1_000) - 1;
	let high = Math.ceil((midnightMs - Math.min(before, after)) / 1_000);
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (middle * 1_000 + offsetAt(zone, middle * 1_000) >= midnightMs) high = middle;
		else low = middle;
	}
	return high * 1_000;
}

/** `days` may be negative; the calendar's days, however many hours they have. */
export function addDays({ year, month, day }: LocalDay, days: number): LocalDay {
	return dayAt('UTC', Date.UTC(year, month - 1, day + days));
}

/** `2026-04-01` */
export function isoDay({ year, month, day }: LocalDay): string {
	return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The zone's offsets a day before and a day after: no zone changes its clocks twice in two days. */
function offsetsAround(zone: string, localMs: number): number[] {
	return [offsetAt(zone, localMs - DAY_MS), offsetAt(zone, localMs + DAY_MS)];
}

function partsAt(zone: string, ms: number): (type: Intl.DateTimeFormatPartTypes) => number {
	let formatter = formatters.get(zone);
	if (!formatter) {
		formatter = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		formatters.set(zone, formatter);
	}
	const parts = formatter.formatToParts(ms);
	return (type) => Number(parts.find((part) => part.type === type)?.value);
}
