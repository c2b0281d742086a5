// Arguments as people say them: what has one meaning is read, and no hint leads to the opposite. Pure tables.
import { describe, it } from 'vitest';
import type { Operation } from '../../../workers/integration/operations.ts';
import { nearest } from '../../../workers/lib/nearest.ts';
import { plainName } from '../../../workers/tools/given-arguments.ts';
import { checkJobArguments } from '../../../workers/tools/jobs/check-arguments.ts';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { connectWise, prepare, requestOf, requireCall } from '../calls/calls.ts';
import { operationOf } from '../integration/integrations.ts';

type Args = Record<string, unknown>;

describe('a value as people write it', () => {
	const asked: [key: string, args: Args, conditions: string][] = [
		['tickets.list', { closed: 'no' }, 'closedFlag = false'],
		['tickets.list', { closed: 'Yes' }, 'closedFlag = true'],
		['companies.list', { ids: 102 }, 'id in (102)'],
		['companies.list', { ids: '#102' }, 'id in (102)'],
		['agreements.list', { status: 'active' }, 'agreementStatus = "Active"'],
		['time_sheets.list', { status: 'pending approval' }, 'status = "PendingApproval"'],
		['time_entries.list', { billable_option: 'do-not-bill' }, 'billableOption = "DoNotBill"'],
		['invoices.list', { balance_over: '$1,200.00' }, 'balance > 1200'],
	];
	for (const [key, args, conditions] of asked)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) =>
			expect(requireCall(key, args).args.conditions).toBe(conditions));

	const WORK = { chargeToId: 1, member: 'jsmith', timeStart: '2026-11-24T09:00:00', actualHours: 1 };
	const set: [key: string, args: Args, body: Args][] = [
		['time_entries.create', { ...WORK, chargeToType: 'service ticket' }, { chargeToType: 'ServiceTicket' }],
		['time_entries.create', { ...WORK, billableOption: 'NO CHARGE' }, { billableOption: 'NoCharge' }],
		['invoice_payments.create', { invoice_id: 1, type: 'Check', amount: '$1,200.50' }, { amount: 1200.5 }],
		['contacts.create', { firstName: 'x', company: 1, inactive: 'yes' }, { inactiveFlag: true }],
		['tickets.merge', { id: 1, mergeTicketIds: 2, status: { id: 17 } }, { mergeTicketIds: [2] }],
		['tickets.merge', { id: 1, mergeTicketIds: '2', status: { id: 17 } }, { mergeTicketIds: [2] }],
	];
	for (const [key, args, body] of set)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => expect(requestOf(key, args).body).toMatchObject(body));

	const refused: [key: string, args: Args, says: RegExp][] = [
		['time_entries.create', { ...WORK, actualHours: '1h 30m' }, /actualHours must be a number.*in hours that is 1\.5/],
		['time_entries.create', { ...WORK, actualHours: '1:30' }, /in hours that is 1\.5/],
		['time_entries.create', { ...WORK, actualHours: '45 min' }, /in hours that is 0\.75/],
		['tickets.list', { closed: 'maybe' }, /closed must be a boolean/],
		['invoices.list', { balance_over: '1,200' }, /balance_over must be an integer/],
		['tickets.list', { priority: ['P1', 'P2'] }, /one name.*one call for each/],
	];
	for (const [key, args, says] of refused)
		it(`${key} ${JSON.stringify(args)} is refused`, ({ expect }) => expect(String(prepare(key, args))).toMatch(says));
});

