// Answers `search` and `fetch`. The vendor is asked side by side, by the same calls as the tools behind them make.

import type { Arguments } from '../../integration/arguments.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import { languageOf } from '../../languages/language.ts';
import { plainBeginnings } from '../../languages/name-parts.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { clipped, utf8Length } from '../../lib/text.ts';
import { ID_MAX, QUERY_MAX, SEARCH } from '../../tools/search-and-fetch/search-tools.ts';
import { fieldsOf, fillLink, fillText, type LinkContext, type Source } from '../../tools/search-and-fetch/sources.ts';
import { type Sent, type Told, UNMADE } from '../outcome.ts';
import { scoreOf, wordsOf } from './query.ts';

/** Results per source; those beyond it were changed longer ago. */
const PER_SOURCE = 10;
/** Records that belong to a fetched one, at most. */
const RELATED_LIMIT = 100;

/** A source with what its operations and its vendor say. */
export interface LoadedSource extends Source {
	file: IntegrationFile;
	/** Field of a record that holds its id. */
	idField: string;
	/** Its ids are texts. */
	hasTextIds: boolean;
}

/** Calls an operation by `resource.method`, as its tool would. */
export type Ask = (operation: string, args: Record<string, unknown>) => Promise<Told>;

export type Search = { words: string[] };
export type Fetch = { given: string; source: LoadedSource; id: number | string };

/** @returns the words to search for, or what is wrong with the arguments */
export function readSearch(args: unknown): Search | Fault[] {
	const query = requireText(args, 'query', QUERY_MAX);
	if (typeof query !== 'string') return query;
	const words = wordsOf(query);
	return words.length > 0 ? { words } : [{ path: 'query', message: 'must hold a word or a number' }];
}

/** @returns the record to fetch, or what is wrong with the arguments */
export function readFetch(sources: readonly LoadedSource[], args: unknown): Fetch | Fault[] {
	const given = requireText(args, 'id', ID_MAX);
	if (typeof given !== 'string') return given;
	const [kind, id = ''] = given.split(/:(.*)/s);
	const source = sources.find((one) => one.kind === kind);
	if (source && /^[A-Za-z0-9_-]+$/.test(id))
		return { given, source, id: /^\d+$/.test(id) && !source.hasTextIds ? Number(id) : id };
	const forms = sources.map((one) => `${one.kind}:1`).join(', ');
	return [{ path: 'id', message: `must be an id that ${SEARCH} gave, like ${forms}` }];
}

export async function answerSearch(
	sources: readonly LoadedSource[],
	{ words }: Search,
	link: LinkContext,
	ask: Ask,
): Promise<Told> {
	const asked = await Promise.all(sources.map((source) => searchIn(source, words, ask)));
	const isEmpty = asked.every(({ outcome, records }) => !outcome.isError && records.length === 0);
	const found = isEmpty ? await Promise.all(sources.map((source) => searchNear(source, words, ask))) : asked;
	const outcomes = [...new Set([...asked, ...found].map(({ outcome }) => outcome))];
	const failed = asked.filter(({ outcome }) => outcome.isError);
	const [first] = failed;
	if (first && failed.length === asked.length) return withFacts(first.outcome, timesOf(outcomes));
	const results = found
		.flatMap(({ source, records }) =>
			records.map((record, place) => ({ source, record, place, score: score(source, words, record) })),
		)
		.sort((a, b) => b.score - a.score || a.place - b.place)
		.map(({ source, record }) => ({
			id: idOf(source, record),
			title: titleOf(source, record),
			url: fillLink(source.fact.url, record, link),
		}));
	// The shape has no place for what is missing, so it is mentioned only where something is missing.
	const notice = [
		...failed.map(({ source, outcome }) => `${wordOf(source)} could not be searched: ${messageOf(outcome)}`),
		...whatIsMissing(asked, words, isEmpty, results.length > 0),
	].join(' ');
	return {
		state: 'sent',
		structuredContent: { results, ...(notice ? { notice } : {}) },
		isError: false,
		untrusted: ['title'],
		end: UNMADE,
		...timesOf(outcomes),
	};
}

interface Found {
	source: LoadedSource;
	outcome: Told;
	records: unknown[];
	/** No record had all of the words. */
	isPartial?: boolean;
}

