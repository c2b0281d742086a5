// Plausible answers for the operations that the sandbox does not simulate.

import type { Collection, Place } from '../schema/collections.ts';
import { placeOf, referenceTarget, resourceOf } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import type { ApiAnswer } from './answers.ts';
import { answerObject, parseBody } from './answers.ts';
import type { Context } from './context.ts';
import { picture } from './files.ts';
import { requireAncestors, requireAt } from './list-operations.ts';
import type { OperationCall } from './operation-call.ts';
import { NO_CONTENT, readBody, success } from './operation-call.ts';
import { patchRecord, saveRecord } from './record-changes.ts';
import { present } from './record-views.ts';
import { sampleRecord } from './sample-records.ts';
import type { Stored } from './store.ts';

/** Answers with the record that the operation is about, or with a sample of the record that it returns. */
export function plausibleAnswer(call: OperationCall): ApiAnswer {
	const { context, endpoint, ids } = call;
	const { fact, place } = endpoint;
	const record = place && subjectOf(call, place);
	if (place && !record) {
		const parents = ids.filter((id) => Number.isInteger(id));
		requireAncestors(context, place, parents);
	}
	if (fact.answers === 'binary') return { status: 200, file: picture('file.png') };
	const { returns } = fact;
	if (!returns) return NO_CONTENT;
	if (returns === 'SuccessResponse') return success('Done.');
	if (returns === 'Count') return { status: 200, body: { count: countBehind(call) } };
	if (record && place && resourceOf(place.collection).schema === returns) return changedRecord(call, place, record);
	return sampleAnswer(call, returns);
}

function changedRecord(call: OperationCall, { collection }: Place, record: Stored): ApiAnswer {
	const { context, endpoint, request } = call;
	const changed =
		request.method === 'PATCH'
			? patchRecord(context, collection, record, parseBody(request))
			: saveChanges(context, collection, record, bodyOf(call), endpoint.method);
	return answerObject(request, present(context.store, collection, changed), resourceOf(collection).schema);
}

function saveChanges(
	context: Context,
	collection: Collection,
	record: Stored,
	changes: JsonObject,
	action: string,
): Stored {
	if (Object.keys(changes).length === 0) return record;
	return saveRecord(context, collection, { ...record, ...changes }, action);
}

function sampleAnswer(call: OperationCall, record: SchemaName): ApiAnswer {
	const { context, endpoint, request } = call;
	const schema = schemaOf(record);
	const sample = sampleRecord(schema, {
		label: spaced(record),
		number: 1,
		nowMs: context.nowMs,
		refer: ({ type }) => {
			const target = referenceTarget(type.to);
			return target ? (context.store.all(target.collection)[0]?.id ?? null) : 1;
		},
	});
	const answer: JsonObject = { ...(schema.has('id') && { id: 1 }), ...sample, ...bodyOf(call) };
	return endpoint.method.startsWith('list') ? { status: 200, body: [answer] } : answerObject(request, answer, record);
}

/** Counts the records of a list whose count belongs to another resource than the list itself. */
function countBehind({ context, endpoint }: OperationCall): number {
	const place = placeOf(endpoint.fact.path.replace(/(?:\/info)?\/count\/?$/i, ''));
	return place ? context.store.all(place.collection).length : 0;
}

const spaced = (record: string): string => record.replace(/([a-z])([A-Z])/g, '$1 $2');

/** The record that an call is about: named by the last id of its path, or the first of a list that has defaults. */
function subjectOf({ context, endpoint, ids }: OperationCall, place: Place): Stored | null {
	const { path } = endpoint.fact;
	if (/\/default$/.test(path)) return context.store.all(place.collection)[0] ?? null;
	const depth = (resourceOf(place.collection).path.match(/\{parentId\}/g) ?? []).length;
	return ids.length === depth + 1 ? requireAt(context, place, ids) : null;
}

/** The body, as far as it is an object of the record that the operation takes. */
function bodyOf(call: OperationCall): JsonObject {
	if (call.request.method === 'GET' || call.request.body.byteLength === 0) return {};
	const type = call.request.headers.get('content-type') ?? '';
	if (type.toLowerCase().startsWith('multipart/')) return {};
	const values: Json = readBody(call, call.endpoint.resource);
	return isObject(values) ? Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'id')) : {};
}
