// HTTP+SSE of MCP 2024-11-05: streams at <url>/sse, messages posted to the address that the stream tells, under the same
// filters, log and last word as a POST to the URL. Streams are few, end when idle, and are cut when nobody reads them.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import { TICK_MS } from '../../../durable-objects/event-streams.ts';
import type { EventStreamsObject } from '../../../workers/contracts/objects.ts';
import { claimHash } from '../../../workers/lib/secrets.ts';
import {
	api,
	at,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	dumpStorage,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mcp,
	mockVendor,
	ORIGIN,
	type Page,
	post,
	type RpcBody,
	type ServerWithUrl,
	secondsFromNow,
	send,
	serverPath,
	setUp,
} from '../support.ts';

setUp();
let server: ServerWithUrl;
beforeAll(async () => {
	await connectAccount('sse');
	server = await createServer('sse', { tags: ['service'], methods: ['read'] });
});

interface Event {
	event: string;
	data: string;
}

/** An open stream, read as its events arrive. */
class EventReader {
	readonly comments: string[] = [];
	readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
	readonly #decoder = new TextDecoder();
	#text = '';

	readonly response: Response;

	constructor(response: Response) {
		this.response = response;
		if (!response.body) throw new Error('no stream');
		this.#reader = response.body.getReader();
	}

	/** @returns null when the stream has ended */
	async next(): Promise<Event | null> {
		for (;;) {
			const end = this.#text.indexOf('\n\n');
			if (end >= 0) {
				const lines = this.#text.slice(0, end).split('\n');
				this.#text = this.#text.slice(end + 2);
				if (lines[0]?.startsWith(':')) {
					this.comments.push(lines[0]);
					continue;
				}
				const of = (name: string) =>
					lines.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : [])).join('\n');
				return { event: of('event'), data: of('data') };
			}
			const { done, value } = await this.#reader.read();
			if (done) return null;
			this.#text += this.#decoder.decode(value, { stream: true });
		}
	}

	async answer(): Promise<RpcBody> {
		const event = await this.next();
		if (event?.event !== 'message') throw new Error(`no message but ${JSON.stringify(event)}`);
		return JSON.parse(event.data) as RpcBody;
	}

	async close(): Promise<void> {
		await this.#reader.cancel();
	}
}

function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
	return send(new Request(`${url}/sse`, { headers: { accept: 'text/event-stream', ...headers } }));
}

/** @returns the stream, and the address that its first event tells */
async function open(url: string, headers: Record<string, string> = {}): Promise<{ stream: EventReader; to: string }> {
	const response = await get(url, headers);
	if (response.status !== 200) throw new Error(`no stream: ${response.status}`);
	const stream = new EventReader(response);
	const first = await stream.next();
	if (first?.event !== 'endpoint') throw new Error(`no endpoint but ${JSON.stringify(first)}`);
	return { stream, to: new URL(first.data, url).href };
}

const message = (method: string, params: Json = {}, id: string | number = 1) => ({
	jsonrpc: '2.0',
	id,
	method,
	params,
});

function streamsOf<T>(of: ServerWithUrl, use: (streams: EventStreamsObject) => Promise<T>): Promise<T> {
	return runInDurableObject(env.EVENT_STREAMS.getByName(claimHash(of.token)), use);
}

const minutes = (count: number) => Date.now() + count * 60_000;