describe('an argument in the spelling of another language', () => {
	const other = (name: string) =>
		name.includes('_')
			? name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
			: name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
	const read = (operation: Operation, args: Args) => validateArguments(operation, args, 'utc_seconds');

	it('is the argument, for each argument of every tool', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { example = {} } = operation.documentation;
			const names = Object.keys(example);
			if (names.some((name) => operation.places.has(other(name)) && other(name) !== name)) continue;
			const respelt = Object.fromEntries(names.map((name) => [other(name), example[name]]));
			expect(read(operation, respelt), operation.names.full).toEqual(read(operation, example));
		}
	});

	it('is refused beside the argument itself', ({ expect }) => {
		expect(String(prepare('tickets.list', { board_name: 'Help Desk', boardName: 'Alerts' }))).toMatch(
			/boardName means the same as board_name/,
		);
	});

	const lines: [key: string, args: Args, line: string][] = [
		['tickets.get', { ticket_id: '#14059' }, 'GET /service/tickets/14059'],
		['tickets.get', { ticketId: 14059 }, 'GET /service/tickets/14059'],
		['companies.get', { company_id: 102 }, 'GET /company/companies/102'],
	];
	const byId: [key: string, args: Args, argument: string, value: unknown][] = [
		['tickets.count', { company_id: 102 }, 'company_name', { id: 102 }],
		['tickets.list', { boardId: '#1' }, 'board_name', { id: 1 }],
		['company_sites.list', { company: 'Acme' }, 'company_id', 'Acme'],
		['board_statuses.list', { board_name: 'Help Desk' }, 'board_id', 'Help Desk'],
		['ticket_notes.create', { ticket: '#14059', text: 'x' }, 'ticket_id', 14059],
	];
	for (const [key, args, argument, value] of byId)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => {
			const { faults, values } = read(operationOf(connectWise, key), args);
			expect(faults).toEqual([]);
			expect(values[argument]).toEqual(value);
		});

	const events: [name: string, meant: string][] = [
		['created_after', 'entered_after'],
		['opened_before', 'entered_before'],
		['created_since', 'entered_after'],
		['modified_after', 'updated_after'],
		['changedBefore', 'updated_before'],
	];
	for (const [name, meant] of events)
		it(`${name} is told to be ${meant}, and nothing else`, ({ expect }) =>
			expect(prepare('tickets.list', { [name]: 'today' })).toEqual([
				`${name} unknown argument. Did you mean "${meant}"?`,
			]));

	const shorter: [key: string, args: Args, conditions: string][] = [
		['companies.list', { name: 'acme' }, 'name contains "acme"'],
		['projects.count', { Name: 'wifi' }, 'name contains "wifi"'],
		['purchase_orders.list', { vendor: 'Tidecrest' }, 'vendorCompany/name = "Tidecrest"'],
		['configurations.list', { serial: 'X1', ip: '10.0.0.5' }, 'serialNumber = "X1" and ipAddress = "10.0.0.5"'],
		['companies.list', { type: 'Prospect' }, 'types/name = "Prospect"'],
	];
	for (const [key, args, conditions] of shorter)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => {
			const { conditions: top, childConditions: child } = requireCall(key, args).args;
			expect(top ?? child).toBe(conditions);
		});
	for (const [key, args, line] of lines)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => expect(requestOf(key, args).line).toBe(line));
});

describe('the arguments of a whole job', () => {
	const schema = {
		properties: {
			ticket_id: { type: 'integer' as const },
			ids: { type: 'array' as const, items: { type: 'integer' as const } },
			visible: { type: 'boolean' as const },
			hours: { type: 'number' as const },
			bucket: { type: 'string' as const, enum: ['day', 'week'] },
			member: { type: 'string' as const },
		},
		required: [],
	};
	const cases: [given: Args, values: Args][] = [
		[{ ticket_id: '#14059' }, { ticket_id: 14059 }],
		[{ ticketId: 14059 }, { ticket_id: 14059 }],
		[{ ids: '1, #2' }, { ids: [1, 2] }],
		[{ ids: ['#1', '2'] }, { ids: [1, 2] }],
		[{ ids: 5 }, { ids: [5] }],
		[{ visible: 'yes' }, { visible: true }],
		[{ bucket: 'Week' }, { bucket: 'week' }],
		[{ member: { identifier: 'jsmith' } }, { member: 'jsmith' }],
		[{ member: { id: null, name: 'John Smith' } }, { member: 'John Smith' }],
		[{ member: { id: 151 } }, { member: '151' }],
	];
	for (const [given, values] of cases)
		it(JSON.stringify(given), ({ expect }) => expect(checkJobArguments(schema, given)).toEqual(values));
	it('an object that is no reference is refused', ({ expect }) => {
		for (const member of [{}, { email: 'a@b.example' }, { name: 'J', email: 'x' }, { name: ['J'] }])
			expect(JSON.stringify(checkJobArguments(schema, { member }))).toMatch(/member.*must be a text/);
	});
	it('hours as people say them are told in hours', ({ expect }) =>
		expect(JSON.stringify(checkJobArguments(schema, { hours: '30m' }))).toMatch(/in hours that is 0\.5/));
});

