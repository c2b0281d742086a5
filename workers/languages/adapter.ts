// The interface of filter languages, between a call and the way its vendor is asked.
import type { AppliedFilters } from '../conditions/apply.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { Lookup, SearchSource } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import type { Clock } from '../lib/time-zones.ts';
import type { LookupQuestion, Question, RecordId } from './lookup-question.ts';

export interface Language {
	/**
	 * The arguments of a list with its filters turned into what the vendor takes.
	 *
	 * @param args  checked, of the right types
	 */
	applyFilters(operation: Operation, args: Arguments, clock: Clock): AppliedFilters;
	/** Absent: it finds no record by what only comes near its name. */
	lookup?(question: LookupQuestion): Question | null;
	/** Absent: it finds no name that was said without its accents. */
	lookupUnaccented?(question: LookupQuestion): Question | null;
	/** Absent: it finds no record by its id. */
	byId?(lookup: Lookup, id: RecordId, withZone?: boolean): Question;
	/** Absent: it finds no words. @returns the argument of the list that asks for all of the words, or for any of them */
	words?(source: SearchSource, words: readonly string[], join: 'and' | 'or'): Arguments;
}
