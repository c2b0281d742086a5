// The vendor's conditions language → tokens with their positions. What cannot be a token is a finding, with the way
// to write it where that is certain, and reading goes on behind it.
import { stringLiteral } from './literals.ts';

export interface Token {
	/**
	 * `word`: a run of anything without a meaning of its own, as fields, keywords, numbers and unquoted text are.
	 * `bracket`: `[…]`. `open`: a quote or `[` that nothing closes. `stray`: `]`, `;` or a backslash on its own.
	 */
	type: 'word' | 'string' | 'bracket' | 'operator' | '(' | ')' | ',' | 'open' | 'stray' | 'end';
	/** Source text; for quotes and brackets, the content between them. */
	text: string;
	/** Position from 0, in UTF-16 units; `end` is behind the last character. */
	start: number;
	end: number;
}

export interface Edit {
	start: number;
	end: number;
	text: string;
}

export interface Finding {
	/** Position from 0. */
	position: number;
	message: string;
	/** Null where the right text is anyone's guess. */
	edits: readonly Edit[] | null;
}

const DOUBLE_CURLY = '“”„‟';
const SINGLE_CURLY = '‘’‚‛`';
const OPERATOR_CHARACTERS = '=!<>&|';
const NOT_WORD = `"'()[],;${DOUBLE_CURLY}${SINGLE_CURLY}${OPERATOR_CHARACTERS}`;
const SPACE = /\s/;
const LETTER = /[\p{L}\p{N}_]/u;
/** Characters in which the true end of a broken string is looked for. The bound keeps reading linear. */
const WINDOW = 300;

function isSpace(char: string | undefined): boolean {
	return char !== undefined && SPACE.test(char);
}

function isWordCharacter(char: string | undefined): boolean {
	return char !== undefined && !NOT_WORD.includes(char) && !SPACE.test(char);
}

/**
 * @param escapes  whether a backslash keeps a quote (or another backslash) inside a string, as clients send it, or is
 *                 a character like any other; the vendor does not say
 */
export function tokenize(text: string, escapes: boolean): { tokens: Token[]; findings: Finding[] } {
	return new Tokenizer(text, escapes).read();
}

class Tokenizer {
	readonly #text: string;
	readonly #escapes: boolean;
	readonly #tokens: Token[] = [];
	readonly #findings: Finding[] = [];
	/** Quotes that nothing closes: searched for once, not again from each later one. */
	readonly #unclosed = new Set<string>();
	/** End and result of the last search for a closer, by kind of quote. */
	readonly #searches = new Map<string, { to: number; found: number }>();
	#position = 0;

	constructor(text: string, escapes: boolean) {
		this.#text = text;
		this.#escapes = escapes;
	}

