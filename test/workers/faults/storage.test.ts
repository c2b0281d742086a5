// KV that hangs or answers late, alarms that come together, an isolate that ends with its answer, a vendor that breaks
// off: what was answered holds, nothing is sent twice, and storage is sound afterwards.
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { hashesOf } from '../../../workers/access/keys.ts';
import type { Env } from '../../../workers/contracts/env.ts';
import type { LogEntry, TokenEntry } from '../../../workers/contracts/records.ts';
import worker from '../../../workers/index.ts';
import {
	accountInput,
	accountStub,
	accountTables,
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	dumpStorage,
	eventually,
	faultyNamespace,
	LIST_TICKETS,
	LOCAL_TOKEN,
	mcp,
	mockVendor,
	ORIGIN,
	refused,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	tokenKey,
	UPDATE_TICKET,
} from '../support.ts';
import { layFuse, presentKeys, restart, unsettled } from './fuse.ts';

setUp();

/** KV whose operations on tokens wait for `release`, and are carried out then. */
function hangingKv() {
	let isReleased = false;
	let waiting = 0;
	const KV = new Proxy(env.KV, {
		get(target, property) {
			const member: unknown = Reflect.get(target, property);
			if (typeof member !== 'function') return member;
			return async (...args: unknown[]) => {
				const isToken = String(args[0]).startsWith('token:');
				if (isToken) waiting++;
				// Each asks by itself: one request's promise is nothing to wait for in another.
				while (isToken && !isReleased) await scheduler.wait(5);
				const done: unknown = await Reflect.apply(member, target, args);
				if (isToken) waiting--;
				return done;
			};
		},
	});
	const releaseAll = async () => {
		isReleased = true;
		while (waiting > 0) await scheduler.wait(5);
	};
	return { KV, releaseAll };
}

/** The 5 seconds that storage is given become a blink. */
function hurry(): void {
	const { setTimeout } = globalThis;
	vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) =>
		setTimeout(act, ms === 5_000 ? 20 : ms)) as typeof setTimeout);
}

async function putKv(accountId: string, KV: KVNamespace): Promise<void> {
	await runInDurableObject(accountStub(accountId), (instance) => {
		const object = instance as unknown as { env: Env };
		object.env = { ...object.env, KV };
	});
}

describe('KV that hangs', () => {
	// security: S-41
	it('holds up no change for ever: it is answered, it holds, and KV follows', async ({ expect }) => {
		captureLog();
		const earlierKeys = await presentKeys();
		await connectAccount('hang');
		const server = await createServer('hang');
		const narrowed = await createServer('hang');
		const { KV, releaseAll } = hangingKv();
		await putKv('hang', KV);
		hurry();
		const answers = [
			(await api('PATCH', serverPath(narrowed), { config: { tags: ['time'] } })).status,
			(await api('DELETE', serverPath(server))).status,
			(await refused('POST', '/integrated-account/hang/mcp', { name: 'x' })).status,
		];
		expect(answers).toEqual([200, 204, 503]);
		expect((await mcp(server.url, 'ping')).status).toBe(404);
		expect((await callTool(narrowed.url, LIST_TICKETS)).body.error?.code).toBe(-32602);
		await putKv('hang', env.KV);
		await releaseAll();
		await restart('hang');
		expect(await unsettled('hang', earlierKeys)).toEqual([]);
	});

	it('and does an old write after a newer one is put right again', async ({ expect }) => {
		captureLog();
		const earlierKeys = await presentKeys();
		await connectAccount('late-put');
		const server = await createServer('late-put');
		const { KV, releaseAll } = hangingKv();
		await putKv('late-put', KV);
		hurry();
		expect((await api('PATCH', serverPath(server), { name: 'late' })).status).toBe(200);
		await putKv('late-put', env.KV);
		await api('DELETE', serverPath(server));
		expect(await env.KV.get(tokenKey(server))).toBeNull();
		await releaseAll();
		await eventually(async () => expect(await env.KV.get(tokenKey(server))).toBeNull());
		await restart('late-put');
		expect(await unsettled('late-put', earlierKeys)).toEqual([]);
	});

	it('at the door is 503 before the client gives up', async ({ expect }) => {
		captureLog();
		await connectAccount('hang-door');
		const { url } = await createServer('hang-door');
		const { KV, releaseAll } = hangingKv();
		hurry();
		const answer = await mcp(url, 'ping', {}, { env: { ...env, KV } });
		expect(answer.status).toBe(503);
		await releaseAll();
		expect((await mcp(url, 'ping')).status).toBe(200);
	});
});

