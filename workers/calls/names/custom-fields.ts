// Custom fields by caption: what a caller gives is laid over what the record has where the vendor takes only the whole
// array. The captions come from the vendor's list of custom fields, or from a record that has them.

import type { Arguments } from '../../integration/arguments.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { askedAt } from '../../languages/lookup-question.ts';
import { askedWhole } from '../../languages/query-parameters.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import { withQuery } from '../../lib/query-string.ts';
import { fillTemplate } from '../../lib/template.ts';
import { recordIn, recordsIn } from '../../vendor/answer-shape.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';
import { type CustomFact, type Entry, matchEntries } from './custom-entries.ts';

/**
 * An update reads the record's own array and sets the given values in it; a create takes the captions' ids from any
 * from any record of the resource, or from the vendor's list. Entries that name neither id nor caption are refused.
 */
export async function resolveCustomFields(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
): Promise<{ args: Arguments } | Unresolved> {
	const said = integration.file.custom_fields;
	const given = said && args[said.field];
	if (!said || given === undefined || given === null) return { args };
	const fact: CustomFact = { ...said, id: said.id ?? said.caption };
	const list = fact.as === 'members' ? entriesOf(fact, given) : given;
	if (!Array.isArray(list)) return { args };
	const nameless = unnamedEntries(list, fact, integration.file.id_type);
	if (nameless.length > 0) return { faults: nameless };
	const entries = list.filter(isObject).map((entry) => withNumber(entry, fact.id));
	const known = await withIds(integration.file, fact, entries, ask);
	if (!('entries' in known)) return known;
	if (fact.as === 'members') return { args: { ...args, [fact.field]: membersOf(fact, known.entries) } };
	const resolved = await laidOver(integration, operation, args, { fact, entries: known.entries, ask });
	return 'values' in resolved ? { args: { ...args, [fact.field]: resolved.values } } : resolved;
}

/** The entries with the ids that the vendor's list gives their captions; without such a list as they are. */
async function withIds(
	file: IntegrationFile,
	fact: CustomFact,
	entries: readonly Entry[],
	ask: Ask,
): Promise<{ entries: readonly Entry[] } | Unresolved> {
	const { definitions } = fact;
	const isNamed = fact.id === fact.caption || entries.some((entry) => entry[fact.id] === undefined);
	if (!definitions || !isNamed) return { entries };
	const answer = await ask(askedAt(definitions.path, askedWhole(file, { path: '', match: [''], is_small: true })));
	const found = valueAt(readAnswer(answer), definitions.records_path ?? file.list.records_path);
	if (!Array.isArray(found)) return { answer };
	const { id = 'id', caption } = definitions;
	const fields = found.filter(isObject).map((one) => ({
		[fact.caption]: valueAt(one, caption),
		[fact.id]: valueAt(one, fact.id === fact.caption ? caption : id),
	}));
	const { values, faults } = matchEntries(fact, entries, fields);
	if (faults.length > 0) return { faults };
	return {
		entries: [...values].map(([field, { [fact.caption]: _caption, ...entry }]) => ({
			...entry,
			[fact.id]: field[fact.id],
		})),
	};
}

/** The entries as the vendor takes them: alone, or in the place of those that the record has. */
async function laidOver(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
	{ fact, entries, ask }: { fact: CustomFact; entries: readonly Entry[]; ask: Ask },
): Promise<{ values: readonly Entry[] } | Unresolved> {
	const isUpdate = operation.kind === 'update';
	// An update would lose the entries that its list leaves out; a create has nothing to lose.
	const isComplete = entries.every((entry) => entry[fact.id] !== undefined);
	if (isComplete && (!isUpdate || fact.keeps_others)) return { values: entries };
	const source = byResource.get(`${operation.resource}.${isUpdate ? 'get' : 'list'}`) ?? (isUpdate ? operation : null);
	if (!source) return { values: entries };
	const path = fillTemplate(source.fact.path, (name) => encodeURIComponent(String(args[name])));
	const parameter = file.list.fields_parameter;
	const chosen: [string, string][] = parameter === undefined ? [] : [[parameter, fact.field]];
	const { paging } = file;
	const size = paging.style === 'none' || (paging.in ?? 'query') !== 'query' ? undefined : paging.size_parameter;
	const sized: [string, string][] = isUpdate || size === undefined ? [] : [[size, '1']];
	const answer = await ask({ path: withQuery(path, [...chosen, ...sized]) });
	const body = readAnswer(answer);
	if (body === null) return { answer };
	const listed = isUpdate ? null : recordsIn(file, source.fact, body);
	const record = isUpdate ? recordIn(file, source.fact, body) : Array.isArray(listed) ? listed[0] : null;
	const existing = valueAt(record, fact.field);
	const fields = Array.isArray(existing) ? existing.filter(isObject) : [];
	const { values, faults } = matchEntries(fact, entries, fields);
	if (faults.length > 0) return { faults };
	// Only an update keeps the rest: on a create it would copy another record's values.
	return {
		values: fields.flatMap((field) => {
			const entry = values.get(field);
			const { [fact.value]: _others, ...definition } = field;
			const own = { [fact.id]: field[fact.id], [fact.caption]: field[fact.caption] };
			return entry ? [{ ...definition, ...entry, ...own }] : isUpdate ? [field] : [];
		}),
	};
}

/** `{"Region": "West"}` as entries. */
function entriesOf({ caption, value }: CustomFact, given: unknown): unknown {
	return isObject(given) ? Object.entries(given).map(([name, said]) => ({ [caption]: name, [value]: said })) : given;
}

function membersOf({ id, value }: CustomFact, entries: readonly Entry[]): Entry {
	return Object.fromEntries(entries.map((entry) => [String(entry[id]), entry[value]]));
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
	{ field, id, caption }: CustomFact,
	idType: IntegrationFile['id_type'],
): Fault[] {
	return given.flatMap((entry, index) => {
		const names = isObject(entry) ? [withNumber(entry, id)[id], entry[caption]] : [];
		const isText = (name: unknown) => typeof name === 'string' && name.trim() !== '';
		const isNamed = typeof names[0] === 'number' || isText(names[1]) || (idType === 'string' && isText(names[0]));
		const byId = id === caption ? '' : ` or {"${id}": 1, …}`;
		const message = `must name a custom field: {"${caption}": "…", …}${byId}`;
		return isNamed ? [] : [{ path: `${field}[${index}]`, message }];
	});
}
