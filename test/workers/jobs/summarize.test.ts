// Counts and sums over lists: exact against the vendor's own records, or told as cut.
import { beforeAll, describe, it } from 'vitest';
import type { Stored } from '../../../sandbox/behaviour/store.ts';
import { bucketOf, rounded } from '../../../workers/calls/jobs/summary.ts';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { createVendor, type Vendor } from '../../sandbox/vendor.ts';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

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

async function allTickets(): Promise<Ticket[]> {
	const all: Ticket[] = [];
	for (let page = 1; ; page++) {
		const { body } = await vendor.get('/service/tickets', { pageSize: '1000', page: String(page), orderBy: 'id' });
		all.push(...body);
		if (body.length < 1000) return all;
	}
}

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

	it('is looked over for what needs somebody', async ({ expect }) => {
		const all = await allTickets();
		const { call, sent } = await desk();
		const { content, isError } = await call('find_stale_and_at_risk', {});
		expect(isError).toBe(false);
		const open = all.filter(({ closedFlag }) => !closedFlag) as unknown as Json[];
		const reasons = content.reasons as Record<string, { count: number }>;
		expect(reasons.no_owner?.count ?? 0).toBe(open.filter(({ owner }) => !owner).length);
		expect(reasons.sla_breached?.count ?? 0).toBe(open.filter(({ isInSla }) => isInSla === false).length);
		expect(content).toMatchObject({ is_exact: true, missing: [] });
		expect(sent.length).toBeLessThanOrEqual(10);
		expect(estimateTokens(JSON.stringify(content))).toBeLessThanOrEqual(1_200);
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

describe('arguments that mean nothing', () => {
	const bad: [args: Json, says: RegExp][] = [
		[{}, /tool_name is required/],
		[{ tool_name: 'list_invoices' }, /"list_invoices" is no tool of this server/],
		[{ tool_name: 'list_ticket' }, /Did you mean list_tickets/],
		[{ tool_name: 'get_ticket' }, /is no tool that lists/],
		[{ tool_name: 'list_tickets', group_by: ['bord/name'] }, /"bord\/name" is no field .*"board"/],
		[{ tool_name: 'list_tickets', sum: 'hours_total' }, /sum "hours_total" is no field/],
		[{ tool_name: 'list_tickets', sum: 'summary' }, /sum "summary" is no number/],
		[{ tool_name: 'list_tickets', average: 'board' }, /average "board" is no number/],
		[{ tool_name: 'list_tickets', bucket: 'day' }, /bucket and bucket_field go together/],
		[{ tool_name: 'list_tickets', bucket: 'year', bucket_field: 'dateEntered' }, /bucket must be one of/],
		[{ tool_name: 'list_tickets', top: 0 }, /top must be at least 1/],
		[{ tool_name: 'list_tickets', groupby: ['board'] }, /groupby is no argument.*"group_by"/],
		[{ tool_name: 'list_tickets', over: { tool_name: 'list_boards' } }, /belongs to no parent/],
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
