// The accounts that this token may touch, with their state.
import { listAll } from '../api.js';
import { loadIntegrations, loadServers, testConnection } from '../data.js';
import { fill, h } from '../dom.js';
import { ago, count, plural } from '../format.js';
import { badge, button, emptyState, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */

/** Each costs the vendor one question: beyond so many accounts they are asked about by hand. */
const ASKED_UNASKED = 12;

/** @type {import('../router.js').Page<{ accounts: Account[], labels: Map<string, string> }>} */
export const accountsPage = {
	async load({ signal }) {
		/** @type {[Account[], import('../../types.d.ts').Integration[]]} */
		const [accounts, integrations] = await Promise.all([listAll('/integrated-account', signal), loadIntegrations()]);
		return { accounts, labels: new Map(integrations.map(({ name, label }) => [name, label])) };
	},
	show: ({ signal }, { accounts, labels }) => ({
		title: 'Accounts',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Accounts',
					about: 'One customer’s credentials each. MCP servers are made for an account and see nothing of the others.',
					actions: [h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account')],
				}),
				accounts.length > 0
					? table(accounts, labels, signal)
					: emptyState(
							'Connect your first account',
							'You need API keys of your vendor’s system; the form says where each of them is found. Then make an MCP server for it, and give its URL to ChatGPT, Claude or Cursor.',
							h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account'),
						),
			),
		],
	}),
};

/** @param {Account[]} accounts @param {Map<string, string>} labels @param {AbortSignal} signal */
function table(accounts, labels, signal) {
	return h(
		'div',
		{ class: 'table-scroll' },
		h(
			'table',
			{ class: 'table stacked' },
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					['Account', 'Connection', 'MCP servers', 'Calls today', 'Last used'].map((name) =>
						h('th', { scope: 'col' }, name),
					),
				),
			),
			h(
				'tbody',
				{},
				accounts.map((account, index) => row(account, labels, signal, index < ASKED_UNASKED)),
			),
		),
	);
}

/** @param {Account} account @param {Map<string, string>} labels @param {AbortSignal} signal @param {boolean} isAsked */
function row(account, labels, signal, isAsked) {
	const state = h('td', { 'data-label': 'Connection' });
	const servers = h('td', { 'data-label': 'MCP servers', class: 'num' }, '…');
	const calls = h('td', { 'data-label': 'Calls today', class: 'num' }, '…');
	const used = h('td', { 'data-label': 'Last used' }, '…');
	const check = () => void showState(account, state, signal);
	// What the vendor has refused again and again need not be asked about.
	if (account.state === 'needs_reauth') fill(state, needsAttention(account, 'The vendor refuses the credentials.'));
	else if (isAsked) check();
	else
		fill(
			state,
			button('Check', { class: 'small', onclick: check, 'aria-label': `Check the connection of ${account.name}` }),
		);
	void loadServers(account.id, signal)
		.then((found) => {
			const last = found
				.map(({ last_used_at }) => last_used_at ?? '')
				.sort()
				.at(-1);
			fill(servers, count(found.length));
			fill(calls, count(found.reduce((sum, { calls_today = 0 }) => sum + calls_today, 0)));
			fill(used, last ? h('time', { datetime: last }, ago(last)) : h('span', { class: 'muted' }, 'never'));
		})
		.catch(() => {
			for (const cell of [servers, calls, used]) fill(cell, h('span', { class: 'muted' }, 'unknown'));
		});
	return h(
		'tr',
		{},
		h(
			'th',
			{ scope: 'row' },
			h('a', { href: `#/accounts/${account.id}` }, account.name),
			h(
				'span',
				{ class: 'sub' },
				`${labels.get(account.integration) ?? account.integration} · ${new URL(account.base_url).host}`,
			),
		),
		state,
		servers,
		calls,
		used,
	);
}

/** @param {Account} account @param {string} message */
function needsAttention(account, message) {
	return h('a', { href: `#/accounts/${account.id}/connection`, title: message }, badge('bad', 'Needs attention'));
}

/** @param {Account} account @param {HTMLElement} cell @param {AbortSignal} signal */
async function showState(account, cell, signal) {
	fill(cell, badge('neutral', 'Checking…'));
	try {
		const { ok, message } = await testConnection(account.id, signal);
		fill(cell, ok ? badge('good', 'Connected') : needsAttention(account, message));
	} catch {
		if (!signal.aborted) fill(cell, badge('warn', 'Not checked'));
	}
}

/** @param {number} servers */
export function consequences(servers) {
	return `${plural(servers, 'MCP server')} and every URL of ${servers === 1 ? 'it' : 'them'} stop working at once`;
}
