// A success is one only where the answer says so: every other shape is told as what it is, for each kind of call.
import { describe, it } from 'vitest';
import { call, connectWise, type SimulatedAnswer } from '../calls/calls.ts';

const CALLS: Record<string, [key: string, args: Record<string, unknown>]> = {
	delete: ['tickets.delete', { id: 14059 }],
	update: ['tickets.update', { id: 14059, summary: 'Renamed' }],
	create: ['ticket_notes.create', { ticket_id: 14059, text: 'hi' }],
	action: ['tickets.merge', { id: 14059, mergeTicketIds: [15992], status: { id: 17 } }],
	get: ['tickets.get', { id: 14059 }],
	count: ['tickets.count', {}],
	list: ['tickets.list', {}],
};
const KINDS = Object.keys(CALLS);
const WRITES = ['delete', 'update', 'create', 'action'];

/** What each kind of call makes of an answer. */
type Made = 'refused' | 'unknown' | 'done';

function madeOf(kind: string, answer: SimulatedAnswer): { made: Made; message: string } {
	const [key, args] = CALLS[kind] ?? ['', {}];
	const { isError, isUndone, structuredContent } = call(key, args, answer);
	const message = String(structuredContent.message ?? '');
	if (!isError) return { made: 'done', message };
	return { made: isUndone || !WRITES.includes(kind) ? 'refused' : 'unknown', message };
}

/** Bodies with a 200 that say that nothing was done, and the words that a model must read. */
const REFUSALS: [body: unknown, says?: RegExp][] = [
	[{ error: 'Access denied' }, /Access denied/],
	[{ error: { code: 'X', message: 'Not so' } }, /Not so/],
	[{ error: 'invalid', error_description: 'Not so' }, /Not so/],
	[{ errors: [{ code: 'X', message: 'Not so' }] }, /Not so/],
	[{ errors: ['Not so'] }, /Not so/],
	[{ Message: 'Authorization has been denied for this request.' }, /Authorization has been denied/],
	[{ Message: 'An error has occurred.', ExceptionMessage: 'Not so', StackTrace: 'at X' }, /Not so/],
	[{ message: 'Not so' }, /Not so/],
	[{ success: 'false', message: 'Not so' }, /Not so/],
	[{ Success: false, Message: 'Not so' }, /Not so/],
	[{ success: 0, message: 'Not so' }, /Not so/],
	[{ isSuccess: false }],
	[{ ok: false }],
	[{ status: 'error', message: 'Not so' }, /Not so/],
	[{ result: 'failed' }],
	[{ type: 'about:blank', title: 'Bad', status: 400, detail: 'Not so' }, /Not so/],
	[{ statusCode: 403, message: 'Not so' }, /Not so/],
	[{ code: '404', message: 'Not so' }, /Not so/],
	[[{ code: 'X', message: 'Not so' }], /Not so/],
];

describe('a success that is a refusal', () => {
	for (const [body, says] of REFUSALS)
		it(JSON.stringify(body), ({ expect }) => {
			for (const kind of KINDS) {
				const { made, message } = madeOf(kind, { body });
				expect(`${kind} ${made}`).not.toMatch(/done/);
				if (WRITES.includes(kind)) expect(`${kind} ${made}`).toBe(`${kind} refused`);
				// A read of several records says that no list came.
				if (says && WRITES.includes(kind)) expect(message).toMatch(says);
			}
		});
});

/** Bodies that are nothing of what was to come, with what each kind of write makes of them. */
const SHAPES: [body: unknown, made: Partial<Record<string, Made>>][] = [
	['{}', { delete: 'done', update: 'done', create: 'unknown', action: 'done', get: 'refused', count: 'refused' }],
	['null', { delete: 'done', update: 'done', create: 'unknown', action: 'done', get: 'refused' }],
	['true', { delete: 'done', update: 'done', create: 'unknown', get: 'refused', count: 'refused' }],
	['"OK"', { delete: 'done', update: 'done', create: 'unknown', get: 'refused', count: 'refused' }],
	['{"message":"The record was deleted."}', { delete: 'done', create: 'unknown' }],
	['{"success":true}', { delete: 'done', update: 'done', create: 'unknown', action: 'done' }],
	['false', { delete: 'unknown', update: 'unknown', create: 'unknown', action: 'unknown', get: 'refused' }],
	['0', { delete: 'unknown', update: 'unknown', create: 'unknown', get: 'refused', count: 'done' }],
	['[]', { delete: 'done', update: 'unknown', create: 'unknown', get: 'refused', count: 'refused', list: 'done' }],
	['[{"id":1},{"id":2}]', { delete: 'unknown', update: 'unknown', create: 'unknown', get: 'refused', list: 'done' }],
	['[null]', { delete: 'unknown', update: 'unknown', create: 'unknown', list: 'refused' }],
	['["a"]', { list: 'refused' }],
	['{"deleted":false}', { delete: 'unknown' }],
	['{"data":{"id":14059,"summary":"Renamed"}}', { delete: 'unknown', update: 'unknown', create: 'unknown' }],
	['{"Id":14059,"Summary":"Renamed"}', { update: 'unknown', create: 'unknown' }],
	['{"count":null}', { count: 'refused' }],
	['{"id":14059,"summary":"Renamed"}', { delete: 'done', update: 'done', get: 'done' }],
];

