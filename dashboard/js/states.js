// The states of an account in words.
import { ago, moment } from './format.js';
import { badge } from './ui.js';

/** @typedef {Pick<import('../types.d.ts').AccountRecord, 'state' | 'state_since' | 'last_seen_at'>} Health */

/** @type {Record<Health['state'], { label: string, tone: 'neutral' | 'good' | 'warn' | 'bad', about: string }>} */
const STATES = {
	unverified: { label: 'Not tested', tone: 'neutral', about: 'The vendor has not accepted these keys yet.' },
	active: { label: 'Connected', tone: 'good', about: 'The vendor accepts the keys.' },
	unreachable: { label: 'Unreachable', tone: 'bad', about: 'The vendor does not answer at this address.' },
	needs_reauth: {
		label: 'Keys refused',
		tone: 'bad',
		about: 'The vendor refuses the keys. Enter new ones, or run a test that succeeds.',
	},
};

/** @param {Health} health */
export function stateBadge({ state }) {
	return badge(STATES[state].tone, STATES[state].label);
}

/** @param {Health} health */
export function aboutState({ state, state_since }) {
	return state === 'active' || state === 'unverified'
		? STATES[state].about
		: `${STATES[state].about} Since ${moment(state_since)}.`;
}

/** @param {Health} health */
export function lastSeen({ last_seen_at }) {
	return last_seen_at === null ? 'never seen' : `seen ${ago(last_seen_at)}`;
}
