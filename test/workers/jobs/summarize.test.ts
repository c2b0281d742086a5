// Counts and sums over lists: exact against the vendor's own records, or told as cut.
import { beforeAll, describe, it } from 'vitest';
import type { Stored } from '../../../sandbox/behaviour/store.ts';
import { bucketOf, rounded } from '../../../workers/calls/jobs/summary.ts';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { type Answer, createVendor, type Vendor } from '../../sandbox/vendor.ts';
import { connectWise } from '../calls/calls.ts';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk, type Request } from './desk.ts';

setUp();
let vendor: Vendor;
const BOARD_TICKETS = 5_000;

type Ticket = { id: number; board: { id: number; name: string }; status: { name: string }; closedFlag: boolean };
type Group = Json & { count: number };

/** Copies of the seeded tickets, with times spread over a quarter. */
beforeAll(() => {
	vendor = createVendor();
	const seeded = vendor.store.all('tickets');
	for (let at = 0; at < BOARD_TICKETS; at++) {
		const like = seeded[at % seeded.length] as Stored;
		const dateEntered = new Date(Date.parse('2026-08-01T03:30:00Z') + at * 1_800_000).toISOString().slice(0, 19);
		const info = { ...(like._info as Json), dateEntered: `${dateEntered}Z` };
		vendor.store.put('tickets', { ...like, id: 900_000 + at, budgetHours: (at % 7) / 10, _info: info });
	}
});

const desk = (config = {}): Promise<Desk> => openDesk({ methods: ['read'], ...config }, vendor);

async function allOf<Row>(path: string, query: Record<string, string> = {}): Promise<Row[]> {
	const all: Row[] = [];
	for (let page = 1; ; page++) {
		const { body } = await vendor.get(path, { ...query, pageSize: '1000', page: String(page) });
		all.push(...body);
		if (body.length < 1000) return all;
	}
}

const allTickets = () => allOf<Ticket>('/service/tickets', { orderBy: 'id' });

function counted<T>(rows: readonly T[], keyOf: (row: T) => unknown): Map<unknown, T[]> {
	const groups = new Map<unknown, T[]>();
	for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
	return groups;
}

describe('a board of five thousand tickets', () => {
	it('is counted and summed exactly, in at most ten requests and 1,200 tokens', async ({ expect }) => {
		const all = await allTickets();
		const { call, sent } = await desk();
		const { content, isError } = await call('summarize_records', {
			tool_name: 'list_tickets',
			group_by: ['board/name', 'status'],
			sum: 'budgetHours',
		});
		expect(isError).toBe(false);
		expect(content).toMatchObject({ is_exact: true, total: { count: all.length } });
		const groups = counted(all, ({ board, status }) => `${board.name}/${status.name}`);
		for (const group of content.groups as Group[]) {
			const own = groups.get(`${group['board/name']}/${group.status}`) ?? [];
			expect(group.count).toBe(own.length);
			const sum = own.reduce((total, one) => total + Number((one as unknown as Json).budgetHours ?? 0), 0);
			expect(group.sum ?? 0).toBe(rounded(sum));
		}
		expect(all.length).toBeGreaterThan(BOARD_TICKETS);
		expect(sent.length).toBeLessThanOrEqual(10);
		expect(estimateTokens(JSON.stringify(content))).toBeLessThanOrEqual(1_200);
	});

	it('is told as cut where it has more than is read', async ({ expect }) => {
		const { call, fault } = await desk();
		let id = 0;
		fault.answer = ({ path }) =>
			path === '/service/tickets' ? Response.json(Array.from({ length: 1000 }, () => ({ id: ++id }))) : null;
		const { content } = await call('summarize_records', { tool_name: 'list_tickets' });
		expect(content).toMatchObject({ is_exact: false, requests: 10, total: { count: 10_000 } });
		expect(content.notice).toMatch(/^Not all: figures are of the first 10000 records/);
	});

	it('is bucketed by days, weeks and months of the time zone', async ({ expect }) => {
		const all = await allTickets();
		for (const bucket of ['day', 'week', 'month'] as const) {
			const { call } = await desk();
			const { content } = await call('summarize_records', {
				tool_name: 'list_tickets',
				bucket,
				bucket_field: bucket === 'day' ? '_info/dateEntered' : 'dateEntered',
				top: 100,
			});
			const zone = { by: bucket, isDay: false };
			const groups = counted(all, (one) =>
				bucketOf((one as unknown as { _info: Json })._info.dateEntered, zone, 'America/New_York'),
			);
			for (const group of content.groups as Group[]) expect(group.count).toBe(groups.get(group[bucket])?.length);
			expect(content.time_zone).toBe('America/New_York');
		}
	});
});

