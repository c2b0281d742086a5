// How a vendor is asked: one interface for the filters of lists and for finding records by name, with an adapter for each
// filter language. `filters.language` of integration.json chooses; without it a vendor's small tables are read whole.
import { type AppliedFilters, applyFilters } from '../conditions/apply.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import type { Clock } from '../lib/time-zones.ts';
import { conditionsQuery } from './connectwise-conditions.ts';
import { applyTriples, triplesQuery } from './json-triples.ts';
import type { LookupQuestion } from './lookup-question.ts';
import { applyQueryParameters, parameterQuery } from './query-parameters.ts';

/**
 * The arguments of a list with its filters turned into what the vendor takes.
 *
 * @param args  checked, of the right types
 */
export function applyListFilters(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	clock: Clock,
): AppliedFilters {
	switch (file.filters?.language) {
		case 'query_parameters':
			return applyQueryParameters(operation, args, clock);
		case 'json_triples':
			return applyTriples(file.filters, operation, args, clock);
		default:
			return applyFilters(file, operation, args, clock);
	}
}

/** @returns the query of a lookup by name; null when the text cannot be asked for */
export function lookupQuery(file: IntegrationFile, question: LookupQuestion): [string, string][] | null {
	switch (file.filters?.language) {
		case 'connectwise_conditions':
			return conditionsQuery(question);
		case 'json_triples':
			return triplesQuery(file, file.filters, question);
		default:
			return parameterQuery(file, question);
	}
}
