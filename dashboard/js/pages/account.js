// The frame of an account's pages.
import { loadAccount } from '../data.js';
import { h } from '../dom.js';
import { pageHead, tabs } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {'servers' | 'tools' | 'connection'} Tab */

/** @param {Account} account @param {Tab} current @param {import('../dom.js').Child[]} [actions] */
export function accountHead(account, current, actions = []) {
	const base = `#/accounts/${account.id}`;
	return [
		pageHead({ title: account.name, crumbs: [{ label: 'Overview', href: '#/' }], actions }),
		tabs('Account', [
			{ label: 'MCP Servers', href: base, isCurrent: current === 'servers' },
			{ label: 'Tools', href: `${base}/tools`, isCurrent: current === 'tools' },
			{ label: 'Connection', href: `${base}/connection`, isCurrent: current === 'connection' },
		]),
	];
}

/**
 * A page below an account: it loads the account beside what else it needs.
 *
 * @template T
 * @param {object} page
 * @param {(visit: import('../router.js').Visit) => Promise<T>} page.load
 * @param {(visit: import('../router.js').Visit, account: Account, data: T) => { title: string, content: (Node | null)[] }} page.show
 * @returns {import('../router.js').Page<{ account: Account, data: T }>}
 */
export function accountPage({ load, show }) {
	return {
		async load(visit) {
			const [account, data] = await Promise.all([loadAccount(visit.params.account ?? '', visit.signal), load(visit)]);
			return { account, data };
		},
		show(visit, { account, data }) {
			const { title, content } = show(visit, account, data);
			return { title, content: [h('div', { class: 'page' }, content)] };
		},
	};
}
