// Reads the vendor's conditions language by recursive descent and says what is surely wrong in it.
// Grammar: ../shared/connectwise/REFERENCE.md section 6; what that leaves open passes.

import { FIELD_PATH, secretInPath } from '../integration/secret-fields.ts';
import { isRelativeTime, parseIso } from '../lib/times.ts';
import { datetimeLiteral, stringLiteral } from './literals.ts';
import { type Edit, type Finding, type Token, tokenize } from './tokenize.ts';

/** Which parameter the text is for: `conditions`, `childConditions` or `customFieldConditions`. */
export type ConditionsKind = 'top' | 'child' | 'custom';

export interface KnownFields {
	/** Names of the fields that hold arrays, as the schema writes them. */
	arrayFields: ReadonlySet<string>;
	/** The parameter that filters inside arrays, where the operation has one. */
	childParameter?: string;
	/** Fields, at any step of a path, that nothing may be asked about: a comparison tells a secret bit by bit. */
	secrets?: readonly string[];
}

/** Nesting of parentheses and of leading NOTs. */
const MAX_DEPTH = 100;
/** Of a corrected text: `in` written out as comparisons grows. */
export const MAX_CORRECTED = 16_000;

const CUSTOM_FIELDS = 'customFields';
const CUSTOM_PARAMETER = 'customFieldConditions';

const OPERATORS_TOLD = '=, !=, <, <=, >, >=, contains, like, in';
const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const WORD_OPERATORS: ReadonlySet<string> = new Set(['contains', 'like', 'in']);
/** Operators of other languages that have one equal here. */
const TRANSLATIONS: ReadonlyMap<string, string> = new Map([
	['==', '='],
	['===', '='],
	['<>', '!='],
	['!==', '!='],
	['=<', '<='],
	['=>', '>='],
	['eq', '='],
	['equals', '='],
	['ne', '!='],
	['neq', '!='],
	['gt', '>'],
	['ge', '>='],
	['gte', '>='],
	['lt', '<'],
	['le', '<='],
	['lte', '<='],
]);
const NULLS: ReadonlySet<string> = new Set(['nil', 'none', 'undefined']);

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;
const FIELD_LIKE = /^[a-z_]\w*(?:[/.]\w+)*$/i;
const DATE_CHARACTERS = /^[\w/:.,+ -]+$/;
const URL_ENCODED = /%(?:2[0-9a-f]|3[a-e]|5[bd])/i;

/**
 * @param escapes  see `tokenize`
 * @returns what is wrong, in the order of the text
 */
export function readConditions(text: string, kind: ConditionsKind, known: KnownFields, escapes: boolean): Finding[] {
	return new Parser(text, kind, known, escapes).read();
}

/** Thrown inside `Parser` where reading on would only guess. */
class Unreadable extends Error {}

/** Recursive descent over the tokens; collects findings and reads on as if they were corrected. */
class Parser {
	private readonly text: string;
	private readonly kind: ConditionsKind;
	private readonly known: KnownFields;
	private readonly tokens: Token[];
	private readonly findings: Finding[];
	private readonly joiners = new Set<string>();
	/** Where a parenthesis belongs that is missing is certain only when AND and OR are not mixed. */
	private readonly parentheses: Finding[] = [];
	private index = 0;

	constructor(text: string, kind: ConditionsKind, known: KnownFields, escapes: boolean) {
		this.text = text;
		this.kind = kind;
		this.known = known;
		const { tokens, findings } = tokenize(text, escapes);
		this.tokens = tokens;
		this.findings = findings;
	}

	read(): Finding[] {
		try {
			this.parseAll();
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
		}
		const isMixed = this.joiners.size > 1;
		const parentheses = this.parentheses.map((finding) => (isMixed ? { ...finding, edits: null } : finding));
		return [...this.findings, ...parentheses].toSorted((a, b) => a.position - b.position);
	}

