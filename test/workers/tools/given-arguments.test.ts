// Arguments as real clients send them: strict schemas (every property, null where nothing is meant), JSON as text,
// bookkeeping of the client's own, and names as the vendor and its articles write them.
import { describe, it } from 'vitest';
import { isReference } from '../../../workers/integration/arguments.ts';
import type { Operation } from '../../../workers/integration/operations.ts';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { type Arguments, call, connectWise, prepare, requestOf } from '../calls/calls.ts';
import { operationOf } from '../integration/integrations.ts';

const read = (operation: Operation, args: Arguments) => validateArguments(operation, args, 'utc_seconds');
const readFor = (key: string, args: Arguments) => read(operationOf(connectWise, key), args);
const linesOf = ({ faults }: ReturnType<typeof read>) => faults.map(({ path, message }) => `${path} ${message}`.trim());

const EMPTY_VALUES = [null, '', [], {}];

describe('what is empty is not given', () => {
	const writes = connectWise.operations.filter(({ kind }) => kind === 'create' || kind === 'update');

	it('null for every argument of any tool is as if it were left out', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const all = Object.fromEntries([...operation.places].map(([name]) => [name, null]));
			const given = { ...all, ...operation.documentation.example };
			const { faults, values } = read(operation, given);
			const without = read(operation, { ...operation.documentation.example });
			expect(faults, operation.names.full).toEqual(without.faults);
			expect(values, operation.names.full).toEqual(without.values);
		}
	});

	it('an empty text, list or object in a body sets and clears nothing', ({ expect }) => {
		for (const operation of writes) {
			for (const [name, place] of operation.places) {
				if (place.in !== 'body' || operation.required.includes(name)) continue;
				if (operation.documentation.example?.[name] !== undefined) continue;
				for (const value of EMPTY_VALUES) {
					const { values } = read(operation, { ...operation.documentation.example, [name]: value });
					expect(values, `${operation.names.full} ${name}`).not.toHaveProperty(name);
				}
			}
		}
	});

	it('a reference whose keys are all null is not given; its empty keys go, too', ({ expect }) => {
		for (const operation of writes) {
			for (const [name, place] of operation.places) {
				if (place.in !== 'body' || !isReference(place) || operation.required.includes(name)) continue;
				const keys = place.references?.[0]?.keys ?? [];
				const example = { ...operation.documentation.example };
				delete example[name];
				const none = Object.fromEntries(keys.map((key) => [key, null]));
				expect(read(operation, { ...example, [name]: none }).values).not.toHaveProperty(name);
				if (!keys.includes('id')) continue;
				expect(read(operation, { ...example, [name]: { ...none, id: 5 } }).values[name]).toEqual({ id: 5 });
			}
		}
	});

	it('a rename removes nothing, and says what it left', ({ expect }) => {
		const given = { owner: null, contact: null, type: null, agreement: null, requiredDate: null, source: null };
		const { values, notices } = readFor('tickets.update', { id: 7, summary: 'Renamed only', ...given });
		expect(values).toEqual({ id: 7, summary: 'Renamed only' });
		expect(notices).toEqual([
			'Unchanged, since no value was given: owner, contact, type, agreement, requiredDate and 1 more. To empty a field, name it in clear.',
		]);
	});

	it('an update whose every change is empty is refused with the way to empty a field', ({ expect }) => {
		expect(linesOf(readFor('tickets.update', { id: 7 }))).toEqual([]);
		for (const more of [{ owner: null }, { summary: '' }, { additional_fields: { externalXRef: null } }])
			expect(linesOf(readFor('tickets.update', { id: 7, ...more }))).toEqual([
				'change nothing: give a field to set, or name one to empty in clear',
			]);
	});

	const filters: { key: string; args: Arguments; says: string[] }[] = [
		{ key: 'tickets.list', args: { company_name: '' }, says: ['Not used, since empty: company_name.'] },
		{ key: 'tickets.list', args: { custom_field: {} }, says: ['Not used, since empty: custom_field.'] },
		{
			key: 'tickets.count',
			args: { company_name: '', conditions: '' },
			says: ['Not used, since empty: company_name, conditions.'],
		},
		{ key: 'tickets.list', args: { company_name: null, limit: null, closed: null, next_cursor: null }, says: [] },
		{ key: 'tickets.list', args: { limit: '', next_cursor: '' }, says: [] },
	];
	for (const { key, args, says } of filters)
		it(`a filter that is ${JSON.stringify(args)} is not used (${key})`, ({ expect }) => {
			const { faults, values, notices } = readFor(key, args);
			expect({ faults, values, notices }).toEqual({ faults: [], values: {}, notices: says });
		});

	it('is told in the notice of the answer', ({ expect }) => {
		const { structuredContent } = call('tickets.list', { company_name: '' }, { body: [{ id: 1 }] });
		expect(structuredContent.notice).toBe('Not used, since empty: company_name.');
	});

	it('an empty `ids` would list everybody, so it is refused', ({ expect }) => {
		for (const operation of connectWise.operations)
			for (const [name, { in: place, schema }] of operation.places) {
				if (place !== 'filter' || schema.type !== 'array') continue;
				const key = `${operation.resource}.${operation.method}`;
				const example = { ...operation.documentation.example };
				for (const value of [[], '', '[]', {}])
					expect(prepare(key, { ...example, [name]: value }), key).toEqual([
						`${name} must not be empty, since all would be listed: give ids, or leave it out`,
					]);
				expect(read(operation, { [name]: null }).faults.some(({ path }) => path === name)).toBe(false);
			}
	});
});