describe('alarms', () => {
	// security: S-41
	it('that come together with each other and with changes leave storage sound', async ({ expect }) => {
		const earlierKeys = await presentKeys();
		await connectAccount('crowd');
		const ends = await createServer('crowd', {}, { expires_at: secondsFromNow(90) });
		const stays = await createServer('crowd');
		const goes = await createServer('crowd');
		const alarm = () => runInDurableObject(accountStub('crowd'), (object) => object.alarm());
		await at(ends.expires_at ?? '', async () => {
			const [rotated] = await Promise.all([
				api<ServerWithUrl>('POST', `${serverPath(stays)}/rotate`),
				alarm(),
				api('DELETE', serverPath(goes)),
				alarm(),
				api('PATCH', serverPath(stays), { name: 'renamed' }),
				alarm(),
			]);
			expect((await mcp(rotated.body.url, 'ping')).status).toBe(200);
		});
		for (const { url } of [ends, stays, goes]) expect((await mcp(url, 'ping')).status).toBe(404);
		await restart('crowd');
		expect(await unsettled('crowd', earlierKeys)).toEqual([]);
		expect((await accountTables('crowd')).server?.length).toBe(1);
	});
});

describe('an isolate that ends with its answer', () => {
	/** Nothing that was put off for later is ever done. */
	async function sendAndEnd(request: Request): Promise<Response> {
		const ctx = createExecutionContext();
		const ending = new Proxy(ctx, {
			get: (target, property) => (property === 'waitUntil' ? () => {} : Reflect.get(target, property)),
		});
		const silent = { ...env, INTEGRATED_ACCOUNTS: faultyNamespace(env.INTEGRATED_ACCOUNTS, ['appendLog']) };
		const response = await worker.fetch(request, silent, ending);
		await waitOnExecutionContext(ctx);
		return response;
	}

	const manage = async (method: string, path: string, body?: unknown) => {
		const request = new Request(ORIGIN + path, {
			method,
			headers: { authorization: `Bearer ${LOCAL_TOKEN}`, 'content-type': 'application/json' },
			body: body === undefined ? null : JSON.stringify(body),
		});
		const response = await sendAndEnd(request);
		const text = await response.text();
		return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as ServerWithUrl };
	};

	// security: S-41
	it('has done all of every change by then', async ({ expect }) => {
		captureLog();
		const earlierKeys = await presentKeys();
		const path = '/integrated-account/ended';
		expect((await manage('POST', '/integrated-account', accountInput({ id: 'ended' }))).status).toBe(201);
		const created = await manage('POST', `${path}/mcp`, { name: 'x', config: {} });
		const entry = await env.KV.get<TokenEntry>(tokenKey(created.body), 'json');
		expect([created.status, entry?.server.id]).toEqual([201, created.body.id]);
		await manage('PATCH', `${path}/mcp/${created.body.id}`, { config: { tags: ['time'] } });
		const narrowed = await env.KV.get<TokenEntry>(tokenKey(created.body), 'json');
		expect(narrowed?.server.config).toEqual({ tags: ['time'] });
		const rotated = await manage('POST', `${path}/mcp/${created.body.id}/rotate`);
		expect(await env.KV.get(tokenKey(created.body))).toBeNull();
		expect(await env.KV.get(tokenKey(rotated.body))).not.toBeNull();
		await manage('DELETE', `${path}/mcp/${created.body.id}`);
		expect(await env.KV.get(tokenKey(rotated.body))).toBeNull();
		expect(await unsettled('ended', earlierKeys)).toEqual([]);
		expect((await manage('DELETE', path)).status).toBe(204);
		expect(await env.KV.get('account:ended')).toBeNull();
	});

	it('loses entries of the log at most, and the next calls are logged', async ({ expect }) => {
		captureLog();
		mockVendor(() => Response.json([{ id: 1 }]));
		await connectAccount('unlogged');
		const server = await createServer('unlogged');
		const call = (id: number) =>
			new Request(server.url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
				body: JSON.stringify({
					jsonrpc: '2.0',
					id,
					method: 'tools/call',
					params: { name: LIST_TICKETS, arguments: {} },
				}),
			});
		expect((await sendAndEnd(call(1))).status).toBe(200);
		await eventually(async () => {
			await callTool(server.url, LIST_TICKETS);
			const { entries } = await accountStub('unlogged').readLog(server.id, {}, 10, null);
			expect(entries.length).toBeGreaterThan(0);
		});
	});
});

