// The same update of many records: shown first, then written one by one, and never on another word than that of its preview.
import { beforeEach, describe, it, vi } from 'vitest';
import { connectWise } from '../calls/calls.ts';
import { at, type Json, setUp } from '../support.ts';
import { ALL_TAGS, type Desk, openDesk } from './desk.ts';

/** Lists below another record whose entries are the records themselves, by id and name. */
const POINTING: Record<string, string[]> = {
	configurations: ['ticket_configurations', 'project_ticket_configurations', 'agreement_configurations'],
	opportunities: ['campaign_opportunities'],
};

setUp();
let desk: Desk;
let ids: number[];
beforeEach(async () => {
	desk = await openDesk({ methods: ['read', 'write'] });
	ids = desk.store
		.all('tickets')
		.flatMap(({ id, closedFlag }) => (closedFlag === true ? [] : [id]))
		.slice(0, 8);
});

type Outcome = {
	changed?: { id: number; was: Json }[];
	already?: number[];
	moved?: number[];
	failed?: Json[];
	left?: number[];
	notice?: string;
};
const changes = { summary: 'Seen by the team' };
const summaryOf = (id: number) => desk.store.get('tickets', id)?.summary;

async function preview(args: Json = {}): Promise<string> {
	const { content, isError } = await desk.call('change_many', { tool_name: 'update_ticket', ids, changes, ...args });
	if (isError) throw new Error(String(content.message));
	return String(content.confirm);
}
const confirmed = async (confirm: string) => {
	const { content, isError } = await desk.call('change_many', { confirm });
	return { ...(content as Outcome), isError };
};

const DAY_MS = 86_400_000;

it('writes the day that was shown, also when it is confirmed on the next one', async ({ expect }) => {
	const [id = 0] = ids;
	const days = { requiredDate: 'tomorrow' };
	const { content } = await desk.call('change_many', { tool_name: 'update_ticket', ids: [id], changes: days });
	const [shown] = content.records as [{ changes: { requiredDate: { to: string } } }];
	const now = Date.now();
	const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + DAY_MS - 1_000);
	await confirmed(String(content.confirm));
	clock.mockRestore();
	expect(desk.store.get('tickets', id)?.requiredDate).toBe(shown.changes.requiredDate.to);
});

