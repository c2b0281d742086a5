// Sorting, projection, paging and PATCH of the simulated vendor, as pure functions.

import { describe, it } from 'vitest';
import type { Page } from '../../sandbox/behaviour/paging.ts';
import { forwardPage, numberedPage } from '../../sandbox/behaviour/paging.ts';
import { applyPatch } from '../../sandbox/behaviour/patch.ts';
import type { Json, JsonObject } from '../../sandbox/schema/json.ts';
import { compileFields, compileOrderBy } from '../../sandbox/schema/order-and-fields.ts';
import { schemaOf } from '../../sandbox/schema/record-schemas.ts';
import { VendorError } from '../../sandbox/schema/vendor-errors.ts';

const records: JsonObject[] = [
	{ id: 1, summary: 'beta', priority: { sort: 2 }, _info: { lastUpdated: '2026-04-02T00:00:00Z' } },
	{ id: 2, summary: 'Alpha', priority: { sort: 1 }, _info: { lastUpdated: '2026-04-01T00:00:00Z' } },
	{ id: 3, summary: 'gamma', _info: { lastUpdated: '2026-04-03T00:00:00Z' } },
];

describe('orderBy', () => {
	const cases = [
		['id desc', [3, 2, 1]],
		['summary', [2, 1, 3]],
		['Summary ASC', [2, 1, 3]],
		['priority/sort asc', [3, 2, 1]],
		['priority/sort desc,id desc', [1, 2, 3]],
		['lastUpdated desc', [3, 1, 2]],
	] as const;
	for (const [text, ids] of cases) {
		it(text, ({ expect }) => {
			expect(records.toSorted(compileOrderBy(text, schemaOf('Ticket'))).map(({ id }) => id)).toEqual(ids);
		});
	}
	it('refuses unknown fields and directions', ({ expect }) => {
		for (const text of ['colour', 'id down', 'id asc desc', 'board', ',']) {
			expect(() => compileOrderBy(text, schemaOf('Ticket'))).toThrow(VendorError);
		}
	});
});

describe('fields', () => {
	const ticket: JsonObject = {
		id: 1,
		summary: 'x',
		board: { id: 1, name: 'Help Desk', _info: { board_href: 'b' } },
		_info: { lastUpdated: 'l', updatedBy: 'u' },
		customFields: [{ id: 7, caption: 'c', value: 1 }],
	};
	const cases: [string, Json][] = [
		['id,summary', { id: 1, summary: 'x' }],
		['ID, Board/Name', { id: 1, board: { name: 'Help Desk' } }],
		['board/id,board/name', { board: { id: 1, name: 'Help Desk' } }],
		['board/name,board', { board: { id: 1, name: 'Help Desk', _info: { board_href: 'b' } } }],
		['_info', { _info: { lastUpdated: 'l', updatedBy: 'u' } }],
		['_info/lastUpdated', { _info: { lastUpdated: 'l' } }],
		['customFields/value', { customFields: [{ value: 1 }] }],
		['owner/name', {}],
		['*', { id: 1 }],
	];
	for (const [text, expected] of cases) {
		it(text, ({ expect }) => expect(compileFields(text, schemaOf('Ticket'))(ticket)).toEqual(expected));
	}
	it('refuses unknown fields', ({ expect }) => {
		for (const text of ['id,colour', 'board/colour', 'summary/x', 'lastUpdated', 'dateEntered']) {
			expect(() => compileFields(text, schemaOf('Ticket'))).toThrow(VendorError);
		}
	});
});

describe('paging', () => {
	const items = Array.from({ length: 60 }, (_, index) => ({ id: index + 1 }));
	const url = (query: string): URL => new URL(`http://localhost/service/tickets?${query}`);
	const relations = (link: string | null): string[] =>
		[...(link ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel ?? '');

	it('gives 25 records unless told, with next and last', ({ expect }) => {
		const page = numberedPage(items, url('conditions=a'));
		expect(page.items.length).toBe(25);
		expect(relations(page.link)).toEqual(['next', 'last']);
		expect(page.link).toContain('page=2>; rel="next"');
		expect(page.link).toContain('conditions=a');
	});
	it('gives first and prev on the last page', ({ expect }) => {
		const page = numberedPage(items, url('page=3'));
		expect(page.items.map(({ id }) => id)).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
		expect(relations(page.link)).toEqual(['first', 'prev']);
	});
	it('is empty beyond the end, and without links when all fits', ({ expect }) => {
		expect(numberedPage(items, url('page=9')).items).toEqual([]);
		expect(numberedPage(items, url('pageSize=5000'))).toEqual({ items, link: null });
	});
	it('caps pageSize at 1000 in silence', ({ expect }) => {
		const many = Array.from({ length: 1001 }, (_, id) => ({ id }));
		expect(numberedPage(many, url('pageSize=5000')).items.length).toBe(1000);
	});
	it('refuses a page that is no number', ({ expect }) => {
		expect(() => numberedPage(items, url('page=two'))).toThrow(VendorError);
	});
	it('walks forward-only without loss', ({ expect }) => {
		const seen: number[] = [];
		let next: URL | null = url('pageSize=7&page=4');
		while (next) {
			const page: Page<{ id: number }> = forwardPage(items, next);
			seen.push(...page.items.map(({ id }) => id));
			const target: string | undefined = /<([^>]+)>; rel="next"/.exec(page.link ?? '')?.[1];
			next = target ? new URL(target) : null;
		}
		expect(seen).toEqual(items.map(({ id }) => id));
	});
	it('refuses orderBy when forward-only', ({ expect }) => {
		expect(() => forwardPage(items, url('orderBy=id'))).toThrow(VendorError);
	});
});

describe('patch', () => {
	const names = new Set(['id', 'summary', 'company', 'customFields']);
	const record: JsonObject = { id: 1, summary: 'old', company: { id: 2 } };
	const done: { name: string; operations: Json; result: JsonObject; written: string[] }[] = [
		{ name: 'nothing', operations: [], result: record, written: [] },
		{
			name: 'replace',
			operations: [{ op: 'replace', path: 'summary', value: 'new' }],
			result: { ...record, summary: 'new' },
			written: ['summary'],
		},
		{
			name: 'remove',
			operations: [{ op: 'remove', path: 'company' }],
			result: { ...record, company: null },
			written: ['company'],
		},
		{
			name: 'a false success for a path with a slash',
			operations: [
				{ op: 'replace', path: 'company/id', value: 9 },
				{ op: 'replace', path: '/summary', value: 'x' },
			],
			result: record,
			written: [],
		},
	];
	for (const { name, operations, result, written } of done) {
		it(name, ({ expect }) => expect(applyPatch(record, operations, names)).toEqual({ record: result, written }));
	}
	const refused: [string, Json][] = [
		['an object', { op: 'replace', path: 'summary', value: 'x' }],
		['a name in the wrong case', [{ op: 'replace', path: 'Summary', value: 'x' }]],
		['an unknown name', [{ op: 'replace', path: 'colour', value: 'x' }]],
		['another op', [{ op: 'test', path: 'summary', value: 'x' }]],
		['no path', [{ op: 'replace', value: 'x' }]],
		['no value', [{ op: 'replace', path: 'summary' }]],
		['one custom field', [{ op: 'replace', path: 'customFields', value: { id: 7 } }]],
		['a bare string', ['summary']],
	];
	for (const [name, operations] of refused) {
		it(`refuses ${name}`, ({ expect }) => expect(() => applyPatch(record, operations, names)).toThrow(VendorError));
	}
});
