// Form fields with their labels, hints and faults.
import { announce, fill, h, uniqueId } from './dom.js';

/** @typedef {import('./api.js').Fault} Fault */
/** @typedef {import('./dom.js').Child} Child */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * A control with its label, hint and fault. The API's faults find their field by `data-path`.
 *
 * @param {object} parts
 * @param {string} parts.label
 * @param {Control} parts.control
 * @param {Child} [parts.hint]
 * @param {string} [parts.path]
 * @param {boolean} [parts.isOptional]
 */
export function field({ label, control, hint, path, isOptional = false }) {
	control.id ||= uniqueId('field');
	const hintId = `${control.id}-hint`;
	const faultId = `${control.id}-fault`;
	control.setAttribute('aria-describedby', hint ? `${hintId} ${faultId}` : faultId);
	return h(
		'div',
		{ class: 'field', 'data-path': path ?? null },
		h('label', { for: control.id }, label, isOptional && h('span', { class: 'optional' }, ' optional')),
		control,
		hint && h('p', { class: 'hint', id: hintId }, hint),
		h('p', { class: 'fault', id: faultId }),
	);
}

/**
 * Several controls under one legend.
 *
 * @param {object} parts
 * @param {string} parts.legend
 * @param {Child} [parts.hint]
 * @param {string} [parts.path]
 * @param {(Child | Child[])[]} parts.content
 */
export function group({ legend, hint, path, content }) {
	const id = uniqueId('group');
	return h(
		'fieldset',
		{ class: 'field', 'data-path': path ?? null, 'aria-describedby': `${id}-fault` },
		h('legend', {}, legend),
		hint && h('p', { class: 'hint' }, hint),
		...content,
		h('p', { class: 'fault', id: `${id}-fault` }),
	);
}

/**
 * @param {object} parts
 * @param {'checkbox' | 'radio'} parts.type
 * @param {string} parts.name
 * @param {string} parts.value
 * @param {string} parts.label
 * @param {Child | Child[]} [parts.hint]
 * @param {boolean} [parts.isChecked]
 */
export function choice({ type, name, value, label, hint, isChecked = false }) {
	const id = uniqueId('choice');
	const control = h('input', {
		type,
		name,
		id,
		value,
		checked: isChecked,
		'aria-describedby': hint ? `${id}-hint` : null,
	});
	return h(
		'div',
		{ class: 'choice' },
		control,
		h('label', { for: id }, label),
		hint && h('p', { class: 'hint', id: `${id}-hint` }, hint),
	);
}

/** @param {[value: string, label: string][]} options */
export function select(options) {
	return h(
		'select',
		{},
		options.map(([value, label]) => h('option', { value }, label)),
	);
}

/** Removes the faults that an earlier attempt showed. @param {HTMLElement} form */
export function clearFaults(form) {
	for (const shown of form.querySelectorAll('.fault')) shown.textContent = '';
	for (const control of form.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid');
	const summary = form.querySelector('.form-faults');
	if (summary) fill(summary);
}

/**
 * Shows each fault at its field, all others above the buttons, and focuses the first field.
 *
 * @param {HTMLElement} form  has an element `.form-faults`
 * @param {unknown} error
 */
export function showFaults(form, error) {
	clearFaults(form);
	const { message = String(error), details = [] } = /** @type {{ message?: string, details?: Fault[] }} */ (
		error ?? {}
	);
	/** @type {Fault[]} */
	const homeless = [];
	for (const fault of details) {
		const home = homeOf(form, fault.path);
		if (!home) {
			homeless.push(fault);
			continue;
		}
		const shown = /** @type {HTMLElement} */ (home.querySelector('.fault:last-child') ?? home.querySelector('.fault'));
		const text = withoutHint(fault.message, home.querySelector('.hint')?.textContent ?? '');
		shown.textContent = shown.textContent ? `${shown.textContent} ${sentence(text)}` : sentence(text);
		for (const control of home.querySelectorAll('input, select, textarea'))
			control.setAttribute('aria-invalid', 'true');
	}
	const summary = form.querySelector('.form-faults');
	if (summary && (homeless.length > 0 || details.length === 0)) {
		const lines = homeless.length > 0 ? homeless.map(({ path, message: text }) => `${path} ${text}`) : [message];
		fill(
			summary,
			h(
				'div',
				{ class: 'notice bad' },
				h(
					'div',
					{},
					lines.map((line) => h('p', {}, line)),
				),
			),
		);
	}
	announce(
		details.length > 0
			? `${details.length === 1 ? 'One thing needs' : `${details.length} things need`} your attention`
			: message,
	);
	/** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid]'))?.focus();
}

/** @param {HTMLElement} form @param {string} path */
function homeOf(form, path) {
	const steps = path.split('.');
	for (let length = steps.length; length > 0; length--) {
		const wanted = steps.slice(0, length).join('.');
		for (const home of form.querySelectorAll('[data-path]'))
			if (/** @type {HTMLElement} */ (home).dataset.path?.split(' ').includes(wanted)) return home;
	}
	return null;
}

/** The API's faults begin without their subject: "is required". @param {string} text */
function sentence(text) {
	const first = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** Removes the part of a fault that repeats the field's hint. @param {string} message @param {string} hint */
function withoutHint(message, hint) {
	if (hint === '' || !message.includes(hint)) return message;
	return message.slice(0, message.indexOf(hint)).replace(/\s*[^.]*:\s*$/, '');
}
