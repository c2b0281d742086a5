// A write that is looked at before it happens, and a server that rehearses.
import { beforeEach, describe, it } from 'vitest';
import { connectWise } from '../calls/calls.ts';
import { api, callTool, eventually, type Json, serverPath, setUp } from '../support.ts';
import { ALL_TAGS, type Desk, openDesk, WRITES } from './desk.ts';

setUp();
let desk: Desk;
beforeEach(async () => {
	desk = await openDesk({ methods: ['read', 'write', 'custom'] });
});

describe('preview_change', () => {
	it('tells names before and after, and sends nothing', async ({ expect }) => {
		const { content, isError } = await desk.call('list_tickets', {
			closed: false,
			limit: 1,
			fields: 'id,summary,board',
		});
		expect(isError).toBe(false);
		const [ticket] = content.result as { id: number; summary: string; board: { id: number } }[];
		const statuses = (await desk.vendor.get(`/service/boards/${ticket?.board.id}/statuses`)).body;
		const to = statuses.find((one: { closedStatus: boolean }) => one.closedStatus).name;
		const preview = await desk.call('preview_change', {
			tool_name: 'update_ticket',
			arguments: { id: ticket?.id, status: { name: to }, summary: 'Printer on fire' },
		});
		expect(preview.isError).toBe(false);
		expect(preview.content).toMatchObject({
			preview: true,
			id: ticket?.id,
			changes: {
				status: { from: { name: expect.any(String) }, to: { name: to } },
				summary: { from: ticket?.summary, to: 'Printer on fire' },
			},
		});
		expect(preview.content.notice).toMatch(/^Nothing was sent/);
		expect(desk.writes()).toEqual([]);
	});
});

describe('a preview of a delete', () => {
	it('shows the record that would go, of a third of all kinds', async ({ expect }) => {
		desk = await openDesk({ tags: ALL_TAGS, tool_exposure: 'all' });
		const deletes = connectWise.operations
			.filter(({ kind }) => kind === 'delete')
			.filter((_, index) => index % 3 === 0);
		const wrong: string[] = [];
		let shown = 0;
		for (const { resource, names, required } of deletes) {
			const list = connectWise.byResource.get(`${resource}.list`);
			// Records below others need a parent each: those are sampled by the ones that stand alone.
			if (!list || list.required.length > 0 || required.length > 1) continue;
			const { content } = await desk.call(list.names.short, { limit: 1, fields: 'id' });
			const [record] = (content.result ?? []) as { id?: number }[];
			if (record?.id === undefined) continue;
			const ask = (id: number) => desk.call('preview_change', { tool_name: names.short, arguments: { id } });
			const good = await ask(record.id);
			const isShown = (good.content.record as Json | undefined)?.id === record.id;
			if (good.isError || !isShown || good.content.would_delete !== true) wrong.push(`${resource} ${record.id}`);
			shown += 1;
			const none = await ask(7_654_321);
			const isRead = connectWise.byResource.has(`${resource}.get`);
			const isTold = isRead
				? none.isError && /^Nothing was written: the record could not be read\./.test(String(none.content.message))
				: /could not be read first/.test(String(none.content.notice));
			if (!isTold) wrong.push(`${resource} of none: ${JSON.stringify(none.content)}`);
		}
		expect(wrong).toEqual([]);
		expect(shown).toBeGreaterThan(15);
		expect(desk.writes()).toEqual([]);
	});

	it('is the same where a server rehearses, and costs a delete no request', async ({ expect }) => {
		const [ticket] = desk.store.all('tickets');
		const rehearsing = await openDesk({ methods: ['read', 'write'], rehearsal: true }, desk.vendor);
		const { content } = await rehearsing.call('delete_ticket', { id: ticket?.id });
		expect(content).toMatchObject({ rehearsed: true, would_delete: true, record: { summary: ticket?.summary } });
		const gone = await rehearsing.call('delete_ticket', { id: 7_654_321 });
		expect([gone.isError, gone.content.statusCode]).toEqual([true, 404]);
		expect(rehearsing.writes()).toEqual([]);
		desk = await openDesk({ methods: ['write'], show_previous: true }, desk.vendor);
		await desk.call('delete_ticket', { id: ticket?.id });
		expect(desk.sent.map(({ method }) => method)).toEqual(['DELETE']);
	});

	it('is still given where the record may not be read', async ({ expect }) => {
		desk.fault.answer = () => Response.json({ code: 'Forbidden', message: 'no' }, { status: 403 });
		const { content, isError } = await desk.call('preview_change', {
			tool_name: 'delete_ticket',
			arguments: { id: 14059 },
		});
		expect([isError, content]).toMatchObject([false, { would_delete: true }]);
		expect(content.notice).toMatch(/could not be read first/);
	});
});

