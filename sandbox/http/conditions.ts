// The vendor's filter language: text → tree (parseConditions) → predicate over records (compileConditions).
// Grammar: `field op value` joined by AND / OR with parentheses; NOT only before contains, like and in.

import { badCondition, invalidEnum, notBoolean, notRecognized } from '../schema/errors.ts';
import type { Json } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { FieldType, Schema } from '../schema/schemas.ts';
import { referenceSchema } from '../schema/schemas.ts';

export type Literal =
	| { type: 'string'; value: string }
	| { type: 'number'; value: number; text: string }
	| { type: 'boolean'; value: boolean }
	| { type: 'date'; value: number }
	| { type: 'null' };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'like' | 'in';

export type Condition =
	| { kind: 'and' | 'or'; parts: Condition[] }
	| { kind: 'compare'; field: string; operator: Operator; negated: boolean; values: Literal[] };

export type Predicate = (record: Json) => boolean;

type Token = { type: 'word' | 'string' | 'number' | 'date' | 'symbol' | 'end'; text: string; at: number };

const SYMBOLS = ['!=', '<=', '>=', '=', '<', '>', '(', ')', ','];
const WORD = /[A-Za-z_][\w]*(?:\/[A-Za-z_]\w*)*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?![\w])/y;

function matchAt(pattern: RegExp, text: string, position: number): string | null {
	pattern.lastIndex = position;
	return pattern.exec(text)?.[0] ?? null;
}

/** Reads a quoted string. A backslash escapes a quote or a backslash, as clients send it; elsewhere it is literal. */
function readString(text: string, start: number): { value: string; end: number } {
	const quote = text[start];
	let value = '';
	for (let i = start + 1; i < text.length; i++) {
		const char = text[i];
		if (char === quote) return { value, end: i + 1 };
		const next = text[i + 1];
		if (char === '\\' && (next === quote || next === '\\')) {
			value += next;
			i++;
		} else {
			value += char;
		}
	}
	throw badCondition(`Unterminated string at position ${start}.`);
}

function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	let position = 0;
	while (position < text.length) {
		const char = text[position] ?? '';
		if (/\s/.test(char)) {
			position++;
			continue;
		}
		const at = position;
		const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, position));
		const word = matchAt(WORD, text, position);
		const number = matchAt(NUMBER, text, position);
		if (char === '"' || char === "'") {
			const { value, end } = readString(text, position);
			tokens.push({ type: 'string', text: value, at });
			position = end;
		} else if (char === '[') {
			const end = text.indexOf(']', position);
			if (end < 0) throw badCondition(`Unterminated date at position ${position}.`);
			tokens.push({ type: 'date', text: text.slice(position + 1, end).trim(), at });
			position = end + 1;
		} else if (symbol) {
			tokens.push({ type: 'symbol', text: symbol, at });
			position += symbol.length;
		} else if (word) {
			tokens.push({ type: 'word', text: word, at });
			position += word.length;
		} else if (number) {
			tokens.push({ type: 'number', text: number, at });
			position += number.length;
		} else {
			throw badCondition(`Unexpected character at position ${position}.`);
		}
	}
	tokens.push({ type: 'end', text: 'end of conditions', at: text.length });
	return tokens;
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970 of a vendor date; one without an offset is UTC. NaN when it is not a date. */
export function parseDate(text: string): number {
	if (!DATE.test(text)) return Number.NaN;
	const iso = text.replace(' ', 'T');
	return Date.parse(/T/.test(iso) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso);
}

