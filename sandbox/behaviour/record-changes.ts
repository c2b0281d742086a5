// Create, replace, patch and delete a record of any collection: the steps every resource shares.

import type { Collection } from '../schema/collections.ts';
import { COLLECTIONS, referenceTarget, resourceOf } from '../schema/collections.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import { formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import { badRequest, inUse, invalidObject, notFound } from '../schema/vendor-errors.ts';
import type { Context, Draft } from './context.ts';
import { applyPatch } from './patch.ts';
import { findMissing, findUnknownIds, pickKnownFields, readRecord } from './record-input.ts';
import { nameOf, parentIdOf } from './record-views.ts';
import type { Store, Stored } from './store.ts';

/** Gets a record, or throws the vendor's 404. Under a parent, only that parent's records are found. */
export function requireRecord(context: Context, collection: Collection, parentId: number | null, id: number): Stored {
	const { parent, label } = resourceOf(collection);
	if (parent && parentId !== null && !context.store.get(parent.collection, parentId)) {
		throw notFound(resourceOf(parent.collection).label, parentId);
	}
	const record = context.store.get(collection, id);
	if (!record || (parentId !== null && parentIdOf(collection, record) !== parentId)) throw notFound(label, id);
	return record;
}

/** Stores a finished record, stamps it, and notes the change for the overview page. */
export function saveRecord(context: Context, collection: Collection, record: Stored, action: string): Stored {
	const { store, nowMs, member } = context;
	const existing = isObject(record._info) ? record._info : { dateEntered: formatDate(nowMs), enteredBy: member };
	const saved: Stored = {
		...record,
		_info: { ...existing, lastUpdated: formatDate(nowMs), updatedBy: member },
	};
	store.put(collection, saved);
	addChange(context, collection, saved, action);
	return saved;
}

function addChange(context: Context, collection: Collection, record: Stored, action: string): void {
	const { ticketId, text } = record;
	context.store.addChange({
		at: formatDate(context.nowMs),
		member: context.member,
		action,
		what: `${resourceOf(collection).label} ${record.id}${ticketId ? ` on ticket ${ticketId}` : ''}`,
		text: String(text ?? record.notes ?? nameOf(record)).slice(0, 120),
	});
}

/** Sets a new record's plain defaults. Named collections with hooks set their flags there. */
function fillDefaults({ hooks }: Context, collection: Collection, record: JsonObject): void {
	const { schema, defaults = {} } = resourceOf(collection);
	for (const [name, value] of Object.entries(defaults)) record[name] ??= value;
	if (!collection.startsWith('/') && hooks[collection]?.prepare) return;
	for (const { name, type } of schemaOf(schema).values()) if (type.kind === 'bool') record[name] ??= false;
}

/** Brings a draft into the form that is stored; saves nothing. */
function check(
	context: Context,
	collection: Collection,
	draft: Draft,
	mandatory: readonly string[] = [],
): ValidationFault[] {
	const hooks = context.hooks[collection] ?? {};
	if (!draft.before) fillDefaults(context, collection, draft.record);
	hooks.complete?.(context, draft);
	const { record, faults } = readRecord(context, collection, draft.record);
	draft.record = record;
	faults.push(...findUnknownIds(context, collection, record, draft.written));
	faults.push(...(hooks.prepare?.(context, draft) ?? []));
	// A reference that was not found is not missing as well.
	const named = new Set(faults.map(({ field }) => field.split('/')[0]));
	faults.push(...findMissing(collection, draft.record, mandatory).filter(({ field }) => !named.has(field)));
	// A child inside an array is read with its parent and once more as the record it becomes.
	return faults.filter(({ field, code }, index) => {
		return index === faults.findIndex((other) => other.field === field && other.code === code);
	});
}

function write(context: Context, collection: Collection, draft: Draft, mandatory: readonly string[] = []): Stored {
	const hooks = context.hooks[collection] ?? {};
	const faults = check(context, collection, draft, mandatory);
	if (faults.length > 0) throw invalidObject(resourceOf(collection).noun, faults);
	const id = draft.before?.id ?? context.store.nextId(collection);
	const finished: Stored = { ...draft.record, id };
	const saved = saveRecord(context, collection, finished, draft.before ? 'updated' : 'created');
	hooks.saved?.(context, saved, draft);
	return context.store.get(collection, id) ?? saved;
}

function requireObject(body: Json): JsonObject {
	if (!isObject(body)) throw badRequest('The request body must be a JSON object.');
	return body;
}

function withoutServerFields(collection: Collection, given: JsonObject): JsonObject {
	const serverFields = resourceOf(collection).serverFields ?? [];
	return Object.fromEntries(Object.entries(given).filter(([name]) => !serverFields.includes(name)));
}

function parentReference(collection: Collection, parentId: number | null): JsonObject {
	const { parent } = resourceOf(collection);
	if (!parent || parentId === null) return {};
	return { [parent.field]: parent.field.endsWith('Id') ? parentId : { id: parentId } };
}

