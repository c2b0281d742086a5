// Whole jobs on texts that a server shows otherwise than they were written: nothing is written twice for it.
import { describe, it } from 'vitest';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();

const TEXTS = [
	'New password: hunter22',
	'Card 4111 1111 1111 1111 declined',
	'Replaced the to\u200bner',
	'soft\u00adware',
];
type Row = Json & { id: number };

/** The first write whose path matches reaches the vendor, and its answer is lost. */
function loseAnswer(desk: Desk, path: RegExp): void {
	let isLost = false;
	desk.fault.answer = async (request) => {
		if (request.method !== 'POST' || isLost || !path.test(request.path)) return null;
		isLost = true;
		await desk.vendor.call(request.method, request.path, request.body);
		throw new TypeError('Network connection lost.');
	};
}

describe('a job whose answer was lost', () => {
	for (const redact of [false, true])
		for (const text of TEXTS)
			it(`writes ${JSON.stringify(text)} once ${redact ? 'where texts are redacted' : ''}`, async ({ expect }) => {
				const desk = await openDesk({ methods: ['read', 'write'], redact });
				const [ticket] = desk.store.all('tickets').filter((one) => one.closedFlag !== true && one.company) as Row[];
				const id = ticket?.id ?? 0;
				const person = desk.store.all('members').find((one) => !one.inactiveFlag && one.licenseClass !== 'A');
				const member = { identifier: person?.identifier };
				const notes = () => desk.store.all('ticketNotes').filter((one) => one.text === text).length;
				const times = () => desk.store.all('timeEntries').filter((one) => one.notes === text).length;
				const close = {
					ticket_id: id,
					note: text,
					hours: 0.5,
					start: '2026-06-24T09:00:00',
					member: person?.identifier,
				};
				for (const path of [/\/notes$/, /\/time\/entries$/]) {
					loseAnswer(desk, path);
					expect((await desk.call('close_out_ticket', close)).isError, String(path)).toBe(true);
				}
				expect((await desk.call('close_out_ticket', close)).content).toMatchObject({ done: true });
				expect([notes(), times()]).toEqual([1, 1]);
				const time = { timeStart: '2026-06-02T08:00:00', actualHours: 0.5, notes: text };
				const entry = { chargeToId: id, chargeToType: 'ServiceTicket', member, ...time };
				loseAnswer(desk, /\/time\/entries$/);
				await desk.call('log_time_entries', { entries: [entry] });
				expect((await desk.call('log_time_entries', { entries: [entry] })).isError).toBe(false);
				expect(times()).toBe(2);
			});

	it('logs time on a ticket whose summary holds a secret, without that text', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read', 'write'], redact: true });
		const [ticket] = desk.store.all('tickets').filter((one) => one.closedFlag !== true && one.company) as Row[];
		desk.store.put('tickets', { ...(ticket as Row), summary: 'password: hunter22' });
		const member = desk.store.all('members').find((one) => !one.inactiveFlag && one.licenseClass !== 'A')?.identifier;
		const { content } = await desk.call('close_out_ticket', { ticket_id: ticket?.id, hours: 0.25, member });
		expect(content, JSON.stringify(content)).toMatchObject({ done: true, time: { actualHours: 0.25 } });
	});

	it('writes a note with another secret, though it looks the same', async ({ expect }) => {
		const desk = await openDesk({ methods: ['read', 'write'], redact: true });
		const id = desk.store.all('tickets')[0]?.id;
		for (const secret of ['hunter22', 'hunter33'])
			await desk.call('close_out_ticket', { ticket_id: id, note: `New password: ${secret}` });
		expect(desk.store.all('ticketNotes').filter((one) => String(one.text).startsWith('New password'))).toHaveLength(2);
	});
});