	private parseAll(): void {
		this.parseExpression(0);
		for (let token = this.peek(); token.type !== 'end'; token = this.peek()) {
			if (token.type !== ')') this.unexpected(token);
			this.next();
			const isLast = this.peek().type === 'end';
			const edit = isLast ? replace(token, '') : { start: 0, end: 0, text: '(' };
			const message = 'a parenthesis closes here that was not opened';
			this.parentheses.push({ position: token.start, message, edits: [edit] });
			if (this.joiner()) {
				this.takeJoiner();
				this.parseTerm(0);
				this.parseJoined(0);
			}
		}
	}

	private parseExpression(depth: number): void {
		if (depth > MAX_DEPTH) this.stop(this.peek(), `parentheses are nested deeper than ${MAX_DEPTH}`);
		while (this.joiner()) {
			const token = this.next();
			const edit = { start: token.start, end: this.peek().start, text: '' };
			this.tell(token, `nothing stands before ${token.text} that it could join`, edit);
		}
		this.parseTerm(depth);
		this.parseJoined(depth);
	}

	private parseJoined(depth: number): void {
		while (this.joiner() || (this.peek().type === ',' && this.startsCondition(this.index + 1))) {
			const before = this.tokens[this.index - 1];
			const token = this.peek();
			const kind = this.takeJoiner();
			while (this.joiner()) {
				const again = this.peek();
				if (this.joiner() !== kind)
					this.stop(again, `${again.text} follows ${token.text}: one of them joins two conditions, not both`);
				this.next();
				this.tell(again, `${again.text} stands here twice`, { start: again.start, end: this.peek().start, text: '' });
			}
			const { type } = this.peek();
			if (type === 'end' || type === ')' || this.isStrayEnd()) {
				const edit = { start: before?.end ?? token.start, end: token.end, text: '' };
				this.tell(token, `nothing stands behind ${token.text} that it could join`, edit);
				this.skipStrayEnd();
				return;
			}
			this.parseTerm(depth);
		}
		this.skipStrayEnd();
	}

	private parseTerm(depth: number): void {
		const token = this.peek();
		if (token.type === '(') {
			this.parseGroup(depth);
		} else if (isWord(token, 'not') && this.startsCondition(this.index + 1)) {
			// Documented only before contains, like and in, after the field; elsewhere it is the vendor's to judge.
			if (depth > MAX_DEPTH) this.stop(token, `conditions are nested deeper than ${MAX_DEPTH}`);
			this.next();
			this.parseTerm(depth + 1);
		} else {
			this.parseCondition();
		}
	}

	private parseGroup(depth: number): void {
		const open = this.next();
		if (this.peek().type === ')') {
			const close = this.next();
			this.tell(open, 'the parentheses are empty', { start: open.start, end: close.end, text: '' });
			return;
		}
		this.parseExpression(depth + 1);
		const close = this.peek();
		if (close.type === ')') {
			this.next();
		} else if (close.type === 'end') {
			const end = this.text.trimEnd().length;
			const edits = [{ start: end, end, text: ')' }];
			this.parentheses.push({ position: open.start, message: 'nothing closes this parenthesis', edits });
		} else {
			this.unexpected(close);
		}
	}

	private parseCondition(): void {
		const field = this.parseField();
		const operator = this.parseOperator(field);
		if (operator === null) return;
		if (operator.name === 'in') this.parseIn(field, operator);
		else this.parseValue(operator.name, operator.token, false);
	}

	private parseField(): Token {
		const token = this.next();
		switch (token.type) {
			case 'word':
				this.checkFieldWord(token);
				return token;
			case 'string':
				this.checkQuotedField(token);
				return token;
			case 'bracket':
				if (!FIELD_LIKE.test(token.text))
					this.stop(token, 'a condition begins with a field; brackets hold the date behind the operator');
				this.tell(token, 'fields stand without brackets', replace(token, token.text));
				return token;
			case 'operator':
				return this.stop(token, `a field is missing before ${token.text}`);
			case 'open':
				return this.stopOpen(token);
			case 'end':
				return this.stop(token, 'a condition is missing: field, operator, value');
			default:
				return this.unexpected(token);
		}
	}

