// Filters of a list → the exact request, or the exact fault: tool and arguments in, what the vendor gets out.
import { describe, it } from 'vitest';
import { parseConditions } from '../../../sandbox/schema/conditions-grammar.ts';
import { checkArguments } from '../../../workers/calls/check.ts';
import { compileFilters, matchesExactly } from '../../../workers/conditions/compile.ts';
import type { FilterFact } from '../../../workers/integration/format.ts';
import type { Operation } from '../../../workers/integration/operations.ts';
import { acceptedTimes } from '../../../workers/lib/times.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';

import {
	type Arguments,
	CURSOR_KEY,
	call,
	connectWise,
	integrationOf,
	NOW_MS,
	prepare,
	requireCall,
} from '../calls/calls.ts';
import { operationOf } from '../integration/integrations.ts';

const FIELDS: Record<string, string> = {
	'tickets.list': 'id,summary,board/name,status/name,priority/name,company/name,owner/identifier,requiredDate',
	'companies.list': 'id,identifier,name,status/name,phoneNumber,city',
	'contacts.list': 'id,firstName,lastName,title,company/name,defaultPhoneNbr,inactiveFlag',
};
const PATHS: Record<string, string> = {
	'tickets.list': '/service/tickets',
	'companies.list': '/company/companies',
	'contacts.list': '/company/contacts',
	'time_entries.list': '/time/entries',
	'schedule_entries.list': '/schedule/entries',
	'members.list': '/system/members',
	'ticket_notes.list': '/service/tickets/14059/notes',
	'board_statuses.list': '/service/boards/1/statuses',
	'company_sites.list': '/company/companies/102/sites',
	'boards.list': '/service/boards',
	'priorities.list': '/service/priorities',
	'work_types.list': '/time/workTypes',
};

const HARD_NAME = `O'Brien "West" & Sons [UK] 100%`;
const INJECTION = 'x" OR 1=1';

interface Request {
	verb: string;
	path: string;
	query: Record<string, string>;
	body: unknown;
}

function requestOf(key: string, args: Arguments): Request & { sent: Record<string, string> | null } {
	const { operation, args: values, page, sent } = requireCall(key, args);
	const { verb, path, body } = describeRequest(integrationOf(key).file, operation, values, page);
	const url = new URL(`https://vendor.example${path}`);
	const query = Object.fromEntries(url.searchParams);
	if ([...url.searchParams].length !== Object.keys(query).length) throw new Error(`a parameter comes twice: ${path}`);
	return { verb, path: url.pathname, query, body: body === undefined ? undefined : JSON.parse(String(body)), sent };
}

