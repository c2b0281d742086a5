// The index that search goes by: one entry per operation.
import MiniSearch from 'minisearch';
import type { Integration, Operation } from '../../integration/operations.ts';
import { idiom, pairs, stems, tokenize } from './terms.ts';

/** Indexed texts of an operation, each as terms by lines. */
interface Entry {
	id: number;
	resource: string;
	/** Words of a method that has a meaning of its own: `merge`, `attach children`. */
	method: string;
	title: string;
	text: string;
	arguments: string;
	/** People's words for this tool and for its kind of record: data of the integration. */
	said: string;
	said_of_kind: string;
}

/** Weights of words by place. Names are chosen with care; arguments only tell similar tools apart. */
export const FIELD_WEIGHTS: Record<Exclude<keyof Entry, 'id'>, number> = {
	resource: 5,
	method: 4,
	title: 2,
	text: 1,
	arguments: 0.8,
	said: 3,
	said_of_kind: 1,
};
export const VENDOR_FIELDS = ['resource', 'method', 'title', 'text', 'arguments'];
export const SAID_FIELDS = ['said', 'said_of_kind'];

export interface Searcher {
	index: MiniSearch<Entry>;
	/** Stems that name things here. */
	resourceWords: ReadonlySet<string>;
	/** Every term of the index. */
	vocabulary: ReadonlySet<string>;
}

/** One per assembled integration, which is immutable and kept per isolate. */
const searchers = new WeakMap<Integration, Searcher>();

export function searcherOf(integration: Integration): Searcher {
	const known = searchers.get(integration);
	if (known) return known;
	const searcher = buildSearcher(integration);
	searchers.set(integration, searcher);
	return searcher;
}

function buildSearcher(integration: Integration): Searcher {
	const vocabulary = new Set<string>();
	const asTerms = (lines: string) => lines.split('\n').filter((term) => term !== '');
	const index = new MiniSearch<Entry>({
		fields: Object.keys(FIELD_WEIGHTS),
		tokenize: asTerms,
		processTerm: (term) => {
			vocabulary.add(term);
			return term;
		},
		searchOptions: { tokenize: asTerms, processTerm: (term) => term },
	});
	index.addAll(integration.operations.map((operation, id) => entryOf(integration, operation, id)));
	const names = integration.operations.map(({ resource }) => wordsOf(resource)).join(' ');
	return { index, vocabulary, resourceWords: new Set(stems(tokenize(names))) };
}

function entryOf({ words }: Integration, operation: Operation, id: number): Entry {
	const { resource, method, kind, title, documentation } = operation;
	const terms = (text: string) => stems(tokenize(text)).join('\n');
	return {
		id,
		resource: terms(wordsOf(resource)),
		method: terms(kind === 'custom' ? wordsOf(method) : kind),
		title: terms(title),
		text: terms(documentation.description.replace(/\{\{tool:[^}]*\}\}/g, '')),
		arguments: terms(wordsOf(argumentNames(operation).join(' '))),
		said: saidTerms(words[`${resource}.${method}`]),
		said_of_kind: saidTerms(words[resource]),
	};
}

/** @param phrases  separated by commas */
function saidTerms(phrases = ''): string {
	return phrases
		.split(',')
		.flatMap((phrase) => {
			const words = tokenize(phrase);
			return [...stems(words), ...pairs(words), ...(words.length > 1 ? [idiom(words)] : [])];
		})
		.join('\n');
}

/** Lists argument names without the schemas, which are made when they are needed. */
function argumentNames({ documentation: { filters, body, arguments: own } }: Operation): string[] {
	return [...Object.keys(filters ?? {}), ...(body ?? []), ...Object.keys(own ?? {})];
}

/** `ticket_notes` and `internalAnalysisFlag` as words. */
export function wordsOf(name: string): string {
	return name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
}
