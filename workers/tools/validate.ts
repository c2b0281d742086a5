// Checks a call's arguments against the compiled schema: every fault at once, each with the way out.

import { type ArgumentPlace, type Arguments, isReference } from '../integration/arguments.ts';
import type { ArgumentSchema } from '../integration/format.ts';
import type { NamedFilter, Operation } from '../integration/operations.ts';
import { mapReferences } from '../integration/reference-places.ts';
import type { Fault } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { type Datetimes, readDatetime, readDay } from './written-times.ts';

/** Deeper than any documented argument; keeps hostile nesting from the recursion. */
const MAX_DEPTH = 12;
/** A caller learns enough from these; a hostile one gets no more work out of us. */
const MAX_FAULTS = 50;
/** Of a name that the caller made up, in a fault. */
const MAX_PATH = 100;

/**
 * @returns the faults, and the arguments with datetimes normalized to `datetimeStyle`, whose `local` tells what its zone decided
 */
export function validateArguments(
	operation: Operation,
	args: unknown,
	style: Datetimes['style'],
	{ zone, local }: Omit<Datetimes, 'style'> = { zone: 'UTC', local: {} },
): { faults: Fault[]; values: Arguments } {
	const datetimeStyle: Datetimes = { style, zone, local };
	const faults: Fault[] = [];
	if (!isPlainObject(args)) {
		return { faults: [{ path: '', message: `arguments must be an object, got ${describe(args)}` }], values: {} };
	}
	const values: Arguments = {};
	for (const [name, given] of Object.entries(args)) {
		if (faults.length >= MAX_FAULTS) break;
		const place = operation.places.get(name);
		if (place?.additional && isPlainObject(given)) {
			values[name] = checkAdditional(place.additional(), given, name, operation, faults, datetimeStyle);
			continue;
		}
		const namedFilter = operation.namedFilters.get(name);
		if (namedFilter && typeof given !== 'string') {
			values[name] = checkNamedFilter(namedFilter, given, name, faults);
			continue;
		}
		const value = place ? withReferences(place, given, name) : given;
		if (!place) {
			faults.push({ path: name, message: `unknown argument.${meant(name, operation, faults.length === 0)}` });
		} else if (value === '' && (place.in === 'query' || place.in === 'page')) {
		} else if (value === null && operation.kind === 'update' && place.in === 'body') {
			values[name] = null;
		} else if (value === null && name === 'next_cursor' && place.in === 'page') {
			faults.push({
				path: name,
				message: 'is null after the last page: there is no more. Leave it out to start again',
			});
		} else {
			values[name] = check(place.schema, value, name, faults, {
				datetimeStyle,
				isReference: isReference(place),
				depth: 0,
			});
			checkReferences(place, value, name, faults);
			if (place.in === 'path' && place.schema.type === 'string' && typeof value === 'string')
				checkPathSegment(value, name, faults);
		}
	}
	for (const name of operation.required) {
		if (args[name] === undefined || (args[name] === '' && operation.places.get(name)?.in === 'query'))
			faults.push({ path: name, message: `is required (${expected(operation.places.get(name)?.schema ?? {})})` });
	}
	return { faults: faults.map(({ path, message }) => ({ path: clip(path, MAX_PATH), message })), values };
}

/** The fields of a record that are no arguments of their own, each as strictly as one that is. */
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
			faults.push({ path: at, message: `unknown field.${didYouMean(name, fields.keys())}` });
		} else if (value === null && operation.kind === 'update') checked[name] = null;
		else {
			const said = withReferences(place, value, at);
			const context = { datetimeStyle, isReference: isReference(place), depth: 1 };
			checked[name] = check(place.schema, said, at, faults, context);
		}
	}
	return checked;
}

/** What is no text names the record by its id, or says by which key. */
function checkNamedFilter({ keys }: NamedFilter, given: unknown, path: string, faults: Fault[]): unknown {
	const value = typeof given === 'number' ? { id: given } : given;
	const [entry, ...more] = isPlainObject(value) ? Object.entries(value) : [];
	const [key = '', said] = entry ?? [];
	const isRight = key === 'id' ? hasType('integer', said) : typeof said === 'string';
	if (more.length === 0 && keys.includes(key) && isRight) return value;
	faults.push({ path, message: `must be a name or ${referenceExample(keys)}, got ${describe(given)}` });
	return value;
}

