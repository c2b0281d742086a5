// A server that rehearses: whatever it is called with, by whichever door, no write reaches the vendor.
import * as fc from 'fast-check';
import { beforeEach, describe, it, vi } from 'vitest';
import { connectWise } from '../calls/calls.ts';
import { ALL_TAGS, type Desk, openDesk, WRITES } from '../jobs/desk.ts';
import { api, callTool, captureLog, type Json, serverPath, setUp } from '../support.ts';
import { holds, reportCases, spoiled } from './fuzz.ts';

setUp();
reportCases('a rehearsing server');

const CONFIG = { tags: ALL_TAGS, rehearsal: true, writes_per_day: 1, calls_per_minute: 100_000 } as const;

interface Call {
	name: string;
	arguments: unknown;
}

/** Arguments by which a caller insists on a write. */
const insisting = fc.constantFrom<Json>(
	{},
	{},
	{},
	{ confirm_repeat: true },
	{ confirm_unusual: true },
	{ confirm_replace: true },
);

/** The example of a tool, with the id of a record that is there. */
function single(ids: ReadonlyMap<string, unknown>): fc.Arbitrary<Call> {
	return fc.tuple(fc.constantFrom(...WRITES), insisting).chain(([{ names, resource, places, documentation }, more]) => {
		const id = ids.get(resource);
		const good = { ...documentation.example, ...(places.has('id') && id !== undefined ? { id } : {}), ...more };
		const args = fc.oneof({ weight: 2, arbitrary: fc.constant(good) }, spoiled(good));
		return args.map((one) => ({ name: names.short, arguments: one }));
	});
}

function jobs(ids: ReadonlyMap<string, unknown>): fc.Arbitrary<Call> {
	const ticket = ids.get('tickets');
	const member = { identifier: 'nobody' };
	const entry = {
		chargeToId: ticket,
		chargeToType: 'ServiceTicket',
		timeStart: '2026-06-02T10:00:00',
		actualHours: 1,
		notes: 'x',
		member,
	};
	const calls: [string, Json][] = [
		['close_out_ticket', { ticket_id: ticket, note: 'Done', visible: true, hours: 1, status: 'Closed' }],
		['close_out_ticket', { ticket_id: ticket, note: 'Done' }],
		['log_time_entries', { entries: [entry, { ...entry, timeStart: '2026-06-02T12:00:00' }] }],
		['change_many', { tool_name: 'update_ticket', ids: [ticket], changes: { summary: 'Fuzz' } }],
		[
			'change_many',
			{
				tool_name: 'update_company',
				list: { tool_name: 'list_companies', arguments: { limit: 3 } },
				changes: { website: 'x' },
			},
		],
	];
	return fc
		.constantFrom(...calls)
		.chain(([name, good]) => fc.oneof(fc.constant(good), spoiled(good)).map((args) => ({ name, arguments: args })));
}

describe('a server that rehearses', () => {
	let desk: Desk;
	let discovery: Desk;
	const ids = new Map<string, unknown>();
	beforeEach(async () => {
		captureLog();
		desk = await openDesk({ ...CONFIG, tool_exposure: 'all' });
		discovery = await openDesk({ ...CONFIG, tool_exposure: 'discovery' }, desk.vendor);
		for (const { resource, fact, kind, required } of connectWise.operations)
			if (kind === 'list' && required.length === 0)
				ids.set(resource, (await desk.vendor.get(fact.path, { pageSize: '1' })).body[0]?.id);
	});

	/** Each door by which a call comes in. @returns its content; null where the message itself was refused */
	const doors: ((call: Call) => Promise<Json | null>)[] = [
		async ({ name, arguments: args }) => contentOf((await callTool(desk.server.url, name, args as Json)).body),
		async ({ name, arguments: args }) => {
			const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
			return contentOf((await api('POST', `${serverPath(desk.server)}/rpc`, message)).body);
		},
		async (call) => contentOf((await callTool(discovery.server.url, 'call_write_tool', { ...call })).body),
		async ({ name, arguments: args }) =>
			contentOf((await callTool(desk.server.url, 'preview_change', { tool_name: name, arguments: args })).body),
	];

	// In two parts: a runtime keeps what a test began until that test ends.
	for (const [from, name] of [
		[0, 'by the MCP URL or the management API'],
		[2, 'by discovery or as a preview'],
	] as const)
		it(`sends no write in any number of calls ${name}`, async ({ expect }) => {
			let shown = 0;
			let calls = 0;
			const sent = [desk.sent, discovery.sent];
			const property = async ([call, door]: [Call, number]) => {
				for (const one of sent) one.length = 0;
				// Spies keep each call and answer: ten thousand do not fit into memory.
				vi.clearAllMocks();
				const content = await doors[door]?.(call);
				calls += 1;
				if (content?.rehearsed || content?.preview) shown += 1;
				if (typeof content?.confirm === 'string')
					await doors[door]?.({ name: 'change_many', arguments: { confirm: content.confirm } });
				expect([...desk.writes(), ...discovery.writes()], JSON.stringify([call, content])).toEqual([]);
			};
			const call = fc.oneof({ weight: 5, arbitrary: single(ids) }, { weight: 1, arbitrary: jobs(ids) });
			await holds(fc.tuple(call, fc.integer({ min: from, max: from + 1 })), 250, property);
			expect(shown / calls).toBeGreaterThan(0.3);
		});
});

function contentOf(body: unknown): Json | null {
	return (body as { result?: { structuredContent?: Json } } | null)?.result?.structuredContent ?? null;
}
