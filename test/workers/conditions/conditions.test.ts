// The check of conditions: what is surely wrong is told with its place and the right text, all else passes.
import { describe, it } from 'vitest';
import { parseConditions } from '../../../sandbox/schema/conditions-grammar.ts';
import { type ConditionsKind, checkConditions } from '../../../workers/conditions/check-conditions.ts';

import { type Random, randomFrom, randomText } from './random.ts';

const KNOWN = {
	arrayFields: new Set(['customFields', 'types', 'communicationItems']),
	childParameter: 'childConditions',
	booleanFields: new Set(['closedFlag']),
};

describe('passes', () => {
	const top = [
		'',
		'   ',
		'status/name = "New"',
		"status/name='New'",
		'STATUS/Name="New"AND closedflag=FALSE',
		'id=1',
		'budgetHours >= -2.5',
		'closedFlag = true or closedFlag = False',
		'owner/identifier = null',
		'owner/identifier != NULL',
		'summary contains "vpn" and summary not contains \'Low Priority\'',
		'summary like "vpn*"',
		'summary like "%vpn%"',
		'summary NOT LIKE "[[]urgent]*"',
		'board/id in (3, 2, 4)',
		'name not in("A","B")',
		'lastUpdated > [2016-08-20T18:04:26Z]',
		'lastUpdated > [2026-04-01]',
		'lastUpdated > [ 2026-04-01 10:00 ]',
		'lastUpdated > [2026-04-01T10:00:00.123+02:00]',
		'lastUpdated > [today]',
		'lastUpdated < 7d and dueDate > +7d',
		"lastUpdated >= 'last month'",
		'lastUpdated >= last month and id = 1',
		'closedFlag = false',
		'lastUpdated > [1 Apr 2026 10:00 AM]',
		'((id = 1 or (id = 2))) and (id != 3)',
		"(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId=945370",
		'summary = "say \\"hello\\""',
		'path = "C:\\"',
		'path = "C:\\" and name = "x"',
		'path = "C:\\\\"',
		"name = 'O''Brien'",
		'name = ""',
		'name in (\'\', "")',
		'summary = "a == b && c <> (d [e] “f”"',
		'summary = "2026-04-01T00:00:00Z"',
		'summary contains "2026-04-01"',
		'odd_field9 = 1',
		'_info/lastUpdated > [2026-04-01]',
		'a/b/c = 1',
		'not (id = 1)',
		'not summary contains "x"',
		'duration = 1e3 and rate = .5',
		'name =\t"x"\nand\u00a0id\n=\n1',
		'configuration/id=123',
	];
	for (const text of top) {
		it(JSON.stringify(text), ({ expect }) => expect(checkConditions(text, 'top', KNOWN)).toEqual({ fault: null }));
	}

	const others: [ConditionsKind, string][] = [
		['child', 'communicationItems/value like "john@example.com" AND communicationItems/communicationType="Email"'],
		['child', 'types/name="Primary"'],
		['custom', 'caption="Region" AND value="West"'],
		['custom', 'caption="Region" AND value != null'],
		['custom', 'caption="Since" AND value > "2026-04-01"'],
	];
	for (const [kind, text] of others) {
		it(`${kind}: ${text}`, ({ expect }) => expect(checkConditions(text, kind, KNOWN)).toEqual({ fault: null }));
	}
});

interface Case {
	text: string;
	kind?: ConditionsKind;
	at: number;
	says: string;
	corrected: string | null;
}

