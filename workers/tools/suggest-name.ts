// The way out for an argument that does not exist: the nearest name, its opposite, or where the field belongs.
import type { Operation } from '../integration/operations.ts';
import { didYouMean } from '../lib/nearest.ts';
import { plainName } from './given-arguments.ts';

/** Opposite words, whose nearest spelling would mean the contrary. */
const OPPOSITES: readonly (readonly [string, string])[] = [
	['active', 'inactive'],
	['enabled', 'disabled'],
	['open', 'closed'],
	['paid', 'unpaid'],
	['posted', 'unposted'],
];

/** Names that models know from elsewhere. */
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

/** Says why a field is not set by a write, and what to do instead; for one of the record's other fields. */
export function suggestField(
	name: string,
	{ resourceDocumentation: { not_settable, also_called } }: Operation,
	known: Iterable<string>,
): string {
	const way = saidOf(not_settable, name, ENDS_OF_FLAGS);
	if (way !== undefined) return `cannot be set here. ${way}`;
	const instead = saidOf(also_called, name);
	return `unknown field.${instead === undefined ? didYouMean(name, known) : ` ${instead}`}`;
}

/** Says what to write instead of an unknown argument: the nearest one, or all there are. */
export function suggestName(
	name: string,
	{ readOnly, places, resourceDocumentation, recordFields, arrayFields }: Operation,
	isFirst: boolean,
): string {
	const { not_settable, also_called } = resourceDocumentation;
	const way = readOnly ? undefined : saidOf(not_settable, name, ENDS_OF_FLAGS);
	if (way !== undefined) return ` It cannot be set here. ${way}`;
	const instead = saidOf(also_called, name);
	if (instead !== undefined) return ` ${instead}`;
	const alias = saidOf(ALIASES, name);
	if (alias !== undefined && places.has(alias)) return ` Did you mean "${alias}"?`;
	const opposite = OPPOSITES.find((pair) => pair.includes(name))?.find((one) => one !== name);
	if (opposite !== undefined && places.has(opposite))
		return ` There is its opposite, "${opposite}": ${name} true is ${opposite} false`;
	for (const [container, { additional }] of places)
		if (additional?.().has(name)) return ` It is one of the record's other fields: give it inside ${container}`;
	const field = readOnly && places.has(CONDITIONS) ? [...recordFields].find((one) => isSameName(one, name)) : undefined;
	// Arrays are filtered in ways of their own.
	if (field !== undefined && !arrayFields.has(field))
		return ` It is a field of the records: ask for it in ${CONDITIONS}, as ${field}/name where it names another record`;
	const event = eventWords(name);
	const same = event?.filter((one) => places.has(one)) ?? [];
	// A record is created and updated at different times, though the names are near.
	const near = event
		? same.map((one) => ` Did you mean "${one}"?`).join('')
		: sameSide(name, places.keys()) || didYouMean(name, places.keys());
	// Once is enough for a call that gets many wrong.
	return near || (isFirst ? ` Known: ${Array.from(places.keys()).slice(0, 40).join(', ')}` : '');
}

/** `closed` is `closedFlag`. */
const ENDS_OF_FLAGS = ['', 'flag'];

/** The argument that takes the vendor's own filters. */
const CONDITIONS = 'conditions';

/** Finds what is said of a name, however it is spelt: `due_date` and `dueDate` are one. */
function saidOf(known: Readonly<Record<string, string>> = {}, name: string, ends: readonly string[] = ['']) {
	if (Object.hasOwn(known, name)) return known[name];
	return Object.entries(known).find(([one]) => ends.some((end) => isSameName(one, `${name}${end}`)))?.[1];
}

function isSameName(one: string, other: string): boolean {
	return plainName(one) === plainName(other);
}

const SIDE = /_(after|before)$/;

/** Words for one thing that happens to a record. */
const EVENTS: readonly (readonly string[])[] = [
	['created', 'entered', 'added', 'opened', 'logged', 'raised', 'reported'],
	['updated', 'modified', 'changed', 'edited', 'touched'],
];

/** `entered_after`, `added_after`, … for `created_after` and `createdSince`; null for the name of no such event. */
function eventWords(name: string): string[] | null {
	const [, said = '', side = ''] = /^([a-z]+?)_?(after|before|since|until|from|to)$/.exec(name.toLowerCase()) ?? [];
	const words = EVENTS.find((one) => one.includes(said));
	const end = side === 'before' || side === 'until' || side === 'to' ? 'before' : 'after';
	return words ? words.map((word) => `${word}_${end}`) : null;
}
/** Letters that two forms of a word share: closes, closed, close. */
const STEM_LENGTH = 4;

/** Names all times of a side that share a word: what closes is not what was closed, and the nearest spelling may be it. */
function sameSide(name: string, known: Iterable<string>): string {
	const side = SIDE.exec(name)?.[0];
	if (side === undefined) return '';
	const stems = name
		.replace(SIDE, '')
		.split('_')
		.filter((word) => word.length >= STEM_LENGTH);
	const isAkin = (word: string) => stems.some((stem) => word.startsWith(stem.slice(0, STEM_LENGTH)));
	const akin = [...known].filter((one) => one.endsWith(side) && one.replace(SIDE, '').split('_').some(isAkin));
	return akin.length > 1 ? ` Did you mean ${akin.map((one) => `"${one}"`).join(' or ')}?` : '';
}