	private checkFieldWord(token: Token): void {
		const { text } = token;
		if (WORD_OPERATORS.has(text.toLowerCase())) this.stop(token, `a field is missing before ${text}`);
		if (URL_ENCODED.test(text)) {
			const decoded = decode(this.text);
			const edits = decoded === null ? null : [{ start: 0, end: this.text.length, text: decoded }];
			this.findings.push({ position: token.start, message: 'write the conditions plain, not URL-encoded', edits });
			throw new Unreadable();
		}
		if (NUMBER.test(text) || parseIso(text, true) !== null)
			this.stop(token, `a condition begins with a field, not with the value ${clip(text)}`);
		if (this.peek().type === '(' && this.peek().start === token.end)
			this.stop(token, `${clip(text)}(…) is a function: the language has none`);
		const path = text.includes('.') && FIELD_LIKE.test(text) ? text.replaceAll('.', '/') : text;
		this.checkSecret(token, path);
		if (!FIELD_PATH.test(path))
			this.stop(
				token,
				`${clip(text)} is no field: its name has letters, digits and _, with / before a reference's field`,
			);
		if (path !== text)
			this.tell(token, `a field of a reference is written with /: ${clip(path)}`, replace(token, path));
		this.checkArrayField(token, path);
	}

	private checkQuotedField(token: Token): void {
		if (this.kind === 'custom' && this.peek().type !== 'end' && !/^(?:caption|value)$/i.test(token.text)) {
			const literal = stringLiteral(token.text);
			const edit = literal === null ? null : replace(token, `caption = ${literal} and value`);
			this.tell(token, 'a custom field is named by its caption: caption = "…" and value = …', edit);
		} else if (this.index === 1 && this.peek().type === 'end') {
			this.stop(token, 'the conditions stand between quotes as a whole', replace(token, token.text));
		} else if (FIELD_LIKE.test(token.text)) {
			this.tell(token, 'fields stand without quotes', replace(token, token.text));
			this.checkArrayField(token, token.text);
		} else {
			this.stop(token, 'a condition begins with a field, not with a text');
		}
	}

	private checkSecret(token: Token, path: string): void {
		const secret = secretInPath(this.known.secrets, path);
		if (secret !== undefined) this.stop(token, `${secret} is a secret: it cannot be asked for`);
	}

	private checkArrayField(token: Token, path: string): void {
		this.checkSecret(token, path);
		if (this.kind !== 'top') return;
		const head = (path.split('/', 1)[0] ?? '').toLowerCase();
		for (const name of this.known.arrayFields) {
			if (name.toLowerCase() !== head) continue;
			const parameter = name === CUSTOM_FIELDS ? CUSTOM_PARAMETER : this.known.childParameter;
			const example = name === CUSTOM_FIELDS ? 'caption = "…" and value = …' : `${name}/… = …`;
			const wayOut = parameter ? `filter on it in ${parameter} (${example})` : 'it cannot be filtered here';
			this.tell(token, `${name} is an array: ${wayOut}`, null);
			return;
		}
	}

	/** Null where there is none and reading goes on behind the field. */
	private parseOperator(field: Token): Operator | null {
		const token = this.peek();
		if (token.type === 'operator' && !this.joiner()) return this.parseSymbol(token);
		if (token.type === 'word' && !this.joiner()) return this.parseWordOperator(field, token);
		if (token.type === 'string' || token.type === 'bracket') {
			const edit = { start: field.end, end: field.end, text: ' =' };
			this.tell(token, `an operator is missing between the field and its value: ${OPERATORS_TOLD}`, edit);
			return { name: '=', isNegated: false, token: field };
		}
		if (token.type === 'open') return this.stopOpen(token);
		if (token.type === '(' || token.type === 'stray')
			return this.stop(token, `an operator is missing behind ${clip(field.text)}: ${OPERATORS_TOLD}`);
		this.tell(field, `an operator and a value are missing behind ${clip(field.text)}`, null);
		return null;
	}