describe('a hint never leads to the opposite', () => {
	const opposites: [said: string, candidate: string][] = [
		['non-billable', 'Billable'],
		['not billable', 'Billable'],
		['unbillable', 'Billable'],
		['active', 'Inactive'],
		['inactive', 'Active'],
		['posted', 'unposted_invoices'.slice(0, 8)],
		['unapproved', 'approved'],
		['disabled', 'Enabled'],
	];
	for (const [said, candidate] of opposites)
		it(`${said} is not near ${candidate}`, ({ expect }) => expect(nearest(said, [candidate])).toEqual([]));
	it('and a word that only begins alike is', ({ expect }) => {
		expect(nearest('note', ['notes'])).toEqual(['notes']);
		expect(nearest('invoce', ['invoice'])).toEqual(['invoice']);
	});
});

describe('an argument that is known by another name', () => {
	const KINDS = new Set(['list', 'count', 'create', 'update']);
	const spellings = (name: string) => [
		name,
		name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
		name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
		name.toUpperCase(),
	];

	it('leads to the same place in every spelling, for every name that is known', ({ expect }) => {
		let known = 0;
		for (const operation of connectWise.operations.filter(({ kind }) => KINDS.has(kind))) {
			const { also_called = {}, not_settable = {} } = operation.resourceDocumentation;
			const ways = Object.entries(operation.readOnly ? also_called : { ...also_called, ...not_settable });
			for (const [name, way] of ways)
				for (const said of spellings(name)) {
					const { faults } = validateArguments(operation, { [said]: 'x' }, 'utc_seconds');
					const told = faults.find(({ path, message }) => path === said && message.startsWith('unknown argument'));
					// One that is an argument here, in another spelling, is read as such.
					if (!told) continue;
					// Two entries of one name may say it differently.
					const alike = ways.filter(([one]) => plainName(one) === plainName(name)).map(([, other]) => other);
					expect(
						[way, ...alike].some((one) => told.message.includes(one)),
						`${operation.names.full} ${said}: ${told.message}`,
					).toBe(true);
					known += 1;
				}
		}
		expect(known).toBeGreaterThan(300);
	});

	it('in a list is a field of its records, where no filter asks for it', ({ expect }) => {
		let fields = 0;
		for (const operation of connectWise.operations.filter(({ kind }) => kind === 'list')) {
			if (!operation.places.has('conditions')) continue;
			for (const name of operation.recordFields) {
				if (operation.arrayFields.has(name)) continue;
				const { faults } = validateArguments(operation, { [name]: 'x' }, 'utc_seconds');
				const told = faults.find(({ path, message }) => path === name && message.startsWith('unknown argument'));
				// Lists of other programs are paged by an offset.
				if (!told || name === 'offset') continue;
				fields += 1;
				// An opposite, another name of it or the name of a person's own says more.
				const isLed = /ask for it in conditions|^unknown argument\. (?!Known)(?!Did you mean)/i.test(told.message);
				expect(isLed, `${operation.names.full} ${name}: ${told.message}`).toBe(true);
			}
		}
		expect(fields).toBeGreaterThan(1_000);
	});

	const led: [key: string, args: Args, says: RegExp][] = [
		['tickets.create', { dueDate: '2027-01-01' }, /a write sets requiredDate/],
		['tickets.update', { id: 1, assigned_to: 'dave' }, /A write sets owner/],
		['tickets.update', { id: 1, closed: true }, /Set a status that closes/],
		['tickets.update', { id: 1, resources: 'a,b' }, /schedule entries/],
		['tickets.update', { id: 1, additional_fields: { resources: 'a' } }, /schedule entries/],
		['tickets.list', { site: 'Main' }, /ask for it in conditions, as site\/name/],
		['tickets.list', { sub_type: 'x' }, /ask for it in conditions, as subType\/name/],
		['tickets.list', { overdue: true }, /due_before today/],
		['contacts.update', { id: 1, email: 'a@b.example' }, /contact communications: create or update one/],
		['contacts.create', { firstName: 'Ann', phone: '1' }, /takes communicationItems/],
		['contacts.update', { id: 1, defaultPhoneNbr: '1' }, /contact communication/],
		['contacts.update', { id: 1, additional_fields: { defaultPhoneNbr: '1' } }, /contact communication/],
		['contacts.update', { id: 1, additional_fields: { mobile: '1' } }, /contact communications/],
	];
	for (const [key, args, says] of led)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => expect(String(prepare(key, args))).toMatch(says));

	it('and may be two things is asked for', ({ expect }) => {
		for (const key of ['tickets.create', 'tickets.update'])
			for (const name of ['contact_name', 'ContactName', 'contactname'])
				expect(String(prepare(key, { id: 1, summary: 'x', company: 1, board: 1, [name]: 'Jane Doe' }))).toMatch(
					/Give contact, a person at the company; contactName is a text/,
				);
		expect(requestOf('tickets.update', { id: 1, contactName: 'Jane Doe' }).body).toEqual([
			{ op: 'replace', path: 'contactName', value: 'Jane Doe' },
		]);
		expect(requireCall('tickets.list', { contactName: 'Jane Doe' }).args.conditions).toContain('contact/name');
	});
});

