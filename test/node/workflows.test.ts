// The two workflows of the product's article and its single prompts, as a model would carry them out; after each step
// the effect is read from the vendor itself. PATCHBAY_TRANSCRIPTS=<directory> keeps a transcript of each workflow.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import {
	type CallResult,
	call,
	connectThroughMcpRemote,
	connectV1,
	connectV2,
	type ListingClient,
	type LoggedRequest,
	startForTests,
	type TestPatchbay,
} from './support.ts';

interface Named {
	id: number;
	name: string;
}

interface Ticket {
	id: number;
	summary: string;
	board: Named;
	status: Named;
	priority: Named;
	company: Named & { identifier: string };
	owner: Named & { identifier: string };
	contact?: Named;
	closedFlag: boolean;
	closedDate?: string;
	actualHours: number;
}

interface Note {
	id: number;
	ticketId: number;
	text: string;
	internalAnalysisFlag: boolean;
	detailDescriptionFlag: boolean;
	resolutionFlag: boolean;
}

interface TimeEntry {
	id: number;
	chargeToId: number;
	chargeToType: string;
	actualHours: number;
	billableOption: string;
	notes: string;
	timeStart: string;
	member: Named & { identifier: string };
}

interface Page<T> {
	result: T[];
	next_cursor: string | null;
	result_count: number;
}

/** The article's, literally. */
const ARTICLE_CONFIG = { methods: ['read', 'write'], tags: ['service', 'time'] };
const ESCALATED = 14;
const CLOSED = 17;
const CRITICAL = 1;

let patchbay: TestPatchbay;

beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(() => patchbay?.stop());
beforeEach(() => patchbay.sandbox.reset());

/** A client that keeps account of what it did and what each call sent to the vendor. */
class Operator {
	readonly #client: ListingClient;
	readonly transcript: string[] = [];
	sent: LoggedRequest[] = [];

	constructor(client: ListingClient) {
		this.#client = client;
	}

