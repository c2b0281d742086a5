// The same write sent twice is answered with what the first one did. What is kept for that tells nothing of the write.
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it, vi } from 'vitest';
import { IN_FLIGHT_MS } from '../../../durable-objects/account/write-guard.ts';
import {
	type Answer,
	accountStub,
	accountTables,
	alarmOf,
	api,
	at,
	CREATE_NOTE,
	callTool,
	captureLog,
	claimOf,
	connectAccount,
	createServer,
	dumpStorage,
	eventually,
	faultsOf,
	faultyNamespace,
	GET_TICKET,
	type Json,
	mockVendor,
	type RpcBody,
	refused,
	resultOf,
	type ServerWithUrl,
	serverPath,
	setUp,
	UPDATE_TICKET,
	type VendorCall,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('guarded'));

const SECRET_TEXT = 'telltale-text-of-a-note';
/** A ticket that no other file's calls name: what they leave in storage is in the same dump. */
const TICKET = 2_718_281_828;

const note = (server: ServerWithUrl, args: Json = {}) =>
	callTool(server.url, CREATE_NOTE, { ticket_id: TICKET, text: SECRET_TEXT, ...args });

/** A vendor that numbers what it makes. */
function vendor(): VendorCall[] {
	let id = 300;
	return mockVendor(({ method }) => Response.json({ id: method === 'POST' ? ++id : 1, text: SECRET_TEXT }));
}

const contentOf = (answer: Answer<RpcBody>) => resultOf(answer).structuredContent;
const fresh = (config = {}) => createServer('guarded', config);
type Row = { key: string; server_id: string; state: string; record_id: string | null; until_ms: number };
const rowsOf = async (server: ServerWithUrl) =>
	((await accountTables('guarded')).recent_write as Row[]).filter(({ server_id }) => server_id === server.id);
/** The end of a write is told to the Durable Object beside the answer. */
const settled = (server: ServerWithUrl, expected = 'made') =>
	eventually(async () => {
		const [row] = await rowsOf(server);
		if (row?.state !== expected) throw new Error(`the write is ${row?.state}`);
	});