describe('a whole list', () => {
	const tickets = (sent: Desk['sent']) => sent.filter(({ path }) => path === '/service/tickets');
	const count = async ({ call }: Desk, args: Json = {}) => {
		const { content, isError } = await call('summarize_records', { tool_name: 'list_tickets', ...args });
		return { isError, isExact: content.is_exact, count: (content.total as Json | undefined)?.count, ...content };
	};

	it('is asked for forwards, by the last id, without an order', async ({ expect }) => {
		const all = await allTickets();
		const open = await desk();
		expect(await count(open)).toMatchObject({ isExact: true, count: all.length });
		const pages = tickets(open.sent);
		expect(pages.map(({ headers }) => headers['pagination-type'])).toEqual(pages.map(() => 'forward-only'));
		expect(pages.map(({ query }) => query.pageId)).toEqual(
			pages.map((_, at) => (at === 0 ? undefined : String(all[at * 1000 - 1]?.id))),
		);
		for (const { query } of pages) expect(Object.keys(query)).not.toEqual(expect.arrayContaining(['orderBy']));
		expect(pages.every(({ query }) => query.page === undefined)).toBe(true);
	});

	/** Vendors that do not page as they say, by what they make of a request. */
	const vendors: [name: string, answer: (request: Request) => Promise<Answer> | null][] = [
		['knows no forward paging', ({ path, query: { pageId: _, ...query } }) => vendor.get(path, query)],
		[
			'refuses forward paging',
			({ headers }) =>
				headers['pagination-type'] ? Promise.resolve({ status: 400, body: { code: 'InvalidObject' } }) : null,
		],
		[
			'sends shorter pages than asked for',
			({ method, path, query, headers: { 'pagination-type': type = '' } }) =>
				vendor.call(method, path, undefined, { ...query, pageSize: '700' }, { 'pagination-type': type }),
		],
	];
	it('is counted exactly whatever the vendor makes of it, or told as cut', async ({ expect }) => {
		const all = await allTickets();
		for (const [name, answer] of vendors) {
			const open = await desk();
			open.fault.answer = async (request) => {
				const found = request.path === '/service/tickets' ? await answer(request) : null;
				const headers: HeadersInit = found?.link ? { link: found.link } : {};
				return found && Response.json(found.body, { status: found.status, headers });
			};
			const counted = await count(open);
			expect(counted, `${name}: ${JSON.stringify(counted)}`).toMatchObject({
				isError: false,
				isExact: true,
				count: all.length,
			});
			expect(tickets(open.sent).length, name).toBeLessThanOrEqual(10);
		}
	});

	it('neither loses nor repeats a record while others come and go', async ({ expect }) => {
		const all = await allTickets();
		const [first, second] = all as unknown as [Stored, Stored];
		const open = await desk();
		let pages = 0;
		open.fault.answer = ({ path }) => {
			if (path === '/service/tickets' && ++pages === 2) {
				vendor.store.remove('tickets', first.id);
				vendor.store.put('tickets', { ...second, id: 2_000_000 });
			}
			return null;
		};
		const counted = await count(open);
		vendor.store.put('tickets', first);
		vendor.store.remove('tickets', 2_000_000);
		expect(counted).toMatchObject({ isExact: true, count: all.length + 1 });
	});

	it('is read by pages where its caller gives an order, or its records have no such field', async ({ expect }) => {
		const open = await desk({ methods: ['read'], tags: ['system', 'service', 'ticket'] });
		await count(open, { arguments: { orderBy: 'summary asc' } });
		const trail = {
			tool_name: 'list_audit_trail',
			arguments: { type: 'Ticket', id: vendor.store.all('tickets')[0]?.id },
		};
		const { content } = await open.call('summarize_records', trail);
		expect(content, String(content.message)).toMatchObject({ is_exact: true, requests: 1 });
		expect(open.sent.length).toBeGreaterThan(5);
		for (const { headers, query } of open.sent)
			expect([headers['pagination-type'], query.page]).toEqual([undefined, expect.any(String)]);
	});
});

describe('any list', () => {
	it('can be counted, with ids or without', async ({ expect }) => {
		const open = await desk({ methods: ['list'], tags: Object.keys(connectWise.file.tags) });
		const lists = connectWise.operations.filter(({ kind, required }) => kind === 'list' && required.length === 0);
		for (const { names, fact } of lists) {
			const { content } = await open.call('summarize_records', { tool_name: names.short });
			const count = (await allOf(fact.path)).length;
			expect(content, `${names.short}: ${content.message}`).toMatchObject({ total: { count }, is_exact: true });
		}
		expect(lists.length).toBeGreaterThan(100);
	});
});

