// Values and lists behind an operator of the conditions language: texts, numbers, dates between brackets.
import { isRelativeTime, parseIso } from '../lib/times.ts';
import { stringLiteral } from './literals.ts';
import { COMPARISONS, CUSTOM_PARAMETER, quoted, replace, TokenReader } from './token-reader.ts';
import type { Token } from './tokenize.ts';

/** Characters of a corrected text, at most: `in` that is written out as comparisons grows. */
export const MAX_CORRECTED = 16_000;

const NULLS: ReadonlySet<string> = new Set(['nil', 'none', 'undefined', 'empty', 'blank']);
export const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;

/** `1 Apr 2026 10:00 AM`: which of these the vendor reads is its own affair. */
const NAMED_MONTH =
	/^(?=.*\d{4})(?:[\w:,+-]+ ){0,5}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?: [\w:,+-]+){1,5}$/i;

/** Fields that hold times, by their names. */
const TIME_FIELD = /date|time|updated|entered|utc$/i;

export interface Operator {
	/** Operator in lower case, without the `not`. */
	name: string;
	isNegated: boolean;
	token: Token;
}

/** Reads what follows an operator. */
export class ValueParser extends TokenReader {
	protected parseIn(field: Token, operator: Operator): void {
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
	protected parseList(): string[] | null {
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
	protected parseBareList(open: Token): string[] | null {
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
	protected parseValue(operator: string, behind: Token, isInList: boolean): void {
		const token = this.peek();
		if (token.type === '(') {
			this.parseListAfter(operator, behind);
		} else if (token.type === 'end' || token.type === ')' || token.type === ',' || this.isJoiningHere()) {
			this.tell(behind, `a value is missing behind ${quoted(behind.text)}`, null);
			return;
		} else if (token.type === 'operator') {
			this.stop(token, `a value is missing before ${quoted(token.text)}`);
		} else if (token.type === 'string') {
			this.checkDateInQuotes(this.next(), operator);
		} else if (token.type === 'bracket') {
			this.checkDate(this.next(), operator);
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

	/** Tells whether a number, True, False or null stands alone before the token at `index`, with a connective or not. */
	protected isBehindLiteral(index: number, isInList: boolean): boolean {
		const token = this.tokens[index];
		if (token === undefined || this.isEndOfValue(index, isInList)) return true;
		return isInList ? isLiteralWord(token) : token.type !== '(' && this.startsCondition(index);
	}

	/** A symbol between two conditions, or a word that is no text of its own (Oregon is `OR`). */
	protected isJoiningHere(): boolean {
		if (!this.joiner()) return false;
		return this.peek().type === 'operator' || this.isEndOfValue(this.index, false);
	}

	/** `id = (1, 2)` */
	protected parseListAfter(operator: string, behind: Token): void {
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
	protected parseText(operator: string, isInList: boolean): void {
		const first = this.peek();
		let last = first;
		let depth = 0;
		for (let isFirst = true; ; isFirst = false) {
			const token = this.peek();
			if (token.type === 'end') break;
			if (!isFirst && depth === 0 && this.isEndOfValue(this.index, isInList)) break;
			if (token.type === '(') {
				if (token.start === last.end && last.type === 'word')
					this.stop(last, `${quoted(last.text)}(…) is a function: the language has none`);
				depth++;
			} else if (token.type === ')') {
				depth--;
			} else if (token.type === 'operator' && !this.joiner()) {
				this.stop(first, 'a text stands between quotes, and and or or between two conditions');
			}
			last = this.next();
		}
		if (depth > 0) this.stop(first, 'a text stands between quotes');
		// `lastUpdated < 7d`: resolveTimes writes the moment.
		const isNumber = this.known.numberFields?.has(this.fieldBefore(first)) === true;
		if (!isNumber && isRelativeTimeHere(operator, first, this.text.slice(first.start, last.end))) return;
		this.tellText(first, last, operator);
	}

	protected tellText(first: Token, last: Token, operator: string): void {
		const { message, text } = this.correctText(first, last, operator);
		const edit = text === null ? null : { start: first.start, end: last.end, text };
		this.tell(first, text === null ? message : `${message}: ${quoted(text)}`, edit);
	}

	/** @returns the literal that was meant, null where that is open */
	protected correctText(first: Token, last: Token, operator: string): { message: string; text: string | null } {
		const isOpen = first.type === 'open';
		const written = this.text.slice(isOpen ? first.end : first.start, last.end);
		if (first.text === '[' || last.text === ']') {
			const message = first.text === '[' ? 'nothing closes this bracket' : 'nothing opens the bracket behind this';
			return { message, text: toDateLiteral(written.replace(/\]$/, '').trim()) };
		}
		const inner = (isOpen ? written.replace(/["'“”‘’]$/, '') : written).trim();
		const isPattern = operator === 'contains' || operator === 'like';
		const date = isPattern || (isOpen && !isOrder(operator)) ? null : toDateLiteral(inner);
		if (date !== null) return { message: 'a date stands between brackets', text: date };
		if (isOpen) return { message: 'nothing closes this quote', text: inner === '' ? null : stringLiteral(inner) };
		if (isRelativeTime(inner) && TIME_FIELD.test(this.fieldBefore(first)))
			return { message: `a time that is compared with = stands between brackets`, text: `[${inner}]` };
		const { numberFields } = this.known;
		if (isOrder(operator) && (FIELD.test(inner) || numberFields?.has(inner)))
			return { message: twoFields(inner), text: null };
		const field = this.fieldBefore(first);
		if (!isPattern && numberFields?.has(field)) return { message: `${field} is a number`, text: writtenNumber(inner) };
		if (NULLS.has(inner.toLowerCase())) return { message: `${inner} is no value here`, text: 'null' };
		return { message: 'a text stands between quotes', text: stringLiteral(inner) };
	}

	/** The field that a value is compared with. */
	private fieldBefore(value: Token): string {
		const index = this.tokens.findIndex(({ start }) => start === value.start);
		return this.tokens[index - 2]?.text ?? '';
	}

	/** Texts are hardly ever compared by order: a quoted datetime behind `>` is one without its brackets. */
	protected checkDateInQuotes(token: Token, operator: string): void {
		if (!isOrder(operator) || this.kind === 'custom') return;
		const field = this.fieldBefore(token);
		if (this.known.numberFields?.has(field) && !NUMBER.test(token.text.trim())) {
			const number = writtenNumber(token.text.trim());
			const edit = number === null ? null : replace(token, number);
			this.tell(token, `${field} is a number${number === null ? '' : `: ${number}`}`, edit);
			return;
		}
		const date = toDateLiteral(token.text);
		if (date !== null) this.tell(token, `a date stands between brackets, not quotes: ${date}`, replace(token, date));
	}

	/** A date, a datetime, or a relative time that is compared with: what else may be a date is anyone's guess. */
	protected checkDate(token: Token, operator: string): void {
		const inner = token.text.trim();
		const unquoted = inner.replace(/^["']/, '').replace(/["']$/, '');
		const date = unquoted === inner ? null : toDateLiteral(unquoted);
		if (date !== null) {
			this.tell(token, `a date stands between brackets without quotes: ${date}`, replace(token, date));
			return;
		}
		if (parseIso(inner, true) !== null || (COMPARISONS.has(operator) && isRelativeTime(inner))) return;
		if (NAMED_MONTH.test(inner)) return;
		const days = saidInNumbers(inner);
		const [only, other] = days;
		if (only !== undefined && other === undefined) {
			this.tell(token, `a date begins with the year: [${only}]`, replace(token, `[${only}]`));
			return;
		}
		const readings = days.length > 0 ? `: it may be ${days.map((day) => `[${day}]`).join(' or ')}` : '';
		const message = `[${quoted(inner)}] is no date${readings || ': brackets hold one, like [2026-04-01T09:00:00Z] or [today]'}`;
		this.tell(token, message, null);
	}
}

function isRelativeTimeHere(operator: string, first: Token, text: string): boolean {
	return first.type === 'word' && isOrder(operator) && isRelativeTime(text);
}

/** A name with a capital inside, or with a slash: `estimatedHours`, `board/name`. */
const FIELD = /^[a-z]+(?:[A-Z][a-z]*)+$|^[a-z]\w*(?:\/\w+)+$/;

function twoFields(field: string): string {
	return `${quoted(field)} is a field, and two fields cannot be compared: ask for both in fields, and compare them`;
}

/** `$1,200.00` and `2h` without what people add; null for what is no number. A comma may stand before thousands only. */
function writtenNumber(text: string): string | null {
	const plain = text.replace(/^[$€£]\s?/, '').replace(/\s?(?:h|hrs?|hours?|%)$/i, '');
	const number = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain;
	return NUMBER.test(number) ? number : null;
}

function isLiteralWord(token: Token): boolean {
	return token.type === 'word' && (NUMBER.test(token.text) || /^(?:true|false|null)$/i.test(token.text));
}

function isOrder(operator: string): boolean {
	return operator.startsWith('<') || operator.startsWith('>');
}

/** A date or datetime between brackets; null for anything else. */
function toDateLiteral(text: string): string | null {
	return parseIso(text, true) === null ? null : `[${text.trim()}]`;
}

/** The days that `4/1/2026` or `13.01.2026` may be: the month stands first in America, the day elsewhere. */
function saidInNumbers(text: string): string[] {
	const [, first = '', second = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
	const days = [
		[first, second],
		[second, first],
	].map(([month = '', day = '']) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
	return [...new Set(days)].filter((day) => parseIso(day, true) !== null);
}
