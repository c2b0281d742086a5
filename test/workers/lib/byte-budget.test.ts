// Large answers at once: their bytes are bounded, everybody gets a turn, and no answer is cleaned that is not delivered.
import { beforeAll, describe, it, vi } from 'vitest';
import { ByteBudget } from '../../../workers/lib/byte-budget.ts';
import { messageBytes } from '../../../workers/mcp/message-room.ts';
import { answerBytes } from '../../../workers/vendor/answer-bytes.ts';
import { call } from '../calls/calls.ts';
import { callTool, connectAccount, createServer, LIST_TICKETS, mockVendor, post, resultOf, setUp } from '../support.ts';

setUp();
const never = new AbortController().signal;
describe('a budget of bytes', () => {
	it('makes those wait who would exceed it, all together or alone', async ({ expect }) => {
		const budget = new ByteBudget(20, 12);
		const order: string[] = [];
		const take = async (name: string, holder: string, bytes: number) => {
			const share = await budget.take(holder, bytes, never);
			order.push(name);
			return share;
		};
		const first = await take('first', 'a', 10);
		const second = take('second', 'a', 10);
		const other = await take('other', 'b', 8);
		const third = take('third', 'c', 8);
		other.shrinkTo(2);
		await third;
		expect(order).toEqual(['first', 'other', 'third']);
		first.release();
		await second;
		expect(budget.takenBytes).toBe(20);
		for (const share of [other, await second, await third, first]) share.release();
		expect(budget.takenBytes).toBe(0);
	});

	it('lets one in that is larger than all', async ({ expect }) => {
		const budget = new ByteBudget(20, 12);
		(await budget.take('a', 50, never)).release();
		expect(budget.takenBytes).toBe(0);
	});

	it('is left by who gives up, with their reason', async ({ expect }) => {
		const budget = new ByteBudget(20, 20);
		const share = await budget.take('a', 20, never);
		const ending = new AbortController();
		const waiting = budget.take('b', 5, ending.signal);
		ending.abort(new Error('late'));
		await expect(waiting).rejects.toThrow('late');
		await expect(budget.take('b', 5, ending.signal)).rejects.toThrow('late');
		share.release();
		expect(budget.takenBytes).toBe(0);
	});
});

describe('answers of 3 MB', () => {
	beforeAll(() => connectAccount('large'));

	// security: S-47
	it('twenty at once are all answered, within the bound', async ({ expect }) => {
		const { url } = await createServer('large');
		const body = JSON.stringify(Array.from({ length: 300 }, (_, id) => ({ id: id + 1, summary: 'x'.repeat(10_000) })));
		let mostBytes = 0;
		for (const headers of [{ 'content-length': String(body.length) }, {}] as HeadersInit[]) {
			mockVendor(() => {
				mostBytes = Math.max(mostBytes, answerBytes.takenBytes);
				const { readable, writable } = new TransformStream();
				const writer = writable.getWriter();
				void writer.write(new TextEncoder().encode(body)).then(() => writer.close());
				return new Response('content-length' in headers ? body : readable, {
					headers: { 'content-type': 'application/json', ...headers },
				});
			});
			const answers = await Promise.all(
				Array.from({ length: 20 }, async () => {
					const answer = resultOf(await callTool(url, LIST_TICKETS, { limit: 300 }));
					mostBytes = Math.max(mostBytes, answerBytes.takenBytes);
					return answer;
				}),
			);
			for (const { isError, structuredContent } of answers) {
				expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
				expect(structuredContent.result_count).toBeGreaterThan(0);
			}
		}
		expect(mostBytes).toBeLessThanOrEqual(24 * 1024 * 1024);
		expect(answerBytes.takenBytes).toBe(0);
	});
});

describe('a list that is cut', () => {
	// security: S-47
	it('is cleaned as far as it is delivered', ({ expect }) => {
		const text = 'Login: jane / Hunter2! and card 4111 1111 1111 1111, see ticket 15992 of the firewall. '.repeat(80);
		const countReplacements = (records: number) => {
			const body = JSON.stringify(Array.from({ length: records }, (_, id) => ({ id: id + 1, summary: text })));
			const spies = (['replace', 'replaceAll'] as const).map((name) => vi.spyOn(String.prototype, name));
			const { structuredContent } = call('tickets.list', { limit: 1000, fields: '*' }, { body }, { redact: true });
			const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
			vi.restoreAllMocks();
			expect(structuredContent.result_count).toBeLessThan(20);
			return count;
		};
		const ofFew = countReplacements(20);
		expect(ofFew).toBeGreaterThan(20);
		// Fifty times the records would take fifty times as many.
		expect(countReplacements(1_000)).toBeLessThan(ofFew * 10);
	});
});

describe('messages of 6 MB', () => {
	const UPLOAD = 'create_a_connect_wise_psa_document';
	const message = (n: number) => ({
		jsonrpc: '2.0',
		id: n,
		method: 'tools/call',
		params: { name: UPLOAD, arguments: { text: 'x'.repeat(6_000_000) } },
	});

	// security: S-52
	it('are held one at a time for a server and two for all, and each is answered', async ({ expect }) => {
		const servers = await Promise.all([1, 2, 3].map(() => createServer('large')));
		let mostBytes = 0;
		const take = vi.spyOn(messageBytes, 'take').mockImplementation(async (...args) => {
			const share = await ByteBudget.prototype.take.apply(messageBytes, args);
			mostBytes = Math.max(mostBytes, messageBytes.takenBytes);
			return share;
		});
		const answers = await Promise.all(servers.flatMap(({ url }) => [1, 2].map((n) => post(url, message(n)))));
		expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
		expect(take).toHaveBeenCalledTimes(6);
		expect([mostBytes > 6_000_000, mostBytes <= 16 * 1024 * 1024]).toEqual([true, true]);
		expect(messageBytes.takenBytes).toBe(0);
	});

	for (const [what, body, status] of [
		['no JSON', 'x'.repeat(100_000), 400],
		['a batch', JSON.stringify([message(1)]), 400],
		['too large', JSON.stringify({ x: 'x'.repeat(9_000_000) }), 413],
		['too deep', '['.repeat(100_000), 400],
		['an unknown tool', JSON.stringify(message(1)).replace(UPLOAD, 'none'), 200],
	] as const) {
		// security: S-52
		it(`give their room back when they are refused: ${what}`, async ({ expect }) => {
			const { url } = await createServer('large');
			expect((await post(url, body)).status).toBe(status);
			expect(messageBytes.takenBytes).toBe(0);
		});
	}
});
