// The MCP servers of an account.
import { loadServers } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { field, select } from '../form.js';
import { ago, count, countdown, moment, plural } from '../format.js';
import { bodyOf, cell, rowHead, table } from '../table.js';
import { badge, emptyState } from '../ui.js';
import { accountHead, accountPage } from './account.js';

/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {'active' | 'expiring' | 'paused' | 'expired'} State */

const DAY_MS = 86_400_000;

/** @param {Server} server @param {number} [nowMs] @returns {State} */
function stateOf(server, nowMs = Date.now()) {
	const leftMs = server.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(server.expires_at) - nowMs;
	if (leftMs <= 0) return 'expired';
	if (server.paused) return 'paused';
	return leftMs < DAY_MS ? 'expiring' : 'active';
}

/** @param {Server} server */
export function stateBadge(server) {
	const state = stateOf(server);
	const tones = /** @type {const} */ ({ active: 'good', expiring: 'warn', paused: 'neutral', expired: 'bad' });
	const words = { active: 'Active', expiring: 'Expires soon', paused: 'Paused', expired: 'Expired' };
	return badge(tones[state], words[state]);
}

/** A server's filter in a few words. @param {import('../../types.d.ts').ServerConfig} config */
export function scopeOf({ methods, tags, tool_exposure, require_api_token_auth }) {
	return [
		...(methods ? [methods.join(', ')] : []),
		...(tags ? [`tags ${tags.join(', ')}`] : []),
		...(methods || tags ? [] : ['every tool']),
		...(tool_exposure === 'discovery' ? ['by discovery'] : []),
		...(require_api_token_auth ? ['API token required'] : []),
	].join(' · ');
}

/** Counts down by itself for as long as the page is there. @param {Server} server @param {AbortSignal} signal */
export function expiry(server, signal) {
	const { expires_at } = server;
	if (expires_at === null) return h('span', { class: 'muted' }, 'never');
	const shown = h('time', { datetime: expires_at, title: moment(expires_at), class: 'num nowrap' });
	const tick = () => {
		const left = countdown(expires_at);
		shown.textContent = left === '' ? 'expired' : `in ${left}`;
	};
	tick();
	const timer = setInterval(tick, 1000);
	signal.addEventListener('abort', () => clearInterval(timer));
	return shown;
}

export const serversPage = accountPage({
	load: ({ params, signal }) => loadServers(params.account ?? '', signal),
	show({ signal }, account, servers) {
		const create = h(
			'a',
			{ class: 'button primary', href: `#/accounts/${account.id}/servers/new` },
			'Create MCP Server',
		);
		return {
			title: `${account.name}: MCP servers`,
			content: [
				...accountHead(account, 'servers', [create]),
				servers.length === 0
					? emptyState(
							'Create the first MCP server of this account',
							'An MCP server is a URL with some of the account’s tools behind it. Create one for each job: reading tickets in ChatGPT, logging time in Cursor. A client sees only the tools that its server allows.',
							create.cloneNode(true),
						)
					: list(servers, account.id, signal),
			],
		};
	},
});

const COLUMNS = ['Server', 'State', 'Expires', 'Calls today', 'Last used'];

/** @param {Server[]} servers @param {string} accountId @param {AbortSignal} signal */
function list(servers, accountId, signal) {
	const rows = servers.map((server) => ({ server, element: row(server, accountId, signal) }));
	const shownTable = table(
		COLUMNS,
		rows.map(({ element }) => element),
	);
	const none = h('p', { class: 'empty small', hidden: true }, 'No server matches. Clear the filters to see all.');
	const filters = filterBar((matches) => {
		const shown = rows.filter(({ server }) => matches(server));
		fill(
			bodyOf(shownTable),
			shown.map(({ element }) => element),
		);
		none.hidden = shown.length > 0;
		shownTable.hidden = shown.length === 0;
		announce(plural(shown.length, 'server'));
	});
	return h('div', {}, filters, shownTable, none);
}

/** @param {(matches: (server: Server) => boolean) => void} changed  called with what the filters leave */
function filterBar(changed) {
	const search = h('input', { type: 'search', placeholder: 'Name or id', autocomplete: 'off' });
	const state = select([
		['', 'Any'],
		['active', 'Active'],
		['expiring', 'Expires soon'],
		['paused', 'Paused'],
		['unused', 'Never used'],
	]);
	const apply = () => {
		const text = search.value.trim().toLowerCase();
		changed((server) => {
			const isNamed = `${server.name} ${server.id}`.toLowerCase().includes(text);
			if (state.value === '') return isNamed;
			return isNamed && (state.value === 'unused' ? !server.last_used_at : stateOf(server) === state.value);
		});
	};
	search.addEventListener('input', apply);
	state.addEventListener('change', apply);
	return h(
		'div',
		{ class: 'filters', role: 'search', 'aria-label': 'Servers' },
		h('div', { class: 'wide' }, field({ label: 'Search', control: search })),
		field({ label: 'State', control: state }),
	);
}

/** @param {Server} server @param {string} accountId @param {AbortSignal} signal */
function row(server, accountId, signal) {
	const { calls_today = 0, errors_today = 0, last_used_at } = server;
	return h(
		'tr',
		{},
		rowHead(
			h('a', { href: `#/accounts/${accountId}/servers/${server.id}` }, server.name),
			h('span', { class: 'sub' }, scopeOf(server.config)),
		),
		cell('State', stateBadge(server)),
		cell('Expires', expiry(server, signal)),
		cell(
			'Calls today',
			[count(calls_today), errors_today > 0 && h('span', { class: 'bad-text' }, ` (${plural(errors_today, 'error')})`)],
			'num',
		),
		cell(
			'Last used',
			last_used_at
				? h('time', { datetime: last_used_at, title: moment(last_used_at) }, ago(last_used_at))
				: h('span', { class: 'muted' }, 'never'),
		),
	);
}
