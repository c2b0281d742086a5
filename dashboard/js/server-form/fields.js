// The fields of a server's form, and the config that they describe.
import { ApiFault } from '../api.js';
import { h } from '../dom.js';
import { choice, field, group } from '../form.js';
import { count, plural } from '../format.js';
import { picker } from '../picker.js';
import { expiryFields } from './expiry.js';
import { limitFields } from './limits.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

const CLASSES = /** @type {const} */ ([
	['read', 'Read', 'List and get: nothing can be changed.'],
	['write', 'Write', 'Create, update and delete.'],
	['custom', 'Custom', 'Everything else: merge, copy, close and the like.'],
]);
const CLASS_NAMES = CLASSES.map(([value]) => /** @type {string} */ (value));

/** A PATCH merges, so it must name the members that go back to their default. */
const NOTHING_CHOSEN = {
	methods: null,
	tags: null,
	require_api_token_auth: false,
	tool_exposure: 'all',
	tool_names: 'full',
	list_format: 'records',
};

/** @param {Integration} integration @param {Server | null} server  to be changed; null for a new one */
export function serverFields(integration, server) {
	const config = server?.config ?? { methods: ['read', 'write'] };
	const name = h('input', {
		type: 'text',
		autocomplete: 'off',
		value: server?.name ?? '',
		placeholder: `ChatGPT ${integration.label} Server`,
	});
	const expires = expiryFields(server);
	const limits = limitFields(config);
	const elements = [
		field({ label: 'Name', control: name, path: 'name', hint: 'Say what it is for.' }),
		methodsGroup(integration, config),
		tagsGroup(integration, config),
		expires.element,
		securityGroup(config),
		exposureGroup(config),
		answersGroup(config),
		limits.element,
	];
	const readConfig = () => ({ ...chosenConfig(elements), ...limits.read() });
	return {
		elements,
		readConfig,
		/** @returns the body of a POST or PATCH. @throws ApiFault for what the API could not say better */
		read() {
			const chosen = readConfig();
			if (chosen.methods?.length === 0)
				throw fault('config.methods', 'choose at least one: without any method there is no tool');
			const expires_at = expires.read();
			if (!server) return { name: name.value, config: chosen, expires_at };
			const changed = { ...NOTHING_CHOSEN, ...limits.none, ...chosen };
			return { name: name.value, config: changed, ...(expires_at === undefined ? {} : { expires_at }) };
		},
	};
}

/** @param {HTMLElement[]} elements @returns {ServerConfig} without the members that stand for everything */
function chosenConfig(elements) {
	const checked = (/** @type {string} */ wanted) =>
		elements.flatMap((element) =>
			Array.from(
				element.querySelectorAll(`input[name="${wanted}"]:checked`),
				(input) => /** @type {HTMLInputElement} */ (input).value,
			),
		);
	const methods = [...checked('methods'), ...checked('single_methods')];
	const isEverything = CLASS_NAMES.every((value) => methods.includes(value));
	const tags = checked('tags');
	return {
		...(isEverything ? {} : { methods }),
		...(tags.length > 0 ? { tags } : {}),
		...(checked('require_api_token_auth').length > 0 ? { require_api_token_auth: true } : {}),
		...(checked('tool_exposure')[0] === 'discovery' ? { tool_exposure: 'discovery' } : {}),
		...(checked('tool_names')[0] === 'short' ? { tool_names: 'short' } : {}),
		...(checked('list_format')[0] === 'table' ? { list_format: 'table' } : {}),
	};
}

/** @param {string} at @param {string} message */
function fault(at, message) {
	return new ApiFault(400, 'invalid_input', message, [{ path: at, message }]);
}

/** @param {Integration} integration @param {ServerConfig} config */
function methodsGroup(integration, { methods }) {
	const singles = (methods ?? []).filter((method) => !CLASS_NAMES.includes(method));
	return group({
		legend: 'Methods',
		hint: 'What a client may do. Everything else is hidden.',
		path: 'config.methods',
		content: [
			CLASSES.map(([value, label, hint]) =>
				choice({
					type: 'checkbox',
					name: 'methods',
					value,
					label,
					hint,
					isChecked: methods === undefined || methods.includes(value),
				}),
			),
			h(
				'details',
				{ open: singles.length > 0 },
				h('summary', {}, 'Single methods instead'),
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
			),
		],
	});
}

/** @param {Integration} integration @param {ServerConfig} config */
function tagsGroup(integration, config) {
	return group({
		legend: 'Tags',
		hint: 'A tool needs one of these tags, and a chosen method. If you choose none, tags do not matter.',
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
				hint: 'The URL alone is not enough: the client also sends an API token.',
				isChecked: config.require_api_token_auth === true,
			}),
		],
	});
}

/** @param {ServerConfig} config */
function exposureGroup({ tool_exposure }) {
	return radioGroup('Tools in the list', 'tool_exposure', tool_exposure ?? 'all', [
		['all', 'All of them', h('span', { 'data-cost': 'all' }, 'Best for a few dozen tools.')],
		[
			'discovery',
			'Discovery',
			h('span', { 'data-cost': 'discovery' }, 'A few tools that search and call the others: for hundreds.'),
		],
	]);
}

/** @param {ServerConfig} config */
function answersGroup({ tool_names = 'full', list_format = 'records' }) {
	return h(
		'details',
		{ open: tool_names === 'short' || list_format === 'table' },
		h('summary', {}, 'Tool names and list format'),
		radioGroup('Tool names', 'tool_names', tool_names, [
			['full', 'Full', 'With the system’s name in them.'],
			['short', 'Short', 'At most 36 characters: fewer tokens.'],
		]),
		radioGroup('Lists', 'list_format', list_format, [
			['records', 'Records', 'Each with its field names.'],
			['table', 'Table', 'The same data at less than half the tokens.'],
		]),
	);
}

/**
 * @param {string} legend
 * @param {string} name  of the config's member
 * @param {string} chosen
 * @param {[value: string, label: string, hint: import('../dom.js').Child][]} options
 */
function radioGroup(legend, name, chosen, options) {
	return group({
		legend,
		path: `config.${name}`,
		content: options.map(([value, label, hint]) =>
			choice({ type: 'radio', name, value, label, hint, isChecked: value === chosen }),
		),
	});
}