describe('filters become conditions', () => {
	const HELP_DESK = 'board/name = "Help Desk"';
	const cases: { key?: string; args: Arguments; asks: Record<string, string>; fields?: string }[] = [
		// Every filter of tickets.
		{ args: { summary_contains: 'vpn' }, asks: { conditions: 'summary contains "vpn"' } },
		{ args: { status_name: 'New' }, asks: { conditions: 'status/name = "New"' } },
		{ args: { board_name: 'Help Desk' }, asks: { conditions: HELP_DESK } },
		{ args: { company_name: 'Acme Corp' }, asks: { conditions: 'company/name = "Acme Corp"' } },
		{ args: { company_identifier: 'AcmeCorp' }, asks: { conditions: 'company/identifier = "AcmeCorp"' } },
		{ args: { priority_name: 'High' }, asks: { conditions: 'priority/name contains "High"' } },
		{
			args: { assigned_to: 'jsmith' },
			asks: {
				conditions:
					'(owner/identifier = "jsmith" or owner/name = "jsmith" or resources = "jsmith" or resources like "jsmith,*" or resources like "*,jsmith" or resources like "*, jsmith" or resources like "*,jsmith,*" or resources like "*, jsmith,*")',
			},
		},
		// A record by its id, or by the key that the caller says.
		{ args: { company_name: 102 }, asks: { conditions: 'company/id = 102' } },
		{ args: { company_name: { id: 102 } }, asks: { conditions: 'company/id = 102' } },
		{ args: { board_name: { name: 'Help Desk' } }, asks: { conditions: HELP_DESK } },
		{ args: { company_name: { identifier: 'AcmeCorp' } }, asks: { conditions: 'company/identifier = "AcmeCorp"' } },
		{ args: { priority_name: { id: 2 } }, asks: { conditions: 'priority/id = 2' } },
		{ args: { assigned_to: 151 }, asks: { conditions: 'owner/id = 151' } },
		{ args: { company_name: '365' }, asks: { conditions: 'company/name = "365"' } },
		{ args: { company_name: { name: HARD_NAME } }, asks: { conditions: 'company/name contains "& Sons"' } },
		{ args: { closed: false }, asks: { conditions: 'closedFlag = false' } },
		{ args: { closed: true }, asks: { conditions: 'closedFlag = true' } },
		{ args: { ids: [14059] }, asks: { conditions: 'id in (14059)' } },
		{ args: { ids: [1, 2, 3] }, asks: { conditions: 'id in (1, 2, 3)' } },
		// Times, of which the clock stands at 2026-04-01T09:00:00Z, a Wednesday.
		{ args: { entered_after: '2026-03-01' }, asks: { conditions: 'dateEntered >= [2026-03-01T00:00:00Z]' } },
		{
			args: { updated_after: '2026-03-01T10:30:00+02:00' },
			asks: { conditions: 'lastUpdated >= [2026-03-01T08:30:00Z]' },
		},
		{ args: { due_before: '2026-03-01T10:30:00.999Z' }, asks: { conditions: 'requiredDate < [2026-03-01T00:00:00Z]' } },
		{ args: { updated_after: '7d' }, asks: { conditions: 'lastUpdated >= [2026-03-25T09:00:00Z]' } },
		{ args: { entered_after: '90m' }, asks: { conditions: 'dateEntered >= [2026-04-01T07:30:00Z]' } },
		{ args: { entered_after: 'today' }, asks: { conditions: 'dateEntered >= [2026-04-01T00:00:00Z]' } },
		{ args: { entered_after: 'Yesterday' }, asks: { conditions: 'dateEntered >= [2026-03-31T00:00:00Z]' } },
		{ args: { due_before: '+2w' }, asks: { conditions: 'requiredDate < [2026-04-15T00:00:00Z]' } },
		{ args: { due_before: 'now' }, asks: { conditions: 'requiredDate < [2026-04-01T00:00:00Z]' } },
		{ args: { updated_after: 'this week' }, asks: { conditions: 'lastUpdated >= [2026-03-30T00:00:00Z]' } },
		{ args: { updated_after: 'last_month' }, asks: { conditions: 'lastUpdated >= [2026-03-01T00:00:00Z]' } },
		// What a person types.
		{ args: { summary_contains: `O'Brien` }, asks: { conditions: `summary contains "O'Brien"` } },
		{ args: { company_name: 'The "West" Co' }, asks: { conditions: `company/name = 'The "West" Co'` } },
		{ args: { company_name: '  Acme Corp ' }, asks: { conditions: 'company/name = "Acme Corp"' } },
		{ args: { company_name: 'R&D #1 a+b=c?' }, asks: { conditions: 'company/name = "R&D #1 a+b=c?"' } },
		{ args: { company_name: 'Müller 你好 👩‍💻' }, asks: { conditions: 'company/name = "Müller 你好 👩‍💻"' } },
		{ args: { company_name: 'Sons [UK] 100%' }, asks: { conditions: 'company/name = "Sons [UK] 100%"' } },
		{ args: { summary_contains: 'a*b 100% [x' }, asks: { conditions: 'summary contains "a[*]b 100[%] [[]x"' } },
		{ args: { summary_contains: '*' }, asks: { conditions: 'summary contains "[*]"' } },
		{ args: { company_name: 'Acme*' }, asks: { conditions: 'company/name = "Acme*"' } },
		{ args: { company_name: 'C:\\temp' }, asks: { conditions: 'company/name = "C:\\temp"' } },
		{ args: { company_name: 'null' }, asks: { conditions: 'company/name = "null"' } },
		{ args: { company_name: '2026-04-01' }, asks: { conditions: 'company/name = "2026-04-01"' } },
		{ args: { company_name: 'x'.repeat(250) }, asks: { conditions: `company/name = "${'x'.repeat(250)}"` } },
		{ args: { company_name: INJECTION }, asks: { conditions: `company/name = 'x" OR 1=1'` } },
		{ args: { company_name: `x' or id>0 or '` }, asks: { conditions: `company/name = "x' or id>0 or '"` } },
		{ args: { status_name: 'New&pageSize=1000' }, asks: { conditions: 'status/name = "New&pageSize=1000"' } },
		// What has no literal is asked for in part; the field it is compared with is among those returned.
		{ args: { company_name: HARD_NAME }, asks: { conditions: 'company/name contains "& Sons"' } },
		{
			args: { assigned_to: `a'b"cd` },
			asks: {
				conditions: '(owner/identifier contains "cd" or owner/name contains "cd" or resources contains "cd")',
			},
			fields: `${FIELDS['tickets.list']},owner/name,resources`,
		},
		{
			args: { company_name: HARD_NAME, fields: 'id' },
			asks: { conditions: 'company/name contains "& Sons"' },
			fields: 'id,company/name',
		},
		{
			args: { company_name: HARD_NAME, fields: ' , ' },
			asks: { conditions: 'company/name contains "& Sons"' },
		},
		{ args: { company_name: 'ends in \\' }, asks: { conditions: 'company/name contains "ends in"' } },
		// Several filters, and filters with conditions.
		{
			args: { board_name: 'Help Desk', closed: false, entered_after: '7d' },
			asks: { conditions: `${HELP_DESK} and closedFlag = false and dateEntered >= [2026-03-25T09:00:00Z]` },
		},
		{
			args: { conditions: 'status/id=11', board_name: 'Help Desk' },
			asks: { conditions: `(status/id=11) and ${HELP_DESK}` },
		},
		{
			args: { conditions: 'status/id=11 or priority/id=1', board_name: 'Help Desk' },
			asks: { conditions: `(status/id=11 or priority/id=1) and ${HELP_DESK}` },
		},
		{ args: { conditions: '  ', board_name: 'Help Desk' }, asks: { conditions: HELP_DESK } },
		// A contradiction is a question like another: the vendor answers with nothing.
		{
			args: { closed: true, conditions: 'closedFlag=false' },
			asks: { conditions: '(closedFlag=false) and closedFlag = true' },
		},
		{
			args: { entered_after: 'today', due_before: '-7d' },
			asks: { conditions: 'dateEntered >= [2026-04-01T00:00:00Z] and requiredDate < [2026-03-25T00:00:00Z]' },
		},
		{
			args: { company_name: 'Acme Corp', company_identifier: 'XYZ' },
			asks: { conditions: 'company/name = "Acme Corp" and company/identifier = "XYZ"' },
		},
		{
			args: { customFieldConditions: 'caption="Region" and value="West"', board_name: 'Help Desk' },
			asks: { conditions: HELP_DESK, customFieldConditions: 'caption="Region" and value="West"' },
		},
		// Other resources.
		{ key: 'companies.list', args: { name_contains: 'Acme' }, asks: { conditions: 'name contains "Acme"' } },
		{ key: 'companies.list', args: { identifier: 'AcmeCorp' }, asks: { conditions: 'identifier = "AcmeCorp"' } },
		{ key: 'companies.list', args: { type_name: 'Client' }, asks: { childConditions: 'types/name = "Client"' } },
		{
			key: 'companies.list',
			args: { type_name: 'Client', city: 'Tampa', childConditions: 'types/id=1 or types/id=2' },
			asks: {
				conditions: 'city = "Tampa"',
				childConditions: '(types/id=1 or types/id=2) and types/name = "Client"',
			},
		},
		{
			key: 'companies.list',
			args: { type_name: `a'b"cde` },
			asks: { childConditions: 'types/name contains "cde"' },
			fields: `${FIELDS['companies.list']},types`,
		},
		{
			key: 'companies.list',
			args: { deleted: false, ids: [102] },
			asks: { conditions: 'deletedFlag = false and id in (102)' },
		},
		{
			key: 'contacts.list',
			args: { first_name: 'Jane', last_name: 'Doe', company_name: 'Acme Corp' },
			asks: { conditions: 'firstName = "Jane" and lastName = "Doe" and company/name = "Acme Corp"' },
		},
		{
			key: 'contacts.list',
			args: { email: 'jane.doe@acmecorp.example' },
			asks: { childConditions: 'communicationItems/value = "jane.doe@acmecorp.example"' },
		},
		{
			key: 'contacts.list',
			args: { phone: '555', inactive: false },
			asks: { conditions: 'inactiveFlag = false', childConditions: 'communicationItems/value contains "555"' },
		},
		{
			// One element of the array holds the one or the other, never both: the second is compared on our side.
			key: 'contacts.list',
			args: { email: 'jane.doe@acmecorp.example', phone: '813' },
			asks: { childConditions: 'communicationItems/value = "jane.doe@acmecorp.example"' },
			fields: `${FIELDS['contacts.list']},communicationItems`,
		},
		{ key: 'time_entries.list', args: { ticket_id: 14059 }, asks: { conditions: 'chargeToId = 14059' } },
		{
			key: 'time_entries.list',
			args: { member: 'John Smith', started_after: 'this week', started_before: 'now', billable_option: 'Billable' },
			asks: {
				conditions:
					'(member/identifier = "John Smith" or member/name = "John Smith") and timeStart >= [2026-03-30T00:00:00Z] and timeStart < [2026-04-01T09:00:00Z] and billableOption = "Billable"',
			},
		},
		{
			key: 'schedule_entries.list',
			args: { object_id: 14059, type_identifier: 'S', done: false, starts_before: '+7d' },
			asks: {
				conditions:
					'objectId = 14059 and type/identifier = "S" and dateStart < [2026-04-08T09:00:00Z] and doneFlag = false',
			},
		},
		{
			key: 'members.list',
			args: { identifier: 'jsmith', inactive: false },
			asks: { conditions: 'identifier = "jsmith" and inactiveFlag = false' },
		},
		{
			key: 'ticket_notes.list',
			args: { ticket_id: 14059, internal: true },
			asks: { conditions: 'internalAnalysisFlag = true' },
		},
		{
			key: 'board_statuses.list',
			args: { board_id: 1, name_contains: 'Clos' },
			asks: { conditions: 'name contains "Clos"' },
		},
		{
			key: 'company_sites.list',
			args: { company_id: 102, name_contains: 'Main' },
			asks: { conditions: 'name contains "Main"' },
		},
		{ key: 'boards.list', args: { name_contains: '&' }, asks: { conditions: 'name contains "&"' } },
		{ key: 'priorities.list', args: { name_contains: 'High' }, asks: { conditions: 'name contains "High"' } },
		{ key: 'work_types.list', args: { name_contains: 'On-Site' }, asks: { conditions: 'name contains "On-Site"' } },
	];
	for (const { key = 'tickets.list', args, asks, fields } of cases) {
		it(`${key} ${JSON.stringify(args).slice(0, 100)}`, ({ expect }) => {
			const { verb, path, query, body, sent } = requestOf(key, args);
			const asked = Object.keys(args).join();
			const times = [/entered_/.test(asked) && '_info/dateEntered', /updated_/.test(asked) && '_info/lastUpdated'];
			const own = FIELDS[key] ?? integrationOf(key).byResource.get(key)?.documentation.fields?.join(',');
			const expectedFields = fields ?? [own, ...times.filter(Boolean)].join(',');
			expect(`${verb} ${path}`).toBe(`GET ${PATHS[key]}`);
			expect(query).toEqual({ ...asks, fields: expectedFields, page: '1', pageSize: '25' });
			expect(body).toBeUndefined();
			const { time_zone: _zone, ...said } = sent ?? {};
			expect(said).toEqual(asks);
			for (const text of Object.values(asks)) expect(() => parseConditions(text)).not.toThrow();
		});
	}

	it('without a filter nothing is said back and nothing changed', ({ expect }) => {
		const conditions = 'status/name="New"  OR id>5';
		const { query, sent } = requestOf('tickets.list', { conditions });
		expect([query.conditions, sent]).toEqual([conditions, null]);
	});

	it('are arguments of every list that documents them, of its count, and of no other tool', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const filters = [...operation.places].filter(([, place]) => place.in === 'filter').map(([name]) => name);
			expect(filters).toEqual(Object.keys(operation.documentation.filters ?? {}));
			const list = connectWise.byResource.get(`${operation.resource}.list`);
			if (operation.kind === 'count')
				expect(Object.keys(list?.documentation.filters ?? {})).toEqual(expect.arrayContaining(filters));
			else if (operation.kind !== 'list') expect(filters).toEqual([]);
		}
	});

	it('of a count are its list\u2019s, unless it names those that the vendor can count by', ({ expect }) => {
		const filters = (key: string) => Object.keys(operationOf(connectWise, key).documentation.filters ?? {});
		expect(filters('tickets.count')).toEqual(filters('tickets.list'));
		// An e-mail address and a phone number of one contact are compared on our side, record by record.
		expect(filters('contacts.count')).toContain('company_name');
		expect(filters('contacts.count')).not.toContain('email');
	});
});

