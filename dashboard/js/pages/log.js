// A server's log: its calls, newest first and live, and their number by the hour.
import { api } from '../api.js';
import { hoursChart } from '../chart.js';
import { serverPath, today } from '../data.js';
import { announce, fill, h } from '../dom.js';
import { field, select } from '../form.js';
import { bytes, count, moment, plural, timeOfDay } from '../format.js';
import { bodyOf, cell, table } from '../table.js';
import { badge, busy, button, emptyState, explain, notice, toolName } from '../ui.js';
import { serverHead, serverPage } from './server.js';

/** @typedef {import('../../types.d.ts').LogEntry} LogEntry */
/** @typedef {import('../../types.d.ts').LogPage} LogPage */
/** @typedef {import('../../types.d.ts').Stats} Stats */

const POLL_MS = 2_000;
const PAGE = 50;
const COLUMNS = ['When', 'Tool', 'Outcome', 'Vendor', 'Time', 'Size', 'Client'];

/** @type {Record<string, ['good' | 'warn' | 'bad', string]>} */
const OUTCOMES = {
	ok: ['good', 'OK'],
	rehearsed: ['warn', 'Rehearsed'],
	previewed: ['good', 'Previewed'],
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
	const live = h('input', { type: 'checkbox', id: 'live-log', checked: true });
	const download = h('a', { class: 'button small', download: true, href: '' }, 'Export CSV');
	const filters = filterBar();
	const list = callList();
	const none = h('div', {});
	const more = button('Show older calls');
	const fault = h('div', {});
	const settle = (/** @type {string | null} */ older) => {
		const isFiltered = [...filters.query()].length > 0;
		more.hidden = older === null;
		download.href = `${base}/log?${new URLSearchParams([...filters.query(), ['format', 'csv']])}`;
		fill(none, list.length === 0 && (isFiltered ? noMatch() : noCalls(home)));
		filters.suggest(list.tools());
	};
	const feed = callFeed({ base, first, signal, filters, list, settle, chart });
	const tell = (/** @type {'warn' | 'bad'} */ tone, /** @type {string} */ text) => (/** @type {unknown} */ error) => {
		if (!signal.aborted) fill(fault, notice(tone, h('p', {}, explain(error).text, text)));
	};
	const clear = () => fill(fault);
	const timer = setInterval(() => {
		if (live.checked && !document.hidden) feed.poll().then(clear, tell('warn', ' Asking again…'));
	}, POLL_MS);
	signal.addEventListener('abort', () => clearInterval(timer));
	filters.element.addEventListener('change', () => feed.restart().then(clear, tell('bad', '')));
	more.addEventListener('click', () => busy(more, 'Loading…', feed.older).catch(tell('bad', '')));
	list.show(first.result, 'replace');
	settle(first.next_cursor);
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
					h('span', { class: 'choice inline' }, live, h('label', { for: live.id }, 'Live')),
					download,
				),
			),
			filters.element,
			fault,
			list.element,
			none,
			h('div', { class: 'actions center' }, more),
		),
	];
}

/**
 * Asks for calls: newer ones, older ones, or all again when a filter has changed.
 *
 * @param {object} parts
 * @param {string} parts.base
 * @param {LogPage} parts.first
 * @param {AbortSignal} parts.signal
 * @param {ReturnType<typeof filterBar>} parts.filters
 * @param {ReturnType<typeof callList>} parts.list
 * @param {(older: string | null) => void} parts.settle  called when the list has changed
 * @param {HTMLElement} parts.chart
 */
function callFeed({ base, first, signal, filters, list, settle, chart }) {
	let newest = first.newest_cursor;
	let older = first.next_cursor;
	/** Counts the changes of the filters: an answer to an earlier one is dropped. */
	let round = 0;
	const ask = (/** @type {Record<string, string>} */ also) => {
		const query = new URLSearchParams([...filters.query(), ...Object.entries(also)]);
		return /** @type {Promise<LogPage>} */ (api('GET', `${base}/log?${query}`, undefined, signal));
	};
	return {
		async restart() {
			round += 1;
			const mine = round;
			const page = await ask({ limit: String(PAGE) });
			if (mine !== round) return;
			newest = page.newest_cursor;
			older = page.next_cursor;
			list.show(page.result, 'replace');
			settle(older);
			announce(`${plural(list.length, 'call')}${older ? ' and more' : ''}`);
		},
		async poll() {
			const mine = round;
			const page = await ask({ after: newest, limit: '200' });
			if (mine !== round || signal.aborted) return;
			const hasNews = page.newest_cursor !== newest;
			newest = page.newest_cursor;
			if (page.result.length > 0) {
				list.show(page.result, 'top');
				settle(older);
				announce(plural(page.result.length, 'new call'));
			}
			if (!hasNews) return;
			/** @type {Stats} */
			const fresh = await api('GET', `${base}/stats?${today()}`, undefined, signal);
			fill(chart, hoursChart(fresh.hours));
		},
		async older() {
			const mine = round;
			const page = await ask({ limit: String(PAGE), cursor: older ?? '' });
			if (mine !== round) return;
			older = page.next_cursor;
			list.show(page.result, 'bottom');
			settle(older);
		},
	};
}

