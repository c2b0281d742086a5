// The jobs of a service desk: a brief, closing out, time entries, a day, a board.
import { beforeEach, describe, it } from 'vitest';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();
let desk: Desk;
beforeEach(async () => {
	desk = await openDesk({ methods: ['read', 'write', 'count'] });
});

const openTicket = () =>
	desk.store.all('tickets').find(({ closedFlag, company }) => closedFlag !== true && company)?.id ?? 0;

describe('get_ticket_brief', () => {
	it('tells all about any ticket in one call and at most 1,500 tokens', async ({ expect }) => {
		for (const { id } of desk.store.all('tickets').slice(0, 40)) {
			const { content, isError } = await desk.call('get_ticket_brief', { ticket_id: id });
			expect([isError, content.id, content.missing], JSON.stringify(content)).toEqual([false, id, []]);
			expect(estimateTokens(JSON.stringify(content)), String(id)).toBeLessThanOrEqual(1_500);
			for (const part of ['conversation', 'configurations', 'schedule', 'other_open_tickets'])
				for (const row of (content[part] ?? []) as Json[]) expect(row.more ?? row.id, part).toBeDefined();
		}
	});

	it('names what could not be read, and why', async ({ expect }) => {
		desk.fault.answer = ({ path }) =>
			path.endsWith('/allNotes') ? Response.json({ code: 'Forbidden', message: 'no' }, { status: 403 }) : null;
		const { content } = await desk.call('get_ticket_brief', { ticket_id: openTicket() });
		expect(content.missing).toEqual([{ part: 'conversation', because: expect.stringMatching(/no/) }]);
		expect(content).not.toHaveProperty('conversation');
		const narrow = await openDesk({ methods: ['read'], tags: ['ticket'] }, desk.vendor);
		const few = await narrow.call('get_ticket_brief', { ticket_id: openTicket() });
		expect((few.content.missing as Json[]).map(({ part }) => part)).toEqual(
			expect.arrayContaining(['time', 'schedule']),
		);
	});

	it('answers an unknown ticket as the tool itself does', async ({ expect }) => {
		const { content, isError } = await desk.call('get_ticket_brief', { ticket_id: 7_654_321 });
		expect([isError, content.statusCode]).toEqual([true, 404]);
	});
});

describe('an update of one field', () => {
	it('costs at most 80 tokens, and a preview of it little more', async ({ expect }) => {
		for (const { id } of desk.store
			.all('tickets')
			.filter(({ closedFlag }) => closedFlag !== true)
			.slice(0, 10)) {
			const { body: ticket } = await desk.vendor.get(`/service/tickets/${id}`);
			const { body: statuses } = await desk.vendor.get(`/service/boards/${ticket.board.id}/statuses`);
			for (const { name } of statuses.filter(({ inactive }: Json) => !inactive)) {
				const args = { id, status: { name } };
				const shown = await desk.call('preview_change', { tool_name: 'update_ticket', arguments: args });
				expect(estimateTokens(JSON.stringify(shown.content)), JSON.stringify(shown.content)).toBeLessThanOrEqual(120);
				const { content, isError } = await desk.call('update_ticket', args);
				expect([isError, content.status], name).toMatchObject([false, { name }]);
				expect(estimateTokens(JSON.stringify(content)), JSON.stringify(content)).toBeLessThanOrEqual(80);
			}
		}
	});
});