describe('the time that a list is asked by', () => {
	const lists = connectWise.operations.flatMap((operation) => {
		const { kind, documentation } = operation;
		const { fields, filters = {} } = documentation;
		const timed = Object.entries(filters).filter(([, filter]) => filter.kind === 'time');
		return kind === 'list' && fields && timed.length > 0 ? [{ operation, fields, timed }] : [];
	});
	const shown = (operation: Operation, args: Arguments) => {
		const required = Object.fromEntries([...operation.required].map((name) => [name, 1]));
		const { query } = requestOf(`${operation.resource}.list`, { ...required, ...args });
		return query.fields?.split(',') ?? [];
	};
	const showsTime = (fields: string[], field: string) => fields.includes(field) || fields.includes(`_info/${field}`);

	it('is shown, whichever way it is said, and once', ({ expect }) => {
		expect(lists.length).toBeGreaterThan(25);
		const missing = lists.flatMap(({ operation, timed }) =>
			timed.flatMap(([name, { field = '' }]) => {
				const orderBy = operation.places.has('orderBy') ? [{ orderBy: `${field} desc` }] : [];
				const conditions = operation.places.has('conditions') ? [{ conditions: `${field} > [2026-03-01]` }] : [];
				return [{ [name]: '2026-03-01' }, ...orderBy, ...conditions].flatMap((args) => {
					const fields = shown(operation, args);
					const isRight = showsTime(fields, field) && new Set(fields).size === fields.length;
					return isRight ? [] : [`${operation.resource} ${JSON.stringify(args)}: ${fields}`];
				});
			}),
		);
		expect(missing).toEqual([]);
	});

	it('is not added to the fields that a caller chose, and nothing is added where no time is asked', ({ expect }) => {
		for (const { operation, fields, timed } of lists) {
			expect(shown(operation, { [timed[0]?.[0] ?? '']: '2026-03-01', fields: 'id' })).toEqual(['id']);
			expect(shown(operation, {})).toEqual(fields);
			if (operation.places.has('orderBy')) expect(shown(operation, { orderBy: 'id desc' })).toEqual(fields);
		}
	});
});

