// Writes that a vendor answers with a success that does not show the change: no job claims them as done. And what a
// preview foresees beyond the record.
import { beforeEach, describe, it } from 'vitest';
import { type Json, setUp } from '../support.ts';
import { type Desk, openDesk } from './desk.ts';

setUp();
let desk: Desk;
type Row = Json & { id: number };
let ticket: Row;
beforeEach(async () => {
	desk = await openDesk({ methods: ['read', 'write'] });
	ticket = desk.store.all('tickets').find(({ closedFlag, company }) => closedFlag !== true && company) as Row;
});

const DOUBTED = /read it before you call that done/;
const member = () => desk.store.all('members').find((one) => !one.inactiveFlag && one.licenseClass !== 'A')?.identifier;

/** Sets fields of a record at the vendor. */
const set = (path: string, fields: Json) =>
	desk.vendor.call(
		'PATCH',
		path,
		Object.entries(fields).map(([name, value]) => ({ op: 'replace', path: name, value })),
	);

/** The vendor answers as if it had written, with the record as it was or with another value. */
function ignore(path: RegExp, record: (body: unknown) => Json): void {
	desk.fault.answer = (request) =>
		request.method !== 'GET' && path.test(request.path) ? Response.json(record(request.body)) : null;
}

describe('a success that does not show the change', () => {
	it('is no change of change_many', async ({ expect }) => {
		const [id = 0, other = 0] = desk.store.all('tickets').map((one) => one.id);
		const args = { tool_name: 'update_ticket', ids: [id, other], changes: { summary: 'Seen by the team' } };
		const { confirm } = (await desk.call('change_many', args)).content;
		ignore(new RegExp(`/tickets/${id}$`), () => ({ ...desk.store.get('tickets', id) }));
		const { content } = await desk.call('change_many', { confirm });
		expect(content.doubtful).toMatchObject([{ id, not_taken_over: ['summary'] }]);
		expect(content.changed).toMatchObject([{ id: other }]);
		expect(content.notice).toMatch(DOUBTED);
	});

	it('leaves close_out_ticket undone', async ({ expect }) => {
		const board = (ticket.board as Row).id;
		const { body: statuses } = await desk.vendor.get(`/service/boards/${board}/statuses`);
		const { name } = statuses.find((one: Json) => one.closedStatus && !one.inactive);
		ignore(/\/service\/tickets\/\d+$/, () => ({ ...desk.store.get('tickets', ticket.id) }));
		const { content } = await desk.call('close_out_ticket', { ticket_id: ticket.id, note: 'Done', status: name });
		expect(content).toMatchObject({ done: false, status: { not_taken_over: ['status'] } });
		expect(content.notice).toMatch(DOUBTED);
		desk.fault.answer = null;
		const again = await desk.call('close_out_ticket', { ticket_id: ticket.id, note: 'Done', status: name });
		expect(again.content).toMatchObject({ done: true, note: { already: true } });
		expect(String(again.content.notice)).not.toMatch(DOUBTED);
	});

	it('is told beside the entry of log_time_entries', async ({ expect }) => {
		const entry = { chargeToId: ticket.id, chargeToType: 'ServiceTicket', member: { identifier: member() } };
		const time = { timeStart: '2026-06-02T08:00:00', actualHours: 0.5, notes: 'Work' };
		ignore(/\/time\/entries$/, (body) => ({ id: 9_001, ...(body as Json), actualHours: 5 }));
		const { content } = await desk.call('log_time_entries', { entries: [{ ...entry, ...time }] });
		expect(content).toMatchObject({ logged: [{ entry: 0, id: 9_001, not_taken_over: ['actualHours'] }] });
		expect(content.notice).toMatch(DOUBTED);
	});
});

describe('a preview of an update', () => {
	const MAILED = /people may be mailed/;
	const shownOf = async (changes: Json) =>
		(await desk.call('preview_change', { tool_name: 'update_ticket', arguments: { id: ticket.id, ...changes } }))
			.content;

	it('says that people would be mailed, by the flags as the record will have them', async ({ expect }) => {
		const flags = { automaticEmailContactFlag: false, automaticEmailResourceFlag: false, automaticEmailCcFlag: false };
		await set(`/service/tickets/${ticket.id}`, flags);
		expect((await shownOf({ severity: 'High' })).notice).not.toMatch(MAILED);
		expect((await shownOf({ automaticEmailContactFlag: true })).notice).toMatch(MAILED);
		expect((await shownOf({ additional_fields: { automaticEmailCcFlag: true } })).notice).toMatch(MAILED);
		await set(`/service/tickets/${ticket.id}`, { automaticEmailContactFlag: true });
		const shown = await shownOf({ severity: 'High' });
		expect(shown.notice).toMatch(MAILED);
		expect(Object.keys(shown.changes as Json)).toEqual(['severity']);
		expect((await shownOf({ automaticEmailContactFlag: false })).notice).not.toMatch(MAILED);
		expect((await shownOf({ severity: 'High', processNotifications: false })).notice).not.toMatch(MAILED);
	});

	it('says whether customers will see a note, and not whether they could before', async ({ expect }) => {
		const note = desk.store.all('ticketNotes').find((one) => one.detailDescriptionFlag === true) as Json;
		const flags = { detailDescriptionFlag: false, internalAnalysisFlag: true, resolutionFlag: false };
		const args = { id: note.id, ticket_id: note.ticketId };
		const shown = async (changes: Json) => {
			const asked = { tool_name: 'update_ticket_note', arguments: { ...args, ...changes } };
			return (await desk.call('preview_change', asked)).content.notice;
		};
		expect(await shown({ text: 'Other words' })).toMatch(/Customers can see this note/);
		expect(await shown(flags)).not.toMatch(/Customers can see/);
	});

	it('leaves no part of a secret that its shortened texts would cut in two', async ({ expect }) => {
		const redacting = await openDesk({ methods: ['read', 'write'], redact: true }, desk.vendor);
		const note = desk.store.all('ticketNotes')[0] as Row & { ticketId: number };
		for (const length of [270, 280, 290, 295]) {
			const text = `${'x'.repeat(length)} card 4111 1111 1111 1111`;
			await set(`/service/tickets/${note.ticketId}/notes/${note.id}`, { text });
			const changes = { id: note.id, ticket_id: note.ticketId, text: 'Other words' };
			const { content } = await redacting.call('preview_change', {
				tool_name: 'update_ticket_note',
				arguments: changes,
			});
			const { from } = (content.changes as { text: { from: string } }).text;
			expect([from.startsWith('xxx'), from.includes('4111')], String(length)).toEqual([true, false]);
		}
	});
});
