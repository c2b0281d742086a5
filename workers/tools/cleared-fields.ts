// `clear`: the fields that an update is to empty.
import { type ArgumentPlace, type Arguments, CLEAR } from '../integration/arguments.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { clip, describe } from './fault-texts.ts';
import { plainName, readJsonText } from './given-arguments.ts';

const MAX_CLEARED = 50;

/** The fields to empty, each as null; those that are no arguments of their own below `additional_fields`. */
export function clearedFields({ places }: Operation, given: unknown, args: Arguments, faults: Fault[]): Arguments {
	const names = typeof given === 'string' ? (readJsonText('array', given) ?? given.split(',')) : given;
	if (!Array.isArray(names)) {
		faults.push({ path: CLEAR, message: `must be an array of field names, got ${describe(given)}` });
		return {};
	}
	const cleared: Arguments = {};
	const [container, additional] = additionalOf(places);
	const known = [...places].flatMap(([one, { in: where }]) => (where === 'body' ? [one] : []));
	const spelt = spellings([...known, ...(additional?.keys() ?? [])]);
	for (const [index, name] of names.slice(0, MAX_CLEARED).entries()) {
		if (name === null || name === '') continue;
		const said = typeof name === 'string' ? name.trim() : describe(name);
		const field = spelt.get(spellingOf(said)) ?? said;
		const own = places.get(field)?.in === 'body' ? places.get(field) : undefined;
		const place = own ?? additional?.get(field);
		const path = `${CLEAR}[${index}]`;
		if (!place || place.additional) {
			faults.push({ path, message: `"${clip(field, 60)}" is no field of this record.${didYouMean(field, known)}` });
		} else if (place.kept) faults.push({ path, message: `${field} ${place.kept}` });
		else if (args[field] !== undefined)
			faults.push({ path, message: `${field} is set in the same call: do one of both` });
		else if (own) cleared[field] = null;
		else if (container) cleared[container] = { ...(cleared[container] as Arguments | undefined), [field]: null };
	}
	return cleared;
}

/** `Required Date`, `required_date`, `owner/id`, `additional_fields.poNumber`: how else a field may be written. */
function spellingOf(name: string): string {
	const field = name.replace(/^additional_fields[./]/, '').replace(/[/.](?:id|name|identifier)$/, '');
	return plainName(field);
}

function spellings(fields: readonly string[]): Map<string, string> {
	return new Map(fields.toReversed().map((field) => [spellingOf(field), field]));
}

function additionalOf(places: Operation['places']): [string?, ReadonlyMap<string, ArgumentPlace>?] {
	for (const [name, { additional }] of places) if (additional) return [name, additional()];
	return [];
}

export const NOTHING_TO_CHANGE: Fault = {
	path: '',
	message: `change nothing: give a field to set, or name one to empty in ${CLEAR}`,
};

export const NOTHING_CHANGED = 'No field was given to set or to empty: nothing is changed.';

export function changesNothing({ kind, places }: Operation, values: Arguments): boolean {
	if (kind !== 'update') return false;
	const inBody = [...places].filter(([, place]) => place.in === 'body');
	const isSet = ([name, place]: [string, ArgumentPlace]) =>
		place.additional
			? Object.keys((values[name] as Arguments | undefined) ?? {}).length > 0
			: values[name] !== undefined;
	return inBody.length > 0 && !inBody.some(isSet);
}
