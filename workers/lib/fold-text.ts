// Texts as people compare them: without regard to case, accents, kinds of quotes and dashes, and odd blanks.

/** Lower case, accents taken off, quotes and dashes straight, every run of blanks one space. */
export function foldText(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4]/g, "'")
		.replace(/[\u201c\u201d\u201e\u201f\u2033]/g, '"')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
		.replace(/\s+/g, ' ')
		.trim()
		.toLowerCase();
}

/** Letters and digits alone: "Help Desk" and "help-desk" are the same. */
export function squashText(text: string): string {
	return foldText(text).replace(/[^\p{L}\p{N}]/gu, '');
}

/** The words of a folded text. */
export function wordsOfText(text: string): string[] {
	return foldText(text)
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);
}
