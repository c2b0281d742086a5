// Writes as models and their clients send them: nothing is lost, booked on a robot, done twice or said to be done.
import { describe } from 'vitest';
import { type Row, runRows } from './kinds.ts';

const NULLS = { owner: null, contact: null, type: null, agreement: null, requiredDate: null, source: null };
const RENAMED = [{ op: 'replace', path: 'summary', value: 'Renamed' }];
const WORK = { chargeToId: 14059, chargeToType: 'ServiceTicket', timeStart: '2026-11-24T09:00:00', actualHours: 1 };
const TICKET = { id: 14059 };

/** The display flags of an internal note, whatever was sent as false. */
const expectInternal = { internalAnalysisFlag: true };

const refused = (kind: string, tool: string, args: Row['args'], error: RegExp): Row => ({
	kind,
	tool,
	args,
	right: { error, writes: 0 },
});

const ARGUMENTS: Row[] = [
	{
		kind: 'null is not given',
		tool: 'update_ticket',
		args: { ...TICKET, summary: 'Renamed', ...NULLS },
		right: { writes: 1, body: RENAMED, notice: /Unchanged.*clear/ },
	},
	...[
		{ owner: '' },
		{ owner: {} },
		{ owner: { id: null, identifier: null } },
		{ customFields: [] },
		{ additional_fields: {} },
		{ clear: [] },
		{ clear: null },
	].map(
		(more): Row => ({
			kind: 'empty is not given',
			tool: 'update_ticket',
			args: { ...TICKET, summary: 'Renamed', ...more },
			right: { writes: 1, body: RENAMED },
		}),
	),
	refused('an update of nothing', 'update_ticket', { ...TICKET, ...NULLS }, /clear/),
	{
		kind: 'clearing is explicit',
		tool: 'update_ticket',
		args: { ...TICKET, clear: ['owner'] },
		right: { writes: 1, has: { id: 14059, owner: null } },
	},
	...['summary', 'status', 'board', 'company', 'priority'].map((field) =>
		refused('what the vendor cannot clear', 'update_ticket', { ...TICKET, clear: [field] }, /cannot be empty/),
	),
	...[
		{ company_name: null, limit: null, closed: null },
		{ company_name: '', orderBy: '', fields: '' },
		{ next_cursor: '', ids: null },
	].map(
		(more): Row => ({
			kind: 'a filter that is not given',
			tool: 'list_tickets',
			args: { board_name: 'Help Desk', ...more },
			right: { finds: true },
		}),
	),
	...[[], '', '[]'].map((ids) =>
		refused('no ids are not all', 'list_companies', { ids }, /ids must not be empty, since all would be listed/),
	),
	{
		kind: 'JSON text',
		tool: 'list_companies',
		args: { ids: '[101,102]' },
		right: { finds: true, sent: /id in \(101, 102\)/ },
	},
	{ kind: 'JSON text', tool: 'list_tickets', args: { closed: 'false', limit: '2' }, right: { finds: true } },
	{ kind: 'JSON text', tool: 'get_ticket', args: { id: '14059', fields: 'id' }, right: { has: { id: 14059 } } },
	{ kind: 'JSON text', tool: 'update_ticket', args: { id: '14059', status: '{"id":14}' }, right: { writes: 1 } },
	{
		kind: 'JSON text',
		tool: 'update_ticket',
		args: { ...TICKET, customFields: '[{"caption":"Root Cause","value":"x"}]' },
		right: { writes: 1 },
	},
	{
		kind: 'what a client adds',
		tool: 'list_tickets',
		args: { limit: 1, toolCallId: 'c', sessionId: 'a', action: 'sendMessage', chatInput: 'x' },
		right: { finds: true, notice: /^Ignored, no arguments of this tool: toolCallId/ },
	},
	{
		kind: 'what a client adds',
		tool: 'update_ticket',
		args: { ...TICKET, summary: 'Renamed', sessionId: 'a', toolCallId: 'c' },
		right: { writes: 1, body: RENAMED },
	},
	{
		kind: 'a key of a reference as an argument',
		tool: 'update_ticket',
		args: { ...TICKET, 'status/id': 14 },
		right: { writes: 1 },
	},
	{
		kind: 'a part of a name',
		tool: 'update_ticket',
		args: { ...TICKET, status: 'progress' },
		right: { writes: 1, resolved: { status: 'In Progress' } },
	},
	{
		kind: 'a part of a name',
		tool: 'create_ticket',
		args: { summary: 'x', company: 'acme', board: 'helpdesk', priority: 'P1' },
		right: { writes: 1, resolved: { company: 'Acme Corp', board: 'Help Desk', priority: 'Priority 1 - Critical' } },
	},
	...['John S.', 'Smith, John', '@jsmith', 'Mr. Smith'].map(
		(owner): Row => ({
			kind: 'a person as people write one',
			tool: 'update_ticket',
			args: { ...TICKET, owner },
			right: { writes: 1, resolved: { owner: 'John Smith' } },
		}),
	),
	refused(
		'a part of several names',
		'create_ticket',
		{ summary: 'x', company: 'Suppl', board: 1 },
		/may be Delta Plumbing Supply \(id 119\), Quill Printing Supplies/,
	),
	refused(
		'a name that there is not',
		'update_ticket',
		{ ...TICKET, status: 'waiting for godot' },
		/names no board status of board 1.*There are: New/,
	),
	{
		kind: 'a name of a table that is sought by another key',
		tool: 'create_schedule_entry',
		args: {
			type: 'Service',
			objectId: 14059,
			member: 'Dave',
			dateStart: '2027-03-01T14:00:00',
			dateEnd: '2027-03-01T15:00:00',
		},
		right: {
			writes: 1,
			has: { dateStart: '2027-03-01T19:00:00Z' },
			resolved: { type: 'Service', member: 'Dave Wilson' },
		},
	},
];

