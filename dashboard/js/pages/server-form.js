// Creating and editing an MCP server, with what it would offer and cost beside it.
import { ApiFault, api, path } from '../api.js';
import { freshUrls, loadAccount, loadIntegration, loadServer, serverPath } from '../data.js';
import { announce, fill, h, uniqueId } from '../dom.js';
import { choice, clearFaults, field, group, showFaults } from '../form.js';
import { bytes, count, moment, plural, timeZone, tokens, toLocalInput } from '../format.js';
import { go } from '../router.js';
import { busy, button, explain, notice, pageHead, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ServerConfig} ServerConfig */
/** @typedef {import('../../types.d.ts').ToolsPreview} ToolsPreview */

/** Beyond that clients cut the list or models choose badly: Cursor shows about 40 at once. */
const MANY_TOOLS = 40;
const NAMES_SHOWN = 80;
/** Someone who ticks three boxes in a row asks once. */
const SETTLE_MS = 150;

const CLASSES = /** @type {const} */ ([
	['read', 'Read', 'List and get: nothing can be changed.'],
	['write', 'Write', 'Create, update and delete.'],
	['custom', 'Custom', 'Everything else: merge, copy, close and the like.'],
]);

/** Minutes from now. */
const PRESETS = /** @type {const} */ ([
	['', 'Never'],
	['60', 'In an hour'],
	['1440', 'In a day'],
	['10080', 'In a week'],
	['43200', 'In 30 days'],
	['129600', 'In 90 days'],
]);

/** @type {import('../router.js').Page<{ account: Account, integration: Integration }>} */
export const newServerPage = {
	async load({ params, signal }) {
		const account = await loadAccount(params.account ?? '', signal);
		return { account, integration: await requireIntegration(account) };
	},
	show: ({ signal }, { account, integration }) => ({
		title: 'Create MCP Server',
		content: [page(account, integration, null, signal)],
	}),
};

/** @type {import('../router.js').Page<{ account: Account, integration: Integration, server: Server }>} */
export const editServerPage = {
	async load({ params, signal }) {
		const [account, server] = await Promise.all([
			loadAccount(params.account ?? '', signal),
			loadServer(params.account ?? '', params.server ?? '', signal),
		]);
		return { account, server, integration: await requireIntegration(account) };
	},
	show: ({ signal }, { account, integration, server }) => ({
		title: `Edit ${server.name}`,
		content: [page(account, integration, server, signal)],
	}),
};

/** @param {Account} account @returns {Promise<Integration>} */
async function requireIntegration(account) {
	const integration = await loadIntegration(account.integration);
	if (!integration)
		throw new ApiFault(404, 'not_found', `The integration ${account.integration} is not part of this installation.`);
	return integration;
}

/** @param {Account} account @param {Integration} integration @param {Server | null} server @param {AbortSignal} signal */
function page(account, integration, server, signal) {
	const fields = serverFields(integration, server);
	const preview = previewPanel(account, fields, signal);
	const back = server ? `#/accounts/${account.id}/servers/${server.id}` : `#/accounts/${account.id}`;
	const submit = button(server ? 'Save changes' : 'Create server', { kind: 'primary', type: 'submit' });
	const form = h(
		'form',
		{ class: 'card', novalidate: true },
		fields.elements,
		h('div', { class: 'form-faults' }),
		h('div', { class: 'actions' }, submit, h('a', { class: 'button ghost', href: back }, 'Cancel')),
	);
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		try {
			const body = fields.read();
			if (server) {
				await busy(submit, 'Saving…', () => api('PATCH', serverPath(account.id, server.id), body));
				toast('Saved: it holds from the next call on');
				go(back);
			} else {
				/** @type {Server} */
				const made = await busy(submit, 'Creating…', () =>
					api('POST', path`/integrated-account/${account.id}/mcp`, body),
				);
				if (made.url) freshUrls.set(made.id, made.url);
				go(`#/accounts/${account.id}/servers/${made.id}`);
			}
		} catch (error) {
			showFaults(form, error);
		}
	});
	form.addEventListener('change', preview.update);
	preview.update();
	return h(
		'div',
		{ class: 'page' },
		pageHead({
			title: server ? `Edit ${server.name}` : 'Create MCP Server',
			crumbs: [
				{ label: 'Accounts', href: '#/' },
				{ label: account.name, href: `#/accounts/${account.id}` },
				...(server ? [{ label: server.name, href: back }] : []),
			],
			about: server ? 'The URL stays. Clients see a changed list of tools when they next ask for it.' : null,
		}),
		h('div', { class: 'split' }, form, preview.element),
	);
}

