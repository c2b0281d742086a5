// Reads as people word them: what once was an empty list that looked right is found, refused or explained.
import { describe } from 'vitest';
import { type Row, runRows } from './kinds.ts';

const AHEAD: Row[] = [
	{
		kind: 'a bare age where the argument looks ahead',
		tool: 'list_agreements',
		args: { status: 'Active', ends_after: 'today', ends_before: '60d' },
		right: { error: /ends_before could mean two things with 60d: say \+60d for ahead, or -60d for ago/ },
	},
	{
		kind: 'a bare age where the argument looks ahead',
		tool: 'list_configurations',
		args: { warranty_ends_before: '90d' },
		right: { error: /\+90d for ahead/ },
	},
	{
		kind: 'a bare age in conditions on what lies ahead',
		tool: 'list_agreements',
		args: { conditions: 'endDate < 60d' },
		right: { error: /\+60d for ahead/ },
	},
	{
		kind: 'a bare age in words where the argument looks ahead',
		tool: 'list_agreements',
		args: { ends_before: '60 days' },
		right: { error: /say \+60 days for ahead/ },
	},
	{
		kind: 'an age in words with its way',
		tool: 'list_agreements',
		args: { status: 'Active', ends_after: 'today', ends_before: 'next 60 days' },
		right: { finds: true },
	},
	{
		kind: 'an age in words',
		tool: 'count_tickets',
		args: { updated_after: 'last 30 days' },
		right: { finds: true },
	},
	{
		kind: 'an age with its sign',
		tool: 'list_agreements',
		args: { status: 'Active', ends_after: 'today', ends_before: '+60d' },
		right: { finds: true, sent: /endDate >= .* and endDate < / },
	},
	{
		kind: 'an interval that can hold nothing',
		tool: 'list_schedule_entries',
		args: { starts_after: 'tomorrow', starts_before: 'tomorrow' },
		right: { error: /Nothing can lie there/ },
	},
	{
		kind: 'an interval that can hold nothing, in conditions',
		tool: 'list_tickets',
		args: { conditions: 'dateEntered > today and dateEntered < yesterday' },
		right: { error: /Nothing can lie there/ },
	},
	{
		kind: 'days begin at the desk’s midnight',
		tool: 'list_schedule_entries',
		args: { member: 'dwilson', starts_after: '2026-11-26', starts_before: '2026-11-27' },
		right: {
			sent: /dateStart >= \[2026-11-26T05:00:00Z\] and dateStart < \[2026-11-27T05:00:00Z\].*America\/New_York/,
		},
	},
	{
		kind: 'days begin at the desk’s midnight, across daylight saving',
		tool: 'count_time_entries',
		args: { started_after: '2026-10-31', started_before: '2026-11-02' },
		right: { sent: /\[2026-10-31T04:00:00Z\].*\[2026-11-02T05:00:00Z\]/ },
	},
	{
		kind: 'last month has an end',
		tool: 'count_tickets',
		args: { entered_after: 'last month', entered_before: 'this month' },
		right: { finds: true, sent: /dateEntered >= .* and dateEntered < .*time_zone/ },
	},
	{
		kind: 'relative times in conditions',
		tool: 'list_tickets',
		args: { conditions: 'lastUpdated < 7d and closedFlag = false', limit: 1 },
		right: { finds: true, sent: /lastUpdated < \[\d{4}-/ },
	},
	{
		kind: 'not updated for a week',
		tool: 'list_tickets',
		args: { closed: false, updated_before: '7d', limit: 1 },
		right: { finds: true, requests: 1 },
	},
];

const ME: Row[] = [
	...(
		[
			['list_tickets', { assigned_to: 'me', closed: false }],
			['count_tickets', { assigned_to: 'Me' }],
			['list_time_entries', { member: 'me' }],
			['list_schedule_entries', { member: 'ME', starts_after: 'today' }],
			['list_opportunities', { sales_rep: 'me' }],
			['list_expense_entries', { member: 'me' }],
			['list_activities', { assigned_to: 'me' }],
		] as const
	).map(
		([tool, args]): Row => ({
			kind: '`me` where the keys belong to a program',
			tool,
			args,
			right: { error: /is no person here: .*Name the member.*acts_for/ },
		}),
	),
	{
		kind: '`me` where the server works for somebody',
		tool: 'list_tickets',
		args: { assigned_to: 'me', closed: false },
		acting: true,
		right: { finds: true, resolved: { assigned_to: 'dwilson' }, requests: 1 },
	},
	{
		kind: 'the own record of a program',
		tool: 'get_my_member',
		args: {},
		right: { notice: /API member .* no person/ },
	},
];

const named = (kind: string, tool: string, args: Row['args'], resolved: Record<string, string>): Row => ({
	kind,
	tool,
	args,
	right: { resolved, requests: 4 },
});

const NAMES: Row[] = [
	named('a part of a company', 'count_tickets', { company_name: 'Acme', closed: false }, { company_name: 'Acme Corp' }),
	named('a part of a company', 'list_contacts', { company_name: 'northwind' }, { company_name: 'Northwind Foods' }),
	named('a part of a company', 'list_invoices', { company: 'harbor' }, { company_name: 'Harbor Dental Group' }),
	named(
		'a name for an identifier',
		'count_tickets',
		{ company_identifier: 'acme corp' },
		{ company_identifier: 'Acme Corp' },
	),
	named('a name for an identifier', 'list_schedule_entries', { type: 'Service' }, { type_identifier: 'Service' }),
	named('an identifier for a name', 'list_invoices', { company_name: 'AcmeCorp' }, { company_name: 'Acme Corp' }),
	named('a board in another spelling', 'count_tickets', { board_name: 'helpdesk' }, { board_name: 'Help Desk' }),
	named('a board in another spelling', 'count_tickets', { board: 'HELP-DESK' }, { board_name: 'Help Desk' }),
	named('an abbreviated priority', 'list_tickets', { priority_name: 'P1' }, { priority_name: 'Priority 1 - Critical' }),
	named('an abbreviated priority', 'count_tickets', { priority: 'p-2' }, { priority_name: 'Priority 2 - High' }),
	named('a person by name', 'count_tickets', { assigned_to: 'Tom Nguyen' }, { assigned_to: 'Tom Nguyen' }),
	named('a person by first name', 'list_tickets', { owner: 'Dave' }, { assigned_to: 'Dave Wilson' }),
	named('a person, last name first', 'count_tickets', { assigned_to: 'Wilson, Dave' }, { assigned_to: 'Dave Wilson' }),
	...[{ identifier: 'tnguyen' }, { name: 'Tom Nguyen' }, 'tnguyen', 'Tom N.'].map(
		(assigned_to): Row => ({
			kind: 'a person whom a list names, however the filter says him',
			tool: 'count_tickets',
			args: { assigned_to },
			right: { sent: /owner\/identifier = .*tnguyen.* or resources like .*tnguyen/, finds: true },
		}),
	),
	...['list_tickets', 'count_tickets', 'list_project_tickets'].map(
		(tool): Row => ({
			kind: 'a person by an id, which no list names',
			tool,
			args: { assigned_to: 153 },
			right: { sent: /owner\/id = 153/, notice: /owner alone, not at resources: give a name or identifier/ },
		}),
	),
	named('a person by an initial', 'count_tickets', { assigned_to: 'John S.' }, { assigned_to: 'John Smith' }),
	named('a person by an initial', 'count_tickets', { assigned_to: 'J. Smith' }, { assigned_to: 'John Smith' }),
	named('a person by an initial', 'list_schedule_entries', { member: 'Tom N.' }, { member: 'Tom Nguyen' }),
	named('a person by an initial', 'list_projects', { manager: 'Karen L' }, { manager: 'Karen Lee' }),
	named('a person mentioned', 'count_tickets', { assigned_to: '@jsmith' }, { assigned_to: 'John Smith' }),
	named('a person mentioned', 'list_time_entries', { member: '@Maria Garcia' }, { member: 'Maria Garcia' }),
	named('a contact by an initial', 'list_tickets', { contact: 'Jane D.' }, { contact_name: 'Jane Doe' }),
	named('a contact, last name first', 'list_tickets', { contact: 'Doe, Jane' }, { contact_name: 'Jane Doe' }),
	named('a contact with a title', 'list_tickets', { contact: 'Ms. Doe' }, { contact_name: 'Jane Doe' }),
	named('a contact of tickets', 'list_tickets', { contact: 'jane' }, { contact_name: 'Jane Doe' }),
	named(
		'curly quotes',
		'list_tickets',
		{ company_name: 'O’Brien “West”' },
		{ company_name: `O'Brien "West" & Sons [UK] 100%` },
	),
	named(
		'a product by its description',
		'list_agreement_additions',
		{ agreement_id: 301, product: 'Managed workstation' },
		{ product: 'MGD-WS' },
	),
	named(
		'a list below a record takes its name',
		'list_company_sites',
		{ company_id: 'Acme' },
		{ company_id: 'Acme Corp' },
	),
	named(
		'a list below a record takes its name',
		'list_board_statuses',
		{ board_id: 'helpdesk' },
		{ board_id: 'Help Desk' },
	),
	{
		kind: 'a person by name and by identifier are one',
		tool: 'list_tickets',
		args: { assigned_to: 'dave  WILSON', limit: 1 },
		right: { sent: /owner\/identifier = \\"dwilson\\"/ },
	},
	{
		kind: 'a person whose name begins alike',
		tool: 'list_tickets',
		args: { assigned_to: 'jon' },
		right: { finds: false, notice: /assigned_to "jon" names no member/ },
	},
	...['none', 'nobody', 'unassigned', 'No one', 'no-owner'].map(
		(assigned_to): Row => ({
			kind: 'nobody',
			tool: 'list_tickets',
			args: { assigned_to, closed: false, fields: 'id,owner/id' },
			right: { finds: true, requests: 1, every: ({ owner }) => owner === undefined },
		}),
	),
	...['813-555-0142', '(813) 555-0142', '+1 813.555.0142', '8135550142', '0142'].map(
		(phone): Row => ({
			kind: 'a telephone number in any spelling',
			tool: 'list_contacts',
			args: { phone },
			right: { has: { result: [{ id: 1001 }] }, requests: 1 },
		}),
	),
	{
		kind: 'a part of an e-mail address',
		tool: 'list_contacts',
		args: { email: 'jane.doe' },
		right: { has: { result: [{ id: 1001 }] }, notice: /is "jane\.doe@acmecorp\.example"/ },
	},
	...(
		[
			['list_tickets', { company_name: 'Acme Corp', board_name: 'Help Desk' }],
			['list_tickets', { company_name: 102 }],
			['list_tickets', { 'status/id': 14, 'board/id': 1, 'company/id': 102 }],
			['count_tickets', { assigned_to: 'tnguyen' }],
		] as const
	)
		.map(
			([tool, args]): Row => ({
				kind: 'ids and exact names cost one request',
				tool,
				args,
				right: { finds: true, requests: 1 },
			}),
		)
		.map((row) => (row.args['status/id'] === 14 ? { ...row, right: { requests: 2 } } : row)),
];

const empty = (kind: string, tool: string, args: Row['args'], notice: RegExp): Row => ({
	kind,
	tool,
	args,
	right: { finds: false, notice, requests: 4 },
});

/** A full page of a table, of which one record fits a part: others may stand on the next. */
const crowded: Row['answer'] = ({ path }) =>
	path === '/company/companies'
		? Response.json(
				Array.from({ length: 200 }, (_, at) => ({
					id: 1_000 + at,
					identifier: `N${at}`,
					name: at === 7 ? 'Acme West' : `Acmen ${at}`,
				})),
			)
		: null;
const EMPTY: Row[] = [
	{
		kind: 'a part of a value that too many records have',
		tool: 'list_tickets',
		args: { status_name: 'Waiting' },
		answer: (_, index) =>
			Response.json(
				index === 0
					? []
					: Array.from({ length: 200 }, (_, at) => ({ id: at + 1, status: { name: 'Waiting on Customer' } })),
			),
		right: { finds: false, notice: /Near it: "Waiting on Customer"/ },
	},
	{
		kind: 'a part in a table that is too long',
		tool: 'list_tickets',
		args: { company_name: 'Acme' },
		answer: crowded,
		right: { finds: false, notice: /Too many come near it/ },
	},
	{
		kind: 'a part in a table that is too long',
		tool: 'create_ticket',
		args: { summary: 'x', company: 'Acme', board: 1 },
		answer: crowded,
		right: { error: /"Acme" names 200 records or more/, writes: 0 },
	},
	...(
		[
			['list_companies', { name_contains: 'O’Brien' }, "O'Brien"],
			['list_boards', { name_contains: 'helpdesk' }, 'Help Desk'],
		] as const
	).map(
		([tool, args, name]): Row => ({
			kind: 'a part in another spelling',
			tool,
			args,
			right: { finds: true, notice: new RegExp(`is "${name}`), requests: 3 },
		}),
	),
	empty(
		'nothing: several fit',
		'list_tickets',
		{ status_name: 'Waiting' },
		/"Waiting on Vendor" or "Waiting on Customer"|"Waiting on Customer" or "Waiting on Vendor"/,
	),
	empty(
		'nothing: a value that there is not',
		'list_tickets',
		{ status: 'open' },
		/"open" is in no record .*Its records have: .*New/,
	),
	empty(
		'nothing: a value that there is not',
		'list_invoices',
		{ status_name: 'open' },
		/names no billing status\. There are: /,
	),
	empty(
		'nothing: a board that there is not',
		'count_tickets',
		{ board_name: 'the desk' },
		/names no board\. There are: Help Desk \(id 1\)/,
	),
	empty(
		'nothing: a longer name',
		'count_tickets',
		{ company_name: 'Acme Corporation' },
		/Nearest: Acme Corp \(id 102\)/,
	),
	empty(
		'nothing: a name in conditions',
		'list_tickets',
		{ conditions: 'company/name = "Acme"' },
		/company\/name "Acme" is Acme Corp \(id 102\)/,
	),
	empty(
		'nothing: a part in conditions',
		'list_tickets',
		{ conditions: `company/name contains 'Acmee'` },
		/Nearest: Acme Corp/,
	),
	empty(
		'nothing: a status in conditions',
		'list_tickets',
		{ conditions: 'status/name = "Waiting" and closedFlag = false' },
		/may be "Waiting on/,
	),
	empty(
		'nothing: a field of no table in conditions',
		'list_companies',
		{ conditions: 'city = "Tamp"' },
		/city "Tamp" is "Tampa"/,
	),
	empty(
		'nothing: in a list of a record',
		'list_contacts',
		{ childConditions: 'communicationItems/value = "jane.doe"' },
		/jane\.doe@acmecorp\.example/,
	),
	empty(
		'nothing: no such custom field',
		'list_tickets',
		{ custom_field: { Region: 'West' } },
		/"Region" is no custom field here\. There are: /,
	),
	empty(
		'nothing: no such custom field, in conditions',
		'list_tickets',
		{ customFieldConditions: 'caption = "Region"' },
		/"Region" is no custom field here/,
	),
	...(
		[
			['summary = "*printer*"', /= takes \* and % for letters: summary like "\*printer\*"/],
			["summary = 'printer%'", /summary like "printer%"/],
			['summary contains "*zzz*"', /contains takes \* and % for letters: summary contains "zzz"/],
			['company/name like "acme"', /like without \* is the whole text: company\/name like "\*acme\*"/],
			['board/name = "Help*"', /board\/name like "Help\*"/],
		] as const
	).map(([conditions, notice]) => empty('nothing: a wildcard that is none', 'list_tickets', { conditions }, notice)),
	...(
		[
			['list_tickets', { summary_contains: '%vpn%' }, /summary_contains takes \* and % for letters: .*"vpn"/],
			['list_tickets', { summary_contains: 'vpn*' }, /leave them out, as in "vpn"/],
			['count_tickets', { summary: '*vpn' }, /leave them out, as in "vpn"/],
			['list_contacts', { last_name: 'Smi*' }, /leave them out, as in "Smi"/],
			['list_tickets', { summary_contains: 'printer OR scanner' }, /a call for each, "printer" and "scanner"/],
			['list_tickets', { status_name: 'New | Closed' }, /a call for each, "New" and "Closed"/],
			['list_tickets', { summary_contains: 'black or white zebra' }, /^Nothing matches\. Asked was [^.]*\.$/],
		] as const
	).map(([tool, args, notice]) => empty('nothing: a sign that searches have elsewhere', tool, args, notice)),
	{
		kind: 'asked-for fields in another case come',
		tool: 'list_tickets',
		args: { fields: 'Id,Summary,Board/Name,_INFO/dateEntered', limit: 1 },
		right: { finds: true, quiet: true },
	},
	...(['newest', 'Newest First', 'most_recent', '-id', 'id:desc', 'id DESCENDING', ['-id']] as const).map(
		(orderBy): Row => ({
			kind: 'an order as people write it',
			tool: 'list_tickets',
			args: { orderBy, fields: 'id,status.name,board.name', limit: 1 },
			right: { every: ({ id, board }) => Number(id) >= 15992 && board !== undefined },
		}),
	),
	empty('nothing: a state for a status', 'list_tickets', { status: 'open' }, /What is open is asked by closed false/),
	empty('nothing: a state for a status', 'count_projects', { status: 'active' }, /asked by closed false/),
	{
		kind: 'a telephone number with an extension',
		tool: 'list_contacts',
		args: { phone: '(813) 555-0142 ext. 12' },
		right: { finds: true },
	},
	empty('nothing: a word that is no name', 'list_tickets', { company_name: 'all' }, /"all" names no company/),
	empty('nothing: a part of a person’s name', 'list_contacts', { last_name: 'Jane Doe' }, /Near it: "Doe"/),
	empty(
		'nothing: the name is right',
		'list_schedule_entries',
		{ member: 'dwilson', starts_before: '2001-01-01' },
		/dateStart < .*member "dwilson" is Dave Wilson/,
	),
	empty(
		'nothing: words that nobody wrote',
		'list_tickets',
		{ summary_contains: 'zzzz' },
		/Asked was conditions: summary contains "zzzz"/,
	),
	{
		kind: 'conditions on what is worked out for the answer',
		tool: 'calculate_sla_ticket',
		args: { conditions: 'resolutionGoalUTC <= [2001-01-01T00:00:00Z]', fields: 'id' },
		right: { finds: false, notice: /resolutionGoalUTC: worked out for the answer/ },
	},
	{
		kind: 'asked-for fields that do not come',
		tool: 'calculate_sla_ticket',
		args: { conditions: 'id > 0', fields: 'id,resolutionGoalUTC', limit: 2 },
		right: { notice: /Empty in all of these: resolutionGoalUTC/ },
	},
	{
		kind: 'asked-for fields that do not come',
		tool: 'list_tickets',
		args: { assigned_to: 'none', fields: 'id,owner/name', limit: 2 },
		right: { notice: /Empty in all of these: owner\/name/ },
	},
	{
		kind: 'asked-for fields that do not come',
		tool: 'get_ticket',
		args: { id: 14059, fields: 'id,Summary,mergedParentTicket' },
		right: { notice: /^Empty: mergedParentTicket\.$/ },
	},
];

const refused = (kind: string, tool: string, args: Row['args'], error: RegExp): Row => ({
	kind,
	tool,
	args,
	right: { error },
});

const HINTS: Row[] = [
	refused(
		'the opposite of a flag',
		'list_members',
		{ active: false },
		/its opposite, "inactive": active true is inactive false/,
	),
	refused('a guess by spelling', 'list_tickets', { age: 7 }, /entered_before/),
	refused('what there is no argument for', 'list_invoices', { overdue: true }, /due_before today.*balance_over 0/),
	refused('what there is no argument for', 'count_invoices', { unpaid: true }, /balance_over 0/),
	refused('what there is no argument for', 'list_agreements', { active: true }, /status Active/),
	refused('what there is no argument for', 'list_opportunities', { won: 'yes' }, /status_name Won/),
	refused('what there is no argument for', 'list_time_sheets', { week: 'last week' }, /dateStart >= \[last week\]/),
	refused('what there is no argument for', 'list_tickets', { assignee: 'Dave' }, /assigned_to/),
	refused('a guess by spelling', 'list_tickets', { slaBreached: true }, /calculates the SLA/),
	refused('a guess by spelling', 'list_tickets', { note: 'vpn' }, /cannot be searched in this list/),
	refused(
		'a ticket’s id on a time entry',
		'create_time_entry',
		{ ticket_id: 14059, member: 'Dave', timeStart: '2026-11-24T09:00:00' },
		/chargeToId/,
	),
	refused('a whole name where there are two', 'list_contacts', { name: 'Jane Doe' }, /first_name and last_name/),
	refused('an id that is none', 'get_ticket', { id: 7_654_321 }, /not found\. Check the id: list the records/),
	refused(
		'a number in US form',
		'list_tickets',
		{ conditions: 'lastUpdated > [11/01/2026]' },
		/may be \[2026-11-01\] or \[2026-01-11\]/,
	),
	refused('a truth value as text', 'list_tickets', { conditions: 'closedFlag = "false"' }, /Try: closedFlag = false/),
	refused('a truth value as a number', 'list_tickets', { conditions: 'closedFlag = 0' }, /Try: closedFlag = false/),
	refused(
		'another language’s syntax',
		'list_tickets',
		{ conditions: 'owner is null && company.name == "Acme"' },
		/Try: /,
	),
	{
		kind: 'a time with milliseconds or an offset in conditions',
		tool: 'list_tickets',
		args: { conditions: 'lastUpdated > [2026-11-01T00:00:00.000+11:00]', limit: 1 },
		right: { sent: /\[2026-10-31T13:00:00Z\]/ },
	},
	{
		kind: 'notes are told with their dates, oldest first',
		tool: 'list_ticket_all_notes',
		args: { ticket_id: 14059 },
		right: { every: (note) => note.timeStart !== undefined || note._info !== undefined },
	},
];

describe('time', () => runRows(AHEAD, { shares: true }));
describe('me', () => runRows(ME, { shares: true }));
describe('names', () => runRows(NAMES, { shares: true }));
describe('nothing', () => runRows(EMPTY, { shares: true }));
describe('hints', () => runRows(HINTS, { shares: true }));