/** Parses a filter expression; throws the vendor's 400 on a fault of syntax. */
export function parseConditions(text: string): Condition {
	const tokens = tokenize(text);
	let index = 0;
	const peek = (): Token => tokens[index] ?? { type: 'end', text: 'end of conditions', at: text.length };
	const next = (): Token => {
		const token = peek();
		index++;
		return token;
	};
	const fail = (token: Token): never => {
		throw badCondition(`Syntax error at position ${token.at}: unexpected '${token.text}'.`);
	};
	const isWord = (token: Token, word: string): boolean => token.type === 'word' && token.text.toLowerCase() === word;
	const isSymbol = (token: Token, symbol: string): boolean => token.type === 'symbol' && token.text === symbol;

	function joined(kind: 'and' | 'or', parsePart: () => Condition): Condition {
		const first = parsePart();
		const parts = [first];
		while (isWord(peek(), kind)) {
			next();
			parts.push(parsePart());
		}
		return parts.length === 1 ? first : { kind, parts };
	}
	const parseOr = (): Condition => joined('or', parseAnd);
	const parseAnd = (): Condition => joined('and', parseTerm);

	function parseTerm(): Condition {
		if (isSymbol(peek(), '(')) {
			next();
			const inner = parseOr();
			const close = next();
			if (!isSymbol(close, ')')) fail(close);
			return inner;
		}
		const field = next();
		if (field.type !== 'word' || /^(and|or|not|in|like|contains)$/i.test(field.text)) fail(field);
		const negated = isWord(peek(), 'not');
		if (negated) next();
		const operator = parseOperator(negated);
		const values = operator === 'in' ? parseList() : [parseLiteral()];
		return { kind: 'compare', field: field.text, operator, negated, values };
	}

	function parseOperator(negated: boolean): Operator {
		const token = next();
		const text = token.text.toLowerCase();
		if (token.type === 'word' && (text === 'contains' || text === 'like' || text === 'in')) return text;
		if (token.type === 'symbol' && !negated) {
			const symbol = (['=', '!=', '<', '<=', '>', '>='] as const).find((candidate) => candidate === text);
			if (symbol) return symbol;
		}
		return fail(token);
	}

	function parseList(): Literal[] {
		const open = next();
		if (!isSymbol(open, '(')) fail(open);
		const values = [parseLiteral()];
		while (isSymbol(peek(), ',')) {
			next();
			values.push(parseLiteral());
		}
		const close = next();
		if (!isSymbol(close, ')')) fail(close);
		return values;
	}

	function parseLiteral(): Literal {
		const token = next();
		if (token.type === 'string') return { type: 'string', value: token.text };
		if (token.type === 'number') return { type: 'number', value: Number(token.text), text: token.text };
		if (token.type === 'date') {
			const value = parseDate(token.text);
			if (Number.isNaN(value)) throw badCondition(`[${token.text}] is not a valid date.`);
			return { type: 'date', value };
		}
		if (token.type === 'word') {
			const word = token.text.toLowerCase();
			if (word === 'true' || word === 'false') return { type: 'boolean', value: word === 'true' };
			if (word === 'null') return { type: 'null' };
		}
		return fail(token);
	}

	const condition = parseOr();
	if (peek().type !== 'end') fail(peek());
	return condition;
}

/** What a field name in a query leads to. `array` names the array field a child path goes through. */
export type FieldPath = { keys: string[]; type: FieldType; array?: string };

/** Fields that may be filtered and sorted by although records carry them only inside `_info`. */
const INFO_FIELDS: Record<string, { name: string; type: FieldType }> = {
	lastupdated: { name: 'lastUpdated', type: { kind: 'date' } },
	dateentered: { name: 'dateEntered', type: { kind: 'date' } },
	updatedby: { name: 'updatedBy', type: { kind: 'text' } },
	enteredby: { name: 'enteredBy', type: { kind: 'text' } },
};

/** Finds a field by its path in any case, or null when there is none that `conditions` may use. */
export function findField(schema: Schema, path: string): FieldPath | null {
	const [head = '', second, ...rest] = path.toLowerCase().split('/');
	if (rest.length > 0) return null;
	const field = schema.get(head);
	if (!field) {
		const infoName = head === '_info' ? second : second === undefined ? head : undefined;
		const info = infoName === undefined ? undefined : INFO_FIELDS[infoName];
		return info ? { keys: ['_info', info.name], type: info.type } : null;
	}
	if (field.type.kind === 'array') return null;
	if (second === undefined) return { keys: [field.name], type: field.type };
	if (field.type.kind !== 'ref') return null;
	const inner = referenceSchema(field.type.to).get(second);
	return inner ? { keys: [field.name, inner.name], type: inner.type } : null;
}

/** Finds `array/field` or `array/reference/field`, for childConditions. */
export function findChildField(schema: Schema, path: string): FieldPath | null {
	const [head = '', ...rest] = path.split('/');
	const field = schema.get(head.toLowerCase());
	if (field?.type.kind !== 'array') return null;
	const of = field.type.of;
	const inner = of.kind === 'record' ? of.fields : of.kind === 'ref' ? referenceSchema(of.to) : null;
	const found = inner && findField(inner, rest.join('/'));
	return found && { ...found, array: field.name };
}

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

/** As in SQL, a record without the value matches neither a comparison nor its negation; only `null` finds it. */
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