/** @param {Integration} integration @param {Server | null} server */
function serverFields(integration, server) {
	const config = server?.config ?? { methods: ['read', 'write'] };
	const name = h('input', {
		type: 'text',
		autocomplete: 'off',
		value: server?.name ?? '',
		placeholder: `ChatGPT ${integration.label} Server`,
	});
	const classNames = CLASSES.map(([value]) => /** @type {string} */ (value));
	const singles = (config.methods ?? []).filter((method) => !classNames.includes(method));
	const methods = group({
		legend: 'Methods',
		hint: 'What a client may do. The rest does not exist for it.',
		path: 'config.methods',
		content: [
			h(
				'div',
				{},
				CLASSES.map(([value, label, hint]) =>
					choice({
						type: 'checkbox',
						name: 'methods',
						value,
						label,
						hint,
						isChecked: config.methods === undefined || config.methods.includes(value),
					}),
				),
			),
			picker({
				summary: 'Single methods instead',
				label: 'Find a method',
				name: 'single_methods',
				isOpen: singles.length > 0,
				options: integration.methods.map(({ name: value, tools, method_class }) => ({
					value,
					label: value,
					hint: `${plural(tools, 'tool')}, ${method_class}`,
					isChecked: singles.includes(value),
				})),
			}),
		],
	});
	const tags = group({
		legend: 'Tags',
		hint: 'Any of these; none means all of it. A tool needs both a chosen method and a chosen tag.',
		path: 'config.tags',
		content: [
			picker({
				summary: null,
				label: 'Find a tag',
				name: 'tags',
				isOpen: true,
				options: integration.tags.map(({ name: value, covers, tools }) => ({
					value,
					label: value,
					hint: `${covers} (${count(tools)})`,
					isChecked: config.tags?.includes(value) ?? false,
				})),
			}),
		],
	});
	const expires = expiryFields(server);
	const more = h(
		'details',
		{ open: config.tool_names === 'short' || config.list_format === 'table' },
		h('summary', {}, 'Names and answers'),
		group({
			legend: 'Tool names',
			path: 'config.tool_names',
			content: [
				choice({
					type: 'radio',
					name: 'tool_names',
					value: 'full',
					label: 'Full',
					hint: 'With the system’s name in them.',
					isChecked: config.tool_names !== 'short',
				}),
				choice({
					type: 'radio',
					name: 'tool_names',
					value: 'short',
					label: 'Short',
					hint: 'At most 36 characters: fewer tokens.',
					isChecked: config.tool_names === 'short',
				}),
			],
		}),
		group({
			legend: 'Lists',
			path: 'config.list_format',
			content: [
				choice({
					type: 'radio',
					name: 'list_format',
					value: 'records',
					label: 'Records',
					hint: 'Each with its field names.',
					isChecked: config.list_format !== 'table',
				}),
				choice({
					type: 'radio',
					name: 'list_format',
					value: 'table',
					label: 'Table',
					hint: 'The same data at less than half the tokens.',
					isChecked: config.list_format === 'table',
				}),
			],
		}),
	);
	const exposure = group({
		legend: 'Tools in the list',
		path: 'config.tool_exposure',
		content: [
			choice({
				type: 'radio',
				name: 'tool_exposure',
				value: 'all',
				label: 'All of them',
				hint: h('span', { 'data-cost': 'all' }, 'Best for a few dozen tools.'),
				isChecked: config.tool_exposure !== 'discovery',
			}),
			choice({
				type: 'radio',
				name: 'tool_exposure',
				value: 'discovery',
				label: 'Discovery',
				hint: h('span', { 'data-cost': 'discovery' }, 'A few tools that search and call the others: for hundreds.'),
				isChecked: config.tool_exposure === 'discovery',
			}),
		],
	});
	const factor = group({
		legend: 'Security',
		path: 'config.require_api_token_auth',
		content: [
			choice({
				type: 'checkbox',
				name: 'require_api_token_auth',
				value: 'yes',
				label: 'Second factor',
				hint: 'The URL alone is not enough: the client also sends an API token.',
				isChecked: config.require_api_token_auth === true,
			}),
		],
	});
	const limits = limitFields(config);
	const elements = [
		field({ label: 'Name', control: name, path: 'name', hint: 'What it is for, so that you still know in a year.' }),
		methods,
		tags,
		expires.element,
		factor,
		exposure,
		more,
		limits.element,
	];
	/** @param {string} wanted */
	const checked = (wanted) =>
		elements.flatMap((element) =>
			Array.from(
				element.querySelectorAll(`input[name="${wanted}"]:checked`),
				(input) => /** @type {HTMLInputElement} */ (input).value,
			),
		);

	/** @returns {ServerConfig} without what stands for everything */
	const readConfig = () => {
		const chosen = [...checked('methods'), ...checked('single_methods')];
		const isEverything = classNames.every((value) => chosen.includes(value));
		const chosenTags = checked('tags');
		return {
			...(isEverything ? {} : { methods: chosen }),
			...(chosenTags.length > 0 ? { tags: chosenTags } : {}),
			...(checked('require_api_token_auth').length > 0 ? { require_api_token_auth: true } : {}),
			...(checked('tool_exposure')[0] === 'discovery' ? { tool_exposure: 'discovery' } : {}),
			...(checked('tool_names')[0] === 'short' ? { tool_names: 'short' } : {}),
			...(checked('list_format')[0] === 'table' ? { list_format: 'table' } : {}),
			...limits.read(),
		};
	};
	return {
		elements,
		readConfig,
		/** @throws ApiFault for what the API could not say better */
		read() {
			const now = readConfig();
			if (now.methods?.length === 0)
				throw fault('config.methods', 'choose at least one: without any method there is no tool');
			const expires_at = expires.read();
			if (!server) return { name: name.value, config: now, expires_at };
			// A patch merges: what is no longer chosen has to be taken away.
			const config = {
				methods: null,
				tags: null,
				require_api_token_auth: false,
				tool_exposure: 'all',
				tool_names: 'full',
				list_format: 'records',
				...limits.none,
				...now,
			};
			return { name: name.value, config, ...(expires_at === undefined ? {} : { expires_at }) };
		},
	};
}

