// Time entries checked against each other and against those that are there already. Pure.
import type { Fault } from '../../lib/errors.ts';
import { dayAt, isoDay } from '../../lib/time-zones.ts';

export interface Entry {
	/** Place among those that were given; -1 of one that is there already. */
	index: number;
	startMs: number | null;
	endMs: number | null;
	hours: number | null;
	/** The member's id at the vendor; before it is known, what was said, folded. */
	member: string;
	/** The member's name, for messages. */
	memberName: string;
	/** Folded. */
	notes: string;
	chargedTo: string;
	/** The vendor's, of one that is there already. */
	id: unknown;
}

const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;
/** Clocks of vendors round to the minute. */
const TOUCH_MS = 60_000;

/** An earlier try of the same call has logged it. */
export function isSameEntry(one: Entry, other: Entry): boolean {
	return (
		one.startMs !== null &&
		one.startMs === other.startMs &&
		one.member === other.member &&
		one.chargedTo === other.chargedTo &&
		one.notes === other.notes &&
		Math.abs(hoursOf(one) - hoursOf(other)) < 0.01
	);
}

function hoursOf({ hours, startMs, endMs }: Entry): number {
	if (startMs !== null && endMs !== null) return (endMs - startMs) / HOUR_MS;
	return hours ?? 0;
}

/** @param existing  those that are there already */
export function checkEntries(entries: readonly Entry[], existing: readonly Entry[], zone: string): { faults: Fault[] } {
	const faults: Fault[] = [];
	const say = ({ index }: Entry, message: string) => faults.push({ path: `entries[${index}]`, message });
	for (const entry of entries) {
		if (entry.notes === '') say(entry, 'has no notes: say what was done');
		const hours = hoursOf(entry);
		if (hours < 0 || (entry.hours !== null && entry.hours < 0)) say(entry, 'has negative hours');
		else if (hours === 0) say(entry, 'has no time: give a start, and an end or hours');
		else if (hours > DAY_HOURS) say(entry, `has ${Math.round(hours)} hours, more than a day`);
	}
	const others = existing.filter((other) => !entries.some((entry) => isSameEntry(entry, other)));
	for (const [at, entry] of entries.entries()) {
		for (const other of entries.slice(0, at))
			if (isOverlapping(entry, other)) say(entry, `overlaps entries[${other.index}]`);
		for (const other of others) if (isOverlapping(entry, other)) say(entry, `overlaps time entry ${String(other.id)}`);
	}
	faults.push(...fullDays(entries, others, zone));
	return { faults };
}

function isOverlapping(a: Entry, b: Entry): boolean {
	if (a.member !== b.member || a.startMs === null || b.startMs === null) return false;
	return Math.min(a.endMs ?? a.startMs, b.endMs ?? b.startMs) - Math.max(a.startMs, b.startMs) >= TOUCH_MS;
}

/** Days on which somebody would have worked more hours than a day has. */
function fullDays(entries: readonly Entry[], existing: readonly Entry[], zone: string): Fault[] {
	const days = new Map<string, { hours: number; last: Entry; day: string }>();
	for (const entry of [...existing, ...entries]) {
		const hours = hoursOf(entry);
		if (entry.startMs === null || hours <= 0 || hours > DAY_HOURS) continue;
		const day = isoDay(dayAt(zone, entry.startMs));
		const key = JSON.stringify([entry.member, day]);
		days.set(key, { hours: (days.get(key)?.hours ?? 0) + hours, last: entry, day });
	}
	return [...days.values()].flatMap(({ hours, last, day }) => {
		if (hours <= DAY_HOURS || last.index < 0) return [];
		const message = `makes ${Math.round(hours)} hours of ${last.memberName} on ${day}`;
		return [{ path: `entries[${last.index}]`, message }];
	});
}
