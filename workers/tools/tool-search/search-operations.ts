// Finds the tools for a job by words: of their names, descriptions, arguments and tags, and of what people call things.
import MiniSearch from 'minisearch';
import { matchesFilter, type ToolFilter } from '../../integration/filter.ts';
import type { MethodKind } from '../../integration/method-kind.ts';
import type { Integration, Operation } from '../../integration/operations.ts';

interface Entry {
	id: number;
	/** Words of the resource. */
	resource: string;
	/** Words of a method that has a meaning of its own: `merge`, `attach children`. */
	method: string;
	title: string;
	text: string;
	arguments: string;
	tags: string;
}

const FIELDS = ['resource', 'method', 'title', 'text', 'arguments', 'tags'] as const;

/** What a word in a question says of the kind of method. English, as the questions are. */
const VERBS: Record<string, readonly MethodKind[]> = {};
for (const [kinds, words] of [
	[['list'], 'list find search show which what who open'],
	[['get'], 'get read open detail'],
	[
		['create'],
		'create add new make log record write post open register enter book schedule attach upload set order buy return credit charge put tell inform reply',
	],
	[
		['update'],
		'update change set edit modify rename close reassign assign escalate move mark correct fix reschedule stop disable receive arrived raise reset',
	],
	[['delete'], 'delete remove erase cancel detach unassign'],
	[['count'], 'count many'],
] as const) {
	for (const word of words.split(' ')) VERBS[word] = [...(VERBS[word] ?? []), ...kinds];
}

const STOP_WORDS = new Set(
	'a an and are at be been by can did do does for from has have how i in into is it its me my of on or our please so that the their them there these this those to us was we were will with you your need want today tomorrow yesterday now week month year last next still again somebody someone here up'.split(
		' ',
	),
);

/** Of the kinds that a question asks for, against every other. */
const ASKED_KIND = 2.5;
/** Most questions that say no verb look for something. */
const LIKELY: Partial<Record<MethodKind, number>> = { list: 1.5, get: 1.1, count: 0.9, delete: 0.7 };
/** The vendor's word for what was said, against a word that was said. */
const SYNONYM = 0.7;

interface Searcher {
	index: MiniSearch<Entry>;
	/** Words that name things here. */
	resourceWords: ReadonlySet<string>;
	/** Every word of the index, as it stands there. */
	vocabulary: ReadonlySet<string>;
}

/** One per assembled integration, which is immutable and kept per isolate. */
const searchers = new WeakMap<Integration, Searcher>();

function searcherOf(integration: Integration): Searcher {
	const known = searchers.get(integration);
	if (known) return known;
	const searcher = {
		...buildIndex(integration),
		resourceWords: new Set(integration.operations.flatMap(({ resource }) => resource.split('_').map(stem))),
	};
	searchers.set(integration, searcher);
	return searcher;
}

/** The best first; only what the filter leaves. */
export function searchOperations(
	integration: Integration,
	filter: ToolFilter,
	question: string,
	limit: number,
): Operation[] {
	const said = tokenize(question);
	const asked = askedKinds(said);
	const { index, resourceWords, vocabulary } = searcherOf(integration);
	// A verb says what kind of tool is meant; as a word of a description it says little. Unless it names a thing, too.
	const isVerb = (word: string) => Object.hasOwn(VERBS, word) && !resourceWords.has(stem(word));
	const nouns = said.filter((word) => !STOP_WORDS.has(word) && !isVerb(word));
	const own = new Set(nouns.length > 0 ? nouns : said);
	const other = new Set(said.flatMap((word) => synonymsOf(integration, word)).filter((word) => !own.has(word)));
	const terms = [...own, ...other];
	const meant = new Set(terms.map(stem));
	// A name as a model already knows it is meant as it stands.
	const named = integration.byFullName.get(question.trim()) ?? integration.byShortName.get(question.trim());
	const found = index.search(terms.join(' '), {
		combineWith: 'OR',
		prefix: (term) => term.length > 3,
		// A word that is known here is not misspelt: a prospect is no project.
		fuzzy: (term) =>
			term.length > 5 && !vocabulary.has(term) && synonymsOf(integration, term).length === 0 ? 0.2 : false,
		weights: { prefix: 0.4, fuzzy: 0.3 },
		boost: { resource: 5, method: 4, title: 2, text: 1, arguments: 0.8, tags: 1 },
		boostTerm: (_term, at) => (at < own.size ? 1 : SYNONYM),
		filter: ({ id }) => {
			const operation = integration.operations[id as number];
			return operation !== undefined && matchesFilter(operation, filter);
		},
		boostDocument: (id) => {
			const operation = integration.operations[id as number];
			return operation ? kindFactor(operation, asked) * nameFactor(operation, meant) : 1;
		},
	});
	const ranked = found.flatMap(({ id }) => integration.operations[id as number] ?? []);
	const first = named && matchesFilter(named, filter) ? [named] : [];
	return [...new Set([...first, ...ranked])].slice(0, limit);
}