describe('clear', () => {
	const cases: { name: string; clear: unknown; values?: Arguments; says?: RegExp }[] = [
		{ name: 'one field', clear: ['owner'], values: { id: 7, owner: null } },
		{ name: 'as JSON text', clear: '["owner","contact"]', values: { id: 7, owner: null, contact: null } },
		{ name: 'as a text', clear: 'owner', values: { id: 7, owner: null } },
		{
			name: 'a field among the others',
			clear: ['externalXRef'],
			values: { id: 7, additional_fields: { externalXRef: null } },
		},
		{
			name: 'what the vendor demands',
			clear: ['summary'],
			says: /^clear\[0\] summary cannot be empty: ConnectWise PSA demands/,
		},
		{ name: 'a truth value', clear: ['approved'], says: /^clear\[0\] approved is true or false/ },
		{ name: 'custom fields', clear: ['customFields'], says: /^clear\[0\] customFields is emptied entry by entry/ },
		{ name: 'no field', clear: ['ownr'], says: /^clear\[0\] "ownr" is no field of this record\. Did you mean "owner"/ },
		{ name: 'the id', clear: ['id'], says: /is no field/ },
		{ name: 'no list', clear: 5, says: /^clear must be an array of field names/ },
	];
	for (const { name, clear, values, says } of cases)
		it(`takes or refuses ${name}`, ({ expect }) => {
			const result = readFor('tickets.update', { id: 7, clear });
			if (values) expect(result.values).toEqual(values);
			else expect(linesOf(result)[0]).toMatch(says as RegExp);
		});

	it('empties by what the data of the integration says', ({ expect }) => {
		expect(requestOf('tickets.update', { id: 7, clear: ['owner', 'externalXRef'] }).body).toEqual([
			{ op: 'remove', path: 'owner' },
			{ op: 'remove', path: 'externalXRef' },
		]);
		expect(requestOf('cases.update', { id: 'a', clear: ['priority'] }).body).toEqual({ priority: null });
	});

	it('and a value for the same field contradict each other', ({ expect }) => {
		expect(linesOf(readFor('tickets.update', { id: 7, owner: 5, clear: ['owner'] }))[0]).toMatch(
			/set in the same call/,
		);
	});

	it('joins what additional_fields sets, in any order', ({ expect }) => {
		const expected = { externalXRef: null, department: { id: 4 } };
		const set = { additional_fields: { department: 4 } };
		const clear = { clear: ['externalXRef'] };
		expect(readFor('tickets.update', { id: 7, ...set, ...clear }).values.additional_fields).toEqual(expected);
		expect(readFor('tickets.update', { id: 7, ...clear, ...set }).values.additional_fields).toEqual(expected);
	});
});

