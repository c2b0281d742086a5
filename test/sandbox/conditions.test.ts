// The filter language of the simulated vendor: what it accepts, what it finds, what it refuses.

import { describe, it } from 'vitest';
import {
	compileChildConditions,
	compileConditions,
	compileCustomFieldConditions,
} from '../../sandbox/schema/conditions.ts';
import { parseConditions } from '../../sandbox/schema/conditions-grammar.ts';
import type { JsonObject } from '../../sandbox/schema/json.ts';
import { schemaOf } from '../../sandbox/schema/record-schemas.ts';
import { VendorError } from '../../sandbox/schema/vendor-errors.ts';

const tickets: JsonObject[] = [
	{
		id: 1,
		summary: 'VPN down [urgent] 100%',
		board: { id: 1, name: 'Help Desk' },
		closedFlag: false,
		severity: 'High',
		zip: '33607',
		budgetHours: 2.5,
		owner: { id: 151, identifier: 'jsmith' },
		_info: { lastUpdated: '2026-04-02T10:00:00Z', dateEntered: '2026-04-01T10:00:00Z' },
	},
	{
		id: 2,
		summary: 'Reset "admin" password',
		board: { id: 4, name: 'Network Support' },
		closedFlag: true,
		severity: 'Low',
		closedDate: '2026-04-03T10:00:00Z',
		_info: { lastUpdated: '2026-04-03T10:00:00Z', dateEntered: '2026-04-02T00:00:00Z' },
	},
	{
		id: 3,
		summary: "O'Brien cannot print",
		board: { id: 4, name: 'Network Support' },
		closedFlag: false,
		configuration: [{ id: 7 }, { id: 8 }],
		_info: { lastUpdated: '2026-04-05T10:00:00Z', dateEntered: '2026-04-05T10:00:00Z' },
	},
];

const found: { conditions: string; ids: number[] }[] = [
	{ conditions: 'id = 2', ids: [2] },
	{ conditions: 'id != 2', ids: [1, 3] },
	{ conditions: 'id>1 and id<=3', ids: [2, 3] },
	{ conditions: 'id = "2"', ids: [2] },
	{ conditions: 'budgetHours >= 2.5', ids: [1] },
	{ conditions: 'summary = "reset \\"ADMIN\\" password"', ids: [2] },
	{ conditions: `summary = 'Reset "admin" password'`, ids: [2] },
	{ conditions: `summary contains "o'brien"`, ids: [3] },
	{ conditions: 'summary not contains "vpn"', ids: [2, 3] },
	{ conditions: 'summary like "vpn*"', ids: [1] },
	{ conditions: 'summary like "%print"', ids: [3] },
	{ conditions: 'summary like "print"', ids: [] },
	{ conditions: 'summary not like "*print*"', ids: [1, 2] },
	{ conditions: 'summary contains "[[]urgent]"', ids: [1] },
	{ conditions: 'summary contains "[urgent]"', ids: [1, 2, 3] },
	{ conditions: 'summary like "*[[]urgent] 100[%]"', ids: [1] },
	{ conditions: 'summary = "VPN down [[]urgent] 100%"', ids: [1] },
	{ conditions: 'board/id in (3, 4)', ids: [2, 3] },
	{ conditions: 'board/name in ("help desk","x")', ids: [1] },
	{ conditions: 'board/id not in (4)', ids: [1] },
	{ conditions: 'Board/Id = 4 AND ClosedFlag = FALSE', ids: [3] },
	{ conditions: 'closedFlag=true', ids: [2] },
	{ conditions: 'owner/identifier = null', ids: [2, 3] },
	{ conditions: 'owner = null', ids: [2, 3] },
	{ conditions: 'owner/identifier != null', ids: [1] },
	// As in SQL: no owner is neither equal nor unequal to jsmith.
	{ conditions: 'owner/identifier != "jsmith"', ids: [] },
	{ conditions: 'severity = "high"', ids: [1] },
	{ conditions: 'zip = 33607', ids: [1] },
	{ conditions: 'lastUpdated > [2026-04-02T10:00:00Z]', ids: [2, 3] },
	{ conditions: 'lastUpdated >= [2026-04-02T12:00:00+02:00]', ids: [1, 2, 3] },
	{ conditions: '_info/lastUpdated < [2026-04-03]', ids: [1] },
	{ conditions: 'dateEntered >= [2026-04-02]', ids: [2, 3] },
	{ conditions: 'closedDate > [2026-04-03T09:59:59Z]', ids: [2] },
	{ conditions: 'id=1 or id=2 and closedFlag=false', ids: [1] },
	{ conditions: '(id=1 or id=2) and closedFlag=true', ids: [2] },
	{ conditions: '((id=1) OR (id=3))', ids: [1, 3] },
	{ conditions: 'configuration/id = 8', ids: [3] },
];

