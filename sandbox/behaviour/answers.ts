// API requests and answers: reads bodies; answers with lists, counts and records.

import type { Collection } from '../schema/collections.ts';
import { resourceOf } from '../schema/collections.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { compileFields } from '../schema/order-and-fields.ts';
import type { SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { badRequest } from '../schema/vendor-errors.ts';
import { filterRecords, listQueryOf, listRecords, normaliseQuery } from './lists.ts';
import { present } from './record-views.ts';
import type { Store, Stored } from './store.ts';

/** `path` is what follows `apis/3.0`; `body` its raw bytes. */
export type ApiRequest = { method: string; path: string; url: URL; headers: Headers; body: Uint8Array };

/** A file of the vendor's: its bytes, and the name that Content-Disposition carries. */
export type FileAnswer = { bytes: Uint8Array; type: string; name: string };

/** Neither `body` nor `file`: no content. */
export type ApiAnswer = { status: number; body?: Json; file?: FileAnswer; link?: string | null };

export function parseBody(request: ApiRequest): Json {
	try {
		const body: Json = JSON.parse(new TextDecoder().decode(request.body));
		return body;
	} catch {
		throw badRequest('The request body is not valid JSON.');
	}
}

export function parseObject(request: ApiRequest): JsonObject {
	const body = parseBody(request);
	if (!isObject(body)) throw badRequest('The request body must be a JSON object.');
	return body;
}

export function answerList(request: ApiRequest, records: JsonObject[], schema: SchemaName): ApiAnswer {
	const url = normaliseQuery(request.url);
	const { body, link } = listRecords(records, schema, listQueryOf(url), url, request.headers);
	return { status: 200, body, link };
}

export function answerCount(request: ApiRequest, records: JsonObject[], schema: SchemaName): ApiAnswer {
	const query = listQueryOf(normaliseQuery(request.url));
	return { status: 200, body: { count: filterRecords(records, schema, query).length } };
}

export function answerRecord(
	request: ApiRequest,
	store: Store,
	collection: Collection,
	record: Stored,
	status = 200,
): ApiAnswer {
	return answerObject(request, present(store, collection, record), resourceOf(collection).schema, status);
}

export function answerObject(request: ApiRequest, view: JsonObject, schema: SchemaName, status = 200): ApiAnswer {
	const fields = normaliseQuery(request.url).searchParams.get('fields');
	return { status, body: fields ? compileFields(fields, schemaOf(schema))(view) : view };
}

/** Refuses `fields` that the answer to a write could not have, before anything is written. */
export function checkFields(request: ApiRequest, schema: SchemaName): void {
	const fields = normaliseQuery(request.url).searchParams.get('fields');
	if (fields) compileFields(fields, schemaOf(schema));
}
