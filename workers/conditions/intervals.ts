// Intervals that can hold nothing: a question with one is refused, since its empty answer would look like a finding.
import type { Fault } from '../lib/errors.ts';
import type { Clock } from '../lib/time-zones.ts';
import { endOfPeriod, type ReadTime } from '../lib/times.ts';

/** One side of an interval: the field is compared with a time. */
export interface Bound extends ReadTime {
	/** The argument that says it. */
	path: string;
	field: string;
	op: string;
	/** The interval as the caller wrote it. */
	said: string;
}

/** @param bounds  that must all hold */
export function emptyIntervals(bounds: readonly Bound[], clock: Clock): Fault[] {
	const faults: Fault[] = [];
	for (const lower of bounds.filter(({ op }) => op.startsWith('>')))
		for (const upper of bounds.filter(({ op, field }) => op.startsWith('<') && field === lower.field)) {
			const isPoint = lower.iso === upper.iso && lower.op === '>=' && upper.op === '<=';
			if (lower.iso < upper.iso || isPoint) continue;
			const end = lower.iso === upper.iso ? endOfPeriod(lower.said, clock) : null;
			const way = end === null ? 'exchange them, or leave one out' : `for all of "${lower.said}" the end is "${end}"`;
			faults.push({
				path: upper.path,
				message: `ends the interval where it begins or before: from ${lower.iso} (${lower.path}) to ${upper.iso}. Nothing can lie there: ${way}`,
			});
		}
	return faults;
}
