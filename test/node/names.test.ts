// Names instead of ids, on the real thing: what a call says, what the vendor was asked, and what it holds afterwards.
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { type LoggedRequest, rpc, startForTests, type TestPatchbay } from './support.ts';

interface Named {
	id: number;
	name?: string;
}

interface CustomField {
	id: number;
	caption: string;
	value?: unknown;
}

interface Ticket {
	id: number;
	summary: string;
	board: Named;
	status: Named;
	priority: Named;
	company: Named;
	owner?: Named;
	contact?: Named;
	site?: Named;
	team?: Named;
	type?: Named;
	customFields: CustomField[];
}

interface Outcome {
	isError: boolean;
	data: Record<string, unknown> & { id?: number; message?: string; errors?: { field: string; message: string }[] };
	sent: LoggedRequest[];
}

const CREATE = 'create_a_connect_wise_psa_ticket';
const UPDATE = 'update_a_connect_wise_psa_ticket_by_id';
const LIST = 'list_all_connect_wise_psa_tickets';
const UPDATE_COMPANY = 'update_a_connect_wise_psa_company_by_id';
const CREATE_COMPANY = 'create_a_connect_wise_psa_company';
const TICKET = 14059;
const ACME = 102;
const HARD_NAME = `O'Brien "West" & Sons [UK] 100%`;
const INJECTION = 'x" OR 1=1';

let patchbay: TestPatchbay;
let mcpUrl: string;
beforeAll(async () => {
	patchbay = await startForTests();
	// The sandbox forgets between the tests: no write here is a repeat.
	mcpUrl = (await patchbay.createServer({ duplicate_window_seconds: 0 })).url;
});
afterAll(() => patchbay?.stop());
beforeEach(() => patchbay.sandbox.reset());

async function use(name: string, args: Record<string, unknown>, url = mcpUrl): Promise<Outcome> {
	const { value, sent } = await patchbay.sandbox.during(() => rpc(url, 'tools/call', { name, arguments: args }));
	const { isError, structuredContent } = value.body.result ?? {};
	return { isError: isError === true, data: structuredContent ?? {}, sent };
}

const ticket = (id: number) => patchbay.sandbox.get<Ticket>(`/service/tickets/${id}`);

/** `GET /service/boards` of each request, without its query. */
function lines(sent: readonly LoggedRequest[]): string[] {
	return sent.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
}

function writes(sent: readonly LoggedRequest[]): LoggedRequest[] {
	return sent.filter(({ method }) => method !== 'GET');
}

