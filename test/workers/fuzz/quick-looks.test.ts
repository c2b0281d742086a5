// Quick looks at a text, which spare the slow ones: they never say anything else.
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { beginningsFinder } from '../../../workers/calls/untrusted-text/beginnings.ts';
import { secretNamed } from '../../../workers/integration/secret-fields.ts';
import { parseExactJson } from '../../../workers/lib/exact-json.ts';
import { fold } from '../../../workers/lib/fold.ts';
import { isPlainJson, withoutHidden } from '../../../workers/lib/hidden-characters.ts';
import { hmacSha256 } from '../../../workers/lib/hmac.ts';
import { utf8Length } from '../../../workers/lib/text.ts';
import { fitWithinBudget } from '../../../workers/vendor/records.ts';
import { call, connectWise } from '../calls/calls.ts';
import { holds, reportCases } from './fuzz.ts';

reportCases('quick looks');

const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }));
const letters = fc.string({ unit: fc.constantFrom(...'abAB01'), minLength: 8, maxLength: 14 });
const separators = fc.string({ unit: fc.constantFrom(...' -_."{}:,\n'), maxLength: 3 });

describe('the beginnings of secrets', () => {
	// Few letters, so that half of a beginning stands everywhere.
	const around = fc.array(fc.oneof(letters, separators), { maxLength: 12 }).map((parts) => parts.join(''));
	const spread = fc
		.tuple(letters, separators)
		.map(([form, separator]) => ({ form, said: [...form.slice(0, 8)].join(separator) }));

	it('are found where folding and searching finds them', async ({ expect }) => {
		await holds(
			fc.tuple(fc.array(letters, { maxLength: 5 }), spread, around, around, fc.boolean()),
			4_000,
			([others, { form, said }, before, behind, isThere]) => {
				const forms = [...others, form].map(fold);
				const whole = before + (isThere ? said : '') + behind;
				const folded = fold(whole);
				expect(beginningsFinder(forms)(whole)).toBe(forms.some((one) => folded.includes(one.slice(0, 8))));
			},
		);
	});

	it('are not judged in a text that is not all ASCII', async ({ expect }) => {
		await holds(fc.tuple(text, fc.constantFrom('ü', '\u200b', '𝒳', '\ud800')), 500, ([around_, other]) => {
			expect(beginningsFinder(['abcdefgh'])(around_ + other)).toBeNull();
		});
	});
});

describe('a record', () => {
	const escaped = fc.constantFrom(
		'\\u200b',
		'\\u00ad',
		'\\r',
		'\\b',
		'\\n',
		'\\t',
		'\\/',
		'\\\\u200b',
		'\\\\',
		'\\"',
		'a',
		'\u200b',
		'\x7f',
		'ü',
	);

	it('whose JSON is plain holds nothing to remove, however it is escaped', async ({ expect }) => {
		await holds(fc.array(escaped, { maxLength: 6 }), 3_000, (parts) => {
			const json = `{"a":"${parts.join('')}"}`;
			const { a } = JSON.parse(json) as { a: string };
			const plain = !/[^\t\n\x20-\x7e]/.test(a);
			if (isPlainJson(json)) expect([plain, withoutHidden(a)]).toEqual([true, { text: a, removed: 0 }]);
			// Seen at a glance where nothing but a letter, a quote, a line feed or a tab is there.
			else if (plain) expect(json).toMatch(/\\\\/);
		});
	});

	it('is cut within a budget at the same place, written at once or one after another', async ({ expect }) => {
		const items = fc.array(fc.record({ id: fc.nat(), text: fc.string({ unit: 'grapheme', maxLength: 30 }) }), {
			maxLength: 8,
		});
		await holds(fc.tuple(items, fc.integer({ min: 1, max: 400 })), 2_000, ([records, budget]) => {
			expect(fitWithinBudget(records, budget, true)).toEqual(fitWithinBudget(records, budget));
		});
	});
});

