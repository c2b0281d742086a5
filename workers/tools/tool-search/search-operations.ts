// Finds the tools for a job by words: of their names, descriptions and arguments, and of what people say.
import type { SearchResult } from 'minisearch';
import { matchesFilter, type ToolFilter } from '../../integration/filter.ts';
import type { MethodKind } from '../../integration/method-kind.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { isIrrevocable } from '../tools.ts';
import { SEARCH_LIMIT_DEFAULT } from './discovery-tools.ts';
import { FIELD_WEIGHTS, SAID_FIELDS, type Searcher, searcherOf, VENDOR_FIELDS, wordsOf } from './search-index.ts';
import { askedKinds, isPhrase, isQuestion, isVerb, pairs, runs, stem, stems, tokenize } from './terms.ts';

/** Factor for the kinds that a question asks for, against every other. */
const ASKED_KIND = 2.5;
/** Most questions that say no verb look for something. */
const LIKELY: Partial<Record<MethodKind, number>> = { list: 1.5, get: 1.1, count: 0.9, delete: 0.7 };
/** People's words belong to single tools, so the kind of method counts less there: its factor to this power. */
const KIND_OF_SAID = 0.5;
/** The vendor's word for what was said, against a word that was said. */
const SYNONYM = 0.5;
/** A resource none of whose words were said, against one all of whose words were. */
const UNSAID_NAME = 0.4;
/** Only words that are unknown here are cut short (weight of a prefix) or misspelt (share of letters, weight). */
const PREFIX_WEIGHT = 0.4;
const MISSPELT_SHARE = 0.2;
const MISSPELT_WEIGHT = 0.3;
const PREFIX_MIN_LETTERS = 4;
const MISSPELT_MIN_LETTERS = 6;

const READS: ReadonlySet<MethodKind> = new Set(['list', 'get', 'count']);

export interface SearchAnswer {
	/** The best first; only what the filter leaves. */
	operations: Operation[];
	/** The best match is a guess: the query has neither its name nor a known idiom. */
	isWeak: boolean;
}

export function searchOperations(
	integration: Integration,
	filter: ToolFilter,
	question: string,
	limit: number,
): SearchAnswer {
	const searcher = searcherOf(integration);
	const words = tokenize(question);
	const asked = isQuestion(words) ? READS : askedKinds(words);
	const hits = findHits(integration, filter, searcher, words, asked).map(({ operation, match }) => ({
		operation,
		isMeant: isMeant(operation, words, match),
		isAskedFor: asked.has(operation.kind) || saysMethod(operation, words) || matchesIdiom(match),
	}));
	const ordered = withPreferredFirst(hits, asked === READS);
	// A name as a model already knows it is meant as it stands.
	const named = integration.byFullName.get(question.trim()) ?? integration.byShortName.get(question.trim());
	const first = named && matchesFilter(named, filter) ? [named] : [];
	return {
		operations: [...new Set([...first, ...ordered.map(({ operation }) => operation)])].slice(0, limit),
		isWeak: first.length === 0 && ordered[0]?.isMeant !== true,
	};
}

/** A question prefers reads; a tool that deletes or reaches outside is never first unless it was asked for. */
function withPreferredFirst<T extends { operation: Operation; isAskedFor: boolean }>(
	hits: T[],
	isAsking: boolean,
): T[] {
	const read = isAsking ? hits.slice(0, SEARCH_LIMIT_DEFAULT).findIndex(({ operation }) => operation.readOnly) : -1;
	const harmless = hits.findIndex(({ operation, isAskedFor }) => isAskedFor || !isDangerous(operation));
	const first = read >= 0 ? read : harmless;
	return first > 0 ? [...hits.slice(first, first + 1), ...hits.filter((_, at) => at !== first)] : hits;
}

interface Hit {
	operation: Operation;
	/** Term → the fields in which it was found. */
	match: SearchResult['match'];
}