describe('the article’s prompts, with names as they stand', () => {
	it('lists the open tickets of a company on a board', async ({ expect }) => {
		const args = { board_name: 'Help Desk', company_name: 'Acme Corp', closed: false, limit: 1000 };
		const { data, sent } = await use(LIST, args);
		const conditions = 'board/name = "Help Desk" and company/name = "Acme Corp" and closedFlag = false';
		const truth = await patchbay.sandbox.list<Ticket>('/service/tickets', { conditions });
		expect(truth.length).toBeGreaterThan(1);
		expect((data.result as Ticket[]).map(({ id }) => id)).toEqual(truth.map(({ id }) => id));
		expect(data.sent).toEqual({ conditions });
		expect(sent).toHaveLength(1);
	});

	it('finds tickets of a company whose name has every character that needs care', async ({ expect }) => {
		const { data } = await use(LIST, { company_name: HARD_NAME, limit: 1000 });
		const truth = await patchbay.sandbox.list<Ticket>('/service/tickets', { conditions: 'company/id = 104' });
		expect(truth.length).toBeGreaterThan(0);
		expect((data.result as Ticket[]).map(({ id }) => id)).toEqual(truth.map(({ id }) => id));
	});

	it('finds a contact by an address and a number, which are two entries of one array', async ({ expect }) => {
		const list = 'list_all_connect_wise_psa_contacts';
		const email = 'jane.doe@acmecorp.example';
		const found = await use(list, { email, phone: '8135550142' });
		expect((found.data.result as Named[]).map(({ id }) => id)).toEqual([1001]);
		const none = await use(list, { email, phone: '4079999999' });
		expect(none.data).toMatchObject({ result: [], next_cursor: null, result_count: 0 });
	});

	it('creates a ticket on a board for a company', async ({ expect }) => {
		const { data, isError, sent } = await use(CREATE, {
			summary: 'Critical: File Server Unreachable',
			board: 'Network Support',
			company: 'Acme Corp',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(data.id ?? 0)).toMatchObject({ board: { id: 4 }, company: { id: ACME } });
		expect(lines(sent).sort()).toEqual(['GET /company/companies', 'GET /service/boards', 'POST /service/tickets']);
		expect(data.resolved).toEqual({
			board: { id: 4, name: 'Network Support' },
			company: { id: ACME, name: 'Acme Corp' },
		});
	});

	it('escalates a ticket: the status is looked up on the board that it is on', async ({ expect }) => {
		const { data, isError, sent } = await use(UPDATE, {
			id: TICKET,
			status: 'Escalated',
			priority: 'priority 1 - critical',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(TICKET)).toMatchObject({ status: { id: 14 }, priority: { id: 1 }, board: { id: 1 } });
		expect(lines(sent).sort()).toEqual([
			'GET /service/boards/1/statuses',
			'GET /service/priorities',
			`GET /service/tickets/${TICKET}`,
			`PATCH /service/tickets/${TICKET}`,
		]);
		expect(data.resolved).toEqual({
			status: { id: 14, name: 'Escalated' },
			priority: { id: 1, name: 'Priority 1 - Critical' },
		});
	});

	it('takes the level for a priority, as the prompts do', async ({ expect }) => {
		const { data, isError } = await use(UPDATE, { id: TICKET, status: 'Escalated', priority: 'High' });
		expect(isError).toBe(false);
		expect(data.resolved).toEqual({
			status: { id: 14, name: 'Escalated' },
			priority: { id: 2, name: 'Priority 2 - High' },
		});
		expect(data.priority).toMatchObject({ id: 2 });
	});

	it('says which priorities there are when none has that name', async ({ expect }) => {
		const { data, isError, sent } = await use(UPDATE, { id: TICKET, status: 'Escalated', priority: 'Urgent' });
		expect(isError).toBe(true);
		expect(data.errors).toEqual([
			{
				field: 'priority',
				message:
					'"Urgent" names no priority. There are: Priority 1 - Critical (id 1), Priority 2 - High (id 2), Priority 3 - Medium (id 3), Priority 4 - Low (id 4)',
			},
		]);
		expect(writes(sent)).toEqual([]);
	});

	const owners: [owner: unknown, id: number][] = [
		['jsmith', 151],
		['JSMITH', 151],
		['John Smith', 151],
		['  john smith ', 151],
		['Smith', 151],
		[{ name: 'Maria Garcia' }, 152],
		[{ identifier: 'mgarcia' }, 152],
		['152', 152],
		[152, 152],
	];
	for (const [owner, id] of owners) {
		it(`assigns a ticket to ${JSON.stringify(owner)}`, async ({ expect }) => {
			const { data, isError, sent } = await use(UPDATE, { id: TICKET, owner });
			expect(isError, data.message).toBe(false);
			expect((await ticket(TICKET)).owner?.id).toBe(id);
			const isId = typeof owner === 'number' || owner === '152';
			expect(sent).toHaveLength(isId ? 1 : 2);
			expect(data.resolved === undefined).toBe(isId);
		});
	}

	const spellings: [args: Record<string, unknown>, field: 'priority' | 'status' | 'company', id: number][] = [
		[{ priority: 'PRIORITY 1 – CRITICAL' }, 'priority', 1],
		[{ status: 'escalated' }, 'status', 14],
		[{ status: 'progress' }, 'status', 12],
		[{ priority: 'P1' }, 'priority', 1],
		[{ company: 'northwind' }, 'company', 105],
		[{ status: ' Escalated\u00a0' }, 'status', 14],
	];
	for (const [args, field, id] of spellings)
		it(`reads ${JSON.stringify(args)} as a person would`, async ({ expect }) => {
			const { data, isError } = await use(UPDATE, { id: TICKET, ...args });
			expect(isError, data.message).toBe(false);
			expect(
				(await patchbay.sandbox.get<Record<string, { id: number }>>(`/service/tickets/${TICKET}`))[field]?.id,
			).toBe(id);
			expect(data.resolved).toMatchObject({ [field]: { id } });
		});

	it('logs time for a member on a work type, both by name', async ({ expect }) => {
		const { data, isError, sent } = await use('create_a_connect_wise_psa_time_entry', {
			chargeToId: TICKET,
			chargeToType: 'ServiceTicket',
			member: 'John Smith',
			workType: 'After Hours',
			timeStart: '2026-11-20T15:00:00Z',
			actualHours: 0.5,
		});
		expect(isError, data.message).toBe(false);
		expect(await patchbay.sandbox.get(`/time/entries/${data.id}`)).toMatchObject({
			member: { id: 151 },
			workType: { id: 3 },
		});
		expect(sent).toHaveLength(3);
	});

	it('merges a ticket into another under a status of that one’s board', async ({ expect }) => {
		const [other] = await patchbay.sandbox.list<Ticket>('/service/tickets', {
			conditions: `board/id = 1 and closedFlag = false and id != ${TICKET}`,
		});
		const { data, isError } = await use('merge_connect_wise_psa_ticket', {
			id: TICKET,
			mergeTicketIds: [other?.id],
			status: 'Closed',
		});
		expect(isError, data.message).toBe(false);
		expect((await ticket(other?.id ?? 0)).status.id).toBe(17);
	});
});

describe('me, on a server that works for a member', () => {
	const TIME = {
		chargeToId: TICKET,
		chargeToType: 'ServiceTicket',
		timeStart: '2026-11-20T15:00:00Z',
		actualHours: 0.5,
	};
	let own: (name: string, args: Record<string, unknown>) => Promise<Outcome>;

	beforeAll(async () => {
		const { url } = await patchbay.createServer({ duplicate_window_seconds: 0, acts_for: 'John Smith' });
		own = (name, args) => use(name, args, url);
	});

	it('is looked up once, when it is set, however it is said', async ({ expect }) => {
		for (const acts_for of ['jsmith', 'JOHN SMITH', 151]) {
			const { value: server, sent } = await patchbay.sandbox.during(() => patchbay.createServer({ acts_for }));
			expect(server).toMatchObject({ config: { acts_for }, acts_for: { id: 151, identifier: 'jsmith' } });
			expect(lines(sent)).toEqual(['GET /system/members']);
		}
	});

	it('is refused where it names nobody or several, and nothing is stored', async ({ expect }) => {
		for (const acts_for of ['nobody at all', 'jon smit', ' '])
			await expect(patchbay.createServer({ acts_for }), String(acts_for)).rejects.toThrow(/acts_for/);
	});

	it('needs the vendor for a name, and takes an id unverified without it', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'error', status: 503, path: '/system/members' });
		await expect(patchbay.createServer({ acts_for: 'jsmith' })).rejects.toThrow(/502/);
		await patchbay.sandbox.fault({ kind: 'error', status: 503, path: '/system/members' });
		expect(await patchbay.createServer({ acts_for: 151 })).toMatchObject({ acts_for: { id: 151 } });
	});

	it('is that member in a filter, at no further question', async ({ expect }) => {
		await own(UPDATE, { id: TICKET, owner: 'Me' });
		expect((await ticket(TICKET)).owner?.id).toBe(151);
		const { data, sent, isError } = await own(LIST, { assigned_to: ' Me ', closed: false, limit: 1000 });
		expect(isError, data.message).toBe(false);
		expect((data.result as { id: number }[]).map(({ id }) => id)).toContain(TICKET);
		expect(lines(sent)).toEqual(['GET /service/tickets']);
	});

	it('is whose time is booked where no member is named', async ({ expect }) => {
		for (const args of [TIME, { ...TIME, member: 'me' }]) {
			const { data, isError } = await own('create_a_connect_wise_psa_time_entry', {
				...args,
				notes: JSON.stringify(args),
			});
			expect(isError, data.message).toBe(false);
			expect(await patchbay.sandbox.get(`/time/entries/${data.id}`)).toMatchObject({ member: { id: 151 } });
		}
	});
});

