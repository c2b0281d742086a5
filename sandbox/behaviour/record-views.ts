// The wire form of stored records: names and links on references, `_info`, child items; nulls are left out.

import type { Collection } from '../schema/collections.ts';
import { referenceTarget, resourceOf } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { FieldType, Schema } from '../schema/record-schemas.ts';
import { referenceSchema, schemaOf } from '../schema/record-schemas.ts';
import type { Store, Stored } from './store.ts';

/** Real links name the host the server thinks it has, and carry a double slash after 3.0. Clients must not follow them. */
const LINK_BASE = 'https://psa.sandbox.example/v4_6_release/apis/3.0/';

/** The id of a record's parent, from its reference or its bare id field. */
export function parentIdOf(collection: Collection, record: JsonObject): number {
	const field = resourceOf(collection).parent?.field ?? '';
	return Number(field.endsWith('Id') ? record[field] : at(record[field], 'id'));
}

function pathOf(store: Store, collection: Collection, record: JsonObject): string {
	const { path, parent } = resourceOf(collection);
	if (!parent) return `${path}/${record.id}`;
	const parentId = parentIdOf(collection, record);
	const above = store.get(parent.collection, parentId);
	// The parent's own path tells the ids above it.
	const ids = [...(above ? pathOf(store, parent.collection, above) : String(parentId)).matchAll(/\b\d+\b/g)];
	return `${path.replace(/\{parentId\}/g, () => ids.shift()?.[0] ?? '')}/${record.id}`;
}

/** The address of a record, as `_info` tells it. */
export const hrefOf = (store: Store, collection: Collection, record: JsonObject): string =>
	`${LINK_BASE}${pathOf(store, collection, record)}`;

const NAME_FIELDS = ['name', 'description', 'summary'] as const;

/** Name of a record in references to it: its name, for people first and last name, for a sheet its days. */
export function nameOf(record: JsonObject): string {
	const name = NAME_FIELDS.map((field) => record[field]).find((value) => typeof value === 'string');
	const { dateStart, dateEnd } = record;
	const span = typeof dateStart === 'string' && typeof dateEnd === 'string';
	const period = span ? `${dateStart.slice(0, 10)} to ${dateEnd.slice(0, 10)}` : '';
	const person = [record.firstName, record.lastName].filter((part) => typeof part === 'string').join(' ');
	return String(
		name ?? (person || (record.title ?? record.caption ?? identifierOf(record) ?? record.probability ?? period)),
	);
}

/** `identifier` in references to a record; invoices and orders are identified by their number. */
export const identifierOf = (record: JsonObject): Json =>
	record.identifier ?? record.invoiceNumber ?? record.poNumber ?? null;

/** A reference as the vendor sends it: id, name and the like, and `_info` with a link. */
export function presentReference(store: Store, kind: string, reference: Json): Json {
	if (!isObject(reference)) return null;
	const target = referenceTarget(kind);
	if (!target) return reference;
	const id = Number(reference.id);
	const collection = target.also && !store.get(target.collection, id) ? target.also : target.collection;
	const record = store.get(collection, id);
	if (!record) return reference;
	const shown: JsonObject = {};
	for (const { name } of referenceSchema(kind).values()) {
		const value = referenceValue(store, collection, record, name);
		// Short references: the real ones show these two only in other places.
		if (value !== undefined && value !== null && name !== 'dailyCapacity' && name !== 'level') shown[name] = value;
	}
	if (kind === 'ServiceStatus') delete shown.sort;
	const path = pathOf(store, collection, record);
	const info: JsonObject = { [`${target.href}_href`]: `${LINK_BASE}${path}` };
	if (collection === 'members' || collection === 'priorities') {
		info.image_href = `${LINK_BASE}${path}/image?lm=${at(record, '_info', 'lastUpdated')}`;
	}
	if (typeof record.mobileGuid === 'string') info.mobileGuid = record.mobileGuid;
	shown._info = info;
	return shown;
}

/** A field of a referred record as the reference shows it; a reference within it is shown by its name. */
function referenceValue(store: Store, collection: Collection, record: JsonObject, name: string): Json {
	if (name === 'name') return nameOf(record);
	if (name === 'sort') return record.sortOrder ?? null;
	const value = name === 'identifier' ? identifierOf(record) : (record[name] ?? null);
	if (!isObject(value)) return value;
	const type = schemaOf(resourceOf(collection).schema).get(name.toLowerCase())?.type;
	const target = type?.kind === 'ref' ? referenceTarget(type.to) : null;
	const referred = target && store.get(target.collection, Number(value.id));
	return referred ? nameOf(referred) : null;
}

function presentValue(store: Store, type: FieldType, value: Json): Json {
	if (type.kind === 'ref') return presentReference(store, type.to, value);
	if (type.kind === 'record') return isObject(value) ? presentNested(store, type.fields, value) : value;
	if (type.kind === 'array' && Array.isArray(value)) return value.map((item) => presentValue(store, type.of, item));
	return value;
}

