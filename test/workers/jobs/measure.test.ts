// What whole jobs save: calls of a client and tokens of its answers, against the single tools that they stand for.
import { describe, inject, it } from 'vitest';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();

type Calls = [tool: string, args: Json][];

interface Cost {
	calls: number;
	tokens: number;
}

/** One job of a service desk: with single tools, and with those for whole jobs. */
interface Job {
	name: string;
	single: Calls;
	whole: Calls;
	/** After the preview of `change_many`: its confirm. */
	isConfirmed?: true;
}

async function costOf(desk: Desk, calls: Calls): Promise<Cost & { last: Json }> {
	let tokens = 0;
	let last: Json = {};
	let count = 0;
	const left = [...calls];
	for (let call = left.shift(); call; call = left.shift()) {
		const [tool, args] = call;
		const { content, isError } = await desk.call(tool, args);
		if (isError) throw new Error(`${tool} ${JSON.stringify(args)}: ${String(content.message)}`);
		count += 1;
		tokens += estimateTokens(JSON.stringify(args)) + estimateTokens(JSON.stringify(content));
		last = content;
		// Who counts a list by hand needs all of it.
		if (content.next_cursor && args.limit === 1000) left.unshift([tool, { ...args, next_cursor: content.next_cursor }]);
	}
	return { calls: count, tokens, last };
}

async function wholeCost(desk: Desk, { whole, isConfirmed }: Job): Promise<Cost> {
	const first = await costOf(desk, whole);
	if (!isConfirmed) return first;
	const second = await costOf(desk, [['change_many', { confirm: first.last.confirm }]]);
	return { calls: first.calls + second.calls, tokens: first.tokens + second.tokens };
}

/** Records of the sandbox that the jobs are about. */
function recordsOf({ store }: Desk) {
	const tickets = store.all('tickets').filter(({ closedFlag, company }) => closedFlag !== true && company);
	const people = store
		.all('members')
		.filter(({ inactiveFlag, licenseClass }) => !inactiveFlag && licenseClass !== 'A')
		.map(({ identifier }) => String(identifier));
	return {
		open: tickets.map(({ id }) => id),
		companyOf: (id: number) => (store.get('tickets', id)?.company as Json | undefined)?.id,
		people,
		boards: store.all('boards').map(({ name }) => String(name)),
		agreements: store.all('/finance/agreements').map(({ id }) => id),
		projects: store.all('/project/projects').map(({ id }) => id),
	};
}