describe('a stream', () => {
	it('is opened by GET, and tells first where messages go: below its own URL, to a session nobody can guess', async ({
		expect,
	}) => {
		const { stream, to } = await open(server.url);
		expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
		expect(stream.response.headers.get('cache-control')).toBe('no-store, no-transform');
		expect(to).toMatch(new RegExp(`^${server.url}/sse/[A-Za-z0-9_-]{43}$`));
		const other = await open(server.url);
		expect(other.to).not.toBe(to);
		await Promise.all([stream.close(), other.stream.close()]);
	});

	it('carries the whole conversation of an old client', async ({ expect }) => {
		const calls = mockVendor(() => Response.json([{ id: 7 }]));
		const { stream, to } = await open(server.url);
		const clientInfo = { name: 'old', version: '1' };
		const hello = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo };
		expect((await post(to, message('initialize', hello))).status).toBe(202);
		expect((await stream.answer()).result).toMatchObject({ protocolVersion: '2024-11-05' });
		const noted = await post(to, { jsonrpc: '2.0', method: 'notifications/initialized' });
		expect(noted.status).toBe(202);
		await post(to, message('tools/list', {}, 'l'));
		const listed = await stream.answer();
		expect(listed).toEqual({ ...(await mcp(server.url, 'tools/list')).body, id: 'l' });
		await post(to, message('tools/call', { name: LIST_TICKETS, arguments: { limit: 1 } }, 3));
		expect(await stream.answer()).toMatchObject({ id: 3, result: { structuredContent: { result: [{ id: 7 }] } } });
		expect(calls.length).toBe(1);
		await stream.close();
	});

	it('answers as a POST to the URL does, also what is refused', async ({ expect }) => {
		mockVendor(() => Response.json({ id: 1 }));
		const { stream, to } = await open(server.url);
		const messages = [
			message('ping'),
			message('tools/call', { name: 'create_a_connect_wise_psa_ticket', arguments: {} }),
			message('tools/call', { name: GET_TICKET, arguments: { idd: 1 } }),
			message('prompts/get', { name: 'brief_me_on_a_ticket', arguments: { ticket_id: '1' } }),
			message('resources/read', { uri: 'patchbay://tools' }),
			message('no/such/method'),
		];
		for (const one of messages) {
			await post(to, one);
			expect(await stream.answer()).toEqual((await post(server.url, one)).body);
		}
		await stream.close();
	});

	it('is logged like any other call, once', async ({ expect }) => {
		mockVendor(() => Response.json({ id: 5 }));
		const logged = await createServer('sse', { tags: ['service'] });
		const { stream, to } = await open(logged.url, { 'user-agent': 'old-client/1' });
		await post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 5 } }), {
			headers: { 'user-agent': 'old-client/1' },
		});
		await stream.answer();
		const entries = await eventually(async () => {
			const { body } = await api<Page<Json>>('GET', `${serverPath(logged)}/log`);
			if (body.result.length === 0) throw new Error('no entry yet');
			return body.result;
		});
		expect(entries).toEqual([expect.objectContaining({ tool: GET_TICKET, outcome: 'ok', client: 'old-client/1' })]);
		await stream.close();
	});

	it('keeps nothing anywhere', async ({ expect }) => {
		mockVendor(() => Response.json({ id: 5, summary: 'telltale-summary' }));
		const { stream, to } = await open(server.url);
		await post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 5 } }));
		expect(JSON.stringify(await stream.answer())).toContain('telltale-summary');
		const stored = await dumpStorage();
		expect(stored).not.toContain('telltale-summary');
		expect(stored).not.toContain(to.split('/').at(-1));
		await stream.close();
	});
});