	private parseSymbol(token: Token): Operator {
		this.next();
		if (COMPARISONS.has(token.text)) return { name: token.text, isNegated: false, token };
		const name = TRANSLATIONS.get(token.text);
		if (name === undefined) {
			if (token.text === '!' && this.peek().type === 'word' && WORD_OPERATORS.has(this.peek().text.toLowerCase())) {
				const word = this.next();
				this.tell(token, `write not ${word.text} instead of !`, { start: token.start, end: word.start, text: 'not ' });
				return { name: word.text.toLowerCase(), isNegated: true, token: word };
			}
			return this.stop(token, `${clip(token.text)} is no operator; there are ${OPERATORS_TOLD}`);
		}
		this.tell(token, `write ${name} instead of ${token.text}`, replace(token, name));
		return { name, isNegated: name === '!=', token };
	}

	private parseWordOperator(field: Token, token: Token): Operator | null {
		const word = token.text.toLowerCase();
		if (WORD_OPERATORS.has(word)) {
			this.next();
			return { name: word, isNegated: false, token };
		}
		if (word === 'not' || word === 'is') return this.parseNegation(token);
		const name = TRANSLATIONS.get(word);
		if (name !== undefined) {
			this.next();
			this.tell(token, `write ${name} instead of ${token.text}`, replace(token, name));
			return { name, isNegated: name === '!=', token };
		}
		if (word === 'between') return this.stop(token, 'between is no operator: write field >= … and field <= …');
		if (NUMBER.test(word) || parseIso(token.text, true) !== null || word === 'true' || word === 'false') {
			const edit = { start: field.end, end: field.end, text: ' =' };
			this.tell(token, `an operator is missing between the field and its value: ${OPERATORS_TOLD}`, edit);
			return { name: '=', isNegated: false, token: field };
		}
		const after = this.tokens[this.index + 1];
		if (after?.type === 'operator' || (after && WORD_OPERATORS.has(after.text.toLowerCase())))
			return this.stop(token, 'a field has no space; one inside a reference is written with /: status/name');
		return this.stop(token, `${clip(token.text)} is no operator; there are ${OPERATORS_TOLD}`);
	}

	/** `not contains`, which is right; `is null`, `is not null`, `is "x"`, `not null`, `not = 1`, `is in (…)`, which are not. */
	private parseNegation(first: Token): Operator {
		let last = this.next();
		let isNegated = isWord(first, 'not');
		if (!isNegated && isWord(this.peek(), 'not')) {
			last = this.next();
			isNegated = true;
		}
		const token = this.peek();
		const word = token.text.toLowerCase();
		const written = this.text.slice(first.start, last.end);
		if (token.type === 'word' && WORD_OPERATORS.has(word)) {
			this.next();
			const edit = { start: first.start, end: token.start, text: isNegated ? 'not ' : '' };
			if (isWord(first, 'is')) this.tell(first, `write ${edit.text}${word} without is`, edit);
			return { name: word, isNegated, token };
		}
		if (token.type === 'operator' && token.text === '=' && isWord(first, 'not')) {
			this.next();
			this.tell(first, 'write != instead of not =', { start: first.start, end: token.end, text: '!=' });
			return { name: '!=', isNegated, token };
		}
		if (isWord(first, 'not') && !isWord(token, 'null')) this.stop(first, 'not stands before contains, like or in only');
		const name = isNegated ? '!=' : '=';
		this.tell(first, `write ${name} instead of ${written}`, { start: first.start, end: last.end, text: name });
		return { name, isNegated, token: last };
	}

