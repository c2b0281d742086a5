// The vendor's answers, good and bad, as a model gets them.
import { describe, it } from 'vitest';
import { answerToResult } from '../../../workers/calls/answer/answer.ts';
import type { ToolResult } from '../../../workers/calls/outcome.ts';
import { utf8Length } from '../../../workers/lib/text.ts';
import { cleanRecord, toTable } from '../../../workers/vendor/records.ts';
import { type Arguments, call, connectWise, NOW_MS, requireCall, type SimulatedAnswer } from './calls.ts';

const file = connectWise.file;
const API = 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0/';

/** Shapes of rapid7/insightconnect-plugins plugins/connectwise, shortened. */
const TICKET = {
	id: 945370,
	summary: 'Printer offline at front desk',
	board: { id: 30, name: 'Network Security', _info: { board_href: `${API}/service/boards/30` } },
	company: {
		id: 23,
		identifier: 'Example',
		name: 'Example Company',
		_info: { company_href: `${API}/company/companies/23`, mobileGuid: '5ec9' },
	},
	contact: null,
	budgetHours: 0,
	closedFlag: false,
	automaticEmailCc: '',
	_info: {
		lastUpdated: '2022-09-02T08:29:34Z',
		updatedBy: 'user',
		dateEntered: '2022-09-02T08:29:33Z',
		enteredBy: 'user',
		notes_href: `${API}/service/tickets/945370/notes`,
		activities_href: `${API}/sales/activities?conditions=ticket/id=945370`,
	},
	customFields: [
		{ id: 7, caption: 'Dispatch Billing Required', type: 'Text', value: null, _info: { x_href: 'x' } },
		{ id: 37, caption: 'T&M Billing Required', type: 'Checkbox', value: false },
	],
};