/** An object inside a record: its references get names and links, the rest stays as it is. */
function presentNested(store: Store, fields: Schema, value: JsonObject): JsonObject {
	const shown = Object.entries(value).map(([name, inner]): [string, Json] => {
		const field = fields.get(name.toLowerCase());
		return [name, field ? presentValue(store, field.type, inner) : inner];
	});
	return Object.fromEntries(shown.filter(([, inner]) => inner !== null));
}

function ticketLinks(id: number): JsonObject {
	const charged = `conditions=(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId=${id}`;
	return {
		activities_href: `/sales/activities?conditions=ticket/id=${id}`,
		scheduleentries_href: `/schedule/entries?conditions=type/id=4 AND objectId=${id}`,
		documents_href: `/system/documents?recordType=Ticket&recordId=${id}`,
		configurations_href: `/service/tickets/${id}/configurations`,
		tasks_href: `/service/tickets/${id}/tasks`,
		notes_href: `/service/tickets/${id}/notes`,
		products_href: `/procurement/products?conditions=chargeToType='Ticket' AND chargeToId=${id}`,
		timeentries_href: `/time/entries?${charged}`,
		expenseEntries_href: `/expense/entries?${charged}`,
	};
}

function companyLinks(id: number): JsonObject {
	return {
		contacts_href: `/company/contacts?conditions=company/id=${id}`,
		agreements_href: `/finance/agreements?conditions=company/id=${id}`,
		tickets_href: `/service/tickets?conditions=company/id=${id}`,
		opportunities_href: `/sales/opportunities?conditions=company/id=${id}`,
		activities_href: `/sales/activities?conditions=company/id=${id}`,
		projects_href: `/project/projects?conditions=company/id=${id}`,
		configurations_href: `/company/configurations?conditions=company/id=${id}`,
		orders_href: `/sales/orders?conditions=company/id=${id}`,
		documents_href: `/system/documents?recordType=Company&recordId=${id}`,
		sites_href: `/company/companies/${id}/sites`,
		teams_href: `/company/companies/${id}/teams`,
		reports_href: `/company/companies/${id}/managementSummaryReports`,
		notes_href: `/company/companies/${id}/notes`,
	};
}

function linksOf(collection: Collection, id: number): JsonObject {
	if (collection === 'tickets') return ticketLinks(id);
	if (collection === 'companies') return companyLinks(id);
	if (collection === 'contacts') return { communications_href: `/company/contacts/${id}/communications` };
	if (collection === 'boards') return { statuses_href: `/service/boards/${id}/statuses` };
	return {};
}

/** Values that are kept in other collections: a contact's communications, the types of contacts and companies. */
function childValues(store: Store, collection: Collection, record: Stored): JsonObject {
	if (collection === 'companies') {
		return { types: store.where('companyTypeAssociations', 'company', record.id).map((link) => link.type ?? null) };
	}
	if (collection !== 'contacts') return {};
	return {
		types: store.where('contactTypeAssociations', 'contact', record.id).map((link) => link.type ?? null),
		communicationItems: store.where('communications', 'contactId', record.id),
	};
}

function presentCommunication(store: Store, item: Json): Json {
	if (!isObject(item)) return item;
	const { contactId: _contactId, mobileGuid: _mobileGuid, _info, ...shown } = item;
	return { ...shown, type: presentReference(store, 'CommunicationType', item.type ?? null) };
}

function build(store: Store, collection: Collection, record: Stored): JsonObject {
	const view: JsonObject = {};
	const values: JsonObject = { ...record, ...childValues(store, collection, record) };
	for (const { name, type } of schemaOf(resourceOf(collection).schema).values()) {
		const value = values[name];
		if (value === undefined || value === null) continue;
		const shown = presentValue(store, type, value);
		if (shown !== null) view[name] = shown;
	}
	if (Array.isArray(view.communicationItems)) {
		view.communicationItems = view.communicationItems.map((item) => presentCommunication(store, item));
	}
	const links = Object.entries(linksOf(collection, record.id));
	const stamps = isObject(record._info) ? record._info : {};
	if (collection === 'tickets') {
		// Only for the filter configuration/id, so it stays out of the JSON.
		const attached = Array.isArray(record.configurationIds) ? record.configurationIds : [];
		Object.defineProperty(view, 'configuration', { value: attached.map((id) => ({ id })) });
	}
	view._info = { ...stamps, ...Object.fromEntries(links.map(([name, path]) => [name, `${LINK_BASE}${path}`])) };
	return view;
}

/** The record as the API returns it. The result is shared: do not change it. */
export function present(store: Store, collection: Collection, record: Stored): JsonObject {
	return store.cached(collection, record, () => build(store, collection, record));
}

/** All records of a collection, or those that fit, as the API returns them, in the order of their ids. */
export function presentAll(
	store: Store,
	collection: Collection,
	fits: (record: Stored) => boolean = () => true,
): JsonObject[] {
	const records = store.all(collection).filter(fits);
	return records.sort((a, b) => a.id - b.id).map((record) => present(store, collection, record));
}
