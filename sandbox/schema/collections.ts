// Every collection of records that the sandbox keeps: one for each list that the integration's data describes. Those that
// the code names have a short name and an overlay; all others go by their path.

import overlays from './collection-overlays.json' with { type: 'json' };
import type { JsonObject } from './json.ts';
import type { SchemaName } from './record-schemas.ts';
import secondAddresses from './second-addresses.json' with { type: 'json' };
import type { MethodFact, ResourceFact } from './vendor-facts.ts';
import { kindOf, normalPath, PATH_OF_KIND, RECORD_FACTS, RESOURCE_FACTS } from './vendor-facts.ts';

type NamedCollection = keyof typeof overlays;

/** A short name, or the path of a list with `*` for each id in it. */
export type Collection = NamedCollection | `/${string}`;

type Overlay = {
	/** Name of the resource in the integration's data. */
	resource: string;
	label?: string;
	noun?: string;
	/** Fields only the server sets; what a caller sends for them is ignored. */
	serverFields?: readonly string[];
	/** Values that a new record has when the caller names none. */
	defaults?: JsonObject;
	/** Fields a PUT must carry besides those required on POST. */
	requiredOnPut?: readonly string[];
	/** Fields that hold references as bare ids, and the kind of each. */
	idLists?: Readonly<Record<string, string>>;
};

export type Resource = Omit<Overlay, 'resource' | 'label' | 'noun'> & {
	/** Path below `apis/3.0`, in the vendor's spelling; `{parentId}` for child records, once per ancestor. */
	path: string;
	schema: SchemaName;
	/** Name in messages such as `Service Ticket 404 not found`. */
	label: string;
	/** Name in messages such as `ticket object is invalid`. */
	noun: string;
	/** The record this one belongs to. `field` holds it: as a reference, or as a bare id when its name ends in Id. */
	parent?: { collection: Collection; field: string };
};

/** The collection a reference kind points at. `within` limits the choice to the same board, company or project. */
export type ReferenceTarget = {
	collection: Collection;
	href: string;
	within?: 'board' | 'company' | 'project';
	/** A second collection with records of the kind; the two share no ids. */
	also?: Collection;
};

/** Field that keeps the parent's id when the vendor's record has no field for it. Never shown. */
const HIDDEN_PARENT = 'hiddenParentId';

/** Targets of reference kinds that the integration's data has no lookup for. */
const MORE_TARGETS: Readonly<Record<string, Collection>> = {
	BillingUnit: 'departments',
	CampaignSubType: '/marketing/campaigns/subTypes',
	Document: 'documents',
	EmailTemplate: '/finance/invoiceEmailTemplates',
	ExpenseReport: '/expense/reports',
	EmailConnectorParsingType: '/system/parsingTypes',
	EmailConnectorParsingVariable: '/system/parsingVariables',
	ImapSetup: '/system/imaps',
	Locale: '/system/info/locales',
	NotifyType: '/system/workflows/*/notifyTypes',
	OpportunityProbability: '/sales/probabilities',
	ProductItem: '/procurement/products',
	ProjectBoard: 'boards',
	ProjectRole: '/project/securityRoles',
	PurchaseOrderLineItem: '/procurement/purchaseorders/*/lineitems',
	SalesOrder: '/sales/orders',
	ServiceEmailTemplate: '/service/emailTemplates',
	TaxCodeLevel: '/finance/taxCodes/*/taxCodeLevels',
	Ticket: 'tickets',
	TimeSheet: '/time/sheets',
	TimeZone: '/system/cwTimeZones',
	UserDefinedField: '/system/userDefinedFields',
};

/** Kinds whose references keep what the caller gave: the sandbox holds no such records. */
const LOOSE_KINDS: ReadonlySet<string> = new Set(['DirectionalSync', 'MemberSsoSettings', 'MemberOffice365']);

/** Kinds whose links are named by the last word of the kind: `status_href` for ServiceStatus. */
const SHORT_LINK =
	/^(?:Service|Company|Contact|Communication|Configuration|Schedule|System)(Status|Type|SubType|Item|Team|Source|Location|Department)$/;
const LINK_NAMES: Readonly<Record<string, string>> = { OwnerLevel: 'location', BillingUnit: 'department' };

const resources = new Map<Collection, Resource>();
const byPath = new Map<string, Collection>();
const secondLists = byNormalPath(secondAddresses.lists);
const parentPaths = byNormalPath(secondAddresses.parents);
const targets = new Map<string, ReferenceTarget | null>();

function byNormalPath(paths: Readonly<Record<string, string>>): Map<string, Collection> {
	return new Map(Object.entries(paths).map(([path, collection]) => [path.toLowerCase(), collection as Collection]));
}

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

function addResource(collection: Collection, path: string, record: string, overlay?: Overlay): void {
	const { resource: _resource, ...rest } = overlay ?? { resource: '' };
	byPath.set(normalPath(path), collection);
	resources.set(collection, {
		path: path.replace(/\{\{\w+\}\}/g, '{parentId}'),
		schema: record,
		label: spaced(shortName(record)),
		noun: lowerFirst(shortName(record)),
		...rest,
	});
}

