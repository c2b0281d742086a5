// For whom a server works, in which time zone, and whether it only rehearses. An installation says which of these it knows.
import { h, uniqueId } from '../dom.js';
import { choice, field, group } from '../form.js';

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */

/** @param {Integration} integration @param {ServerConfig} config */
export function personFields({ config_members }, config) {
	const knows = (/** @type {string} */ member) => config_members.includes(member);
	const member = h('input', { type: 'text', autocomplete: 'off', value: config.acts_for ?? '', placeholder: 'jdoe' });
	const zone = zoneInput(config.time_zone);
	const rehearsal = choice({
		type: 'checkbox',
		name: 'rehearsal',
		value: 'yes',
		label: 'Rehearse only',
		hint: 'Every write is answered with a preview, and none is sent.',
		isChecked: config.rehearsal === true,
	});
	const texts = /** @type {const} */ ([
		['acts_for', member],
		['time_zone', zone.control],
	]);
	const switchOf = () => rehearsal.querySelector('input')?.checked === true;
	return {
		elements: [
			knows('acts_for') &&
				field({
					label: 'Works for',
					control: member,
					isOptional: true,
					hint: 'A member, by identifier, name or id. “My tickets” and “my time” are this person’s. Without one, a write for “me” is refused.',
					path: 'config.acts_for',
				}),
			knows('rehearsal') && group({ legend: 'Rehearsal', path: 'config.rehearsal', content: [rehearsal] }),
		],
		more: [
			knows('time_zone') &&
				h(
					'div',
					{},
					field({
						label: 'Time zone',
						control: zone.control,
						isOptional: true,
						hint: 'Days, weeks and months begin there. Empty: the member’s zone, else the account’s.',
						path: 'config.time_zone',
					}),
					zone.list,
				),
		],
		/** @returns {ServerConfig} */
		read: () => ({
			...Object.fromEntries(
				texts
					.filter(([name, control]) => knows(name) && control.value.trim() !== '')
					.map(([name, control]) => [name, control.value.trim()]),
			),
			...(knows('rehearsal') && switchOf() ? { rehearsal: true } : {}),
		}),
		/** Clears every member in a PATCH. */
		none: {
			...Object.fromEntries(texts.filter(([name]) => knows(name)).map(([name]) => [name, null])),
			...(knows('rehearsal') ? { rehearsal: false } : {}),
		},
	};
}

/** A text field that offers the zones which the browser knows. @param {string | undefined} value */
function zoneInput(value) {
	const id = uniqueId('zones');
	const zones = Intl.supportedValuesOf('timeZone');
	return {
		control: h('input', {
			type: 'text',
			autocomplete: 'off',
			spellcheck: 'false',
			list: id,
			value: value ?? '',
			placeholder: Intl.DateTimeFormat().resolvedOptions().timeZone,
		}),
		list: h(
			'datalist',
			{ id },
			zones.map((name) => h('option', { value: name })),
		),
	};
}