/** All of the words first; where no record has them all, any of them. */
async function searchIn(source: LoadedSource, words: readonly string[], ask: Ask): Promise<Found> {
	const all = await askFor(source, words, 'and', ask);
	// An argument that takes words joins them in the vendor's own way.
	const isPartial = !all.isError && recordsOf(all).length === 0 && words.length > 1 && !source.fact.ask;
	const outcome = isPartial ? await askFor(source, words, 'or', ask) : all;
	return { source, outcome, records: recordsOf(outcome), isPartial };
}

/** Searches for beginnings of the words: a misspelt name is most often right there. */
async function searchNear(source: LoadedSource, words: readonly string[], ask: Ask): Promise<Found> {
	const beginnings = plainBeginnings(words.join(' ')).filter((part) => part.length >= BEGINNING_MIN);
	const outcome = beginnings.length > 0 && !source.fact.ask ? await askFor(source, beginnings, 'or', ask) : NOTHING;
	return { source, outcome, records: outcome.isError ? [] : recordsOf(outcome) };
}

const BEGINNING_MIN = 3;
const NOTHING: Told = {
	state: 'sent',
	structuredContent: { result: [] },
	isError: false,
	end: UNMADE,
	rateLimit: {},
	upstreamStatus: null,
	upstreamMs: null,
};

function askFor(source: LoadedSource, words: readonly string[], join: 'and' | 'or', ask: Ask): Promise<Told> {
	const { file, fact, idField, list } = source;
	const fields = new Set([
		...(idField === 'id' ? [] : [idField]),
		...fieldsOf(fact.title, fact.url),
		...(fact.number_field ? [fact.number_field] : []),
		...fact.fields,
	]);
	return ask(`${list.resource}.list`, {
		...searchArguments(source, words, join),
		[fieldsArgument(file)]: [...fields].join(','),
		limit: PER_SOURCE,
		...(fact.order_by ? { [file.list.order_parameter ?? 'orderBy']: fact.order_by } : {}),
	});
}

/** Asks in the vendor's filter language, or by the argument that takes words. */
function searchArguments({ file, fact }: LoadedSource, words: readonly string[], join: 'and' | 'or'): Arguments {
	const { ask } = fact;
	if (!ask) return languageOf(file).words?.(fact, words, join) ?? {};
	const said = words.join(' ');
	return { [ask.argument]: ask.template?.replace('{{words}}', () => said) ?? said };
}

/** Said where less was found than was asked for. */
function whatIsMissing(
	asked: readonly Found[],
	words: readonly string[],
	isEmpty: boolean,
	hasNear: boolean,
): string[] {
	const quoted = words.map((word) => `"${word}"`).join(', ');
	if (isEmpty) {
		const where = asked.map(({ source }) => `${wordOf(source)} (${source.fact.fields.join(', ')})`).join('; ');
		const next = hasNear ? 'These come near.' : 'Try fewer or other words, or the name of the company.';
		return [`Nothing holds ${quoted}. Searched were ${where}. ${next}`];
	}
	const having = asked.filter(({ records }) => records.length > 0);
	const isPartial = having.length > 0 && having.every((one) => one.isPartial);
	return isPartial ? [`No record holds all of ${quoted}: those that hold most come first.`] : [];
}

export async function answerFetch(
	{ given, source, id }: Fetch,
	link: LinkContext,
	ask: Ask,
	budgetBytes: number,
): Promise<Told> {
	const [got, ...lists] = await Promise.all([
		ask(`${source.fact.resource}.get`, { id }),
		...source.related.map(({ fact }) =>
			ask(`${fact.resource}.list`, { [fact.argument]: id, limit: RELATED_LIMIT, ...fact.arguments }),
		),
	]);
	const times = timesOf([got, ...lists]);
	if (got.isError) return withFacts(got, times);
	const record = got.structuredContent;
	const parts = source.fact.text.flatMap((line) => fillText(line, record) ?? []);
	for (const [index, { fact }] of source.related.entries()) {
		const list = lists[index];
		if (!list) continue;
		if (list.isError) parts.push(`${fact.title} could not be read: ${messageOf(list)}`);
		const lines = recordsOf(list).flatMap(
			(one) => fillText(fact.line, one) ?? fillText(fact.short_line ?? '', one) ?? [],
		);
		if (lines.length > 0) parts.push(`${fact.title}:`, ...lines.filter(Boolean));
		if (list.structuredContent.next_cursor) parts.push(`(There are more than these ${recordsOf(list).length}.)`);
	}
	const answer = {
		id: given,
		title: titleOf(source, record),
		text: parts.join('\n\n'),
		url: fillLink(source.fact.url, record, link),
		metadata: { type: source.kind },
	};
	return {
		state: 'sent',
		structuredContent: withinBudget(answer, budgetBytes),
		isError: false,
		untrusted: ['title', 'text'],
		end: UNMADE,
		...times,
	};
}

