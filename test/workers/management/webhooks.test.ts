// Webhooks: an operator is told once of what needs attention, signed, without secrets; a target that fails is tried again.

import { createScheduledController, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { beforeEach, describe, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import { WEBHOOK_EVENTS } from '../../../workers/contracts/webhooks.ts';
import worker from '../../../workers/index.ts';
import { connect } from '../oauth/support.ts';
import {
	accountStub,
	api,
	at,
	CREATE_NOTE,
	CREDENTIALS,
	callTool,
	connectAccount,
	createApiToken,
	createServer,
	directoryStub,
	dumpStorage,
	eventually,
	failCalls,
	faultsOf,
	type Json,
	mockVendor,
	refused,
	secondsFromNow,
	serverPath,
	setUp,
	type VendorCall,
} from '../support.ts';

setUp();
const DAY_SECONDS = 86_400;
const TARGET = 'https://hooks.example.com/patchbay/telltale-path';

interface Webhook {
	id: string;
	url: string;
	secret: string;
	deliveries: { pending: number; given_up: number; failing_since: string | null; last_failure: string | null };
}
interface Told {
	id: string;
	type: string;
	timestamp: string;
	text: string;
	data: Json;
}

/** What the target answers, and the vendor. */
let target: () => Response | Promise<Response>;
let vendor: () => Response | Promise<Response>;
let calls: VendorCall[];

beforeEach(() => {
	target = () => new Response(null, { status: 204 });
	vendor = () => Response.json([{ id: 1 }]);
	calls = mockVendor(({ url }) => (url.startsWith('https://hooks.') ? target() : vendor()));
});

async function makeWebhook(input: Json = {}): Promise<Webhook> {
	const { status, body, text } = await api<Webhook>('POST', '/webhook', { url: TARGET, ...input });
	if (status !== 201) throw new Error(`no webhook: ${text}`);
	return body;
}

async function runCron(customEnv: Env = env): Promise<void> {
	await worker.scheduled(createScheduledController(), customEnv);
}

/** Runs the cron and reads what was sent to this address. */
async function sent(url = TARGET): Promise<Told[]> {
	const before = calls.length;
	await runCron();
	return calls
		.slice(before)
		.filter((call) => call.url === url)
		.map(({ headers, body }) => ({ id: String(headers.get('webhook-id')), ...JSON.parse(body) }));
}

/** What the accounts have noted reaches the directory by an alarm. */
async function settled(accountId: string): Promise<void> {
	await runDurableObjectAlarm(accountStub(accountId));
	await eventually(async () => {
		const { body } = await api<{ result: Json[] }>('GET', '/overview');
		if (!body.result.some(({ id }) => id === accountId)) throw new Error('not listed yet');
	});
}

/** Ends what a test has begun: the next one begins without webhooks. */
async function removeWebhooks(): Promise<void> {
	const { body } = await api<{ result: Webhook[] }>('GET', '/webhook');
	for (const { id } of body.result) await api('DELETE', `/webhook/${id}`);
}
beforeEach(removeWebhooks);

describe('an occasion is told once', () => {
	const occasions: { type: string; make: (account: string) => Promise<unknown>; data?: Json }[] = [
		{
			type: 'account.needs_reauth',
			make: (account) => {
				vendor = () => Response.json({}, { status: 401 });
				return api('POST', `/integrated-account/${account}/test`);
			},
		},
		{
			type: 'account.unreachable',
			make: (account) => {
				vendor = () => Promise.reject(new TypeError('Network connection lost.'));
				return api('POST', `/integrated-account/${account}/test`);
			},
		},
		{
			type: 'server.ending',
			make: (account) => createServer(account, {}, { expires_at: secondsFromNow(6 * DAY_SECONDS), name: 'Summer' }),
			data: { server_name: 'Summer', within_days: 7 },
		},
		{
			type: 'server.error_rate',
			make: async (account) => {
				const server = await createServer(account);
				for (const count of [19, 1, 5]) await failCalls(server, count);
			},
			data: { calls: 20, errors: 20 },
		},
		{
			type: 'server.write_budget_reached',
			make: async (account) => {
				const server = await createServer(account, { writes_per_day: 1 });
				vendor = () => Response.json({ id: 7 });
				for (let count = 0; count < 3; count++)
					await callTool(server.url, CREATE_NOTE, { ticket_id: 1, text: `telltale-note-${count}` });
			},
			data: { writes_per_day: 1 },
		},
		{
			type: 'app.connected',
			make: async (account) => {
				await connect(await createServer(account), { method: ['read'] });
			},
			data: { methods: ['read'], redirect_host: 'client.example' },
		},
		{
			type: 'api_token.created',
			make: () => createApiToken({ scope: 'use', name: 'Jane' }),
			data: { name: 'Jane', scope: 'use', created_via: 'api_token' },
		},
	];
	for (const [index, { type, make, data = {} }] of occasions.entries()) {
		// security: S-71, S-72, S-73
		it(`${type}: signed, and without secrets`, async ({ expect }) => {
			const account = await connectAccount(`told-${index}`, { name: `MSP ${index}` });
			await sent();
			const webhook = await makeWebhook({ events: [type] });
			await sent();
			await make(account);
			await settled(account);
			const [event, ...more] = await sent();
			expect(more).toEqual([]);
			const about = type === 'api_token.created' ? {} : { account_id: account, account_name: `MSP ${index}` };
			expect(event).toMatchObject({ type, data: { ...about, ...data } });
			expect(event?.text).toMatch(/^[A-Z0-9].*\.$/);
			expect(event?.id).toMatch(/^evt_[0-9a-f]{24}$/);
			expect(JSON.stringify(event)).not.toMatch(/telltale|pb_|\/mcp\/|whsec_/);
			const call = calls.find(({ url }) => url === TARGET) as VendorCall;
			const [id, timestamp] = [call.headers.get('webhook-id'), call.headers.get('webhook-timestamp')];
			expect(Math.abs(Number(timestamp) * 1000 - Date.now())).toBeLessThan(120_000);
			const key = Uint8Array.from(atob(webhook.secret.replace('whsec_', '')), (letter) => letter.charCodeAt(0));
			const mac = hmac(sha256, key, utf8ToBytes(`${id}.${timestamp}.${call.body}`));
			expect(call.headers.get('webhook-signature')).toBe(`v1,${btoa(String.fromCharCode(...mac))}`);
			expect(await sent()).toEqual([]);
			expect((await api<Webhook>('GET', `/webhook/${webhook.id}`)).body.deliveries).toMatchObject({
				pending: 0,
				last_delivered_at: expect.any(String),
			});
		});
	}

	it('all of them are tried here', ({ expect }) => {
		expect(occasions.map(({ type }) => type)).toEqual([...WEBHOOK_EVENTS]);
	});
});

describe('a server that ends', () => {
	it('is told of seven days before and one day before, each once, and a new end is told anew', async ({ expect }) => {
		await connectAccount('hook-ends');
		const server = await createServer('hook-ends', {}, { expires_at: secondsFromNow(10 * DAY_SECONDS) });
		await settled('hook-ends');
		await makeWebhook({ events: ['server.ending'] });
		const days = async (fromNow: number) => {
			const told = await at(Date.now() + fromNow * DAY_SECONDS * 1000, () => sent());
			return told.filter(({ data }) => data.server_id === server.id).map(({ data }) => data.within_days);
		};
		const seen = [];
		for (const day of [0, 2, 3.5, 5, 8, 9.5, 9.9, 11]) seen.push(...(await days(day)));
		expect(seen).toEqual([7, 1]);
		await api('PATCH', serverPath(server), { expires_at: secondsFromNow(3 * DAY_SECONDS) });
		await settled('hook-ends');
		expect(await days(0)).toEqual([7]);
	});

	it('within a day is told of once', async ({ expect }) => {
		await connectAccount('hook-ends-soon');
		await makeWebhook({ events: ['server.ending'] });
		const server = await createServer('hook-ends-soon', {}, { expires_at: secondsFromNow(3_600) });
		await settled('hook-ends-soon');
		const told = (await sent()).filter(({ data }) => data.server_id === server.id);
		expect(told.map(({ data }) => data.within_days)).toEqual([1]);
	});
});

describe('a webhook that is made', () => {
	it('is told of what stands, and of nothing that happened before', async ({ expect }) => {
		await connectAccount('stands');
		vendor = () => Response.json({}, { status: 401 });
		await api('POST', '/integrated-account/stands/test');
		await createApiToken({ scope: 'use', name: 'Earlier' });
		await settled('stands');
		await at(Date.now() + 1_000, () => makeWebhook());
		const told = await at(Date.now() + 2_000, () => sent());
		expect(told.filter(({ data }) => data.account_id === 'stands').map(({ type }) => type)).toEqual([
			'account.needs_reauth',
		]);
		expect(told.filter(({ data }) => data.name === 'Earlier')).toEqual([]);
	});

	it('two of them are told of the same, each once', async ({ expect }) => {
		const other = 'https://hooks.example.org/';
		await makeWebhook({ events: ['api_token.created'] });
		await makeWebhook({ events: ['api_token.created'], url: other });
		await createApiToken({ scope: 'use' });
		const before = calls.length;
		await Promise.all([runCron(), runCron()]);
		expect(
			calls
				.slice(before)
				.map(({ url }) => url)
				.sort(),
		).toEqual([TARGET, other].sort());
	});
});

describe('a target that fails', () => {
	const failures: { name: string; answer: () => Response | Promise<Response>; reason: RegExp }[] = [
		{ name: 'answers 500', answer: () => new Response('oops', { status: 500 }), reason: /^it answered 500$/ },
		{ name: 'answers 404', answer: () => new Response(null, { status: 404 }), reason: /^it answered 404$/ },
		{
			name: 'redirects',
			answer: () => new Response(null, { status: 302, headers: { location: 'http://10.0.0.1/' } }),
			reason: /^it answered with a redirect/,
		},
		{
			name: 'breaks off',
			answer: () => Promise.reject(new TypeError('Network connection lost.')),
			reason: /^it could not be reached/,
		},
	];
	for (const { name, answer, reason } of failures) {
		// security: S-73
		it(`${name}: is tried at each run, a bounded number of times, and shown in /status`, async ({ expect }) => {
			target = answer;
			const { id } = await makeWebhook({ events: ['api_token.created'] });
			await createApiToken({ scope: 'use' });
			const statusOf = async () => {
				const { body } = await api<{ webhooks: Json[] }>('GET', '/status');
				return body.webhooks.find((one) => one.id === id);
			};
			const ids = new Set<string>();
			let attempts = 0;
			for (let run = 0; run < 30; run++) {
				for (const told of await sent()) {
					attempts += 1;
					ids.add(told.id);
				}
				if (run === 0)
					expect(await statusOf()).toMatchObject({
						host: 'hooks.example.com',
						pending: 1,
						given_up: 0,
						failing_since: expect.any(String),
						last_failure: expect.stringMatching(reason),
					});
			}
			expect([attempts, ids.size]).toEqual([24, 1]);
			expect(await statusOf()).toMatchObject({ pending: 0, given_up: 1 });
			target = () => new Response(null, { status: 200 });
			await createApiToken({ scope: 'use' });
			expect(await sent()).toHaveLength(1);
			expect(await statusOf()).toMatchObject({ pending: 0, failing_since: null, last_failure: null });
		});
	}

	it('gets what it missed when it is well again, and an event that it refuses holds up no other', async ({
		expect,
	}) => {
		target = () => new Response(null, { status: 500 });
		await makeWebhook({ events: ['api_token.created'] });
		await createApiToken({ scope: 'use', name: 'one' });
		await createApiToken({ scope: 'use', name: 'two' });
		const first = await sent();
		expect(first).toHaveLength(1);
		target = () => new Response(null, { status: 200 });
		const names = (await sent()).map(({ data }) => data.name);
		expect(names.sort()).toEqual(['one', 'two']);
		expect(await sent()).toEqual([]);
	});

	it('is given up for an event that has waited a day', async ({ expect }) => {
		target = () => new Response(null, { status: 500 });
		const { id } = await makeWebhook({ events: ['api_token.created'] });
		await createApiToken({ scope: 'use' });
		await sent();
		expect(await at(Date.now() + DAY_SECONDS * 1_000 + 60_000, () => sent())).toEqual([]);
		expect((await api<Webhook>('GET', `/webhook/${id}`)).body.deliveries).toMatchObject({ pending: 0, given_up: 1 });
	});

	it('does not keep a run that dies from being made up for', async ({ expect }) => {
		await makeWebhook({ events: ['api_token.created'] });
		await createApiToken({ scope: 'use' });
		// Taken by a run of which nothing was heard again.
		const [round] = await directoryStub().takeDeliveries();
		expect(await sent()).toEqual([]);
		const again = await at(Date.now() + 5 * 60_000, () => sent());
		expect(again.map(({ id }) => id)).toEqual([round?.events[0]?.id]);
	});
});

describe('a webhook', () => {
	const bad: { name: string; input: Json; path: string; fault: RegExp }[] = [
		...[
			'10.0.0.1',
			'127.0.0.2',
			'169.254.169.254',
			'[::ffff:7f00:1]',
			'[fd00::1]',
			'2130706434',
			'metadata.internal',
			'intranet',
		].map((host) => ({
			name: `https://${host}`,
			input: { url: `https://${host}/hook` },
			path: 'url',
			fault: /private/,
		})),
		{ name: 'plain http', input: { url: 'http://hooks.example.com/' }, path: 'url', fault: /https/ },
		{ name: 'credentials', input: { url: 'https://a:b@hooks.example.com/' }, path: 'url', fault: /credentials/ },
		{ name: 'a low port', input: { url: 'https://hooks.example.com:22/' }, path: 'url', fault: /port/ },
		{ name: 'no URL', input: { url: 'hooks' }, path: 'url', fault: /must be a URL/ },
		{ name: 'an unknown event', input: { url: TARGET, events: ['account.gone'] }, path: 'events', fault: /must be/ },
		{ name: 'no event', input: { url: TARGET, events: [] }, path: 'events', fault: /must/ },
		{ name: 'a member that is none', input: { url: TARGET, secret: 'x' }, path: 'secret', fault: /not known|unknown/i },
	];
	for (const { name, input, path, fault } of bad) {
		// security: S-70
		it(`is refused with ${name}, when it is made and when it is changed`, async ({ expect }) => {
			const { id } = await makeWebhook();
			for (const answer of [
				await refused('POST', '/webhook', input),
				await refused('PATCH', `/webhook/${id}`, input),
			]) {
				expect(answer.status).toBe(400);
				const faults: Record<string, string> = faultsOf(answer);
				const found = Object.entries(faults).filter(([at]) => at === path || at.startsWith(`${path}.`) || at === '');
				expect(found.map(([, text]) => text).join()).toMatch(fault);
			}
		});
	}

	// security: S-70
	it('is not sent to this machine by a deployment, however it was stored', async ({ expect }) => {
		const { id } = await makeWebhook({ url: 'http://localhost:9/hook', events: ['api_token.created'] });
		await createApiToken({ scope: 'use' });
		const before = calls.length;
		await runCron({ ...env, LOCAL: 'false' });
		expect(calls.slice(before)).toEqual([]);
		const { body } = await api<Webhook>('GET', `/webhook/${id}`);
		expect(body.deliveries.last_failure).toMatch(/^its address must start with https/);
	});

	// security: S-71
	it('shows its secret once, and storage holds neither that nor the path of the address', async ({ expect }) => {
		const { id, secret, url } = await makeWebhook();
		expect([url, secret]).toEqual([TARGET, expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)]);
		for (const path of ['/webhook', `/webhook/${id}`, '/status', '/trail']) {
			const { status, text } = await api('GET', path);
			expect(status).toBe(200);
			expect(text).not.toContain('whsec_');
		}
		const stored = await dumpStorage();
		expect(stored).toContain(id);
		expect(stored).not.toContain('telltale-path');
		expect(stored).not.toContain(secret.slice(6));
		expect(stored).not.toContain(CREDENTIALS.private_key);
	});

	it('is read, changed, tried and deleted, and the trail says by whom', async ({ expect }) => {
		const { id, secret } = await makeWebhook();
		const url = 'https://hooks.example.net/new';
		const changed = await api<Webhook>('PATCH', `/webhook/${id}`, { url, events: ['app.connected'] });
		expect(changed.body).toMatchObject({ id, url, events: ['app.connected'] });
		expect(changed.body.secret).toBeUndefined();
		expect((await api('POST', `/webhook/${id}/test`)).body).toEqual({ ok: true, message: expect.any(String) });
		const call = calls.find((one) => one.url === url) as VendorCall;
		expect(JSON.parse(call.body)).toMatchObject({ type: 'webhook.test', data: {} });
		const key = Uint8Array.from(atob(secret.replace('whsec_', '')), (letter) => letter.charCodeAt(0));
		const text = `${call.headers.get('webhook-id')}.${call.headers.get('webhook-timestamp')}.${call.body}`;
		const mac = btoa(String.fromCharCode(...hmac(sha256, key, utf8ToBytes(text))));
		expect(call.headers.get('webhook-signature')).toBe(`v1,${mac}`);
		target = () => new Response(null, { status: 503 });
		expect((await api('POST', `/webhook/${id}/test`)).body).toMatchObject({ ok: false, message: /answered 503/ });
		expect((await api('DELETE', `/webhook/${id}`)).status).toBe(204);
		expect((await api('GET', `/webhook/${id}`)).status).toBe(404);
		const { body } = await api<{ result: { action: string; after: Json | null }[] }>('GET', '/trail');
		const mine = body.result.filter(({ action }) => action.startsWith('webhook.')).slice(-3);
		expect(mine.map(({ action }) => action)).toEqual(['webhook.created', 'webhook.changed', 'webhook.deleted']);
		expect(JSON.stringify(mine)).not.toContain('telltale');
	});

	it('is for API tokens that manage everything, and there are ten at most', async ({ expect }) => {
		await connectAccount('bound');
		const { id } = await makeWebhook();
		for (const input of [{ scope: 'use' }, { scope: 'manage', accounts: ['bound'] }]) {
			const token = await createApiToken(input);
			for (const [method, path] of [
				['GET', '/webhook'],
				['POST', '/webhook'],
				['DELETE', `/webhook/${id}`],
				['POST', `/webhook/${id}/test`],
			] as const)
				expect(
					(
						await refused(method, path, method === 'POST' && path === '/webhook' ? { url: TARGET } : undefined, {
							token,
						})
					).status,
				).toBe(403);
		}
		for (let count = 1; count < 10; count++) await makeWebhook();
		expect((await refused('POST', '/webhook', { url: TARGET })).status).toBe(409);
	});

	it('of a repeated request is made once', async ({ expect }) => {
		const post = () =>
			worker.fetch(
				new Request('http://localhost/webhook', {
					method: 'POST',
					headers: {
						authorization: 'Bearer local-api-token',
						'content-type': 'application/json',
						'idempotency-key': 'a',
					},
					body: JSON.stringify({ url: TARGET }),
				}),
				env,
				{ waitUntil: () => {} } as unknown as ExecutionContext,
			);
		expect([(await post()).status, (await post()).status]).toEqual([201, 409]);
	});
});

describe('a cron run', () => {
	it('wakes the directory alone, and does nothing more without webhooks', async ({ expect }) => {
		await connectAccount('asleep');
		await createApiToken({ scope: 'use' });
		const woken = new Proxy(env.INTEGRATED_ACCOUNTS, {
			get: () => {
				throw new Error('an account was woken');
			},
		});
		await makeWebhook();
		await runCron({ ...env, INTEGRATED_ACCOUNTS: woken });
		await removeWebhooks();
		const before = calls.length;
		await runCron({ ...env, INTEGRATED_ACCOUNTS: woken });
		expect(calls.length).toBe(before);
	});

	it('sends 40 events at most, and the rest in the next', async ({ expect }) => {
		await makeWebhook({ events: ['api_token.created'] });
		for (let count = 0; count < 45; count++) await createApiToken({ scope: 'use', name: `n${count}` });
		expect([(await sent()).length, (await sent()).length, (await sent()).length]).toEqual([40, 5, 0]);
	});
});
