// The parts of a name that a vendor is asked for, where the whole may be misspelt.

/** Letters at the beginning of a word, which are most often right in a misspelt name. */
const BEGINNING = 4;
const WORDS = 2;

/** The words that can be asked for as they are: without quotes of any kind, dashes, commas and wildcards. */
function plainWords(text: string): string[] {
	return text
		.normalize('NFC')
		.split(/[\s,"'\u2018-\u201f\u02bc\u2032\u2033`\u00b4\u2010-\u2015\\[\]*%_-]+/u)
		.filter(Boolean);
}

const TITLE = /^(?:mr|mrs|ms|miss|dr|prof)\.?\s+(?=\S)/i;

/** A person's name as records have it: `Doe, Jane`, `@jdoe` and `Ms. Doe` without what people add. */
export function plainPersonName(text: string): string {
	const said = text
		.trim()
		.replace(/^@(?=\S)/, '')
		.replace(TITLE, '');
	const [, last, first] = /^([^,@]+),\s*([^,@]+)$/.exec(said) ?? [];
	return last && first ? `${first.trim()} ${last.trim()}` : said;
}

/** The words of a person's name that are no initials: `John` of `John S.` */
export function wordsWithoutInitials(name: string): string[] {
	const words = name.split(/\s+/);
	const whole = words.filter((word) => !INITIAL.test(word));
	return whole.length > 0 ? whole : words;
}

const INITIAL = /^\p{L}\.?$/u;

/** Letters that often bear an accent, which people leave out: `Nunez` for `Núñez`, `Muller` for `Müller`. */
const MAY_BEAR_ACCENTS = /[aeiouync]+/gi;
const CONSONANT = /^[bdf-hj-np-tv-z]/i;

/**
 * Returns the letters of a name that stand the same with and without accents, in their order, those of the word with the
 * most of them; nothing for a name in another alphabet, or without such letters.
 */
export function unaccentedLetters(text: string): string[] {
	const plain = text.normalize('NFD').replace(/\p{M}/gu, '');
	if (!/^[\x20-\x7e\u2019]+$/.test(plain)) return [];
	const all = plainWords(plain)
		.filter((word) => /^[a-z]{3,}$/i.test(word))
		.map((word) => {
			// A first consonant hardly ever bears one.
			const first = CONSONANT.exec(word)?.[0] ?? '';
			const [head = '', ...rest] = word.slice(first.length).split(MAY_BEAR_ACCENTS);
			return [first + head, ...rest].filter(Boolean);
		});
	const [most = []] = all.toSorted((a, b) => b.join('').length - a.join('').length);
	return most;
}

/** Returns the beginnings of the longest words that can be asked for as they are. */
export function plainBeginnings(text: string): string[] {
	return plainWords(text)
		.toSorted((a, b) => b.length - a.length)
		.slice(0, WORDS)
		.map((word) => {
			// An accent may be kept composed or not, and a person may leave it out: what stands before it is asked for.
			const plain = /^[\x20-\x7e]{2,}/.exec(word)?.[0] ?? word;
			return Array.from(plain).slice(0, BEGINNING).join('');
		});
}