describe('me, on a server that works for nobody', () => {
	const says = /API member Patchbay API.*acts_for/s;

	for (const [tool, args] of [
		[LIST, { assigned_to: 'me' }],
		[UPDATE, { id: TICKET, owner: 'me' }],
		[
			'create_a_connect_wise_psa_time_entry',
			{
				chargeToId: TICKET,
				chargeToType: 'ServiceTicket',
				member: 'me',
				timeStart: '2026-11-20T15:00:00Z',
				actualHours: 1,
			},
		],
	] as const)
		it(`is no person in ${tool}: the answer says what to do, and nothing is sent`, async ({ expect }) => {
			const { data, isError, sent } = await use(tool, args);
			expect(isError).toBe(true);
			expect(data.message).toMatch(says);
			expect(lines(sent)).toEqual(['GET /system/myMembers']);
		});

	it('asks whose time it is rather than to book it on the API member', async ({ expect }) => {
		const { data, isError, sent } = await use('create_a_connect_wise_psa_time_entry', {
			chargeToId: TICKET,
			chargeToType: 'ServiceTicket',
			timeStart: '2026-11-20T15:00:00Z',
			actualHours: 1,
		});
		expect([isError, sent]).toEqual([true, []]);
		expect(data.message).toMatch(/whose work is it\?/);
	});

	it('is a name like any other where it can mean no member', async ({ expect }) => {
		const { sent, data } = await use(LIST, { company_name: 'me' });
		expect(lines(sent)).toEqual(['GET /service/tickets', 'GET /company/companies']);
		expect(data.notice).toContain('company_name "me" names no company');
	});

	it('ends the call when the vendor does not say who that is', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'error', status: 403, path: '/system/myMembers' });
		const { data, isError, sent } = await use(LIST, { assigned_to: 'me' });
		expect(isError).toBe(true);
		expect(data.statusCode).toBe(403);
		expect(lines(sent)).toEqual(['GET /system/myMembers']);
	});
});

