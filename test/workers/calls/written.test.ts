// A success is told only where the vendor's answer says one; what was asked is held against what came back.
import { describe, it } from 'vitest';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { type Arguments, call, type SimulatedAnswer } from './calls.ts';

const HTML = { body: '<!DOCTYPE html><title>Sign in</title>', headers: { 'content-type': 'text/html' } };
const WRITES: [key: string, args: Arguments][] = [
	['tickets.create', { summary: 'x', company: { id: 1 } }],
	['tickets.update', { id: 1, summary: 'x' }],
	['tickets.delete', { id: 1 }],
	['tickets.merge', { id: 1, mergeTicketIds: [2], status: { id: 1 } }],
];
const contentOf = (key: string, args: Arguments, answer: SimulatedAnswer) => call(key, args, answer).structuredContent;

describe('a 2xx answer', () => {
	const bad: { name: string; answer: SimulatedAnswer; says: RegExp }[] = [
		{ name: 'with a page', answer: HTML, says: /an HTML page.*unknown/ },
		{ name: 'with a page as 201', answer: { ...HTML, status: 201 }, says: /an HTML page.*unknown/ },
		{ name: 'with half a JSON', answer: { body: '{"id":' }, says: /no complete JSON.*unknown/ },
		{
			name: 'with success: false',
			answer: { body: { success: false, message: 'No.' } },
			says: /ConnectWise PSA: No\./,
		},
		{
			name: 'with an error object',
			answer: { body: { code: 'InvalidObject', message: 'board is invalid', errors: null } },
			says: /ConnectWise PSA: board is invalid/,
		},
		{
			name: 'of another type',
			answer: { body: 'x', headers: { 'content-type': 'application/pdf' } },
			says: /instead of JSON/,
		},
	];
	for (const [key, args] of WRITES)
		for (const { name, answer, says } of bad)
			it(`${name} to ${key} is no success`, ({ expect }) => {
				const { isError, structuredContent } = call(key, args, answer);
				expect(isError).toBe(true);
				expect(structuredContent.message).toMatch(says);
				expect(structuredContent).not.toHaveProperty('deleted');
			});

	it('with an error object to a read is an error, too', ({ expect }) => {
		for (const key of ['tickets.list', 'tickets.get'])
			expect(call(key, key === 'tickets.get' ? { id: 1 } : {}, { body: { code: 'X', message: 'No.' } }).isError).toBe(
				true,
			);
	});

	it('202 is accepted, and not yet done', ({ expect }) => {
		for (const [key, args] of WRITES) {
			const content = contentOf(key, args, { status: 202, body: '' });
			expect(content).toMatchObject({ accepted: true, notice: expect.stringContaining('not carried it out yet') });
			expect(content).not.toHaveProperty('deleted');
		}
	});

	const deleted: SimulatedAnswer[] = [
		{ status: 204, body: '' },
		{ body: '' },
		{ body: {} },
		{ body: { success: true } },
	];
	for (const answer of deleted)
		it(`${JSON.stringify(answer)} to a delete is done`, ({ expect }) =>
			expect(contentOf('tickets.delete', { id: 5 }, answer)).toMatchObject({ id: 5, deleted: true }));

	it('with a list is no record, unless the list holds one record', ({ expect }) => {
		for (const key of ['tickets.create', 'tickets.update']) {
			const written = (body: unknown) => call(key, WRITES.find(([one]) => one === key)?.[1] ?? {}, { body });
			for (const body of [[], [{ id: 1 }, { id: 2 }]]) expect(written(body).isError, JSON.stringify(body)).toBe(true);
			expect(written([{ id: 1 }])).toMatchObject({ isError: false, structuredContent: { id: 1 } });
		}
	});
});

