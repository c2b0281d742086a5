// The record before an update: for lists that the vendor replaces whole, and for servers that show what was.
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';
import { withQuery } from '../lib/query-string.ts';
import { fillTemplate } from '../lib/template.ts';
import { recordIn } from '../vendor/answer-shape.ts';
import type { UpstreamAnswer } from '../vendor/send.ts';
import { fieldsSet } from './answer/taken-over.ts';
import type { CheckedCall } from './check.ts';
import { CONFIRM_REPLACE } from './insistence.ts';
import { type Ask, readAnswer } from './names/ask.ts';

interface PreviousWanted {
	ask: Ask;
	wantsPrevious: boolean;
	also?: readonly string[];
	versionField?: string | undefined;
}

interface Previous {
	record: Record<string, unknown> | null;
	beside?: Record<string, unknown>;
	version?: unknown;
}

/**
 * Reads the fields that an update sets. Asks nothing for other calls, nor where nobody needs it.
 *
 * @param also  fields that are read besides, into `beside`
 * @returns null where nothing was asked
 */
export async function readPrevious(
	{ file, byResource }: Integration,
	call: CheckedCall,
	{ ask, wantsPrevious, also = [], versionField }: PreviousWanted,
): Promise<Previous | { answer: UpstreamAnswer }> {
	const { operation, args } = call;
	const get = byResource.get(`${operation.resource}.get`);
	if (operation.kind !== 'update') return { record: null };
	const names = wantsPrevious ? [...fieldsSet(call).keys()] : [...listsOf(call, file.custom_fields?.field).keys()];
	if (names.length === 0) return { record: null };
	const asked = new Set([...names, ...also, ...(versionField ? [versionField] : [])]);
	const answer = await ask(recordRequest(file, get ?? operation, args, [...asked]));
	const body = readAnswer(answer);
	const record = recordIn(file, (get ?? operation).fact, body) ?? body;
	if (typeof record !== 'object' || record === null) return get ? { answer } : { record: null };
	const valuesOf = (fields: readonly string[]) =>
		Object.fromEntries(fields.map((name) => [name, valueAt(record, name) ?? null]));
	return {
		record: valuesOf(names),
		beside: valuesOf(also),
		...(versionField ? { version: valueAt(record, versionField) } : {}),
	};
}

/**
 * Reads the record that a delete would remove, so that a preview shows which one it is.
 *
 * @returns null where it cannot be read; the vendor's answer where there is no such record
 */
export async function readDeleted(
	{ file, byResource }: Integration,
	{ operation, args }: CheckedCall,
	ask: Ask,
): Promise<{ record: Record<string, unknown> | null } | { answer: UpstreamAnswer }> {
	if (operation.kind !== 'delete') return { record: null };
	const get = byResource.get(`${operation.resource}.get`);
	// The fields that a list shows are those by which people know a record.
	const fields = byResource.get(`${operation.resource}.list`)?.documentation.fields ?? [];
	const answer = await ask(recordRequest(file, get ?? operation, args, fields));
	if (answer.status === 404 && get) return { answer };
	const record = answer.status < 300 ? recordIn(file, (get ?? operation).fact, readAnswer(answer)) : null;
	if (!isObject(record)) return { record: null };
	const names = new Set(fields.map((field) => field.split('/')[0] ?? field));
	const shown = Object.entries(record).filter(([name]) => names.size === 0 || names.has(name));
	return { record: Object.fromEntries(shown) };
}

/**
 * Asks for fields of a record where it stands: at the operation that reads it alone, or else where it is changed.
 *
 * @param fields  none: all
 */
function recordRequest(
	{ list }: IntegrationFile,
	{ fact }: Operation,
	args: Arguments,
	fields: readonly string[],
): { path: string } {
	const path = fillTemplate(fact.path, (name) => encodeURIComponent(String(args[name])));
	const parameter = fields.length > 0 ? list.fields_parameter : undefined;
	return { path: parameter === undefined ? path : withQuery(path, [[parameter, fields.join(',')]]) };
}

/** Lists that the update sets. Custom fields were laid over those of the record. */
function listsOf(call: CheckedCall, customFields: string | undefined): Map<string, unknown[]> {
	const lists = [...fieldsSet(call)].flatMap(([name, value]) => {
		return Array.isArray(value) && name !== customFields ? [[name, value] as const] : [];
	});
	return new Map(lists);
}

const MAX_NAMED = 5;

/** Entries of lists that the update would remove, since the vendor replaces a list whole. */
export function lostEntries(
	{ file }: Pick<Integration, 'file'>,
	call: CheckedCall,
	before: Record<string, unknown> | null,
): Fault[] {
	if (!before) return [];
	return [...listsOf(call, file.custom_fields?.field)].flatMap(([path, given]) => {
		const kept = new Set(given.map(nameOf));
		const current = before[path];
		const lost = Array.isArray(current) ? current.map(nameOf).filter((name) => !kept.has(name)) : [];
		if (lost.length === 0) return [];
		const named = lost.slice(0, MAX_NAMED).join(', ');
		const more = lost.length > MAX_NAMED ? ` and ${lost.length - MAX_NAMED} more` : '';
		const message = `replaces the whole list and would remove ${named}${more}: give them as well or, if they are to go, call again with ${CONFIRM_REPLACE}: true`;
		return [{ path, message }];
	});
}

function nameOf(entry: unknown): string {
	const id = valueAt(entry, 'id');
	return id === undefined ? JSON.stringify(entry) : String(id);
}
