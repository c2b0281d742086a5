// Times in filters, conditions and writes, read in a server's time zone.
import { describe, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../workers/vendor/paging.ts';
import { type Arguments, connectWise, prepare, requireCall } from '../calls/calls.ts';

describe('times of a desk in New York', () => {
	// 16:20 of Thursday there.
	const NEW_YORK = {
		nowMs: Date.parse('2026-11-26T21:20:00Z'),
		timeZone: { name: 'America/New_York', isGuessed: false },
	};
	const cases: [key: string, args: Arguments, conditions: string][] = [
		[
			'schedule_entries.list',
			{ starts_after: 'today', starts_before: 'tomorrow' },
			'dateStart >= [2026-11-26T05:00:00Z] and dateStart < [2026-11-27T05:00:00Z]',
		],
		['time_entries.list', { started_after: '2026-11-01' }, 'timeStart >= [2026-11-01T04:00:00Z]'],
		[
			'tickets.count',
			{ entered_after: 'last month', entered_before: 'this month' },
			'dateEntered >= [2026-10-01T04:00:00Z] and dateEntered < [2026-11-01T04:00:00Z]',
		],
		['tickets.list', { updated_before: '7d' }, 'lastUpdated < [2026-11-19T21:20:00Z]'],
		['tickets.list', { updated_after: '2026-11-26T09:00' }, 'lastUpdated >= [2026-11-26T14:00:00Z]'],
		// Days keep their day.
		[
			'tickets.list',
			{ due_after: 'today', due_before: '+7d' },
			'requiredDate >= [2026-11-26T00:00:00Z] and requiredDate < [2026-12-03T00:00:00Z]',
		],
		[
			'agreements.list',
			{ ends_after: 'today', ends_before: '2027-01-25T00:00:00-05:00' },
			'endDate >= [2026-11-26T00:00:00Z] and endDate < [2027-01-25T00:00:00Z]',
		],
		['invoices.list', { dated_after: 'this month' }, 'date >= [2026-11-01T00:00:00Z]'],
		// Inside conditions.
		['tickets.list', { conditions: 'lastUpdated < 7d or id = 1' }, 'lastUpdated < [2026-11-19T21:20:00Z] or id = 1'],
		['tickets.list', { conditions: '_info/lastUpdated >= [today]' }, '_info/lastUpdated >= [2026-11-26T05:00:00Z]'],
		[
			'tickets.list',
			{ conditions: "dateEntered>='last month' and id>1" },
			'dateEntered>=[2026-10-01T04:00:00Z] and id>1',
		],
		['tickets.list', { conditions: 'dateEntered >= last month' }, 'dateEntered >= [2026-10-01T04:00:00Z]'],
		['tickets.list', { conditions: 'requiredDate < [tomorrow]' }, 'requiredDate < [2026-11-27T00:00:00Z]'],
		[
			'tickets.list',
			{ conditions: 'requiredDate = [2026-12-01T00:00:00+11:00]' },
			'requiredDate = [2026-12-01T00:00:00Z]',
		],
		['tickets.list', { conditions: 'lastUpdated > [2026-11-01]' }, 'lastUpdated > [2026-11-01T04:00:00Z]'],
		[
			'tickets.list',
			{ conditions: 'lastUpdated > [2026-11-01T00:00:00.000Z]' },
			'lastUpdated > [2026-11-01T00:00:00Z]',
		],
		[
			'tickets.list',
			{ conditions: 'lastUpdated > [2026-11-01T00:00:00+11:00]' },
			'lastUpdated > [2026-10-31T13:00:00Z]',
		],
	];
	for (const [key, args, conditions] of cases) {
		it(`${key} ${JSON.stringify(args)}`, ({ expect }) => {
			const { args: sent, sent: said } = requireCall(key, args, NEW_YORK);
			expect([sent.conditions, said?.conditions]).toEqual([conditions, conditions]);
		});
	}

	it('say the zone where it decided', ({ expect }) => {
		const zoneOf = (args: Arguments, timeZone = NEW_YORK.timeZone) =>
			requireCall('tickets.list', args, { ...NEW_YORK, timeZone }).sent?.time_zone;
		expect(zoneOf({ updated_after: 'today' })).toBe('America/New_York');
		expect(zoneOf({ conditions: 'lastUpdated > today' })).toBe('America/New_York');
		expect(zoneOf({ updated_after: 'today' }, { name: 'Etc/UTC', isGuessed: true })).toContain('guessed');
		expect(zoneOf({ updated_after: '2026-11-26T09:00:00Z' })).toBeUndefined();
	});

	it('bind their cursor to the zone', ({ expect }) => {
		const scopeIn = (name: string) =>
			requireCall('tickets.list', { updated_after: 'today' }, { timeZone: { name, isGuessed: false } }).scope;
		const cursor = encodeCursor({ offset: 25 }, scopeIn('America/New_York'));
		expect(decodeCursor(cursor, scopeIn('America/New_York'))).not.toBeNull();
		expect(decodeCursor(cursor, scopeIn('Europe/London'))).toBeNull();
	});

	const refused: [key: string, args: Arguments, says: RegExp][] = [
		['agreements.list', { ends_after: 'today', ends_before: '60d' }, /^ends_before .*\+60d for ahead, or -60d for ago/],
		['tickets.list', { conditions: 'requiredDate < [30d]' }, /^conditions at 16: requiredDate could mean two things/],
		['schedule_entries.list', { starts_after: 'tomorrow', starts_before: 'tomorrow' }, /the end is "2026-11-28"$/],
		['time_entries.list', { started_after: 'last month', started_before: 'last month' }, /the end is "this month"$/],
		[
			'tickets.list',
			{ entered_after: '2026-11-02', entered_before: '2026-11-01' },
			/^entered_before ends the interval/,
		],
		['tickets.list', { updated_after: 'today', conditions: 'lastUpdated < [yesterday]' }, /Nothing can lie there/],
		['tickets.list', { updated_after: '2026-03-08T02:30' }, /clocks in America\/New_York jump over/],
	];
	for (const [key, args, says] of refused) {
		it(`${key} ${JSON.stringify(args)} is refused`, ({ expect }) =>
			expect(prepare(key, args, NEW_YORK)).toEqual([expect.stringMatching(says)]));
	}

	it('are written as they are said', ({ expect }) => {
		const write = (key: string, args: Arguments) => requireCall(key, args, NEW_YORK);
		const day = write('tickets.update', { id: 7, requiredDate: '2026-12-01T00:00:00+11:00' });
		expect([day.args.requiredDate, day.sent]).toEqual(['2026-12-01T00:00:00Z', null]);
		const visit = {
			member: 'x',
			type: { id: 4 },
			objectId: 1,
			dateStart: '2026-12-01T14:00',
			dateEnd: '2026-12-01T15:00:00-05:00',
		};
		const entry = write('schedule_entries.create', visit);
		expect([entry.args.dateStart, entry.args.dateEnd]).toEqual(['2026-12-01T19:00:00Z', '2026-12-01T20:00:00Z']);
		expect(entry.sent).toEqual({ dateStart: '2026-12-01T19:00:00Z', time_zone: 'America/New_York' });
	});

	it('have two sides, and an example that fits', ({ expect }) => {
		for (const { places, documentation, names } of connectWise.operations) {
			for (const [name, { kind, op, looks_ahead }] of Object.entries(documentation.filters ?? {})) {
				if (kind !== 'time') continue;
				const other = name.endsWith('after') ? name.replace(/after$/, 'before') : name.replace(/before$/, 'after');
				expect([names.short, other, places.has(other)]).toEqual([names.short, other, true]);
				const [example] = places.get(name)?.schema.examples ?? [];
				const fitting = looks_ahead ? { '>=': 'today', '<': '+7d' } : { '>=': '7d', '<': 'today' };
				expect([names.short, name, example]).toEqual([names.short, name, fitting[op as '<']]);
			}
		}
	});
});
