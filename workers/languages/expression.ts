// A vendor whose lists take a text of comparisons in one parameter, as the data describes it: JQL, OData and their like.
import type { Arguments } from '../integration/arguments.ts';
import type { FilterFact, IntegrationFile } from '../integration/format.ts';
import { filterKey, takesFilters } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { withValueAt } from '../lib/json-path.ts';
import type { Language } from './adapter.ts';
import { readFilters } from './filter-value.ts';
import { type LookupQuestion, lookedUpFields, narrowedBy, type Question } from './lookup-question.ts';
import { plainBeginnings } from './name-parts.ts';
import { sized } from './query-parameters.ts';
import { allOf, anyOf, comparison, type Expression, type Operator, type Written } from './written-terms.ts';

const MAX_NUMBER = 2_147_483_647;
/** A longer one is no question any more. */
const MAX_LENGTH = 8_000;

export function expressions(file: IntegrationFile, language: Expression): Language {
	const question = (lookup: LookupQuestion['lookup'], terms: readonly string[], withZone?: boolean): Question => {
		const asked = wholeOf(language, terms.length > 0 ? allOf(language, terms) : (language.everything ?? ''));
		const fields = file.list.fields_parameter;
		const chosen: [string, string][] =
			fields === undefined ? [] : [[fields, lookedUpFields(lookup, withZone).join(',')]];
		const rest = [...chosen, ...sized(file, lookup)];
		if (asked === '') return { query: rest };
		if (language.parameter !== undefined) return { query: [[language.parameter, asked], ...rest] };
		return { query: rest, body: withValueAt({}, (language.path ?? '').split('/'), asked) };
	};
	return {
		applyFilters: (operation, args, clock) => applyExpression(language, operation, args, clock),
		lookup: (asked) => {
			const named = asked.lookup.is_small && !asked.isExact ? [] : namedTerms(language, asked);
			if (named === null) return null;
			const within = narrowedBy(asked).flatMap(([path, id]) => termsOf([comparison(language, path, '=', id)]) ?? []);
			return question(asked.lookup, [...within, ...named], asked.withZone);
		},
		byId: (lookup, id, withZone) =>
			question(lookup, termsOf([comparison(language, lookup.id ?? 'id', '=', id)]) ?? [], withZone),
		words: (source, words, join) => {
			const terms = words.flatMap((word) => {
				const isNumber = source.number_field !== undefined && /^\d{1,10}$/.test(word) && Number(word) <= MAX_NUMBER;
				const any = source.fields.map((field) => comparison(language, field, 'contains', word));
				if (isNumber) any.push(comparison(language, source.number_field ?? '', '=', Number(word)));
				const written = any.flatMap((one) => ('term' in one ? [one.term] : []));
				return written.length === 0 ? [] : [anyOf(language, written)];
			});
			const asked = join === 'or' ? [anyOf(language, terms)] : terms;
			const all = [...(terms.length > 0 ? asked : []), ...(source.also ? [source.also] : [])];
			return { [filterKey(language)]: wholeOf(language, allOf(language, all)) };
		},
	};
}

/** Asks for names near the text and equal to it, so that one question also finds the nearest names. */
function namedTerms(language: Expression, { lookup, text, isExact }: LookupQuestion): string[] | null {
	const exactly = lookup.match.map((field) => comparison(language, field, '=', text));
	const isNear = !isExact && language.operators.contains !== undefined && language.or !== undefined;
	const parts = isNear ? plainBeginnings(text) : [];
	const near = parts.flatMap((part) =>
		[...lookup.match, ...(lookup.person ?? [])].map((field) => comparison(language, field, 'contains', part)),
	);
	const terms = termsOf([...exactly, ...near].filter((one) => 'term' in one));
	if (terms === null || terms.length === 0) return null;
	// A vendor without an "or" is asked by the first field alone.
	return language.or === undefined ? terms.slice(0, 1) : [anyOf(language, [...new Set(terms)])];
}

function termsOf(written: readonly Written[]): string[] | null {
	const terms = written.flatMap((one) => ('term' in one ? [one.term] : []));
	return terms.length === written.length ? terms : null;
}

function applyExpression(
	language: Expression,
	operation: Operation,
	args: Arguments,
	clock: Parameters<Language['applyFilters']>[2],
): ReturnType<Language['applyFilters']> {
	const { said: filters, sent, isLocal, faults } = readFilters(operation, args, clock, { format: language.times });
	const terms = filters.flatMap(({ name, filter, value }) => {
		const written = writtenFilter(language, filter, value);
		if ('term' in written) return [written.term];
		faults.push({ path: name, message: written.fault });
		return [];
	});
	const key = filterKey(language);
	const own = args[key];
	const said = typeof own === 'string' && own.trim() !== '' ? withoutWhole(language, own.trim()) : null;
	if (said !== null && said.length > MAX_LENGTH)
		faults.push({ path: key, message: `has ${said.length} characters, more than ${MAX_LENGTH}` });
	const plain = { ...args, ...sent };
	const isSent = terms.length > 0 || Object.keys(sent).length > 0;
	if (terms.length === 0) {
		const usual = takesFilters(language, operation.fact) ? language.everything : undefined;
		const asked = said ?? usual;
		const all = asked === undefined ? plain : { ...plain, [key]: wholeOf(language, asked) };
		return { args: all, sent: isSent ? sent : null, exact: [], isLocal, faults };
	}
	// The caller's own text may hold an "or".
	const mine = said === null ? [] : [(language.group ?? '{{terms}}').replace('{{terms}}', () => said)];
	const text = wholeOf(language, allOf(language, [...mine, ...terms]));
	return { args: { ...plain, [key]: text }, sent: { ...sent, [key]: text }, exact: [], isLocal, faults };
}

function writtenFilter(language: Expression, filter: FilterFact, value: unknown): Written {
	const { kind, field = '', op = '=', any } = filter;
	const isTime = kind === 'time';
	const operator = (one: typeof op): Operator =>
		kind === 'integers' ? 'in' : one === 'like' || one === 'listed' ? 'contains' : one;
	if (!any) return comparison(language, field, operator(op), value, isTime);
	const written = any.map((one) => comparison(language, one.field, operator(one.op ?? op), value, isTime));
	const terms = termsOf(written);
	return terms === null ? (written.find((one) => 'fault' in one) as Written) : { term: anyOf(language, terms) };
}

/** The caller's own text, which may already stand in what the whole stands in. */
function withoutWhole({ whole = '{{terms}}' }: Expression, text: string): string {
	const [before = '', after = ''] = whole.split('{{terms}}');
	const isWhole = text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
	return isWhole ? text.slice(before.length, text.length - after.length) : text;
}

function wholeOf({ whole = '{{terms}}' }: Expression, terms: string): string {
	return terms === '' ? '' : whole.replace('{{terms}}', () => terms);
}