const cases: Case[] = [
	// operators and joiners of other languages
	{ text: 'id == 1', at: 4, says: 'write = instead of ==', corrected: 'id = 1' },
	{ text: 'id <> 1', at: 4, says: 'write != instead of <>', corrected: 'id != 1' },
	{ text: 'id=>1', at: 3, says: 'write >= instead of =>', corrected: 'id>=1' },
	{ text: 'id eq 1', at: 4, says: 'write = instead of eq', corrected: 'id = 1' },
	{ text: 'id = 1 && id != 2', at: 8, says: 'write and', corrected: 'id = 1 and id != 2' },
	{ text: 'id=1||id=2', at: 5, says: 'write or', corrected: 'id=1 or id=2' },
	{ text: 'id = 1, id = 2', at: 7, says: 'write and', corrected: 'id = 1 and id = 2' },
	{ text: 'id = 1;', at: 7, says: 'semicolon', corrected: 'id = 1' },
	{ text: 'id between 1 and 2', at: 4, says: 'field >= … and field <= …', corrected: null },
	{ text: 'id startswith 1', at: 4, says: 'no operator', corrected: null },
	{ text: 'id not = 1', at: 4, says: 'write !=', corrected: 'id != 1' },
	{ text: 'name ! contains "x"', at: 6, says: 'not contains', corrected: 'name not contains "x"' },
	{ text: 'owner is null', at: 7, says: 'write =', corrected: 'owner = null' },
	{ text: 'owner IS NOT NULL and id = 1', at: 7, says: 'write !=', corrected: 'owner != NULL and id = 1' },
	{ text: 'owner not null', at: 7, says: 'write !=', corrected: 'owner != null' },
	{ text: 'owner = None', at: 9, says: 'no value', corrected: 'owner = null' },
	// text without quotes
	{ text: 'status/name = New', at: 15, says: 'between quotes', corrected: 'status/name = "New"' },
	{ text: 'status/name = In Progress', at: 15, says: 'between quotes', corrected: 'status/name = "In Progress"' },
	{
		text: '(status/name = In Progress or id=1) and closedFlag=false',
		at: 16,
		says: 'between quotes',
		corrected: '(status/name = "In Progress" or id=1) and closedFlag=false',
	},
	{ text: 'name = Smith and Sons', at: 8, says: 'between quotes', corrected: 'name = "Smith and Sons"' },
	{ text: 'name = AT&T and id = 1', at: 8, says: 'between quotes', corrected: 'name = "AT&T" and id = 1' },
	{ text: 'name = Smith, Jones', at: 8, says: 'between quotes', corrected: 'name = "Smith, Jones"' },
	{ text: 'name = Acme (UK)', at: 8, says: 'between quotes', corrected: 'name = "Acme (UK)"' },
	{ text: "name = O'Brien", at: 8, says: 'between quotes', corrected: `name = "O'Brien"` },
	{ text: 'summary contains vpn', at: 18, says: 'between quotes', corrected: 'summary contains "vpn"' },
	{ text: 'summary contains 2026-04-01', at: 18, says: 'between quotes', corrected: 'summary contains "2026-04-01"' },
	{ text: 'name like *vpn*', at: 11, says: 'between quotes', corrected: 'name like "*vpn*"' },
	{ text: 'phone = 555-1234', at: 9, says: 'between quotes', corrected: 'phone = "555-1234"' },
	{ text: 'name in (New, In Progress)', at: 10, says: 'between quotes', corrected: 'name in ("New", "In Progress")' },
	// quotes
	{ text: 'name = "New', at: 8, says: 'closes this quote', corrected: 'name = "New"' },
	{ text: 'name = "New and id = 3', at: 8, says: 'closes this quote', corrected: 'name = "New" and id = 3' },
	{ text: '(name = "New)', at: 9, says: 'closes this quote', corrected: '(name = "New")' },
	{ text: 'name = "', at: 8, says: 'closes this quote', corrected: null },
	{ text: 'name = New"', at: 8, says: 'between quotes', corrected: `name = 'New"'` },
	{ text: 'name = “Acme”', at: 8, says: 'straight quote', corrected: 'name = "Acme"' },
	{ text: 'name = ‘Acme’ and id = 1', at: 8, says: 'straight quote', corrected: 'name = "Acme" and id = 1' },
	{ text: 'name = "New” and x = "y"', at: 8, says: 'straight', corrected: 'name = "New" and x = "y"' },
	{ text: "name = 'O'Brien' and id = 3", at: 8, says: 'between "', corrected: `name = "O'Brien" and id = 3` },
	{ text: 'name = "12" disk"', at: 8, says: "between '", corrected: `name = '12" disk'` },
	{ text: `name = "the "big" O'Brien"`, at: 8, says: 'both kinds', corrected: null },
	{ text: 'name = \\"New\\" and id = 1', at: 8, says: 'backslash', corrected: 'name = "New" and id = 1' },
	{ text: 'name = ""New""', at: 8, says: 'two pairs', corrected: 'name = "New"' },
	{ text: `"name = 'New'"`, at: 1, says: 'as a whole', corrected: "name = 'New'" },
	{ text: '"status/name" = "New"', at: 1, says: 'without quotes', corrected: 'status/name = "New"' },
	// dates and brackets
	{ text: 'lastUpdated > 2026-04-01', at: 15, says: 'brackets', corrected: 'lastUpdated > [2026-04-01]' },
	{
		text: 'lastUpdated > 2026-04-01 10:30 and id = 1',
		at: 15,
		says: 'brackets',
		corrected: 'lastUpdated > [2026-04-01 10:30] and id = 1',
	},
	{
		text: 'lastUpdated>="2026-04-01T10:00:00+02:00"',
		at: 14,
		says: 'not quotes',
		corrected: 'lastUpdated>=[2026-04-01T10:00:00+02:00]',
	},
	{ text: "lastUpdated < '2026-04-01'", at: 15, says: 'not quotes', corrected: 'lastUpdated < [2026-04-01]' },
	{ text: 'd > ["2026-04-01"]', at: 5, says: 'without quotes', corrected: 'd > [2026-04-01]' },
	{ text: 'd > [2026-04-01', at: 5, says: 'closes this bracket', corrected: 'd > [2026-04-01]' },
	{ text: 'd > [2026-04-01 and id = 1', at: 5, says: 'closes', corrected: 'd > [2026-04-01] and id = 1' },
	{ text: 'd > 2026-04-01]', at: 5, says: 'opens the bracket', corrected: 'd > [2026-04-01]' },
	{ text: 'd > [2026-02-30]', at: 5, says: 'is no date', corrected: null },
	{ text: 'd in ([today])', at: 7, says: 'is no date', corrected: null },
	{ text: 'd > [4/13/2026]', at: 5, says: 'begins with the year', corrected: 'd > [2026-04-13]' },
	{ text: 'd > [11/01/2026]', at: 5, says: '[2026-11-01] or [2026-01-11]', corrected: null },
	{ text: 'closedFlag = "false"', at: 14, says: 'true or false', corrected: 'closedFlag = false' },
	{ text: 'closedFlag != 0 and id = 1', at: 15, says: 'true or false', corrected: 'closedFlag != false and id = 1' },
	{ text: 'name = [Acme]', at: 8, says: 'is no date', corrected: null },
	{ text: 'd > now()', at: 5, says: 'function', corrected: null },
	{ text: '[status/name] = "New"', at: 1, says: 'without brackets', corrected: 'status/name = "New"' },
	// lists
	{ text: 'id in [1, 2]', at: 7, says: 'parentheses', corrected: 'id in (1, 2)' },
	{ text: 'name in [New, Open]', at: 9, says: 'parentheses', corrected: 'name in ("New", "Open")' },
	{ text: 'id in 1, 2 and x = 3', at: 7, says: 'parentheses', corrected: 'id in (1, 2) and x = 3' },
	{ text: 'id in (1 2)', at: 10, says: 'comma', corrected: 'id in (1, 2)' },
	{ text: 'id in (1,,2,)', at: 10, says: 'comma', corrected: 'id in (1,2)' },
	{ text: 'id in (1, 2', at: 7, says: 'closes', corrected: 'id in (1, 2)' },
	{ text: 'id in ()', at: 7, says: 'empty', corrected: null },
	{ text: 'id = (1, 2)', at: 4, says: 'compared with in', corrected: 'id in (1, 2)' },
	{ text: 'id != (1, 2)', at: 4, says: 'not in', corrected: 'id not in (1, 2)' },
	{
		kind: 'child',
		text: 'types/name in ("a", "b")',
		at: 12,
		says: 'has no in',
		corrected: '(types/name = "a" or types/name = "b")',
	},
	{
		kind: 'custom',
		text: 'caption = "R" and value not in (1, x)',
		at: 29,
		says: 'has no in',
		corrected: 'caption = "R" and (value != 1 and value != "x")',
	},
	// structure
	{ text: 'id = 1 and', at: 8, says: 'behind and', corrected: 'id = 1' },
	{ text: 'OR id = 1', at: 1, says: 'before OR', corrected: 'id = 1' },
	{ text: 'id = 1 and and x = 2', at: 12, says: 'twice', corrected: 'id = 1 and x = 2' },
	{ text: 'id = 1 and or x = 2', at: 12, says: 'not both', corrected: null },
	{ text: '()', at: 1, says: 'empty', corrected: null },
	{ text: 'id = 1 and ()', at: 12, says: 'empty', corrected: 'id = 1 ' },
	{ text: '(id = 1 and x = 2', at: 1, says: 'closes this parenthesis', corrected: '(id = 1 and x = 2)' },
	{ text: '(id = 1 or x = 2 and y = 3', at: 1, says: 'closes this parenthesis', corrected: null },
	{ text: 'id = 1)', at: 7, says: 'not opened', corrected: 'id = 1' },
	{ text: 'id = 1) and x = 2', at: 7, says: 'not opened', corrected: '(id = 1) and x = 2' },
	{ text: 'id = 1 x = 2', at: 8, says: 'and or or', corrected: null },
	{ text: 'closedFlag', at: 1, says: 'missing behind closedFlag', corrected: null },
	{ text: 'status/name "New"', at: 13, says: 'operator is missing', corrected: 'status/name = "New"' },
	{ text: 'id 5', at: 4, says: 'operator is missing', corrected: 'id = 5' },
	{ text: 'id = and x = 2', at: 4, says: 'value is missing', corrected: null },
	{ text: 'id =', at: 4, says: 'value is missing', corrected: null },
	{ text: '= 1', at: 1, says: 'field is missing', corrected: null },
	{ text: '1 = 1', at: 1, says: 'begins with a field', corrected: null },
	{ text: 'board name = "x"', at: 7, says: 'written with /', corrected: null },
	{ text: 'lower(name) = "x"', at: 1, says: 'function', corrected: null },
	{ text: `${'('.repeat(101)}id = 1${')'.repeat(101)}`, at: 102, says: 'deeper than 100', corrected: null },
	{ text: `${'not '.repeat(150)}(id = 1)`, at: 405, says: 'deeper than 100', corrected: null },
	// fields
	{ text: 'status.name = "New"', at: 1, says: 'status/name', corrected: 'status/name = "New"' },
	{
		text: 'id = 1 and company.name = Acme',
		at: 12,
		says: 'company/name',
		corrected: 'id = 1 and company/name = "Acme"',
	},
	{ text: 'types/name = "x"', at: 1, says: 'childConditions', corrected: null },
	{ text: 'id = 1 and COMMUNICATIONITEMS/value = "x"', at: 12, says: 'childConditions', corrected: null },
	{ text: 'customFields/caption = "x"', at: 1, says: 'customFieldConditions', corrected: null },
	{
		kind: 'custom',
		text: '"Region" = "West"',
		at: 1,
		says: 'caption',
		corrected: 'caption = "Region" and value = "West"',
	},
	{ text: 'board%2Fname%3D%22x%22', at: 1, says: 'URL-encoded', corrected: 'board/name="x"' },
	// several at once
	{
		text: 'status.name == New && lastUpdated > 2026-04-01',
		at: 1,
		says: 'Also at column 13',
		corrected: 'status/name = "New" and lastUpdated > [2026-04-01]',
	},
	{ text: 'name = New or closedFlag', at: 8, says: 'Also at column 15', corrected: null },
];

