// Reading token by token with look-ahead, and the findings: the base of the conditions language's parser.
import { ellipsis } from '../lib/text.ts';
import { type Edit, type Finding, type Token, tokenize } from './tokenize.ts';

/** The parameter that the text is for: `conditions`, `childConditions` or `customFieldConditions`. */
export type ConditionsKind = 'top' | 'child' | 'custom';

export interface KnownFields {
	/** Names of the fields that hold arrays, as the schema writes them. */
	arrayFields: ReadonlySet<string>;
	/** The parameter that filters inside arrays, where the operation has one. */
	childParameter?: string;
	/** Names of the fields that are true or false. */
	booleanFields?: ReadonlySet<string>;
	/** Names of the fields that are numbers. */
	numberFields?: ReadonlySet<string>;
	/** Fields, at any step of a path, that nothing may be asked about: a comparison tells a secret bit by bit. */
	secrets?: readonly string[];
}

export const CUSTOM_PARAMETER = 'customFieldConditions';

/** Length of a quoted piece in a message, in characters. */
const MAX_QUOTED = 60;

export const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
export const WORD_OPERATORS: ReadonlySet<string> = new Set(['contains', 'like', 'in']);
/** Operators of other languages that have one equal here. */
export const TRANSLATIONS: ReadonlyMap<string, string> = new Map([
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

/** Thrown where reading on would only guess. */
export class Unreadable extends Error {}

/** Tokens with look-ahead. Findings are collected, and reading goes on as if they were corrected. */
export class TokenReader {
	protected readonly text: string;
	protected readonly kind: ConditionsKind;
	protected readonly known: KnownFields;
	protected readonly tokens: Token[];
	protected readonly findings: Finding[];
	protected readonly joiners = new Set<string>();
	protected index = 0;

	constructor(text: string, kind: ConditionsKind, known: KnownFields, escapes: boolean) {
		this.text = text;
		this.kind = kind;
		this.known = known;
		const { tokens, findings } = tokenize(text, escapes);
		this.tokens = tokens;
		this.findings = findings;
	}

	/** AND, OR, and the symbols that stand for them elsewhere. */
	protected joiner(index = this.index): 'and' | 'or' | null {
		const token = this.tokens[index];
		if (token?.type !== 'operator' && token?.type !== 'word') return null;
		const text = token.text.toLowerCase();
		if (text === 'and' || text === '&&' || text === '&') return 'and';
		return text === 'or' || text === '||' || text === '|' ? 'or' : null;
	}

	protected takeJoiner(): 'and' | 'or' {
		const kind = this.joiner() ?? 'and';
		const token = this.next();
		this.joiners.add(kind);
		if (token.type !== 'word') {
			const spaced = `${token.start > 0 && this.text[token.start - 1] !== ' ' ? ' ' : ''}${kind}${this.text[token.end] === ' ' ? '' : ' '}`;
			this.tell(token, `write ${kind} instead of ${token.text}`, replace(token, spaced));
		}
		return kind;
	}

	/** Tells whether a value ends before the token at `index`. A name may hold `and` that no condition follows. */
	protected isEndOfValue(index: number, isInList: boolean): boolean {
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
	protected startsCondition(index: number): boolean {
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
	protected isStrayEnd(): boolean {
		return this.peek().text === ';' && this.tokens[this.index + 1]?.type === 'end';
	}

	protected skipStrayEnd(): void {
		if (!this.isStrayEnd()) return;
		const token = this.next();
		this.tell(token, 'no semicolon ends the conditions', replace(token, ''));
	}

	protected peek(): Token {
		return this.tokens[this.index] ?? { type: 'end', text: '', start: this.text.length, end: this.text.length };
	}

	protected next(): Token {
		const token = this.peek();
		this.index++;
		return token;
	}

	/** Behind the token that was read last. */
	protected insertAfterLast(text: string): Edit {
		const end = this.tokens[this.index - 1]?.end ?? 0;
		return { start: end, end, text };
	}

	/** @param edit  null where the right text is open */
	protected tell(token: Token, message: string, edit: Edit | null): void {
		this.findings.push({ position: token.start, message, edits: edit && [edit] });
	}

	protected stop(token: Token, message: string, edit: Edit | null = null): never {
		this.tell(token, message, edit);
		throw new Unreadable();
	}

	protected stopOpen(token: Token): never {
		return this.stop(token, token.text === '[' ? 'nothing closes this bracket' : 'nothing closes this quote');
	}

	protected unexpected(token: Token): never {
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
				return this.stop(token, `${quoted(token.text)} is not expected here; conditions are joined by and or or`);
		}
	}
}

export function isWord(token: Token, word: string): boolean {
	return token.type === 'word' && token.text.toLowerCase() === word;
}

export function replace(token: Token, text: string): Edit {
	return { start: token.start, end: token.end, text };
}

/** A piece of the text, short enough for a message. */
export function quoted(text: string): string {
	return ellipsis(text, MAX_QUOTED);
}