const refused: { conditions: string; status: number; message?: string }[] = [
	{ conditions: 'typeids = 1', status: 400, message: 'typeids is not a recognized name.' },
	{ conditions: 'board/colour = 1', status: 400, message: 'board/colour is not a recognized name.' },
	{ conditions: 'customFields/value = 1', status: 400, message: 'customFields/value is not a recognized name.' },
	{ conditions: 'board = 1', status: 400, message: 'board is not a recognized name.' },
	{ conditions: 'board contains "desk"', status: 400, message: 'board is not a recognized name.' },
	{ conditions: 'severity = "Huge"', status: 400, message: 'Enum value supplied was invalid' },
	{ conditions: 'closedFlag = "false"', status: 500, message: 'String was not recognized as a valid Boolean.' },
	{ conditions: 'lastUpdated > "2026-04-01"', status: 400 },
	{ conditions: 'lastUpdated > [yesterday]', status: 400 },
	{ conditions: 'id = abc', status: 400 },
	{ conditions: 'id = "abc"', status: 400 },
	{ conditions: 'id =', status: 400 },
	{ conditions: '= 1', status: 400 },
	{ conditions: 'id = 1 and', status: 400 },
	{ conditions: 'id = 1 id = 2', status: 400 },
	{ conditions: '(id = 1', status: 400 },
	{ conditions: 'id = 1)', status: 400 },
	{ conditions: 'id in 1', status: 400 },
	{ conditions: 'id in ()', status: 400 },
	{ conditions: 'id not = 1', status: 400 },
	{ conditions: 'not id = 1', status: 400 },
	{ conditions: 'id == 1', status: 400 },
	{ conditions: 'summary = "open', status: 400 },
	{ conditions: 'summary contains "a" ; drop', status: 400 },
	{ conditions: 'lastUpdated > [2026-04-01', status: 400 },
];

function thrownBy(run: () => unknown): VendorError | null {
	try {
		run();
		return null;
	} catch (error) {
		if (error instanceof VendorError) return error;
		throw error;
	}
}

describe('conditions', () => {
	for (const { conditions, ids } of found) {
		it(`${conditions} finds ${JSON.stringify(ids)}`, ({ expect }) => {
			const matches = compileConditions(conditions, schemaWithConfiguration());
			expect(tickets.filter(matches).map(({ id }) => id)).toEqual(ids);
		});
	}
	for (const { conditions, status, message } of refused) {
		it(`${conditions} answers ${status}`, ({ expect }) => {
			const error = thrownBy(() => compileConditions(conditions, schemaOf('Ticket')));
			expect(error?.answer.status).toBe(status);
			if (message) expect(JSON.parse(error?.answer.body ?? '{}').message).toBe(message);
		});
	}
	it('binds AND closer than OR', ({ expect }) => {
		const tree = parseConditions('id=1 or id=2 and id=3');
		expect(tree.kind === 'or' && tree.parts.map(({ kind }) => kind)).toEqual(['compare', 'and']);
	});
});

function schemaWithConfiguration() {
	const field = { name: 'configuration', type: { kind: 'ref', to: 'Configuration' }, required: false } as const;
	return new Map([...schemaOf('Ticket'), ['configuration', field] as const]);
}

const contact: JsonObject = {
	id: 1,
	communicationItems: [
		{ value: 'john@example.com', communicationType: 'Email' },
		{ value: '8135550142', communicationType: 'Phone' },
	],
	types: [{ id: 1, name: 'Primary' }],
	customFields: [
		{ id: 16, caption: 'Region', value: 'West' },
		{ id: 17, caption: 'Tier' },
		{ id: 18, caption: 'VIP', value: true },
	],
};

describe('childConditions', () => {
	const cases = [
		['communicationItems/value like "john@*" AND communicationItems/communicationType="Email"', true],
		['communicationItems/value like "john@*" AND communicationItems/communicationType="Phone"', false],
		['types/name="primary"', true],
		['types/name="Billing"', false],
	] as const;
	for (const [text, expected] of cases) {
		it(`${text} is ${expected}`, ({ expect }) => {
			expect(compileChildConditions(text, schemaOf('Contact'))(contact)).toBe(expected);
		});
	}
	it('refuses in, and fields that are no array', ({ expect }) => {
		for (const text of ['types/id in (1)', 'firstName = "x"', 'types/colour = 1']) {
			expect(thrownBy(() => compileChildConditions(text, schemaOf('Contact')))?.answer.status).toBe(400);
		}
	});
});

describe('customFieldConditions', () => {
	const cases = [
		['caption="Region" AND value="west"', true],
		['caption="Tier" AND value="west"', false],
		['caption="Region" AND value != null', true],
		['caption="Tier" AND value != null', false],
		['caption="VIP" AND value=True', true],
	] as const;
	for (const [text, expected] of cases) {
		it(`${text} is ${expected}`, ({ expect }) => {
			expect(compileCustomFieldConditions(text, schemaOf('Contact'))(contact)).toBe(expected);
		});
	}
	it('refuses in', ({ expect }) => {
		const error = thrownBy(() => compileCustomFieldConditions('caption in ("a")', schemaOf('Contact')));
		expect(error?.answer.status).toBe(400);
	});
});
