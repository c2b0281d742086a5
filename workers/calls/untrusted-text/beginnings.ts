// Finds the beginnings of secrets in a text, in one pass: every answer is searched, for some twenty forms of each
// account's credentials, and one search after another took more time than anything else that is done to an answer.

/** Characters of a beginning, as `fold` leaves them. */
export const BEGINNING_LENGTH = 8;

/** Codes of letters and digits, capital or not; `OTHER` for what `fold` leaves out. Below 64: six bits each. */
const OTHER = 255;
const CODES = new Uint8Array(128).fill(OTHER);
for (let i = 0; i < 26; i++) CODES[0x41 + i] = CODES[0x61 + i] = i;
for (let i = 0; i < 10; i++) CODES[0x30 + i] = 26 + i;

const encoder = new TextEncoder();
/** Characters that are encoded at once: a file has megabytes. */
const CHUNK_LENGTH = 64 * 1024;

/** The last four characters of a beginning in one small integer. */
const TAIL_MASK = 0xffffff;
/** Table of tails, twelve bits of each, which rules out most places of a text at once. */
const TABLE_MASK = 0xfff;

/**
 * @param forms  folded, of `BEGINNING_LENGTH` characters or more
 * @returns whether a text holds the beginning of one when it is folded; null for a text that is not all ASCII
 */
export function beginningsFinder(forms: readonly string[]): (text: string) => boolean | null {
	// A beginning with another character is in no ASCII text.
	const beginnings = new Set(forms.map((form) => form.slice(0, BEGINNING_LENGTH)).filter((one) => FOLDED.test(one)));
	const tails = new Set([...beginnings].map(tailOf));
	const table = new Uint8Array(TABLE_MASK + 1);
	for (const tail of tails) table[placeOf(tail)] = 1;
	return (text) => {
		let tail = 0;
		let isFound = false;
		// Bytes are read at half the cost of a text's characters.
		for (let from = 0; from < text.length; from += CHUNK_LENGTH) {
			const chunk = text.slice(from, from + CHUNK_LENGTH);
			const bytes = encoder.encode(chunk);
			if (bytes.length !== chunk.length) return null;
			for (let i = 0; i < bytes.length; i++) {
				const code = CODES[bytes[i] as number] as number;
				if (code === OTHER) continue;
				tail = ((tail << 6) | code) & TAIL_MASK;
				if (table[placeOf(tail)] === 1 && tails.has(tail) && beginnings.has(foldedBefore(text, from + i + 1)))
					isFound = true;
			}
		}
		return isFound;
	};
}

const FOLDED = /^[a-z0-9]{8}$/;

function tailOf(beginning: string): number {
	let tail = 0;
	for (let i = 0; i < BEGINNING_LENGTH; i++) tail = ((tail << 6) | (CODES[beginning.charCodeAt(i)] ?? 0)) & TAIL_MASK;
	return tail;
}

function placeOf(tail: number): number {
	return (tail ^ (tail >>> 12)) & TABLE_MASK;
}

/** The last characters of a text of ASCII before a place, folded; as many as a beginning has. */
function foldedBefore(text: string, end: number): string {
	let folded = '';
	for (let at = end - 1; at >= 0 && folded.length < BEGINNING_LENGTH; at--)
		if (CODES[text.charCodeAt(at)] !== OTHER) folded = text.charAt(at) + folded;
	return folded.toLowerCase();
}
