// Checkboxes in a scrolling box, with a search field above them when there are many.
import { h, uniqueId } from './dom.js';
import { choice } from './form.js';

/** More options than this get a search field. */
const SEARCHED_ABOVE = 12;

/**
 * @param {object} parts
 * @param {string} parts.label  of the search field: "Find a tag"
 * @param {string} parts.name  of the checkboxes
 * @param {{ value: string, label: string, hint: string, isChecked: boolean }[]} parts.options
 */
export function picker({ label, name, options }) {
	const rows = options.map((option) => ({ option, element: choice({ type: 'checkbox', name, ...option }) }));
	const search = h('input', {
		type: 'search',
		id: uniqueId('find'),
		placeholder: `${label}…`,
		'aria-label': label,
		autocomplete: 'off',
	});
	const isLong = options.length > SEARCHED_ABOVE;
	const choices = h(
		'div',
		{
			class: isLong ? 'choices tall' : 'choices',
			role: 'group',
			'aria-label': label.replace(/^Find an? /, 'Each '),
			...(isLong ? { tabindex: '0' } : {}),
		},
		rows.map(({ element }) => element),
	);
	search.addEventListener('input', () => {
		const text = search.value.trim().toLowerCase();
		for (const { option, element } of rows)
			element.hidden = !`${option.label} ${option.hint}`.toLowerCase().includes(text);
	});
	return h('div', { class: 'picker' }, isLong && search, choices);
}
