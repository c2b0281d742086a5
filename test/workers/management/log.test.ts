// What a server was used for: its log under filters, as a file, while it grows; calls and errors by the hour.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, it } from 'vitest';
import type { IntegratedAccount } from '../../../durable-objects/account/integrated-account.ts';
import type { LogEntry, UsageHour } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	accountTables,
	api,
	at,
	callTool,
	connectAccount,
	createServer,
	eventually,
	faultsOf,
	LIST_TICKETS,
	mockVendor,
	refused,
	type ServerWithUrl,
	serverPath,
	setUp,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('logs'));

interface Log {
	result: LogEntry[];
	next_cursor: string | null;
	newest_cursor: string;
}
interface Stats {
	last_used_at: string | null;
	calls_today: number;
	errors_today: number;
	hours: UsageHour[];
}

function entryOf(server: ServerWithUrl, at: string, more: Partial<LogEntry> = {}): LogEntry {
	return {
		at,
		server_id: server.id,
		tool: 'list_tickets',
		method_class: 'read',
		outcome: 'ok',
		upstream_status: 200,
		duration_ms: 12,
		upstream_ms: 10,
		request_bytes: 100,
		response_bytes: 2000,
		client: 'probe',
		request_id: `ray-${at}`,
		...more,
	};
}

/** Appends entries at the time of the last of them, so that the test holds on any date. */
function append(server: ServerWithUrl, entries: LogEntry[]): Promise<void> {
	const nowMs = Math.max(...entries.map((entry) => Date.parse(entry.at)));
	return runInDurableObject(accountStub(server.integrated_account_id), (object) =>
		(object as unknown as IntegratedAccount).appendLog(entries, [], nowMs),
	);
}

/** Yesterday: an answer shows what was logged within 30 days. */
const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const NOON = `${DAY}T12:00:00.000Z`;
const minutesBefore = (minutes: number, time = NOON) => new Date(Date.parse(time) - minutes * 60_000).toISOString();

