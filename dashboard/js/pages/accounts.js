// The accounts that this API token may use, with their state.
import { listAll } from '../api.js';
import { loadIntegrations, loadServers, testConnection } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { field } from '../form.js';
import { ago, count, plural } from '../format.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, emptyState, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */

/** A check asks the vendor one question, so only this many accounts are checked by themselves. */
const CHECKED_ON_OPEN = 12;
/** More accounts than this get a search field. */
const SEARCHED_ABOVE = 8;

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
					? accountList(accounts, labels, signal)
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
function accountList(accounts, labels, signal) {
	const rows = [...accounts].sort(attentionFirst).map((account, index) => ({
		account,
		...row(account, labels, signal, index < CHECKED_ON_OPEN),
	}));
	const list = table(
		COLUMNS,
		rows.map(({ element }) => element),
	);
	loadWhenSeen(rows, signal);
	if (accounts.length <= SEARCHED_ABOVE) return list;
	const search = h('input', { type: 'search', placeholder: 'Name, address or id', autocomplete: 'off' });
	search.addEventListener('input', () => {
		const text = search.value.trim().toLowerCase();
		for (const { account, element } of rows)
			element.hidden = !`${account.name} ${account.base_url} ${account.id}`.toLowerCase().includes(text);
		announce(plural(rows.filter(({ element }) => !element.hidden).length, 'account'));
	});
	const checkAll = button('Check all');
	checkAll.addEventListener('click', () =>
		busy(checkAll, 'Checking…', async () => {
			for (const { check } of rows) await check();
		}),
	);
	return h(
		'div',
		{},
		h(
			'div',
			{ class: 'filters', role: 'search', 'aria-label': 'Accounts' },
			h('div', { class: 'wide' }, field({ label: 'Search', control: search })),
			checkAll,
		),
		list,
	);
}

/** Refused keys come first, then names in order. @param {Account} a @param {Account} b */
function attentionFirst(a, b) {
	return Number(b.state === 'needs_reauth') - Number(a.state === 'needs_reauth') || a.name.localeCompare(b.name);
}

/** Each row costs a request, so it is filled in when it comes into view. @param {{ element: HTMLElement, load: () => void }[]} rows @param {AbortSignal} signal */
function loadWhenSeen(rows, signal) {
	const observer = new IntersectionObserver((entries) => {
		for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
			observer.unobserve(target);
			rows.find(({ element }) => element === target)?.load();
		}
	});
	for (const { element } of rows) observer.observe(element);
	signal.addEventListener('abort', () => observer.disconnect());
}

/** @param {Account} account @param {Map<string, string>} labels @param {AbortSignal} signal @param {boolean} isChecked  once it is seen */
function row(account, labels, signal, isChecked) {
	const state = cell('Connection', null);
	const usage = ['MCP servers', 'Calls today', 'Last used'].map((name) => cell(name, '…', 'num'));
	const check = () => showState(account, state, signal);
	// The state says already that the vendor refuses the keys.
	const isRefused = account.state === 'needs_reauth';
	fill(
		state,
		isRefused
			? needsAttention(account, 'The vendor refuses the credentials.')
			: isChecked
				? badge('neutral', 'Checking…')
				: button('Check', { class: 'small', onclick: check, 'aria-label': `Check the connection of ${account.name}` }),
	);
	return {
		check,
		load() {
			if (isChecked && !isRefused) void check();
			void showUsage(account, usage, signal);
		},
		element: h(
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
			usage,
		),
	};
}

/** @param {Account} account @param {HTMLElement[]} cells  servers, calls, last used @param {AbortSignal} signal */
async function showUsage(account, [servers, calls, used], signal) {
	if (!servers || !calls || !used) return;
	try {
		const found = await loadServers(account.id, signal);
		const last = found
			.map(({ last_used_at }) => last_used_at ?? '')
			.sort()
			.at(-1);
		fill(servers, count(found.length));
		fill(calls, count(found.reduce((sum, { calls_today = 0 }) => sum + calls_today, 0)));
		fill(used, last ? h('time', { datetime: last }, ago(last)) : h('span', { class: 'muted' }, 'never'));
	} catch {
		for (const cell of [servers, calls, used]) fill(cell, h('span', { class: 'muted' }, 'unknown'));
	}
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
