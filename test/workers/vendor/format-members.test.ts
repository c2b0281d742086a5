// Vendors of many kinds, each told by a few members of the format: what is sent, how a list goes on, what a model gets.

import { describe, it } from 'vitest';
import { answerToResult } from '../../../workers/calls/answer/answer.ts';
import { visibility } from '../../../workers/calls/answer/effects.ts';
import { endOf } from '../../../workers/calls/answer/vendor-facts.ts';
import { checkArguments } from '../../../workers/calls/check.ts';
import type { Ask } from '../../../workers/calls/names/ask.ts';
import { findRecord } from '../../../workers/calls/names/find-record.ts';
import { resolveMe } from '../../../workers/calls/names/resolve-me.ts';
import { resolveReferences } from '../../../workers/calls/names/resolve-references.ts';
import type {
	FilterFact,
	Filters,
	IntegrationFile,
	MethodFact,
	RecordFact,
} from '../../../workers/integration/format.ts';
import { type Integration, joinIntegration } from '../../../workers/integration/operations.ts';
import { applyListFilters } from '../../../workers/languages/language.ts';
import { type TokenAuth, tokenRequest } from '../../../workers/vendor/access-token.ts';
import { requestUrl } from '../../../workers/vendor/address.ts';
import { describeRequest, type UpstreamRequest } from '../../../workers/vendor/request.ts';
import { deskFiles, operationOf } from '../integration/integrations.ts';

const NOW_MS = Date.parse('2026-04-01T09:00:00Z');
const BASE_URL = 'https://acme.desk.example/api/v2';

interface Vendor {
	file?: Partial<IntegrationFile>;
	methods?: Record<string, Partial<MethodFact>>;
	resource?: { id_field?: string; id_type?: 'integer' | 'string' };
	record?: RecordFact;
	body?: string[];
	fields?: string[];
	filters?: Record<string, FilterFact>;
}

const TEXT_FILTERS: Filters = {
	language: 'expression',
	parameter: 'where',
	operators: { '=': '{{field}}={{value}}', '>=': '{{field}}>={{value}}' },
	and: ' and ',
	text: { quote: '"', escapes: { '"': '""' } },
};

/** A vendor of things, with what a case says of it. */
function vendorOf({
	file = {},
	methods = {},
	resource = {},
	record,
	body = ['name'],
	fields,
	filters,
}: Vendor): Integration {
	const description = 'A description that is long enough.';
	const facts: Record<string, MethodFact> = {
		list: { verb: 'GET', path: '/things', returns: 'Thing' },
		get: { verb: 'GET', path: '/things/{{id}}', returns: 'Thing' },
		create: { verb: 'POST', path: '/things', body: 'Thing', returns: 'Thing' },
		update: { verb: 'PUT', path: '/things/{{id}}', body: 'Thing', returns: 'Thing' },
	};
	for (const [name, more] of Object.entries(methods)) facts[name] = { ...(facts[name] as MethodFact), ...more };
	const documented = Object.fromEntries(
		Object.keys(facts).map((name) => [
			name,
			{
				description,
				...(name === 'create' || name === 'update' ? { body } : {}),
				...(name === 'list' && fields ? { fields } : {}),
				...(name === 'list' && filters ? { filters } : {}),
			},
		]),
	);
	return joinIntegration(
		{
			...deskFiles().file,
			modules: ['main'],
			id_type: 'integer',
			list: { records_path: '' },
			paging: { style: 'page', page_parameter: 'page', size_parameter: 'size', max_size: 100 },
			query: {},
			tags: { all: 'All' },
			...file,
		},
		[
			{
				module: 'main',
				resources: {
					source: 'invented',
					resources: { things: { singular: 'thing', ...resource, methods: facts } },
					records: {
						Thing: record ?? { fields: { id: { type: 'integer', read_only: true }, name: { type: 'string' } } },
					},
				},
				documentation: { things: { tags: ['all'], methods: documented } },
			},
		],
	);
}

