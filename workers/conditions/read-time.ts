// A time that a field is compared with → what the vendor is asked, whether it is an argument or stands in conditions.
import type { Clock } from '../lib/time-zones.ts';
import { isBareAge, parseDay, parseTime, type ReadTime } from '../lib/times.ts';

export interface TimeReading {
	clock: Clock;
	/** Fields that hold days: the vendor keeps them as midnight UTC. */
	dayFields: ReadonlySet<string>;
}

/**
 * @param looksAhead  an age without a sign could mean two things
 * @param isPast      what is asked about has happened, so that a weekday is the last one
 */
export function readFieldTime(
	text: string,
	field: string,
	{ clock, dayFields }: TimeReading,
	{ looksAhead, isPast }: { looksAhead: boolean; isPast: boolean },
): ReadTime | { fault: string } {
	const age = text.trim();
	if (looksAhead && isBareAge(age))
		return { fault: `could mean two things with ${age}: say +${age} for ahead, or -${age} for ago` };
	return dayFields.has(field) ? parseDay(text, clock, isPast) : parseTime(text, clock, isPast);
}
