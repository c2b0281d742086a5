// One MCP server: its URL when it was just made, how to connect clients, what it may do, and how it ends.
import { api } from '../api.js';
import { freshUrls, loadAccount, loadServer, serverPath } from '../data.js';
import { fill, h } from '../dom.js';
import { ago, count, moment, plural } from '../format.js';
import { go } from '../router.js';
import {
	badge,
	busy,
	button,
	codeBlock,
	confirm,
	copyButton,
	explain,
	fact,
	notice,
	pageHead,
	tabs,
	toast,
} from '../ui.js';
import { connectGuide } from './connect-guide.js';
import { expiry, scopeOf, stateBadge } from './servers.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ConnectGuide} ConnectGuide */
/** @typedef {'overview' | 'try' | 'log' | 'doctor'} Tab */

/** @param {Account} account @param {Server} server @param {Tab} current @param {import('../dom.js').Child[]} [actions] */
export function serverHead(account, server, current, actions = []) {
	const base = `#/accounts/${account.id}/servers/${server.id}`;
	return [
		pageHead({
			title: server.name,
			crumbs: [
				{ label: 'Accounts', href: '#/' },
				{ label: account.name, href: `#/accounts/${account.id}` },
			],
			about: [stateBadge(server), ' ', scopeOf(server.config)]
				.map((part) => (typeof part === 'string' ? h('span', {}, part) : part))
				.reduce(
					(all, part) => {
						all.append(part);
						return all;
					},
					h('span', {}),
				),
			actions,
		}),
		tabs('Server', [
			{ label: 'Connect', href: base, isCurrent: current === 'overview' },
			{ label: 'Try it', href: `${base}/try`, isCurrent: current === 'try' },
			{ label: 'Log', href: `${base}/log`, isCurrent: current === 'log' },
			{ label: 'Doctor', href: `${base}/doctor`, isCurrent: current === 'doctor' },
		]),
	];
}

/**
 * A page below a server.
 *
 * @template T
 * @param {object} page
 * @param {(visit: import('../router.js').Visit) => Promise<T>} page.load
 * @param {(visit: import('../router.js').Visit, place: { account: Account, server: Server }, data: T) => { title: string, content: (Node | null)[] }} page.show
 * @returns {import('../router.js').Page<{ account: Account, server: Server, data: T }>}
 */
export function serverPage({ load, show }) {
	return {
		async load(visit) {
			const { account: accountId = '', server: serverId = '' } = visit.params;
			const [account, server, data] = await Promise.all([
				loadAccount(accountId, visit.signal),
				loadServer(accountId, serverId, visit.signal),
				load(visit),
			]);
			return { account, server, data };
		},
		show(visit, { account, server, data }) {
			const { title, content } = show(visit, { account, server }, data);
			return { title, content: [h('div', { class: 'page' }, content)] };
		},
	};
}

export const overviewPage = serverPage({
	/** @returns {Promise<ConnectGuide>} */
	load: ({ params, signal }) =>
		api('GET', `${serverPath(params.account ?? '', params.server ?? '')}/connect`, undefined, signal),
	show(visit, { account, server }, guide) {
		const edit = h('a', { class: 'button', href: `#/accounts/${account.id}/servers/${server.id}/edit` }, 'Edit');
		return {
			title: server.name,
			content: [
				...serverHead(account, server, 'overview', [pauseButton(account, server, visit), edit]),
				h(
					'div',
					{ class: 'split' },
					h(
						'div',
						{ class: 'stack' },
						urlCard(account, server, visit),
						connectGuide(guide, freshUrls.get(server.id) ?? null),
					),
					aside(account, server, visit),
				),
			],
		};
	},
});

/** @param {Account} account @param {Server} server @param {import('../router.js').Visit} visit */
function pauseButton(account, server, visit) {
	const isPaused = server.paused === true;
	const element = button(isPaused ? 'Resume' : 'Pause', {});
	element.addEventListener('click', async () => {
		try {
			await busy(element, isPaused ? 'Resuming…' : 'Pausing…', () =>
				api('PATCH', serverPath(account.id, server.id), { paused: !isPaused }),
			);
			toast(isPaused ? `${server.name} works again` : `${server.name} is paused: no call goes through`);
			await visit.reload();
		} catch (error) {
			toast(explain(error).text);
		}
	});
	return element;
}