describe('a record', () => {
	it('comes without nulls and links, its dates and authors stay', ({ expect }) => {
		expect(cleanRecord(file, TICKET)).toEqual({
			id: 945370,
			summary: 'Printer offline at front desk',
			board: { id: 30, name: 'Network Security' },
			company: { id: 23, identifier: 'Example', name: 'Example Company' },
			budgetHours: 0,
			closedFlag: false,
			automaticEmailCc: '',
			_info: {
				lastUpdated: '2022-09-02T08:29:34Z',
				updatedBy: 'user',
				dateEntered: '2022-09-02T08:29:33Z',
				enteredBy: 'user',
			},
			customFields: [
				{ id: 7, caption: 'Dispatch Billing Required', type: 'Text' },
				{ id: 37, caption: 'T&M Billing Required', type: 'Checkbox', value: false },
			],
		});
		expect(JSON.stringify(cleanRecord(file, TICKET))).not.toContain('href');
	});

	const cases: { name: string; given: unknown; kept: unknown }[] = [
		{ name: 'whose bookkeeping is only links', given: { id: 1, _info: { a_href: 'x' } }, kept: { id: 1 } },
		{ name: 'whose bookkeeping is no map', given: { id: 1, _info: 'x' }, kept: { id: 1 } },
		{ name: 'whose bookkeeping is null', given: { id: 1, _info: null }, kept: { id: 1 } },
		{
			name: 'with zeros, falses and empty texts',
			given: { a: 0, b: false, c: '', d: [], e: {} },
			kept: { a: 0, b: false, c: '', d: [], e: {} },
		},
		{
			name: 'with nulls inside an array, whose places count',
			given: { a: [1, null, { b: null }] },
			kept: { a: [1, null, {}] },
		},
		{
			name: 'of a note, its author without links',
			given: {
				id: 33213,
				text: 'note text',
				internalAnalysisFlag: true,
				member: { id: 637, identifier: 'user', _info: { image_href: `${API}system/members/637/image` } },
				_info: { lastUpdated: '2022-09-20T07:20:16Z', updatedBy: 'user' },
			},
			kept: {
				id: 33213,
				text: 'note text',
				internalAnalysisFlag: true,
				member: { id: 637, identifier: 'user' },
				_info: { lastUpdated: '2022-09-20T07:20:16Z', updatedBy: 'user' },
			},
		},
		{
			name: 'of a time entry, whose links carry a status of their own',
			given: {
				id: 1,
				actualHours: 0.73,
				hourlyCost: '10800.00',
				ticket: { id: 106, summary: 'x', _info: { ticket_href: 'x', billingMethod: 'A', status: '>Closed' } },
				enteredBy: 'tech1',
			},
			kept: { id: 1, actualHours: 0.73, hourlyCost: '10800.00', ticket: { id: 106, summary: 'x' }, enteredBy: 'tech1' },
		},
		{ name: 'that is a text', given: 'x', kept: 'x' },
		{ name: 'that is null', given: null, kept: null },
	];
	for (const { name, given, kept } of cases) {
		it(name, ({ expect }) => {
			const before = JSON.stringify(given);
			expect(cleanRecord(file, given)).toEqual(kept);
			expect(JSON.stringify(given)).toBe(before);
		});
	}

	// security: S-19
	it('with a key named __proto__ changes no prototype', ({ expect }) => {
		const cleaned = cleanRecord(file, JSON.parse('{"id":1,"__proto__":{"polluted":true}}'));
		expect(JSON.stringify(cleaned)).toContain('"id":1');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	// security: S-19
	it('with a key named __proto__ gets nothing of what stands under it', ({ expect }) => {
		const text = '{"id":1,"__proto__":{"name":"x\u200by","board":{"id":2}},"na\u200bme":"own"}';
		const { structuredContent } = call('tickets.get', { id: 1 }, { body: text });
		expect(structuredContent).toEqual({ id: 1, name: 'own', hidden_characters_removed: 1 });
		expect(structuredContent.board).toBeUndefined();
	});

	// security: S-19
	it('nested 50,000 levels deep is answered all the same', ({ expect }) => {
		const text = `{"id":1,"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
		const { isError, structuredContent } = call('tickets.get', { id: 1 }, { body: text });
		expect(isError).toBe(false);
		expect(JSON.stringify(structuredContent)).toContain('[nested too deeply]');
	});

	const answers: { name: string; key: string; args: Arguments; status?: number; body: unknown; content: unknown }[] = [
		{ name: 'of a get', key: 'tickets.get', args: { id: 1 }, body: { id: 1, owner: null }, content: { id: 1 } },
		{
			name: 'of a create (201)',
			key: 'tickets.create',
			args: { summary: 'x', company: { id: 1 } },
			status: 201,
			body: { id: 2, summary: 'x', company: { id: 1, name: 'Acme', _info: {} }, severity: 'Low' },
			content: { id: 2, summary: 'x', company: { id: 1, name: 'Acme' } },
		},
		{
			name: 'of an update',
			key: 'tickets.update',
			args: { id: 1, summary: 'y' },
			body: { id: 1, summary: 'y' },
			content: { id: 1, summary: 'y' },
		},
		{
			name: 'of an update that says nothing (204)',
			key: 'tickets.update',
			args: { id: 1, summary: 'y' },
			status: 204,
			body: '',
			content: { id: 1, ok: true },
		},
		{
			name: 'of a delete (204)',
			key: 'tickets.delete',
			args: { id: 1 },
			status: 204,
			body: '',
			content: { id: 1, deleted: true },
		},
		{
			name: 'of a delete that answers something',
			key: 'tickets.delete',
			args: { id: 1 },
			body: { id: 1, summary: 'x' },
			content: { id: 1, deleted: true },
		},
		{
			name: 'of a child’s delete',
			key: 'ticket_notes.delete',
			args: { ticket_id: 1, id: 2 },
			status: 204,
			body: '',
			content: { id: 2, deleted: true },
		},
		{
			name: 'of an action',
			key: 'tickets.merge',
			args: { id: 1, mergeTicketIds: [2], status: { id: 3 } },
			body: { success: true },
			content: { success: true },
		},
		{
			name: 'of an action that says nothing',
			key: 'tickets.attach_children',
			args: { id: 1, childTicketIds: [2] },
			status: 204,
			body: '',
			content: { ok: true },
		},
		{
			name: 'of an action that answers a list',
			key: 'tickets.copy',
			args: { id: 1 },
			body: [{ id: 5, x: null }],
			content: { result: [{ id: 5 }], result_count: 1 },
		},
		{
			name: 'of an action that answers a number',
			key: 'tickets.copy',
			args: { id: 1 },
			body: 5,
			content: { value: 5 },
		},
		{
			name: 'with an unusual 2xx (299)',
			key: 'tickets.get',
			args: { id: 1 },
			status: 299,
			body: { id: 1 },
			content: { id: 1 },
		},
		{
			name: 'of an enveloped list',
			key: 'cases.list',
			args: {},
			body: { data: { items: [{ id: 'a', links: ['x'] }] }, meta: {} },
			content: { result: [{ id: 'a' }], next_cursor: null, result_count: 1 },
		},
		{
			name: 'of an empty list',
			key: 'tickets.list',
			args: {},
			body: [],
			content: { result: [], next_cursor: null, result_count: 0 },
		},
	];
	for (const { name, key, args, status, body, content } of answers) {
		it(`${name} is ${JSON.stringify(content)}`, ({ expect }) => {
			const result = call(key, args, { ...(status === undefined ? {} : { status }), body });
			expect(result.structuredContent).toEqual(content);
			expect(result.isError).toBe(false);
			if (result.text !== undefined) expect(JSON.parse(result.text)).toEqual(content);
		});
	}
});

describe('a whole ticket', () => {
	const body = { id: 1, summary: 'x', currency: { id: 7 }, mobileGuid: 'g', estimatedTimeCost: 0 };
	const short = { id: 1, summary: 'x' };
	const cases: { name: string; key: string; args: Arguments; content: unknown }[] = [
		{ name: 'comes without what only costs', key: 'tickets.get', args: { id: 1 }, content: short },
		{ name: 'comes so after an update, too', key: 'tickets.update', args: { id: 1, summary: 'x' }, content: short },
		{
			name: 'comes so when the choice of fields is empty',
			key: 'tickets.get',
			args: { id: 1, fields: '' },
			content: short,
		},
		{ name: 'has every field when asked for', key: 'tickets.get', args: { id: 1, fields: '*' }, content: body },
		{ name: 'has what was named', key: 'tickets.get', args: { id: 1, fields: 'id,currency' }, content: body },
	];
	for (const { name, key, args, content } of cases) {
		it(name, ({ expect }) => {
			const asked: (string | null)[] = [];
			const { structuredContent } = call(key, args, (url) => {
				asked.push(url.searchParams.get('fields'));
				return { body };
			});
			expect(structuredContent).toEqual(content);
			expect(asked).toEqual([args.fields === 'id,currency' ? 'id,currency' : null]);
		});
	}
});

describe('a table', () => {
	const records = [
		{ id: 1, summary: 'a', status: { id: 5, name: 'New' }, tags: ['x', 'y'] },
		{ id: 2, summary: 'b', board: { id: 4 } },
	];
	const cases: { name: string; fields: string[] | null; columns: string[]; rows: unknown[][] }[] = [
		{
			name: 'has the requested paths for columns',
			fields: ['id', 'status/name', 'board/id', 'nothing/here'],
			columns: ['id', 'status/name', 'board/id', 'nothing/here'],
			rows: [
				[1, 'New', null, null],
				[2, null, 4, null],
			],
		},
		{
			name: 'takes every path of whole records',
			fields: null,
			columns: ['id', 'summary', 'status/id', 'status/name', 'tags', 'board/id'],
			rows: [
				[1, 'a', 5, 'New', ['x', 'y'], null],
				[2, 'b', null, null, null, 4],
			],
		},
		{
			name: 'keeps an object or an array that was asked for whole',
			fields: ['status', 'tags'],
			columns: ['status', 'tags'],
			rows: [
				[{ id: 5, name: 'New' }, ['x', 'y']],
				[null, null],
			],
		},
	];
	for (const { name, fields, columns, rows } of cases) {
		it(name, ({ expect }) => expect(toTable(records, fields)).toEqual({ columns, rows }));
	}

	it('of nothing is empty', ({ expect }) => {
		expect(toTable([], null)).toEqual({ columns: [], rows: [] });
		expect(toTable([], ['id'])).toEqual({ columns: ['id'], rows: [] });
	});

	it('holds the same data as the records, for fewer bytes', ({ expect }) => {
		const tickets = Array.from({ length: 25 }, (_, id) => ({ ...TICKET, id }));
		const answer: SimulatedAnswer = { headers: { link: '<x>; rel="next"' }, body: tickets };
		const fields = 'id,summary,board/name,company/name,closedFlag';
		for (const args of [{ fields }, { fields: '*' }, {}] as Arguments[]) {
			const asRecords = call('tickets.list', args, answer).structuredContent as {
				result: unknown[];
				next_cursor: string;
			};
			const asTable = call('tickets.list', args, answer, { listFormat: 'table' }).structuredContent as {
				columns: string[];
				rows: unknown[][];
				next_cursor: string;
			};
			expect(asTable.next_cursor).toBe(asRecords.next_cursor);
			expect(asTable).toMatchObject({ result_count: 25 });
			for (const [index, row] of asTable.rows.entries()) {
				for (const [column, path] of asTable.columns.entries()) {
					const value = path
						.split('/')
						.reduce<unknown>(
							(at, step) => (at as Record<string, unknown> | undefined)?.[step],
							asRecords.result[index],
						);
					expect(row[column]).toEqual(value ?? null);
				}
			}
			expect(JSON.stringify(asTable).length).toBeLessThan(JSON.stringify(asRecords).length * 0.75);
		}
	});
});

describe('a large answer', () => {
	/** About 7 KB each, as a whole ticket is. */
	const whole = (count: number, text = 'x'.repeat(6_900)) =>
		Array.from({ length: count }, (_, id) => ({ id, text, _info: { a_href: 'x' } }));

	for (const listFormat of ['records', 'table'] as const) {
		it(`of 1,000 whole rows is cut at a whole record below 60 KB (${listFormat})`, ({ expect }) => {
			const body = whole(1_000);
			expect(JSON.stringify(body).length).toBeGreaterThan(6_900_000);
			const { structuredContent, text, isError } = call(
				'tickets.list',
				{ limit: 1000, fields: '*' },
				{ body },
				{ listFormat },
			);
			const sent = JSON.stringify(structuredContent);
			expect(isError).toBe(false);
			expect(utf8Length(sent)).toBeLessThan(60_000);
			expect(utf8Length(sent)).toBeGreaterThan(50_000);
			expect(text).toBe(sent);
			const { result_count, next_cursor, notice } = structuredContent;
			expect(result_count).toBe(8);
			expect(next_cursor).toEqual(expect.any(String));
			expect(notice).toBe('Cut at 60 KB after 8 of 1000 records. Go on with next_cursor, or ask for fewer fields.');
		});
	}

	it('is cut at the budget of its server', ({ expect }) => {
		for (const [budgetBytes, fitting] of [
			[10_000, 1],
			[150_000, 21],
		] as const) {
			const given = { body: whole(1_000) };
			const { structuredContent, text } = call('tickets.list', { limit: 1000, fields: '*' }, given, { budgetBytes });
			expect(structuredContent.result_count).toBe(fitting);
			expect(structuredContent.notice).toMatch(`Cut at ${budgetBytes / 1_000} KB after ${fitting} of 1000 records.`);
			expect(utf8Length(text ?? '')).toBeLessThanOrEqual(budgetBytes);
			const single = call('tickets.get', { id: 1 }, { body: { id: 1, text: 'x'.repeat(120_000) } }, { budgetBytes });
			expect(JSON.stringify(single.structuredContent).length <= budgetBytes).toBe(true);
			expect(JSON.stringify(single.structuredContent).includes('[cut: ')).toBe(budgetBytes < 120_000);
		}
	});

	it('that has no next page is cut at whole items', ({ expect }) => {
		const rows = Array.from({ length: 1_000 }, (_, place) => [place, 'Help Desk', null, 'x'.repeat(200)]);
		const report = { column_definitions: [{ TicketNbr: { type: 'Numeric' } }], row_values: rows };
		const { structuredContent } = call('reports.get', { report_name: 'Service', limit: 1000 }, { body: report });
		const { row_values, notice, column_definitions } = structuredContent as Record<string, unknown[]>;
		expect(column_definitions).toEqual(report.column_definitions);
		expect(row_values).toEqual(rows.slice(0, row_values?.length));
		expect(notice).toBe(
			`Cut at 60 KB after ${row_values?.length} of 1000 in row_values. Narrow the question, or ask for less of each.`,
		);
		const bytes = utf8Length(JSON.stringify(structuredContent));
		expect(bytes).toBeGreaterThan(50_000);
		expect(bytes).toBeLessThanOrEqual(60_000);

		const args = { conditions: 'closedFlag = false', fields: '*' };
		const tickets = call('tickets.calculate_sla', args, { body: whole(1_000) }).structuredContent;
		expect(tickets.result_count).toBe((tickets.result as unknown[]).length);
		expect(tickets.notice).toContain(`after ${tickets.result_count} of 1000 in result`);
		expect(utf8Length(JSON.stringify(tickets))).toBeLessThanOrEqual(60_000);
		expect(call('tickets.calculate_sla', args, { body: [{ id: 1 }] }).structuredContent).toEqual({
			result: [{ id: 1 }],
			result_count: 1,
		});
	});

	it('shows bookkeeping that was chosen by its bare name, and does not call it empty', ({ expect }) => {
		const body = [{ id: 1, _info: { dateEntered: '2026-04-01T08:00:00Z' } }];
		const chosen = (fields: string) => call('tickets.list', { fields }, { body }).structuredContent;
		expect(chosen('id,dateEntered')).toEqual({ result: body, next_cursor: null, result_count: 1 });
		expect(chosen('id,lastUpdated')).toMatchObject({ notice: 'Empty in all of these: lastUpdated.' });
	});

	it('of a reading that lists without pages comes as a table where the server wants one', ({ expect }) => {
		const body = [{ id: 1, status: { name: 'New' }, slaStatus: 'Resolve by noon' }, { id: 2 }];
		const table = (fields: string) =>
			call('tickets.calculate_sla', { conditions: 'closedFlag = false', fields }, { body }, { listFormat: 'table' })
				.structuredContent;
		expect(table('id,status/name,slaStatus')).toEqual({
			columns: ['id', 'status/name', 'slaStatus'],
			rows: [
				[1, 'New', 'Resolve by noon'],
				[2, null, null],
			],
			result_count: 2,
		});
		expect(table('*')).toMatchObject({ columns: ['id', 'status/name', 'slaStatus'], result_count: 2 });
	});

	it('counts bytes, not characters', ({ expect }) => {
		const { structuredContent } = call(
			'tickets.list',
			{ limit: 1000, fields: '*' },
			{ body: whole(100, '你'.repeat(2_000)) },
		);
		expect(new TextEncoder().encode(JSON.stringify(structuredContent)).length).toBeLessThan(60_000);
		expect(structuredContent.result_count).toBe(9);
	});

	/** Over the budget by its many members: no text in it is long. */
	const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`field${index}`, 'x'.repeat(40)]));

	it('whose first record alone is over the budget, with no long text in it, still delivers it', ({ expect }) => {
		for (const listFormat of ['records', 'table'] as const) {
			const { structuredContent } = call('tickets.list', { fields: '*' }, { body: [wide, wide, wide] }, { listFormat });
			expect(structuredContent).toEqual({
				...(listFormat === 'table' ? { columns: Object.keys(wide), rows: [Object.values(wide)] } : { result: [wide] }),
				result_count: 1,
				next_cursor: expect.any(String),
				notice: 'Cut at 60 KB after 1 of 3 records. Go on with next_cursor, or ask for fewer fields.',
			});
		}
	});

	it('whose records alone are over the budget has their long texts shortened, visibly', ({ expect }) => {
		const text = `${'x'.repeat(8_000)}… [cut: 80000 characters]`;
		for (const listFormat of ['records', 'table'] as const) {
			const body = [...whole(2, 'x'.repeat(80_000)), { id: 2, text: 'y'.repeat(9_000) }];
			const { structuredContent, text: sent } = call('tickets.list', { fields: '*' }, { body }, { listFormat });
			const rows = [
				[0, text],
				[1, text],
				[2, 'y'.repeat(9_000)],
			];
			expect(structuredContent).toEqual({
				...(listFormat === 'table'
					? { columns: ['id', 'text'], rows }
					: { result: rows.map(([id, text]) => ({ id, text })) }),
				result_count: 3,
				next_cursor: null,
			});
			expect(JSON.parse(sent ?? '')).toEqual(structuredContent);
		}
	});

	const long = (length: number, count: number) =>
		Object.fromEntries(Array.from({ length: count }, (_, index) => [`text${index}`, 'x'.repeat(length)]));
	const single: { name: string; given: Record<string, unknown>; kept: Record<string, unknown> }[] = [
		{ name: 'that just fits comes whole', given: { a: 'x'.repeat(59_992) }, kept: { a: 'x'.repeat(59_992) } },
		{
			name: 'one byte over the budget is shortened',
			given: { a: 'x'.repeat(59_993) },
			kept: { a: `${'x'.repeat(8_000)}… [cut: 59993 characters]` },
		},
		{
			name: 'counts bytes and tells characters',
			given: { a: '你'.repeat(20_001), b: 'x'.repeat(8_000) },
			kept: { a: `${'你'.repeat(8_000)}… [cut: 20001 characters]`, b: 'x'.repeat(8_000) },
		},
		{
			name: 'is shortened at every depth, and nowhere else',
			given: { id: 1, ticket: { notes: ['short', 'x'.repeat(70_000)] }, isOpen: true },
			kept: { id: 1, ticket: { notes: ['short', `${'x'.repeat(8_000)}… [cut: 70000 characters]`] }, isOpen: true },
		},
		...[
			{ length: 5_000, count: 20, to: 2_000 },
			{ length: 1_500, count: 60, to: 500 },
			{ length: 400, count: 200, to: 100 },
		].map(({ length, count, to }) => ({
			name: `of ${count} texts of ${length} characters keeps ${to} of each`,
			given: { id: 1, summary: 'y'.repeat(100), ...long(length, count) },
			kept: {
				id: 1,
				summary: 'y'.repeat(100),
				...Object.fromEntries(
					Object.keys(long(length, count)).map((key) => [key, `${'x'.repeat(to)}… [cut: ${length} characters]`]),
				),
			},
		})),
		{ name: 'with no long text in it comes whole', given: wide, kept: wide },
	];
	for (const { name, given, kept } of single) {
		it(`of a single record ${name}`, ({ expect }) => {
			const { structuredContent, isError } = call('tickets.get', { id: 1 }, { body: given });
			expect(isError).toBe(false);
			expect(structuredContent).toEqual(kept);
		});
	}

	it('that fits says nothing of a cut', ({ expect }) => {
		const { structuredContent } = call('tickets.list', { fields: '*' }, { body: whole(8) });
		expect(structuredContent).toMatchObject({ result_count: 8, next_cursor: null });
		expect(structuredContent).not.toHaveProperty('notice');
	});

	const texts = ['', 'plain', 'Ä', 'ß€', '你好', '👩‍💻', '\ud800', 'a\u0000b', '\u{1F600}'.repeat(50)];
	it('is measured in UTF-8 as it is sent', ({ expect }) => {
		for (const text of texts) {
			const json = JSON.stringify(text);
			expect(utf8Length(json), json).toBe(new TextEncoder().encode(json).length);
		}
	});
});

describe('an error of ConnectWise', () => {
	const invalid = (record: string, ...errors: object[]) => ({
		code: 'InvalidObject',
		message: `${record} object is invalid`,
		errors,
	});
	const CORRECT = 'Correct the arguments and call again.';
	const SYNTAX =
		'Check the syntax (strings in quotes, dates in brackets) and the field names: as a record shows them, references as board/name.';
	const ROUTE = "The account's company id or site is wrong: ask the operator to test the connection.";
	const cases: { name: string; key?: string; answer: SimulatedAnswer; content: Record<string, unknown> }[] = [
		{
			name: 'a company that is not there',
			answer: {
				status: 400,
				body: invalid('ticket', {
					code: 'NotFound',
					message: 'company 19299 not found',
					resource: 'ticket',
					field: 'company/id',
				}),
			},
			content: {
				statusCode: 400,
				error: 'Bad Request',
				message: `ConnectWise PSA: ticket object is invalid. ${CORRECT}`,
				code: 'InvalidObject',
				errors: [{ field: 'company/id', message: 'company 19299 not found', code: 'NotFound' }],
			},
		},
		{
			name: 'a status of another board',
			answer: {
				status: 400,
				body: invalid('ticket', {
					code: 'NotFound',
					message: 'Service Status 17 not found for Service Board 21',
					resource: 'ticket',
					field: 'status/id',
				}),
			},
			content: {
				code: 'InvalidObject',
				errors: [{ field: 'status/id', message: 'Service Status 17 not found for Service Board 21', code: 'NotFound' }],
			},
		},
		{
			name: 'several fields',
			answer: {
				status: 400,
				body: invalid(
					'company',
					{
						code: 'OutOfRange',
						message: 'The field yearEstablished must be between 1900 and 9999.',
						resource: 'company',
						field: 'yearEstablished',
					},
					{
						code: 'OutOfRange',
						message: 'The field revenueYear must be between 1900 and 9999.',
						resource: 'company',
						field: 'revenueYear',
					},
				),
			},
			content: {
				errors: [
					{
						field: 'yearEstablished',
						message: 'The field yearEstablished must be between 1900 and 9999.',
						code: 'OutOfRange',
					},
					{ field: 'revenueYear', message: 'The field revenueYear must be between 1900 and 9999.', code: 'OutOfRange' },
				],
			},
		},
		{
			name: 'a text that is too long, without a field',
			answer: {
				status: 400,
				body: invalid('ticket', {
					code: 'MaxLengthField',
					message: 'The field summary must be a string with a maximum length of 100.',
				}),
			},
			content: {
				errors: [
					{ message: 'The field summary must be a string with a maximum length of 100.', code: 'MaxLengthField' },
				],
			},
		},
		{
			name: 'a code that is taken',
			answer: {
				status: 400,
				body: invalid('company', {
					code: 'ObjectExists',
					message: 'Company ID already in use.',
					resource: 'company',
					field: 'identifier',
				}),
			},
			content: { errors: [{ field: 'identifier', message: 'Company ID already in use.', code: 'ObjectExists' }] },
		},
		{
			name: 'an id that is missing',
			answer: {
				status: 400,
				body: invalid('configuration', {
					code: 'MissingRequiredField',
					message: 'id or deviceIdentifier is required.',
					resource: 'configuration',
					field: 'id',
				}),
			},
			content: {
				errors: [{ field: 'id', message: 'id or deviceIdentifier is required.', code: 'MissingRequiredField' }],
			},
		},
		{
			name: 'a note without a place',
			answer: {
				status: 400,
				body: invalid('serviceNote', {
					code: 'ServiceNote',
					message: 'Please choose where to display the notes in order to save this record.',
					resource: 'serviceNote',
					field: 'detailDescriptionFlag, internalAnalysisFlag, resolutionFlag',
				}),
			},
			content: {
				message:
					'ConnectWise PSA: serviceNote object is invalid. Set internalAnalysisFlag, detailDescriptionFlag or resolutionFlag to true.',
				code: 'InvalidObject',
				errors: [
					{
						field: 'detailDescriptionFlag, internalAnalysisFlag, resolutionFlag',
						message: 'Please choose where to display the notes in order to save this record.',
						code: 'ServiceNote',
					},
				],
			},
		},
		{
			name: 'of a field that the record has but that cannot be asked for, without a guess',
			answer: { status: 400, body: { code: 'ApiFindCondition', message: 'board/name is not a recognized name.' } },
			content: {
				statusCode: 400,
				message: `ConnectWise PSA: board/name is not a recognized name. ${SYNTAX}`,
			},
		},
		{
			name: 'a condition on an unknown name',
			answer: { status: 400, body: { code: 'ApiFindCondition', message: 'typeids is not a recognized name.' } },
			content: {
				code: 'ApiFindCondition',
				message: `ConnectWise PSA: typeids is not a recognized name. Did you mean "type"? ${SYNTAX}`,
			},
		},
		{
			name: 'a condition on an unknown enum value',
			answer: { status: 400, body: { code: 'ApiFindCondition', message: 'Enum value supplied was invalid' } },
			content: { message: `ConnectWise PSA: Enum value supplied was invalid. ${SYNTAX}` },
		},
		{
			name: 'a company or codebase that cannot be routed (plain text)',
			answer: {
				status: 400,
				headers: { 'content-type': 'text/plain' },
				body: 'Cannot route. Codebase/company is invalid',
			},
			content: { statusCode: 400, message: `ConnectWise PSA: Cannot route. Codebase/company is invalid. ${ROUTE}` },
		},
		{
			name: 'the same, labelled as HTML',
			answer: {
				status: 400,
				headers: { 'content-type': 'text/html' },
				body: 'Cannot route. Codebase/company is invalid',
			},
			content: { statusCode: 400, message: `ConnectWise PSA: Cannot route. Codebase/company is invalid. ${ROUTE}` },
		},
		{
			name: 'keys that are not accepted',
			answer: { status: 401, body: { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' } },
			content: {
				statusCode: 401,
				error: 'Unauthorized',
				code: 'ConnectWiseApi',
				message: /^ConnectWise PSA: UserNotAuthenticated\. .*operator/,
			},
		},
		{
			name: 'a right that is missing',
			answer: {
				status: 403,
				body: { code: 'Security', message: 'You do not have security permission to perform this action.' },
			},
			content: {
				statusCode: 403,
				error: 'Forbidden',
				code: 'Security',
				message: /permission to perform this action\. .*security role/,
			},
		},
		{
			name: 'a sign-in host, whose errors are null',
			answer: { status: 403, body: { code: 'Security', message: 'SSL is required.', errors: null } },
			content: {
				code: 'Security',
				message:
					"ConnectWise PSA: SSL is required. The account's base_url is the sign-in host, not the API's: ask the operator to test the connection.",
			},
		},
		{
			name: 'a ticket that is not there',
			answer: { status: 404, body: { code: 'NotFound', message: 'Service Ticket 404 not found' } },
			content: {
				statusCode: 404,
				error: 'Not Found',
				code: 'NotFound',
				message: /^ConnectWise PSA: Service Ticket 404 not found\. Check the id/,
			},
		},
		{
			name: 'an endpoint that is too new',
			answer: { status: 404, body: { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' } },
			content: {
				statusCode: 404,
				code: 'ConnectWiseApi',
				message:
					'ConnectWise PSA: The endpoint does not exist. This ConnectWise does not offer the operation, or is older than it: use another tool.',
			},
		},
		{
			name: 'a conflict without a body',
			answer: { status: 409, body: '' },
			content: {
				statusCode: 409,
				error: 'Conflict',
				message: /^ConnectWise PSA answered 409 Conflict\. The record is in use/,
			},
		},
		{
			name: 'a teapot',
			answer: { status: 418, body: '' },
			content: {
				statusCode: 418,
				error: 'Request Error',
				message: `ConnectWise PSA answered 418 Request Error. ${CORRECT}`,
			},
		},
		{
			name: 'too many requests',
			answer: {
				status: 429,
				headers: { 'retry-after': '30' },
				body: { error: 'ConnectWiseAPI', message: 'Too many requests. Please try again in 30 seconds.' },
			},
			content: {
				statusCode: 429,
				error: 'Too Many Requests',
				code: 'ConnectWiseAPI',
				retry_after_seconds: 30,
				message: /try again in 30 seconds\. Wait/,
			},
		},
		{
			name: 'a timeout behind the gateway (spelt as sent)',
			answer: { status: 500, body: { code: 'ConnectWiseApi', message: 'A timeout has occured. Please try again.' } },
			content: {
				statusCode: 500,
				error: 'Internal Server Error',
				code: 'ConnectWiseApi',
				message: /^ConnectWise PSA: A timeout has occured\. Please try again\. [A-Z]/,
			},
		},
		{
			name: 'a value that is refused as a 500',
			answer: {
				status: 500,
				body: { code: 'ConnectWiseApi', message: 'String was not recognized as a valid Boolean.' },
			},
			content: { code: 'ConnectWiseApi', message: /String was not recognized as a valid Boolean\./ },
		},
		{
			name: 'a gateway’s plain text',
			answer: { status: 503, body: 'Service Unavailable' },
			content: { statusCode: 503, message: /^ConnectWise PSA: Service Unavailable\. / },
		},
		{
			name: 'half a JSON',
			answer: { status: 400, body: '{"code":"Inva' },
			content: { statusCode: 400, message: `ConnectWise PSA answered 400 Bad Request. ${CORRECT}` },
		},
		{
			name: 'errors that are texts',
			answer: { status: 400, body: { message: 'x', errors: ['first', 'second'] } },
			content: { errors: [{ message: 'first' }, { message: 'second' }] },
		},
		{
			name: 'errors of another shape',
			answer: { status: 400, body: { message: 'x', errors: [{ detail: 'd', note: null }, 5, null] } },
			content: { errors: [{ message: '{"detail":"d"}' }, { message: '5' }, { message: 'null' }] },
		},
		{
			name: 'a message that is no text',
			answer: { status: 400, body: { code: 5, message: { a: 1 }, errors: 'no' } },
			content: { message: `ConnectWise PSA answered 400 Bad Request. ${CORRECT}`, errors: [{ message: 'no' }] },
		},
	];
	const html: [name: string, headers: Record<string, string>, body: string][] = [
		[
			'a whole page',
			{ 'content-type': 'text/html; charset=utf-8' },
			'<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><script>x</script></body></html>',
		],
		['a page without a label', {}, '\n  <HTML><title>Error</title></HTML>'],
		['a page that begins with a comment', { 'content-type': 'text/plain' }, '<!-- IIS --><h1>Server Error</h1>'],
		['a fragment', { 'content-type': 'text/html' }, 'Server Error <b>in</b> Application'],
		['XML', {}, '<?xml version="1.0"?><Error>x</Error>'],
	];
	for (const [name, headers, body] of html) {
		cases.push({
			name: `HTML: ${name}`,
			answer: { status: 502, headers, body },
			content: { statusCode: 502, error: 'Bad Gateway', message: /^ConnectWise PSA answered 502 Bad Gateway\. [^<]*$/ },
		});
	}

	for (const { name, answer, content } of cases) {
		it(`${name} (${answer.status})`, ({ expect }) => {
			const { structuredContent, isError } = call('tickets.get', { id: 404 }, answer);
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({ statusCode: answer.status, is_remote_error: true });
			for (const [key, value] of Object.entries(content)) {
				if (value instanceof RegExp) expect(structuredContent[key], key).toMatch(value);
				else expect(structuredContent[key], key).toEqual(value);
			}
			const allowed = ['statusCode', 'error', 'message', 'is_remote_error', 'code', 'errors', 'retry_after_seconds'];
			expect(Object.keys(structuredContent).filter((key) => !allowed.includes(key))).toEqual([]);
			if (!('code' in content) && typeof answer.body === 'string') expect(structuredContent).not.toHaveProperty('code');
			if (!('errors' in content)) expect(structuredContent).not.toHaveProperty('errors');
			expect(String(structuredContent.message)).toMatch(/[.!?]$/);
		});
	}

	it('gets the first advice that fits: by its words, a field error, its code, its status, its class', ({ expect }) => {
		const order = ['text:CANNOT be', 'FieldCode', 'VendorCode', '422', '4xx'];
		const say = (known: string[], status = 422) => {
			const advice = Object.fromEntries(known.toReversed().map((key) => [key, `Advice of ${key}.`]));
			const errors = [
				{ message: 'x', code: 'Other' },
				{ message: 'y', code: 'FieldCode' },
			];
			return answerToResult(
				{
					status,
					headers: new Headers(),
					text: JSON.stringify({ code: 'VendorCode', message: 'This cannot be', errors }),
					durationMs: 1,
				},
				{
					integration: { ...file, errors: { ...file.errors, advice } },
					...requireCall('tickets.get', { id: 1 }),
					nowMs: NOW_MS,
					secrets: [],
				},
			).structuredContent.message;
		};
		for (const [index, key] of order.entries())
			expect(say(['text:nothing like it', ...order.slice(index), '5xx'])).toBe(
				`ConnectWise PSA: This cannot be. Advice of ${key}.`,
			);
		expect(say(['5xx', '500', '423'])).toBe('ConnectWise PSA: This cannot be.');
		expect(say(['4xx', '5xx', '500'], 503)).toBe('ConnectWise PSA: This cannot be. Advice of 5xx.');
		expect(say(['4xx', '500'], 503)).toBe('ConnectWise PSA: This cannot be.');
	});

	it('whose code names a part of an object gets the advice of its status', ({ expect }) => {
		for (const code of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
			const { structuredContent } = call('tickets.get', { id: 1 }, { status: 400, body: { code, message: 'x' } });
			expect(structuredContent.message).toBe(`ConnectWise PSA: x. ${CORRECT}`);
		}
	});

	it('of a write says that its outcome is unknown when a gateway gave up', ({ expect }) => {
		const UNKNOWN = 'Whether the change was made is unknown: read the record before you repeat the call.';
		const say = (key: string, args: Arguments, status: number) =>
			String(call(key, args, { status, body: '' }).structuredContent.message);
		for (const status of [500, 502, 503, 504]) {
			expect(say('tickets.update', { id: 1, summary: 'x' }, status)).toContain(UNKNOWN);
			expect(say('tickets.copy', { id: 1 }, status)).toContain(UNKNOWN);
			expect(say('tickets.get', { id: 1 }, status)).not.toContain(UNKNOWN);
		}
		for (const status of [400, 404, 409, 429])
			expect(say('tickets.update', { id: 1, summary: 'x' }, status)).not.toContain('unknown');
	});

	it('reaches a model within bounds', ({ expect }) => {
		const long = 'x'.repeat(10_000_000);
		const many = Array.from({ length: 1_000 }, () => ({
			field: 'f'.repeat(5_000),
			message: 'm'.repeat(5_000),
			code: 'c'.repeat(5_000),
		}));
		const bodies: unknown[] = [
			long,
			{ message: long },
			{ code: long, message: 'x' },
			{ message: 'x', errors: many },
			{ errors: [long] },
			{ errors: [{ message: { a: long } }] },
		];
		for (const body of bodies) {
			const { structuredContent } = call('tickets.get', { id: 1 }, { status: 400, body });
			expect(JSON.stringify(structuredContent).length).toBeLessThan(25_000);
			expect(String(structuredContent.message).length).toBeLessThan(800);
		}
		const { structuredContent } = call('tickets.get', { id: 1 }, { status: 400, body: { message: 'x', errors: many } });
		expect(structuredContent.errors).toHaveLength(20);
	});

	it('holds no credential that the vendor repeats', ({ expect }) => {
		const secrets = ['prïvé:Key+9Xw==', 'QWNtZStwdWI='];
		const prepared = requireCall('tickets.get', { id: 1 });
		const bodies = [
			`Wrong key prïvé:Key+9Xw== given`,
			JSON.stringify({
				code: 'prïvé:Key+9Xw==',
				message: `Authorization: Basic QWNtZStwdWI= is wrong`,
				errors: [
					{ field: 'QWNtZStwdWI=', message: 'prïvé:Key+9Xw==', code: 'QWNtZStwdWI=' },
					{ other: 'prïvé:Key+9Xw==' },
					'QWNtZStwdWI=',
				],
			}),
			JSON.stringify({ message: `${'x'.repeat(490)}prïvé:Key+9Xw==` }),
		];
		for (const text of bodies) {
			const { structuredContent } = answerToResult(
				{ status: 401, headers: new Headers(), text, durationMs: 1 },
				{ integration: file, ...prepared, nowMs: NOW_MS, secrets },
			);
			const sent = JSON.stringify(structuredContent);
			expect(sent).toMatch(/\[credential\]|x{400}/);
			for (const secret of ['prïvé', 'QWNt']) expect(sent).not.toContain(secret);
		}
	});
});

describe('a good status with a bad body', () => {
	const cases: { name: string; key?: string; args?: Arguments; answer: SimulatedAnswer; says: RegExp }[] = [
		{
			name: 'HTML',
			answer: { headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' },
			says: /^ConnectWise PSA answered with an HTML page instead of data \(status 200\)\. /,
		},
		{ name: 'nothing', answer: { body: '' }, says: /^ConnectWise PSA answered with an empty body\. / },
		{ name: 'nothing but spaces', answer: { body: ' \r\n ' }, says: /an empty body\./ },
		{ name: 'nothing (204)', answer: { status: 204, body: '' }, says: /an empty body\./ },
		{
			name: 'half a JSON',
			answer: { body: '[{"id":1},{"id"' },
			says: /^ConnectWise PSA answered with a text that is no complete JSON \(status 200\)\. /,
		},
		{ name: 'plain text', answer: { body: 'OK' }, says: /a text that is no complete JSON/ },
		{
			name: 'an object in place of a list',
			key: 'tickets.list',
			args: {},
			answer: { body: { id: 1 } },
			says: /^ConnectWise PSA answered with something other than a list; the answer has id\. /,
		},
		{
			name: 'null in place of a list',
			key: 'tickets.list',
			args: {},
			answer: { body: 'null' },
			says: /something other than a list/,
		},
		{
			name: 'another envelope',
			key: 'cases.list',
			args: {},
			answer: { body: { items: [] } },
			says: /^Acme Desk answered with something other than a list under "data\/items"; the answer has items\. /,
		},
	];
	for (const { name, key = 'tickets.get', args = { id: 1 }, answer, says } of cases) {
		it(`${name} is an error of ours about it`, ({ expect }) => {
			const { structuredContent, isError } = call(key, args, answer);
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({
				statusCode: 502,
				error: 'Bad Gateway',
				is_remote_error: true,
				code: 'upstream_bad_answer',
			});
			expect(structuredContent.message).toMatch(says);
		});
	}

	it('after a write says that the outcome is unknown', ({ expect }) => {
		const { structuredContent } = call(
			'tickets.create',
			{ summary: 'x', company: { id: 1 } },
			{ status: 201, body: '' },
		);
		expect(structuredContent.message).toBe(
			'ConnectWise PSA answered with an empty body. Whether the change was made is unknown: read the record before you repeat the call.',
		);
	});

	it('a status that is neither good nor bad is said', ({ expect }) => {
		for (const status of [100, 199, 304]) {
			const { structuredContent, isError } = call('tickets.get', { id: 1 }, { status, body: '' });
			expect(isError).toBe(true);
			expect(structuredContent.message).toContain(`the unexpected status ${status}`);
		}
	});
});

describe('rate-limit headers', () => {
	const DATE = new Date(NOW_MS + 90_000).toUTCString();
	const PAST = new Date(NOW_MS - 90_000).toUTCString();
	/** `limited`: of a 429, where it differs. */
	const cases: {
		name: string;
		given: Record<string, string>;
		passed: Record<string, string>;
		limited?: Record<string, string>;
		retryAfter?: number;
	}[] = [
		{ name: 'none', given: {}, passed: {} },
		{
			name: 'Retry-After in seconds',
			given: { 'Retry-After': '30' },
			passed: { 'retry-after': '30', 'ratelimit-reset': '30' },
			retryAfter: 30,
		},
		{
			name: 'Retry-After as a date',
			given: { 'Retry-After': DATE },
			passed: { 'retry-after': '90', 'ratelimit-reset': '90' },
			retryAfter: 90,
		},
		{
			name: 'Retry-After as a date that is past',
			given: { 'Retry-After': PAST },
			passed: { 'retry-after': '0', 'ratelimit-reset': '0' },
			retryAfter: 0,
		},
		{
			name: 'Retry-After with a fraction',
			given: { 'Retry-After': '1.2' },
			passed: { 'retry-after': '2', 'ratelimit-reset': '2' },
			retryAfter: 2,
		},
		{
			name: 'X-RateLimit-*',
			given: { 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '17' },
			passed: { 'ratelimit-limit': '1000', 'ratelimit-remaining': '0', 'ratelimit-reset': '17' },
			limited: { 'ratelimit-limit': '1000', 'ratelimit-remaining': '0', 'ratelimit-reset': '17', 'retry-after': '17' },
			retryAfter: 17,
		},
		{
			name: 'X-Rate-Limit-*',
			given: { 'X-Rate-Limit-Limit': '5', 'X-Rate-Limit-Remaining': '4', 'X-Rate-Limit-Reset': '3' },
			passed: { 'ratelimit-limit': '5', 'ratelimit-remaining': '4', 'ratelimit-reset': '3' },
			limited: { 'ratelimit-limit': '5', 'ratelimit-remaining': '4', 'ratelimit-reset': '3', 'retry-after': '3' },
			retryAfter: 3,
		},
		{
			name: 'RateLimit-* as the drafts have them',
			given: { 'RateLimit-Limit': '100, 100;w=60', 'RateLimit-Remaining': '42', 'RateLimit-Reset': '8' },
			passed: { 'ratelimit-limit': '100', 'ratelimit-remaining': '42', 'ratelimit-reset': '8' },
			limited: { 'ratelimit-limit': '100', 'ratelimit-remaining': '42', 'ratelimit-reset': '8', 'retry-after': '8' },
			retryAfter: 8,
		},
		{
			name: 'a reset as a moment',
			given: { 'X-RateLimit-Reset': String(NOW_MS / 1000 + 45) },
			passed: { 'ratelimit-reset': '45' },
			limited: { 'ratelimit-reset': '45', 'retry-after': '45' },
			retryAfter: 45,
		},
		{
			name: 'a reset as a moment that is past',
			given: { 'X-RateLimit-Reset': String(NOW_MS / 1000 - 45) },
			passed: { 'ratelimit-reset': '0' },
			limited: { 'ratelimit-reset': '0', 'retry-after': '0' },
			retryAfter: 0,
		},
		{
			name: 'both, which differ',
			given: { 'Retry-After': '5', 'X-RateLimit-Reset': '60' },
			passed: { 'retry-after': '5', 'ratelimit-reset': '60' },
			retryAfter: 5,
		},
		{
			name: 'the standard name before the old one',
			given: { 'RateLimit-Limit': '10', 'X-RateLimit-Limit': '20' },
			passed: { 'ratelimit-limit': '10' },
		},
		...[
			'soon',
			'soon 5',
			'in 30 seconds',
			'30s',
			'-5',
			'1e9',
			'NaN',
			'2026',
			'',
			' ',
			'2026-04-01',
			'Tuesday 3',
			'9'.repeat(30),
			'<html>',
		].map((value) => ({
			name: `Retry-After that is garbage: ${JSON.stringify(value)}`,
			given: { 'Retry-After': value },
			passed: (value === '2026' ? { 'retry-after': '2026', 'ratelimit-reset': '2026' } : {}) as Record<string, string>,
			...(value === '2026' ? { retryAfter: 2026 } : {}),
		})),
		{
			name: 'combined fields of the IETF draft',
			given: { RateLimit: '"hour";r=42;t=30', 'RateLimit-Policy': '"hour";q=100;w=3600' },
			passed: { 'ratelimit-limit': '100', 'ratelimit-remaining': '42', 'ratelimit-reset': '30' },
			limited: { 'ratelimit-limit': '100', 'ratelimit-reset': '30', 'retry-after': '30' },
			retryAfter: 30,
		},
		{
			name: 'of several policies the one that has the least left',
			given: { RateLimit: '"day";r=900;t=80000, "min";r=3;t=20', 'RateLimit-Policy': '"day";q=1000, "min";q=60;w=60' },
			passed: { 'ratelimit-limit': '60', 'ratelimit-remaining': '3', 'ratelimit-reset': '20' },
			limited: { 'ratelimit-limit': '60', 'ratelimit-reset': '20', 'retry-after': '20' },
			retryAfter: 20,
		},
		{
			name: 'the older combined field',
			given: { RateLimit: 'limit=100, remaining=50, reset=5', 'RateLimit-Policy': '100;w=60' },
			passed: { 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '5' },
			limited: { 'ratelimit-limit': '100', 'ratelimit-reset': '5', 'retry-after': '5' },
			retryAfter: 5,
		},
		{
			name: 'a reset in milliseconds since 1970',
			given: { 'X-RateLimit-Reset': String(NOW_MS + 45_005) },
			passed: { 'ratelimit-reset': '45' },
			limited: { 'ratelimit-reset': '45', 'retry-after': '45' },
			retryAfter: 45,
		},
		{
			name: 'limits that are garbage',
			given: { 'X-RateLimit-Limit': 'many', 'X-RateLimit-Remaining': '-1', 'X-RateLimit-Reset': 'later' },
			passed: {},
		},
	];
	for (const { name, given, passed, limited: ofLimited = passed, retryAfter } of cases) {
		it(name, ({ expect }) => {
			const limited = call(
				'tickets.get',
				{ id: 1 },
				{ status: 429, headers: given, body: { error: 'ConnectWiseAPI', message: 'Too many requests.' } },
			);
			expect(limited.rateLimit).toEqual({ ...ofLimited, 'ratelimit-remaining': '0' });
			expect(limited.structuredContent.retry_after_seconds).toBe(retryAfter);
			const failed = call('tickets.get', { id: 1 }, { status: 503, headers: given, body: '' });
			expect(failed.rateLimit).toEqual(passed);
			expect(failed.structuredContent.retry_after_seconds).toBe(
				passed['retry-after'] === undefined ? undefined : Number(passed['retry-after']),
			);
			// A good answer passes them on as well, and says nothing of waiting.
			const good: ToolResult = call('tickets.get', { id: 1 }, { headers: given, body: { id: 1 } });
			expect(good.rateLimit).toEqual(passed);
			expect(good.structuredContent).toEqual({ id: 1 });
			const broken = call('tickets.get', { id: 1 }, { headers: given, body: '' });
			expect(broken.rateLimit).toEqual(passed);
		});
	}
});
