// Reading lists: filter, sort, page, project.

import type { Predicate } from '../schema/conditions.ts';
import { compileChildConditions, compileConditions, compileCustomFieldConditions } from '../schema/conditions.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { compileFields, compileOrderBy } from '../schema/order-and-fields.ts';
import type { Schema, SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { forwardPage, numberedPage } from './paging.ts';

export type ListQuery = {
	conditions: string;
	childConditions: string;
	customFieldConditions: string;
	orderBy: string;
};

/** Names of query parameters come in any case. */
export function normaliseQuery(url: URL): URL {
	const names = ['conditions', 'childConditions', 'customFieldConditions', 'orderBy', 'fields', 'page', 'pageSize'];
	const spelling = new Map([...names, 'pageId'].map((name) => [name.toLowerCase(), name]));
	const result = new URL(url);
	result.search = '';
	for (const [name, value] of url.searchParams) {
		result.searchParams.append(spelling.get(name.toLowerCase()) ?? name, value);
	}
	return result;
}

export function listQueryOf(url: URL): ListQuery {
	const get = (name: string): string => url.searchParams.get(name)?.trim() ?? '';
	return {
		conditions: get('conditions'),
		childConditions: get('childConditions'),
		customFieldConditions: get('customFieldConditions'),
		orderBy: get('orderBy'),
	};
}

/** Tickets can be filtered by the devices attached to them, under a name that is no field of theirs. */
function filterSchema(name: SchemaName): Schema {
	const schema = schemaOf(name);
	if (name !== 'Ticket') return schema;
	const field = { name: 'configuration', type: { kind: 'ref', to: 'Configuration' }, required: false } as const;
	return new Map([...schema, ['configuration', field]]);
}

export function filterRecords(records: JsonObject[], name: SchemaName, query: ListQuery): JsonObject[] {
	const schema = filterSchema(name);
	const tests: Predicate[] = [];
	if (query.conditions) tests.push(compileConditions(query.conditions, schema));
	if (query.childConditions) tests.push(compileChildConditions(query.childConditions, schema));
	if (query.customFieldConditions) tests.push(compileCustomFieldConditions(query.customFieldConditions, schema));
	return tests.length === 0 ? records : records.filter((record) => tests.every((test) => test(record)));
}

/** A page of a list as it goes out, and its Link header. */
export function listRecords(
	records: JsonObject[],
	name: SchemaName,
	query: ListQuery,
	url: URL,
	headers: Headers,
): { body: Json[]; link: string | null } {
	const fields = url.searchParams.get('fields');
	const project = fields ? compileFields(fields, schemaOf(name)) : (record: JsonObject): Json => record;
	const forwardOnly = headers.get('pagination-type')?.toLowerCase() === 'forward-only';
	const matching = filterRecords(records, name, query);
	if (query.orderBy && !forwardOnly) matching.sort(compileOrderBy(query.orderBy, schemaOf(name)));
	const page = forwardOnly ? forwardPage(matching, url) : numberedPage(matching, url);
	return { body: page.items.map(project), link: page.link };
}
