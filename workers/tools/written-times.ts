// Datetimes and days that a call writes, read in the server's time zone where they do not say their offset.
import { splitTimeOfDay } from '../lib/spoken-days.ts';
import { parseIso, parseTime, readDayWords, saidDay } from '../lib/times.ts';

/** The form in which a call's datetimes are read and sent. */
export interface Datetimes {
	/** Precision that the vendor takes: whole seconds, or milliseconds too. */
	style: 'utc_seconds' | 'iso';
	/** IANA name: what has no offset is local there. */
	zone: string;
	/** The moment of the call: `tomorrow 2pm` is counted from it. Absent: such words are no times. */
	nowMs?: number | undefined;
	/** Times that were read in the server's zone, in UTC, keyed by the argument's path. Grows; said back in the result. */
	local: Record<string, string>;
}

const DATETIME =
	/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?$|^\d{4}-\d{2}-\d{2}$/;

/** RFC 3339; a date alone is its midnight. @returns what is sent, or a fault that continues the argument's name */
export function readDatetime(value: string, path: string, datetimes: Datetimes): { value: string } | { fault: string } {
	const { style, zone, local, nowMs } = datetimes;
	const said = value.trim();
	const isWords = nowMs !== undefined && splitTimeOfDay(said.toLowerCase()) !== null;
	const time = DATETIME.test(said) || isWords ? parseTime(said, { nowMs: nowMs ?? 0, zone }) : null;
	if (isWords && time && 'fault' in time && !time.isUnread) return time;
	if (time && !('fault' in time)) {
		if (time.isLocal) local[path] = time.iso;
		return { value: style === 'utc_seconds' ? time.iso : withMilliseconds(time.iso, said) };
	}
	// A local time that clocks jump over: parseTime says so.
	if (time && saidDay(said) !== null && parseIso(said, true) !== null) return time;
	return { fault: 'must be a datetime like 2026-04-01T09:00:00' };
}

function withMilliseconds(iso: string, said: string): string {
	const digits = /\.(\d{1,3})/.exec(said)?.[1] ?? '';
	return iso.replace('Z', `.${digits.padEnd(3, '0')}Z`);
}

/**
 * The day that is said, whatever the offset behind it; words are counted from the call's day.
 *
 * @returns what is sent, or a fault that continues the argument's name
 */
export function readDay(value: string, { nowMs, zone }: Datetimes): { value: string } | { fault: string } {
	const day = saidDay(value);
	const time = day === null ? null : parseTime(day, { nowMs: 0, zone: 'UTC' });
	if (day !== null && time && !('fault' in time)) return { value: day };
	return (
		readDayWords(value, nowMs === undefined ? null : { nowMs, zone }) ?? { fault: 'must be a date like 2026-04-01' }
	);
}
