// The operations that every list of the vendor has, on any collection: list, count, get, create, update, replace,
// delete, the short `info` forms, and who uses a record.

import type { ApiAnswer, ApiRequest } from '../http/answers.ts';
import { answerCount, answerList, answerObject, checkFields, parseBody } from '../http/answers.ts';
import type { Place } from '../schema/collections.ts';
import { isOnItem, resourceOf } from '../schema/collections.ts';
import type { Endpoint } from '../schema/endpoints.ts';
import { invalidObject, noEndpoint, notFound } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { SchemaName } from '../schema/schemas.ts';
import { schemaOf } from '../schema/schemas.ts';
import { hrefOf, identifierOf, nameOf, present } from './present.ts';
import { createRecord, deleteRecord, patchRecord, referencesTo, replaceRecord, requireRecord } from './records.ts';
import type { Store, Stored } from './store.ts';
import type { Context } from './writing.ts';
import { readActionBody } from './writing.ts';

/** A record as another of the vendor's records shows it: the fields that both have, and a name. */
export function viewAs(view: JsonObject, collection: Collection, schema: SchemaName): JsonObject {
	if (resourceOf(collection).schema === schema) return view;
	const shown: JsonObject = {};
	for (const { name, type } of schemaOf(schema).values()) {
		const value =
			name === 'name' ? (view.name ?? nameOf(view)) : name === 'identifier' ? identifierOf(view) : view[name];
		if (value === undefined || value === null) continue;
		// What one record refers to, another may name as text.
		shown[name] = isObject(value) && type.kind === 'text' ? nameOf(value) : value;
	}
	return { ...shown, ...(view._info !== undefined && { _info: view._info }) };
}

/** Throws the vendor's 404 unless each id in the path names a record, and each lies below the one before it. */
export function requireAncestors(context: Context, { parent }: Place, ids: readonly number[]): void {
	let above = parent;
	for (let index = ids.length - 1; index >= 0 && above; index--) {
		const next: Place['parent'] = resourceOf(above.collection).parent;
		const id = ids[index] ?? 0;
		requireRecord(context, above.collection, next ? (ids[index - 1] ?? null) : null, id);
		above = next;
	}
}

/** The record at the end of a path, below the parent that the path names. */
export function requireAt(context: Context, place: Place, ids: readonly number[]): Stored {
	const parents = ids.slice(0, -1);
	const id = ids.at(-1) ?? 0;
	requireAncestors(context, place, parents);
	const { collection, parent } = place;
	const parentId = parents.at(-1);
	const record = context.store.get(collection, id);
	const belongs = !parent || parentId === undefined || belongsTo(record, parent.field, parentId);
	if (!record || !belongs) throw notFound(resourceOf(collection).label, id);
	return record;
}

function belongsTo(record: Stored | undefined, field: string, parentId: number): boolean {
	const value = record?.[field];
	return (isObject(value) ? value.id : value) === parentId;
}

/** The records of a list, as the operation's own schema shows them. */
export function listedAt(store: Store, { collection, parent }: Place, parentId: number | null): Stored[] {
	const records = parent && parentId !== null ? store.where(collection, parent.field, parentId) : store.all(collection);
	return records.sort((a, b) => a.id - b.id);
}

function usagesOf(context: Context, place: Place, record: Stored, each: boolean): JsonObject[] {
	const { store } = context;
	const uses = referencesTo(context, place.collection, record.id);
	if (each) {
		return uses.map(({ collection, id }) => {
			const user = store.get(collection, id) ?? { id };
			const { label } = resourceOf(collection);
			return { type: label, id, description: nameOf(user), hyperlink: hrefOf(store, collection, user) };
		});
	}
	const counts = new Map<string, number>();
	for (const { collection } of uses) {
		const { label } = resourceOf(collection);
		counts.set(label, (counts.get(label) ?? 0) + 1);
	}
	return [...counts].map(([type, count], index) => ({ id: index + 1, type, count }));
}

