// What a client may ask, what a person sees and agrees to, and what is not to be had by a forged form.
import { beforeAll, describe, it } from 'vitest';
import {
	accountStub,
	api,
	at,
	connectAccount,
	createApiToken,
	createServer,
	dumpStorage,
	LOCAL_TOKEN,
	type ServerWithUrl,
	secondsFromNow,
	send,
	serverPath,
	setUp,
} from '../support.ts';
import * as oauth from './support.ts';

setUp();
beforeAll(() => connectAccount('consent', { name: 'Acme & <Sons>' }));

async function asked(config = {}, metadata = {}) {
	const server = await createServer('consent', config, { name: 'The "service" desk' });
	const { client_id: clientId } = (await oauth.register(server, metadata)).body;
	return { server, clientId };
}

async function opened(config = {}, metadata = {}) {
	const { server, clientId } = await asked(config, metadata);
	return { server, clientId, page: await oauth.openPage(await oauth.authorizeUrl(server, clientId)) };
}

describe('an authorization request', () => {
	const toPerson: [string, Record<string, string | null>][] = [
		['from an unknown client', { client_id: 'unknown' }],
		['without a client', { client_id: null }],
		['to a redirect that was not registered', { redirect_uri: 'https://evil.example/callback' }],
		['to the redirect with more behind it', { redirect_uri: `${oauth.REDIRECT_URI}/more` }],
		['without a redirect', { redirect_uri: null }],
	];
	for (const [name, change] of toPerson) {
		it(`${name} is told to the person and redirected nowhere`, async ({ expect }) => {
			const { server, clientId } = await asked();
			const page = await oauth.openPage(await oauth.authorizeUrl(server, clientId, change));
			expect([page.status, page.location, page.handle]).toEqual([400, null, '']);
			expect(page.html).not.toContain('evil.example');
		});
	}

	const toClient: [string, Record<string, string | null>, string][] = [
		['with the plain method of PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
		['with a challenge and no method, which means plain', { code_challenge_method: null }, 'invalid_request'],
		['without PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
		['for the implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
		['for a resource elsewhere', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
		[
			'for another server of this account',
			{ resource: `http://localhost/connect/consent/mcp_cwp_x` },
			'invalid_target',
		],
	];
	for (const [name, change, error] of toClient) {
		it(`${name} goes back to the client as ${error}`, async ({ expect }) => {
			const { server, clientId } = await asked();
			const { status, location } = await oauth.openPage(await oauth.authorizeUrl(server, clientId, change));
			expect([status, location?.origin]).toEqual([303, 'https://client.example']);
			expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({
				error,
				state: 'state-of-the-client',
				iss: server.oauth_url,
			});
		});
	}

	it('of a client with a secret needs PKCE as well', async ({ expect }) => {
		const { server, clientId } = await asked({}, { token_endpoint_auth_method: 'client_secret_basic' });
		const change = { code_challenge: null, code_challenge_method: null };
		const { location } = await oauth.openPage(await oauth.authorizeUrl(server, clientId, change));
		expect(location?.searchParams.get('error')).toBe('invalid_request');
	});

	it('without a resource is for this server', async ({ expect }) => {
		const { server, clientId } = await asked();
		const page = await oauth.openPage(await oauth.authorizeUrl(server, clientId, { resource: null }));
		const code = (await oauth.submit(server, page)).location?.searchParams.get('code') ?? '';
		const { body } = await oauth.exchange(server, clientId, code, { resource: null });
		expect(body.resource).toBe(server.oauth_url);
	});

	it('with a method other than GET and POST is refused', async ({ expect }) => {
		const { server } = await asked();
		const response = await send(new Request(`${server.oauth_url}/authorize`, { method: 'DELETE' }));
		expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
	});
});

describe('the page', () => {
	// security: S-32
	it('shows client, redirect, account, server, kinds of tools and areas', async ({ expect }) => {
		const { page } = await opened({ methods: ['read', 'merge'], tags: ['service', 'time'] });
		for (const text of ['Test client', 'client.example', 'ConnectWise PSA', 'gave itself its name'])
			expect(page.html).toContain(text);
		expect(page.html).toContain('The &#34;service&#34; desk');
		const boxes = (name: string) =>
			[...page.html.matchAll(new RegExp(`name="${name}" value="([a-z_]+)"`, 'g'))].map(([, value]) => value);
		expect(boxes('method')).toEqual(['read', 'custom']);
		expect(boxes('tag')).toEqual(expect.arrayContaining(['service', 'time', 'ticket']));
		expect(boxes('tag')).not.toContain('marketing');
	});

	// security: S-32
	it('takes nobody’s words for markup', async ({ expect }) => {
		const client_name = '<script src="https://evil.example"></script>"\'&';
		const { page } = await opened({}, { client_name });
		expect(page.html).not.toMatch(/<script/i);
		expect(page.html).toContain('&#60;script');
		expect(page.html).toContain('Acme &#38; &#60;Sons&#62;');
	});

	it('shows a client’s name without what nobody sees in it', async ({ expect }) => {
		const { page } = await opened({}, { client_name: 'Chat\u202eTPG\u200b app' });
		expect(page.html).toContain('<h1>May ChatTPG app work in');
		expect(page.html).not.toMatch(/[\u200b\u202e]/);
	});

	it('warns where access goes to an app on the same machine', async ({ expect }) => {
		const redirect_uri = 'http://127.0.0.1:7777/callback';
		const { server, clientId } = await asked({}, { redirect_uris: [redirect_uri] });
		const page = await oauth.openPage(await oauth.authorizeUrl(server, clientId, { redirect_uri }));
		expect(page.html).toContain('an app on your own computer');
	});

	it('has no script, is not framed, not kept, and tells nobody where it is', async ({ expect }) => {
		const { page } = await opened();
		const policy = page.headers.get('content-security-policy') ?? '';
		expect(policy).toContain("default-src 'self'");
		expect(policy).toContain("script-src 'none'");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain('unsafe-inline');
		expect(page.html).not.toMatch(/<script|<style| style=| on[a-z]+=/i);
		expect(page.headers.get('x-frame-options')).toBe('DENY');
		expect(page.headers.get('referrer-policy')).toBe('no-referrer');
		expect(page.headers.get('cache-control')).toBe('no-store');
		expect(page.headers.getSetCookie().join()).toMatch(/^__Host-[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax/);
		// A file beside the dashboard's, which test/browser/consent.test.ts looks at.
		expect(page.html).toMatch(/href="\/css\/sheet\.css"/);
	});
});

describe('a form', () => {
	const forged: [string, (page: oauth.Page, other: oauth.Page) => oauth.Choice][] = [
		['without the cookie of its page', () => ({ cookie: '' })],
		['with the cookie of another page', (_, other) => ({ cookie: other.cookie })],
		['with a handle that was never given out', () => ({ handle: 'A'.repeat(43) })],
		['without a handle', () => ({ handle: '' })],
		['with another page’s handle', (_, other) => ({ handle: other.handle })],
	];
	for (const [name, choiceOf] of forged) {
		it(`${name} gives nothing, whatever the API token`, async ({ expect }) => {
			const { server, clientId, page } = await opened();
			const other = await oauth.openPage(await oauth.authorizeUrl(server, clientId));
			const seen = new Set<string>();
			for (const api_token of [LOCAL_TOKEN, 'wrong']) {
				for (const decision of ['approve', 'deny']) {
					const answer = await oauth.submit(server, page, { ...choiceOf(page, other), api_token, decision });
					expect([answer.status, answer.location, answer.handle]).toEqual([400, null, '']);
					seen.add(answer.html);
				}
			}
			expect(seen.size).toBe(1);
			// What was forged is still good for whom it was made.
			expect((await oauth.submit(server, page)).location?.searchParams.get('code')).toBeTruthy();
		});
	}

	it('counts once', async ({ expect }) => {
		const { server, page } = await opened();
		expect((await oauth.submit(server, page)).status).toBe(303);
		expect((await oauth.submit(server, page)).status).toBe(400);
	});

	it('counts for ten minutes', async ({ expect }) => {
		const { server, page } = await opened();
		const late = await at(Date.now() + 601_000, () => oauth.submit(server, page));
		expect([late.status, late.location]).toEqual([400, null]);
	});

	it('that is denied goes back to the client as access_denied', async ({ expect }) => {
		const { server, page } = await opened();
		const { location } = await oauth.submit(server, page, { decision: 'deny', api_token: '' });
		expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({
			error: 'access_denied',
			state: 'state-of-the-client',
			iss: server.oauth_url,
		});
	});

	it('of 40 KB is refused', async ({ expect }) => {
		const { server, page } = await opened();
		expect((await oauth.submit(server, page, { api_token: 'x'.repeat(40_000) })).status).toBe(413);
	});
});

describe('an API token on the form', () => {
	const bad: [string, () => Promise<string>][] = [
		['that is empty', async () => ''],
		['that is wrong', async () => 'pb_wrong'],
		['bound to another account', () => createApiToken({ scope: 'manage', accounts: ['somebody-else'] })],
		['that is revoked', revokedToken],
	];
	for (const [name, tokenOf] of bad) {
		it(`${name} is said on the page, which can be sent again`, async ({ expect }) => {
			const { server, page } = await opened();
			const api_token = await tokenOf();
			const again = await oauth.submit(server, page, { api_token, method: ['read'], tag: ['time'] });
			expect([again.status, again.location]).toEqual([400, null]);
			expect(again.html).toContain('not good for this account');
			if (api_token) expect(again.html).not.toContain(api_token);
			expect(again.html).toMatch(/value="read" checked/);
			expect(again.html).toMatch(/value="time" checked/);
			expect(again.html).toMatch(/value="write">/);
			expect(again.handle).not.toBe(page.handle);
			expect((await oauth.submit(server, again)).status).toBe(303);
		});
	}

	it('that is used too often is said on the page, which can be sent again in a minute', async ({ expect }) => {
		const api_token = await createApiToken({ scope: 'use', requests_per_minute: 1 });
		const { server, page } = await opened();
		expect((await oauth.submit(server, page, { api_token })).status).toBe(303);
		const next = await opened();
		const again = await oauth.submit(next.server, next.page, { api_token });
		expect([again.status, again.location]).toEqual([400, null]);
		expect(again.html).toMatch(/may be used 1 times a minute\. Wait \d+ seconds/);
		const later = await at(Date.now() + 61_000, () => oauth.submit(next.server, again, { api_token }));
		expect(later.status).toBe(303);
	});

	it('that has expired is not good', async ({ expect }) => {
		const { server, page } = await opened();
		const api_token = await createApiToken({ scope: 'use', expires_at: secondsFromNow(61) });
		const late = await at(Date.now() + 62_000, () => oauth.submit(server, page, { api_token }));
		expect([late.status, late.location]).toEqual([400, null]);
	});

	it('may be of either scope, for this account or all', async ({ expect }) => {
		for (const input of [{ scope: 'use' }, { scope: 'use', accounts: ['consent'] }, { scope: 'manage' }]) {
			const { server, page } = await opened();
			const api_token = await createApiToken(input);
			expect((await oauth.submit(server, page, { api_token })).status).toBe(303);
		}
	});

	// security: S-15
	it('is kept nowhere', async ({ expect }) => {
		const { server, page } = await opened();
		const api_token = await createApiToken({ scope: 'use' });
		await oauth.submit(server, page, { api_token });
		const kept = await dumpStorage();
		expect(kept).toContain(server.id);
		expect(kept).not.toContain(api_token);
		expect(kept).not.toContain(api_token.replace('pb_', ''));
	});
});

describe('what is checked', () => {
	const bad: [string, oauth.Choice, RegExp][] = [
		['nothing at all', { method: [] }, /at least one kind/],
		['a kind that the server does not have', { method: ['read', 'custom'] }, /changed meanwhile/],
		['a single method by its name', { method: ['list'] }, /changed meanwhile/],
		['an area that the server does not have', { tag: ['marketing'] }, /changed meanwhile/],
		['an area of nobody’s', { tag: ['<x>'] }, /changed meanwhile/],
	];
	for (const [name, choice, expected] of bad) {
		it(`${name} is refused on the page`, async ({ expect }) => {
			const { server, page } = await opened({ methods: ['read', 'write'], tags: ['service'] });
			const again = await oauth.submit(server, page, { method: ['read', 'write'], ...choice });
			expect([again.status, again.location]).toEqual([400, null]);
			expect(again.html).toMatch(expected);
			expect(again.html).not.toContain('<x>');
		});
	}

	it('an API token that is used too often is told on the page', async ({ expect }) => {
		const { server, page } = await opened({ methods: ['read', 'write'], tags: ['service'] });
		const api_token = await createApiToken({ scope: 'use', requests_per_minute: 1 });
		const first = await oauth.submit(server, page, { api_token, method: ['read'], tag: ['marketing'] });
		expect(first.status).toBe(400);
		const again = await oauth.submit(server, first, { api_token, method: ['read'] });
		expect([again.status, again.location]).toEqual([400, null]);
		expect(again.html).toMatch(/may be used 1 times a minute/);
	});

	it('kinds and areas that no tool is in are refused on the page', async ({ expect }) => {
		const { server, page } = await opened({ methods: ['read', 'write'], tags: ['system'] });
		const again = await oauth.submit(server, page, { method: ['write'], tag: ['report'] });
		expect([again.status, again.location]).toEqual([400, null]);
		expect(again.html).toMatch(/No tool/);
	});

	it('is measured by the server as it is when the form comes', async ({ expect }) => {
		const { server, page } = await opened();
		await narrow(server, { methods: ['read'] });
		const again = await oauth.submit(server, page, { method: ['read', 'write'] });
		expect(again.status).toBe(400);
		expect(again.html).not.toContain('value="write"');
	});

	it('is of no use when the server has ended', async ({ expect }) => {
		const { server, page } = await opened();
		await accountStub('consent').deleteServer(server.id);
		const answer = await oauth.submit(server, page);
		expect([answer.status, answer.location]).toEqual([404, null]);
	});
});

async function revokedToken(): Promise<string> {
	const { body } = await api<{ id: string; token: string }>('POST', '/api-token', { name: 'x', scope: 'use' });
	await api('DELETE', `/api-token/${body.id}`);
	return body.token;
}

async function narrow(server: ServerWithUrl, config: Record<string, unknown>): Promise<void> {
	await api('PATCH', serverPath(server), { config });
}
