// One tool, ready to run: its arguments as a form or as JSON, the answer, and where the time went.
import { api } from './api.js';
import { serverPath } from './data.js';
import { announce, fill, h } from './dom.js';
import { field } from './form.js';
import { bytes, count } from './format.js';
import { LEGACY_VERSION, rpc, toolCall } from './mcp.js';
import { schemaForm } from './schema-form.js';
import { badge, busy, button, codeBlock, confirm, explain, fact, notice } from './ui.js';
import { effectOf } from './write-preview.js';

/** @typedef {import('../types.d.ts').AccountRecord} Account */
/** @typedef {import('../types.d.ts').Server} Server */
/** @typedef {import('../types.d.ts').ListedTool} ListedTool */
/** @typedef {import('../types.d.ts').LogPage} LogPage */
/** @typedef {import('./mcp.js').RpcAnswer} RpcAnswer */

/** A longer answer is cut on the screen; the model gets all of it. */
const SHOWN_CHARACTERS = 20_000;
/** The log stores its entries a tenth of a second late. */
const LOG_DELAY_MS = 250;

/** @param {ListedTool} tool @param {Account} account @param {Server} server @param {AbortSignal} signal */
export function toolRunner(tool, account, server, signal) {
	const isRead = tool.annotations?.readOnlyHint === true;
	const input = argumentsInput(tool);
	const result = h('div', { class: 'try-result' });
	const run = button(isRead ? 'Run' : 'Run…', { kind: 'primary', type: 'submit' });
	const title = tool.title ?? tool.name;

	/** @param {Record<string, unknown>} args */
	async function call(args) {
		const logPath = `${serverPath(account.id, server.id)}/log?limit=1`;
		const before = /** @type {LogPage} */ (await api('GET', logPath, undefined, signal));
		const answer = await rpc(account.id, server.id, toolCall(tool.name, args), signal, LEGACY_VERSION);
		fill(result, answerCard(tool, args, answer));
		result.scrollIntoView({ block: 'nearest' });
		announce(`${title} answered in ${answer.ms} ms`);
		void showTiming(result, `${logPath}&after=${before.newest_cursor}`, signal);
	}
	const element = h(
		'form',
		{ class: 'card', novalidate: true },
		h('div', { class: 'section-head' }, h('h2', {}, title), h('div', { class: 'badges' }, kindBadge(tool))),
		h('p', { class: 'muted card-lede break' }, (tool.description ?? '').replace(/ Example: \{.*$/s, '')),
		input.elements,
		h('div', { class: 'actions' }, run, input.buttons),
	);
	/** @param {() => Promise<unknown>} work */
	const attempt = (work) =>
		busy(run, 'Running…', work).catch((error) => {
			if (!signal.aborted) input.showFault(explain(error).text);
		});
	element.addEventListener('submit', async (event) => {
		event.preventDefault();
		const args = input.read();
		if (args === null) return;
		if (isRead) return void attempt(() => call(args));
		/** @type {RpcAnswer | null} */
		let looked = null;
		await attempt(async () => {
			looked = await preview(tool, args, account, server, signal);
		});
		if (signal.aborted) return;
		run.focus();
		await askAndWrite({ tool, args, account, server, looked, result, call });
	});
	return [element, result];
}

/** Asks what the write would do. @returns null where the server has no tool that shows it. @param {ListedTool} tool @param {Record<string, unknown>} args @param {Account} account @param {Server} server @param {AbortSignal} signal */
async function preview(tool, args, account, server, signal) {
	const isConfirm = typeof args.confirm === 'string';
	// The first call of such a tool is a preview by itself.
	const message = isItsOwnPreview(tool)
		? toolCall(tool.name, args)
		: toolCall('preview_change', { tool_name: tool.name, arguments: args });
	if (isItsOwnPreview(tool) && isConfirm) return null;
	const answer = await rpc(account.id, server.id, message, signal, LEGACY_VERSION);
	return answer.body?.result ? answer : null;
}

/** @param {ListedTool} tool */
function isItsOwnPreview({ inputSchema }) {
	return inputSchema.properties?.confirm !== undefined && inputSchema.properties.changes !== undefined;
}

/**
 * Shows a person what would be written, and writes it when the person says so.
 *
 * @param {object} write
 * @param {ListedTool} write.tool
 * @param {Record<string, unknown>} write.args
 * @param {Account} write.account
 * @param {Server} write.server
 * @param {RpcAnswer | null} write.looked
 * @param {HTMLElement} write.result
 * @param {(args: Record<string, unknown>) => Promise<void>} write.call
 */
async function askAndWrite({ tool, args, account, server, looked, result, call }) {
	const found = /** @type {{ isError?: boolean, structuredContent?: Record<string, unknown> } | undefined} */ (
		looked?.body?.result
	);
	const content = found?.structuredContent;
	const isNothing = isItsOwnPreview(tool) && looked !== null && typeof content?.confirm !== 'string';
	// Faults are shown in the words that the model gets; there is nothing to confirm.
	if (looked && (found?.isError || isNothing)) {
		fill(result, answerCard(tool, args, looked));
		result.scrollIntoView({ block: 'nearest' });
		announce('Nothing was written');
		return;
	}
	const title = tool.title ?? tool.name;
	const isRehearsal = server.config.rehearsal === true;
	await confirm({
		title: isRehearsal ? `Rehearse ${title}?` : `Run ${title}?`,
		text: [
			isRehearsal
				? h('p', {}, 'This server rehearses: the answer says what would be done, and nothing is sent.')
				: h('p', {}, `This changes records in ${account.name}. It cannot be undone here.`),
			...(content ? effectOf(content) : []),
			h(
				'details',
				{ open: content === undefined },
				h('summary', {}, 'Arguments'),
				codeBlock(JSON.stringify(args, null, 2), { label: 'Arguments' }),
			),
		],
		action: isRehearsal ? 'Rehearse it' : 'Run it',
		isDanger: !isRehearsal && tool.annotations?.destructiveHint === true,
		run: () => call(isItsOwnPreview(tool) && content ? { confirm: content.confirm } : args),
	});
}

/** @param {ListedTool} tool */
function kindBadge({ annotations }) {
	if (annotations?.readOnlyHint === true) return badge('good', 'Read');
	return annotations?.destructiveHint ? badge('bad', 'Destructive') : badge('warn', 'Write');
}

/** The arguments as a form, or as JSON for whoever prefers to write it. @param {ListedTool} tool */
function argumentsInput(tool) {
	const form = schemaForm(tool.inputSchema);
	const raw = h('textarea', { class: 'mono', rows: '8', spellcheck: 'false' });
	const rawField = field({ label: 'Arguments as JSON', control: raw });
	rawField.hidden = true;
	const fault = h('p', { class: 'fault', role: 'alert' });
	const asJson = button('Write JSON', { class: 'small', 'aria-pressed': 'false' });
	const example = exampleOf(tool);
	/** @returns {Record<string, unknown> | null} null when a fault is shown instead */
	const read = () => {
		fault.textContent = '';
		try {
			return rawField.hidden ? form.read() : JSON.parse(raw.value || '{}');
		} catch (error) {
			fault.textContent = /** @type {Error} */ (error).message;
			return null;
		}
	};
	asJson.addEventListener('click', () => {
		const args = read();
		if (args === null) return;
		if (rawField.hidden) raw.value = JSON.stringify(args, null, 2);
		else form.write(args);
		rawField.hidden = !rawField.hidden;
		form.element.hidden = !rawField.hidden;
		asJson.setAttribute('aria-pressed', String(!rawField.hidden));
		asJson.textContent = rawField.hidden ? 'Write JSON' : 'Use the form';
	});
	const fillIn = () => {
		form.write(example ?? {});
		raw.value = JSON.stringify(example, null, 2);
	};
	return {
		elements: [form.element, rawField, fault],
		buttons: [asJson, example && button('Fill in the example', { class: 'small', onclick: fillIn })],
		read,
		/** @param {string} text */
		showFault(text) {
			fault.textContent = text;
		},
	};
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
function answerCard(tool, args, answer) {
	const { body, status, ms, text } = answer;
	const result = /** @type {{ isError?: boolean, structuredContent?: Record<string, unknown> } | undefined} */ (
		body?.result
	);
	const content = result?.structuredContent;
	const isGood = result !== undefined && result.isError !== true;
	const isShown = isGood && (content?.rehearsed === true || content?.preview === true);
	const shown = content ?? body?.error ?? text;
	const json = typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2);
	const sent = /** @type {Record<string, string> | undefined} */ (content?.sent);
	const failure = /** @type {string | undefined} */ (content?.message) ?? body?.error?.message;
	return h(
		'section',
		{ class: 'card', 'aria-labelledby': 'answer-title' },
		h(
			'div',
			{ class: 'section-head' },
			h('h2', { id: 'answer-title' }, 'Answer'),
			isShown && badge('warn', content?.rehearsed ? 'Rehearsed: nothing was done' : 'Preview: nothing was done'),
			badge(isGood ? 'good' : 'bad', isGood ? 'OK' : status === 200 ? 'Error' : `HTTP ${status}`),
		),
		!isGood && notice('bad', h('p', {}, failure ?? `${tool.name} did not answer.`)),
		isShown && content && effectOf(content),
		h(
			'dl',
			{ class: 'facts', 'data-timing': true },
			fact('Round trip', `${count(ms)} ms`),
			fact('Size', bytes(new TextEncoder().encode(text).length)),
			...Object.entries(sent ?? {}).map(([name, value]) => fact(`Sent ${name}`, h('code', { class: 'break' }, value))),
		),
		h('h3', {}, 'What the model sees'),
		codeBlock(json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}\n… cut here on the screen` : json, {
			label: 'Answer as JSON',
		}),
		h(
			'details',
			{},
			h('summary', {}, 'What the model sent'),
			codeBlock(JSON.stringify({ name: tool.name, arguments: args }, null, 2), { label: 'Request' }),
		),
	);
}

/** Adds the vendor's part of the time, which the log knows. @param {HTMLElement} place @param {string} logPath  of the entry @param {AbortSignal} signal */
async function showTiming(place, logPath, signal) {
	await new Promise((resolve) => setTimeout(resolve, LOG_DELAY_MS));
	if (signal.aborted) return;
	try {
		const { result } = /** @type {LogPage} */ (await api('GET', logPath, undefined, signal));
		const [entry] = result;
		const facts = place.querySelector('[data-timing]');
		if (!entry || !facts) return;
		const { upstream_ms, upstream_status, duration_ms } = entry;
		const vendor = upstream_ms === null ? 'not asked' : `${upstream_status ?? 'no status'} in ${count(upstream_ms)} ms`;
		facts.append(fact('Vendor', vendor), fact('In Patchbay', `${count(duration_ms - (upstream_ms ?? 0))} ms`));
	} catch {
		// The answer is shown already; its timing is an extra.
	}
}
