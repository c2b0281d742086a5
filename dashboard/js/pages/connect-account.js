// Connects a new account once the vendor accepts it.
import { creator, madeEarlier } from '../api.js';
import { loadIntegrations } from '../data.js';
import { fill, h } from '../dom.js';
import { field } from '../form.js';
import { go } from '../router.js';
import { button, pageHead } from '../ui.js';
import { accountFields, saveTested } from './account-form.js';

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
					crumbs: [{ label: 'Overview', href: '#/' }],
					about: 'The keys are tried first, and stored encrypted. Neither this dashboard nor the API shows them again.',
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
	const actions = h('div', { class: 'actions' });
	const element = h(
		'form',
		{ class: 'card', novalidate: true, 'data-guarded': true },
		integrations.length > 1
			? field({ label: 'System', control: vendor, path: 'integration' })
			: h('h2', { class: 'card-title' }, first.label),
		slot,
		h('div', { class: 'form-faults' }),
		actions,
	);
	const create = creator();
	const untested = saveTested(element, submit, async (query) => {
		const input = { integration: integration.name, ...fields.read() };
		/** @type {{ id: string }} */
		const { id } = await create(`/integrated-account${query}`, input).catch((error) => {
			if (madeEarlier(error)) return error;
			throw error;
		});
		go(`#/accounts/${id}/connection?fresh=1`);
	});
	actions.append(submit, untested, h('a', { class: 'button ghost', href: '#/' }, 'Cancel'));
	return element;
}