describe('close_out_ticket', () => {
	const statusOf = (id: number) => desk.vendor.get(`/service/tickets/${id}`).then(({ body }) => body.status.name);
	async function closing(id: number): Promise<Json> {
		const { body: ticket } = await desk.vendor.get(`/service/tickets/${id}`);
		const { body: statuses } = await desk.vendor.get(`/service/boards/${ticket.board.id}/statuses`);
		const status = statuses.find(({ closedStatus, inactive }: Json) => closedStatus && !inactive).name;
		const member = desk.store
			.all('members')
			.find(({ inactiveFlag, licenseClass }) => !inactiveFlag && licenseClass !== 'A');
		return {
			ticket_id: id,
			note: 'Replaced the toner',
			hours: 0.5,
			start: '2026-06-24T09:00:00',
			member: member?.identifier,
			status,
		};
	}
	const countsOf = async (id: number) => ({
		notes: desk.store.all('ticketNotes').filter(({ text }) => text === 'Replaced the toner').length,
		entries: desk.store.all('timeEntries').filter((one) => one.chargeToId === id && one.notes === 'Replaced the toner')
			.length,
		status: await statusOf(id),
	});

	it('is previewed as one', async ({ expect }) => {
		const args = await closing(openTicket());
		const { content, isError } = await desk.call('preview_change', { tool_name: 'close_out_ticket', arguments: args });
		expect([isError, content.message]).toEqual([false, undefined]);
		expect(content).toMatchObject({
			preview: true,
			note: { preview: true },
			time: { preview: true },
			status: { preview: true },
		});
		expect(desk.writes()).toEqual([]);
	});

	it('does all, and doubles nothing wherever it is killed and repeated', async ({ expect }) => {
		const kinds = ['POST /service/tickets/', 'POST /time/entries', 'PATCH /service/tickets/'];
		for (const [at, kind] of kinds.entries())
			for (const isDone of [false, true]) {
				const id =
					desk.store.all('tickets').filter(({ closedFlag, company }) => closedFlag !== true && company)[at]?.id ?? 0;
				for (const collection of ['ticketNotes', 'timeEntries'] as const)
					for (const one of desk.store.all(collection))
						if (one.text === 'Replaced the toner' || one.notes === 'Replaced the toner')
							desk.store.remove(collection, one.id);
				const args = await closing(id);
				let isKilled = false;
				desk.fault.answer = async ({ method, path, body }) => {
					if (method === 'GET' || isKilled || !`${method} ${path}`.startsWith(kind)) return null;
					isKilled = true;
					if (isDone) await desk.vendor.call(method, path, body);
					throw new TypeError('Network connection lost.');
				};
				const first = await desk.call('close_out_ticket', args);
				expect([first.isError, first.content.left], `${kind} ${isDone}`).toEqual([
					true,
					['note', 'time', 'status'].slice(at),
				]);
				desk.fault.answer = null;
				const insisted = await desk.call('close_out_ticket', args);
				expect(insisted.isError, JSON.stringify(insisted.content)).toBe(false);
				await desk.call('close_out_ticket', args);
				const counts = await countsOf(id);
				expect(counts, `${kind} ${isDone}`).toEqual({ notes: 1, entries: 1, status: args.status });
				desk = await openDesk({ methods: ['read', 'write', 'count'] });
			}
	});

	it('takes a ticket that is closed already, and books the time of each member', async ({ expect }) => {
		const id = openTicket();
		const args = await closing(id);
		expect((await desk.call('close_out_ticket', args)).isError).toBe(false);
		const other = desk.store
			.all('members')
			.find(
				({ inactiveFlag, licenseClass, identifier }) =>
					!inactiveFlag && licenseClass !== 'A' && identifier !== args.member,
			);
		const again = await desk.call('close_out_ticket', { ...args, member: other?.identifier });
		expect(again.content).toMatchObject({ done: true, note: { already: true }, status: { already: true } });
		expect(again.content.time).toMatchObject({ actualHours: 0.5, member: { identifier: other?.identifier } });
		expect((await countsOf(id)).entries).toBe(2);
	});

	const bad: [args: Json, says: RegExp][] = [
		[{}, /ticket_id is required/],
		[{ ticket_id: 1 }, /at least one of them/],
		[{ ticket_id: 1, note: '  ' }, /note/],
		[{ ticket_id: 1, hours: -1 }, /hours must be more than 0/],
		[{ ticket_id: 1, hours: 45 }, /at most 24/],
		[{ ticket_id: 1, note: 'x', member: 'a' }, /belongs to hours/],
	];
	it('refuses what means nothing, and writes nothing while a part is wrong', async ({ expect }) => {
		for (const [args, says] of bad) {
			const { content, isError } = await desk.call('close_out_ticket', args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
		const id = openTicket();
		const wrong = await desk.call('close_out_ticket', { ...(await closing(id)), status: 'No such status' });
		expect([wrong.isError, wrong.content.message]).toEqual([true, expect.stringMatching(/No such status/)]);
		expect(desk.writes()).toEqual([]);
	});
});

describe('a record that a job is given by its id', () => {
	it('is taken where it is set, and led to its name where it is looked for', async ({ expect }) => {
		const id = openTicket();
		const { body: ticket } = await desk.vendor.get(`/service/tickets/${id}`);
		const { body: statuses } = await desk.vendor.get(`/service/boards/${ticket.board.id}/statuses`);
		const closing = statuses.find((one: Json) => one.closedStatus === true && !one.inactive);
		for (const status of [String(closing.id), closing.id, `#${closing.id}`]) {
			const { content } = await desk.call('close_out_ticket', { ticket_id: id, status });
			expect(content, String(status)).toMatchObject({ done: true, status: { status: { id: closing.id } } });
		}
		expect(desk.writes()).toHaveLength(1);
		for (const [tool, args] of [
			['get_team_board', { board_name: 1 }],
			['find_stale_and_at_risk', { board_name: '1' }],
			['get_my_day', { member: '151' }],
		] as const) {
			const { content, isError } = await desk.call(tool, args);
			expect([isError, content.message], tool).toEqual([true, expect.stringMatching(/Give its name, not its id\./)]);
		}
	});
});

describe('log_time_entries', () => {
	const person = () =>
		desk.store.all('members').find(({ inactiveFlag, licenseClass }) => !inactiveFlag && licenseClass !== 'A')
			?.identifier;
	const pad = (value: number) => String(value).padStart(2, '0');
	const entriesOf = (length: number): Json[] =>
		Array.from({ length }, (_, at) => ({
			chargeToId: openTicket(),
			chargeToType: 'ServiceTicket',
			member: { identifier: person() },
			timeStart: `2026-06-${pad(2 + Math.floor(at / 10))}T${pad(8 + (at % 10))}:00:00`,
			actualHours: 0.5,
			notes: `Work ${at}`,
		}));
	const logged = () => desk.store.all('timeEntries').filter(({ notes }) => String(notes).startsWith('Work ')).length;

	it('finds ten faults among fifty entries, and writes none', async ({ expect }) => {
		const entries = entriesOf(50);
		const faults: [at: number, change: Json][] = [
			[3, { timeStart: '2026-06-02T10:15:00' }],
			[7, { notes: '' }],
			[11, { actualHours: -1 }],
			[14, { actualHours: 25 }],
			[18, { member: { identifier: 'nobody-at-all' } }],
			[22, { actualHours: undefined }],
			[27, { timeStart: 'yesterdayish' }],
			[33, { chargeToType: 'Ticket' }],
			[38, { actualHour: 1 }],
			[44, { workType: { name: 'No such work' } }],
		];
		for (const [at, change] of faults) Object.assign(entries[at] as Json, change);
		const { content, isError } = await desk.call('log_time_entries', { entries });
		expect(isError).toBe(true);
		const found = new Set(Array.from(String(content.message).matchAll(/entries\[(\d+)\]/g), ([, at]) => Number(at)));
		for (const [at] of faults) expect([...found], String(content.message)).toContain(at);
		expect(logged()).toBe(0);
		expect(desk.writes()).toEqual([]);
	});

	it('logs what is good, and nothing twice when it is repeated', async ({ expect }) => {
		const entries = entriesOf(12);
		let posts = 0;
		desk.fault.answer = ({ method }) =>
			method === 'POST' && ++posts === 6 ? new Response('{}', { status: 429, headers: { 'retry-after': '3' } }) : null;
		const first = await desk.call('log_time_entries', { entries });
		expect([(first.content.logged as Json[]).length, (first.content.left as number[]).length]).toEqual([5, 7]);
		desk.fault.answer = null;
		const second = await desk.call('log_time_entries', { entries });
		expect(second.content).toMatchObject({ already: { length: 5 }, logged: { length: 7 } });
		await desk.call('log_time_entries', { entries });
		expect(logged()).toBe(12);
	});

	/** The same person, as people and models spell one. */
	function spellings(): Json[] {
		const one = desk.store.all('members').find(({ identifier }) => identifier === person());
		return [{ identifier: one?.identifier }, { id: one?.id }, { name: `${one?.firstName} ${one?.lastName}` }];
	}

	it('knows a member however it is spelt', async ({ expect }) => {
		const [entry] = entriesOf(1);
		const all = spellings();
		for (const [at, member] of all.entries()) {
			const { content } = await desk.call('log_time_entries', { entries: [{ ...entry, member }] });
			expect(content, JSON.stringify(member)).toMatchObject({ [at === 0 ? 'logged' : 'already']: { length: 1 } });
			const twice = all.map((other, index) => ({ ...entry, notes: `Work ${index}`, member: other }));
			const overlapping = await desk.call('log_time_entries', { entries: twice });
			expect(overlapping.content.message, JSON.stringify(member)).toMatch(/entries\[1\] overlaps entries\[0\]/);
		}
		expect(logged()).toBe(1);
	});

	it('reads an entry as the tool itself does, however its arguments are spelt', async ({ expect }) => {
		const [entry = {}] = entriesOf(1);
		const { chargeToId, actualHours, timeStart, chargeToType, member, notes } = entry;
		const spelt: [name: string, entry: Json][] = [
			['as it is', entry],
			['a number as text', { ...entry, actualHours: '0.5' }],
			['a number with a sign', { ...entry, actualHours: '+.5' }],
			['an id as text', { ...entry, chargeToId: `#${chargeToId}` }],
			['a person as text', { ...entry, member: ` ${person()} ` }],
			['a clock without seconds', { ...entry, timeStart: String(timeStart).replace('T', ' ').slice(0, 16) }],
			['an end instead', { ...entry, actualHours: undefined, timeEnd: String(timeStart).replace('00:00', '30:00') }],
			[
				'snake case',
				{
					charge_to_id: chargeToId,
					charge_to_type: chargeToType,
					time_start: timeStart,
					actual_hours: actualHours,
					member,
					notes,
				},
			],
			['a client’s own', { ...entry, sessionId: 'a', workRole: null, internalNotes: '' }],
			['odd blanks', { ...entry, notes: `${notes}\n` }],
		];
		for (const [at, [name, one]] of spelt.entries()) {
			const { content } = await desk.call('log_time_entries', { entries: [one] });
			expect(content, name).toMatchObject({ [at === 0 ? 'logged' : 'already']: { length: 1 } });
			const beside = { ...entry, notes: 'Work beside' };
			const { content: overlapping } = await desk.call('log_time_entries', { entries: [beside, one] });
			expect(overlapping.message, name).toMatch(/entries\[1\] overlaps entries\[0\]/);
			const wrong = { ...one, workType: 'No such work' };
			const { content: faulty } = await desk.call('log_time_entries', { entries: [wrong] });
			expect(faulty.message, name).toMatch(/No such work/);
			expect(faulty.message, name).not.toMatch(/has no time|has no notes/);
		}
		expect(logged()).toBe(1);
	});

	it('takes entries of several members at the same time', async ({ expect }) => {
		const [entry] = entriesOf(1);
		const members = desk.store
			.all('members')
			.filter(({ inactiveFlag, licenseClass }) => !inactiveFlag && licenseClass !== 'A');
		const entries = members.slice(0, 3).map(({ identifier }) => ({ ...entry, member: { identifier } }));
		const { content } = await desk.call('log_time_entries', { entries });
		expect(content.logged, String(content.message)).toHaveLength(3);
	});

	const overlaps: [name: string, one: Json, other: Json, says: RegExp | null][] = [
		[
			'over midnight',
			{ timeStart: '2026-06-02T23:00:00', actualHours: 3 },
			{ timeStart: '2026-06-03T01:30:00', actualHours: 1 },
			/overlaps entries\[0\]/,
		],
		[
			'end to end',
			{ timeStart: '2026-06-02T22:00:00', actualHours: 2 },
			{ timeStart: '2026-06-03T00:00:00', actualHours: 1 },
			null,
		],
		[
			'in the hour that comes twice',
			{ timeStart: '2026-11-01T00:30:00', actualHours: 3 },
			{ timeStart: '2026-11-01T02:15:00', actualHours: 1 },
			/overlaps entries\[0\]/,
		],
		[
			'behind the hour that is skipped',
			{ timeStart: '2026-03-08T01:00:00', actualHours: 1 },
			{ timeStart: '2026-03-08T03:00:00', actualHours: 1 },
			null,
		],
		[
			'twice the same',
			{ timeStart: '2026-06-02T10:00:00', actualHours: 1 },
			{ timeStart: '2026-06-02T10:00:00', actualHours: 1 },
			/overlaps entries\[0\]/,
		],
		[
			'a day too full',
			{ timeStart: '2026-06-02T00:00:00', actualHours: 15 },
			{ timeStart: '2026-06-02T15:00:00', actualHours: 10 },
			/makes 25 hours of/,
		],
	];
	it('compares moments, not clocks', async ({ expect }) => {
		const [entry] = entriesOf(1);
		for (const [name, one, other, says] of overlaps) {
			const entries = [one, other].map((more) => ({ ...entry, ...more, notes: `Other ${name}` }));
			const { content, isError } = await desk.call('preview_change', {
				tool_name: 'log_time_entries',
				arguments: { entries },
			});
			if (says) expect([isError, content.message], name).toEqual([true, expect.stringMatching(says)]);
			else expect([isError, content.message], name).toEqual([false, undefined]);
		}
		expect(desk.writes()).toEqual([]);
	});

	it('refuses what is no list of entries', async ({ expect }) => {
		for (const entries of [[], Array(51).fill({}), 'all of them', [1], [null]]) {
			const { content, isError } = await desk.call('log_time_entries', { entries });
			expect([isError, content.message], JSON.stringify(entries).slice(0, 40)).toEqual([
				true,
				expect.stringMatching(/entries/),
			]);
		}
		expect(desk.writes()).toEqual([]);
	});

	it('finds what overlaps the entries that are there', async ({ expect }) => {
		const [entry] = entriesOf(1);
		await desk.call('log_time_entries', { entries: [entry] });
		const { content, isError } = await desk.call('log_time_entries', { entries: [{ ...entry, notes: 'Work again' }] });
		expect([isError, content.message]).toEqual([true, expect.stringMatching(/overlaps time entry \d+/)]);
		expect(logged()).toBe(1);
	});
});

describe('a day and a board', () => {
	it('are told in one call', async ({ expect }) => {
		const member = desk.store
			.all('members')
			.find(({ inactiveFlag, licenseClass }) => !inactiveFlag && licenseClass !== 'A');
		const day = await desk.call('get_my_day', { member: member?.identifier });
		expect([day.isError, day.content.missing], JSON.stringify(day.content)).toEqual([false, []]);
		expect(day.content).toMatchObject({
			schedule: expect.any(Array),
			open_tickets: expect.any(Array),
			time_today: { hours: expect.any(Number) },
		});
		const { body: boards } = await desk.vendor.get('/service/boards');
		const board = await desk.call('get_team_board', { board_name: boards[0].name });
		expect([board.isError, board.content.missing], JSON.stringify(board.content)).toEqual([false, []]);
		const open = (
			await desk.vendor.get('/service/tickets/count', {
				conditions: `board/name="${boards[0].name}" and closedFlag=false`,
			})
		).body.count;
		const counted = (board.content.open_by_owner as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
		expect(counted).toBe(open);
		for (const { content } of [day, board]) expect(estimateTokens(JSON.stringify(content))).toBeLessThanOrEqual(2_000);
	});

	it('refuse a name that names nobody and nothing, and say which there are', async ({ expect }) => {
		const unknown: [tool: string, args: Json, says: RegExp][] = [
			['get_my_day', { member: 'zzz' }, /member "zzz" names no member/],
			['get_my_day', { member: 'nosuchperson' }, /member "nosuchperson" names no member/],
			['get_team_board', { board_name: 'No such' }, /board_name "No such" names no board. There are: Help Desk/],
			['find_stale_and_at_risk', { board_name: 'No such' }, /board_name "No such" names no board. There are:/],
			['find_stale_and_at_risk', { stale_after: 'soonish' }, /stale_after/],
			['get_my_day', { hours: 'many' }, /hours must be a number/],
			['get_ticket_brief', { ticket_id: 'the printer one' }, /ticket_id must be a whole number/],
		];
		for (const [tool, args, says] of unknown) {
			const { content, isError } = await desk.call(tool, args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
	});

	it('take a part of a name as a list does, and say whose it is', async ({ expect }) => {
		const { content, isError } = await desk.call('get_team_board', { board_name: 'helpdesk' });
		expect(isError, String(content.message)).toBe(false);
		expect((content.open_by_owner as Json[]).length).toBeGreaterThan(0);
		const named: [tool: string, args: Json, resolved: Json | undefined][] = [
			['get_team_board', { board_name: 'helpdesk' }, { board_name: { id: 1, name: 'Help Desk' } }],
			['get_team_board', { boardName: 'Help Desk' }, undefined],
			['get_my_day', { member: 'John S.' }, { member: { id: 151, name: 'John Smith' } }],
			['get_my_day', { member: 'jsmith' }, undefined],
			['find_stale_and_at_risk', { board_name: 'helpdesk' }, { board_name: { id: 1, name: 'Help Desk' } }],
		];
		for (const [tool, args, resolved] of named)
			expect((await desk.call(tool, args)).content.resolved, `${tool} ${JSON.stringify(args)}`).toEqual(resolved);
	});

	it('need a member where the server works for nobody', async ({ expect }) => {
		const { content, isError } = await desk.call('get_my_day');
		expect([isError, content.message]).toEqual([true, expect.stringMatching(/member is needed/)]);
	});
});