describe('the log under filters', () => {
	let server: ServerWithUrl;
	const read = (query: string) => api<Log>('GET', `${serverPath(server)}/log${query}`);
	const ids = async (query: string) => (await read(query)).body.result.map(({ request_id }) => request_id);
	beforeAll(async () => {
		server = await createServer('logs');
		await append(server, [
			entryOf(server, minutesBefore(50), { request_id: 'a' }),
			entryOf(server, minutesBefore(40), { request_id: 'b', outcome: 'refused', upstream_status: null }),
			entryOf(server, minutesBefore(30), { request_id: 'c', tool: 'create_ticket', method_class: 'write' }),
			entryOf(server, minutesBefore(20), { request_id: 'd', outcome: 'upstream_error', method_class: 'custom' }),
			entryOf(server, minutesBefore(10), { request_id: 'e', outcome: 'failed', client: 'x' }),
		]);
	});

	const cases: { query: string; shows: string }[] = [
		{ query: '', shows: 'edcba' },
		{ query: '?outcome=ok', shows: 'ca' },
		{ query: '?outcome=refused,failed', shows: 'eb' },
		{ query: '?outcome=refused&outcome=upstream_error', shows: 'db' },
		{ query: '?method_class=write', shows: 'c' },
		{ query: '?method_class=write,custom', shows: 'dc' },
		{ query: '?tool=create_ticket', shows: 'c' },
		{ query: '?tool=list', shows: '' },
		{ query: `?from=${minutesBefore(40)}`, shows: 'edcb' },
		{ query: `?to=${minutesBefore(40)}`, shows: 'a' },
		{ query: `?from=${DAY}T12:10:00%2B01:00&to=${DAY}T12:31:00%2B01:00`, shows: 'cba' },
		{ query: '?outcome=ok&method_class=read&limit=1', shows: 'a' },
		{ query: '?outcome=&tool=', shows: 'edcba' },
	];
	for (const { query, shows } of cases) {
		it(`${query || 'none'} shows "${shows}"`, async ({ expect }) => {
			expect((await ids(query)).join('')).toBe(shows);
		});
	}

	it('holds no more of what a caller says of itself than fits', async ({ expect }) => {
		const told = await createServer('logs');
		mockVendor(() => Response.json([]));
		const headers = { 'cf-ray': 'r'.repeat(5_000), 'user-agent': 'u'.repeat(5_000) };
		await callTool(told.url, LIST_TICKETS, {}, { headers });
		const entry = await eventually(async () => {
			const [newest] = (await api<Log>('GET', `${serverPath(told)}/log`)).body.result;
			if (!newest) throw new Error('not yet');
			return newest;
		});
		expect([entry.request_id, entry.client]).toEqual(['r'.repeat(64), 'u'.repeat(80)]);
	});

	it('pages within a filter', async ({ expect }) => {
		const first = await read('?method_class=read&limit=2');
		expect(first.body.result.map(({ request_id }) => request_id)).toEqual(['e', 'b']);
		const second = await read(`?method_class=read&limit=2&cursor=${first.body.next_cursor}`);
		expect(second.body.result.map(({ request_id }) => request_id)).toEqual(['a']);
		expect(second.body.next_cursor).toBeNull();
	});

	it('says every fault of a query at once', async ({ expect }) => {
		const query = `?outcome=bad&method_class=list&from=yesterday&to=${DAY}&after=-&format=xml`;
		const answer = await refused('GET', `${serverPath(server)}/log${query}`);
		expect(answer.status).toBe(400);
		expect(Object.keys(faultsOf(answer)).sort()).toEqual(['after', 'format', 'from', 'method_class', 'outcome', 'to']);
	});

	it('goes on from where an earlier answer ended', async ({ expect }) => {
		const growing = await createServer('logs');
		const path = `${serverPath(growing)}/log`;
		const empty = await api<Log>('GET', path);
		expect([empty.body.result, empty.body.newest_cursor]).toEqual([[], '0']);
		await append(growing, [entryOf(growing, minutesBefore(5), { request_id: 'one' })]);
		const one = await api<Log>('GET', `${path}?after=${empty.body.newest_cursor}`);
		expect(one.body.result.map(({ request_id }) => request_id)).toEqual(['one']);
		await append(growing, [entryOf(growing, minutesBefore(4), { request_id: 'two', outcome: 'failed' })]);
		const none = await api<Log>('GET', `${path}?outcome=ok&after=${one.body.newest_cursor}`);
		expect(none.body.result).toEqual([]);
		const two = await api<Log>('GET', `${path}?after=${one.body.newest_cursor}`);
		expect(two.body.result.map(({ request_id }) => request_id)).toEqual(['two']);
		expect((await api<Log>('GET', `${path}?after=${two.body.newest_cursor}`)).body.result).toEqual([]);
	});

	it('as a file has every entry that matches, and no formula', async ({ expect }) => {
		const busy = await createServer('logs');
		const entries = Array.from({ length: 230 }, (_, index) => entryOf(busy, minutesBefore(index)));
		await append(busy, [
			...entries,
			entryOf(busy, NOON, { client: '=cmd|"x",1', tool: 'a,b' }),
			entryOf(busy, NOON, { outcome: 'failed' }),
		]);
		const { headers, text } = await api('GET', `${serverPath(busy)}/log?format=csv&outcome=ok&limit=5`);
		expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
		expect(headers.get('content-disposition')).toBe(`attachment; filename="${busy.id}.csv"`);
		const lines = text.split('\r\n');
		expect(lines[0]).toMatch(/^at,tool,method_class,outcome,upstream_status,/);
		expect(lines[1]).toBe(`${NOON},"a,b",read,ok,200,12,10,100,2000,"'=cmd|""x"",1",ray-${NOON},,,,,,,`);
		expect(lines).toHaveLength(1 + 231 + 1);
		expect(text).not.toContain(busy.id);
	});
});

