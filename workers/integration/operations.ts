// Joins what exists (resources) with what it means (documentation) into operations. What is not documented is none.
import { type ArgumentPlace, placeArguments } from './arguments.ts';
import type {
	DocumentationFile,
	FieldFact,
	GuidesFile,
	IntegrationFile,
	JobsFile,
	MethodDocumentation,
	MethodFact,
	PromptsFile,
	RecordFact,
	ResourceDocumentation,
	ResourceFact,
	ResourcesFile,
	WordsFile,
} from './format.ts';
import { CLASSES, KINDS, type MethodClass, type MethodKind } from './method-kind.ts';
import { placeholdersIn } from './method-wire.ts';

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

/** A documented method of a resource: everything that schemas and forwarding need. */
export interface Operation extends OperationHeader {
	title: string;
	fact: MethodFact;
	documentation: MethodDocumentation;
	resourceDocumentation: ResourceDocumentation;
	/** Field of a record that holds its id. */
	idField: string;
	/** Names of the returned record's fields, and those of them that are arrays. */
	fieldNames: readonly string[];
	arrayFields: ReadonlySet<string>;
	/** Fields that a write may send. */
	bodyFields: ReadonlySet<string>;
	/** Fields of the returned record that hold days, and those that are true or false. */
	dayFields: ReadonlySet<string>;
	booleanFields: ReadonlySet<string>;
	/** The filters that name a record of another table. */
	namedFilters: ReadonlyMap<string, NamedFilter>;
	/** Ids in the path of a list or count that may be given by name, each with the lookup that finds its record. */
	namedPaths: ReadonlyMap<string, string>;
	/** Argument → where it goes and its schema; in the order in which a model sees them. Made when first needed. */
	readonly places: ReadonlyMap<string, ArgumentPlace>;
	readonly required: readonly string[];
}