/** Bounds that hold whatever a model does. Left empty, the installation's own. @param {ServerConfig} config */
function limitFields(config) {
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
		label: 'Take secrets out of answers',
		hint: 'Passwords, keys, one-time codes and card numbers that stand in records.',
		isChecked: config.redact === true,
	});
	const element = h(
		'details',
		{ open: config.redact === true || named.some(([name]) => config[name] !== undefined) },
		h('summary', {}, 'Limits'),
		h(
			'div',
			{ class: 'row-fields' },
			field({ label: 'Calls a minute', control: calls, hint: '100,000 when empty.', path: 'config.calls_per_minute' }),
			field({ label: 'Writes a day', control: writes, hint: 'No bound when empty.', path: 'config.writes_per_day' }),
			field({
				label: 'Same write again',
				control: repeats,
				hint: 'Seconds in which it is sent once; 120 when empty, 0 for always.',
				path: 'config.duplicate_window_seconds',
			}),
		),
		h('div', { class: 'field' }, redact),
	);
	return {
		element,
		read: () => ({
			...Object.fromEntries(
				named.filter(([, control]) => control.value !== '').map(([name, control]) => [name, Number(control.value)]),
			),
			...(redact.querySelector('input')?.checked ? { redact: true } : {}),
		}),
		/** What a patch says to go back to none of them. */
		none: { calls_per_minute: null, writes_per_day: null, duplicate_window_seconds: null, redact: false },
	};
}

/** @param {string} at @param {string} message */
function fault(at, message) {
	return new ApiFault(400, 'invalid_input', message, [{ path: at, message }]);
}

/**
 * Checkboxes with a filter above them.
 *
 * @param {object} parts
 * @param {string | null} parts.summary  folded away under it
 * @param {string} parts.label
 * @param {string} parts.name
 * @param {boolean} parts.isOpen
 * @param {{ value: string, label: string, hint: string, isChecked: boolean }[]} parts.options
 */
function picker({ summary, label, name, isOpen, options }) {
	const rows = options.map((option) => ({
		option,
		element: choice({ type: 'checkbox', name, ...option }),
	}));
	const id = uniqueId('find');
	const search = h('input', { type: 'search', id, placeholder: `${label}…`, 'aria-label': label, autocomplete: 'off' });
	const choices = h(
		'div',
		{ class: 'choices tall', tabindex: '0', role: 'group', 'aria-label': label.replace('Find a ', 'Each ') },
		rows.map(({ element }) => element),
	);
	search.addEventListener('input', () => {
		const text = search.value.trim().toLowerCase();
		for (const { option, element } of rows)
			element.hidden = !`${option.label} ${option.hint}`.toLowerCase().includes(text);
	});
	const content = [options.length > 12 && search, choices];
	return summary === null
		? h('div', { class: 'picker' }, content)
		: h('details', { class: 'picker', open: isOpen }, h('summary', {}, summary), content);
}

