// API tokens, and the browsers that are signed in with them.
import { ApiFault, api, creator, listAll, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { expiryFields } from '../expiry.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { ago, moment } from '../format.js';
import { picker } from '../picker.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, confirm, copyButton, notice, pageHead, toast } from '../ui.js';
import { invitationSection } from './invitations.js';
import { signInSection } from './sign-in-rules.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').ApiTokenRecord} ApiToken */
/** @typedef {import('../../types.d.ts').Invitation} Invitation */
/** @typedef {import('../../types.d.ts').SessionRecord} Session */
/** @typedef {import('../../types.d.ts').SignInRules} SignInRules */
/** @typedef {import('../../types.d.ts').Who} Who */

/** @type {import('../router.js').Page<{ who: Who, tokens: ApiToken[] | null, invitations: Invitation[] | null, signIn: SignInRules | null, sessions: Session[], accounts: Account[] }>} */
export const accessPage = {
	async load({ signal }) {
		/** @type {[Who, { result: ApiToken[] } | null, { result: Invitation[] } | null, SignInRules | null, { result: Session[] }, Account[]]} */
		const [who, tokens, invitations, signIn, sessions, accounts] = await Promise.all([
			api('GET', '/session', undefined, signal),
			ifAllowed('/api-token', signal),
			ifAllowed('/invitation', signal),
			ifAllowed('/sign-in-rules', signal),
			api('GET', '/sessions', undefined, signal),
			listAll('/integrated-account', signal),
		]);
		return {
			who,
			tokens: tokens?.result ?? null,
			invitations: invitations?.result ?? null,
			signIn,
			sessions: sessions.result,
			accounts,
		};
	},
	show: (visit, { who, tokens, invitations, signIn, sessions, accounts }) => ({
		title: 'Access',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Access',
					about:
						'An API token signs people and scripts in: to MCP servers, or to this dashboard and the management API.',
				}),
				h(
					'div',
					{ class: 'stack' },
					tokens === null
						? notice('info', h('p', {}, 'Your API token is limited to some accounts, so it cannot manage API tokens.'))
						: tokenSection(tokens, who, accounts, visit),
					invitations && invitationSection(invitations, signIn?.provider?.label ?? null, accounts, visit),
					signIn && signInSection(signIn, accounts, visit),
					sessionSection(sessions, who, new Map((tokens ?? []).map(({ id, name }) => [id, name])), visit),
				),
			),
		],
	}),
};

/**
 * @template T
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<T | null>} null for a token that is limited to accounts: it cannot let others in
 */
async function ifAllowed(path, signal) {
	try {
		return await api('GET', path, undefined, signal);
	} catch (error) {
		if (error instanceof ApiFault && error.status === 403) return null;
		throw error;
	}
}

