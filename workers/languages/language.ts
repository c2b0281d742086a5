// Chooses the adapter of a vendor's filter language, for the filters of lists, names, ids and words. `filters.language`
// of integration.json names it; without it a vendor's small tables are read whole.
import type { AppliedFilters } from '../conditions/apply.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import type { Clock } from '../lib/time-zones.ts';
import type { Language } from './adapter.ts';
import { connectwiseConditions } from './connectwise-conditions.ts';
import { expressions } from './expression.ts';
import { jsonTriples } from './json-triples.ts';
import type { LookupQuestion, Question } from './lookup-question.ts';
import { askedByName, askedWhole, queryParameters } from './query-parameters.ts';

export function languageOf(file: IntegrationFile): Language {
	const { filters } = file;
	switch (filters?.language) {
		case 'query_parameters':
			return queryParameters(filters);
		case 'json_triples':
			return jsonTriples(file, filters);
		case 'expression':
			return expressions(file, filters);
		default:
			return connectwiseConditions(file);
	}
}

export function applyListFilters(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	clock: Clock,
): AppliedFilters {
	return languageOf(file).applyFilters(operation, args, clock);
}

/** @returns how the record of a name is asked for; null when the text cannot be asked for */
export function lookupQuestion(file: IntegrationFile, question: LookupQuestion): Question | null {
	const { lookup, isExact, isUnaccented = false } = question;
	if (isUnaccented) {
		// A small table was read whole.
		const isNarrow = file.filters && !lookup.ask && !lookup.is_small && lookup.items_path === undefined;
		return (isNarrow && languageOf(file).lookupUnaccented?.(question)) || null;
	}
	if (lookup.ask) return isExact ? null : askedByName(file, lookup, lookup.ask, question.text);
	const language = languageOf(file);
	if (file.filters && language.lookup && lookup.items_path === undefined) return language.lookup(question);
	// Nothing narrower can be asked for.
	return isExact || !lookup.is_small ? null : askedWhole(file, lookup);
}