	read(): { tokens: Token[]; findings: Finding[] } {
		while (this.#position < this.#text.length) this.#readOne();
		this.#push('end', this.#text.length);
		return { tokens: this.#tokens, findings: this.#findings };
	}

	#readOne(): void {
		const char = this.#text[this.#position] ?? '';
		const next = this.#text[this.#position + 1];
		if (SPACE.test(char)) this.#position++;
		else if (char === '"' || char === "'") this.#readString(char);
		else if (DOUBLE_CURLY.includes(char) || SINGLE_CURLY.includes(char)) this.#readCurly(char);
		else if (char === '[') this.#readBracket();
		else if (char === '(' || char === ')' || char === ',') this.#push(char, this.#position + 1);
		else if (char === ']' || char === ';') this.#push('stray', this.#position + 1);
		else if (char === '\\' && (next === '"' || next === "'")) this.#readBackslash(next);
		else if (OPERATOR_CHARACTERS.includes(char)) this.#readOperator();
		else this.#readWord();
	}

	#readOperator(): void {
		let end = this.#position + 1;
		while (OPERATOR_CHARACTERS.includes(this.#text[end] ?? ' ')) end++;
		this.#push('operator', end);
	}

	#push(type: Token['type'], end: number, inner?: string): void {
		this.#tokens.push({ type, text: inner ?? this.#text.slice(this.#position, end), start: this.#position, end });
		this.#position = end;
	}

	/** A string with a mistake: reported, and kept as the token it should have been. */
	#pushBroken(end: number, inner: string, message: string): void {
		const literal = stringLiteral(inner);
		const edits = literal === null ? null : [{ start: this.#position, end, text: literal }];
		this.#findings.push({ position: this.#position, message, edits });
		this.#push('string', end, inner);
	}

	/** Behind the first of the quotes between `from` and `to` that a value could end with, or -1. */
	#closerWithin(from: number, to: number, quotes: string): number {
		const last = Math.min(to, from + WINDOW);
		const before = this.#searches.get(quotes);
		if (before && before.found > from) return before.found <= last ? before.found : -1;
		for (let i = Math.max(from, before?.to ?? 0); i < last; i++) {
			if (!quotes.includes(this.#text[i] ?? ' ') || !isAfterValue(this.#text, i + 1)) continue;
			this.#searches.set(quotes, { to: i + 1, found: i + 1 });
			return i + 1;
		}
		this.#searches.set(quotes, { to: Math.max(last, before?.to ?? 0), found: -1 });
		return -1;
	}

	#readString(quote: string): void {
		const end = this.#unclosed.has(quote) ? -1 : closingQuote(this.#text, this.#position, this.#escapes);
		if (end < 0) {
			this.#unclosed.add(quote);
			this.#push('open', this.#position + 1);
		} else if (isAfterValue(this.#text, end)) {
			this.#push('string', end, this.#text.slice(this.#position + 1, end - 1));
		} else {
			this.#readBrokenString(quote, end);
		}
	}

	/** Something stands behind the closing quote: was it one inside the text (`'O'Brien'`), or a curly one (`"New”`)? */
	#readBrokenString(quote: string, end: number): void {
		const curly = this.#closerWithin(this.#position + 1, end - 1, quote === '"' ? DOUBLE_CURLY : SINGLE_CURLY);
		const real = this.#closerWithin(end, this.#text.length, quote);
		const inner = this.#text.slice(this.#position + 1, real - 1);
		const other = quote === '"' ? "'" : '"';
		if (curly > 0) {
			const message = 'a curly quote closes no string: write a straight one';
			this.#pushBroken(curly, this.#text.slice(this.#position + 1, curly - 1), message);
		} else if (real < 0 || isQuoteAhead(this.#text, end) || /[=<>]|\s(?:and|or|like|in|contains)\s/i.test(inner)) {
			this.#push('string', end, this.#text.slice(this.#position + 1, end - 1));
		} else if (inner.startsWith(quote) && inner.endsWith(quote)) {
			this.#pushBroken(real, inner.slice(1, -1), `the text stands between two pairs of ${quote}: write one`);
		} else if (inner.includes(other)) {
			const wayOut = 'compare with contains and a part that holds no quote';
			this.#pushBroken(real, inner, `the text holds both kinds of quote: ${wayOut}`);
		} else {
			this.#pushBroken(real, inner, `the text holds the quote that it stands between: put it between ${other}`);
		}
	}

	#readCurly(char: string): void {
		const family = DOUBLE_CURLY.includes(char) ? `${DOUBLE_CURLY}"` : `${SINGLE_CURLY}'`;
		const end = this.#closerWithin(this.#position + 1, this.#text.length, family);
		if (end < 0) this.#push('open', this.#position + 1);
		else
			this.#pushBroken(
				end,
				this.#text.slice(this.#position + 1, end - 1),
				`${char} opens no string: write a straight quote`,
			);
	}

	/** `\"New\"`: a text that was escaped once too often on its way here. */
	#readBackslash(quote: string): void {
		const close = this.#text.indexOf(`\\${quote}`, this.#position + 2);
		if (close < 0 || close - this.#position > WINDOW) this.#push('stray', this.#position + 1);
		else
			this.#pushBroken(
				close + 2,
				this.#text.slice(this.#position + 2, close),
				`a backslash stands before the quote: write ${quote} alone`,
			);
	}

	#readBracket(): void {
		let end = this.#position + 1;
		while (end < this.#text.length && this.#text[end] !== ']' && this.#text[end] !== '[') end++;
		if (this.#text[end] !== ']') this.#push('open', this.#position + 1);
		else this.#push('bracket', end + 1, this.#text.slice(this.#position + 1, end));
	}

	#readWord(): void {
		let end = this.#position;
		while (end < this.#text.length) {
			const char = this.#text[end];
			const next = this.#text[end + 1];
			const isApostrophe =
				(char === "'" || char === '’') &&
				end > this.#position &&
				next !== undefined &&
				LETTER.test(next) &&
				!/^(?:contains|like)$/i.test(this.#text.slice(this.#position, Math.min(end, this.#position + 9)));
			const isEscape = char === '\\' && (next === '"' || next === "'");
			if (isEscape || !(isWordCharacter(char) || isApostrophe)) break;
			end++;
		}
		this.#push('word', end);
	}
}

/**
 * Behind the quote that closes the string at `start`, or -1. A doubled quote does not close: nobody says that the
 * vendor reads it so, nor that it does not, and nothing else could follow a string without a space.
 */
function closingQuote(text: string, start: number, escapes: boolean): number {
	const quote = text[start];
	for (let i = start + 1; i < text.length; i++) {
		const char = text[i];
		const next = text[i + 1];
		if (escapes && char === '\\' && (next === quote || next === '\\')) i++;
		else if (char === quote && next === quote) i++;
		else if (char === quote) return i + 1;
	}
	return -1;
}

/** Tells whether another string begins here behind a space: two values side by side. */
function isQuoteAhead(text: string, from: number): boolean {
	let at = from;
	while (isSpace(text[at])) at++;
	return at > from && (text[at] === '"' || text[at] === "'");
}

/** Tells whether this can follow a value: the end, `)`, `,`, `;`, AND, OR or what is mistaken for them. */
function isAfterValue(text: string, from: number): boolean {
	let at = from;
	while (isSpace(text[at])) at++;
	const char = text[at] ?? ')';
	return '),;&|]'.includes(char) || ('aAoO'.includes(char) && /^(?:and|or)(?!\w)/i.test(text.slice(at, at + 4)));
}
