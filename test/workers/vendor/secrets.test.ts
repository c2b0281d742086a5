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

	it('may be what a text is about', ({ expect }) => {
		expect(prepare('tickets.list', { conditions: 'summary contains "password token"' })).not.toBeInstanceOf(Array);
	});

	it('is set by no argument', ({ expect }) => {
		expect(prepare('members.update', { id: 151, additional_fields: { password: 'x' } })).toEqual([
			expect.stringMatching(/^additional_fields\.password unknown field/),
		]);
		for (const { places } of ['members.create', 'contacts.update'].map((key) => operationOf(connectWise, key)))
			expect(['password', 'portalPassword', 'token'].filter((name) => places.has(name))).toEqual([]);
	});
});
