// An account, and once one is chosen its servers: how far an invitation or a rule of sign-in goes.
import { ApiFault } from './api.js';
import { loadServers } from './data.js';
import { fill, h } from './dom.js';
import { field, group, select } from './form.js';
import { picker } from './picker.js';

/** @typedef {import('../types.d.ts').AccountRecord} Account */

const NO_SERVERS = 'The servers of this account are not there yet. Wait a moment, or choose the account again.';

/** @param {Account[]} accounts @param {AbortSignal} signal */
export function reachFields(accounts, signal) {
	const account = select([
		['', 'All accounts'],
		...accounts
			.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]))
			.sort(([, a], [, b]) => a.localeCompare(b)),
	]);
	const servers = h('div', {});
	const member = h('input', { type: 'text', autocomplete: 'off' });
	const memberField = field({
		label: 'Member at the vendor',
		control: member,
		hint: 'Identifier, name or id. “My tickets” are then those of this member, also on a shared server.',
		path: 'acts_for',
		isOptional: true,
	});
	memberField.hidden = true;
	/** The account whose servers can be chosen. */
	let offered = '';
	account.addEventListener('change', async () => {
		fill(servers);
		const id = account.value;
		memberField.hidden = id === '';
		if (id === '') return;
		const found = await loadServers(id, signal).catch(() => null);
		if (account.value !== id) return;
		if (found === null) return fill(servers, h('p', { class: 'fault' }, NO_SERVERS));
		offered = id;
		if (found.length === 0) return;
		const options = found.map((server) => ({
			value: server.id,
			label: server.name,
			hint: server.id,
			isChecked: false,
		}));
		fill(
			servers,
			group({
				legend: 'Servers',
				hint: 'If you choose none, all of this account can be used.',
				path: 'servers',
				content: [picker({ label: 'Find a server', name: 'servers', options })],
			}),
		);
	});
	return {
		element: h('div', {}, field({ label: 'Account', control: account, path: 'accounts' }), servers, memberField),
		/** @throws ApiFault while nobody could have chosen: no servers would mean all of them */
		read() {
			if (account.value !== '' && account.value !== offered)
				throw new ApiFault(400, 'invalid_input', NO_SERVERS, [{ path: 'accounts', message: NO_SERVERS }]);
			/** @type {NodeListOf<HTMLInputElement>} */
			const checked = servers.querySelectorAll('input[name="servers"]:checked');
			const chosen = Array.from(checked, ({ value }) => value);
			return {
				accounts: account.value === '' ? '*' : [account.value],
				...(chosen.length > 0 ? { servers: chosen } : {}),
				...(account.value !== '' && member.value.trim() !== '' ? { acts_for: { [account.value]: member.value } } : {}),
			};
		},
	};
}

/** @param {{ accounts: '*' | string[], servers?: string[] }} reach @param {Map<string, string>} names  of accounts */
export function reachText({ accounts, servers }, names) {
	const all = accounts === '*' ? 'All accounts' : accounts.map((id) => names.get(id) ?? id).join(', ');
	return servers ? `${all}, ${servers.length} ${servers.length === 1 ? 'server' : 'servers'}` : all;
}
