// The first question of a new server: which job is it for? The answer fills in the rest of the form.
import { h } from '../dom.js';
import { choice, group } from '../form.js';
import { plural } from '../format.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */
/** @typedef {{ name: string, label: string, about: string, config: ServerConfig, tools?: number }} Job */

/** Jobs for an integration that names none. @type {Job[]} */
const GENERIC_JOBS = [
	{
		name: 'read_only',
		label: 'Read only',
		about: 'Ask about every area. Changes nothing.',
		config: { methods: ['read'], tool_exposure: 'discovery' },
	},
	{
		name: 'everything',
		label: 'Everything by discovery',
		about: 'Reach every area through a few tools that search for the others.',
		config: { methods: ['read', 'create', 'update'], tool_exposure: 'discovery' },
	},
];

/** @type {Job} */
const OWN_CHOICE = {
	name: 'own',
	label: 'Something else',
	about: 'Choose areas and methods yourself, under “Customise”.',
	config: { methods: ['read'] },
};

/**
 * @param {Integration} integration
 * @param {(job: Job) => void} chosen
 */
export function jobCards({ presets }, chosen) {
	const jobs = [...(presets.length > 0 ? presets : GENERIC_JOBS), OWN_CHOICE];
	const element = group({
		legend: 'Which job is it for?',
		hint: 'A server for one job has few tools, so the model chooses better. You can change everything later.',
		path: 'job',
		content: [h('div', { class: 'jobs' }, jobs.map(card))],
	});
	element.addEventListener('change', (event) => {
		const { value } = /** @type {HTMLInputElement} */ (event.target);
		const job = jobs.find(({ name }) => name === value);
		if (job) chosen(job);
	});
	return {
		element,
		isChosen: () => element.querySelector('input:checked') !== null,
	};
}

/** @param {Job} job */
function card({ name, label, about, config, tools }) {
	const size =
		tools === undefined
			? null
			: `${plural(tools, 'tool')}${config.tool_exposure === 'discovery' ? ', found by search' : ''}`;
	return h(
		'div',
		{ class: 'job' },
		choice({
			type: 'radio',
			name: 'job',
			value: name,
			label,
			hint: [about, size && h('span', { class: 'job-size' }, size)],
		}),
	);
}
