// What whole jobs save: calls of a client and tokens of the answers, against the single tools that they stand for.
import { describe, it } from 'vitest';
import { estimateTokens } from '../../../workers/lib/estimate-tokens.ts';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();

interface Cost {
	calls: number;
	tokens: number;
	requests: number;
}

async function costOf(desk: Desk, calls: [tool: string, args: Json][]): Promise<Cost> {
	desk.sent.length = 0;
	let tokens = 0;
	for (const [tool, args] of calls) {
		const { content, isError } = await desk.call(tool, args);
		if (isError) throw new Error(`${tool}: ${String(content.message)}`);
		tokens += estimateTokens(JSON.stringify(content));
	}
	return { calls: calls.length, tokens, requests: desk.sent.length };
}

describe('a whole job', () => {
	it('costs one call, and fewer tokens than the tools that it is made of', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read', 'write'] });
		const ticket = desk.store.all('tickets').find(({ closedFlag, company }) => closedFlag !== true && company);
		const id = ticket?.id ?? 0;
		const companyId = (ticket?.company as Json | undefined)?.id;
		const [member] = desk.store.all('members').filter(({ inactiveFlag }) => !inactiveFlag);
		const who = member?.identifier;
		const rows: [job: string, whole: Cost, single: Cost][] = [
			[
				'brief',
				await costOf(desk, [['get_ticket_brief', { ticket_id: id }]]),
				await costOf(desk, [
					['get_ticket', { id }],
					['list_ticket_all_notes', { ticket_id: id }],
					['list_ticket_configurations', { ticket_id: id }],
					['list_time_entries', { ticket_id: id }],
					['list_schedule_entries', { object_id: id }],
					['list_tickets', { conditions: `company/id=${companyId} and closedFlag=false` }],
				]),
			],
			[
				'tickets per board',
				await costOf(desk, [['summarize_records', { tool_name: 'list_tickets', group_by: ['board/name'] }]]),
				await costOf(desk, [['list_tickets', { limit: 1000, fields: 'id,board/name' }]]),
			],
			[
				'day',
				await costOf(desk, [['get_my_day', { member: who }]]),
				await costOf(desk, [
					['list_schedule_entries', { member: who, starts_after: 'today' }],
					['list_tickets', { assigned_to: who, closed: false }],
					['list_tickets', { assigned_to: who, closed: false, due_before: 'tomorrow' }],
					['list_time_entries', { member: who, started_after: 'today' }],
				]),
			],
			[
				'at risk',
				await costOf(desk, [['find_stale_and_at_risk', {}]]),
				await costOf(desk, [
					['list_tickets', { closed: false, limit: 1000 }],
					['list_tickets', { closed: true, updated_after: '7d', limit: 1000 }],
					['list_schedule_entries', { done: false, limit: 1000 }],
				]),
			],
		];
		for (const [job, whole, single] of rows) {
			console.log(
				`${job}: ${single.calls} calls and ${single.tokens} tokens → ${whole.calls} and ${whole.tokens}, in ${whole.requests} requests`,
			);
			expect(whole.calls, job).toBe(1);
			expect(whole.tokens, job).toBeLessThan(Math.max(single.tokens, 400));
		}
	});
});