describe('a write that is sent again', () => {
	it('is answered with what the first one did', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		expect(contentOf(await note(server)).id).toBe(301);
		await settled(server);
		const { isError, structuredContent } = resultOf(await note(server));
		expect(isError).toBeUndefined();
		expect(structuredContent).toMatchObject({ id: 301, is_repeat: true });
		expect(structuredContent.message).toMatch(
			/^Nothing was written again: the same call made record 301 \d+ seconds ago\. .*confirm_repeat: true\.$/,
		);
		expect(sent).toHaveLength(1);
	});

	it('is known again however its arguments are spelt', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		const spellings: Json[] = [
			{ ticket_id: 1, text: 'x', member: { id: 5 }, internalAnalysisFlag: true },
			{ internalAnalysisFlag: true, member: 5, text: 'x', ticket_id: 1 },
			{ text: 'x', member: '5', ticket_id: 1, internalAnalysisFlag: true },
			{ text: ' x\r\n', member: 5, ticket_id: 1, internalAnalysisFlag: true },
			{ text: '\u200bx\u00ad', member: 5, ticket_id: 1, internalAnalysisFlag: true },
			{ text: 'x', member: 5, ticket_id: 1, internalAnalysisFlag: true, contact: {}, resolutionFlag: null },
		];
		await callTool(server.url, CREATE_NOTE, spellings[0]);
		await settled(server);
		for (const args of spellings) expect(contentOf(await callTool(server.url, CREATE_NOTE, args)).id).toBe(301);
		expect(sent).toHaveLength(1);
	});

	it('is known again in other blanks and in Unicode’s other normal form', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		const texts = ['Café  Nord', 'Cafe\u0301 Nord ', '\u00a0Café\u3000Nord', 'Cafe\u0301\n Nord'];
		await note(server, { text: texts[0] });
		await settled(server);
		for (const text of texts) expect(contentOf(await note(server, { text })).id).toBe(301);
		expect(sent).toHaveLength(1);
	});

	it('is another one where anything differs: the text, the parent, the tool, the server', async ({ expect }) => {
		const [server, other] = [await fresh(), await fresh()];
		const sent = vendor();
		await note(server);
		await note(server, { text: `${SECRET_TEXT}.` });
		await note(server, { ticket_id: 14060 });
		await note(other);
		await callTool(server.url, 'create_a_connect_wise_psa_ticket_task', { ticket_id: TICKET, notes: SECRET_TEXT });
		expect(sent).toHaveLength(5);
	});

	it('is written again for a caller that insists, and that one is remembered', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		await note(server);
		await settled(server);
		expect(contentOf(await note(server, { confirm_repeat: true })).id).toBe(302);
		await settled(server);
		expect(contentOf(await note(server, { confirm_repeat: false }))).toMatchObject({ id: 302, is_repeat: true });
		expect(sent).toHaveLength(2);
		expect(sent.every(({ body }) => !body.includes('confirm_repeat'))).toBe(true);
	});

	it('insists with true alone', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		expect(contentOf(await note(server, { confirm_repeat: 'yes' })).message).toMatch(
			/confirm_repeat must be true or false/,
		);
		expect(sent).toEqual([]);
	});

	it('may be written anew once the window is over', async ({ expect }) => {
		const server = await fresh({ duplicate_window_seconds: 600 });
		const sent = vendor();
		await note(server);
		await settled(server);
		await at(Date.now() + 599_000, async () => expect(contentOf(await note(server)).is_repeat).toBe(true));
		await at(Date.now() + 601_000, async () => expect(contentOf(await note(server)).id).toBe(302));
		expect(sent).toHaveLength(2);
	});

	it('is written each time where the server’s window is 0', async ({ expect }) => {
		const server = await fresh({ duplicate_window_seconds: 0 });
		const sent = vendor();
		await note(server);
		await note(server);
		expect(sent).toHaveLength(2);
		expect(await rowsOf(server)).toEqual([]);
	});

	it('is sent each time where it ends in the same state: an update', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		for (let round = 0; round < 2; round++)
			expect(contentOf(await callTool(server.url, UPDATE_TICKET, { id: 1, summary: 'x' })).id).toBe(1);
		expect(sent).toHaveLength(2);
		expect(await rowsOf(server)).toEqual([]);
	});

	for (const [name, answer] of [
		['names no record', { ok: true }],
		['has a filler for an id', { id: -2147483648 }],
		['has 0 for an id', { id: 0 }],
	] as const) {
		it(`is sent each time where the answer ${name}: there is nothing to tell a repeat of`, async ({ expect }) => {
			const server = await fresh();
			const sent = mockVendor(() => Response.json(answer));
			for (let round = 1; round <= 2; round++) {
				await callTool(server.url, 'submit_connect_wise_psa_time_sheet', { id: 5 });
				await eventually(async () => {
					if ((await rowsOf(server)).length > 0) throw new Error('still noted');
				});
				expect(sent).toHaveLength(round);
			}
		});
	}

	it('is sent each time while the vendor refuses it', async ({ expect }) => {
		const server = await fresh();
		const sent = mockVendor(() => Response.json({ code: 'InvalidObject', message: 'No.' }, { status: 400 }));
		for (let round = 0; round < 3; round++) {
			expect(contentOf(await note(server)).statusCode).toBe(400);
			await eventually(async () => {
				if ((await rowsOf(server)).length > 0) throw new Error('still noted');
			});
		}
		expect(sent).toHaveLength(3);
	});

	it('is answered with what the first one did, however soon it comes', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		for (let round = 1; round <= 3; round++) {
			const text = `${SECRET_TEXT} ${round}`;
			expect(contentOf(await note(server, { text })).is_repeat).toBeUndefined();
			expect(contentOf(await note(server, { text }))).toMatchObject({ id: 300 + round, is_repeat: true });
			expect(sent).toHaveLength(round);
		}
		await eventually(async () => {
			const { entries } = await accountStub('guarded').readLog(server.id, {}, 50, null);
			expect(entries.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'));
		});
	});

	it('is not written while the first is under way', async ({ expect }) => {
		const server = await fresh();
		let isAnswering = false;
		const sent = mockVendor(async () => {
			while (!isAnswering) await scheduler.wait(10);
			return Response.json({ id: 9 });
		});
		const first = note(server);
		await eventually(() => {
			if (sent.length === 0) throw new Error('not sent yet');
		});
		const second = resultOf(await note(server));
		expect(second.isError).toBe(true);
		expect(second.structuredContent).toMatchObject({ statusCode: 409, code: 'repeat_in_flight' });
		expect(second.structuredContent.message).toMatch(
			/^Nothing was sent: .* still under way\. .*look first with list_all_connect_wise_psa_ticket_notes\. .*confirm_repeat/,
		);
		isAnswering = true;
		expect(contentOf(await first).id).toBe(9);
		expect(sent).toHaveLength(1);
	});

	// security: S-23
	it('of many at once is written once', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		const answers = await Promise.all(Array.from({ length: 20 }, () => note(server)));
		expect(sent).toHaveLength(1);
		const made = answers.map(contentOf).filter(({ id, is_repeat }) => id === 301 && !is_repeat);
		expect(made).toHaveLength(1);
	});
});

