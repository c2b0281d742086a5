// Filter arguments of a list → the vendor's filter language, right by construction.
import type { FilterFact } from '../integration/format.ts';
import type { NamedFilter } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { isNobodyWord } from '../lib/said-words.ts';
import type { Bound } from './intervals.ts';
import { datetimeLiteral, listedComparisons, longestPlainPart, patternLiteral, stringLiteral } from './literals.ts';
import { readFieldTime, type TimeReading } from './read-time.ts';

/** A text that the vendor can only be asked for in part: the records are compared with the whole of it on our side. */
export interface ExactMatch {
	text: string;
	/** One that matches is enough. */
	any: readonly { path: string; how: Comparison }[];
	/** The vendor was asked exactly: records that show all of the fields are compared once more. */
	isShownOnly?: true;
}

/** `whole`: equal. `listed`: equal to one of those between commas. `digits`: the same digits in a row. */
type Comparison = 'whole' | 'part' | 'listed' | 'digits';

export interface CompiledFilters {
	/** Conditions by the query parameter that takes them, to be joined by AND. */
	conditions: Map<string, string[]>;
	exact: ExactMatch[];
	/** The times that were asked for. */
	bounds: Bound[];
	faults: Fault[];
}

/** Characters of a name, at most: more than any of the vendor's. Someone who pastes a page gets an error. */
export const MAX_TEXT = 250;
const MAX_LIST = 200;

/**
 * @param values     arguments of a call, of the right types
 * @param times      what relative times (`7d`, `today`) are counted from, and the fields that hold days
 * @param parameter  query parameter of a filter that names none
 * @param named      the filters that may say a record by its key, as `{ id }`, `{ identifier }` or `{ name }`
 */
export function compileFilters(
	filters: Readonly<Record<string, FilterFact>>,
	values: Readonly<Record<string, unknown>>,
	times: TimeReading,
	parameter: string,
	named: ReadonlyMap<string, NamedFilter> = new Map(),
): CompiledFilters {
	const compiled: CompiledFilters = { conditions: new Map(), exact: [], bounds: [], faults: [] };
	for (const [name, filter] of Object.entries(filters)) {
		const value = textInLists(filter, values[name]);
		if (value === undefined) continue;
		const reference = typeof value === 'object' ? named.get(name) : undefined;
		const condition = isNobody(named.get(name), value)
			? compileNobody(filter)
			: reference
				? compileRecord(reference, value as object)
				: compileFilter(filter, value, times);
		if ('fault' in condition) {
			compiled.faults.push({ path: name, message: condition.fault });
			continue;
		}
		const into = filter.in ?? parameter;
		// The vendor wants all of them in one element of an array, which no e-mail address and phone number share.
		if (into !== parameter && compiled.conditions.has(into) && filter.field && isTextual(filter)) {
			if (reference) {
				compiled.faults.push({ path: name, message: 'must be a text where another filter looks into a list as well' });
				continue;
			}
			const any = [{ path: filter.field, how: comparisonOf(filter) }];
			const text = filter.kind === 'digits' ? significantDigits(String(value)) : String(value).trim();
			compiled.exact.push({ text, any });
			continue;
		}
		compiled.conditions.set(into, [...(compiled.conditions.get(into) ?? []), condition.text]);
		if (condition.exact) compiled.exact.push(condition.exact);
		if (condition.bound) compiled.bounds.push({ ...condition.bound, path: name });
	}
	return compiled;
}

/** The text of `{ identifier }` and `{ name }`, where a field of lists holds such texts beside the reference. */
function textInLists({ any = [] }: FilterFact, value: unknown): unknown {
	if (!any.some(({ op }) => op === 'listed') || typeof value !== 'object' || value === null) return value;
	const [key, said] = Object.entries(value)[0] ?? [];
	return key === 'id' ? value : said;
}

type Condition = { text: string; exact?: ExactMatch; bound?: Omit<Bound, 'path'> } | { fault: string };

/** @param value  with one of the reference's keys */
function compileRecord({ path }: NamedFilter, value: object): Condition {
	const [key, said] = Object.entries(value)[0] ?? ['', ''];
	return key === 'id' ? { text: `${path}/id = ${said}` } : compileText(`${path}/${key}`, '=', String(said));
}

