// Times as people write them → UTC.
import { describe, it } from 'vitest';
import { ACCEPTED_TIMES, isRelativeTime, parseTime } from '../../../workers/lib/times.ts';

/** A Wednesday. */
const NOW_MS = Date.parse('2026-04-01T09:30:15.678Z');

describe('a time', () => {
	const cases: [text: string, iso: string][] = [
		['2026-04-01T09:00:00Z', '2026-04-01T09:00:00Z'],
		['2026-04-01T09:00:00+02:00', '2026-04-01T07:00:00Z'],
		['2026-04-01T09:00:00-0530', '2026-04-01T14:30:00Z'],
		['2026-04-01T09:00Z', '2026-04-01T09:00:00Z'],
		['2026-04-01 09:00:00.999z', '2026-04-01T09:00:00Z'],
		['2026-04-01', '2026-04-01T00:00:00Z'],
		[' 2024-02-29 ', '2024-02-29T00:00:00Z'],
		['now', '2026-04-01T09:30:15Z'],
		['Today', '2026-04-01T00:00:00Z'],
		['yesterday', '2026-03-31T00:00:00Z'],
		['TOMORROW', '2026-04-02T00:00:00Z'],
		['7d', '2026-03-25T09:30:15Z'],
		['-7d', '2026-03-25T09:30:15Z'],
		['+3d', '2026-04-04T09:30:15Z'],
		['24h', '2026-03-31T09:30:15Z'],
		['90m', '2026-04-01T08:00:15Z'],
		['2W', '2026-03-18T09:30:15Z'],
		['0d', '2026-04-01T09:30:15Z'],
		['this week', '2026-03-30T00:00:00Z'],
		['last week', '2026-03-23T00:00:00Z'],
		['next_week', '2026-04-06T00:00:00Z'],
		['this month', '2026-04-01T00:00:00Z'],
		['last month', '2026-03-01T00:00:00Z'],
		['next month', '2026-05-01T00:00:00Z'],
		['this year', '2026-01-01T00:00:00Z'],
		['last year', '2025-01-01T00:00:00Z'],
		['next year', '2027-01-01T00:00:00Z'],
	];
	for (const [text, iso] of cases) {
		it(`${text} is ${iso}`, ({ expect }) => expect(parseTime(text, NOW_MS)).toEqual({ iso }));
	}

	it('begins a week on Monday, seen from each of its days', ({ expect }) => {
		for (let day = 0; day < 7; day++) {
			const nowMs = Date.parse('2026-03-30T00:00:00Z') + day * 86_400_000 + 1;
			expect(parseTime('this week', nowMs)).toEqual({ iso: '2026-03-30T00:00:00Z' });
		}
	});

	it('turns months at the turn of the year', ({ expect }) => {
		expect(parseTime('last month', Date.parse('2026-01-31T23:59:59Z'))).toEqual({ iso: '2025-12-01T00:00:00Z' });
		expect(parseTime('next month', Date.parse('2026-12-31T23:59:59Z'))).toEqual({ iso: '2027-01-01T00:00:00Z' });
	});
});

describe('no time', () => {
	const cases: [text: string, part: string][] = [
		['2026-04-01T09:00:00', 'offset'],
		['2026-02-30', 'exist'],
		['2026-04-01T25:00:00Z', 'exist'],
		['2026-13-01T09:00:00', 'exist'],
		['0001-01-01', '1753'],
		['99999w', '1753'],
		...[
			'',
			' ',
			'7',
			'd',
			'7 d',
			'7y',
			'--7d',
			'7.5d',
			'123456d',
			'soon',
			'next tuesday',
			'04/01/2026',
			'1775034000',
		].map((text): [string, string] => [text, ACCEPTED_TIMES]),
		['x" OR 1=1', ACCEPTED_TIMES],
	];
	for (const [text, part] of cases) {
		it(`${JSON.stringify(text)} is told`, ({ expect }) => {
			const time = parseTime(text, NOW_MS);
			expect('fault' in time ? time.fault : time.iso).toContain(part);
		});
	}

	it('clips what it quotes', ({ expect }) => {
		const time = parseTime('7'.repeat(8_000), NOW_MS);
		expect('fault' in time && time.fault.length).toBeLessThan(450);
	});
});

it('knows which times move with the clock', ({ expect }) => {
	expect(['7d', ' Today', 'last month', '+3d'].every(isRelativeTime)).toBe(true);
	expect(['2026-04-01', 'New', '', '7'].some(isRelativeTime)).toBe(false);
});
