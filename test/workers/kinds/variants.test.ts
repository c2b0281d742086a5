// Other spellings of the kinds that the tables beside this file hold: pure, so that there may be many of them.
import { describe, it } from 'vitest';
import zones from '../../../integrations/connect_wise_psa/time-zones.json';
import { writeKey } from '../../../workers/calls/idempotency-key.ts';
import { unusualFaults } from '../../../workers/calls/insistence.ts';
import { ianaName } from '../../../workers/integration/time-zone-names.ts';
import { zoneName } from '../../../workers/lib/time-zones.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import { connectWise, prepare, requestOf, requireCall } from '../calls/calls.ts';

type Args = Record<string, unknown>;
const UPDATE = { id: 14059 };

describe('arguments as clients write them', () => {
	const read: [key: string, args: Args, line: string][] = [
		['tickets.get', { id: '#14059' }, 'GET /service/tickets/14059'],
		['tickets.get', { id: ' 14059 ' }, 'GET /service/tickets/14059'],
		['tickets.get', { id: '14059.0' }, 'GET /service/tickets/14059'],
		['tickets.get', { id: '00014059' }, 'GET /service/tickets/14059'],
		['tickets.get', { id: 1, fields: ['id', 'summary'] }, 'GET /service/tickets/1?fields=id%2Csummary'],
		['tickets.get', { id: 1, fields: '["id", "board/name"]' }, 'GET /service/tickets/1?fields=id%2Cboard%2Fname'],
	];
	for (const [key, args, line] of read)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => expect(requestOf(key, args).line).toBe(line));

	const asked: [key: string, args: Args, conditions: string][] = [
		['companies.list', { ids: '101,102' }, 'id in (101, 102)'],
		['companies.list', { ids: ' #101 , 102 ' }, 'id in (101, 102)'],
		['tickets.list', { closed: 'True' }, 'closedFlag = true'],
		['tickets.list', { closed: ' FALSE ' }, 'closedFlag = false'],
		['tickets.list', { company: '102' }, 'company/id = 102'],
		['tickets.list', { board: '#1' }, 'board/id = 1'],
		['tickets.list', { board: { id: '1', name: 'Help Desk' } }, 'board/id = 1'],
		['tickets.list', { board: { id: 1, name: 'Help Desk', identifier: null } }, 'board/id = 1'],
	];
	for (const [key, args, conditions] of asked)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) =>
			expect(requireCall(key, args).args.conditions).toBe(conditions));

	const set: [args: Args, name: string, value: unknown][] = [
		[{ status: '#14' }, 'status', { id: 14 }],
		[{ status: ' 14 ' }, 'status', { id: 14 }],
		[{ budgetHours: '.5' }, 'budgetHours', 0.5],
		[{ budgetHours: '+2' }, 'budgetHours', 2],
		[{ budgetHours: '1.50' }, 'budgetHours', 1.5],
		[{ budgetHours: '1e1' }, 'budgetHours', 10],
		[{ automaticEmailContactFlag: 'False' }, 'automaticEmailContactFlag', false],
	];
	for (const [args, path, value] of set)
		it(JSON.stringify(args), ({ expect }) =>
			expect(requestOf('tickets.update', { ...UPDATE, ...args }).body).toEqual([{ op: 'replace', path, value }]),
		);

	const refused: [key: string, args: Args, says: RegExp][] = [
		['tickets.get', { id: '14,059' }, /id must be an integer/],
		['tickets.get', { id: '14059,14060' }, /id must be an integer/],
		['tickets.update', { ...UPDATE, budgetHours: '1,5' }, /budgetHours must be a number/],
		['tickets.update', { ...UPDATE, budgetHours: '90m' }, /budgetHours must be a number/],
		['tickets.update', { ...UPDATE, owner: 0 }, /owner must name a record by an id from 1 on/],
		['tickets.update', { ...UPDATE, owner: { id: -1 } }, /owner must name a record by an id from 1 on/],
		['time_entries.create', { member: { id: 0 }, timeStart: '2026-11-24T09:00:00', actualHours: 1 }, /id from 1 on/],
	];
	for (const [key, args, says] of refused)
		it(`${key} ${JSON.stringify(args)} is refused`, ({ expect }) => expect(String(prepare(key, args))).toMatch(says));
});

