// The form's part on tools and answers as a client sees them: which tools are listed, their names, and the size and
// form of answers.
import { h } from '../dom.js';
import { choice, field, group } from '../form.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

/** @param {Integration} integration @param {ServerConfig} config */
export function answerFields(integration, config) {
	const { tool_exposure = 'auto', tool_names = 'full', list_format = 'records', answer_budget_kb } = config;
	const exposure = exposureGroup(tool_exposure);
	const search = searchChoice(config);
	const budget = budgetInput(answer_budget_kb);
	const names = radioGroup('Tool names', 'tool_names', tool_names, [
		['full', 'Full', 'With the system’s name in them.'],
		['short', 'Short', 'At most 36 characters: fewer tokens.'],
	]);
	const lists = radioGroup('Lists', 'list_format', list_format, [
		['records', 'Records', 'Each with its field names.'],
		['table', 'Table', 'The same data at about half the tokens.'],
	]);
	const more = h(
		'details',
		{ open: tool_names === 'short' || list_format === 'table' || answer_budget_kb !== undefined },
		h('summary', {}, 'Tool names and list format'),
		names,
		lists,
		field({
			label: 'Longest answer',
			control: budget,
			hint: 'KB, 10 to 150. A longer answer is cut, with a cursor to the rest. Empty: 60.',
			path: 'config.answer_budget_kb',
		}),
	);
	const isSearching = () => search.querySelector('input')?.checked === true;
	return {
		elements: [
			exposure,
			integration.offers_search_and_fetch &&
				group({ legend: 'ChatGPT', path: 'config.search_and_fetch', content: [search] }),
			more,
		],
		/** @returns {ServerConfig} without defaults */
		read: () => ({
			...exposureIn(exposure),
			...(isSearching() ? { search_and_fetch: true } : {}),
			...(chosenIn(names) === 'short' ? { tool_names: 'short' } : {}),
			...(chosenIn(lists) === 'table' ? { list_format: 'table' } : {}),
			...(budget.value === '' ? {} : { answer_budget_kb: Number(budget.value) }),
		}),
		/** @param {ServerConfig} wanted */
		write(wanted) {
			choose(exposure, wanted.tool_exposure ?? 'auto');
			const box = search.querySelector('input');
			if (box) box.checked = wanted.search_and_fetch === true;
		},
		/** Sets every member back to its default in a PATCH. */
		none: {
			tool_exposure: 'auto',
			tool_names: 'full',
			list_format: 'records',
			...(integration.offers_search_and_fetch ? { search_and_fetch: false } : {}),
			answer_budget_kb: null,
		},
	};
}

/** @param {number | undefined} value  in KB */
function budgetInput(value) {
	return h('input', { type: 'number', min: '10', max: '150', step: '1', inputmode: 'numeric', value: value ?? '' });
}

/** @type {Record<string, string>} */
export const EXPOSURE_HINTS = {
	auto: 'All up to 100; beyond, those of daily work and a search for the others.',
	all: 'However many there are.',
	discovery: 'A few tools that search and call the others.',
};

/** @param {HTMLElement} exposure @returns {ServerConfig} without the default */
function exposureIn(exposure) {
	const chosen = chosenIn(exposure);
	return chosen === 'all' || chosen === 'discovery' ? { tool_exposure: chosen } : {};
}

/** @param {string} chosen */
function exposureGroup(chosen) {
	return radioGroup('Tools in the list', 'tool_exposure', chosen, [
		['auto', 'As many as clients take', h('span', { 'data-cost': 'auto' }, EXPOSURE_HINTS.auto)],
		['all', 'All of them', h('span', { 'data-cost': 'all' }, EXPOSURE_HINTS.all)],
		['discovery', 'Discovery', h('span', { 'data-cost': 'discovery' }, EXPOSURE_HINTS.discovery)],
	]);
}

/** @param {ServerConfig} config */
function searchChoice({ search_and_fetch }) {
	return choice({
		type: 'checkbox',
		name: 'search_and_fetch',
		value: 'yes',
		label: 'Add search and fetch',
		hint: 'Two more tools that ChatGPT’s company knowledge and deep research need.',
		isChecked: search_and_fetch === true,
	});
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

/** @param {HTMLElement} radios */
function chosenIn(radios) {
	return /** @type {HTMLInputElement | null} */ (radios.querySelector('input:checked'))?.value;
}

/** @param {HTMLElement} radios @param {string} value */
function choose(radios, value) {
	for (const input of radios.querySelectorAll('input')) input.checked = input.value === value;
}
