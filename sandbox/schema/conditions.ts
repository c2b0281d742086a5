// Conditions as predicates over records: the tree of conditions-grammar.ts, checked against the schema.

import type { Condition, Literal, Operator } from './conditions-grammar.ts';
import { parseConditions } from './conditions-grammar.ts';
import { parseDate } from './dates.ts';
import type { FieldPath } from './field-paths.ts';
import { findChildField, findField } from './field-paths.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';
import type { Schema } from './record-schemas.ts';
import { badCondition, invalidEnum, notBoolean, notRecognized } from './vendor-errors.ts';

export type Predicate = (record: Json) => boolean;

function valueAt(record: Json, keys: string[]): Json {
	let current: Json | undefined = record;
	for (const key of keys) {
		if (!isObject(current)) return null;
		current = current[key];
	}
	return current ?? null;
}

/** A LIKE pattern as a regular expression: `[...]` one character of a set (so `[[]` is a bracket), `*` and `%` any text. */
function likePattern(pattern: string, wildcards: boolean): string {
	let source = '';
	for (let i = 0; i < pattern.length; i++) {
		const char = pattern[i] ?? '';
		const close = char === '[' ? pattern.indexOf(']', i + 2) : -1;
		if (close > 0) {
			source += `[${pattern.slice(i + 1, close).replace(/[\\^[\]]/g, '\\$&')}]`;
			i = close;
		} else if (wildcards && (char === '*' || char === '%')) {
			source += '.*';
		} else {
			source += char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
		}
	}
	return source;
}

function asText(literal: Literal): string {
	switch (literal.type) {
		case 'string':
			return literal.value;
		case 'number':
			return literal.text;
		case 'boolean':
			return literal.value ? 'True' : 'False';
		case 'date':
			return new Date(literal.value).toISOString();
		case 'null':
			return '';
	}
}

/** Refuses literals that the field's type cannot be compared with. */
function checkLiteral(field: FieldPath, name: string, literal: Literal, operator: Operator): void {
	const { kind } = field.type;
	if (literal.type === 'null') return;
	if (kind === 'ref' || kind === 'obj' || kind === 'record') throw notRecognized(name);
	if (operator === 'contains' || operator === 'like') return;
	if (kind === 'enum') {
		const text = asText(literal).toLowerCase();
		if (!field.type.values.some((value) => value.toLowerCase() === text)) throw invalidEnum();
	}
	if (kind === 'bool' && literal.type !== 'boolean') throw notBoolean();
	if (kind === 'date' && literal.type !== 'date') throw badCondition(`${name} takes a date in square brackets.`);
	if ((kind === 'int' || kind === 'num') && Number.isNaN(toNumber(literal))) {
		throw badCondition(`${name} takes a number.`);
	}
}

function toNumber(literal: Literal): number {
	if (literal.type === 'number') return literal.value;
	return literal.type === 'string' && literal.value.trim() !== '' ? Number(literal.value) : Number.NaN;
}

/** Negative, zero or positive as `value` sorts before, with or after the literal; NaN when they do not compare. */
function order(value: Json, literal: Literal): number {
	if (literal.type === 'date') return typeof value === 'string' ? parseDate(value) - literal.value : Number.NaN;
	if (typeof value === 'number') return value - toNumber(literal);
	if (typeof value === 'boolean')
		return literal.type === 'boolean' ? Number(value) - Number(literal.value) : Number.NaN;
	if (typeof value !== 'string') return Number.NaN;
	const left = value.toLowerCase();
	const right = asText(literal).replaceAll('[[]', '[').toLowerCase();
	return left < right ? -1 : left > right ? 1 : 0;
}