describe('a query too long for a URL', () => {
	const ids = Array.from({ length: 200 }, (_, index) => 1_000_000 + index);

	it('of tickets goes by POST …/search, its parameters in lower case in the body', ({ expect }) => {
		const { verb, path, query, body } = requestOf('tickets.list', {
			ids,
			customFieldConditions: 'caption="Region"',
			orderBy: 'id desc',
			limit: 50,
		});
		expect(`${verb} ${path}`).toBe('POST /service/tickets/search');
		expect(query).toEqual({ fields: FIELDS['tickets.list'], page: '1', pageSize: '50' });
		expect(body).toEqual({
			conditions: `id in (${ids.join(', ')})`,
			customfieldconditions: 'caption="Region"',
			orderBy: 'id desc',
		});
	});

	it('goes by POST as well when the caller wrote it', ({ expect }) => {
		const conditions = `summary contains "${'x'.repeat(1_900)}"`;
		const { verb, path, body } = requestOf('tickets.list', { conditions });
		expect([verb, path, body]).toEqual(['POST', '/service/tickets/search', { conditions }]);
	});

	it('is measured as it is sent, encoded', ({ expect }) => {
		const asked = (text: string) => requestOf('tickets.list', { conditions: `summary="${text}"` }).verb;
		expect([asked('x'.repeat(500)), asked('你'.repeat(250))]).toEqual(['GET', 'POST']);
	});

	it('of others stays a GET: the vendor has no other way', ({ expect }) => {
		const { verb, path, query } = requestOf('companies.list', { ids });
		expect([verb, path, query.conditions]).toEqual(['GET', '/company/companies', `id in (${ids.join(', ')})`]);
	});
});

