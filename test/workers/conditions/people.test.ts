// People and telephone numbers in filters: nobody, one of those that a field lists, and digits in any spelling.
import { describe, it } from 'vitest';
import { matchesExactly } from '../../../workers/conditions/compile.ts';
import { type Arguments, call, requireCall } from '../calls/calls.ts';

const asked = (key: string, args: Arguments) => {
	const { conditions, childConditions } = requireCall(key, args).args;
	return conditions ?? childConditions;
};

describe('a person in a filter', () => {
	it('may be nobody', ({ expect }) => {
		for (const word of ['none', 'Nobody', ' unassigned '])
			expect(asked('tickets.list', { assigned_to: word })).toBe('owner/id = null and resources = null');
		expect(asked('projects.list', { manager: 'none' })).toBe('manager/id = null');
		// A company may be called so.
		expect(asked('tickets.list', { company_name: 'None' })).toBe('company/name = "None"');
	});

	it('is no part of a longer name', ({ expect }) => {
		const rows = [
			{ id: 1, owner: { identifier: 'x', name: 'X' }, resources: 'jonas' },
			{ id: 2, owner: { identifier: 'x', name: 'X' }, resources: 'Jon, x' },
			{ id: 3, owner: { identifier: 'jon', name: 'Jon Doe' }, resources: 'y' },
			{ id: 4, owner: { identifier: 'x', name: 'X' }, resources: 'x,y, JON' },
			{ id: 5, owner: { identifier: 'x', name: 'X' }, resources: 'jon.a, bjon' },
		];
		const { structuredContent } = call('tickets.list', { assigned_to: 'jon', fields: '*' }, { body: rows });
		expect((structuredContent.result as { id: number }[]).map(({ id }) => id)).toEqual([2, 3, 4]);
	});

	it('is not compared again where the fields are not shown', ({ expect }) => {
		const rows = [{ id: 1, owner: { identifier: 'x' } }, { id: 2 }];
		const { structuredContent } = call('tickets.list', { assigned_to: 'jon' }, { body: rows });
		expect(structuredContent.result_count).toBe(2);
		expect(requireCall('tickets.count', { assigned_to: 'jon' }).args.conditions).toContain('resources like "jon,*"');
	});
});

describe('a telephone number', () => {
	const spellings = [
		'813-555-0142',
		'(813) 555-0142',
		'+1 813 555 0142',
		'8135550142',
		'813.555.0142',
		'1-813-555-0142',
	];
	for (const phone of spellings)
		it(`${phone} is found in every spelling`, ({ expect }) => {
			const [match] = requireCall('contacts.list', { phone }).exact;
			if (!match) throw new Error('nothing to compare');
			const passes = (value: string) => matchesExactly({ communicationItems: [{ value }] }, match);
			for (const kept of [...spellings, '+18135550142 ext. 5']) expect([kept, passes(kept)]).toEqual([kept, true]);
			expect(['813-555-0143', '8135551', 'jane@example.com'].some(passes)).toBe(false);
		});

	it('of another country goes without what dials the country', ({ expect }) => {
		const [match] = requireCall('contacts.list', { phone: '+44 20 7946 0958' }).exact;
		if (!match) throw new Error('nothing to compare');
		for (const value of ['020 7946 0958', '+442079460958', '0044 20 7946 0958'])
			expect(matchesExactly({ communicationItems: [{ value }] }, match)).toBe(true);
	});

	it('of few digits is a part', ({ expect }) => {
		expect(asked('contacts.list', { phone: '555' })).toBe('communicationItems/value contains "555"');
	});
});