describe('tells and corrects', () => {
	for (const { text, kind = 'top', at, says, corrected } of cases) {
		it(`${kind === 'top' ? '' : `${kind}: `}${text.slice(0, 70)}`, ({ expect }) => {
			const { fault } = checkConditions(text, kind, KNOWN);
			expect(fault).toMatchObject({ position: at, corrected });
			expect(fault?.message).toContain(says);
			expect(fault?.message.length).toBeLessThan(600);
			if (corrected === null) return;
			expect(checkConditions(corrected, kind, KNOWN)).toEqual({ fault: null });
			expect(() => parseConditions(corrected)).not.toThrow();
		});
	}

	it('says that an array cannot be filtered where no parameter does it', ({ expect }) => {
		const { fault } = checkConditions('types/name = "x"', 'top', { arrayFields: KNOWN.arrayFields });
		expect(fault?.message).toContain('cannot be filtered here');
	});
});

const FIELDS = [
	'id',
	'summary',
	'Status/Name',
	'company/identifier',
	'_info/lastUpdated',
	'x9',
	'andover',
	'a/b/c',
	'nullable',
];
const DATES = [
	'2026-04-01',
	'2026-04-01T10:00Z',
	'2026-04-01 10:00:00',
	'2026-04-01T10:00:00.5+02:00',
	'2024-02-29T23:59:59-0530',
];
const JOINERS = ['and', 'AND', 'or', 'Or'];

