// The dashboard in a real Chromium, from sign-in to sign-out: one walk, each step standing on the one before. Every page
// is looked at in both themes, wide and on a phone, with axe. SCREENSHOTS=<folder> keeps what was seen.
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { call, connectV1, startForTests, type TestPatchbay } from '../node/support.ts';
import { launchChromium } from './chromium.ts';
import { DESKTOP, LOCAL_TOKEN, layoutShift, lookAround, openTab, PHONE, readyAfter, type Tab } from './support.ts';

const WEIGHT_LIMIT_BYTES = 150_000;
const GOOD = {
	'Company ID': 'patchbay',
	'Public key': 'sandboxPublicKey',
	'Private key': 'sandboxPrivateKey',
	'Client ID': '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
};

let patchbay: TestPatchbay;
let browser: Browser;
let tab: Tab;
let page: Page;
let accountId = '';
let serverUrl = '';

const folder = process.env.SCREENSHOTS;
let looks = 0;

beforeAll(async () => {
	[patchbay, browser] = await Promise.all([startForTests(), launchChromium()]);
	tab = await openTab(browser, patchbay.url);
	page = tab.page;
	if (folder) await mkdir(folder, { recursive: true });
});

// Each step stands on the one before: after the first that fails the others would only wait in vain.
let hasFailed = false;
beforeEach(({ skip }) => {
	if (hasFailed) skip('an earlier step failed');
});
afterEach(({ task }) => {
	hasFailed ||= task.result?.state === 'fail';
});
afterAll(async () => {
	await browser?.close();
	await patchbay?.stop();
});

/** @returns what is wrong with the page as it is, in each of its looks */
async function look(name: string): Promise<string[]> {
	looks += 1;
	const number = String(looks).padStart(2, '0');
	const snap = folder
		? async (which: string) => {
				await page.evaluate(() => window.scrollTo(0, 0));
				await page.screenshot({ path: join(folder, `${number}-${which}.png`), fullPage: true });
			}
		: undefined;
	return lookAround(page, name, snap);
}

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
const follow = (name: string | RegExp) => page.getByRole('link', { name }).click();
const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
const statusOf = async (url: string) =>
	(
		await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
		})
	).status;

