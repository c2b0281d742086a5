// Values → literals of the vendor's conditions language, right by construction whatever a person typed.
// The vendor documents no escape inside strings, so what would need one has no literal here (null).
import { parseIso, toIsoSeconds } from '../lib/times.ts';

/** Readers differ on a backslash only before a quote, before another one, or as the last character. */
const AMBIGUOUS_BACKSLASH = /\\(?=["'\\]|$)/;

/** Quotes, brackets, wildcards and the backslash: all that means something inside some literal. */
const NOT_PLAIN = /["'\\[\]*%_]/;

/**
 * A string literal for `=`, `!=`, `<`, `in`…: the text between double quotes, or single ones when it holds a double.
 *
 * Null where no literal surely means the text: it holds both kinds of quote, a backslash that may be taken for an
 * escape (clients send `\"`, REFERENCE section 6), or `[[]` (which may be read as `[`). Ask then for
 * `contains` `longestPlainPart(text)` and compare the answers exactly.
 *
 * In doubt: the guide writes a literal `[text]` as `[[]text]` without saying for which operators. It is what SQL's
 * LIKE needs and what `=` would compare literally, so a lone `[` stays as it is here.
 */
export function stringLiteral(text: string): string | null {
	return text.includes('[[]') ? null : quote(text);
}

/**
 * An operand of `contains`, or of `like` for the whole value, that finds the text as it was typed: see `escapePattern`.
 * Null as for `stringLiteral`, except that brackets are no obstacle.
 */
export function patternLiteral(text: string): string | null {
	return quote(escapePattern(text));
}

/** An operand of `like` that finds texts with all of the parts, in their order. Null where one of them has no literal. */
export function partsLiteral(parts: readonly string[]): string | null {
	return parts.length === 0 ? null : quote(`*${parts.map(escapePattern).join('*')}*`);
}

/**
 * Takes `[`, `*` and `%` out of their office as wildcards: each becomes a set of one character, as in SQL's LIKE.
 *
 * In doubt: only `[[]` is documented (REFERENCE section 6). If the vendor turns `*` into `%` before it looks at sets,
 * `[*]` finds a percent sign. `_` is documented as no wildcard and left alone; where it is one, it finds more, never
 * less. Where exactness matters, ask for `longestPlainPart` and compare on our side.
 */
function escapePattern(text: string): string {
	return text.replace(/[[*%]/g, '[$&]');
}

/**
 * The longest part of a text that means itself in every operand: no quote, backslash, bracket or wildcard in it.
 * Empty when nothing is left; the first of several as long.
 */
export function longestPlainPart(text: string): string {
	let longest = '';
	for (const part of text.split(NOT_PLAIN)) if (part.length > longest.length) longest = part;
	return longest;
}

/**
 * `[2026-04-01T00:00:00Z]`: UTC in whole seconds; milliseconds are refused (REFERENCE section 11).
 *
 * @param iso  a date, or a datetime; one without an offset is UTC
 * @throws RangeError when it is neither: callers pass what `parseTime` returned
 */
export function datetimeLiteral(iso: string): string {
	const ms = parseIso(iso, true);
	if (ms === null) throw new RangeError(`not an ISO datetime: ${iso}`);
	return `[${toIsoSeconds(ms)}]`;
}

/**
 * Comparisons that find a text as one of those that a field lists with commas, and nothing that only begins alike.
 * Null where the text has no literal.
 */
export function listedComparisons(field: string, text: string): string[] | null {
	const [whole, escaped] = [stringLiteral(text), escapePattern(text)];
	const patterns = [`${escaped},*`, `*,${escaped}`, `*, ${escaped}`, `*,${escaped},*`, `*, ${escaped},*`].map(quote);
	if (whole === null || patterns.includes(null)) return null;
	return [`${field} = ${whole}`, ...patterns.map((pattern) => `${field} like ${pattern}`)];
}

/** Null when it is a text without a literal, or a number that is not finite. */
export function valueLiteral(value: string | number | boolean | null): string | null {
	if (typeof value === 'string') return stringLiteral(value);
	if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
	return value === null ? 'null' : value ? 'True' : 'False';
}

/** `("A","B",3)` for `in`. Null when the list is empty or a value has no literal. */
export function listLiteral(values: readonly (string | number | boolean)[]): string | null {
	const literals = values.map(valueLiteral);
	return literals.length === 0 || literals.includes(null) ? null : `(${literals.join(',')})`;
}

/** Between the quotes that the text lacks, nothing else changed; null where those could be misread. */
function quote(text: string): string | null {
	if (AMBIGUOUS_BACKSLASH.test(text)) return null;
	if (!text.includes('"')) return `"${text}"`;
	return text.includes("'") ? null : `'${text}'`;
}