describe('a field that is to be emptied', () => {
	for (const name of ['owner', ' Owner ', 'OWNER', 'owner/id', 'owner.name', 'owner_'])
		it(`may be written ${name}`, ({ expect }) =>
			expect(requestOf('tickets.update', { ...UPDATE, clear: [name, null, ''] }).body).toEqual([
				{ op: 'remove', path: 'owner' },
			]));
	for (const name of ['required_date', 'Required Date', 'required-date', 'additional_fields.poNumber', 'po_number'])
		it(`may be written ${name}`, ({ expect }) =>
			expect(requestOf('tickets.update', { ...UPDATE, clear: name }).body).toHaveLength(1));
	it('is not called unchanged when it is sent as null as well', ({ expect }) => {
		const { notices } = requireCall('tickets.update', { ...UPDATE, clear: ['owner'], owner: null, contact: null });
		expect(notices.join(' ')).toMatch(/: contact\./);
	});
	it('in no update takes what the vendor cannot clear by another spelling', ({ expect }) => {
		for (const name of ['Status', 'board/id', 'SUMMARY'])
			expect(String(prepare('tickets.update', { ...UPDATE, clear: [name] }))).toMatch(/cannot be empty/);
	});
});

describe('times inside conditions', () => {
	const NOW = { nowMs: Date.parse('2026-11-27T12:00:00Z') };
	const read: [conditions: string, sent: string][] = [
		['lastUpdated < 2 weeks ago', 'lastUpdated < [2026-11-13T12:00:00Z]'],
		['lastUpdated < 2 weeks ago and closedFlag = false', 'lastUpdated < [2026-11-13T12:00:00Z] and closedFlag = false'],
		['requiredDate < 30 days from now', 'requiredDate < [2026-12-27T00:00:00Z]'],
		['requiredDate <= in 2 days', 'requiredDate <= [2026-11-29T00:00:00Z]'],
		['dateEntered > last 24 hours', 'dateEntered > [2026-11-26T12:00:00Z]'],
		['requiredDate = [today]', 'requiredDate = [2026-11-27T00:00:00Z]'],
	];
	for (const [conditions, sent] of read)
		it(conditions, ({ expect }) => expect(requireCall('tickets.list', { conditions }, NOW).args.conditions).toBe(sent));

	const refused: [conditions: string, says: RegExp][] = [
		['dateEntered = [2026-11-24]', /write dateEntered >= \[2026-11-24\] and dateEntered < \[2026-11-25\]/],
		['dateEntered = [today]', /write dateEntered >= \[today\] and dateEntered < \[tomorrow\]/],
		['lastUpdated = [last month]', /< \[this month\]/],
		['dateEntered = today', /Try: dateEntered = \[today\]/],
		['requiredDate = tomorrow', /Try: requiredDate = \[tomorrow\]/],
		['requiredDate < 30 days', /\+30 days for ahead/],
	];
	for (const [conditions, says] of refused)
		it(`${conditions} is refused`, ({ expect }) =>
			expect(String(prepare('tickets.list', { conditions }, NOW))).toMatch(says));
});

describe('a zone as vendors call it', () => {
	const cases: [name: string, zone: string | null][] = [
		['EST', 'America/New_York'],
		['MST', 'America/Denver'],
		['BST', 'Europe/London'],
		['IST', null],
		['Eastern Daylight Time', 'America/New_York'],
		['W. Europe Daylight Time', 'Europe/Berlin'],
		['AUS Eastern Daylight Time', 'Australia/Sydney'],
		['Mitteleuropäische Zeit', 'Europe/Berlin'],
		['Hora estándar romance', 'Europe/Madrid'],
		['West-Europa (standaardtijd)', 'Europe/Amsterdam'],
		['Nepal Standard Time', 'Asia/Katmandu'],
		['Newfoundland Standard Time', 'America/St_Johns'],
		['GMT Standard Time', 'Europe/London'],
		['GMT+1', null],
	];
	for (const [name, zone] of cases)
		it(`${name} is ${zone}`, ({ expect }) =>
			expect(ianaName({ names: [name] }, zones.names, Date.parse('2026-11-27'))).toBe(zone));
	it('is no abbreviation in a server’s config, which the database takes for a zone without daylight saving', ({
		expect,
	}) => {
		for (const name of ['EST', 'est', 'MST', 'IST', 'BST']) expect(zoneName(name)).toBeNull();
		for (const name of ['UTC', 'GMT', 'CET', 'EST5EDT', 'Japan']) expect(zoneName(name)).not.toBeNull();
	});
});

