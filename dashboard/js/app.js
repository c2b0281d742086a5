// Entry point: the session, the top bar and the theme.
import { ApiFault, api, SIGNED_OUT } from './api.js';
import { hasUncopiedUrl } from './data.js';
import { announce, fill, h } from './dom.js';
import { noDashboardPage, signInPage } from './pages/sign-in.js';
import { createRouter } from './router.js';
import { confirm, errorPanel, explain, icon, toast } from './ui.js';

/** Each page's module is loaded at its first visit. @type {import('./router.js').Route[]} */
const ROUTES = [
	{ path: '/', nav: 'accounts', open: async () => (await import('./pages/overview.js')).overviewPage },
	{
		path: '/accounts/new',
		nav: 'accounts',
		open: async () => (await import('./pages/connect-account.js')).connectAccountPage,
	},
	{ path: '/accounts/:account', nav: 'accounts', open: async () => (await import('./pages/servers.js')).serversPage },
	{ path: '/accounts/:account/tools', nav: 'accounts', open: async () => (await import('./pages/tools.js')).toolsPage },
	{
		path: '/accounts/:account/connection',
		nav: 'accounts',
		open: async () => (await import('./pages/connection.js')).connectionPage,
	},
	{
		path: '/accounts/:account/servers/new',
		nav: 'accounts',
		open: async () => (await import('./pages/server-form.js')).newServerPage,
	},
	{
		path: '/accounts/:account/servers/:server',
		nav: 'accounts',
		open: async () => (await import('./pages/server.js')).overviewPage,
	},
	{
		path: '/accounts/:account/servers/:server/edit',
		nav: 'accounts',
		open: async () => (await import('./pages/server-form.js')).editServerPage,
	},
	{
		path: '/accounts/:account/servers/:server/try',
		nav: 'accounts',
		open: async () => (await import('./pages/try.js')).tryPage,
	},
	{
		path: '/accounts/:account/servers/:server/log',
		nav: 'accounts',
		open: async () => (await import('./pages/log.js')).logPage,
	},
	{
		path: '/accounts/:account/servers/:server/doctor',
		nav: 'accounts',
		open: async () => (await import('./pages/doctor.js')).doctorPage,
	},
	{ path: '/webhooks', nav: 'accounts', open: async () => (await import('./pages/webhooks.js')).webhooksPage },
	{ path: '/access', nav: 'access', open: async () => (await import('./pages/access.js')).accessPage },
];

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const topbar = /** @type {HTMLElement} */ (document.getElementById('topbar'));
const signOut = /** @type {HTMLButtonElement} */ (document.getElementById('sign-out'));
const themeSwitch = /** @type {HTMLButtonElement} */ (document.getElementById('theme-switch'));
const router = createRouter(ROUTES, main);
let isSignedIn = false;
/** The identity provider that people can sign in with. @type {string | null} */
let signInLabel = null;

/** @param {import('../types.d.ts').Who} who */
function enter(who) {
	isSignedIn = true;
	signOut.title = `Signed in with ${who.api_token?.name ?? 'an API token'}`;
	topbar.hidden = false;
	void router.show();
}

/** @param {{ hasEnded: boolean }} options */
function askToSignIn({ hasEnded }) {
	isSignedIn = false;
	router.leave();
	topbar.hidden = true;
	document.title = 'Sign in · Patchbay';
	fill(main, signInPage({ hasEnded, provider: signInLabel, signedIn: enter }));
	/** @type {HTMLElement | null} */ (main.querySelector('[data-autofocus]'))?.focus();
}

async function start() {
	try {
		/** @type {import('../types.d.ts').Who} */
		const who = await api('GET', '/session');
		signInLabel = who.sign_in?.label ?? null;
		if (who.api_token?.scope === 'use') fill(main, noDashboardPage(who.api_token.name));
		else if (who.api_token) enter(who);
		else askToSignIn({ hasEnded: false });
	} catch (error) {
		fill(main, errorPanel(error, start));
	}
}

function currentTheme() {
	const chosen = document.documentElement.dataset.theme;
	if (chosen) return chosen;
	return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function showTheme() {
	const other = currentTheme() === 'dark' ? 'light' : 'dark';
	themeSwitch.setAttribute('aria-label', `Switch to ${other} colours`);
	themeSwitch.title = `Switch to ${other} colours`;
	fill(themeSwitch, icon(other === 'dark' ? 'moon' : 'sun'));
}

themeSwitch.addEventListener('click', () => {
	const next = currentTheme() === 'dark' ? 'light' : 'dark';
	document.documentElement.dataset.theme = next;
	localStorage.setItem('theme', next);
	showTheme();
});
signOut.addEventListener('click', async () => {
	try {
		await api('DELETE', '/session');
	} catch (error) {
		if (!(error instanceof ApiFault) || error.status !== 401)
			return toast(`You are still signed in. ${explain(error).text}`, 'bad');
	}
	askToSignIn({ hasEnded: false });
	announce('Signed out');
});
window.addEventListener('hashchange', () => {
	if (isSignedIn) void router.show();
});
// The last boundary: whatever a button could not do is said.
window.addEventListener('unhandledrejection', (event) => {
	// A session that is over shows the sign-in.
	if (!(event.reason instanceof ApiFault) || event.reason.status === 401) return;
	event.preventDefault();
	toast(explain(event.reason).text, 'bad');
});
window.addEventListener(SIGNED_OUT, () => {
	if (isSignedIn) askToSignIn({ hasEnded: true });
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
	// The hash is the router's: do not change it.
	event.preventDefault();
	main.focus();
});
window.addEventListener('beforeunload', (event) => {
	// A URL that nobody copied is lost with the page, and so is what stands in a form.
	if (hasUncopiedUrl() || main.querySelector('form[data-changed]')) event.preventDefault();
});
document.addEventListener('click', async (event) => {
	const link = /** @type {Element} */ (event.target).closest?.('a[href^="#/"]');
	const form = main.querySelector('form[data-changed]');
	// The form's own links cancel it.
	if (!link || !form || form.contains(link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	const isLeaving = await confirm({
		title: 'Leave without saving?',
		text: h('p', {}, 'What you have entered on this page would be lost.'),
		action: 'Leave',
		run: async () => form.removeAttribute('data-changed'),
	});
	if (isLeaving) location.hash = link.getAttribute('href') ?? '';
});
main.addEventListener('input', (event) => {
	const form = /** @type {HTMLElement} */ (event.target).closest('form[data-guarded]');
	form?.setAttribute('data-changed', '');
});
showTheme();
void start();
