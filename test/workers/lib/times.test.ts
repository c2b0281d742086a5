// Times as people write them → UTC.
import { describe, it } from 'vitest';
import { addDays, dayAt, isoDay, offsetAt, startOfDay, zoneName } from '../../../workers/lib/time-zones.ts';
import {
	acceptedTimes,
	endOfPeriod,
	isBareAge,
	isRelativeTime,
	parseDay,
	parseTime,
	readDayWords,
} from '../../../workers/lib/times.ts';

/** A Wednesday. */
const NOW_MS = Date.parse('2026-04-01T09:30:15.678Z');
const ACCEPTED_TIMES = acceptedTimes('UTC');

/** In UTC, or where it is said. */
function read(text: string, nowMs: number, zone = 'UTC'): string {
	const time = parseTime(text, { nowMs, zone });
	return 'fault' in time ? time.fault : time.iso;
}

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
		['7 days ago', '2026-03-25T09:30:15Z'],
		['Past 7 days', '2026-03-25T09:30:15Z'],
		['last 24 hours', '2026-03-31T09:30:15Z'],
		['90 minutes', '2026-04-01T08:00:15Z'],
		['1h ago', '2026-04-01T08:30:15Z'],
		['in 3 days', '2026-04-04T09:30:15Z'],
		['next 3d', '2026-04-04T09:30:15Z'],
		['+3 days', '2026-04-04T09:30:15Z'],
		['2 weeks  from now', '2026-04-15T09:30:15Z'],
		['this week', '2026-03-30T00:00:00Z'],
		['last week', '2026-03-23T00:00:00Z'],
		['next_week', '2026-04-06T00:00:00Z'],
		['this month', '2026-04-01T00:00:00Z'],
		['last month', '2026-03-01T00:00:00Z'],
		['next month', '2026-05-01T00:00:00Z'],
		['this year', '2026-01-01T00:00:00Z'],
		['this quarter', '2026-04-01T00:00:00Z'],
		['last quarter', '2026-01-01T00:00:00Z'],
		['last year', '2025-01-01T00:00:00Z'],
		['next year', '2027-01-01T00:00:00Z'],
	];
	for (const [text, iso] of cases) {
		it(`${text} is ${iso}`, ({ expect }) => expect(read(text, NOW_MS)).toBe(iso));
	}

	it('begins a week on Monday, seen from each of its days', ({ expect }) => {
		for (let day = 0; day < 7; day++) {
			const nowMs = Date.parse('2026-03-30T00:00:00Z') + day * 86_400_000 + 1;
			expect(read('this week', nowMs)).toBe('2026-03-30T00:00:00Z');
		}
	});

	it('turns months at the turn of the year', ({ expect }) => {
		expect(read('last month', Date.parse('2026-01-31T23:59:59Z'))).toBe('2025-12-01T00:00:00Z');
		expect(read('next month', Date.parse('2026-12-31T23:59:59Z'))).toBe('2027-01-01T00:00:00Z');
	});
});

describe('no time', () => {
	const cases: [text: string, part: string][] = [
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
			'in 3 days ago',
			'-3 days ahead',
			'3 moons ago',
			'days ago',
			'--7d',
			'7.5d',
			'123456d',
			'soon',
			'fridayish',
			'13/13/2026',
			'11/27',
			'november',
			'noon tomorrow',
			'25:00',
			'13pm today',
			'this morning',
			'1775034000',
		].map((text): [string, string] => [text, ACCEPTED_TIMES]),
		['x" OR 1=1', ACCEPTED_TIMES],
	];
	for (const [text, part] of cases) {
		it(`${JSON.stringify(text)} is told`, ({ expect }) => {
			expect(read(text, NOW_MS)).toContain(part);
		});
	}

	it('clips what it quotes', ({ expect }) => {
		expect(read('7'.repeat(8_000), NOW_MS).length).toBeLessThan(600);
	});
});

