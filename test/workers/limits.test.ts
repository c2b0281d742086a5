// How much a server, an account, a token and an address may do at once and in a minute.
import { beforeAll, describe, it } from 'vitest';
import { RateWindows } from '../../durable-objects/rate-windows.ts';
import { enterAccount, IN_FLIGHT_DEFAULT } from '../../workers/vendor/in-flight.ts';
import {
	accountStub,
	api,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mockVendor,
	resultOf,
	type ServerWithUrl,
	serverPath,
	setUp,
	toolNames,
	UPDATE_TICKET,
} from './support.ts';

setUp();
beforeAll(() => connectAccount('limits'));

const read = ({ url }: ServerWithUrl, args: Json = { id: 1 }) => callTool(url, GET_TICKET, args);
const vendor = () => mockVendor(() => Response.json({ id: 1 }));

describe('a minute', () => {
	const T0 = 1_000_000;

	it('holds as many as it may, and says when the next begins', ({ expect }) => {
		const windows = new RateWindows();
		for (let count = 0; count < 3; count++) expect(windows.take('a', 3, T0 + count)).toBeNull();
		expect(windows.take('a', 3, T0 + 10_500)).toEqual({ limit: 3, reset_seconds: 50 });
		expect(windows.take('b', 3, T0 + 10_500)).toBeNull();
		expect(windows.take('a', 3, T0 + 59_999)).toEqual({ limit: 3, reset_seconds: 1 });
		expect(windows.take('a', 3, T0 + 60_000)).toBeNull();
	});

	it('is not stretched by a clock that is set back', ({ expect }) => {
		const windows = new RateWindows();
		windows.take('a', 1, T0);
		expect(windows.take('a', 1, T0 - 5)).toBeNull();
	});

	it('is forgotten when it is over, so that memory stays bounded', ({ expect }) => {
		const windows = new RateWindows();
		for (let key = 0; key < 5_000; key++) windows.take(String(key), 1, T0 + key * 100);
		// Whatever was swept, what is still running counts on.
		expect(windows.take('4999', 1, T0 + 5_000 * 100)).not.toBeNull();
	});
});

describe('a server with calls_per_minute', () => {
	it('is answered 429 beyond them, with the headers of one, and the vendor is left alone', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 3 });
		const sent = vendor();
		for (let count = 0; count < 3; count++) expect(resultOf(await read(server)).isError).toBeUndefined();
		for (let count = 0; count < 3; count++) {
			const answer = await read(server);
			const { isError, structuredContent } = resultOf(answer);
			expect(answer.status).toBe(200);
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({
				statusCode: 429,
				error: 'Too Many Requests',
				code: 'rate_limited',
				is_remote_error: false,
				retry_after_seconds: expect.any(Number),
			});
			expect(structuredContent.message).toMatch(/3 calls a minute\. Wait \d+ seconds/);
			const header = (name: string) => answer.headers.get(name);
			expect([header('ratelimit-limit'), header('ratelimit-remaining')]).toEqual(['3', '0']);
			expect(header('retry-after')).toBe(String(structuredContent.retry_after_seconds));
			expect(header('ratelimit-reset')).toBe(header('retry-after'));
		}
		// The first beyond may have been on its way; after that this isolate knows.
		expect(sent.length).toBeLessThanOrEqual(4);
	});

	// security: S-04
	it('sends no write beyond them', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 1 });
		const sent = vendor();
		await callTool(server.url, UPDATE_TICKET, { id: 1, summary: 'x' });
		const { structuredContent } = resultOf(await callTool(server.url, UPDATE_TICKET, { id: 2, summary: 'x' }));
		expect(structuredContent.code).toBe('rate_limited');
		expect(sent).toHaveLength(1);
	});

	it('withholds the answer of a read that was on its way', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 1 });
		mockVendor(() => Response.json({ id: 1, summary: 'telltale' }));
		const answers = await Promise.all([1, 2, 3, 4].map((id) => read(server, { id })));
		expect(answers.filter(({ text }) => text.includes('telltale'))).toHaveLength(1);
	});

	it('does not count what reaches no vendor, nor the calls of another server', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 1 });
		const other = await createServer('limits', { calls_per_minute: 1 });
		vendor();
		expect(await toolNames(server.url)).toContain(LIST_TICKETS);
		expect(resultOf(await read(server, { id: 'x' })).structuredContent.code).toBe('invalid_arguments');
		expect(resultOf(await read(other)).isError).toBeUndefined();
		expect(resultOf(await read(server)).isError).toBeUndefined();
	});

	it('may call again at once when the limit is raised', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 1 });
		vendor();
		await read(server);
		expect(resultOf(await read(server)).isError).toBe(true);
		await api('PATCH', serverPath(server), { config: { calls_per_minute: 100 } });
		expect(resultOf(await read(server)).isError).toBeUndefined();
	});

	it('is revoked as instantly as ever while it is limited', async ({ expect }) => {
		const server = await createServer('limits', { calls_per_minute: 1 });
		vendor();
		await read(server);
		await read(server);
		await accountStub('limits').deleteServer(server.id);
		expect((await read(server)).status).toBe(404);
	});
});

describe('calls of one account under way at once', () => {
	it('are counted, and every one that ends makes room', ({ expect }) => {
		const leave = [enterAccount('acc', 2), enterAccount('acc', 2)];
		expect(enterAccount('acc', 2)).toBeNull();
		expect(enterAccount('other', 2)).not.toBeNull();
		leave[0]?.();
		const again = enterAccount('acc', 2);
		expect(again).not.toBeNull();
		again?.();
		leave[1]?.();
		expect(enterAccount('acc', 1)).not.toBeNull();
	});

	// security: S-24
	it('are refused beyond the bound with a hint, nothing sent, and let through when others have ended', async ({
		expect,
	}) => {
		await connectAccount('crowded');
		const server = await createServer('crowded');
		let isAnswering = false;
		const sent = mockVendor(async () => {
			while (!isAnswering) await scheduler.wait(10);
			return Response.json({ id: 1 });
		});
		const waiting = Array.from({ length: IN_FLIGHT_DEFAULT }, () => read(server));
		await eventually(() => expect(sent).toHaveLength(IN_FLIGHT_DEFAULT));
		const refusals = [await read(server), await callTool(server.url, UPDATE_TICKET, { id: 1, summary: 'x' })];
		for (const refusal of refusals) {
			expect(resultOf(refusal).structuredContent).toMatchObject({
				statusCode: 429,
				code: 'too_many_in_flight',
				retry_after_seconds: 1,
				is_remote_error: false,
			});
			expect(refusal.headers.get('retry-after')).toBe('1');
		}
		expect(sent).toHaveLength(IN_FLIGHT_DEFAULT);
		isAnswering = true;
		for (const answer of await Promise.all(waiting)) expect(resultOf(answer).isError).toBeUndefined();
		expect(resultOf(await read(server)).isError).toBeUndefined();
	});

	it('do not stay counted when they fail', async ({ expect }) => {
		await connectAccount('failing');
		const server = await createServer('failing');
		mockVendor(() => Promise.reject(new TypeError('lost')));
		for (let round = 0; round < IN_FLIGHT_DEFAULT + 50; round++) {
			const { structuredContent } = resultOf(await read(server));
			expect(structuredContent.code).toBe('upstream_unreachable');
		}
	});
});
