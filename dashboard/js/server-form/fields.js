// The fields of a server's form, and the config that they describe.
import { ApiFault } from '../api.js';
import { h } from '../dom.js';
import { expiryFields } from '../expiry.js';
import { choice, field, group } from '../form.js';
import { answerFields } from './answers.js';
import { filterFields } from './filter.js';
import { jobCards } from './jobs.js';
import { limitFields } from './limits.js';
import { personFields } from './person.js';
import { singleToolFields } from './single-tools.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

const ENDS = 'At this moment the server stops and is deleted. Its log stays for 30 days.';

/** A PATCH merges, so it must name the members that go back to their default. */
const NOTHING_CHOSEN = { methods: null, tags: null, require_api_token_auth: false };

/** @param {Integration} integration @param {Server | null} server  to be changed; null for a new one */
export function serverFields(integration, server) {
	const config = server?.config ?? { methods: [] };
	const name = h('input', {
		type: 'text',
		autocomplete: 'off',
		value: server?.name ?? '',
		placeholder: `ChatGPT ${integration.label} Server`,
	});
	const filter = filterFields(integration, config);
	const answers = answerFields(integration, config);
	const single = singleToolFields(config);
	const limits = limitFields(config);
	const person = personFields(integration, config);
	const expires = expiryFields(server?.expires_at ?? null, ENDS);
	const security = securityFields(config);
	const more = [...filter.areas, single.element, ...person.more, ...answers.elements, security.element, limits.element];
	const customise = customisation(more, server !== null);
	let suggested = '';
	const jobs = jobCards(integration, (job) => {
		filter.write(job.config);
		answers.write(job.config);
		single.write(job.config);
		const isOwn = job.name === 'own';
		if (isOwn) customise.open = true;
		if (name.value.trim() === suggested) name.value = suggested = isOwn ? '' : job.label;
	});
	const isChosen = () => server !== null || jobs.isChosen();
	const readConfig = () => ({
		...filter.read(),
		...single.read(),
		...person.read(),
		...answers.read(),
		...security.read(),
		...limits.read(),
	});
	return {
		elements: [
			server ? null : jobs.element,
			field({ label: 'Name', control: name, path: 'name', hint: 'People and clients see this name.' }),
			filter.switches,
			...person.elements,
			expires.element,
			customise,
		],
		/** @returns {ServerConfig | null} null while no job is chosen */
		readConfig: () => (isChosen() ? readConfig() : null),
		/** @returns the body of a POST or PATCH. @throws ApiFault for what the API could not say better */
		read() {
			if (!isChosen()) throw fault('job', 'choose a job first');
			const chosen = readConfig();
			if (chosen.methods?.length === 0)
				throw fault('config.methods', 'choose at least one: without any there is no tool');
			const expires_at = expires.read();
			if (!server) return { name: name.value, config: chosen, expires_at };
			const none = { ...NOTHING_CHOSEN, ...single.none, ...person.none, ...answers.none, ...limits.none };
			return {
				name: name.value,
				config: changesOf({ ...none, ...chosen }, { ...none, ...config }),
				...(expires_at === undefined ? {} : { expires_at }),
			};
		},
	};
}

/** @param {import('../dom.js').Child[]} content @param {boolean} isOpen */
function customisation(content, isOpen) {
	return h(
		'details',
		{ class: 'customise', open: isOpen },
		h('summary', {}, 'Customise'),
		h('div', { class: 'customise-body' }, content),
	);
}

/** Leaves out what stays as it is, so that nothing is checked at the vendor again. @param {Record<string, unknown>} wanted @param {Record<string, unknown>} before */
function changesOf(wanted, before) {
	return Object.fromEntries(
		Object.entries(wanted).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
	);
}

/** @param {string} at @param {string} message */
function fault(at, message) {
	return new ApiFault(400, 'invalid_input', message, [{ path: at, message }]);
}

/** @param {ServerConfig} config */
function securityFields(config) {
	const required = choice({
		type: 'checkbox',
		name: 'require_api_token_auth',
		value: 'yes',
		label: 'Also require an API token',
		hint: 'The secret URL alone is not enough: the client also sends an API token. Sign-in by OAuth works as before.',
		isChecked: config.require_api_token_auth === true,
	});
	return {
		element: group({ legend: 'Security', path: 'config.require_api_token_auth', content: [required] }),
		read: () => (required.querySelector('input')?.checked ? { require_api_token_auth: true } : {}),
	};
}
