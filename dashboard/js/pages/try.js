// Running a tool as a model would: its arguments, the message, the answer.
import { api } from '../api.js';
import { serverPath } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { field } from '../form.js';
import { bytes, count, plural } from '../format.js';
import { LEGACY_VERSION, request, rpc, toolCall } from '../mcp.js';
import { schemaForm } from '../schema-form.js';
import { badge, busy, button, codeBlock, confirm, emptyState, explain, fact, notice } from '../ui.js';
import { serverHead, serverPage } from './server.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Server} Server */
/** @typedef {import('../../types.d.ts').ListedTool} ListedTool */
/** @typedef {import('../../types.d.ts').LogPage} LogPage */
/** @typedef {import('../mcp.js').RpcAnswer} RpcAnswer */

const SHOWN_AT_ONCE = 50;
/** Longer answers are cut on the screen alone. */
const SHOWN_CHARACTERS = 20_000;
/** Log entries are gathered for a tenth of a second before they are stored. */
const LOG_DELAY_MS = 250;

export const tryPage = serverPage({
	async load({ params, signal }) {
		const answer = await rpc(params.account ?? '', params.server ?? '', request('tools/list'), signal);
		if (!answer.body?.result) throw new Error(answer.body?.error?.message ?? faultOf(answer));
		return /** @type {ListedTool[]} */ (answer.body.result.tools);
	},
	show(visit, { account, server }, tools) {
		const panel = h('div', { class: 'try-panel' });
		const wanted = tools.find(({ name }) => name === visit.query.get('tool'));
		if (wanted) fill(panel, runner(wanted, account, server, visit.signal));
		else
			fill(
				panel,
				emptyState(
					'Choose a tool',
					`This server offers ${plural(tools.length, 'tool')}. What you run here is run for real, on ${account.name}.`,
				),
			);
		const choose = (/** @type {ListedTool} */ tool) => {
			fill(panel, runner(tool, account, server, visit.signal));
			const heading = /** @type {HTMLElement} */ (panel.querySelector('h2'));
			heading.tabIndex = -1;
			heading.focus();
		};
		return {
			title: `Try ${server.name}`,
			content: [
				...serverHead(account, server, 'try'),
				h('div', { class: 'split try' }, chooser(tools, choose, wanted?.name), panel),
			],
		};
	},
});

/** @param {RpcAnswer} answer */
function faultOf({ status, text }) {
	try {
		return JSON.parse(text).message ?? `The server answered ${status}.`;
	} catch {
		return `The server answered ${status}.`;
	}
}

/** @param {ListedTool[]} tools @param {(tool: ListedTool) => void} choose @param {string | undefined} current */
function chooser(tools, choose, current) {
	const search = h('input', { type: 'search', placeholder: 'Find a tool…', autocomplete: 'off' });
	const list = h('ul', { class: 'tool-list', tabindex: '0', 'aria-label': 'Tools' });
	const apply = () => {
		const words = search.value
			.toLowerCase()
			.split(/[\s_]+/)
			.filter(Boolean);
		const found = tools.filter(({ name, title = '' }) =>
			words.every((word) => `${name} ${title}`.toLowerCase().includes(word)),
		);
		fill(
			list,
			found.slice(0, SHOWN_AT_ONCE).map((tool) =>
				h(
					'li',
					{},
					h(
						'button',
						{
							type: 'button',
							class: 'tool-choice',
							'aria-current': tool.name === current ? 'true' : null,
							onclick: () => {
								current = tool.name;
								for (const other of list.querySelectorAll('button')) other.removeAttribute('aria-current');
								choose(tool);
								apply();
							},
						},
						h('span', {}, tool.title ?? tool.name),
						h('span', { class: 'sub mono' }, tool.name),
					),
				),
			),
			found.length > SHOWN_AT_ONCE &&
				h('li', { class: 'muted small' }, `and ${count(found.length - SHOWN_AT_ONCE)} more: type to find them`),
			found.length === 0 && h('li', { class: 'muted small' }, 'No tool of this server is called that.'),
		);
	};
	search.addEventListener('input', apply);
	apply();
	return h('div', { class: 'try-tools' }, field({ label: 'Tool', control: search }), list);
}

