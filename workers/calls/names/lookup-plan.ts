// Plans lookups: which references of a call are given by name, and the question that finds each. Pure: nothing is sent
// here.

import type { ArgumentPlace, Arguments } from '../../integration/arguments.ts';
import type { IntegrationFile, Lookup } from '../../integration/format.ts';
import { placeholdersIn } from '../../integration/method-wire.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { isTextId, mapReferences, type ReferencePlace, referenceKey } from '../../integration/reference-places.ts';
import { languageOf, lookupQuestion } from '../../languages/language.ts';
import { type Asked, askedAt, type Question, type RecordId } from '../../languages/lookup-question.ts';
import { plainPersonName } from '../../languages/name-parts.ts';
import { valueAt, withValueAt } from '../../lib/json-path.ts';
import { isMeWord } from '../../lib/said-words.ts';
import { fillTemplate } from '../../lib/template.ts';
import { liftedRecord } from '../../vendor/answer-shape.ts';

/** A reference of a body that names its record by text instead of by id. */
export interface NamedReference {
	argument: string;
	/** Path from the argument's value to the reference. */
	steps: readonly string[];
	/** The same as a path, e.g. `communicationItems[0].type`. */
	field: string;
	text: string;
	/** `identifier` or `name` when the caller said which; any naming field otherwise. */
	key: string | null;
	/** The value is the id itself, not an object with one. */
	isBare: boolean;
	/** Type of the id. */
	idType?: 'integer' | 'string';
	/** The lookup's name: what a person calls such a record. */
	name: string;
	lookup: Lookup;
	/** Scope → argument that says it here, where that is not the one of its name. */
	scopes: Readonly<Record<string, string>>;
}

