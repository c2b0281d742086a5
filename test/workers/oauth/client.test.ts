// Registration and client ID metadata documents: who may ask for access, and how many.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it, vi } from 'vitest';
import { PENDING_MAX, UNUSED_CLIENTS_MAX } from '../../../durable-objects/authorization-server/oauth-records.ts';
import {
	at,
	captureLog,
	connectAccount,
	createServer,
	mockVendor,
	type ServerWithUrl,
	send,
	setUp,
	tablesOf,
} from '../support.ts';
import * as oauth from './support.ts';

setUp();
beforeAll(() => connectAccount('clients'));

const DAY_MS = 24 * 60 * 60 * 1000;
const stubOf = (server: ServerWithUrl) =>
	env.AUTHORIZATION_SERVERS.getByName(`${server.integrated_account_id}/${server.id}`);
const recordsOf = (server: ServerWithUrl) =>
	runInDurableObject(stubOf(server), (_, state) => (tablesOf(state).record ?? []) as { key: string }[]);
const clientsOf = async (server: ServerWithUrl) =>
	(await recordsOf(server)).filter(({ key }) => key.startsWith('client:')).length;

describe('a registration', () => {
	const bad: { name: string; metadata: Record<string, unknown>; status?: number }[] = [
		{ name: 'without a redirect', metadata: { redirect_uris: [] } },
		{ name: 'with a redirect over plain http', metadata: { redirect_uris: ['http://client.example/callback'] } },
		{ name: 'with a script for a redirect', metadata: { redirect_uris: ['javascript:alert(1)'] } },
		{ name: 'with a fragment in its redirect', metadata: { redirect_uris: ['https://client.example/#x'] } },
		{ name: 'with a password in its redirect', metadata: { redirect_uris: ['https://a:b@client.example/'] } },
		{ name: 'that wants the implicit grant', metadata: { grant_types: ['implicit'] } },
		{ name: 'of 20 KB', metadata: { client_name: 'x'.repeat(20_000) }, status: 413 },
	];
	for (const { name, metadata, status = 400 } of bad) {
		it(`${name} is refused and not kept`, async ({ expect }) => {
			const server = await createServer('clients');
			const answer = await oauth.register(server, metadata);
			expect([answer.status, answer.body.error]).toEqual([
				status,
				status === 413 ? 'invalid_request' : 'invalid_client_metadata',
			]);
			expect(await clientsOf(server)).toBe(0);
		});
	}

	it('with another method, or without JSON, is refused', async ({ expect }) => {
		const server = await createServer('clients');
		const get = await send(new Request(`${server.oauth_url}/register`));
		expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
		await get.body?.cancel();
		const text = await send(new Request(`${server.oauth_url}/register`, { method: 'POST', body: 'no JSON' }));
		expect(text.status).toBe(400);
		await text.body?.cancel();
	});

	// security: S-33
	it('is good at its own server alone', async ({ expect }) => {
		const [here, there] = [await createServer('clients'), await createServer('clients')];
		const { client_id } = (await oauth.register(there)).body;
		const page = await oauth.openPage(await oauth.authorizeUrl(here, client_id));
		expect([page.status, page.location, page.handle]).toEqual([400, null, '']);
	});

	it('with a secret must be used with it', async ({ expect }) => {
		const server = await createServer('clients');
		const { body } = await oauth.register(server, { token_endpoint_auth_method: 'client_secret_post' });
		const { client_id, client_secret = '' } = body;
		expect(client_secret).toMatch(/^.{32,}$/);
		const code = await oauth.authorize(server, client_id);
		for (const wrong of [null, 'wrong']) {
			const refused = await oauth.exchange(server, client_id, code, { client_secret: wrong });
			expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
		}
		expect((await oauth.exchange(server, client_id, code, { client_secret })).status).toBe(200);
	});
});

