// The telling words of a person's query, and how well a record answers them.

/** More words than these narrow nothing. */
const MAX_WORDS = 8;
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

/** Counts the words that a record holds. A query that is just a record's number finds that record first. */
export function scoreOf(words: readonly string[], texts: readonly string[], number: unknown): number {
	const isNumber = (word: string) => number !== undefined && word === String(number);
	const lower = texts.map((text) => text.toLowerCase());
	const held = words.filter((word) => isNumber(word) || lower.some((text) => text.includes(word.toLowerCase())));
	const [only, ...others] = words;
	return held.length + (only !== undefined && others.length === 0 && isNumber(only) ? 1 : 0);
}
