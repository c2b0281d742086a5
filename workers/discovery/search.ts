// Finds the tools for a job by words: of their names, descriptions, arguments and tags, and of what people call things.
import MiniSearch from 'minisearch';
import type { Integration, MethodKind, Operation } from '../compiler/operations.ts';
import { matchesFilter, type ToolFilter } from '../compiler/tools.ts';

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
	[['list'], 'list find search show which what all who any recent latest newest'],
	[['get'], 'get read open detail details one single'],
	[['create'], 'create add new make log record write post open register enter book schedule attach upload'],
	[['update'], 'update change set edit modify rename close reassign assign escalate move mark correct fix reschedule'],
	[['delete'], 'delete remove erase cancel detach unassign'],
	[['count'], 'count many number total'],
] as const) {
	for (const word of words.split(' ')) VERBS[word] = [...(VERBS[word] ?? []), ...kinds];
}

const STOP_WORDS = new Set(
	'a an and are at be been by can did do does for from has have how i in into is it its me my of on or our please so that the their them there these this those to us was we were will with you your need want'.split(
		' ',
	),
);

/** Of the kinds that a question asks for, against every other. */
const ASKED_KIND = 1.8;
/** Most questions that say no verb look for something. */
const LIKELY: Partial<Record<MethodKind, number>> = { list: 1.25, get: 1.1, count: 0.9, delete: 0.7 };

/** One per assembled integration, which is immutable and kept per isolate. */
const indexes = new WeakMap<Integration, MiniSearch<Entry>>();

/** The best first; only what the filter leaves. */
export function searchOperations(
	integration: Integration,
	filter: ToolFilter,
	question: string,
	limit: number,
): Operation[] {
	const index = indexes.get(integration) ?? buildIndex(integration);
	indexes.set(integration, index);
	const words = question.toLowerCase().match(/[a-z0-9]+/g) ?? [];
	const asked = new Set(words.flatMap((word) => VERBS[word] ?? []));
	const terms = words.filter((word) => !STOP_WORDS.has(word)).flatMap((word) => synonymsOf(integration, word));
	// A name as a model already knows it is meant as it stands.
	const named = integration.byFullName.get(question.trim()) ?? integration.byShortName.get(question.trim());
	const found = index.search(terms.join(' '), {
		combineWith: 'OR',
		prefix: (term) => term.length > 3,
		fuzzy: (term) => (term.length > 5 ? 0.2 : false),
		weights: { prefix: 0.4, fuzzy: 0.3 },
		boost: { resource: 5, method: 4, title: 2, text: 1, arguments: 0.8, tags: 1 },
		filter: ({ id }) => {
			const operation = integration.operations[id as number];
			return operation !== undefined && matchesFilter(operation, filter);
		},
		boostDocument: (id) => kindFactor(integration.operations[id as number], asked),
	});
	const ranked = found.flatMap(({ id }) => integration.operations[id as number] ?? []);
	const first = named && matchesFilter(named, filter) ? [named] : [];
	return [...new Set([...first, ...ranked])].slice(0, limit);
}

function kindFactor(operation: Operation | undefined, asked: ReadonlySet<MethodKind>): number {
	if (!operation) return 1;
	if (asked.size === 0) return LIKELY[operation.kind] ?? 1;
	return asked.has(operation.kind) ? ASKED_KIND : 1;
}

function buildIndex({ operations }: Integration): MiniSearch<Entry> {
	const index = new MiniSearch<Entry>({
		fields: [...FIELDS],
		tokenize: (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [],
		processTerm: (term) => (STOP_WORDS.has(term) ? null : stem(term)),
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
	return index;
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

/** What people call a thing → the vendor's word beside it. */
function synonymsOf({ file }: Integration, word: string): string[] {
	const known = file.synonyms ?? {};
	const meant = [word, stem(word)].find((one) => Object.hasOwn(known, one));
	return meant === undefined ? [word] : [word, ...(known[meant]?.split(' ') ?? [])];
}

/** Singular and plural are one word; so are a verb's forms where that is plain. */
function stem(word: string): string {
	if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
	if (word.length > 4 && /(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
	if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') && !word.endsWith('us')) return word.slice(0, -1);
	return word;
}
