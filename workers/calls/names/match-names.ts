// Candidates that a text names: exactly, else in another spelling.
import { foldText, squashText } from '../../lib/fold-text.ts';
import type { Candidate } from './lookup-plan.ts';

/** The candidates that the text names as a whole, or as the first or last name of a person. */
export function namedBy(text: string, candidates: readonly Candidate[]): Candidate[] {
	const wanted = foldText(text);
	const isSaid = (name: string) => foldText(name) === wanted;
	const squashed = squashText(text);
	const isSpelt = (name: string) => squashed !== '' && squashText(name) === squashed;
	return firstFound(candidates, [
		({ keyed }) => keyed.some(isSaid),
		({ wholeNames }) => wholeNames.some(isSaid),
		({ names }) => names.some(isSaid),
		({ wholeNames }) => wholeNames.some(isSpelt),
	]);
}

function firstFound(
	candidates: readonly Candidate[],
	tests: readonly ((candidate: Candidate) => boolean)[],
): Candidate[] {
	for (const test of tests) {
		const found = candidates.filter(test);
		if (found.length > 0) return found;
	}
	return [];
}
