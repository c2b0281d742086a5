// Pages that people see who let an app in, in a real Chromium: setup, consent, invitation, and sign-in by an identity
// provider on another site of this machine.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Events, OAuth2Server } from 'oauth2-mock-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { type CreatedServer, startForTests, type TestPatchbay } from '../node/support.ts';
import { launchChromium } from './chromium.ts';
import { LOCAL_TOKEN, lookAround } from './support.ts';

let patchbay: TestPatchbay;
let browser: Browser;
let app: Server;
let provider: OAuth2Server;
let server: CreatedServer;
let page: Page;
/** What the browser was sent to the app with. */
const arrived: URLSearchParams[] = [];
const complaints: string[] = [];

beforeAll(async () => {
	app = createServer((request, response) => {
		const url = new URL(request.url ?? '', 'http://127.0.0.1');
		if (url.pathname === '/callback') arrived.push(url.searchParams);
		response.end(`referrer: ${request.headers.referer ?? 'none'}`);
	}).listen(0, '127.0.0.1');
	provider = new OAuth2Server();
	await provider.issuer.keys.generate('RS256');
	await provider.start(0, '127.0.0.1');
	const settings = {
		OIDC_ISSUER: provider.issuer.url ?? '',
		OIDC_CLIENT_ID: 'patchbay',
		OIDC_CLIENT_SECRET: 'secret-of-the-test',
		OIDC_NAME: 'Test provider',
	};
	[patchbay, browser] = await Promise.all([startForTests(undefined, settings), launchChromium()]);
	server = await patchbay.createServer({ methods: ['read', 'write'], tags: ['service', 'time'] });
	page = await browser.newPage();
	page.on('console', (message) => complaints.push(message.text()));
	page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(async () => {
	await browser?.close();
	await patchbay?.stop();
	app?.close();
	await provider?.stop();
});

let clientId = '';
let code = '';
const redirectTo = () => `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;

/** Begins to connect the app, as the app does. @param to  where it stands after that */
async function open(to = page, heading = 'May Browser test work in'): Promise<void> {
	const redirectUri = redirectTo();
	const registered = await fetch(`${server.oauth_url}/register`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			client_name: 'Browser test',
			redirect_uris: [redirectUri],
			token_endpoint_auth_method: 'none',
		}),
	});
	const { client_id } = (await registered.json()) as { client_id: string };
	clientId = client_id;
	// The challenge of RFC 7636, appendix B.
	const query = new URLSearchParams({
		response_type: 'code',
		client_id,
		redirect_uri: redirectUri,
		code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
		code_challenge_method: 'S256',
		state: 'of the app',
	});
	complaints.length = 0;
	await to.goto(`${server.oauth_url}/authorize?${query}`);
	await to.getByRole('heading', { name: heading }).waitFor();
}

/** Exchanges the code that came last, and calls a tool. */
async function callTool(): Promise<{ status: number; text: string }> {
	const exchanged = await fetch(`${server.oauth_url}/token`, {
		method: 'POST',
		body: new URLSearchParams({
			grant_type: 'authorization_code',
			client_id: clientId,
			redirect_uri: redirectTo(),
			code: arrived.at(-1)?.get('code') ?? '',
			// RFC 7636, appendix B.
			code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
		}),
	});
	const { access_token } = (await exchanged.json()) as { access_token: string };
	const params = { name: 'list_all_connect_wise_psa_tickets', arguments: { limit: 1 } };
	const answer = await fetch(server.oauth_url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}` },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
	});
	return { status: answer.status, text: await answer.text() };
}

