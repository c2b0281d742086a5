// Arguments as real clients send them → as the schema has them: empty ones are not given, other spellings of an
// argument's name are read, and additions of clients are left out and reported.
import { type ArgumentPlace, type Arguments, CLEAR, isReference } from '../integration/arguments.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';

/**
 * Names that clients put among the arguments by themselves: n8n (sessionId, action, chatInput, toolCallId), OpenHands
 * (security_risk), Cline (task_progress), Gemini CLI (wait_for_previous), Cursor for tools without arguments
 * (random_string).
 */
const CLIENT_ARGUMENTS = new Set([
	'sessionId',
	'action',
	'chatInput',
	'toolCallId',
	'security_risk',
	'task_progress',
	'wait_for_previous',
	'random_string',
]);

export interface GivenArguments {
	args: Arguments;
	faults: Fault[];
	/** Sentences for the answer: what of the arguments was not used. */
	notices: string[];
}

export function readGivenArguments(operation: Operation, given: Arguments): GivenArguments {
	const faults: Fault[] = [];
	/** A map, in which a name like __proto__ is a name. */
	const named = new Map<string, unknown>();
	const put = (name: string, value: unknown) =>
		named.set(name, named.has(name) ? merged(named.get(name), value) : value);
	const ignored: string[] = [];
	for (const [name, value] of Object.entries(given)) {
		const meant = operation.places.has(name) ? null : otherSpelling(operation, name);
		if (meant === null) {
			if (!operation.places.has(name) && CLIENT_ARGUMENTS.has(name)) ignored.push(name);
			else put(name, value);
		} else {
			const { argument, key } = meant;
			if (isEmptyValue(value)) put(argument, value);
			else if (!isEmptyOrReference(given[argument]))
				faults.push({ path: name, message: `means the same as ${argument}: give one of them` });
			else put(argument, key === null ? asId(operation, argument, value) : { [key]: value });
		}
	}
	const { args, empty } = withoutEmpty(operation, named);
	// A field that `clear` names is emptied: to call it unchanged would be wrong.
	const cleared = JSON.stringify(args[CLEAR] ?? null);
	const unchanged = empty.filter((name) => !cleared.includes(`"${name}"`));
	return { args, faults, notices: [...toldIgnored(ignored), ...toldEmpty(operation, unchanged)] };
}

/**
 * For a tool that is no single operation: its arguments without those that the client added.
 *
 * @param own  names of the tool's arguments
 */
export function withoutAdditions(given: unknown, own: readonly string[] = []): { args: unknown; notices: string[] } {
	if (!isObject(given)) return { args: given, notices: [] };
	const ignored = Object.keys(given).filter((name) => CLIENT_ARGUMENTS.has(name) && !own.includes(name));
	if (ignored.length === 0) return { args: given, notices: [] };
	const kept = Object.entries(given).filter(([name]) => !ignored.includes(name));
	return { args: Object.fromEntries(kept), notices: toldIgnored(ignored) };
}

/** Digits alone are an id where the reference itself is named, as they are in a write. */
function asId({ namedFilters }: Operation, argument: string, value: unknown): unknown {
	const id = typeof value === 'string' ? writtenId(value) : null;
	return id !== null && namedFilters.get(argument)?.keys.includes('id') ? id : value;
}

/** @returns the id that a text of digits is, as people write it: `14059`, `#14059`; null for another text */
export function writtenId(text: string): number | null {
	return /^\s*#?\d{1,15}\s*$/.test(text) ? Number(text.replace('#', '')) : null;
}

/** Two keys of one reference may come as two arguments. What is empty displaces nothing. */
function merged(known: unknown, value: unknown): unknown {
	if (isEmptyOrReference(value) && known !== null) return known;
	return isObject(known) && isObject(value) ? { ...known, ...value } : value;
}

/**
 * `status/id`, `company/name` (`.` for `/` as well) for a reference or a filter on one, in a list the bare name of the
 * reference: `board` for `board_name`, and a name in the spelling of another language.
 */