describe('what a call costs', () => {
	const names = { board: 'Help Desk', company: 'Acme Corp', status: 'Escalated', priority: 'Priority 2 - High' };

	it('four names: one lookup each and the write', async ({ expect }) => {
		const { data, isError, sent } = await use(CREATE, { summary: 'x', ...names });
		expect(isError, data.message).toBe(false);
		expect(lines(sent).sort()).toEqual([
			'GET /company/companies',
			'GET /service/boards',
			'GET /service/boards/1/statuses',
			'GET /service/priorities',
			'POST /service/tickets',
		]);
		expect(sent.at(-1)?.method).toBe('POST');
		for (const { method, path } of sent) if (method === 'GET') expect(path).toMatch(/[?&]fields=id/);
		expect(await ticket(data.id ?? 0)).toMatchObject({
			board: { id: 1 },
			company: { id: ACME },
			status: { id: 14 },
			priority: { id: 2 },
		});
	});

	const ids: [name: string, args: Record<string, unknown>][] = [
		['objects', { board: { id: 1 }, company: { id: ACME }, status: { id: 14 }, priority: { id: 2 } }],
		['numbers', { board: 1, company: ACME, status: 14, priority: 2 }],
		['texts', { board: '1', company: '102', status: '14', priority: '2' }],
		['ids beside names', { board: { id: 1, name: 'Alerts' }, company: { id: ACME, identifier: 'x' } }],
	];
	for (const [name, args] of ids) {
		it(`ids as ${name}: exactly one request`, async ({ expect }) => {
			const { data, isError, sent } = await use(CREATE, { summary: 'x', ...args });
			expect(isError, data.message).toBe(false);
			expect(lines(sent)).toEqual(['POST /service/tickets']);
			expect(data.resolved).toBeUndefined();
		});
	}

	it('two fields that ask the same share one lookup', async ({ expect }) => {
		const { data, isError, sent } = await use('update_a_connect_wise_psa_board_by_id', {
			id: 1,
			dispatchMember: 'jsmith',
			dutyManagerMember: 'jsmith',
			autoCloseStatus: 'Closed',
			emailConnectorReopenStatus: 'In Progress',
		});
		expect(isError, data.message).toBe(false);
		expect(lines(sent).sort()).toEqual([
			'GET /service/boards/1/statuses',
			'GET /system/members',
			'PATCH /service/boards/1',
		]);
	});

	it('nothing is kept from one call to the next', async ({ expect }) => {
		for (let time = 0; time < 2; time++)
			expect((await use(UPDATE, { id: TICKET, owner: 'jsmith' })).sent).toHaveLength(2);
	});
});

