// Datetimes and days that a call writes, read in the server's time zone where they do not say their offset.
import { parseIso, parseTime, saidDay } from '../lib/times.ts';

/** The form in which a call's datetimes are read and sent. */
export interface Datetimes {
	/** Precision that the vendor takes: whole seconds, or milliseconds too. */
	style: 'utc_seconds' | 'iso';
	/** IANA name: what has no offset is local there. */
	zone: string;
	/** Times that were read in the server's zone, in UTC, keyed by the argument's path. Grows; said back in the result. */
	local: Record<string, string>;
}

const DATETIME =
	/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?$|^\d{4}-\d{2}-\d{2}$/;

/** RFC 3339; a date alone is its midnight. @returns what is sent, or a fault that continues the argument's name */
export function readDatetime(value: string, path: string, datetimes: Datetimes): { value: string } | { fault: string } {
	const { style, zone, local } = datetimes;
	const said = value.trim();
	const time = DATETIME.test(said) ? parseTime(said, { nowMs: 0, zone }) : null;
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

/** The day that is said, whatever the offset behind it. @returns null for what is no day */
export function readDay(value: string): string | null {
	const day = saidDay(value);
	const time = day === null ? null : parseTime(day, { nowMs: 0, zone: 'UTC' });
	return time && !('fault' in time) ? day : null;
}
