// The dashboard in a real Chromium, from sign-in to sign-out.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startForTests, type TestPatchbay } from '../node/support.ts';
import { launchChromium } from './chromium.ts';
import { LOCAL_TOKEN, lookAround, openTab, type Tab } from './support.ts';

let patchbay: TestPatchbay;
let browser: Browser;
let tab: Tab;

beforeAll(async () => {
	[patchbay, browser] = await Promise.all([startForTests(), launchChromium()]);
	tab = await openTab(browser, patchbay.url);
});
afterAll(async () => {
	await browser?.close();
	await patchbay?.stop();
});

describe('what is served', () => {
	it('the page and its parts, under a strict policy', async ({ expect }) => {
		for (const path of ['/', '/style.css', '/js/app.js']) {
			const { status, headers } = await fetch(patchbay.url + path);
			expect(status, path).toBe(200);
			expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'self'; /);
			expect(headers.get('referrer-policy'), path).toBe('no-referrer');
			expect(headers.get('x-content-type-options'), path).toBe('nosniff');
		}
		expect(await (await fetch(patchbay.url)).text()).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/i);
	});

	it('and nothing else: the Worker answers every other address, in JSON', async ({ expect }) => {
		const statuses: [string, number][] = [
			['/health', 200],
			['/openapi.json', 200],
			['/session', 200],
			['/integrated-account', 401],
			['/mcp/none', 404],
			['/.well-known/oauth-protected-resource', 404],
			['/accounts', 404],
			['/types.d.ts', 404],
			['/.assetsignore', 404],
		];
		for (const [path, status] of statuses) {
			const answer = await fetch(patchbay.url + path);
			expect([answer.status, answer.headers.get('content-type')], path).toEqual([
				status,
				expect.stringMatching(/^application\/json/),
			]);
			await answer.body?.cancel();
		}
	});
});

describe('signing in', () => {
	it('says at the field what is wrong with a token', async ({ expect }) => {
		const { page } = tab;
		await page.goto('/');
		await page.getByRole('heading', { name: 'Sign in to Patchbay' }).waitFor();
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByText('Is required.').waitFor();
		await page.getByLabel('API token').fill('pb_wrong');
		await page.keyboard.press('Enter');
		await page.getByText('This API token is unknown, revoked or expired.').waitFor();
		expect(await page.getByLabel('API token').getAttribute('aria-invalid')).toBe('true');
		expect(await lookAround(page, 'sign-in')).toEqual([]);
	});

	it('opens the accounts, and keeps the token out of storage and addresses', async ({ expect }) => {
		const { page, context } = tab;
		await page.getByLabel('API token').fill(LOCAL_TOKEN);
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Accounts' }).waitFor();
		const stored = await page.evaluate(() =>
			JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
		);
		expect(stored).not.toContain(LOCAL_TOKEN);
		expect(page.url()).not.toContain(LOCAL_TOKEN);
		const [cookie] = await context.cookies();
		expect(cookie).toMatchObject({ name: 'patchbay-session', httpOnly: true, sameSite: 'Strict', path: '/' });
		expect(cookie?.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(await lookAround(page, 'accounts')).toEqual([]);
	});
});

it('leaves the console and the Content Security Policy without a word', ({ expect }) => {
	expect(tab.complaints).toEqual([]);
});