describe('other spellings of an argument', () => {
	const cases: { key: string; args: Arguments; as: Arguments }[] = [
		{ key: 'tickets.update', args: { id: 1, 'status/id': 14 }, as: { id: 1, status: { id: 14 } } },
		{ key: 'tickets.update', args: { id: 1, 'status.id': '14' }, as: { id: 1, status: { id: 14 } } },
		{
			key: 'tickets.create',
			args: { summary: 'x', 'company/id': 102, 'board/name': 'Help Desk' },
			as: { summary: 'x', company: { id: 102 }, board: { name: 'Help Desk' } },
		},
		{
			key: 'tickets.update',
			args: { id: 1, 'owner/identifier': 'jsmith' },
			as: { id: 1, owner: { identifier: 'jsmith' } },
		},
		{ key: 'tickets.update', args: { id: 1, priority: 'High' }, as: { id: 1, priority: { name: 'High' } } },
		{
			key: 'tickets.update',
			args: { id: 1, 'status/id': 14, 'status/name': 'New' },
			as: { id: 1, status: { id: 14, name: 'New' } },
		},
		{ key: 'tickets.update', args: { id: 1, summary: 'x', 'status/id': null }, as: { id: 1, summary: 'x' } },
		{ key: 'tickets.list', args: { board: 'Help Desk' }, as: { board_name: 'Help Desk' } },
		{
			key: 'tickets.list',
			args: { status: 'New', company: 102, priority: 'High' },
			as: { status_name: 'New', company_name: { id: 102 }, priority_name: 'High' },
		},
		{ key: 'tickets.list', args: { 'board/id': 4 }, as: { board_name: { id: 4 } } },
		{ key: 'tickets.count', args: { 'board/name': 'Help Desk' }, as: { board_name: { name: 'Help Desk' } } },
	];
	for (const { key, args, as } of cases)
		it(`${JSON.stringify(args)} (${key})`, ({ expect }) => {
			expect(readFor(key, args)).toMatchObject({ faults: [], values: as });
		});

	it('beside the argument itself contradict it', ({ expect }) => {
		expect(linesOf(readFor('tickets.update', { id: 1, status: 'New', 'status/id': 14 }))).toEqual([
			'status/id means the same as status: give one of them',
		]);
		expect(linesOf(readFor('tickets.list', { board: 'A', board_name: 'B' }))).toEqual([
			'board means the same as board_name: give one of them',
		]);
	});

	/** Empty in each way that a client of strict schemas sends. */
	const NOTHING = [null, '', [], {}, { id: null }, { name: '' }];
	const spellings = [
		{ key: 'tickets.list', more: {}, argument: 'board_name', names: ['board', 'board/name', 'board.id'] },
		{ key: 'tickets.count', more: {}, argument: 'status_name', names: ['status', 'status/name', 'status/id'] },
		{
			key: 'tickets.update',
			more: { id: 1, summary: 'x' },
			argument: 'status',
			names: ['status/name', 'status.id'],
		},
	];
	for (const { key, more, argument, names } of spellings)
		for (const name of names) {
			it(`${name}, empty, is reported as an empty ${argument} is (${key})`, ({ expect }) => {
				for (const empty of EMPTY_VALUES) {
					const as = readFor(key, { ...more, [argument]: empty });
					expect(readFor(key, { ...more, [name]: empty }), JSON.stringify(empty)).toEqual(as);
				}
			});

			it(`${name} and ${argument}, one of them empty, are the one that is not, in any order (${key})`, ({ expect }) => {
				const value = /id$/.test(name) ? 4 : 'New';
				const as = readFor(key, { ...more, [name]: value });
				expect(as.faults).toEqual([]);
				for (const empty of NOTHING) {
					const first = { ...more, [argument]: empty, [name]: value };
					const last = { ...more, [name]: value, [argument]: empty };
					for (const args of [first, last]) expect(readFor(key, args), JSON.stringify(args)).toEqual(as);
				}
				for (const empty of EMPTY_VALUES) {
					const alone = readFor(key, { ...more, [argument]: 'New' });
					for (const args of [
						{ ...more, [name]: empty, [argument]: 'New' },
						{ ...more, [argument]: 'New', [name]: empty },
					])
						expect(readFor(key, args), JSON.stringify(args)).toEqual(alone);
				}
			});
		}

	it('works for every reference of every write', ({ expect }) => {
		for (const operation of connectWise.operations.filter(({ class: kind }) => kind === 'write'))
			for (const [name, place] of operation.places) {
				if (place.in !== 'body' || !isReference(place) || !place.references?.[0]?.keys.includes('id')) continue;
				const example = { ...operation.documentation.example };
				delete example[name];
				const { faults, values } = read(operation, { ...example, [`${name}/id`]: 7 });
				expect(faults, `${operation.names.full} ${name}`).toEqual([]);
				expect(values[name]).toEqual({ id: 7 });
			}
	});
});

