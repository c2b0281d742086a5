// Checks a call's arguments against the compiled schema: every fault at once, each with the way out.

import { type ArgumentPlace, type Arguments, isReference } from '../integration/arguments.ts';
import type { ArgumentSchema } from '../integration/format.ts';
import type { NamedFilter, Operation } from '../integration/operations.ts';
import { mapReferences } from '../integration/reference-places.ts';
import { type Fault, MAX_FAULTS } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { didYouMean } from '../lib/nearest.ts';
import { changesNothing, clearedFields, NOTHING_CHANGED, NOTHING_TO_CHANGE } from './cleared-fields.ts';
import { clip, describe, expected, referenceExample } from './fault-texts.ts';
import { readGivenArguments, readJsonText, writtenId } from './given-arguments.ts';
import { isPathSegment } from './path-segment.ts';
import { asHours, readSaidValue } from './said-values.ts';
import { suggestField, suggestName } from './suggest-name.ts';
import { type Datetimes, readDatetime, readDay } from './written-times.ts';

/** Deeper than any documented argument; keeps hostile nesting from the recursion. */
const MAX_DEPTH = 12;
/** Far more than any tool has. */
const MAX_ARGUMENTS = 1_000;
/** Longest made-up name in a fault, in characters. */
const MAX_PATH = 100;

/**
 * @returns the faults, and the arguments with datetimes normalized to `datetimeStyle`, whose `local` tells what its zone decided
 */
export function validateArguments(
	operation: Operation,
	args: unknown,
	style: Datetimes['style'],
	{ zone, local, nowMs }: Omit<Datetimes, 'style'> = { zone: 'UTC', local: {} },
): { faults: Fault[]; values: Arguments; notices: string[] } {
	const datetimeStyle: Datetimes = { style, zone, local, nowMs };
	const faults: Fault[] = [];
	const refused = (message: string) => ({ faults: [{ path: '', message }], values: {}, notices: [] });
	if (!isObject(args)) return refused(`arguments must be an object, got ${describe(args)}`);
	const count = Object.keys(args).length;
	if (count > MAX_ARGUMENTS) return refused(`${count} arguments are too many. Send the ones in the tool's schema.`);
	const read = readGivenArguments(operation, args);
	faults.push(...read.faults);
	const given = { ...read, args: withSetArguments(operation, read.args, faults) };
	const values: Arguments = {};
	let cleared: Arguments = {};
	for (const [name, value] of Object.entries(given.args)) {
		if (faults.length >= MAX_FAULTS) break;
		const place = operation.places.get(name);
		const namedFilter = operation.namedFilters.get(name);
		if (!place) {
			faults.push({ path: name, message: `unknown argument.${suggestName(name, operation, faults.length === 0)}` });
		} else if (place.in === 'clear') cleared = clearedFields(operation, value, given.args, faults);
		else if (place.additional) values[name] = checkFields(place, value, name, operation, faults, datetimeStyle);
		else if (operation.namedPaths.has(name) && isWords(value)) values[name] = value;
		else if (namedFilter && place.schema.type === 'integer') values[name] = checkId(namedFilter, value, name, faults);
		else if (namedFilter && !isNameText(value)) values[name] = checkNamedFilter(namedFilter, value, name, faults);
		else values[name] = checkPlace(place, value, name, faults, { datetimeStyle, depth: 0 });
	}
	for (const [name, value] of Object.entries(cleared))
		values[name] = isObject(value) ? { ...value, ...(values[name] as Arguments | undefined) } : value;
	for (const name of operation.required) {
		if (given.args[name] === undefined)
			faults.push({ path: name, message: `is required (${expected(operation.places.get(name)?.schema ?? {})})` });
	}
	// An update of nothing is sent, and told as one; one whose every change was dropped on the way is refused.
	const isIdle = faults.length === 0 && changesNothing(operation, values);
	if (isIdle && saysMore(operation, args)) faults.push(NOTHING_TO_CHANGE);
	return {
		faults: faults.map(({ path, message }) => ({ path: clip(path, MAX_PATH), message })),
		values,
		notices: isIdle ? [...given.notices, NOTHING_CHANGED] : given.notices,
	};
}

/** True for a call that names a field, or one to empty. */
function saysMore({ places }: Operation, args: Arguments): boolean {
	return Object.entries(args).some(([name, value]) => {
		const place = places.get(name);
		const isListed = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
		return place?.additional || place?.in === 'clear' ? isListed : place?.in === 'body';
	});
}

