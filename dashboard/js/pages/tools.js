// Every documented operation as a tool: its arguments, and the request that it sends.
import { api, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { field, select } from '../form.js';
import { count, plural, tokens } from '../format.js';
import { rowHead, table } from '../table.js';
import { badge, button, codeBlock, emptyState, explain, notice, toolName, waiting } from '../ui.js';
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
				`Every documented operation: ${plural(found.count, 'tool')}, about ${tokens(found.tokens)} tokens as one list. A server offers those that its methods and tags allow.`,
			),
			inventory(found.tools, account.id),
		],
	}),
});

/** @param {ToolSummary[]} tools @param {string} accountId */
function inventory(tools, accountId) {
	const list = h('div', { class: 'inventory' });
	const said = h('p', { class: 'muted small', role: 'status' });
	let limit = SHOWN_AT_ONCE;
	const show = () => {
		const found = filters.found();
		said.textContent = plural(found.length, 'tool');
		if (found.length === 0) fill(list, noTool());
		else fill(list, byModule(found.slice(0, limit), accountId), found.length > limit && moreButton(found.length));
	};
	const moreButton = (/** @type {number} */ all) =>
		button(`Show ${count(Math.min(SHOWN_AT_ONCE, all - limit))} more`, {
			onclick: () => {
				const last = list.querySelectorAll('summary').length;
				limit += SHOWN_AT_ONCE;
				show();
				/** @type {HTMLElement | undefined} */ (list.querySelectorAll('summary')[last])?.focus();
			},
		});
	const filters = toolFilters(tools);
	filters.element.addEventListener('input', () => {
		limit = SHOWN_AT_ONCE;
		show();
	});
	show();
	return h('div', {}, filters.element, said, list);
}

/** @param {ToolSummary[]} tools */
function toolFilters(tools) {
	const search = h('input', { type: 'search', placeholder: 'ticket note, contact email, merge…', autocomplete: 'off' });
	const modules = [...new Set(tools.map((tool) => tool.module))];
	const module = select([['', 'Any module'], ...modules.map(asOption)]);
	const kind = select([['', 'Any method'], ...['read', 'write', 'custom'].map(asOption)]);
	const texts = new Map(tools.map((tool) => [tool, searchText(tool)]));
	return {
		element: h(
			'div',
			{ class: 'filters', role: 'search', 'aria-label': 'Tools' },
			h('div', { class: 'wide' }, field({ label: 'Search', control: search })),
			field({ label: 'Module', control: module }),
			field({ label: 'Method class', control: kind }),
		),
		found() {
			const words = search.value.toLowerCase().replaceAll('_', ' ').split(/\s+/).filter(Boolean);
			return tools.filter(
				(tool) =>
					(module.value === '' || tool.module === module.value) &&
					(kind.value === '' || tool.method_class === kind.value) &&
					words.every((word) => texts.get(tool)?.includes(word)),
			);
		},
	};
}

/** @param {string} value @returns {[string, string]} */
function asOption(value) {
	return [value, value];
}

/** @param {ToolSummary} tool */
function searchText({ name, title, description, tags }) {
	return `${name} ${title} ${description} ${tags.join(' ')}`.toLowerCase().replaceAll('_', ' ');
}

function noTool() {
	return emptyState('No tool matches', 'Use fewer or other words. The search covers names, descriptions and tags.');
}

/** @param {ToolSummary[]} tools @param {string} accountId */
function byModule(tools, accountId) {
	/** @type {Map<string, ToolSummary[]>} */
	const groups = new Map();
	for (const tool of tools) groups.set(tool.module, [...(groups.get(tool.module) ?? []), tool]);
	return Array.from(groups, ([name, members]) =>
		h(
			'section',
			{ class: 'module' },
			h('h2', {}, name),
			members.map((tool) => entry(tool, accountId)),
		),
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
			h('span', { class: 'tool-line' }, toolName(tool.name), badge(TONES[tool.method_class] ?? 'neutral', tool.method)),
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
			? table(
					['Argument', 'Type', 'Goes to', 'Meaning'],
					names.map((name) => argumentRow(name, tool)),
					{ label: `Arguments of ${tool.name}`, kind: 'tight' },
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
		rowHead(h('code', {}, name), inputSchema.required?.includes(name) && badge('warn', 'required')),
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
