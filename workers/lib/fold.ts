// Texts that differ in case, width, accents, punctuation or invisible characters alone fold to the same.

const MARKS_AND_SEPARATORS = /[^\p{L}\p{N}]+/gu;
/** The two letters that are drawn as nothing; NFKD makes the others into them. */
const FILLERS = /[\u115f\u1160]+/g;

/** Letters and digits in lower case, compatibility forms and accents taken apart (Unicode NFKD). */
export function fold(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the quick case
	if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase().replace(/[^a-z0-9]+/g, '');
	return text.normalize('NFKD').toLowerCase().replace(MARKS_AND_SEPARATORS, '').replace(FILLERS, '');
}