describe('a flood of registrations', () => {
	it('from one address ends at ten a minute, and others still come through', async ({ expect }) => {
		const server = await createServer('clients');
		const from = (address: string) => oauth.register(server, {}, { 'cf-connecting-ip': address });
		await at('2027-03-01T10:00:05Z', async () => {
			const statuses: number[] = [];
			for (let i = 0; i < 12; i++) statuses.push((await from('192.0.2.1')).status);
			expect(statuses).toEqual([...Array(10).fill(201), 429, 429]);
			const refused = await from('192.0.2.1');
			expect([refused.body.error, refused.headers.get('retry-after')]).toEqual(['temporarily_unavailable', '60']);
			expect((await from('192.0.2.2')).status).toBe(201);
		});
		await at('2027-03-01T10:01:05Z', async () => expect((await from('192.0.2.1')).status).toBe(201));
	});

	it('from the many addresses of one subscriber counts as from one', async ({ expect }) => {
		const server = await createServer('clients');
		await at('2027-03-01T10:30:05Z', async () => {
			const statuses: number[] = [];
			for (let i = 0; i < 12; i++)
				statuses.push((await oauth.register(server, {}, { 'cf-connecting-ip': `2001:db8:1:2::${i}` })).status);
			expect(statuses).toEqual([...Array(10).fill(201), 429, 429]);
		});
	});

	// security: S-34
	it('from many addresses ends at thirty a minute, and leaves room for those who come for the first time', async ({
		expect,
	}) => {
		const server = await createServer('clients');
		const from = async (n: number) =>
			(await oauth.register(server, {}, { 'cf-connecting-ip': `192.0.${n >> 8}.${n & 255}` })).status;
		await at('2027-03-01T11:00:05Z', async () => {
			for (let n = 0; n < 60; n++) expect(await from(n)).toBe(201);
		});
		await at('2027-03-01T11:01:05Z', async () => {
			const statuses: number[] = [];
			for (let n = 0; n < 60; n++) statuses.push(await from(n));
			expect(statuses.filter((status) => status === 201).length).toBe(30);
			expect(await from(1_000)).toBe(201);
		});
	});

	it('leaves the newest of the clients that nobody has agreed to, and those that somebody has', async ({ expect }) => {
		const server = await createServer('clients');
		const agreed = await oauth.connect(server);
		const oldest = (await oauth.register(server)).body.client_id;
		await runInDurableObject(stubOf(server), (_, { storage }) => {
			const endMs = Date.now() + DAY_MS;
			storage.transactionSync(() => {
				for (let n = 1; n < UNUSED_CLIENTS_MAX; n++)
					storage.sql.exec('INSERT INTO record (key, value, expires_ms) VALUES (?, ?, ?)', `client:${n}`, '{}', endMs);
			});
		});
		const newest = (await oauth.register(server)).body.client_id;
		expect(await clientsOf(server)).toBe(UNUSED_CLIENTS_MAX + 1);
		const isKnown = async (id: string) => (await oauth.openPage(await oauth.authorizeUrl(server, id))).status === 200;
		expect([await isKnown(agreed.clientId), await isKnown(newest), await isKnown(oldest)]).toEqual([true, true, false]);
	});

	// security: S-34
	it('cannot switch consent off: not by unknown clients, nor by pages from many addresses', async ({ expect }) => {
		const server = await createServer('clients');
		const open = async (id: string, n: number) =>
			oauth.openPage(await oauth.authorizeUrl(server, id), { 'cf-connecting-ip': `198.18.${n >> 8}.${n & 255}` });
		await at('2027-03-01T13:00:05Z', async () => {
			const { client_id } = (await oauth.register(server)).body;
			for (let n = 0; n < 62; n++) expect((await open('nope', n)).status).toBe(400);
			for (let n = 0; n < 30; n++) expect((await open('nope', 1)).status).toBe(400);
			expect((await open(client_id, 1)).status).toBe(200);
			for (let n = 0; n < 100; n++) expect((await open(client_id, n)).status).toBe(200);
			const page = await open(client_id, 1_000);
			expect((await oauth.submit(server, page)).status).toBe(303);
		});
	});

	it('of pages leaves the newest that wait for a person', async ({ expect }) => {
		const server = await createServer('clients');
		const { client_id } = (await oauth.register(server)).body;
		await runInDurableObject(stubOf(server), (_, { storage }) => {
			storage.transactionSync(() => {
				for (let n = 0; n < PENDING_MAX; n++)
					storage.sql.exec(
						'INSERT INTO record (key, value, expires_ms) VALUES (?, ?, ?)',
						`transaction:${n}`,
						'x',
						9e15,
					);
			});
		});
		const page = await oauth.openPage(await oauth.authorizeUrl(server, client_id));
		const kept = (await recordsOf(server)).filter(({ key }) => key.startsWith('transaction:'));
		expect(kept).toHaveLength(PENDING_MAX);
		expect((await oauth.submit(server, page)).status).toBe(303);
	});

	it('of questions for consent ends as well', async ({ expect }) => {
		const server = await createServer('clients');
		await at('2027-03-01T12:00:05Z', async () => {
			const url = await oauth.authorizeUrl(server, (await oauth.register(server)).body.client_id);
			for (let i = 0; i < 20; i++) expect((await oauth.openPage(url)).status).toBe(200);
			expect((await oauth.openPage(url)).status).toBe(429);
		});
	});
});

