// Limits of a server, which hold whatever a model asks for. An empty field leaves the installation's own limit.
import { h } from '../dom.js';
import { choice, field } from '../form.js';

/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

/** @param {ServerConfig} config */
export function limitFields(config) {
	const number = (/** @type {number | undefined} */ value) =>
		h('input', { type: 'number', min: '0', step: '1', inputmode: 'numeric', value: value ?? '' });
	const calls = number(config.calls_per_minute);
	const writes = number(config.writes_per_day);
	const repeats = number(config.duplicate_window_seconds);
	const named = /** @type {const} */ ([
		['calls_per_minute', calls],
		['writes_per_day', writes],
		['duplicate_window_seconds', repeats],
	]);
	const redact = choice({
		type: 'checkbox',
		name: 'redact',
		value: 'yes',
		label: 'Remove secrets from answers',
		hint: 'Passwords, keys, one-time codes and card numbers in records.',
		isChecked: config.redact === true,
	});
	const previous = choice({
		type: 'checkbox',
		name: 'show_previous',
		value: 'yes',
		label: 'Say what a change replaced',
		hint: 'An update reads the record first, and the answer says what its fields were.',
		isChecked: config.show_previous === true,
	});
	const isOn = (/** @type {HTMLElement} */ box) => box.querySelector('input')?.checked === true;
	const element = h(
		'details',
		{
			open:
				config.redact === true || config.show_previous === true || named.some(([name]) => config[name] !== undefined),
		},
		h('summary', {}, 'Limits and safety'),
		h(
			'div',
			{ class: 'row-fields' },
			field({ label: 'Calls a minute', control: calls, hint: 'Empty: 100,000.', path: 'config.calls_per_minute' }),
			field({ label: 'Writes a day', control: writes, hint: 'Empty: no limit.', path: 'config.writes_per_day' }),
			field({
				label: 'Ignore repeated writes for',
				control: repeats,
				hint: 'Seconds. Empty: 120. 0 turns it off.',
				path: 'config.duplicate_window_seconds',
			}),
		),
		h('div', { class: 'field' }, redact, previous),
	);
	return {
		element,
		read: () => ({
			...Object.fromEntries(
				named.filter(([, control]) => control.value !== '').map(([name, control]) => [name, Number(control.value)]),
			),
			...(isOn(redact) ? { redact: true } : {}),
			...(isOn(previous) ? { show_previous: true } : {}),
		}),
		/** Clears every limit in a PATCH. */
		none: {
			calls_per_minute: null,
			writes_per_day: null,
			duplicate_window_seconds: null,
			redact: false,
			show_previous: false,
		},
	};
}
