// The fields of an account: the vendor system's address and its keys. The integration says which keys there are.
import { ApiFault } from '../api.js';
import { h } from '../dom.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { busy, button } from '../ui.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').AccountRecord} Account */

const OWN_HOST = 'own';

/**
 * Lets a form save what the vendor accepts. After a test that failed it can be saved all the same.
 *
 * @param {HTMLElement} form  has an element `.form-faults`
 * @param {HTMLButtonElement} submit
 * @param {(query: string) => Promise<unknown>} save
 * @returns {HTMLButtonElement} the button that saves without a test
 */
export function saveTested(form, submit, save) {
	const untested = button('Save without a test', { hidden: true });
	const run = async (/** @type {HTMLButtonElement} */ pressed, /** @type {string} */ query) => {
		clearFaults(form);
		try {
			await busy(pressed, query === '' ? 'Saving…' : 'Testing…', () => save(query));
			untested.hidden = true;
		} catch (error) {
			const isTest = error instanceof ApiFault && error.code === 'connection_failed';
			if (isTest) error.message = inWords(error.message);
			untested.hidden = !isTest;
			showFaults(form, error);
		}
	};
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		void run(submit, '?test=true');
	});
	untested.addEventListener('click', () => void run(untested, ''));
	return untested;
}

/** The API names its member; the form calls it the address. @param {string} message */
export function inWords(message) {
	return message.replace(/the (?:host in )?base_url/, 'the address');
}

/**
 * @param {Integration} integration
 * @param {Account | null} account  to be changed; null for a new one
 */
export function accountFields(integration, account) {
	const name = h('input', { type: 'text', autocomplete: 'off', value: account?.name ?? '', placeholder: 'Acme MSP' });
	const place = placeFields(integration, account);
	const secrets = secretFields(integration, account);
	return {
		elements: [
			field({ label: 'Name', control: name, hint: 'How it is called in this dashboard.', path: 'name' }),
			...place.elements,
			...secrets.map(({ shown }) => shown),
		],
		/** The body of a POST; for an account that exists, the changes for a PATCH. */
		read() {
			const given = secrets
				.filter(({ control }) => control.value !== '')
				.map(({ name: key, control }) => [key, control.value.trim()]);
			return {
				...(account && name.value.trim() === account.name ? {} : { name: name.value }),
				...place.read(),
				...(account && given.length === 0 ? {} : { credentials: Object.fromEntries(given) }),
			};
		},
		/** Empties the secrets once they are saved. */
		forgetSecrets() {
			for (const { control } of secrets) control.value = '';
		},
	};
}

/** The vendor's sites, or the address of a server of one's own. @param {Integration} integration @param {Account | null} account */
function placeFields(integration, account) {
	const site = integration.sites.find(({ url }) => account?.base_url.startsWith(`${url}/`));
	const before = account ? (site?.name ?? OWN_HOST) : (integration.sites[0]?.name ?? OWN_HOST);
	const host = h('input', {
		type: 'url',
		autocomplete: 'off',
		spellcheck: 'false',
		value: account && !site ? account.base_url : '',
		placeholder: integration.base_url_example,
	});
	const hostField = field({
		label: 'Address of the API',
		control: host,
		hint: integration.finds_base_url
			? `Found by the settings below if you leave it empty. Like ${integration.base_url_example}`
			: `Like ${integration.base_url_example}`,
		path: 'base_url',
	});
	const sites = siteGroup(integration, before);
	const selected = () =>
		/** @type {HTMLInputElement | null} */ (sites.querySelector('input:checked'))?.value ?? OWN_HOST;
	const showHost = () => {
		hostField.hidden = selected() !== OWN_HOST;
	};
	sites.addEventListener('change', showHost);
	sites.hidden = integration.sites.length === 0;
	showHost();
	return {
		elements: [sites, hostField],
		/** @returns {{ site?: string, base_url?: string }} empty when an existing account stays where it is */
		read() {
			const chosen = selected();
			const address = host.value.trim();
			if (account && chosen === before && (chosen !== OWN_HOST || address === account.base_url)) return {};
			if (chosen !== OWN_HOST) return { site: chosen };
			return address === '' ? {} : { base_url: address };
		},
	};
}

/** @param {Integration} integration @param {string} chosen */
function siteGroup({ sites }, chosen) {
	const options = [
		...sites.map(({ name, url }) => ({ value: name, label: name, hint: new URL(url).host })),
		{ value: OWN_HOST, label: 'Own host', hint: 'On-premises, or any other address' },
	];
	return group({
		legend: 'Site',
		hint: 'The address where you sign in.',
		path: 'site',
		content: [
			h(
				'div',
				{ class: 'choices' },
				options.map(({ value, label, hint }) =>
					choice({ type: 'radio', name: 'site', value, label, hint, isChecked: value === chosen }),
				),
			),
		],
	});
}

/** @param {Integration} integration @param {Account | null} account */
function secretFields({ credentials }, account) {
	return credentials.map(({ name, label, secret, where }) => {
		const control = h('input', {
			type: secret ? 'password' : 'text',
			autocomplete: secret ? 'new-password' : 'off',
			spellcheck: 'false',
			placeholder: account ? 'Unchanged' : null,
		});
		return { name, control, shown: field({ label, control, hint: where, path: `credentials.${name}` }) };
	});
}