describe('an update that sets nothing', () => {
	it('is told as one by every tool', ({ expect }) => {
		for (const operation of connectWise.operations) {
			if (operation.kind !== 'update' || ![...operation.places.values()].some((place) => place.in === 'body')) continue;
			const ids = Object.fromEntries(
				[...operation.places].flatMap(([name, place]) =>
					place.in === 'path' ? [[name, place.schema.type === 'string' ? 'a' : 1]] : [],
				),
			);
			const { faults, notices } = validateArguments(operation, ids, 'utc_seconds');
			if (faults.length === 0)
				expect(notices, operation.names.full).toEqual(['No field was given to set or to empty: nothing is changed.']);
		}
	});
});

describe('a hint in conditions leads to what the vendor takes', () => {
	const refused: [key: string, conditions: string, says: RegExp][] = [
		['invoices.list', 'balance > $1,200.00', /balance is a number: 1200\.00\. Try: balance > 1200\.00/],
		['invoices.list', 'balance >= 1,200', /Try: balance >= 1200$/],
		['invoices.list', 'balance > "$500"', /Try: balance > 500$/],
		['invoices.list', 'balance > 0 and total < $5,000', /Try: balance > 0 and total < 5000$/],
		['tickets.list', 'actualHours > 2h', /Try: actualHours > 2$/],
		['tickets.list', 'actualHours > 2 hours and closedFlag = false', /Try: actualHours > 2 and closedFlag = false$/],
		['tickets.list', 'actualHours > 1:30', /actualHours is a number$/],
		['tickets.list', 'actualHours > estimatedHours', /two fields cannot be compared.*compare them$/],
		['tickets.list', 'budgetHours < actualHours', /two fields cannot be compared/],
		['projects.list', 'actualHours > budgetHours and closedFlag = false', /two fields cannot be compared/],
		['tickets.list', 'owner is empty', /Try: owner = null$/],
	];
	for (const [key, conditions, says] of refused)
		it(`${key} ${conditions}`, ({ expect }) => expect(String(prepare(key, { conditions }))).toMatch(says));
	for (const conditions of ['actualHours > 2', 'actualHours > "2"', 'budgetHours = null', 'id in (1, 2)'])
		it(`${conditions} passes`, ({ expect }) =>
			expect(requireCall('tickets.list', { conditions }).args.conditions).toBe(conditions));
});

