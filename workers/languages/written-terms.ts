// Comparisons of a vendor's expression language, right by construction whatever a person typed.
import type { Filters } from '../integration/format.ts';

export type Expression = Extract<Filters, { language: 'expression' }>;
export type Operator = keyof Expression['operators'];

/** A value that stands in a comparison: a text is quoted, what is none stands as it is. */
export type Written = { term: string } | { fault: string };

/** @param value  a text, number, truth value or a list of numbers */
export function comparison(
	language: Expression,
	field: string,
	operator: Operator,
	value: unknown,
	isTime = false,
): Written {
	const template = language.operators[operator];
	if (template === undefined) return { fault: `cannot be compared by ${operator}` };
	const isBare = typeof value !== 'string' || (isTime && !language.quotes_times);
	const written = Array.isArray(value)
		? value.map(String).join(language.separator ?? ',')
		: isBare
			? String(value)
			: quoted(language, value);
	if (written === null) return { fault: 'has a character that this vendor cannot be asked for' };
	const named = field.split('/').join(language.path_separator ?? '/');
	// In one pass, so that a value that looks like a placeholder stays what it is.
	return { term: template.replace(/\{\{(field|value)\}\}/g, (_, what) => (what === 'field' ? named : written)) };
}

/** Characters that end a line or a text for some reader. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/;

/** @returns null for a text that has no spelling here */
function quoted({ text, and, or }: Expression, value: string): string | null {
	const { quote, escapes = {}, refuses = '' } = text;
	const isRefused = CONTROL.test(value) || [...refuses].some((character) => value.includes(character));
	if (isRefused) return null;
	const isEscaped = (character: string) => Object.hasOwn(escapes, character);
	if (quote === '') {
		// A connective inside a value without quotation marks would end the value.
		const bare = [...value].map((character) => (isEscaped(character) ? '\0' : character.toLowerCase())).join('');
		const joints = [and, or].flatMap((joint) => joint?.trim().toLowerCase() ?? []).filter(Boolean);
		if (joints.some((joint) => bare.includes(joint))) return null;
	}
	const escaped = [...value].map((character) =>
		isEscaped(character) ? escapes[character] : character === quote ? null : character,
	);
	return escaped.includes(null as never) ? null : `${quote}${escaped.join('')}${quote}`;
}

export function allOf({ and }: Expression, terms: readonly string[]): string {
	return terms.join(and);
}

/** One alone needs nothing to hold it together. */
export function anyOf({ or = '', group = '{{terms}}' }: Expression, terms: readonly string[]): string {
	return terms.length === 1 ? (terms[0] ?? '') : group.replace('{{terms}}', () => terms.join(or));
}
