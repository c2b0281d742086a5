// What a vendor's record may hold that no model is to see, set or find out by asking.
import { describe, it } from 'vitest';
import { call, connectWise, prepare } from '../calls/calls.ts';
import { operationOf } from '../integration/integrations.ts';

const MEMBER = {
	id: 151,
	identifier: 'jsmith',
	password: 'hunter2',
	token: 'tok-9',
	timebasedOneTimePasswordActivated: true,
	reportsTo: { id: 1, identifier: 'boss', password: 'swordfish' },
};
const SECRETS = /hunter2|tok-9|swordfish/;

describe('a secret of a record', () => {
	const answers: { key: string; args: Record<string, unknown>; body: unknown }[] = [
		{ key: 'members.get', args: { id: 151 }, body: MEMBER },
		{ key: 'members.list', args: { fields: '*' }, body: [MEMBER] },
		{ key: 'members.update', args: { id: 151, title: 'x' }, body: MEMBER },
		{ key: 'my_members.get', args: {}, body: { ...MEMBER, corelyticsPassword: 'hunter2' } },
		{ key: 'contacts.get', args: { id: 7 }, body: { id: 7, portalPassword: 'hunter2' } },
	];
	for (const { key, args, body } of answers)
		for (const listFormat of ['records', 'table'] as const)
			it(`does not come back from ${key} as ${listFormat}`, ({ expect }) => {
				const result = call(key, args, { body }, { listFormat });
				expect(result.isError).toBe(false);
				expect(JSON.stringify(result.structuredContent)).not.toMatch(SECRETS);
				expect(result.text ?? '').not.toMatch(SECRETS);
			});

	it('leaves what only sounds like one', ({ expect }) => {
		const { structuredContent } = call('members.get', { id: 151 }, { body: MEMBER });
		expect(structuredContent).toMatchObject({ identifier: 'jsmith', timebasedOneTimePasswordActivated: true });
	});

	const questions: { key: string; args: Record<string, unknown>; fault: RegExp }[] = [
		{ key: 'members.list', args: { conditions: 'password like "a%"' }, fault: /conditions at 1: password is a secret/ },
		{ key: 'members.list', args: { conditions: 'id > 1 and (Token = "x")' }, fault: /token is a secret/ },
		{ key: 'members.count', args: { conditions: 'reportsTo/password contains "a"' }, fault: /password is a secret/ },
		{ key: 'members.list', args: { conditions: 'not password = null' }, fault: /password is a secret/ },
		{ key: 'members.list', args: { fields: 'id,password' }, fault: /fields names password, which is a secret/ },
		{ key: 'members.list', args: { orderBy: 'password asc' }, fault: /orderBy names password, which is a secret/ },
		{ key: 'contacts.list', args: { conditions: '[portalPassword] = "x"' }, fault: /fields stand without brackets/ },
	];
	for (const { key, args, fault } of questions)
		it(`is not asked for by ${JSON.stringify(args)}`, ({ expect }) => {
			const prepared = prepare(key, args);
			expect(Array.isArray(prepared) ? prepared.join('; ') : 'sent').toMatch(fault);
		});

	const readings = [
		String.raw`summary = "a\" or portalPassword like \"x%"`,
		String.raw`summary = "a\\" or portalPassword like \"x%"`,
		`summary contains 'a or portalPassword like b'`,
		`name = 'a' or name = ' or portalPassword = b'`,
		`name = "a" or name = 'b or portalPassword not like "x" and name = c'`,
	];
	for (const text of readings)
		it(`is compared with in no reading of ${text}`, ({ expect }) =>
			expect(Array.isArray(prepare('companies.list', { conditions: text }))).toBe(true));
	for (const text of [
		`summary contains 'password reset'`,
		String.raw`summary contains "say \"password\" now"`,
		`summary contains "portalPassword = x"`,
	])
		it(`may be spoken of in ${text}`, ({ expect }) =>
			expect(prepare('companies.list', { conditions: text })).not.toBeInstanceOf(Array));

	const COLUMNS = ['portalPassword', 'password', 'token', 'privateKey', 'clientSecret', 'nAblePassword'];
	/** Ways to write a field that the vendor, or what stands before it, might read as the column. */
	const spellings = (column: string): string[] => {
		const change = (at: number, text: string, skip = 0) => column.slice(0, at) + text + column.slice(at + skip);
		const wide = column.replace(/[a-z]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
		return [
			column.toUpperCase(),
			`reportsTo/${column}`,
			`${column}/x`,
			`reportsTo/${column}/id`,
			`reportsTo.${column}`,
			change(3, '.'),
			change(3, '/'),
			column.replace('a', 'а').replace('o', 'ο'),
			change(3, '\u200b'),
			change(3, '\u00ad'),
			change(3, '\ufe0f'),
			change(3, '\u0307'),
			change(1, column[0] === 'p' ? 'ạ' : 'ọ', 1),
			wide,
			column.replace(/s/i, 'ſ'),
			column.replace(/k/i, '\u212a'),
			change(2, '%50'),
			change(2, '_'),
			change(2, '-'),
			change(2, '\\'),
			change(2, '/**/'),
			`+${column}`,
			`-${column}`,
			`@${column}`,
			`$${column}`,
			`#${column}`,
			`~${column}`,
			`*${column}`,
			`${column}:1`,
			`${column}?`,
			`${column}{}`,
			`${column}/**/`,
			`${column}\\`,
			`${column}/`,
			`/${column}`,
			`\u00a0${column}`,
			`"${column}""`,
			`""${column}""`,
			`[${column}]`,
			`'${column}'`,
			`${column}[0]`,
			`${column}\0`,
		];
	};
	const OPERATORS = [' = "x"', ' like "a%"', '="x"', ' in ("x")', ' > "a"'];
	for (const column of COLUMNS) {
		// security: S-45
		it(`is compared with by no spelling of ${column}`, ({ expect }) => {
			const sent: string[] = [];
			for (const parameter of ['conditions', 'childConditions', 'customFieldConditions'])
				for (const spelling of spellings(column))
					for (const operator of OPERATORS)
						for (const text of [`${spelling}${operator}`, `id > 1 and not (${spelling}${operator})`])
							if (!Array.isArray(prepare('companies.list', { [parameter]: text }))) sent.push(`${parameter}: ${text}`);
			expect(sent).toEqual([]);
		});
	}
	for (const column of COLUMNS) {
		// security: S-45
		it(`is chosen and ordered by in no spelling of ${column}`, ({ expect }) => {
			const sent: string[] = [];
			for (const parameter of ['fields', 'orderBy'])
				for (const spelling of spellings(column))
					for (const text of [spelling, `id,${spelling}`, `id, ${spelling} desc`, `id asc,${spelling} DESC`])
						if (!Array.isArray(prepare('companies.list', { [parameter]: text }))) sent.push(`${parameter}: ${text}`);
			expect(sent).toEqual([]);
		});
	}

	const usual: [key: string, args: Record<string, unknown>][] = [
		['tickets.list', { orderBy: 'dateEntered desc', fields: 'id,summary,_info/lastUpdated' }],
		['tickets.list', { orderBy: 'priority/sort asc, id DESC', fields: '*' }],
		[
			'tickets.list',
			{ fields: ' id , summary ,', conditions: 'company/name = "x" and lastUpdated > [2026-01-01T00:00:00Z]' },
		],
		[
			'tickets.list',
			{
				customFieldConditions: 'caption="Room" and value="4"',
				conditions: 'not (id in (1,2)) or summary contains "token"',
			},
		],
	];
	for (const [key, args] of usual)
		it(`leaves ${JSON.stringify(args)}`, ({ expect }) => expect(prepare(key, args)).not.toBeInstanceOf(Array));

	// security: S-45
	it('does not come back under another spelling of its name', ({ expect }) => {
		const told = Object.fromEntries(
			[
				'PortalPassword',
				'Password',
				'portal_password',
				'portal-password',
				'ｐortalPassword',
				'pAſsword',
				'TOKEN',
				'private_key',
				'ClientSecret',
				'pass\u200bword',
				'pаsswоrd',
				'pοrtalPassword',
			].map((name) => [name, 'hunter2']),
		);
		const body = { id: 7, ...told, nested: { Token: 'tok-9', list: [{ 'Client Secret': 'swordfish' }] } };
		for (const listFormat of ['records', 'table'] as const) {
			const got = call('members.get', { id: 151 }, { body }, { listFormat });
			const listed = call('members.list', { fields: '*' }, { body: [body] }, { listFormat });
			expect(JSON.stringify([got, listed])).not.toMatch(SECRETS);
		}
	});

	it('or anything else is asked for by no text of any length', ({ expect }) => {
		for (const parameter of ['fields', 'orderBy'])
			expect(prepare('tickets.list', { [parameter]: 'id,'.repeat(3_000) })).toEqual([
				expect.stringMatching(/has 9000 characters, more than 8000/),
			]);
	});

	it('may be what a text is about', ({ expect }) => {
		expect(prepare('tickets.list', { conditions: 'summary contains "password token"' })).not.toBeInstanceOf(Array);
	});

	// security: S-45
	it('is set by no member of a list or object, in no spelling', ({ expect }) => {
		for (const name of [
			'portalPassword',
			'portal_password',
			'PORTALPASSWORD',
			'portal\u200bPassword',
			'pоrtalPassword',
			'token',
		])
			for (const args of [
				{ customFields: [{ id: 1, value: 'x', [name]: 'x' }] },
				{
					customFields: [
						{ id: 1, value: 'x' },
						{ id: 2, nested: { list: [{ [name]: 'x' }] } },
					],
				},
			])
				expect(prepare('companies.update', { id: 1, ...args })).toEqual(
					expect.arrayContaining([expect.stringContaining('is a secret: it cannot be set')]),
				);
	});

	it('is set by no argument', ({ expect }) => {
		expect(prepare('members.update', { id: 151, additional_fields: { password: 'x' } })).toEqual([
			expect.stringMatching(/^additional_fields\.password unknown field/),
		]);
		for (const { places } of ['members.create', 'contacts.update'].map((key) => operationOf(connectWise, key)))
			expect(['password', 'portalPassword', 'token'].filter((name) => places.has(name))).toEqual([]);
	});
});
