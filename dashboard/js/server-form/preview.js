// Shows the tools that a client would see and their cost in tokens. It follows every change of the form.
import { ApiFault, api, path } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { bytes, count, plural, tokens } from '../format.js';
import { explain, notice, toolName } from '../ui.js';
import { EXPOSURE_HINTS } from './answers.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */
/** @typedef {import('../../types.d.ts').ToolsPreview} ToolsPreview */

/** Tools that a client takes, of all its servers together; the lowest comes first. */
const CLIENT_LIMITS = /** @type {const} */ ([
	[40, 'Cursor uses about 40'],
	[100, 'Windsurf and Gemini Enterprise take 100'],
	[128, 'VS Code and Copilot Studio take 128'],
]);
const MANY_TOOLS = CLIENT_LIMITS[0][0];
const NAMES_SHOWN = 80;
/** Three boxes ticked in a row make one request. */
const SETTLE_MS = 150;

/** @param {Account} account @param {{ readConfig: () => ServerConfig | null }} fields @param {AbortSignal} signal */
export function previewPanel(account, fields, signal) {
	const figures = h('div', { class: 'preview-figures' });
	const words = h('div', { class: 'preview-words' });
	const names = h('ul', {});
	const element = h(
		'aside',
		{ class: 'card preview', 'aria-labelledby': 'preview-title' },
		h('h2', { id: 'preview-title', class: 'card-title' }, 'What a client will see'),
		figures,
		words,
		h('div', { class: 'preview-names', tabindex: '0', role: 'region', 'aria-label': 'Tools of this server' }, names),
	);
	showFigures(figures, null);
	/** @type {AbortController | undefined} */
	let asking;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let settling;
	signal.addEventListener('abort', () => {
		clearTimeout(settling);
		asking?.abort();
	});

	let asked = '';

	async function ask() {
		const config = fields.readConfig();
		if (config === null) return fill(words, h('p', { class: 'muted' }, 'Choose a job to see its tools.'));
		const search = query(config);
		if (search === asked) return;
		asked = search;
		asking?.abort();
		const now = new AbortController();
		asking = now;
		element.setAttribute('aria-busy', 'true');
		try {
			if (config.methods?.length === 0)
				throw new ApiFault(400, 'no_matching_tools', 'Nothing is allowed, so there is no tool.');
			/** @type {ToolsPreview} */
			const found = await api('GET', path`/integrated-account/${account.id}/tools` + search, undefined, now.signal);
			showPreview({ figures, words, names }, found);
			showCosts(found);
			announce(`${plural(found.count, 'tool')}, about ${count(found.tokens)} tokens`);
		} catch (error) {
			if (now.signal.aborted) return;
			asked = '';
			showFigures(figures, null);
			fill(words, notice('warn', h('p', {}, explain(error).text)));
			fill(names);
		} finally {
			if (asking === now) element.removeAttribute('aria-busy');
		}
	}
	return {
		element,
		update: () => {
			clearTimeout(settling);
			settling = setTimeout(() => void ask(), SETTLE_MS);
		},
	};
}

/** @param {ServerConfig} config */
function query({ methods, tags, tools, tool_names, list_format, tool_exposure, search_and_fetch }) {
	const search = new URLSearchParams({
		view: 'summary',
		...(methods ? { methods: methods.join(',') } : {}),
		...(tags ? { tags: tags.join(',') } : {}),
		...(tools?.allow ? { allow: tools.allow.join(',') } : {}),
		...(tools?.deny ? { deny: tools.deny.join(',') } : {}),
		...(tool_names ? { tool_names } : {}),
		...(list_format ? { list_format } : {}),
		...(tool_exposure ? { tool_exposure } : {}),
		...(search_and_fetch ? { search_and_fetch: 'true' } : {}),
	});
	return `?${search}`;
}

/** @param {HTMLElement} place @param {ToolsPreview | null} found */
function showFigures(place, found) {
	const figures = found
		? [
				[count(found.listed), found.listed === 1 ? 'tool' : 'tools'],
				[tokens(found.tokens), 'tokens'],
				[bytes(found.bytes), 'on the wire'],
			]
		: [
				['–', 'tools'],
				['–', 'tokens'],
				['–', 'on the wire'],
			];
	fill(
		place,
		figures.map(([value, name]) => h('div', {}, h('strong', { class: 'num' }, value), h('span', {}, name))),
	);
}

/** @param {{ figures: HTMLElement, words: HTMLElement, names: HTMLElement }} places @param {ToolsPreview} found */
function showPreview({ figures, words, names }, found) {
	showFigures(figures, found);
	const isDiscovery = found.listed < found.count;
	if (found.count === 0)
		fill(words, notice('warn', h('p', {}, 'No tool is in these areas and allowed. Choose more of either.')));
	else if (found.listed > MANY_TOOLS)
		fill(
			words,
			notice(
				'warn',
				h(
					'p',
					{},
					h('strong', {}, `More than ${MANY_TOOLS} tools. `),
					`Every chat pays for the list and the model chooses worse. ${passedLimits(found.listed)}. Choose fewer areas, or let the model search: Customise → Tools in the list → Discovery.`,
				),
			),
		);
	else
		fill(
			words,
			h(
				'p',
				{ class: 'muted small' },
				isDiscovery
					? `The model finds ${plural(found.count, 'tool')} by searching, and pays only for those that it looks at.`
					: 'The model reads this list at the start of every chat.',
			),
		);
	const shown = found.tools.slice(0, NAMES_SHOWN);
	const rest = found.tools.length - shown.length;
	fill(
		names,
		shown.map(({ name, title, method_class }) =>
			h(
				'li',
				{},
				h('span', { class: `dot ${method_class}`, 'aria-hidden': 'true' }),
				h(
					'span',
					{},
					title,
					h('span', { class: 'visually-hidden' }, `, ${method_class}: `),
					h('span', { class: 'sub' }, toolName(name)),
				),
			),
		),
		rest > 0 && h('li', { class: 'muted' }, `and ${count(rest)} more`),
	);
}

/** @param {number} listed */
function passedLimits(listed) {
	return CLIENT_LIMITS.filter(([limit]) => listed > limit)
		.map(([, text]) => text)
		.join(', ');
}

/** Shows the cost of each exposure beside its choice. @param {ToolsPreview} found */
function showCosts({ choices }) {
	for (const [name, cost] of Object.entries(choices.tool_exposure)) {
		const place = document.querySelector(`[data-cost="${name}"]`);
		if (place)
			place.textContent = `${EXPOSURE_HINTS[name] ?? ''} ${plural(cost.tools, 'tool')}, about ${tokens(cost.tokens)} tokens.`;
	}
}
