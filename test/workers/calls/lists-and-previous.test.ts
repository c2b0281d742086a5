// Lists that the vendor replaces whole, custom fields in any spelling, and what a record was before an update.
import { afterEach, describe, it, vi } from 'vitest';
import { carryOut } from '../../../workers/calls/call.ts';
import { checkCall } from '../../../workers/calls/check.ts';
import { sendWrite } from '../../../workers/calls/send.ts';
import { operationOf } from '../integration/integrations.ts';
import { type Arguments, connectWise, contextOf, NOW_MS } from './calls.ts';

afterEach(() => vi.restoreAllMocks());

/** Calls a tool of a vendor that has this record. */
async function update(key: string, args: Arguments, record: Arguments, config: Arguments = {}) {
	const sent: { method: string; path: string; body: unknown }[] = [];
	vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
		const body = init?.body ? JSON.parse(String(init.body)) : null;
		const { pathname, search } = new URL(String(input));
		sent.push({ method: String(init?.method), path: pathname + search, body });
		if (init?.method === 'GET') return Response.json(pathname.endsWith('s') ? [record] : record);
		const set = Array.isArray(body) ? Object.fromEntries(body.map(({ path, value }) => [path, value])) : body;
		return Response.json({ ...record, ...set });
	});
	const context = contextOf(connectWise);
	Object.assign(context.access.server.config, config);
	const checked = checkCall(context, operationOf(connectWise, key), args, { nowMs: NOW_MS });
	if (checked.state === 'refused') return { outcome: checked, sent, keys: [] as (string | null)[] };
	const keys: (string | null)[] = [];
	const admit: typeof context.admit = (call) => {
		keys.push(call?.write?.key ?? null);
		return context.admit(call);
	};
	const outcome = await carryOut({ ...context, admit }, checked, new AbortController(), sendWrite);
	if (outcome.state === 'withheld') throw new Error('withheld');
	return { outcome, sent, keys };
}

const RECORD = {
	id: 7,
	summary: 'old',
	customFields: [
		{ id: 5, caption: 'Region', type: 'Text', value: 'West' },
		{ id: 28, caption: 'VIP', type: 'Checkbox', value: false },
		{ id: 30, caption: 'Twice', value: 'a' },
		{ id: 31, caption: 'twice', value: 'b' },
	],
};

describe('custom fields of an update', () => {
	const named: [entry: Arguments, id: number][] = [
		[{ id: 28, value: true }, 28],
		[{ id: '28', value: true }, 28],
		[{ caption: 'VIP', value: true }, 28],
		[{ caption: ' vip ', value: true }, 28],
		[{ id: null, caption: 'VIP', value: true }, 28],
		[{ id: 28, caption: null, value: true }, 28],
	];
	for (const [entry, id] of named)
		it(`${JSON.stringify(entry)} is laid over those of the record`, async ({ expect }) => {
			const { sent } = await update('tickets.update', { id: 7, customFields: [entry] }, RECORD);
			const patch = (sent.at(-1)?.body ?? []) as { value: { id: number; value: unknown }[] }[];
			const [operation] = patch;
			expect(operation?.value.map((one) => [one.id, one.value])).toEqual(
				RECORD.customFields.map((one) => [one.id, one.id === id ? true : one.value]),
			);
		});

	const refused: [entry: unknown, says: RegExp][] = [
		[{ value: 'x' }, /must name a custom field/],
		[{ id: 'x', value: 'x' }, /must name a custom field/],
		[{ caption: 'Twice', value: 'x' }, /"Twice" names 2 fields: give the id, one of 30, 31/],
		[{ caption: 'Regoin', value: 'x' }, /is no custom field/],
		[{ id: 99, value: 'x' }, /is no custom field/],
		[{ id: 5 }, /needs a value/],
	];
	for (const [entry, says] of refused)
		it(`${JSON.stringify(entry)} is refused, and nothing is written`, async ({ expect }) => {
			const { outcome, sent } = await update('tickets.update', { id: 7, customFields: [entry] }, RECORD);
			expect(outcome.structuredContent.message).toMatch(says);
			expect(sent.filter(({ method }) => method !== 'GET')).toEqual([]);
		});
});