	private parseIn(field: Token, operator: Operator): void {
		const { token } = operator;
		const open = this.peek();
		const findingsBefore = this.findings.length;
		const values = open.type === '(' ? this.parseList() : this.parseBareList(open);
		if (this.kind === 'top') return;
		const parameter = this.kind === 'child' ? (this.known.childParameter ?? 'childConditions') : CUSTOM_PARAMETER;
		const message = `${parameter} has no in: compare with each value`;
		const isWhole = values !== null && values.length > 0 && this.findings.length === findingsBefore;
		const length = values === null ? 0 : values.length * (field.end - field.start + 12) + this.text.length;
		if (values === null || length > MAX_CORRECTED) {
			this.tell(token, message, null);
			return;
		}
		const path = this.text.slice(field.start, field.end);
		const comparison = operator.isNegated ? '!=' : '=';
		const parts = values.map((value) => `${path} ${comparison} ${value}`);
		const joined = parts.join(operator.isNegated ? ' and ' : ' or ');
		const end = this.tokens[this.index - 1]?.end ?? token.end;
		const edit = { start: field.start, end, text: parts.length > 1 ? `(${joined})` : joined };
		// A list with faults of its own is corrected first; the next round writes it out.
		this.findings.push({ position: token.start, message, edits: isWhole ? [edit] : [] });
	}

	/** @returns the values as written; null when there are none */
	private parseList(): string[] | null {
		const open = this.next();
		if (this.peek().type === ')') {
			this.next();
			this.tell(open, 'the list is empty: it finds nothing', null);
			return null;
		}
		const values: string[] = [];
		for (;;) {
			const before = this.tokens[this.index - 1] ?? open;
			const first = this.peek();
			if (first.type === 'end') this.stop(open, 'nothing closes the parenthesis of this list');
			if (first.type === ',' || (first.type === ')' && values.length > 0)) {
				const extra = first.type === ',' ? first : before;
				this.tell(extra, 'a value is missing beside this comma', replace(extra, ''));
				this.next();
				if (first.type === ')') return values;
				continue;
			}
			this.parseValue('in', before, true);
			values.push(this.text.slice(first.start, this.tokens[this.index - 1]?.end));
			const token = this.peek();
			if (token.type === ',') {
				this.next();
			} else if (token.type === ')') {
				this.next();
				return values;
			} else if (token.type === 'string' || token.type === 'bracket' || isLiteralWord(token)) {
				this.tell(token, 'a comma is missing before this value', this.insertAfterLast(','));
			} else if (token.type === 'end' || this.joiner()) {
				this.tell(open, 'nothing closes the parenthesis of this list', this.insertAfterLast(')'));
				return values;
			} else {
				this.unexpected(token);
			}
		}
	}

	/** `in [1, 2]`, `in "A"`, `in 1, 2` */
	private parseBareList(open: Token): string[] | null {
		const message = 'a list stands between parentheses: in (1, 2) or in ("A", "B")';
		if (open.type === 'bracket') {
			this.next();
			const isEmpty = open.text.trim() === '';
			this.tell(
				open,
				isEmpty ? 'the list is empty: it finds nothing' : message,
				isEmpty ? null : replace(open, `(${open.text})`),
			);
			return isEmpty ? null : [open.text];
		}
		if (open.type !== 'string' && open.type !== 'word') {
			this.tell(open, 'a value is missing behind in: in (1, 2) or in ("A", "B")', null);
			if (open.type === 'open') this.stopOpen(open);
			return null;
		}
		const values: string[] = [];
		for (;;) {
			const first = this.peek();
			this.parseValue('in', open, true);
			values.push(this.text.slice(first.start, this.tokens[this.index - 1]?.end));
			if (this.peek().type !== ',' || this.startsCondition(this.index + 1)) break;
			this.next();
		}
		const end = this.tokens[this.index - 1]?.end ?? open.end;
		this.findings.push({
			position: open.start,
			message,
			edits: [
				{ start: open.start, end: open.start, text: '(' },
				{ start: end, end, text: ')' },
			],
		});
		return values;
	}