describe('the setup page', () => {
	it('opens from a link without signing in, bears looking at, and breaks no policy', async ({ expect }) => {
		complaints.length = 0;
		await page.goto(server.oauth_url);
		await page.getByRole('heading', { name: 'Connect your AI client' }).waitFor();
		await page.getByText('Open this page on another device').click();
		await page.getByRole('img', { name: 'QR code of the server URL' }).waitFor();
		await page.getByRole('button', { name: 'Copy' }).first().waitFor();
		expect(await lookAround(page, 'setup')).toEqual([]);
		expect(complaints).toEqual([]);
	});

	it('shows one client at a time, by the keyboard, with a link that installs', async ({ expect }) => {
		await page.getByRole('radio', { name: 'Cursor' }).focus();
		await page.keyboard.press('Space');
		const install = page.getByRole('link', { name: 'Add to Cursor' });
		expect(await install.getAttribute('href')).toMatch(/^cursor:\/\//);
		await page.keyboard.press('ArrowRight');
		await page.getByRole('link', { name: 'Add to VS Code' }).waitFor();
		expect(await install.isVisible()).toBe(false);
		expect(await page.locator('.panel:visible').count()).toBe(1);
	});

	it('works without a script, and leads to consent', async ({ expect }) => {
		const plain = await browser.newPage({ javaScriptEnabled: false });
		await plain.goto(server.oauth_url);
		await plain.getByText('Codex', { exact: true }).click();
		await plain.getByText('codex mcp add').waitFor();
		await plain.close();
		await open();
		expect(await page.getByRole('button', { name: 'Allow' }).count()).toBe(1);
	});
});

describe('the page', () => {
	it('is styled, bears looking at in both themes and on a phone, and breaks no policy', async ({ expect }) => {
		await open();
		expect(await page.locator('main').evaluate((main) => getComputedStyle(main).maxWidth)).not.toBe('none');
		await page.getByText('Only in some areas').click();
		expect(await lookAround(page, 'consent')).toEqual([]);
		expect(complaints).toEqual([]);
	});

	it('takes a wrong API token, then a good one, from the keyboard, and goes back to the app', async ({ expect }) => {
		await open();
		await page.getByLabel('Write').uncheck();
		await page.getByText('Only in some areas').click();
		await page.getByLabel('time:').check();
		await page.getByLabel('API token').fill('pb_wrong');
		await page.keyboard.press('Enter');
		await page.getByRole('alert').getByText('not good for this account').waitFor();
		expect(await page.getByLabel('Write').isChecked()).toBe(false);
		expect(await page.getByLabel('time:').isChecked()).toBe(true);
		expect(await page.getByLabel('API token').inputValue()).toBe('');
		await page.getByLabel('API token').fill(LOCAL_TOKEN);
		await page.keyboard.press('Enter');
		await page.getByText('referrer: none').waitFor();
		code = arrived.at(-1)?.get('code') ?? '';
		expect(Object.fromEntries(arrived.at(-1) ?? [])).toEqual({
			code: expect.any(String),
			state: 'of the app',
			iss: server.oauth_url,
		});
	});

	it('leaves an app that the dashboard shows at its server, and locks out when asked to', async ({ expect }) => {
		const exchanged = await fetch(`${server.oauth_url}/token`, {
			method: 'POST',
			body: new URLSearchParams({
				grant_type: 'authorization_code',
				client_id: clientId,
				redirect_uri: redirectTo(),
				code,
				// RFC 7636, appendix B.
				code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
			}),
		});
		const { access_token } = (await exchanged.json()) as { access_token: string };
		const ping = () =>
			fetch(server.oauth_url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}` },
				body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
			});
		expect((await ping()).status).toBe(200);
		const tab = await browser.newPage();
		const [, , account = '', id = ''] = new URL(server.oauth_url).pathname.split('/');
		await tab.goto(`${new URL(server.oauth_url).origin}/#/accounts/${account}/servers/${id}`);
		await tab.getByLabel('API token').fill(LOCAL_TOKEN);
		await tab.getByRole('button', { name: 'Sign in' }).click();
		await tab.getByRole('heading', { name: 'Connected apps' }).waitFor();
		await tab.getByRole('button', { name: 'End the access of Browser test' }).click();
		await tab.getByRole('dialog').getByRole('button', { name: 'End access' }).click();
		await tab.locator('.toast').getByText('Browser test is locked out').waitFor();
		await tab.getByRole('heading', { name: 'Connected apps' }).waitFor({ state: 'detached' });
		await tab.close();
		expect((await ping()).status).toBe(401);
	});

	it('is denied without an API token', async ({ expect }) => {
		await open();
		await page.getByRole('button', { name: 'Deny' }).click();
		await page.getByText('referrer: none').waitFor();
		expect(arrived.at(-1)?.get('error')).toBe('access_denied');
	});
});

/** A browser of somebody else, without a cookie. */
async function strangersPage(): Promise<Page> {
	const context = await browser.newContext();
	const tab = await context.newPage();
	tab.on('console', (message) => {
		if (!/status of 4\d\d/.test(message.text())) complaints.push(message.text());
	});
	return tab;
}

describe('an invited technician', () => {
	it('goes from the link to a tool result, and nobody goes there after them', async ({ expect }) => {
		const operator = await strangersPage();
		await operator.goto(`${patchbay.url}/#/access`);
		await operator.getByLabel('Or with an API token').fill(LOCAL_TOKEN);
		await operator.getByRole('button', { name: 'Sign in' }).click();
		await operator.getByRole('heading', { name: 'Invite a person' }).waitFor();
		await operator.getByLabel('For whom').fill('Jane Doe');
		await operator.getByLabel('Gets an API token').check();
		const form = operator.getByRole('form', { name: 'Invite a person' });
		await form.getByLabel('Account', { exact: true }).selectOption('demo');
		await form.locator(`input[value="${server.id}"]`).check();
		await form.getByRole('button', { name: 'Create invitation' }).click();
		const link = await operator.locator('[data-secret-link]').innerText();
		await operator.getByRole('cell', { name: 'waiting' }).waitFor();
		expect(await lookAround(operator, 'access')).toEqual([]);

		complaints.length = 0;
		const technician = await strangersPage();
		await technician.goto(link);
		await technician.getByRole('heading', { name: 'You are invited' }).waitFor();
		expect(await lookAround(technician, 'invitation')).toEqual([]);
		await technician.getByRole('button', { name: 'Accept the invitation' }).click();
		await technician.getByRole('heading', { name: 'Copy your API token now' }).waitFor();
		await technician.getByRole('button', { name: 'Copy' }).waitFor();
		expect(await lookAround(technician, 'accepted')).toEqual([]);
		const token = await technician.locator('pre').innerText();
		await technician.getByRole('link', { name: 'Test' }).click();
		await technician.getByRole('heading', { name: 'Connect your AI client' }).waitFor();
		await open(technician);
		await technician.getByLabel('API token').fill(token);
		await technician.getByRole('button', { name: 'Allow' }).click();
		await technician.getByText('referrer: none').waitFor();
		const { status, text } = await callTool();
		expect([status, text.includes('result_count')]).toEqual([200, true]);
		await technician.goto(link);
		await technician.getByRole('alert').getByText('was accepted already').waitFor();
		expect(complaints).toEqual([]);
		await Promise.all([operator, technician].map((tab) => tab.context().close()));
	});
});

describe('sign-in by an identity provider', () => {
	const claims: Record<string, unknown> = {};
	const rules = (...given: object[]) => patchbay.api('PATCH', '/sign-in-rules', { rules: given });
	let person: Page;

	beforeAll(async () => {
		provider.service.on(Events.BeforeTokenSigning, ({ payload }) => Object.assign(payload, claims));
		person = await strangersPage();
	});
	beforeEach(() => {
		for (const name of Object.keys(claims)) delete claims[name];
		Object.assign(claims, { sub: 'jane', name: 'Jane Doe', email: 'jane@acme.example', email_verified: true });
	});

	const spoilt: { name: string; claims: Record<string, unknown>; says: RegExp }[] = [
		{ name: 'a foreign issuer', claims: { iss: 'https://evil.example' }, says: /issuer/i },
		{ name: 'another audience', claims: { aud: 'another' }, says: /audience/i },
		{ name: 'another nonce', claims: { nonce: 'x' }, says: /nonce/i },
		{ name: 'an end in the past', claims: { exp: 1 }, says: /exp/i },
		{ name: 'a group that maps to nothing', claims: { email: undefined, groups: ['x'] }, says: /no rule/i },
	];
	for (const { name, claims: wrong, says } of spoilt) {
		it(`refuses a token with ${name}, on a page that says so`, async ({ expect }) => {
			await rules({ email: 'jane@acme.example', scope: 'manage' });
			Object.assign(claims, wrong);
			await person.goto(`${patchbay.url}/sign-in`);
			await person.getByRole('heading', { name: 'You are not signed in' }).waitFor();
			expect(await person.getByRole('alert').innerText()).toMatch(says);
			expect(await person.context().cookies()).toEqual([]);
		});
	}

	it('leads from the consent page to the provider and back, and the log names the person', async ({ expect }) => {
		await rules({ email_domain: 'acme.example', scope: 'use' });
		await open(person);
		expect(await lookAround(person, 'consent with sign-in')).toEqual([]);
		await person.getByRole('link', { name: 'Sign in with Test provider' }).click();
		// The page in between says who is signed in, too, and goes on by itself.
		await person.getByRole('button', { name: 'Allow' }).waitFor();
		await person.getByText('You are signed in as Jane Doe').waitFor();
		expect(await lookAround(person, 'consent of a person')).toEqual([]);
		await person.getByRole('button', { name: 'Allow' }).click();
		await person.getByText('referrer: none').waitFor();
		const { status, text } = await callTool();
		expect([status, text.includes('result_count')]).toEqual([200, true]);
		const log = `/integrated-account/demo/mcp/${server.id}/log`;
		await expect
			.poll(
				async () => {
					const { body } = await patchbay.api<{ result: { person?: string }[] }>('GET', log);
					return body.result.map((entry) => entry.person);
				},
				{ timeout: 120_000 },
			)
			.toContain('jane@acme.example');
	});

	it('opens the dashboard to those who manage, and servers to the others', async ({ expect }) => {
		complaints.length = 0;
		await person.goto(patchbay.url);
		await person.getByRole('heading', { name: 'You are signed in as Jane Doe' }).waitFor();
		expect(await lookAround(person, 'no dashboard')).toEqual([]);
		await person.getByRole('link', { name: 'See your MCP servers' }).click();
		await person.locator('.servers').getByRole('link').first().waitFor();
		await person.goto(patchbay.url);
		await person.getByRole('button', { name: 'Sign out' }).click();
		const signIn = person.getByRole('link', { name: 'Sign in with Test provider' });
		await signIn.waitFor();
		expect(await lookAround(person, 'sign-in')).toEqual([]);
		await rules({ email: 'jane@acme.example', scope: 'manage' });
		await signIn.click();
		await person.getByRole('link', { name: 'Access' }).click();
		const form = person.getByRole('form', { name: 'Let people sign in' });
		await form.getByLabel('Which').fill('nobody');
		await form.getByRole('button', { name: 'Add rule' }).click();
		await form.getByText('Must be an e-mail address').waitFor();
		await form.getByLabel('Which').fill('joe@acme.example');
		await form.getByLabel('Nothing').check();
		await form.getByRole('button', { name: 'Add rule' }).click();
		await person.getByRole('row', { name: 'joe@acme.example' }).getByText('kept out').waitFor();
		expect(await lookAround(person, 'rules')).toEqual([]);
		await person.getByRole('button', { name: 'Remove the rule for jane@acme.example' }).click();
		await person.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
		await person.getByText('Your session has ended').waitFor();
		expect(complaints).toEqual([]);
		await person.context().close();
	});
});
