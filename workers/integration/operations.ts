// Joins what exists (resources) with what it means (documentation) into operations. What is not documented is none.
import { type ArgumentPlace, placeArguments } from './arguments.ts';
import type {
	FieldFact,
	IntegrationFile,
	MethodDocumentation,
	MethodFact,
	RecordFact,
	ResourceDocumentation,
	ResourceFact,
	ResourcesFile,
	WordsFile,
} from './format.ts';
import {
	type IntegrationHead,
	type IntegrationModule,
	type IntegrationTexts,
	indexOf,
	type OperationHeader,
	readHead,
} from './head.ts';
import type { MethodKind } from './method-kind.ts';
import { placeholdersIn } from './method-wire.ts';

export type { IntegrationHead, IntegrationModule, OperationHeader } from './head.ts';

/** A documented method of a resource: everything that schemas and forwarding need. */
export interface Operation extends OperationHeader {
	title: string;
	fact: MethodFact;
	documentation: MethodDocumentation;
	resourceDocumentation: ResourceDocumentation;
	/** Field of a record that holds its id. */
	idField: string;
	/** Type of its ids. */
	idType: IntegrationFile['id_type'];
	/** Fields of the returned record; none where they are not known. */
	recordFields: ReadonlySet<string>;
	/** Names of the returned record's fields and bookkeeping, and those of them that are arrays. */
	fieldNames: readonly string[];
	arrayFields: ReadonlySet<string>;
	/** Fields that a write may send. */
	bodyFields: ReadonlySet<string>;
	/** Fields of the returned record that only the vendor writes. */
	vendorFields: ReadonlySet<string>;
	/** Fields of the returned record that hold days, those that are true or false, and those that are numbers. */
	dayFields: ReadonlySet<string>;
	booleanFields: ReadonlySet<string>;
	numberFields: ReadonlySet<string>;
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
		idType: fact.id_type ?? file.id_type,
		recordFields: new Set(Object.keys(returned)),
		fieldNames: [...Object.keys(returned), ...Object.values(file.drop.keep).flat()],
		arrayFields: namesOf(returned, ({ type }) => type === 'array'),
		bodyFields: namesOf(records[methodFact.body ?? '']?.fields ?? {}, ({ read_only }) => !read_only),
		vendorFields: namesOf(returned, ({ read_only }) => read_only === true),
		dayFields: namesOf(returned, ({ is_day }) => is_day === true),
		booleanFields: namesOf(returned, ({ type }) => type === 'boolean'),
		numberFields: namesOf(returned, ({ type }) => type === 'number' || type === 'integer'),
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

function toolTitle(kind: MethodKind, method: string, resource: string, singular: string): string {
	const words = `${method}_${kind === 'list' || kind === 'count' ? resource : singular}`.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