/** @param {ListedTool} tool @param {Account} account @param {Server} server @param {AbortSignal} signal */
function runner(tool, account, server, signal) {
	const isRead = tool.annotations?.readOnlyHint === true;
	const form = schemaForm(tool.inputSchema);
	const raw = h('textarea', { class: 'mono', rows: '8', spellcheck: 'false' });
	const rawField = field({ label: 'Arguments as JSON', control: raw });
	rawField.hidden = true;
	const fault = h('p', { class: 'fault', role: 'alert' });
	const result = h('div', { class: 'try-result' });
	const run = button(isRead ? 'Run' : 'Run…', { kind: 'primary', type: 'submit' });
	const asJson = button('Write JSON', { class: 'small', 'aria-pressed': 'false' });
	const example = exampleOf(tool);
	const readArguments = () => (rawField.hidden ? form.read() : JSON.parse(raw.value || '{}'));
	asJson.addEventListener('click', () => {
		try {
			if (rawField.hidden) raw.value = JSON.stringify(form.read(), null, 2);
			else form.write(JSON.parse(raw.value || '{}'));
		} catch (error) {
			fault.textContent = explain(error).text.replace(/\. Reload.*/, '.');
			return;
		}
		fault.textContent = '';
		rawField.hidden = !rawField.hidden;
		form.element.hidden = !rawField.hidden;
		asJson.setAttribute('aria-pressed', String(!rawField.hidden));
		asJson.textContent = rawField.hidden ? 'Write JSON' : 'Use the form';
	});

	/** @param {Record<string, unknown>} args */
	async function call(args) {
		const message = toolCall(tool.name, args);
		const before = /** @type {LogPage} */ (
			await api('GET', `${serverPath(account.id, server.id)}/log?limit=1`, undefined, signal)
		);
		const answer = await rpc(account.id, server.id, message, signal, LEGACY_VERSION);
		fill(result, ...describeAnswer(tool, args, answer));
		result.scrollIntoView({ block: 'nearest' });
		announce(`${tool.title ?? tool.name} answered in ${answer.ms} ms`);
		void showTiming(result, account, server, before.newest_cursor, signal);
	}
	const element = h(
		'form',
		{ class: 'card', novalidate: true },
		h(
			'div',
			{ class: 'section-head' },
			h('h2', {}, tool.title ?? tool.name),
			h(
				'div',
				{ class: 'badges' },
				isRead
					? badge('good', 'Read')
					: badge(
							tool.annotations?.destructiveHint ? 'bad' : 'warn',
							tool.annotations?.destructiveHint ? 'Destructive' : 'Write',
						),
			),
		),
		h('p', { class: 'muted card-lede break' }, (tool.description ?? '').replace(/ Example: \{.*$/s, '')),
		form.element,
		rawField,
		fault,
		h(
			'div',
			{ class: 'actions' },
			run,
			asJson,
			example &&
				button('Fill in the example', {
					class: 'small',
					onclick: () => {
						form.write(example);
						raw.value = JSON.stringify(example, null, 2);
					},
				}),
		),
	);
	element.addEventListener('submit', async (event) => {
		event.preventDefault();
		fault.textContent = '';
		/** @type {Record<string, unknown>} */
		let args;
		try {
			args = readArguments();
		} catch (error) {
			fault.textContent = /** @type {Error} */ (error).message;
			return;
		}
		if (isRead) {
			await busy(run, 'Running…', () => call(args)).catch((error) => {
				if (!signal.aborted) fault.textContent = explain(error).text;
			});
			return;
		}
		await confirm({
			title: `Run ${tool.title ?? tool.name}?`,
			text: [
				h('p', {}, `This changes records in ${account.name} for real: there is no undo here.`),
				codeBlock(JSON.stringify(args, null, 2), { label: 'Arguments' }),
			],
			action: 'Run it',
			isDanger: tool.annotations?.destructiveHint === true,
			run: () => call(args),
		});
	});
	return [element, result];
}

/** The example that a description ends with. @param {ListedTool} tool @returns {Record<string, unknown> | null} */
function exampleOf({ description = '' }) {
	const [, text] = / Example: (\{.*\})$/s.exec(description) ?? [];
	try {
		return text ? JSON.parse(text) : null;
	} catch {
		return null;
	}
}

/** @param {ListedTool} tool @param {Record<string, unknown>} args @param {RpcAnswer} answer */
function describeAnswer(tool, args, answer) {
	const { body, status, ms, text } = answer;
	const result = /** @type {{ isError?: boolean, structuredContent?: Record<string, unknown> } | undefined} */ (
		body?.result
	);
	const content = result?.structuredContent;
	const isGood = result !== undefined && result.isError !== true;
	const shown = content ?? body?.error ?? text;
	const json = typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2);
	const sent = /** @type {Record<string, string> | undefined} */ (content?.sent);
	const failure = /** @type {string | undefined} */ (content?.message) ?? body?.error?.message;
	return [
		h(
			'section',
			{ class: 'card', 'aria-labelledby': 'answer-title' },
			h(
				'div',
				{ class: 'section-head' },
				h('h2', { id: 'answer-title' }, 'Answer'),
				badge(isGood ? 'good' : 'bad', isGood ? 'OK' : status === 200 ? 'Error' : `HTTP ${status}`),
			),
			!isGood && notice('bad', h('p', {}, failure ?? `${tool.name} did not answer.`)),
			h(
				'dl',
				{ class: 'facts', 'data-timing': true },
				fact('Round trip', `${count(ms)} ms`),
				fact('Size', bytes(new TextEncoder().encode(text).length)),
				...Object.entries(sent ?? {}).map(([name, value]) =>
					fact(`Sent ${name}`, h('code', { class: 'break' }, value)),
				),
			),
			h('h3', {}, 'What the model sees'),
			codeBlock(
				json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}\n… cut here on the screen` : json,
				{ label: 'Answer as JSON' },
			),
			h(
				'details',
				{},
				h('summary', {}, 'What the model sent'),
				codeBlock(JSON.stringify({ name: tool.name, arguments: args }, null, 2), { label: 'Request' }),
			),
		),
	];
}

/** What the log says of the call: the vendor's part of the time. @param {HTMLElement} place @param {Account} account @param {Server} server @param {string} after @param {AbortSignal} signal */
async function showTiming(place, account, server, after, signal) {
	await new Promise((resolve) => setTimeout(resolve, LOG_DELAY_MS));
	if (signal.aborted) return;
	try {
		const { result } = /** @type {LogPage} */ (
			await api('GET', `${serverPath(account.id, server.id)}/log?limit=1&after=${after}`, undefined, signal)
		);
		const [entry] = result;
		const facts = place.querySelector('[data-timing]');
		if (!entry || !facts) return;
		facts.append(
			fact(
				'Vendor',
				entry.upstream_ms === null
					? 'not asked'
					: `${entry.upstream_status ?? 'no status'} in ${count(entry.upstream_ms)} ms`,
			),
			fact('In Patchbay', `${count(entry.duration_ms - (entry.upstream_ms ?? 0))} ms`),
		);
	} catch {
		// The answer is there; how its time was spent is extra.
	}
}
