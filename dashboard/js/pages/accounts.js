// The accounts that this token may touch.
import { listAll } from '../api.js';
import { h } from '../dom.js';
import { emptyState, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} AccountRecord */

/** @type {import('../router.js').Page<AccountRecord[]>} */
export const accountsPage = {
	nav: 'accounts',
	load: ({ signal }) => listAll('/integrated-account', signal),
	show: (_visit, accounts) => ({
		title: 'Accounts',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Accounts',
					actions: [h('a', { class: 'button primary', href: '#/accounts/new' }, 'Connect an account')],
				}),
				accounts.length > 0
					? h(
							'ul',
							{ class: 'rows' },
							accounts.map((account) =>
								h(
									'li',
									{},
									h('a', { href: `#/accounts/${account.id}` }, account.name),
									h('p', { class: 'muted break' }, account.base_url),
								),
							),
						)
					: emptyState('Connect your first account', 'It takes the keys.'),
			),
		],
	}),
};
