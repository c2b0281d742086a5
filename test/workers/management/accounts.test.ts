// Integrated accounts through the management API: connect, list, read, change, test, delete; their secrets at rest.
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import type { AccountRecord, StoredAccount } from '../../../workers/contracts/records.ts';
import {
	accountInput,
	accountTables,
	api,
	BASE_URL,
	CREDENTIALS,
	callTool,
	captureLog,
	connectAccount,
	createServer,
	dumpStorage,
	type ErrorBody,
	faultsOf,
	type Json,
	kvKeys,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type Page,
	refused,
	setUp,
	tablesAfterRetention,
} from '../support.ts';

setUp();

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('connecting an account', () => {
	it('answers with the account and nothing else', async ({ expect }) => {
		const { status, body } = await api('POST', '/integrated-account', accountInput({ id: 'shape', name: '  Acme ' }));
		expect(status).toBe(201);
		expect(body).toEqual({
			id: 'shape',
			integration: 'connect_wise_psa',
			name: 'Acme',
			base_url: BASE_URL,
			state: 'unverified',
			state_since: expect.stringMatching(MOMENT),
			last_seen_at: null,
			created_at: expect.stringMatching(MOMENT),
			updated_at: expect.stringMatching(MOMENT),
		});
	});

	it('makes up an id when none is given', async ({ expect }) => {
		const { body } = await api('POST', '/integrated-account', accountInput());
		expect(body.id).toMatch(/^acc_[0-9a-f]{12}$/);
	});

	const targets = [
		{ name: 'the site "na"', given: { site: 'na' }, expected: BASE_URL },
		{ name: 'the site "NA"', given: { site: 'NA' }, expected: BASE_URL },
		{
			name: 'the site " Eu ", with spaces around it',
			given: { site: ' Eu ' },
			expected: 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0',
		},
		{
			name: 'the site "eu"',
			given: { site: 'eu' },
			expected: 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0',
		},
		{
			name: 'the sign-in host, repaired to the API host',
			given: { base_url: 'https://na.myconnectwise.net/v4_6_release/apis/3.0' },
			expected: BASE_URL,
		},
		{
			name: 'a trailing slash and other capitals in the path',
			given: { base_url: `${BASE_URL.replace('apis', 'APIs')}/` },
			expected: BASE_URL,
		},
		{
			name: "an on-premises server's port",
			given: { base_url: 'https://psa.example.com:8443/v4_6_release/apis/3.0' },
			expected: 'https://psa.example.com:8443/v4_6_release/apis/3.0',
		},
		{
			name: 'this machine over http, on a local start',
			given: { base_url: 'http://127.0.0.1:8788/v4_6_release/apis/3.0' },
			expected: 'http://127.0.0.1:8788/v4_6_release/apis/3.0',
		},
	];
	for (const { name, given, expected } of targets) {
		it(`takes ${name}`, async ({ expect }) => {
			const input = accountInput(given);
			if (!('base_url' in given)) delete input.base_url;
			const { status, body } = await api('POST', '/integrated-account', input);
			expect([status, body.base_url]).toEqual([201, expected]);
		});
	}

	it('refuses an id that is taken, and leaves that account as it is', async ({ expect }) => {
		await connectAccount('taken', { name: 'First' });
		const { status, body } = await refused(
			'POST',
			'/integrated-account',
			accountInput({ id: 'taken', name: 'Second' }),
		);
		expect(body).toMatchObject({ statusCode: 409, error: 'Conflict', code: 'already_exists' });
		expect(status).toBe(409);
		expect((await api('GET', '/integrated-account/taken')).body.name).toBe('First');
	});

	it('gives an id to one of two that ask for it at once', async ({ expect }) => {
		const both = await Promise.all([1, 2].map(() => api('POST', '/integrated-account', accountInput({ id: 'race' }))));
		expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
	});
});

