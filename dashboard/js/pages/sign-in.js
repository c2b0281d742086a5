// Sign-in: exchanges an API token for a session cookie that no script can read.
import { ApiFault, api } from '../api.js';
import { h } from '../dom.js';
import { clearFaults, field, showFaults } from '../form.js';
import { busy, button, notice } from '../ui.js';

/**
 * @param {object} options
 * @param {boolean} options.hasEnded  an earlier session has ended
 * @param {string | null} options.provider  that people can sign in with
 * @param {(who: import('../../types.d.ts').Who) => void} options.signedIn
 */
export function signInPage({ hasEnded, provider, signedIn }) {
	const token = h('input', {
		type: 'password',
		name: 'token',
		autocomplete: 'current-password',
		spellcheck: 'false',
		required: true,
		'data-autofocus': true,
	});
	const submit = button('Sign in', { kind: provider === null ? 'primary' : '', type: 'submit' });
	const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
	const hint = isLocal
		? 'For a local start it is local-api-token.'
		: 'npm run deploy printed the first one, once. Lost it? npm run deploy -- --new-api-token creates another.';
	const form = h(
		'form',
		{ class: 'card sign-in', novalidate: true, 'aria-labelledby': 'sign-in-title' },
		h('h1', { id: 'sign-in-title' }, 'Sign in to Patchbay'),
		h('p', { class: 'lede' }, 'Connect your PSA once. Then give ChatGPT, Claude or Cursor a URL to work with it.'),
		hasEnded && notice('info', h('p', {}, 'Your session has ended. Sign in again to continue.')),
		provider !== null && h('a', { class: 'button primary', href: '/sign-in' }, `Sign in with ${provider}`),
		field({ label: provider === null ? 'API token' : 'Or with an API token', control: token, hint, path: 'token' }),
		h('div', { class: 'form-faults' }),
		submit,
		h(
			'p',
			{ class: 'fine-print' },
			'The browser does not keep the token. You stay signed in for 8 hours, or until the token is revoked.',
		),
	);
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		try {
			if (token.value.trim() === '') throw fault('is required');
			signedIn(await busy(submit, 'Signing in…', () => api('POST', '/session', { token: token.value })));
		} catch (error) {
			showFaults(form, error instanceof ApiFault && error.status === 401 ? fault(error.message) : error);
		}
	});
	return h('div', { class: 'sign-in-page' }, form);
}

/** Shown to a person who may use servers and not manage them. @param {string} name */
export function noDashboardPage(name) {
	const leave = button('Sign out', {
		onclick: async () => {
			await api('DELETE', '/session');
			location.reload();
		},
	});
	return h(
		'div',
		{ class: 'sign-in-page' },
		h(
			'div',
			{ class: 'card sign-in' },
			h('h1', {}, `You are signed in as ${name}`),
			h('p', {}, 'You can connect AI clients to MCP servers. This dashboard is for the people who manage them.'),
			h('a', { class: 'button primary', href: '/sign-in' }, 'See your MCP servers'),
			leave,
		),
	);
}

/** @param {string} message */
function fault(message) {
	return new ApiFault(400, 'invalid_input', message, [{ path: 'token', message }]);
}