describe('what is served', () => {
	it('the page and its parts, under a strict policy', async ({ expect }) => {
		for (const path of ['/', '/css/base.css', '/js/app.js']) {
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
		await page.goto('/#/accounts/demo');
		await heading('Sign in to Patchbay');
		await press('Sign in');
		await says('Is required.');
		await page.getByLabel('API token').fill('pb_wrong');
		await page.keyboard.press('Enter');
		await says('This API token is unknown, revoked or expired.');
		expect(await page.getByLabel('API token').getAttribute('aria-invalid')).toBe('true');
		expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('token');
		expect(await look('sign-in')).toEqual([]);
	});

	// security: S-29
	it('leads to where one wanted to go, and keeps the token out of storage and addresses', async ({ expect }) => {
		await page.getByLabel('API token').fill(LOCAL_TOKEN);
		await page.keyboard.press('Enter');
		await heading('Demo (simulated ConnectWise PSA)');
		const stored = await page.evaluate(() =>
			JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
		);
		expect(stored).not.toContain(LOCAL_TOKEN);
		expect(page.url()).not.toContain(LOCAL_TOKEN);
		const [cookie] = await tab.context.cookies();
		expect(cookie).toMatchObject({ name: 'patchbay-session', httpOnly: true, sameSite: 'Strict', path: '/' });
		expect(cookie?.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
	});

	it('weighs less than 150 KB on each page, and shifts nothing', async ({ expect }) => {
		const { body } = await patchbay.api<{ result: { id: string }[] }>('GET', '/integrated-account/demo/mcp');
		const server = `#/accounts/demo/servers/${body.result[0]?.id}`;
		const account = '#/accounts/demo';
		const addresses = [
			...['#/', '#/access', '#/webhooks', '#/accounts/new', account, `${account}/connection`, `${account}/tools`],
			...[`${account}/servers/new`, server, `${server}/edit`, `${server}/try`, `${server}/log`, `${server}/doctor`],
		];
		for (const address of addresses) {
			await page.goto('about:blank');
			await page.goto(`/${address}`);
			await page.locator('h1').waitFor();
			await page.waitForLoadState('networkidle');
			const weight = await page.evaluate(() =>
				[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
					.filter(({ name }) => /\/$|\/#|\.(js|css|svg)$/.test(name))
					.reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).decodedBodySize, 0),
			);
			const [shift, readyMs] = [await layoutShift(page), Math.round(await readyAfter(page))];
			console.log(
				`${address.replace(/mcp_\w+/, '…')}: ${(weight / 1000).toFixed(0)} kB, ready after ${readyMs} ms, shift ${shift.toFixed(3)}`,
			);
			expect(weight, address).toBeGreaterThan(10_000);
			expect(weight, address).toBeLessThan(WEIGHT_LIMIT_BYTES);
			expect(shift, address).toBeLessThan(0.05);
		}
	});
});

describe('accounts', () => {
	it('are listed with their state', async ({ expect }) => {
		await page.goto('/#/');
		await heading('Overview');
		await page.getByRole('row', { name: /Demo .* Connected seen / }).waitFor();
		await says('Nothing at the moment.');
		expect(await look('accounts')).toEqual([]);
	});

	it('are explained when there is none', async ({ expect }) => {
		await page.route('**/overview', (route) => route.fulfill({ json: { result: [], next_cursor: null } }));
		await page.reload();
		await page.getByRole('heading', { name: 'Connect your first account' }).waitFor();
		expect(await look('accounts-none')).toEqual([]);
		await page.unroute('**/overview');
	});

	it('are 60 in one request, what needs attention first, and can be searched', async ({ expect }) => {
		const input = async (index: number) => ({
			...{ id: `msp-${index}`, name: `MSP ${String(index).padStart(2, '0')}`, integration: 'connect_wise_psa' },
			base_url: index === 17 ? 'http://localhost:9/v4_6_release/apis/3.0' : demo.base_url,
			credentials: { company_id: 'patchbay', public_key: 'none', private_key: 'none', client_id: GOOD['Client ID'] },
		});
		const { body: demo } = await patchbay.api<{ base_url: string }>('GET', '/integrated-account/demo');
		const indexes = Array.from({ length: 59 }, (_, index) => index);
		await Promise.all(
			indexes.map(async (index) => {
				const { status } = await patchbay.api('POST', '/integrated-account', await input(index));
				expect(status).toBe(201);
			}),
		);
		for (const id of ['msp-40', 'msp-17']) await patchbay.api('POST', `/integrated-account/${id}/test`);
		const expires_at = new Date(Date.now() + 3 * 86_400_000).toISOString();
		await patchbay.api('POST', '/integrated-account/msp-23/mcp', { name: 'Summer intern', expires_at });
		const asked: string[] = [];
		const note = (request: Request) => {
			const { pathname } = new URL(request.url());
			if (!/\.(js|css|svg)$|^\/$|^\/session$/.test(pathname)) asked.push(pathname);
		};
		page.on('request', note);
		await page.reload();
		await page.getByRole('row', { name: /^MSP 40 .*Keys refused/ }).waitFor();
		await page.waitForLoadState('networkidle');
		page.off('request', note);
		expect(asked).toEqual(['/overview']);
		const links = page.locator('tbody th a');
		expect(await links.count()).toBe(60);
		expect((await links.allInnerTexts()).slice(0, 3)).toEqual(['MSP 40', 'MSP 17', 'MSP 23']);
		expect(await page.locator('.matters a').allInnerTexts()).toEqual(['MSP 40', 'MSP 17', 'Summer intern']);
		expect(await look('accounts-many')).toEqual([]);
		await page.getByLabel('Search').fill('MSP 17');
		expect(await page.locator('tbody tr:visible').count()).toBe(1);
		await Promise.all(indexes.map((index) => patchbay.api('DELETE', `/integrated-account/msp-${index}`)));
	});

	it('are connected by a form that names every fault at its field', async ({ expect }) => {
		await page.goto('/#/accounts/new');
		await heading('Connect an account');
		expect(await look('connect')).toEqual([]);
		await press('Connect and test');
		await says('Must not be empty.');
		expect(await page.locator('[data-path^="credentials."] .fault:not(:empty)').allInnerTexts()).toEqual(
			Array(4).fill('Is required.'),
		);
		expect(await look('connect-faults')).toEqual([]);
		await page.getByLabel('Own host').check();
		await page.getByLabel('Address of the API').fill('ftp://nowhere');
		await press('Connect and test');
		await page.locator('[data-path="base_url"] .fault:not(:empty)').waitFor();
	});

	it('say what is wrong with their connection, and with what to put it right', async ({ expect }) => {
		const { body } = await patchbay.api<{ base_url: string }>('GET', '/integrated-account/demo');
		await page.getByLabel('Name').fill('Acme MSP');
		await page.getByLabel('Address of the API').fill(body.base_url);
		for (const [label, value] of Object.entries({ ...GOOD, 'Company ID': 'acme' }))
			await page.getByLabel(label).fill(value);
		await press('Connect and test');
		await says(/^Nothing was saved: the test failed\. The site does not know this company/);
		const saved = async () => (await patchbay.api<{ result: unknown[] }>('GET', '/integrated-account')).body.result;
		expect(await saved()).toHaveLength(1);
		expect(await look('connect-untested')).toEqual([]);
		await press('Save without a test');
		await heading('Acme MSP');
		await says(/^The company:/);
		await says('Keys refused');
		expect(await look('connection-company')).toEqual([]);
		accountId = new URL(page.url()).hash.split('/')[2] ?? '';
		expect(page.url()).not.toContain('sandbox');

		await page.getByLabel('Company ID').fill('patchbay');
		await page.getByLabel('Private key').fill('wrong');
		await press('Save and test');
		await says(/^Nothing was saved: the test failed\. The keys are not accepted/);
		await page.getByLabel('Private key').fill(GOOD['Private key']);
		await press('Save and test');
		await says('Connected to ConnectWise PSA.');
		await page.locator('.facts .badge.good').waitFor();
		expect(await page.getByLabel('Private key').inputValue()).toBe('');
		expect(await look('connection-good')).toEqual([]);

		await page.getByLabel('Address of the API').fill('http://localhost:9/v4_6_release/apis/3.0');
		await press('Save and test');
		await says(/^Nothing was saved: the test failed\. .*Check the address/);
		expect((await patchbay.api<{ base_url: string }>('GET', `/integrated-account/${accountId}`)).body.base_url).toBe(
			body.base_url,
		);
	});
});

describe('MCP servers', () => {
	it('are explained when there is none', async ({ expect }) => {
		await follow('MCP Servers');
		await page.getByRole('heading', { name: 'Create the first MCP server of this account' }).waitFor();
		expect(await look('servers-none')).toEqual([]);
	});

	it('begin with a job, nothing chosen, and fill in the rest', async ({ expect }) => {
		await page.getByRole('link', { name: 'Create MCP Server' }).first().click();
		await heading('Create MCP Server');
		await says('Choose a job to see its tools.');
		expect(await page.locator('input[name="job"]:checked').count()).toBe(0);
		await press('Create server');
		await says('Choose a job first.');
		expect(await look('server-new')).toEqual([]);
		const isOn = (label: string) => page.getByLabel(label, { exact: true }).isChecked();
		await page.getByRole('radio', { name: 'Technician' }).check();
		await page.waitForFunction(() => /\d/.test(document.querySelector('.preview-figures strong')?.textContent ?? ''));
		expect(await page.getByLabel('Name').inputValue()).toBe('Technician');
		expect([await isOn('Create and change'), await isOn('Delete'), await isOn('Special actions')]).toEqual([
			true,
			false,
			false,
		]);
		expect(await look('server-new-technician')).toEqual([]);
		await page.getByRole('radio', { name: 'Service manager, read only' }).check();
		expect(await page.getByLabel('Name').inputValue()).toBe('Service manager, read only');
		expect(await isOn('Create and change')).toBe(false);
		await page.setViewportSize(PHONE);
		const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? 0;
		expect(await top('.preview')).toBeLessThan(await top('button[type="submit"]'));
		await page.setViewportSize(DESKTOP);
	});

	it('ask for the member, the zone and rehearsal where the installation takes them', async ({ expect }) => {
		await page.route('**/integration', async (route) => {
			const answer = await route.fetch();
			const { result } = (await answer.json()) as { result: { config_members: string[] }[] };
			for (const one of result) one.config_members = ['acts_for', 'time_zone', 'rehearsal'];
			await route.fulfill({ response: answer, json: { result } });
		});
		const asked: unknown[] = [];
		await page.route('**/integrated-account/*/mcp', (route) => {
			if (route.request().method() !== 'POST') return route.continue();
			asked.push(route.request().postDataJSON());
			const details = [{ path: 'config.acts_for', message: 'no member is called "jdoe"' }];
			return route.fulfill({ status: 400, json: { code: 'invalid_input', message: 'see details', details } });
		});
		await page.reload();
		await page.getByRole('radio', { name: 'Technician' }).check();
		await page.getByLabel('Works for').fill('jdoe');
		await page.getByLabel('Rehearse only').check();
		await page.getByText('Customise', { exact: true }).click();
		await page.getByLabel('Time zone').fill('America/St_Johns');
		expect(await look('server-new-person')).toEqual([]);
		await press('Create server');
		await says('No member is called "jdoe".');
		expect(asked).toEqual([
			expect.objectContaining({
				config: expect.objectContaining({ acts_for: 'jdoe', time_zone: 'America/St_Johns', rehearsal: true }),
			}),
		]);
		await page.unrouteAll();
		await page.reload();
		await heading('Create MCP Server');
	});

	it('are created with a live preview that warns of too many tools', async ({ expect }) => {
		await page.getByRole('radio', { name: 'Something else' }).check();
		await says(/^The model finds \d+ tools/);
		await page.getByRole('radio', { name: 'All of them' }).check();
		await says('More than 40 tools.');
		expect(await look('server-new-own')).toEqual([]);
		const figure = () => page.locator('.preview-figures strong').first().innerText();
		const many = Number((await figure()).replace(/\D/g, ''));
		expect(many).toBeGreaterThan(40);
		await page.getByLabel('Name').fill('');
		await press('Create server');
		await says('Must not be empty.');
		await page.getByLabel('Name').fill('Time for ChatGPT');
		await page.getByLabel('Read', { exact: true }).uncheck();
		await says('Nothing is allowed, so there is no tool.');
		await press('Create server');
		await says(/Choose at least one/);
		for (const name of ['Read', 'Create and change', 'Delete']) await page.getByLabel(name, { exact: true }).check();
		await page.getByLabel('Find a tag').fill('ticket');
		await page.getByLabel('ticket', { exact: true }).check();
		await page.getByText('Single tools', { exact: true }).click();
		await page.getByLabel('Never these tools').fill('delete_tickets');
		await press('Create server');
		await says(/There is no tool "delete_tickets"\. Did you mean/);
		await page.getByLabel('Never these tools').fill('delete_ticket');
		await page.getByText('Limits and safety', { exact: true }).click();
		await page.getByLabel('Say what a change replaced').check();
		await page.getByText('Single methods as well').click();
		await page.waitForFunction(() => !document.querySelector('.preview-words .warn'));
		const few = Number(await figure());
		expect(few).toBeGreaterThan(3);
		expect(few).toBeLessThanOrEqual(40);
		await page.getByLabel('Expires').selectOption('On a date…');
		await page.getByLabel('Date and time').fill('2020-01-01T00:00');
		await press('Create server');
		await says(/Must be at least 60 seconds in the future/);
		expect(await look('server-new-faults')).toEqual([]);
		await page.getByLabel('Expires').selectOption('In a week');
		await press('Create server');

		await heading('Time for ChatGPT');
		serverUrl = await page.locator('[data-secret-url]').innerText();
		expect(serverUrl.startsWith(`${patchbay.url}/mcp/`)).toBe(true);
		expect(page.url()).not.toContain(serverUrl.split('/').at(-1));
		await page.getByRole('button', { name: 'Copy URL' }).click();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(serverUrl);
		expect(await look('server-created')).toEqual([]);

		const client = await connectV1(serverUrl);
		const { tools } = await client.listTools();
		expect(tools.length).toBe(few);
		expect(tools.map(({ name }) => name)).not.toContain('delete_a_connect_wise_psa_ticket_by_id');
		const path = `/integrated-account/${accountId}/mcp/${new URL(page.url()).hash.split('/')[4]}`;
		const { body } = await patchbay.api<{ config: object }>('GET', path);
		expect(body.config).toMatchObject({ tools: { deny: ['delete_ticket'] }, show_previous: true });
		const { data } = await call(client, 'list_all_connect_wise_psa_tickets', { limit: 1 });
		expect(data.result_count).toBe(1);
		await client.close();
	});

	it('say how each client is connected, with the URL filled in', async ({ expect }) => {
		const clients = page.getByRole('group', { name: 'Client' }).getByRole('button');
		const count = await clients.count();
		expect(count).toBeGreaterThanOrEqual(15);
		const guide = page.locator('.guide').first();
		let [filled, withoutSecret] = [0, 0];
		for (let index = 0; index < count; index++) {
			await clients.nth(index).click();
			const first = await guide.innerText();
			if (!first.includes(serverUrl)) withoutSecret += 1;
			const other = guide.getByText('With the secret URL instead');
			if (await other.count()) await other.click();
			const text = await guide.innerText();
			expect(text).not.toContain('<url>');
			expect(text.length).toBeGreaterThan(20);
			if (text.includes(serverUrl)) filled += 1;
		}
		expect(filled).toBeGreaterThanOrEqual(10);
		// Where a client can sign in, that is what is shown first.
		expect(withoutSecret).toBeGreaterThanOrEqual(10);
		await page.getByRole('button', { name: 'Cursor' }).click();
		expect(await page.getByRole('link', { name: 'Add to Cursor' }).getAttribute('href')).toMatch(/^cursor:/);
		expect(await look('server-cursor')).toEqual([]);
	});

	it('are forgotten by the dashboard, secret and all, with a reload', async ({ expect }) => {
		await page.reload();
		await heading('Time for ChatGPT');
		expect(await page.content()).not.toContain(serverUrl.split('/').at(-1));
		await says(/It was shown once/);
		expect(await look('server')).toEqual([]);
	});
});

describe('trying a tool', () => {
	it('runs a read with a form made from its schema', async ({ expect }) => {
		await follow('Try it');
		await page.getByRole('heading', { name: 'Choose a tool' }).waitFor();
		expect(await look('try-none')).toEqual([]);
		await page.getByLabel('Tool', { exact: true }).fill('list tickets');
		await page.getByRole('button', { name: /^List tickets/ }).click();
		await press('Fill in the example');
		await page.getByLabel('limit').fill('2');
		await press('Run');
		await says('What the model sees');
		await page.locator('.try-result .facts').getByText('Sent conditions').waitFor();
		expect(await page.locator('.try-result .facts').innerText()).toMatch(/board\/name/);
		await page.locator('.try-result .facts').getByText('In Patchbay').waitFor();
		expect(await page.locator('.try-result .code').first().innerText()).toContain('"result_count": 2');
		expect(await look('try-read')).toEqual([]);
	});

	it('shows what a model is told of wrong arguments', async ({ expect }) => {
		await page.getByLabel('conditions', { exact: true }).fill('nonsense !!');
		await press('Run');
		await page.locator('.try-result .notice.bad').waitFor();
		expect(await look('try-error')).toEqual([]);
		await press('Write JSON');
		await page.getByLabel('Arguments as JSON').fill('{');
		await press('Run');
		await says(/JSON/);
	});

	it('asks before a write, and only then writes', async ({ expect }) => {
		await page.getByLabel('Tool', { exact: true }).fill('create ticket note');
		await page.getByRole('button', { name: /^Create ticket note/ }).click();
		await page.getByLabel('ticket_id').fill('14059');
		await page.getByLabel('text', { exact: true }).fill('Written from the dashboard');
		const { sent } = await patchbay.sandbox.during(async () => {
			await press('Run…');
			await page.getByRole('dialog').waitFor();
			// What would be written stands there before anything is.
			const dialog = page.getByRole('dialog');
			expect(await dialog.locator('table').innerText()).toMatch(/text\s+Written from the dashboard/);
			expect(await dialog.innerText()).toMatch(/Nothing was sent: this is a preview/);
			expect(await look('try-write')).toEqual([]);
			await press('Cancel');
			await dialog.waitFor({ state: 'detached' });
		});
		expect(sent.filter(({ method }) => method !== 'GET')).toEqual([]);
		expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Run…');
		await press('Run…');
		await press('Run it');
		await says('What the model sees');
		const notes = await patchbay.sandbox.list<{ text: string }>('/service/tickets/14059/notes');
		expect(notes.map(({ text }) => text)).toContain('Written from the dashboard');
	});
});

describe('the log', () => {
	it('shows the calls, filtered, and takes them along as CSV', async ({ expect }) => {
		await follow('Log');
		const written = page.getByRole('cell', { name: 'create_a_connect_wise_psa_ticket_note' });
		await written.first().waitFor();
		// The record and the fields that it set stand under the tool, never a value.
		expect(await written.first().innerText()).toMatch(/ticket notes( \d+)?: text/);
		expect(await page.locator('table.log .badge', { hasText: 'Previewed' }).count()).toBeGreaterThan(0);
		expect(await look('log')).toEqual([]);
		expect(await page.locator('table.log tbody tr').first().innerText()).toContain('patchbay-dashboard');
		const rows = page.locator('table.log tbody tr');
		const all = await rows.count();
		expect(all).toBeGreaterThanOrEqual(4);
		await page.getByLabel('Outcome').selectOption('Refused');
		await page.waitForFunction((before) => document.querySelectorAll('table.log tbody tr').length < before, all);
		const refused = await rows.count();
		expect(await page.locator('table.log .badge', { hasText: 'Refused' }).count()).toBe(refused);
		const csv = await page.evaluate(async () => {
			const link = document.querySelector('a[download]') as HTMLAnchorElement;
			return (await fetch(link.href)).text();
		});
		expect(csv.trim().split('\r\n').length).toBe(refused + 1);
		await page.getByLabel('Tool', { exact: true }).selectOption('create_a_connect_wise_psa_ticket_note');
		await page.getByRole('heading', { name: 'No call matches' }).waitFor();
		await page.getByLabel('Tool', { exact: true }).selectOption('Any');
		await page.getByLabel('Outcome').selectOption('Any');
		await page.waitForFunction((before) => document.querySelectorAll('table.log tbody tr').length === before, all);
		expect(await page.locator('.chart figcaption').textContent()).toMatch(new RegExp(`^${all} calls in 24 hours`));
	});

	it('grows while one looks', async ({ expect }) => {
		const before = await page.locator('table.log tbody tr').count();
		const client = await connectV1(serverUrl);
		await call(client, 'get_single_connect_wise_psa_ticket_by_id', { id: 14059 });
		await client.close();
		await page.locator('table.log tbody tr').nth(before).waitFor();
		expect(await page.locator('table.log tbody tr').first().innerText()).toContain(
			'get_single_connect_wise_psa_ticket_by_id',
		);
		await page
			.getByText(`${before + 1} calls`)
			.first()
			.waitFor();
	});
});

describe('the Doctor', () => {
	it('finds everything well, step by step', async ({ expect }) => {
		await follow('Doctor');
		await says(/^Everything works/);
		const states = await page.locator('.doctor .badge').allInnerTexts();
		expect(states.length).toBeGreaterThanOrEqual(9);
		// A local address is no fault, and explained.
		expect(states.filter((state) => state !== 'Works')).toEqual(['Note']);
		expect(await look('doctor')).toEqual([]);
	});

	it('says cause and cure where something fails', async ({ expect }) => {
		await patchbay.api('PATCH', `/integrated-account/${accountId}`, { credentials: { private_key: 'wrong' } });
		await press('Run again');
		await says(/steps? of \d+ failed/);
		expect(await page.locator('.doctor').innerText()).toMatch(/The keys are not accepted/);
		expect(await page.locator('.doctor').innerText()).toMatch(/What to do:/);
		expect(await look('doctor-fails')).toEqual([]);
		await patchbay.api('PATCH', `/integrated-account/${accountId}`, {
			credentials: { private_key: GOOD['Private key'] },
		});
	});
});

describe('a server changes', () => {
	it('by editing, which holds for its clients', async ({ expect }) => {
		await follow('Connect');
		await follow('Edit');
		await heading('Edit Time for ChatGPT');
		expect(await page.getByLabel('ticket', { exact: true }).isChecked()).toBe(true);
		await page.waitForFunction(() => /\d/.test(document.querySelector('.preview-figures strong')?.textContent ?? ''));
		expect(await look('server-edit')).toEqual([]);
		await page.getByLabel('Name').fill('Reading for ChatGPT');
		for (const name of ['Create and change', 'Delete']) await page.getByLabel(name, { exact: true }).uncheck();
		await page.getByText('Tool names and list format').click();
		await page.getByLabel('Short').check();
		await page.getByLabel('Writes a day').fill('-1');
		await press('Save changes');
		await page.locator('[data-path="config.writes_per_day"] .fault:not(:empty)').waitFor();
		await page.getByLabel('Writes a day').fill('5');
		await press('Save changes');
		await heading('Reading for ChatGPT');
		await says('5 writes a day');
		const client = await connectV1(serverUrl);
		const names = (await client.listTools()).tools.map(({ name }) => name);
		await client.close();
		expect(names).toContain('list_tickets');
		expect(names.filter((name) => /^(create|update|delete)_/.test(name))).toEqual([]);
	});

	it('in one of two tabs at a time: what somebody else has changed is not overwritten', async ({ expect }) => {
		await follow('Edit');
		await heading('Edit Reading for ChatGPT');
		const path = `/integrated-account/${accountId}/mcp/${new URL(page.url()).hash.split('/')[4]}`;
		await patchbay.api('PATCH', path, { config: { require_api_token_auth: true } });
		await page.getByLabel('Name').fill('Stale');
		await press('Save changes');
		await says(/^Somebody has changed this meanwhile/);
		expect((await patchbay.api('GET', path)).body).toMatchObject({
			name: 'Reading for ChatGPT',
			config: { require_api_token_auth: true },
		});
		await patchbay.api('PATCH', path, { config: { require_api_token_auth: false } });
		await page.reload();
		await page.getByLabel('Name').fill('Reading for ChatGPT');
		const [sent] = await Promise.all([
			page.waitForRequest((request) => request.method() === 'PATCH'),
			press('Save changes'),
		]);
		// What stays as it is is not sent, and a default is not written down.
		expect(sent.postDataJSON()).toEqual({ name: 'Reading for ChatGPT', config: {} });
		await heading('Reading for ChatGPT');
	});

	it('by pausing, which stops every call until it is resumed', async ({ expect }) => {
		const client = await connectV1(serverUrl);
		const isPaused = async () => (await call(client, 'list_tickets', { limit: 1 })).isError;
		await press('Pause');
		await page.getByRole('button', { name: 'Resume' }).waitFor();
		expect(await isPaused()).toBe(true);
		expect(await look('server-paused')).toEqual([]);
		await follow('Doctor');
		await says('It is paused: no call goes through.');
		await says(/steps? of \d+ failed/);
		await follow('Connect');
		await press('Resume');
		await page.getByRole('button', { name: 'Pause' }).waitFor();
		expect(await isPaused()).toBe(false);
		await client.close();
	});

	it('by rotating, which ends the old URL', async ({ expect }) => {
		await press('Rotate the URL');
		expect(await look('rotate')).toEqual([]);
		await page.keyboard.press('Escape');
		expect(await statusOf(serverUrl)).toBe(200);
		await press('Rotate the URL');
		await page.getByRole('button', { name: 'Rotate', exact: true }).click();
		const rotated = await page.locator('[data-secret-url]').innerText();
		expect([await statusOf(serverUrl), await statusOf(rotated)]).toEqual([404, 200]);
		serverUrl = rotated;
	});

	it('is found in the list of servers', async ({ expect }) => {
		await page.goto(`/#/accounts/${accountId}`);
		await page.getByRole('row', { name: /Reading for ChatGPT/ }).waitFor();
		await page.getByLabel('Search').fill('nothing');
		await says(/No server matches/);
		await page.getByLabel('Search').fill('read');
		await page.getByLabel('State').selectOption('Active');
		expect(await page.locator('table tbody tr').count()).toBe(1);
		expect(await look('servers')).toEqual([]);
	});

	it('by revoking, which ends it', async ({ expect }) => {
		await follow('Reading for ChatGPT');
		await press('Revoke server');
		await page.getByRole('button', { name: 'Revoke', exact: true }).click();
		await page.getByRole('heading', { name: 'Create the first MCP server of this account' }).waitFor();
		expect(await statusOf(serverUrl)).toBe(404);
	});
});

describe('the inventory of tools', () => {
	it('is searched, and tells of each tool what it sends', async ({ expect }) => {
		await follow('Tools');
		await page
			.getByText(/^\d+ tools$/)
			.or(page.getByText(/^[\d,]+ tools$/))
			.first()
			.waitFor();
		await page.getByLabel('Search').fill('ticket note');
		await page.getByLabel('Method class').selectOption('write');
		const entry = page.locator('details.tool', { hasText: 'create_a_connect_wise_psa_ticket_note' }).first();
		await entry.locator('summary').click();
		await entry.getByText('POST /service/tickets/{{ticket_id}}/notes').waitFor();
		expect(await entry.innerText()).toMatch(/internalAnalysisFlag/);
		expect(await look('tools')).toEqual([]);
		await page.getByLabel('Search').fill('zzzz');
		await page.getByRole('heading', { name: 'No tool matches' }).waitFor();
		expect(await look('tools-none')).toEqual([]);
	});
});

describe('access', () => {
	it('is given by API tokens, shown once, and taken away', async ({ expect }) => {
		await follow('Access');
		await heading('Access');
		await press('Create token');
		await says('Must not be empty.');
		await page.getByLabel('Name').fill('For Cursor');
		await press('Create token');
		await says(/^Copy your API token now/);
		expect(await page.locator('[data-secret-token]').innerText()).toMatch(/^pb_[\w-]{43}$/);
		expect(await look('access')).toEqual([]);
		await press('Revoke For Cursor');
		await page.getByRole('button', { name: 'Revoke', exact: true }).click();
		await page.getByRole('row', { name: /For Cursor/ }).waitFor({ state: 'detached' });
	});

	it('is made once, also where the first answer is lost on the way', async ({ expect }) => {
		const lose = async (url: string) => {
			let lost = false;
			await page.route(url, async (route) => {
				if (lost || route.request().method() !== 'POST') return route.continue();
				lost = true;
				await route.fetch();
				await route.abort();
			});
		};
		const made = async (url: string) =>
			(await patchbay.api<{ result: { name?: string }[] }>('GET', url)).body.result.filter(
				({ name }) => name === 'Once',
			).length;
		for (const [url, button] of [
			['/api-token', 'Create token'],
			['/invitation', 'Create invitation'],
		] as const) {
			await page.reload();
			await lose(`**${url}`);
			await page.getByLabel(url === '/api-token' ? 'Name' : 'For whom').fill('Once');
			// Each attempt is sent with another moment.
			for (const select of await page.getByLabel('Expires').all()) await select.selectOption('In a day');
			await press(button);
			await says(/^Patchbay does not answer/);
			await press(button);
			await says(/^Your first attempt made it already/);
			await page.unroute(`**${url}`);
			expect([url, await made(url)]).toEqual([url, 1]);
		}
		const servers = `/integrated-account/${accountId}/mcp`;
		await lose(`**${servers}`);
		await page.goto(`/#/accounts/${accountId}/servers/new`);
		await page.getByRole('radio', { name: 'Dispatcher' }).check();
		await page.getByLabel('Name').fill('Once');
		await press('Create server');
		await says(/^Patchbay does not answer/);
		await press('Create server');
		await heading('Once');
		await says(/^Your first attempt made it/);
		expect(await made(servers)).toBe(1);
		await page.unroute(`**${servers}`);
		await follow('Access');
		await heading('Access');
	});

	it('is given to one server only where the servers could be listed', async ({ expect }) => {
		await page.reload();
		await page.route('**/integrated-account/*/mcp**', (route) => route.abort());
		await page.getByLabel('For whom').fill('Too wide');
		await page.getByLabel('Account', { exact: true }).selectOption('demo');
		await says(/^The servers of this account are not there yet/);
		await press('Create invitation');
		await page.locator('[data-path="accounts"] .fault:not(:empty)').waitFor();
		await page.unroute('**/integrated-account/*/mcp**');
		const { body } = await patchbay.api<{ result: { name: string }[] }>('GET', '/invitation');
		expect(body.result.map(({ name }) => name)).not.toContain('Too wide');
	});

	it('is not said to have ended while it has not', async () => {
		await page.route('**/session', (route) => route.abort());
		await press('Sign out');
		await says(/^You are still signed in/);
		await page.unroute('**/session');
	});

	it('ends for another browser from the list of sessions', async ({ expect }) => {
		const other = await openTab(browser, patchbay.url);
		await other.page.goto('/');
		await other.page.getByLabel('API token').fill(LOCAL_TOKEN);
		await other.page.keyboard.press('Enter');
		await other.page.getByRole('heading', { name: 'Overview' }).waitFor();
		await page.reload();
		await page
			.getByRole('button', { name: /^End the session/ })
			.first()
			.click();
		await says('The session has ended');
		await other.page.getByRole('link', { name: 'Access' }).click();
		await other.page.getByText('Your session has ended.').waitFor();
		expect(other.complaints).toEqual([]);
		await other.close();
	});
});

describe('webhooks', () => {
	it('are made, tried, shown when they fail, and deleted', async ({ expect }) => {
		const got: string[] = [];
		let status = 204;
		const receiver = createServer((request, response) => {
			got.push(String(request.headers['webhook-signature']));
			request.resume().on('end', () => response.writeHead(status).end());
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
		const host = `localhost:${(receiver.address() as AddressInfo).port}`;
		await page.goto('/#/');
		await follow('Webhooks');
		await heading('Webhooks');
		await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor();
		await page.getByLabel('Address').fill('http://10.0.0.1/hook');
		await press('Create webhook');
		await says('Must start with https://.');
		await page.getByLabel('Address').fill(`http://${host}/hook`);
		await page.getByLabel('Errors').uncheck();
		await press('Create webhook');
		expect(await page.locator('[data-webhook-secret]').innerText()).toMatch(/^whsec_[\w+/]{43}=$/);
		expect(await look('webhooks')).toEqual([]);
		await press(`Test ${host}`);
		await says('The address has accepted the test.');
		expect(got).toEqual([expect.stringMatching(/^v1,/)]);
		status = 500;
		await patchbay.api('POST', '/api-token', { name: 'Told of', scope: 'use' });
		await fetch(`${patchbay.url}/cdn-cgi/local/scheduled`);
		await page.reload();
		await page.getByRole('row', { name: /Failing since .*1 pending; it answered 500/ }).waitFor();
		expect(await page.locator('[data-webhook-secret]').count()).toBe(0);
		expect(await look('webhooks-failing')).toEqual([]);
		await page.route('**/webhook/*/test', (route) => route.abort());
		await press(`Test ${host}`);
		await says(/^Patchbay does not answer/);
		await press(`Delete ${host}`);
		await page.getByRole('button', { name: 'Delete', exact: true }).click();
		await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor();
		receiver.close();
	});
});

describe('what goes wrong', () => {
	it('is said with a way out: no such page, no such server', async ({ expect }) => {
		await page.goto('/#/nowhere');
		await heading('There is no such page');
		expect(await look('not-found')).toEqual([]);
		await page.goto('/#/accounts/demo/servers/mcp_cwp_000000000000');
		await heading('This does not exist any more');
		expect(await look('gone')).toEqual([]);
	});

	it('can be tried again when nothing answered', async ({ expect }) => {
		await page.route('**/integrated-account**', (route) => route.abort());
		await page.goto('/#/accounts/demo');
		await heading('Patchbay does not answer');
		expect(await look('unreachable')).toEqual([]);
		await page.unroute('**/integrated-account**');
		await press('Try again');
		await heading('Demo (simulated ConnectWise PSA)');
	});

	it('can be tried again when a part of the dashboard itself did not come', async () => {
		await page.reload();
		await heading('Demo (simulated ConnectWise PSA)');
		await page.route('**/js/pages/access.js', (route) => route.abort());
		await follow('Access');
		await heading('Patchbay does not answer');
		await page.unroute('**/js/pages/access.js');
		await press('Try again');
		await heading('Access');
	});

	it('is not lost by a link: a form that was filled in asks first', async ({ expect }) => {
		await page.goto('/#/accounts/new');
		await heading('Connect an account');
		await page.getByLabel('Name').fill('Half of it');
		await follow('Access');
		await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
		await press('Cancel');
		expect(await page.getByLabel('Name').inputValue()).toBe('Half of it');
		await follow('Access');
		await press('Leave');
		await heading('Access');
		await page.goto('/#/accounts/demo');
		await heading('Demo (simulated ConnectWise PSA)');
	});

	it('shows that one has to wait', async ({ expect }) => {
		await page.route('**/integrated-account/demo/mcp**', async (route) => {
			await new Promise((resolve) => setTimeout(resolve, 1200));
			await route.continue();
		});
		await page.goto('/#/');
		await heading('Overview');
		await page.goto('/#/accounts/demo');
		await page.locator('[aria-busy="true"] .bone').first().waitFor();
		expect(await look('waiting')).toEqual([]);
		await heading('Demo (simulated ConnectWise PSA)');
		await page.unroute('**/integrated-account/demo/mcp**');
	});

	it('asks to sign in again when the session is over, and goes on from there', async ({ expect }) => {
		const { body } = await patchbay.api<{ result: { id: string }[] }>('GET', '/sessions');
		for (const { id } of body.result) await patchbay.api('DELETE', `/sessions/${id}`);
		await follow('Connection');
		await says('Your session has ended.');
		expect(await look('session-ended')).toEqual([]);
		await page.getByLabel('API token').fill(LOCAL_TOKEN);
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Does it work?' }).waitFor();
	});
});

describe('with the keyboard alone', () => {
	it('one skips to the content, and a new page takes the focus to its heading', async ({ expect }) => {
		await page.goto('/#/');
		await page.reload();
		await heading('Overview');
		await page.keyboard.press('Tab');
		expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
		await page.keyboard.press('Enter');
		expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await heading('Connect an account');
		expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
		expect(await page.title()).toBe('Connect an account · Patchbay');
	});

	it('one changes the theme, which stays', async ({ expect }) => {
		await page.getByRole('button', { name: 'Switch to dark colours' }).press('Enter');
		expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(15, 16, 18)');
		await page.reload();
		await heading('Connect an account');
		expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(15, 16, 18)');
		await page.getByRole('button', { name: 'Switch to light colours' }).click();
	});
});

describe('the end', () => {
	it('of an account is spelled out, and asks for its name', async ({ expect }) => {
		await page.goto(`/#/accounts/${accountId}/connection`);
		await page.route('**/mcp?**', (route) => route.abort());
		await press('Delete account');
		await says(/^Its MCP servers could not be listed now/);
		await press('Cancel');
		await page.unroute('**/mcp?**');
		await press('Delete account');
		await page.getByRole('dialog').waitFor();
		expect(await look('delete')).toEqual([]);
		await page.getByRole('button', { name: 'Delete', exact: true }).click();
		await says(/exactly as shown/);
		await page.getByLabel('Type Acme MSP to confirm').fill('Acme MSP');
		await page.getByRole('button', { name: 'Delete', exact: true }).click();
		await heading('Overview');
		expect(await page.getByRole('row', { name: /Acme MSP/ }).count()).toBe(0);
		expect((await patchbay.api('GET', `/integrated-account/${accountId}`)).status).toBe(404);
	});

	it('of a session is signing out, and nothing opens after it', async ({ expect }) => {
		const [cookie] = await tab.context.cookies();
		await press('Sign out');
		await heading('Sign in to Patchbay');
		expect(await tab.context.cookies()).toEqual([]);
		const answer = await fetch(`${patchbay.url}/integrated-account`, {
			headers: { cookie: `${cookie?.name}=${cookie?.value}` },
		});
		expect(answer.status).toBe(401);
		await answer.body?.cancel();
		await page.goBack();
		await heading('Sign in to Patchbay');
	});

	it('leaves the console and the Content Security Policy without a word', ({ expect }) => {
		expect(tab.complaints).toEqual([]);
	});
});