function draftOf(collection: Collection, parentId: number | null, body: Json): Draft {
	const known = pickKnownFields(collection, requireObject(body));
	const record: JsonObject = {
		...(CUSTOM_FIELDS[collection] && { customFields: [] }),
		...withoutServerFields(collection, known),
		...parentReference(collection, parentId),
	};
	return { record, before: null, written: Object.keys(known), children: {} };
}

export function createRecord(context: Context, collection: Collection, parentId: number | null, body: Json): Stored {
	const { parent } = resourceOf(collection);
	if (parent && parentId !== null && !context.store.get(parent.collection, parentId)) {
		throw notFound(resourceOf(parent.collection).label, parentId);
	}
	return write(context, collection, draftOf(collection, parentId, body));
}

/** Checks a child record that comes inside its parent's array `field`; the faults are those of the parent. */
export function findChildFaults(
	context: Context,
	collection: Collection,
	body: Json,
	noun: string,
	field: string,
): ValidationFault[] {
	const faults = check(context, collection, draftOf(collection, null, body));
	return faults.map((fault) => ({ ...fault, resource: noun, field: `${field}/${fault.field}` }));
}

/** PUT: what the body leaves out becomes null, except what only the server sets. */
export function replaceRecord(context: Context, collection: Collection, before: Stored, body: Json): Stored {
	const { serverFields = [], requiredOnPut = [], parent } = resourceOf(collection);
	const known = pickKnownFields(collection, requireObject(body));
	const kept = [...serverFields, 'id', '_info', 'configurationIds', ...(parent ? [parent.field] : [])];
	const record: JsonObject = {
		...(CUSTOM_FIELDS[collection] && { customFields: [] }),
		...withoutServerFields(collection, known),
	};
	for (const name of kept) if (before[name] !== undefined) record[name] = before[name];
	const written = [...schemaOf(resourceOf(collection).schema).values()].map(({ name }) => name);
	// PUT defaults nothing that the vendor wants to be told.
	const missing = findMissing(collection, record, requiredOnPut);
	if (missing.length > 0) throw invalidObject(resourceOf(collection).noun, missing);
	return write(context, collection, { record, before, written, children: {} }, requiredOnPut);
}

/** PATCH re-reads the whole record, so an older fault in an untouched field can fail it. */
export function patchRecord(context: Context, collection: Collection, before: Stored, operations: Json): Stored {
	const { schema, serverFields = [] } = resourceOf(collection);
	const names = new Set([...schemaOf(schema).values()].map(({ name }) => name));
	const { record, written } = applyPatch(before, operations, names);
	if (written.length === 0) return before;
	for (const name of [...serverFields, 'id']) record[name] = before[name] ?? null;
	return write(context, collection, { record, before, written, children: {} });
}

/** Every reference to a record, apart from those in records that are deleted along with it. */
export function referencesTo(
	context: Context,
	collection: Collection,
	id: number,
): { collection: Collection; id: number; field: string }[] {
	return COLLECTIONS.filter((other) => resourceOf(other).parent?.collection !== collection).flatMap((other) => {
		const fields = [...schemaOf(resourceOf(other).schema).values()].filter(
			({ type }) => type.kind === 'ref' && referenceTarget(type.to)?.collection === collection,
		);
		if (fields.length === 0) return [];
		return context.store
			.all(other)
			.flatMap((record) =>
				fields
					.filter(({ name }) => at(record[name], 'id') === id && (other !== collection || record.id !== id))
					.map(({ name }) => ({ collection: other, id: record.id, field: name })),
			);
	});
}

/** Points every reference to one record at another record of the same collection, or at none. */
export function transferReferences(
	context: Context,
	collection: Collection,
	fromId: number,
	toId: number | null,
): void {
	const heir = toId === null ? null : { id: toId };
	for (const { collection: other, id, field } of referencesTo(context, collection, fromId)) {
		const record = context.store.get(other, id);
		if (record) saveRecord(context, other, { ...record, [field]: heir }, `${field} transferred`);
	}
}

function removeWithChildren(store: Store, collection: Collection, id: number): void {
	for (const child of COLLECTIONS) {
		const { parent } = resourceOf(child);
		if (parent?.collection !== collection) continue;
		for (const one of store.where(child, parent.field, id)) removeWithChildren(store, child, one.id);
	}
	store.remove(collection, id);
}

export function deleteRecord(context: Context, collection: Collection, record: Stored): void {
	const { store } = context;
	if (collection !== 'tickets' && referencesTo(context, collection, record.id).length > 0) {
		throw inUse(resourceOf(collection).label, record.id);
	}
	removeWithChildren(store, collection, record.id);
	addChange(context, collection, record, 'deleted');
	context.hooks[collection]?.removed?.(context, record);
}
