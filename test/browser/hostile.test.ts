// The dashboard among names that are markup or very long, a vendor whose words are, and addresses that somebody made up.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startForTests, type TestPatchbay } from '../node/support.ts';
import { launchChromium } from './chromium.ts';
import { DESKTOP, LOCAL_TOKEN, openTab, PHONE, type Tab } from './support.ts';

const MARKUP = `<img src=x onerror="alert(1)">"'</script><svg/onload=alert(2)>`;
const LONG = 'W'.repeat(200);
/** A phone, the same turned small, a window at 200 %, and a wide one. */
const WIDTHS = [320, PHONE.width, DESKTOP.width / 2, DESKTOP.width];

let patchbay: TestPatchbay;
let browser: Browser;
let vendor: Server;
let tab: Tab;
let page: Page;
const dialogs: string[] = [];
const serverOf: Record<string, string> = {};

beforeAll(async () => {
	vendor = createServer((request, response) => {
		request.resume();
		const isGood = !request.url?.includes('nope');
		response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' });
		const record = { id: 1, summary: MARKUP, [MARKUP]: LONG, company: { name: LONG + LONG } };
		response.end(JSON.stringify(isGood ? [record] : { code: MARKUP, message: MARKUP + LONG, errors: [] }));
	}).listen(0, '127.0.0.1');
	[patchbay, browser] = await Promise.all([startForTests(), launchChromium()]);
	const { port } = vendor.address() as AddressInfo;
	for (const [id, name] of [
		['markup', MARKUP],
		['l'.repeat(63), LONG],
	] as const) {
		await patchbay.api('POST', '/integrated-account', {
			id,
			name,
			integration: 'connect_wise_psa',
			base_url: `http://localhost:${port}/v4_6_release/apis/3.0`,
			credentials: {
				company_id: 'acme',
				public_key: 'k',
				private_key: 'k',
				client_id: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
			},
		});
		const { body } = await patchbay.api<{ id: string }>('POST', `/integrated-account/${id}/mcp`, { name, config: {} });
		serverOf[id] = body.id;
		await patchbay.api('POST', '/api-token', { name, scope: 'use', accounts: ['markup', 'l'.repeat(63)] });
		await fetch(`${patchbay.url}/session`, {
			method: 'POST',
			headers: { origin: patchbay.url, 'user-agent': name, 'content-type': 'application/json' },
			body: JSON.stringify({ token: LOCAL_TOKEN }),
		});
		const call = { name: 'list_all_connect_wise_psa_tickets', arguments: {} };
		await fetch(`${patchbay.url}/integrated-account/${id}/mcp/${body.id}/rpc`, {
			method: 'POST',
			headers: { authorization: `Bearer ${LOCAL_TOKEN}`, 'user-agent': name, 'content-type': 'application/json' },
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }),
		});
	}
	tab = await openTab(browser, patchbay.url);
	page = tab.page;
	page.on('dialog', (dialog) => {
		dialogs.push(dialog.message());
		void dialog.dismiss();
	});
	await page.goto('/');
	await page.getByLabel('API token', { exact: true }).fill(LOCAL_TOKEN);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
});
afterAll(async () => {
	await browser?.close();
	await patchbay?.stop();
	vendor?.close();
});

const settled = () => page.locator('main h1:not(.visually-hidden)').first().waitFor();

async function open(address: string): Promise<void> {
	// A page of its own, not what the last one left.
	await page.goto('about:blank');
	await page.goto(`/#${address}`);
	await settled();
	await page.waitForLoadState('networkidle');
}

/** @returns the widths at which the page is wider than the window */
async function tooWideAt(): Promise<string[]> {
	const found: string[] = [];
	for (const width of WIDTHS) {
		await page.setViewportSize({ ...DESKTOP, width });
		const wider = await page.evaluate(
			() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
		);
		if (wider > 0) found.push(`${width}: ${wider} px`);
	}
	await page.setViewportSize(DESKTOP);
	return found;
}

