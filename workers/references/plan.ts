// Which references of a call go by name, and the question that finds each. Pure: nothing is sent here.
import type { Lookup } from '../compiler/format.ts';
import type { Integration, Operation } from '../compiler/operations.ts';
import type { Arguments } from '../compiler/validate.ts';
import { longestPlainPart, patternLiteral, stringLiteral } from '../filters/literals.ts';
import { withQuery } from '../upstream/query.ts';
import { fillTemplate } from '../upstream/template.ts';

/** A body field that names its record by text instead of by id. */
export interface NamedReference {
	field: string;
	text: string;
	/** `identifier` or `name` when the caller said which; any naming field otherwise. */
	key: string | null;
	lookup: Lookup;
}

/** The word for the account's own member. */
const ME = 'me';
/** Enough to find one among its like, few enough to be quick. */
export const PAGE_SIZE = 200;
const SMALL_TABLE_SIZE = 1_000;

export function namedReferences({ file }: Integration, operation: Operation, args: Arguments): NamedReference[] {
	const references = operation.resourceDocumentation.references ?? {};
	const found: NamedReference[] = [];
	for (const [field, place] of operation.places) {
		const value = args[field];
		const lookup = file.lookups?.[references[field] ?? ''];
		if (!place.isReference || !lookup || typeof value !== 'object' || value === null) continue;
		const { id, identifier, name } = value as { id?: unknown; identifier?: unknown; name?: unknown };
		if (id !== undefined) continue;
		const text = typeof identifier === 'string' ? identifier : typeof name === 'string' ? name : null;
		if (text !== null)
			found.push({ field, text: text.trim(), key: typeof identifier === 'string' ? 'identifier' : null, lookup });
	}
	return found;
}

/** The body fields that a reference cannot be looked up without. */
export function scopeFields({ scope, within }: Lookup): string[] {
	return [...Object.values(scope ?? {}), ...Object.values(within ?? {})];
}

/**
 * Where a reference is looked up: path and query below the base URL.
 *
 * @param ids  of the fields that scope the lookup; one that narrows (`within`) may be missing
 * @param isExact  ask for what equals the text alone, where too much comes near it
 * @returns null when there is nothing to ask, or the text cannot be asked for
 */
export function lookupPath(
	integration: Integration,
	reference: NamedReference,
	ids: Readonly<Record<string, number>>,
	isExact = false,
): string | null {
	const { lookup } = reference;
	const operation = integration.byResource.get(isMe(reference) ? `${lookup.me}.get` : `${lookup.resource}.list`);
	if (!operation) return null;
	if (isMe(reference)) return operation.fact.path;
	const path = fillTemplate(operation.fact.path, (name) => String(ids[lookup.scope?.[name] ?? ''] ?? ''));
	const query: [string, string][] = [];
	if (!lookup.is_small) {
		const conditions = lookupConditions(reference, ids, isExact);
		if (conditions === null) return null;
		query.push(['conditions', conditions]);
	}
	query.push(['fields', ['id', ...namingFields(lookup)].join(',')]);
	query.push(['pageSize', String(lookup.is_small ? SMALL_TABLE_SIZE : PAGE_SIZE)]);
	return withQuery(path, query);
}

/** What stands near the text as well as what equals it, so that one question also tells the nearest names. */
function lookupConditions(
	{ lookup, text, key }: NamedReference,
	ids: Readonly<Record<string, number>>,
	isExact: boolean,
): string | null {
	const near = (field: string, part: string) => (isExact ? exactly(field, part) : beginnings(field, part));
	const fields = key !== null && lookup.match.includes(key) ? [key] : lookup.match;
	const alternatives = fields.flatMap((field) => [...exactly(field, text), ...near(field, text)]);
	if (lookup.person && key === null) {
		const [first, last] = lookup.person;
		const words = text.split(/\s+/);
		const [given = '', family = ''] = [words[0], words.at(-1)];
		if (words.length === 1) alternatives.push(...near(first, given), ...near(last, given));
		else alternatives.push(...near(last, family));
	}
	const narrowed = Object.entries(lookup.within ?? {}).flatMap(([path, field]) =>
		ids[field] === undefined ? [] : [`${path} = ${ids[field]}`],
	);
	if (alternatives.length === 0) return null;
	return [...narrowed, `(${[...new Set(alternatives)].join(' or ')})`].join(' and ');
}

function exactly(field: string, text: string): string[] {
	const literal = stringLiteral(text);
	return literal ? [`${field} = ${literal}`] : [];
}

/** Of a misspelt name the beginnings of its words are most often right. */
const BEGINNING = 4;
const WORDS = 2;

/** How the longest words that can be asked for as they are begin. */
function beginnings(field: string, text: string): string[] {
	const words = longestPlainPart(text).split(/\s+/).filter(Boolean);
	return words
		.toSorted((a, b) => b.length - a.length)
		.slice(0, WORDS)
		.flatMap((word) => {
			const literal = patternLiteral(Array.from(word).slice(0, BEGINNING).join(''));
			return literal ? [`${field} contains ${literal}`] : [];
		});
}

/** Does it mean the account's own member? */
export function isMe({ lookup, text }: NamedReference): boolean {
	return lookup.me !== undefined && text.toLowerCase() === ME;
}

export function namingFields({ match, person }: Lookup): string[] {
	return [...new Set([...match, ...(person ?? [])])];
}

export interface Candidate {
	id: number;
	/** What a person calls it. */
	name: string;
	/** Every text that names it, and those that name the whole of it: a first name alone does not. */
	names: string[];
	wholeNames: string[];
}

/** @param records  of the lookup's answer; what is no record with an id is passed over */
export function candidatesOf({ lookup, key }: NamedReference, records: readonly unknown[]): Candidate[] {
	const { match } = lookup;
	const person: readonly string[] = lookup.person ?? [];
	// Who says `identifier` means no name that happens to read the same.
	const isKeyed = key !== null && match.includes(key);
	return records.flatMap((record) => {
		if (typeof record !== 'object' || record === null) return [];
		const { id, ...fields } = record as Record<string, unknown>;
		if (typeof id !== 'number') return [];
		const text = (field: string) => (typeof fields[field] === 'string' ? [fields[field] as string] : []);
		const fullName = person.flatMap(text).join(' ');
		const parts = isKeyed ? [] : person.flatMap(text);
		const whole = (isKeyed ? [key] : match.filter((field) => !person.includes(field))).flatMap(text);
		const wholeNames = isKeyed || fullName === '' ? whole : [...whole, fullName];
		const name = fullName || text('name')[0] || wholeNames[0] || String(id);
		return [{ id, name, names: [...wholeNames, ...parts], wholeNames }];
	});
}

/** The candidates that the text names, without regard to case. */
export function namedBy(text: string, candidates: readonly Candidate[]): Candidate[] {
	const wanted = text.toLowerCase();
	const isSaid = (name: string) => name.trim().toLowerCase() === wanted;
	const named = candidates.filter(({ names }) => names.some(isSaid));
	// A whole name is more than a part of one that it happens to equal.
	const whole = named.filter(({ wholeNames }) => wholeNames.some(isSaid));
	return whole.length > 0 ? whole : named;
}
