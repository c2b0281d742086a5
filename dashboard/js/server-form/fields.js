// The fields of a server's form, and the config that they describe.
import { ApiFault } from '../api.js';
import { h } from '../dom.js';
import { expiryFields } from '../expiry.js';
import { choice, field, group } from '../form.js';
import { count, plural } from '../format.js';
import { picker } from '../picker.js';
import { answerFields } from './answers.js';
import { jobCards } from './jobs.js';
import { limitFields } from './limits.js';
import { joinMethods, splitMethods } from './methods.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */
/** @typedef {import('./methods.js').Switch} Switch */

const SWITCHES = /** @type {[Switch, string, string][]} */ ([
	['read', 'Read', 'List and get records. Changes nothing.'],
	['change', 'Create and change', 'Create and update records.'],
	['delete', 'Delete', 'Delete records. It cannot be undone.'],
	['special', 'Special actions', 'Everything else: merge, copy, convert, approve and the like.'],
]);

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
	const limits = limitFields(config);
	const expires = expiryFields(
		server?.expires_at ?? null,
		'At this moment the server stops and is deleted, with its log.',
	);
	const security = securityGroup(config);
	const customise = h(
		'details',
		{ class: 'customise', open: server !== null },
		h('summary', {}, 'Customise'),
		h('div', { class: 'customise-body' }, filter.areas, answers.elements, security, limits.element),
	);
	let suggested = '';
	const jobs = jobCards(integration, (job) => {
		filter.write(job.config);
		answers.write(job.config);
		const isOwn = job.name === 'own';
		if (isOwn) customise.open = true;
		if (name.value.trim() === suggested) name.value = suggested = isOwn ? '' : job.label;
	});
	const isChosen = () => server !== null || jobs.isChosen();
	const readConfig = () => ({
		...filter.read(),
		...answers.read(),
		...(security.querySelector('input')?.checked ? { require_api_token_auth: true } : {}),
		...limits.read(),
	});
	return {
		elements: [
			server ? null : jobs.element,
			field({ label: 'Name', control: name, path: 'name', hint: 'People and clients see this name.' }),
			filter.switches,
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
			const changed = { ...NOTHING_CHOSEN, ...answers.none, ...limits.none, ...chosen };
			return { name: name.value, config: changed, ...(expires_at === undefined ? {} : { expires_at }) };
		},
	};
}

/** @param {string} at @param {string} message */
function fault(at, message) {
	return new ApiFault(400, 'invalid_input', message, [{ path: at, message }]);
}

/** What the server may do, and in which areas. @param {Integration} integration @param {ServerConfig} config */
function filterFields(integration, config) {
	const { switches: on, singles } = splitMethods(config.methods);
	const switches = group({
		legend: 'What may a client do?',
		hint: 'Everything else is hidden from it.',
		path: 'config.methods',
		content: SWITCHES.map(([value, label, hint]) =>
			choice({ type: 'checkbox', name: 'switches', value, label, hint, isChecked: on.has(value) }),
		),
	});
	const tags = tagsGroup(integration, config);
	const single = singleMethods(integration, singles);
	return {
		switches,
		areas: [tags, single],
		/** @returns {ServerConfig} */
		read() {
			const methods = joinMethods(new Set(/** @type {Switch[]} */ (checkedIn(switches))), checkedIn(single));
			const chosenTags = checkedIn(tags);
			return { ...(methods ? { methods } : {}), ...(chosenTags.length > 0 ? { tags: chosenTags } : {}) };
		},
		/** @param {ServerConfig} wanted */
		write(wanted) {
			const split = splitMethods(wanted.methods);
			check(switches, [...split.switches]);
			check(single, split.singles);
			check(tags, wanted.tags ?? []);
			single.open = false;
		},
	};
}

/** @param {HTMLElement} element @returns {string[]} */
function checkedIn(element) {
	return Array.from(
		element.querySelectorAll('input:checked'),
		(input) => /** @type {HTMLInputElement} */ (input).value,
	);
}

/** @param {HTMLElement} element @param {string[]} values */
function check(element, values) {
	for (const input of element.querySelectorAll('input')) input.checked = values.includes(input.value);
}

/** @param {Integration} integration @param {ServerConfig} config */
function tagsGroup(integration, config) {
	return group({
		legend: 'Areas',
		hint: 'A tool needs one of the chosen tags. If you choose none, all areas are open.',
		path: 'config.tags',
		content: [
			picker({
				label: 'Find a tag',
				name: 'tags',
				options: integration.tags.map(({ name: value, covers, tools }) => ({
					value,
					label: value,
					hint: `${covers} (${count(tools)})`,
					isChecked: config.tags?.includes(value) ?? false,
				})),
			}),
		],
	});
}

/** @param {Integration} integration @param {string[]} singles */
function singleMethods(integration, singles) {
	return h(
		'details',
		{ open: singles.length > 0 },
		h('summary', {}, 'Single methods as well'),
		picker({
			label: 'Find a method',
			name: 'single_methods',
			options: integration.methods.map(({ name: value, tools, method_class }) => ({
				value,
				label: value,
				hint: `${plural(tools, 'tool')}, ${method_class}`,
				isChecked: singles.includes(value),
			})),
		}),
	);
}

/** @param {ServerConfig} config */
function securityGroup(config) {
	return group({
		legend: 'Security',
		path: 'config.require_api_token_auth',
		content: [
			choice({
				type: 'checkbox',
				name: 'require_api_token_auth',
				value: 'yes',
				label: 'Also require an API token',
				hint: 'The secret URL alone is not enough: the client also sends an API token. Sign-in by OAuth works as before.',
				isChecked: config.require_api_token_auth === true,
			}),
		],
	});
}