describe('names that are markup, or 200 letters without a space', () => {
	const pages = [
		'/',
		'/access',
		'/accounts/ID',
		'/accounts/ID/connection',
		...['', '/edit', '/try', '/log', '/doctor'].map((part) => `/accounts/ID/servers/SERVER${part}`),
	];
	for (const id of ['markup', 'l'.repeat(63)]) {
		for (const address of id === 'markup' ? pages : pages.slice(2)) {
			it(`are text that fits on ${address} (${id.slice(0, 6)})`, async ({ expect }) => {
				await open(address.replace('ID', id).replace('SERVER', serverOf[id] ?? ''));
				expect(await tooWideAt()).toEqual([]);
				expect(await page.locator('main img, main script, main [onload]').count()).toBe(0);
			});
		}
	}

	it('are so in a question, and in what is said after it', async ({ expect }) => {
		const id = 'l'.repeat(63);
		await open(`/accounts/${id}/servers/${serverOf[id]}`);
		await page.getByRole('button', { name: 'Revoke server' }).click();
		await page.getByRole('dialog').waitFor();
		expect(await tooWideAt()).toEqual([]);
		expect(
			await page.getByRole('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth),
		).toBeLessThanOrEqual(0);
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Pause' }).click();
		await page.getByText('is paused').first().waitFor();
		expect(await tooWideAt()).toEqual([]);
	});

	it('are so in the words of a vendor', async ({ expect }) => {
		await open(`/accounts/markup/servers/${serverOf.markup}/try`);
		await page.getByPlaceholder('Find a tool…').fill('list tickets');
		await page.getByText('list_all_connect_wise_psa_tickets').first().click();
		for (const conditions of ['id = 1', 'summary = "nope"']) {
			await page.getByLabel('conditions', { exact: true }).fill(conditions);
			await page.getByRole('button', { name: 'Run' }).click();
			await page.getByText('onerror').last().waitFor();
			expect(await tooWideAt()).toEqual([]);
			expect(await page.locator('main img, main script').count()).toBe(0);
		}
	});

	it('ran nothing', ({ expect }) => {
		expect(dialogs).toEqual([]);
		expect(tab.complaints).toEqual([]);
	});
});

describe('an address that somebody made up', () => {
	const addresses = [
		'/accounts/%2e%2e',
		'/accounts/..',
		'/accounts/demo/servers/%2e%2e',
		'/accounts/demo/servers/.',
		'/accounts/%2E%2E/servers/demo/log',
		'/accounts/%E0%A4%A',
		'//elsewhere.example',
		'javascript:alert(1)',
	];
	for (const address of addresses) {
		// security: S-31
		it(`${address} leads nowhere, and asks for nothing beyond what pages ask for`, async ({ expect }) => {
			// What the page before still asks for is not this one's.
			await page.goto('about:blank');
			const asked: string[] = [];
			page.on('request', (request) => asked.push(new URL(request.url()).pathname));
			await open(address);
			expect(await page.locator('main h1').innerText()).toBe('There is no such page');
			page.removeAllListeners('request');
			expect(asked.filter((path) => !/^\/($|session$|js\/|css\/|icon\.svg$)/.test(path))).toEqual([]);
			expect(tab.complaints).toEqual([]);
		});
	}
});

describe('a session that ends elsewhere', () => {
	it('is said where it is missed, and a new one leads back to the same page', async ({ expect }) => {
		await open(`/accounts/markup/servers/${serverOf.markup}/edit`);
		const { body } = await patchbay.api<{ result: { id: string }[] }>('GET', '/sessions');
		for (const { id } of body.result) await patchbay.api('DELETE', `/sessions/${id}`);
		await page.getByRole('button', { name: 'Save' }).first().click();
		await page.getByText('Your session has ended.').waitFor();
		await page.getByLabel('API token', { exact: true }).fill(LOCAL_TOKEN);
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name: /^Edit/ }).waitFor();
		expect(new URL(page.url()).hash).toBe(`#/accounts/markup/servers/${serverOf.markup}/edit`);
	});
});
