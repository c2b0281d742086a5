// Names, ids and words in ConnectWise's conditions. The filters of lists are compiled in `conditions/`.
import { applyFilters } from '../conditions/apply.ts';
import { compileFilters } from '../conditions/compile.ts';
import { partsLiteral, patternLiteral, stringLiteral } from '../conditions/literals.ts';
import type { IntegrationFile, SearchSource } from '../integration/format.ts';
import type { Language } from './adapter.ts';
import { type LookupQuestion, lookedUpFields, narrowedBy, pageSize, type Question } from './lookup-question.ts';
import { plainBeginnings, unaccentedLetters, wordsWithoutInitials } from './name-parts.ts';

export function connectwiseConditions(file: IntegrationFile): Language {
	return {
		applyFilters: (operation, args, clock) => applyFilters(file, operation, args, clock),
		lookup: (question) => conditionsQuery(file, question, lookupConditions),
		lookupUnaccented: (question) => conditionsQuery(file, question, unaccentedConditions),
		byId: (lookup, id, withZone) => ({
			query: [
				['conditions', `id = ${id}`],
				['fields', lookedUpFields(lookup, withZone).join(',')],
			],
		}),
		words: (source, words, join) => ({ conditions: wordConditions(source, words, join) }),
	};
}

function conditionsQuery(
	file: IntegrationFile,
	question: LookupQuestion,
	conditionsOf: (question: LookupQuestion) => string | null,
): Question | null {
	const { lookup, isExact, withZone } = question;
	const query: [string, string][] = [];
	if (!lookup.is_small || isExact) {
		const conditions = conditionsOf(question);
		if (conditions === null) return null;
		query.push(['conditions', conditions]);
	}
	query.push(['fields', lookedUpFields(lookup, withZone).join(',')]);
	query.push(['pageSize', String(pageSize(file, lookup))]);
	return { query };
}

/** Words are no times: no clock is needed. */
const NO_TIMES = { clock: { nowMs: 0, zone: 'UTC' }, dayFields: new Set<string>() };
const MAX_NUMBER = 2_147_483_647;

/** @returns conditions that ask for all of the words, or for any of them */
function wordConditions(
	{ fields, number_field, also }: SearchSource,
	words: readonly string[],
	join: 'and' | 'or',
): string {
	const any = fields.map((field) => ({ field, op: 'contains' as const }));
	const parts = words.flatMap((word) => {
		const { conditions } = compileFilters({ word: { any } }, { word }, NO_TIMES, 'conditions');
		const texts = conditions.get('conditions') ?? [];
		const isNumber = number_field !== undefined && /^\d{1,10}$/.test(word) && Number(word) <= MAX_NUMBER;
		return isNumber ? [`(${[...texts, `${number_field} = ${Number(word)}`].join(' or ')})`] : texts;
	});
	const asked = parts.length > 1 && join === 'or' ? `(${parts.join(' or ')})` : parts.join(' and ');
	return also ? `${asked} and ${also}` : asked;
}

/** Asks for names near the text and equal to it, so that one question also finds the nearest names. */
function lookupConditions(question: LookupQuestion): string | null {
	const { lookup, text, isExact } = question;
	const near = (field: string, part: string) => (isExact ? exactly(field, part) : beginnings(field, part));
	const alternatives = lookup.match.flatMap((field) => [...exactly(field, text), ...near(field, text)]);
	if (lookup.person) {
		const [first, last] = lookup.person;
		const words = wordsWithoutInitials(text);
		const [given = '', family = ''] = [words[0], words.at(-1)];
		if (words.length === 1) alternatives.push(...near(first, given), ...near(last, given));
		else alternatives.push(...(isExact ? wholeNames(lookup.person, words) : near(last, family)));
	}
	return narrowedTo(question, alternatives);
}

/** Asks for names that have an accent where the text has a plain letter. */
function unaccentedConditions(question: LookupQuestion): string | null {
	const { lookup, text } = question;
	const letters = partsLiteral(unaccentedLetters(text));
	const fields = lookup.person ?? lookup.match;
	return letters === null
		? null
		: narrowedTo(
				question,
				fields.map((field) => `${field} like ${letters}`),
			);
}

function narrowedTo(question: LookupQuestion, alternatives: readonly string[]): string | null {
	const narrowed = narrowedBy(question).map(([path, id]) => `${path} = ${id}`);
	if (alternatives.length === 0) return null;
	return [...narrowed, `(${[...new Set(alternatives)].join(' or ')})`].join(' and ');
}

/** Most words of a name that are tried at every place where the last name may begin. */
const MAX_NAME_WORDS = 8;

/** "Jan van der Berg" says nowhere where the last name begins: every way to read it. */
function wholeNames([first, last]: readonly [string, string], words: readonly string[]): string[] {
	return words.slice(1, MAX_NAME_WORDS).flatMap((_, index) => {
		const given = exactly(first, words.slice(0, index + 1).join(' '))[0];
		const family = exactly(last, words.slice(index + 1).join(' '))[0];
		return given && family ? [`(${given} and ${family})`] : [];
	});
}

function exactly(field: string, text: string): string[] {
	const literal = stringLiteral(text);
	return literal ? [`${field} = ${literal}`] : [];
}

/** Compares a field with the beginnings of the longest words that can be asked for as they are. */
function beginnings(field: string, text: string): string[] {
	return plainBeginnings(text).flatMap((part) => {
		const literal = patternLiteral(part);
		return literal ? [`${field} contains ${literal}`] : [];
	});
}
