// Characters that a person does not see and a model reads: a place to hide instructions in a text that looks harmless.

/**
 * Controls but \n and \t, soft hyphens, zero-width characters and fillers, marks and overrides of direction, variation
 * selectors, tag characters. What belongs to a visible one is kept below.
 */
const SUSPECT =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\u034f|[\u180b-\u180f]|[\ufe00-\ufe0f]/u;
const ALL_SUSPECTS = new RegExp(SUSPECT, 'gu');

const LINE_BREAKS = new Set(['\r', '\u0085', '\u2028', '\u2029']);
const JOINER = '\u200d';
const NON_JOINER = '\u200c';
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f/u;
/** In these scripts joiners decide how a word is written. */
const JOINING =
	/[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** @returns the text without them, line breaks as \n, and how many were removed */
export function withoutHidden(text: string): { text: string; removed: number } {
	if (!SUSPECT.test(text)) return { text, removed: 0 };
	let removed = 0;
	const cleaned = text.replace(ALL_SUSPECTS, (character: string, at: number) => {
		if (LINE_BREAKS.has(character)) return character === '\r' && text[at + 1] === '\n' ? '' : '\n';
		if (belongs(character, before(text, at), after(text, at + character.length))) return character;
		removed++;
		return '';
	});
	return { text: cleaned, removed };
}

/** Parts of an emoji or of a word; one at a time, since a run of them only carries a message. */
function belongs(character: string, previous: string, next: string): boolean {
	switch (character) {
		case '\ufe0e':
		case '\ufe0f':
			return previous.trim() !== '' && !SUSPECT.test(previous);
		case JOINER:
			return (PICTURE.test(previous) && PICTURE.test(next)) || (JOINING.test(previous) && JOINING.test(next));
		case NON_JOINER:
			return JOINING.test(previous) && JOINING.test(next);
		default:
			return false;
	}
}

function before(text: string, at: number): string {
	const unit = text.charCodeAt(at - 1);
	return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(Math.max(0, at - 2), at) : text.slice(Math.max(0, at - 1), at);
}

function after(text: string, at: number): string {
	const point = text.codePointAt(at);
	return point === undefined ? '' : String.fromCodePoint(point);
}
