// Literals: what a person typed arrives as it was typed, read back by the simulated vendor's own parser.
import { describe, it } from 'vitest';
import { compileConditions } from '../../../sandbox/schema/conditions.ts';
import { parseConditions } from '../../../sandbox/schema/conditions-grammar.ts';
import type { JsonObject } from '../../../sandbox/schema/json.ts';
import { schemaOf } from '../../../sandbox/schema/record-schemas.ts';
import { checkConditions } from '../../../workers/conditions/check-conditions.ts';
import {
	datetimeLiteral,
	listLiteral,
	longestPlainPart,
	patternLiteral,
	stringLiteral,
	valueLiteral,
} from '../../../workers/conditions/literals.ts';

import { type Random, randomFrom, randomText } from './random.ts';

const NO_ARRAYS = { arrayFields: new Set<string>() };
const SCHEMA = schemaOf('Ticket');

describe('a text', () => {
	const cases: [text: string, equal: string | null, pattern: string | null, part: string][] = [
		['New', '"New"', '"New"', 'New'],
		['', '""', '""', ''],
		["O'Brien", `"O'Brien"`, `"O'Brien"`, 'Brien'],
		['12" disk', `'12" disk'`, `'12" disk'`, ' disk'],
		[`O'Brien "West" & Sons [UK] 100%`, null, null, ' & Sons '],
		['Acme [UK]', '"Acme [UK]"', '"Acme [[]UK]"', 'Acme '],
		['100% *new*', '"100% *new*"', '"100[%] [*]new[*]"', '100'],
		['a [[] b', null, '"a [[][[]] b"', 'a '],
		['DOMAIN\\user', '"DOMAIN\\user"', '"DOMAIN\\user"', 'DOMAIN'],
		['C:\\', null, null, 'C:'],
		['\\\\server\\share', null, null, 'server'],
		['a\\"b', null, null, 'a'],
		['x" OR 1=1', `'x" OR 1=1'`, `'x" OR 1=1'`, ' OR 1=1'],
		[`x" OR 1=1 OR 'a'='a`, null, null, ' OR 1=1 OR '],
		[`"'`, null, null, ''],
		['line\nbreak\0', '"line\nbreak\0"', '"line\nbreak\0"', 'line\nbreak\0'],
	];
	for (const [text, equal, pattern, part] of cases) {
		it(`${JSON.stringify(text)} is ${equal ?? `asked for by ${JSON.stringify(part)}`}`, ({ expect }) => {
			expect(stringLiteral(text)).toBe(equal);
			expect(patternLiteral(text)).toBe(pattern);
			expect(longestPlainPart(text)).toBe(part);
		});
	}
});

describe('other values', () => {
	it('writes datetimes in UTC and whole seconds', ({ expect }) => {
		expect(datetimeLiteral('2026-04-01')).toBe('[2026-04-01T00:00:00Z]');
		expect(datetimeLiteral('2026-04-01T01:00:00.999+02:00')).toBe('[2026-03-31T23:00:00Z]');
		expect(datetimeLiteral('2026-04-01T09:00:00')).toBe('[2026-04-01T09:00:00Z]');
		expect(() => datetimeLiteral('2026-02-30')).toThrow(RangeError);
		expect(() => datetimeLiteral('7d')).toThrow(RangeError);
	});

	it('writes lists, booleans, numbers, null', ({ expect }) => {
		expect(listLiteral(['A', "B'", 3, true])).toBe(`("A","B'",3,True)`);
		expect(listLiteral([])).toBeNull();
		expect(listLiteral(['A', `"'`])).toBeNull();
		expect([null, false, -2.5, Number.NaN].map(valueLiteral)).toEqual(['null', 'False', '-2.5', null]);
	});
});

/** A text, and records that hold it, nearly hold it, or hold something else. */
function recordsAround(random: Random, text: string): JsonObject[] {
	const near = [
		text,
		text.toUpperCase(),
		`${text}x`,
		`x${text}`,
		text.slice(1),
		text.replaceAll('[[]', '['),
		text.replaceAll('\\', ''),
		text.replaceAll('*', 'star').replaceAll('%', 'percent'),
		randomText(random, 8),
	];
	return near.map((summary, id) => ({ id, summary }));
}

const summaryOf = (record: JsonObject): string => String(record.summary).toLowerCase();

describe.each([1, 2, 3, 4, 5])('any text (seed %i)', (seed) => {
	it('comes back from the vendor as the same value, and finds exactly the equal records', ({ expect }) => {
		const random = randomFrom(seed);
		let written = 0;
		for (let round = 0; round < 400; round++) {
			const text = round % 50 === 0 ? randomText(random, 300) : randomText(random, 8);
			const say = `seed ${seed}, round ${round}, ${JSON.stringify(text)}`;
			const records = recordsAround(random, text);
			const equal = records.filter((record) => summaryOf(record) === text.toLowerCase());
			const literal = stringLiteral(text);
			if (literal !== null) {
				written++;
				const conditions = `summary = ${literal} and id >= 0`;
				const tree = parseConditions(conditions);
				expect(tree.kind === 'and' && tree.parts[0], say).toMatchObject({ values: [{ type: 'string', value: text }] });
				expect(tree.kind === 'and' && tree.parts.length, say).toBe(2);
				expect(records.filter(compileConditions(conditions, SCHEMA)), say).toEqual(equal);
				expect(checkConditions(conditions, 'top', NO_ARRAYS), say).toEqual({ fault: null });
			} else {
				const part = patternLiteral(longestPlainPart(text));
				expect(part, say).not.toBeNull();
				const found = records.filter(compileConditions(`summary contains ${part}`, SCHEMA));
				expect(
					found.filter((record) => summaryOf(record) === text.toLowerCase()),
					say,
				).toEqual(equal);
			}
			const pattern = patternLiteral(text);
			if (pattern !== null) {
				const holding = records.filter((record) => summaryOf(record).includes(text.toLowerCase()));
				// A letter whose lower case is longer (İ) has no equal in the sandbox's own pattern; texts without it do.
				if (!text.includes('İ')) {
					expect(records.filter(compileConditions(`summary contains ${pattern}`, SCHEMA)), say).toEqual(holding);
					expect(records.filter(compileConditions(`summary like ${pattern}`, SCHEMA)), say).toEqual(equal);
				}
				expect(checkConditions(`summary contains ${pattern}`, 'top', NO_ARRAYS), say).toEqual({ fault: null });
			}
		}
		expect(written).toBeGreaterThan(100);
	});
});