function randomString(random: Random): string {
	const quote = random.pick(['"', "'"]);
	// A date in quotes behind an operator of order is told on purpose.
	const escaped = randomText(random, 5)
		.replace(/^2026-04-01$/, 'no date')
		.replaceAll('\\', '\\\\')
		.replaceAll(quote, `\\${quote}`);
	return quote + escaped + quote;
}

function randomValue(random: Random): string {
	return random.pick([
		() => randomString(random),
		() => String(random.below(1_000_000)),
		() => `-${random.below(100)}.${random.below(100)}`,
		() => random.pick(['True', 'false', 'NULL', 'null']),
		() => `[${random.pick(DATES)}]`,
	])();
}

/** A valid expression by the sandbox's grammar. */
function randomExpression(random: Random, kind: ConditionsKind, depth: number): string {
	const gap = (): string => random.pick(['', ' ', '  ', '\t', '\n']);
	const space = (): string => random.pick([' ', '  ', '\n ']);
	const condition = (): string => {
		const field = random.pick(FIELDS);
		const word = random.pick(['contains', 'LIKE', 'not contains', 'Not  like', 'in', 'NOT IN']);
		const isList = word.toLowerCase().endsWith('in');
		if (random.below(2) === 0 || (isList && kind !== 'top'))
			return field + gap() + random.pick(['=', '!=', '<', '<=', '>', '>=']) + gap() + randomValue(random);
		if (!isList) return field + space() + word + space() + randomValue(random);
		const values = Array.from({ length: 1 + random.below(4) }, () => gap() + randomValue(random) + gap());
		return `${field}${space()}${word}${gap()}(${values.join(',')})`;
	};
	const parts = Array.from({ length: 1 + random.below(3) }, () =>
		depth > 0 && random.below(3) === 0 ? `(${gap()}${randomExpression(random, kind, depth - 1)}${gap()})` : condition(),
	);
	return parts.reduce((left, right) => left + space() + random.pick(JOINERS) + space() + right);
}

