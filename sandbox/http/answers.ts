// What a request is and how it is answered: bodies in, lists, counts and records out.

import { present } from '../behaviour/present.ts';
import type { Store, Stored } from '../behaviour/store.ts';
import { resourceOf } from '../schema/collections.ts';
import { badRequest, notFound } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { SchemaName } from '../schema/schemas.ts';
import { schemaOf } from '../schema/schemas.ts';
import { filterRecords, listQueryOf, listRecords, normaliseQuery } from './lists.ts';
import { compileFields } from './order-and-fields.ts';

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

/** The records a list endpoint is about, in the order of their ids. */
export function recordsOf(store: Store, collection: Collection, parentId: number | null, url: URL): JsonObject[] {
	const { parent } = resourceOf(collection);
	if (parent && parentId !== null && !store.get(parent.collection, parentId)) {
		throw notFound(resourceOf(parent.collection).label, parentId);
	}
	let records = parent && parentId !== null ? store.where(collection, parent.field, parentId) : store.all(collection);
	if (collection === 'documents') records = documentsOf(records, url);
	return records.sort((a, b) => a.id - b.id).map((record) => present(store, collection, record));
}

/** Documents are listed for one record only; the two parameters say for which. */
function documentsOf(documents: Stored[], url: URL): Stored[] {
	const recordType = url.searchParams.get('recordType');
	const recordId = url.searchParams.get('recordId');
	if (!recordType || !recordId) throw badRequest('recordType and recordId are required.');
	return documents.filter((document) => {
		return (
			String(document.recordType).toLowerCase() === recordType.toLowerCase() && document.recordId === Number(recordId)
		);
	});
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