/** Adds what documentation or an overlay sets: defaults where the call says nothing, fixed values always. */
function withSetArguments({ documentation }: Operation, args: Arguments, faults: Fault[]): Arguments {
	const { defaults = {}, fixed = {} } = documentation;
	for (const name of Object.keys(fixed))
		if (args[name] !== undefined && args[name] !== null)
			faults.push({ path: name, message: 'is set by this installation: leave it out' });
	const isGiven = (name: string) => args[name] !== undefined && args[name] !== null && args[name] !== '';
	const missing = Object.entries(defaults).filter(([name]) => !isGiven(name));
	return { ...args, ...Object.fromEntries(missing), ...fixed };
}

/** One argument, or one field of `additional_fields`. */
function checkPlace(
	place: ArgumentPlace,
	given: unknown,
	path: string,
	faults: Fault[],
	context: Omit<Context, 'isReference'>,
): unknown {
	const bare = place.references?.find((reference) => reference.bare !== undefined)?.bare;
	if (bare !== undefined) return checkBare(place, bare, given, path, faults, context);
	const isTextId = place.in === 'path' && place.schema.type === 'string';
	const value = isWordList(place)
		? joinedWords(withReferences(place, given, path))
		: withReferences(place, given, path);
	const checked = check(place.schema, value, path, faults, { ...context, isReference: isReference(place) });
	checkReferences(place, value, path, faults);
	if (isTextId && typeof checked === 'string' && !isPathSegment(checked))
		faults.push({ path, message: `must be a plain id, got ${describe(checked)}` });
	// Vendors count records from 0 or 1.
	if (place.in === 'path' && typeof checked === 'number' && checked < 0)
		faults.push({ path, message: 'must not be negative' });
	return checked;
}

/** Does it choose fields or an order? Some clients make a list of what is a text with commas. */
function isWordList({ in: at, schema }: ArgumentPlace): boolean {
	return (at === 'query' || at === 'answer') && schema.type === 'string' && !schema.enum;
}

const WORD = /^[+-]?[\w/.*]{1,100}(?:[ :](?:asc|desc))?$/i;

function joinedWords(given: unknown): unknown {
	const value = typeof given === 'string' ? (readJsonText('array', given) ?? given) : given;
	const isList = Array.isArray(value) && value.every((word) => typeof word === 'string' && WORD.test(word.trim()));
	return isList ? value.map((word) => String(word).trim()).join(',') : given;
}

/** An id, or a name that stands for one until it is looked up. A name is never all digits where ids are numbers. */
function checkBare(
	{ schema }: ArgumentPlace,
	type: 'integer' | 'string',
	given: unknown,
	path: string,
	faults: Fault[],
	context: Omit<Context, 'isReference'>,
): unknown {
	const read = typeof given === 'string' ? (readJsonText('object', given) ?? given) : given;
	const said = isObject(read) ? (read.id ?? read.name ?? read) : read;
	const text = typeof said === 'number' ? String(said) : said;
	const checked = check(schema, text, path, faults, { ...context, isReference: false });
	return type === 'integer' && typeof checked === 'string' && /^\s*\d{1,15}\s*$/.test(checked)
		? Number(checked)
		: checked;
}

/** The fields of a record that are no arguments of their own, each as strictly as one that is. */
function checkFields(
	{ schema, additional }: ArgumentPlace,
	given: unknown,
	path: string,
	operation: Operation,
	faults: Fault[],
	datetimeStyle: Context['datetimeStyle'],
): unknown {
	const fields = typeof given === 'string' ? (readJsonText('object', given) ?? given) : given;
	return additional && isObject(fields)
		? checkAdditional(additional(), fields, path, operation, faults, datetimeStyle)
		: check(schema, fields, path, faults, { datetimeStyle, isReference: false, depth: 0 });
}

function checkAdditional(
	fields: ReadonlyMap<string, ArgumentPlace>,
	given: Arguments,
	path: string,
	operation: Operation,
	faults: Fault[],
	datetimeStyle: Datetimes,
): Arguments {
	const checked: Arguments = {};
	for (const [name, value] of Object.entries(given)) {
		if (faults.length >= MAX_FAULTS) break;
		const place = fields.get(name);
		const at = `${path}.${name}`;
		if (operation.places.get(name)?.in === 'body') {
			faults.push({ path: at, message: `is an argument of its own: give "${name}" beside ${path}` });
		} else if (!place) {
			faults.push({ path: at, message: suggestField(name, operation, fields.keys()) });
		} else checked[name] = checkPlace(place, value, at, faults, { datetimeStyle, depth: 1 });
	}
	return checked;
}

