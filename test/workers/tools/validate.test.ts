// Arguments that a model gets wrong: every fault at once, each with the way out; and what passes is what is sent.
import { describe, it } from 'vitest';
import { argumentRefusal } from '../../../workers/calls/answer/refusal.ts';
import { type CustomFact, matchEntries } from '../../../workers/calls/names/custom-entries.ts';
import type { ArgumentSchema } from '../../../workers/integration/format.ts';
import { mapReferences } from '../../../workers/integration/reference-places.ts';
import type { Fault } from '../../../workers/lib/errors.ts';
import { nearest } from '../../../workers/lib/nearest.ts';
import { isEmptyValue } from '../../../workers/tools/given-arguments.ts';
import { checkJobArguments } from '../../../workers/tools/jobs/check-arguments.ts';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { operationOf, requireConnectWise, requireDesk } from '../integration/integrations.ts';

const connectWise = await requireConnectWise();
const desk = requireDesk();

/** Faults as `path message` lines. */
function faultsOf(key: string, args: unknown, style: 'utc_seconds' | 'iso' = 'utc_seconds'): string[] {
	const integration = connectWise.byResource.has(key) ? connectWise : desk;
	return validateArguments(operationOf(integration, key), args, style).faults.map(({ path, message }) =>
		path ? `${path} ${message}` : message,
	);
}

const ticket = { summary: 'Printer offline', company: { id: 102 } };
const note = { ticket_id: 14059, text: 'x' };

