// Copies of records: everything of the record, and what lies below it, under new ids.

import type { Collection } from '../schema/collections.ts';
import { COLLECTIONS, resourceOf } from '../schema/collections.ts';
import type { Endpoint } from '../schema/endpoints.ts';
import type { JsonObject } from '../schema/json.ts';
import type { FieldType } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { normalPath } from '../schema/vendor-facts.ts';
import type { ApiAnswer } from './answers.ts';
import type { Context } from './context.ts';
import type { Handler, OperationCall } from './operation-call.ts';
import { readBody, requireOne, shown } from './operation-call.ts';
import { createRecord, saveRecord } from './record-changes.ts';
import type { Stored } from './store.ts';

/** Children that a copy leaves behind: what happened to the record, not what it is. */
const LEFT_BEHIND = /\/(?:audits|notes|results|workplan)$/;

/** Copies a record with all that lies below it. `changes` are what is different about the copy. */
function copyRecord(context: Context, collection: Collection, source: Stored, changes: JsonObject = {}): Stored {
	const { store } = context;
	const { _info, ...rest } = source;
	const record: Stored = { ...rest, ...copyName(collection, source), ...changes, id: store.nextId(collection) };
	if ('defaultFlag' in record) record.defaultFlag = false;
	if ('mobileGuid' in record) record.mobileGuid = crypto.randomUUID();
	const copy = saveRecord(context, collection, record, `copied from ${source.id}`);
	for (const child of COLLECTIONS) {
		const { parent } = resourceOf(child);
		if (parent?.collection !== collection || LEFT_BEHIND.test(child)) continue;
		const reference = parent.field.endsWith('Id') ? copy.id : { id: copy.id };
		for (const one of store.where(child, parent.field, source.id)) {
			const { _info: _stamps, ...kept } = one;
			// Names below a copy stay as they are.
			const nameless: JsonObject = { ...kept, [parent.field]: reference };
			copyChild(context, child, one, nameless);
		}
	}
	return copy;
}

function copyChild(context: Context, collection: Collection, source: Stored, kept: JsonObject): void {
	const own = Object.fromEntries(
		['name', 'identifier', 'description'].flatMap((n) => (n in kept ? [[n, kept[n] ?? null]] : [])),
	);
	copyRecord(context, collection, source, { ...kept, ...own });
}

const longest = (type: FieldType | undefined): number => (type?.kind === 'text' ? (type.maxLength ?? 4000) : 4000);

/** `Copy of …` where the record has a name; identifiers must differ, so they get an ending. */
function copyName(collection: Collection, source: Stored): JsonObject {
	const schema = schemaOf(resourceOf(collection).schema);
	const changed: JsonObject = {};
	const { name, identifier } = source;
	if (typeof name === 'string') changed.name = `Copy of ${name}`.slice(0, longest(schema.get('name')?.type));
	if (typeof identifier === 'string') {
		const limit = longest(schema.get('identifier')?.type);
		changed.identifier = `${identifier.slice(0, limit - 5)}-COPY`;
	}
	return changed;
}

/** Fields that a copy has of its own: an order that was copied has not been placed yet. */
function ownFields({ store }: Context, collection: Collection): JsonObject {
	if (collection !== '/procurement/purchaseorders') return {};
	return { poNumber: `PO-${store.nextId(collection) + 1800}`, status: { id: 1 }, closedFlag: false };
}

/** The source is named by the path, or by the body; a body that names none describes a new record. */
function copy(call: OperationCall, collection: Collection): ApiAnswer {
	const { context, endpoint, ids } = call;
	const isNamedByPath = /\*\/copy$/.test(normalPath(endpoint.fact.path));
	const { id, ...body } = isNamedByPath ? {} : readBody(call, resourceOf(collection).noun);
	const source = isNamedByPath
		? requireOne(context, collection, ids.at(-1))
		: context.store.get(collection, Number(id ?? 0));
	const changes = { ...ownFields(context, collection), ...body };
	const made = source
		? copyRecord(context, collection, source, changes)
		: createRecord(context, collection, null, body);
	return shown(context, collection, made, 201);
}

/** Handler of `POST …/copy` for a list whose records the sandbox keeps, else null. */
export function copyHandlerOf({ fact, place }: Endpoint): Handler | null {
	if (!place || fact.verb !== 'POST' || !/\/copy$/i.test(fact.path)) return null;
	return (call) => copy(call, place.collection);
}