describe('what is refused before anything is sent', () => {
	const TIMES = `must be ${acceptedTimes('UTC')}`;
	const cases: { key?: string; args: Arguments; faults: string[] }[] = [
		{ args: { company_name: '  ' }, faults: ['company_name must not be empty'] },
		{
			args: { company_name: 'x'.repeat(300) },
			faults: ['company_name must have at most 250 characters, got 300'],
		},
		{
			args: { summary_contains: `"'"'` },
			faults: ['summary_contains consists of quotation marks alone; use another filter'],
		},
		{ args: { ids: [] }, faults: ['ids must not be empty, since all would be listed: give ids, or leave it out'] },
		{
			args: { ids: Array.from({ length: 201 }, (_, index) => index) },
			faults: ['ids must have at most 200 entries, got 201'],
		},
		{ args: { ids: 'five' }, faults: ['ids must be an array, got the string "five"'] },
		{ args: { closed: 'maybe' }, faults: ['closed must be a boolean, got the string "maybe"'] },
		{
			args: { status_name: 1.5 },
			faults: ['status_name must be a name or {"id": 1} or {"name": "…"}, got the number 1.5'],
		},
		{
			args: { board_name: { identifier: 'x' } },
			faults: ['board_name must be a name or {"id": 1} or {"name": "…"}, got the object {"identifier":"x"}'],
		},
		{
			args: { company_name: { identifier: 'y', name: 'x' } },
			faults: [
				'company_name must be a name or {"id": 1} or {"identifier": "…"} or {"name": "…"}, got the object {"identifier":"y","name":"x"}',
			],
		},
		{ args: { company_name: { name: ' ' } }, faults: ['company_name must not be empty'] },
		{ args: { summary_contains: 5 }, faults: ['summary_contains must be a string, got the number 5'] },
		{ args: { updated_after: 'soon' }, faults: [`updated_after ${TIMES}; got "soon". Today is Wednesday, 2026-04-01`] },
		{
			args: { updated_after: '2026-02-30' },
			faults: ['updated_after must be a day and a time that exist, got 2026-02-30'],
		},
		{
			args: { due_before: '7d' },
			faults: ['due_before could mean two things with 7d: say +7d for ahead, or -7d for ago'],
		},
		{ args: { bord_name: 'x' }, faults: ['bord_name unknown argument. Did you mean "board_name"?'] },
		{
			args: { conditions: `${'x'.repeat(8_000)}=1` },
			faults: ['conditions at 8000: has 8002 characters, more than 8000'],
		},
		{
			args: { status_name: '  ', ids: [], updated_after: '2026-02-30' },
			faults: [
				'status_name must not be empty',
				'updated_after must be a day and a time that exist, got 2026-02-30',
				'ids must not be empty, since all would be listed: give ids, or leave it out',
			],
		},
	];
	it('of an unknown filter names those that there are', ({ expect }) => {
		expect(prepare('tickets.list', { colour: 'red' })).toEqual([
			expect.stringMatching(/^colour unknown argument\. Known: .*summary_contains, status_name/),
		]);
	});
	for (const { key = 'tickets.list', args, faults } of cases) {
		it(`${key} ${JSON.stringify(args).slice(0, 100)}`, ({ expect }) => {
			expect(prepare(key, args)).toEqual(faults);
		});
	}

	const broken: { conditions: string; position: number; corrected: string | null }[] = [
		{ conditions: 'status/name == "New"', position: 13, corrected: 'status/name = "New"' },
		{ conditions: 'board/name="Help Desk', position: 12, corrected: 'board/name="Help Desk"' },
		{ conditions: 'board/name=Help Desk', position: 12, corrected: 'board/name="Help Desk"' },
		{ conditions: 'lastUpdated>2026-04-01', position: 13, corrected: 'lastUpdated>[2026-04-01]' },
		{ conditions: '(closedFlag=false', position: 1, corrected: '(closedFlag=false)' },
		{ conditions: 'id=1) or (id=2', position: 5, corrected: null },
	];
	for (const { conditions, position, corrected } of broken) {
		it(`conditions ${conditions}`, ({ expect }) => {
			const faults = prepare('tickets.list', { conditions, closed: false });
			if (!Array.isArray(faults)) throw new Error(`sent: ${faults.args.conditions}`);
			expect(faults).toHaveLength(1);
			expect(faults[0]).toMatch(new RegExp(`^conditions at ${position}: `));
			if (corrected !== null) expect(faults[0]).toContain(`Try: ${corrected}`);
		});
	}

	it('a field inside an array is sent to the parameter that takes it', ({ expect }) => {
		const faults = prepare('contacts.list', { conditions: 'communicationItems/value="a@b.c"' });
		expect(faults).toEqual([expect.stringMatching(/^conditions at 1: .*childConditions/)]);
	});
});

