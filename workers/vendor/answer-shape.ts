// Takes the records out of a vendor's answer.
import type { IntegrationFile, MethodFact } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';
import { clipped } from '../lib/text.ts';

/** @returns the records of a list, or a description of what came in its place */
export function recordsIn(file: IntegrationFile, fact: MethodFact, body: unknown): unknown[] | { instead: string } {
	const path = fact.records_path ?? file.list.records_path;
	const found = valueAt(body, path);
	// Some vendors have null for a list without records.
	const records = found === null && path !== '' ? [] : found;
	if (!Array.isArray(records)) return { instead: insteadOf('a list', path, body) };
	const lift = fact.lift ?? file.lift;
	return lift ? records.map((record) => liftedRecord(record, lift)) : records;
}

/**
 * The record of a single answer: `null` where the vendor says in a success that there is none, `undefined` where the
 * answer has nothing under the record's path.
 */
export function recordIn(file: IntegrationFile, fact: MethodFact, body: unknown): unknown {
	const path = fact.record_path ?? file.record_path ?? '';
	const found = valueAt(body, path);
	if (found === undefined && isFirstOfNone(body, path)) return null;
	return liftedRecord(found, fact.lift ?? file.lift);
}

/** `data/0` of `{ "data": [] }`. */
function isFirstOfNone(body: unknown, path: string): boolean {
	if (!path.endsWith('/0') && path !== '0') return false;
	const list = valueAt(body, path.slice(0, -2));
	return Array.isArray(list) && list.length === 0;
}

/** Id of what was written, where the method says where it stands. */
export function writtenId(
	file: IntegrationFile,
	{ fact, idType }: Pick<Operation, 'fact' | 'idType'>,
	body: unknown,
	headers: Headers,
): unknown {
	if (fact.id_header !== undefined) {
		const address = headers.get(fact.id_header)?.split(/[?#]/)[0] ?? '';
		const segment = address.split('/').filter(Boolean).at(-1);
		if (segment === undefined) return undefined;
		return idType === 'integer' && /^\d{1,15}$/.test(segment) ? Number(segment) : segment;
	}
	const path = fact.id_path ?? (fact.verb === 'POST' ? file.id_path : undefined);
	return path === undefined ? undefined : valueAt(body, path);
}

/** @param what  that was looked for, e.g. `a list` */
export function insteadOf(what: string, path: string, body: unknown): string {
	const place = `answered with something other than ${what}${path === '' ? '' : ` under "${path}"`}`;
	if (!isObject(body)) return place;
	const names = Object.keys(body).filter((name) => /^[\w.@-]{1,40}$/.test(name));
	return names.length === 0 ? place : `${place}; the answer has ${clipped(names.slice(0, 8).join(', '), 200)}`;
}

/** A record with the members of its members beside its own; its own win. */
export function liftedRecord(record: unknown, names: readonly string[] | undefined): unknown {
	if (!names || !isObject(record)) return record;
	const rest: Record<string, unknown> = { ...record };
	const members: Record<string, unknown> = {};
	for (const name of names) {
		const inner = rest[name];
		if (!isObject(inner)) continue;
		delete rest[name];
		Object.assign(members, inner);
	}
	return { ...members, ...rest };
}

/** Picks the fields that were asked for from a record, as paths; inside arrays from every element. */
export function chosenFields(record: unknown, fields: readonly string[]): unknown {
	const own = fields.includes('');
	if (own || typeof record !== 'object' || record === null) return record;
	if (Array.isArray(record)) return record.map((item) => chosenFields(item, fields));
	const inner = new Map<string, string[]>();
	for (const field of fields) {
		const [first = '', ...rest] = field.split('/');
		inner.set(first, [...(inner.get(first) ?? []), rest.join('/')]);
	}
	return Object.fromEntries(
		Object.entries(record).flatMap(([name, value]) => {
			const paths = inner.get(name);
			return paths ? [[name, chosenFields(value, paths)]] : [];
		}),
	);
}
