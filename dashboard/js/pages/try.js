// Choosing one of a server's tools and running it, as a model would.
import { fill, h } from '../dom.js';
import { field } from '../form.js';
import { count, plural } from '../format.js';
import { request, rpc } from '../mcp.js';
import { toolRunner } from '../tool-runner.js';
import { emptyState, toolName } from '../ui.js';
import { serverHead, serverPage } from './server.js';

/** @typedef {import('../../types.d.ts').ListedTool} ListedTool */
/** @typedef {import('../mcp.js').RpcAnswer} RpcAnswer */

const SHOWN_AT_ONCE = 50;

export const tryPage = serverPage({
	async load({ params, signal }) {
		const answer = await rpc(params.account ?? '', params.server ?? '', request('tools/list'), signal);
		if (!answer.body?.result) throw new Error(answer.body?.error?.message ?? faultOf(answer));
		return /** @type {ListedTool[]} */ (answer.body.result.tools);
	},
	show(visit, { account, server }, tools) {
		const panel = h('div', { class: 'try-panel' });
		const wanted = tools.find(({ name }) => name === visit.query.get('tool'));
		if (wanted) fill(panel, toolRunner(wanted, account, server, visit.signal));
		else
			fill(
				panel,
				emptyState(
					'Choose a tool',
					`This server offers ${plural(tools.length, 'tool')}. A tool that you run here works on the real records of ${account.name}.`,
				),
			);
		const choose = (/** @type {ListedTool} */ tool) => {
			fill(panel, toolRunner(tool, account, server, visit.signal));
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
						h('span', { class: 'sub mono' }, toolName(tool.name)),
					),
				),
			),
			found.length > SHOWN_AT_ONCE &&
				h('li', { class: 'muted small' }, `and ${count(found.length - SHOWN_AT_ONCE)} more: type to find them`),
			found.length === 0 && h('li', { class: 'muted small' }, 'No tool of this server has these words in its name.'),
		);
	};
	search.addEventListener('input', apply);
	apply();
	return h('div', { class: 'try-tools' }, field({ label: 'Tool', control: search }), list);
}