describe('a write whose outcome is unknown', () => {
	const ends: { name: string; answer: () => Response | Promise<Response> }[] = [
		{ name: 'a connection that broke off', answer: () => Promise.reject(new TypeError('Network connection lost.')) },
		{ name: 'a gateway that gave up', answer: () => new Response('', { status: 504 }) },
		{
			name: 'half an answer',
			answer: () => new Response('{"id":', { headers: { 'content-type': 'application/json' } }),
		},
	];
	for (const { name, answer } of ends) {
		it(`is not repeated before somebody has looked: ${name}`, async ({ expect }) => {
			const server = await fresh();
			const sent = mockVendor(answer);
			const first = contentOf(await note(server));
			expect(first.message).toMatch(
				/Whether the change was made is unknown: .*Look with list_all_connect_wise_psa_ticket_notes\.$/,
			);
			await settled(server, 'unknown');
			const second = resultOf(await note(server));
			expect(second.isError).toBe(true);
			expect(second.structuredContent).toMatchObject({ statusCode: 409, code: 'repeat_of_unknown' });
			expect(second.structuredContent.message).toMatch(
				/^Nothing was sent: how the same call ended .* is unknown.*Look first with list_all_connect_wise_psa_ticket_notes\./,
			);
			expect(sent).toHaveLength(1);
			vi.restoreAllMocks();
			const anew = vendor();
			expect(contentOf(await note(server, { confirm_repeat: true })).id).toBe(301);
			expect(anew).toHaveLength(1);
		});
	}

	it('names no tool that the server’s filter leaves out', async ({ expect }) => {
		const server = await fresh({ methods: ['write'] });
		mockVendor(() => new Response('', { status: 504 }));
		expect(contentOf(await note(server)).message).not.toMatch(/list_all|get_single|Look with/);
	});

	it('is what a write becomes whose isolate ended before it could tell', async ({ expect }) => {
		captureLog();
		// Of an account of its own: what waits is sent by whoever of the account began to gather it.
		await connectAccount('guarded-deaf');
		const server = await createServer('guarded-deaf');
		const sent = vendor();
		// The object admits, and never hears again.
		const deaf = {
			...env,
			INTEGRATED_ACCOUNTS: silentNamespace(env.INTEGRATED_ACCOUNTS),
		};
		await callTool(server.url, CREATE_NOTE, { ticket_id: TICKET, text: SECRET_TEXT }, { env: deaf });
		expect(contentOf(await note(server)).code).toBe('repeat_in_flight');
		await at(Date.now() + IN_FLIGHT_MS, async () =>
			expect(contentOf(await note(server)).code).toBe('repeat_of_unknown'),
		);
		expect(sent).toHaveLength(1);
	});

	it('does not come of a lookup that failed: nothing was sent', async ({ expect }) => {
		const server = await fresh();
		mockVendor(() => new Response('', { status: 500 }));
		const { message } = contentOf(await note(server, { member: { identifier: 'jsmith' } }));
		expect(message).toMatch(/^Nothing was written/);
		await eventually(async () => expect(await rowsOf(server)).toEqual([]));
	});

	function silentNamespace<T extends Rpc.DurableObjectBranded>(namespace: DurableObjectNamespace<T>) {
		return faultyNamespace(namespace, ['settleWrites']);
	}
});

