// Reads the vendor's conditions language by recursive descent and says what is surely wrong in it.
// The grammar is in README.md beside this file; what that leaves open passes.

import { FIELD_PATH, secretInPath } from '../integration/secret-fields.ts';
import { parseIso } from '../lib/times.ts';
import { stringLiteral } from './literals.ts';
import {
	COMPARISONS,
	type ConditionsKind,
	CUSTOM_PARAMETER,
	isWord,
	type KnownFields,
	quoted,
	replace,
	TRANSLATIONS,
	Unreadable,
	WORD_OPERATORS,
} from './token-reader.ts';
import type { Finding, Token } from './tokenize.ts';
import { NUMBER, type Operator, ValueParser } from './value-parser.ts';

/** Nesting of parentheses and of leading NOTs. */
const MAX_DEPTH = 100;

const CUSTOM_FIELDS = 'customFields';

const OPERATORS_TOLD = '=, !=, <, <=, >, >=, contains, like, in';
const YES: ReadonlySet<string> = new Set(['true', '1', 'yes']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no']);
const FIELD_LIKE = /^[a-z_]\w*(?:[/.]\w+)*$/i;
const URL_ENCODED = /%(?:2[0-9a-f]|3[a-e]|5[bd])/i;

/**
 * @param escapes  see `tokenize`
 * @returns what is wrong, in the order of the text
 */
export function readConditions(text: string, kind: ConditionsKind, known: KnownFields, escapes: boolean): Finding[] {
	return new Parser(text, kind, known, escapes).read();
}

/** Fields, operators, and how conditions are joined and nested. */
class Parser extends ValueParser {
	/** Missing parentheses. Their place is certain only when AND and OR are not mixed. */
	private readonly parentheses: Finding[] = [];

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
		else {
			this.checkBoolean(field);
			this.parseValue(operator.name, operator.token, false);
		}
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
			this.stop(token, `a condition begins with a field, not with the value ${quoted(text)}`);
		if (this.peek().type === '(' && this.peek().start === token.end)
			this.stop(token, `${quoted(text)}(…) is a function: the language has none`);
		const path = text.includes('.') && FIELD_LIKE.test(text) ? text.replaceAll('.', '/') : text;
		this.checkSecret(token, path);
		if (!FIELD_PATH.test(path))
			this.stop(
				token,
				`${quoted(text)} is no field: its name has letters, digits and _, with / before a reference's field`,
			);
		if (path !== text)
			this.tell(token, `a field of a reference is written with /: ${quoted(path)}`, replace(token, path));
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

	/** Behind a field that is true or false: the vendor refuses or misreads a text and a number. */
	private checkBoolean({ text }: Token): void {
		if (this.kind !== 'top' || !this.known.booleanFields?.has(text)) return;
		const value = this.peek();
		const said = value.type === 'string' || value.type === 'word' ? value.text.trim().toLowerCase() : '';
		const literal = YES.has(said) ? 'true' : NO.has(said) ? 'false' : null;
		const isRight = value.type === 'word' && said === literal;
		if (literal !== null && !isRight) this.tell(value, `${text} is true or false: ${literal}`, replace(value, literal));
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
			return this.stop(token, `an operator is missing behind ${quoted(field.text)}: ${OPERATORS_TOLD}`);
		this.tell(field, `an operator and a value are missing behind ${quoted(field.text)}`, null);
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
			return this.stop(token, `${quoted(token.text)} is no operator; there are ${OPERATORS_TOLD}`);
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
		return this.stop(token, `${quoted(token.text)} is no operator; there are ${OPERATORS_TOLD}`);
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
}

function decode(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}
