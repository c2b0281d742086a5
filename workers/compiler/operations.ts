// Joins what exists (resources) with what it means (documentation) into operations. What is not documented is none.
import { type ArgumentPlace, placeArguments } from './arguments.ts';
import type {
	DocumentationFile,
	IntegrationFile,
	MethodDocumentation,
	MethodFact,
	RecordFact,
	ResourceDocumentation,
	ResourceFact,
	ResourcesFile,
} from './format.ts';

export type MethodClass = 'read' | 'write' | 'custom';

/** The methods with a meaning of their own; every other one is `custom`. */
export type MethodKind = 'list' | 'get' | 'create' | 'update' | 'delete' | 'custom';

const KINDS: Record<string, MethodKind> = {
	list: 'list',
	get: 'get',
	create: 'create',
	update: 'update',
	delete: 'delete',
};
const CLASSES: Record<MethodKind, MethodClass> = {
	list: 'read',
	get: 'read',
	create: 'write',
	update: 'write',
	delete: 'write',
	custom: 'custom',
};

export interface IntegrationModule {
	module: string;
	resources: ResourcesFile;
	documentation: DocumentationFile;
}

/** A documented method of a resource: everything that naming, schemas and forwarding need. */
export interface Operation {
	resource: string;
	singular: string;
	method: string;
	kind: MethodKind;
	class: MethodClass;
	/** The resource's tags and the method's. */
	tags: ReadonlySet<string>;
	names: { full: string; short: string };
	title: string;
	fact: MethodFact;
	documentation: MethodDocumentation;
	resourceDocumentation: ResourceDocumentation;
	/** Names of the returned record's fields, and those of them that are arrays. */
	fieldNames: readonly string[];
	arrayFields: ReadonlySet<string>;
	/** Cannot change anything at the vendor's. */
	readOnly: boolean;
	/** Argument → where it goes and its schema; in the order in which a model sees them. Made when first needed. */
	readonly places: ReadonlyMap<string, ArgumentPlace>;
	readonly required: readonly string[];
}

/** An integration ready to compile from. Immutable. */
export interface Integration {
	file: IntegrationFile;
	operations: readonly Operation[];
	byFullName: ReadonlyMap<string, Operation>;
	byShortName: ReadonlyMap<string, Operation>;
	/** By `resource.method`. */
	byResource: ReadonlyMap<string, Operation>;
	/** Kind of reference → name of the lookup that finds its record. */
	lookupOfKind: ReadonlyMap<string, string>;
	/** Every method and tag that a filter may name. */
	methods: ReadonlySet<string>;
	tags: ReadonlySet<string>;
}

export function joinIntegration(file: IntegrationFile, modules: readonly IntegrationModule[]): Integration {
	const operations = modules.flatMap((module) => joinModule(file, module));
	return {
		file,
		operations,
		byFullName: new Map(operations.map((operation) => [operation.names.full, operation])),
		byShortName: new Map(operations.map((operation) => [operation.names.short, operation])),
		byResource: new Map(operations.map((operation) => [`${operation.resource}.${operation.method}`, operation])),
		lookupOfKind: new Map(
			Object.entries(file.lookups ?? {}).flatMap(([name, { finds = [] }]) =>
				finds.map((kind) => [kind, name] as const),
			),
		),
		methods: new Set(operations.map(({ method }) => method)),
		tags: new Set(operations.flatMap(({ tags }) => [...tags])),
	};
}

function joinModule(file: IntegrationFile, { resources, documentation }: IntegrationModule): Operation[] {
	return Object.entries(documentation).flatMap(([resource, resourceDocumentation]) => {
		const fact = resources.resources[resource];
		if (!fact) return [];
		return Object.entries(resourceDocumentation.methods).flatMap(([method, methodDocumentation]) => {
			const methodFact = fact.methods[method];
			if (!methodFact) return [];
			return [
				joinMethod(file, resources.records, {
					resource,
					fact,
					method,
					methodFact,
					resourceDocumentation,
					methodDocumentation,
				}),
			];
		});
	});
}

interface MethodParts {
	resource: string;
	fact: ResourceFact;
	method: string;
	methodFact: MethodFact;
	resourceDocumentation: ResourceDocumentation;
	methodDocumentation: MethodDocumentation;
}

function joinMethod(file: IntegrationFile, records: Record<string, RecordFact>, parts: MethodParts): Operation {
	const { resource, fact, method, methodFact, resourceDocumentation, methodDocumentation } = parts;
	const kind = KINDS[method] ?? 'custom';
	const returned = (methodFact.returns === undefined ? undefined : records[methodFact.returns]?.fields) ?? {};
	let placed: ReturnType<typeof placeArguments> | undefined;
	const place = () => {
		placed ??= placeArguments(file, records, {
			kind,
			fact: methodFact,
			documentation: methodDocumentation,
			resourceDocumentation,
		});
		return placed;
	};
	return {
		resource,
		singular: fact.singular,
		method,
		kind,
		class: CLASSES[kind],
		tags: new Set([...resourceDocumentation.tags, ...(methodDocumentation.tags ?? [])]),
		names: toolNames(file.infix, {
			resource,
			singular: fact.singular,
			method,
			kind,
			hasId: methodFact.path.includes('{{id}}'),
		}),
		title: methodDocumentation.title ?? toolTitle(kind, method, resource, fact.singular),
		fact: methodFact,
		documentation: methodDocumentation,
		resourceDocumentation,
		fieldNames: [...Object.keys(returned), ...Object.values(file.drop.keep).flat()],
		arrayFields: new Set(Object.keys(returned).filter((name) => returned[name]?.type === 'array')),
		readOnly: methodDocumentation.read_only ?? methodFact.verb === 'GET',
		get places() {
			return place().places;
		},
		get required() {
			return place().required;
		},
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
	const words = `${method}_${kind === 'list' ? resource : singular}`.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