describe('a day in words, wherever a call takes a time', () => {
	/** A Friday. */
	const NOW = { nowMs: Date.parse('2026-11-27T12:26:00Z') };
	const asked: [key: string, args: Args, conditions: string][] = [
		['tickets.list', { entered_after: 'Monday' }, 'dateEntered >= [2026-11-23T00:00:00Z]'],
		['tickets.list', { due_before: 'EOD' }, 'requiredDate < [2026-11-28T00:00:00Z]'],
		['tickets.list', { due_before: 'next friday' }, 'requiredDate < [2026-12-04T00:00:00Z]'],
		['tickets.count', { entered_after: '11/20/2026' }, 'dateEntered >= [2026-11-20T00:00:00Z]'],
		['tickets.list', { conditions: 'dateEntered > last sunday' }, 'dateEntered > [2026-11-22T00:00:00Z]'],
		['tickets.list', { conditions: 'dateEntered > [yesterday 5pm]' }, 'dateEntered > [2026-11-26T17:00:00Z]'],
		['tickets.list', { conditions: 'dateEntered > 3 months ago' }, 'dateEntered > [2026-08-27T12:26:00Z]'],
	];
	for (const [key, args, conditions] of asked)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) =>
			expect(requireCall(key, args, NOW).args.conditions).toBe(conditions));

	const WORK = { chargeToId: 1, chargeToType: 'ServiceTicket', member: 'jsmith', actualHours: 1 };
	const set: [key: string, args: Args, field: string, value: string][] = [
		['time_entries.create', { ...WORK, timeStart: 'yesterday 9am' }, 'timeStart', '2026-11-26T09:00:00Z'],
		['time_entries.create', { ...WORK, timeStart: '11/26/2026 9:00 AM' }, 'timeStart', '2026-11-26T09:00:00Z'],
		['tickets.update', { id: 1, requiredDate: 'next friday' }, 'requiredDate', '2026-12-04T00:00:00Z'],
		['tickets.update', { id: 1, requiredDate: '12/24/2026' }, 'requiredDate', '2026-12-24T00:00:00Z'],
		['tickets.update', { id: 1, requiredDate: 'end of month' }, 'requiredDate', '2026-11-30T00:00:00Z'],
	];
	for (const [key, args, field, value] of set)
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => expect(requireCall(key, args, NOW).args[field]).toBe(value));

	const refused: [key: string, args: Args, says: RegExp][] = [
		['tickets.list', { due_before: 'Wednesday' }, /2026-11-25 or 2026-12-02/],
		['tickets.list', { due_before: '2 months' }, /\+2 months for ahead/],
		['tickets.list', { conditions: 'requiredDate < monday' }, /2026-11-23 or 2026-11-30/],
		['tickets.update', { id: 1, requiredDate: 'friday' }, /2026-11-27 or 2026-12-04/],
		['tickets.update', { id: 1, requiredDate: '4/1/2027' }, /2027-04-01 or 2027-01-04/],
		['time_entries.create', { ...WORK, timeStart: 'yesterday' }, /timeStart must be a datetime/],
		['time_entries.create', { ...WORK, timeStart: 'friday 9am' }, /2026-11-27 or 2026-12-04/],
	];
	for (const [key, args, says] of refused)
		it(`${key} ${JSON.stringify(args)} is refused`, ({ expect }) =>
			expect(String(prepare(key, args, NOW))).toMatch(says));
});