describe('arguments are refused', () => {
	const cases: { name: string; key: string; args: unknown; says: (string | RegExp)[] }[] = [
		{
			name: 'that do not exist, with the nearest that does',
			key: 'tickets.update',
			args: { id: 1, status_id: 14 },
			says: [/^status_id unknown argument\. Did you mean "status"/],
		},
		{
			name: 'in the singular',
			key: 'tickets.list',
			args: { condition: 'id=1' },
			says: [/^condition unknown argument\. Did you mean "conditions"/],
		},
		{ name: 'misspelt', key: 'tickets.list', args: { ordrBy: 'id' }, says: [/Did you mean "orderBy"/] },
		{
			name: 'that resemble nothing',
			key: 'tickets.get',
			args: { id: 1, zzzzzzzz: 1 },
			says: ['zzzzzzzz unknown argument. Known: id, fields'],
		},
		{
			name: 'of the vendor’s headers',
			key: 'tickets.get',
			args: { id: 1, clientId: 'x' },
			says: [/^clientId unknown argument/],
		},
		{
			name: 'of the vendor’s paging',
			key: 'tickets.list',
			args: { pageSize: 5, page: 1 },
			says: ['pageSize unknown argument. Did you mean "limit"?', 'page unknown argument. Did you mean "next_cursor"?'],
		},
		{
			name: 'that other tools have, with what they are called here',
			key: 'tickets.list',
			args: { cursor: 'x', offset: 5, page_size: 5, per_page: 5, filter: 'x', query: 'x', sort: 'id' },
			says: [
				'cursor unknown argument. Did you mean "next_cursor"?',
				'offset unknown argument. Did you mean "next_cursor"?',
				'page_size unknown argument. Did you mean "limit"?',
				'per_page unknown argument. Did you mean "limit"?',
				'filter unknown argument. Did you mean "conditions"?',
				'query unknown argument. Did you mean "conditions"?',
				'sort unknown argument. Did you mean "orderBy"?',
			],
		},
		{
			name: 'that other tools have, where nothing here does the same',
			key: 'tickets.get',
			args: { id: 1, pageSize: 5 },
			says: ['pageSize unknown argument. Known: id, fields'],
		},
		{
			name: 'all at once',
			key: 'tickets.create',
			args: { sumary: 'x', board: true, severity: 'Critical', budgetHours: 'many' },
			says: [
				/^sumary unknown argument\. Did you mean "summary"\?$/,
				'board must be an object, e.g. {"id": 1} or {"name": "…"}, got the boolean true',
				'severity must be one of Low, Medium, High; got the string "Critical".',
				'budgetHours must be a number, got the string "many"',
				'summary is required (a string)',
				'company is required (an object)',
			],
		},
		{
			name: 'that are missing',
			key: 'ticket_notes.create',
			args: {},
			says: ['ticket_id is required (an integer)', 'text is required (a string)'],
		},
		{
			name: 'that are null when creating',
			key: 'tickets.create',
			args: { ...ticket, summary: null },
			says: ['summary is required (a string)'],
		},
		{
			name: 'an id that is null',
			key: 'tickets.update',
			args: { id: null, summary: 'x' },
			says: ['id is required (an integer)'],
		},
		{ name: 'an id that climbs', key: 'tickets.get', args: { id: '../companies' }, says: [/^id must be an integer/] },
		{
			name: 'an id with a fraction',
			key: 'tickets.get',
			args: { id: 1.5 },
			says: ['id must be an integer, got the number 1.5'],
		},
		{
			name: 'an id beyond what a number holds',
			key: 'tickets.get',
			args: { id: 2 ** 53 },
			says: [/^id must be an integer/],
		},
		...[-1, '-1', -(2 ** 31)].map((id) => ({
			name: `an id below zero (${JSON.stringify(id)})`,
			key: 'tickets.get',
			args: { id },
			says: ['id must not be negative'],
		})),
		{
			name: 'an infinite id (1e400)',
			key: 'tickets.get',
			args: JSON.parse('{"id":1e400}'),
			says: ['id must be an integer, got the number Infinity'],
		},
		{
			name: 'infinite hours',
			key: 'tickets.update',
			args: JSON.parse('{"id":1,"budgetHours":-1e999}'),
			says: ['budgetHours must be a number, got the number -Infinity'],
		},
		{
			name: 'no number at all',
			key: 'tickets.update',
			args: { id: 1, budgetHours: Number.NaN },
			says: ['budgetHours must be a number, got the number NaN'],
		},
		{
			name: 'a text that is too long',
			key: 'tickets.create',
			args: { ...ticket, summary: 'x'.repeat(101) },
			says: ['summary must have at most 100 characters, got 101'],
		},
		{ name: 'a limit of 0', key: 'tickets.list', args: { limit: 0 }, says: ['limit must be at least 1, got 0'] },
		{
			name: 'a limit of 1001',
			key: 'tickets.list',
			args: { limit: 1001 },
			says: ['limit must be at most 1000, got 1001'],
		},
		{
			name: 'an enum misspelt',
			key: 'tickets.update',
			args: { id: 1, severity: 'lo' },
			says: ['severity must be one of Low, Medium, High; got the string "lo". Did you mean "Low"?'],
		},
		{
			name: 'a reference as an empty text',
			key: 'tickets.update',
			args: { id: 1, status: ' ' },
			says: [/^status must be an object, e\.g\. \{"id": 1\} or \{"name": "…"\}, got the string " "$/],
		},
		{
			name: 'a reference as a list',
			key: 'tickets.update',
			args: { id: 1, status: ['Closed'] },
			says: [/^status must be an object, e\.g\. .*, got the array \["Closed"\]$/],
		},
		{
			name: 'a reference by half an id',
			key: 'tickets.update',
			args: { id: 1, status: 1.5 },
			says: ['status.id must be an integer, got the number 1.5'],
		},
		{
			name: 'a reference by an unknown key',
			key: 'tickets.update',
			args: { id: 1, status: { names: 'x' } },
			says: [/^status\.names unknown key\. Did you mean "name"\? Known: id, name$/],
		},
		{
			name: 'a reference as a list',
			key: 'tickets.update',
			args: { id: 1, status: [{ id: 14 }] },
			says: [/^status must be an object, .*got the array/],
		},
		{
			name: 'one word in place of a list of ids',
			key: 'tickets.merge',
			args: { id: 1, mergeTicketIds: 'two', status: { id: 1 } },
			says: ['mergeTicketIds must be an array, got the string "two"'],
		},
		{
			name: 'no object: a list',
			key: 'tickets.list',
			args: [],
			says: ['arguments must be an object, got the array []'],
		},
		{
			name: 'no object: a text',
			key: 'tickets.list',
			args: 'id=1',
			says: ['arguments must be an object, got the string "id=1"'],
		},
		{ name: 'no object: null', key: 'tickets.list', args: null, says: ['arguments must be an object, got null'] },
		{
			name: 'named like the parts of an object',
			key: 'tickets.list',
			args: JSON.parse('{"__proto__":{"limit":1},"constructor":1,"toString":2}'),
			says: [/^__proto__ unknown/, /^constructor unknown/, /^toString unknown/],
		},
		{
			name: '__proto__ within a reference',
			key: 'tickets.update',
			args: JSON.parse('{"id":1,"status":{"__proto__":{"id":1}}}'),
			says: [/^status\.__proto__ unknown key/],
		},
		{
			name: 'half a character',
			key: 'tickets.list',
			args: { conditions: 'summary contains "\ud83d"' },
			says: ['conditions holds half a character (a lone surrogate): send whole Unicode text'],
		},
	];
	for (const { name, key, args, says } of cases) {
		it(`${name} (${key})`, ({ expect }) => {
			const faults = faultsOf(key, args);
			expect(faults, faults.join('\n')).toHaveLength(says.length);
			for (const [index, expected] of says.entries()) {
				if (typeof expected === 'string') expect(faults[index]).toBe(expected);
				else expect(faults[index]).toMatch(expected);
			}
		});
	}
});