function otherSpelling(operation: Operation, name: string): { argument: string; key: string | null } | null {
	const { places, namedFilters } = operation;
	const [, base = name, key = null] = /^([^/.]+)[/.](id|name|identifier)$/.exec(name) ?? [];
	const place = places.get(base);
	if (key !== null && place && isReference(place) && place.references?.[0]?.keys.includes(key))
		return { argument: base, key };
	for (const [argument, filter] of namedFilters)
		if (filter.path === base && (key === null || filter.keys.includes(key))) return { argument, key };
	const argument = respelt(operation, name) ?? byItsId(operation, name);
	return argument === null ? null : { argument, key: null };
}

/** `company_id` and `boardId` for a filter on the reference. */
function byItsId({ namedFilters }: Operation, name: string): string | null {
	const [, base] = /^(\w+?)(?:_id|Id)$/.exec(name) ?? [];
	const said = base === undefined ? null : plainName(base);
	const meant = [...namedFilters].find(([, { path, keys }]) => plainName(path) === said && keys.includes('id'));
	return meant?.[0] ?? null;
}

/**
 * `boardName` for `board_name`, `order_by` for `orderBy`; `ticket_id` for the `id` of a ticket's own tool, and `board` or
 * `board_name` for the `board_id` of a list below a board.
 */
function respelt({ places, singular }: Operation, name: string): string | null {
	const said = plainName(name);
	const meant = [...places.keys()].filter((one) => plainName(one) === said);
	// `contact_name` may be the contact, which lists ask for so, or the text `contactName` for somebody who is none.
	if (meant.some((one) => isBesideReference(places, one))) return null;
	if (meant.length === 1) return meant[0] ?? null;
	const parents = [...places].flatMap(([one, { in: at }]) =>
		at === 'path' && plainName(one) === `${said.replace(/name$/, '')}id` ? [one] : [],
	);
	if (parents.length === 1) return parents[0] ?? null;
	const longer = [...places].flatMap(([one, { in: at, schema }]) => {
		const ends = at === 'filter' ? FILTER_ENDS : at === 'body' && schema.type === 'boolean' ? FLAG_ENDS : [];
		return ends.some((end) => plainName(one) === `${said}${end}`) ? [one] : [];
	});
	// `vendor` for `vendor_name`, `name` for `name_contains`: an argument whose name only says more of the same.
	if (longer.length === 1 && longer[0] !== undefined) return longer[0];
	return places.get('id')?.in === 'path' && said === plainName(`${singular}_id`) ? 'id' : null;
}

function isBesideReference(places: Operation['places'], name: string): boolean {
	const place = /Name$/.test(name) ? places.get(name.slice(0, -'Name'.length)) : undefined;
	return place !== undefined && isReference(place);
}

/** Words behind the thing that a filter asks for, and behind what is true or false. */
const FILTER_ENDS = ['name', 'contains', 'number', 'address'];
const FLAG_ENDS = ['flag'];