describe('JSON text is read as the declared type', () => {
	const cases: { key: string; args: Arguments; as: Arguments }[] = [
		{ key: 'tickets.get', args: { id: '12345' }, as: { id: 12345 } },
		{ key: 'tickets.list', args: { closed: 'false', limit: '50' }, as: { closed: false, limit: 50 } },
		{ key: 'companies.list', args: { ids: '[1,2]' }, as: { ids: [1, 2] } },
		{ key: 'companies.list', args: { ids: ['1', 2] }, as: { ids: [1, 2] } },
		{
			key: 'tickets.update',
			args: { id: 7, customFields: '[{"id":5,"value":true}]' },
			as: { id: 7, customFields: [{ id: 5, value: true }] },
		},
		{ key: 'tickets.update', args: { id: 7, status: '{"id":14}' }, as: { id: 7, status: { id: 14 } } },
		{ key: 'tickets.update', args: { id: 7, status: { id: '14' } }, as: { id: 7, status: { id: 14 } } },
		{ key: 'tickets.update', args: { id: 7, budgetHours: '-0.5' }, as: { id: 7, budgetHours: -0.5 } },
		{
			key: 'tickets.update',
			args: { id: 7, additional_fields: '{"externalXRef":"a"}' },
			as: { id: 7, additional_fields: { externalXRef: 'a' } },
		},
		{ key: 'tickets.list', args: { custom_field: '{"Region":"West"}' }, as: { custom_field: { Region: 'West' } } },
		{ key: 'tickets.list', args: { company_name: '{"id":5}' }, as: { company_name: { id: 5 } } },
		{
			key: 'ticket_notes.create',
			args: { ticket_id: '5', text: '{"a":1}', internalAnalysisFlag: 'true' },
			as: { ticket_id: 5, text: '{"a":1}', internalAnalysisFlag: true },
		},
		{ key: 'tickets.list', args: { summary_contains: '123' }, as: { summary_contains: '123' } },
	];
	for (const { key, args, as } of cases)
		it(`${JSON.stringify(args)} (${key})`, ({ expect }) => {
			expect(readFor(key, args)).toMatchObject({ faults: [], values: as });
		});

	const refused: Arguments[] = [{ id: '12x' }, { id: '1e3' }, { id: ' ' }, { id: '12345678901234567' }, { id: 'true' }];
	for (const args of refused)
		it(`${JSON.stringify(args)} is none`, ({ expect }) => {
			expect(readFor('tickets.get', args).faults).not.toEqual([]);
		});
});

describe('what a client adds by itself', () => {
	it('is left out and told', ({ expect }) => {
		const added = { toolCallId: 'call_1', sessionId: 'a', action: 'sendMessage', chatInput: 'x' };
		expect(readFor('tickets.list', { limit: 1, ...added })).toEqual({
			faults: [],
			values: { limit: 1 },
			notices: ['Ignored, no arguments of this tool: toolCallId, sessionId, action, chatInput.'],
		});
	});

	it('is an argument where the tool has one of that name', ({ expect }) => {
		const own = connectWise.operations.filter(({ places }) => places.has('action'));
		for (const operation of own) expect(read(operation, { action: 'x' }).notices).toEqual([]);
	});
});

describe('a field that no update sets', () => {
	const cases: { key: string; args: Arguments; says: RegExp }[] = [
		{
			key: 'tickets.update',
			args: { id: 1, closedFlag: true },
			says: /^closedFlag unknown argument\. It cannot be set here\. Set a status that closes/,
		},
		{
			key: 'tickets.update',
			args: { id: 1, additional_fields: { closedFlag: true } },
			says: /^additional_fields\.closedFlag cannot be set here\. Set a status/,
		},
		{ key: 'tickets.update', args: { id: 1, additional_fields: { actualHours: 99 } }, says: /log time/ },
		{ key: 'contacts.update', args: { id: 1, communicationItems: [{ value: 'a@b.c' }] }, says: /records of their own/ },
		{
			key: 'contacts.update',
			args: { id: 1, additional_fields: { communicationItems: [{ value: 'a' }] } },
			says: /records of their own/,
		},
	];
	for (const { key, args, says } of cases)
		it(`${JSON.stringify(args)} (${key})`, ({ expect }) => {
			expect(linesOf(readFor(key, args))[0]).toMatch(says);
		});
});
