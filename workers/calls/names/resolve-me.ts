// `me` in filters and bodies: the member that the server acts for, else the owner of the account's keys where that is
// a person. An account for programs is not `me`: lists would be empty, and work would be booked on it.

import type { ActingMember } from '../../contracts/records.ts';
import type { Arguments } from '../../integration/arguments.ts';
import type { IntegrationFile, Lookup } from '../../integration/format.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { mapReferences } from '../../integration/reference-places.ts';
import type { RecordId } from '../../languages/lookup-question.ts';
import { valueAt } from '../../lib/json-path.ts';
import { isMeWord } from '../../lib/said-words.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';
import { candidatesOf, isMe, ME, namedReferences, ownRecord, recordsById, requestById } from './lookup-plan.ts';
import type { Resolution } from './resolve-references.ts';

/** @returns the same arguments when nothing says `me`: then nothing is asked */
export async function resolveMe(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	acting: ActingMember | undefined,
	ask: Ask,
): Promise<Resolution | Unresolved> {
	let changed = args;
	const resolved: Resolution['resolved'] = {};
	for (const [path, places] of meantByPath(integration, operation, args)) {
		const lookup = Object.values(integration.file.lookups ?? {}).find(({ me }) => me === path);
		if (!lookup) continue;
		const person = await findPerson(integration.file, lookup, acting, ask);
		if ('answer' in person) return person;
		if ('fault' in person) return { faults: places.map(({ field }) => ({ path: field, message: person.fault })) };
		for (const place of places) {
			const { argument, field } = place;
			changed = { ...changed, [argument]: withPerson(changed[argument], place, person) };
			resolved[field] = { id: person.id, name: person.name };
		}
	}
	return { args: changed, resolved };
}

interface Place {
	argument: string;
	/** Path from the argument's value to the reference in a body; null for a filter. */
	steps: readonly string[] | null;
	/** The value is the id itself. */
	isBare?: boolean;
	field: string;
}

/** The places that say `me`, by the path of the own record that they mean. */
function meantByPath(integration: Integration, operation: Operation, args: Arguments): Map<string, Place[]> {
	const found = new Map<string, Place[]>();
	const add = (path: string, place: Place) => found.set(path, [...(found.get(path) ?? []), place]);
	for (const [name, { me }] of operation.namedFilters) {
		const said = args[name];
		const text = typeof said === 'object' && said !== null ? Object.values(said)[0] : said;
		if (me !== null && typeof text === 'string' && isMeWord(text))
			add(me, { argument: name, steps: null, field: name });
	}
	for (const reference of namedReferences(integration, operation, args, ['body', 'filter']))
		if (isMe(reference) && reference.lookup.me) add(reference.lookup.me, reference);
	return found;
}

function withPerson(value: unknown, { argument, steps, field, isBare }: Place, { id, text }: Person): unknown {
	if (steps === null) return text;
	return mapReferences(value, steps, argument, (reference, path) =>
		path === field ? (isBare ? id : { id }) : reference,
	);
}

interface Person {
	id: RecordId;
	name: string;
	/** The text by which filters know the person. */
	text: string;
}

type Found = Person | { fault: string } | Extract<Unresolved, { answer: unknown }>;

export async function findPerson(
	file: IntegrationFile,
	lookup: Lookup,
	acting: ActingMember | undefined,
	ask: Ask,
): Promise<Found> {
	if (acting?.identifier !== undefined) return { id: acting.id, name: acting.identifier, text: acting.identifier };
	const byId = acting && requestById(file, lookup, acting.id);
	if (byId === null) return { fault: `cannot be looked up by the id ${acting?.id}: name the person` };
	const answer = await ask(byId ?? { path: lookup.me ?? '' });
	const body = readAnswer(answer);
	const listed = acting ? recordsById(file, lookup, body) : null;
	const record = acting ? listed?.[0] : ownRecord(file, lookup, body);
	const [self] = candidatesOf({ lookup, key: null, idType: file.id_type }, [record]);
	const text = self?.wholeNames[0];
	if (acting && listed && !self)
		return {
			fault: `is ${acting.id} by this server's acts_for, and there is no such member: the operator can set another`,
		};
	if (!self || text === undefined) return { answer };
	if (!acting && isNoPerson(lookup, record)) return { fault: noPersonFault(self.name) };
	return { id: self.id, name: self.name, text };
}

/** Does an own record belong to a program? */
function isNoPerson({ no_person }: Lookup, record: unknown): boolean {
	const told = no_person && valueAt(record, no_person.field);
	return typeof told === 'string' && no_person !== undefined && no_person.values.includes(told);
}

/** Said beside the own record of a program. */
export function noPersonNotice({ lookups = {} }: IntegrationFile, path: string, record: unknown): string | null {
	const lookup = Object.values(lookups).find(({ me }) => me === path);
	return lookup && isNoPerson(lookup, record)
		? 'This is the API member that the keys belong to, and no person: it is not whom "me" means.'
		: null;
}

function noPersonFault(name: string): string {
	return `"${ME}" is no person here: the keys belong to the API member ${name}. Name the member, by identifier or name; or the operator sets acts_for in the server's config, which makes "${ME}" somebody`;
}
