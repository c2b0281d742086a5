// Building blocks of the pages.
import { announce, fill, h, svg, uniqueId } from './dom.js';

/** @typedef {import('./dom.js').Child} Child */

/**
 * @param {object} parts
 * @param {string} parts.title
 * @param {{ label: string, href: string }[]} [parts.crumbs]
 * @param {Child} [parts.about]
 * @param {Child[]} [parts.actions]
 */
export function pageHead({ title, crumbs = [], about, actions = [] }) {
	return h(
		'div',
		{ class: 'page-head' },
		crumbs.length > 0 &&
			h(
				'nav',
				{ class: 'crumbs', 'aria-label': 'Breadcrumb' },
				h(
					'ol',
					{},
					crumbs.map(({ label, href }) => h('li', {}, h('a', { href }, label))),
				),
			),
		h(
			'div',
			{ class: 'page-title' },
			h('h1', {}, title),
			actions.length > 0 && h('div', { class: 'actions' }, actions),
		),
		about && h('div', { class: 'about' }, about),
	);
}

/**
 * Pages side by side.
 *
 * @param {string} label
 * @param {{ label: string, href: string, isCurrent: boolean }[]} tabs
 */
export function tabs(label, tabs) {
	return h(
		'nav',
		{ class: 'tabs', 'aria-label': label },
		tabs.map((tab) => h('a', { href: tab.href, 'aria-current': tab.isCurrent ? 'page' : null }, tab.label)),
	);
}

/** @param {'neutral' | 'good' | 'warn' | 'bad' | 'accent'} tone @param {Child} text */
export function badge(tone, text) {
	return h('span', { class: `badge ${tone}` }, text);
}

/**
 * @param {'info' | 'good' | 'warn' | 'bad'} tone
 * @param {...(Child | Child[])} children
 */
export function notice(tone, ...children) {
	return h('div', { class: `notice ${tone}` }, icon(NOTICE_ICONS[tone]), h('div', {}, ...children));
}

/** @type {Record<'info' | 'good' | 'warn' | 'bad', keyof typeof ICONS>} */
const NOTICE_ICONS = { info: 'info', good: 'check', warn: 'warn', bad: 'warn' };

/**
 * Takes the place of an empty list and says how to fill it.
 *
 * @param {string} title
 * @param {Child} text
 * @param {...Child} actions
 */
export function emptyState(title, text, ...actions) {
	return h(
		'div',
		{ class: 'empty' },
		h('h2', {}, title),
		h('p', {}, text),
		actions.length > 0 && h('div', { class: 'actions' }, actions),
	);
}

export function skeleton() {
	return h(
		'div',
		{ class: 'page', 'aria-busy': 'true' },
		h('h1', { class: 'visually-hidden' }, 'Loading'),
		h('div', { class: 'bone title' }),
		[0, 1, 2, 3].map(() => h('div', { class: 'bone row' })),
	);
}

/** A spinner with words. @param {string} text */
export function waiting(text) {
	return h('p', { class: 'waiting', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), text);
}

/**
 * Tells what failed and offers ways out.
 *
 * @param {unknown} error
 * @param {() => unknown} [retry]
 */
export function errorPanel(error, retry) {
	const { heading, text } = explain(error);
	const isGone = /** @type {{ status?: number }} */ (error)?.status === 404;
	const [, account] = /^#\/accounts\/([^/?]+)\/./.exec(location.hash) ?? [];
	return h(
		'div',
		{ class: 'page error-page' },
		h('h1', { tabindex: '-1' }, heading),
		notice('bad', h('p', { role: 'alert' }, text)),
		h(
			'div',
			{ class: 'actions' },
			retry && !isGone && button('Try again', { kind: 'primary', onclick: retry }),
			account && h('a', { class: 'button', href: `#/accounts/${account}` }, 'Go to the account'),
			h('a', { class: 'button', href: '#/' }, 'Go to the overview'),
			retry && isGone && button('Look again', { kind: 'ghost', onclick: retry }),
		),
	);
}

/** @param {unknown} error @returns {{ heading: string, text: string }} */
export function explain(error) {
	const status = /** @type {{ status?: number }} */ (error)?.status;
	const text = error instanceof Error ? error.message : String(error);
	if (status === 0) return { heading: 'Patchbay does not answer', text };
	if (status === 404) return { heading: 'This does not exist any more', text };
	if (status === 403) return { heading: 'This API token is not allowed to do that', text };
	if (status === 401) return { heading: 'You are signed out', text };
	if (status !== undefined) return { heading: 'That did not work', text };
	return { heading: 'Something failed in the dashboard', text: `${text}. Reload the page; the API is not affected.` };
}

/**
 * @param {Child | Child[]} label
 * @param {{ kind?: 'primary' | 'danger' | 'ghost' | '', onclick?: (event: MouseEvent) => unknown, type?: 'button' | 'submit', [more: string]: unknown }} [options]
 */
export function button(label, { kind = '', onclick, type = 'button', ...more } = {}) {
	const element = h('button', { type, ...more, class: [kind, more.class].filter(Boolean).join(' ') || null }, label);
	if (onclick) element.addEventListener('click', onclick);
	return element;
}

