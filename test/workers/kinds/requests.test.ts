// Natural requests that once ended in a wrong answer, call by call as a model makes them.
// `KINDS_TABLE=1 npx vitest run test/workers/kinds/requests.test.ts` prints them.
import { describe, it } from 'vitest';
import { openDesk } from '../jobs/desk.ts';
import { type Json, setUp } from '../support.ts';
import { printAtEnd, summarize, tell } from './kinds.ts';

interface Step {
	tool: string;
	args: Json;
	/** The answer's message, notice or names hold this. */
	says?: RegExp;
	isError?: boolean;
	finds?: true;
}

const REQUESTS: { request: string; acting?: true; steps: Step[] }[] = [
	...[
		'owner/identifier = "me"',
		"owner/name != 'me'",
		'resources contains "me"',
		'owner/identifier in ("me","x")',
		'owner/identifier = "myself"',
	].map((said) => ({
		request: `Mine, in the vendor's own language: ${said}`,
		acting: true as const,
		steps: [
			{
				tool: 'list_tickets',
				args: { conditions: `${said} and closedFlag = false` },
				says: /"me" is written "dwilson" here/,
				isError: true as const,
			},
			{
				tool: 'count_tickets',
				args: { conditions: said },
				says: /"me" is written "dwilson" here/,
				isError: true as const,
			},
		],
	})),
	{
		request: 'Nobody has it, in the vendor’s own language.',
		steps: [
			{
				tool: 'list_tickets',
				args: { conditions: 'owner/identifier = "none"' },
				says: /nobody is written owner = null/,
				isError: true,
			},
			{
				tool: 'list_tickets',
				args: { conditions: 'owner/name != "unassigned"' },
				says: /nobody is written owner != null/,
				isError: true,
			},
		],
	},
	...['owner', 'contact', 'agreement', 'type'].map((field) => ({
		request: `Take the ${field} off 14059.`,
		steps: [
			{
				tool: 'update_ticket',
				args: { id: 14059, [field]: 'none' },
				says: new RegExp(`Nothing was written\\. Arguments of update_ticket: .*give clear: \\["${field}"\\]`),
				isError: true as const,
			},
			{
				tool: 'create_ticket',
				args: { summary: 'x', company: 102, [field]: 'nobody' },
				says: /leave \w+ out/,
				isError: true as const,
			},
		],
	})),
	{
		request: 'Reopen 14059.',
		steps: [
			{
				tool: 'update_ticket',
				args: { id: 14059, closedFlag: false },
				says: /To reopen, set an open one/,
				isError: true,
			},
		],
	},
	{
		request: 'When did the newest tickets come in, and when were they touched?',
		steps: [
			{
				tool: 'list_tickets',
				args: { fields: 'id,dateEntered,lastUpdated', orderBy: 'id desc', limit: 2 },
				finds: true,
			},
		],
	},
	...['closes_before', 'closing_before', 'close_before'].map((name) => ({
		request: `Which deals close this month? (${name})`,
		steps: [
			{
				tool: 'list_opportunities',
				args: { [name]: '+30d' },
				says: /Did you mean "expected_close_before" or "closed_before"/,
				isError: true as const,
			},
		],
	})),
	{
		request: 'Which P1s does nobody have?',
		steps: [
			{
				tool: 'list_tickets',
				args: { priority: 'P1', assigned_to: 'nobody', closed: false },
				says: /Priority 1 - Critical/,
				finds: true,
			},
		],
	},
	{
		request: 'Which agreements end in the next 60 days?',
		steps: [
			{
				tool: 'list_agreements',
				args: { status: 'Active', ends_after: 'today', ends_before: '60d' },
				says: /say \+60d for ahead/,
				isError: true,
			},
			{ tool: 'list_agreements', args: { status: 'Active', ends_after: 'today', ends_before: '+60d' }, finds: true },
		],
	},
	{
		request: 'Put me down for 45 minutes on 14059 and close it.',
		acting: true,
		steps: [
			{
				tool: 'create_time_entry',
				args: { ticket_id: 14059, timeStart: '2026-11-24T09:00:00', actualHours: 0.75 },
				says: /chargeToId, with chargeToType ServiceTicket/,
				isError: true,
			},
			{
				tool: 'create_time_entry',
				args: { chargeToId: 14059, chargeToType: 'ServiceTicket', timeStart: '2026-11-24T09:00:00', actualHours: 0.75 },
				says: /dwilson, for whom this server works/,
			},
			{ tool: 'update_ticket', args: { id: 14059, closedFlag: true }, says: /Set a status that closes/, isError: true },
			{ tool: 'update_ticket', args: { id: 14059, status: 'close' }, says: /"Closed"/ },
		],
	},
	{
		request: 'How many open tickets has Acme, and whose number is 813-555-0142?',
		steps: [
			{ tool: 'count_tickets', args: { company_name: 'Acme', closed: false }, says: /Acme Corp/, finds: true },
			{ tool: 'list_contacts', args: { phone: '813-555-0142' }, finds: true },
		],
	},
];

setUp();
printAtEnd();

describe('a natural request', () => {
	for (const { request, acting, steps } of REQUESTS)
		it(request, async ({ expect }) => {
			const desk = await openDesk({ tool_exposure: 'all', ...(acting ? { acts_for: 'dwilson' } : {}) });
			for (const { tool, args, says = /./, isError = false, finds } of steps) {
				const told = await desk.call(tool, args);
				tell(request, `${tool} ${JSON.stringify(args)}`, summarize({ ...told, requests: desk.sent }));
				const text = JSON.stringify(told.content);
				expect(told.isError, text).toBe(isError);
				expect(text.replaceAll('\\"', '"')).toMatch(says);
				const { count, result_count } = told.content as { count?: number; result_count?: number };
				if (finds) expect(count ?? result_count, text).toBeGreaterThan(0);
			}
		});
});
