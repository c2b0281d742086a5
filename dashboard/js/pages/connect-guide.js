// Shows how to connect each client: by the OAuth URL first, which holds no secret, else by the secret URL.
import { fill, h } from '../dom.js';
import { codeBlock, notice } from '../ui.js';

/** @typedef {import('../../types.d.ts').ConnectGuide} ConnectGuide */
/** @typedef {ConnectGuide['clients'][number]} Client */
/** @typedef {import('../../types.d.ts').Way} Way */

/** Remembers the last client for the next server. */
const CHOICE_KEY = 'client';

/** @param {ConnectGuide} guide @param {string | null} url  with its secret, when it was just made */
export function connectGuide(guide, url) {
	const body = h('div', { class: 'guide' });
	const remembered = localStorage.getItem(CHOICE_KEY);
	const first =
		guide.clients.find(({ client }) => client === remembered) ??
		guide.clients.find(({ unsupported }) => !unsupported) ??
		guide.clients[0];
	const buttons = guide.clients.map((one) =>
		h('button', { type: 'button', class: 'segment', 'data-client': one.client, onclick: () => choose(one) }, one.label),
	);
	/** @param {Client} shown */
	function choose(shown) {
		localStorage.setItem(CHOICE_KEY, shown.client);
		for (const element of buttons)
			element.setAttribute('aria-pressed', String(element.dataset.client === shown.client));
		fill(body, describe(shown, guide, url));
	}
	if (first) choose(first);
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'connect-title' },
		h('h2', { id: 'connect-title', class: 'card-title' }, 'Connect a client'),
		guide.oauth_url && setupLink(guide.oauth_url),
		h('div', { class: 'segments', role: 'group', 'aria-label': 'Client' }, buttons),
		body,
	);
}

/** @param {string} oauthUrl */
function setupLink(oauthUrl) {
	return h(
		'p',
		{ class: 'muted card-lede' },
		'For somebody else: send them the ',
		h('a', { href: oauthUrl, target: '_blank', rel: 'noopener' }, 'setup page'),
		'. It shows these steps and no secret; they also need an API token to sign in.',
	);
}

/** @param {Client} client @param {ConnectGuide} guide @param {string | null} url */
function describe({ label, oauth, limit, unsupported, ...secret }, guide, url) {
	const hasSecretWay = secret.steps.length > 0;
	return [
		unsupported && notice('warn', h('p', {}, unsupported)),
		...(oauth ? way(oauth, label, guide, url) : []),
		oauth &&
			hasSecretWay &&
			h(
				'details',
				{ open: false },
				h('summary', {}, 'With the secret URL instead'),
				h('div', { class: 'guide' }, way(secret, label, guide, url)),
			),
		...(!oauth && hasSecretWay ? way(secret, label, guide, url) : []),
		limit && h('p', { class: 'small muted' }, limit),
	];
}

/** @param {Way} shown @param {string} label  of the client @param {ConnectGuide} guide @param {string | null} url */
function way({ steps, file, command, install }, label, { placeholders }, url) {
	const [urlPlaceholder = '<url>'] = Object.keys(placeholders);
	const filled = (/** @type {string} */ text) => (url ? text.replaceAll(urlPlaceholder, url) : text);
	const texts = [...steps, file?.content ?? '', command ?? ''].join('\n');
	const open = Object.entries(placeholders).filter(
		([name]) => texts.includes(name) && (name !== urlPlaceholder || !url),
	);
	return [
		install && h('div', {}, h('a', { class: 'button primary', href: install }, `Add to ${label}`)),
		install && h('p', { class: 'small muted' }, 'Or by hand:'),
		steps.length > 0 &&
			h(
				'ol',
				{ class: 'steps' },
				steps.map((step) => h('li', { class: 'break' }, filled(step))),
			),
		file && h('p', { class: 'small muted' }, h('code', {}, file.path)),
		file && codeBlock(filled(file.content).trimEnd(), { label: file.path }),
		command && codeBlock(filled(command), { label: 'Command', wrap: true }),
		open.length > 0 &&
			h(
				'ul',
				{ class: 'bullets small muted' },
				open.map(([name, meaning]) => h('li', {}, h('code', {}, name), `: ${meaning}`)),
			),
	];
}
