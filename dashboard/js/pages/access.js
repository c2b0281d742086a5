// Who may come in: API tokens, and the sign-ins that were made with them.
import { ApiFault, api, listAll, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { ago, moment } from '../format.js';
import { badge, busy, button, confirm, copyButton, notice, pageHead, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').ApiTokenRecord} ApiToken */
/** @typedef {import('../../types.d.ts').SessionRecord} Session */
/** @typedef {import('../../types.d.ts').Who} Who */

/** @type {import('../router.js').Page<{ who: Who, tokens: ApiToken[] | null, sessions: Session[], accounts: Account[] }>} */
export const accessPage = {
	async load({ signal }) {
		/** @type {[Who, ApiToken[] | null, { result: Session[] }, Account[]]} */
		const [who, tokens, sessions, accounts] = await Promise.all([
			api('GET', '/session', undefined, signal),
			api('GET', '/api-token', undefined, signal).then(
				(page) => /** @type {{ result: ApiToken[] }} */ (page).result,
				(error) => {
					// A token that is bound to accounts does not manage tokens.
					if (error instanceof ApiFault && error.status === 403) return null;
					throw error;
				},
			),
			api('GET', '/sessions', undefined, signal),
			listAll('/integrated-account', signal),
		]);
		return { who, tokens, sessions: sessions.result, accounts };
	},
	show: (visit, { who, tokens, sessions, accounts }) => ({
		title: 'Access',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Access',
					about: 'API tokens open the management API and this dashboard, or serve as the second factor of MCP servers.',
				}),
				h(
					'div',
					{ class: 'stack' },
					tokens === null
						? notice('info', h('p', {}, 'Your API token is bound to accounts, so it does not manage API tokens.'))
						: tokenSection(tokens, who, accounts, visit),
					sessionSection(sessions, who, new Map((tokens ?? []).map(({ id, name }) => [id, name])), visit),
				),
			),
		],
	}),
};

/** @param {ApiToken[]} tokens @param {Who} who @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function tokenSection(tokens, who, accounts, visit) {
	const names = new Map(accounts.map(({ id, name }) => [id, name]));
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'tokens-title' },
		h('h2', { id: 'tokens-title' }, 'API tokens'),
		h(
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
						['Name', 'May', 'Accounts', 'Made', 'Revoke'].map((name) => h('th', { scope: 'col' }, name)),
					),
				),
				h(
					'tbody',
					{},
					tokens.map((token) =>
						h(
							'tr',
							{},
							h(
								'th',
								{ scope: 'row' },
								token.name,
								token.id === who.api_token?.id && badge('accent', 'you'),
								h('span', { class: 'sub' }, token.id),
							),
							h('td', { 'data-label': 'May' }, token.scope === 'manage' ? 'Manage everything' : 'Second factor only'),
							h(
								'td',
								{ 'data-label': 'Accounts', class: 'break' },
								token.accounts === '*' ? 'All' : token.accounts.map((id) => names.get(id) ?? id).join(', '),
							),
							h('td', { 'data-label': 'Made' }, moment(token.created_at)),
							h('td', { 'data-label': 'Revoke' }, revokeToken(token, token.id === who.api_token?.id, visit)),
						),
					),
				),
			),
		),
		newToken(accounts, visit),
	);
}

/** @param {ApiToken} token @param {boolean} isOwn @param {import('../router.js').Visit} visit */
function revokeToken(token, isOwn, visit) {
	return button('Revoke', {
		class: 'small danger-quiet',
		'aria-label': `Revoke ${token.name}`,
		onclick: async () => {
			const isDone = await confirm({
				title: `Revoke ${token.name}?`,
				text: [
					h('p', {}, 'Scripts, clients and sign-ins that use it stop at once. This cannot be undone.'),
					isOwn &&
						h(
							'p',
							{},
							h('strong', {}, 'You are signed in with it: '),
							'you will be signed out. Have another token ready.',
						),
				],
				action: 'Revoke',
				run: () => api('DELETE', path`/api-token/${token.id}`),
			});
			if (!isDone) return;
			toast(`${token.name} is revoked`);
			await visit.reload();
		},
	});
}