/** A list that has filters which no resource of ConnectWise has yet. */
function listWith(filters: Record<string, FilterFact>): Operation {
	const operation = operationOf(connectWise, 'tickets.list');
	const places = new Map(operation.places);
	for (const [name, { kind }] of Object.entries(filters))
		places.set(name, { in: 'filter', schema: { type: kind === 'custom_field' ? 'object' : 'string' } });
	return { ...operation, documentation: { ...operation.documentation, filters }, places };
}

describe('a custom field by its caption', () => {
	const operation = listWith({
		custom_field: { field: 'customFields', kind: 'custom_field', in: 'customFieldConditions' },
	});
	const prepared = (args: Arguments) => {
		const options = {
			listFormat: 'records' as const,
			budgetBytes: 60_000,
			serverId: 'x',
			cursorKey: CURSOR_KEY,
			nowMs: NOW_MS,
		};
		const outcome = checkArguments(connectWise.file, operation, args, options);
		if (Array.isArray(outcome)) return outcome.map(({ path, message }) => `${path} ${message}`);
		const { path } = describeRequest(connectWise.file, operation, outcome.args, outcome.page);
		return new URL(`https://vendor.example${path}`).searchParams.get('customFieldConditions');
	};
	const cases: [value: Record<string, unknown>, expected: string | string[]][] = [
		[{ Region: 'West' }, 'caption = "Region" and value = "West"'],
		[{ VIP: true }, 'caption = "VIP" and value = true'],
		[{ Seats: 12.5 }, 'caption = "Seats" and value = 12.5'],
		[{ Region: null }, 'caption = "Region" and value = null'],
		[{ 'T&M "Billing"': `O'Brien` }, `caption = 'T&M "Billing"' and value = "O'Brien"`],
		[{ Region: INJECTION }, `caption = "Region" and value = 'x" OR 1=1'`],
		[{ a: 1, b: 2 }, ['custom_field must name one custom field, e.g. {"Region": "West"}']],
		[{ ' ': 1 }, ['custom_field must name a custom field, e.g. {"Region": "West"}']],
		[
			{ Region: HARD_NAME },
			['custom_field has a caption or a value that cannot be asked for: no lists, not both kinds of quotes'],
		],
		[
			{ Region: ['West'] },
			['custom_field has a caption or a value that cannot be asked for: no lists, not both kinds of quotes'],
		],
	];
	for (const [value, expected] of cases) {
		it(JSON.stringify(value), ({ expect }) => {
			expect(prepared({ custom_field: value })).toEqual(expected);
		});
	}
});