/** Compares like SQL: a record without the value matches neither a comparison nor its negation; only `null` finds it. */
function compileComparison(condition: Condition & { kind: 'compare' }): (value: Json) => boolean {
	const { operator, values, negated } = condition;
	const literal = values[0] ?? { type: 'null' };
	if (operator === 'in') {
		return (value) => value !== null && values.some((item) => order(value, item) === 0) !== negated;
	}
	if (operator === 'contains' || operator === 'like') {
		const source = likePattern(asText(literal), operator === 'like');
		const pattern = new RegExp(operator === 'like' ? `^${source}$` : source, 'is');
		return (value) => value !== null && typeof value !== 'object' && pattern.test(String(value)) !== negated;
	}
	if (literal.type === 'null') {
		if (operator === '=') return (value) => value === null;
		if (operator === '!=') return (value) => value !== null;
		return () => false;
	}
	const test: Record<'=' | '!=' | '<' | '<=' | '>' | '>=', (difference: number) => boolean> = {
		'=': (difference) => difference === 0,
		'!=': (difference) => difference !== 0,
		'<': (difference) => difference < 0,
		'<=': (difference) => difference <= 0,
		'>': (difference) => difference > 0,
		'>=': (difference) => difference >= 0,
	};
	const accepts = test[operator];
	return (value) => value !== null && accepts(order(value, literal));
}

function compileTree(condition: Condition, leaf: (compare: Condition & { kind: 'compare' }) => Predicate): Predicate {
	if (condition.kind === 'compare') return leaf(condition);
	const parts = condition.parts.map((part) => compileTree(part, leaf));
	return condition.kind === 'and'
		? (record) => parts.every((part) => part(record))
		: (record) => parts.some((part) => part(record));
}

function checkedField(
	find: (path: string) => FieldPath | null,
	compare: Condition & { kind: 'compare' },
	allowIn: boolean,
): FieldPath {
	const field = find(compare.field);
	if (!field) throw notRecognized(compare.field);
	if (compare.operator === 'in' && !allowIn) throw badCondition('The operator in is not supported here.');
	for (const literal of compare.values) checkLiteral(field, compare.field, literal, compare.operator);
	return field;
}

/** `conditions`: top-level fields and the fields of references. */
export function compileConditions(text: string, schema: Schema): Predicate {
	return compileTree(parseConditions(text), (compare) => {
		const { keys } = checkedField((path) => findField(schema, path), compare, true);
		const accepts = compileComparison(compare);
		const [head = '', ...inner] = keys;
		return (record) => {
			const value = valueAt(record, [head]);
			if (Array.isArray(value)) return value.some((element) => accepts(valueAt(element, inner)));
			return accepts(valueAt(value, inner));
		};
	});
}

/** Runs a predicate over every choice of one element from each named array. */
function anyChoice(record: Json, arrays: string[], accepts: Predicate): boolean {
	const choose = (index: number, chosen: { [array: string]: Json }): boolean => {
		const array = arrays[index];
		if (array === undefined) return accepts(chosen);
		const elements = valueAt(record, [array]);
		return Array.isArray(elements) && elements.some((element) => choose(index + 1, { ...chosen, [array]: element }));
	};
	return choose(0, {});
}

/** `childConditions`: the whole expression must hold for one element of the array, as in a join. */
export function compileChildConditions(text: string, schema: Schema): Predicate {
	const arrays = new Set<string>();
	const accepts = compileTree(parseConditions(text), (compare) => {
		const { keys, array = '' } = checkedField((path) => findChildField(schema, path), compare, false);
		arrays.add(array);
		const test = compileComparison(compare);
		return (chosen) => test(valueAt(chosen, [array, ...keys]));
	});
	return (record) => anyChoice(record, [...arrays], accepts);
}

/** `customFieldConditions`: `caption` and `value` of one custom field. Values have the type of their field. */
export function compileCustomFieldConditions(text: string, schema: Schema): Predicate {
	const accepts = compileTree(parseConditions(text), (compare) => {
		const field = findChildField(schema, `customFields/${compare.field}`);
		if (!field) throw notRecognized(compare.field);
		if (compare.operator === 'in') throw badCondition('The operator in is not supported here.');
		const test = compileComparison(compare);
		return (chosen) => test(valueAt(chosen, ['customFields', ...field.keys]));
	});
	return (record) => anyChoice(record, ['customFields'], accepts);
}