describe('a list over its parents', () => {
	it('is read for each of them and counted exactly', async ({ expect }) => {
		const { call } = await desk();
		const { content, isError } = await call('summarize_records', {
			tool_name: 'list_agreement_additions',
			over: { tool_name: 'list_agreements' },
			group_by: ['parent/name'],
			sum: 'quantity',
			top: 100,
		});
		expect(isError).toBe(false);
		let total = 0;
		for (const { id } of (await vendor.get('/finance/agreements', { pageSize: '1000' })).body)
			total += (await vendor.get(`/finance/agreements/${id}/additions`, { pageSize: '1000' })).body.length;
		expect(content).toMatchObject({ is_exact: true, total: { count: total } });
		expect(total).toBeGreaterThan(0);
	});
});

describe('what is not there', () => {
	const empty: [args: Json, says: RegExp, isZero: boolean][] = [
		[
			{ tool_name: 'list_tickets', arguments: { board_name: 'No such' } },
			/"No such" names no board. There are: /,
			true,
		],
		[
			{
				tool_name: 'list_agreement_additions',
				over: { tool_name: 'list_agreements', arguments: { conditions: 'id=999999' } },
				sum: 'quantity',
			},
			/^Nothing matches/,
			true,
		],
	];
	it('is said beside the zero', async ({ expect }) => {
		const { call } = await desk();
		for (const [args, says, isZero] of empty) {
			const { content } = await call('summarize_records', args);
			expect(content.notice, JSON.stringify(content)).toMatch(says);
			expect([(content.total as Json).count === 0, content.is_exact], String(says)).toEqual([isZero, true]);
		}
	});

	const told: [args: Json, says: Json][] = [
		[{ board_name: '' }, { notice: 'Not used, since empty: board_name.' }],
		[{ board: {} }, { notice: 'Not used, since empty: board_name.' }],
		[{ board: 'Help Desk', board_name: null }, {}],
		[{ sessionId: 'a' }, { notice: 'Ignored, no arguments of this tool: sessionId.' }],
		[{ board: 'Desk' }, { resolved: { board_name: { id: 1, name: 'Help Desk' } } }],
	];
	it('of the filters, or was read as another name, is told beside the figures', async ({ expect }) => {
		const { call } = await desk();
		for (const [args, says] of told) {
			const { content } = await call('summarize_records', { tool_name: 'list_tickets', arguments: args });
			const { notice, resolved } = content;
			expect({ args, notice, resolved }).toEqual({ args, ...says });
		}
		const list = {
			tool_name: 'list_board_statuses',
			over: { tool_name: 'list_boards', arguments: { conditions: '' } },
		};
		const { content } = await call('summarize_records', list);
		expect(content.notice).toBe('Not used, since empty: conditions.');
	});

	it('is no end of the list: a vendor that stops in the middle is told', async ({ expect }) => {
		const { call, fault } = await desk();
		const limited = () => new Response('{}', { status: 429, headers: { 'retry-after': '9' } });
		for (const [name, answer] of [
			['429', limited],
			['500', () => new Response('{}', { status: 500 })],
		] as const) {
			let pages = 0;
			fault.answer = ({ path }) => (path === '/service/tickets' && ++pages === 3 ? answer() : null);
			const { content, isError } = await call('summarize_records', { tool_name: 'list_tickets', group_by: ['board'] });
			expect([isError, content.is_exact, (content.total as Json).count], name).toEqual([false, false, 2000]);
			expect(content.notice, name).toMatch(/^Not all: figures are of the first 2000 records.*Reading ended early: /);
			expect(content.retry_after_seconds, name).toBe(name === '429' ? 9 : undefined);
		}
	});
});

it('a field may be written with dots, and one group without a list', async ({ expect }) => {
	const { call } = await desk();
	const by = async (group_by: unknown) =>
		(await call('summarize_records', { tool_name: 'list_tickets', arguments: { closed: 'no' }, group_by })).content
			.groups;
	expect(await by('board.name')).toEqual(await by(['board/name']));
});