describe('every operator', () => {
	const cases: [filter: FilterFact, value: unknown, expected: string][] = [
		[{ field: 'name', op: '!=' }, 'A*', 'name != "A*"'],
		[{ field: 'name', op: 'like' }, 'A*', 'name like "A[*]"'],
		[{ field: 'name', op: '<' }, 'A*', 'name < "A*"'],
		[{ field: 'id', op: '<=', kind: 'integer' }, 5, 'id <= 5'],
		[{ field: 'id', op: '>', kind: 'integer' }, -5, 'id > -5'],
		[{ any: [{ field: 'a' }, { field: 'b', op: 'contains' }] }, 'x%', '(a = "x%" or b contains "x[%]")'],
		[{ field: 'name', op: '!=' }, `a'b"c`, 'f cannot be asked with both kinds of quotes in it'],
		[{ field: 'name', op: '<' }, `a'b"c`, 'f cannot be asked with both kinds of quotes in it'],
	];
	for (const [filter, value, expected] of cases) {
		it(`${JSON.stringify(filter)} ${value}`, ({ expect }) => {
			const { conditions, faults } = compileFilters(
				{ f: filter },
				{ f: value },
				{ clock: { nowMs: NOW_MS, zone: 'UTC' }, dayFields: new Set() },
				'conditions',
			);
			expect(faults[0] ? `f ${faults[0].message}` : conditions.get('conditions')?.join()).toBe(expected);
		});
	}
});

