// The inventory: every documented operation as a tool, what it takes and what it sends.
import { api, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { field } from '../form.js';
import { count, plural, tokens } from '../format.js';
import { badge, button, codeBlock, emptyState, explain, notice, waiting } from '../ui.js';
import { accountHead, accountPage } from './account.js';

/** @typedef {import('../../types.d.ts').ToolSummary} ToolSummary */
/** @typedef {import('../../types.d.ts').ToolDetail} ToolDetail */
/** @typedef {import('../../types.d.ts').ToolsPreview} ToolsPreview */
/** @typedef {import('../../types.d.ts').JsonSchema} JsonSchema */

const SHOWN_AT_ONCE = 60;

export const toolsPage = accountPage({
	/** @returns {Promise<ToolsPreview>} */
	load: ({ params, signal }) =>
		api('GET', `${path`/integrated-account/${params.account ?? ''}/tools`}?view=summary`, undefined, signal),
	show: (_visit, account, found) => ({
		title: `${account.name}: tools`,
		content: [
			...accountHead(account, 'tools'),
			h(
				'p',
				{ class: 'muted lede' },
				`Everything documented: ${plural(found.count, 'tool')}, about ${tokens(found.tokens)} tokens as one list. A server offers the part that its methods and tags leave.`,
			),
			inventory(found.tools, account.id),
		],
	}),
});

/** @param {ToolSummary[]} tools @param {string} accountId */
function inventory(tools, accountId) {
	const search = h('input', { type: 'search', placeholder: 'ticket note, contact email, merge…', autocomplete: 'off' });
	const module = select('Any module', [...new Set(tools.map((tool) => tool.module))]);
	const kind = select('Any method', ['read', 'write', 'custom']);
	const list = h('div', { class: 'inventory' });
	const said = h('p', { class: 'muted small', role: 'status' });
	const texts = new Map(
		tools.map((tool) => [
			tool,
			`${tool.name} ${tool.title} ${tool.description} ${tool.tags.join(' ')}`.toLowerCase().replaceAll('_', ' '),
		]),
	);
	let limit = SHOWN_AT_ONCE;

	function apply() {
		const words = search.value.toLowerCase().replaceAll('_', ' ').split(/\s+/).filter(Boolean);
		const found = tools.filter(
			(tool) =>
				(module.value === '' || tool.module === module.value) &&
				(kind.value === '' || tool.method_class === kind.value) &&
				words.every((word) => texts.get(tool)?.includes(word)),
		);
		said.textContent = plural(found.length, 'tool');
		if (found.length === 0) {
			fill(
				list,
				emptyState(
					'No tool matches',
					'Fewer or other words find more: tools are searched by name, description and tags.',
				),
			);
			return;
		}
		/** @type {Map<string, ToolSummary[]>} */
		const byModule = new Map();
		for (const tool of found.slice(0, limit)) byModule.set(tool.module, [...(byModule.get(tool.module) ?? []), tool]);
		fill(
			list,
			Array.from(byModule, ([name, members]) =>
				h(
					'section',
					{ class: 'module' },
					h('h2', {}, name),
					members.map((tool) => entry(tool, accountId)),
				),
			),
			found.length > limit &&
				button(`Show ${count(Math.min(SHOWN_AT_ONCE, found.length - limit))} more`, {
					onclick: () => {
						const last = list.querySelectorAll('summary').length;
						limit += SHOWN_AT_ONCE;
						apply();
						/** @type {HTMLElement | undefined} */ (list.querySelectorAll('summary')[last])?.focus();
					},
				}),
		);
	}
	const restart = () => {
		limit = SHOWN_AT_ONCE;
		apply();
	};
	for (const control of [search, module, kind]) control.addEventListener('input', restart);
	apply();
	return h(
		'div',
		{},
		h(
			'div',
			{ class: 'filters', role: 'search', 'aria-label': 'Tools' },
			h('div', { class: 'wide' }, field({ label: 'Search', control: search })),
			field({ label: 'Module', control: module }),
			field({ label: 'Method class', control: kind }),
		),
		said,
		list,
	);
}

/** @param {string} any @param {string[]} values */
function select(any, values) {
	return h(
		'select',
		{},
		h('option', { value: '' }, any),
		values.map((value) => h('option', { value }, value)),
	);
}

/** @type {Record<string, 'good' | 'warn' | 'accent' | 'bad'>} */
const TONES = { read: 'good', write: 'warn', custom: 'accent' };

/** @param {ToolSummary} tool @param {string} accountId */
function entry(tool, accountId) {
	const body = h('div', { class: 'tool-body' });
	const details = h(
		'details',
		{ class: 'tool' },
		h(
			'summary',
			{},
			h(
				'span',
				{ class: 'tool-line' },
				h('code', { class: 'break' }, tool.name),
				badge(TONES[tool.method_class] ?? 'neutral', tool.method),
			),
			h('span', { class: 'sub' }, firstSentence(tool.description)),
		),
		body,
	);
	let isLoaded = false;
	details.addEventListener('toggle', async () => {
		if (!details.open || isLoaded) return;
		isLoaded = true;
		fill(body, waiting('Loading…'));
		try {
			/** @type {ToolDetail} */
			const detail = await api('GET', path`/integrated-account/${accountId}/tools/${tool.name}`);
			fill(body, describe(detail));
			announce(`${tool.name} is shown`);
		} catch (error) {
			isLoaded = false;
			fill(body, notice('bad', h('p', {}, explain(error).text, ' Close and open it again.')));
		}
	});
	return details;
}

/** @param {string} text */
function firstSentence(text) {
	return text.replace(/ Example: \{.*$/s, '').split(/(?<=\.)\s/)[0] ?? '';
}

/** @param {ToolDetail} tool */
function describe(tool) {
	const { inputSchema, sends, example } = tool;
	const names = Object.keys(inputSchema.properties ?? {});
	return [
		h('p', {}, tool.description.replace(/ Example: \{.*$/s, '')),
		h(
			'p',
			{ class: 'small' },
			h('span', { class: 'muted' }, 'Sends '),
			h('code', { class: 'break' }, `${sends.verb} ${sends.path}`),
			h('span', { class: 'muted' }, ` · ${count(tool.tokens)} tokens · tags ${tool.tags.join(', ')}`),
		),
		names.length > 0
			? h(
					'div',
					{ class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': `Arguments of ${tool.name}` },
					h(
						'table',
						{ class: 'table tight' },
						h(
							'thead',
							{},
							h(
								'tr',
								{},
								['Argument', 'Type', 'Goes to', 'Meaning'].map((name) => h('th', { scope: 'col' }, name)),
							),
						),
						h(
							'tbody',
							{},
							names.map((name) => argumentRow(name, tool)),
						),
					),
				)
			: h('p', { class: 'muted' }, 'It takes no argument.'),
		example && h('h3', {}, 'Example'),
		example && codeBlock(JSON.stringify(example, null, 2), { label: 'Example arguments' }),
	];
}

/** @param {string} name @param {ToolDetail} tool */
function argumentRow(name, { inputSchema, sends }) {
	const schema = inputSchema.properties?.[name] ?? {};
	return h(
		'tr',
		{},
		h('th', { scope: 'row' }, h('code', {}, name), inputSchema.required?.includes(name) && badge('warn', 'required')),
		h('td', {}, typeOf(schema)),
		h('td', {}, PLACES[sends.arguments[name] ?? ''] ?? ''),
		h('td', { class: 'break' }, meaningOf(schema)),
	);
}

/** @type {Record<string, string>} */
const PLACES = { path: 'path', query: 'query', body: 'body', page: 'paging', filter: 'conditions', file: 'file' };

/** @param {JsonSchema} schema @returns {string} */
export function typeOf({ type = 'any', format, items }) {
	if (type === 'array') return `list of ${items ? typeOf(items) : 'any'}`;
	return format ?? type;
}

/** @param {JsonSchema} schema */
export function meaningOf({ description, enum: values, minimum, maximum, default: preset, properties, examples }) {
	const parts = [
		description ?? '',
		values ? `One of ${values.slice(0, 12).join(', ')}${values.length > 12 ? ', …' : ''}` : '',
		minimum === undefined && maximum === undefined ? '' : `${minimum ?? '…'} to ${maximum ?? '…'}`,
		preset === undefined ? '' : `default ${JSON.stringify(preset)}`,
		properties ? `with ${Object.keys(properties).slice(0, 8).join(', ')}` : '',
		examples?.length ? `e.g. ${JSON.stringify(examples[0])}` : '',
	];
	return parts.filter(Boolean).join('; ');
}
