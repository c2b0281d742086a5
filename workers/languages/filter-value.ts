// The filters of a call, for vendors that take plain values.
import { readFieldTime, type TimeReading } from '../conditions/read-time.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { FilterFact, TimeFormat } from '../integration/format.ts';
import { IN_HEADER } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import type { Clock } from '../lib/time-zones.ts';

const MAX_LIST = 200;
const MAX_TEXT = 250;

export interface ReadFilters {
	/** Those that the vendor's language says, with their values. */
	said: { name: string; filter: FilterFact; value: unknown }[];
	/** Those with a parameter or a header of their own, by its name. */
	sent: Record<string, string>;
	isLocal: boolean;
	faults: Fault[];
}

/** @param isOwn  every filter has a parameter of its own, its name where it names none */
export function readFilters(
	{ documentation: { filters = {} }, dayFields }: Operation,
	args: Arguments,
	clock: Clock,
	{ format, isOwn = false }: { format: TimeFormat | undefined; isOwn?: boolean },
): ReadFilters {
	const read: ReadFilters = { said: [], sent: {}, isLocal: false, faults: [] };
	for (const [name, filter] of Object.entries(filters)) {
		const given = args[name];
		if (given === undefined) continue;
		const plain = plainValue(filter, given, { clock, dayFields }, filter.in?.startsWith(IN_HEADER) ? 'iso' : format);
		if ('fault' in plain) {
			read.faults.push({ path: name, message: plain.fault });
			continue;
		}
		const { value } = plain;
		read.isLocal ||= plain.isLocal;
		const parameter = filter.in ?? (isOwn ? name : undefined);
		const isHeader = parameter?.startsWith(IN_HEADER);
		if (isHeader && !/^[\x20-\x7e]*$/.test(String(value)))
			read.faults.push({ path: name, message: 'must be plain ASCII, since it goes in a header' });
		else if (parameter === undefined) read.said.push({ name, filter, value });
		else read.sent[parameter] = Array.isArray(value) ? value.join(',') : String(value);
	}
	return read;
}

type PlainValue = { value: unknown; isLocal: boolean } | { fault: string };

/**
 * @param value   checked, of the filter's type
 * @param format  how the vendor writes moments
 */
function plainValue(filter: FilterFact, value: unknown, times: TimeReading, format: TimeFormat = 'iso'): PlainValue {
	const { kind = 'text', field = '', looks_ahead } = filter;
	if (kind === 'time') {
		const time = readFieldTime(String(value), field, times, {
			looksAhead: looks_ahead === true,
			isPast: looks_ahead !== true,
		});
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