/** Cuts the text, which is all that can be long. */
function withinBudget<T extends { text: string }>(answer: T, budgetBytes: number): T {
	let cut = answer;
	let length = answer.text.length;
	for (;;) {
		const over = utf8Length(JSON.stringify(cut)) - budgetBytes;
		if (over <= 0 || length === 0) return cut;
		// A character may take more than one byte: a few rounds come near enough.
		length = Math.max(0, length - Math.max(16, Math.ceil(over / 4)));
		cut = { ...answer, text: `${clipped(answer.text, length)}… [cut: ${answer.text.length} characters]` };
	}
}

function requireText(args: unknown, name: string, max: number): string | Fault[] {
	const given = (typeof args === 'object' && args !== null ? args : {}) as Record<string, unknown>;
	const faults: Fault[] = Object.keys(given)
		.filter((key) => key !== name)
		.map((key) => ({ path: key.slice(0, 60), message: `is no argument: only "${name}" is` }));
	const value = given[name];
	if (typeof value !== 'string' || value.trim() === '')
		faults.push({ path: name, message: 'must be a text that is not empty' });
	else if (value.length > max)
		faults.push({ path: name, message: `must have at most ${max} characters, got ${value.length}` });
	return faults.length > 0 ? faults : String(value).trim();
}

function recordsOf({ structuredContent, isError }: Told): unknown[] {
	const { result } = structuredContent;
	return !isError && Array.isArray(result) ? result : [];
}

function idOf({ kind, idField }: LoadedSource, record: unknown): string {
	return `${kind}:${String(valueAt(record, idField) ?? valueAt(record, 'id'))}`;
}

function titleOf(source: LoadedSource, record: unknown): string {
	return fillText(source.fact.title, record) ?? fillText(source.fact.short_title ?? '', record) ?? idOf(source, record);
}

function wordOf({ list }: Source): string {
	const word = list.resource.replaceAll('_', ' ');
	return word.charAt(0).toUpperCase() + word.slice(1);
}

function score(source: LoadedSource, words: readonly string[], record: unknown): number {
	const texts = source.fact.fields.map((path) => String(valueAt(record, path) ?? ''));
	const number = source.fact.number_field === undefined ? undefined : valueAt(record, source.fact.number_field);
	return scoreOf(words, texts, number);
}

function messageOf({ structuredContent }: Told): string {
	return String(structuredContent.message ?? 'it failed.');
}

/** A refusal keeps to itself what others were answered. */
function withFacts(outcome: Told, facts: Facts): Told {
	return outcome.state === 'refused' ? outcome : { ...outcome, ...facts };
}

type Facts = Pick<Sent, 'rateLimit' | 'upstreamStatus' | 'upstreamMs' | 'finding'>;

/** Merges the facts of several answers: a failure's status if there is one, the longest time, the strictest limit. */
function timesOf(outcomes: readonly Told[]): Facts {
	const statuses = outcomes.flatMap(({ upstreamStatus }) => upstreamStatus ?? []);
	const times = outcomes.flatMap(({ upstreamMs }) => upstreamMs ?? []);
	const strictest = outcomes.toSorted((a, b) => remaining(a) - remaining(b))[0];
	const said = outcomes.flatMap((outcome) => (outcome.state === 'refused' ? [] : (outcome.finding ?? [])));
	const finding = (['refused', 'accepted', 'unreached'] as const).find((one) => said.includes(one));
	return {
		rateLimit: strictest?.rateLimit ?? {},
		upstreamStatus: statuses.length > 0 ? Math.max(...statuses) : null,
		upstreamMs: times.length > 0 ? Math.max(...times) : null,
		...(finding ? { finding } : {}),
	};
}

function remaining({ rateLimit, upstreamStatus }: Told): number {
	if (upstreamStatus === 429) return -1;
	const left = rateLimit['ratelimit-remaining'];
	return left === undefined ? Number.POSITIVE_INFINITY : Number(left);
}