function compileFilter(filter: FilterFact, value: unknown, times: TimeReading): Condition {
	if (!filter.any) return compileField(filter, filter.field ?? '', value, times);
	const parts = filter.any.map((one) => compileField({ ...filter, ...one }, one.field, value, times));
	const fault = parts.find((part) => 'fault' in part);
	if (fault) return fault;
	const first = parts.find((part) => 'exact' in part && part.exact);
	const isListed = filter.any.some(({ op }) => op === 'listed');
	const text = first && 'exact' in first ? first.exact?.text : isListed ? String(value).trim() : undefined;
	const any = filter.any.map((one) => ({ path: one.field, how: comparisonOf({ ...filter, ...one }) }));
	const isAsked = first === undefined;
	return {
		text: `(${parts.map((part) => ('text' in part ? part.text : '')).join(' or ')})`,
		...(text === undefined ? {} : { exact: { text, any, ...(isAsked ? { isShownOnly: true as const } : {}) } }),
	};
}

function compileField(
	{ kind = 'text', op = '=', looks_ahead }: FilterFact,
	field: string,
	value: unknown,
	times: TimeReading,
): Condition {
	switch (kind) {
		case 'boolean':
		case 'integer':
			return { text: `${field} ${op} ${String(value)}` };
		case 'integers': {
			const list = value as number[];
			if (list.length === 0)
				return { fault: 'must not be empty, since all would be listed: give ids, or leave it out' };
			if (list.length > MAX_LIST) return { fault: `must have at most ${MAX_LIST} entries, got ${list.length}` };
			return { text: `${field} in (${list.join(', ')})` };
		}
		case 'time': {
			const said = String(value);
			const time = readFieldTime(said, field, times, {
				looksAhead: looks_ahead === true,
				isPast: looks_ahead !== true,
			});
			if ('fault' in time) return time;
			return { text: `${field} ${op} ${datetimeLiteral(time.iso)}`, bound: { ...time, field, op, said } };
		}
		case 'custom_field':
			return compileCustomField(value as Record<string, unknown>);
		case 'digits':
			return compileDigits(field, String(value));
		case 'record':
		case 'text':
			return op === 'listed' ? compileListed(field, String(value)) : compileText(field, op, String(value));
	}
}

/** `{ "Region": "West" }`: a caption and its value, which the vendor compares within one entry. */
function compileCustomField(value: Record<string, unknown>): Condition {
	const [entry, ...more] = Object.entries(value);
	if (!entry || more.length > 0) return { fault: 'must name one custom field, e.g. {"Region": "West"}' };
	const [caption, wanted] = entry;
	if (caption.trim() === '') return { fault: 'must name a custom field, e.g. {"Region": "West"}' };
	const named = stringLiteral(caption);
	const literal = typeof wanted === 'string' ? stringLiteral(wanted) : isPlainValue(wanted) ? String(wanted) : null;
	if (named === null || literal === null)
		return { fault: 'has a caption or a value that cannot be asked for: no lists, not both kinds of quotes' };
	return { text: `caption = ${named} and value = ${literal}` };
}

function isPlainValue(value: unknown): boolean {
	return value === null || typeof value === 'number' || typeof value === 'boolean';
}

function compileText(field: string, op: string, value: string): Condition {
	const text = value.trim();
	if (text === '') return { fault: 'must not be empty' };
	if (text.length > MAX_TEXT) return { fault: `must have at most ${MAX_TEXT} characters, got ${text.length}` };
	const literal = op === 'contains' || op === 'like' ? patternLiteral(text) : stringLiteral(text);
	if (literal !== null) return { text: `${field} ${op} ${literal}` };
	if (op !== '=' && op !== 'contains' && op !== 'like')
		return { fault: 'cannot be asked with both kinds of quotes in it' };
	// A text with both kinds of quotes cannot be written: ask for its longest part without any, compare the rest here.
	const plain = longestPlainPart(text).trim();
	const part = plain === '' ? null : patternLiteral(plain);
	if (part === null) return { fault: 'consists of quotation marks alone; use another filter' };
	return { text: `${field} contains ${part}`, exact: { text, any: [{ path: field, how: comparisonOf({ op }) }] } };
}

function compileListed(field: string, value: string): Condition {
	const comparisons = listedComparisons(field, value.trim());
	return comparisons ? { text: comparisons.join(' or ') } : compileText(field, 'contains', value);
}

