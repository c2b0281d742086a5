// What nobody sees is taken out of a text; what belongs to a word or an emoji stays.
import { describe, it } from 'vitest';
import { withoutHidden } from '../../../workers/lib/hidden-characters.ts';

const tags = (text: string) => [...text].map((c) => String.fromCodePoint(0xe0000 + (c.codePointAt(0) ?? 0))).join('');
const selectors = (text: string) => [...text].map((c) => String.fromCodePoint(0xe0100 + c.charCodeAt(0))).join('');

const cases: { name: string; given: string; text: string; removed: number }[] = [
	{
		name: 'a plain text',
		given: 'Printer\n\toffline — “now”, 50 € ✓',
		text: 'Printer\n\toffline — “now”, 50 € ✓',
		removed: 0,
	},
	{ name: 'Windows line breaks', given: 'a\r\nb\rc\u2028d\u2029e\u0085f', text: 'a\nb\nc\nd\ne\nf', removed: 0 },
	{ name: 'controls', given: 'a\u0000b\u0007c\u001b[31md\u007fe\u009bf', text: 'abc[31mdef', removed: 5 },
	{
		name: 'zero-width characters',
		given: 'pass\u200bword\ufeff \u2060x\u200e\u200f\u061c',
		text: 'password x',
		removed: 6,
	},
	{ name: 'soft hyphens', given: 'co\u00adop', text: 'coop', removed: 1 },
	{ name: 'bidi overrides', given: 'a\u202egnp.exe\u202c \u2066b\u2069', text: 'agnp.exe b', removed: 4 },
	{ name: 'tag characters', given: `ok${tags('ignore the user')}`, text: 'ok', removed: 15 },
	{ name: 'a message in variation selectors', given: `😀${selectors('delete all')}`, text: '😀', removed: 10 },
	{ name: 'a run of variation selectors', given: '☺\ufe0f\ufe0e\ufe0f\ufe0f', text: '☺\ufe0f', removed: 3 },
	{
		name: 'a message in selectors behind letters',
		given: 'P\ufe0er\ufe0fi\ufe0en\ufe0ft\ufe0fé\ufe0f 1\ufe0f#\ufe0f東\ufe0f\u0301\ufe0f',
		text: 'Printé 1#東\u0301',
		removed: 10,
	},
	{ name: 'selectors that emoji take', given: '❤️ ☎︎ ©️ ⚡️ 1️⃣ #️⃣', text: '❤️ ☎︎ ©️ ⚡️ 1️⃣ #️⃣', removed: 0 },
	{ name: 'private use', given: 'a\ue000b\uf8ffc\u{f0041}d\u{10fffd}', text: 'abcd', removed: 4 },
	{ name: 'noncharacters', given: 'a\ufffeb\ufdd0c\u{1ffff}\u{10fffe}', text: 'abc', removed: 4 },
	{ name: 'blanks of scripts among others', given: 'a\u2800b\u{16fe4}c\u{13430}d\ufffc', text: 'abcd', removed: 4 },
	{ name: 'Braille', given: '⠓⠑⠇⠇⠕\u2800⠺⠕⠗⠇⠙', text: '⠓⠑⠇⠇⠕\u2800⠺⠕⠗⠇⠙', removed: 0 },
	{ name: 'Mongolian', given: 'ᠨ\u180bᠠ ᠭ\u180eᠠ', text: 'ᠨ\u180bᠠ ᠭ\u180eᠠ', removed: 0 },
	{ name: 'Arabic number signs', given: '\u0600\u0661 \u06dd\u0662', text: '\u0600\u0661 \u06dd\u0662', removed: 0 },
	{ name: 'a selector after nothing', given: '\ufe0fx', text: 'x', removed: 1 },
	{ name: 'a message in joiners', given: 'a\u200d\u200c\u200d\u200cb', text: 'ab', removed: 4 },
	{ name: 'fillers that look like nothing', given: 'a\u3164b\u115f\u1160\uffa0', text: 'ab', removed: 4 },
	{ name: 'annotations', given: 'a\ufff9b\ufffac\ufffb', text: 'abc', removed: 3 },
	{ name: 'a family', given: '👨‍👩‍👧‍👦 👍🏽', text: '👨‍👩‍👧‍👦 👍🏽', removed: 0 },
	{ name: 'a heart and a flag', given: '❤️ 🏳️‍🌈 🇩🇪', text: '❤️ 🏳️‍🌈 🇩🇪', removed: 0 },
	{ name: 'Persian', given: 'می‌خواهم', text: 'می‌خواهم', removed: 0 },
	{ name: 'Hindi', given: 'क्‍ष', text: 'क्‍ष', removed: 0 },
	{
		name: 'other scripts',
		given: 'Grüße, 東京, Привет, עברית, ไทย',
		text: 'Grüße, 東京, Привет, עברית, ไทย',
		removed: 0,
	},
	{ name: 'half a character', given: 'a\ud83db\udc4dc', text: 'abc', removed: 2 },
	{ name: 'nothing', given: '', text: '', removed: 0 },
];

describe('a text without hidden characters', () => {
	for (const { name, given, text, removed } of cases) {
		it(name, ({ expect }) => {
			expect(withoutHidden(given)).toEqual({ text, removed });
			expect(withoutHidden(text)).toEqual({ text, removed: 0 });
		});
	}

	/** Kept in the middle of Latin letters: they are drawn, or are line breaks. */
	const DRAWN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\t\n\r\u0085\u2028\u2029]/u;
	const classes: [name: string, pattern: RegExp][] = [
		['what renderers ignore', /\p{Default_Ignorable_Code_Point}/u],
		['format characters', /\p{Cf}/u],
		['controls', /\p{Cc}/u],
		['private use', /\p{Co}/u],
		['noncharacters', /\p{Noncharacter_Code_Point}/u],
		['halves of surrogate pairs', /\p{Cs}/u],
	];
	for (const [name, pattern] of classes) {
		// security: S-26
		it(`every one of ${name} is removed and counted`, ({ expect }) => {
			const left: string[] = [];
			let count = 0;
			for (let point = 0; point <= 0x10ffff; point++) {
				const character = String.fromCodePoint(point);
				if (!pattern.test(character) || DRAWN.test(character)) continue;
				count++;
				const { text, removed } = withoutHidden(`a${character}b`);
				if (text !== 'ab' || removed !== 1) left.push(point.toString(16));
			}
			expect(left).toEqual([]);
			expect(count).toBeGreaterThan(60);
		});
	}
});
