// The operations that every list of the vendor has, on any collection: list, count, get, create, update, replace,
// delete, the short `info` forms, and which records use a record.

import type { Collection, Place } from '../schema/collections.ts';
import { isOnItem, resourceOf } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { invalidObject, noEndpoint, notFound } from '../schema/vendor-errors.ts';
import type { ApiAnswer } from './answers.ts';
import { answerCount, answerList, answerObject, checkFields, parseBody } from './answers.ts';
import type { Context } from './context.ts';
import type { OperationCall } from './operation-call.ts';
import {
	createRecord,
	deleteRecord,
	patchRecord,
	referencesTo,
	replaceRecord,
	requireRecord,
} from './record-changes.ts';
import { readActionBody } from './record-input.ts';
import { hrefOf, identifierOf, nameOf, present } from './record-views.ts';
import type { Store, Stored } from './store.ts';

/** A record as another of the vendor's records shows it: the fields that both have, and a name. */
function viewAs(view: JsonObject, collection: Collection, schema: SchemaName): JsonObject {
	if (resourceOf(collection).schema === schema) return view;
	const shown: JsonObject = {};
	for (const { name, type } of schemaOf(schema).values()) {
		const value =
			name === 'name' ? (view.name ?? nameOf(view)) : name === 'identifier' ? identifierOf(view) : view[name];
		if (value === undefined || value === null) continue;
		// One record refers to it; another may name it as text.
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
function listedAt(store: Store, { collection, parent }: Place, parentId: number | null): Stored[] {
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

/** Checks the body of a create whose body is another record than the one it makes. */
function checkBody({ context, endpoint }: OperationCall, { collection }: Place, body: Json): void {
	const { fact } = endpoint;
	const { schema, noun } = resourceOf(collection);
	if (!fact.body || fact.body === schema || !isObject(body)) return;
	const { faults } = readActionBody(context, fact.body, noun, body);
	if (faults.length > 0) throw invalidObject(noun, faults);
}

/** Answers an operation that every list has: on the list where the path ends with it, else on one record. */
export function answerListOperation(call: OperationCall): ApiAnswer {
	const { endpoint } = call;
	const { fact, method, place } = endpoint;
	if (!place) throw noEndpoint();
	if (method === 'create') return create(call, place);
	const isOne = isOnItem(fact) || /^(?:get_info|list_usages|list_usage_records)$/.test(method);
	return isOne ? answerOne(call, place) : answerMany(call, place);
}

function answerMany({ request, context, endpoint, ids }: OperationCall, place: Place): ApiAnswer {
	const { store } = context;
	const { collection } = place;
	const { schema } = resourceOf(collection);
	requireAncestors(context, place, ids);
	const views = listedAt(store, place, ids.at(-1) ?? null).map((record) => present(store, collection, record));
	if (endpoint.method.startsWith('count')) return answerCount(request, views, schema);
	const shownAs = endpoint.fact.returns ?? schema;
	return answerList(
		request,
		views.map((view) => viewAs(view, collection, shownAs)),
		shownAs,
	);
}

function answerOne({ request, context, endpoint, ids }: OperationCall, place: Place): ApiAnswer {
	const { fact, method } = endpoint;
	const { store } = context;
	const { collection } = place;
	const record = requireAt(context, place, ids);
	const shownAs = fact.returns ?? resourceOf(collection).schema;
	const show = (one: Stored): ApiAnswer =>
		answerObject(request, viewAs(present(store, collection, one), collection, shownAs), shownAs);
	if (/^list_usage/.test(method)) {
		return answerList(request, usagesOf(context, place, record, method === 'list_usage_records'), 'Usage');
	}
	if (method === 'delete') {
		deleteRecord(context, collection, record);
		return { status: 204 };
	}
	checkFields(request, shownAs);
	if (method === 'update') return show(patchRecord(context, collection, record, parseBody(request)));
	if (method === 'replace') return show(replaceRecord(context, collection, record, parseBody(request)));
	return show(record);
}

function create(call: OperationCall, place: Place): ApiAnswer {
	const { request, context, endpoint, ids } = call;
	const { collection } = place;
	const shownAs = endpoint.fact.returns ?? resourceOf(collection).schema;
	requireAncestors(context, place, ids);
	checkFields(request, shownAs);
	const body = parseBody(request);
	checkBody(call, place, body);
	const parentId = ids.at(-1) ?? null;
	// The parent is an ordinary field under any address but its own.
	const isOwn = place.parent === resourceOf(collection).parent;
	const created = createRecord(
		context,
		collection,
		isOwn ? parentId : null,
		isOwn ? body : withParent(place, parentId, body),
	);
	return answerObject(request, viewAs(present(context.store, collection, created), collection, shownAs), shownAs, 201);
}
