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

/** Half of a beginning in one small integer. */
const HALF_BITS = 24;
const HALF_MASK = 0xffffff;
/** Table by a beginning's last two characters, which rules out most places of a text at once. */
const LAST_TWO_MASK = 0xfff;

/**
 * @param forms  folded, of `BEGINNING_LENGTH` characters or more
 * @returns whether a text holds the beginning of one when it is folded; null for a text that is not all ASCII
 */
export function beginningsFinder(forms: readonly string[]): (text: string) => boolean | null {
	const beginnings = new Set<number>();
	const lastTwo = new Uint8Array(LAST_TWO_MASK + 1);
	for (const form of forms) {
		const beginning = form.slice(0, BEGINNING_LENGTH);
		// A beginning with another character is in no ASCII text.
		if (!/^[a-z0-9]{8}$/.test(beginning)) continue;
		let [high, low] = [0, 0];
		for (let i = 0; i < BEGINNING_LENGTH; i++) {
			high = ((high << 6) | (low >>> 18)) & HALF_MASK;
			low = ((low << 6) | (CODES[beginning.charCodeAt(i)] ?? 0)) & HALF_MASK;
		}
		beginnings.add(high * 2 ** HALF_BITS + low);
		lastTwo[low & LAST_TWO_MASK] = 1;
	}
	return (text) => {
		let high = 0;
		let low = 0;
		let count = 0;
		let isFound = false;
		// Bytes are read at half the cost of a text's characters.
		for (let from = 0; from < text.length; from += CHUNK_LENGTH) {
			const chunk = text.slice(from, from + CHUNK_LENGTH);
			const bytes = encoder.encode(chunk);
			if (bytes.length !== chunk.length) return null;
			for (let i = 0; i < bytes.length; i++) {
				const code = CODES[bytes[i] as number] as number;
				if (code === OTHER) continue;
				high = ((high << 6) | (low >>> 18)) & HALF_MASK;
				low = ((low << 6) | code) & HALF_MASK;
				count++;
				if (
					lastTwo[low & LAST_TWO_MASK] === 1 &&
					count >= BEGINNING_LENGTH &&
					beginnings.has(high * 2 ** HALF_BITS + low)
				)
					isFound = true;
			}
		}
		return isFound;
	};
}
