// Tables. On a phone each row of a stacked table becomes a small card, so every cell carries its column's name.
import { h } from './dom.js';

/** @typedef {import('./dom.js').Child} Child */

/**
 * @param {string[]} columns  the names in the head
 * @param {Child[]} rows
 * @param {{ label?: string, kind?: string }} [options]  `label` makes the table a region that the keyboard can scroll
 */
export function table(columns, rows, { label, kind = 'stacked' } = {}) {
	return h(
		'div',
		{ class: 'table-scroll', ...(label ? { tabindex: '0', role: 'region', 'aria-label': label } : {}) },
		h(
			'table',
			{ class: `table ${kind}` },
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					columns.map((name) => h('th', { scope: 'col' }, name)),
				),
			),
			h('tbody', {}, rows),
		),
	);
}

/** The rows' place in a table. @param {HTMLElement} element  as `table` makes it */
export function bodyOf(element) {
	return /** @type {HTMLTableSectionElement} */ (element.querySelector('tbody'));
}

/** The cell that names its row. @param {...(Child | Child[])} content */
export function rowHead(...content) {
	return h('th', { scope: 'row' }, ...content);
}

/** @param {string} column @param {Child | Child[]} content @param {string} [className] */
export function cell(column, content, className) {
	return h('td', { 'data-label': column, class: className ?? null }, content);
}