describe('names within their scope', () => {
	it('a contact and a site belong to the company that the call names', async ({ expect }) => {
		const { data, isError, sent } = await use(CREATE, {
			summary: 'x',
			board: 1,
			company: { identifier: 'AcmeCorp' },
			contact: 'Jane Doe',
			site: 'Branch Office',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(data.id ?? 0)).toMatchObject({
			company: { id: ACME },
			contact: { id: 1001 },
			site: { id: 205 },
		});
		expect(lines(sent).sort()).toEqual([
			'GET /company/companies',
			'GET /company/companies/102/sites',
			'GET /company/contacts',
			'POST /service/tickets',
		]);
	});

	it('or to the company that the record has', async ({ expect }) => {
		const { data, isError, sent } = await use(UPDATE, { id: TICKET, contact: 'Jane Doe', site: 'Branch Office' });
		expect(isError, data.message).toBe(false);
		expect(await ticket(TICKET)).toMatchObject({ contact: { id: 1001 }, site: { id: 205 } });
		expect(lines(sent).filter((line) => line === `GET /service/tickets/${TICKET}`)).toHaveLength(1);
	});

	it('type, subtype, item and team belong to the board', async ({ expect }) => {
		const { data, isError } = await use(CREATE, {
			summary: 'x',
			company: ACME,
			board: 'Network Support',
			type: 'Security',
			subType: 'Firewall',
			item: 'Rule',
			team: 'network team',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(data.id ?? 0)).toMatchObject({
			type: { id: 44 },
			subType: { id: 45 },
			item: { id: 47 },
			team: { id: 41 },
		});
	});

	it('the board that the call sets goes before the one that the record has', async ({ expect }) => {
		const { data, isError, sent } = await use(UPDATE, {
			id: TICKET,
			board: 'Alerts',
			status: 'Acknowledged',
			type: 'Monitoring',
			subType: 'Performance',
			item: 'Threshold',
			team: 'NOC',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(TICKET)).toMatchObject({ board: { id: 7 }, status: { id: 72 } });
		expect(sent).toHaveLength(7);
		expect(lines(sent)[0]).toBe('GET /service/boards');
		expect(
			lines(sent)
				.slice(1, -1)
				.every((line) => line.startsWith('GET /service/boards/7/')),
		).toBe(true);
	});

	it('takes a company whose name cannot be written between quotes', async ({ expect }) => {
		const { data, isError } = await use(CREATE, { summary: 'x', board: 1, company: HARD_NAME });
		expect(isError, data.message).toBe(false);
		expect((await ticket(data.id ?? 0)).company.id).toBe(104);
	});
});

describe('what is refused, with nothing written', () => {
	const create = { summary: 'x', board: 1, company: ACME };
	const cases: { name: string; tool?: string; args: Record<string, unknown>; field: string; says: RegExp }[] = [
		{
			name: 'a status of another board, on an update',
			args: { id: TICKET, status: 'Acknowledged' },
			field: 'status',
			says: /^"Acknowledged" names no board status of board 1; one of another board cannot be used here\. There are: New \(id 11\), .*Escalated \(id 14\)/,
		},
		{
			name: 'a status of another board, on a create',
			tool: CREATE,
			args: { ...create, board: 'Alerts', status: 'Scheduled' },
			field: 'status',
			says: /^"Scheduled" names no board status of board 7; one of another board cannot be used here\. There are: .*Acknowledged \(id 72\)/,
		},
		{
			name: 'a status without a board',
			tool: CREATE,
			args: { summary: 'x', company: ACME, status: 'New' },
			field: 'status',
			says: /^"New" can only be found within one board: give board too, or an id$/,
		},
		{
			name: 'a company that is none',
			tool: CREATE,
			args: { ...create, company: 'Acme Copr' },
			field: 'company',
			says: /^"Acme Copr" names no company\. Nearest: Acme Corp \(id 102\)$/,
		},
		{
			name: 'a company misspelt in its longest word',
			tool: CREATE,
			args: { ...create, company: 'Nortwind Foods' },
			field: 'company',
			says: /Nearest: Northwind Foods \(id 105\)/,
		},
		{
			name: 'a company like no other',
			tool: CREATE,
			args: { ...create, company: 'Zzyzx' },
			field: 'company',
			says: /^"Zzyzx" names no company\. Nothing comes near it: list the records to find its name or id$/,
		},
		{
			name: 'a part that fits several companies',
			tool: CREATE,
			args: { ...create, company: 'Suppl' },
			field: 'company',
			says: /^"Suppl" may be Delta Plumbing Supply \(id 119\), Quill Printing Supplies \(id 134\): say which$/,
		},
		{
			name: 'a single letter',
			tool: CREATE,
			args: { ...create, company: 'o' },
			field: 'company',
			says: /^"o" names no company/,
		},
		{
			name: 'a name given as an identifier',
			tool: CREATE,
			args: { ...create, company: { identifier: 'Acme Corporation' } },
			field: 'company',
			says: /^"Acme Corporation" names no company/,
		},
		{
			name: 'a contact of another company',
			tool: CREATE,
			args: { ...create, company: 'XYZ Industries', contact: 'Jane Doe' },
			field: 'contact',
			says: /^"Jane Doe" names no contact of company 103; one of another company cannot be used here\./,
		},
		{
			name: 'a site of another company',
			tool: CREATE,
			args: { ...create, company: 101, site: 'Branch Office' },
			field: 'site',
			says: /^"Branch Office" names no company site of company 101; one of another company cannot be used here\. There are: Main \(id 202\)$/,
		},
		{
			name: 'a member that is none',
			args: { id: TICKET, owner: 'Jon Smith' },
			field: 'owner',
			says: /Nearest: John Smith \(id 151\)/,
		},
		{ name: 'an empty name', args: { id: TICKET, owner: { name: ' ' } }, field: 'owner', says: /^must not be empty$/ },
		{
			name: '300 characters',
			tool: CREATE,
			args: { ...create, company: 'x'.repeat(300) },
			field: 'company',
			says: /^must have at most 250 characters, got 300$/,
		},
		{ name: 'a wildcard', tool: CREATE, args: { ...create, company: '*' }, field: 'company', says: /^"\*" names no/ },
		{
			name: 'a wildcard behind a name',
			tool: CREATE,
			args: { ...create, company: 'Acme%' },
			field: 'company',
			says: /^"Acme%" names no company\. Nearest: Acme Corp \(id 102\)$/,
		},
		{
			name: 'an injection',
			tool: CREATE,
			args: { ...create, company: INJECTION },
			field: 'company',
			says: /^"x" OR 1=1" names no company/,
		},
		{
			name: 'an injection into a person’s name',
			args: { id: TICKET, owner: `x' or id > 0 or '` },
			field: 'owner',
			says: /names no member/,
		},
		{
			name: 'quotation marks alone',
			tool: CREATE,
			args: { ...create, company: `"'` },
			field: 'company',
			says: /cannot be asked for: give an id/,
		},
	];
	for (const { name, tool = UPDATE, args, field, says } of cases) {
		it(name, async ({ expect }) => {
			const { isError, data, sent } = await use(tool, args);
			expect(isError).toBe(true);
			expect(data).toMatchObject({ statusCode: 400, is_remote_error: false, errors: [{ field }] });
			expect(data.errors?.[0]?.message).toMatch(says);
			expect(data.errors).toHaveLength(1);
			expect(writes(sent)).toEqual([]);
			// A question is never refused: what is typed survives the vendor's parser.
			expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
		});
	}

	it('tells every wrong name of a call at once', async ({ expect }) => {
		const { data } = await use(CREATE, { ...create, company: 'Zzyzx', priority: 'P9', owner: 'nobody' });
		expect(data.errors?.map(({ field }) => field).sort()).toEqual(['company', 'owner', 'priority']);
	});

	for (const count of [2, 5]) {
		it(`a name of ${count} contacts: the candidates with their ids`, async ({ expect }) => {
			const { sandbox } = patchbay;
			const made = [];
			for (let number = 0; number < count; number++)
				made.push(
					await sandbox.send<Named>('POST', '/company/contacts', {
						firstName: 'Pat',
						lastName: 'Twin',
						company: { id: ACME },
					}),
				);
			for (const contact of ['Pat Twin', 'Twin']) {
				const { data, isError, sent } = await use(UPDATE, { id: TICKET, contact });
				expect(isError).toBe(true);
				const told = made.map(({ id }) => `Pat Twin (id ${id})`).join(', ');
				expect(data.errors).toEqual([
					{ field: 'contact', message: `"${contact}" names ${count} records of company ${ACME}: ${told}. Give the id` },
				]);
				expect(writes(sent)).toEqual([]);
			}
		});
	}

	it('a text that is the name of one company and the identifier of another', async ({ expect }) => {
		const company = { identifier: 'Shadow', name: 'XYZ', status: { id: 1 }, site: { name: 'Main' } };
		const shadow = await patchbay.sandbox.send<Named>('POST', '/company/companies', company);
		const { data, sent } = await use(CREATE, { ...create, company: 'XYZ' });
		expect(data.errors?.[0]?.message).toBe(
			`"XYZ" names 2 records: XYZ Industries (id 103), XYZ (id ${shadow.id}). Give the id`,
		);
		expect(writes(sent)).toEqual([]);
		const identified = await use(CREATE, { ...create, company: { identifier: 'XYZ' } });
		expect((await ticket(identified.data.id ?? 0)).company.id).toBe(103);
	});
});

describe('among very many', () => {
	it('finds the one that is meant though more come near it than a page holds', async ({ expect }) => {
		const { sandbox } = patchbay;
		const company = (identifier: string, name: string) =>
			sandbox.send<Named>('POST', '/company/companies', {
				identifier,
				name,
				status: { id: 1 },
				site: { name: 'Main' },
			});
		for (let number = 0; number < 210; number++) await company(`Holding${number}`, `Holdings No. ${number}`);
		const last = await company('TheHolding', 'Holdings');
		const answer = await rpc(mcpUrl, 'tools/call', {
			name: CREATE,
			arguments: { summary: 'x', board: 1, company: 'Holdings' },
		});
		expect(answer.body.result?.structuredContent).toMatchObject({ resolved: { company: { id: last.id } } });
	});
});

describe('a lookup that fails', () => {
	it('by 429 ends the call with that 429 and nothing written', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'rate_limit', path: '/service/priorities', retry_after: 7 });
		const { data, isError, sent } = await use(CREATE, {
			summary: 'x',
			board: 'Help Desk',
			company: 'Acme Corp',
			priority: 'Priority 2 - High',
		});
		expect(isError).toBe(true);
		expect(data).toMatchObject({ statusCode: 429, is_remote_error: true, retry_after_seconds: 7 });
		expect(data.message).toMatch(/^Nothing was written: a name could not be looked up\./);
		expect(writes(sent)).toEqual([]);
		expect(sent.filter(({ path }) => path.startsWith('/service/priorities'))).toHaveLength(1);
	});

	const faults = [
		{ kind: 'error', status: 500 },
		{ kind: 'html', status: 503 },
		{ kind: 'truncated' },
		{ kind: 'empty' },
		{ kind: 'error', status: 401 },
	] as const;
	for (const fault of faults) {
		it(`by ${JSON.stringify(fault)} writes nothing`, async ({ expect }) => {
			await patchbay.sandbox.fault({ ...fault, method: 'GET' });
			const { isError, data, sent } = await use(UPDATE, { id: TICKET, owner: 'jsmith' });
			expect(isError).toBe(true);
			expect(data.message).toMatch(/^Nothing was written/);
			expect(lines(sent)).toEqual(['GET /system/members']);
		});
	}

	it('because the record is gone says so', async ({ expect }) => {
		const { data, sent } = await use(UPDATE, { id: 999_999, status: 'Closed' });
		expect(data.statusCode).toBe(404);
		expect(writes(sent)).toEqual([]);
	});

	it('by 403 leaves the name to the vendor', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'error', status: 403, path: '/service/priorities' });
		const { data, isError, sent } = await use(UPDATE, { id: TICKET, priority: 'Priority 4 - Low' });
		expect(isError, data.message).toBe(false);
		expect((await ticket(TICKET)).priority.id).toBe(4);
		expect(sent.map(({ status }) => status)).toEqual([403, 200]);
		expect(data.resolved).toBeUndefined();
	});

	it('by 403 of a scope leaves what belongs to it to the vendor too', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'error', status: 403, path: '/service/boards' });
		const { data, isError } = await use(CREATE, {
			summary: 'x',
			company: 'Acme Corp',
			board: 'Alerts',
			status: 'Acknowledged',
		});
		expect(isError, data.message).toBe(false);
		expect(await ticket(data.id ?? 0)).toMatchObject({ board: { id: 7 }, status: { id: 72 } });
	});

	it('by 403 of the own member ends the call: the vendor knows no "me"', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'error', status: 403, method: 'GET' });
		const { data, isError, sent } = await use(UPDATE, { id: TICKET, owner: 'me' });
		expect([isError, data.statusCode]).toEqual([true, 403]);
		expect(writes(sent)).toEqual([]);
	});
});