describe('what known clients send to register', () => {
	const NATIVE = 'cursor://anysphere.cursor-mcp/oauth/callback';
	const sent: { name: string; metadata: Record<string, unknown>; kept: Record<string, unknown> }[] = [
		{
			name: 'VS Code',
			metadata: {
				client_name: 'Visual Studio Code',
				redirect_uris: [
					'http://127.0.0.1:33418',
					'http://127.0.0.1:33418/',
					'https://vscode.dev/redirect',
					'vscode://mcp/callback',
				],
				grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
				response_types: ['code'],
				token_endpoint_auth_method: 'none',
				application_type: 'native',
			},
			kept: {
				grant_types: ['authorization_code', 'refresh_token'],
				redirect_uris: [
					'http://127.0.0.1:33418',
					'http://127.0.0.1:33418/',
					'https://vscode.dev/redirect',
					'vscode://mcp/callback',
				],
			},
		},
		{
			name: 'Cursor',
			metadata: {
				client_name: 'Cursor',
				redirect_uris: [NATIVE],
				grant_types: ['authorization_code', 'refresh_token'],
				response_types: ['code'],
				token_endpoint_auth_method: 'none',
			},
			kept: { redirect_uris: [NATIVE] },
		},
		{
			name: 'a client with schemes that nobody knows, and implicit answers',
			metadata: {
				redirect_uris: ['https://client.example/callback', 'unknown-app://x', 'http://client.example/'],
				grant_types: ['authorization_code', 'implicit'],
				response_types: ['code', 'token'],
			},
			kept: {
				redirect_uris: ['https://client.example/callback'],
				grant_types: ['authorization_code'],
				response_types: ['code'],
			},
		},
	];
	for (const { name, metadata, kept } of sent)
		it(`${name}: is answered as it is registered, and good at the other endpoints`, async ({ expect }) => {
			const server = await createServer('clients');
			const { status, body } = await oauth.register(server, metadata);
			expect(status).toBe(201);
			expect(body).toMatchObject(kept);
			for (const redirect_uri of (body as unknown as { redirect_uris: string[] }).redirect_uris) {
				const page = await oauth.openPage(await oauth.authorizeUrl(server, body.client_id, { redirect_uri }));
				expect([redirect_uri, page.status]).toEqual([redirect_uri, 200]);
				if (!redirect_uri.startsWith('http')) expect(page.html).toContain('an app on your own computer');
			}
		});

	for (const redirect_uris of [
		['unknown-app://x'],
		['javascript:alert(1)', 'https://client.example/'],
		['https://client.example/#x', 'https://client.example/'],
	])
		it(`${redirect_uris.join(' and ')} are refused`, async ({ expect }) => {
			const server = await createServer('clients');
			expect((await oauth.register(server, { redirect_uris })).status).toBe(400);
		});
});