/** The vendor takes these and shows them in no record: the first becomes a note, the others say what a batch is made of. */
const ONLY_TAKEN = [
	'create_ticket initialDescription',
	'create_accounting_batch batchIdentifier',
	'create_accounting_batch exportInvoicesFlag',
	'create_accounting_batch processedRecordIds',
];

/** Does a record show what its preview said of a field? The vendor writes times in its own way. */
function agrees(shown: unknown, now: unknown): boolean {
	if (Array.isArray(shown))
		return Array.isArray(now) && shown.length === now.length && shown.every((one, at) => agrees(one, now[at]));
	if (typeof shown === 'object' && shown !== null) {
		const { id, ...rest } = shown as Json;
		const record = (now ?? {}) as Json;
		return id === undefined
			? Object.entries(rest).every(([name, value]) => agrees(value, record[name]))
			: record.id === id;
	}
	if (typeof shown !== 'string') return (now ?? (shown === false ? false : null)) === shown;
	if (typeof now !== 'string') return shown === '' && (now ?? null) === null;
	const isMoment = /^\d{4}-\d\d-\d\d/.test(shown) && /^\d{4}-\d\d-\d\d/.test(now);
	return now.trim() === shown.trim() || (isMoment && Date.parse(now) === Date.parse(shown));
}

describe('a preview', () => {
	const open = () => openDesk({ tags: ALL_TAGS, tool_exposure: 'all', duplicate_window_seconds: 0 });

	/** @returns fields that were compared, and those that are not as they were shown */
	async function compare(
		tool: string,
		args: Json,
		showing: 'changes' | 'sets',
	): Promise<{ good: number; wrong: string[] } | null> {
		const shown = await desk.call('preview_change', { tool_name: tool, arguments: args });
		if (shown.isError) return null;
		const before = desk.writes().length;
		const done = await desk.call(tool, { ...args, fields: '*' });
		if (done.isError || desk.writes().length === before) return null;
		const lost = (done.content.not_taken_over ?? []) as string[];
		const fields = Object.entries((shown.content[showing] ?? {}) as Json).filter(([field]) => !lost.includes(field));
		const wrong = fields.flatMap(([field, value]) => {
			const to = showing === 'changes' ? (value as { to: unknown }).to : value;
			const now = done.content[field];
			return agrees(to, now) ? [] : [`${tool} ${field}: ${JSON.stringify(to)} became ${JSON.stringify(now)}`];
		});
		return { good: fields.length - wrong.length, wrong };
	}

	it('of an update equals what the write then changes, for every record that the vendor holds', async ({ expect }) => {
		desk = await open();
		let compared = 0;
		const wrong: string[] = [];
		for (const { names, resource, kind, documentation } of WRITES) {
			const list = connectWise.byResource.get(`${resource}.list`);
			if (kind !== 'update' || !list || list.required.length > 0) continue;
			const [record] = ((await desk.call(list.names.short, { limit: 1 })).content.result ?? []) as Json[];
			if (!record) continue;
			const one = await compare(names.short, { ...documentation.example, id: record.id }, 'changes');
			compared += one?.good ?? 0;
			wrong.push(...(one?.wrong ?? []));
		}
		expect(wrong).toEqual([]);
		expect(compared).toBeGreaterThan(100);
	});

	it('of a create equals what the write then made, for every kind of record that the vendor makes', async ({
		expect,
	}) => {
		desk = await open();
		let compared = 0;
		let tools = 0;
		const wrong: string[] = [];
		for (const { names, kind, documentation } of WRITES) {
			if (kind !== 'create') continue;
			const one = await compare(names.short, documentation.example ?? {}, 'sets');
			if (one) tools += 1;
			compared += one?.good ?? 0;
			wrong.push(...(one?.wrong ?? []));
		}
		expect(wrong.filter((one) => !ONLY_TAKEN.some((field) => one.startsWith(field)))).toEqual([]);
		expect(tools).toBeGreaterThan(100);
		expect(compared).toBeGreaterThan(300);
	});
});

