// Invitations: links that let one person in, once.
import { api, path } from '../api.js';
import { loadServers } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { expiryFields } from '../expiry.js';
import { clearFaults, field, group, select, showFaults } from '../form.js';
import { ago, moment } from '../format.js';
import { picker } from '../picker.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, confirm, copyButton, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Invitation} Invitation */

/** @param {Invitation[]} invitations @param {Account[]} accounts @param {import('../router.js').Visit} visit */
export function invitationSection(invitations, accounts, visit) {
	const names = new Map(accounts.map(({ id, name }) => [id, name]));
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'invitations-title' },
		h('h2', { id: 'invitations-title' }, 'Invitations'),
		invitations.length > 0 &&
			table(
				['For', 'State', 'Opens', 'Sent', 'Revoke'],
				invitations.map((invitation) => invitationRow(invitation, names, visit)),
			),
		newInvitation(accounts, visit),
	);
}

const STATES = /** @type {const} */ ({
	pending: ['accent', 'waiting'],
	accepted: ['good', 'accepted'],
	expired: ['neutral', 'expired'],
});

/** @param {Invitation} invitation @param {Map<string, string>} names  of accounts @param {import('../router.js').Visit} visit */
function invitationRow(invitation, names, visit) {
	const { name, state, accounts, servers, created_at, expires_at, accepted_at } = invitation;
	const [tone, word] = STATES[state];
	const reach = accounts === '*' ? 'All accounts' : accounts.map((id) => names.get(id) ?? id).join(', ');
	const few = servers ? `, ${servers.length} ${servers.length === 1 ? 'server' : 'servers'}` : '';
	const until =
		state === 'pending' ? `until ${moment(expires_at)}` : accepted_at ? ago(accepted_at) : moment(expires_at);
	return h(
		'tr',
		{},
		rowHead(name),
		cell('State', [badge(tone, word), h('span', { class: 'sub' }, until)]),
		cell('Opens', `${reach}${few}`, 'break'),
		cell('Sent', ago(created_at)),
		cell(
			'Revoke',
			state === 'pending'
				? revokeInvitation(invitation, visit)
				: h('span', { class: 'muted' }, state === 'accepted' ? 'see its API token' : '–'),
		),
	);
}

/** @param {Invitation} invitation @param {import('../router.js').Visit} visit */
function revokeInvitation({ id, name }, visit) {
	return button('Revoke', {
		class: 'small danger-quiet',
		'aria-label': `Revoke the invitation of ${name}`,
		onclick: async () => {
			const isDone = await confirm({
				title: `Revoke the invitation of ${name}?`,
				text: h('p', {}, 'The link stops working. You can invite the same person again.'),
				action: 'Revoke',
				run: () => api('DELETE', path`/invitation/${id}`),
			});
			if (!isDone) return;
			toast('The invitation is revoked');
			await visit.reload();
		},
	});
}

/** @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function newInvitation(accounts, visit) {
	const name = h('input', { type: 'text', autocomplete: 'off', placeholder: 'Jane Doe' });
	const reach = reachFields(accounts, visit.signal);
	const expires = expiryFields(null, 'At this moment the API token that the link becomes stops.');
	const submit = button('Create invitation', { type: 'submit' });
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-invitation-title' },
		h('h3', { id: 'new-invitation-title', class: 'card-title' }, 'Invite a person'),
		h(
			'p',
			{ class: 'muted' },
			'You get a link that works once, for a week. Whoever opens it gets an API token to use MCP servers, and the steps to connect a client.',
		),
		field({ label: 'For whom', control: name, path: 'name', hint: 'Becomes the name of the API token.' }),
		reach.element,
		expires.element,
		h('div', { class: 'form-faults' }),
		submit,
	);
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		try {
			const input = { name: name.value, ...reach.read(), access_expires_at: expires.read() };
			/** @type {Invitation & { url: string }} */
			const { url } = await busy(submit, 'Creating…', () => api('POST', '/invitation', input));
			await visit.reload();
			const place = document.querySelector('[data-new-invitation]');
			if (place) showLink(/** @type {HTMLElement} */ (place), url, input.name);
		} catch (error) {
			showFaults(form, error);
		}
	});
	return h('div', { class: 'section' }, h('div', { 'data-new-invitation': true }), form);
}

/** An account, and once one is chosen its servers. @param {Account[]} accounts @param {AbortSignal} signal */
function reachFields(accounts, signal) {
	const account = select([
		['', 'All accounts'],
		...accounts
			.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]))
			.sort(([, a], [, b]) => a.localeCompare(b)),
	]);
	const servers = h('div', {});
	account.addEventListener('change', async () => {
		fill(servers);
		const id = account.value;
		if (id === '') return;
		const found = await loadServers(id, signal).catch(() => []);
		if (account.value !== id || found.length === 0) return;
		const options = found.map((server) => ({
			value: server.id,
			label: server.name,
			hint: server.id,
			isChecked: false,
		}));
		fill(
			servers,
			group({
				legend: 'Servers',
				hint: 'If you choose none, the person can use all of this account.',
				path: 'servers',
				content: [picker({ label: 'Find a server', name: 'servers', options })],
			}),
		);
	});
	return {
		element: h('div', {}, field({ label: 'Account', control: account, path: 'accounts' }), servers),
		read() {
			/** @type {NodeListOf<HTMLInputElement>} */
			const checked = servers.querySelectorAll('input[name="servers"]:checked');
			const chosen = Array.from(checked, ({ value }) => value);
			return {
				accounts: account.value === '' ? '*' : [account.value],
				...(chosen.length > 0 ? { servers: chosen } : {}),
			};
		},
	};
}

/** @param {HTMLElement} place @param {string} url @param {string} name */
function showLink(place, url, name) {
	const copy = copyButton(url, 'Copy link', 'The link is copied');
	fill(
		place,
		h(
			'div',
			{ class: 'card secret' },
			h('h3', { class: 'card-title' }, `Copy the link for ${name} now. You will not see it again.`),
			h('div', { class: 'secret-url' }, h('code', { class: 'break', 'data-secret-link': true }, url), copy),
			h('p', { class: 'muted small' }, 'Send it where only this person reads it: whoever opens it first is let in.'),
		),
	);
	place.scrollIntoView({ block: 'nearest' });
	copy.focus();
	announce('The invitation is created. Copy the link now.');
}