describe('a client', () => {
	it('that nobody agrees to is forgotten after a week', async ({ expect }) => {
		const server = await createServer('clients');
		const { client_id } = (await oauth.register(server)).body;
		const url = await oauth.authorizeUrl(server, client_id);
		const after = (days: number) => at(Date.now() + days * DAY_MS, () => oauth.openPage(url));
		expect([(await after(6.9)).status, (await after(7.1)).status]).toEqual([200, 400]);
	});

	it('that somebody has agreed to is kept for as long as it is used', async ({ expect }) => {
		const server = await createServer('clients');
		let { clientId, refresh_token } = await oauth.connect(server);
		const startMs = Date.now();
		for (let day = 20; day <= 200; day += 20) {
			await at(startMs + day * DAY_MS, async () => {
				const { status, body } = await oauth.refresh(server, clientId, refresh_token);
				expect([day, status]).toEqual([day, 200]);
				refresh_token = body.refresh_token;
			});
		}
	});

	it('leaves nothing behind when all of it has expired', async ({ expect }) => {
		const server = await createServer('clients');
		await oauth.connect(server);
		await at(Date.now() + 91 * DAY_MS, () => runDurableObjectAlarm(stubOf(server)));
		expect(await recordsOf(server)).toEqual([]);
	});
});

