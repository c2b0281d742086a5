// The vendor's records → what a model gets: without nulls and links, as records or as a table, within the budget.
import type { IntegrationFile } from '../integration/format.ts';
import { secretFinder } from '../integration/secret-fields.ts';
import { withoutHidden } from '../lib/hidden-characters.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';
import { clipped, utf8Length } from '../lib/text.ts';

/** Removes nulls, secrets and the vendor's link maps; a record's own map keeps what `keep` names. */
export function cleanRecord(file: IntegrationFile, record: unknown): unknown {
	return clean(record, file, file.secrets ? secretFinder(file.secrets) : () => undefined, 0);
}

/** No record of a vendor's is nested like this; deeper, our own recursion would end. */
const MAX_DEPTH = 100;

type SecretFinder = ReturnType<typeof secretFinder>;

function clean(value: unknown, file: IntegrationFile, secret: SecretFinder, depth: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth > MAX_DEPTH) return '[nested too deeply]';
	if (Array.isArray(value)) return value.map((item) => clean(item, file, secret, depth + 1));
	const kept: Record<string, unknown> = {};
	// Parsed JSON inherits no member; listing the keys first takes half as long again.
	for (const key in value) {
		const member = (value as Record<string, unknown>)[key];
		// Setting `__proto__` would make its members those of the record.
		if (member === null || key === '__proto__' || secret(key) !== undefined) continue;
		if (file.drop.keys.includes(key)) {
			const part = depth === 0 ? pick(member, file.drop.keep[key] ?? []) : null;
			if (part) kept[key] = part;
		} else {
			kept[key] = typeof member === 'object' ? clean(member, file, secret, depth + 1) : member;
		}
	}
	return kept;
}

function pick(value: unknown, keys: readonly string[]): Record<string, unknown> | null {
	if (typeof value !== 'object' || value === null) return null;
	const found = Object.entries(value).filter(([key, member]) => keys.includes(key) && member !== null);
	return found.length > 0 ? Object.fromEntries(found) : null;
}

/**
 * The JSON of the first items, as many as fit, and one more is asked for: at least one, so that a cursor always moves on.
 *
 * Made once and joined to the answer's text, since writing JSON is most of the work on a large answer.
 *
 * @param mayAllFit  worth a try: all are written at once
 * @returns the items, and their JSON with commas between them
 */
export function fitWithinBudget(
	items: Iterable<unknown>,
	budgetBytes: number,
	mayAllFit = false,
): { fitting: unknown[]; json: string } {
	if (mayAllFit) {
		const all = [...items];
		const json = JSON.stringify(all).slice(1, -1);
		return utf8Length(json) < budgetBytes ? { fitting: all, json } : fitWithinBudget(all, budgetBytes);
	}
	const fitting: unknown[] = [];
	const parts: string[] = [];
	let bytes = 0;
	for (const item of items) {
		let part = JSON.stringify(item);
		let fit = item;
		// One that can never fit would come alone, and large: its long texts are cut instead.
		let partBytes = utf8Length(part);
		if (partBytes >= budgetBytes) {
			fit = shortenWithinBudget(item, budgetBytes - 1).record;
			part = JSON.stringify(fit);
			partBytes = utf8Length(part);
		}
		bytes += partBytes + 1;
		if (bytes > budgetBytes && parts.length > 0) break;
		parts.push(part);
		fitting.push(fit);
	}
	return { fitting, json: parts.join(',') };
}

/** Lengths to which a text of a single record over the budget is cut, tried in turn until it fits. */
const SHORTENED_TO = [8_000, 2_000, 500, 100];

/**
 * A single record cannot be cut between records, so its longest texts are, visibly.
 *
 * @returns the record itself when it fits, or can be made to fit in no way
 */
export function shortenWithinBudget(record: unknown, budgetBytes: number): { record: unknown; fits: boolean } {
	if (utf8Length(JSON.stringify(record)) <= budgetBytes) return { record, fits: true };
	for (const length of SHORTENED_TO) {
		const shortened = shorten(record, length);
		if (utf8Length(JSON.stringify(shortened)) <= budgetBytes) return { record: shortened, fits: true };
	}
	return { record, fits: false };
}

function shorten(value: unknown, length: number): unknown {
	if (typeof value === 'string')
		return value.length > length ? `${clipped(value, length)}… [cut: ${value.length} characters]` : value;
	if (Array.isArray(value)) return value.map((item) => shorten(item, length));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member, length)]));
}

export interface Table {
	columns: string[];
	rows: unknown[][];
}

/**
 * The same data with each name said once.
 *
 * @param fields  the requested paths, which become the columns; null takes every path that occurs
 */
export function toTable(records: readonly unknown[], fields: readonly string[] | null): Table {
	const columns = tableColumns(records, fields);
	return { columns, rows: records.map((record) => tableRow(record, columns)) };
}

export function tableColumns(records: readonly unknown[], fields: readonly string[] | null): string[] {
	return fields ? [...fields] : [...new Set(allPaths(records).map((path) => withoutHidden(path).text))];
}

export function tableRow(record: unknown, columns: readonly string[]): unknown[] {
	return columns.map((path) => valueAt(record, path) ?? null);
}

/** Every path to a value that is no object, in order of appearance; arrays stay whole. */
function allPaths(records: readonly unknown[]): string[] {
	const paths = new Set<string>();
	const walk = (value: unknown, prefix: string) => {
		if (!isObject(value)) {
			if (prefix) paths.add(prefix);
			return;
		}
		for (const [key, member] of Object.entries(value)) walk(member, prefix ? `${prefix}/${key}` : key);
	};
	for (const record of records) walk(record, '');
	return [...paths];
}