describe('arguments pass', () => {
	const cases: { name: string; key: string; args: Record<string, unknown>; sent?: Record<string, unknown> }[] = [
		{ name: 'none, for a list', key: 'tickets.list', args: {} },
		{ name: 'the bounds of limit', key: 'tickets.list', args: { limit: 1 } },
		{ name: 'the upper bound of limit', key: 'tickets.list', args: { limit: 1000 } },
		{ name: 'the longest summary', key: 'tickets.create', args: { ...ticket, summary: 'x'.repeat(100) } },
		{
			name: 'a reference by each of its keys',
			key: 'tickets.update',
			args: { id: 1, status: { id: 14 }, priority: { name: 'High' }, owner: { identifier: 'jsmith' } },
		},
		{
			name: 'open objects, whatever they hold',
			key: 'tickets.update',
			args: { id: 1, customFields: [{ id: 5, caption: 'x', value: null }] },
		},
		{ name: 'zero and negative numbers', key: 'tickets.update', args: { id: 1, budgetHours: -0.5 } },
		{ name: 'text in any script', key: 'ticket_notes.create', args: { ...note, text: 'Grüße, 你好, 👩‍💻\n"quoted"' } },
		{
			name: 'a wrong-looking text where text is free',
			key: 'tickets.list',
			args: { conditions: '../../../etc/passwd%00' },
		},
		{
			name: 'empty texts in query and page, which count as absent',
			key: 'tickets.list',
			args: { conditions: '', customFieldConditions: '', orderBy: '', fields: '', limit: '', next_cursor: '' },
			sent: {},
		},
		{ name: 'an empty choice of fields, as absent', key: 'tickets.get', args: { id: 1, fields: '' }, sent: { id: 1 } },
	];
	for (const { name, key, args, sent } of cases) {
		it(`${name} (${key})`, ({ expect }) => {
			const result = validateArguments(operationOf(connectWise, key), args, 'utc_seconds');
			expect(result.faults).toEqual([]);
			expect(result.values).toEqual(sent ?? args);
		});
	}

	it('and are not changed themselves', ({ expect }) => {
		const args = Object.freeze({ id: 1, requiredDate: '2026-04-01', status: Object.freeze({ id: 1 }) });
		const { values } = validateArguments(operationOf(connectWise, 'tickets.update'), args, 'utc_seconds');
		expect(values).toEqual({ id: 1, requiredDate: '2026-04-01', status: { id: 1 } });
		expect(args.requiredDate).toBe('2026-04-01');
	});
});