describe('a client ID metadata document', () => {
	const CLIENT_ID = 'https://app.example/oauth/client.json';
	const DOCUMENT = {
		client_id: CLIENT_ID,
		client_name: 'An <b>app</b>',
		redirect_uris: [oauth.REDIRECT_URI],
		token_endpoint_auth_method: 'none',
	};

	it('stands in for a registration, and the page names its domain', async ({ expect }) => {
		const server = await createServer('clients');
		const calls = mockVendor(() => Response.json(DOCUMENT));
		const page = await oauth.openPage(await oauth.authorizeUrl(server, CLIENT_ID));
		expect(page.status).toBe(200);
		expect(page.html).toContain('published by <strong>app.example</strong>');
		const code = (await oauth.submit(server, page)).location?.searchParams.get('code') ?? '';
		expect((await oauth.exchange(server, CLIENT_ID, code)).status).toBe(200);
		expect(new Set(calls.map(({ url }) => url))).toEqual(new Set([CLIENT_ID]));
		expect(await clientsOf(server)).toBe(0);
	});

	it('lets two people use one app with one API token', async ({ expect }) => {
		const server = await createServer('clients');
		mockVendor(() => Response.json(DOCUMENT));
		const tokens: string[] = [];
		for (let person = 0; person < 2; person++) {
			const code = await oauth.authorize(server, CLIENT_ID);
			tokens.push((await oauth.exchange(server, CLIENT_ID, code)).body.access_token);
		}
		for (const token of tokens) expect((await oauth.callWith(token, server.oauth_url, 'ping')).status).toBe(200);
	});

	// security: S-35
	it('that is elsewhere is not followed there: its host publishes nothing of a stranger’s', async ({ expect }) => {
		const server = await createServer('clients');
		const id = 'https://trusted.example/redirect?to=https://stranger.example/client.json';
		vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
			new Request(input as RequestInfo, init as RequestInit).redirect === 'manual'
				? new Response(null, { status: 302, headers: { location: 'https://stranger.example/client.json' } })
				: Response.json({ ...DOCUMENT, client_id: id }),
		);
		const page = await oauth.openPage(await oauth.authorizeUrl(server, id));
		expect([page.status, page.handle]).toEqual([400, '']);
		expect(page.html).toContain('leads to another address, which is not followed');
	});

	// security: S-35
	it('that leads elsewhere the second time is not followed then either', async ({ expect }) => {
		captureLog();
		const server = await createServer('clients');
		const modes: string[] = [];
		vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
			const { redirect } = new Request(input as RequestInfo, init as RequestInit);
			modes.push(redirect);
			return modes.length === 1
				? Response.json(DOCUMENT)
				: new Response(null, { status: 302, headers: { location: 'http://localhost:1/' } });
		});
		const page = await oauth.openPage(await oauth.authorizeUrl(server, CLIENT_ID));
		expect([page.status, page.handle]).toEqual([400, '']);
		expect(modes).toEqual(['manual', 'manual']);
	});

	// security: S-35
	it('is asked for at no private address', async ({ expect }) => {
		const server = await createServer('clients');
		const calls = mockVendor(({ url }) => Response.json({ ...DOCUMENT, client_id: url }));
		for (const host of ['127.0.0.1', '169.254.169.254', '[::1]', '10.0.0.1.nip.io', 'metadata.google.internal']) {
			const page = await oauth.openPage(await oauth.authorizeUrl(server, `https://${host}/client.json`));
			expect([page.status, page.handle]).toEqual([400, '']);
		}
		expect(calls).toEqual([]);
	});

	// security: S-35
	it('is not fetched because a stranger asks for tokens', async ({ expect }) => {
		const server = await createServer('clients');
		const calls = mockVendor(() => Response.json(DOCUMENT));
		const basic = { authorization: `Basic ${btoa(`${encodeURIComponent(CLIENT_ID)}:secret`)}` };
		const assertion = [{ alg: 'ES256' }, { iss: CLIENT_ID, sub: CLIENT_ID }].map((part) => btoa(JSON.stringify(part)));
		const assertionOf = {
			client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
			client_assertion: `${assertion.join('.')}.c2ln`,
		};
		const grants: Record<string, string>[] = [
			{ grant_type: 'authorization_code', code: 'tok_1:grant:secret', code_verifier: oauth.VERIFIER },
			{ grant_type: 'refresh_token', refresh_token: 'tok_1:grant:secret' },
			{ grant_type: 'client_credentials' },
			{ token: 'tok_1:grant:secret' },
		];
		for (const grant of grants) {
			for (const [who, headers] of [
				[{ client_id: CLIENT_ID }, {}],
				[{ client_id: ['', CLIENT_ID] }, {}],
				[{}, basic],
				[assertionOf, {}],
			] as [oauth.Parameters, Record<string, string>][]) {
				const { status, body } = await oauth.token<oauth.OAuthFault | null>(server, { ...grant, ...who }, headers);
				expect([status, body?.error]).toEqual(grant.token ? [200, undefined] : [400, 'invalid_grant']);
			}
		}
		expect(calls).toEqual([]);
	});

	// security: S-35
	it('of somebody else is not fetched for a client that has a grant of its own', async ({ expect }) => {
		const server = await createServer('clients');
		const { clientId, refresh_token } = await oauth.connect(server);
		const calls = mockVendor(({ url }) => Response.json({ ...DOCUMENT, client_id: url }));
		for (const other of [CLIENT_ID, 'https://10.0.0.1/client.json']) {
			const basic = { authorization: `basic ${btoa(`${encodeURIComponent(other)}:secret`)}` };
			const asked = { grant_type: 'refresh_token', refresh_token };
			for (const [who, headers] of [
				[{ client_id: other }, {}],
				[{ client_id: ['', other, ''] }, {}],
				[{}, basic],
			] as [oauth.Parameters, Record<string, string>][]) {
				const { body } = await oauth.token<oauth.OAuthFault>(server, { ...asked, ...who }, headers);
				expect(body.error).toBe('invalid_grant');
				await oauth.token(server, { token: refresh_token, ...who }, headers);
			}
		}
		expect(calls).toEqual([]);
		expect((await oauth.refresh(server, clientId, refresh_token)).status).toBe(200);
	});

	const bad: { name: string; id?: string; answer: () => Response }[] = [
		{ name: 'that is not there', answer: () => new Response('', { status: 404 }) },
		{ name: 'that is no JSON', answer: () => new Response('<html>') },
		{ name: 'of another client', answer: () => Response.json({ ...DOCUMENT, client_id: `${CLIENT_ID}2` }) },
		{ name: 'without a name', answer: () => Response.json({ ...DOCUMENT, client_name: undefined }) },
		{ name: 'of 10 KB', answer: () => Response.json({ ...DOCUMENT, x: 'x'.repeat(10_000) }) },
		{
			name: 'with another redirect',
			answer: () => Response.json({ ...DOCUMENT, redirect_uris: ['https://x.example/'] }),
		},
		{ name: 'over plain http', id: 'http://app.example/client.json', answer: () => Response.json(DOCUMENT) },
		{ name: 'at a root', id: 'https://app.example/', answer: () => Response.json(DOCUMENT) },
	];
	for (const { name, id = CLIENT_ID, answer } of bad) {
		it(`${name} leads to a page and nowhere else`, async ({ expect }) => {
			captureLog();
			const server = await createServer('clients');
			mockVendor(answer);
			const page = await oauth.openPage(await oauth.authorizeUrl(server, id));
			expect([page.status, page.location, page.handle]).toEqual([400, null, '']);
			expect(page.headers.get('content-type')).toMatch(/^text\/html/);
		});
	}
});
