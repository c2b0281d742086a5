// The accounts that this API token may use, with their state.
import { listAll } from '../api.js';
import { loadIntegrations, loadServers, testConnection } from '../data.js';
import { fill, h } from '../dom.js';
import { ago, count, plural } from '../format.js';
import { cell, rowHead, table } from '../table.js';
import { badge, button, emptyState, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */

/** A check asks the vendor one question, so only this many accounts are checked when the page opens. */
const CHECKED_ON_OPEN = 12;

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
					about: `One ${labels.size === 1 ? [...labels.values()][0] : 'vendor system'} each. Most MSPs need exactly one. An MCP server belongs to one account and sees no other.`,
					actions: [h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account')],
				}),
				accounts.length > 0
					? accountTable(accounts, labels, signal)
					: emptyState(
							'Connect your first account',
							'You need the API keys of your PSA; the form says where to find each of them. Then create an MCP server and give its URL to ChatGPT, Claude or Cursor.',
							h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account'),
						),
			),
		],
	}),
};

const COLUMNS = ['Account', 'Connection', 'MCP servers', 'Calls today', 'Last used'];

/** @param {Account[]} accounts @param {Map<string, string>} labels @param {AbortSignal} signal */
function accountTable(accounts, labels, signal) {
	return table(
		COLUMNS,
		accounts.map((account, index) => row(account, labels, signal, index < CHECKED_ON_OPEN)),
	);
}

/** @param {Account} account @param {Map<string, string>} labels @param {AbortSignal} signal @param {boolean} isChecked */
function row(account, labels, signal, isChecked) {
	const state = cell('Connection', null);
	const servers = cell('MCP servers', '…', 'num');
	const calls = cell('Calls today', '…', 'num');
	const used = cell('Last used', '…');
	const check = () => void showState(account, state, signal);
	// The state says already that the vendor refuses the keys.
	if (account.state === 'needs_reauth') fill(state, needsAttention(account, 'The vendor refuses the credentials.'));
	else if (isChecked) check();
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
		rowHead(
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
