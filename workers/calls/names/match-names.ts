// Candidates that a text names: exactly, else in another spelling, else by a part that fits.

import { plainPersonName } from '../../languages/name-parts.ts';
import { foldText, squashText, wordsOfText } from '../../lib/fold-text.ts';
import { isNoName } from '../../lib/said-words.ts';
import type { Candidate } from './lookup-plan.ts';

/** The candidates that the text names as a whole, or as the first or last name of a person. */
export function namedBy(text: string, candidates: readonly Candidate[], isPerson = false): Candidate[] {
	const named = namedAs(text, candidates);
	return named.length > 0 || !isPerson ? named : namedAs(plainPersonName(text), candidates);
}

function namedAs(text: string, candidates: readonly Candidate[]): Candidate[] {
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

/** The candidates of which the text is a part: whole words of the name, an abbreviation like P1, or how words begin. */
export function namedByPart(text: string, candidates: readonly Candidate[], isPerson: boolean): Candidate[] {
	if (isNoName(text)) return [];
	const wanted = wordsOfText(isPerson ? plainPersonName(text) : text);
	if (wanted.join('').length < PART_MIN) return [];
	const hasWords = (name: string) => {
		const words = new Set(wordsOfText(name));
		return wanted.every((word) => words.has(word));
	};
	const begins = (name: string) => {
		const words = wordsOfText(name);
		return wanted.every((word) => word.length >= BEGINNING_MIN && words.some((one) => one.startsWith(word)));
	};
	const parts: ((candidate: Candidate) => boolean)[] = [
		({ names }) => names.some(hasWords),
		({ names }) => names.some((name) => isAbbreviated(text, name)),
	];
	// "Jon" is not Jonas, and "Jon S." is Jon Smith.
	parts.push(
		isPerson
			? ({ wholeNames }) => wholeNames.some((name) => hasInitials(wanted, wordsOfText(name)))
			: ({ names }) => names.some(begins),
	);
	return firstFound(candidates, parts);
}

/** A single letter is a part of too much. */
const PART_MIN = 2;
const BEGINNING_MIN = 3;

/** Whole words of a person's name beside the first letters of others, each of another word. */
function hasInitials(wanted: readonly string[], words: readonly string[]): boolean {
	const left = [...words];
	const take = (isMeant: (word: string) => boolean) => {
		const at = left.findIndex(isMeant);
		if (at >= 0) left.splice(at, 1);
		return at >= 0;
	};
	const whole = wanted.filter((word) => word.length > 1);
	const initials = wanted.filter((word) => word.length === 1);
	return (
		whole.length > 0 &&
		whole.every((one) => take((word) => word === one)) &&
		initials.every((initial) => take((word) => word.startsWith(initial)))
	);
}

/** `P1` of "Priority 1 - Critical". */
function isAbbreviated(text: string, name: string): boolean {
	const [, letters = '', digits = ''] = /^([\p{L}]{1,3})[\s-]?(\d{1,3})$/u.exec(foldText(text)) ?? [];
	if (letters === '') return false;
	const words = wordsOfText(name);
	const at = words.indexOf(digits);
	return (
		at >= letters.length &&
		words
			.slice(at - letters.length, at)
			.map((word) => word[0])
			.join('') === letters
	);
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