/** A text that is no JSON: the name of a record. */
function isNameText(value: unknown): boolean {
	return typeof value === 'string' && readJsonText('object', value) === undefined;
}

/** A record named by its id, or by one of its keys. */
function checkNamedFilter({ keys }: NamedFilter, given: unknown, path: string, faults: Fault[]): unknown {
	const read = typeof given === 'string' ? readJsonText('object', given) : given;
	const named = typeof read === 'number' ? { id: read } : read;
	const said = isObject(named) ? withoutEmptyKeys(named) : named;
	// A reference as a record shows it: its id names it.
	const value = isObject(said) && hasType('integer', said.id) ? { id: said.id } : said;
	const [entry, ...more] = isObject(value) ? Object.entries(value) : [];
	const [key = '', text] = entry ?? [];
	const isRight = key === 'id' ? hasType('integer', text) : typeof text === 'string';
	if (more.length === 0 && keys.includes(key) && isRight) return value;
	const several = Array.isArray(given) && given.length > 1 ? ': make one call for each' : '';
	const one = several === '' ? 'a name' : 'one name';
	faults.push({ path, message: `must be ${one} or ${referenceExample(keys)}, got ${describe(given)}${several}` });
	return value;
}

/** A filter that takes an id takes a name as well. */
function checkId(filter: NamedFilter, given: unknown, path: string, faults: Fault[]): unknown {
	if (isWords(given)) return { [filter.keys.includes('name') ? 'name' : (filter.keys[0] ?? 'id')]: given };
	const read = typeof given === 'string' ? readJsonText('integer', given) : given;
	return hasType('integer', read) ? read : checkNamedFilter(filter, read, path, faults);
}