describe('the first call', () => {
	it('shows each record before and after, and writes nothing', async ({ expect }) => {
		const { content } = await desk.call('change_many', { tool_name: 'update_ticket', ids, changes });
		expect(content.records).toEqual(
			ids.map((id) => ({ id, changes: { summary: { from: summaryOf(id), to: changes.summary } } })),
		);
		expect(content).toMatchObject({ preview: true, would_change: ids.length, confirm: expect.any(String) });
		expect(desk.writes()).toEqual([]);
	});

	it('takes the records of a list, and leaves out what is not there', async ({ expect }) => {
		const list = { tool_name: 'list_tickets', arguments: { ids } };
		const { content } = await desk.call('change_many', { tool_name: 'update_ticket', list, changes });
		expect((content.records as Json[]).map(({ id }) => id).sort()).toEqual(ids.toSorted());
		const some = await desk.call('change_many', { tool_name: 'update_ticket', ids: [...ids, 7_654_321], changes });
		expect(some.content.left_out).toEqual([{ id: 7_654_321, because: expect.stringMatching(/not found/i) }]);
	});

	it('takes no list of other records, whose ids would be those of strangers', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read', 'write'], tags: ALL_TAGS });
		const lists = connectWise.operations.filter(({ kind }) => kind === 'list');
		const updates = ['tickets', 'contacts', 'members', 'configurations', 'invoices', 'opportunities'];
		const asked = updates.flatMap((resource) => {
			const update = connectWise.byResource.get(`${resource}.update`);
			const own = new Set([resource, ...(POINTING[resource] ?? [])]);
			const others = lists.filter((list) => !own.has(list.resource));
			// Those that are named alike first, and some of all the others.
			const alike = others.filter((list) => list.resource.endsWith(`_${resource}`));
			return [...alike, ...others.filter((_, index) => index % 40 === 0)].map((list) => ({ update, list }));
		});
		const taken: string[] = [];
		for (const { update, list } of asked) {
			const { content, isError } = await desk.call('change_many', {
				tool_name: update?.names.short,
				list: { tool_name: list.names.short, arguments: {} },
				changes,
			});
			if (!isError || !/lists other records than each .*: use list_\w+, or give ids/.test(String(content.message)))
				taken.push(`${update?.resource} by ${list.resource}`);
		}
		expect(asked.length).toBeGreaterThan(50);
		expect(taken).toEqual([]);
		expect(desk.sent).toEqual([]);
	});

	it('takes a list below another record that names the records alone', async ({ expect }) => {
		const [entry] = desk.store.all('configurations');
		const list = { tool_name: 'list_ticket_configurations', arguments: { ticket_id: ids[0] } };
		const tool = { tool_name: 'update_configuration', list, changes: { name: 'Renamed' } };
		desk.fault.answer = ({ path }) =>
			/\/service\/tickets\/\d+\/configurations$/.test(path)
				? Response.json([{ id: entry?.id, deviceIdentifier: 'DEV-1' }])
				: null;
		const { content } = await desk.call('change_many', tool);
		expect(content).toMatchObject({ would_change: 1, records: [{ id: entry?.id }] });
	});

	it('says that the list may have more records than its limit took', async ({ expect }) => {
		const more = 'The list may have more records: only its first 2 are taken';
		for (const [args, says] of [
			[{ closed: false, limit: 2 }, expect.stringContaining(more)],
			[{ ids: ids.slice(0, 2), limit: 20 }, expect.not.stringContaining('more records')],
		] as const) {
			const list = { tool_name: 'list_tickets', arguments: args };
			const { content } = await desk.call('change_many', { tool_name: 'update_ticket', list, changes });
			expect(content).toMatchObject({ would_change: 2, notice: says });
		}
	});

	it('tells what of the filters of a list was not used, or read as another name', async ({ expect }) => {
		for (const [args, says] of [
			[{ board: '' }, { notice: expect.stringContaining('Not used, since empty: board_name.') }],
			[{ sessionId: 'a' }, { notice: expect.stringContaining('no arguments of this tool: sessionId.') }],
			[{ board: 'Desk' }, { resolved: { board_name: { id: 1, name: 'Help Desk' } } }],
		] as const) {
			const list = { tool_name: 'list_tickets', arguments: { ...args, limit: 2 } };
			const { content } = await desk.call('change_many', { tool_name: 'update_ticket', list, changes });
			expect(content, JSON.stringify(args)).toMatchObject({ would_change: 2, ...says });
		}
	});

	it('takes each record once, as many as a list was limited to, and none that is not there', async ({ expect }) => {
		const [one = 0, two = 0] = ids;
		const shown = async (args: Json) =>
			(await desk.call('change_many', { tool_name: 'update_ticket', changes, ...args })).content;
		expect(await shown({ ids: [one, two, one, one] })).toMatchObject({ would_change: 2 });
		expect(await shown({ ids: `[${one}, ${two}]` })).toMatchObject({ would_change: 2 });
		const limited = { tool_name: 'list_tickets', arguments: { closed: false, limit: 3 } };
		expect(await shown({ list: limited })).toMatchObject({ would_change: 3 });
		const none = await shown({ ids: [7_654_321] });
		expect(none).toMatchObject({ would_change: 0, records: [], left_out: [{ id: 7_654_321 }] });
		expect(none).not.toHaveProperty('confirm');
		expect(desk.writes()).toEqual([]);
	});

	const bad: [args: Json, says: RegExp][] = [
		[{}, /tool_name.*changes is required.*ids or list/],
		[{ tool_name: 'update_ticket', ids: [], changes }, /at least one record/],
		[
			{ tool_name: 'update_ticket', ids: Array.from({ length: 101 }, (_, at) => at + 1), changes },
			/at most 100, got 101/,
		],
		[{ tool_name: 'update_ticket', ids: [1], changes: {} }, /changes names no field/],
		[{ tool_name: 'update_ticket', ids: 'one, two', changes }, /must be a list/],
		[{ tool_name: 'update_ticket', list: { arguments: {} }, changes }, /list\.tool_name/],
		[{ tool_name: 'update_ticket', list: { tool_name: 'list_invoices_of_mars' }, changes }, /no tool of this server/],
		[{ tool_name: 'update_ticket', ids: [1], changes: { id: 2 } }, /changes.id is not changed/],
		[{ tool_name: 'update_ticket', ids: [1], changes: { sumary: 'x' } }, /sumary/],
		[{ tool_name: 'create_ticket', ids: [1], changes }, /no tool that updates/],
		[{ tool_name: 'delete_everything', ids: [1], changes }, /no tool of this server/],
		[{ tool_name: 'update_ticket', ids: [1], list: { tool_name: 'list_tickets' }, changes }, /one of them/],
		[{ tool_name: 'update_ticket', list: { tool_name: 'list_tickets' }, changes }, /more than 100 records/],
		[{ confirm: 'update_ticket.abc.def' }, /not that of a preview of this server/],
		[{ confirm: '' }, /tool_name/],
	];
	it('refuses what means nothing', async ({ expect }) => {
		for (const [args, says] of bad) {
			const { content, isError } = await desk.call('change_many', args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
		expect(desk.writes()).toEqual([]);
	});
});

describe('the call with confirm', () => {
	it('writes each record once, and says what it was', async ({ expect }) => {
		const before = ids.map(summaryOf);
		const confirm = await preview();
		const { changed } = await confirmed(confirm);
		expect(changed?.map(({ id, was }) => [id, was.summary])).toEqual(ids.map((id, at) => [id, before[at]]));
		expect(ids.map(summaryOf)).toEqual(ids.map(() => changes.summary));
		expect(desk.writes()).toHaveLength(ids.length);
		expect(await confirmed(confirm)).toMatchObject({ changed: [], already: ids });
		expect(desk.writes()).toHaveLength(ids.length);
	});

	it('is refused on another server, and when it is altered', async ({ expect }) => {
		const confirm = await preview();
		const [tool = '', payload = '', mac = ''] = confirm.split('.');
		const altered = [
			`update_company.${payload}.${mac}`,
			`${tool}.${payload.slice(0, -2)}AA.${mac}`,
			`${tool}.${payload}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`,
			`${confirm}.x`,
		];
		const other = await openDesk({ methods: ['read', 'write'] }, desk.vendor);
		for (const seal of altered) expect((await confirmed(seal)).isError, seal).toBe(true);
		expect((await other.call('change_many', { confirm })).isError).toBe(true);
		const { isError } = await other.call('change_many', { confirm, changes: { summary: 'other' } });
		expect(isError).toBe(true);
		expect([...desk.writes(), ...other.writes()]).toEqual([]);
	});

	it('says no to other changes beside it', async ({ expect }) => {
		const confirm = await preview();
		const { content, isError } = await desk.call('change_many', { confirm, changes: { summary: 'other' } });
		expect([isError, content.message]).toEqual([true, expect.stringMatching(/not what was previewed/)]);
		expect(desk.writes()).toEqual([]);
	});

	it('leaves out what somebody has changed since', async ({ expect }) => {
		const confirm = await preview();
		const [moved = 0] = ids;
		await desk.vendor.call('PATCH', `/service/tickets/${moved}`, [{ op: 'replace', path: 'summary', value: 'Mine' }]);
		const outcome = await confirmed(confirm);
		expect(outcome).toMatchObject({ moved: [moved], notice: expect.stringMatching(/preview them again/) });
		expect(outcome.changed).toHaveLength(ids.length - 1);
		expect(summaryOf(moved)).toBe('Mine');
	});

	it('stops after repeated failures, and goes on with the same confirm', async ({ expect }) => {
		const confirm = await preview();
		let patches = 0;
		desk.fault.answer = ({ method }) =>
			method === 'PATCH' && ++patches > 3 ? Response.json({ message: 'broken' }, { status: 400 }) : null;
		const first = await confirmed(confirm);
		expect([first.changed?.length, first.failed?.length, first.left?.length]).toEqual([3, 3, ids.length - 6]);
		desk.fault.answer = null;
		const second = await confirmed(confirm);
		expect([second.changed?.length, second.already?.length]).toEqual([ids.length - 3, 3]);
		expect(ids.map(summaryOf)).toEqual(ids.map(() => changes.summary));
	});

	it('stops at a 429 and says how long to wait', async ({ expect }) => {
		const confirm = await preview();
		let patches = 0;
		desk.fault.answer = ({ method }) =>
			method === 'PATCH' && ++patches === 3
				? new Response('{}', { status: 429, headers: { 'retry-after': '7' } })
				: null;
		const first = await confirmed(confirm);
		expect([first.changed?.length, first.left?.length]).toEqual([2, ids.length - 2]);
		expect(first).toMatchObject({ retry_after_seconds: 7 });
		expect((await confirmed(confirm)).changed).toHaveLength(ids.length - 2);
	});

	it('stops at writes_per_day', async ({ expect }) => {
		desk = await openDesk({ methods: ['read', 'write'], writes_per_day: 3 }, desk.vendor);
		const outcome = await confirmed(await preview());
		expect([outcome.changed?.length, outcome.left?.length]).toEqual([3, ids.length - 3]);
		expect(outcome.notice).toMatch(/may write 3 times a day/);
		expect(desk.writes()).toHaveLength(3);
	});

	it('tells of a write whose end is unknown, and finds it done in the next call', async ({ expect }) => {
		const confirm = await preview();
		let patches = 0;
		desk.fault.answer = async ({ method, path }) => {
			if (method !== 'PATCH' || ++patches !== 2) return null;
			await desk.vendor.call('PATCH', path, [{ op: 'replace', path: 'summary', value: changes.summary }]);
			throw new TypeError('Network connection lost.');
		};
		const first = await confirmed(confirm);
		expect(first.failed).toHaveLength(1);
		desk.fault.answer = null;
		const second = await confirmed(confirm);
		expect([second.already?.length, second.changed]).toEqual([ids.length, []]);
		expect(desk.writes()).toHaveLength(ids.length);
	});

	it('goes on after one record of eighty failed', async ({ expect }) => {
		ids = desk.store
			.all('tickets')
			.slice(0, 80)
			.map(({ id }) => id);
		const confirm = await preview();
		let patches = 0;
		desk.fault.answer = ({ method }) =>
			method === 'PATCH' && ++patches === 37 ? Response.json({ message: 'broken' }, { status: 500 }) : null;
		const first = await confirmed(confirm);
		expect([first.changed?.length, first.failed]).toEqual([79, [{ id: ids[36], because: expect.any(String) }]]);
		desk.fault.answer = null;
		expect(await confirmed(confirm)).toMatchObject({ changed: [{ id: ids[36] }], already: { length: 79 } });
	});

	it('writes each record once when two make it at the same time', async ({ expect }) => {
		const confirm = await preview();
		const both = await Promise.all([confirmed(confirm), confirmed(confirm)]);
		const left = both.filter(({ left }) => left);
		for (const outcome of left) expect(outcome.notice).toMatch(/same confirm/);
		const changed = both.flatMap(({ changed = [] }) => changed.map(({ id }) => id));
		expect(changed.sort()).toEqual(ids.toSorted());
		expect(desk.writes()).toHaveLength(ids.length);
		expect(await confirmed(confirm)).toMatchObject({ changed: [], already: { length: ids.length } });
	});

	it('is good for a day', async ({ expect }) => {
		const confirm = await preview();
		const now = Date.now();
		await at(now + 23 * 3_600_000, async () => expect((await confirmed(confirm)).isError).toBe(false));
		await at(now + 25 * 3_600_000, async () => expect((await confirmed(confirm)).isError).toBe(true));
	});

	it('ends itself before a client gives up, and goes on with the same confirm', async ({ expect }) => {
		const confirm = await preview();
		const now = Date.now;
		let patches = 0;
		let aheadMs = 0;
		vi.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
		desk.fault.answer = ({ method }) => {
			if (method === 'PATCH' && ++patches === 4) aheadMs = 26_000;
			return null;
		};
		const first = await confirmed(confirm);
		expect([first.changed?.length, first.left]).toEqual([4, ids.slice(4)]);
		expect(first.notice).toMatch(/time of one call is up.*same confirm/);
		expect(await confirmed(confirm)).toMatchObject({ changed: { length: ids.length - 4 }, already: { length: 4 } });
	});
});
