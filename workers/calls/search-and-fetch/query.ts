// A person's words → conditions of the vendor's filter language.

import { compileFilters } from '../../conditions/compile.ts';
import type { SearchSource } from '../../integration/format.ts';

/** Words are no times: no clock is needed. */
const NO_TIMES = { clock: { nowMs: 0, zone: 'UTC' }, dayFields: new Set<string>() };

/** More words than these narrow nothing. */
const MAX_WORDS = 8;
const MAX_NUMBER = 2_147_483_647;
/** Words that are in every text and so find nothing. */
const COMMON = new Set(
	'a an and are at by for from in is it of on or that the this to was were what when where which who why with'.split(
		' ',
	),
);

/** @returns the telling words of a query, each once, at most eight */
export function wordsOf(query: string): string[] {
	const words = query
		.split(/[\s,;:!?()[\]{}<>|]+/)
		.map((word) => word.replace(/^[#.'"]+|(?<![.'"])[.'"]+$/g, ''))
		.filter((word) => /[\p{L}\p{N}]/u.test(word));
	const telling = words.filter((word) => !COMMON.has(word.toLowerCase()));
	const chosen = telling.length > 0 ? telling : words;
	return [...new Map(chosen.map((word) => [word.toLowerCase(), word])).values()].slice(0, MAX_WORDS);
}

/** @returns conditions that ask for all of the words, or for any of them */
export function conditionsOf(
	{ fields, number_field, also }: SearchSource,
	words: readonly string[],
	join: 'and' | 'or',
): string {
	const any = fields.map((field) => ({ field, op: 'contains' as const }));
	const parts = words.flatMap((word) => {
		const { conditions } = compileFilters({ word: { any } }, { word }, NO_TIMES, 'conditions');
		const texts = conditions.get('conditions') ?? [];
		const isNumber = number_field !== undefined && /^\d{1,10}$/.test(word) && Number(word) <= MAX_NUMBER;
		return isNumber ? [`(${[...texts, `${number_field} = ${Number(word)}`].join(' or ')})`] : texts;
	});
	const asked = parts.length > 1 && join === 'or' ? `(${parts.join(' or ')})` : parts.join(' and ');
	return also ? `${asked} and ${also}` : asked;
}

/** Counts the words that a record holds. A query that is just a record's number finds that record first. */
export function scoreOf(words: readonly string[], texts: readonly string[], number: unknown): number {
	const isNumber = (word: string) => number !== undefined && word === String(number);
	const lower = texts.map((text) => text.toLowerCase());
	const held = words.filter((word) => isNumber(word) || lower.some((text) => text.includes(word.toLowerCase())));
	const [only, ...others] = words;
	return held.length + (only !== undefined && others.length === 0 && isNumber(only) ? 1 : 0);
}