	/** @param behind  what the value follows, for telling that there is none */
	private parseValue(operator: string, behind: Token, isInList: boolean): void {
		const token = this.peek();
		if (token.type === '(') {
			this.parseListAfter(operator, behind);
		} else if (token.type === 'end' || token.type === ')' || token.type === ',' || this.isJoiningHere()) {
			this.tell(behind, `a value is missing behind ${clip(behind.text)}`, null);
			return;
		} else if (token.type === 'operator') {
			this.stop(token, `a value is missing before ${clip(token.text)}`);
		} else if (token.type === 'string') {
			this.checkDateInQuotes(this.next(), operator);
		} else if (token.type === 'bracket') {
			this.checkDate(this.next());
		} else if (token.type === 'stray') {
			this.unexpected(token);
		} else if (isLiteralWord(token) && this.isBehindLiteral(this.index + 1, isInList)) {
			this.next();
		} else {
			this.parseText(operator, isInList);
		}
		const next = this.peek();
		if (!isInList && next.type !== '(' && this.startsCondition(this.index))
			this.stop(next, 'and or or is missing before this condition');
	}

	/** Whether a number, True, False or null stands alone before the token at `index`, with or without what joins them. */
	private isBehindLiteral(index: number, isInList: boolean): boolean {
		const token = this.tokens[index];
		if (token === undefined || this.isEndOfValue(index, isInList)) return true;
		return isInList ? isLiteralWord(token) : token.type !== '(' && this.startsCondition(index);
	}

	/** A symbol between two conditions, or a word that is no text of its own (Oregon is `OR`). */
	private isJoiningHere(): boolean {
		if (!this.joiner()) return false;
		return this.peek().type === 'operator' || this.isEndOfValue(this.index, false);
	}

	/** `id = (1, 2)` */
	private parseListAfter(operator: string, behind: Token): void {
		const name = operator === '=' ? 'in' : operator === '!=' ? 'not in' : null;
		if (name === null) this.stop(this.peek(), `a list stands behind in only, not behind ${operator}`);
		const space = this.text[behind.start - 1] === ' ' ? '' : ' ';
		this.tell(
			behind,
			`a list is compared with ${name}`,
			replace(behind, `${space}${name}${this.text[behind.end] === ' ' ? '' : ' '}`),
		);
		this.parseList();
	}

	/** Text without quotes, of one word or several, up to what can only follow a value. */
	private parseText(operator: string, isInList: boolean): void {
		const first = this.peek();
		let last = first;
		let depth = 0;
		for (let isFirst = true; ; isFirst = false) {
			const token = this.peek();
			if (token.type === 'end') break;
			if (!isFirst && depth === 0 && this.isEndOfValue(this.index, isInList)) break;
			if (token.type === '(') {
				if (token.start === last.end && last.type === 'word')
					this.stop(last, `${clip(last.text)}(…) is a function: the language has none`);
				depth++;
			} else if (token.type === ')') {
				depth--;
			} else if (token.type === 'operator' && !this.joiner()) {
				this.stop(first, 'a text stands between quotes, and and or or between two conditions');
			}
			last = this.next();
		}
		if (depth > 0) this.stop(first, 'a text stands between quotes');
		this.tellText(first, last, operator);
	}

	private tellText(first: Token, last: Token, operator: string): void {
		const { message, text } = this.correctText(first, last, operator);
		const edit = text === null ? null : { start: first.start, end: last.end, text };
		this.tell(first, text === null ? message : `${message}: ${clip(text)}`, edit);
	}