describe('a server that rehearses', () => {
	it('sends no write of any tool, whatever it is called with, and says so', async ({ expect }) => {
		desk = await openDesk({ tags: ALL_TAGS, rehearsal: true, writes_per_day: 1 });
		let shown = 0;
		for (const { names, documentation } of WRITES) {
			const { content, isError } = await desk.call(names.short, documentation.example ?? {});
			if (isError) continue;
			shown += 1;
			expect(content, names.short).toMatchObject({
				rehearsed: true,
				notice: expect.stringMatching(/^Nothing was done/),
			});
		}
		expect(shown).toBeGreaterThan(50);
		expect(desk.writes()).toEqual([]);
	});

	it('does the jobs that write without writing, and logs what it would have done', async ({ expect }) => {
		desk = await openDesk({ rehearsal: true, writes_per_day: 1 });
		const [ticket] = desk.store.all('tickets');
		const { content } = await desk.call('change_many', {
			tool_name: 'update_ticket',
			ids: [ticket?.id],
			changes: { summary: 'Other words' },
		});
		const done = await desk.call('change_many', { confirm: content.confirm });
		expect(done.content).toMatchObject({ rehearsed: true, would_change: [ticket?.id] });
		const closed = await desk.call('close_out_ticket', { ticket_id: ticket?.id, note: 'Seen' });
		expect(closed.content).toMatchObject({ rehearsed: true, note: { rehearsed: true } });
		expect(desk.writes()).toEqual([]);
		await eventually(async () => {
			const { body } = await api<{ result: Json[] }>(
				'GET',
				`${serverPath(desk.server)}/log?limit=50&outcome=rehearsed`,
			);
			// Each write that it would have made, once: what was previewed on the way is no more than that.
			expect(body.result.map(({ tool }) => tool).sort()).toEqual(
				['change_many', 'close_out_ticket', 'create_ticket_note', 'update_ticket'].sort(),
			);
			expect(body.result.find(({ tool }) => tool === 'update_ticket')).toMatchObject({
				record_type: 'tickets',
				record_id: ticket?.id,
				fields: ['summary'],
			});
		});
	});

	it('reads as ever', async ({ expect }) => {
		desk = await openDesk({ rehearsal: true });
		const { content } = await desk.call('list_tickets', { limit: 2 });
		expect(content.result_count).toBe(2);
	});
});

describe('what a preview cannot show', () => {
	const bad: [args: Json, says: RegExp][] = [
		[{}, /tool_name is required.*arguments is required/],
		[{ tool_name: 'list_tickets', arguments: {} }, /only reads/],
		[{ tool_name: 'update_tickets', arguments: {} }, /Did you mean update_ticket/],
		[{ tool_name: 'update_ticket', arguments: { id: 7_654_321, summary: 'x' } }, /not found/i],
		[{ tool_name: 'update_ticket', arguments: { id: 1, sumary: 'x' } }, /sumary/],
		[
			{ tool_name: 'create_ticket', arguments: { summary: 'x', company: { name: 'No such company' } } },
			/No such company/,
		],
	];
	it('is refused as the write itself would be', async ({ expect }) => {
		for (const [args, says] of bad) {
			const { content, isError } = await desk.call('preview_change', args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
		expect(desk.writes()).toEqual([]);
	});

	it('is what the filter hides', async ({ expect }) => {
		const narrow = await openDesk({ methods: ['read', 'update'], tags: ['time'] });
		const { content } = await narrow.call('preview_change', { tool_name: 'update_ticket', arguments: { id: 1 } });
		expect(content.message).toMatch(/"update_ticket" is no tool of this server/);
		const { body } = await callTool((await openDesk({ methods: ['read'] })).server.url, 'preview_change', {});
		expect(body.error?.code).toBe(-32602);
	});
});