describe('what is kept of a write', () => {
	it('is a keyed hash, its times, its end and the new record’s id', async ({ expect }) => {
		const server = await fresh();
		vendor();
		await note(server);
		await settled(server);
		expect(await rowsOf(server)).toEqual([
			{
				key: expect.stringMatching(/^[0-9a-f]{64}$/),
				server_id: server.id,
				ticket: expect.stringMatching(/^[0-9a-f-]{36}$/),
				state: 'made',
				record_id: '301',
				at_ms: expect.any(Number),
				until_ms: expect.any(Number),
			},
		]);
		const kept = await dumpStorage();
		expect(kept).not.toContain(SECRET_TEXT);
		expect(kept).not.toContain(String(TICKET));
	});

	// security: S-15
	it('cannot be matched against guesses without the key', async ({ expect }) => {
		const server = await fresh();
		vendor();
		await note(server);
		await settled(server);
		const [row] = await rowsOf(server);
		const guess = JSON.stringify(['write', server.id, CREATE_NOTE, '']);
		const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(guess));
		expect(row?.key).not.toBe([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
	});

	it('is gone when its window is over: an alarm sees to it', async ({ expect }) => {
		await connectAccount('swept');
		const server = await createServer('swept', { duplicate_window_seconds: 60 });
		vendor();
		await callTool(server.url, CREATE_NOTE, { ticket_id: 1, text: 'x' });
		const tables = () => accountTables('swept');
		await eventually(async () => expect((await tables()).recent_write).toMatchObject([{ state: 'made' }]));
		const [row] = (await tables()).recent_write as Row[];
		const alarmMs = (await alarmOf('swept')) ?? Number.POSITIVE_INFINITY;
		expect(alarmMs - (row?.until_ms ?? 0)).toBeLessThanOrEqual(5 * 60_000);
		await at(alarmMs, () => runDurableObjectAlarm(accountStub('swept')));
		expect((await tables()).recent_write).toEqual([]);
	});

	it('goes with its account; the budget with its server', async ({ expect }) => {
		await connectAccount('ends-guarded');
		const server = await createServer('ends-guarded', { writes_per_day: 5 });
		const other = await createServer('ends-guarded', { writes_per_day: 5 });
		vendor();
		for (const { url } of [server, other]) await callTool(url, CREATE_NOTE, { ticket_id: 1, text: 'x' });
		await api('DELETE', serverPath(server));
		const { write_count } = await accountTables('ends-guarded');
		expect(write_count?.map((row) => (row as Row).server_id)).toEqual([other.id]);
		await api('DELETE', '/integrated-account/ends-guarded');
		expect(await accountTables('ends-guarded')).toMatchObject({ recent_write: [], write_count: [] });
	});

	it('outlives a restart of the Durable Object', async ({ expect }) => {
		const server = await fresh();
		const sent = vendor();
		await note(server);
		await settled(server);
		await evictDurableObject(accountStub('guarded'));
		expect(contentOf(await note(server))).toMatchObject({ id: 301, is_repeat: true });
		expect(sent).toHaveLength(1);
	});

	it('is nothing for an end that is told too late, after another attempt', async ({ expect }) => {
		await connectAccount('late-guarded');
		const server = await createServer('late-guarded');
		const stub = accountStub('late-guarded');
		const claim = await claimOf(server);
		const ask = (insists: boolean) => stub.admit({ ...claim, call: { write: { key: 'k', insists } } });
		const first = await ask(false);
		const second = await ask(true);
		const ticketOf = (verdict: typeof first) =>
			verdict.state === 'current' && verdict.write?.may === 'go' ? (verdict.write.ticket ?? '') : '';
		expect(ticketOf(first)).not.toBe(ticketOf(second));
		const end = { server_id: server.id, key: 'k' };
		await stub.settleWrites([{ ...end, ticket: ticketOf(first), end: { state: 'unmade' } }]);
		expect(await ask(false)).toMatchObject({ write: { may: 'not', because: 'in_flight' } });
		await stub.settleWrites([{ ...end, ticket: ticketOf(second), end: { state: 'made', record_id: '"abc"' } }]);
		expect(await ask(false)).toMatchObject({ write: { may: 'not', because: 'repeat', record_id: '"abc"' } });
	});
});

describe('a budget of writes per day', () => {
	const update = (server: ServerWithUrl, id: number) => callTool(server.url, UPDATE_TICKET, { id, summary: 'x' });

	it('ends the writes of the day, says until when, and leaves reads alone', async ({ expect }) => {
		const server = await fresh({ writes_per_day: 2 });
		const sent = vendor();
		await update(server, 1);
		await note(server);
		const third = await update(server, 2);
		expect(resultOf(third).isError).toBe(true);
		expect(contentOf(third)).toMatchObject({ statusCode: 429, code: 'write_budget_spent', is_remote_error: false });
		expect(contentOf(third).message).toMatch(/^Nothing was sent: .*2 times a day.*00:00 UTC.*writes_per_day/);
		expect(Number(third.headers.get('retry-after'))).toBe(contentOf(third).retry_after_seconds);
		expect(contentOf(third).retry_after_seconds).toBeLessThanOrEqual(86_400);
		expect(sent).toHaveLength(2);
		expect(contentOf(await callTool(server.url, GET_TICKET, { id: 1 })).id).toBe(1);
		await at(Date.now() + 86_400_000, async () => expect(contentOf(await update(server, 2)).id).toBe(1));
	});

	it('is not spent by what was not written: a refusal, a repeat, wrong arguments', async ({ expect }) => {
		const server = await fresh({ writes_per_day: 1 });
		mockVendor(() => Response.json({ message: 'No.' }, { status: 400 }));
		expect(contentOf(await update(server, 1)).statusCode).toBe(400);
		expect(contentOf(await callTool(server.url, UPDATE_TICKET, { id: 'x' })).code).toBe('invalid_arguments');
		const count = async () =>
			((await accountTables('guarded')).write_count as { server_id: string; count: number }[]).find(
				({ server_id }) => server_id === server.id,
			)?.count;
		await eventually(async () => expect(await count()).toBe(0));
		vi.restoreAllMocks();
		vendor();
		expect(contentOf(await note(server)).id).toBe(301);
		await settled(server);
		expect(contentOf(await note(server)).is_repeat).toBe(true);
		expect(contentOf(await note(server, { confirm_repeat: true })).code).toBe('write_budget_spent');
	});

	it('of 0 lets none through, and ends with null', async ({ expect }) => {
		const server = await fresh({ writes_per_day: 0 });
		const sent = vendor();
		expect(contentOf(await update(server, 1)).code).toBe('write_budget_spent');
		const { body } = await api('PATCH', serverPath(server), { config: { writes_per_day: null } });
		expect(body.config).toEqual({});
		expect(contentOf(await update(server, 1)).id).toBe(1);
		expect(sent).toHaveLength(1);
	});

	// security: S-04
	it('holds under many at once', async ({ expect }) => {
		const server = await fresh({ writes_per_day: 5 });
		const sent = vendor();
		await Promise.all(Array.from({ length: 20 }, (_, id) => update(server, id + 1)));
		expect(sent).toHaveLength(5);
	});

	it('takes whole numbers alone', async ({ expect }) => {
		const server = await fresh();
		for (const [member, value] of [
			['writes_per_day', -1],
			['writes_per_day', 1.5],
			['writes_per_day', '5'],
			['calls_per_minute', 0],
			['duplicate_window_seconds', -1],
			['duplicate_window_seconds', 86_401],
			['redact', 'yes'],
		] as const) {
			const answer = await refused('PATCH', serverPath(server), { config: { [member]: value } });
			expect([answer.status, Object.keys(faultsOf(answer))]).toEqual([400, [`config.${member}`]]);
		}
	});
});
