// Characters that a person does not see and a model reads: a place to hide instructions in a text that looks harmless.
import { utf8Length } from './text.ts';

/**
 * Removes by Unicode property: controls except \n and \t, format characters, default-ignorable ones (zero-width
 * characters, fillers, variation selectors, tags), private use, noncharacters and halves of surrogate pairs; and
 * characters that are drawn as nothing without such a property. What belongs to a visible character is kept below.
 */
const SUSPECT =
	/(?![\t\n])[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u2800\ufffc\u{16fe4}\u{1d159}]/u;
const ALL_SUSPECTS = new RegExp(SUSPECT, 'gu');
/** Signs that the standard counts as format characters and that are drawn: Arabic, Syriac and Kaithi number signs. */
const DRAWN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const PLAIN = /^[\t\n\x20-\x7e]*$/;

const LINE_BREAKS = new Set(['\r', '\u0085', '\u2028', '\u2029']);
const JOINER = '\u200d';
const NON_JOINER = '\u200c';
const KEYCAP = '\u20e3';
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f/u;
/** Scripts in which joiners decide how a word is written. */
const JOINING =
	/[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}]/u;
/** Characters that stand inside the text of one script: between two of its letters each of them is drawn or decides. */
const WITHIN_SCRIPT: readonly (readonly [character: RegExp, script: RegExp])[] = [
	[/[\u180b-\u180f]/, /\p{Script=Mongolian}/u],
	[/\u2800/, /\p{Script=Braille}/u],
	[/\u{16fe4}/u, /\p{Script=Khitan_Small_Script}/u],
	[/[\u{13430}-\u{1343f}]/u, /\p{Script=Egyptian_Hieroglyphs}/u],
];

/** Any but those of a quote, a backslash, a slash, a tab and a line feed. */
const OTHER_ESCAPE = /\\[^"\\/nt]/;

/** The one control that JSON takes as it is, beside white space. */
const DELETE = '\x7f';

/**
 * @param json  that was parsed, so no control stands in its texts but as an escape
 * @returns true where none of its texts holds anything to remove; false where that is not seen at a glance
 */
export function isPlainJson(json: string): boolean {
	const isAscii = utf8Length(json) === json.length;
	return isAscii && !json.includes(DELETE) && !(json.includes('\\') && OTHER_ESCAPE.test(json));
}

/** @returns the text without them, line breaks as \n, and how many were removed */
export function withoutHidden(text: string): { text: string; removed: number } {
	if (PLAIN.test(text) || !SUSPECT.test(text)) return { text, removed: 0 };
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
			return takesSelector(character, previous, next);
		case JOINER:
			return (PICTURE.test(previous) && PICTURE.test(next)) || (JOINING.test(previous) && JOINING.test(next));
		case NON_JOINER:
			return JOINING.test(previous) && JOINING.test(next);
		default:
			return DRAWN.test(character) || isWithinScript(character, previous, next);
	}
}

/**
 * Emoji variation sequences (Unicode TR51, section 1.4.2): the selector for emoji behind a symbol that is an emoji, or
 * inside a keycap; the one for text behind a symbol that would be text without it.
 */
function takesSelector(selector: string, previous: string, next: string): boolean {
	if (/[0-9#*]/.test(previous)) return next === KEYCAP && selector === '\ufe0f';
	if (!/\p{Emoji}/u.test(previous)) return false;
	return selector === '\ufe0f' || !/\p{Emoji_Presentation}/u.test(previous);
}

function isWithinScript(character: string, previous: string, next: string): boolean {
	return WITHIN_SCRIPT.some(
		([characters, script]) =>
			characters.test(character) &&
			script.test(previous) &&
			!SUSPECT.test(previous) &&
			(script.test(next) || !/[\p{L}\p{N}]/u.test(next)) &&
			!SUSPECT.test(next),
	);
}

function before(text: string, at: number): string {
	const unit = text.charCodeAt(at - 1);
	return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(Math.max(0, at - 2), at) : text.slice(Math.max(0, at - 1), at);
}

function after(text: string, at: number): string {
	const point = text.codePointAt(at);
	return point === undefined ? '' : String.fromCodePoint(point);
}