describe('custom fields by caption', () => {
	const values = (fields: CustomField[]) => Object.fromEntries(fields.map(({ caption, value }) => [caption, value]));
	const company = () => patchbay.sandbox.get<{ customFields: CustomField[] }>(`/company/companies/${ACME}`);

	it('an update sets one and keeps the others', async ({ expect }) => {
		const before = values((await company()).customFields);
		expect(before['Partner ID']).toBe('PB-0102');
		const { data, isError, sent } = await use(UPDATE_COMPANY, {
			id: ACME,
			customFields: [{ caption: 'region', value: 'Overseas' }],
		});
		expect(isError, data.message).toBe(false);
		expect(values((await company()).customFields)).toEqual({ ...before, Region: 'Overseas' });
		expect(lines(sent)).toEqual(['GET /company/companies/102', 'PATCH /company/companies/102']);
		// The whole array: far more than one caption and one value.
		expect(sent[1]?.body_bytes).toBeGreaterThan(200);
	});

	it('an update by id keeps the others as well', async ({ expect }) => {
		await use(UPDATE_COMPANY, { id: ACME, customFields: [{ id: 16, value: 'Overseas' }] });
		expect(values((await company()).customFields)).toEqual({ 'Partner ID': 'PB-0102', Region: 'Overseas' });
	});

	it('null clears one', async ({ expect }) => {
		const { isError } = await use(UPDATE_COMPANY, { id: ACME, customFields: [{ caption: 'Region', value: null }] });
		const { 'Partner ID': partner, Region } = values((await company()).customFields);
		expect([isError, partner, Region]).toEqual([false, 'PB-0102', undefined]);
	});

	it('a create sets what is given and copies no other record’s values', async ({ expect }) => {
		const { data, isError, sent } = await use(CREATE, {
			summary: 'x',
			board: 1,
			company: ACME,
			customFields: [
				{ caption: 'Root Cause', value: 'Hardware' },
				{ caption: 'T&M Billing Required', value: true },
			],
		});
		expect(isError, data.message).toBe(false);
		expect(values((await ticket(data.id ?? 0)).customFields)).toEqual({
			'Dispatch Billing Required': undefined,
			'T&M Billing Required': true,
			'Root Cause': 'Hardware',
		});
		expect(lines(sent)).toEqual(['GET /service/tickets', 'POST /service/tickets']);
	});

	it('a create of a company by captions', async ({ expect }) => {
		const { data, isError } = await use(CREATE_COMPANY, {
			identifier: 'NewCo',
			name: 'NewCo',
			status: 'Active',
			customFields: [{ caption: 'Region', value: 'West' }],
		});
		expect(isError, data.message).toBe(false);
		const made = await patchbay.sandbox.get<{ customFields: CustomField[] }>(`/company/companies/${data.id}`);
		expect(values(made.customFields)).toEqual({ 'Partner ID': undefined, Region: 'West' });
	});

	const refused: [entry: Record<string, unknown>, says: RegExp][] = [
		[
			{ caption: 'Regoin', value: 'West' },
			/^"Regoin" is no custom field\. Did you mean "Region"\? There are: Partner ID, Region$/,
		],
		[{ caption: '', value: 'West' }, /^must name a custom field/],
		[{ id: 999, value: 'West' }, /^"999" is no custom field\./],
		[{ caption: INJECTION, value: 'West' }, /is no custom field/],
		[{ caption: 'Region' }, /^"Region" needs a value; null clears it$/],
	];
	for (const [entry, says] of refused) {
		it(`refuses ${JSON.stringify(entry)}, with nothing written`, async ({ expect }) => {
			const { data, isError, sent } = await use(UPDATE_COMPANY, { id: ACME, customFields: [entry] });
			expect(isError).toBe(true);
			expect(data.errors).toEqual([{ field: 'customFields[0]', message: expect.stringMatching(says) }]);
			expect(writes(sent)).toEqual([]);
		});
	}
});
