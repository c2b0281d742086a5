// One MCP server: its URL, how to connect clients, its settings, pausing and revoking it.
import { api } from '../api.js';
import { copiedUrls, freshUrls, loadAccount, loadServer, serverPath } from '../data.js';
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
import { connectedApps } from './connected-apps.js';
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
				{ label: 'Overview', href: '#/' },
				{ label: account.name, href: `#/accounts/${account.id}` },
			],
			about: h('span', {}, stateBadge(server), ' ', scopeOf(server.config)),
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
						connectedApps(account, server, visit.signal),
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
			toast(isPaused ? `${server.name} works again` : `${server.name} is paused`);
			await visit.reload();
		} catch (error) {
			toast(explain(error).text, 'bad');
		}
	});
	return element;
}

/** @param {Account} account @param {Server} server @param {import('../router.js').Visit} visit */
function urlCard(account, server, visit) {
	const url = freshUrls.get(server.id);
	return url ? freshUrlCard(url, server) : hiddenUrlCard(server, rotateButton(account, server, visit));
}

/** @param {string} url  with its secret @param {Server} server */
function freshUrlCard(url, { id, oauth_url }) {
	const copy = copyButton(url, 'Copy URL', 'The URL is copied');
	copy.addEventListener('click', () => copiedUrls.add(id));
	return h(
		'section',
		{ class: 'card secret', 'aria-labelledby': 'url-title' },
		h(
			'div',
			{ class: 'section-head' },
			h('h2', { id: 'url-title' }, 'Copy your MCP URL now'),
			badge('accent', 'Ready'),
		),
		h('div', { class: 'secret-url' }, h('code', { class: 'break', 'data-secret-url': true }, url), copy),
		notice(
			'warn',
			h(
				'p',
				{},
				h('strong', {}, 'It is a password, and you will not see it again. '),
				'Anyone who has it can use this server. Patchbay keeps only a hash: after you leave or reload the dashboard, only a rotation gives you a new URL.',
			),
		),
		oauth_url && h('div', { class: 'oauth-url' }, oauthUrl(oauth_url)),
	);
}

/** @param {Server} server @param {HTMLElement} rotate */
function hiddenUrlCard({ oauth_url }, rotate) {
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
					'It was shown once, when the server was created. Lost it? A rotation makes a new URL and stops the old one.',
				),
			),
			rotate,
		),
		oauth_url && h('div', {}, oauthUrl(oauth_url)),
	);
}

/** @param {string} url */
function oauthUrl(url) {
	return [
		h('p', { class: 'small muted' }, 'For clients that can sign in (OAuth), a URL without a secret:'),
		codeBlock(url, { label: 'OAuth URL', wrap: true }),
	];
}

/** @param {Account} account @param {Server} server @param {import('../router.js').Visit} visit */
function rotateButton(account, server, visit) {
	const rotate = button('Rotate the URL', { class: 'small' });
	rotate.addEventListener('click', async () => {
		const isDone = await confirm({
			title: `Give ${server.name} a new URL?`,
			text: [
				h('p', {}, 'The present URL stops at once. Every client that uses it needs the new one.'),
				h('p', {}, 'Rotate when the URL is lost, or when someone may have seen it.'),
			],
			action: 'Rotate',
			async run() {
				/** @type {Server} */
				const rotated = await api('POST', `${serverPath(account.id, server.id)}/rotate`);
				if (rotated.url) freshUrls.set(server.id, rotated.url);
				copiedUrls.delete(server.id);
			},
		});
		if (!isDone) return;
		await visit.reload();
		toast('Rotated: the old URL has stopped');
		/** @type {HTMLElement | null} */ (document.querySelector('.secret-url button'))?.focus();
	});
	return rotate;
}

/** @param {import('../../types.d.ts').ServerConfig} config */
function limitsOf({ calls_per_minute, writes_per_day, redact }) {
	const limits = [
		...(calls_per_minute === undefined ? [] : [`${count(calls_per_minute)} calls a minute`]),
		...(writes_per_day === undefined ? [] : [`${count(writes_per_day)} writes a day`]),
		...(redact ? ['secrets removed'] : []),
	];
	return limits.join(', ') || '100,000 calls a minute, unlimited writes';
}

/** @param {Server} server */
function personFacts({ config, acts_for }) {
	return [
		...(config.acts_for === undefined ? [] : [fact('Works for', acts_for?.identifier ?? String(config.acts_for))]),
		...(config.time_zone === undefined ? [] : [fact('Time zone', config.time_zone)]),
		...(config.rehearsal ? [fact('Writes', 'Rehearsed: none is sent')] : []),
	];
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
					`Its URL stops at once, and its log stays for 30 days${server.calls_today ? `, with ${plural(server.calls_today, 'call')} of today` : ''}. This cannot be undone.`,
				),
			],
			action: 'Revoke',
			run: () => api('DELETE', serverPath(account.id, server.id)),
		});
		if (!isDone) return;
		freshUrls.delete(server.id);
		go(`#/accounts/${account.id}`, `${server.name} is revoked`);
	});
	const element = h('aside', { class: 'card', 'aria-label': 'About this server' });
	fill(
		element,
		h(
			'dl',
			{ class: 'facts one' },
			fact('Methods', config.methods ? config.methods.join(', ') : 'All'),
			fact('Tags', config.tags ? config.tags.join(', ') : 'All'),
			...personFacts(server),
			fact('To get in', config.require_api_token_auth ? 'The URL and an API token' : 'The URL alone'),
			fact('Tools in the list', listedOf(server.listed)),
			...(server.long_names ? [fact('Names too long for Cursor', server.long_names.notice)] : []),
			fact('Tool names and lists', `${config.tool_names ?? 'full'} names, lists as ${config.list_format ?? 'records'}`),
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

/** @param {import('../../types.d.ts').Server['listed']} listed */
function listedOf({ exposure, tools }) {
	return exposure === 'all' ? `All ${count(tools)}` : `${count(tools)}, the others by search`;
}