const RECORDS: Row[] = [
	...[{ additional_fields: { closedFlag: true } }, { closedFlag: true }].map((more) =>
		refused('a field that no update sets', 'update_ticket', { ...TICKET, ...more }, /Set a status that closes/),
	),
	...[{ additional_fields: { actualHours: 99 } }, { actualHours: 99 }].map((more) =>
		refused('a field that no update sets', 'update_ticket', { ...TICKET, ...more }, /log time instead/),
	),
	...[
		{ communicationItems: [{ value: 'x@y.example' }] },
		{ additional_fields: { communicationItems: [{ value: 'x@y.example' }] } },
	].map((more) =>
		refused(
			'a list with tools of its own',
			'update_contact',
			{ id: 1001, ...more },
			/records of their own: create, update or delete a contact communication/,
		),
	),
	{
		kind: 'a custom field by its caption',
		tool: 'update_ticket',
		args: { ...TICKET, customFields: [{ caption: 'root cause ', value: 'x' }] },
		right: { writes: 1 },
	},
	...[
		{ id: '28', value: true },
		{ id: 28, value: true },
		{ caption: 'Nowhere', value: 1 },
	].map((field) =>
		refused(
			'a custom field that there is not',
			'update_ticket',
			{ ...TICKET, customFields: [field] },
			/is no custom field.*There are: /,
		),
	),
	refused(
		'a custom field that is set twice',
		'update_ticket',
		{
			...TICKET,
			customFields: [
				{ caption: 'Root Cause', value: 'x' },
				{ caption: 'root  cause', value: 'y' },
			],
		},
		/set twice/,
	),
	refused(
		'a custom field whose id and caption are two fields',
		'update_ticket',
		{ ...TICKET, customFields: [{ id: 7, caption: 'Root Cause', value: 'x' }] },
		/give one of both/,
	),
	{
		kind: 'a custom field by its caption',
		tool: 'update_ticket',
		args: { ...TICKET, customFields: [{ caption: 'ROOT \u00a0CAUSE\u200b', value: 'x' }] },
		right: { writes: 1 },
	},
	refused(
		'a custom field without a name',
		'update_ticket',
		{ ...TICKET, customFields: [{ value: 1 }] },
		/must name a custom field/,
	),
	...['2027-01-15T00:00:00+11:00', '2027-01-15T23:30:00-08:00', '2027-01-15'].map(
		(requiredDate): Row => ({
			kind: 'a day is a day',
			tool: 'update_ticket',
			args: { ...TICKET, requiredDate },
			right: { writes: 1, has: { requiredDate: '2027-01-15T00:00:00Z' } },
		}),
	),
	...[
		{},
		{ detailDescriptionFlag: false },
		{ detailDescriptionFlag: false, resolutionFlag: null },
		{ internalAnalysisFlag: false, resolutionFlag: false },
	].map(
		(flags): Row => ({
			kind: 'a note is internal unless one says otherwise',
			tool: 'create_ticket_note',
			args: { ticket_id: 14059, text: 'hi', ...flags },
			right: { writes: 1, body: expectInternal },
		}),
	),
	{
		kind: 'a note that customers see',
		tool: 'create_ticket_note',
		args: { ticket_id: 14059, text: 'hi', resolutionFlag: true },
		right: { writes: 1, notice: /Customers can see this note/ },
	},
	refused('a blank note', 'create_ticket_note', { ticket_id: 14059, text: '  \n ' }, /text is blank.*confirm_unusual/),
];