	async call<T = Record<string, unknown>>(name: string, args: Record<string, unknown>): Promise<CallResult<T>> {
		const { value, sent } = await patchbay.sandbox.during(() => call<T>(this.#client, name, args));
		this.sent = sent;
		const requests = sent.map(({ method, path, status }) => `${method} ${decodeURIComponent(path)} → ${status}`);
		this.transcript.push(
			`→ ${name} ${JSON.stringify(args)}\n  upstream: ${requests.join('; ') || 'nothing'}\n← ${value.isError ? 'ERROR ' : ''}${value.text}`,
		);
		return value;
	}

	saw(what: unknown): void {
		this.transcript.push(`  in the sandbox: ${JSON.stringify(what)}`);
	}
}

const ways: { name: string; file: string; open: (url: string) => Promise<ListingClient> }[] = [
	{ name: 'the official v1 client over Streamable HTTP', file: 'v1-client', open: connectV1 },
	{ name: 'the official v2 client in the modern era', file: 'v2-client', open: (url) => connectV2(url, 'auto') },
	{
		name: 'mcp-remote over stdio',
		file: 'mcp-remote',
		open: async (url) => (await connectThroughMcpRemote(url, patchbay.scratch)).client,
	},
];

for (const { name, file, open } of ways) {
	describe(`by ${name}`, () => {
		let client: ListingClient;
		beforeAll(async () => {
			// Each client has a server of its own: the sandbox forgets in between, and the write guard does not.
			client = await open((await patchbay.createServer(ARTICLE_CONFIG)).url);
			// As real clients do; from here on results are validated against the output schemas.
			await client.listTools();
		});
		afterAll(() => client?.close());

		it('workflow 1: triage and escalate an urgent outage', async ({ expect }) => {
			const { sandbox } = patchbay;
			const operator = new Operator(client);
			// The seed has it at Critical already: lowered, so that the change can be seen.
			const lowered = [{ op: 'replace', path: 'priority', value: { id: 3 } }];
			await sandbox.send('PATCH', '/service/tickets/15992', lowered);

			const newest = await operator.call<Page<Ticket>>('list_all_connect_wise_psa_tickets', {
				conditions: 'board/name="Help Desk"',
				orderBy: 'id desc',
				limit: 1,
			});
			const [ticket] = newest.data.result;
			const [truth] = await sandbox.list<Ticket>('/service/tickets', {
				conditions: 'board/name="Help Desk"',
				orderBy: 'id desc',
				pageSize: '1',
			});
			expect(ticket?.id).toBe(15992);
			expect(ticket?.id).toBe(truth?.id);
			expect(ticket?.company.name).toBe('Acme Corp');
			expect(ticket?.summary).toContain('database down');
			expect(operator.sent).toHaveLength(1);

			const statuses = await operator.call<Page<Named>>('list_all_connect_wise_psa_board_statuses', { board_id: 1 });
			expect(statuses.data.result.find(({ id }) => id === ESCALATED)?.name).toBe('Escalated');
			expect(operator.sent).toHaveLength(1);

			const updated = await operator.call<Ticket>('update_a_connect_wise_psa_ticket_by_id', {
				id: 15992,
				status: { id: ESCALATED },
				priority: { id: CRITICAL },
			});
			expect(updated.isError).toBe(false);
			expect(operator.sent).toMatchObject([{ method: 'PATCH', path: '/service/tickets/15992', status: 200 }]);
			const escalated = await sandbox.get<Ticket>('/service/tickets/15992');
			operator.saw({ status: escalated.status, priority: escalated.priority });
			expect(escalated.status).toMatchObject({ id: ESCALATED, name: 'Escalated' });
			expect(escalated.priority).toMatchObject({ id: CRITICAL, name: 'Priority 1 - Critical' });
			expect(escalated.summary).toBe(truth?.summary);
			expect(updated.data.status.id).toBe(ESCALATED);

			const text =
				'Escalated to Tier 3: VIP client Acme Corp reports "database down". On-call engineer, please take over.';
			const notesBefore = await sandbox.list<Note>('/service/tickets/15992/notes');
			const added = await operator.call<Note>('create_a_connect_wise_psa_ticket_note', {
				ticket_id: 15992,
				text,
				internalAnalysisFlag: true,
			});
			expect(added.isError).toBe(false);
			expect(operator.sent).toMatchObject([{ method: 'POST', path: '/service/tickets/15992/notes', status: 201 }]);
			const notes = await sandbox.list<Note>('/service/tickets/15992/notes');
			const note = notes.find(({ id }) => id === added.data.id);
			operator.saw(note);
			expect(notes).toHaveLength(notesBefore.length + 1);
			expect(note).toMatchObject({
				ticketId: 15992,
				text,
				internalAnalysisFlag: true,
				detailDescriptionFlag: false,
				resolutionFlag: false,
			});
			await keepTranscript(`workflow-1-${file}`, operator);
		});

		it('workflow 2: resolve a ticket and log billable time', async ({ expect }) => {
			const { sandbox } = patchbay;
			const operator = new Operator(client);
			const before = await sandbox.get<Ticket>('/service/tickets/14059');
			expect(before.closedFlag).toBe(false);

			const text = 'Cleared the cached Outlook credentials and repaired the profile; mail flows again.';
			const added = await operator.call<Note>('create_a_connect_wise_psa_ticket_note', {
				ticket_id: 14059,
				text,
				resolutionFlag: true,
			});
			expect(added.isError).toBe(false);
			expect(operator.sent).toMatchObject([{ method: 'POST', path: '/service/tickets/14059/notes', status: 201 }]);
			const notes = await sandbox.list<Note>('/service/tickets/14059/notes');
			const note = notes.find(({ id }) => id === added.data.id);
			operator.saw(note);
			expect(note).toMatchObject({ text, resolutionFlag: true, internalAnalysisFlag: false });

			const logged = await operator.call<TimeEntry>('create_a_connect_wise_psa_time_entry', {
				chargeToId: 14059,
				chargeToType: 'ServiceTicket',
				member: { identifier: 'jsmith' },
				timeStart: '2026-11-20T15:00:00Z',
				actualHours: 0.75,
				billableOption: 'Billable',
				notes: text,
			});
			expect(logged.isError).toBe(false);
			expect(operator.sent).toMatchObject([
				{ method: 'GET', path: expect.stringMatching(/^\/system\/members\?/), status: 200 },
				{ method: 'POST', path: '/time/entries', status: 201 },
			]);
			const entry = await sandbox.get<TimeEntry>(`/time/entries/${logged.data.id}`);
			operator.saw(entry);
			expect(entry).toMatchObject({
				chargeToId: 14059,
				chargeToType: 'ServiceTicket',
				actualHours: 0.75,
				billableOption: 'Billable',
				notes: text,
				member: { id: 151, identifier: 'jsmith' },
			});

			const closed = await operator.call<Ticket>('update_a_connect_wise_psa_ticket_by_id', {
				id: 14059,
				status: { id: CLOSED },
			});
			expect(closed.isError).toBe(false);
			expect(operator.sent).toMatchObject([{ method: 'PATCH', path: '/service/tickets/14059', status: 200 }]);
			const after = await sandbox.get<Ticket>('/service/tickets/14059');
			operator.saw({ status: after.status, closedFlag: after.closedFlag, actualHours: after.actualHours });
			expect(after.status).toMatchObject({ id: CLOSED, name: 'Closed' });
			expect(after.closedFlag).toBe(true);
			expect(after.closedDate).toBeTruthy();
			expect(after.actualHours).toBeCloseTo(before.actualHours + 0.75);
			await keepTranscript(`workflow-2-${file}`, operator);
		});
	});
}

describe('workflow 1, word by word', () => {
	it('verifies the tier of the client and escalates to Tier 3 by its name', async ({ expect }) => {
		const client = await connectV1((await patchbay.createServer(ARTICLE_CONFIG)).url);
		const { tools } = await client.listTools();
		const names = tools.map(({ name }) => name);
		for (const name of ['list_all_connect_wise_psa_contacts', 'get_single_connect_wise_psa_company_by_id'])
			expect(names).toContain(name);
		const newest = await call<Page<Ticket>>(client, 'list_all_connect_wise_psa_tickets', {
			board_name: 'Help Desk',
			orderBy: 'id desc',
			limit: 1,
		});
		const [ticket] = newest.data.result;
		const found = await call<Page<{ id: number }>>(client, 'list_all_connect_wise_psa_companies', {
			conditions: `name="${ticket?.company.name}"`,
		});
		const company = await call<{ types?: Named[] }>(client, 'get_single_connect_wise_psa_company_by_id', {
			id: found.data.result[0]?.id,
		});
		expect(company.data.types?.map(({ name }) => name)).toContain('VIP');
		const updated = await call(client, 'update_a_connect_wise_psa_ticket_by_id', {
			id: ticket?.id,
			status: { name: 'Tier 3' },
			priority: { name: 'Critical' },
		});
		expect(updated.isError).toBe(false);
		const escalated = await patchbay.sandbox.get<Ticket>(`/service/tickets/${ticket?.id}`);
		expect(escalated.status.name).toBe('Tier 3');
		expect(escalated.priority.name).toBe('Priority 1 - Critical');
		await client.close();
	});
});

describe('the single prompts of the article', () => {
	let client: ListingClient;
	let operator: Operator;
	beforeAll(async () => {
		client = await connectV1((await patchbay.createServer(ARTICLE_CONFIG)).url);
		await client.listTools();
		operator = new Operator(client);
	});
	afterAll(async () => {
		await client?.close();
		if (operator) await keepTranscript('hero-prompts', operator);
	});

	it('lists the open tickets of Acme Corp by the condition string as it stands', async ({ expect }) => {
		const conditions = 'company/name="Acme Corp" AND status/name="New"';
		const { data } = await operator.call<Page<Ticket>>('list_all_connect_wise_psa_tickets', {
			conditions,
			limit: 1000,
		});
		expect(operator.sent).toHaveLength(1);
		const truth = await patchbay.sandbox.list<Ticket>('/service/tickets', { conditions });
		expect(truth.length).toBeGreaterThan(0);
		expect(data.result.map(({ id }) => id).sort()).toEqual(truth.map(({ id }) => id).sort());
		for (const ticket of data.result) {
			expect(ticket).toMatchObject({ company: { name: 'Acme Corp' }, status: { name: 'New' } });
		}
	});

	it('filters by the condition string of the article’s section on filtering', async ({ expect }) => {
		const conditions = 'status/name="Closed" AND board/name="Help Desk"';
		const { data } = await operator.call<Page<Ticket>>('list_all_connect_wise_psa_tickets', { conditions });
		expect(data.result_count).toBe(25);
		expect(data.next_cursor).not.toBeNull();
		for (const { status, board } of data.result) expect([status.name, board.name]).toEqual(['Closed', 'Help Desk']);
	});

	it('gets ticket 14059 with its assigned technician, and its description from the notes', async ({ expect }) => {
		const ticket = await operator.call<Ticket>('get_single_connect_wise_psa_ticket_by_id', { id: 14059 });
		expect(operator.sent).toMatchObject([{ method: 'GET', path: '/service/tickets/14059' }]);
		expect(ticket.data.owner).toMatchObject({ identifier: 'jsmith', name: 'John Smith' });
		expect(ticket.text).not.toContain('null');
		const notes = await operator.call<Page<Note>>('list_all_connect_wise_psa_ticket_notes', { ticket_id: 14059 });
		expect(notes.data.result.some((note) => note.detailDescriptionFlag && note.text.length > 0)).toBe(true);
	});

	it('creates a ticket on board 4 for company 102', async ({ expect }) => {
		const summary = 'Critical: File Server Unreachable';
		const { data, isError } = await operator.call<Ticket>('create_a_connect_wise_psa_ticket', {
			summary,
			board: { id: 4 },
			company: { id: 102 },
		});
		expect(isError).toBe(false);
		expect(operator.sent).toMatchObject([{ method: 'POST', path: '/service/tickets', status: 201 }]);
		expect(await patchbay.sandbox.get<Ticket>(`/service/tickets/${data.id}`)).toMatchObject({
			summary,
			board: { id: 4, name: 'Network Support' },
			company: { id: 102, identifier: 'AcmeCorp' },
		});
	});

	it('escalates ticket 14059 to status 14 and priority High', async ({ expect }) => {
		const { isError } = await operator.call('update_a_connect_wise_psa_ticket_by_id', {
			id: 14059,
			status: { id: ESCALATED },
			priority: { name: 'Priority 2 - High' },
		});
		expect(isError).toBe(false);
		expect(operator.sent.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
		expect(await patchbay.sandbox.get<Ticket>('/service/tickets/14059')).toMatchObject({
			status: { id: ESCALATED },
			priority: { id: 2 },
		});
	});

	it('says which priorities there are when the name is none, and changes nothing', async ({ expect }) => {
		const before = await patchbay.sandbox.get<Ticket>('/service/tickets/14059');
		const { isError, data } = await operator.call('update_a_connect_wise_psa_ticket_by_id', {
			id: 14059,
			status: { id: ESCALATED },
			priority: { name: 'Urgentissimo' },
		});
		expect(isError).toBe(true);
		expect(data).toMatchObject({ statusCode: 400, is_remote_error: false, errors: [{ field: 'priority' }] });
		expect(data.message).toContain('Priority 2 - High (id 2)');
		expect(operator.sent.map(({ method }) => method)).toEqual(['GET']);
		expect(await patchbay.sandbox.get<Ticket>('/service/tickets/14059')).toEqual(before);
	});

	it('adds the internal note to ticket 14059', async ({ expect }) => {
		const text = 'Reviewed logs, rebooting switch tonight at 2AM';
		const { data } = await operator.call<Note>('create_a_connect_wise_psa_ticket_note', {
			ticket_id: 14059,
			text,
			internalAnalysisFlag: true,
		});
		const notes = await patchbay.sandbox.list<Note>('/service/tickets/14059/notes');
		expect(notes.find(({ id }) => id === data.id)).toMatchObject({ text, internalAnalysisFlag: true });
	});

	it('logs 1.5 hours of billable time on ticket 14059', async ({ expect }) => {
		const notes = 'Reconfigured VPN tunnel and verified connectivity';
		const { data, isError } = await operator.call<TimeEntry>('create_a_connect_wise_psa_time_entry', {
			chargeToId: 14059,
			chargeToType: 'ServiceTicket',
			member: { id: 151 },
			timeStart: '2026-11-20T09:00:00-05:00',
			timeEnd: '2026-11-20T10:30:00-05:00',
			billableOption: 'Billable',
			notes,
		});
		expect(isError).toBe(false);
		expect(await patchbay.sandbox.get<TimeEntry>(`/time/entries/${data.id}`)).toMatchObject({
			actualHours: 1.5,
			billableOption: 'Billable',
			notes,
			timeStart: '2026-11-20T14:00:00Z',
		});
	});

	it('looks up the phone number of Jane Doe at Acme Corp', async ({ expect }) => {
		const conditions = 'firstName="Jane" and lastName="Doe" and company/name="Acme Corp"';
		const { data } = await operator.call<Page<{ id: number }>>('list_all_connect_wise_psa_contacts', { conditions });
		expect(operator.sent).toHaveLength(1);
		expect(data.result.map(({ id }) => id)).toEqual([1001]);
		expect(JSON.stringify(data.result)).toContain('8135550142');
	});
});

async function keepTranscript(name: string, { transcript }: Operator): Promise<void> {
	const directory = process.env.PATCHBAY_TRANSCRIPTS;
	if (!directory) return;
	await mkdir(directory, { recursive: true });
	await writeFile(join(directory, `${name}.txt`), `${transcript.join('\n')}\n`);
}
