// The page that asks for consent, in a real Chromium: by the keyboard, without a script, and back to the app.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type CreatedServer, startForTests, type TestPatchbay } from '../node/support.ts';
import { launchChromium } from './chromium.ts';
import { LOCAL_TOKEN, lookAround } from './support.ts';

let patchbay: TestPatchbay;
let browser: Browser;
let app: Server;
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
	[patchbay, browser] = await Promise.all([startForTests(), launchChromium()]);
	server = await patchbay.createServer({ methods: ['read', 'write'], tags: ['service', 'time'] });
	page = await browser.newPage();
	page.on('console', (message) => complaints.push(message.text()));
	page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(async () => {
	await browser?.close();
	await patchbay?.stop();
	app?.close();
});

let clientId = '';
let code = '';
const redirectTo = () => `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;

async function open(): Promise<void> {
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
	await page.goto(`${server.oauth_url}/authorize?${query}`);
	await page.getByRole('heading', { name: 'May Browser test work in' }).waitFor();
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
