// Answers with a 2xx status that say inside that the vendor did not do what it was asked for.
import { describe, it } from 'vitest';
import { call } from './calls.ts';

const LINES = { purchase_order_id: 1045, ids: [1, 2, 3] };
const gone = (originalIndex: number) => ({
	success: false,
	originalIndex,
	statusCode: 404,
	error: { code: 'NotFound', message: `Line ${originalIndex} not found` },
});
const done = (originalIndex: number) => ({ success: true, originalIndex, statusCode: 204 });

describe('a request about several records', () => {
	for (const status of [200, 207])
		it(`of which none was done is an error, by status ${status} too`, ({ expect }) => {
			const body = { payload: [gone(0), gone(1), gone(2)] };
			const { isError, isUndone, structuredContent } = call('purchase_order_line_items.bulk_delete', LINES, {
				status,
				body,
			});
			expect({ isError, isUndone }).toEqual({ isError: true, isUndone: true });
			expect(structuredContent).toMatchObject({
				statusCode: 404,
				code: 'NotFound',
				is_remote_error: true,
				message: expect.stringMatching(/^3 of 3 failed\. The first that failed: ConnectWise PSA: Line 0 not found\./),
				results: body.payload,
			});
		});

	it('of which some were done says so, and does not ask for them to be repeated', ({ expect }) => {
		const { isError, isUndone, structuredContent } = call('purchase_order_line_items.bulk_delete', LINES, {
			status: 207,
			body: { payload: [done(0), gone(1), done(2)] },
		});
		expect({ isError, isUndone }).toEqual({ isError: true, isUndone: undefined });
		expect(structuredContent.message).toMatch(/^1 of 3 failed; the others were done, so do not repeat them\. /);
		expect(structuredContent.results).toHaveLength(3);
	});

	it('of which all were done is a success', ({ expect }) => {
		const { isError, structuredContent } = call('purchase_order_line_items.bulk_delete', LINES, {
			status: 207,
			body: { payload: [done(0), done(1), done(2)] },
		});
		expect(isError).toBe(false);
		expect(structuredContent.payload).toHaveLength(3);
	});
});

describe('an action that the vendor answers with success: false', () => {
	it('is an error with what the vendor said', ({ expect }) => {
		const { isError, isUndone, structuredContent } = call(
			'tickets.merge',
			{ id: 1, mergeTicketIds: [2], status: { id: 3 } },
			{ body: { success: false, message: 'Ticket 2 is closed' } },
		);
		expect({ isError, isUndone }).toEqual({ isError: true, isUndone: true });
		expect(structuredContent).toMatchObject({
			statusCode: 400,
			message: expect.stringContaining('ConnectWise PSA: Ticket 2 is closed'),
			is_remote_error: true,
		});
	});

	it('is a success with success: true', ({ expect }) => {
		const { isError, structuredContent } = call('time_sheets.submit', { id: 1 }, { body: { success: true } });
		expect({ isError, structuredContent }).toEqual({ isError: false, structuredContent: { success: true } });
	});
});
