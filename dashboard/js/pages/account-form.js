// The form behind an account: where the vendor's system is and the keys to it. What is asked comes from the integration.
import { h } from '../dom.js';
import { choice, field, group } from '../form.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').AccountRecord} Account */

const OWN_HOST = 'own';

/**
 * @param {Integration} integration
 * @param {Account | null} account  to be changed; null for a new one
 */
export function accountFields(integration, account) {
	const site = integration.sites.find(({ url }) => account?.base_url.startsWith(`${url}/`));
	const name = h('input', { type: 'text', autocomplete: 'off', value: account?.name ?? '', placeholder: 'Acme MSP' });
	const host = h('input', {
		type: 'url',
		autocomplete: 'off',
		spellcheck: 'false',
		value: account && !site ? account.base_url : '',
		placeholder: integration.base_url_example,
	});
	const chosen = account ? (site?.name ?? OWN_HOST) : (integration.sites[0]?.name ?? OWN_HOST);
	const hostField = field({
		label: 'Address of the API',
		control: host,
		hint: `Like ${integration.base_url_example}`,
		path: 'base_url',
	});
	const options = [
		...integration.sites.map(({ name: value, url }) => ({ value, label: value, hint: new URL(url).host })),
		{ value: OWN_HOST, label: 'Own host', hint: 'On-premises, or any other address' },
	];
	const sites = group({
		legend: 'Site',
		hint: 'Where you sign in.',
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
	const selected = () =>
		/** @type {HTMLInputElement | null} */ (sites.querySelector('input:checked'))?.value ?? OWN_HOST;
	const showHost = () => {
		hostField.hidden = selected() !== OWN_HOST;
	};
	sites.addEventListener('change', showHost);
	sites.hidden = integration.sites.length === 0;
	showHost();

	const secrets = integration.credentials.map((credential) => {
		const control = h('input', {
			type: credential.secret ? 'password' : 'text',
			autocomplete: credential.secret ? 'new-password' : 'off',
			spellcheck: 'false',
			placeholder: account ? 'Unchanged' : null,
		});
		const shown = field({
			label: credential.label,
			control,
			hint: credential.where,
			path: `credentials.${credential.name}`,
		});
		return { name: credential.name, control, shown };
	});

	return {
		elements: [
			field({ label: 'Name', control: name, hint: 'What you call it here.', path: 'name' }),
			sites,
			hostField,
			...secrets.map(({ shown }) => shown),
		],
		/** What the API takes. Of an account that exists, only what was changed. */
		read() {
			const target = selected() === OWN_HOST ? { base_url: host.value.trim() } : { site: selected() };
			const isMoved =
				!account || selected() !== chosen || (selected() === OWN_HOST && host.value.trim() !== account.base_url);
			const given = secrets
				.filter(({ control }) => control.value !== '')
				.map(({ name: key, control }) => [key, control.value.trim()]);
			return {
				...(account && name.value.trim() === account.name ? {} : { name: name.value }),
				...(isMoved ? target : {}),
				...(account && given.length === 0 ? {} : { credentials: Object.fromEntries(given) }),
			};
		},
		/** Secrets do not stay in a form that stays. */
		forgetSecrets() {
			for (const { control } of secrets) control.value = '';
		},
	};
}
