// Large boards looked over for what needs somebody: every reason counted against the vendor's own records.
import { describe, it } from 'vitest';
import type { Stored } from '../../../sandbox/behaviour/store.ts';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { createVendor, type Vendor } from '../../sandbox/vendor.ts';
import { type Json, setUp } from '../support.ts';
import { openDesk } from './desk.ts';

setUp();

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Beside the board's open tickets, so many that were closed lately. */
const CLOSED = 300;

interface Size {
	name: string;
	tickets: number;
	/** Undone schedule entries of its tickets, and of work elsewhere. */
	scheduled: number;
	elsewhere: number;
	board?: string;
	missing?: string[];
}

/** Open tickets like the seeded ones, with everything planted that a desk may look for. */
function seedBoard({ tickets, scheduled, elsewhere }: Size): { vendor: Vendor; nowMs: number } {
	const nowMs = Date.now();
	const vendor = createVendor(nowMs);
	const { store } = vendor;
	const at = (ms: number) => `${new Date(nowMs + ms).toISOString().slice(0, 19)}Z`;
	const seeded = store.all('tickets');
	const entry = store.all('scheduleEntries').find(({ objectId }) => store.get('tickets', Number(objectId)));
	const open = seeded.filter(({ closedFlag }) => closedFlag !== true);
	const closed = seeded.filter(({ closedFlag }) => closedFlag === true);
	const put = (like: readonly Stored[], index: number, more: Json) => {
		const { owner, ...ticket } = like[index % like.length] as Stored;
		const age = index % 3 === 0 ? -8 * DAY_MS : -2 * DAY_MS;
		const info = { ...(ticket._info as Json), lastUpdated: at(age) };
		store.put('tickets', {
			...ticket,
			...(index % 5 === 0 || !owner ? {} : { owner }),
			_info: info,
			...more,
			id: more.id as number,
		});
	};
	for (let index = 0; index < tickets; index++)
		put(open, index, {
			id: 900_000 + index,
			isInSla: index % 11 !== 0,
			...(index % 13 < 2 ? { resolutionGoalUTC: at(index % 13 === 0 ? HOUR_MS : 3 * HOUR_MS) } : {}),
		});
	for (let index = 0; index < CLOSED; index++) put(closed, index, { id: 800_000 + index, actualHours: index % 4 });
	for (let index = 0; index < scheduled + elsewhere; index++)
		store.put('scheduleEntries', {
			...(entry as Stored),
			id: 700_000 + index,
			objectId: index < scheduled ? 900_000 + index : 600_000 + index,
			doneFlag: false,
		});
	return { vendor, nowMs };
}

const SIZES: Size[] = [
	{ name: 'five thousand tickets', tickets: 5_000, scheduled: 2_000, elsewhere: 500 },
	{ name: 'few tickets, and a calendar that nobody tidies', tickets: 300, scheduled: 100, elsewhere: 9_000 },
	{
		name: 'five thousand tickets, and a calendar that nobody tidies',
		tickets: 5_000,
		scheduled: 100,
		elsewhere: 9_000,
		missing: ['not_scheduled'],
	},
	{ name: 'no ticket', tickets: 0, scheduled: 0, elsewhere: 10, board: 'Projects and nothing else' },
];

/** What a person would count by looking at each record. */
function counted({ store }: Vendor, records: readonly Json[], nowMs: number): Record<string, number> {
	const open = records.filter(({ closedFlag }) => closedFlag !== true);
	const planned = new Set(
		store.all('scheduleEntries').flatMap(({ doneFlag, objectId }) => (doneFlag === true ? [] : [objectId])),
	);
	const msOf = (value: unknown) => Date.parse(String(value));
	const updated = (one: Json) => msOf((one._info as Json).lastUpdated);
	const goal = (one: Json) => msOf(one.resolutionGoalUTC);
	const counts = {
		no_owner: open.filter(({ owner }) => !owner),
		not_scheduled: open.filter(({ id }) => !planned.has(id as number)),
		stale: open.filter((one) => updated(one) < nowMs - 7 * DAY_MS),
		sla_breached: open.filter(({ isInSla }) => isInSla === false),
		sla_within_two_hours: open.filter((one) => goal(one) >= nowMs && goal(one) <= nowMs + 2 * HOUR_MS),
		closed_without_time: records.filter(
			(one) => one.closedFlag === true && !one.actualHours && updated(one) >= nowMs - 7 * DAY_MS,
		),
	};
	return Object.fromEntries(
		Object.entries(counts).flatMap(([name, { length }]) => (length > 0 ? [[name, length]] : [])),
	);
}

describe('find_stale_and_at_risk', () => {
	it('refuses times that are none, and such as lie ahead', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read'] });
		const wrong: [args: Json, says: RegExp][] = [
			[{ stale_after: '+3d' }, /stale_after must lie in the past, such as 7d: \+3d lies ahead/],
			[{ stale_after: 'tomorrow' }, /stale_after must lie in the past/],
			[{ stale_after: 'in 2 weeks' }, /stale_after must lie in the past/],
			[{ closed_after: '+1d' }, /closed_after must lie in the past/],
			[{ closed_after: 'bad' }, /closed_after must be a datetime/],
			[{ stale_after: 'bad', closed_after: 'worse' }, /stale_after must be .*closed_after must be /],
		];
		for (const [args, says] of wrong) {
			const { content, isError } = await desk.call('find_stale_and_at_risk', args);
			expect([isError, content.message], JSON.stringify(args)).toEqual([true, expect.stringMatching(says)]);
		}
		expect(desk.sent).toEqual([]);
		for (const args of [
			{ stale_after: '3 days' },
			{ stale_after: 'today', closed_after: 'last week' },
			{ stale_after: '-3d' },
		])
			expect((await desk.call('find_stale_and_at_risk', args)).isError, JSON.stringify(args)).toBe(false);
	});

	for (const size of SIZES)
		it(`is exact over ${size.name}, in at most ten requests and 1,200 tokens`, async ({ expect }) => {
			const { vendor, nowMs } = seedBoard(size);
			const desk = await openDesk({ methods: ['read'] }, vendor);
			const { content, isError } = await desk.call('find_stale_and_at_risk', {});
			expect(isError, String(content.message)).toBe(false);
			const records: Json[] = [];
			for (let page = 1; records.length === (page - 1) * 1000; page++)
				records.push(...(await vendor.get('/service/tickets', { pageSize: '1000', page: String(page) })).body);
			const expected = counted(vendor, records, nowMs);
			for (const reason of size.missing ?? []) delete expected[reason];
			const found = content.reasons as Record<string, { count: number; oldest: Json[] }>;
			const counts = Object.fromEntries(Object.entries(found).map(([reason, { count }]) => [reason, count]));
			expect(counts).toEqual(expected);
			expect(content.is_exact).toBe(true);
			expect((content.missing as Json[]).map(({ part }) => part)).toEqual(size.missing ?? []);
			expect(desk.sent.length).toBeLessThanOrEqual(10);
			expect(content.requests).toBe(desk.sent.length);
			expect(estimateTokens(JSON.stringify(content))).toBeLessThanOrEqual(1_200);
		});
});
