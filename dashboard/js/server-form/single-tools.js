// Single tools of a server: only these, and never those, as far as the rest of the filter leaves them.
import { h } from '../dom.js';
import { field } from '../form.js';

/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

/** @param {ServerConfig} config */
export function singleToolFields({ tools }) {
	const [allow, deny] = [namesArea(tools?.allow), namesArea(tools?.deny)];
	const element = h(
		'details',
		{ open: tools !== undefined },
		h('summary', {}, 'Single tools'),
		field({
			label: 'Only these tools',
			control: allow,
			hint: 'One name a line, full or short, like create_ticket_note. Empty: all that the rest of this form allows.',
			path: 'config.tools.allow',
		}),
		field({
			label: 'Never these tools',
			control: deny,
			hint: 'One name a line. They are left out even if they stand above.',
			path: 'config.tools.deny config.tools',
		}),
	);
	return {
		element,
		/** @returns {ServerConfig} */
		read() {
			const [allowed, denied] = [namesIn(allow), namesIn(deny)];
			if (allowed.length + denied.length === 0) return {};
			return {
				tools: {
					...(allowed.length > 0 ? { allow: allowed } : {}),
					...(denied.length > 0 ? { deny: denied } : {}),
				},
			};
		},
		/** @param {ServerConfig} wanted */
		write(wanted) {
			allow.value = (wanted.tools?.allow ?? []).join('\n');
			deny.value = (wanted.tools?.deny ?? []).join('\n');
		},
		/** Takes every single name back in a PATCH. */
		none: { tools: null },
	};
}

/** @param {string[]} [names] */
function namesArea(names = []) {
	return h('textarea', { rows: '3', spellcheck: 'false', autocomplete: 'off', value: names.join('\n') });
}

/** @param {HTMLTextAreaElement} area @returns {string[]} */
function namesIn({ value }) {
	return value.split(/[\s,]+/).filter((name) => name !== '');
}