describe('days of a time zone', () => {
	const zone = 'America/New_York';
	const cases: [by: 'day' | 'week' | 'month', moment: string, bucket: string][] = [
		['day', '2026-11-01T03:59:59Z', '2026-10-31'],
		['day', '2026-11-01T04:00:00Z', '2026-11-01'],
		['day', '2026-11-01T05:30:00Z', '2026-11-01'],
		['day', '2026-11-01T06:30:00Z', '2026-11-01'],
		['day', '2026-11-02T04:59:59Z', '2026-11-01'],
		['day', '2026-11-02T05:00:00Z', '2026-11-02'],
		['day', '2026-03-08T04:59:59Z', '2026-03-07'],
		['day', '2026-03-09T03:59:59Z', '2026-03-08'],
		['day', '2026-03-09T04:00:00Z', '2026-03-09'],
		['week', '2026-11-02T04:59:59Z', '2026-10-26'],
		['week', '2026-11-02T05:00:00Z', '2026-11-02'],
		['week', '2027-01-01T12:00:00Z', '2026-12-28'],
		['month', '2026-11-01T03:59:59Z', '2026-10'],
		['month', '2027-01-01T04:59:59Z', '2026-12'],
	];
	it('begin at its midnight, also where clocks change', ({ expect }) => {
		for (const [by, moment, bucket] of cases)
			expect(bucketOf(moment, { by, isDay: false }, zone), `${by} ${moment}`).toBe(bucket);
		for (const value of [null, '', 'soon', 12]) expect(bucketOf(value, { by: 'day', isDay: false }, zone)).toBeNull();
		expect(bucketOf('2026-11-01T00:00:00Z', { by: 'day', isDay: true }, zone)).toBe('2026-11-01');
	});
});

describe('arguments that mean nothing', () => {
	const bad: [args: Json, says: RegExp][] = [
		[{}, /tool_name is required/],
		[{ tool_name: 'list_invoices' }, /"list_invoices" is no tool of this server/],
		[{ tool_name: 'list_ticket' }, /Did you mean list_tickets/],
		[{ tool_name: 'get_ticket' }, /is no tool that lists/],
		[{ tool_name: 'list_tickets', group_by: ['bord/name'] }, /"bord\/name" is no field .*"board"/],
		[{ tool_name: 'list_tickets', sum: 'hours_total' }, /sum "hours_total" is no field/],
		[{ tool_name: 'list_tickets', sum: 'extendedPrice' }, /"extendedPrice" is no field .*Numbers are: .*actualHours/],
		[{ tool_name: 'list_tickets', group_by: ['technician who works'] }, /is no field .*There are: .*owner/],
		[{ tool_name: 'list_tickets', group_by: ['customFields'] }, /"customFields" holds a list in each record/],
		[{ tool_name: 'list_tickets', group_by: ['customFields/value'] }, /"customFields" holds a list/],
		[{ tool_name: 'list_tickets', sum: 'summary' }, /sum "summary" is no number/],
		[{ tool_name: 'list_tickets', average: 'board' }, /average "board" is no number/],
		[{ tool_name: 'list_tickets', sum: 'company/nonsense' }, /company\/nonsense is not a recognized name/],
		[{ tool_name: 'list_tickets', sum: 'company/name' }, /sum "company\/name" is no number/],
		[{ tool_name: 'list_tickets', sum: 'closedFlag' }, /sum "closedFlag" is no number/],
		[{ tool_name: 'list_tickets', bucket: 'day' }, /bucket and bucket_field go together/],
		[{ tool_name: 'list_tickets', bucket: 'year', bucket_field: 'dateEntered' }, /bucket must be one of/],
		[{ tool_name: 'list_tickets', top: 0 }, /top must be at least 1/],
		[{ tool_name: 'list_tickets', groupedby: ['board'] }, /groupedby is no argument.*"group_by"/],
		[{ tool_name: 'list_tickets', top: '0' }, /top must be at least 1/],
		[{ tool_name: 'list_tickets', top: 1.5 }, /top must be a whole number/],
		[{ tool_name: 'list_tickets', top: 101 }, /top must be at most 100/],
		[{ tool_name: 'list_tickets', over: { tool_name: 'list_boards' } }, /belongs to no parent/],
		[{ tool_name: 'list_tickets', over: {} }, /over.tool_name/],
		[
			{ tool_name: 'list_board_statuses', over: { tool_name: 'list_tickets' } },
			/over must list the records that board_id is the id of/,
		],
		[{ tool_name: 'list_tickets', arguments: 'open ones' }, /arguments must be an object/],
		[{ tool_name: 'list_tickets', arguments: { nonsense: 1 } }, /nonsense/],
	];
	it('are refused, all at once, with nothing sent but reads', async ({ expect }) => {
		const { call, writes } = await desk({ tags: ['service', 'ticket', 'board'] });
		for (const [args, says] of bad) {
			const { content, isError } = await call('summarize_records', args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
		expect(writes()).toEqual([]);
	});
});
