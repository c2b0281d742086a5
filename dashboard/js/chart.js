// Calls and errors by the hour, as bars and as a table for screen readers.
import { h, svg } from './dom.js';
import { count, plural } from './format.js';
import { rowHead } from './table.js';

/** @typedef {import('../types.d.ts').UsageHour} UsageHour */

const WIDTH = 720;
const HEIGHT = 120;
const GAP = 3;
const hourName = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** @param {UsageHour[]} hours  oldest first */
export function hoursChart(hours) {
	const most = Math.max(1, ...hours.map(({ calls }) => calls));
	const step = WIDTH / hours.length;
	const scale = (/** @type {number} */ value) => (value / most) * (HEIGHT - 8);
	const all = hours.reduce((sum, { calls }) => sum + calls, 0);
	const failed = hours.reduce((sum, { errors }) => sum + errors, 0);
	const bars = hours.map(({ at, calls, errors }, index) => {
		const x = index * step + GAP / 2;
		const width = step - GAP;
		const height = calls === 0 ? 0 : Math.max(2, scale(calls));
		const bad = errors === 0 ? 0 : Math.max(2, scale(errors));
		return svg(
			'g',
			{},
			svg('title', {}, `${hourName.format(new Date(at))}: ${plural(calls, 'call')}, ${plural(errors, 'error')}`),
			svg('rect', { class: 'hover', x, y: 0, width, height: HEIGHT }),
			svg('rect', { class: 'calls', x, y: HEIGHT - height, width, height, rx: 2 }),
			svg('rect', { class: 'errors', x, y: HEIGHT - bad, width, height: bad, rx: 2 }),
		);
	});
	const ticks = hours.map(({ at }, index) => ({ at, index })).filter(({ index }) => index % 6 === 0);
	return h(
		'figure',
		{ class: 'chart' },
		h(
			'figcaption',
			{},
			h('strong', {}, `${plural(all, 'call')}`),
			` in ${hours.length} hours, `,
			h('span', { class: failed > 0 ? 'bad-text' : 'muted' }, plural(failed, 'error')),
			h('span', { class: 'muted chart-most' }, `most in an hour: ${count(most === 1 && all === 0 ? 0 : most)}`),
		),
		svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...bars),
		h(
			'div',
			{ class: 'chart-hours muted', 'aria-hidden': 'true' },
			ticks.map(({ at }) => h('span', {}, hourName.format(new Date(at)))),
			h('span', {}, 'now'),
		),
		hoursTable(hours),
	);
}

/** The chart's figures for people who do not see it. @param {UsageHour[]} hours */
function hoursTable(hours) {
	return h(
		'table',
		{ class: 'visually-hidden' },
		h('caption', {}, 'Calls and errors by hour'),
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				['Hour', 'Calls', 'Errors'].map((name) => h('th', { scope: 'col' }, name)),
			),
		),
		h(
			'tbody',
			{},
			hours
				.filter(({ calls }) => calls > 0)
				.map(({ at, calls, errors }) =>
					h('tr', {}, rowHead(hourName.format(new Date(at))), h('td', {}, count(calls)), h('td', {}, count(errors))),
				),
		),
	);
}