const TIME: Row[] = [
	refused('45 hours', 'create_time_entry', { ...WORK, member: 'Dave', actualHours: 45 }, /45 minutes are 0\.75/),
	refused(
		'negative money',
		'create_expense_entry',
		{
			type: 'mileage',
			amount: -5,
			date: '2026-11-20',
			member: 'dave',
			chargeToType: 'ServiceTicket',
			chargeToId: 14059,
		},
		/less than 0.*confirm_unusual/,
	),
	refused('negative time', 'create_time_entry', { ...WORK, member: 'Dave', actualHours: -1 }, /less than 0/),
	refused(
		'a day without a time',
		'create_time_entry',
		{ ...WORK, member: 'Dave', timeStart: '2026-11-24' },
		/a day without a time/,
	),
	refused(
		'a day without a time',
		'create_schedule_entry',
		{ type: 'S', objectId: 14059, member: 'Dave', dateStart: '2026-12-01', dateEnd: '2026-12-01T15:00:00' },
		/a day without a time/,
	),
	refused(
		'an end before its beginning',
		'create_time_entry',
		{
			chargeToId: 14059,
			chargeToType: 'ServiceTicket',
			member: 'Dave',
			timeStart: '2026-11-24T10:00:00',
			timeEnd: '2026-11-24T09:00:00',
		},
		/lies before timeStart/,
	),
	{
		kind: 'unusual and meant',
		tool: 'create_time_entry',
		args: { ...WORK, member: 'Dave', actualHours: 45, confirm_unusual: true },
		right: { writes: 1 },
	},
	...['myself', 'I', '@me', 'current user', 'self'].map((member) =>
		refused('the speaker in other words', 'create_time_entry', { ...WORK, member }, /"me" is no person here/),
	),
	{
		kind: 'the speaker in other words',
		tool: 'create_time_entry',
		args: { ...WORK, member: 'Myself' },
		acting: true,
		right: { writes: 1, resolved: { member: 'dwilson' } },
	},
	...['none', 'unassigned'].map((owner) =>
		refused(
			'nobody in a write',
			'update_ticket',
			{ ...TICKET, owner },
			/to empty the field, leave owner out and give clear/,
		),
	),
	refused('nobody’s time', 'create_time_entry', WORK, /whose work is it/),
	refused('time of `me`, who is a program', 'create_time_entry', { ...WORK, member: 'me' }, /is no person here/),
	{
		kind: 'time of whom the server works for',
		tool: 'create_time_entry',
		args: WORK,
		acting: true,
		right: { writes: 1, notice: /dwilson, for whom this server works/ },
	},
	{
		kind: 'a time is the desk’s',
		tool: 'create_time_entry',
		args: { ...WORK, member: 'Dave' },
		right: { writes: 1, has: { timeStart: '2026-11-24T14:00:00Z' }, sent: /America\/New_York/ },
	},
	...[{ member: { name: 'Dave Wilson' } }, { member: 'dwilson' }, { member: 157 }, { member: ' dave  wilson ' }].map(
		(other): Row => ({
			kind: 'the same write, said otherwise',
			tool: 'create_time_entry',
			args: { ...WORK, ...other },
			after: { args: { ...WORK, member: 'Dave' } },
			right: { has: { is_repeat: true }, writes: 0 },
		}),
	),
	{
		kind: 'the same write, said otherwise',
		tool: 'create_ticket_note',
		args: { ticket_id: 14059, text: 'hi', internalAnalysisFlag: true },
		after: { args: { ticket_id: 14059, text: 'hi' } },
		right: { has: { is_repeat: true }, writes: 0 },
	},
	{
		kind: 'the same write, said otherwise',
		tool: 'create_ticket',
		args: { summary: 'x', company: { id: 102 }, board: { id: 1 } },
		after: { args: { summary: 'x', company: 'acme', board: 'helpdesk' } },
		right: { has: { is_repeat: true }, writes: 0 },
	},
	{
		kind: 'another write',
		tool: 'create_ticket_note',
		args: { ticket_id: 14059, text: 'hi there' },
		after: { args: { ticket_id: 14059, text: 'hi' } },
		right: { writes: 1 },
	},
];

