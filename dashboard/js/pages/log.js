// What happened on a server: its calls, newest first and live, and how many by the hour.
import { api } from '../api.js';
import { hoursChart } from '../chart.js';
import { serverPath, today } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { field } from '../form.js';
import { bytes, count, moment, plural, timeOfDay } from '../format.js';
import { badge, busy, button, emptyState, explain, notice } from '../ui.js';
import { serverHead, serverPage } from './server.js';

/** @typedef {import('../../types.d.ts').LogEntry} LogEntry */
/** @typedef {import('../../types.d.ts').LogPage} LogPage */
/** @typedef {import('../../types.d.ts').Stats} Stats */

const POLL_MS = 2_000;
const PAGE = 50;

/** @type {Record<string, ['good' | 'warn' | 'bad', string]>} */
const OUTCOMES = {
	ok: ['good', 'OK'],
	refused: ['warn', 'Refused'],
	upstream_error: ['bad', 'Vendor error'],
	failed: ['bad', 'Failed'],
};

export const logPage = serverPage({
	async load({ params, signal }) {
		const base = serverPath(params.account ?? '', params.server ?? '');
		/** @type {[LogPage, Stats]} */
		const [page, stats] = await Promise.all([
			api('GET', `${base}/log?limit=${PAGE}`, undefined, signal),
			api('GET', `${base}/stats?${today()}`, undefined, signal),
		]);
		return { base, page, stats };
	},
	show: ({ signal }, { account, server }, { base, page, stats }) => ({
		title: `Log of ${server.name}`,
		content: [
			...serverHead(account, server, 'log'),
			...log(base, page, stats, signal, `#/accounts/${account.id}/servers/${server.id}`),
		],
	}),
});