function isWords(value: unknown): value is string {
	return typeof value === 'string' && /\p{L}/u.test(value) && !/^[[{"]/.test(value.trim());
}

/** A reference may be said shortly: an id, or a name. */
function withReferences({ references = [] }: ArgumentPlace, given: unknown, name: string): unknown {
	return references.reduce(
		(value, { steps, keys }) => mapReferences(value, steps, name, (reference) => asReference(keys, reference)),
		given,
	);
}

/** Clients with strict schemas send every key of a reference; those that say nothing go, and numbers may be texts. */
function withoutEmptyKeys(reference: Arguments): Arguments {
	const kept = Object.entries(reference).filter(([, value]) => value !== null && value !== '');
	return Object.fromEntries(
		kept.map(([key, value]) => [
			key,
			key === 'id' && typeof value === 'string' ? (readJsonText('integer', value) ?? value) : value,
		]),
	);
}

function asReference(keys: readonly string[], given: unknown): unknown {
	const value = typeof given === 'string' ? (readJsonText('object', given) ?? given) : given;
	if (isObject(value) && Object.keys(value).length > 0) return withoutEmptyKeys(value);
	if (typeof value === 'number') return { id: value };
	if (typeof value !== 'string' || value.trim() === '') return value;
	const id = writtenId(value);
	if (id !== null) return { id };
	return { [keys.includes('name') ? 'name' : 'identifier']: value };
}

const NO_RECORD = 'For no record leave it out, or in an update name it in clear';

function checkReferences({ references = [] }: ArgumentPlace, value: unknown, name: string, faults: Fault[]): void {
	for (const { steps, keys } of references)
		mapReferences(value, steps, name, (reference, path) => {
			if (isObject(reference) && Object.keys(reference).length === 0)
				faults.push({ path, message: `must name one record, e.g. ${referenceExample(keys)}` });
			else if (isObject(reference) && typeof reference.id === 'number' && reference.id < 1)
				faults.push({ path, message: `must name a record by an id from 1 on, got ${reference.id}. ${NO_RECORD}` });
			return reference;
		});
}

interface Context {
	datetimeStyle: Datetimes;
	isReference: boolean;
	depth: number;
}

/** Pushes faults; returns the value to send. */
function check(schema: ArgumentSchema, value: unknown, path: string, faults: Fault[], context: Context): unknown {
	if (context.depth > MAX_DEPTH) {
		faults.push({ path, message: 'is nested too deeply' });
		return value;
	}
	const read = readSaidValue(schema, value);
	if (read !== undefined && schema.type !== undefined && hasType(schema.type, read))
		return check(schema, read, path, faults, context);
	if (schema.type !== undefined && !hasType(schema.type, value)) {
		const hint = context.isReference ? `, e.g. ${referenceExample(Object.keys(schema.properties ?? {}))}` : '';
		faults.push({
			path,
			message: `must be ${expected(schema)}${hint}, got ${describe(value)}${asHours(schema, value)}`,
		});
		return value;
	}
	if (schema.enum && !schema.enum.includes(value as string)) {
		const names = schema.enum.map(String);
		faults.push({
			path,
			message: `must be one of ${names.join(', ')}; got ${describe(value)}.${didYouMean(String(value), names)}`,
		});
	}
	if (typeof value === 'string') return checkString(schema, value, path, faults, context);
	if (typeof value === 'number') checkNumber(schema, value, path, faults);
	if (Array.isArray(value)) {
		const items = schema.items ?? {};
		const within = { ...context, isReference: false, depth: context.depth + 1 };
		return value.map((item, index) =>
			faults.length < MAX_FAULTS ? check(items, item, `${path}[${index}]`, faults, within) : item,
		);
	}
	if (isObject(value)) return checkObject(schema, value, path, faults, context);
	return value;
}

function checkObject(
	schema: ArgumentSchema,
	value: Arguments,
	path: string,
	faults: Fault[],
	context: Context,
): Arguments {
	const { properties } = schema;
	const checked: Arguments = {};
	for (const [key, member] of Object.entries(value)) {
		if (faults.length >= MAX_FAULTS) break;
		const memberSchema = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
		if (properties && !memberSchema) {
			faults.push({
				path: `${path}.${key}`,
				message: `unknown key.${didYouMean(key, Object.keys(properties))} Known: ${Object.keys(properties).join(', ')}`,
			});
			continue;
		}
		// A client with strict schemas sends every key; of an open object null may mean something.
		if (member === null && memberSchema?.type !== undefined) continue;
		checked[key] = check(memberSchema ?? {}, member, `${path}.${key}`, faults, {
			...context,
			isReference: false,
			depth: context.depth + 1,
		});
	}
	for (const key of schema.required ?? []) {
		if (value[key] === undefined || value[key] === null)
			faults.push({ path: `${path}.${key}`, message: 'is required' });
	}
	return checked;
}

function checkString(schema: ArgumentSchema, value: string, path: string, faults: Fault[], context: Context): string {
	// No URL can carry it: encodeURIComponent throws.
	if (!value.isWellFormed())
		faults.push({ path, message: 'holds half a character (a lone surrogate): send whole Unicode text' });
	if (schema.maxLength !== undefined && value.length > schema.maxLength) {
		faults.push({ path, message: `must have at most ${schema.maxLength} characters, got ${value.length}` });
	}
	if (schema.minLength !== undefined && value.length < schema.minLength) {
		faults.push({ path, message: `must have at least ${schema.minLength} characters` });
	}
	if (schema.format === 'date-time') return checkDatetime(value, path, faults, context.datetimeStyle);
	if (schema.format === 'date') {
		const day = readDay(value, context.datetimeStyle);
		if ('value' in day) return day.value;
		faults.push({ path, message: `${day.fault}, got ${describe(value)}` });
	}
	return value;
}

function checkDatetime(value: string, path: string, faults: Fault[], datetimes: Datetimes): string {
	const read = readDatetime(value, path, datetimes);
	if ('value' in read) return read.value;
	faults.push({ path, message: `${read.fault}; got ${describe(value)}` });
	return value;
}

function checkNumber(schema: ArgumentSchema, value: number, path: string, faults: Fault[]): void {
	if (schema.minimum !== undefined && value < schema.minimum)
		faults.push({ path, message: `must be at least ${schema.minimum}, got ${value}` });
	if (schema.maximum !== undefined && value > schema.maximum)
		faults.push({ path, message: `must be at most ${schema.maximum}, got ${value}` });
}

function hasType(type: NonNullable<ArgumentSchema['type']>, value: unknown): boolean {
	switch (type) {
		case 'integer':
			return Number.isSafeInteger(value);
		case 'number':
			return typeof value === 'number' && Number.isFinite(value);
		case 'array':
			return Array.isArray(value);
		case 'object':
			return isObject(value);
		default:
			return typeof value === type;
	}
}
