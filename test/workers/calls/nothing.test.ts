// An empty answer to a question by name may only mean that the name is spelt otherwise.
import { describe, it } from 'vitest';
import { type Arguments, call } from './calls.ts';

const noticeOf = (key: string, args: Arguments, body: unknown = []) =>
	call(key, args, { body }).structuredContent.notice;

describe('nothing found', () => {
	it('under a whole name says how to ask by a part of it', ({ expect }) => {
		expect(noticeOf('tickets.list', { company_name: 'Acme Crop', status_name: 'New' })).toBe(
			'Nothing matches. status_name and company_name must be the whole name; if in doubt ask by a part of it: conditions=status/name contains "…".',
		);
		expect(noticeOf('invoices.list', { company_name: { name: 'Acme Crop' } })).toMatch(/company\/name contains/);
		expect(noticeOf('tickets.count', { company_name: 'Acme Crop' }, { count: 0 })).toMatch(/^Nothing matches\./);
	});

	const silent: { why: string; key: string; args: Arguments; body?: unknown }[] = [
		{ why: 'without a name', key: 'tickets.list', args: { closed: false } },
		{ why: 'by id', key: 'tickets.list', args: { company_name: 5 } },
		{ why: 'by identifier', key: 'invoices.list', args: { company_name: { identifier: 'AcmeCorp' } } },
		{ why: 'by a part already', key: 'tickets.list', args: { priority_name: 'High' } },
		{ why: 'of the own member', key: 'projects.list', args: { manager: 'me' } },
		{ why: 'but something found', key: 'tickets.list', args: { company_name: 'Acme' }, body: [{ id: 1 }] },
		{ why: 'but something counted', key: 'tickets.count', args: { company_name: 'Acme' }, body: { count: 1 } },
	];
	for (const { why, key, args, body } of silent)
		it(`says nothing of names ${why}`, ({ expect }) => expect(noticeOf(key, args, body)).toBeUndefined());
});
