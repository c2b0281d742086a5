// Several records in one request, with a result for each.

import type { ApiAnswer } from '../http/answers.ts';
import { parseBody } from '../http/answers.ts';
import type { Place } from '../schema/collections.ts';
import { placeOf } from '../schema/collections.ts';
import { badRequest, VendorError } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { Action, Handler, Handlers } from './action.ts';
import { readArray } from './action.ts';
import { requireAncestors, requireAt } from './generic.ts';
import { present } from './present.ts';
import { createRecord, deleteRecord, patchRecord, replaceRecord } from './records.ts';

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
function placeBehind({ endpoint }: Action): Place {
	const place = placeOf(endpoint.fact.path.replace(/\/bulk$/, ''));
	if (!place) throw badRequest('There is nothing to change in bulk here.');
	return place;
}

function create(action: Action): JsonObject[] {
	const { context, ids } = action;
	const place = placeBehind(action);
	requireAncestors(context, place, ids);
	return readArray(action).map((item, index) =>
		attempt(index, 201, () => {
			const made = createRecord(context, place.collection, ids.at(-1) ?? null, item);
			return present(context.store, place.collection, made);
		}),
	);
}

function replace(action: Action): JsonObject[] {
	const { context, ids } = action;
	const place = placeBehind(action);
	return readArray(action).map((item, index) =>
		attempt(index, 200, () => {
			const record = requireAt(context, place, [...ids, Number(at(item, 'id'))]);
			return present(context.store, place.collection, replaceRecord(context, place.collection, record, item));
		}),
	);
}

/** The ids stand in the body: `{ids: […]}`, or the array alone. */
function remove(action: Action): JsonObject[] {
	const { context, ids, request } = action;
	const place = placeBehind(action);
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

const inBulk =
	(work: (action: Action) => JsonObject[]): Handler =>
	(action) =>
		answer(work(action));

/** Answers with the records themselves, as this endpoint does; the first refusal is the answer to all. */
const asRecords =
	(work: (action: Action) => JsonObject[]): Handler =>
	(action) => ({ status: 200, body: work(action).map((one) => one.data ?? one.error ?? null) });

const LINES = '/procurement/purchaseorders/*/lineitems/bulk';
const ACCOUNTS = '/system/members/*/manageddeviceaccounts/bulk';

export const BULK: Handlers = {
	[`POST ${LINES}`]: inBulk(create),
	[`PUT ${LINES}`]: inBulk(replace),
	[`DELETE ${LINES}`]: inBulk(remove),
	[`PUT ${ACCOUNTS}`]: inBulk(replace),
	[`DELETE ${ACCOUNTS}`]: inBulk(remove),
	'POST /company/configurations/bulk': asRecords(create),
	'PUT /company/configurations/bulk': asRecords(replace),
	'DELETE /company/configurations/bulk': inBulk(remove),
	'PATCH /company/configurations/*/changetype': ({ request, context, ids }) => {
		const place: Place = { collection: 'configurations', parent: undefined };
		const changed = patchRecord(context, 'configurations', requireAt(context, place, ids), parseBody(request));
		return { status: 200, body: present(context.store, 'configurations', changed) };
	},
};
