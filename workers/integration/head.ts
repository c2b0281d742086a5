// Facts of every documented method, from the index of its integration: what filters and names need before any module is
// loaded.
import type {
	DocumentationFile,
	GuidesFile,
	IntegrationFile,
	JobsFile,
	MethodFact,
	PromptsFile,
	ResourcesFile,
	WordsFile,
} from './format.ts';
import { CLASSES, KINDS, type MethodClass, type MethodKind } from './method-kind.ts';

export interface IntegrationModule {
	module: string;
	resources: ResourcesFile;
	documentation: DocumentationFile;
}

/** Facts that filters and names need: known of every documented method without loading its module. */
export interface OperationHeader {
	module: string;
	resource: string;
	singular: string;
	method: string;
	kind: MethodKind;
	class: MethodClass;
	/** The resource's tags and the method's. */
	tags: ReadonlySet<string>;
	/** Those of its tags that a filter selects by: all but the one that only marks. */
	selectingTags: ReadonlySet<string>;
	/** Those of its tags without which a filter leaves it out. */
	mustBeNamed: readonly string[];
	names: { full: string; short: string };
	/** Cannot change anything at the vendor's. */
	readOnly: boolean;
}

/** All of an integration that fits in memory without its modules. Immutable. */
export interface IntegrationHead {
	file: IntegrationFile;
	/** Headers of every module, in the order of the files. */
	headers: readonly OperationHeader[];
	/** Keyed by `resource.method`. */
	headerOf: ReadonlyMap<string, OperationHeader>;
	prompts: PromptsFile;
	guides: GuidesFile;
	jobs: JobsFile;
	/** Kind of reference → name of the lookup that finds its record. */
	lookupOfKind: ReadonlyMap<string, string>;
	/** Every method and tag that a filter may name. */
	methods: ReadonlySet<string>;
	tags: ReadonlySet<string>;
}

/** `index.json`: every documented method by module, resource and method. */
export type IndexFile = Record<
	string,
	Record<string, { singular: string; tags: string[]; methods: Record<string, IndexedMethod> }>
>;

interface IndexedMethod {
	tags?: string[];
	/** The path takes an `id`. */
	id?: true;
	read_only?: true;
}

/** The content of index.json for these modules. */
export function indexOf(modules: readonly IntegrationModule[]): IndexFile {
	return Object.fromEntries(
		modules.map(({ module, resources, documentation }) => {
			const rows = Object.entries(documentation).flatMap(([resource, { tags, methods }]) => {
				const fact = resources.resources[resource];
				if (!fact) return [];
				const indexed = Object.entries(methods).flatMap(([method, { tags: own, read_only }]) => {
					const methodFact = fact.methods[method];
					if (!methodFact) return [];
					const entry: IndexedMethod = {
						...(own ? { tags: own } : {}),
						...(takesId(methodFact) ? { id: true } : {}),
						...((read_only ?? methodFact.verb === 'GET') ? { read_only: true } : {}),
					};
					return [[method, entry] as const];
				});
				return [[resource, { singular: fact.singular, tags, methods: Object.fromEntries(indexed) }] as const];
			});
			return [module, Object.fromEntries(rows)];
		}),
	);
}

/** Marks what cannot be undone and selects nothing: a tag that did would add such tools from every area. */
export const MARKING_TAG = 'destructive';

/** Does a method name one record by its id, in its path or in what it sends besides? */
function takesId({ path, constants }: MethodFact): boolean {
	return path.includes('{{id}}') || (JSON.stringify(constants) ?? '').includes('{{id}}');
}

/** Texts that people and models read beside the tools. */
export interface IntegrationTexts {
	prompts?: PromptsFile | undefined;
	guides?: GuidesFile | undefined;
	jobs?: JobsFile | undefined;
	words?: WordsFile | undefined;
}

export function readHead(file: IntegrationFile, index: IndexFile, texts: IntegrationTexts = {}): IntegrationHead {
	const headers: OperationHeader[] = [];
	const sets = tagSets(file);
	for (const module of file.modules) {
		const resources = index[module] ?? {};
		for (const resource in resources) {
			const { singular, tags, methods } = resources[resource] as IndexFile[string][string];
			for (const method in methods) {
				const { tags: own, id, read_only } = methods[method] as IndexedMethod;
				const kind = KINDS[method] ?? 'custom';
				headers.push({
					module,
					resource,
					singular,
					method,
					kind,
					class: CLASSES[kind],
					...sets(tags, own),
					names: toolNames(file.infix, { resource, singular, method, kind, hasId: id === true }),
					readOnly: read_only === true,
				});
			}
		}
	}
	return {
		file,
		headers,
		headerOf: new Map(headers.map((header) => [`${header.resource}.${header.method}`, header])),
		prompts: texts.prompts ?? {},
		guides: texts.guides ?? {},
		jobs: texts.jobs ?? {},
		lookupOfKind: new Map(
			Object.entries(file.lookups ?? {}).flatMap(([name, { finds = [] }]) =>
				finds.map((kind) => [kind, name] as const),
			),
		),
		methods: new Set(headers.map(({ method }) => method)),
		tags: new Set(headers.flatMap(({ tags }) => [...tags])),
	};
}

type TagSets = Pick<OperationHeader, 'tags' | 'selectingTags' | 'mustBeNamed'>;

/** Most methods have the tags of others: each combination is made once. */
function tagSets({ must_be_named = [] }: IntegrationFile): (tags: string[], own?: string[]) => TagSets {
	const made = new Map<string, TagSets>();
	return (ofResource, own) => {
		const all = own ? [...ofResource, ...own] : ofResource;
		const key = all.join(' ');
		let sets = made.get(key);
		if (!sets) {
			sets = {
				tags: new Set(all),
				selectingTags: new Set(all.filter((tag) => tag !== MARKING_TAG)),
				mustBeNamed: must_be_named.filter((tag) => all.includes(tag)),
			};
			made.set(key, sets);
		}
		return sets;
	};
}

interface NameParts {
	resource: string;
	singular: string;
	method: string;
	kind: MethodKind;
	hasId: boolean;
}

function toolNames(infix: string, { resource, singular, method, kind, hasId }: NameParts): OperationHeader['names'] {
	switch (kind) {
		case 'list':
			return { full: `list_all_${infix}_${resource}`, short: `list_${resource}` };
		case 'get':
			return { full: `get_single_${infix}_${singular}${hasId ? '_by_id' : ''}`, short: `get_${singular}` };
		case 'count':
			return { full: `count_${infix}_${resource}`, short: `count_${resource}` };
		case 'create':
			return { full: `create_a_${infix}_${singular}`, short: `create_${singular}` };
		case 'update':
		case 'delete':
			return { full: `${kind}_a_${infix}_${singular}${hasId ? '_by_id' : ''}`, short: `${kind}_${singular}` };
		case 'custom':
			return { full: `${method}_${infix}_${singular}`, short: `${method}_${singular}` };
	}
}