/** `_info` of a new record's parent, as references and bare ids that the path tells. */
function withParent({ parent }: Place, parentId: number | null, body: Json): Json {
	if (!parent || parentId === null || !isObject(body)) return body;
	return { ...body, [parent.field]: parent.field.endsWith('Id') ? parentId : { id: parentId } };
}

/** What a create's body must hold where it is another record than the one that it makes. */
function checkBody(context: Context, { fact, place }: Endpoint, body: Json): void {
	const own = place && resourceOf(place.collection).schema;
	if (!fact.body || `facts:${fact.body}` === own || !isObject(body)) return;
	const { noun } = resourceOf(place?.collection ?? 'companies');
	const { faults } = readActionBody(context, `facts:${fact.body}`, noun, body);
	if (faults.length > 0) throw invalidObject(noun, faults);
}

/** Answers an operation that every list has; null when the operation is another. */
export function answerGeneric(
	request: ApiRequest,
	context: Context,
	endpoint: Endpoint,
	values: readonly string[],
): ApiAnswer {
	const { fact, method, place } = endpoint;
	if (!place) throw noEndpoint();
	const { store } = context;
	const { collection } = place;
	const ids = values.map(Number);
	const isOne = isOnItem(fact) || /^(?:get_info|list_usages|list_usage_records)$/.test(method);
	const schema: SchemaName = fact.returns ? `facts:${fact.returns}` : resourceOf(collection).schema;
	const own = resourceOf(collection).schema;
	// The schemas made by hand stand for the vendor's own of the same records.
	const shownAs: SchemaName =
		own.startsWith('facts:') || method.endsWith('_info') || fact.returns !== recordName(place) ? schema : own;
	const show = (record: Stored): JsonObject => viewAs(present(store, collection, record), collection, shownAs);
	const parentId = (isOne ? ids.at(-2) : ids.at(-1)) ?? null;
	switch (method) {
		case 'list':
		case 'list_info':
			requireAncestors(context, place, ids);
			return answerList(request, listedAt(store, place, parentId).map(show), shownAs);
		case 'count':
		case 'count_info':
			requireAncestors(context, place, ids);
			return answerCount(
				request,
				listedAt(store, place, parentId).map((one) => present(store, collection, one)),
				own,
			);
		case 'list_usages':
		case 'list_usage_records': {
			const record = requireAt(context, place, ids);
			return answerList(request, usagesOf(context, place, record, method === 'list_usage_records'), 'facts:Usage');
		}
		case 'create':
			return create(request, context, endpoint, ids);
	}
	const record = requireAt(context, place, ids);
	if (method !== 'delete') checkFields(request, shownAs);
	switch (method) {
		case 'update':
			return answerObject(request, show(patchRecord(context, collection, record, parseBody(request))), shownAs);
		case 'replace':
			return answerObject(request, show(replaceRecord(context, collection, record, parseBody(request))), shownAs);
		case 'delete':
			deleteRecord(context, collection, record);
			return { status: 204 };
		default:
			return answerObject(request, show(record), shownAs);
	}
}

/** The vendor's name of the record that a collection holds, where the facts describe it. */
const recordName = ({ collection }: Place): string => resourceOf(collection).schema.replace(/^facts:/, '');

function create(request: ApiRequest, context: Context, endpoint: Endpoint, ids: readonly number[]): ApiAnswer {
	const { place, fact } = endpoint;
	if (!place) throw noEndpoint();
	const { collection } = place;
	const { schema } = resourceOf(collection);
	requireAncestors(context, place, ids);
	checkFields(request, schema);
	const body = parseBody(request);
	checkBody(context, endpoint, body);
	const parentId = ids.at(-1) ?? null;
	// Under another address than its own, the parent is a field like others.
	const isOwn = place.parent === resourceOf(collection).parent;
	const created = createRecord(
		context,
		collection,
		isOwn ? parentId : null,
		isOwn ? body : withParent(place, parentId, body),
	);
	const shownAs: SchemaName = fact.returns && schema.startsWith('facts:') ? `facts:${fact.returns}` : schema;
	return answerObject(request, viewAs(present(context.store, collection, created), collection, shownAs), shownAs, 201);
}