interface Answer {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

function run(
	integration: Integration,
	method: string,
	args: Record<string, unknown>,
	answer: (request: UpstreamRequest) => Answer,
) {
	const operation = operationOf(integration, `things.${method}`);
	const checked = checkArguments(integration.file, operation, args, {
		listFormat: 'records',
		budgetBytes: 60_000,
		serverId: 's',
		cursorKey: new Uint8Array(32).fill(7),
		nowMs: NOW_MS,
	});
	if (Array.isArray(checked)) throw new Error(JSON.stringify(checked));
	const request = describeRequest(integration.file, operation, checked.args, checked.page);
	const { status = 200, headers, body } = answer(request);
	const text = body === undefined ? '' : JSON.stringify(body);
	const upstream = { status, headers: new Headers(headers), text, durationMs: 1 };
	const result = answerToResult(upstream, { ...checked, integration: integration.file, secrets: [] });
	return { request, result, end: endOf(upstream, result, integration.file) };
}

const sentBy = (vendor: Vendor, method: string, args: Record<string, unknown> = {}) => {
	const { request } = run(vendorOf(vendor), method, args, () => ({ body: { id: 1 } }));
	return {
		...request,
		body:
			typeof request.body === 'string' && !request.contentType?.includes('form')
				? JSON.parse(request.body)
				: request.body,
	};
};

describe('a request', () => {
	const cases: { name: string; vendor: Vendor; method: string; args?: Record<string, unknown>; sends: object }[] = [
		{
			name: 'in an array',
			vendor: { methods: { create: { wrap: '[]' } } },
			method: 'create',
			args: { name: 'x' },
			sends: { body: [{ name: 'x' }] },
		},
		{
			name: 'in an envelope of an envelope',
			vendor: { methods: { create: { wrap: 'input_data/thing' } } },
			method: 'create',
			args: { name: 'x' },
			sends: { body: { input_data: { thing: { name: 'x' } } } },
		},
		{
			name: 'of JSON:API',
			vendor: {
				file: { content_type: 'application/vnd.api+json' },
				methods: {
					update: {
						verb: 'PATCH',
						wrap: 'data/attributes',
						constants: { body: { 'data/type': 'things', 'data/id': '{{id}}' } },
					},
				},
			},
			method: 'update',
			args: { id: 7, name: 'x' },
			sends: {
				body: { data: { attributes: { name: 'x' }, type: 'things', id: 7 } },
				contentType: 'application/vnd.api+json',
				path: '/things/7',
			},
		},
		{
			name: 'with the id in an array of the body alone',
			vendor: {
				methods: { update: { verb: 'POST', path: '/things', wrap: '[]', constants: { body: { '[]/id': '{{id}}' } } } },
			},
			method: 'update',
			args: { id: 7, name: 'x' },
			sends: { verb: 'POST', path: '/things', body: [{ name: 'x', id: 7 }] },
		},
		{
			name: 'of JSON Patch by pointers',
			vendor: { methods: { update: { verb: 'PATCH', update_body: 'json_pointer_patch', wrap: 'fields' } } },
			method: 'update',
			args: { id: 7, name: 'x' },
			sends: { body: [{ op: 'replace', path: '/fields/name', value: 'x' }] },
		},
		{
			name: 'as a form that holds JSON',
			vendor: { file: { encoding: 'form' }, methods: { create: { wrap: 'input_data/thing' } } },
			method: 'create',
			args: { name: 'x&y' },
			sends: {
				body: 'input_data=%7B%22thing%22%3A%7B%22name%22%3A%22x%26y%22%7D%7D',
				contentType: 'application/x-www-form-urlencoded',
			},
		},
		{
			name: 'with what every call sends',
			vendor: {
				file: {
					constants: { query: { 'api-version': '7.1', tenant: '{{setting:client_id}}' }, headers: { 'If-Match': '*' } },
				},
			},
			method: 'get',
			args: { id: 7 },
			sends: { path: '/things/7?api-version=7.1&tenant={{setting:client_id}}', headers: { 'If-Match': '*' } },
		},
		{
			name: 'with page and size from 0',
			vendor: { file: { paging: { style: 'page', page_parameter: 'p', first: 0, size_parameter: 'n', max_size: 50 } } },
			method: 'list',
			sends: { path: '/things?p=0&n=25' },
		},
		{
			name: 'with an offset',
			vendor: {
				file: { paging: { style: 'offset', offset_parameter: 'startAt', size_parameter: 'maxResults', max_size: 50 } },
			},
			method: 'list',
			args: { limit: 50 },
			sends: { path: '/things?startAt=0&maxResults=50' },
		},
		{
			name: 'with paging in the body of a search',
			vendor: {
				file: {
					paging: {
						style: 'offset',
						offset_parameter: 'page/start',
						size_parameter: 'page/rows',
						max_size: 50,
						in: 'body',
					},
				},
				methods: { list: { verb: 'POST', path: '/things/search' } },
			},
			method: 'list',
			sends: { verb: 'POST', path: '/things/search', body: { page: { start: 0, rows: 25 } } },
		},
		{
			name: 'with paging in JSON in the query',
			vendor: {
				file: {
					paging: {
						style: 'offset',
						offset_parameter: 'list_info/start_index',
						first: 1,
						size_parameter: 'list_info/row_count',
						max_size: 100,
						in: { json: 'input_data' },
					},
				},
			},
			method: 'list',
			sends: { path: `/things?input_data=${encodeURIComponent('{"list_info":{"start_index":1,"row_count":25}}')}` },
		},
		{
			name: 'without paging',
			vendor: { file: { paging: { style: 'none' } } },
			method: 'list',
			sends: { path: '/things' },
		},
		{
			name: 'with an id that is a text',
			vendor: { resource: { id_type: 'string' } },
			method: 'get',
			args: { id: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' },
			sends: { path: '/things/3f2504e0-4f89-11d3-9a0c-0305e82c3301' },
		},
		{
			name: 'with a value in another form, whatever it says',
			vendor: {
				record: {
					fields: { name: { type: 'string', sends: { type: 'doc', content: [{ text: '{{value}}' }] } } },
				},
			},
			method: 'create',
			args: { name: 'It says {{value}} "x"' },
			sends: { body: { name: { type: 'doc', content: [{ text: 'It says {{value}} "x"' }] } } },
		},
		{
			name: 'with another form of a field that is no argument of its own',
			vendor: {
				record: { fields: { name: { type: 'string' }, owner: { type: 'integer', sends: { id: '{{value}}' } } } },
			},
			method: 'create',
			args: { name: 'x', additional_fields: { owner: 7 } },
			sends: { body: { name: 'x', owner: { id: 7 } } },
		},
		{
			name: 'with a filter in a header, one in a parameter and one in the language',
			vendor: {
				file: { filters: TEXT_FILTERS },
				methods: { list: { query: ['where', 'status'] } },
				filters: {
					changed_after: { field: 'changed', kind: 'time', in: 'header:If-Modified-Since' },
					status: { field: 'status', in: 'status' },
					named: { field: 'name' },
				},
			},
			method: 'list',
			args: { changed_after: '2026-03-01', status: 'open', named: 'x' },
			sends: {
				path: '/things?where=name%3D%22x%22&status=open&page=1&size=25',
				headers: { 'If-Modified-Since': '2026-03-01T00:00:00Z' },
			},
		},
		{
			name: 'with an argument that reads like a setting',
			vendor: {
				file: { filters: TEXT_FILTERS, constants: { headers: { 'x-on-behalf': '{{setting:client_id}} {{id}}' } } },
				resource: { id_type: 'string' },
			},
			method: 'get',
			args: { id: '{{setting:client_secret}}' },
			sends: {
				path: '/things/%7B%7Bsetting%3Aclient_secret%7D%7D',
				headers: { 'x-on-behalf': '{{setting:client_id}} { {setting:client_secret}}' },
			},
		},
		{
			name: 'with a filter in a header that reads like a setting',
			vendor: {
				file: { filters: TEXT_FILTERS },
				filters: { seen: { field: 'seen', in: 'header:X-Seen' } },
			},
			method: 'list',
			args: { seen: '{{setting:client_secret}}' },
			sends: { headers: { 'X-Seen': '{ {setting:client_secret}}' } },
		},
		...(['iso', 'day', 'space', 'space_minutes', 'epoch_seconds', 'epoch_milliseconds'] as const).map(
			(times, index) => ({
				name: `with moments as ${times}`,
				vendor: {
					file: { filters: { ...TEXT_FILTERS, times } },
					methods: { list: { query: ['where'] } },
					filters: { after: { field: 'changed', op: '>=', kind: 'time' } as const },
				},
				method: 'list',
				args: { after: '2026-03-01T10:30:00Z' },
				sends: {
					path: `/things?where=${encodeURIComponent(
						`changed>=${
							[
								'2026-03-01T10:30:00Z',
								'2026-03-01',
								'2026-03-01 10:30:00',
								'2026-03-01 10:30',
								'1772361000',
								'1772361000000',
							][index]
						}`,
					)}&page=1&size=25`,
				},
			}),
		),
	];
	for (const { name, vendor, method, args, sends } of cases)
		it(name, ({ expect }) => expect(sentBy(vendor, method, args)).toMatchObject(sends));

	it('never takes what only the vendor writes', ({ expect }) => {
		const { places } = operationOf(vendorOf({}), 'things.create');
		expect([...places.keys()]).toEqual(['name', 'fields']);
	});
});

describe('a list goes to its end', () => {
	const all = Array.from({ length: 23 }, (_, index) => ({ id: index + 1, name: `Thing ${index + 1}` }));
	const slice = (start: number, size: number) => all.slice(start, start + size);
	const queryOf = ({ path, link }: UpstreamRequest) =>
		new URL(requestUrl({ baseUrl: BASE_URL, settings: {}, path, link })).searchParams;
	type Reply = (query: URLSearchParams, request: UpstreamRequest) => Answer;
	const numbered = (query: URLSearchParams) => {
		const [page, size] = [Number(query.get('page')), Number(query.get('size'))];
		return { start: (page - 1) * size, size };
	};
	const cases: { name: string; file: Partial<IntegrationFile>; reply: Reply }[] = [
		{
			name: 'by pages and a total, with pages that are full by chance',
			file: {
				paging: {
					style: 'page',
					page_parameter: 'page',
					size_parameter: 'size',
					max_size: 100,
					more: { total: 'total' },
				},
				list: { records_path: 'items' },
			},
			reply: (query) => {
				const { start, size } = numbered(query);
				return { body: { items: slice(start, size), total: 23 } };
			},
		},
		{
			name: 'by pages of which one says that it is the last',
			file: {
				paging: {
					style: 'page',
					page_parameter: 'page',
					size_parameter: 'size',
					max_size: 100,
					more: { last: 'isLastPage' },
				},
				list: { records_path: 'values' },
			},
			reply: (query) => {
				const { start, size } = numbered(query);
				return { body: { values: slice(start, size), isLastPage: start + size >= 23 } };
			},
		},
		{
			name: 'by pages and the number of pages',
			file: {
				paging: {
					style: 'page',
					page_parameter: 'page',
					size_parameter: 'size',
					max_size: 100,
					more: { pages: 'meta/total_pages' },
				},
				list: { records_path: 'tickets' },
			},
			reply: (query) => {
				const { start, size } = numbered(query);
				return { body: { tickets: slice(start, size), meta: { total_pages: Math.ceil(23 / size) } } };
			},
		},
		{
			name: 'by pages of a fixed size',
			file: {
				paging: { style: 'page', page_parameter: 'page', max_size: 10, more: { next: 'links/next' } },
				list: { records_path: 'data' },
			},
			reply: (query) => {
				const start = (Number(query.get('page')) - 1) * 10;
				return { body: { data: slice(start, 10), links: { next: start + 10 < 23 ? 'yes' : null } } };
			},
		},
		{
			name: 'by pages of a vendor that ignores them',
			file: { paging: { style: 'page', page_parameter: 'page', size_parameter: 'size', max_size: 100 } },
			reply: () => ({ body: all }),
		},
		{
			name: 'by an offset and a total in a header',
			file: {
				paging: {
					style: 'offset',
					offset_parameter: 'skip',
					size_parameter: 'top',
					max_size: 100,
					more: { total_header: 'X-Total-Count' },
				},
			},
			reply: (query) => ({
				body: slice(Number(query.get('skip')), Number(query.get('top'))),
				headers: { 'x-total-count': '23' },
			}),
		},
		{
			name: 'by an offset without a word',
			file: { paging: { style: 'offset', offset_parameter: 'skip', size_parameter: 'top', max_size: 100 } },
			reply: (query) => ({ body: slice(Number(query.get('skip')), Number(query.get('top'))) }),
		},
		{
			name: 'by the id of the last record',
			file: {
				paging: { style: 'cursor', cursor_parameter: 'after', size_parameter: 'size', max_size: 100, last_field: 'id' },
			},
			reply: (query) => ({ body: slice(Number(query.get('after') ?? 0), Number(query.get('size'))) }),
		},
		{
			name: 'by a cursor in a header',
			file: {
				paging: {
					style: 'cursor',
					cursor_parameter: 'after',
					size_parameter: 'size',
					max_size: 100,
					next_header: 'X-Next',
				},
			},
			reply: (query) => {
				const start = Number(query.get('after') ?? 0);
				const end = start + Number(query.get('size'));
				return { body: slice(start, end - start), ...(end < 23 ? { headers: { 'x-next': String(end) } } : {}) };
			},
		},
		{
			name: 'by links of OData',
			file: {
				paging: { style: 'link', next_path: '@odata.nextLink', size_parameter: '$top', max_size: 100 },
				list: { records_path: 'value' },
			},
			reply: (query) => {
				const start = Number(query.get('$skiptoken') ?? 0);
				const size = Number(query.get('$top'));
				const next =
					start + size < 23 ? { '@odata.nextLink': `${BASE_URL}/things?$top=${size}&$skiptoken=${start + size}` } : {};
				return { body: { value: slice(start, size), ...next } };
			},
		},
		{
			name: 'by the Link header, relative',
			file: { paging: { style: 'link', size_parameter: 'size', max_size: 100 } },
			reply: (query) => {
				const start = Number(query.get('from') ?? 0);
				const size = Number(query.get('size'));
				const link = start + size < 23 ? `</api/v2/things?size=${size}&from=${start + size}>; rel="next"` : '';
				return { body: slice(start, size), headers: { link: `<x>; rel="first"${link ? `, ${link}` : ''}` } };
			},
		},
		{ name: 'in one answer', file: { paging: { style: 'none' } }, reply: () => ({ body: all }) },
	];
	for (const { name, file, reply } of cases)
		it(name, ({ expect }) => {
			const integration = vendorOf({ file });
			for (const limits of [[7], [23], [4, 10, 1]]) {
				const ids: unknown[] = [];
				let cursor: unknown = null;
				for (let page = 0; page === 0 || cursor !== null; page++) {
					if (page > 60) throw new Error('without end');
					const limit = Math.min(limits[page % limits.length] ?? 1, 10);
					const args = { limit, ...(cursor === null ? {} : { next_cursor: cursor }) };
					const { result } = run(integration, 'list', args, (request) => reply(queryOf(request), request));
					if (result.isError) throw new Error(JSON.stringify(result.structuredContent));
					ids.push(...(result.structuredContent.result as { id: number }[]).map(({ id }) => id));
					cursor = result.structuredContent.next_cursor;
				}
				expect(ids).toEqual(all.map(({ id }) => id));
			}
		});

	it('by a field of the last record, also where the caller did not ask for it', ({ expect }) => {
		const vendor = (fields: string[]) =>
			vendorOf({
				file: {
					paging: {
						style: 'cursor',
						cursor_parameter: 'after',
						size_parameter: 'size',
						max_size: 100,
						last_field: 'id',
					},
					list: { records_path: '', fields_parameter: 'fields' },
				},
				fields,
			});
		const answer = (request: UpstreamRequest) => {
			const fields = queryOf(request).get('fields')?.split(',') ?? [];
			return { body: all.slice(0, 2).map((one) => Object.fromEntries(fields.map((name) => [name, one.id]))) };
		};
		for (const fields of [['name'], ['name', 'id'], ['id']]) {
			const { structuredContent } = run(vendor(fields), 'list', { limit: 2 }, answer).result;
			expect(structuredContent.next_cursor, String(fields)).toEqual(expect.any(String));
		}
		const without = run(vendor(['name']), 'list', { limit: 1 }, () => ({ body: [{ name: 'a' }] })).result;
		expect([without.isError, without.structuredContent.message]).toEqual([
			true,
			expect.stringMatching(/sends records without id, by which its list goes on/),
		]);
	});

	it('or says that a cursor repeats', ({ expect }) => {
		const integration = vendorOf({
			file: {
				paging: {
					style: 'cursor',
					cursor_parameter: 'after',
					size_parameter: 'size',
					max_size: 100,
					next_path: 'next',
				},
				list: { records_path: 'items' },
			},
		});
		let count = 0;
		const answer = () => ({ body: { items: [{ id: ++count }], next: 'same' } });
		const first = run(integration, 'list', { limit: 1 }, answer).result.structuredContent;
		const { result } = run(integration, 'list', { limit: 1, next_cursor: first.next_cursor }, answer);
		expect(result.isError).toBe(true);
		expect(result.structuredContent.message).toMatch(/names the page that it sent as its next page/);
	});

	/** Pages of ten that say less, or otherwise, than the format asks for. */
	const ENDS: { name: string; paging: object; reply: (start: number) => object }[] = [
		...[
			{ more: { total: 'meta/total' } },
			{ more: { pages: 'meta/pages' } },
			{ more: { flag: 'meta/more' } },
			{ more: { total_header: 'X-Total' } },
		].flatMap((more) => [
			{
				name: `no ${Object.keys(more.more)[0]} where it is said to be, by page`,
				paging: { style: 'page', page_parameter: 'page', ...more },
				reply: () => ({}),
			},
			{
				name: `no ${Object.keys(more.more)[0]} where it is said to be, by offset`,
				paging: { style: 'offset', offset_parameter: 'skip', ...more },
				reply: () => ({}),
			},
		]),
		...[0, -1, '', null, undefined, false].map((next) => ({
			name: `the cursor ${JSON.stringify(next)} at the end`,
			paging: { style: 'cursor', cursor_parameter: 'after', next_path: 'next' },
			reply: (start: number) => ({ next: start + 10 < 30 ? start + 10 : next }),
		})),
		{
			name: 'a last page that is empty and names itself',
			paging: { style: 'cursor', cursor_parameter: 'after', next_path: 'next' },
			reply: (start: number) => ({ next: Math.min(start + 10, 30) }),
		},
		...[0, -1, ''].map((next) => ({
			name: `the number ${JSON.stringify(next)} of the next page at the end`,
			paging: { style: 'page', page_parameter: 'page', more: { next: 'next' } },
			reply: (start: number) => ({ next: start + 10 < 30 ? start / 10 + 2 : next }),
		})),
	];
	for (const { name, paging, reply } of ENDS)
		it(`to the end where there is ${name}`, ({ expect }) => {
			const integration = vendorOf({
				file: {
					paging: { size_parameter: 'size', max_size: 100, ...paging } as IntegrationFile['paging'],
					list: { records_path: 'items' },
				},
			});
			const rows = Array.from({ length: 30 }, (_, index) => ({ id: index + 1 }));
			const ids: unknown[] = [];
			let cursor: unknown = null;
			for (let page = 0; page < 9 && (page === 0 || cursor !== null); page++) {
				const args = { limit: 10, ...(cursor === null ? {} : { next_cursor: cursor }) };
				const { result } = run(integration, 'list', args, (request) => {
					const query = queryOf(request);
					const start = Number(query.get('after') ?? query.get('skip') ?? (Number(query.get('page') ?? 1) - 1) * 10);
					return { body: { items: rows.slice(start, start + 10), ...reply(start) } };
				});
				ids.push(...((result.structuredContent.result ?? ['an error']) as { id: number }[]).map(({ id }) => id));
				cursor = result.structuredContent.next_cursor;
			}
			expect([ids, cursor]).toEqual([rows.map(({ id }) => id), null]);
		});

	it('by a cursor of the type that the vendor answered, in a body', ({ expect }) => {
		const integration = vendorOf({
			file: {
				paging: {
					style: 'cursor',
					cursor_parameter: 'page/after',
					size_parameter: 'page/size',
					max_size: 100,
					next_path: 'next',
					in: 'body',
				},
				list: { records_path: 'items' },
			},
			methods: { list: { verb: 'POST' } },
		});
		for (const next of [991, '991', 'x==']) {
			const answer = () => ({ body: { items: [{ id: 1 }], next } });
			const { next_cursor } = run(integration, 'list', { limit: 1 }, answer).result.structuredContent;
			const { request } = run(integration, 'list', { limit: 1, next_cursor }, () => ({ body: { items: [{ id: 2 }] } }));
			expect(JSON.parse(String(request.body))).toEqual({ page: { after: next, size: 1 } });
		}
	});

	it('never by an address elsewhere', ({ expect }) => {
		for (const link of [
			'https://evil.example/api/v2/things?page=2',
			'https://acme.desk.example:444/api/v2/things',
			'https://user:word@acme.desk.example/api/v2/things',
			'https://acme.desk.example/admin',
			'https://acme.desk.example/api/v2/../v1/things',
			'http://acme.desk.example/api/v2/things',
			'//evil.example/api/v2/things',
		])
			expect(() => requestUrl({ baseUrl: BASE_URL, settings: {}, path: '/things', link }), link).toThrow(
				/another address/,
			);
	});

	it('without showing in its cursor what signs a request', ({ expect }) => {
		const integration = vendorOf({
			file: {
				auth: { scheme: 'query', parameters: { api_key: '{{client_secret}}' } },
				paging: { style: 'link', next_path: 'next', size_parameter: 'size', max_size: 100 },
				list: { records_path: 'items' },
			},
		});
		const next = `${BASE_URL}/things?size=1&api_key=telltale-secret&page=2`;
		const { result } = run(integration, 'list', { limit: 1 }, () => ({ body: { items: [{ id: 1 }], next } }));
		const cursor = String(result.structuredContent.next_cursor);
		expect(atob(cursor.split('.')[0]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).toContain('page=2');
		expect(atob(cursor.split('.')[0]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain('telltale');
		const signed = requestUrl({
			baseUrl: BASE_URL,
			settings: {},
			path: '/things',
			link: next,
			signature: [['api_key', 'k']],
		});
		expect(new URL(signed).searchParams.getAll('api_key')).toEqual(['k']);
	});
});

describe('a list without a filter', () => {
	const expression = (place: object): Filters =>
		({ ...TEXT_FILTERS, parameter: undefined, ...place, everything: 'id>0' }) as Filters;
	const cases: { name: string; filters: Filters; list: Partial<MethodFact>; asks: unknown }[] = [
		{
			name: 'asks for everything where it takes filters',
			filters: expression({ parameter: 'where' }),
			list: { query: ['where'] },
			asks: ['/things?where=id%3E0&page=1&size=25', undefined],
		},
		{
			name: 'asks for everything in its body',
			filters: expression({ path: 'jql' }),
			list: { verb: 'POST' },
			asks: ['/things?page=1&size=25', '{"jql":"id>0"}'],
		},
		{
			name: 'asks nothing where it takes none',
			filters: expression({ parameter: 'where' }),
			list: {},
			asks: ['/things?page=1&size=25', undefined],
		},
		{
			name: 'asks nothing by GET where filters go in a body',
			filters: expression({ path: 'jql' }),
			list: {},
			asks: ['/things?page=1&size=25', undefined],
		},
		{
			name: 'asks nothing by POST where filters go nowhere',
			filters: expression({ parameter: 'where' }),
			list: { verb: 'POST' },
			asks: ['/things?page=1&size=25', undefined],
		},
	];
	for (const { name, filters, list, asks } of cases)
		it(name, ({ expect }) => {
			const { path, body } = sentTo({ file: { filters }, methods: { list } });
			expect([path, body]).toEqual(asks);
		});
	const sentTo = (vendor: Vendor) => run(vendorOf(vendor), 'list', {}, () => ({ body: [] })).request;
});

describe('a write that is answered by what the vendor gives a record', () => {
	const record: RecordFact = {
		fields: {
			uid: { type: 'string', read_only: true },
			key: { type: 'string', read_only: true },
			name: { type: 'string' },
			size: { type: 'integer' },
		},
	};
	const vendor = vendorOf({ resource: { id_field: 'uid', id_type: 'string' }, record, body: ['name', 'size'] });
	const answers: { body: object; lost: string[] | undefined }[] = [
		{ body: { uid: 'a' }, lost: undefined },
		{ body: { uid: 'a', key: 'HELP-1', self: 'https://acme.desk.example/a' }, lost: undefined },
		{ body: { uid: 'a', key: 'HELP-1', name: 'x', size: 3 }, lost: undefined },
		{ body: { uid: 'a', key: 'HELP-1', name: 'x' }, lost: ['size'] },
		{ body: { uid: 'a', key: 'HELP-1', name: 'y', size: 3 }, lost: ['name'] },
	];
	for (const { body, lost } of answers)
		it(`${JSON.stringify(body)} loses ${lost ?? 'nothing'}`, ({ expect }) => {
			for (const method of ['create', 'update']) {
				const args = { ...(method === 'update' ? { id: 'a' } : {}), name: 'x', size: 3 };
				const { structuredContent } = run(vendor, method, args, () => ({ body })).result;
				expect(structuredContent.not_taken_over, method).toEqual(lost);
			}
		});
});

describe('an action without a record in its body', () => {
	for (const verb of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
		it(`by ${verb} sends no body, or what its constants say`, ({ expect }) => {
			for (const [constants, body] of [
				[undefined, undefined],
				[{ body: {} }, '{}'],
				[{ body: { reason: 'x' } }, '{"reason":"x"}'],
			] as const) {
				const action = { verb, path: '/things/{{id}}/restore', answers: 'nothing' as const };
				const vendor = vendorOf({ methods: { restore: { ...action, ...(constants ? { constants } : {}) } } });
				expect(run(vendor, 'restore', { id: 1 }, () => ({ status: 204 })).request.body).toBe(body);
			}
		});
});

describe('ids of another type than most', () => {
	const types = [
		['integer', 'string', '0012', '"0012"'],
		['integer', 'string', '12345678901234567890', '"12345678901234567890"'],
		['string', 'integer', '12', '12'],
	] as const;
	for (const [id_type, type, id, written] of types)
		it(`of ${type} among ${id_type} are asked for as ${written}`, async ({ expect }) => {
			const integration = vendorOf({
				file: {
					id_type,
					filters: TEXT_FILTERS,
					lookups: { user: { finds: ['User'], path: '/users', ask: { parameter: 'q' }, match: ['name'] } },
				},
				record: { fields: { id: { type: id_type }, owner: { type } } },
				body: [],
				methods: { list: { query: ['where'] } },
				filters: { owner: { field: 'owner', kind: 'record', target: 'User' } },
			});
			const operation = operationOf(integration, 'things.list');
			const text = JSON.stringify([{ id, name: 'Jane' }]);
			const ask: Ask = async () => ({ status: 200, headers: new Headers(), text, durationMs: 1 });
			const named = await resolveReferences(integration, operation, { owner: 'Jane' }, ask, { places: ['filter'] });
			if (!('args' in named)) throw new Error(JSON.stringify(named));
			const clock = { nowMs: NOW_MS, zone: 'UTC' };
			const { args } = applyListFilters(integration.file, operation, named.args, clock);
			expect(args.where).toBe(`owner=${written}`);
		});

	it('are read so from the address of what was created', ({ expect }) => {
		for (const [id_type, id] of [
			['string', '0012'],
			['integer', 12],
		] as const) {
			const vendor = vendorOf({
				file: { id_type: id_type === 'string' ? 'integer' : 'string' },
				resource: { id_type },
				methods: { create: { id_header: 'Location' } },
			});
			const answer = () => ({ status: 201, headers: { location: `${BASE_URL}/things/0012` } });
			expect(run(vendor, 'create', { name: 'x' }, answer).result.structuredContent.id).toBe(id);
		}
	});
});

describe('"me"', () => {
	for (const accountId of ['5b10a2844c20165700ede21g', '712020:4e8c', 'jane', 'a b/c', 17])
		it(`is not looked up again by the id ${accountId}`, async ({ expect }) => {
			const integration = vendorOf({
				file: {
					filters: { language: 'query_parameters' },
					id_type: typeof accountId === 'string' ? 'string' : 'integer',
					lookups: {
						user: {
							finds: ['User'],
							path: '/users',
							ask: { parameter: 'q' },
							id: 'accountId',
							match: ['name'],
							me: '/myself',
							record_path: '',
						},
					},
				},
				record: {
					fields: { id: { type: 'string', read_only: true }, owner: { type: 'string', target: 'User' } },
				},
				body: ['owner'],
				methods: { list: { query: ['owner'] } },
				filters: { owner: { field: 'owner', kind: 'record', target: 'User' } },
			});
			const asked: string[] = [];
			const ask: Ask = async ({ path }) => {
				asked.push(path);
				const text = JSON.stringify({ accountId, name: 'Jane Doe' });
				return { status: 200, headers: new Headers(), text, durationMs: 1 };
			};
			for (const [method, places] of [
				['create', undefined],
				['list', ['filter' as const]],
			] as const) {
				const operation = operationOf(integration, `things.${method}`);
				const own = await resolveMe(integration, operation, { owner: 'me' }, undefined, ask);
				if (!('args' in own)) throw new Error(JSON.stringify(own));
				const how = { known: own.resolved, ...(places ? { places } : {}) };
				const named = await resolveReferences(integration, operation, own.args, ask, how);
				expect(named, method).toMatchObject({ args: { owner: accountId } });
			}
			expect(asked).toEqual(['/myself', '/myself']);
		});
});

describe('a token request', () => {
	const owner = {
		accountIdentity: 'a',
		revision: 1,
		baseUrl: BASE_URL,
		credentials: { tenant: 'a/b', id: 'i:d', secret: 's&=' },
	};
	const client = { client_id: '{{id}}', client_secret: '{{secret}}' };
	const cases: { name: string; auth: TokenAuth; sends: object }[] = [
		{
			name: 'as a form, with a setting in its address',
			auth: { scheme: 'oauth2_client_credentials', token_path: '/token?tenant={{tenant}}', ...client, scope: 'all' },
			sends: {
				url: `${BASE_URL}/token?tenant=a%2Fb`,
				verb: 'POST',
				body: 'grant_type=client_credentials&client_id=i%3Ad&client_secret=s%26%3D&scope=all',
			},
		},
		{
			name: 'as JSON, for an audience',
			auth: {
				scheme: 'oauth2_client_credentials',
				token_path: 'https://login.vendor.example/{{tenant}}/token',
				...client,
				encoding: 'json',
				parameters: { audience: 'https://{{tenant}}' },
			},
			sends: {
				url: 'https://login.vendor.example/a%2Fb/token',
				body: '{"grant_type":"client_credentials","client_id":"i:d","client_secret":"s&=","audience":"https://a/b"}',
			},
		},
		{
			name: 'with the client in Basic',
			auth: { scheme: 'oauth2_client_credentials', token_path: '/token', ...client, client_in: 'basic' },
			sends: {
				headers: expectAll({ authorization: `Basic ${btoa('i%3Ad:s%26%3D')}` }),
				body: 'grant_type=client_credentials',
			},
		},
		{
			name: 'of a kind of its own',
			auth: {
				scheme: 'token_exchange',
				token_path: '/login',
				parameters: { user: '{{id}}', key: '{{secret}}' },
				request_headers: { 'X-Tenant': '{{tenant}}' },
				access_token_path: 'data/token',
				header: 'X-Session',
				header_value: '{{token}}',
			},
			sends: {
				verb: 'POST',
				headers: expectAll({ 'X-Tenant': 'a/b', 'content-type': 'application/json' }),
				body: '{"user":"i:d","key":"s&="}',
			},
		},
		{
			name: 'by GET',
			auth: { scheme: 'token_exchange', token_path: '/login', verb: 'GET', parameters: { key: '{{secret}}' } },
			sends: { url: `${BASE_URL}/login?key=s%26%3D`, verb: 'GET' },
		},
		{
			name: 'of a password, with a public client in Basic',
			auth: {
				scheme: 'token_exchange',
				token_path: '/token',
				encoding: 'form',
				basic: { username: 'public-client', password: 'public' },
				parameters: { grant_type: 'password', username: '{{id}}', password: '{{secret}}' },
			},
			sends: {
				headers: expectAll({ authorization: `Basic ${btoa('public-client:public')}` }),
				body: 'grant_type=password&username=i%3Ad&password=s%26%3D',
			},
		},
	];
	function expectAll(members: Record<string, string>) {
		return {
			asymmetricMatch: (value: unknown) =>
				Object.entries(members).every(([name, text]) => (value as Record<string, string>)[name] === text),
		};
	}
	for (const { name, auth, sends } of cases)
		it(name, ({ expect }) => expect(tokenRequest(owner, auth)).toMatchObject(sends));
});

describe('an answer', () => {
	const made = { id: 12, name: 'x' };
	const cases: {
		name: string;
		vendor?: Vendor;
		method: string;
		args?: Record<string, unknown>;
		answer: Answer;
		has: object;
		isError?: true;
		end?: object;
	}[] = [
		{
			name: 'of JSON:API is one record',
			vendor: { file: { record_path: 'data', lift: ['attributes'] }, resource: { id_type: 'string' } },
			method: 'get',
			args: { id: '7' },
			answer: { body: { data: { id: '7', type: 'things', attributes: { name: 'x' } } } },
			has: { id: '7', name: 'x' },
		},
		{
			name: 'with a Location alone tells the new id',
			vendor: { methods: { create: { id_header: 'Location' } } },
			method: 'create',
			args: { name: 'x' },
			answer: { status: 201, headers: { location: `${BASE_URL}/things/12?x=1` } },
			has: { id: 12 },
			end: { state: 'made', record_id: '12' },
		},
		{
			name: 'with a Location tells an id that is a text',
			vendor: { file: { id_type: 'string' }, methods: { create: { id_header: 'Location' } } },
			method: 'create',
			args: { name: 'x' },
			answer: { status: 201, headers: { location: '/things/3f2504e0' } },
			has: { id: '3f2504e0' },
			end: { state: 'made', record_id: '"3f2504e0"' },
		},
		{
			name: 'tells an id by another name',
			vendor: {
				methods: { create: { returns: 'Thing' } },
				resource: { id_field: 'sys_id' },
				file: { id_type: 'string', record_path: 'result' },
			},
			method: 'create',
			args: { name: 'x' },
			answer: { body: { result: { sys_id: 'abc', name: 'x' } } },
			has: { id: 'abc', name: 'x' },
			end: { state: 'made', record_id: '"abc"' },
		},
		{
			name: 'of null is none',
			vendor: { file: { record_path: 'item' } },
			method: 'get',
			args: { id: 7 },
			answer: { body: { item: null } },
			has: { statusCode: 404 },
			isError: true,
		},
		{
			name: 'of an empty list is none',
			vendor: { file: { record_path: 'data/0' } },
			method: 'get',
			args: { id: 7 },
			answer: { body: { data: [] } },
			has: { statusCode: 404 },
			isError: true,
		},
		{
			name: 'without its record says what it has',
			vendor: { file: { record_path: 'thing' } },
			method: 'get',
			args: { id: 7 },
			answer: { body: { things: [], count: 0 } },
			has: { statusCode: 502, message: expect_(/under "thing"; the answer has things, count/) },
			isError: true,
		},
		{
			name: 'of nothing is a list without records',
			vendor: { file: { list: { records_path: 'data', empty: [204] } } },
			method: 'list',
			answer: { status: 204 },
			has: { result: [], next_cursor: null },
		},
		{
			name: 'of null is a list without records',
			vendor: { file: { list: { records_path: 'data' } } },
			method: 'list',
			answer: { body: { data: null } },
			has: { result: [] },
		},
		{
			name: 'with chosen fields inside others',
			vendor: { fields: ['id', 'owner/name', 'tags/label'] },
			method: 'list',
			answer: { body: [{ id: 1, owner: { name: 'a', mail: 'b' }, tags: [{ label: 'c', color: 'd' }], note: 'e' }] },
			has: { result: [{ id: 1, owner: { name: 'a' }, tags: [{ label: 'c' }] }] },
		},
		{
			name: 'that is an error in a success',
			vendor: {
				file: {
					errors: {
						code: [],
						message: ['response_status/messages'],
						advice: {},
						in_success: { path: 'response_status/status', values: ['failed'], status: 'response_status/code' },
					},
				},
			},
			method: 'get',
			args: { id: 7 },
			answer: { body: { response_status: { status: 'failed', code: 403, messages: ['No right', 'Ask for one'] } } },
			has: { statusCode: 403, message: expect_(/No right; Ask for one/) },
			isError: true,
		},
		{
			name: 'by which the vendor refuses a write',
			vendor: { file: { errors: { code: [], message: ['errors/0'], items: 'errors', advice: {}, refuses: [500] } } },
			method: 'create',
			args: { name: 'x' },
			answer: { status: 500, body: { errors: ['too short', 'queue is missing'] } },
			has: { statusCode: 500, errors: [{ message: 'too short' }, { message: 'queue is missing' }] },
			isError: true,
			end: { state: 'unmade' },
		},
		...[
			{
				shape: 'texts by field',
				errors: { name: ["can't be blank", 'is short'], base: 'no' },
				item: undefined,
				has: [
					{ field: 'name', message: "can't be blank" },
					{ field: 'name', message: 'is short' },
					{ field: 'base', message: 'no' },
				],
			},
			{
				shape: 'objects with a pointer',
				errors: [{ title: 'Invalid', detail: 'is short', source: { pointer: '/data/name' } }],
				item: { field: 'source/pointer', message: 'detail', code: 'title' },
				has: [{ field: '/data/name', message: 'is short', code: 'Invalid' }],
			},
			{
				shape: 'objects by field',
				errors: { base: [{ description: 'blank', error: 'BlankValue' }] },
				item: { message: 'description', code: 'error' },
				has: [{ field: 'base', message: 'blank', code: 'BlankValue' }],
			},
			{ shape: 'one text', errors: 'no name', item: undefined, has: [{ message: 'no name' }] },
		].map(({ shape, errors, item, has }) => ({
			name: `with faults as ${shape}`,
			vendor: {
				file: { errors: { code: [], message: ['message'], items: 'errors', ...(item ? { item } : {}), advice: {} } },
			},
			method: 'create',
			args: { name: 'x' },
			answer: { status: 422, body: { message: 'Invalid', errors } },
			has: { statusCode: 422, errors: has },
			isError: true as const,
		})),
		{
			name: 'with faults below the faults of each element',
			vendor: {
				file: {
					errors: {
						code: [],
						message: ['Message'],
						items: 'Elements/*/ValidationErrors',
						item: { message: 'Message' },
						advice: {},
					},
				},
			},
			method: 'create',
			args: { name: 'x' },
			answer: {
				status: 400,
				body: {
					Message: 'A validation exception occurred',
					Elements: [
						{ ValidationErrors: [{ Message: 'a' }, { Message: 'b' }] },
						{},
						{ ValidationErrors: [{ Message: 'c' }] },
					],
				},
			},
			has: { errors: [{ message: 'a' }, { message: 'b' }, { message: 'c' }] },
			isError: true,
		},
		...[
			{ errors: [{ message: 'Unknown field' }], isError: true as const },
			{ errors: 'Unknown field', isError: true as const },
			{ errors: [], isError: undefined },
			{ errors: null, isError: undefined },
			{ errors: false, isError: undefined },
		].map(({ errors, isError }) => ({
			name: `with ${JSON.stringify(errors)} where an error would stand is ${isError ? 'one' : 'none'}`,
			vendor: {
				file: {
					record_path: 'data',
					errors: { code: [], message: ['errors/0/message'], in_success: { path: 'errors' }, advice: {} },
				},
			},
			method: 'get',
			args: { id: 12 },
			answer: { body: { data: made, errors } },
			has: isError ? { statusCode: 400 } : { id: 12 },
			...(isError ? { isError } : {}),
		})),
		{
			name: 'as it is',
			method: 'create',
			args: { name: 'x' },
			answer: { body: made },
			has: { id: 12, name: 'x' },
			end: { state: 'made', record_id: '12' },
		},
	];
	function expect_(pattern: RegExp) {
		return { asymmetricMatch: (value: unknown) => pattern.test(String(value)) };
	}
	for (const { name, vendor = {}, method, args = {}, answer, has, isError, end } of cases)
		it(name, ({ expect }) => {
			const { result, end: ended } = run(vendorOf(vendor), method, args, () => answer);
			expect(result.structuredContent).toMatchObject(has);
			expect(result.isError).toBe(isError ?? false);
			if (end) expect(ended).toEqual(end);
		});
});

describe('a name', () => {
	const agents = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ id: index + 1, name: `Agent N${index + 1}` }));
	const cases: [said: string, has: number, outcome: object][] = [
		['Agent N7', 150, { id: 7, name: 'Agent N7' }],
		['Agent N240', 99, { fault: expect_(/names no agent\. Nearest/) }],
		['Agent N240', 150, { fault: expect_(/is not among the first 100 records, and there may be more: give the id/) }],
	];
	function expect_(pattern: RegExp) {
		return { asymmetricMatch: (value: unknown) => pattern.test(String(value)) };
	}
	for (const [text, has, outcome] of cases)
		it(`${text} of ${has} is found, or not said to be nobody's where only a page was read`, async ({ expect }) => {
			const { file } = vendorOf({});
			const lookup = { path: '/agents', match: ['name'], is_small: true as const };
			const reference = {
				...{
					argument: 'agent',
					steps: [],
					field: 'agent',
					text,
					key: null,
					isBare: true,
					name: 'agent',
					lookup,
					scopes: {},
				},
			};
			const ask = async () => ({
				status: 200,
				headers: new Headers(),
				text: JSON.stringify(agents(Math.min(has, 100))),
				durationMs: 1,
			});
			expect(await findRecord(file, reference, {}, ask)).toEqual(outcome);
		});
});

describe('what customers see', () => {
	const says = 'Customers can see this note.';
	const cases: [
		visible_when: object,
		args: Record<string, unknown>,
		record: Record<string, unknown>,
		isSeen: boolean,
	][] = [
		[{ any_of: ['public'] }, { public: true }, {}, true],
		[{ any_of: ['public'] }, { public: false }, { public: false }, false],
		[{ any_false: ['private'] }, { private: true }, { private: true }, false],
		[{ any_false: ['private'] }, { private: false }, {}, true],
		[{ any_false: ['private'] }, {}, { private: false }, true],
		[{ any_false: ['private'] }, { private: false }, { private: true }, false],
		[{ any_false: ['private'] }, {}, {}, false],
	];
	for (const [visible_when, args, record, isSeen] of cases)
		it(`${JSON.stringify({ visible_when, args, record })}: ${isSeen}`, ({ expect }) => {
			const operation = vendorOf({}).operations.find(({ kind }) => kind === 'create');
			if (!operation) throw new Error('no create');
			const documentation = { ...operation.documentation, visible_when: { ...visible_when, says } };
			expect(visibility({ ...operation, documentation }, args, record)).toBe(isSeen ? says : null);
		});
});
