// Where whole jobs are: listed, pinned, searched for and called, as far as the filter leaves what they need.
import { beforeEach, describe, it } from 'vitest';
import { matchesFilter, type ToolFilter } from '../../../workers/integration/filter.ts';
import { listTools } from '../../../workers/tools/exposure.ts';
import { compileJob } from '../../../workers/tools/jobs/job-tools.ts';
import { jobsOf, neededOf } from '../../../workers/tools/jobs/offered.ts';
import { PINNED_MAX } from '../../../workers/tools/pinned.ts';
import { connectWise } from '../calls/calls.ts';
import { api, callTool, eventually, type Json, serverPath, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();
const ALL = Object.keys(connectWise.jobs);
const namesOf = (config: ToolFilter) => jobsOf(connectWise, config).map(({ name }) => name);

describe('a job', () => {
	it('is there where all that it needs is, for every tag, and nowhere else', ({ expect }) => {
		for (const tag of Object.keys(connectWise.file.tags))
			for (const methods of [undefined, ['read'], ['write'], ['list'], ['update']]) {
				const config = { tags: [tag], ...(methods ? { methods } : {}) };
				for (const name of namesOf(config))
					for (const key of neededOf(connectWise.jobs[name] as (typeof connectWise.jobs)[string])) {
						const header = connectWise.headerOf.get(key);
						expect(header && matchesFilter(header, config), `${name} ${JSON.stringify(config)}`).toBe(true);
					}
			}
		expect(namesOf({})).toEqual(ALL);
		expect(namesOf({ methods: ['read'] })).not.toContain('change_many');
		expect(namesOf({ methods: ['delete'] })).toEqual(['preview_change']);
		expect(namesOf({ tools: { deny: ['change_many'] } })).toEqual(ALL.filter((name) => name !== 'change_many'));
		expect(namesOf({ tools: { allow: ['list_tickets'] } })).toEqual([]);
		expect(namesOf({ tools: { allow: ['summarize_records'] } })).toEqual([]);
		const both = { tools: { allow: ['list_tickets', 'summarize_records'] } };
		expect(namesOf(both)).toEqual(['summarize_records']);
		expect(namesOf({ within: { methods: ['read'] } })).not.toContain('close_out_ticket');
	});

	it('is listed for every role, within the bound of pinned tools', ({ expect }) => {
		const serving: Record<string, string[]> = {
			technician: ['get_ticket_brief', 'close_out_ticket', 'log_time_entries', 'get_my_day'],
			dispatcher: ['get_ticket_brief', 'get_team_board', 'find_stale_and_at_risk', 'change_many'],
			service_manager: ['summarize_records', 'get_team_board', 'find_stale_and_at_risk'],
			projects: ['get_my_day', 'summarize_records'],
		};
		for (const [role, { config }] of Object.entries(connectWise.file.presets ?? {})) {
			const names = listTools(connectWise, config, config).map(({ name }) => name);
			for (const job of serving[role] ?? []) expect(names, role).toContain(job);
		}
		expect(listTools(connectWise, {}, {}).length).toBeLessThanOrEqual(PINNED_MAX + 4);
	});

	it('says truly whether it reads', ({ expect }) => {
		const hints = Object.fromEntries(
			jobsOf(connectWise, {}).map((job) => [job.name, compileJob(job).annotations.readOnlyHint]),
		);
		expect(hints).toEqual({
			preview_change: true,
			summarize_records: true,
			change_many: false,
			get_ticket_brief: true,
			close_out_ticket: false,
			log_time_entries: false,
			get_my_day: true,
			get_team_board: true,
			find_stale_and_at_risk: true,
		});
	});
});

describe('a server of discovery', () => {
	let desk: Desk;
	beforeEach(async () => {
		desk = await openDesk({ tool_exposure: 'discovery' });
	});
	const questions: [job: string, question: string][] = [
		['preview_change', 'what would happen if I change this ticket'],
		['summarize_records', 'how many tickets per board'],
		['summarize_records', 'sum of hours by member'],
		['change_many', 'bulk update of tickets'],
		['get_ticket_brief', 'brief me on a ticket'],
		['get_ticket_brief', 'I take over this ticket'],
		['close_out_ticket', 'close out a ticket'],
		['log_time_entries', 'log my time entries'],
		['get_my_day', 'plan my day'],
		['get_team_board', 'workload of the team'],
		['find_stale_and_at_risk', 'stale tickets'],
		['find_stale_and_at_risk', 'which tickets have an SLA breach'],
	];
	const spoken: [job: string, question: string][] = [
		['summarize_records', 'how many open tickets per technician'],
		['summarize_records', 'total hours per client this month'],
		['change_many', 'change the status of many tickets'],
		['change_many', 'hand over all his tickets'],
		['get_ticket_brief', 'catch me up on this ticket'],
		['close_out_ticket', 'close this out'],
		['close_out_ticket', 'close this one off'],
		['close_out_ticket', 'wrap up the ticket with a note and time'],
		['get_my_day', 'what is on my plate'],
		['get_my_day', "what's on my plate today"],
		['get_my_day', 'what do I have today'],
		['find_stale_and_at_risk', 'which tickets has nobody touched'],
		['find_stale_and_at_risk', 'unassigned tickets'],
		['preview_change', 'preview a change'],
	];
	it('finds each job first as people say it', async ({ expect }) => {
		const wrong: string[] = [];
		for (const [job, query] of spoken) {
			const { content } = await desk.call('search_tools', { query });
			const first = (content.tools as { name: string }[])[0]?.name;
			if (first !== job) wrong.push(`${query}: ${first}, not ${job}`);
		}
		expect(wrong).toEqual([]);
		for (const query of ['close out the accounting batch', 'close out this opportunity', 'wrap up the project']) {
			const { content } = await desk.call('search_tools', { query });
			expect((content.tools as { name: string }[])[0]?.name, query).not.toBe('close_out_ticket');
		}
	});

	it('finds each job first for such questions', async ({ expect }) => {
		for (const [job, question] of questions) {
			const { content } = await desk.call('search_tools', { query: question });
			expect((content.tools as { name: string }[])[0]?.name, question).toBe(job);
		}
	});

	it('tells its schema and calls it, by its side alone', async ({ expect }) => {
		const { content } = await desk.call('get_tool_schema', { names: ['summarize_records', 'change_many'] });
		expect(content.tools).toMatchObject([{ read_only: true }, { read_only: false }]);
		const summed = { name: 'summarize_records', arguments: { tool_name: 'list_tickets' } };
		const read = await desk.call('call_read_tool', summed);
		expect([read.isError, read.content.is_exact]).toEqual([false, true]);
		const wrong = await desk.call('call_write_tool', summed);
		expect(wrong.content.message).toMatch(/only reads: call it with call_read_tool/);
		const write = await desk.call('call_write_tool', { name: 'change_many', arguments: {} });
		expect(write.content.message).toMatch(/Arguments of change_many/);
		const { body } = await callTool(desk.server.url, 'get_my_day', {});
		expect(body.error?.code).toBe(-32602);
	});
});

describe('what a client adds by itself to a tool that is no single operation', () => {
	const ADDED = { sessionId: 'a', action: 'sendMessage', chatInput: 'x', toolCallId: 'c', security_risk: 'LOW' };
	const SAYS = 'Ignored, no arguments of this tool: sessionId, action, chatInput, toolCallId, security_risk.';
	const ticket = (desk: Desk) => Number(desk.store.all('tickets')[0]?.id);
	const change = (desk: Desk) => ({ tool_name: 'update_ticket', arguments: { id: ticket(desk), summary: 'x' } });
	const cases: Record<'all' | 'discovery', [tool: string, args: (desk: Desk) => Json][]> = {
		all: [
			['preview_change', change],
			['summarize_records', () => ({ tool_name: 'list_tickets' })],
			['change_many', (desk) => ({ tool_name: 'update_ticket', ids: [ticket(desk)], changes: { summary: 'x' } })],
			['get_ticket_brief', (desk) => ({ ticket_id: ticket(desk) })],
			['close_out_ticket', (desk) => ({ ticket_id: ticket(desk), note: 'Done' })],
			['get_my_day', () => ({ member: 'jsmith' })],
			['get_team_board', () => ({ board_name: 'Help Desk' })],
			['find_stale_and_at_risk', () => ({})],
			['search', () => ({ query: 'printer' })],
			['fetch', (desk) => ({ id: `ticket:${ticket(desk)}` })],
		],
		discovery: [
			['search_tools', () => ({ query: 'log time' })],
			['get_tool_schema', () => ({ names: ['list_tickets'] })],
			['call_read_tool', () => ({ name: 'list_tickets', arguments: { limit: 1 } })],
			['call_read_tool', () => ({ name: 'summarize_records', arguments: { tool_name: 'list_tickets' } })],
			['call_write_tool', (desk) => ({ name: 'update_ticket', arguments: { id: ticket(desk), summary: 'y' } })],
		],
	};
	for (const tool_exposure of ['all', 'discovery'] as const)
		it(`is left out and told (${tool_exposure})`, async ({ expect }) => {
			const desk = await openDesk({ tool_exposure, search_and_fetch: true });
			for (const [tool, args] of cases[tool_exposure]) {
				const { content, isError } = await desk.call(tool, { ...ADDED, ...args(desk) });
				expect([tool, isError, content.notice]).toEqual([tool, false, expect.stringContaining(SAYS)]);
				if (tool === 'preview_change') expect(content.notice).toMatch(/^Nothing was sent: this is a preview\./);
				if (tool === 'preview_change') expect(content.notice).toContain(SAYS);
			}
		});
});

describe('the parts of a job', () => {
	it('stand in the log, each by itself', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read'] });
		const [ticket] = desk.store.all('tickets');
		await desk.call('get_ticket_brief', { ticket_id: ticket?.id });
		await eventually(async () => {
			const { body } = await api<{ result: Json[] }>('GET', `${serverPath(desk.server)}/log?limit=50`);
			const tools = body.result.map(({ tool }) => tool);
			expect(tools).toEqual(expect.arrayContaining(['get_ticket_brief', 'get_ticket', 'list_ticket_all_notes']));
		});
	});

	it('are ended with the server: a revoked one answers nothing', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read'] });
		await api('DELETE', serverPath(desk.server));
		const { status } = await callTool(desk.server.url, 'summarize_records', { tool_name: 'list_tickets' });
		expect(status).toBe(404);
	});
});