/** The word for the account's own member. */
export const ME = 'me';
/** @param places  of the arguments to look into */
export function namedReferences(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	places: readonly ArgumentPlace['in'][] = ['body'],
): NamedReference[] {
	const found: NamedReference[] = [];
	for (const [argument, { in: at, references = [] }] of operation.places) {
		if (args[argument] === undefined || !places.includes(at)) continue;
		for (const place of references) {
			const resolved = lookupOf(integration, operation, argument, place);
			if (!resolved) continue;
			mapReferences(args[argument], place.steps, argument, (value, field) => {
				const isBare = place.bare !== undefined;
				const named = isBare ? bareName(value, resolved.lookup) : nameIn(value);
				const idType = place.bare ?? integration.file.id_type;
				if (named) found.push({ argument, steps: place.steps, field, isBare, idType, ...named, ...resolved });
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

/** Ids were read as such when the argument was checked: a text is a name. */
function bareName(value: unknown, lookup: Lookup): Pick<NamedReference, 'text' | 'key'> | null {
	return typeof value === 'string' && !isTextId(value, lookup) ? { text: value.trim(), key: null } : null;
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
 * Returns the question that looks a reference up.
 *
 * @param ids  of the scopes that are known
 * @param how  `isExact`: ask for what equals the text alone, where too much comes near it; `isUnaccented`: ask for names
 *   with accents, where the text has none
 * @returns null when the text cannot be asked for
 */
export function lookupRequest(
	file: IntegrationFile,
	{ lookup, text }: Pick<NamedReference, 'lookup' | 'text'>,
	ids: Readonly<Record<string, RecordId>>,
	how: { isExact?: boolean; isUnaccented?: boolean; withZone?: boolean } = {},
): Asked | null {
	const path = fillTemplate(lookup.path, (scope) => encodeURIComponent(String(ids[scope] ?? '')));
	const question = lookupQuestion(file, { lookup, text: lookedUpText(lookup, text), ids, isExact: false, ...how });
	return question && askedAt(path, withBody(question, lookup));
}

/** The text that a lookup asks for. */
function lookedUpText({ person }: Lookup, text: string): string {
	return person ? plainPersonName(text) : text;
}

/** Adds what the lookup's question has in its body besides. */
function withBody(question: Question, { body: constants = {} }: Lookup): Question {
	const entries = Object.entries(constants);
	if (entries.length === 0) return question;
	let { body = {} } = question;
	for (const [at, value] of entries) body = withValueAt(body, at.split('/'), value);
	return { ...question, body };
}

/** Returns the question for the record of an id; null where the vendor cannot be asked for it. */
export function requestById(file: IntegrationFile, lookup: Lookup, id: RecordId, withZone = false): Asked | null {
	if (lookup.by_id !== undefined) return { path: fillTemplate(lookup.by_id, () => encodeURIComponent(String(id))) };
	const { byId } = languageOf(file);
	return file.filters && byId ? askedAt(lookup.path, byId(lookup, id, withZone)) : null;
}

/** Reads the records of an answer to `requestById`, one at most; null where it is none. */
export function recordsById(file: IntegrationFile, lookup: Lookup, body: unknown): unknown[] | null {
	if (lookup.by_id === undefined) return lookedUp(file, lookup, body);
	const record = ownRecord(file, lookup, body);
	return record === null ? null : [record];
}

/** The record of a lookup's answer by an address of its own; null where it is none. */
export function ownRecord(file: IntegrationFile, { record_path }: Lookup, body: unknown): unknown {
	const found = valueAt(body, record_path ?? file.record_path ?? '');
	return typeof found === 'object' && found !== null ? liftedRecord(found, file.lift) : null;
}

/** The records of a lookup's answer; null where it is none. */
export function lookedUp(file: IntegrationFile, lookup: Lookup, body: unknown): unknown[] | null {
	const { records_path = file.list.records_path, where, items_path } = lookup;
	const found = valueAt(body, records_path);
	if (!Array.isArray(found)) return null;
	const records = found.map((record) => liftedRecord(record, file.lift));
	const meant = where
		? records.filter((record) => Object.entries(where).every(([path, value]) => valueAt(record, path) === value))
		: records;
	if (items_path === undefined) return meant;
	return meant.flatMap((record) => {
		const items = valueAt(record, items_path);
		return Array.isArray(items) ? (items as unknown[]) : [];
	});
}

/** Does it mean the account's own member? */
export function isMe({ lookup, text }: NamedReference): boolean {
	return lookup.me !== undefined && isMeWord(text);
}

export interface Candidate {
	id: RecordId;
	/** The record's name as people say it. */
	name: string;
	/** Every text that names it, and those that name the whole of it: a first name alone does not. */
	names: string[];
	wholeNames: string[];
	/** Values of the key that the caller named, if any; they come before the others. */
	keyed: string[];
	/** The texts of the fields that it was looked up by. */
	texts: Readonly<Record<string, string>>;
}

/** @param records  of the lookup's answer; what is no record with an id is passed over */
export function candidatesOf(
	{ lookup, key, idType }: Pick<NamedReference, 'lookup' | 'key' | 'idType'>,
	records: readonly unknown[],
): Candidate[] {
	const { match } = lookup;
	const person: readonly string[] = lookup.person ?? [];
	return records.flatMap((record) => {
		if (typeof record !== 'object' || record === null) return [];
		const fields = record as Record<string, unknown>;
		const id = idIn(valueAt(fields, lookup.id ?? 'id'), idType);
		if (id === null) return [];
		const text = (field: string) => {
			const value = valueAt(fields, field);
			return typeof value === 'string' ? [value] : [];
		};
		const fullName = person.flatMap(text).join(' ');
		const parts = person.flatMap(text);
		const whole = match.filter((field) => !person.includes(field)).flatMap(text);
		const wholeNames = fullName === '' ? whole : [...whole, fullName];
		const keyed = key === null ? [] : text(key);
		const name = fullName || text('name')[0] || wholeNames[0] || String(id);
		const texts = Object.fromEntries(match.flatMap((field) => text(field).map((one) => [field, one])));
		return [{ id, name, names: [...wholeNames, ...parts], wholeNames, keyed, texts }];
	});
}

/** Picklists have numbers as texts, for fields that are numbers, and the other way round. */
function idIn(id: unknown, type: 'integer' | 'string' = 'integer'): RecordId | null {
	if (typeof id === 'number') return type === 'string' ? String(id) : id;
	if (typeof id !== 'string' || id === '') return null;
	return type === 'integer' && /^\d{1,15}$/.test(id) ? Number(id) : id;
}