describe('a datetime', () => {
	const sent: [given: string, seconds: string, iso: string][] = [
		['2026-04-01T09:00:00Z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01T09:00:00+02:00', '2026-04-01T07:00:00Z', '2026-04-01T07:00:00.000Z'],
		['2026-04-01T09:00:00-0530', '2026-04-01T14:30:00Z', '2026-04-01T14:30:00.000Z'],
		['2026-04-01T23:30:00-02:00', '2026-04-02T01:30:00Z', '2026-04-02T01:30:00.000Z'],
		['2026-04-01T09:00:00.123Z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.123Z'],
		['2026-04-01T09:00:00.999999999Z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.999Z'],
		['2026-04-01T09:00Z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01t09:00:00z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01 09:00:00Z', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01', '2026-04-01T00:00:00Z', '2026-04-01T00:00:00.000Z'],
		['2026-04-01T09:00:00', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01 09:00', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.000Z'],
		['2026-04-01T09:00:00.5', '2026-04-01T09:00:00Z', '2026-04-01T09:00:00.500Z'],
		['2028-02-29', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
		['2026-12-31T24:00:00Z', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
	];
	for (const [given, seconds, iso] of sent) {
		it(`${given} is sent as ${seconds} or ${iso}`, ({ expect }) => {
			const operation = operationOf(connectWise, 'time_entries.create');
			const valuesIn = (style: 'utc_seconds' | 'iso') => {
				const { faults, values } = validateArguments(operation, { timeStart: given }, style);
				expect(faults.filter(({ path }) => path === 'timeStart')).toEqual([]);
				return values.timeStart;
			};
			expect(valuesIn('utc_seconds')).toBe(seconds);
			expect(valuesIn('iso')).toBe(iso);
		});
	}

	const refused: [given: unknown, says: RegExp][] = [
		['2026-02-30', /^must be a datetime like 2026-04-01T09:00:00; got the string "2026-02-30"$/],
		['2026-02-30T10:00:00Z', /^must be a datetime like/],
		['2026-02-29T10:00:00+01:00', /^must be a datetime like/],
		['2026-04-31T10:00:00-07:00', /^must be a datetime like/],
		['2026-13-01', /^must be a datetime like/],
		['2026-00-10', /^must be a datetime like/],
		['2026-04-00', /^must be a datetime like/],
		['2026-04-01T25:00:00Z', /^must be a datetime like/],
		['2026-04-01T09:60:00Z', /^must be a datetime like/],
		['2026-04-01T09:00:00+99:99', /^must be a datetime like/],
		['01/04/2026', /^must be a datetime like/],
		['tomorrow', /^must be a datetime like/],
		['', /^is required/],
		['[2026-04-01T09:00:00Z]', /^must be a datetime like/],
		['2026-04-01T09:00:00Z; DROP', /^must be a datetime like/],
		[1775034000, /^must be a datetime like 2026-04-01T09:00:00, got the number/],
	];
	for (const [given, says] of refused) {
		it(`${JSON.stringify(given)} is refused`, ({ expect }) => {
			const operation = operationOf(connectWise, 'time_entries.create');
			const { faults } = validateArguments(operation, { timeStart: given }, 'utc_seconds');
			const [fault] = faults.filter(({ path }) => path === 'timeStart');
			expect(
				fault?.message.replace(
					/^must be a datetime like 2026-04-01T09:00:00, /,
					'must be a datetime like 2026-04-01T09:00:00, ',
				),
			).toMatch(says);
		});
	}

	const dates: [given: string, isGood: boolean][] = [
		['2026-04-01', true],
		['2026-02-30', false],
		['2026-13-01', false],
		['2026-4-1', false],
		['2026-04-01T00:00:00Z', true],
	];
	for (const [given, isGood] of dates) {
		it(`where a date is wanted: ${given} is ${isGood ? 'taken' : 'refused'}`, ({ expect }) => {
			const faults = faultsOf('cases.create', { subject: 'x', due: given });
			expect(faults).toHaveLength(isGood ? 0 : 1);
			if (!isGood) expect(faults[0]).toContain('due must be a date like 2026-04-01');
		});
	}
});

describe('an id that is a text', () => {
	const refused = [
		'',
		'.',
		'..',
		'...',
		'1/2',
		'/1',
		'1/',
		'..\\x',
		'%2e%2e',
		'%2E',
		'1%2F2',
		'1?x=y',
		'1#x',
		'1\n2',
		'\u0000',
		'\ud800',
	];
	for (const id of refused) {
		it(`${JSON.stringify(id)} is refused`, ({ expect }) => {
			expect(faultsOf('cases.get', { id })).toHaveLength(1);
		});
	}
	for (const id of ['1', 'a-b_c', 'a.b', '..a', 'Ä', 'a b', 'a;b=c', 'a&b', '1+1', 'x@y']) {
		it(`${JSON.stringify(id)} is taken`, ({ expect }) => {
			expect(faultsOf('cases.get', { id })).toEqual([]);
		});
	}
});

describe('every published constraint is enforced', () => {
	/** A value that breaks one constraint of a schema, for each of its constraints. */
	function breaches(schema: ArgumentSchema): unknown[] {
		const found: unknown[] = [];
		const { type, enum: values, format, minimum, maximum, minLength, maxLength, properties, required, items } = schema;
		if (type !== undefined) found.push(type === 'string' ? 1 : type === 'array' ? true : 'text');
		if (type === 'integer') found.push(1.5);
		if (values) found.push('no such value');
		if (format) found.push('no such format');
		if (minimum !== undefined) found.push(minimum - 1);
		if (maximum !== undefined) found.push(maximum + 1);
		if (minLength !== undefined && minLength > 0) found.push('x'.repeat(minLength - 1));
		if (maxLength !== undefined) found.push('x'.repeat(maxLength + 1));
		if (properties) found.push({ no_such_key: 1 });
		for (const [key, property] of Object.entries(properties ?? {}))
			for (const value of breaches(property)) found.push({ [key]: value });
		if (required && required.length > 0) found.push({});
		if (items) found.push(...breaches(items).map((value) => [value]));
		return found;
	}
	/** A text instead of an object. */
	function holdsShortReference(value: unknown, steps: readonly string[]): boolean {
		let found = false;
		mapReferences(value, steps, '', (reference) => {
			found ||= typeof reference === 'string';
			return reference;
		});
		return found;
	}
	for (const integration of [connectWise, desk]) {
		it(`of ${integration.file.label}`, ({ expect }) => {
			let count = 0;
			for (const operation of integration.operations) {
				for (const [name, { schema, references = [] }] of operation.places) {
					for (const value of breaches(schema)) {
						// Not given, as for every client that must send all arguments.
						if (isEmptyValue(value)) continue;
						if (name === 'clear') continue;
						// Taken for an id, though the schema tells models of names only.
						if (value === 1 && operation.namedFilters.has(name)) continue;
						// Taken for a name of what the id is of.
						if (value === 'text' && (operation.namedPaths.has(name) || operation.namedFilters.has(name))) continue;
						// Taken for a name, though the schema tells models of objects only.
						if (references.some(({ steps }) => holdsShortReference(value, steps))) continue;
						count++;
						const { faults } = validateArguments(operation, { [name]: value }, 'utc_seconds');
						expect(
							faults.some(({ path }) => path.split(/[.[]/)[0] === name),
							`${operation.resource}.${operation.method} ${name} ${JSON.stringify(value)}`,
						).toBe(true);
					}
				}
			}
			expect(count).toBeGreaterThan(20);
		});
	}
});

describe('huge or hostile arguments cost little and say little', () => {
	const deep = (levels: number) => {
		let value: unknown = 1;
		for (let level = 0; level < levels; level++) value = { a: value };
		return value;
	};
	const cases: { name: string; key: string; args: () => unknown }[] = [
		{
			name: '20,000 unknown names',
			key: 'tickets.list',
			args: () => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`unknown_${i}`, i])),
		},
		{ name: 'a name of 1 MB', key: 'tickets.list', args: () => ({ ['x'.repeat(1_000_000)]: 1 }) },
		{
			name: 'a nested key of 1 MB',
			key: 'tickets.update',
			args: () => ({ id: 1, status: { ['x'.repeat(1_000_000)]: 1 } }),
		},
		{
			name: '100,000 wrong items',
			key: 'tickets.merge',
			args: () => ({ id: 1, status: { id: 1 }, mergeTicketIds: Array.from({ length: 100_000 }, () => 'x') }),
		},
		{
			name: '20,000 wrong keys in one object',
			key: 'tickets.update',
			args: () => ({ id: 1, status: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])) }),
		},
		{ name: 'a wrong value of 1 MB', key: 'tickets.get', args: () => ({ id: 'x'.repeat(1_000_000) }) },
		{ name: 'an enum value of 1 MB', key: 'tickets.update', args: () => ({ id: 1, severity: 'x'.repeat(1_000_000) }) },
		{ name: 'nesting of 60 levels', key: 'tickets.update', args: () => ({ id: 1, customFields: [deep(60)] }) },
		{
			name: 'nesting of 60 levels in place of a text',
			key: 'tickets.update',
			args: () => ({ id: 1, summary: deep(60) }),
		},
	];
	for (const { name, key, args } of cases) {
		it(name, ({ expect }) => {
			const input = args();
			const startedAtMs = performance.now();
			const { faults } = validateArguments(operationOf(connectWise, key), input, 'utc_seconds');
			// Milliseconds, unless the time grows with the square of the input.
			expect(performance.now() - startedAtMs).toBeLessThan(30_000);
			expect(faults.length).toBeGreaterThan(0);
			expect(faults.length).toBeLessThanOrEqual(60);
			expect(JSON.stringify(faults).length).toBeLessThan(20_000);
		});
	}

	// security: S-47
	it('a refusal names fifty faults at most, of a job and of custom fields too', ({ expect }) => {
		const many = Array.from({ length: 100_000 }, (_, i) => `unknown_${i}`);
		const job = checkJobArguments({ properties: {}, required: [] }, Object.fromEntries(many.map((name) => [name, 1])));
		const fact = { field: 'customFields', id: 'id', caption: 'caption', value: 'value' } as CustomFact;
		const entries = many.map((caption) => ({ caption, value: 'x' }));
		const fields = Array.from({ length: 50 }, (_, id) => ({ id, caption: `Field ${id}` }));
		for (const faults of [
			job,
			matchEntries(fact, entries, fields).faults,
			many.map((path) => ({ path, message: 'x' })),
		]) {
			const { structuredContent } = argumentRefusal('x', faults as Fault[]);
			expect((structuredContent.errors as Fault[]).length).toBeLessThanOrEqual(51);
			expect(JSON.stringify(structuredContent).length).toBeLessThan(20_000);
		}
		expect(
			validateArguments(
				operationOf(connectWise, 'tickets.list'),
				Object.fromEntries(many.map((n) => [n, 1])),
				'utc_seconds',
			).faults,
		).toHaveLength(1);
	});

	it('a prototype is never changed', ({ expect }) => {
		const args: unknown = JSON.parse(
			'{"id":1,"customFields":[{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]}',
		);
		validateArguments(operationOf(connectWise, 'tickets.update'), args, 'utc_seconds');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});

describe('the nearest name', () => {
	const names = ['summary', 'status', 'conditions', 'childConditions', 'orderBy', 'limit', 'next_cursor', 'owner'];
	const cases: [given: string, first: string | undefined][] = [
		['sumary', 'summary'],
		['Status', 'status'],
		['status_id', 'status'],
		['status/name', 'status'],
		['statusName', 'status'],
		['condition', 'conditions'],
		['child_conditions', 'childConditions'],
		['order_by', 'orderBy'],
		['nextCursor', 'next_cursor'],
		['cursor', 'next_cursor'],
		['lmit', 'limit'],
		['completely_else', undefined],
		['', undefined],
		['x'.repeat(81), undefined],
	];
	for (const [given, first] of cases) {
		it(`to ${JSON.stringify(given).slice(0, 30)} is ${first}`, ({ expect }) => {
			expect(nearest(given, names)[0]).toBe(first);
			expect(nearest(given, names).length).toBeLessThanOrEqual(3);
		});
	}
});