describe('a day as people say it', () => {
	const FRIDAY_MS = Date.parse('2026-11-27T12:26:00Z');
	const WEDNESDAY_MS = Date.parse('2026-11-25T12:26:00Z');
	const SUNDAY_MS = Date.parse('2026-11-29T12:26:00Z');
	const NEW_YORK = 'America/New_York';
	const cases: [text: string, nowMs: number, iso: string][] = [
		['last friday', WEDNESDAY_MS, '2026-11-20T05:00:00Z'],
		['Last Monday', FRIDAY_MS, 'could mean 2026-11-23 or 2026-11-16'],
		['last mon', SUNDAY_MS, 'could mean 2026-11-23 or 2026-11-16'],
		['next monday', FRIDAY_MS, '2026-11-30T05:00:00Z'],
		['next friday', FRIDAY_MS, '2026-12-04T05:00:00Z'],
		['next friday', WEDNESDAY_MS, 'could mean 2026-11-27 or 2026-12-04'],
		['coming friday', WEDNESDAY_MS, '2026-11-27T05:00:00Z'],
		['past Tues', FRIDAY_MS, '2026-11-24T05:00:00Z'],
		['this friday', WEDNESDAY_MS, '2026-11-27T05:00:00Z'],
		['this friday', SUNDAY_MS, 'could mean 2026-11-27 or 2026-12-04'],
		['monday', FRIDAY_MS, 'could mean 2026-11-23 or 2026-11-30'],
		['friday', FRIDAY_MS, 'could mean 2026-11-27 or 2026-12-04'],
		['EOD', FRIDAY_MS, '2026-11-28T05:00:00Z'],
		['end of today', FRIDAY_MS, '2026-11-28T05:00:00Z'],
		['end of the week', FRIDAY_MS, '2026-11-30T05:00:00Z'],
		['end of next week', FRIDAY_MS, '2026-12-07T05:00:00Z'],
		['EOM', FRIDAY_MS, '2026-12-01T05:00:00Z'],
		['end of last month', FRIDAY_MS, '2026-11-01T04:00:00Z'],
		['end of quarter', FRIDAY_MS, '2027-01-01T05:00:00Z'],
		['end of year', FRIDAY_MS, '2027-01-01T05:00:00Z'],
		['11/27/2026', FRIDAY_MS, '2026-11-27T05:00:00Z'],
		['27/11/2026', FRIDAY_MS, '2026-11-27T05:00:00Z'],
		['27.11.2026', FRIDAY_MS, '2026-11-27T05:00:00Z'],
		['4.1.2026', FRIDAY_MS, '2026-01-04T05:00:00Z'],
		['4/1/2026', FRIDAY_MS, 'could mean 2026-04-01 or 2026-01-04'],
		['5/5/2026', FRIDAY_MS, '2026-05-05T04:00:00Z'],
		['2026/11/20', FRIDAY_MS, '2026-11-20T05:00:00Z'],
		['Nov 20, 2026', FRIDAY_MS, '2026-11-20T05:00:00Z'],
		['November 3rd 2026', FRIDAY_MS, '2026-11-03T05:00:00Z'],
		['20 November 2026', FRIDAY_MS, '2026-11-20T05:00:00Z'],
		['1st of Dec 2026', FRIDAY_MS, '2026-12-01T05:00:00Z'],
		['yesterday 5pm', FRIDAY_MS, '2026-11-26T22:00:00Z'],
		['tomorrow at 9:30 AM', FRIDAY_MS, '2026-11-28T14:30:00Z'],
		['9am', FRIDAY_MS, '2026-11-27T14:00:00Z'],
		['12 am today', FRIDAY_MS, '2026-11-27T05:00:00Z'],
		['12pm today', FRIDAY_MS, '2026-11-27T17:00:00Z'],
		['14:00 on next monday', FRIDAY_MS, '2026-11-30T19:00:00Z'],
		['11/26/2026 10:30 AM', FRIDAY_MS, '2026-11-26T15:30:00Z'],
		['2026-11-26 5pm', FRIDAY_MS, '2026-11-26T22:00:00Z'],
		['3 months ago', FRIDAY_MS, '2026-08-27T12:26:00Z'],
		['last 6 months', FRIDAY_MS, '2026-05-27T12:26:00Z'],
		['in 1 quarter', FRIDAY_MS, '2027-02-27T12:26:00Z'],
		['1 year ago', FRIDAY_MS, '2025-11-27T12:26:00Z'],
		['1 month ago', Date.parse('2026-03-31T12:00:00Z'), '2026-02-28T12:00:00Z'],
	];
	for (const [text, nowMs, iso] of cases)
		it(`${text} on ${new Date(nowMs).toISOString().slice(0, 10)} is ${iso}`, ({ expect }) =>
			expect(read(text, nowMs, NEW_YORK)).toContain(iso));

	it('is the last one where something has happened', ({ expect }) => {
		const past = (text: string, nowMs: number) => parseTime(text, { nowMs, zone: NEW_YORK }, true);
		expect(past('monday', FRIDAY_MS)).toEqual({ iso: '2026-11-23T05:00:00Z', isLocal: true });
		expect(past('friday', FRIDAY_MS)).toEqual({ fault: expect.stringContaining('2026-11-27 or 2026-11-20') });
	});

	it('is refused with the day of the call', ({ expect }) => {
		expect(read('soonish', FRIDAY_MS, NEW_YORK)).toContain('Today is Friday, 2026-11-27');
	});

	it('jumped over by the clock does not exist', ({ expect }) => {
		expect(read('tomorrow 2:30', Date.parse('2026-03-07T12:00:00Z'), NEW_YORK)).toContain('must be a time that exists');
	});

	const NOW = { nowMs: FRIDAY_MS, zone: NEW_YORK };
	const days: [text: string, value: string | null][] = [
		['today', '2026-11-27'],
		['Tomorrow', '2026-11-28'],
		['12/24/2026', '2026-12-24'],
		['end of month', '2026-11-30'],
		['EOD', '2026-11-27'],
		['EOY', '2026-12-31'],
		['+7d', '2026-12-04'],
		['in 2 weeks', '2026-12-11'],
		['next friday', '2026-12-04'],
		['Dec 1, 2026', '2026-12-01'],
		['next week', null],
		['7d', null],
		['tomorrow 9am', null],
		['soon', null],
	];
	for (const [text, value] of days)
		it(`${text} is the day ${value}`, ({ expect }) =>
			expect(readDayWords(text, NOW)).toEqual(value === null ? null : { value }));
	it('without the moment of the call is a date alone', ({ expect }) => {
		expect(readDayWords('12/24/2026', null)).toEqual({ value: '2026-12-24' });
		expect(readDayWords('tomorrow', null)).toBeNull();
		expect(readDayWords('4/1/2026', null)).toEqual({ fault: expect.stringContaining('2026-04-01 or 2026-01-04') });
	});
});

