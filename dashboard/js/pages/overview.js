// All accounts and their servers on one page, from one request: what needs attention first.
import { api } from '../api.js';
import { testConnection } from '../data.js';
import { announce, h } from '../dom.js';
import { choice, field } from '../form.js';
import { ago, count, moment, plural } from '../format.js';
import { aboutState, lastSeen, stateBadge } from '../states.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, emptyState, fact, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').OverviewAccount} Account */

/** More accounts than this get a search field. */
const SEARCHED_ABOVE = 8;
/** Matters that are listed; the table marks the others. */
const LISTED_MATTERS = 12;

/** @type {import('../router.js').Page<Account[]>} */
export const overviewPage = {
	async load({ signal }) {
		/** @type {{ result: Account[] }} */
		const { result } = await api('GET', '/overview', undefined, signal);
		return result;
	},
	show: (visit, accounts) => ({
		title: 'Overview',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Overview',
					about: 'Every account and its MCP servers. One account is one vendor system; most MSPs need exactly one.',
					actions: [h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account')],
				}),
				accounts.length > 0
					? h('div', { class: 'stack' }, figures(accounts), matters(accounts), accountList(accounts, visit))
					: emptyState(
							'Connect your first account',
							'You need the API keys of your PSA; the form says where to find each of them. Then create an MCP server and give its URL to ChatGPT, Claude or Cursor.',
							h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account'),
						),
			),
		],
	}),
};

/** @param {Account[]} accounts */
function figures(accounts) {
	const sum = (/** @type {(account: Account) => number} */ of) => accounts.reduce((total, one) => total + of(one), 0);
	const calls = sum(({ usage }) => usage?.calls ?? 0);
	const errors = sum(({ usage }) => usage?.errors ?? 0);
	return h(
		'dl',
		{ class: 'facts overview-facts' },
		fact('Accounts', count(accounts.length)),
		fact('MCP servers', count(sum(({ servers }) => servers ?? 0))),
		fact('Paused', count(sum(({ paused_servers }) => paused_servers ?? 0))),
		fact('End within 7 days', count(sum(({ ending_servers }) => ending_servers.length))),
		fact('Calls in 24 hours', `${count(calls)}${errors > 0 ? `, ${count(errors)} failed or refused` : ''}`),
	);
}

/** @param {Account[]} accounts */
function matters(accounts) {
	const all = accounts.flatMap(mattersOf);
	const listed = all.slice(0, LISTED_MATTERS);
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'matters-title' },
		h(
			'div',
			{ class: 'section-head' },
			h('h2', { id: 'matters-title' }, 'Needs attention'),
			h('a', { class: 'button ghost small', href: '#/webhooks' }, 'Webhooks'),
		),
		all.length === 0
			? h('p', { class: 'muted' }, 'Nothing at the moment.')
			: h(
					'ul',
					{ class: 'matters' },
					listed.map(({ tone, label, address, name, text }) =>
						h('li', {}, badge(tone, label), h('span', {}, h('a', { href: address }, name), ' ', text)),
					),
				),
		all.length > listed.length &&
			h('p', { class: 'muted' }, `And ${plural(all.length - listed.length, 'more')}: see the table.`),
	);
}

/** @typedef {{ tone: 'warn' | 'bad', label: string, address: string, name: string, text: string }} Matter */

/** @param {Account} account @returns {Matter[]} */
function mattersOf(account) {
	const { id, name, state, ending_servers, alerts } = account;
	const connection = `#/accounts/${id}/connection`;
	/** @type {Matter[]} */
	const found = [];
	if (state === 'needs_reauth')
		found.push({ tone: 'bad', label: 'Keys refused', address: connection, name, text: aboutState(account) });
	if (state === 'unreachable')
		found.push({ tone: 'bad', label: 'Unreachable', address: connection, name, text: aboutState(account) });
	for (const { type, at, data } of alerts) {
		const server = { address: `#/accounts/${id}/servers/${data.server_id}`, name: `${data.server_name}` };
		if (type === 'server.error_rate')
			found.push({
				tone: 'bad',
				label: 'Errors',
				...server,
				text: `of ${name}: ${data.errors} of ${data.calls} calls in an hour failed or were refused, ${ago(at)}.`,
			});
		if (type === 'server.write_budget_reached')
			found.push({
				tone: 'warn',
				label: 'Write limit',
				...server,
				text: `of ${name}: all ${data.writes_per_day} writes of the day were used, ${ago(at)}.`,
			});
	}
	for (const server of ending_servers)
		found.push({
			tone: 'warn',
			label: 'Ends soon',
			address: `#/accounts/${id}/servers/${server.id}`,
			name: server.name,
			text: `of ${name} ends ${ago(server.expires_at)}, on ${moment(server.expires_at)}.`,
		});
	return found;
}

