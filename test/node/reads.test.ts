// Reads as people word them, on the real thing: what comes back, how many questions it took, and what is said of nothing.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { rpc, startForTests, type TestPatchbay } from './support.ts';

interface Answer {
	isError: boolean;
	data: Record<string, unknown> & {
		result?: Record<string, unknown>[];
		count?: number;
		notice?: string;
		message?: string;
	};
	requests: string[];
}

let patchbay: TestPatchbay;
let mcpUrl: string;
beforeAll(async () => {
	patchbay = await startForTests();
	mcpUrl = (await patchbay.createServer({ tool_names: 'short', tool_exposure: 'all' })).url;
});
afterAll(() => patchbay?.stop());

async function use(name: string, args: Record<string, unknown>, url = mcpUrl): Promise<Answer> {
	const { value, sent } = await patchbay.sandbox.during(() => rpc(url, 'tools/call', { name, arguments: args }));
	const { isError, structuredContent } = value.body.result ?? {};
	return {
		isError: isError === true,
		data: structuredContent ?? {},
		requests: sent.map(({ method, path }) => `${method} ${path}`),
	};
}

describe('a name in a read', () => {
	const cases: [name: string, args: Record<string, unknown>, resolved: Record<string, string>, most: number][] = [
		['list_tickets', { priority_name: 'P1', closed: false }, { priority_name: 'Priority 1 - Critical' }, 3],
		['count_tickets', { company_name: 'Acme', closed: false }, { company_name: 'Acme Corp' }, 3],
		['count_tickets', { company: 'acme  CORP.' }, { company_name: 'Acme Corp' }, 3],
		['count_tickets', { board_name: 'helpdesk' }, { board_name: 'Help Desk' }, 3],
		['list_tickets', { assigned_to: 'Tom Nguyen' }, { assigned_to: 'Tom Nguyen' }, 2],
		['count_tickets', { assigned_to: 'Tom' }, { assigned_to: 'Tom Nguyen' }, 3],
		['list_agreement_additions', { agreement_id: 301, product: 'Managed workstation' }, { product: 'MGD-WS' }, 3],
		['list_board_statuses', { board_id: 'Help Desk' }, { board_id: 'Help Desk' }, 2],
		['list_invoices', { company_name: 'AcmeCorp' }, { company_name: 'Acme Corp' }, 3],
	];
	for (const [name, args, resolved, most] of cases)
		it(`${name} ${JSON.stringify(args)}`, async ({ expect }) => {
			const { isError, data, requests } = await use(name, args);
			expect(isError, JSON.stringify(data)).toBe(false);
			expect((data.count ?? data.result?.length ?? 0) as number).toBeGreaterThan(0);
			const said = (data.resolved ?? {}) as Record<string, { name: string }>;
			expect(Object.fromEntries(Object.entries(said).map(([key, one]) => [key, one.name]))).toEqual(resolved);
			expect(requests.length).toBeLessThanOrEqual(most);
		});

	it('that is exact costs one request, and so do ids, identifiers, nobody and telephone numbers', async ({
		expect,
	}) => {
		const exact: [string, Record<string, unknown>][] = [
			['list_tickets', { company_name: 'Acme Corp', board_name: 'Help Desk' }],
			['list_tickets', { company_name: 102, board_name: { id: 1 } }],
			['count_tickets', { assigned_to: 'tnguyen' }],
			['list_tickets', { assigned_to: 'none', closed: false }],
			['list_contacts', { phone: '813-555-0142' }],
			['list_contacts', { phone: '(813) 555-0142' }],
			['list_contacts', { phone: '+1 813 555 0142' }],
			['list_contacts', { phone: '8135550142' }],
			['list_board_statuses', { board_id: 1 }],
		];
		for (const [name, args] of exact) {
			const { data, requests } = await use(name, args);
			expect([name, args, requests.length]).toEqual([name, args, 1]);
			expect(((data.count ?? data.result?.length) as number) > 0, JSON.stringify([name, args, data])).toBe(true);
		}
	});

	it('finds a person alike by name and by identifier', async ({ expect }) => {
		const counts = await Promise.all(
			['Tom Nguyen', 'tnguyen', 'TNguyen'].map(
				async (one) => (await use('count_tickets', { assigned_to: one })).data.count,
			),
		);
		expect(new Set(counts).size).toBe(1);
	});

	it('is kept by the cursor', async ({ expect }) => {
		const all = (await use('list_tickets', { company_name: 'Acme', limit: 50 })).data.result?.map(({ id }) => id);
		const args = { company_name: 'Acme', limit: 2 };
		const first = await use('list_tickets', args);
		const second = await use('list_tickets', { ...args, next_cursor: first.data.next_cursor });
		const pages = [...(first.data.result ?? []), ...(second.data.result ?? [])].map(({ id }) => id);
		expect(pages).toEqual(all?.slice(0, 4));
		expect(second.requests.length).toBe(1);
	});
});

describe('an empty answer says why', () => {
	const cases: [name: string, args: Record<string, unknown>, notices: RegExp[]][] = [
		[
			'list_tickets',
			{ company_name: 'Nowhere Inc' },
			[/^Nothing matches\. Asked was conditions: company\/name/, /names no company/],
		],
		['list_tickets', { status_name: 'waiting' }, [/may be "Waiting on (?:Vendor|Customer)" or .*: say which/]],
		['list_tickets', { board_name: 'nonsense' }, [/names no board\. There are: .*Help Desk \(id 1\)/]],
		['list_tickets', { custom_field: { Nowhere: 'West' } }, [/"Nowhere" is no custom field here\. There are: /]],
		[
			'list_tickets',
			{ conditions: 'company/name = "Acme"' },
			[/Asked was conditions: company/, /company\/name "Acme" is Acme Corp \(id 102\)/],
		],
		[
			'count_tickets',
			{ company_name: 'Acme Corp', entered_before: '2001-01-01' },
			[/dateEntered </, /is Acme Corp \(id 102\)/],
		],
	];
	for (const [name, args, notices] of cases)
		it(`${name} ${JSON.stringify(args)}`, async ({ expect }) => {
			const { isError, data, requests } = await use(name, args);
			expect(isError, JSON.stringify(data)).toBe(false);
			for (const part of notices) expect(data.notice).toMatch(part);
			expect(requests.length).toBeLessThanOrEqual(4);
		});

	it('where `me` is no person, with what to do', async ({ expect }) => {
		for (const [name, args] of [
			['list_tickets', { assigned_to: 'me' }],
			['list_schedule_entries', { member: 'Me' }],
			['count_tickets', { assigned_to: 'me', closed: false }],
		] as const) {
			const { isError, data } = await use(name, args);
			expect([isError, data.message]).toEqual([true, expect.stringContaining('acts_for')]);
		}
	});

	it('and the own record that it is no person', async ({ expect }) => {
		expect((await use('get_my_member', {})).data.notice).toMatch(/API member .* no person/);
	});

	it('and no hint leads to the contrary', async ({ expect }) => {
		expect((await use('list_members', { active: false })).data.message).toContain('active true is inactive false');
	});
});