function readingJobs(desk: Desk): Job[] {
	const { open, companyOf, people, boards, agreements, projects } = recordsOf(desk);
	const [who = '', other = ''] = people;
	const brief = (id = 0): Job => ({
		name: `brief on ticket ${id}`,
		whole: [['get_ticket_brief', { ticket_id: id }]],
		single: [
			['get_ticket', { id }],
			['list_ticket_all_notes', { ticket_id: id }],
			['list_ticket_configurations', { ticket_id: id }],
			['list_time_entries', { ticket_id: id }],
			['list_schedule_entries', { object_id: id }],
			['list_tickets', { conditions: `company/id=${companyOf(id)} and closedFlag=false` }],
		],
	});
	const day = (member: string): Job => ({
		name: `day of ${member}`,
		whole: [['get_my_day', { member }]],
		single: [
			['list_schedule_entries', { member, starts_after: 'today', starts_before: 'tomorrow' }],
			['list_tickets', { assigned_to: member, closed: false }],
			['list_tickets', { assigned_to: member, closed: false, due_before: 'tomorrow' }],
			['list_time_entries', { member, started_after: 'today' }],
		],
	});
	const board = (board_name = ''): Job => ({
		name: `board ${board_name}`,
		whole: [['get_team_board', { board_name }]],
		single: [
			['list_tickets', { board_name, closed: false, limit: 1000 }],
			['list_tickets', { board_name, closed: false, due_before: 'tomorrow' }],
			['list_schedule_entries', { starts_after: 'today', starts_before: 'tomorrow' }],
			['list_time_entries', { started_after: 'today' }],
		],
	});
	const sums = (name: string, args: Json, single: Calls): Job => ({
		name,
		whole: [['summarize_records', args]],
		single,
	});
	const tickets = { tool_name: 'list_tickets' };
	const openTickets = { ...tickets, arguments: { closed: false } };
	const entries = { tool_name: 'list_time_entries' };
	const allEntries: Calls = [['list_time_entries', { limit: 1000 }]];
	const allOpen: Calls = [['list_tickets', { closed: false, limit: 1000 }]];
	const perAgreement: Calls = agreements.map((agreement_id) => ['list_agreement_additions', { agreement_id }]);
	return [
		brief(open[0]),
		brief(open[1]),
		brief(open[2]),
		day(who),
		day(other),
		board(boards[0]),
		board(boards[1]),
		sums(
			'open tickets per board',
			{ ...openTickets, group_by: ['board/name'] },
			boards.map((board_name) => ['count_tickets', { board_name, closed: false }]),
		),
		sums(
			'open tickets per person',
			{ ...openTickets, group_by: ['owner'] },
			people.map((assigned_to) => ['count_tickets', { assigned_to, closed: false }]),
		),
		sums('open tickets per company', { ...openTickets, group_by: ['company'] }, allOpen),
		sums('open tickets per priority', { ...openTickets, group_by: ['priority'] }, allOpen),
		sums('tickets per week', { ...tickets, bucket: 'week', bucket_field: 'dateEntered' }, [
			['list_tickets', { limit: 1000 }],
		]),
		sums('hours per person', { ...entries, group_by: ['member'], sum: 'actualHours' }, allEntries),
		sums('hours per company', { ...entries, group_by: ['company'], sum: 'actualHours' }, allEntries),
		sums('hours by billing', { ...entries, group_by: ['billableOption'], sum: 'actualHours' }, allEntries),
		sums('hours per month', { ...entries, bucket: 'month', bucket_field: 'timeStart', sum: 'actualHours' }, allEntries),
		sums(
			'additions of all agreements',
			{
				tool_name: 'list_agreement_additions',
				over: { tool_name: 'list_agreements' },
				group_by: ['parent/name'],
				sum: 'quantity',
			},
			[['list_agreements', { limit: 1000 }], ...perAgreement],
		),
		sums(
			'product over all agreements',
			{
				tool_name: 'list_agreement_additions',
				over: { tool_name: 'list_agreements' },
				group_by: ['product'],
				sum: 'quantity',
			},
			[['list_agreements', { limit: 1000 }], ...perAgreement],
		),
		sums(
			'phases over all projects',
			{ tool_name: 'list_project_phases', over: { tool_name: 'list_projects' }, group_by: ['parent/name'] },
			[
				['list_projects', { limit: 1000 }],
				...projects.map((project_id): Calls[number] => ['list_project_phases', { project_id }]),
			],
		),
		{
			name: 'tickets that need somebody',
			whole: [['find_stale_and_at_risk', {}]],
			single: [
				['list_tickets', { closed: false, limit: 1000 }],
				['list_tickets', { closed: true, updated_after: '7d', limit: 1000 }],
				['list_schedule_entries', { done: false, limit: 1000 }],
			],
		},
		...boards.slice(0, 2).map((board_name) => ({
			name: `${board_name}: who needs somebody`,
			whole: [['find_stale_and_at_risk', { board_name }]] as Calls,
			single: [
				['list_tickets', { board_name, closed: false, limit: 1000 }],
				['list_tickets', { board_name, closed: true, updated_after: '7d', limit: 1000 }],
				['list_schedule_entries', { done: false, limit: 1000 }],
			] as Calls,
		})),
	];
}