describe('what was asked and what came back', () => {
	const taken: [asked: Arguments, record: Arguments][] = [
		[{ summary: ' A  b\r\nc ' }, { summary: 'a b\nc' }],
		[{ summary: 'Zu\u0308rich' }, { summary: 'Zürich' }],
		[{ budgetHours: 0.333 }, { budgetHours: 0.33 }],
		[{ requiredDate: '2026-04-01T00:00:00Z' }, { requiredDate: '2026-04-01T00:00:00.000Z' }],
		[{ requiredDate: '2026-04-01' }, { requiredDate: '2026-04-01T04:00:00Z' }],
		[{ status: { id: 14 } }, { status: { id: 14, name: 'Closed' } }],
		[{ clear: ['owner'] }, { summary: 'x' }],
		[{ automaticEmailContactFlag: false }, { summary: 'x' }],
		[
			{ customFields: [{ id: 5, value: 'a' }] },
			{
				customFields: [
					{ id: 4, value: 'b' },
					{ id: 5, caption: 'c', value: 'a' },
				],
			},
		],
		[{ processNotifications: false }, { summary: 'x' }],
		[{ summary: 'x' }, { id: 1 }],
	];
	for (const [asked, record] of taken)
		it(`${JSON.stringify(asked)} is taken over by ${JSON.stringify(record)}`, ({ expect }) =>
			expect(contentOf('tickets.update', { id: 1, ...asked }, { body: { id: 1, ...record } })).not.toHaveProperty(
				'not_taken_over',
			));

	const lost: [asked: Arguments, record: Arguments, names: string[]][] = [
		[{ summary: 'new' }, { summary: 'old' }, ['summary']],
		[{ status: { id: 14 }, summary: 'x' }, { status: { id: 1 }, summary: 'x' }, ['status']],
		[{ owner: { id: 5 } }, { summary: 'x' }, ['owner']],
		[{ clear: ['owner'] }, { owner: { id: 5 } }, ['owner']],
		[{ budgetHours: 2 }, { budgetHours: 1.5 }, ['budgetHours']],
		[{ automaticEmailContactFlag: true }, { automaticEmailContactFlag: false }, ['automaticEmailContactFlag']],
		[{ additional_fields: { externalXRef: 'a' } }, { summary: 'x' }, ['externalXRef']],
		[{ customFields: [{ id: 5, value: 'a' }] }, { customFields: [{ id: 5, value: 'b' }] }, ['customFields']],
		[{ requiredDate: '2026-04-01T00:00:00Z' }, { requiredDate: '2026-03-31T00:00:00Z' }, ['requiredDate']],
	];
	for (const [asked, record, names] of lost)
		it(`${JSON.stringify(asked)} is not taken over by ${JSON.stringify(record)}`, ({ expect }) =>
			expect(contentOf('tickets.update', { id: 1, ...asked }, { body: { id: 1, ...record } }).not_taken_over).toEqual(
				names,
			));

	it('is said of a create and of an action as well', ({ expect }) => {
		const created = contentOf(
			'tickets.create',
			{ summary: 'x', company: { id: 1 }, owner: { id: 5 } },
			{
				body: { id: 2, summary: 'x', company: { id: 1 } },
			},
		);
		expect(created.not_taken_over).toEqual(['owner']);
		const changed = contentOf(
			'configurations.change_type',
			{ id: 7, type: { id: 8 } },
			{ body: { id: 7, type: { id: 3 } } },
		);
		expect(changed.not_taken_over).toEqual(['type']);
	});
});

describe('a lean answer', () => {
	const record = {
		id: 14059,
		summary: 'Printer offline',
		status: { id: 17, name: 'Closed', _info: { status_href: 'https://x' } },
		company: { id: 102, identifier: 'Acme', name: 'Acme Corp' },
		initialDescription: 'x'.repeat(900),
		closedFlag: true,
		severity: 'Low',
	};

	it('of an update is the id and what was set, in at most 80 tokens', ({ expect }) => {
		const { structuredContent, text } = call('tickets.update', { id: 14059, status: { id: 17 } }, { body: record });
		expect(structuredContent).toEqual({ id: 14059, status: { id: 17, name: 'Closed' } });
		expect(estimateTokens(text ?? JSON.stringify(structuredContent))).toBeLessThanOrEqual(80);
	});

	it('of a create is the id and what identifies the record', ({ expect }) => {
		const args = { summary: 'Printer offline', company: { id: 102 }, initialDescription: 'x'.repeat(900) };
		const content = contentOf('tickets.create', args, { status: 201, body: record });
		expect(content).toMatchObject({ id: 14059, summary: 'Printer offline', company: { id: 102 } });
		expect(content).not.toHaveProperty('severity');
		expect(JSON.stringify(content).length).toBeLessThan(400);
	});

	it('shows more where `fields` asks for it, and the record for "*"', ({ expect }) => {
		const args = { id: 14059, status: { id: 17 } };
		expect(contentOf('tickets.update', { ...args, fields: 'severity, company/name' }, { body: record })).toEqual({
			id: 14059,
			status: { id: 17, name: 'Closed' },
			severity: 'Low',
			'company/name': 'Acme Corp',
		});
		expect(contentOf('tickets.update', { ...args, fields: '*' }, { body: record })).toMatchObject({
			closedFlag: true,
			severity: 'Low',
		});
	});

	it('says which of `fields` are empty, or none of the record’s, unless it shows none of them', ({ expect }) => {
		const args = { id: 14059, status: { id: 17 }, fields: 'severity, sumary, owner/name' };
		expect(contentOf('tickets.update', args, { body: record }).notice).toBe('Empty: sumary, owner/name.');
		expect(contentOf('tickets.update', args, { status: 204, body: '' })).not.toHaveProperty('notice');
		expect(contentOf('tickets.get', { id: 14059, fields: 'id,Severity' }, { body: record })).not.toHaveProperty(
			'notice',
		);
	});

	it('says whether somebody may be e-mailed', ({ expect }) => {
		const mailing = { ...record, automaticEmailContactFlag: true };
		expect(contentOf('tickets.update', { id: 14059, status: { id: 17 } }, { body: mailing }).notice).toMatch(
			/may be mailed/,
		);
		const quiet = { id: 14059, status: { id: 17 }, processNotifications: false };
		expect(contentOf('tickets.update', quiet, { body: mailing })).not.toHaveProperty('notice');
	});
});

describe('numbers beyond what a double holds', () => {
	it('arrive exact, as text', ({ expect }) => {
		const { structuredContent } = call(
			'tickets.get',
			{ id: 1 },
			{
				body: '{"id":1,"a":12345678901234567890,"b":-9007199254740993,"c":9007199254740991,"d":1234567890.1234567,"e":"12345678901234567890"}',
			},
		);
		expect(structuredContent).toEqual({
			id: 1,
			a: '12345678901234567890',
			b: '-9007199254740993',
			c: 9007199254740991,
			d: 1234567890.1234567,
			e: '12345678901234567890',
		});
	});
});
