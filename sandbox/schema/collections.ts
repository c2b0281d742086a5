// Every collection of the vendor: those made by hand, and one for each list that only the facts describe.

import { ALIASES, LOOSE_KINDS, MORE_TARGETS, PARENT_PATHS } from './aliases.ts';
import type { MethodFact, ResourceFact } from './facts.ts';
import { kindOf, normalPath, PATH_OF_KIND, RECORD_FACTS, RESOURCE_FACTS } from './facts.ts';
import type { Collection, HandMadeCollection, ReferenceTarget, Resource } from './resources.ts';
import { HAND_MADE, HAND_MADE_COLLECTIONS, HAND_MADE_TARGETS } from './resources.ts';

/** Where a record keeps its parent's id when the vendor's record has no field for it. Never shown. */
const HIDDEN_PARENT = 'hiddenParentId';

const isHandMade = (collection: string): collection is HandMadeCollection => collection in HAND_MADE;

const resources = new Map<Collection, Resource>(HAND_MADE_COLLECTIONS.map((name) => [name, HAND_MADE[name]]));
const byPath = new Map<string, Collection>(
	HAND_MADE_COLLECTIONS.map((name) => [normalPath(HAND_MADE[name].path), name]),
);
const aliases = new Map<string, Collection>(
	Object.entries(ALIASES).map(([path, collection]) => [path.toLowerCase(), collection]),
);
const parentPaths = new Map<string, Collection>(
	Object.entries(PARENT_PATHS).map(([path, collection]) => [path.toLowerCase(), collection]),
);

/** The list that a resource's records are in: its own path, or that of one record without the id. */
export function listPathOf({ methods }: ResourceFact): string | null {
	if (methods.list) return methods.list.path.replace(/\/+$/, '');
	const item = methods.get ?? methods.update ?? methods.replace ?? methods.delete;
	if (item?.path.endsWith('/{{id}}')) return item.path.slice(0, -'/{{id}}'.length);
	return null;
}

const recordOf = ({ methods }: ResourceFact): string | undefined =>
	(methods.list ?? methods.get ?? methods.update ?? methods.replace)?.returns;

/** `Type.SubType.CampaignSubType` → `CampaignSubType`. */
const shortName = (record: string): string => record.split('.').at(-1) ?? record;
const lowerFirst = (text: string): string => text.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (head) => head.toLowerCase());
const spaced = (text: string): string => text.replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2');

function derive(): void {
	for (const fact of RESOURCE_FACTS.values()) {
		const path = listPathOf(fact);
		const record = recordOf(fact);
		if (!path || !record || !RECORD_FACTS.has(record)) continue;
		const normal = normalPath(path);
		if (byPath.has(normal) || aliases.has(normal)) continue;
		const collection: Collection = `/${path.slice(1).replace(/\{\{\w+\}\}/g, '*')}`;
		byPath.set(normal, collection);
		resources.set(collection, {
			path: path.replace(/\{\{\w+\}\}/g, '{parentId}'),
			schema: `facts:${record}`,
			label: spaced(shortName(record)),
			noun: lowerFirst(shortName(record)),
		});
	}
	// Parents may stand after their children.
	for (const fact of RESOURCE_FACTS.values()) {
		const path = listPathOf(fact);
		const collection = path && byPath.get(normalPath(path));
		const resource = collection ? resources.get(collection) : undefined;
		if (!path || !collection || !resource || isHandMade(collection)) continue;
		const parent = parentCollection(path);
		if (parent)
			resources.set(collection, { ...resource, parent: { collection: parent, field: parentField(path, collection) } });
	}
}

/** The collection of the record whose id stands last in a list's path. */
function parentCollection(path: string): Collection | null {
	const normal = normalPath(path);
	const last = normal.lastIndexOf('/*');
	if (last < 0) return null;
	const before = normal.slice(0, last);
	return byPath.get(before) ?? aliases.get(before) ?? parentPaths.get(before) ?? null;
}

/** The field of a child that says whose child it is: named like the path's argument, or hidden. */
function parentField(path: string, collection: Collection): string {
	const record = RECORD_FACTS.get(resources.get(collection)?.schema.slice('facts:'.length) ?? '');
	const argument = path.match(/\{\{(\w+)\}\}(?!.*\{\{)/)?.[1] ?? '';
	const name = argument.replace(/_id$/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
	const kind = record?.fields[name]?.target;
	if (kind && referenceTarget(kindOf(kind))?.collection === parentCollection(path)) return name;
	return record?.fields[`${name}Id`]?.type === 'integer' ? `${name}Id` : HIDDEN_PARENT;
}

const targets = new Map<string, ReferenceTarget | null>(Object.entries(HAND_MADE_TARGETS));

derive();

export const COLLECTIONS: readonly Collection[] = [...resources.keys()];
const known: ReadonlySet<string> = new Set(COLLECTIONS);

export const isCollection = (name: string): name is Collection => known.has(name);

/** @throws Error for a path that is no collection: a mistake in the sandbox itself */
export function resourceOf(collection: Collection): Resource {
	const resource = resources.get(collection);
	if (!resource) throw new Error(`collections.ts: no collection ${collection}`);
	return resource;
}

/** How a list is answered: by which collection, and how its records lie below the ids in the path. */
export type Place = { collection: Collection; parent: Resource['parent'] };

/** What is behind the list path of one of the vendor's operations; null when the sandbox keeps no records for it. */
export function placeOf(path: string): Place | null {
	const normal = normalPath(path);
	const own = byPath.get(normal);
	if (own) return { collection: own, parent: resourceOf(own).parent };
	const collection = aliases.get(normal);
	if (!collection) return null;
	const parent = parentCollection(path);
	if (!parent) return { collection, parent: undefined };
	const { parent: usual } = resourceOf(collection);
	return {
		collection,
		parent: usual?.collection === parent ? usual : { collection: parent, field: parentField(path, collection) },
	};
}

/** Where references of a kind lead, or null when the sandbox holds no such records. */
export function referenceTarget(kind: string): ReferenceTarget | null {
	const existing = targets.get(kind);
	if (existing !== undefined) return existing;
	const collection = LOOSE_KINDS.has(kind) ? null : collectionOfKind(kind);
	const within = scopeOfKind(kind);
	const target = collection && { collection, href: lowerFirst(kind), ...(within && { within }) };
	targets.set(kind, target);
	return target;
}

function collectionOfKind(kind: string): Collection | null {
	const told = MORE_TARGETS[kind] ?? byPath.get(normalPath(PATH_OF_KIND.get(kind) ?? ''));
	if (told) return told;
	// The shortest path: a list of its own before one below another record.
	const ofRecord = [...resources.keys()].filter(
		(name) => shortName(resourceOf(name).schema) === `facts:${kind}` || resourceOf(name).schema.endsWith(`.${kind}`),
	);
	return ofRecord.sort((a, b) => a.length - b.length)[0] ?? null;
}

function scopeOfKind(kind: string): ReferenceTarget['within'] {
	const path = PATH_OF_KIND.get(kind) ?? '';
	if (path.includes('{{board}}')) return 'board';
	if (path.includes('{{company}}')) return 'company';
	return path.includes('{{project}}') ? 'project' : undefined;
}

/** True where a method is on the list of the resource or on one record of it. */
export const isOnItem = ({ path }: MethodFact): boolean => path.replace(/\/+$/, '').endsWith('/{{id}}');