it('knows which times move with the clock', ({ expect }) => {
	expect(['7d', ' Today', 'last month', '+3d'].every(isRelativeTime)).toBe(true);
	expect(['2026-04-01', 'New', '', '7'].some(isRelativeTime)).toBe(false);
});

describe('a time zone', () => {
	const cases: [zone: string, now: string, text: string, iso: string][] = [
		// 16:20 of Thursday in New York.
		['America/New_York', '2026-11-26T21:20:00Z', 'today', '2026-11-26T05:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', 'tomorrow', '2026-11-27T05:00:00Z'],
		['America/New_York', '2026-11-27T02:00:00Z', 'today', '2026-11-26T05:00:00Z'],
		// Summer time ended on the 1st.
		['America/New_York', '2026-11-26T21:20:00Z', 'this month', '2026-11-01T04:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', 'next month', '2026-12-01T05:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', '2026-11-01', '2026-11-01T04:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', '2026-12-01T14:00:00', '2026-12-01T19:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', '2026-12-01T14:00:00-05:00', '2026-12-01T19:00:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', '7d', '2026-11-19T21:20:00Z'],
		// Twice on that day: the first.
		['America/New_York', '2026-11-26T21:20:00Z', '2026-11-01T01:30', '2026-11-01T05:30:00Z'],
		['America/New_York', '2026-11-26T21:20:00Z', '2026-03-08T02:30', 'must be a time that exists: clocks'],
		['Australia/Sydney', '2026-11-26T21:20:00Z', 'today', '2026-11-26T13:00:00Z'],
		['Australia/Sydney', '2026-11-26T21:20:00Z', 'this week', '2026-11-22T13:00:00Z'],
		['Asia/Kolkata', '2026-11-26T21:20:00Z', 'today', '2026-11-26T18:30:00Z'],
		['Pacific/Kiritimati', '2026-12-31T11:00:00Z', 'this year', '2026-12-31T10:00:00Z'],
		['Pacific/Pago_Pago', '2027-01-01T10:00:00Z', 'this year', '2026-01-01T11:00:00Z'],
		// Clocks jump over midnight: the day begins at one.
		['Africa/Cairo', '2026-04-24T12:00:00Z', 'today', '2026-04-23T22:00:00Z'],
		['Asia/Beirut', '2026-03-29T12:00:00Z', 'today', '2026-03-28T22:00:00Z'],
		// A day that this island never had.
		['Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30', '2011-12-30T10:00:00Z'],
	];
	for (const [zone, now, text, iso] of cases) {
		it(`${text} in ${zone} at ${now}`, ({ expect }) => expect(read(text, Date.parse(now), zone)).toContain(iso));
	}

	it('has days that follow each other without a gap, at whatever hour they are asked for', ({ expect }) => {
		const zones = Intl.supportedValuesOf('timeZone').filter((_, index) => index % 9 === 0);
		for (const zone of [...zones, 'America/New_York', 'Europe/London', 'Africa/Cairo', 'Australia/Lord_Howe']) {
			let day = { year: 2026, month: 1, day: 1 };
			let startMs = startOfDay(zone, day);
			while (day.year === 2026) {
				const next = addDays(day, 1);
				const nextMs = startOfDay(zone, next);
				const hours = (nextMs - startMs) / 3_600_000;
				if (hours < 23 || hours > 25) expect.fail(`${isoDay(day)} in ${zone} has ${hours} hours`);
				for (const ms of [startMs, startMs + 7_200_000, nextMs - 1_000])
					if (isoDay(dayAt(zone, ms)) !== isoDay(day)) expect.fail(`${isoDay(day)} in ${zone}: ${ms}`);
				// A local time that is written with its offset is the instant that it came from.
				const localMs = startMs + 43_200_000 + offsetAt(zone, startMs + 43_200_000);
				const local = new Date(localMs).toISOString().slice(0, 19);
				if (Date.parse(read(local, 0, zone)) !== startMs + 43_200_000) expect.fail(`${local} in ${zone}`);
				[day, startMs] = [next, nextMs];
			}
		}
	});

	it('is known by its IANA name in any case, and by no offset', ({ expect }) => {
		expect(zoneName('america/new_york')).toBe('America/New_York');
		expect(zoneName('UTC')).toBe('UTC');
		for (const text of ['+01:00', 'Eastern Standard Time', 'Mars/Olympus', '', 'a'.repeat(90), 'EST"'])
			expect(zoneName(text)).toBeNull();
	});
});