describe.each([11, 12, 13, 14])('whatever the text (seed %i)', (seed) => {
	it('lets through what the sandbox reads', ({ expect }) => {
		const random = randomFrom(seed);
		for (let round = 0; round < 500; round++) {
			const kind = random.pick<ConditionsKind>(['top', 'child', 'custom']);
			const text = randomExpression(random, kind, 3);
			const say = `seed ${seed}, round ${round}, ${kind}: ${JSON.stringify(text)}`;
			expect(() => parseConditions(text), say).not.toThrow();
			expect(checkConditions(text, kind, KNOWN), say).toEqual({ fault: null });
		}
	});

	it('never corrects to something faulty, nor tells a place outside the text', ({ expect }) => {
		const random = randomFrom(seed);
		let corrections = 0;
		for (let round = 0; round < 1_500; round++) {
			const kind = random.pick<ConditionsKind>(['top', 'child', 'custom']);
			let text = randomExpression(random, kind, 2);
			for (let change = random.below(4); change >= 0; change--) {
				const at = random.below(text.length + 1);
				text =
					text.slice(0, at) +
					random.pick(['', () => randomText(random, 1)].map((piece) => (typeof piece === 'string' ? piece : piece()))) +
					text.slice(at + random.below(3));
			}
			const say = `seed ${seed}, round ${round}, ${kind}: ${JSON.stringify(text)}`;
			const { fault } = checkConditions(text, kind, KNOWN);
			if (!fault) continue;
			expect(fault.position, say).toBeGreaterThanOrEqual(1);
			expect(fault.position, say).toBeLessThanOrEqual(text.length + 1);
			expect(fault.message.length, say).toBeLessThan(600);
			if (fault.corrected === null) continue;
			corrections++;
			expect(checkConditions(fault.corrected, kind, KNOWN), say).toEqual({ fault: null });
		}
		expect(corrections).toBeGreaterThan(100);
	});
});

describe('8,000 hostile characters are read in no time', () => {
	const pieces = [
		...[
			'(',
			')',
			'"',
			"'",
			'\\"',
			'\\',
			'[',
			']',
			'“',
			'‘',
			'`',
			',',
			' ',
			'=',
			'&',
			'!',
			'a',
			'1',
			'%',
			'.',
			'/',
			'-',
		],
		...[
			'a=(',
			'not ',
			'and ',
			'a and ',
			'a=1 and ',
			'a="x"y ',
			`a='b' "`,
			'a=“b "c',
			'a in (',
			'a in [1] ',
			'a=(1) and ',
			'a = b c, ',
		],
		...[
			'"a" b ',
			"'a'b'",
			'"a” ',
			'a="b and ',
			'\\"a ',
			'\\"a\\"',
			'1.',
			'1e',
			'[1',
			'a.b',
			'a=x and y or ',
			'a not not ',
			'is null ',
			' \u00a0',
		],
	];
	for (const piece of pieces) {
		it(JSON.stringify(piece), { timeout: 60_000 }, ({ expect }) => {
			for (const head of ['', 'a = ', 'a = "', 'a in (']) {
				const text = (head + piece.repeat(8_000)).slice(0, 8_000);
				for (const kind of ['top', 'child'] as const) expect(() => checkConditions(text, kind, KNOWN)).not.toThrow();
			}
		});
	}
});
