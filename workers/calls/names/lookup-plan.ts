// Which references of a call go by name, and the question that finds each. Pure: nothing is sent here.

import { patternLiteral, stringLiteral } from '../../conditions/literals.ts';
import type { Arguments } from '../../integration/arguments.ts';
import type { Lookup } from '../../integration/format.ts';
import { placeholdersIn } from '../../integration/method-wire.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { mapReferences, type ReferencePlace, referenceKey } from '../../integration/reference-places.ts';
import { withQuery } from '../../lib/query-string.ts';
import { fillTemplate } from '../../lib/template.ts';

/** A reference of a body that names its record by text instead of by id. */
export interface NamedReference {
	argument: string;
	/** From the argument's value to the reference. */
	steps: readonly string[];
	/** The same as a path, e.g. `communicationItems[0].type`. */
	field: string;
	text: string;
	/** `identifier` or `name` when the caller said which; any naming field otherwise. */
	key: string | null;
	/** The lookup's name: what a person calls such a record. */
	name: string;
	lookup: Lookup;
	/** Scope → argument that says it here, where that is not the one of its name. */
	scopes: Readonly<Record<string, string>>;
}

/** The word for the account's own member. */
export const ME = 'me';
/** Enough to find one among its like, few enough to be quick. */
const PAGE_SIZE = 200;
const SMALL_TABLE_SIZE = 1_000;

export function pageSize({ is_small }: Lookup): number {
	return is_small ? SMALL_TABLE_SIZE : PAGE_SIZE;
}

export function namedReferences(integration: Integration, operation: Operation, args: Arguments): NamedReference[] {
	const found: NamedReference[] = [];
	for (const [argument, { references = [] }] of operation.places) {
		if (args[argument] === undefined) continue;
		for (const place of references) {
			const resolved = lookupOf(integration, operation, argument, place);
			if (!resolved) continue;
			mapReferences(args[argument], place.steps, argument, (value, field) => {
				const named = nameIn(value);
				if (named) found.push({ argument, steps: place.steps, field, ...named, ...resolved });
				return value;
			});
		}
	}
	return found;
}

/** The lookup of a field, by its kind or by what the documentation says instead; null when names go as they are. */
export function lookupOf(
	{ file, lookupOfKind }: Pick<Integration, 'file' | 'lookupOfKind'>,
	{ resourceDocumentation }: Operation,
	argument: string,
	place: ReferencePlace,
): Pick<NamedReference, 'name' | 'lookup' | 'scopes'> | null {
	const own = resourceDocumentation.references?.[referenceKey(argument, place)];
	if (typeof own === 'object' && 'no_lookup' in own) return null;
	const said = typeof own === 'string' ? own : own?.lookup;
	const name = said ?? (place.target === undefined ? undefined : lookupOfKind.get(place.target));
	const lookup = name === undefined ? undefined : file.lookups?.[name];
	return name !== undefined && lookup
		? { name, lookup, scopes: typeof own === 'object' && 'scope' in own ? own.scope : {} }
		: null;
}

function nameIn(value: unknown): Pick<NamedReference, 'text' | 'key'> | null {
	if (typeof value !== 'object' || value === null) return null;
	const { id, identifier, name } = value as { id?: unknown; identifier?: unknown; name?: unknown };
	if (id !== undefined) return null;
	const text = typeof identifier === 'string' ? identifier : typeof name === 'string' ? name : null;
	return text === null ? null : { text: text.trim(), key: typeof identifier === 'string' ? 'identifier' : null };
}

/** The scopes that a record cannot be looked up without. */
export function requiredScopes({ path }: Lookup): string[] {
	return placeholdersIn(path);
}

/** All scopes: also those that only narrow. */
export function scopesOf(lookup: Lookup): string[] {
	return [...requiredScopes(lookup), ...Object.values(lookup.within ?? {})];
}

/** The argument of the body that says a scope. */
export function scopeArgument({ scopes }: Pick<NamedReference, 'scopes'>, scope: string): string {
	return scopes[scope] ?? scope;
}

/**
 * Where a reference is looked up: path and query below the base URL.
 *
 * @param ids  of the scopes that are known
 * @param isExact  ask for what equals the text alone, where too much comes near it
 * @returns null when the text cannot be asked for
 */
