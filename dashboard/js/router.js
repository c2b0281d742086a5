// Maps the address after the # to a page. A page says what it loads and shows; the router waits, reports errors and moves the focus.
import { ApiFault, NO_ANSWER } from './api.js';
import { announce, fill, h } from './dom.js';
import { clearToast, errorPanel, skeleton, toast } from './ui.js';

/**
 * @typedef {object} Visit
 * @property {Record<string, string>} params  from the address
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal  aborted when the page is left
 * @property {() => Promise<void>} reload  loads and shows the page again
 */

/**
 * @template [Data=any]
 * @typedef {object} Page
 * @property {(visit: Visit) => Promise<Data>} [load]
 * @property {(visit: Visit, data: Data) => { title: string, content: (Node | null)[] }} show
 */

/** @typedef {{ path: string, nav: string, open: () => Promise<Page> }} Route  `nav`: the entry of the main menu */

/** A shorter wait shows no skeleton, which would only flicker. */
const PATIENCE_MS = 150;

/**
 * Ids of accounts and servers. Nothing else from an address reaches a request: a link with dots in it could make the page
 * show, and a person delete, another thing than the link names.
 */
const ID = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/** @param {string} pattern @param {string} path @returns {Record<string, string> | null} */
function match(pattern, path) {
	const wanted = pattern.split('/');
	const given = path.split('/');
	if (wanted.length !== given.length) return null;
	/** @type {Record<string, string>} */
	const params = {};
	for (const [index, part] of wanted.entries()) {
		const value = given[index] ?? '';
		if (part.startsWith(':') && ID.test(value)) params[part.slice(1)] = value;
		else if (part !== value) return null;
	}
	return params;
}

/** @param {readonly Route[]} routes @param {string} path */
function find(routes, path) {
	for (const route of routes) {
		const params = match(route.path, path);
		if (params) return { route, params };
	}
	return null;
}

/** Shown on the page that `go` leads to. @type {string | undefined} */
let message;

/** @param {string} address  like `#/accounts/demo` @param {string} [said]  a short message to show there */
export function go(address, said) {
	message = said;
	if (location.hash === address) window.dispatchEvent(new HashChangeEvent('hashchange'));
	else location.hash = address;
}

/** @param {AbortSignal} signal  of the page that is shown now */
function showMessage(signal) {
	if (message && !signal.aborted) toast(message);
	message = undefined;
}

/**
 * @param {readonly Route[]} routes
 * @param {HTMLElement} main
 */
export function createRouter(routes, main) {
	/** @type {AbortController | undefined} */
	let leaving;
	let isFirst = true;
	const progress = /** @type {HTMLElement} */ (document.getElementById('progress'));

	/** @param {Route} route @param {Visit} visit @param {{ moveFocus: boolean }} options */
	async function render(route, visit, { moveFocus }) {
		const patience = setTimeout(() => {
			progress.hidden = false;
			if (moveFocus) fill(main, skeleton());
		}, PATIENCE_MS);
		try {
			const page = await openPage(route);
			const data = page.load ? await page.load(visit) : undefined;
			if (visit.signal.aborted) return;
			clearTimeout(patience);
			const { title, content } = page.show(visit, data);
			document.title = `${title} · Patchbay`;
			fill(main, content);
			if (moveFocus && !isFirst) settle(main, title);
		} catch (error) {
			if (visit.signal.aborted) return;
			document.title = 'Something went wrong · Patchbay';
			// A browser does not ask again for a part that it could not load once, until the document is loaded anew.
			fill(main, errorPanel(error, error instanceof PartMissing ? () => location.reload() : visit.reload));
			if (!(error instanceof Error) || error.name !== 'ApiFault') console.error(error);
		} finally {
			clearTimeout(patience);
			if (!visit.signal.aborted) {
				progress.hidden = true;
				isFirst = false;
			}
		}
	}

	/** Shows the page of the present address. */
	async function show() {
		leaving?.abort();
		clearToast();
		leaving = new AbortController();
		const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?');
		const found = find(routes, path === '' ? '/' : path);
		if (!found) return showNotFound(main);
		markCurrent(found.route.nav);
		/** @type {Visit} */
		const visit = {
			params: found.params,
			query: new URLSearchParams(query),
			signal: leaving.signal,
			reload: () => render(found.route, visit, { moveFocus: false }),
		};
		await render(found.route, visit, { moveFocus: true });
		showMessage(visit.signal);
	}

	return {
		show,
		leave: () => leaving?.abort(),
	};
}

/** A part of the dashboard itself did not come. */
class PartMissing extends ApiFault {
	constructor() {
		super(0, 'unreachable', NO_ANSWER);
	}
}

/** @param {Route} route */
async function openPage(route) {
	try {
		return await route.open();
	} catch (error) {
		throw error instanceof TypeError ? new PartMissing() : error;
	}
}

/** @param {string} nav  the entry of the main menu */
function markCurrent(nav) {
	for (const link of document.querySelectorAll('[data-nav]')) {
		if (link.getAttribute('data-nav') === nav) link.setAttribute('aria-current', 'page');
		else link.removeAttribute('aria-current');
	}
}

/** Moves eyes, keyboard and screen reader to the top of a new page. @param {HTMLElement} main @param {string} title */
function settle(main, title) {
	window.scrollTo(0, 0);
	const heading = /** @type {HTMLElement | null} */ (main.querySelector('[data-autofocus], h1'));
	if (heading?.tagName === 'H1') heading.tabIndex = -1;
	(heading ?? main).focus({ preventScroll: true });
	announce(title);
}

/** @param {HTMLElement} main */
function showNotFound(main) {
	document.title = 'Not found · Patchbay';
	fill(
		main,
		h(
			'div',
			{ class: 'page' },
			h('h1', {}, 'There is no such page'),
			h('p', {}, 'The address may be mistyped. ', h('a', { href: '#/' }, 'Go to the overview')),
		),
	);
}