describe('usage', () => {
	it('counts calls and errors by the hour, empty hours too, and since midnight', async ({ expect }) => {
		const server = await createServer('logs');
		await append(server, [
			entryOf(server, minutesBefore(60 * 13)),
			entryOf(server, minutesBefore(61)),
			entryOf(server, minutesBefore(60), { outcome: 'failed' }),
		]);
		await append(server, [
			entryOf(server, minutesBefore(1), { outcome: 'upstream_error' }),
			entryOf(server, minutesBefore(0)),
			entryOf(server, minutesBefore(-5)),
		]);
		const { body } = await at(minutesBefore(-10), () => api<Stats>('GET', `${serverPath(server)}/stats?hours=3`));
		expect(body).toEqual({
			last_used_at: minutesBefore(-5),
			calls_today: 5,
			errors_today: 2,
			hours: [
				{ at: `${DAY}T10:00:00.000Z`, calls: 1, errors: 0 },
				{ at: `${DAY}T11:00:00.000Z`, calls: 2, errors: 2 },
				{ at: `${DAY}T12:00:00.000Z`, calls: 2, errors: 0 },
			],
		});
		const east = `${serverPath(server)}/stats?today_from=${encodeURIComponent(`${DAY}T00:00:00+02:00`)}`;
		const there = await at(minutesBefore(-10), () => api<Stats>('GET', east));
		expect([there.body.calls_today, there.body.hours.length]).toEqual([6, 24]);
	});

	it('stands in the list of servers and in a server when it is asked for, and not otherwise', async ({ expect }) => {
		const account = await connectAccount('used');
		const [busy, quiet] = [await createServer(account), await createServer(account)];
		await append(busy, [
			entryOf(busy, minutesBefore(60 * 24)),
			entryOf(busy, minutesBefore(1), { outcome: 'failed' }),
			entryOf(busy, minutesBefore(2)),
		]);
		const query = `?today_from=${DAY}T00:00:00Z`;
		const list = await api<{ result: (Stats & { id: string })[] }>('GET', `/integrated-account/${account}/mcp${query}`);
		const used = { last_used_at: minutesBefore(1), calls_today: 2, errors_today: 1 };
		expect(list.body.result).toEqual([
			expect.objectContaining({ id: quiet.id, last_used_at: null, calls_today: 0, errors_today: 0 }),
			expect.objectContaining({ id: busy.id, ...used }),
		]);
		expect((await api('GET', `${serverPath(busy)}${query}`)).body).toMatchObject(used);
		expect((await api('GET', serverPath(busy))).body).not.toHaveProperty('calls_today');
		expect((await refused('GET', `${serverPath(busy)}?today_from=today`)).status).toBe(400);
	});

	it('counts what the log has dropped since, keeps three days, and remembers the last use beyond', async ({
		expect,
	}) => {
		const account = await connectAccount('many-calls');
		const server = await createServer(account);
		const now = new Date().toISOString();
		const old = minutesBefore(60 * 24 * 30, now);
		await append(server, [entryOf(server, old)]);
		const before = await api<Stats>('GET', `${serverPath(server)}/stats`);
		expect([before.body.last_used_at, before.body.hours.every(({ calls }) => calls === 0)]).toEqual([old, true]);
		for (let round = 0; round < 3; round++)
			await append(
				server,
				Array.from({ length: 500 }, () => entryOf(server, now)),
			);
		const { body } = await api<Stats>('GET', `${serverPath(server)}/stats`);
		expect(body.hours.reduce((sum, { calls }) => sum + calls, 0)).toBe(1500);
		await at(Date.now() + 25 * 60 * 60_000, () => runDurableObjectAlarm(accountStub(account)));
		expect((await accountTables(account)).usage).toHaveLength(1);
	});

	it('goes with its server, and with its account', async ({ expect }) => {
		const account = await connectAccount('unused');
		const [one, two] = [await createServer(account), await createServer(account)];
		await append(one, [entryOf(one, NOON)]);
		await append(two, [entryOf(two, NOON)]);
		await api('DELETE', serverPath(one));
		expect((await accountTables(account)).usage).toMatchObject([{ server_id: two.id }]);
		await api('DELETE', `/integrated-account/${account}`);
		expect((await accountTables(account)).usage ?? []).toEqual([]);
	});

	it('is counted of no more than two days at once', async ({ expect }) => {
		const server = await createServer('logs');
		for (const hours of ['0', '49', '1.5', 'x']) {
			const answer = await refused('GET', `${serverPath(server)}/stats?hours=${hours}`);
			expect(faultsOf(answer), hours).toHaveProperty('hours');
		}
	});
});