const FILES: Row[] = [
	refused(
		'base64 that does not say so',
		'create_document',
		{
			file_name: 'a.png',
			file_content: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
			recordType: 'Ticket',
			recordId: 14059,
		},
		/looks like base64/,
	),
	refused(
		'a data URI',
		'create_document',
		{ file_name: 'a.txt', file_content: 'data:text/plain;base64,aGVsbG8=', recordType: 'Ticket', recordId: 14059 },
		/looks like base64/,
	),
];

const PAGE = '<!doctype html><html><body>Sign in</body></html>';
const html = (status: number, headers: Record<string, string> = {}) =>
	new Response(PAGE, { status, headers: { 'content-type': 'text/html', ...headers } });
const onWrite =
	(make: () => Response): NonNullable<Row['answer']> =>
	({ method }) =>
		method === 'GET' ? null : make();
const onRead =
	(make: () => Response): NonNullable<Row['answer']> =>
	({ method }) =>
		method === 'GET' ? make() : null;

/** One call of each kind that changes something. */
const WRITES: [tool: string, args: Row['args']][] = [
	['delete_ticket', TICKET],
	['update_ticket', { ...TICKET, summary: 'Renamed' }],
	['create_ticket_note', { ticket_id: 14059, text: 'hi' }],
	['merge_ticket', { id: 14059, mergeTicketIds: [15992], status: { id: 17 } }],
];