/** @param {Server | null} server */
function expiryFields(server) {
	const before = server?.expires_at ?? null;
	const select = h(
		'select',
		{},
		before !== null && h('option', { value: 'keep' }, `As it is: ${moment(before)}`),
		PRESETS.map(([value, label]) => h('option', { value }, label)),
		h('option', { value: 'date' }, 'On a date…'),
	);
	const date = h('input', { type: 'datetime-local' });
	const dateField = field({
		label: 'Date and time',
		control: date,
		hint: `In your time zone, ${timeZone()}.`,
		path: 'expires_at',
	});
	const selectField = field({
		label: 'Expires',
		control: select,
		hint: 'Access ends to the second; the server, its URL and its log are erased.',
		path: 'expires_at',
	});
	const update = () => {
		const isDate = select.value === 'date';
		dateField.hidden = !isDate;
		// Faults belong to what was filled in.
		if (isDate) delete selectField.dataset.path;
		else selectField.dataset.path = 'expires_at';
		if (isDate && date.value === '') date.value = toLocalInput(new Date(Date.now() + 7 * 86_400_000));
	};
	select.addEventListener('change', update);
	update();
	return {
		element: h('div', {}, selectField, dateField),
		/** @returns {string | null | undefined} undefined: as it is */
		read() {
			if (select.value === 'keep') return undefined;
			if (select.value === '') return null;
			if (select.value !== 'date') return new Date(Date.now() + Number(select.value) * 60_000).toISOString();
			const chosen = new Date(date.value);
			if (Number.isNaN(chosen.getTime())) throw fault('expires_at', 'choose a date and a time');
			return chosen.toISOString();
		},
	};
}

/** @param {Account} account @param {ReturnType<typeof serverFields>} fields @param {AbortSignal} signal */
function previewPanel(account, fields, signal) {
	const figures = h('div', { class: 'preview-figures' });
	const words = h('div', { class: 'preview-words' });
	const names = h('ul', { class: 'mono' });
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
		const search = query(config);
		if (search === asked) return;
		asked = search;
		asking?.abort();
		const now = new AbortController();
		asking = now;
		element.setAttribute('aria-busy', 'true');
		try {
			if (config.methods?.length === 0)
				throw new ApiFault(400, 'no_matching_tools', 'No method is chosen, so there is no tool.');
			/** @type {ToolsPreview} */
			const found = await api('GET', path`/integrated-account/${account.id}/tools` + search, undefined, now.signal);
			showPreview({ figures, words, names }, found, config);
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
function query({ methods, tags, tool_names, list_format, tool_exposure }) {
	const search = new URLSearchParams({
		view: 'summary',
		...(methods ? { methods: methods.join(',') } : {}),
		...(tags ? { tags: tags.join(',') } : {}),
		...(tool_names ? { tool_names } : {}),
		...(list_format ? { list_format } : {}),
		...(tool_exposure ? { tool_exposure } : {}),
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

/** @param {{ figures: HTMLElement, words: HTMLElement, names: HTMLElement }} places @param {ToolsPreview} found @param {ServerConfig} config */
function showPreview({ figures, words, names }, found, config) {
	showFigures(figures, found);
	const isDiscovery = config.tool_exposure === 'discovery';
	if (found.count === 0)
		fill(words, notice('warn', h('p', {}, 'No tool passes both methods and tags. Widen one of them.')));
	else if (found.listed > MANY_TOOLS)
		fill(
			words,
			notice(
				'warn',
				h(
					'p',
					{},
					h('strong', {}, `More than ${MANY_TOOLS} tools. `),
					'Every chat pays for the list, models choose worse, and some clients cut it off. Narrow it by tags, or let the model search: Tools in the list → Discovery.',
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
					? `A model finds ${plural(found.count, 'tool')} through them, and pays for those that it looks at.`
					: 'The list is read by a model at the start of every chat.',
			),
		);
	const shown = found.tools.slice(0, NAMES_SHOWN);
	const rest = found.tools.length - shown.length;
	fill(
		names,
		shown.map(({ name, method_class }) =>
			h(
				'li',
				{},
				h('span', { class: `dot ${method_class}`, 'aria-hidden': 'true' }),
				name,
				h('span', { class: 'visually-hidden' }, `, ${method_class}`),
			),
		),
		rest > 0 && h('li', { class: 'muted' }, `and ${count(rest)} more`),
	);
}

/** What each exposure costs, where it is chosen. @param {ToolsPreview} found */
function showCosts({ choices }) {
	for (const [name, cost] of Object.entries(choices.tool_exposure)) {
		const place = document.querySelector(`[data-cost="${name}"]`);
		if (place)
			place.textContent = `${name === 'all' ? 'Best for a few dozen.' : 'A few tools that search and call the others.'} ${plural(cost.tools, 'tool')}, about ${tokens(cost.tokens)} tokens.`;
	}
}