/** @param tag  keeps the two ways apart: neither is a repeat of the other */
function writingJobs(desk: Desk): Job[] {
	const { open, people } = recordsOf(desk);
	const [member = ''] = people;
	const entry = (index: number, tag: string) => ({
		chargeToId: open[0],
		chargeToType: 'ServiceTicket',
		member: { identifier: member },
		timeStart: `2026-0${tag === 'single' ? 5 : 6}-0${1 + Math.floor(index / 10)}T${String(8 + (index % 10)).padStart(2, '0')}:00:00`,
		actualHours: 0.5,
		notes: `Measured ${index}`,
	});
	const logging = (count: number, from: number): Job => ({
		name: `log ${count} time entries`,
		whole: [['log_time_entries', { entries: Array.from({ length: count }, (_, at) => entry(from + at, 'whole')) }]],
		single: Array.from({ length: count }, (_, at) => ['create_time_entry', entry(from + at, 'single')]),
	});
	const closing = (id = 0): Job => ({
		name: `close out ticket ${id}`,
		whole: [['close_out_ticket', { ticket_id: id, note: 'Fixed', hours: 0.25, member, start: '2026-04-01T09:00:00' }]],
		single: [
			['create_ticket_note', { ticket_id: id, text: 'Fixed by hand' }],
			[
				'create_time_entry',
				{ ...entry(0, 'single'), chargeToId: id, timeStart: `2026-03-01T09:00:00`, notes: `By hand ${id}` },
			],
			['get_ticket', { id }],
		],
	});
	const changing = (name: string, ids: number[], summary: string): Job => ({
		name,
		isConfirmed: true,
		whole: [['change_many', { tool_name: 'update_ticket', ids, changes: { summary } }]],
		single: ids.map((id) => ['update_ticket', { id, summary: `${summary}, one by one` }]),
	});
	return [
		closing(open[3]),
		closing(open[4]),
		changing('hand 17 tickets over', open.slice(5, 22), 'Handed over'),
		changing('mark 10 alerts', open.slice(22, 32), 'Alert seen'),
		changing('mark 5 tickets', open.slice(32, 37), 'Seen'),
		logging(8, 0),
		logging(20, 10),
		{
			name: 'see a change before it happens',
			whole: [['preview_change', { tool_name: 'update_ticket', arguments: { id: open[40], summary: 'Soon' } }]],
			single: [['get_ticket', { id: open[40] }]],
		},
	];
}

const LONG_RUN = inject('runs') === 'long';

describe('whole jobs', () => {
	it('cost fewer calls and tokens than the tools that they are made of', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read', 'write', 'count'], tool_exposure: 'all' });
		const all = [...readingJobs(desk), ...writingJobs(desk)];
		expect(all.length).toBe(30);
		// A short run takes some of each kind.
		const jobs = LONG_RUN ? all : all.filter((_, at) => at % 5 === 0);
		const total = { single: { calls: 0, tokens: 0 }, whole: { calls: 0, tokens: 0 } };
		const lines = ['job | calls and tokens by single tools | by whole jobs'];
		for (const job of jobs) {
			const single = await costOf(desk, job.single);
			const whole = await wholeCost(desk, job);
			for (const [way, cost] of Object.entries({ single, whole })) {
				total[way as keyof typeof total].calls += cost.calls;
				total[way as keyof typeof total].tokens += cost.tokens;
			}
			lines.push(`${job.name} | ${single.calls}, ${single.tokens} | ${whole.calls}, ${whole.tokens}`);
			expect(whole.calls, job.name).toBeLessThanOrEqual(Math.max(1, job.isConfirmed ? 2 : 1));
		}
		lines.push(
			`all ${jobs.length} | ${total.single.calls}, ${total.single.tokens} | ${total.whole.calls}, ${total.whole.tokens}`,
		);
		console.log(lines.join('\n'));
		expect(total.whole.calls * 3).toBeLessThan(total.single.calls);
		expect(total.whole.tokens * 2).toBeLessThan(total.single.tokens);
	});
});
