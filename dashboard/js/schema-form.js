// A form made from a tool's schema. It reads and writes the tool's arguments.
import { h, uniqueId } from './dom.js';
import { field, select } from './form.js';
import { meaningOf, typeOf } from './pages/tools.js';

/** @typedef {import('../types.d.ts').JsonSchema} JsonSchema */
/** @typedef {{ element: HTMLElement, read: () => unknown, write: (value: unknown) => void }} Input  read gives undefined for an empty field */

/** A nested record with more fields than this is written as JSON. */
const NESTED_MAX = 6;

/** @param {JsonSchema} schema */
export function schemaForm(schema) {
	const names = Object.keys(schema.properties ?? {});
	const required = names.filter((name) => schema.required?.includes(name));
	const optional = names.filter((name) => !schema.required?.includes(name));
	/** @type {Map<string, Input>} */
	const inputs = new Map();
	for (const name of [...required, ...optional]) inputs.set(name, inputFor(name, schema.properties?.[name] ?? {}));
	const grid = (/** @type {string[]} */ chosen) =>
		h(
			'div',
			{ class: 'row-fields' },
			chosen.map((name) => inputs.get(name)?.element),
		);
	const element = h(
		'div',
		{},
		required.length > 0 && grid(required),
		optional.length > 0 &&
			h(
				'details',
				{ class: 'optional-arguments', open: required.length === 0 || optional.length <= 4 },
				h('summary', {}, `Optional arguments (${optional.length})`),
				grid(optional),
			),
		names.length === 0 && h('p', { class: 'muted' }, 'It takes no argument.'),
	);
	return {
		element,
		/** @returns {Record<string, unknown>} @throws Error naming the field whose JSON is not valid */
		read() {
			/** @type {Record<string, unknown>} */
			const args = {};
			for (const [name, input] of inputs) {
				const value = input.read();
				if (value !== undefined) args[name] = value;
			}
			return args;
		},
		/** @param {Record<string, unknown>} args */
		write(args) {
			for (const [name, input] of inputs) input.write(args[name]);
			const folded = element.querySelector('details');
			if (folded && optional.some((name) => args[name] !== undefined)) folded.open = true;
		},
	};
}

/** @param {string} name @param {JsonSchema} schema @returns {Input} */
function inputFor(name, schema) {
	const { type, enum: values, properties } = schema;
	if (type === 'object' && properties && Object.keys(properties).length <= NESTED_MAX && isFlat(properties))
		return nested(name, schema);
	const hint = meaningOf(schema);
	const wrap = (/** @type {import('./form.js').Control} */ control) =>
		field({ label: name, control, hint: hint || (type === 'string' ? null : typeOf(schema)), path: name });

	if (values || type === 'boolean') return choiceInput(values ?? [true, false], wrap);
	if (type === 'object' || type === 'array' || type === undefined) return jsonInput(name, type, wrap);
	return textInput(name, schema, wrap);
}

/** @typedef {(control: import('./form.js').Control) => HTMLElement} Wrap  puts label and hint around a control */

/** @param {unknown[]} options @param {Wrap} wrap @returns {Input} */
function choiceInput(options, wrap) {
	const control = select([
		['', '—'],
		...options.map((value) => /** @type {[string, string]} */ ([`${value}`, `${value}`])),
	]);
	return {
		element: wrap(control),
		read: () => options.find((value) => String(value) === control.value),
		write: (value) => {
			control.value = value === undefined ? '' : String(value);
		},
	};
}

/** @param {string} name @param {string | undefined} type @param {Wrap} wrap @returns {Input} */
function jsonInput(name, type, wrap) {
	const control = h('textarea', {
		class: 'mono',
		rows: '2',
		spellcheck: 'false',
		placeholder: type === 'array' ? '[]' : '{}',
	});
	return {
		element: wrap(control),
		read: () => readJson(name, control),
		write: (value) => {
			control.value = value === undefined ? '' : JSON.stringify(value, null, 1);
		},
	};
}

/** @param {string} name @param {JsonSchema} schema @param {Wrap} wrap @returns {Input} */
function textInput(name, { type, maxLength, format }, wrap) {
	const isNumber = type === 'integer' || type === 'number';
	const isLong = !isNumber && (maxLength === undefined || maxLength > 200);
	const control = isNumber
		? h('input', { type: 'number', step: type === 'integer' ? '1' : 'any', inputmode: 'decimal' })
		: isLong && /text|notes?|description|content/i.test(name)
			? h('textarea', { rows: '2' })
			: h('input', {
					type: 'text',
					autocomplete: 'off',
					placeholder: format === 'date-time' ? '2026-11-22T09:00:00Z' : null,
				});
	return {
		element: wrap(control),
		read: () => (control.value === '' ? undefined : isNumber ? Number(control.value) : control.value),
		write: (value) => {
			control.value = value === undefined ? '' : String(value);
		},
	};
}

/** @param {Record<string, JsonSchema>} properties */
function isFlat(properties) {
	return Object.values(properties).every(({ type }) => type !== 'object' && type !== 'array' && type !== undefined);
}

/** @param {string} name @param {JsonSchema} schema @returns {Input} */
function nested(name, schema) {
	const members = Object.entries(schema.properties ?? {}).map(([key, member]) => ({
		key,
		input: inputFor(`${name}.${key}`, member),
	}));
	const id = uniqueId('nested');
	return {
		element: h(
			'fieldset',
			{ class: 'nested', 'aria-labelledby': id },
			h('legend', { id }, name),
			schema.description && h('p', { class: 'hint' }, schema.description),
			h(
				'div',
				{ class: 'nested-fields' },
				members.map(({ input }) => input.element),
			),
		),
		read() {
			const given = members.map(({ key, input }) => [key, input.read()]).filter(([, value]) => value !== undefined);
			return given.length > 0 ? Object.fromEntries(given) : undefined;
		},
		write(value) {
			for (const { key, input } of members)
				input.write(/** @type {Record<string, unknown> | undefined} */ (value)?.[key]);
		},
	};
}

/** @param {string} name @param {HTMLTextAreaElement} control */
function readJson(name, control) {
	if (control.value.trim() === '') return undefined;
	try {
		return JSON.parse(control.value);
	} catch (error) {
		control.setAttribute('aria-invalid', 'true');
		control.focus();
		throw new Error(`${name} is not JSON: ${/** @type {Error} */ (error).message}`);
	}
}
