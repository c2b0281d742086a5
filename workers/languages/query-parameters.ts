// A vendor whose lists take a query parameter for each filter, and one for the words of a name.
import type { Filters, IntegrationFile, Lookup } from '../integration/format.ts';
import { sizeParameter } from '../integration/method-wire.ts';
import type { Language } from './adapter.ts';
import { readFilters } from './filter-value.ts';
import { pageSize, type Question } from './lookup-question.ts';

type Parameters = Extract<Filters, { language: 'query_parameters' }>;

export const queryParameters = ({ times: format }: Parameters): Language => ({
	applyFilters: (operation, args, clock) => {
		const { sent, isLocal, faults } = readFilters(operation, args, clock, { format, isOwn: true });
		const isAsked = Object.keys(sent).length > 0;
		return { args: { ...args, ...sent }, sent: isAsked ? sent : null, exact: [], isLocal, faults };
	},
});

/** Asks by the parameter that takes a name. */
export function askedByName(
	file: IntegrationFile,
	lookup: Lookup,
	{ parameter, template }: NonNullable<Lookup['ask']>,
	text: string,
): Question {
	const asked = template === undefined ? text : template.replace('{{name}}', () => text);
	return { query: [[parameter, asked], ...sized(file, lookup)] };
}

/** Asks for the whole table. */
export function askedWhole(file: IntegrationFile, lookup: Lookup): Question {
	return { query: sized(file, lookup) };
}

/** The size of the page, where it goes in the query. */
export function sized(file: IntegrationFile, lookup: Lookup): [string, string][] {
	const { paging } = file;
	const size = sizeParameter(paging);
	if (size === undefined || paging.style === 'none' || (paging.in ?? 'query') !== 'query') return [];
	return [[size, String(pageSize(file, lookup))]];
}