function isNobody(reference: NamedFilter | undefined, value: unknown): boolean {
	return reference?.isPerson === true && typeof value === 'string' && isNobodyWord(value);
}

/** No record of the reference, and nothing in the fields that list names. */
function compileNobody({ field = '', any = [{ field }] }: FilterFact): Condition {
	const fields = any.map((one) => (one.field.includes('/') ? `${one.field.split('/')[0]}/id` : one.field));
	return { text: [...new Set(fields)].map((path) => `${path} = null`).join(' and ') };
}

/** Digits that are too few for a telephone number are looked for as they are. */
const NUMBER_DIGITS = 7;

/** A number is kept in any spelling: its digits with anything between them, compared on our side. */
function compileDigits(field: string, value: string): Condition {
	const digits = significantDigits(value);
	if (digits === '') return { fault: 'must hold digits' };
	if (digits.length < NUMBER_DIGITS) return compileText(field, 'contains', value.trim());
	return {
		text: `${field} like "*${[...digits].join('*')}*"`,
		exact: { text: digits, any: [{ path: field, how: 'digits' }] },
	};
}

/** `x12`, `ext. 12`: no part of the number that is kept. */
const EXTENSION = /\s?(?:x|ext|extension)[. ]{0,2}\d{1,6}\s?$/i;

/** Drops the country prefix: `+1 (813) 555-0142` and `8135550142` are the same, and so are 0044 20… and 020…. */
function significantDigits(value: string): string {
	const digits = value.replace(EXTENSION, '').replace(/\D/g, '');
	const isInternational = /^\s*(?:\+|00)/.test(value);
	if (/^1\d{10}$/.test(digits)) return digits.slice(1);
	return isInternational && digits.length > 9 ? digits.slice(-9) : digits.replace(/^0(?=\d{8})/, '');
}

function isTextual({ kind = 'text' }: FilterFact): boolean {
	return kind === 'text' || kind === 'digits';
}

/** A `like` whose text has no wildcards left means the whole value, as `=` does. */
function comparisonOf({ kind, op = '=' }: Pick<FilterFact, 'kind' | 'op'>): Comparison {
	if (kind === 'digits') return 'digits';
	if (op === 'listed') return 'listed';
	return op === 'contains' ? 'part' : 'whole';
}

/** Does a record pass what the vendor could not be asked? Compared as the vendor compares: without regard to case. */
export function matchesExactly(record: unknown, { text, any, isShownOnly }: ExactMatch): boolean {
	if (isShownOnly && !any.every(({ path }) => isShown(record, path))) return true;
	const wanted = text.toLowerCase();
	return any.some(({ path, how }) => textsAt(record, path.split('/')).some((found) => matches(found, wanted, how)));
}

/** @param found, wanted  in lower case */
function matches(found: string, wanted: string, how: Comparison): boolean {
	switch (how) {
		case 'whole':
			return found === wanted;
		case 'part':
			return found.includes(wanted);
		case 'listed':
			return found.split(',').some((one) => one.trim() === wanted);
		case 'digits':
			return found.replace(/\D/g, '').includes(wanted);
	}
}

/** Tells whether a record would show a field. An absent reference has no missing fields. */
function isShown(record: unknown, path: string): boolean {
	const [first = '', ...rest] = path.split('/');
	const value = valueAt(record, first);
	if (rest.length === 0) return typeof value === 'string';
	return value === undefined || typeof valueAt(value, rest.join('/')) === 'string';
}

/** The texts at a path, in lower case; inside an array those of every element. */
function textsAt(value: unknown, steps: readonly string[]): string[] {
	if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, steps));
	const [step, ...rest] = steps;
	if (step === undefined) return typeof value === 'string' ? [value.toLowerCase()] : [];
	return textsAt(valueAt(value, step), rest);
}

/** Joins what the caller wrote and what the filters made; the caller's own stands in parentheses, for its `or`. */
export function joinConditions(own: unknown, filters: readonly string[]): string | undefined {
	const written = typeof own === 'string' && own.trim() !== '' ? [filters.length > 0 ? `(${own})` : own] : [];
	const parts = [...written, ...filters];
	return parts.length > 0 ? parts.join(' and ') : undefined;
}