/** @param {Account} account @param {Server} server @param {import('../router.js').Visit} visit */
function urlCard(account, server, visit) {
	const url = freshUrls.get(server.id);
	const rotate = button('Rotate the URL', { class: 'small' });
	rotate.addEventListener('click', async () => {
		const isDone = await confirm({
			title: `Give ${server.name} a new URL?`,
			text: [
				h('p', {}, 'The present URL stops at once: every client that uses it has to be given the new one.'),
				h('p', {}, 'Do it when the URL may have been seen by someone, or when it was lost.'),
			],
			action: 'Rotate',
			async run() {
				/** @type {Server} */
				const rotated = await api('POST', `${serverPath(account.id, server.id)}/rotate`);
				if (rotated.url) freshUrls.set(server.id, rotated.url);
			},
		});
		if (!isDone) return;
		await visit.reload();
		toast('Rotated: the old URL has stopped');
		/** @type {HTMLElement | null} */ (document.querySelector('.secret-url button'))?.focus();
	});
	if (url) {
		return h(
			'section',
			{ class: 'card secret', 'aria-labelledby': 'url-title' },
			h('div', { class: 'section-head' }, h('h2', { id: 'url-title' }, 'The URL, this once'), badge('accent', 'Ready')),
			h(
				'div',
				{ class: 'secret-url' },
				h('code', { class: 'break', 'data-secret-url': true }, url),
				copyButton(url, 'Copy URL', 'The URL is copied'),
			),
			notice(
				'warn',
				h(
					'p',
					{},
					h('strong', {}, 'It is a password. '),
					'Whoever has it can use this server. It is kept nowhere: when you leave or reload the dashboard it is gone, and only a rotation makes another.',
				),
			),
		);
	}
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'url-title' },
		h(
			'div',
			{ class: 'section-head flat' },
			h(
				'div',
				{},
				h('h2', { id: 'url-title' }, 'URL'),
				h(
					'p',
					{ class: 'muted' },
					'It was shown when the server was made, and is kept nowhere. Lost it? A rotation makes a new one and ends the old.',
				),
			),
			rotate,
		),
		server.oauth_url &&
			h(
				'div',
				{},
				h('p', { class: 'small muted' }, 'Without a secret in it, for clients that speak OAuth:'),
				codeBlock(server.oauth_url, { label: 'OAuth URL', wrap: true }),
			),
	);
}

/** @param {import('../../types.d.ts').ServerConfig} config */
function limitsOf({ calls_per_minute, writes_per_day, redact }) {
	const limits = [
		...(calls_per_minute === undefined ? [] : [`${count(calls_per_minute)} calls a minute`]),
		...(writes_per_day === undefined ? [] : [`${count(writes_per_day)} writes a day`]),
		...(redact ? ['secrets taken out'] : []),
	];
	return limits.join(', ') || 'the usual ones';
}

/** @param {Account} account @param {Server} server @param {import('../router.js').Visit} visit */
function aside(account, server, visit) {
	const { config } = server;
	const revoke = button('Revoke server', { class: 'danger-quiet' });
	revoke.addEventListener('click', async () => {
		const isDone = await confirm({
			title: `Revoke ${server.name}?`,
			text: [
				h(
					'p',
					{},
					`Its URL stops at once, and its log${server.calls_today ? `, with ${plural(server.calls_today, 'call')} of today,` : ''} is erased. This cannot be undone.`,
				),
			],
			action: 'Revoke',
			run: () => api('DELETE', serverPath(account.id, server.id)),
		});
		if (!isDone) return;
		freshUrls.delete(server.id);
		toast(`${server.name} is revoked`);
		go(`#/accounts/${account.id}`);
	});
	const element = h('aside', { class: 'card', 'aria-label': 'About this server' });
	fill(
		element,
		h(
			'dl',
			{ class: 'facts one' },
			fact('Methods', config.methods ? config.methods.join(', ') : 'All'),
			fact('Tags', config.tags ? config.tags.join(', ') : 'All'),
			fact('Second factor', config.require_api_token_auth ? 'API token' : 'None: the URL alone'),
			fact('Tools in the list', config.tool_exposure === 'discovery' ? 'Discovery' : 'All'),
			fact('Names, lists', `${config.tool_names ?? 'full'}, ${config.list_format ?? 'records'}`),
			fact('Limits', limitsOf(config)),
			fact('Expires', expiry(server, visit.signal)),
			fact(
				'Calls today',
				h('a', { href: `#/accounts/${account.id}/servers/${server.id}/log` }, count(server.calls_today ?? 0)),
			),
			fact(
				'Last used',
				server.last_used_at
					? h('time', { datetime: server.last_used_at, title: moment(server.last_used_at) }, ago(server.last_used_at))
					: 'never',
			),
			fact('Created', moment(server.created_at)),
			fact('Id', h('code', {}, server.id)),
		),
		h('hr', {}),
		revoke,
	);
	return element;
}
