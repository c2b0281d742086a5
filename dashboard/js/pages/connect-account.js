// Connects a new account and tests it.
import { api } from '../api.js';
import { loadIntegrations } from '../data.js';
import { fill, h } from '../dom.js';
import { clearFaults, field, showFaults } from '../form.js';
import { go } from '../router.js';
import { busy, button, pageHead } from '../ui.js';
import { accountFields } from './account-form.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */

/** @type {import('../router.js').Page<Integration[]>} */
export const connectAccountPage = {
	load: () => loadIntegrations(),
	show: (_visit, integrations) => ({
		title: 'Connect an account',
		content: [
			h(
				'div',
				{ class: 'page narrow' },
				pageHead({
					title: 'Connect an account',
					crumbs: [{ label: 'Accounts', href: '#/' }],
					about: 'The keys are stored encrypted. Neither this dashboard nor the API shows them again.',
				}),
				form(integrations),
			),
		],
	}),
};

/** @param {Integration[]} integrations */
function form(integrations) {
	const [first] = integrations;
	if (!first) return h('p', {}, 'This installation has no integration. See docs/add-a-vendor.md.');
	const vendor = h(
		'select',
		{},
		integrations.map(({ name, label }) => h('option', { value: name }, label)),
	);
	const slot = h('div');
	let integration = first;
	let fields = accountFields(first, null);
	const choose = () => {
		integration = integrations.find(({ name }) => name === vendor.value) ?? first;
		fields = accountFields(integration, null);
		fill(slot, fields.elements);
	};
	vendor.addEventListener('change', choose);
	choose();
	const submit = button('Connect and test', { kind: 'primary', type: 'submit' });
	const element = h(
		'form',
		{ class: 'card', novalidate: true, 'data-guarded': true },
		integrations.length > 1
			? field({ label: 'System', control: vendor, path: 'integration' })
			: h('h2', { class: 'card-title' }, first.label),
		slot,
		h('div', { class: 'form-faults' }),
		h('div', { class: 'actions' }, submit, h('a', { class: 'button ghost', href: '#/' }, 'Cancel')),
	);
	element.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(element);
		try {
			/** @type {{ id: string }} */
			const { id } = await busy(submit, 'Connecting…', () =>
				api('POST', '/integrated-account', { integration: integration.name, ...fields.read() }),
			);
			go(`#/accounts/${id}/connection?fresh=1`);
		} catch (error) {
			showFaults(element, error);
		}
	});
	return element;
}