describe('a period in other words', () => {
	for (const [said, meant] of [
		['previous month', 'last month'],
		['current week', 'this week'],
		['following quarter', 'next quarter'],
	])
		it(`${said} is ${meant}`, ({ expect }) => {
			const of = (text = '') => requireCall('tickets.list', { entered_before: text }).args.conditions;
			expect(of(said)).toBe(of(meant));
		});
	it('ends where the next begins', ({ expect }) =>
		expect(String(prepare('tickets.list', { entered_after: 'previous month', entered_before: 'last month' }))).toMatch(
			/the end is "this month"/,
		));
});

describe('every write', () => {
	const writing = connectWise.operations.filter(({ kind }) => kind === 'create' || kind === 'update');
	const keyOf = ({ resource, method }: (typeof writing)[number]) => `${resource}.${method}`;

	it('asks before it sends a text of blanks alone', ({ expect }) => {
		const taken = writing.flatMap((operation) =>
			[...operation.places]
				.filter(([, { in: at, schema }]) => at === 'body' && schema.type === 'string' && !schema.enum)
				.filter(([name]) => !unusualFaults(operation, { [name]: ' \n ' }).some(({ path }) => path === name))
				.map(([name]) => `${keyOf(operation)} ${name}`),
		);
		expect(taken).toEqual([]);
	});

	it('asks before it sends an end that lies before its beginning', ({ expect }) => {
		const taken = writing.flatMap((operation) => {
			const fields = [...operation.places].flatMap(([name, { in: at, additional }]): [string, string | null][] => {
				if (at !== 'body') return [];
				return additional ? [...additional().keys()].map((field) => [field, name]) : [[name, null]];
			});
			const containers = new Map(fields);
			return fields.flatMap(([end]) => {
				const start = end.replace('End', 'Start').replace(/^end(?=[A-Z])/, 'start');
				if (start === end || !containers.has(start)) return [];
				const args: Record<string, Record<string, unknown> | string> = {};
				for (const [name, value] of [
					[start, '2027-06-02T09:00:00Z'],
					[end, '2027-06-01T09:00:00Z'],
				] as const) {
					const container = containers.get(name);
					if (!container) args[name] = value;
					else args[container] = { ...(args[container] as object | undefined), [name]: value };
				}
				return unusualFaults(operation, args).some(({ message }) => message.includes('lies before'))
					? []
					: [`${keyOf(operation)} ${start} ${end}`];
			});
		});
		expect(taken).toEqual([]);
	});
});

describe('one write in two spellings', () => {
	const keyOf = (args: Args) => {
		const { operation, args: values, page } = requireCall('ticket_notes.create', { ticket_id: 1, ...args });
		const request = describeRequest(connectWise.file, operation, values, page);
		return writeKey(new Uint8Array(32), 'mcp_cwp_1', 'x', request, values);
	};
	const same: [Args, Args][] = [
		[{ text: 'hi' }, { text: 'hi', detailDescriptionFlag: false, resolutionFlag: false, internalAnalysisFlag: true }],
		[{ text: 'hi' }, { text: ' hi\n', internalAnalysisFlag: 'True' }],
		[{ text: 'O’Brien said “no”' }, { text: `O'Brien said "no"` }],
		[{ text: 'a\u00a0b' }, { text: 'a b' }],
		[
			{ text: 'hi', member: { id: 157, identifier: 'dwilson' } },
			{ member: '157', text: 'hi' },
		],
	];
	for (const [one, other] of same)
		it(JSON.stringify(other), async ({ expect }) => expect(await keyOf(other)).toBe(await keyOf(one)));

	const others: [Args, Args][] = [
		[{ text: 'hi' }, { text: 'hi', detailDescriptionFlag: true }],
		[{ text: 'hi' }, { text: 'hi.' }],
		[{ text: 'hi' }, { text: 'Hi' }],
		[
			{ text: 'hi', member: 157 },
			{ text: 'hi', member: 153 },
		],
	];
	for (const [one, other] of others)
		it(`${JSON.stringify(other)} is another`, async ({ expect }) =>
			expect(await keyOf(other)).not.toBe(await keyOf(one)));
});
