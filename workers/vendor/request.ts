// A tool call → a description of the vendor's request. Pure: nothing is sent here.

import type { Arguments } from '../integration/arguments.ts';
import { LIST_LIMIT_DEFAULT } from '../integration/arguments.ts';
import type { IntegrationFile, Paging, Verb } from '../integration/format.ts';
import {
	bodyFilters,
	constantsOf,
	fieldPath,
	fieldsArgument,
	filterParameters,
	IN_HEADER,
	pagingOf,
	sizeParameter,
} from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { withValueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { withQuery } from '../lib/query-string.ts';
import { fillTemplate } from '../lib/template.ts';
import { describeBody, filled } from './body.ts';
import { inJson, type PagePlan } from './paging.ts';

export interface UpstreamRequest {
	verb: Verb;
	/** Below the account's base_url, encoded, with the query. `{{setting:name}}` is the account's. */
	path: string;
	/** Address of the next page as the vendor named it, in place of `path`. */
	link?: string;
	/** Beside those that every request has. */
	headers?: Record<string, string>;
	/** JSON, an encoded form, or a form with a file. */
	body?: string | FormData;
	/** Media type of a text body; absent: JSON's. */
	contentType?: string;
}

/** Value of a list's `fields` that returns whole records. */
export const WHOLE_RECORDS = '*';

/**
 * @param args    checked by `validateArguments`
 * @param page    of a list: which page to ask for
 * @param record  of an update by `whole`: the record as it is now
 */
export function describeRequest(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	page: PagePlan | null,
	record?: Arguments,
): UpstreamRequest {
	const { fact } = operation;
	const constants = constantsOf(file, fact);
	const path = fillTemplate(fact.path, (name) => encodeURIComponent(String(args[name])));
	const query = describeQuery(file, operation, args, page);
	const headers = [
		...Object.entries(constants.headers).map(([name, value]) => [name, headerText(value, args)]),
		...filterHeaders(file, operation, args),
		...Object.entries(page?.headers ?? {}),
	];
	const described: UpstreamRequest = {
		verb: fact.verb,
		path: withConstants(withQuery(path, query), constants.query, args),
		...(page?.link === undefined ? {} : { link: page.link }),
		...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
		...describeBody(file, operation, args, page, record),
	};
	return fact.long_query && described.path.length > LONGEST_PATH
		? describeLongQuery(fact.long_query, query)
		: described;
}

/** A constant with its arguments filled in; the settings are the connection's to fill. */
function headerText(value: string, args: Arguments): string {
	const pieces = value.split(/(\{\{setting:[a-z0-9_]+\}\})/);
	return pieces.map((piece, index) => (index % 2 === 1 ? piece : harmless(String(filled(piece, args))))).join('');
}

/** An argument that reads like a setting must not become one. */
function harmless(text: string): string {
	return text.replaceAll('{{', '{ {');
}

/** Filters that the vendor takes in a header of their own. */
function filterHeaders(file: IntegrationFile, { documentation }: Operation, args: Arguments): [string, string][] {
	return filterParameters(file, documentation).flatMap((name): [string, string][] =>
		name.startsWith(IN_HEADER) && args[name] !== undefined
			? [[name.slice(IN_HEADER.length), harmless(String(args[name]))]]
			: [],
	);
}

/** Encoded but for the settings, which only the account's connection knows. */
export function withConstants(path: string, constants: Readonly<Record<string, string>>, args: Arguments): string {
	const parts = Object.entries(constants).map(([name, value]) => {
		const pieces = value.split(/(\{\{setting:[a-z0-9_]+\}\})/);
		const encoded = pieces.map((piece, index) =>
			index % 2 === 1 ? piece : encodeURIComponent(String(filled(piece, args))),
		);
		return `${name}=${encoded.join('')}`;
	});
	return parts.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${parts.join('&')}`;
}

/** Longer URLs are refused on the way: vendors and proxies ask to keep them below 2,000 characters. */
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
		if (place.in === 'query' && args[name] !== undefined && name !== fieldsArgument(file))
			query.push([name, String(args[name])]);
	}
	// A filter may need a parameter that is no argument of its own.
	const inBody = bodyFilters(file, operation.fact);
	for (const name of filterParameters(file, operation.documentation)) {
		if (name === inBody?.key || name.startsWith(IN_HEADER)) continue;
		const isArgument = operation.places.get(name)?.in === 'query';
		if (!isArgument && args[name] !== undefined) query.push([name, String(args[name])]);
	}
	const paging = page?.paging ?? pagingOf(file, operation.fact);
	const fields = requestedFields(file, operation, args);
	if (fields && file.list.fields_parameter)
		query.push([file.list.fields_parameter, withFieldOfPaging(fields, paging).join(',')]);
	const size = sizeParameter(paging);
	if (page) return withPage(query, paging, page);
	if (operation.places.get('limit')?.in === 'page' && size !== undefined)
		query.push([size, String(args.limit ?? LIST_LIMIT_DEFAULT)]);
	return query;
}

/** A page is gone on from by a field of its last record, whichever fields the caller wants. */
function withFieldOfPaging(fields: readonly string[], paging: Paging): readonly string[] {
	const needed = paging.style === 'cursor' ? paging.last_field : undefined;
	return needed === undefined || fields.includes(needed) ? fields : [needed, ...fields];
}

/** The page's parameters, beside the others or within JSON that is the value of one of them. */
function withPage(query: [string, string][], paging: Paging, page: PagePlan): [string, string][] {
	const place = paging.style === 'none' ? undefined : paging.in;
	if (place === 'body') return query;
	if (typeof place !== 'object') return [...query, ...page.query];
	let value: unknown = parseJson(query.find(([name]) => name === place.json)?.[1] ?? '{}') ?? {};
	for (const [path, said] of page.query) value = withValueAt(value, path.split('/'), inJson(page, path, said));
	return [...query.filter(([name]) => name !== place.json), [place.json, JSON.stringify(value)]];
}

/** The fields that a call asks for, as paths; null for whole records. */
export function requestedFields(file: IntegrationFile, operation: Operation, args: Arguments): string[] | null {
	const name = fieldsArgument(file);
	// The `fields` of a write is about our answer.
	const asked = operation.places.get(name)?.in === 'answer' ? undefined : args[name];
	if (typeof asked === 'string') {
		const fields = asked
			.split(',')
			.map((field) => fieldPath(file, operation.recordFields, field.trim()))
			.filter(Boolean);
		// The vendor's own `fields=*` answers ids only, so it is never sent.
		if (fields.includes(WHOLE_RECORDS)) return null;
		// Models fill in what they do not need: an empty choice is none.
		if (fields.length > 0) return fields;
	}
	return operation.kind === 'list' ? (operation.documentation.fields ?? null) : null;
}
