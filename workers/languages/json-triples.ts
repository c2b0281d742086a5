// A vendor whose lists take an array of field, operator and value: as JSON in one query parameter, or in the body.
import type { Arguments } from '../integration/arguments.ts';
import type { FilterFact, Filters, IntegrationFile } from '../integration/format.ts';
import { filterKey, filtersInBody } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt, withValueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { Language } from './adapter.ts';
import { readFilters } from './filter-value.ts';
import { narrowedBy, pageSize, type Question } from './lookup-question.ts';
import { askedWhole } from './query-parameters.ts';

type Triples = Extract<Filters, { language: 'json_triples' }>;
type Operator = keyof Triples['operators'];

export function jsonTriples(file: IntegrationFile, language: Triples): Language {
	const near: Operator = language.operators.contains === undefined ? '=' : 'contains';
	return {
		applyFilters: (operation, args, clock) => applyTriples(language, operation, args, clock),
		lookup: (question) => {
			const { lookup, text, isExact } = question;
			const within = narrowedBy(question).map(([path, id]) => tripleOf(language, path, '=', id));
			if (lookup.is_small && !isExact) {
				// A table of which nothing is asked is read by GET: only searches are sent by POST.
				const isPlain = within.length === 0 && !language.everything && !lookup.body;
				if (isPlain && language.parameter === undefined) return askedWhole(file, lookup);
				return questionOf(file, language, within, pageSize(file, lookup));
			}
			const words = text.split(/\s+/);
			const [first = '', last = ''] = lookup.person ?? [];
			// No single field holds a person's whole name.
			const person = lookup.person ? tripleOf(language, words.length > 1 ? last : first, near, words.at(-1)) : null;
			const named = lookup.match.map((field) => tripleOf(language, field, isExact ? '=' : near, text));
			const asked = language.any ? [...named, ...(person ? [person] : [])] : [person ?? named[0]];
			return questionOf(file, language, [...within, anyOf(language, asked)], pageSize(file, lookup));
		},
		byId: (lookup, id) => questionOf(file, language, [tripleOf(language, lookup.id ?? 'id', '=', id)], 1),
		...(language.operators.contains === undefined || language.parameter === undefined
			? {}
			: {
					words: ({ fields }, words, join) => {
						const each = words.map((word) =>
							anyOf(
								language,
								language.any
									? fields.map((field) => contains(language, field, word))
									: [contains(language, fields[0] ?? '', word)],
							),
						);
						const triples = join === 'or' && language.any ? [anyOf(language, each)] : each;
						const asked = withValueAt({}, language.path.split('/'), triples);
						return { [filterKey(language)]: JSON.stringify(asked) };
					},
				}),
	};
}

function contains(language: Triples, field: string, word: string): unknown {
	return tripleOf(language, field, 'contains', word);
}

function applyTriples(
	language: Triples,
	operation: Operation,
	args: Arguments,
	clock: Parameters<Language['applyFilters']>[2],
): ReturnType<Language['applyFilters']> {
	const { said, sent, isLocal, faults } = readFilters(operation, args, clock, { format: language.times });
	const key = filterKey(language);
	const inBody = filtersInBody(language, operation.fact);
	const own = inBody ? args[key] : readOwn(args[key]);
	if (own === null) faults.push({ path: key, message: 'must be a JSON object' });
	const triples = said.map(({ filter, value }) => filterTriple(language, filter, value));
	const plain = { ...args, ...sent };
	const isSent = triples.length > 0 || Object.keys(sent).length > 0;
	const isTaken = inBody || operation.fact.query?.includes(key) === true;
	if (!isTaken) return { args: plain, sent: isSent ? sent : null, exact: [], isLocal, faults };
	const written = inBody ? own : valueAt(own, language.path);
	const all = [...(Array.isArray(written) ? (written as unknown[]) : []), ...triples];
	const asked = all.length > 0 || !language.everything ? all : [everything(language)];
	const text = JSON.stringify(inBody ? asked : withValueAt(own ?? {}, language.path.split('/'), asked));
	const value = inBody ? (asked.length > 0 ? asked : undefined) : text;
	const told = isSent ? { ...sent, ...(triples.length > 0 ? { [key]: text } : {}) } : null;
	return { args: { ...plain, [key]: value }, sent: told, exact: [], isLocal, faults };
}

/** Parses the caller's own filter. @returns null for what is no JSON object */
function readOwn(given: unknown): Record<string, unknown> | null {
	if (typeof given !== 'string' || given.trim() === '') return {};
	const own = parseJson(given);
	return isObject(own) ? own : null;
}

function filterTriple(language: Triples, filter: FilterFact, value: unknown): unknown {
	const { field = '', any } = filter;
	if (!any) return tripleOf(language, field, operatorOf(filter), value);
	return anyOf(
		language,
		any.map((one) => tripleOf(language, one.field, operatorOf({ ...filter, op: one.op ?? filter.op }), value)),
	);
}

function operatorOf({ kind, op = '=' }: Pick<FilterFact, 'kind' | 'op'>): Operator {
	if (kind === 'integers') return 'in';
	return op === 'like' || op === 'listed' ? 'contains' : op;
}

function tripleOf({ members, operators }: Triples, field: string, operator: Operator, value: unknown): unknown {
	const member = Array.isArray(value) ? (members.values ?? members.value) : members.value;
	return { [members.op]: operators[operator] ?? operator, [members.field]: field, [member]: value };
}

/** One of several, in the vendor's words; a vendor without them is asked for the first alone. */
function anyOf({ members, any }: Triples, triples: readonly unknown[]): unknown {
	return triples.length > 1 && any ? { [members.op]: any.op, [any.items]: triples } : triples[0];
}

function everything({ members, everything: all }: Triples): unknown {
	if (!all) return {};
	const value = all.value === undefined ? {} : { [members.value]: all.value };
	return { [members.op]: all.op, [members.field]: all.field, ...value };
}

/** Adds the page's size, where that lies beside the triples. */
function questionOf(file: IntegrationFile, language: Triples, asked: readonly unknown[], size: number): Question {
	const triples = asked.length > 0 || !language.everything ? asked : [everything(language)];
	let question = withValueAt({}, language.path.split('/'), triples);
	const { paging } = file;
	const isSized = paging.style !== 'none' && paging.size_parameter !== undefined;
	if (isSized && paging.in !== undefined && paging.in !== 'query')
		question = withValueAt(question, (paging.size_parameter ?? '').split('/'), Math.min(paging.max_size, size));
	const { parameter } = language;
	return parameter === undefined ? { query: [], body: question } : { query: [[parameter, JSON.stringify(question)]] };
}
