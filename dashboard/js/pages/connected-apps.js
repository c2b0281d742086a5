// Apps that people have let in to a server by OAuth: who they are, and an end to their access.
import { api, path } from '../api.js';
import { serverPath } from '../data.js';
import { fill, h } from '../dom.js';
import { moment } from '../format.js';
import { cell, rowHead, table } from '../table.js';
import { button, confirm, notice, toast } from '../ui.js';

/**
 * @typedef {object} App
 * @property {string} id
 * @property {string} client_name
 * @property {string | null} redirect_host
 * @property {{ methods?: string[], tags?: string[] }} within
 * @property {string} created_at
 * @property {string} last_refreshed_at
 */

/**
 * A section that loads itself, and is empty where no app is connected.
 *
 * @param {{ id: string }} account
 * @param {{ id: string }} server
 * @param {AbortSignal} signal
 */
export function connectedApps(account, server, signal) {
	const place = h('div', {});
	const at = `${serverPath(account.id, server.id)}/apps`;
	const load = async () => {
		try {
			const { result } = /** @type {{ result: App[] }} */ (await api('GET', at, undefined, signal));
			fill(place, result.length > 0 ? section(result, at, load) : null);
		} catch {
			if (!signal.aborted) fill(place, notice('warn', h('p', {}, 'The connected apps could not be loaded.')));
		}
	};
	void load();
	return place;
}

/** @param {App[]} apps @param {string} at @param {() => Promise<void>} reload */
function section(apps, at, reload) {
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'apps-title' },
		h('h2', { id: 'apps-title' }, 'Connected apps'),
		table(
			['App', 'May use', 'Connected', 'Last renewed', 'End'],
			apps.map((app) => row(app, at, reload)),
		),
	);
}

/** @param {App} app @param {string} at @param {() => Promise<void>} reload */
function row(app, at, reload) {
	const reach = [...(app.within.methods ?? []), ...(app.within.tags ?? [])].join(', ');
	return h(
		'tr',
		{},
		rowHead(app.client_name, h('span', { class: 'sub' }, app.redirect_host ?? '')),
		cell('May use', reach || 'All tools of the server', 'break'),
		cell('Connected', moment(app.created_at)),
		cell('Last renewed', moment(app.last_refreshed_at)),
		cell('End', endButton(app, at, reload)),
	);
}

/** @param {App} app @param {string} at @param {() => Promise<void>} reload */
function endButton(app, at, reload) {
	return button('End access', {
		class: 'small danger-quiet',
		'aria-label': `End the access of ${app.client_name}`,
		onclick: async () => {
			const isDone = await confirm({
				title: `End the access of ${app.client_name}?`,
				text: [h('p', {}, 'The app is locked out at once. A person can connect it again with an API token.')],
				action: 'End access',
				run: () => api('DELETE', at + path`/${app.id}`),
			});
			if (!isDone) return;
			toast(`${app.client_name} is locked out`);
			await reload();
		},
	});
}
