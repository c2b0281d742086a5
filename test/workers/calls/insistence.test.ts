// Writes that nobody usually means are refused with the way to insist.
import { describe, it } from 'vitest';
import { checkCall } from '../../../workers/calls/check.ts';
import { operationOf } from '../integration/integrations.ts';
import { type Arguments, connectWise, contextOf, NOW_MS } from './calls.ts';

function check(key: string, args: Arguments) {
	const outcome = checkCall(contextOf(connectWise), operationOf(connectWise, key), args, { nowMs: NOW_MS });
	return outcome.state === 'refused' ? String(outcome.structuredContent.message) : outcome.args;
}

const time = { chargeToId: 5, chargeToType: 'ServiceTicket', member: 7, timeStart: '2026-04-01T09:00:00Z' };
const INSIST = 'If it is meant, call again with confirm_unusual: true';

describe('a write that nobody usually means', () => {
	const cases: { key: string; args: Arguments; says: string }[] = [
		{
			key: 'time_entries.create',
			args: { ...time, actualHours: 45 },
			says: 'actualHours is 45, more than 24. It is in hours: 45 minutes are 0.75.',
		},
		{ key: 'time_entries.create', args: { ...time, actualHours: '45' }, says: 'actualHours is 45' },
		{ key: 'time_entries.create', args: { ...time, actualHours: -1 }, says: 'actualHours is -1, less than 0' },
		{ key: 'time_entries.update', args: { id: 1, actualHours: 24.5 }, says: 'actualHours is 24.5, more than 24' },
		{
			key: 'time_entries.create',
			args: { ...time, timeEnd: '2026-04-01T08:00:00Z' },
			says: 'timeEnd lies before timeStart',
		},
		{
			key: 'time_entries.create',
			args: { ...time, timeEnd: '2026-04-03T09:00:00Z' },
			says: 'timeEnd lies 48 hours after timeStart',
		},
		{
			key: 'schedule_entries.update',
			args: { id: 1, dateStart: '2026-04-02T00:00:00Z', dateEnd: '2026-04-01T00:00:00Z' },
			says: 'dateEnd lies before dateStart',
		},
		{ key: 'ticket_notes.create', args: { ticket_id: 5, text: '   ' }, says: 'text is blank' },
	];
	for (const { key, args, says } of cases)
		it(`${JSON.stringify(args)} (${key})`, ({ expect }) => {
			const refusal = check(key, args);
			expect(refusal).toContain(says);
			expect(refusal).toContain(INSIST);
			expect(typeof check(key, { ...args, confirm_unusual: true })).toBe('object');
			expect(typeof check(key, { ...args, confirm_unusual: 'true' })).toBe('object');
			expect(check(key, { ...args, confirm_unusual: false })).toContain(says);
		});

	const usual: [key: string, args: Arguments][] = [
		['time_entries.create', { ...time, actualHours: 0.75 }],
		['time_entries.create', { ...time, actualHours: 0 }],
		['time_entries.create', { ...time, timeEnd: '2026-04-02T09:00:00Z' }],
		['time_entries.update', { id: 1, timeEnd: '2026-04-01T08:00:00Z' }],
		['ticket_notes.create', { ticket_id: 5, text: ' x ' }],
	];
	for (const [key, args] of usual)
		it(`is none of ${JSON.stringify(args)} (${key})`, ({ expect }) => expect(typeof check(key, args)).toBe('object'));
});

describe('the ways to insist', () => {
	for (const name of ['confirm_repeat', 'confirm_unusual', 'confirm_replace'])
		it(`${name} is true or false, and never sent`, ({ expect }) => {
			expect(check('tickets.update', { id: 1, summary: 'x', [name]: 'perhaps' })).toContain(
				`${name} must be true or false`,
			);
			expect(check('tickets.update', { id: 1, summary: 'x', [name]: true })).toEqual({ id: 1, summary: 'x' });
			expect(check('tickets.list', { [name]: true })).toContain(`${name} unknown argument`);
		});
});