const ANSWERS: Row[] = [
	...WRITES.flatMap(([tool, args]): Row[] => [
		{
			kind: 'a page instead of an answer',
			tool,
			args,
			answer: onWrite(() => html(200)),
			right: { error: /unknown/, writes: 1 },
		},
		{
			kind: 'an error object with 200',
			tool,
			args,
			answer: onWrite(() => Response.json({ code: 'InvalidObject', message: 'no' })),
			right: { error: /no/, writes: 1 },
		},
		{
			kind: 'success: false with 200',
			tool,
			args,
			answer: onWrite(() => Response.json({ success: false, message: 'no' })),
			right: { error: /no/, writes: 1 },
		},
		{
			kind: 'accepted, not yet done',
			tool,
			args,
			answer: onWrite(() => new Response(null, { status: 202 })),
			right: { writes: 1, notice: /accepted/i },
		},
		{
			kind: 'a gateway gave up',
			tool,
			args,
			answer: onWrite(() => html(502)),
			right: { error: /unknown: read the record before you repeat/, writes: 1 },
		},
	]),
	{
		kind: 'a delete that is one',
		tool: 'delete_ticket',
		args: { id: 15992 },
		right: { writes: 1, has: { id: 15992, deleted: true } },
	},
	{
		kind: 'a vendor that takes nothing over',
		tool: 'update_ticket',
		args: { ...TICKET, summary: 'Renamed' },
		answer: onWrite(() => Response.json({ id: 14059, summary: 'As before' })),
		right: { writes: 1, has: { not_taken_over: ['summary'] } },
	},
	{
		kind: 'a vendor that takes nothing over',
		tool: 'create_ticket_note',
		args: { ticket_id: 14059, text: 'hi', resolutionFlag: true },
		answer: onWrite(() => Response.json({ id: 1, text: 'hi', resolutionFlag: false }, { status: 201 })),
		right: { writes: 1, has: { not_taken_over: ['resolutionFlag'] } },
	},
	{
		kind: 'a page instead of records',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(200)),
		right: { error: /base_url|connection|page|something other/ },
	},
	{
		kind: 'maintenance with a success',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(200, { 'retry-after': '600' })),
		right: { error: /HTML page/, has: { retry_after_seconds: 600 } },
	},
	{
		kind: 'maintenance until a date',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(503, { 'retry-after': new Date(Date.now() + 86_400_000).toUTCString() })),
		right: { error: /wait as long as retry_after_seconds says/ },
	},
	...['Gr\xfc\xdfe', 'Gr\xc3\xbc\xc3\x9fe'].map(
		(letters): Row => ({
			kind: 'an answer that names another charset, rightly or wrongly',
			tool: 'get_ticket',
			args: { ...TICKET, fields: 'id,summary' },
			answer: onRead(() => {
				const bytes = Uint8Array.from(`{"id":14059,"summary":"${letters}"}`, (letter) => letter.charCodeAt(0));
				return new Response(bytes, { headers: { 'content-type': 'application/json; charset=iso-8859-1' } });
			}),
			right: { has: { summary: 'Grüße' } },
		}),
	),
	{
		kind: 'a vendor that does not show the record',
		tool: 'update_ticket',
		args: { ...TICKET, summary: 'Renamed' },
		answer: onWrite(() => Response.json({ id: 14059 })),
		right: { writes: 1, notice: /without the record.*read it/ },
	},
	{
		kind: 'maintenance',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(503, { 'retry-after': '600' })),
		right: { error: /wait as long as retry_after_seconds says/ },
	},
	{
		kind: 'a gateway',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(502)),
		right: { error: /try again in a minute/ },
	},
	{
		kind: 'a firewall',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(403)),
		right: { error: /firewall or proxy/ },
	},
	{
		kind: 'a web server that knows no such address',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => html(404)),
		right: { error: /query may be too long/ },
	},
	{
		kind: 'another framework’s error',
		tool: 'list_tickets',
		args: {},
		answer: onRead(() => Response.json({ Message: 'Not like this.' }, { status: 400 })),
		right: { error: /Not like this\./ },
	},
	{
		kind: 'numbers that no double holds',
		tool: 'get_ticket',
		args: { ...TICKET, fields: 'id,externalXRef' },
		answer: onRead(
			() =>
				new Response('{"id":14059,"externalXRef":12345678901234567890}', {
					headers: { 'content-type': 'application/json' },
				}),
		),
		right: { has: { externalXRef: '12345678901234567890' } },
	},
	refused(
		'a question that no address holds',
		'list_contacts',
		{
			conditions: Array.from({ length: 150 }, (_, at) => `company/name = "Company number ${at} of many"`).join(' or '),
		},
		/characters/,
	),
];

describe('arguments', () => runRows(ARGUMENTS));
describe('records', () => runRows(RECORDS));
describe('time', () => runRows(TIME));
describe('files', () => runRows(FILES));
describe('answers', () => runRows(ANSWERS));