const COLUMNS = ['Account', 'State', 'MCP servers', 'Calls in 24 hours', 'Last used'];

/** @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function accountList(accounts, visit) {
	const rows = accounts.map((account) => ({ account, element: row(account) }));
	const list = table(
		COLUMNS,
		rows.map(({ element }) => element),
	);
	const section = (/** @type {import('../dom.js').Child[]} */ ...content) =>
		h(
			'section',
			{ class: 'section', 'aria-labelledby': 'accounts-title' },
			h('h2', { id: 'accounts-title' }, 'Accounts'),
			...content,
		);
	if (accounts.length <= SEARCHED_ABOVE) return section(list);
	const search = h('input', { type: 'search', placeholder: 'Name, address or id', autocomplete: 'off' });
	const urgent = choice({ type: 'checkbox', name: 'urgent', value: 'yes', label: 'Only what needs attention' });
	const box = /** @type {HTMLInputElement} */ (urgent.querySelector('input'));
	const filter = () => {
		const text = search.value.trim().toLowerCase();
		for (const { account, element } of rows)
			element.hidden =
				!`${account.name} ${account.base_url} ${account.id}`.toLowerCase().includes(text) ||
				(box.checked && account.attention.length === 0);
		announce(plural(rows.filter(({ element }) => !element.hidden).length, 'account'));
	};
	search.addEventListener('input', filter);
	box.addEventListener('change', filter);
	return section(
		h(
			'div',
			{ class: 'filters', role: 'search', 'aria-label': 'Accounts' },
			h('div', { class: 'wide' }, field({ label: 'Search', control: search })),
			urgent,
			testAll(accounts, visit),
		),
		list,
	);
}

/** Asks each vendor one question, one after the other. @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function testAll(accounts, { signal, reload }) {
	const element = button('Test all');
	element.addEventListener('click', async () => {
		await busy(element, 'Testing…', async () => {
			for (const { id } of accounts) if (!signal.aborted) await testConnection(id, signal).catch(() => {});
		});
		if (!signal.aborted) await reload();
	});
	return element;
}

/** @param {Account} account */
function row(account) {
	const { id, name, base_url, servers, paused_servers, usage } = account;
	const paused = paused_servers ? h('span', { class: 'sub' }, `${count(paused_servers)} paused`) : null;
	const failed = usage && usage.errors > 0 ? h('span', { class: 'sub' }, `${count(usage.errors)} failed`) : null;
	return h(
		'tr',
		{},
		rowHead(h('a', { href: `#/accounts/${id}` }, name), h('span', { class: 'sub' }, new URL(base_url).host)),
		cell('State', [
			h('a', { href: `#/accounts/${id}/connection`, title: aboutState(account) }, stateBadge(account)),
			h('span', { class: 'sub' }, lastSeen(account)),
		]),
		cell('MCP servers', [servers === null ? h('span', { class: 'muted' }, 'unknown') : count(servers), paused], 'num'),
		cell('Calls in 24 hours', [usage ? count(usage.calls) : h('span', { class: 'muted' }, 'unknown'), failed], 'num'),
		cell(
			'Last used',
			usage?.last_used_at
				? h('time', { datetime: usage.last_used_at, title: `As of ${moment(usage.at)}` }, ago(usage.last_used_at))
				: h('span', { class: 'muted' }, 'never'),
			'num',
		),
	);
}
