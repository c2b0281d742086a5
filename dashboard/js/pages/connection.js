// An account's connection: test it, change its credentials, delete it.
import { api, change, path } from '../api.js';
import { loadAccount, loadIntegrations, loadServers, testConnection } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { moment, plural } from '../format.js';
import { go } from '../router.js';
import { aboutState, lastSeen, stateBadge } from '../states.js';
import { busy, button, confirm, explain, fact, notice, toast, waiting } from '../ui.js';
import { accountHead, accountPage } from './account.js';
import { accountFields, inWords, saveTested } from './account-form.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Integration} Integration */

/** The API's causes in words. @type {Record<string, string>} */
const CAUSES = {
	host: 'The address',
	company: 'The company',
	keys: 'The keys',
	client_id: 'The client ID',
	rights: 'The rights',
	rate_limit: 'Too many requests',
	vendor: 'The vendor’s side',
};

export const connectionPage = accountPage({
	load: () => loadIntegrations(),
	show(visit, account, integrations) {
		const integration = integrations.find(({ name }) => name === account.integration);
		const result = h('div', { class: 'test-result', 'aria-live': 'polite' });
		const test = button('Test connection', { kind: 'primary' });
		const facts = h('dl', { class: 'facts' });
		const showFacts = () =>
			fill(
				facts,
				fact('System', integration?.label ?? account.integration),
				fact('Address', account.base_url),
				fact('Account id', h('code', {}, account.id)),
				fact('Changed', moment(account.updated_at)),
				fact('State', [stateBadge(account), ` ${lastSeen(account)}`]),
			);
		const state = h('div');
		const showState = () =>
			fill(state, account.state === 'needs_reauth' && notice('warn', h('p', {}, aboutState(account))));
		showFacts();
		showState();
		const run = async () => {
			// The form below may have changed them.
			showFacts();
			fill(result, waiting('Asking the vendor…'));
			await busy(test, 'Testing…', () => showTest(account, result, visit.signal));
			Object.assign(account, await loadAccount(account.id, visit.signal));
			showFacts();
			showState();
		};
		test.addEventListener('click', () => void run());
		if (visit.query.has('fresh')) void run();
		return {
			title: `${account.name}: connection`,
			content: [
				...accountHead(account, 'connection'),
				h(
					'div',
					{ class: 'stack' },
					h(
						'section',
						{ class: 'card', 'aria-labelledby': 'test-title' },
						h('div', { class: 'section-head' }, h('h2', { id: 'test-title' }, 'Does it work?'), test),
						facts,
						state,
						result,
					),
					integration && changeForm(account, integration, run),
					dangerZone(account),
				),
			],
		};
	},
});

/** @param {Account} account @param {HTMLElement} place @param {AbortSignal} signal */
async function showTest(account, place, signal) {
	try {
		const { ok, cause, upstream_status, duration_ms, ...result } = await testConnection(account.id, signal);
		const message = inWords(result.message);
		const took = `${upstream_status === null ? 'No answer' : `Answered ${upstream_status}`} in ${duration_ms} ms.`;
		fill(
			place,
			ok
				? notice(
						'good',
						h('p', {}, h('strong', {}, message), ' ', took),
						h('p', {}, h('a', { href: `#/accounts/${account.id}/servers/new` }, 'Create an MCP server'), ' for it.'),
					)
				: notice(
						'bad',
						h('p', {}, h('strong', {}, `${CAUSES[cause ?? ''] ?? 'Something'}: `), message),
						h('p', { class: 'muted' }, took, ' Fix it below. Empty fields keep their value.'),
					),
		);
		announce(message);
	} catch (error) {
		if (!signal.aborted) fill(place, notice('bad', h('p', {}, explain(error).text)));
	}
}

/** @param {Account} account @param {Integration} integration @param {() => Promise<void>} test */
function changeForm(account, integration, test) {
	const fields = accountFields(integration, account);
	const submit = button('Save and test', { type: 'submit' });
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'change-title' },
		h('h2', { class: 'card-title', id: 'change-title' }, 'Change the connection'),
		h('p', { class: 'muted card-lede' }, 'Every MCP server of the account uses the new keys from its next call.'),
		fields.elements,
		h('div', { class: 'form-faults' }),
	);
	const untested = saveTested(form, submit, async (query) => {
		const changes = fields.read();
		if (Object.keys(changes).length > 0) {
			const changed = /** @type {Account} */ (
				await change(`${path`/integrated-account/${account.id}`}${query}`, changes, account.updated_at)
			);
			Object.assign(account, changed);
			fields.forgetSecrets();
			toast('Saved');
		}
		await test();
	});
	form.append(h('div', { class: 'actions' }, submit, untested));
	return form;
}

/** @param {number} servers */
function consequences(servers) {
	return `${plural(servers, 'MCP server')} and every URL of ${servers === 1 ? 'it' : 'them'} stop working at once`;
}

/** @param {Account} account */
function dangerZone(account) {
	const remove = button('Delete account', { class: 'danger-quiet' });
	remove.addEventListener('click', async () => {
		const servers = await busy(remove, 'Looking…', () => loadServers(account.id)).catch(() => null);
		const isDone = await confirm({
			title: `Delete ${account.name}?`,
			text: [
				h(
					'ul',
					{},
					h(
						'li',
						{},
						servers === null
							? 'Its MCP servers could not be listed now. Whichever it has stop working at once, with their URLs.'
							: servers.length === 0
								? 'It has no MCP server that would stop.'
								: `${consequences(servers.length)}: ${servers
										.map(({ name }) => name)
										.slice(0, 5)
										.join(', ')}${servers.length > 5 ? ', …' : ''}.`,
					),
					h('li', {}, 'The stored keys are deleted. Its logs stay for 30 days.'),
					h('li', {}, 'The API keys stay valid at the vendor until you revoke them there.'),
				),
				h('p', {}, 'This cannot be undone.'),
			],
			action: 'Delete',
			typed: account.name,
			run: () => api('DELETE', path`/integrated-account/${account.id}`),
		});
		if (!isDone) return;
		go('#/', `${account.name} is deleted`);
	});
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'danger-title' },
		h(
			'div',
			{ class: 'section-head flat' },
			h(
				'div',
				{},
				h('h2', { id: 'danger-title' }, 'Delete this account'),
				h('p', { class: 'muted' }, 'With all its MCP servers and their URLs.'),
			),
			remove,
		),
	);
}