describe('a name with both kinds of quotes', () => {
	const record = (id: number, name: string) => ({ id, company: { id, name } });

	it('is compared whole on our side, without regard to case', ({ expect }) => {
		const { exact } = requireCall('tickets.list', { company_name: HARD_NAME });
		const [match] = exact;
		if (!match || exact.length !== 1) throw new Error(`${exact.length} to compare`);
		const passes = (name: unknown) => matchesExactly({ company: { name } }, match);
		expect([HARD_NAME, HARD_NAME.toUpperCase(), `x ${HARD_NAME}`, 'West & Sons', null, 5].map(passes)).toEqual([
			true,
			true,
			false,
			false,
			false,
			false,
		]);
	});

	it('inside an array is compared with every element', ({ expect }) => {
		const [match] = requireCall('companies.list', { type_name: `a'b"c` }).exact;
		if (!match) throw new Error('nothing to compare');
		expect(matchesExactly({ types: [{ name: 'x' }, { name: `A'B"C` }] }, match)).toBe(true);
		expect(matchesExactly({ types: [{ name: 'x' }, {}] }, match)).toBe(false);
		expect(matchesExactly({ types: [] }, match)).toBe(false);
	});

	it('finds who is among the resources though the owner is another', ({ expect }) => {
		const text = `a'b"c`;
		const [match] = requireCall('tickets.list', { assigned_to: text }).exact;
		if (!match) throw new Error('nothing to compare');
		expect(matchesExactly({ owner: { identifier: 'x' }, resources: `y, ${text}, z` }, match)).toBe(true);
		expect(matchesExactly({ owner: { identifier: `${text}, z` } }, match)).toBe(false);
	});

	for (const limit of [1, 2, 3, 7, 25]) {
		it(`is paged without a gap or a repetition, ${limit} at a time`, ({ expect }) => {
			// Every third record is meant; the others only contain the part that the vendor is asked for.
			const all = Array.from({ length: 50 }, (_, index) =>
				record(index + 1, index % 3 === 1 ? HARD_NAME : '& Sons Ltd'),
			);
			const meant = all.filter(({ company }) => company.name === HARD_NAME).map(({ id }) => id);
			const found: unknown[] = [];
			let cursor: unknown;
			for (let calls = 0; calls < 200; calls++) {
				const args = { company_name: HARD_NAME, limit, ...(cursor ? { next_cursor: cursor } : {}) };
				const { structuredContent, isError } = call('tickets.list', args, (url) => {
					expect(url.searchParams.get('conditions')).toBe('company/name contains "& Sons"');
					const size = Number(url.searchParams.get('pageSize'));
					const start = (Number(url.searchParams.get('page')) - 1) * size;
					const link = start + size < all.length ? '<https://x/>; rel="next"' : '<https://x/>; rel="first"';
					return { body: all.slice(start, start + size), headers: { link } };
				});
				expect(isError).toBe(false);
				const result = structuredContent.result as { id: number }[];
				expect(structuredContent.result_count).toBe(result.length);
				expect(structuredContent.sent).toEqual({ conditions: 'company/name contains "& Sons"' });
				found.push(...result.map(({ id }) => id));
				cursor = structuredContent.next_cursor;
				if (cursor === null) break;
			}
			expect(found).toEqual(meant);
		});
	}
});

describe('relative times', () => {
	const page = (url: URL) => ({
		body: Array.from({ length: 2 }, (_, index) => ({
			id: Number(url.searchParams.get('page')) * 2 + index,
			conditions: url.searchParams.get('conditions'),
		})),
		headers: { link: '<https://x/>; rel="next"' },
	});

	it('are said back as they were sent', ({ expect }) => {
		const { structuredContent } = call('tickets.list', { updated_after: '7d', status_name: 'New' }, page);
		expect(structuredContent.sent).toEqual({
			conditions: 'status/name = "New" and lastUpdated >= [2026-03-25T09:00:00Z]',
		});
	});

	it('count from the first page on every later one', ({ expect }) => {
		const args = { updated_after: '7d', limit: 2 };
		const first = call('tickets.list', args, page).structuredContent;
		const later = { ...args, next_cursor: first.next_cursor };
		const second = call('tickets.list', later, page, { nowMs: NOW_MS + 3_600_000 }).structuredContent;
		expect(second.sent).toEqual(first.sent);
		const conditionsOf = (answer: { result?: unknown }) =>
			(answer.result as { conditions: string }[]).map(({ conditions }) => conditions);
		expect(conditionsOf(second)).toEqual(conditionsOf(first));
		const fresh = call('tickets.list', args, page, { nowMs: NOW_MS + 3_600_000 }).structuredContent;
		expect(fresh.sent).toEqual({ conditions: 'lastUpdated >= [2026-03-25T10:00:00Z]' });
	});

	it('do not let a cursor pass to another filter', ({ expect }) => {
		const { next_cursor } = call('tickets.list', { updated_after: '7d' }, page).structuredContent;
		expect(prepare('tickets.list', { updated_after: '8d', next_cursor })).toEqual([
			expect.stringMatching(/^next_cursor belongs to another query/),
		]);
	});
});

describe('a field that the vendor does not know', () => {
	const cases: [name: string, hint: string | null][] = [
		['sumary', 'Did you mean "summary"?'],
		['requireDat', 'Did you mean "requiredDate"'],
		['zzzzzzzzzz', null],
	];
	for (const [name, hint] of cases) {
		it(`${name} → ${hint}`, ({ expect }) => {
			const body = { code: 'ApiFindCondition', message: `${name} is not a recognized name.` };
			const { isError, structuredContent } = call('tickets.list', { conditions: `${name}=1` }, { status: 400, body });
			expect(isError).toBe(true);
			if (hint) expect(structuredContent.message).toContain(hint);
			else expect(structuredContent.message).not.toContain('Did you mean');
		});
	}
});