/** Letters and digits of an argument's name. */
export function plainName(name: string): string {
	return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Leaves out what is not given, by where it would go. */
function withoutEmpty(operation: Operation, named: ReadonlyMap<string, unknown>): { args: Arguments; empty: string[] } {
	const kept: [string, unknown][] = [];
	const empty: string[] = [];
	for (const [name, value] of named) {
		const place = operation.places.get(name);
		if (!place || !isEmptyFor(place, value, operation.namedFilters.has(name)))
			kept.push([name, place?.additional ? withoutEmptyMembers(value, name, empty) : value]);
		// A list without ids would be everybody's: it is refused with the other filters.
		else if (place.in === 'filter' && place.schema.type === 'array' && value !== null) kept.push([name, []]);
		else if (value !== null || operation.kind === 'update') empty.push(name);
	}
	return { args: Object.fromEntries(kept), empty };
}

function isEmptyFor(place: ArgumentPlace, value: unknown, isNamed: boolean): boolean {
	if (value === null) return true;
	if (place.in === 'path' || place.in === 'file' || place.in === 'clear') return false;
	const isEmptyJson = typeof value === 'string' && place.schema.type !== 'string' && EMPTY_JSON.test(value);
	return isEmptyJson || isEmptyValue(value) || ((isNamed || isReference(place)) && isEmptyReference(value));
}

/** Argument kinds that take no text. */
const EMPTY_JSON = /^\s*(null|\[\s*\]|\{\s*\})\s*$/;

export function isEmptyValue(value: unknown): boolean {
	if (value === null || value === undefined || value === '') return true;
	if (Array.isArray(value)) return value.length === 0;
	return isObject(value) && Object.keys(value).length === 0;
}

const isEmptyOrReference = (value: unknown) => isEmptyValue(value) || isEmptyReference(value);

/** A reference whose keys are all null or empty. */
function isEmptyReference(value: unknown): boolean {
	return isObject(value) && Object.values(value).every((member) => member === null || member === '');
}

function withoutEmptyMembers(value: unknown, path: string, empty: string[]): unknown {
	if (!isObject(value)) return value;
	const kept = Object.entries(value).filter(([name, member]) => {
		const isGiven = !isEmptyValue(member) && !isEmptyReference(member);
		if (!isGiven) empty.push(`${path}.${name}`);
		return isGiven;
	});
	return Object.fromEntries(kept);
}

function toldIgnored(ignored: readonly string[]): string[] {
	return ignored.length > 0 ? [`Ignored, no arguments of this tool: ${ignored.join(', ')}.`] : [];
}

/** Names only a few: a client with strict schemas sends every argument that there is. */
const MAX_TOLD = 5;

function toldEmpty({ kind, places }: Operation, empty: readonly string[]): string[] {
	const isRead = kind === 'list' || kind === 'count';
	const isTold = (place: ArgumentPlace['in'] | undefined) =>
		isRead ? place !== 'page' : kind === 'update' && (place === 'body' || place === undefined);
	const told = empty.filter((name) => isTold(places.get(name)?.in));
	if (told.length === 0) return [];
	const more = told.length > MAX_TOLD ? ` and ${told.length - MAX_TOLD} more` : '';
	const names = `${told.slice(0, MAX_TOLD).join(', ')}${more}`;
	if (isRead) return [`Not used, since empty: ${names}.`];
	const way = places.has(CLEAR) ? ` To empty a field, name it in ${CLEAR}.` : '';
	return [`Unchanged, since no value was given: ${names}.${way}`];
}

/**
 * A text that holds JSON of the declared type: some clients turn every list, object, number and truth value into text.
 *
 * @returns undefined for any other text
 */
export function readJsonText(type: string | undefined, text: string): unknown {
	if (type === undefined || type === 'string' || text.length > MAX_JSON_TEXT) return undefined;
	const trimmed = text.trim();
	if (!JSON_START[type]?.test(trimmed)) return undefined;
	if (type === 'boolean') return trimmed.toLowerCase() === 'true';
	if (type === 'integer' || type === 'number') return Number(trimmed.replace('#', ''));
	try {
		return JSON.parse(trimmed);
	} catch {
		return undefined;
	}
}

const MAX_JSON_TEXT = 1_000_000;

const JSON_START: Record<string, RegExp> = {
	array: /^\[/,
	object: /^\{/,
	// "#14059" is how people write a ticket's number, "14059.0" how some languages write an integer.
	integer: /^(?:-?|#)\d{1,16}(?:\.0{1,6})?$/,
	number: /^[+-]?(?:\d{1,16}(?:\.\d{0,16})?|\.\d{1,16})(?:e[+-]?\d{1,2})?$/i,
	// "True" is how Python writes it.
	boolean: /^(?:true|false)$/i,
};