describe('a vendor that drops the connection', () => {
	const cut = (text: string) =>
		new Response(
			new ReadableStream({
				start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
				pull: (controller) => controller.error(new Error('Network connection lost.')),
			}),
			{ headers: { 'content-type': 'application/json' } },
		);
	const DROPS = [
		{ when: 'before its answer', answer: () => Promise.reject(new Error('Network connection lost.')) },
		{ when: 'within its answer', answer: () => cut('[{"id": 1, "summ') },
		{ when: 'before the last byte of its answer', answer: () => cut('[{"id": 1, "summary": "a"}') },
	];

	for (const { when, answer } of DROPS) {
		for (const [kind, tool, args] of [
			['read', LIST_TICKETS, {}],
			['write', UPDATE_TICKET, { id: 1, summary: 'telltale-argument' }],
		] as const) {
			// security: S-42
			it(`${when}, in a ${kind}: asked once, told as a failure, logged, nothing kept`, async ({ expect }) => {
				captureLog();
				const id = `drop-${kind}-${DROPS.findIndex((drop) => drop.when === when)}`;
				const earlierKeys = await presentKeys();
				await connectAccount(id);
				const server = await createServer(id);
				const calls = mockVendor(answer);
				const { status, body } = await callTool(server.url, tool, args);
				expect([status, body.result?.isError, calls.length]).toEqual([200, true, 1]);
				await eventually(async () => {
					const { entries } = await accountStub(id).readLog(server.id, {}, 10, null);
					expect(entries.map(({ outcome }: LogEntry) => outcome)).toEqual(['failed']);
				});
				expect(await dumpStorage()).not.toContain('telltale-argument');
				expect(await unsettled(id, earlierKeys)).toEqual([]);
				mockVendor(() => Response.json(kind === 'read' ? [] : { id: 1 }));
				const again = await callTool(server.url, tool, args);
				expect(again.body.result).toBeDefined();
				expect(again.body.result?.isError).not.toBe(true);
			});
		}
	}

	it('after its answer has arrived whole is none the wiser', async ({ expect }) => {
		await connectAccount('drop-after');
		const { url } = await createServer('drop-after');
		mockVendor(
			() =>
				new Response(
					new ReadableStream({
						start(controller) {
							controller.enqueue(new TextEncoder().encode('[{"id": 1}]'));
							controller.close();
						},
					}),
				),
		);
		expect((await callTool(url, LIST_TICKETS)).body.result?.isError).not.toBe(true);
	});
});

describe('the directory that dies at any of its steps', () => {
	const directory = env.DIRECTORY.getByName('directory');
	const verify = (token: string) => api('GET', '/api-token', undefined, { token });

	/** Every step, until the change outlives its fuse. @returns how many there were */
	async function everyStep(change: () => Promise<unknown>, check: (hasDied: boolean) => Promise<void>) {
		for (let last = 1; ; last++) {
			const fuse = await layFuse(directory, last, last % 2 === 0 ? 'after' : 'before');
			await change().catch(() => {});
			await restartDirectory();
			await check(fuse.isDead);
			if (!fuse.isDead) return last - 1;
		}
	}

	async function restartDirectory(): Promise<void> {
		await runInDurableObject(directory, (instance, state) => {
			const object = instance as unknown as { ctx: DurableObjectState; env: Env };
			object.ctx = state;
			object.env = { ...object.env, KV: env.KV };
		});
	}

	it('making an API token: what was answered works', async ({ expect }) => {
		captureLog();
		let made: string | null = null;
		const steps = await everyStep(
			async () => {
				made = null;
				made = await createApiToken({ scope: 'manage', accounts: '*' });
			},
			async (hasDied) => {
				if (!hasDied) expect((await verify(made ?? '')).status).toBe(200);
				if (made) expect((await verify(made)).status).toBe(200);
			},
		);
		expect(steps).toBeGreaterThan(1);
	});

	it('revoking an API token: what was answered has stopped', async ({ expect }) => {
		captureLog();
		const token = await createApiToken({ scope: 'manage', accounts: '*' });
		const verified = await directory.verifyApiToken(hashesOf(env, token), '');
		const id = verified?.id ?? '';
		let status = 0;
		await everyStep(
			async () => {
				status = (await api('DELETE', `/api-token/${id}`)).status;
			},
			async (hasDied) => {
				if (status === 204 || !hasDied) expect((await verify(token)).status).toBe(401);
			},
		);
	});
});