describe('a day', () => {
	const clock = { nowMs: Date.parse('2026-11-27T02:00:00Z'), zone: 'America/New_York' };
	const cases: [text: string, day: string][] = [
		['2026-12-01', '2026-12-01'],
		['2026-12-01T00:00:00+11:00', '2026-12-01'],
		['2026-12-01T23:30:00-08:00', '2026-12-01'],
		['2026-12-01T00:00:00Z', '2026-12-01'],
		['2026-12-01T14:00', '2026-12-01'],
		['today', '2026-11-26'],
		['tomorrow', '2026-11-27'],
		['+1d', '2026-11-27'],
		['this month', '2026-11-01'],
	];
	for (const [text, day] of cases) {
		it(`is ${day} when one says ${text}`, ({ expect }) =>
			expect(parseDay(text, clock)).toMatchObject({ iso: `${day}T00:00:00Z` }));
	}

	it('or a period has an end', ({ expect }) => {
		const ends = ['today', 'tomorrow', 'Yesterday', 'last month', 'this week', '2026-12-31', '7d', 'next year'];
		expect(ends.map((text) => endOfPeriod(text, clock))).toEqual([
			'tomorrow',
			'2026-11-28',
			'today',
			'this month',
			'next week',
			'2027-01-01',
			null,
			null,
		]);
	});
});

it('knows ages that could mean two things', ({ expect }) => {
	expect(['60d', ' 24H', '2w'].every(isBareAge)).toBe(true);
	expect(['+60d', '-60d', '0d', 'today', '2026-01-01', ''].some(isBareAge)).toBe(false);
});