describe('a list that an update would cut', () => {
	const record = { id: 3, name: 'x', integratorTags: ['a', 'b'], members: [10, 11, 12] };

	it('is refused with what would go and the way to insist', async ({ expect }) => {
		const args = { board_id: 1, id: 3, members: [10] };
		const cut = await update('board_teams.update', args, record);
		expect(cut.outcome.structuredContent.message).toMatch(/members .*would remove 11, 12.*confirm_replace: true/);
		expect(cut.sent.map(({ method }) => method)).toEqual(['GET']);
		const meant = await update('board_teams.update', { ...args, confirm_replace: true }, record);
		expect(meant.outcome.isError).toBe(false);
	});

	it('is refused among the other fields as well', async ({ expect }) => {
		const args = { id: 3, additional_fields: { integratorTags: ['b'] } };
		const { outcome } = await update('companies.update', args, record);
		expect(outcome.structuredContent.message).toMatch(/integratorTags .*would remove "a":/);
	});

	it('that only grows is written', async ({ expect }) => {
		const args = { board_id: 1, id: 3, members: [12, 11, 10, 13] };
		expect((await update('board_teams.update', args, record)).outcome.isError).toBe(false);
	});
});

describe('what a record was', () => {
	it('is answered where the server shows it', async ({ expect }) => {
		const record = { id: 7, summary: 'old', status: { id: 1, name: 'New', _info: {} } };
		const args = { id: 7, summary: 'new', status: { id: 2 }, clear: ['owner'] };
		const shown = await update('tickets.update', args, record, { show_previous: true });
		expect(shown.outcome.structuredContent.was).toEqual({
			summary: 'old',
			status: { id: 1, name: 'New' },
			owner: null,
		});
		expect(shown.sent.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
		const plain = await update('tickets.update', args, record);
		expect(plain.outcome.structuredContent).not.toHaveProperty('was');
		expect(plain.sent.map(({ method }) => method)).toEqual(['PATCH']);
	});
});

describe('the idempotency key', () => {
	const keyOf = async (args: Arguments) =>
		(
			await update(
				'ticket_notes.create',
				{ ticket_id: 5, ...args },
				{ id: 9, name: 'Dave Wilson', identifier: 'dwilson', firstName: 'Dave', lastName: 'Wilson' },
			)
		).keys[0];

	const same: [a: Arguments, b: Arguments][] = [
		[{ text: 'hi' }, { text: 'hi', internalAnalysisFlag: true }],
		[{ text: 'hi there' }, { text: ' hi  there\n' }],
		[{ text: 'Zürich' }, { text: 'Zu\u0308rich' }],
		[
			{ text: 'hi', member: { name: 'Dave Wilson' } },
			{ text: 'hi', member: { identifier: 'dwilson' } },
		],
		[
			{ text: 'hi', member: 9 },
			{ member: { name: 'Dave' }, text: 'hi' },
		],
	];
	for (const [a, b] of same)
		it(`of ${JSON.stringify(a)} and ${JSON.stringify(b)} is one`, async ({ expect }) => {
			const key = await keyOf(a);
			expect(key).toMatch(/^[0-9a-f]{64}$/);
			expect(await keyOf(b)).toBe(key);
		});

	it('of another text or ticket is another', async ({ expect }) => {
		const key = await keyOf({ text: 'hi' });
		expect(await keyOf({ text: 'hi!' })).not.toBe(key);
		expect(await keyOf({ text: 'hi', ticket_id: 6 })).not.toBe(key);
		expect(await keyOf({ text: 'hi', detailDescriptionFlag: true })).not.toBe(key);
	});
});