/** A filter on a reference, e.g. `company/name`: it may be said by any key of the record. */
export interface NamedFilter {
	/** Path of the reference itself: `company`. */
	path: string;
	/** Some of id, identifier and name. */
	keys: readonly string[];
	/** Name of the lookup that finds its record; null where names go to the vendor as they are. */
	lookup: string | null;
	/** Source of the account's own record, for kinds of which `me` can be said. */
	me: string | null;
	/** A person is named, so that nobody can be. */
	isPerson: boolean;
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

/** An integration ready to compile from: its head, and the operations of the modules that were asked for. Immutable. */
export interface Integration extends IntegrationHead {
	operations: readonly Operation[];
	/** People's words for the search; present only where every operation of a server was asked for. */
	words: WordsFile;
	byFullName: ReadonlyMap<string, Operation>;
	byShortName: ReadonlyMap<string, Operation>;
	/** Keyed by `resource.method`. */
	byResource: ReadonlyMap<string, Operation>;
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
	const headers = file.modules.flatMap((module) =>
		Object.entries(index[module] ?? {}).flatMap(([resource, { singular, tags, methods }]) =>
			Object.entries(methods).map(([method, { tags: own = [], id, read_only }]): OperationHeader => {
				const kind = KINDS[method] ?? 'custom';
				const names = toolNames(file.infix, { resource, singular, method, kind, hasId: id === true });
				return {
					module,
					resource,
					singular,
					method,
					kind,
					class: CLASSES[kind],
					tags: new Set([...tags, ...own]),
					selectingTags: new Set([...tags, ...own].filter((tag) => tag !== MARKING_TAG)),
					mustBeNamed: (file.must_be_named ?? []).filter((tag) => tags.includes(tag) || own.includes(tag)),
					names,
					readOnly: read_only === true,
				};
			}),
		),
	);
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

export function assembleIntegration(
	head: IntegrationHead,
	operations: readonly Operation[],
	words: WordsFile = {},
): Integration {
	return {
		...head,
		operations,
		words,
		byFullName: new Map(operations.map((operation) => [operation.names.full, operation])),
		byShortName: new Map(operations.map((operation) => [operation.names.short, operation])),
		byResource: new Map(operations.map((operation) => [`${operation.resource}.${operation.method}`, operation])),
	};
}

/** The whole of an integration at once. */
export function joinIntegration(
	file: IntegrationFile,
	modules: readonly IntegrationModule[],
	texts: IntegrationTexts = {},
): Integration {
	const head = readHead(file, indexOf(modules), texts);
	return assembleIntegration(
		head,
		modules.flatMap((module) => joinModule(head, module)),
		texts.words,
	);
}

/** The operations of one module. */
export function joinModule(
	head: IntegrationHead,
	{ module, resources, documentation }: IntegrationModule,
): Operation[] {
	return head.headers.flatMap((header) => {
		if (header.module !== module) return [];
		const fact = resources.resources[header.resource];
		const methodFact = fact?.methods[header.method];
		const resourceDocumentation = documentation[header.resource];
		const methodDocumentation = resourceDocumentation?.methods[header.method];
		if (!fact || !methodFact || !resourceDocumentation || !methodDocumentation) return [];
		const parts = { header, fact, methodFact, resourceDocumentation, methodDocumentation };
		return [joinMethod(head, resources, parts)];
	});
}

interface MethodParts {
	header: OperationHeader;
	fact: ResourceFact;
	methodFact: MethodFact;
	resourceDocumentation: ResourceDocumentation;
	methodDocumentation: MethodDocumentation;
}

function joinMethod(head: IntegrationHead, { resources, records }: ResourcesFile, parts: MethodParts): Operation {
	const { file } = head;
	const { header, fact, methodFact, resourceDocumentation } = parts;
	const { resource, singular, method, kind } = header;
	const methodDocumentation = withListFilters(kind, parts);
	// A count counts the records of the list.
	const { returns } = kind === 'count' ? (fact.methods.list ?? methodFact) : methodFact;
	const returned = (returns === undefined ? undefined : records[returns]?.fields) ?? {};
	let placed: ReturnType<typeof placeArguments> | undefined;
	const place = () => {
		placed ??= placeArguments(file, records, {
			kind,
			fact: methodFact,
			documentation: methodDocumentation,
			resourceDocumentation,
			idType: (name) => idTypeOf(file, resources, fact, name),
		});
		return placed;
	};
	return {
		...header,
		title: methodDocumentation.title ?? toolTitle(kind, method, resource, singular),
		fact: methodFact,
		documentation: methodDocumentation,
		resourceDocumentation,
		idField: fact.id_field ?? 'id',
		fieldNames: [...Object.keys(returned), ...Object.values(file.drop.keep).flat()],
		arrayFields: namesOf(returned, ({ type }) => type === 'array'),
		bodyFields: namesOf(records[methodFact.body ?? '']?.fields ?? {}, ({ read_only }) => !read_only),
		dayFields: namesOf(returned, ({ is_day }) => is_day === true),
		booleanFields: namesOf(returned, ({ type }) => type === 'boolean'),
		namedFilters: namedFilters(head, methodDocumentation, returned),
		namedPaths: namedPaths(head, kind, methodFact.path),
		get places() {
			return place().places;
		},
		get required() {
			return place().required;
		},
	};
}

/** `id` is one of the resource itself, `ticket_id` one of the resource whose singular is `ticket`. */
function idTypeOf(
	file: IntegrationFile,
	resources: ResourcesFile['resources'],
	own: ResourceFact,
	name: string,
): IntegrationFile['id_type'] {
	const parent = name.endsWith('_id') ? name.slice(0, -'_id'.length) : null;
	const owner = name === 'id' ? own : Object.values(resources).find(({ singular }) => singular === parent);
	return owner?.id_type ?? file.id_type;
}

function namesOf(fields: RecordFact['fields'], isMeant: (field: FieldFact) => boolean): Set<string> {
	return new Set(Object.keys(fields).filter((name) => isMeant(fields[name] as FieldFact)));
}

function namedPaths({ file }: IntegrationHead, kind: MethodKind, path: string): Map<string, string> {
	const ids = kind === 'list' || kind === 'count' ? placeholdersIn(path) : [];
	return new Map(
		ids.flatMap((argument) => {
			const name = argument.replace(/_id$/, '');
			const lookup = file.lookups?.[name];
			return lookup && placeholdersIn(lookup.path).length === 0 ? [[argument, name] as const] : [];
		}),
	);
}

function namedFilters(
	{ file, lookupOfKind }: IntegrationHead,
	{ filters = {} }: MethodDocumentation,
	returned: RecordFact['fields'],
): Operation['namedFilters'] {
	return new Map(
		Object.entries(filters).flatMap(([name, { field, any, kind = 'text' }]) => {
			if (kind !== 'text' && kind !== 'integer') return [];
			for (const path of any?.map((one) => one.field) ?? [field ?? '']) {
				const [first = '', key = '', ...deeper] = path.split('/');
				const { keys, target } = returned[first] ?? {};
				if (deeper.length > 0 || (key === 'id') !== (kind === 'integer') || !keys?.includes(key)) continue;
				const lookup = target === undefined ? undefined : lookupOfKind.get(target);
				if (kind === 'integer' && lookup === undefined) continue;
				const fact = lookup === undefined ? undefined : file.lookups?.[lookup];
				const { me = null, person } = fact ?? {};
				return [[name, { path: first, keys, lookup: lookup ?? null, me, isPerson: person !== undefined }] as const];
			}
			return [];
		}),
	);
}

/** A count takes the filters of its list, where it does not say which of them can be counted by. */
function withListFilters(
	kind: MethodKind,
	{ methodDocumentation, resourceDocumentation }: MethodParts,
): MethodDocumentation {
	const list = resourceDocumentation.methods.list;
	if (kind !== 'count' || !list?.filters) return methodDocumentation;
	const filters = methodDocumentation.filters ?? list.filters;
	const words = Object.entries(list.arguments ?? {}).filter(([name]) => Object.hasOwn(filters, name));
	return {
		...methodDocumentation,
		filters,
		arguments: { ...Object.fromEntries(words), ...methodDocumentation.arguments },
	};
}

interface NameParts {
	resource: string;
	singular: string;
	method: string;
	kind: MethodKind;
	hasId: boolean;
}

function toolNames(infix: string, { resource, singular, method, kind, hasId }: NameParts): Operation['names'] {
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

function toolTitle(kind: MethodKind, method: string, resource: string, singular: string): string {
	const words = `${method}_${kind === 'list' || kind === 'count' ? resource : singular}`.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