function addNamed(): void {
	for (const [name, overlay] of Object.entries(overlays) as [NamedCollection, Overlay][]) {
		const fact = RESOURCE_FACTS.get(overlay.resource);
		const path = fact && listPathOf(fact);
		const record = fact && recordOf(fact);
		if (!path || !record) throw new Error(`collections.ts: no list of ${overlay.resource}`);
		addResource(name, path, record, overlay);
	}
}

function addOthers(): void {
	for (const fact of RESOURCE_FACTS.values()) {
		const path = listPathOf(fact);
		const record = recordOf(fact);
		if (!path || !record || !RECORD_FACTS.has(record)) continue;
		const normal = normalPath(path);
		if (byPath.has(normal) || secondLists.has(normal)) continue;
		addResource(`/${path.slice(1).replace(/\{\{\w+\}\}/g, '*')}`, path, record);
	}
}

/** Adds the parents last, because a parent may stand after its children in the data. */
function addParents(): void {
	for (const fact of RESOURCE_FACTS.values()) {
		const path = listPathOf(fact);
		const collection = path && byPath.get(normalPath(path));
		const resource = collection ? resources.get(collection) : undefined;
		const parent = path && parentCollection(path);
		if (!path || !collection || !resource || !parent) continue;
		resource.parent = { collection: parent, field: parentField(path, collection) };
	}
}

/** The collection of the record whose id stands last in a list's path. */
function parentCollection(path: string): Collection | null {
	const normal = normalPath(path);
	const last = normal.lastIndexOf('/*');
	if (last < 0) return null;
	const before = normal.slice(0, last);
	return byPath.get(before) ?? secondLists.get(before) ?? parentPaths.get(before) ?? null;
}

/** The field of a child that says whose child it is: named like the path's argument, or hidden. */
function parentField(path: string, collection: Collection): string {
	const record = RECORD_FACTS.get(resources.get(collection)?.schema ?? '');
	const argument = path.match(/\{\{(\w+)\}\}(?!.*\{\{)/)?.[1] ?? '';
	const name = argument.replace(/_id$/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
	const kind = record?.fields[name]?.target;
	if (kind && referenceTarget(kindOf(kind))?.collection === parentCollection(path)) return name;
	return record?.fields[`${name}Id`]?.type === 'integer' ? `${name}Id` : HIDDEN_PARENT;
}

addNamed();
addOthers();
addParents();

export const COLLECTIONS: readonly Collection[] = [...resources.keys()];
const known: ReadonlySet<string> = new Set(COLLECTIONS);

export const isCollection = (name: string): name is Collection => known.has(name);

/** @throws Error for a path that is no collection: a mistake in the sandbox itself */
export function resourceOf(collection: Collection): Resource {
	const resource = resources.get(collection);
	if (!resource) throw new Error(`collections.ts: no collection ${collection}`);
	return resource;
}

/** A list's source: the collection, and how its records belong to the ids in the path. */
export type Place = { collection: Collection; parent: Resource['parent'] };

/** Finds the collection behind a list path; null when the sandbox keeps no records for it. */
export function placeOf(path: string): Place | null {
	const normal = normalPath(path);
	const own = byPath.get(normal);
	if (own) return { collection: own, parent: resourceOf(own).parent };
	const collection = secondLists.get(normal);
	if (!collection) return null;
	const parent = parentCollection(path);
	if (!parent) return { collection, parent: undefined };
	const { parent: usual } = resourceOf(collection);
	return {
		collection,
		parent: usual?.collection === parent ? usual : { collection: parent, field: parentField(path, collection) },
	};
}

/** Finds the collection that references of a kind point at, or null when the sandbox holds no such records. */
export function referenceTarget(kind: string): ReferenceTarget | null {
	const existing = targets.get(kind);
	if (existing !== undefined) return existing;
	const collection = LOOSE_KINDS.has(kind) ? null : collectionOfKind(kind);
	const within = scopeOfKind(kind);
	const also: Collection | undefined = kind === 'Ticket' ? '/project/tickets' : undefined;
	const target = collection && { collection, href: linkNameOf(kind), ...(within && { within }), ...(also && { also }) };
	targets.set(kind, target);
	return target;
}

function linkNameOf(kind: string): string {
	return LINK_NAMES[kind] ?? lowerFirst(SHORT_LINK.exec(kind)?.[1] ?? kind);
}

function collectionOfKind(kind: string): Collection | null {
	const told = MORE_TARGETS[kind] ?? byPath.get(normalPath(PATH_OF_KIND.get(kind) ?? ''));
	if (told) return told;
	// The shortest path: a list of its own before one below another record.
	const ofRecord = [...resources.keys()].filter((name) => shortName(resourceOf(name).schema) === kind);
	return ofRecord.sort((a, b) => a.length - b.length)[0] ?? null;
}

function scopeOfKind(kind: string): ReferenceTarget['within'] {
	const path = PATH_OF_KIND.get(kind) ?? '';
	if (path.includes('{{board}}')) return 'board';
	if (path.includes('{{company}}')) return 'company';
	return path.includes('{{project}}') ? 'project' : undefined;
}

/** True when the method is on one record of the resource, false when it is on the list. */
export const isOnItem = ({ path }: MethodFact): boolean => path.replace(/\/+$/, '').endsWith('/{{id}}');