function findHits(
	integration: Integration,
	filter: ToolFilter,
	{ index, resourceWords, vocabulary }: Searcher,
	words: readonly string[],
	asked: ReadonlySet<MethodKind>,
): Hit[] {
	// A verb says what kind of tool is meant; as a word of a description it says little. Unless it names a thing, too.
	const nouns = stems(words.filter((word) => !isVerb(word) || resourceWords.has(stem(word))));
	const own = new Set(nouns.length > 0 ? nouns : stems(words));
	const other = new Set(words.flatMap((word) => synonymsOf(integration, word)).filter((term) => !own.has(term)));
	const meant = new Set([...own, ...other]);
	const said = new Set([...stems(words), ...pairs(words), ...runs(words)]);
	const operationAt = (id: number) => integration.operations[id];
	const byName = (factor: number) => (id: number) => {
		const operation = operationAt(id);
		return operation ? factor * kindFactor(operation, asked) * nameFactor(operation, meant) : 0;
	};
	const bySaid = (id: number) => {
		const operation = operationAt(id);
		return operation ? kindFactor(operation, asked) ** (asked === READS ? 1 : KIND_OF_SAID) : 0;
	};
	const query = (terms: ReadonlySet<string>, fields: string[], boostDocument: (id: number) => number) => ({
		queries: [[...terms].join('\n')],
		combineWith: 'OR' as const,
		fields,
		boostDocument,
	});
	const isUnknown = (term: string) => /^[a-z]+$/.test(term) && !vocabulary.has(term);
	const found = index.search(
		{
			combineWith: 'OR',
			queries: [
				query(own, VENDOR_FIELDS, byName(1)),
				query(other, VENDOR_FIELDS, byName(SYNONYM)),
				query(said, SAID_FIELDS, bySaid),
			],
		},
		{
			prefix: (term) => term.length >= PREFIX_MIN_LETTERS && isUnknown(term),
			fuzzy: (term) => (term.length >= MISSPELT_MIN_LETTERS && isUnknown(term) ? MISSPELT_SHARE : false),
			weights: { prefix: PREFIX_WEIGHT, fuzzy: MISSPELT_WEIGHT },
			boost: FIELD_WEIGHTS,
			filter: ({ id }) => {
				const operation = operationAt(id as number);
				return operation !== undefined && matchesFilter(operation, filter);
			},
		},
	);
	return found.flatMap(({ id, match }) => {
		const operation = operationAt(id as number);
		return operation ? [{ operation, match }] : [];
	});
}

function kindFactor({ kind }: Operation, asked: ReadonlySet<MethodKind>): number {
	const likely = LIKELY[kind] ?? 1;
	if (asked.size === 0) return likely;
	return asked.has(kind) ? ASKED_KIND * likely : 1;
}

/** A resource all of whose words were said is meant more than one that only contains them: tickets, not ticket tasks. */
function nameFactor({ resource }: Operation, meant: ReadonlySet<string>): number {
	const own = stems(tokenize(wordsOf(resource)));
	return UNSAID_NAME + (1 - UNSAID_NAME) * (own.filter((word) => meant.has(word)).length / own.length);
}

/** Was its record's name said, or an idiom that stands for it? */
function isMeant({ resource }: Operation, words: readonly string[], match: SearchResult['match']): boolean {
	const said = new Set(stems(words));
	return stems(tokenize(wordsOf(resource))).every((word) => said.has(word)) || matchesIdiom(match);
}

function saysMethod({ method }: Operation, words: readonly string[]): boolean {
	const said = new Set(stems(words));
	return stems(tokenize(wordsOf(method))).some((word) => said.has(word));
}

function matchesIdiom(match: SearchResult['match']): boolean {
	return Object.entries(match).some(([term, fields]) => isPhrase(term) && fields.includes('said'));
}

function isDangerous(operation: Operation): boolean {
	return isIrrevocable(operation) || operation.mustBeNamed.length > 0;
}

/** Stems of the vendor's words for what people call a thing. */
function synonymsOf({ file }: Integration, word: string): string[] {
	const known = file.synonyms ?? {};
	const said = [word, word.replace(/s$/, '')].find((one) => Object.hasOwn(known, one));
	return said === undefined ? [] : stems((known[said] ?? '').split(' '));
}
