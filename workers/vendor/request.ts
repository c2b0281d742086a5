// A tool call → a description of the vendor's request. Pure: nothing is sent here.

import type { Arguments } from '../integration/arguments.ts';
import { LIST_LIMIT_DEFAULT } from '../integration/arguments.ts';
import type { IntegrationFile, Verb } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import { withQuery } from '../lib/query-string.ts';
import { fillTemplate } from '../lib/template.ts';
import { uploadedFile } from './files.ts';
import type { PagePlan } from './paging.ts';

export interface UpstreamRequest {
	verb: Verb;
	/** Below the account's base_url, encoded, with the query. */
	path: string;
	/** JSON, or a form with a file. */
	body?: string | FormData;
}

/** What a list's `fields` says to return whole records. */
export const WHOLE_RECORDS = '*';

/**
 * @param args  checked by `validateArguments`
 * @param page  of a list: which page to ask for
 */
export function describeRequest(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	page: PagePlan | null,
): UpstreamRequest {
	const { fact } = operation;
	const path = fillTemplate(fact.path, (name) => encodeURIComponent(String(args[name])));
	const query = describeQuery(file, operation, args, page);
	const body = describeBody(file, operation, args);
	const described = {
		verb: fact.verb,
		path: withQuery(path, query),
		...(body === undefined
			? {}
			: { body: fact.form_file === undefined ? JSON.stringify(body) : formOf(fact.form_file, args, body) }),
	};
	return fact.long_query && described.path.length > LONGEST_PATH
		? describeLongQuery(fact.long_query, query)
		: described;
}

/** Longer URLs are refused on the way. Source: ConnectWise Developer Guide: "keep below 2,000 characters". */
export const LONGEST_PATH = 1_900;

/** The same question with what makes it long in the body. */
function describeLongQuery(
	{ path, body }: NonNullable<Operation['fact']['long_query']>,
	query: readonly [string, string][],
): UpstreamRequest {
	const inBody = query.flatMap(([name, value]) => (body[name] === undefined ? [] : [[body[name], value]]));
	const rest = query.filter(([name]) => body[name] === undefined);
	return { verb: 'POST', path: withQuery(path, rest), body: JSON.stringify(Object.fromEntries(inBody)) };
}

function describeQuery(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	page: PagePlan | null,
): [string, string][] {
	const query: [string, string][] = [];
	for (const [name, place] of operation.places) {
		if (place.in === 'query' && args[name] !== undefined && name !== file.list.fields_parameter)
			query.push([name, String(args[name])]);
	}
	// A filter may need a parameter that is no argument of its own.
	for (const name of Object.keys(file.filters?.parameters ?? {})) {
		if (!operation.places.has(name) && args[name] !== undefined) query.push([name, String(args[name])]);
	}
	const fields = requestedFields(file, operation, args);
	if (fields && file.list.fields_parameter) query.push([file.list.fields_parameter, fields.join(',')]);
	if (page) query.push(...page.query);
	else if (operation.places.get('limit')?.in === 'page')
		query.push([file.paging.size_parameter, String(args.limit ?? LIST_LIMIT_DEFAULT)]);
	return query;
}

/** The fields that a call asks for, as paths; null for whole records. */
export function requestedFields(file: IntegrationFile, operation: Operation, args: Arguments): string[] | null {
	const name = file.list.fields_parameter;
	// The `fields` of a write is about our answer.
	const isAsked = name !== undefined && operation.places.get(name)?.in !== 'answer';
	const asked = isAsked ? args[name] : undefined;
	if (typeof asked === 'string') {
		const fields = asked
			.split(',')
			.map((field) => field.trim())
			.filter(Boolean);
		// The vendor's own `fields=*` answers ids only, so it is never sent.
		if (fields.includes(WHOLE_RECORDS)) return null;
		// Models fill in what they do not need: an empty choice is none.
		if (fields.length > 0) return fields;
	}
	return operation.kind === 'list' && name !== undefined ? (operation.documentation.fields ?? null) : null;
}

/** The fields of a body as parts of a form, and the file under the name that the vendor has for it. */
function formOf(filePart: string, args: Arguments, values: unknown): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(values as Arguments)) form.set(name, String(value));
	form.set(filePart, uploadedFile(args));
	return form;
}

function describeBody(file: IntegrationFile, operation: Operation, args: Arguments): unknown {
	if (operation.fact.body === undefined && operation.kind !== 'update') return undefined;
	const values: Arguments = {};
	for (const [name, place] of operation.places) {
		if (place.in !== 'body' || args[name] === undefined) continue;
		if (place.additional) Object.assign(values, args[name]);
		else values[name] = args[name];
	}
	const { default_body } = operation.documentation;
	if (default_body?.unless_any.every((name) => !values[name])) Object.assign(values, default_body.set);
	// An action may be an update by its verb: a change of type, for example.
	const isUpdate = operation.kind === 'update' || operation.fact.verb === 'PATCH';
	return isUpdate && file.update_body === 'json_patch' ? jsonPatch(values, file.clear) : values;
}

/** Whole top-level values under bare names: a path inside an object would be answered with a 200 that changes nothing. */
function jsonPatch(values: Arguments, clear: IntegrationFile['clear']): unknown[] {
	return Object.entries(values).map(([path, value]) =>
		value === null && clear === 'remove' ? { op: 'remove', path } : { op: 'replace', path, value },
	);
}
