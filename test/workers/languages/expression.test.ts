// A vendor's own language of comparisons, described by data alone: the dialects that vendors have, and what a person may type.
import fc from 'fast-check';
import { describe, inject, it } from 'vitest';
import type { Filters, IntegrationFile, Lookup } from '../../../workers/integration/format.ts';
import { applyListFilters, lookupQuestion } from '../../../workers/languages/language.ts';
import { comparison, type Expression } from '../../../workers/languages/written-terms.ts';
import { deskFiles, operationOf, requireDesk } from '../integration/integrations.ts';

const compare = (equals: string, contains: string) => ({
	'=': `{{field}}${equals}{{value}}`,
	contains,
	in: '{{field}} in ({{value}})',
});
const parenthesized = { and: ' and ', or: ' or ', group: '({{terms}})' };

const DIALECTS: Record<string, Expression> = {
	jql: {
		language: 'expression',
		parameter: 'jql',
		operators: compare(' = ', '{{field}} ~ {{value}}'),
		...parenthesized,
		text: { quote: '"', escapes: { '"': '\\"', '\\': '\\\\' } },
		times: 'space_minutes',
		quotes_times: true,
	},
	odata: {
		language: 'expression',
		parameter: '$filter',
		operators: compare(' eq ', 'contains({{field}},{{value}})'),
		...parenthesized,
		text: { quote: "'", escapes: { "'": "''", '\\': '\\' } },
	},
	encoded: {
		language: 'expression',
		parameter: 'sysparm_query',
		operators: compare('=', '{{field}}LIKE{{value}}'),
		and: '^',
		or: '^OR',
		text: { quote: '', escapes: { '^': '^^' } },
		path_separator: '.',
	},
	quoted_whole: {
		language: 'expression',
		parameter: 'query',
		operators: compare(':', '{{field}}:{{value}}'),
		...parenthesized,
		text: { quote: "'", escapes: { '\\': '\\\\' }, refuses: '\'"' },
		whole: '"{{terms}}"',
	},
};

const LOOKUP: Lookup = { path: '/people', match: ['name', 'mail'] };
const filed = (filters: Filters): IntegrationFile => ({ ...deskFiles().file, filters, list: { records_path: '' } });

describe('a text in a dialect', () => {
	const values: [dialect: string, value: string, term: string | null][] = [
		['jql', 'O"Neil \\ Sons', 'owner = "O\\"Neil \\\\ Sons"'],
		['odata', "O'Neil", "owner eq 'O''Neil'"],
		['odata', 'a\\b', "owner eq 'a\\b'"],
		['encoded', 'a^ORb', 'owner=a^^ORb'],
		['encoded', 'a\nb', null],
		['quoted_whole', 'it"s', null],
		['quoted_whole', "it's", null],
		['quoted_whole', 'plain', "owner:'plain'"],
		['jql', '{{field}} {{value}}', 'owner = "{{field}} {{value}}"'],
	];
	for (const [dialect, value, term] of values)
		it(`of ${dialect}: ${JSON.stringify(value)}`, ({ expect }) => {
			const written = comparison(DIALECTS[dialect] as Expression, 'owner', '=', value);
			expect('term' in written ? written.term : null).toBe(term);
		});

	for (const [dialect, language] of Object.entries(DIALECTS))
		it(`of ${dialect} never ends before its end`, ({ expect }) => {
			const special = fc.constantFrom(
				'"',
				"'",
				'\\',
				'^',
				'^OR',
				' or ',
				' AND ',
				'(',
				')',
				'\n',
				'\u2028',
				'{{value}}',
			);
			const text = fc
				.array(fc.oneof(special, fc.string({ maxLength: 4 })), { maxLength: 8 })
				.map((all) => all.join(''));
			fc.assert(
				fc.property(text, (value) => {
					const written = comparison(language, 'f', '=', value);
					if ('fault' in written) return;
					const { quote, escapes = {} } = language.text;
					const inner = written.term.slice(language.operators['=']?.replace(/\{\{.*$/, '').length);
					const bare = inner.slice(inner.indexOf(quote) + quote.length, quote === '' ? undefined : -quote.length);
					// Each escape stands for one character; what is left of the others ends nothing.
					const spelt = Object.values(escapes).toSorted((a, b) => b.length - a.length);
					const rest = spelt.reduce((left, one) => left.replaceAll(one, ''), bare);
					if (quote !== '') expect(rest).not.toContain(quote);
					else for (const joint of [language.and, language.or ?? '']) expect(rest).not.toContain(joint);
					expect(rest).not.toMatch(/[\n\u2028]/);
				}),
				{ numRuns: 300, seed: inject('fuzzSeed') },
			);
		});
});

describe('a lookup by name', () => {
	const asked = (name: string, lookup: Lookup, text: string, isExact = false) =>
		lookupQuestion(filed(DIALECTS[name] as Expression), { lookup, text, ids: {}, isExact });
	const questions: [name: string, lookup: Lookup, text: string, isExact: boolean, asks: unknown][] = [
		['jql', LOOKUP, 'Jane', false, ['jql', '(name = "Jane" or mail = "Jane" or name ~ "Jane" or mail ~ "Jane")']],
		['jql', LOOKUP, 'Jane', true, ['jql', '(name = "Jane" or mail = "Jane")']],
		['encoded', LOOKUP, 'Jane', true, ['sysparm_query', 'name=Jane^ORmail=Jane']],
		['quoted_whole', { ...LOOKUP, match: ['name'] }, 'Jane', true, ['query', '"name:\'Jane\'"']],
		['quoted_whole', LOOKUP, 'Jane "J"', true, null],
		['odata', { ...LOOKUP, is_small: true }, 'Jane', false, undefined],
		['odata', { ...LOOKUP, ask: { parameter: 'q', template: '{{name}}*' } }, 'Jane', false, ['q', 'Jane*']],
	];
	for (const [name, lookup, text, isExact, asks] of questions)
		it(`of ${name}: ${text}${isExact ? ', exactly' : ''} (${JSON.stringify(asks)})`, ({ expect }) => {
			const question = asked(name, lookup, text, isExact);
			if (asks === null) expect(question).toBeNull();
			else expect(question?.query.find(([parameter]) => parameter !== 'first')).toEqual(asks);
		});
});

describe('a text that the caller writes', () => {
	const file = filed(DIALECTS.quoted_whole as Expression);
	const list = operationOf(requireDesk(), 'cases.list');
	const operation = {
		...list,
		documentation: { ...list.documentation, filters: { owner: { field: 'owner' } } },
		fact: { ...list.fact, query: ['query'] },
	};
	const cases: [own: string, filters: object, asks: string][] = [
		['status:2', {}, '"status:2"'],
		['"status:2"', {}, '"status:2"'],
		['status:2', { owner: 'Jane' }, `"(status:2) and owner:'Jane'"`],
		['"status:2"', { owner: 'Jane' }, `"(status:2) and owner:'Jane'"`],
		['"', {}, '"""'],
	];
	for (const [own, filters, asks] of cases)
		it(`stands in the whole once: ${own} with ${JSON.stringify(filters)}`, ({ expect }) => {
			const { args } = applyListFilters(file, operation, { query: own, ...filters }, { nowMs: 0, zone: 'UTC' });
			expect(args.query).toBe(asks);
		});
});