describe('who may open and post', () => {
	it('nobody without a good token: the same 404 as at the URL', async ({ expect }) => {
		const unknown = `${ORIGIN}/mcp/${'x'.repeat(43)}`;
		const expected = await (await send(new Request(unknown, { method: 'POST', body: '{}' }))).json();
		for (const url of [unknown, `${ORIGIN}/mcp/short`]) {
			const response = await get(url);
			expect([response.status, await response.json()]).toEqual([404, expected]);
			expect((await post(`${url}/sse/${'y'.repeat(43)}`, message('ping'))).status).toBe(404);
		}
	});

	it('nobody to a session of another server, or of none', async ({ expect }) => {
		const { stream, to } = await open(server.url);
		const other = await createServer('sse');
		const session = to.split('/').at(-1);
		expect((await post(`${other.url}/sse/${session}`, message('ping'))).status).toBe(404);
		expect((await post(`${server.url}/sse/${'y'.repeat(43)}`, message('ping'))).status).toBe(404);
		await post(to, message('ping'));
		expect(await stream.answer()).toMatchObject({ result: {} });
		await stream.close();
	});

	it('with a second factor: an API token for the stream and for each message', async ({ expect }) => {
		const locked = await createServer('sse', { require_api_token_auth: true });
		const token = await createApiToken({ scope: 'use', accounts: ['sse'] });
		const refusal = await get(locked.url);
		expect([refusal.status, refusal.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
		const headers = { authorization: `Bearer ${token}` };
		const { stream, to } = await open(locked.url, headers);
		expect((await post(to, message('ping'))).status).toBe(401);
		expect((await post(to, message('ping'), { headers })).status).toBe(202);
		expect(await stream.answer()).toMatchObject({ id: 1, result: {} });
		await stream.close();
	});

	it('no page of another origin', async ({ expect }) => {
		const headers = { origin: 'https://evil.example' };
		expect((await get(server.url, headers)).status).toBe(403);
		const { stream, to } = await open(server.url);
		expect((await post(to, message('ping'), { headers })).status).toBe(403);
		await stream.close();
	});

	it('with the methods that there are', async ({ expect }) => {
		const { stream, to } = await open(server.url);
		for (const [method, url, allow] of [
			['POST', `${server.url}/sse`, 'GET'],
			['DELETE', `${server.url}/sse`, 'GET'],
			['GET', to, 'POST'],
		] as const) {
			const response = await send(new Request(url, { method }));
			expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, allow]);
		}
		await stream.close();
	});
});

describe('a message that is none', () => {
	for (const [name, body, status, code] of [
		['is not JSON', '{"jsonrpc":', 400, -32700],
		['is a batch', [message('ping')], 400, -32600],
		['is too large', `"${'x'.repeat(8 * 1024 * 1024)}"`, 413, -32600],
	] as const) {
		it(`because it ${name} is refused where it was posted`, async ({ expect }) => {
			const { stream, to } = await open(server.url);
			const refused = await post(to, body);
			expect([refused.status, refused.body.error?.code]).toEqual([status, code]);
			await post(to, message('ping', {}, 'after'));
			expect(await stream.answer()).toMatchObject({ id: 'after' });
			await stream.close();
		});
	}
});

describe('the last word', () => {
	// security: S-80
	it('is the Durable Object’s: after a revoke a message is refused and the stream ends', async ({ expect }) => {
		captureLog();
		const calls = mockVendor(() => Response.json({ id: 1 }));
		const revoked = await createServer('sse');
		const { stream, to } = await open(revoked.url);
		await api('DELETE', serverPath(revoked));
		expect((await post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 1 } }))).status).toBe(404);
		expect(calls).toEqual([]);
		await streamsOf(revoked, (streams) => streams.tick(Date.now()));
		expect(await stream.next()).toBeNull();
		expect((await get(revoked.url)).status).toBe(404);
	});

	// security: S-80
	it('holds for streams that are open when their server is rotated, expires or gets a second factor', async ({
		expect,
	}) => {
		const rotated = await createServer('sse');
		const secured = await createServer('sse');
		const expiring = await createServer('sse', {}, { expires_at: secondsFromNow(3_600) });
		const opened = await Promise.all([rotated, secured, expiring, server].map(({ url }) => open(url)));
		await api('POST', `${serverPath(rotated)}/rotate`);
		await api('PATCH', serverPath(secured), { config: { require_api_token_auth: true } });
		for (const one of [rotated, secured, server]) await streamsOf(one, (streams) => streams.tick(Date.now()));
		await at(Date.now() + 3_601_000, () => streamsOf(expiring, (streams) => streams.tick(Date.now())));
		for (const { stream } of opened.slice(0, 3)) expect(await stream.next()).toBeNull();
		await post(opened[3]?.to ?? '', message('ping'));
		expect(await opened[3]?.stream.answer()).toMatchObject({ result: {} });
		await opened[3]?.stream.close();
	});

	// security: S-80
	it('is asked for each stream more often than every 30 seconds', ({ expect }) => {
		expect(TICK_MS).toBeLessThanOrEqual(30_000);
	});

	it('a change of the filter holds for the next message of an open stream', async ({ expect }) => {
		const changing = await createServer('sse', { tags: ['service'] });
		const { stream, to } = await open(changing.url);
		await api('PATCH', serverPath(changing), { config: { tags: ['time'] } });
		await post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 1 } }));
		expect((await stream.answer()).error?.code).toBe(-32602);
		await stream.close();
	});
});