/** @param {ApiToken[]} tokens @param {Who} who @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function tokenSection(tokens, who, accounts, visit) {
	const names = new Map(accounts.map(({ id, name }) => [id, name]));
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'tokens-title' },
		h('h2', { id: 'tokens-title' }, 'API tokens'),
		table(
			['Name', 'Can', 'Accounts', 'Created', 'Ends', 'Revoke'],
			tokens.map((token) => tokenRow(token, token.id === who.api_token?.id, names, visit)),
		),
		newToken(accounts, visit),
	);
}

/** @param {ApiToken} token @param {boolean} isOwn @param {Map<string, string>} names  of accounts @param {import('../router.js').Visit} visit */
function tokenRow(token, isOwn, names, visit) {
	const accounts = token.accounts === '*' ? 'All' : token.accounts.map((id) => names.get(id) ?? id).join(', ');
	return h(
		'tr',
		{},
		rowHead(
			token.name,
			isOwn && badge('accent', 'you'),
			token.person && badge('neutral', 'person'),
			h('span', { class: 'sub' }, token.person?.email ?? token.id),
		),
		cell('Can', token.scope === 'manage' ? 'Manage everything' : 'Use MCP servers'),
		cell('Accounts', [accounts, token.servers && h('span', { class: 'sub' }, token.servers.join(', '))], 'break'),
		cell('Created', moment(token.created_at)),
		cell('Ends', token.expires_at ? moment(token.expires_at) : h('span', { class: 'muted' }, 'never')),
		cell('Revoke', revokeToken(token, isOwn, visit)),
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
					h('p', {}, 'Scripts, clients and browsers that use it stop at once. This cannot be undone.'),
					token.person &&
						h('p', {}, 'The person can sign in again while a rule names them: change the rule first to keep them out.'),
					isOwn &&
						h(
							'p',
							{},
							h('strong', {}, 'You are signed in with it: '),
							'you will be signed out, so have another token ready.',
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
	const submit = button('Create token', { type: 'submit' });
	const expires = expiryFields(null, 'At this moment it stops, with every sign-in that was made with it.');
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-token-title' },
		h('h3', { id: 'new-token-title', class: 'card-title' }, 'Create an API token'),
		field({ label: 'Name', control: name, path: 'name', hint: 'Who or what will use it.' }),
		scopeGroup(),
		accounts.length > 0 && accountGroup(accounts),
		expires.element,
		h('div', { class: 'form-faults' }),
		submit,
	);
	const create = creator();
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		const values = new FormData(form);
		const chosen = values.getAll('accounts').map(String);
		try {
			const input = {
				name: name.value,
				scope: values.get('scope'),
				accounts: chosen.length > 0 ? chosen : '*',
				expires_at: expires.read(),
			};
			/** @type {ApiToken & { token: string }} */
			const { token } = await busy(submit, 'Creating…', () => create('/api-token', input));
			form.reset();
			await visit.reload();
			const place = document.querySelector('[data-new-token]');
			if (place) showToken(/** @type {HTMLElement} */ (place), token);
		} catch (error) {
			showFaults(form, error);
		}
	});
	return h('div', { class: 'section' }, h('div', { 'data-new-token': true }), form);
}

function scopeGroup() {
	return group({
		legend: 'It can',
		path: 'scope',
		content: [
			choice({
				type: 'radio',
				name: 'scope',
				value: 'use',
				label: 'Use MCP servers',
				hint: 'Sign in from ChatGPT, Claude and other clients, and pass servers that require an API token.',
				isChecked: true,
			}),
			choice({
				type: 'radio',
				name: 'scope',
				value: 'manage',
				label: 'Manage',
				hint: 'The management API and this dashboard as well.',
			}),
		],
	});
}

/** @param {Account[]} accounts */
function accountGroup(accounts) {
	return group({
		legend: 'Accounts',
		hint: 'If you choose none, it can use all of them.',
		path: 'accounts',
		content: [
			picker({
				label: 'Find an account',
				name: 'accounts',
				options: accounts
					.map(({ id, name: label }) => ({ value: id, label, hint: id, isChecked: false }))
					.sort((a, b) => a.label.localeCompare(b.label)),
			}),
		],
	});
}

/** @param {HTMLElement} place @param {string} token */
function showToken(place, token) {
	const copy = copyButton(token, 'Copy token', 'The token is copied');
	fill(
		place,
		h(
			'div',
			{ class: 'card secret' },
			h('h3', { class: 'card-title' }, 'Copy your API token now. You will not see it again.'),
			h('div', { class: 'secret-url' }, h('code', { class: 'break', 'data-secret-token': true }, token), copy),
			h('p', { class: 'muted small' }, 'Patchbay keeps only a hash of it. Put it into your password manager.'),
		),
	);
	place.scrollIntoView({ block: 'nearest' });
	copy.focus();
	announce('The token is created. Copy it now.');
}

/** @param {Session[]} sessions @param {Who} who @param {Map<string, string>} tokenNames @param {import('../router.js').Visit} visit */
function sessionSection(sessions, who, tokenNames, visit) {
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'sessions-title' },
		h('h2', { id: 'sessions-title' }, 'Signed in now'),
		table(
			['Browser', 'With', 'Since', 'Until', 'End'],
			sessions.map((session) => {
				const isOwn = session.id === who.session?.id;
				return h(
					'tr',
					{},
					rowHead(browserOf(session.client), isOwn && badge('accent', 'this one')),
					cell('With', tokenNames.get(session.api_token_id) ?? session.api_token_id),
					cell('Since', ago(session.created_at)),
					cell('Until', moment(session.expires_at)),
					cell('End', isOwn ? h('span', { class: 'muted' }, 'sign out') : endSession(session, visit)),
				);
			}),
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