describe('a success of another shape', () => {
	for (const [body, made] of SHAPES)
		it(String(body), ({ expect }) => {
			const got = Object.keys(made).map((kind) => [kind, madeOf(kind, { body }).made]);
			expect(Object.fromEntries(got)).toEqual(made);
		});

	it('that counts less than nothing says so', ({ expect }) => {
		for (const body of [-1, { count: -1 }, { count: -(2 ** 31) }]) {
			const { isError, structuredContent } = call('tickets.count', {}, { body });
			expect([isError, structuredContent.notice]).toEqual([false, expect.stringMatching(/less than nothing: do not/)]);
		}
		expect(call('tickets.count', {}, { body: { count: 0 } }).structuredContent).not.toHaveProperty('notice');
	});

	it('that holds another record says so', ({ expect }) => {
		for (const kind of ['get', 'update', 'delete']) {
			const [key, args] = CALLS[kind] ?? ['', {}];
			const { structuredContent } = call(key, args, { body: { id: 777, summary: 'Renamed' } });
			expect(structuredContent.notice).toMatch(/answered with record 777 instead of 14059/);
		}
	});

	it('of several results with a failure among them is a failure (207)', ({ expect }) => {
		for (const kind of WRITES)
			for (const body of [[{ status: 403, error: { message: 'Not so' } }], { items: [{ id: 1 }, { error: 'Not so' }] }])
				expect(`${kind} ${madeOf(kind, { status: 207, body }).message}`).toMatch(/1 of \d failed.*Not so/);
	});
});

describe('every create and update', () => {
	it('that is answered with an error object in no vendor’s spelling is no success', ({ expect }) => {
		const silent = connectWise.operations.flatMap((operation) => {
			const { kind, resource, method, documentation, fact } = operation;
			if ((kind !== 'create' && kind !== 'update') || !documentation.example || fact.form_file !== undefined) return [];
			const refusals = [{ error: 'no' }, { Message: 'no' }, { success: false }, { title: 'no', status: 400 }];
			const hasId = operation.fieldNames.includes(operation.idField);
			const bodies: object[] = [...refusals, ...(hasId ? [{ data: {} }] : [])];
			const key = `${resource}.${method}`;
			const taken = bodies.filter(
				(body) => !call(key, documentation.example as Record<string, unknown>, { body }).isError,
			);
			return taken.map((body) => `${key} ${JSON.stringify(body)}`);
		});
		expect(silent).toEqual([]);
	});
});

/** Errors in the shapes of other frameworks: the words arrive, whatever member holds them. */
const ERRORS: [name: string, answer: SimulatedAnswer, says: RegExp][] = [
	['an inner error', { status: 400, body: { error: { code: 'X', message: 'Too long' } } }, /Too long/],
	['a list of errors', { status: 400, body: [{ code: 'X', message: 'Too long' }] }, /Too long/],
	['texts of errors', { status: 400, body: { errors: ['Too long'] } }, /Too long/],
	['problem details', { status: 400, body: { title: 'Bad', status: 400, detail: 'Too long' } }, /Too long/],
	['OAuth’s error', { status: 400, body: { error: 'invalid', error_description: 'Too long' } }, /Too long/],
	[
		'an exception',
		{ status: 500, body: { Message: 'An error has occurred.', ExceptionMessage: 'Too long' } },
		/Too long/,
	],
	[
		'XML',
		{
			status: 400,
			headers: { 'content-type': 'application/xml' },
			body: '<?xml version="1.0"?><Error><Message>Too long</Message></Error>',
		},
		/Too long\. Correct the arguments/,
	],
	['a busy page', { status: 429, headers: { 'content-type': 'text/html' }, body: '<html>' }, /Wait, then ask for less/],
	[
		'a sign-in page',
		{ status: 401, headers: { 'content-type': 'text/html' }, body: '<html>' },
		/keys are not accepted/,
	],
	['a page on length', { status: 414, headers: { 'content-type': 'text/html' }, body: '<html>' }, /shorten conditions/],
	['a page on the request', { status: 400, headers: { 'content-type': 'text/html' }, body: '<h2>Bad' }, /ask for less/],
	['a gateway without a page', { status: 522, body: 'error code: 522' }, /A gateway before ConnectWise/],
	['a slow request', { status: 408, body: '' }, /try again in a minute/],
	['a record that was changed', { status: 412, body: { message: 'x' } }, /read it again first/],
];

describe('an error in another shape', () => {
	for (const [name, answer, says] of ERRORS)
		it(name, ({ expect }) => {
			for (const kind of KINDS) expect(madeOf(kind, answer).message).toMatch(says);
		});

	it('names the fields where the framework does', ({ expect }) => {
		const [key, args] = CALLS.update ?? ['', {}];
		for (const body of [
			{ Message: 'The request is invalid.', ModelState: { 'ticket.summary': ['Too long.'] } },
			{ title: 'Invalid', status: 400, errors: { 'ticket.summary': ['Too long.'] } },
		])
			expect(call(key, args, { status: 400, body }).structuredContent.errors).toEqual([
				{ field: 'ticket.summary', message: 'Too long.' },
			]);
	});
});
