// A call of one of the vendor's operations, and the small answers that many operations share.

import type { Collection } from '../schema/collections.ts';
import { resourceOf } from '../schema/collections.ts';
import type { Endpoint } from '../schema/endpoints.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { SchemaName } from '../schema/record-schemas.ts';
import { badRequest, invalidObject, notFound } from '../schema/vendor-errors.ts';
import type { ApiAnswer, ApiRequest } from './answers.ts';
import { parseBody } from './answers.ts';
import type { Context } from './context.ts';
import { readActionBody } from './record-input.ts';
import { present } from './record-views.ts';
import type { Stored } from './store.ts';

/** A call of one of the vendor's operations: `values` stand for the placeholders of its path, `ids` are the same as numbers. */
export type OperationCall = {
	request: ApiRequest;
	context: Context;
	endpoint: Endpoint;
	values: readonly string[];
	ids: readonly number[];
};

export type Handler = (call: OperationCall) => ApiAnswer | Promise<ApiAnswer>;

// Keyed by verb and lower-case path, with `*` for each placeholder: `POST /time/sheets/*/submit`.
export type Handlers = Readonly<Record<string, Handler>>;

export const NO_CONTENT: ApiAnswer = { status: 204 };

export const success = (message: string): ApiAnswer => ({ status: 200, body: { success: true, message } });

/** The record that an operation is about, or the vendor's 404. */
export function requireOne({ store }: Context, collection: Collection, id: number | undefined): Stored {
	const record = store.get(collection, id ?? 0);
	if (!record) throw notFound(resourceOf(collection).label, id ?? 0);
	return record;
}

export const shown = ({ store }: Context, collection: Collection, record: Stored, status = 200): ApiAnswer => ({
	status,
	body: present(store, collection, store.get(collection, record.id) ?? record),
});

/** The body of a call, checked as its record says; none at all is an empty one. */
export function readBody({ request, context, endpoint }: OperationCall, noun: string): JsonObject {
	if (request.body.byteLength === 0) return {};
	const body = parseBody(request);
	if (!isObject(body)) throw badRequest('The request body must be a JSON object.');
	if (!endpoint.fact.body) return body;
	const schema: SchemaName = `${endpoint.fact.body}`;
	const { values, faults } = readActionBody(context, schema, noun, body);
	if (faults.length > 0) throw invalidObject(noun, faults);
	return values;
}

export function readArray({ request }: OperationCall): Json[] {
	const body = parseBody(request);
	if (!Array.isArray(body)) throw badRequest('The request body must be a JSON array.');
	return body;
}

/** Refuses an operation that the record's state forbids. Only the shape is the vendor's, the wording is ours. */
export function refuse(noun: string, field: string, message: string): never {
	throw invalidObject(noun, [{ code: 'InvalidObject', message, resource: noun, field }]);
}