/** @param {string} base @param {LogPage} first @param {Stats} stats @param {AbortSignal} signal @param {string} home */
function log(base, first, stats, signal, home) {
	const chart = h('section', { class: 'card', 'aria-label': 'Calls by hour' }, hoursChart(stats.hours));
	const outcome = select([
		['', 'Any'],
		...Object.entries(OUTCOMES).map(([value, [, label]]) => /** @type {[string, string]} */ ([value, label])),
	]);
	const kind = select([
		['', 'Any'],
		['read', 'Read'],
		['write', 'Write'],
		['custom', 'Custom'],
	]);
	const tool = h('input', { type: 'search', autocomplete: 'off', placeholder: 'Exact name', list: 'log-tools' });
	const suggestions = h('datalist', { id: 'log-tools' });
	const from = h('input', { type: 'datetime-local' });
	const live = h('input', { type: 'checkbox', id: 'live-log', checked: true });
	const download = h('a', { class: 'button small', download: true, href: '' }, 'Export CSV');
	const body = h('tbody');
	const table = h(
		'div',
		{ class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Calls, newest first' },
		h(
			'table',
			{ class: 'table stacked log' },
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					['When', 'Tool', 'Outcome', 'Vendor', 'Time', 'Size', 'Client'].map((name) =>
						h('th', { scope: 'col' }, name),
					),
				),
			),
			body,
		),
	);
	const none = h('div', {});
	const more = button('Show older calls');
	const fault = h('div', {});
	let newest = first.newest_cursor;
	let older = first.next_cursor;
	let shown = 0;
	/** A filter that was changed meanwhile makes an answer stale. */
	let round = 0;

	const filter = () => {
		const query = new URLSearchParams();
		if (outcome.value) query.set('outcome', outcome.value);
		if (kind.value) query.set('method_class', kind.value);
		if (tool.value.trim()) query.set('tool', tool.value.trim());
		if (from.value) query.set('from', new Date(from.value).toISOString());
		return query;
	};
	const ask = (/** @type {Record<string, string>} */ also) =>
		/** @type {Promise<LogPage>} */ (
			api('GET', `${base}/log?${new URLSearchParams([...filter(), ...Object.entries(also)])}`, undefined, signal)
		);

	function settle() {
		const isFiltered = [...filter()].length > 0;
		table.hidden = shown === 0;
		more.hidden = older === null;
		download.href = `${base}/log?${new URLSearchParams([...filter(), ['format', 'csv']])}`;
		fill(
			none,
			shown === 0 &&
				(isFiltered
					? emptyState('No call matches', 'Widen the filters. A log keeps the last 1,000 calls of its server.')
					: emptyState(
							'No call yet',
							'Calls appear here as they happen: when, which tool, how long, who. Never arguments or answers.',
							h('a', { class: 'button', href: home }, 'Connect a client'),
							h('a', { class: 'button', href: `${home}/try` }, 'Try a tool'),
						)),
		);
	}
	/** @param {LogEntry[]} entries @param {'top' | 'bottom' | 'replace'} place */
	function show(entries, place) {
		const rows = entries.map(row);
		if (place === 'replace') {
			fill(body, rows);
			shown = rows.length;
		} else {
			if (place === 'top') body.prepend(...rows);
			else body.append(...rows);
			shown += rows.length;
		}
		const names = new Set(
			Array.from(suggestions.children, (option) => /** @type {HTMLOptionElement} */ (option).value),
		);
		for (const { tool: name } of entries) if (!names.has(name)) names.add(name);
		fill(
			suggestions,
			[...names].sort().map((value) => h('option', { value })),
		);
		settle();
	}

	async function refilter() {
		round += 1;
		const mine = round;
		try {
			const page = await ask({ limit: String(PAGE) });
			if (mine !== round) return;
			fill(fault);
			newest = page.newest_cursor;
			older = page.next_cursor;
			show(page.result, 'replace');
			announce(`${plural(shown, 'call')}${older ? ' and more' : ''}`);
		} catch (error) {
			if (!signal.aborted) fill(fault, notice('bad', h('p', {}, explain(error).text)));
		}
	}

	async function poll() {
		const mine = round;
		try {
			const page = await ask({ after: newest, limit: '200' });
			if (mine !== round || signal.aborted) return;
			fill(fault);
			const hasNews = page.newest_cursor !== newest;
			newest = page.newest_cursor;
			if (page.result.length > 0) {
				show(page.result, 'top');
				announce(plural(page.result.length, 'new call'));
			}
			if (hasNews) {
				/** @type {Stats} */
				const fresh = await api('GET', `${base}/stats?${today()}`, undefined, signal);
				fill(chart, hoursChart(fresh.hours));
			}
		} catch (error) {
			if (!signal.aborted) fill(fault, notice('warn', h('p', {}, explain(error).text, ' Asking again…')));
		}
	}
	const timer = setInterval(() => {
		if (live.checked && !document.hidden) void poll();
	}, POLL_MS);
	signal.addEventListener('abort', () => clearInterval(timer));

	for (const control of [outcome, kind, tool, from]) control.addEventListener('change', () => void refilter());
	more.addEventListener('click', () =>
		busy(more, 'Loading…', async () => {
			const page = await ask({ limit: String(PAGE), cursor: older ?? '' });
			older = page.next_cursor;
			show(page.result, 'bottom');
		}).catch((error) => {
			if (!signal.aborted) fill(fault, notice('bad', h('p', {}, explain(error).text)));
		}),
	);
	show(first.result, 'replace');
	return [
		chart,
		h(
			'div',
			{ class: 'section' },
			h(
				'div',
				{ class: 'section-head' },
				h('h2', {}, 'Calls'),
				h(
					'div',
					{ class: 'actions' },
					h('span', { class: 'choice inline' }, live, h('label', { for: 'live-log' }, 'Live')),
					download,
				),
			),
			h(
				'div',
				{ class: 'filters', role: 'search', 'aria-label': 'Calls' },
				field({ label: 'Outcome', control: outcome }),
				field({ label: 'Method class', control: kind }),
				h('div', { class: 'wide' }, field({ label: 'Tool', control: tool })),
				field({ label: 'Since', control: from }),
				suggestions,
			),
			fault,
			table,
			none,
			h('div', { class: 'actions center' }, more),
		),
	];
}

/** @param {[string, string][]} options */
function select(options) {
	return h(
		'select',
		{},
		options.map(([value, label]) => h('option', { value }, label)),
	);
}

/** @param {LogEntry} entry */
function row(entry) {
	const [tone, word] = OUTCOMES[entry.outcome] ?? ['warn', entry.outcome];
	return h(
		'tr',
		{},
		h(
			'td',
			{ 'data-label': 'When' },
			h('time', { datetime: entry.at, title: moment(entry.at), class: 'num nowrap' }, timeOfDay(entry.at)),
		),
		h('td', { 'data-label': 'Tool' }, h('code', { class: 'break' }, entry.tool)),
		h('td', { 'data-label': 'Outcome' }, badge(tone, word)),
		h(
			'td',
			{ 'data-label': 'Vendor', class: 'num nowrap' },
			entry.upstream_status === null
				? h('span', { class: 'muted' }, 'not asked')
				: `${entry.upstream_status}${entry.upstream_ms === null ? '' : `, ${count(entry.upstream_ms)} ms`}`,
		),
		h('td', { 'data-label': 'Time', class: 'num nowrap' }, `${count(entry.duration_ms)} ms`),
		h('td', { 'data-label': 'Size', class: 'num nowrap' }, bytes(entry.response_bytes)),
		h('td', { 'data-label': 'Client', class: 'break' }, entry.client || h('span', { class: 'muted' }, 'unnamed')),
	);
}
