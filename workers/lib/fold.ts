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

const CYRILLIC_AND_GREEK = 'аеорсухіјѕԁһкмтвнАВЕКМНОРСТУХІЈЅαορντικυΑΒΕΗΙΚΜΝΟΡΤΥΧΖ';
const LIKE_LATIN = 'aeopcyxijsdhkmtbhABEKMHOPCTYXIJSaopvtikuABEHIKMNOPTYXZ';
const NOT_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;
const WORD = /\p{L}+/gu;

/** In words of several alphabets, letters that look Latin as Latin: nobody writes these but to be misread. */
export function likeLatin(text: string): string {
	if (!NOT_LATIN.test(text)) return text;
	return text.replace(WORD, (word) =>
		/[A-Za-z]/.test(word) && NOT_LATIN.test(word)
			? Array.from(word, (letter) => LIKE_LATIN[CYRILLIC_AND_GREEK.indexOf(letter)] ?? letter).join('')
			: word,
	);
}
