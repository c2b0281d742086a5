// The Doctor: runs the steps of a connecting client and shows cause and fix of each failure.

import { STEPS, verdict } from '../doctor-steps.js';
import { announce, fill, h } from '../dom.js';
import { badge, busy, button, codeBlock, explain, icon, notice } from '../ui.js';
import { serverHead, serverPage } from './server.js';

/** @typedef {import('../doctor-steps.js').Finding} Finding */
/** @typedef {import('../doctor-steps.js').Step} Step */

/** @type {Record<Finding['state'], ['good' | 'warn' | 'bad' | 'neutral', string, 'check' | 'warn' | 'cross' | 'info' | 'dash']>} */
const LOOKS = {
	ok: ['good', 'Works', 'check'],
	note: ['neutral', 'Note', 'info'],
	warn: ['warn', 'Check', 'warn'],
	bad: ['bad', 'Fails', 'cross'],
	skip: ['neutral', 'Skipped', 'dash'],
};

export const doctorPage = serverPage({
	load: async () => null,
	show({ signal }, { account, server }) {
		const list = h('ol', { class: 'doctor' });
		const said = h('div', { class: 'doctor-verdict' });
		const again = button('Run again');
		async function examine() {
			const patient = { account, server, signal, tools: [] };
			const items = STEPS.map((step) => ({ step, element: h('li', {}, ...waitingStep(step)) }));
			fill(said);
			fill(
				list,
				items.map(({ element }) => element),
			);
			/** @type {Finding[]} */
			const findings = [];
			for (const { step, element } of items) {
				fill(element, ...waitingStep(step, true));
				const finding = await step
					.run(patient)
					.catch(
						(error) =>
							/** @type {Finding} */ ({ state: 'bad', text: explain(error).text, fix: 'Run the Doctor again.' }),
					);
				if (signal.aborted) return;
				findings.push(finding);
				fill(element, ...finishedStep(step, finding));
			}
			const { tone, text } = verdict(findings);
			fill(said, notice(tone, h('p', {}, h('strong', {}, text))));
			announce(text);
		}
		again.addEventListener('click', () => busy(again, 'Examining…', examine));
		void busy(again, 'Examining…', examine);
		return {
			title: `Doctor of ${server.name}`,
			content: [
				...serverHead(account, server, 'doctor'),
				h(
					'div',
					{ class: 'section-head' },
					h('p', { class: 'muted lede' }, 'Repeats what ChatGPT and Claude do when they connect to this server.'),
					again,
				),
				said,
				list,
			],
		};
	},
});

/** @param {Step} step @param {boolean} [isRunning] */
function waitingStep({ title, about }, isRunning = false) {
	return [
		isRunning
			? h('span', { class: 'spinner', 'aria-hidden': 'true' })
			: h('span', { class: 'doctor-mark' }, icon('dash')),
		h('div', {}, h('h2', {}, title), h('p', { class: 'muted small' }, about)),
	];
}

/** @param {Step} step @param {Finding} finding */
function finishedStep({ title, about }, { state, text, fix, sent, received }) {
	const [tone, word, mark] = LOOKS[state];
	return [
		h('span', { class: `doctor-mark ${tone}` }, icon(mark)),
		h(
			'div',
			{},
			h('div', { class: 'section-head flat' }, h('h2', {}, title), badge(tone, word)),
			h('p', { class: 'muted small' }, about),
			h('p', { class: 'break' }, text),
			fix && h('p', { class: 'break' }, h('strong', {}, 'What to do: '), fix),
			(sent !== undefined || received !== undefined) &&
				h(
					'details',
					{},
					h('summary', {}, 'Messages'),
					sent !== undefined && codeBlock(JSON.stringify(sent, null, 2), { label: `Sent: ${title}` }),
					received !== undefined &&
						codeBlock(typeof received === 'string' ? received : JSON.stringify(received, null, 2).slice(0, 6000), {
							label: `Received: ${title}`,
						}),
				),
		),
	];
}
