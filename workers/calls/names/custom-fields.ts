// Custom fields by caption: what a caller gives is laid over what the record has, since the vendor takes only the whole array.

import type { Arguments } from '../../integration/arguments.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { fillTemplate } from '../../lib/template.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';

type Entry = Record<string, unknown>;

/**
 * An update reads the record's own array and sets the given values in it; a create takes the captions' ids from any
 * record of the resource. Entries that name neither id nor caption are sent as they are.
 */
export async function resolveCustomFields(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
): Promise<{ args: Arguments } | Unresolved> {
	const fact = file.custom_fields;
	const given = fact ? args[fact.field] : undefined;
	if (!fact || !Array.isArray(given)) return { args };
	const entries = given.filter(isEntry).map((entry) => withNumber(entry, fact.id));
	const nameless = unnamedEntries(given, fact);
	if (nameless.length > 0) return { faults: nameless };
	const isUpdate = operation.kind === 'update';
	// What is left out of the list would be lost on an update; a create has nothing to lose.
	if (!isUpdate && entries.every((entry) => entry[fact.id] !== undefined))
		return { args: { ...args, [fact.field]: entries } };
	const source = byResource.get(`${operation.resource}.${isUpdate ? 'get' : 'list'}`) ?? (isUpdate ? operation : null);
	if (!source) return { args };
	const path = fillTemplate(source.fact.path, (name) => encodeURIComponent(String(args[name])));
	const query = isUpdate ? `fields=${fact.field}` : `fields=${fact.field}&pageSize=1`;
	const answer = await ask(`${path}?${query}`);
	const body = readAnswer(answer);
	if (body === null) return { answer };
	const existing = valueAt(isUpdate ? body : Array.isArray(body) ? body[0] : null, fact.field);
	const fields = Array.isArray(existing) ? existing.filter(isEntry) : [];

	const { values, faults } = matchEntries(fact, entries, fields);
	if (faults.length > 0) return { faults };
	// Only an update keeps the rest: on a create it would copy another record's values.
	const merged = fields.flatMap((field) => {
		const entry = values.get(field);
		const { [fact.value]: _others, ...definition } = field;
		const own = { [fact.id]: field[fact.id], [fact.caption]: field[fact.caption] };
		return entry ? [{ ...definition, ...entry, ...own }] : isUpdate ? [field] : [];
	});
	return { args: { ...args, [fact.field]: merged } };
}

/** Finds for each entry the field of the record that it names. */
function matchEntries(
	fact: NonNullable<Integration['file']['custom_fields']>,
	entries: readonly Entry[],
	fields: readonly Entry[],
): { values: Map<Entry, Entry>; faults: Fault[] } {
	const faults: Fault[] = [];
	const captions = fields.flatMap((field) =>
		typeof field[fact.caption] === 'string' ? [field[fact.caption] as string] : [],
	);
	const values = new Map<Entry, Entry>();
	for (const [index, entry] of entries.entries()) {
		const caption = entry[fact.caption];
		const field = fields.find((one) =>
			entry[fact.id] === undefined ? sameText(one[fact.caption], caption) : one[fact.id] === entry[fact.id],
		);
		const said = String(caption ?? entry[fact.id]).slice(0, 60);
		const alike = entry[fact.id] === undefined ? fields.filter((one) => sameText(one[fact.caption], caption)) : [];
		if (alike.length > 1) {
			const ids = alike.map((one) => String(one[fact.id])).join(', ');
			faults.push({
				path: `${fact.field}[${index}]`,
				message: `"${said}" names ${alike.length} fields: give the ${fact.id}, one of ${ids}`,
			});
		} else if (field && entry[fact.value] === undefined)
			faults.push({ path: `${fact.field}[${index}]`, message: `"${said}" needs a ${fact.value}; null clears it` });
		else if (field) values.set(field, entry);
		else {
			const known =
				captions.length > 0 ? ` There are: ${captions.join(', ')}` : ' No record shows any custom field here';
			faults.push({
				path: `${fact.field}[${index}]`,
				message: `"${said}" is no custom field.${didYouMean(said, captions)}${known}`,
			});
		}
	}
	return { values, faults };
}

/** Clients write numbers as text. */
function withNumber(entry: Entry, key: string): Entry {
	const id = entry[key];
	if (id === null) return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== key));
	return typeof id === 'string' && /^\s*\d{1,15}\s*$/.test(id) ? { ...entry, [key]: Number(id) } : entry;
}

/** Sent as they are, entries that name no field would take the place of all that the record has. */
function unnamedEntries(
	given: readonly unknown[],
	{ field, id, caption }: { field: string; id: string; caption: string },
): Fault[] {
	return given.flatMap((entry, index) => {
		const names = isEntry(entry) ? [withNumber(entry, id)[id], entry[caption]] : [];
		const isNamed = typeof names[0] === 'number' || (typeof names[1] === 'string' && names[1].trim() !== '');
		const message = `must name a custom field: {"${caption}": "…", …} or {"${id}": 1, …}`;
		return isNamed ? [] : [{ path: `${field}[${index}]`, message }];
	});
}

function isEntry(value: unknown): value is Entry {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameText(a: unknown, b: unknown): boolean {
	return typeof a === 'string' && typeof b === 'string' && a.trim().toLowerCase() === b.trim().toLowerCase();
}