	/** @returns the literal that was meant, null where that is open */
	private correctText(first: Token, last: Token, operator: string): { message: string; text: string | null } {
		const isOpen = first.type === 'open';
		const written = this.text.slice(isOpen ? first.end : first.start, last.end);
		if (first.text === '[' || last.text === ']') {
			const message = first.text === '[' ? 'nothing closes this bracket' : 'nothing opens the bracket behind this';
			return { message, text: toDateLiteral(written.replace(/\]$/, '').trim()) };
		}
		const inner = (isOpen ? written.replace(/["'“”‘’]$/, '') : written).trim();
		const isPattern = operator === 'contains' || operator === 'like';
		const date = isPattern || (isOpen && !isOrder(operator)) ? null : toDateLiteral(inner);
		if (date !== null) return { message: 'a date stands between brackets, in UTC', text: date };
		if (isOpen) return { message: 'nothing closes this quote', text: inner === '' ? null : stringLiteral(inner) };
		if (isOrder(operator) && isRelativeTime(inner)) {
			const message = `${clip(inner)} is no date here: write the day itself, like [2026-04-01T00:00:00Z]`;
			return { message, text: null };
		}
		if (NULLS.has(inner.toLowerCase())) return { message: `${inner} is no value here`, text: 'null' };
		return { message: 'a text stands between quotes', text: stringLiteral(inner) };
	}

	/** Texts are hardly ever compared by order: a quoted datetime behind `>` is one without its brackets. */
	private checkDateInQuotes(token: Token, operator: string): void {
		if (!isOrder(operator) || this.kind === 'custom') return;
		const date = toDateLiteral(token.text);
		if (date !== null)
			this.tell(token, `a date stands between brackets, not quotes, in UTC: ${date}`, replace(token, date));
	}

	/** Forms that some server may read as a date pass; words, days that no calendar has and single numbers do not. */
	private checkDate(token: Token): void {
		const inner = token.text.trim();
		const unquoted = inner.replace(/^["']/, '').replace(/["']$/, '');
		const date = unquoted === inner ? null : toDateLiteral(unquoted);
		if (date !== null) {
			this.tell(token, `a date stands between brackets without quotes: ${date}`, replace(token, date));
			return;
		}
		if (parseIso(inner, true) !== null) return;
		const isIso = /^\d{4}-\d{2}-\d{2}(?:$|[Tt ]\d{2}:\d{2})/.test(inner);
		const groups = inner.match(/\d+/g) ?? [];
		const isDate = groups.length > 2 || (groups.length === 2 && groups.some(({ length }) => length === 4));
		if (isIso || !isDate || !DATE_CHARACTERS.test(inner))
			this.tell(token, `[${clip(inner)}] is no date: brackets hold one, like [2026-04-01T00:00:00Z]`, null);
	}

	/** AND, OR, and the symbols that stand for them elsewhere. */
	private joiner(index = this.index): 'and' | 'or' | null {
		const token = this.tokens[index];
		if (token?.type !== 'operator' && token?.type !== 'word') return null;
		const text = token.text.toLowerCase();
		if (text === 'and' || text === '&&' || text === '&') return 'and';
		return text === 'or' || text === '||' || text === '|' ? 'or' : null;
	}

	private takeJoiner(): 'and' | 'or' {
		const kind = this.joiner() ?? 'and';
		const token = this.next();
		this.joiners.add(kind);
		if (token.type !== 'word') {
			const spaced = `${token.start > 0 && this.text[token.start - 1] !== ' ' ? ' ' : ''}${kind}${this.text[token.end] === ' ' ? '' : ' '}`;
			this.tell(token, `write ${kind} instead of ${token.text}`, replace(token, spaced));
		}
		return kind;
	}

	/** Whether a value ends before the token at `index`: a name may hold `and`, where no condition follows. */
	private isEndOfValue(index: number, isInList: boolean): boolean {
		const token = this.tokens[index];
		if (token === undefined || token.type === 'end' || token.type === ')') return true;
		if (token.type === 'stray') return token.text === ';';
		if (token.type === ',') return isInList || this.startsCondition(index + 1);
		const joiner = this.joiner(index);
		if (joiner !== 'and') return joiner === 'or';
		const next = this.tokens[index + 1];
		if (next === undefined || next.type === 'end' || next.type === ')') return true;
		return this.joiner(index + 1) !== null || this.startsCondition(index + 1);
	}

	/** `(`, or a field (or its NOT) with something like an operator behind it. */
	private startsCondition(index: number): boolean {
		const token = this.tokens[index];
		if (token?.type === '(') return true;
		if (token?.type !== 'word' && token?.type !== 'string' && token?.type !== 'bracket') return false;
		const next = this.tokens[index + 1];
		if (isWord(token, 'not')) {
			// A hostile run of NOTs would be walked again from each of them.
			return next?.type === '(' || (next?.type === 'word' && !WORD_OPERATORS.has(next.text.toLowerCase()));
		}
		if (next?.type === 'operator') return !this.joiner(index + 1);
		if (next?.type !== 'word') return false;
		const word = next.text.toLowerCase();
		return WORD_OPERATORS.has(word) || word === 'not' || word === 'is' || word === 'between' || TRANSLATIONS.has(word);
	}

	/** A semicolon at the very end, as SQL ends. */
	private isStrayEnd(): boolean {
		return this.peek().text === ';' && this.tokens[this.index + 1]?.type === 'end';
	}

	private skipStrayEnd(): void {
		if (!this.isStrayEnd()) return;
		const token = this.next();
		this.tell(token, 'no semicolon ends the conditions', replace(token, ''));
	}

	private peek(): Token {
		return this.tokens[this.index] ?? { type: 'end', text: '', start: this.text.length, end: this.text.length };
	}

	private next(): Token {
		const token = this.peek();
		this.index++;
		return token;
	}

	/** Behind the token that was read last. */
	private insertAfterLast(text: string): Edit {
		const end = this.tokens[this.index - 1]?.end ?? 0;
		return { start: end, end, text };
	}

	/** @param edit  null where the right text is open */
	private tell(token: Token, message: string, edit: Edit | null): void {
		this.findings.push({ position: token.start, message, edits: edit && [edit] });
	}

	private stop(token: Token, message: string, edit: Edit | null = null): never {
		this.tell(token, message, edit);
		throw new Unreadable();
	}

	private stopOpen(token: Token): never {
		return this.stop(token, token.text === '[' ? 'nothing closes this bracket' : 'nothing closes this quote');
	}

	private unexpected(token: Token): never {
		switch (token.type) {
			case 'open':
				return this.stopOpen(token);
			case ')':
				return this.stop(token, 'a condition is missing before this parenthesis');
			case ',':
				return this.stop(token, 'a comma stands inside the list of in only; conditions are joined by and or or');
			case 'stray':
				return this.stop(
					token,
					token.text === ']' ? 'nothing opens this bracket' : `${token.text} has no meaning here`,
				);
			default:
				return this.stop(token, `${clip(token.text)} is not expected here; conditions are joined by and or or`);
		}
	}
}

interface Operator {
	/** In lower case, without the `not`. */
	name: string;
	isNegated: boolean;
	token: Token;
}

function isWord(token: Token, word: string): boolean {
	return token.type === 'word' && token.text.toLowerCase() === word;
}

function isLiteralWord(token: Token): boolean {
	return token.type === 'word' && (NUMBER.test(token.text) || /^(?:true|false|null)$/i.test(token.text));
}

function isOrder(operator: string): boolean {
	return operator.startsWith('<') || operator.startsWith('>');
}

/** A date or datetime in the vendor's form; null for anything else. Without an offset it is UTC, as the vendor has it. */
function toDateLiteral(text: string): string | null {
	return parseIso(text, true) === null ? null : datetimeLiteral(text);
}

function replace(token: Token, text: string): Edit {
	return { start: token.start, end: token.end, text };
}

function decode(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

function clip(text: string): string {
	return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