function filterBar() {
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
	const tool = select([['', 'Any']]);
	const from = h('input', { type: 'datetime-local' });
	return {
		element: h(
			'div',
			{ class: 'filters', role: 'search', 'aria-label': 'Calls' },
			field({ label: 'Outcome', control: outcome }),
			field({ label: 'Method class', control: kind }),
			h('div', { class: 'wide' }, field({ label: 'Tool', control: tool })),
			field({ label: 'Since', control: from }),
		),
		query() {
			const query = new URLSearchParams();
			if (outcome.value) query.set('outcome', outcome.value);
			if (kind.value) query.set('method_class', kind.value);
			if (tool.value) query.set('tool', tool.value);
			if (from.value) query.set('from', new Date(from.value).toISOString());
			return query;
		},
		/** Offers the tools that occur, and keeps the choice. @param {string[]} names */
		suggest(names) {
			const known = new Set(Array.from(tool.options, ({ value }) => value));
			for (const name of names) if (!known.has(name)) tool.append(h('option', { value: name }, name));
		},
	};
}

function callList() {
	const element = table(COLUMNS, [], { label: 'Calls, newest first', kind: 'stacked log' });
	const body = bodyOf(element);
	/** @type {Set<string>} */
	const tools = new Set();
	return {
		element,
		get length() {
			return body.children.length;
		},
		/** The tools that have occurred, by name. */
		tools: () => [...tools].sort(),
		/** @param {LogEntry[]} entries @param {'top' | 'bottom' | 'replace'} place */
		show(entries, place) {
			for (const { tool } of entries) tools.add(tool);
			const rows = entries.map(row);
			if (place === 'replace') fill(body, rows);
			else if (place === 'top') body.prepend(...rows);
			else body.append(...rows);
			element.hidden = body.children.length === 0;
		},
	};
}

function noMatch() {
	return emptyState('No call matches', 'Widen the filters. A log keeps the last 1,000 calls of its server.');
}

/** @param {string} home  the server's page */
function noCalls(home) {
	return emptyState(
		'No call yet',
		'Calls appear here as they happen: when, which tool, how long, which client. Arguments and answers are never kept.',
		h('a', { class: 'button', href: home }, 'Connect a client'),
		h('a', { class: 'button', href: `${home}/try` }, 'Try a tool'),
	);
}

/** The record and the names of the fields that a call set: of a rehearsed write, what it would have changed. @param {LogEntry} entry */
function subject({ record_type, record_id = null, fields = [] }) {
	if (!record_type || (record_id === null && fields.length === 0)) return false;
	const record = `${record_type.replaceAll('_', ' ')}${record_id === null ? '' : ` ${record_id}`}`;
	return h('span', { class: 'sub' }, fields.length > 0 ? `${record}: ${fields.join(', ')}` : record);
}

/** @param {LogEntry} entry */
function row(entry) {
	const { at, tool, upstream_status, upstream_ms, duration_ms, response_bytes, client } = entry;
	const [tone, word] = OUTCOMES[entry.outcome] ?? ['warn', entry.outcome];
	const vendor =
		upstream_status === null
			? h('span', { class: 'muted' }, 'not asked')
			: `${upstream_status}${upstream_ms === null ? '' : `, ${count(upstream_ms)} ms`}`;
	return h(
		'tr',
		{},
		cell('When', h('time', { datetime: at, title: moment(at), class: 'num nowrap' }, timeOfDay(at))),
		cell('Tool', [toolName(tool), subject(entry)]),
		cell('Outcome', badge(tone, word)),
		cell('Vendor', vendor, 'num nowrap'),
		cell('Time', `${count(duration_ms)} ms`, 'num nowrap'),
		cell('Size', bytes(response_bytes), 'num nowrap'),
		cell('Client', client || h('span', { class: 'muted' }, 'unnamed'), 'break'),
	);
}
