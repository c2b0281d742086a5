// Invitations: links that let one person in, once.
import { api, creator, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { expiryFields } from '../expiry.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { ago, moment } from '../format.js';
import { reachFields, reachText } from '../reach-fields.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, confirm, copyButton, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Invitation} Invitation */

/** @param {Invitation[]} invitations @param {string | null} provider  that people can sign in with @param {Account[]} accounts @param {import('../router.js').Visit} visit */
export function invitationSection(invitations, provider, accounts, visit) {
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
		newInvitation(provider, accounts, visit),
	);
}

const STATES = /** @type {const} */ ({
	pending: ['accent', 'waiting'],
	accepted: ['good', 'accepted'],
	expired: ['neutral', 'expired'],
});

/** @param {Invitation} invitation @param {Map<string, string>} names  of accounts @param {import('../router.js').Visit} visit */
function invitationRow(invitation, names, visit) {
	const { name, state, created_at, expires_at, accepted_at } = invitation;
	const [tone, word] = STATES[state];
	const until =
		state === 'pending' ? `until ${moment(expires_at)}` : accepted_at ? ago(accepted_at) : moment(expires_at);
	return h(
		'tr',
		{},
		rowHead(name),
		cell('State', [badge(tone, word), h('span', { class: 'sub' }, until)]),
		cell('Opens', reachText(invitation, names), 'break'),
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

/** @param {string | null} provider @param {Account[]} accounts @param {import('../router.js').Visit} visit */
function newInvitation(provider, accounts, visit) {
	const name = h('input', { type: 'text', autocomplete: 'off', placeholder: 'Jane Doe' });
	const reach = reachFields(accounts, visit.signal);
	const expires = expiryFields(null, 'At this moment the access that the link gives stops.');
	const submit = button('Create invitation', { type: 'submit' });
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-invitation-title' },
		h('h3', { id: 'new-invitation-title', class: 'card-title' }, 'Invite a person'),
		h(
			'p',
			{ class: 'muted' },
			'You get a link that works once, for a week. Whoever opens it is let in to use MCP servers, and sees how to connect a client.',
		),
		field({ label: 'For whom', control: name, path: 'name', hint: 'Becomes the name of the API token.' }),
		provider !== null && endGroup(provider),
		reach.element,
		expires.element,
		h('div', { class: 'form-faults' }),
		submit,
	);
	const create = creator();
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		try {
			const ends_as = new FormData(form).get('ends_as') ?? 'api_token';
			const input = { name: name.value, ends_as, ...reach.read(), access_expires_at: expires.read() };
			/** @type {Invitation & { url: string }} */
			const { url } = await busy(submit, 'Creating…', () => create('/invitation', input));
			await visit.reload();
			const place = document.querySelector('[data-new-invitation]');
			if (place) showLink(/** @type {HTMLElement} */ (place), url, input.name);
		} catch (error) {
			showFaults(form, error);
		}
	});
	return h('div', { class: 'section' }, h('div', { 'data-new-invitation': true }), form);
}

/** @param {string} provider */
function endGroup(provider) {
	return group({
		legend: 'The person',
		path: 'ends_as',
		content: [
			choice({
				type: 'radio',
				name: 'ends_as',
				value: 'sign_in',
				label: `Signs in with ${provider}`,
				hint: 'Now and each time; no rule needs to name them.',
				isChecked: true,
			}),
			choice({ type: 'radio', name: 'ends_as', value: 'api_token', label: 'Gets an API token', hint: 'Shown once.' }),
		],
	});
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
