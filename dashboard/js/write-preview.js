// The effect of a write as a person reads it: each field before and after, who is mailed, and what is left out.
import { h } from './dom.js';
import { cell, rowHead, table } from './table.js';
import { notice } from './ui.js';

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {Record<string, unknown>} Content  of a preview */

/** Parts of a job, each previewed by itself. */
const PARTS = ['note', 'time', 'status'];
/** Records that are shown; the others are counted. */
const RECORDS_MAX = 20;

/** @param {Content} content @returns {Child[]} */
export function effectOf(content) {
	const said = typeof content.notice === 'string' && h('p', { class: 'muted' }, content.notice);
	const records = /** @type {Content[]} */ (Array.isArray(content.records) ? content.records : []);
	const entries = /** @type {Content[]} */ (Array.isArray(content.would_log) ? content.would_log : []);
	const parts = PARTS.filter((name) => typeof content[name] === 'object' && content[name] !== null);
	const more = Math.max(records.length, entries.length) - RECORDS_MAX;
	return [
		...effectOfOne(content),
		...parts.flatMap((name) => [h('h3', {}, name), ...effectOfOne(/** @type {Content} */ (content[name]))]),
		...records.slice(0, RECORDS_MAX).flatMap((one) => [h('h3', {}, `Record ${one.id}`), ...effectOfOne(one)]),
		...entries
			.slice(0, RECORDS_MAX)
			.flatMap((one, at) => [h('h3', {}, `Entry ${at + 1}`), ...effectOfOne({ sets: one })]),
		more > 0 && h('p', {}, `And ${more} more.`),
		...leftOut(content),
		said,
	];
}

/** @param {Content} content @returns {Child[]} */
function effectOfOne({ changes, sets, would_delete, record, already }) {
	if (would_delete) return [notice('warn', h('p', {}, 'The record would be deleted.')), valueTable(record)];
	if (already === true) return [h('p', {}, 'It is done already.')];
	const kept =
		Array.isArray(already) && already.length > 0 && h('p', { class: 'muted' }, `Already so: ${already.join(', ')}.`);
	if (typeof changes === 'object' && changes !== null) {
		const rows = Object.entries(/** @type {Record<string, Content>} */ (changes)).map(([field, { from, to }]) =>
			h('tr', {}, rowHead(field), cell('Now', valueText(from), 'break'), cell('After', valueText(to), 'break')),
		);
		return [rows.length > 0 ? table(['Field', 'Now', 'After'], rows) : h('p', {}, 'Nothing would change.'), kept];
	}
	return typeof sets === 'object' && sets !== null ? [valueTable(sets), kept] : [];
}

/** Fields with their values. @param {unknown} values @returns {Child} */
function valueTable(values) {
	const rows = Object.entries(values ?? {}).map(([field, value]) =>
		h('tr', {}, rowHead(field), cell('Value', valueText(value), 'break')),
	);
	return rows.length > 0 && table(['Field', 'Value'], rows);
}

/** @param {Content} content @returns {Child[]} */
function leftOut({ left_out }) {
	if (!Array.isArray(left_out)) return [];
	return left_out.map(({ id, because }) => notice('warn', h('p', {}, `Record ${id} is left out: ${because}`)));
}

/** A reference by its name, as a person knows it. @param {unknown} value */
function valueText(value) {
	if (value === null || value === undefined || value === '') return h('span', { class: 'muted' }, 'empty');
	if (typeof value !== 'object') return String(value);
	const { name, identifier, id } = /** @type {Content} */ (value);
	const known = name ?? identifier;
	if (known !== undefined) return id === undefined ? String(known) : `${known} (id ${id})`;
	return h('code', { class: 'break' }, JSON.stringify(value));
}