export function lookupPath(
	reference: NamedReference,
	ids: Readonly<Record<string, number>>,
	isExact = false,
): string | null {
	const { lookup } = reference;
	const path = fillTemplate(lookup.path, (scope) => String(ids[scope] ?? ''));
	const query: [string, string][] = [];
	if (!lookup.is_small || isExact) {
		const conditions = lookupConditions(reference, ids, isExact);
		if (conditions === null) return null;
		query.push(['conditions', conditions]);
	}
	query.push(['fields', ['id', ...namingFields(lookup)].join(',')]);
	query.push(['pageSize', String(pageSize(lookup))]);
	return withQuery(path, query);
}

/** What stands near the text as well as what equals it, so that one question also tells the nearest names. */
function lookupConditions(
	{ lookup, text }: NamedReference,
	ids: Readonly<Record<string, number>>,
	isExact: boolean,
): string | null {
	const near = (field: string, part: string) => (isExact ? exactly(field, part) : beginnings(field, part));
	const alternatives = lookup.match.flatMap((field) => [...exactly(field, text), ...near(field, text)]);
	if (lookup.person) {
		const [first, last] = lookup.person;
		const words = text.split(/\s+/);
		const [given = '', family = ''] = [words[0], words.at(-1)];
		if (words.length === 1) alternatives.push(...near(first, given), ...near(last, given));
		else alternatives.push(...(isExact ? wholeNames(lookup.person, words) : near(last, family)));
	}
	const narrowed = Object.entries(lookup.within ?? {}).flatMap(([path, scope]) =>
		ids[scope] === undefined ? [] : [`${path} = ${ids[scope]}`],
	);
	if (alternatives.length === 0) return null;
	return [...narrowed, `(${[...new Set(alternatives)].join(' or ')})`].join(' and ');
}

/** Most words of a name that are tried at every place where the last name may begin. */
const MAX_NAME_WORDS = 8;

/** "Jan van der Berg" says nowhere where the last name begins: every way to read it. */
function wholeNames([first, last]: readonly [string, string], words: readonly string[]): string[] {
	return words.slice(1, MAX_NAME_WORDS).flatMap((_, index) => {
		const given = exactly(first, words.slice(0, index + 1).join(' '))[0];
		const family = exactly(last, words.slice(index + 1).join(' '))[0];
		return given && family ? [`(${given} and ${family})`] : [];
	});
}

function exactly(field: string, text: string): string[] {
	const literal = stringLiteral(text);
	return literal ? [`${field} = ${literal}`] : [];
}

/** Of a misspelt name the beginnings of its words are most often right. */
const BEGINNING = 4;
const WORDS = 2;

/** The words that can be asked for as they are: without quotes of any kind, dashes and wildcards. */
function plainWords(text: string): string[] {
	return text
		.normalize('NFC')
		.split(/[\s"'\u2018-\u201f\u02bc\u2032\u2033`\u00b4\u2010-\u2015\\[\]*%_-]+/u)
		.filter(Boolean);
}

/** How the longest words that can be asked for as they are begin. */
function beginnings(field: string, text: string): string[] {
	return plainBeginnings(text).flatMap((part) => {
		const literal = patternLiteral(part);
		return literal ? [`${field} contains ${literal}`] : [];
	});
}

export function plainBeginnings(text: string): string[] {
	return plainWords(text)
		.toSorted((a, b) => b.length - a.length)
		.slice(0, WORDS)
		.map((word) => {
			// An accent may be kept composed or not, and a person may leave it out: what stands before it is asked for.
			const plain = /^[\x20-\x7e]{2,}/.exec(word)?.[0] ?? word;
			return Array.from(plain).slice(0, BEGINNING).join('');
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
	/** What the caller's key holds, where one was said: it comes before the others. */
	keyed: string[];
}

/** @param records  of the lookup's answer; what is no record with an id is passed over */
export function candidatesOf(
	{ lookup, key }: Pick<NamedReference, 'lookup' | 'key'>,
	records: readonly unknown[],
): Candidate[] {
	const { match } = lookup;
	const person: readonly string[] = lookup.person ?? [];
	return records.flatMap((record) => {
		if (typeof record !== 'object' || record === null) return [];
		const { id, ...fields } = record as Record<string, unknown>;
		if (typeof id !== 'number') return [];
		const text = (field: string) => (typeof fields[field] === 'string' ? [fields[field] as string] : []);
		const fullName = person.flatMap(text).join(' ');
		const parts = person.flatMap(text);
		const whole = match.filter((field) => !person.includes(field)).flatMap(text);
		const wholeNames = fullName === '' ? whole : [...whole, fullName];
		const keyed = key === null ? [] : text(key);
		const name = fullName || text('name')[0] || wholeNames[0] || String(id);
		return [{ id, name, names: [...wholeNames, ...parts], wholeNames, keyed }];
	});
}