describe('reading, listing and changing accounts', () => {
	it('lists the newest first, page by page, each once', async ({ expect }) => {
		for (const id of ['page-1', 'page-2', 'page-3']) await connectAccount(id);
		const seen: string[] = [];
		let cursor: string | null = '';
		do {
			const path: string = `/integrated-account?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
			const { body } = await api<Page<AccountRecord>>('GET', path);
			expect(body.result.length).toBeLessThanOrEqual(2);
			seen.push(...body.result.map(({ id }) => id));
			cursor = body.next_cursor;
		} while (cursor);
		expect(seen.slice(0, 3)).toEqual(['page-3', 'page-2', 'page-1']);
		expect(new Set(seen).size).toBe(seen.length);
	});

	it('reads what was created', async ({ expect }) => {
		const created = await api('POST', '/integrated-account', accountInput({ id: 'read' }));
		expect((await api('GET', '/integrated-account/read')).body).toEqual(created.body);
	});

	it('changes only what is named, in the list too', async ({ expect }) => {
		await connectAccount('patch');
		const before = (await api('GET', '/integrated-account/patch')).body;
		const { status, body } = await api('PATCH', '/integrated-account/patch', { name: 'Renamed' });
		expect(status).toBe(200);
		expect(body).toEqual({ ...before, name: 'Renamed', updated_at: body.updated_at });
		const list = await api<Page<AccountRecord>>('GET', '/integrated-account');
		expect(list.body.result.find(({ id }) => id === 'patch')).toEqual(body);
	});

	it('uses changed credentials and a changed address from the next call on', async ({ expect }) => {
		await connectAccount('new-keys');
		const { url } = await createServer('new-keys');
		const calls = mockVendor(() => Response.json([]));
		await callTool(url, LIST_TICKETS);
		await api('PATCH', '/integrated-account/new-keys', { credentials: { private_key: 'another' }, site: 'eu' });
		await callTool(url, LIST_TICKETS);
		expect(calls.map(({ url: sent, headers }) => [new URL(sent).host, headers.get('authorization')])).toEqual([
			['api-na.myconnectwise.net', basic({})],
			['api-eu.myconnectwise.net', basic({ private_key: 'another' })],
		]);
	});

	it('keeps both of two changes that come at once', async ({ expect }) => {
		await connectAccount('both-account');
		const statuses = await Promise.all([
			api('PATCH', '/integrated-account/both-account', { name: 'Renamed' }),
			api('PATCH', '/integrated-account/both-account', { site: 'au' }),
			api('PATCH', '/integrated-account/both-account', { credentials: { public_key: 'one' } }),
			api('PATCH', '/integrated-account/both-account', { credentials: { private_key: 'two' } }),
		]);
		expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		const calls = mockVendor(() => Response.json([]));
		await api('POST', '/integrated-account/both-account/test');
		expect((await api('GET', '/integrated-account/both-account')).body.name).toBe('Renamed');
		expect(calls[0]?.url).toContain('https://api-au.myconnectwise.net/');
		expect(calls[0]?.headers.get('authorization')).toBe(basic({ public_key: 'one', private_key: 'two' }));
	});

	// security: S-12
	it('takes its secrets to no address that they were not entered for', async ({ expect }) => {
		await connectAccount('moved-account');
		const before = (await api('GET', '/integrated-account/moved-account')).body;
		const move = (change: Json) => refused('PATCH', '/integrated-account/moved-account', change);
		const base_url = 'https://psa.attacker.example/v4_6_release/apis/3.0';
		for (const change of [
			{ base_url },
			{ base_url, name: 'Renamed' },
			{ base_url, credentials: { company_id: 'acme', public_key: 'another' } },
		]) {
			const answer = await move(change);
			expect(answer.status).toBe(400);
			expect(faultsOf(answer)['credentials.private_key']).toMatch(/^is required with another address/);
		}
		expect((await api('GET', '/integrated-account/moved-account')).body).toEqual(before);
		expect((await move({ base_url, credentials: { private_key: 'another' } })).status).toBe(200);
		const calls = mockVendor(() => Response.json([]));
		await api('POST', '/integrated-account/moved-account/test');
		expect(calls[0]?.headers.get('authorization')).toBe(basic({ private_key: 'another' }));
		// The vendor's own addresses are no strangers, nor is one that stays what it was.
		expect((await move({ base_url, name: 'Renamed' })).status).toBe(200);
		expect((await move({ site: 'eu' })).status).toBe(200);
		expect((await move({ base_url: BASE_URL })).status).toBe(200);
	});

	it('names every fault of a change', async ({ expect }) => {
		await connectAccount('bad-patch');
		const answer = await refused('PATCH', '/integrated-account/bad-patch', {
			name: '',
			site: 'nowhere',
			credentials: { private_kee: 'x', client_id: 'no guid' },
			id: 'other',
		});
		expect(answer.status).toBe(400);
		expect(Object.keys(faultsOf(answer)).sort()).toEqual([
			'credentials.client_id',
			'credentials.private_kee',
			'id',
			'name',
			'site',
		]);
		expect(faultsOf(await refused('PATCH', '/integrated-account/bad-patch', {}))).toEqual({
			'': 'must change at least one of name, base_url, site, credentials',
		});
	});
});

describe('deleting an account', () => {
	it('takes its servers, their tokens and every entry along', async ({ expect }) => {
		await connectAccount('gone');
		const servers = [await createServer('gone'), await createServer('gone')];
		expect((await api('DELETE', '/integrated-account/gone')).status).toBe(204);
		expect((await refused('GET', '/integrated-account/gone')).status).toBe(404);
		expect((await refused('DELETE', '/integrated-account/gone')).status).toBe(404);
		for (const { url } of servers) expect((await mcp(url, 'ping')).status).toBe(404);
		expect((await kvKeys()).filter((key) => key === 'account:gone')).toEqual([]);
		expect(await accountTables('gone')).toMatchObject({ account: [], server: [], usage: [], dirty: [] });
		expect(await tablesAfterRetention('gone')).toEqual({});
		expect(await dumpStorage()).not.toContain('"integrated_account_id":"gone"');
		const list = await api<Page<AccountRecord>>('GET', '/integrated-account?limit=200');
		expect(list.body.result.map(({ id }) => id)).not.toContain('gone');
	});

	it('frees the id, and old URLs do not open the new account', async ({ expect }) => {
		await connectAccount('again');
		const { url } = await createServer('again');
		const calls = mockVendor(() => Response.json([]));
		await callTool(url, LIST_TICKETS);
		await api('DELETE', '/integrated-account/again');
		await connectAccount('again');
		expect((await callTool(url, LIST_TICKETS)).status).toBe(404);
		expect(calls.filter((call) => call.url.includes('/service/tickets')).length).toBe(1);
	});
});

describe('credentials', () => {
	// security: S-11
	it('come back in no answer', async ({ expect }) => {
		mockVendor(() => Response.json([{ id: 1 }]));
		const answers = [
			await api('POST', '/integrated-account', accountInput({ id: 'secret' })),
			await api('GET', '/integrated-account/secret'),
			await api('PATCH', '/integrated-account/secret', { credentials: CREDENTIALS }),
			await api('GET', '/integrated-account'),
			await api('POST', '/integrated-account/secret/test'),
			await api('POST', '/integrated-account/secret/mcp', { name: 'x' }),
			await api('GET', '/integrated-account/secret/mcp'),
		];
		for (const { text, headers } of answers) {
			for (const secret of secrets()) expect(text + JSON.stringify([...headers])).not.toContain(secret);
		}
	});

	// security: S-13
	it('are nowhere in KV or a Durable Object as they are', async ({ expect }) => {
		await connectAccount('at-rest');
		const kept = await dumpStorage();
		expect(kept).toContain('sealed_credentials');
		for (const secret of secrets()) expect(kept).not.toContain(secret);
	});

	it('are sealed anew each time', async ({ expect }) => {
		await connectAccount('seal-a');
		await connectAccount('seal-b');
		const sealed = await Promise.all(['seal-a', 'seal-b'].map(async (id) => (await entryOf(id)).sealed_credentials));
		expect(sealed[0]).toMatch(/^v3\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
		expect(sealed[0]).not.toBe(sealed[1]);
	});

	// security: S-14
	it('sealed for one account do not open in another', async ({ expect }) => {
		const log = captureLog();
		await connectAccount('victim');
		await connectAccount('thief');
		const { url } = await createServer('thief');
		const entry = { ...(await entryOf('thief')), sealed_credentials: (await entryOf('victim')).sealed_credentials };
		await env.KV.put('account:thief', JSON.stringify(entry));
		const calls = mockVendor(() => Response.json([]));
		const { status, text } = await callTool(url, LIST_TICKETS);
		// The Durable Object has the account's own ones.
		expect([status, calls.length]).toEqual([200, 1]);
		for (const secret of secrets()) expect(text + log.join()).not.toContain(secret);
	});

	// security: S-14
	it('go to no address that was written into storage', async ({ expect }) => {
		const log = captureLog();
		await connectAccount('redirected');
		const { url } = await createServer('redirected');
		const entry = { ...(await entryOf('redirected')), base_url: 'https://collector.example/v4_6_release/apis/3.0' };
		await env.KV.put('account:redirected', JSON.stringify(entry));
		const calls = mockVendor(() => Response.json([]));
		const { status, text } = await callTool(url, LIST_TICKETS);
		expect([status, ...calls.map((call) => new URL(call.url).origin)]).toEqual([200, new URL(BASE_URL).origin]);
		for (const secret of secrets()) expect(text + log.join()).not.toContain(secret);
	});

	it('follow when the address is changed, and are asked for when they do not open', async ({ expect }) => {
		captureLog();
		await connectAccount('relocated');
		const path = '/integrated-account/relocated';
		const base_url = 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0';
		const otherKey = { ...env, ENCRYPTION_KEY: btoa('x'.repeat(32)) };
		expect((await refused('PATCH', path, { base_url }, { env: otherKey })).status).toBe(400);
		expect((await api('PATCH', path, { base_url })).status).toBe(200);
		const { url } = await createServer('relocated');
		const calls = mockVendor(() => Response.json([]));
		expect((await callTool(url, LIST_TICKETS)).status).toBe(200);
		expect(calls.map((call) => new URL(call.url).host)).toEqual(['api-eu.myconnectwise.net']);
	});

	it('that no longer open are said by test and replaced by a complete set', async ({ expect }) => {
		const log = captureLog();
		await connectAccount('rekeyed-account');
		const otherKey = { ...env, ENCRYPTION_KEY: btoa('x'.repeat(32)) };
		const path = '/integrated-account/rekeyed-account';
		const test = await api('POST', `${path}/test`, undefined, { env: otherKey });
		expect(test.status).toBe(500);
		expect(test.body.message).toContain('enter the credentials again');
		const part = await refused('PATCH', path, { credentials: { private_key: 'new' } }, { env: otherKey });
		expect(Object.keys(faultsOf(part))).toEqual([
			'credentials.company_id',
			'credentials.public_key',
			'credentials.client_id',
		]);
		const whole = await api('PATCH', path, { credentials: CREDENTIALS }, { env: otherKey });
		expect(whole.status).toBe(200);
		for (const secret of secrets()) expect(log.join()).not.toContain(secret);
	});
});

describe('POST /integrated-account/:id/test', () => {
	const json = (status: number, body: unknown, headers = {}) => Response.json(body, { status, headers });
	const cases: { name: string; answer: () => Response; cause: string | null; status: number | null }[] = [
		{ name: 'a good answer', answer: () => json(200, []), cause: null, status: 200 },
		{
			name: 'an unknown company, told by the cloud gateway in plain text',
			answer: () => new Response('Cannot route. Codebase/company is invalid', { status: 400 }),
			cause: 'company',
			status: 400,
		},
		{
			name: 'wrong keys',
			answer: () => json(401, { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' }),
			cause: 'keys',
			status: 401,
		},
		{
			name: 'wrong keys, told by the cloud as 404',
			answer: () => json(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' }),
			cause: 'keys',
			status: 404,
		},
		{
			name: 'a clientId that is not accepted',
			answer: () =>
				json(401, { code: 'Unauthorized', message: 'The clientId header is missing or invalid.', errors: null }),
			cause: 'client_id',
			status: 401,
		},
		{
			name: 'missing rights',
			answer: () =>
				json(403, { code: 'Security', message: 'You do not have security permission to perform this action.' }),
			cause: 'rights',
			status: 403,
		},
		{
			name: 'the sign-in host',
			answer: () => json(403, { code: 'Security', message: 'SSL is required.', errors: null }),
			cause: 'host',
			status: 403,
		},
		{
			name: 'the rate limit',
			answer: () =>
				json(
					429,
					{ error: 'ConnectWiseAPI', message: 'Too many requests. Please try again in 30 seconds.' },
					{ 'Retry-After': '30' },
				),
			cause: 'rate_limit',
			status: 429,
		},
		{
			name: 'a page of HTML',
			answer: () =>
				new Response('<!DOCTYPE html><html><body>Sign in</body></html>', { headers: { 'content-type': 'text/html' } }),
			cause: 'host',
			status: 200,
		},
		{
			name: 'a redirect to a sign-in page',
			answer: () => new Response(null, { status: 302, headers: { location: 'https://na.myconnectwise.net/login' } }),
			cause: 'host',
			status: 302,
		},
		{
			name: 'a failing vendor',
			answer: () => json(500, { code: 'ConnectWiseApi', message: 'A timeout has occured. Please try again.' }),
			cause: 'vendor',
			status: 500,
		},
		{
			name: 'a host that does not answer',
			answer: () => {
				throw new TypeError('Network connection lost.');
			},
			cause: 'host',
			status: null,
		},
	];
	for (const { name, answer, cause, status } of cases) {
		it(`tells ${name}`, async ({ expect }) => {
			const id = await testedAccount();
			const calls = mockVendor(answer);
			const { status: http, body } = await api('POST', `/integrated-account/${id}/test`);
			expect(http).toBe(200);
			expect(body).toEqual({
				ok: cause === null,
				cause,
				message: expect.stringMatching(/^[A-Z].{10,}[.)]$/s),
				upstream_status: status,
				duration_ms: expect.any(Number),
			});
			// A connection that works is asked for the account's time zone, too.
			expect(calls.length).toBe(cause === null ? 3 : 1);
			expect(calls[0]).toMatchObject({ method: 'GET', body: '' });
			for (const secret of secrets()) expect(JSON.stringify(body)).not.toContain(secret);
		});
	}

	it('sends the keys, the clientId and a versioned Accept', async ({ expect }) => {
		const id = await testedAccount();
		const calls = mockVendor(() => json(200, []));
		await api('POST', `/integrated-account/${id}/test`);
		expect(calls[0]?.headers.get('authorization')).toBe(basic({}));
		expect(calls[0]?.headers.get('clientid')).toBe(CREDENTIALS.client_id);
		expect(calls[0]?.headers.get('accept')).toMatch(/^application\/vnd\.connectwise\.com\+json; version=\d/);
	});

	it('follows no redirect', async ({ expect }) => {
		const id = await testedAccount();
		mockVendor(() => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }));
		await api('POST', `/integrated-account/${id}/test`);
		expect(vi.mocked(fetch).mock.calls.map(([, init]) => init?.redirect)).toEqual(['manual']);
	});
});

async function testedAccount(): Promise<string> {
	const { body } = await api('POST', '/integrated-account', accountInput());
	return String(body.id);
}

function secrets(): string[] {
	const { company_id, public_key, private_key, client_id } = CREDENTIALS;
	return [company_id, public_key, private_key, client_id, basic({}).replace('Basic ', '')];
}

function basic(change: Partial<typeof CREDENTIALS>): string {
	const { company_id, public_key, private_key } = { ...CREDENTIALS, ...change };
	return `Basic ${btoa(`${company_id}+${public_key}:${private_key}`)}`;
}

async function entryOf(accountId: string): Promise<StoredAccount> {
	const entry = await env.KV.get<StoredAccount>(`account:${accountId}`, 'json');
	if (!entry) throw new Error(`no entry for ${accountId}`);
	return entry;
}

describe('the time zone of an account', () => {
	const EASTERN = { name: 'GMT-5/Eastern Time: US & Canada', offset: -5 };
	const vendors: [what: string, setups: Json[] | number, server: string, zone: AccountRecord['time_zone']][] = [
		[
			'is that of the default setup',
			[
				{ name: 'GMT+10/Canberra, Melbourne, Sydney', offset: 10 },
				{ ...EASTERN, defaultFlag: true },
			],
			'UTC',
			{ name: 'America/New_York', is_guessed: false },
		],
		[
			'is found by the name of the zone behind the setup',
			[{ name: 'Head office', timeZone: { id: 1, name: 'AUS Eastern Standard Time' }, defaultFlag: true }],
			'UTC',
			{ name: 'Australia/Sydney', is_guessed: false },
		],
		['is guessed from the server', [EASTERN], 'Eastern Standard Time', { name: 'America/New_York', is_guessed: true }],
		[
			'is guessed where setups may not be read',
			403,
			'W. Europe Standard Time',
			{ name: 'Europe/Berlin', is_guessed: true },
		],
		['is not known where nothing is told', [], 'Somewhere', undefined],
	];
	for (const [what, setups, server, zone] of vendors) {
		it(what, async ({ expect }) => {
			const id = `zone_${vendors.findIndex(([one]) => one === what)}`;
			mockVendor(({ url }) => {
				if (url.includes('/system/info')) return Response.json({ serverTimeZone: server });
				if (!url.includes('/timeZoneSetups')) return Response.json([]);
				return typeof setups === 'number' ? new Response('{}', { status: setups }) : Response.json(setups);
			});
			const created = await api<AccountRecord>('POST', '/integrated-account', accountInput({ id }));
			expect(created.body.time_zone).toEqual(zone);
			expect((await api<AccountRecord>('GET', `/integrated-account/${id}`)).body.time_zone).toEqual(zone);
		});
	}

	it('is learnt by a test as well, and said in instructions and results', async ({ expect }) => {
		await connectAccount('zone_late');
		const { url } = await createServer('zone_late');
		const calls = mockVendor(({ url: asked }) =>
			Response.json(asked.includes('/timeZoneSetups') ? [{ ...EASTERN, defaultFlag: true }] : []),
		);
		await api('POST', '/integrated-account/zone_late/test');
		const started = await mcp(url, 'initialize', {
			protocolVersion: '2025-06-18',
			capabilities: {},
			clientInfo: { name: 'x', version: '1' },
		});
		expect(JSON.stringify(started.body)).toContain('America/New_York');
		const name = 'list_all_connect_wise_psa_tickets';
		const { body } = await callTool(url, name, { updated_after: '2026-04-01' });
		expect(JSON.stringify(body)).toContain('lastUpdated >= [2026-04-01T04:00:00Z]');
		expect(calls.at(-1)?.url).toContain(encodeURIComponent('[2026-04-01T04:00:00Z]'));
	});

	it('is the server’s own where that says one', async ({ expect }) => {
		await connectAccount('zone_own');
		const { url } = await createServer('zone_own', { time_zone: 'Europe/London' });
		const calls = mockVendor(() => Response.json([]));
		const name = 'list_all_connect_wise_psa_tickets';
		await callTool(url, name, { updated_after: '2026-07-01' });
		expect(calls[0]?.url).toContain(encodeURIComponent('[2026-06-30T23:00:00Z]'));
		const config = { time_zone: 'London' };
		const wrong = await api<ErrorBody>('POST', '/integrated-account/zone_own/mcp', { name: 'x', config });
		expect(faultsOf(wrong)['config.time_zone']).toMatch(/^must be an IANA time zone .*Europe\/London/);
	});
});
