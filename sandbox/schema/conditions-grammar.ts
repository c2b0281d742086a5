// The grammar of the vendor's filter language: `field op value` joined by AND / OR with parentheses; NOT only before
// contains, like and in. It is a second parser of the language on purpose: tests hold the Worker's parser against it.

import { parseDate } from './dates.ts';
import { badCondition } from './vendor-errors.ts';

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

/** The token at a position that holds no blank, and where it ends. */
function readToken(text: string, at: number): { token: Token; end: number } {
	const char = text[at] ?? '';
	if (char === '"' || char === "'") {
		const { value, end } = readString(text, at);
		return { token: { type: 'string', text: value, at }, end };
	}
	if (char === '[') {
		const end = text.indexOf(']', at);
		if (end < 0) throw badCondition(`Unterminated date at position ${at}.`);
		return { token: { type: 'date', text: text.slice(at + 1, end).trim(), at }, end: end + 1 };
	}
	const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
	if (symbol) return { token: { type: 'symbol', text: symbol, at }, end: at + symbol.length };
	const word = matchAt(WORD, text, at);
	if (word) return { token: { type: 'word', text: word, at }, end: at + word.length };
	const number = matchAt(NUMBER, text, at);
	if (number) return { token: { type: 'number', text: number, at }, end: at + number.length };
	throw badCondition(`Unexpected character at position ${at}.`);
}

function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	let position = 0;
	while (position < text.length) {
		if (/\s/.test(text[position] ?? '')) {
			position++;
			continue;
		}
		const { token, end } = readToken(text, position);
		tokens.push(token);
		position = end;
	}
	return tokens;
}

/** The tokens of an expression, read from left to right. */
type Cursor = { peek(): Token; next(): Token };

function cursorOver(text: string): Cursor {
	const tokens = tokenize(text);
	let index = 0;
	const peek = (): Token => tokens[index] ?? { type: 'end', text: 'end of conditions', at: text.length };
	return {
		peek,
		next() {
			const token = peek();
			index++;
			return token;
		},
	};
}

function fail(token: Token): never {
	throw badCondition(`Syntax error at position ${token.at}: unexpected '${token.text}'.`);
}

const isWord = (token: Token, word: string): boolean => token.type === 'word' && token.text.toLowerCase() === word;
const isSymbol = (token: Token, symbol: string): boolean => token.type === 'symbol' && token.text === symbol;

function takeSymbol(cursor: Cursor, symbol: string): void {
	const token = cursor.next();
	if (!isSymbol(token, symbol)) fail(token);
}

/** Parses a filter expression; throws the vendor's 400 on a fault of syntax. */
export function parseConditions(text: string): Condition {
	const cursor = cursorOver(text);
	const condition = parseOr(cursor);
	if (cursor.peek().type !== 'end') fail(cursor.peek());
	return condition;
}

const parseOr = (cursor: Cursor): Condition => parseJoined(cursor, 'or', parseAnd);
const parseAnd = (cursor: Cursor): Condition => parseJoined(cursor, 'and', parseTerm);

function parseJoined(cursor: Cursor, kind: 'and' | 'or', parsePart: (cursor: Cursor) => Condition): Condition {
	const first = parsePart(cursor);
	const parts = [first];
	while (isWord(cursor.peek(), kind)) {
		cursor.next();
		parts.push(parsePart(cursor));
	}
	return parts.length === 1 ? first : { kind, parts };
}

function parseTerm(cursor: Cursor): Condition {
	if (isSymbol(cursor.peek(), '(')) {
		cursor.next();
		const inner = parseOr(cursor);
		takeSymbol(cursor, ')');
		return inner;
	}
	const field = cursor.next();
	if (field.type !== 'word' || /^(and|or|not|in|like|contains)$/i.test(field.text)) fail(field);
	const negated = isWord(cursor.peek(), 'not');
	if (negated) cursor.next();
	const operator = parseOperator(cursor, negated);
	const values = operator === 'in' ? parseList(cursor) : [parseLiteral(cursor)];
	return { kind: 'compare', field: field.text, operator, negated, values };
}

function parseOperator(cursor: Cursor, negated: boolean): Operator {
	const token = cursor.next();
	const text = token.text.toLowerCase();
	if (token.type === 'word' && (text === 'contains' || text === 'like' || text === 'in')) return text;
	if (token.type === 'symbol' && !negated) {
		const symbol = (['=', '!=', '<', '<=', '>', '>='] as const).find((candidate) => candidate === text);
		if (symbol) return symbol;
	}
	return fail(token);
}

function parseList(cursor: Cursor): Literal[] {
	takeSymbol(cursor, '(');
	const values = [parseLiteral(cursor)];
	while (isSymbol(cursor.peek(), ',')) {
		cursor.next();
		values.push(parseLiteral(cursor));
	}
	takeSymbol(cursor, ')');
	return values;
}

function parseLiteral(cursor: Cursor): Literal {
	const token = cursor.next();
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