describe('a page of records', () => {
	const { drop, secrets, texts } = connectWise.file;
	const hrefs = { board_href: 'https://x.example', updatedBy: 'jsmith' };
	const said = fc.constantFrom('', 'Printer', 'a\u200bb', 'ü', '\r\n', '\ud800', '"\\/', 'x'.repeat(40));
	const name = fc.constantFrom('name', 'summary', 'status', 'company', 'contact', 'site', '_info', 'Pass-Word', 'zip');
	const leaf = fc.oneof(said, fc.constantFrom<unknown>(null, true, 0, -1.5, 1e21, [], {}, hrefs));
	const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(name, leaf, { maxKeys: 4 }));
	const more = fc.dictionary(fc.oneof(name, fc.constantFrom('1', '__proto__', 'constructor')), value, { maxKeys: 6 });
	const spacing = fc.constantFrom(undefined, 1, '\t');

	/** The same by a plain walk. */
	function cleaned(given: unknown, found: Set<string>, holder = '', isRecord = true): unknown {
		if (typeof given === 'string') return withoutHidden(given).text;
		if (typeof given !== 'object' || given === null) return given;
		if (Array.isArray(given)) return given.map((one) => cleaned(one, found, holder, false));
		const kept = Object.entries(given).flatMap(([key, member]): [string, unknown][] => {
			if (member === null || key === '__proto__' || secretNamed(secrets, key)) return [];
			if (!drop.keys.includes(key)) return [[key, member]];
			const part = Object.entries(isRecord ? member : {}).filter(
				([one, told]) => told !== null && drop.keep[key]?.includes(one),
			);
			return part.length > 0 ? [[key, Object.fromEntries(part)]] : [];
		});
		return Object.fromEntries(
			kept.map(([key, member]) => {
				if (typeof member === 'string' && member !== '')
					for (const path of [key, `${holder}/${key}`])
						if (texts?.untrusted.includes(path)) found.add(path.replace(/^\//, ''));
				return [key, cleaned(member, found, key, false)];
			}),
		);
	}

	it('is cleaned, marked and printed as by a plain walk', async ({ expect }) => {
		await holds(fc.tuple(fc.array(more, { maxLength: 8 }), spacing), 1_500, ([members, space]) => {
			const records = members.map((one, index) => Object.fromEntries([['id', index + 1], ...Object.entries(one)]));
			const body = JSON.stringify(records, null, space);
			const { structuredContent, text: printed, untrusted = [] } = call('tickets.list', {}, { body });
			const found = new Set<string>();
			expect(structuredContent.result).toEqual((JSON.parse(body) as unknown[]).map((one) => cleaned(one, found)));
			expect(new Set(untrusted)).toEqual(found);
			expect(printed).toBe(JSON.stringify(structuredContent));
		});
	});
});

describe('whole numbers of JSON', () => {
	it('arrive exact, wherever they stand and however long they are', async ({ expect }) => {
		await holds(
			fc.tuple(fc.string({ maxLength: 40 }), fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.integer()),
			4_000,
			([before, number, other]) => {
				const json = `{"a":${JSON.stringify(before)},"n":${number},"b":${other}}`;
				const exact = number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : String(number);
				expect(parseExactJson(json)).toEqual({ a: before, n: exact, b: other });
			},
		);
	});
});

describe('the length of a text in UTF-8', () => {
	it('is that of its bytes', async ({ expect }) => {
		// Long ones are counted in another way.
		const before = fc.constantFrom(0, 0, 43_600, 43_690, 44_000).map((length) => 'a'.repeat(length));
		await holds(fc.tuple(before, fc.string({ unit: 'grapheme', maxLength: 120 })), 1_000, ([long, one]) => {
			expect(utf8Length(long + one)).toBe(new TextEncoder().encode(long + one).byteLength);
		});
	});
});

describe('an HMAC under a key that is used again', () => {
	it('is that of WebCrypto, whatever came before', async ({ expect }) => {
		const bytes = crypto.getRandomValues(new Uint8Array(32));
		const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
		await holds(fc.string({ unit: 'grapheme', maxLength: 300 }), 300, async (one) => {
			const expected = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(one)));
			expect(hmacSha256(bytes, one)).toEqual(expected);
		});
	});
});