/** A reference may be said shortly: an id, or a name. */
function withReferences({ references = [] }: ArgumentPlace, given: unknown, name: string): unknown {
	return references.reduce(
		(value, { steps, keys }) => mapReferences(value, steps, name, (reference) => asReference(keys, reference)),
		given,
	);
}

function asReference(keys: readonly string[], value: unknown): unknown {
	if (typeof value === 'number') return { id: value };
	if (typeof value !== 'string' || value.trim() === '') return value;
	if (/^\d{1,15}$/.test(value)) return { id: Number(value) };
	return { [keys.includes('name') ? 'name' : 'identifier']: value };
}

function checkReferences({ references = [] }: ArgumentPlace, value: unknown, name: string, faults: Fault[]): void {
	for (const { steps, keys } of references)
		mapReferences(value, steps, name, (reference, path) => {
			if (isPlainObject(reference) && Object.keys(reference).length === 0)
				faults.push({ path, message: `must name one record, e.g. ${referenceExample(keys)}` });
			return reference;
		});
}

/** The nearest argument, or all there are. */
function meant(name: string, { places }: Operation, isFirst: boolean): string {
	const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
	if (alias !== undefined && places.has(alias)) return ` Did you mean "${alias}"?`;
	for (const [container, { additional }] of places)
		if (additional?.().has(name)) return ` It is one of the record's other fields: give it inside ${container}`;
	const near = didYouMean(name, places.keys());
	// Once is enough for a call that gets many wrong.
	return near || (isFirst ? ` Known: ${Array.from(places.keys()).slice(0, 40).join(', ')}` : '');
}

/** What models know these by from elsewhere. */
const ALIASES: Record<string, string> = {
	page: 'next_cursor',
	cursor: 'next_cursor',
	offset: 'next_cursor',
	pageSize: 'limit',
	page_size: 'limit',
	per_page: 'limit',
	filter: 'conditions',
	query: 'conditions',
	sort: 'orderBy',
	order_by: 'orderBy',
};

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
	if (schema.type !== undefined && !hasType(schema.type, value)) {
		const hint = context.isReference ? `, e.g. ${referenceExample(Object.keys(schema.properties ?? {}))}` : '';
		faults.push({ path, message: `must be ${expected(schema)}${hint}, got ${describe(value)}` });
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
	if (isPlainObject(value)) return checkObject(schema, value, path, faults, context);
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
		checked[key] = check(memberSchema ?? {}, member, `${path}.${key}`, faults, {
			...context,
			isReference: false,
			depth: context.depth + 1,
		});
	}
	for (const key of schema.required ?? []) {
		if (value[key] === undefined) faults.push({ path: `${path}.${key}`, message: 'is required' });
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
		const day = readDay(value);
		if (day !== null) return day;
		faults.push({ path, message: `must be a date like 2026-04-01, got ${describe(value)}` });
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

/**
 * A string becomes one segment of the path. URL parsing resolves `.` and `..` even when percent-encoded, and `/`
 * would reach another endpoint with the account's credentials: such values are refused rather than escaped.
 */
function checkPathSegment(value: string, path: string, faults: Fault[]): void {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	if (value === '' || /^\.+$/.test(value) || /[/\\?#%\u0000-\u001f]/.test(value)) {
		faults.push({ path, message: `must be a plain id, got ${describe(value)}` });
	}
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
			return isPlainObject(value);
		default:
			return typeof value === type;
	}
}

function isPlainObject(value: unknown): value is Arguments {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expected(schema: ArgumentSchema): string {
	if (schema.format === 'date-time') return 'a datetime like 2026-04-01T09:00:00';
	switch (schema.type) {
		case 'integer':
			return 'an integer';
		case 'object':
			return 'an object';
		case 'array':
			return 'an array';
		case undefined:
			return 'a value';
		default:
			return `a ${schema.type}`;
	}
}

function referenceExample(keys: readonly string[]): string {
	return [
		keys.includes('id') ? '{"id": 1}' : '',
		keys.includes('identifier') ? '{"identifier": "…"}' : '',
		keys.includes('name') ? '{"name": "…"}' : '',
	]
		.filter(Boolean)
		.join(' or ');
}

/** The received value, short enough for a message. */
function describe(value: unknown): string {
	if (value === undefined) return 'nothing';
	// JSON has no Infinity, which 1e400 is read as.
	const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
	const kind =
		value === null
			? ''
			: Array.isArray(value)
				? 'the array '
				: typeof value === 'object'
					? 'the object '
					: `the ${typeof value} `;
	return kind + clip(text, 58);
}

function clip(text: string, length: number): string {
	return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
