// The filter of a server: what a client may do, and in which areas.
import { h } from '../dom.js';
import { choice, group } from '../form.js';
import { count, plural } from '../format.js';
import { picker } from '../picker.js';
import { joinMethods, splitMethods } from './methods.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */
/** @typedef {import('./methods.js').Switch} Switch */

const SWITCHES = /** @type {[Switch, string, string][]} */ ([
	['read', 'Read', 'List and get records. Changes nothing.'],
	['change', 'Create and change', 'Create and update records.'],
	['delete', 'Delete', 'Delete records. It cannot be undone.'],
	['special', 'Special actions', 'Everything else: merge, copy, convert, approve and the like.'],
]);

/** @param {Integration} integration @param {ServerConfig} config */
export function filterFields(integration, config) {
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
	// Tags of a stored server that select tools there, and are no choice any more.
	let kept = config.tags?.filter((tag) => !integration.tags.some(({ name }) => name === tag)) ?? [];
	return {
		switches,
		areas: [tags, single],
		/** @returns {ServerConfig} */
		read() {
			const methods = joinMethods(new Set(/** @type {Switch[]} */ (checkedIn(switches))), checkedIn(single));
			const chosenTags = [...checkedIn(tags), ...kept];
			return { ...(methods ? { methods } : {}), ...(chosenTags.length > 0 ? { tags: chosenTags } : {}) };
		},
		/** @param {ServerConfig} wanted */
		write(wanted) {
			const split = splitMethods(wanted.methods);
			check(switches, [...split.switches]);
			check(single, split.singles);
			check(tags, wanted.tags ?? []);
			kept = [];
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