/** @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function newToken(accounts, visit) {
	const name = h('input', { type: 'text', autocomplete: 'off', placeholder: 'Cursor on Jane’s laptop' });
	const submit = button('Make token', { type: 'submit' });
	const made = h('div', {});
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-token-title' },
		h('h3', { id: 'new-token-title', class: 'card-title' }, 'Make an API token'),
		field({ label: 'Name', control: name, path: 'name', hint: 'Who or what will use it.' }),
		group({
			legend: 'It may',
			path: 'scope',
			content: [
				choice({
					type: 'radio',
					name: 'scope',
					value: 'use',
					label: 'Be a second factor',
					hint: 'Of MCP servers that ask for one. Nothing else.',
					isChecked: true,
				}),
				choice({
					type: 'radio',
					name: 'scope',
					value: 'manage',
					label: 'Manage',
					hint: 'The management API and this dashboard.',
				}),
			],
		}),
		accounts.length > 0 &&
			group({
				legend: 'Accounts',
				hint: 'None chosen: all of them.',
				path: 'accounts',
				content: [
					h(
						'div',
						{ class: 'choices' },
						accounts.map(({ id, name: label }) => choice({ type: 'checkbox', name: 'accounts', value: id, label })),
					),
				],
			}),
		h('div', { class: 'form-faults' }),
		submit,
	);
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		const values = new FormData(form);
		const chosen = values.getAll('accounts').map(String);
		try {
			/** @type {ApiToken & { token: string }} */
			const token = await busy(submit, 'Making…', () =>
				api('POST', '/api-token', {
					name: name.value,
					scope: values.get('scope'),
					accounts: chosen.length > 0 ? chosen : '*',
				}),
			);
			form.reset();
			await visit.reload();
			const place = document.querySelector('[data-new-token]');
			if (place) showToken(/** @type {HTMLElement} */ (place), token.token);
		} catch (error) {
			showFaults(form, error);
		}
	});
	return h('div', { class: 'section' }, h('div', { 'data-new-token': true }), made, form);
}

/** @param {HTMLElement} place @param {string} token */
function showToken(place, token) {
	const copy = copyButton(token, 'Copy token', 'The token is copied');
	fill(
		place,
		h(
			'div',
			{ class: 'card secret' },
			h('h3', { class: 'card-title' }, 'The token, this once'),
			h('div', { class: 'secret-url' }, h('code', { class: 'break', 'data-secret-token': true }, token), copy),
			h('p', { class: 'muted small' }, 'It is kept nowhere. Put it into your password manager now.'),
		),
	);
	place.scrollIntoView({ block: 'nearest' });
	copy.focus();
	announce('The token is made. It is shown this once.');
}

/** @param {Session[]} sessions @param {Who} who @param {Map<string, string>} tokenNames @param {import('../router.js').Visit} visit */
function sessionSection(sessions, who, tokenNames, visit) {
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'sessions-title' },
		h('h2', { id: 'sessions-title' }, 'Signed in now'),
		h(
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
						['Browser', 'With', 'Since', 'Until', 'End'].map((name) => h('th', { scope: 'col' }, name)),
					),
				),
				h(
					'tbody',
					{},
					sessions.map((session) => {
						const isOwn = session.id === who.session?.id;
						return h(
							'tr',
							{},
							h('th', { scope: 'row' }, browserOf(session.client), isOwn && badge('accent', 'this one')),
							h('td', { 'data-label': 'With' }, tokenNames.get(session.api_token_id) ?? session.api_token_id),
							h('td', { 'data-label': 'Since' }, ago(session.created_at)),
							h('td', { 'data-label': 'Until' }, moment(session.expires_at)),
							h(
								'td',
								{ 'data-label': 'End' },
								isOwn ? h('span', { class: 'muted' }, 'by signing out') : endSession(session, visit),
							),
						);
					}),
				),
			),
		),
	);
}

/** @param {Session} session @param {import('../router.js').Visit} visit */
function endSession(session, visit) {
	const element = button('End', { class: 'small', 'aria-label': `End the session of ${browserOf(session.client)}` });
	element.addEventListener('click', async () => {
		try {
			await busy(element, 'Ending…', () => api('DELETE', path`/sessions/${session.id}`));
			toast('The session has ended');
		} finally {
			await visit.reload();
		}
	});
	return element;
}

/** @param {string} client  a User-Agent */
function browserOf(client) {
	const name = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/.exec(client.replace('HeadlessChrome', 'Chrome'));
	const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(client)?.[1];
	const names = /** @type {Record<string, string>} */ ({ Edg: 'Edge', OPR: 'Opera' });
	return name
		? `${names[name[1] ?? ''] ?? name[1]} ${name[2]}${system ? `, ${system}` : ''}`
		: client.slice(0, 60) || 'Unknown';
}