/** Of the first verb; where that says several, of the next that says which of them: `open a new ticket`. */
function askedKinds(said: readonly string[]): ReadonlySet<MethodKind> {
	let asked: readonly MethodKind[] = [];
	for (const word of said) {
		const kinds = Object.hasOwn(VERBS, word) ? (VERBS[word] ?? []) : [];
		const both = asked.filter((kind) => kinds.includes(kind));
		if (asked.length === 0) asked = kinds;
		else if (both.length > 0) asked = both;
	}
	return new Set(asked);
}

function kindFactor({ kind }: Operation, asked: ReadonlySet<MethodKind>): number {
	if (asked.size === 0) return LIKELY[kind] ?? 1;
	return asked.has(kind) ? ASKED_KIND * (LIKELY[kind] ?? 1) : 1;
}

/** A resource all of whose words were said is meant more than one that only contains them: tickets, not ticket tasks. */
function nameFactor({ resource }: Operation, meant: ReadonlySet<string>): number {
	const own = resource.split('_').map(stem);
	return 0.4 + 0.6 * (own.filter((word) => meant.has(word)).length / own.length);
}

function buildIndex({ operations }: Integration): Pick<Searcher, 'index' | 'vocabulary'> {
	const vocabulary = new Set<string>();
	const index = new MiniSearch<Entry>({
		fields: [...FIELDS],
		tokenize,
		processTerm: (term) => {
			if (STOP_WORDS.has(term)) return null;
			const known = stem(term);
			vocabulary.add(known);
			return known;
		},
		searchOptions: { processTerm: (term) => (STOP_WORDS.has(term) ? null : stem(term)) },
	});
	index.addAll(
		operations.map((operation, id) => ({
			id,
			resource: words(operation.resource),
			method: operation.kind === 'custom' ? words(operation.method) : operation.kind,
			title: operation.title,
			text: operation.documentation.description.replace(/\{\{tool:[^}]*\}\}/g, ''),
			arguments: words(argumentNames(operation).join(' ')),
			tags: words([...operation.tags].join(' ')),
		})),
	);
	return { index, vocabulary };
}

function tokenize(text: string): string[] {
	return (
		text
			.toLowerCase()
			.replace(/\be-(?=[a-z])/g, 'e')
			.match(/[a-z0-9]+/g) ?? []
	);
}

/** Without the schemas, which are made when they are needed. */
function argumentNames({ documentation: { filters, body, arguments: own } }: Operation): string[] {
	return [...Object.keys(filters ?? {}), ...(body ?? []), ...Object.keys(own ?? {})];
}

/** `ticket_notes` and `internalAnalysisFlag` as words. */
function words(name: string): string {
	return name
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.replaceAll('_', ' ')
		.toLowerCase();
}

/** The vendor's words for what people call a thing. */
function synonymsOf({ file }: Integration, word: string): string[] {
	const known = file.synonyms ?? {};
	const said = [word, stem(word)].find((one) => Object.hasOwn(known, one));
	return said === undefined ? [] : (known[said]?.split(' ') ?? []);
}

/** Singular and plural are one word; so are a verb's forms where that is plain. */
function stem(word: string): string {
	if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
	if (word.length > 4 && /(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
	if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') && !word.endsWith('us')) return word.slice(0, -1);
	return word;
}