/**
 * Runs a button's work. Meanwhile the button shows progress and cannot be pressed again.
 *
 * @template T
 * @param {HTMLButtonElement} element
 * @param {string} meanwhile  e.g. "Saving"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function busy(element, meanwhile, work) {
	const before = Array.from(element.childNodes);
	element.setAttribute('aria-disabled', 'true');
	element.dataset.busy = '';
	fill(element, h('span', { class: 'spinner', 'aria-hidden': 'true' }), meanwhile);
	const stop = (/** @type {Event} */ event) => {
		event.preventDefault();
		event.stopImmediatePropagation();
	};
	element.addEventListener('click', stop, true);
	try {
		return await work();
	} finally {
		element.removeEventListener('click', stop, true);
		element.removeAttribute('aria-disabled');
		delete element.dataset.busy;
		element.replaceChildren(...before);
	}
}

/** A button that copies a text and confirms it. @param {string | (() => string)} text @param {string} [label] @param {string} [what] */
export function copyButton(text, label = 'Copy', what = 'Copied') {
	const element = button([icon('copy'), h('span', {}, label)], { class: 'copy small' });
	element.addEventListener('click', async () => {
		await copy(typeof text === 'function' ? text() : text);
		const said = /** @type {HTMLElement} */ (element.querySelector('span'));
		said.textContent = 'Copied';
		announce(what);
		setTimeout(() => {
			said.textContent = label;
		}, 1500);
	});
	return element;
}

/** @param {string} text */
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		// The browser refuses the clipboard: copy a selection instead.
		const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true', tabindex: '-1' });
		area.value = text;
		document.body.append(area);
		area.select();
		document.execCommand('copy');
		area.remove();
	}
}

/** @param {string} text @param {{ label?: string, what?: string, wrap?: boolean }} [options] */
export function codeBlock(text, { label = 'Code', what, wrap = false } = {}) {
	return h(
		'div',
		{ class: `code${wrap ? ' wrap' : ''}` },
		h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, h('code', {}, text)),
		copyButton(text, 'Copy', what ?? `${label} copied`),
	);
}

/**
 * Asks before an action that cannot be undone or that affects others.
 *
 * @param {object} question
 * @param {string} question.title
 * @param {Child | Child[]} question.text
 * @param {string} question.action  the verb on the button
 * @param {boolean} [question.isDanger]
 * @param {string} [question.typed]  a text that the user must type first
 * @param {(() => Promise<unknown>)} question.run  what the button does; its error is shown in the dialog
 * @returns {Promise<boolean>} whether it was done
 */
export function confirm({ title, text, action, isDanger = true, typed, run }) {
	const titleId = uniqueId('dialog');
	const fault = h('p', { class: 'fault', role: 'alert' });
	const go = button(action, { kind: isDanger ? 'danger' : 'primary', type: 'submit' });
	const word = typed === undefined ? null : h('input', { type: 'text', autocomplete: 'off', id: uniqueId('typed') });
	/** @type {HTMLDialogElement} */
	const dialog = h('dialog', { 'aria-labelledby': titleId });
	const form = h(
		'form',
		{ class: 'dialog-body' },
		h('h2', { id: titleId }, title),
		h('div', { class: 'dialog-text' }, text),
		word && h('div', { class: 'field' }, h('label', { for: word.id }, `Type ${typed} to confirm`), word),
		fault,
		h('div', { class: 'actions end' }, button('Cancel', { onclick: () => dialog.close() }), go),
	);
	dialog.append(form);
	const before = /** @type {HTMLElement | null} */ (document.activeElement);
	return new Promise((resolve) => {
		let isDone = false;
		form.addEventListener('submit', async (event) => {
			event.preventDefault();
			if (word && word.value.trim() !== typed) {
				fault.textContent = `Type ${typed} exactly as shown.`;
				word.focus();
				return;
			}
			try {
				await busy(go, `${action}…`, run);
				isDone = true;
				dialog.close();
			} catch (error) {
				fault.textContent = explain(error).text;
			}
		});
		dialog.addEventListener('close', () => {
			dialog.remove();
			if (before?.isConnected) before.focus();
			resolve(isDone);
		});
		document.body.append(dialog);
		dialog.showModal();
		(word ?? form.querySelector('button'))?.focus();
	});
}

/** A message belongs to its page: the next page begins without it. */
export function clearToast() {
	document.querySelector('.toast')?.remove();
}

/** A short message at the bottom of the window. @param {string} text @param {'good' | 'bad'} [tone] */
export function toast(text, tone = 'good') {
	clearToast();
	const element = h('div', { class: 'toast', role: 'status' }, icon(NOTICE_ICONS[tone]), text);
	document.body.append(element);
	announce(text);
	setTimeout(() => element.remove(), tone === 'bad' ? 10_000 : 4000);
}

/** A tool's name, which may break after an underscore alone. @param {string} name */
export function toolName(name) {
	const parts = name.split('_');
	return h(
		'code',
		{ class: 'tool-name' },
		parts.flatMap((part, index) => (index < parts.length - 1 ? [`${part}_`, h('wbr')] : [part])),
	);
}

/** @param {string} name @param {Child | Child[]} value */
export function fact(name, value) {
	return h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, value));
}

/** Strokes of 16 × 16. */
const ICONS = {
	copy: [
		'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2',
		'M2.5 6.5a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1z',
	],
	check: ['M3 8.5l3.2 3.2L13 5'],
	cross: ['M4 4l8 8M12 4l-8 8'],
	warn: ['M8 2.5l6 11H2z', 'M8 6.5v3M8 11.6v.1'],
	info: ['M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z', 'M8 7.2v3.6M8 5v.1'],
	sun: [
		'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
		'M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
	],
	moon: ['M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z'],
	dash: ['M4 8h8'],
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
	return svg(
		'svg',
		{ class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
		ICONS[name].map((d) => svg('path', { d })),
	);
}
