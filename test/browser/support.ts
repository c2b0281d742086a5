// What a walk through the dashboard needs: a page that fails the test by itself when the console, the Content Security
// Policy or axe has something to say.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export const LOCAL_TOKEN = 'local-api-token';
export const DESKTOP = { width: 1280, height: 860 };
export const PHONE = { width: 360, height: 740 };
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Tab {
	page: Page;
	context: BrowserContext;
	/** What the console and the policy complained about, but for answers that were expected to be errors. */
	complaints: string[];
	close(): Promise<void>;
}

/** @param origin  the only one that the browser may reach */
export async function openTab(browser: Browser, origin: string): Promise<Tab> {
	const context = await browser.newContext({
		baseURL: origin,
		viewport: DESKTOP,
		reducedMotion: 'reduce',
		locale: 'en-GB',
		timezoneId: 'Europe/Berlin',
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	// Ends a run that hangs. No test depends on how busy the machine is.
	context.setDefaultTimeout(120_000);
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
	page.on('console', (message) => {
		if (message.type() !== 'error' && message.type() !== 'warning') return;
		// Chromium writes a line for every answer of 400 and above, and for each that a test keeps from coming; that these
		// are shown well is what the tests look at.
		if (
			/^Failed to load resource: (the server responded with a status of [45]\d\d|net::ERR_FAILED)/.test(message.text())
		)
			return;
		complaints.push(`${message.type()}: ${message.text()}`);
	});
	page.on('request', (request) => {
		if (new URL(request.url()).origin !== origin) complaints.push(`a request to ${request.url()}`);
	});
	await page.addInitScript(() => {
		document.addEventListener('securitypolicyviolation', (event) => {
			console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
		});
		const watched = window as unknown as { shift: number; readyMs: number };
		watched.shift = 0;
		watched.readyMs = 0;
		new MutationObserver(() => {
			if (watched.readyMs === 0 && document.querySelector('main h1:not(.visually-hidden)'))
				watched.readyMs = performance.now();
		}).observe(document, { childList: true, subtree: true });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
				if (!entry.hadRecentInput) watched.shift += entry.value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	return { page, context, complaints, close: () => context.close() };
}

/** Cumulative layout shift since the page was loaded (web.dev: below 0.1 is good). */
export function layoutShift(page: Page): Promise<number> {
	return page.evaluate(() => (window as unknown as { shift: number }).shift);
}

/** Milliseconds from the navigation's start until the page, with its data, stood there to be used. */
export function readyAfter(page: Page): Promise<number> {
	return page.evaluate(() => (window as unknown as { readyMs: number }).readyMs);
}

/** @returns a line per violation of WCAG 2.2 AA and of best practices: rule, place, reason */
async function axeViolations(page: Page): Promise<string[]> {
	// The policy forbids inline scripts, so the checker comes in through the debugger.
	if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(AXE);
	const { violations } = (await page.evaluate(`axe.run({ resultTypes: ['violations'] })`)) as AxeResults;
	return violations.flatMap(({ id, nodes }) =>
		nodes
			.slice(0, 3)
			.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.replace(/\s+/g, ' ')}`),
	);
}

/** Pixels by which the page is wider than the window: what a phone would have to scroll sideways. */
function overflow(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Every look of the page as it is: both themes, wide and on a phone. @returns what is wrong with each */
export async function lookAround(page: Page, name: string, snap?: (look: string) => Promise<void>): Promise<string[]> {
	const faults: string[] = [];
	for (const theme of THEMES) {
		await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
		for (const [size, viewport] of [
			['wide', DESKTOP],
			['phone', PHONE],
		] as const) {
			await page.setViewportSize(viewport);
			const look = `${name}, ${theme}, ${size}`;
			const wider = await overflow(page);
			if (wider > 0) faults.push(`${look}: ${wider} px wider than the window`);
			for (const violation of await axeViolations(page)) faults.push(`${look}: ${violation}`);
			await snap?.(`${name}-${theme}-${size}`);
		}
	}
	await page.setViewportSize(DESKTOP);
	await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
	return faults;
}
