// `orderBy` (sorting) and `fields` (choosing what is returned), as pure functions over records.

import { parseDate } from './dates.ts';
import { findField } from './field-paths.ts';
import type { Json, JsonObject } from './json.ts';
import { at, isObject } from './json.ts';
import type { Schema } from './record-schemas.ts';
import { referenceSchema } from './record-schemas.ts';
import { badCondition, notRecognized } from './vendor-errors.ts';

type Compare = (left: JsonObject, right: JsonObject) => number;

function compareValues(left: Json, right: Json): number {
	// SQL Server sorts so: records without the value come first when ascending.
	if (left === null || right === null) return Number(left !== null) - Number(right !== null);
	if (typeof left === 'number' && typeof right === 'number') return left - right;
	if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
	const a = String(left).toLowerCase();
	const b = String(right).toLowerCase();
	return a < b ? -1 : a > b ? 1 : 0;
}

/** A comparison for `orderBy`, for example `priority/sort asc, id desc`; ties go by id. */
export function compileOrderBy(text: string, schema: Schema): Compare {
	const keys = text.split(',').map((part) => {
		const [name = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
		const wanted = direction.toLowerCase();
		if (name === '' || rest.length > 0 || (wanted !== 'asc' && wanted !== 'desc')) {
			throw badCondition(`orderBy '${part.trim()}' is not valid.`);
		}
		const field = findField(schema, name);
		if (!field || field.type.kind === 'ref') throw notRecognized(name);
		const sign = wanted === 'desc' ? -1 : 1;
		const isDate = field.type.kind === 'date';
		return { path: field.keys, sign, isDate };
	});
	return (left, right) => {
		for (const { path, sign, isDate } of keys) {
			const a = at(left, ...path);
			const b = at(right, ...path);
			const bothDates = isDate && typeof a === 'string' && typeof b === 'string';
			const order = bothDates ? parseDate(a) - parseDate(b) : compareValues(a, b);
			if (order !== 0) return order * sign;
		}
		return Number(left.id) - Number(right.id);
	};
}

type Selection = Map<string, Selection | 'all'>;

/** Finds the record's own spelling of a field and what may be selected inside it. */
function selectable(schema: Schema | null, name: string): { name: string; inner: Schema | null | 'open' } | null {
	if (name.toLowerCase() === '_info') return { name: '_info', inner: 'open' };
	const field = schema?.get(name.toLowerCase());
	if (!field) return null;
	const of = field.type.kind === 'array' ? field.type.of : field.type;
	if (of.kind === 'ref') return { name: field.name, inner: referenceSchema(of.to) };
	if (of.kind === 'record') return { name: field.name, inner: of.fields };
	return { name: field.name, inner: null };
}

function addPath(selection: Selection, schema: Schema | null | 'open', names: string[], whole: string): void {
	const [head = '', ...rest] = names;
	const found = schema === 'open' ? { name: head, inner: null } : selectable(schema, head);
	if (!found || head === '') throw notRecognized(whole);
	const existing = selection.get(found.name);
	if (rest.length === 0) {
		selection.set(found.name, 'all');
	} else if (existing !== 'all') {
		const inner: Selection = existing ?? new Map();
		addPath(inner, found.inner, rest, whole);
		selection.set(found.name, inner);
	}
}

function pick(value: Json, selection: Selection | 'all'): Json {
	if (selection === 'all') return value;
	if (Array.isArray(value)) return value.map((item) => pick(item, selection));
	if (!isObject(value)) return value;
	const picked: JsonObject = {};
	for (const [name, inner] of selection) {
		const child = value[name];
		if (child !== undefined) picked[name] = pick(child, inner);
	}
	return picked;
}

/**
 * A projection for `fields`, for example `id,company/name,_info`.
 * `_info` comes back only when it is named. `*` is no wildcard: the vendor then returns ids alone.
 */
export function compileFields(text: string, schema: Schema): (record: JsonObject) => Json {
	const paths = text
		.split(',')
		.map((path) => path.trim())
		.filter((path) => path !== '');
	const selection: Selection = new Map();
	for (const path of paths) addPath(selection, schema, (path === '*' ? 'id' : path).split('/'), path);
	return (record) => pick(record, selection);
}