describe('the number and life of streams', () => {
	it('a stream is kept alive by comments, and ends after ten minutes without a message', async ({ expect }) => {
		const quiet = await createServer('sse');
		const { stream, to } = await open(quiet.url);
		await streamsOf(quiet, (streams) => streams.tick(minutes(9)));
		await post(to, message('ping'));
		await stream.answer();
		expect(stream.comments).toEqual([': keep-alive']);
		await streamsOf(quiet, (streams) => streams.tick(minutes(11)));
		expect(await stream.next()).toBeNull();
		expect((await post(to, message('ping'))).status).toBe(404);
	});

	it('a stream whose call is still on its way is not idle', async ({ expect }) => {
		let release = () => {};
		const waiting = new Promise<void>((done) => {
			release = done;
		});
		const calls = mockVendor(async () => {
			await waiting;
			return Response.json({ id: 1 });
		});
		const slow = await createServer('sse');
		const { stream, to } = await open(slow.url);
		const posted = post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 1 } }));
		await eventually(() => expect(calls.length).toBe(1));
		await streamsOf(slow, (streams) => streams.tick(minutes(11)));
		release();
		expect(await stream.answer()).toMatchObject({ result: { structuredContent: { id: 1 } } });
		expect((await posted).status).toBe(202);
		await stream.close();
	});

	it('one more than twenty ends the one that was idle longest', async ({ expect }) => {
		const busy = await createServer('sse');
		const opened: Awaited<ReturnType<typeof open>>[] = [];
		for (let index = 0; index < 20; index++) opened.push(await at(minutes(index / 60), () => open(busy.url)));
		const [first, second] = opened;
		// The first one speaks again, so the second is the idlest.
		await at(minutes(1), async () => {
			await post(first?.to ?? '', message('ping'));
			await first?.stream.answer();
		});
		const last = await at(minutes(2), () => open(busy.url));
		expect(await second?.stream.next()).toBeNull();
		for (const { to } of [opened[0], opened[2], opened[19], last].flatMap((one) => one ?? []))
			expect((await post(to, message('ping'))).status).toBe(202);
		for (const { stream } of [...opened, last]) await stream.close();
	});

	it('a client that never reads is cut off, and what waits for it is dropped', async ({ expect }) => {
		captureLog();
		const unread = await createServer('sse');
		// Its first event is read, and nothing after that.
		const { stream, to } = await open(unread.url);
		const statuses = new Set<number>();
		await eventually(async () => {
			const { status } = await post(to, message('tools/list'));
			statuses.add(status);
			if (status !== 404) throw new Error('still open');
		});
		expect(statuses.has(202)).toBe(true);
		await expect(stream.next().then(() => stream.next())).rejects.toThrow();
	});

	it('more than sixteen messages that wait for their answers are refused', async ({ expect }) => {
		let release = () => {};
		const waiting = new Promise<void>((done) => {
			release = done;
		});
		const calls = mockVendor(async () => {
			await waiting;
			return Response.json({ id: 1 });
		});
		const { stream, to } = await open(server.url);
		const call = (id: number) => post(to, message('tools/call', { name: GET_TICKET, arguments: { id: 1 } }, id));
		const posted = Array.from({ length: 16 }, (_, index) => call(index + 1));
		await eventually(() => expect(calls.length).toBe(16));
		const refused = await call(17);
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
		release();
		const ids = new Set<unknown>();
		for (let index = 0; index < 16; index++) ids.add((await stream.answer()).id);
		expect(ids.size).toBe(16);
		for (const { status } of await Promise.all(posted)) expect(status).toBe(202);
		expect((await call(18)).status).toBe(202);
		await stream.answer();
		await stream.close();
	});
});
