// Names as people say them, and the candidates that they name.
import { describe, it } from 'vitest';
import { candidatesOf } from '../../../workers/calls/names/lookup-plan.ts';
import { namedBy, namedByPart } from '../../../workers/calls/names/match-names.ts';

const table = (...names: string[]) =>
	candidatesOf(
		{ lookup: { path: '/x', match: ['name'] }, key: null },
		names.map((name, index) => ({ id: index + 1, name })),
	);
const PEOPLE = candidatesOf(
	{ lookup: { path: '/x', match: ['identifier'], person: ['firstName', 'lastName'] }, key: null },
	[
		{ id: 1, identifier: 'jonas', firstName: 'Jonas', lastName: 'Berg' },
		{ id: 2, identifier: 'jdoe', firstName: 'Jane', lastName: 'van der Doe' },
		{ id: 3, identifier: 'tnguyen', firstName: 'Tom', lastName: 'Nguyen' },
	],
);

describe('a name in another spelling', () => {
	const same: [said: string, kept: string][] = [
		['O\u2019Brien Ltd', "O'Brien Ltd"],
		["O'Brien Ltd", 'O\u2019Brien Ltd'],
		['Cafe\u0301 Mu\u0308ller', 'Caf\u00e9 M\u00fcller'],
		['cafe muller', 'Caf\u00e9 M\u00fcller'],
		['  Acme\u00a0 Corp ', 'Acme Corp'],
		['A\u2013B Services', 'A-B Services'],
		['helpdesk', 'Help Desk'],
		['HELP-DESK', 'Help Desk'],
		['\u201cWest\u201d & Sons', '"West" & Sons'],
	];
	for (const [said, kept] of same)
		it(`${said} is ${kept}`, ({ expect }) => {
			expect(namedBy(said, table('Other', kept)).map(({ name }) => name)).toEqual([kept]);
		});

	it('comes behind an equal one', ({ expect }) => {
		expect(namedBy('Helpdesk', table('Help Desk', 'helpdesk')).map(({ id }) => id)).toEqual([2]);
	});
});

describe('a part of a name', () => {
	const parts: [said: string, names: string[], found: number[]][] = [
		['Acme', ['Acme Corp', 'Acmetric Inc'], [1]],
		['Acme', ['Acme Corp', 'Acme Ltd'], [1, 2]],
		['P1', ['Priority 1 - Critical', 'Priority 10', 'Priority 2'], [1]],
		['p 2', ['Priority 1 - Critical', 'Priority 2 - High'], [2]],
		['critical', ['Priority 1 - Critical', 'Priority 2'], [1]],
		['work station', ['Managed workstation', 'Work at the station'], [2]],
		['ac', ['Acme Corp'], []],
		['!?', ['Acme Corp'], []],
	];
	for (const [said, names, found] of parts)
		it(`${said} of ${names.join(', ')}`, ({ expect }) => {
			expect(namedByPart(said, table(...names), false).map(({ id }) => id)).toEqual(found);
		});

	it('of a person is a whole word: jon is not Jonas', ({ expect }) => {
		const found = (said: string) => namedByPart(said, PEOPLE, true).map(({ id }) => id);
		expect(['jon', 'Tom', 'der Doe', 'Nguyen Tom'].map(found)).toEqual([[], [3], [2], [3]]);
		expect(namedBy('jon', PEOPLE)).toEqual([]);
	});
});

describe('a person as people write one', () => {
	const found = (said: string) => {
		const named = namedBy(said, PEOPLE, true);
		return (named.length > 0 ? named : namedByPart(said, PEOPLE, true)).map(({ id }) => id);
	};
	const cases: [said: string, ids: number[]][] = [
		['Jonas B.', [1]],
		['J. Berg', [1]],
		['J Doe', [2]],
		['Jane D', [2]],
		['D., Jane', [2]],
		['Doe, Jane', [2]],
		['@tnguyen', [3]],
		['Dr. Nguyen', [3]],
		['Jon B.', []],
		['Jonas S.', []],
		['J. S.', []],
		['tom@example.com', []],
	];
	for (const [said, ids] of cases) it(`${said} is ${ids}`, ({ expect }) => expect(found(said)).toEqual(ids));
});
