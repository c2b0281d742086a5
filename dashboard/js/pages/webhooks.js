// Webhooks: addresses that Patchbay tells what has happened.
import { ApiFault, api, creator, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { ago } from '../format.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, confirm, copyButton, emptyState, notice, pageHead, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').Webhook} Webhook */
/** @typedef {import('../router.js').Visit} Visit */

/** @type {[type: string, label: string, hint: string][]} */
const EVENTS = [
	['account.needs_reauth', 'Keys refused', 'The vendor refuses an account’s keys.'],
	['account.unreachable', 'Unreachable', 'The vendor does not answer.'],
	['server.ending', 'A server ends', 'Seven days before, and one day before.'],
	['server.error_rate', 'Errors', 'Half of at least 20 calls in an hour failed or were refused.'],
	['server.write_budget_reached', 'Write limit', 'A server has made its writes of the day.'],
	['app.connected', 'New app', 'Somebody let an app in to a server.'],
	['api_token.created', 'New API token', 'An API token was made.'],
];

/** @type {import('../router.js').Page<Webhook[] | null>} */
export const webhooksPage = {
	load: ({ signal }) =>
		api('GET', '/webhook', undefined, signal).then(
			(page) => /** @type {{ result: Webhook[] }} */ (page).result,
			(error) => {
				// A token that is limited to accounts cannot manage webhooks.
				if (error instanceof ApiFault && error.status === 403) return null;
				throw error;
			},
		),
	show: (visit, webhooks) => ({
		title: 'Webhooks',
		content: [
			h(
				'div',
				{ class: 'page' },
				pageHead({
					title: 'Webhooks',
					crumbs: [{ label: 'Overview', href: '#/' }],
					about: 'Addresses of yours that are told what has happened, within five minutes, as signed JSON.',
				}),
				webhooks === null
					? notice('info', h('p', {}, 'Your API token is limited to some accounts, so it cannot manage webhooks.'))
					: h('div', { class: 'stack' }, list(webhooks, visit), newWebhook(visit)),
			),
		],
	}),
};

/** @param {Webhook[]} webhooks @param {Visit} visit */
function list(webhooks, visit) {
	if (webhooks.length === 0)
		return emptyState('Nobody is told yet', 'Without a webhook, look at the overview from time to time.');
	return table(
		['Address', 'Told of', 'Deliveries', 'Test', 'Delete'],
		webhooks.map((webhook) => row(webhook, visit)),
	);
}

/** @param {Webhook} webhook @param {Visit} visit */
function row(webhook, visit) {
	const { id, url, events } = webhook;
	const host = url === null ? id : new URL(url).host;
	const labels = EVENTS.filter(([type]) => events.includes(type)).map(([, label]) => label);
	return h(
		'tr',
		{},
		rowHead(host, h('span', { class: 'sub break' }, url ?? 'Its key is gone: delete it and make another.')),
		cell('Told of', events === '*' ? 'Everything' : labels.join(', ')),
		cell('Deliveries', deliveries(webhook)),
		cell('Test', testButton(id, host, visit)),
		cell('Delete', deleteButton(id, host, visit)),
	);
}

/** @param {Webhook} webhook */
function deliveries({ deliveries: { pending, given_up, last_delivered_at, failing_since, last_failure } }) {
	const counts = [pending > 0 && `${pending} pending`, given_up > 0 && `${given_up} given up`]
		.filter(Boolean)
		.join(', ');
	const state =
		failing_since === null
			? badge('good', last_delivered_at === null ? 'Nothing to tell yet' : `Delivered ${ago(last_delivered_at)}`)
			: badge('bad', `Failing since ${ago(failing_since).replace(' ago', '')}`);
	return [state, h('span', { class: 'sub' }, [counts, failing_since && last_failure].filter(Boolean).join('; '))];
}

/** @param {string} id @param {string} host @param {Visit} visit */
function testButton(id, host, { signal }) {
	const element = button('Test', { class: 'small', 'aria-label': `Test ${host}` });
	element.addEventListener('click', async () => {
		/** @type {{ ok: boolean, message: string }} */
		const { message } = await busy(element, 'Testing…', () => api('POST', path`/webhook/${id}/test`));
		if (!signal.aborted) toast(message);
	});
	return element;
}

/** @param {string} id @param {string} host @param {Visit} visit */
function deleteButton(id, host, visit) {
	return button('Delete', {
		class: 'small danger-quiet',
		'aria-label': `Delete ${host}`,
		onclick: async () => {
			const isDone = await confirm({
				title: `Delete the webhook at ${host}?`,
				text: h('p', {}, 'It is told of nothing more, and what is still pending is dropped.'),
				action: 'Delete',
				run: () => api('DELETE', path`/webhook/${id}`),
			});
			if (isDone) await visit.reload();
		},
	});
}

/** @param {Visit} visit */
function newWebhook(visit) {
	const url = h('input', {
		type: 'url',
		autocomplete: 'off',
		spellcheck: 'false',
		placeholder: 'https://ops.example.com/patchbay',
	});
	const submit = button('Create webhook', { type: 'submit' });
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-webhook-title' },
		h('h2', { id: 'new-webhook-title', class: 'card-title' }, 'Create a webhook'),
		field({ label: 'Address', control: url, path: 'url', hint: 'https, at a public host. It must answer 2xx.' }),
		group({
			legend: 'Tell it of',
			path: 'events',
			content: [
				h(
					'div',
					{ class: 'choices' },
					EVENTS.map(([value, label, hint]) =>
						choice({ type: 'checkbox', name: 'events', value, label, hint, isChecked: true }),
					),
				),
			],
		}),
		h('div', { class: 'form-faults' }),
		submit,
	);
	const create = creator();
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		const chosen = new FormData(form).getAll('events').map(String);
		try {
			const input = { url: url.value.trim(), events: chosen.length === EVENTS.length ? '*' : chosen };
			/** @type {{ secret: string }} */
			const { secret } = await busy(submit, 'Creating…', () => create('/webhook', input));
			await visit.reload();
			const place = /** @type {HTMLElement | null} */ (document.querySelector('[data-new-token]'));
			if (place) showSecret(place, secret);
		} catch (error) {
			showFaults(form, error);
		}
	});
	return h('div', { class: 'section' }, h('div', { 'data-new-token': true }), form);
}

/** @param {HTMLElement} place @param {string} secret */
function showSecret(place, secret) {
	const copied = copyButton(secret, 'Copy secret', 'The secret is copied');
	fill(
		place,
		h(
			'div',
			{ class: 'card secret' },
			h('h2', { class: 'card-title' }, 'Copy the signing secret now. You will not see it again.'),
			h('div', { class: 'secret-url' }, h('code', { class: 'break', 'data-webhook-secret': true }, secret), copied),
			h('p', { class: 'muted small' }, 'Your receiver checks each event’s signature with it (Standard Webhooks).'),
		),
	);
	place.scrollIntoView({ block: 'nearest' });
	copied.focus();
	announce('The webhook is created. Copy its secret now.');
}
