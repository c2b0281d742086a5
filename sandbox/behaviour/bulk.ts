// Several records in one request, with a result for each.

import type { Place } from '../schema/collections.ts';
import { placeOf } from '../schema/collections.ts';
import type { Endpoint } from '../schema/endpoints.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import { badRequest, VendorError } from '../schema/vendor-errors.ts';
import type { ApiAnswer } from './answers.ts';
import { parseBody } from './answers.ts';
import { requireAncestors, requireAt } from './list-operations.ts';
import type { Handler, OperationCall } from './operation-call.ts';
import { readArray } from './operation-call.ts';
import { createRecord, deleteRecord, replaceRecord } from './record-changes.ts';
import { present } from './record-views.ts';

/** One part of a bulk request: what it did, or the answer that it would have had by itself. */
function attempt(index: number, statusCode: number, work: () => Json): JsonObject {
	try {
		const data = work();
		return { success: true, originalIndex: index, statusCode, ...(data !== null && { data }) };
	} catch (error) {
		if (!(error instanceof VendorError)) throw error;
		const body: Json = JSON.parse(error.answer.body);
		return { success: false, originalIndex: index, statusCode: error.answer.status, error: body };
	}
}

const answer = (payload: JsonObject[]): ApiAnswer => ({ status: 200, body: { payload } });

/** The list behind `…/bulk`. */
function placeBehind({ endpoint }: OperationCall): Place {
	const place = placeOf(endpoint.fact.path.replace(/\/bulk$/, ''));
	if (!place) throw badRequest('There is nothing to change in bulk here.');
	return place;
}

function create(call: OperationCall): JsonObject[] {
	const { context, ids } = call;
	const place = placeBehind(call);
	requireAncestors(context, place, ids);
	return readArray(call).map((item, index) =>
		attempt(index, 201, () => {
			const made = createRecord(context, place.collection, ids.at(-1) ?? null, item);
			return present(context.store, place.collection, made);
		}),
	);
}

function replace(call: OperationCall): JsonObject[] {
	const { context, ids } = call;
	const place = placeBehind(call);
	return readArray(call).map((item, index) =>
		attempt(index, 200, () => {
			const record = requireAt(context, place, [...ids, Number(at(item, 'id'))]);
			return present(context.store, place.collection, replaceRecord(context, place.collection, record, item));
		}),
	);
}

/** The ids stand in the body: `{ids: […]}`, or the array alone. */
function remove(call: OperationCall): JsonObject[] {
	const { context, ids, request } = call;
	const place = placeBehind(call);
	const body = parseBody(request);
	const given = isObject(body) ? body.ids : body;
	if (!Array.isArray(given)) throw badRequest('The body must hold the array ids.');
	return given.map((item, index) =>
		attempt(index, 204, () => {
			const id = Number(isObject(item) ? item.id : item);
			deleteRecord(context, place.collection, requireAt(context, place, [...ids, id]));
			return null;
		}),
	);
}

/**
 * Answers `…/bulk` below a list whose records the sandbox keeps: each part with its own result. The endpoint of
 * configurations answers creates and changes with the records themselves.
 */
export function bulkHandlerOf({ fact, place }: Endpoint): Handler | null {
	const work = { POST: create, PUT: replace, DELETE: remove }[fact.verb];
	if (!work || !/\/bulk$/i.test(fact.path)) return null;
	if (place?.collection !== 'configurations' || fact.verb === 'DELETE') return (call) => answer(work(call));
	return (call) => ({ status: 200, body: work(call).map((one) => one.data ?? one.error ?? null) });
}
