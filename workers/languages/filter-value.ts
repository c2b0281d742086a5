// The value of a filter argument, for vendors that take plain values.
import { readFieldTime, type TimeReading } from '../conditions/read-time.ts';
import type { FilterFact, TimeFormat } from '../integration/format.ts';

const MAX_LIST = 200;
const MAX_TEXT = 250;

export type PlainValue = { value: unknown; isLocal: boolean } | { fault: string };

/**
 * @param value   checked, of the filter's type
 * @param format  how the vendor writes moments
 */
export function plainValue(
	filter: FilterFact,
	value: unknown,
	times: TimeReading,
	format: TimeFormat = 'iso',
): PlainValue {
	const { kind = 'text', field = '', looks_ahead } = filter;
	if (kind === 'time') {
		const time = readFieldTime(String(value), field, times, looks_ahead === true);
		return 'fault' in time ? time : { value: writtenTime(time.iso, format), isLocal: time.isLocal };
	}
	if (kind === 'integers') {
		const list = value as unknown[];
		if (list.length === 0) return { fault: 'must not be empty, since all would be listed: give ids, or leave it out' };
		if (list.length > MAX_LIST) return { fault: `must have at most ${MAX_LIST} entries, got ${list.length}` };
	}
	if (typeof value !== 'string') return { value, isLocal: false };
	const text = value.trim();
	if (text === '') return { fault: 'must not be empty' };
	if (text.length > MAX_TEXT) return { fault: `must have at most ${MAX_TEXT} characters, got ${text.length}` };
	return { value: text, isLocal: false };
}

/** @param iso  whole seconds in UTC */
function writtenTime(iso: string, format: TimeFormat): string | number {
	const [day = '', clock = ''] = iso.replace(/Z$/, '').split('T');
	switch (format) {
		case 'iso':
			return iso;
		case 'day':
			return day;
		case 'space':
			return `${day} ${clock}`;
		case 'space_minutes':
			return `${day} ${clock.slice(0, 5)}`;
		case 'epoch_seconds':
			return Math.floor(Date.parse(iso) / 1_000);
		case 'epoch_milliseconds':
			return Date.parse(iso);
	}
}
