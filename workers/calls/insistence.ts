// Arguments with which a caller insists on a write that would otherwise be refused. They are Patchbay's own: refusals
// name them, schemas do not.
import type { Arguments } from '../integration/arguments.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';

/** The same write may be made once more. */
export const CONFIRM_REPEAT = 'confirm_repeat';
/** A value that nobody usually means is meant. */
export const CONFIRM_UNUSUAL = 'confirm_unusual';
/** A list may lose the entries that the call leaves out. */
export const CONFIRM_REPLACE = 'confirm_replace';

const NAMES = [CONFIRM_REPEAT, CONFIRM_UNUSUAL, CONFIRM_REPLACE] as const;

export interface Insistence {
	/** The other arguments. */
	args: unknown;
	confirmed: ReadonlySet<string>;
	faults: Fault[];
}

export function takeInsistence(operation: Operation, given: unknown): Insistence {
	const none = { args: given, confirmed: new Set<string>(), faults: [] };
	if (operation.readOnly || !isObject(given)) return none;
	const own = NAMES.filter((name) => Object.hasOwn(given, name) && !operation.places.has(name));
	if (own.length === 0) return none;
	const values = given as Record<string, unknown>;
	const isTrue = (name: string) => values[name] === true || values[name] === 'true';
	const isFalse = (name: string) => [false, 'false', null, ''].some((value) => value === values[name]);
	const wrong = own.filter((name) => !isTrue(name) && !isFalse(name));
	return {
		args: Object.fromEntries(Object.entries(values).filter(([name]) => !own.some((one) => one === name))),
		confirmed: new Set(own.filter(isTrue)),
		faults: wrong.map((path) => ({ path, message: 'must be true or false' })),
	};
}

/**
 * Values that are right in type, and that nobody usually means: 45 hours, a blank note, an end before its start.
 *
 * @param given  the arguments as the caller wrote them
 */
export function unusualFaults(
	{ readOnly, documentation, places }: Operation,
	args: Arguments,
	given: unknown = args,
): Fault[] {
	if (readOnly) return [];
	const fields = bodyFields(places, args);
	const blank = [...fields.values()].flatMap(({ value, path }) => (isBlank(value) ? [path] : []));
	const known = documentation.unusual ?? {};
	const unusual = Object.entries(known).flatMap(([name, limits]) => {
		const fault = saysNoTime(valueAt(given, name), limits) ?? unusualFault(args[name], limits, args);
		return fault === null ? [] : [{ path: name, message: `${fault}. ${limits.says} ${INSIST}` }];
	});
	const reversed = [...fields].flatMap(([name, { value, path }]) => {
		const start = earlierOf(name);
		const fault =
			start === null || known[name]?.after
				? null
				: unusualFault(value, { after: start, says: '' }, startOf(fields, start));
		return fault === null ? [] : [{ path, message: `${fault}. ${INSIST}` }];
	});
	return [...blank.map((path) => ({ path, message: `is blank. ${INSIST}` })), ...unusual, ...reversed];
}

type BodyFields = ReadonlyMap<string, { value: unknown; path: string }>;

/** The fields that a write sets, with those that are no arguments of their own. */
function bodyFields(places: Operation['places'], args: Arguments): BodyFields {
	const fields = new Map<string, { value: unknown; path: string }>();
	for (const [name, { in: at, additional }] of places) {
		const value = args[name];
		if (at !== 'body' || value === undefined || value === null) continue;
		if (!additional) fields.set(name, { value, path: name });
		else if (typeof value === 'object')
			for (const [field, member] of Object.entries(value))
				fields.set(field, { value: member, path: `${name}.${field}` });
	}
	return fields;
}

function isBlank(value: unknown): boolean {
	return typeof value === 'string' && value !== '' && value.trim() === '';
}

/** The field with which a stretch of time begins, by the name of the one with which it ends: `timeEnd` of `timeStart`. */
function earlierOf(name: string): string | null {
	const start = name.replace('End', 'Start').replace(/^end(?![a-z])/, 'start');
	return start === name ? null : start;
}

function startOf(fields: BodyFields, start: string): Arguments {
	return { [start]: fields.get(start)?.value };
}

const INSIST = `If it is meant, call again with ${CONFIRM_UNUSUAL}: true`;
const HOUR_MS = 3_600_000;

/** A day without a time is read as midnight, which is hardly ever when work begins. */
function saysNoTime(value: unknown, { time_of_day }: Limits): string | null {
	const isDay = typeof value === 'string' && /^\s*\d{4}-\d{1,2}-\d{1,2}\s*$/.test(value);
	return time_of_day && isDay ? 'is a day without a time' : null;
}

type Limits = NonNullable<Operation['documentation']['unusual']>[string];

function unusualFault(value: unknown, { min, max, after, within_hours }: Limits, args: Arguments): string | null {
	if (typeof value === 'number') {
		if (min !== undefined && value < min) return `is ${value}, less than ${min}`;
		return max !== undefined && value > max ? `is ${value}, more than ${max}` : null;
	}
	const start = after === undefined ? undefined : args[after];
	if (typeof value !== 'string' || typeof start !== 'string') return null;
	const hours = (Date.parse(value) - Date.parse(start)) / HOUR_MS;
	if (hours < 0) return `lies before ${after}`;
	return within_hours !== undefined && hours > within_hours ? `lies ${Math.round(hours)} hours after ${after}` : null;
}
