// Shows how to connect each client, with the server's URL filled in.
import { fill, h } from '../dom.js';
import { codeBlock, notice } from '../ui.js';

/** @typedef {import('../../types.d.ts').ConnectGuide} ConnectGuide */

/** Remembers the last client for the next server. */
const CHOICE_KEY = 'client';

/** @param {ConnectGuide} guide @param {string | null} url  with its secret, when it was just made */
export function connectGuide(guide, url) {
	const [urlPlaceholder = '<url>'] = Object.keys(guide.placeholders);
	const filled = (/** @type {string} */ text) => (url ? text.replaceAll(urlPlaceholder, url) : text);
	const body = h('div', { class: 'guide' });
	const names = guide.clients.map(({ client }) => client);
	const remembered = localStorage.getItem(CHOICE_KEY) ?? '';
	let chosen = names.includes(remembered)
		? remembered
		: (guide.clients.find(({ unsupported }) => !unsupported)?.client ?? names[0]);
	const buttons = guide.clients.map(({ client, label }) =>
		h('button', { type: 'button', class: 'segment', 'data-client': client, onclick: () => choose(client) }, label),
	);

	/** @param {string | undefined} client */
	function choose(client) {
		chosen = client;
		if (client) localStorage.setItem(CHOICE_KEY, client);
		for (const element of buttons) element.setAttribute('aria-pressed', String(element.dataset.client === client));
		const shown = guide.clients.find((one) => one.client === client);
		if (!shown) return;
		const texts = [...shown.steps, shown.file?.content ?? '', shown.command ?? ''].join('\n');
		const others = Object.entries(guide.placeholders).filter(
			([name]) => texts.includes(name) && (name !== urlPlaceholder || !url),
		);
		fill(
			body,
			shown.unsupported && notice('warn', h('p', {}, shown.unsupported)),
			shown.steps.length > 0 &&
				h(
					'ol',
					{ class: 'steps' },
					shown.steps.map((step) => h('li', { class: 'break' }, filled(step))),
				),
			shown.file && h('p', { class: 'small muted' }, h('code', {}, shown.file.path)),
			shown.file && codeBlock(filled(shown.file.content).trimEnd(), { label: shown.file.path }),
			shown.command && codeBlock(filled(shown.command), { label: 'Command', wrap: true }),
			others.length > 0 &&
				h(
					'ul',
					{ class: 'bullets small muted' },
					others.map(([name, meaning]) => h('li', {}, h('code', {}, name), `: ${meaning}`)),
				),
		);
	}
	choose(chosen);
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'connect-title' },
		h('h2', { id: 'connect-title', class: 'card-title' }, 'Connect a client'),
		h('div', { class: 'segments', role: 'group', 'aria-label': 'Client' }, buttons),
		body,
	);
}
