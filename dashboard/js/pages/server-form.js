// Creating and editing an MCP server, with a preview of its tools and their cost.
import { ApiFault, change, creator, madeEarlier, path } from '../api.js';
import { freshUrls, loadAccount, loadIntegration, loadServer, serverPath } from '../data.js';
import { h } from '../dom.js';
import { clearFaults, showFaults } from '../form.js';
import { go } from '../router.js';
import { serverFields } from '../server-form/fields.js';
import { previewPanel } from '../server-form/preview.js';
import { busy, button, pageHead } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {import('../../types.d.ts').Server} Server */

/** @type {import('../router.js').Page<{ account: Account, integration: Integration }>} */
export const newServerPage = {
	async load({ params, signal }) {
		const account = await loadAccount(params.account ?? '', signal);
		return { account, integration: await requireIntegration(account) };
	},
	show: ({ signal }, { account, integration }) => ({
		title: 'Create MCP Server',
		content: [page(account, integration, null, signal)],
	}),
};

/** @type {import('../router.js').Page<{ account: Account, integration: Integration, server: Server }>} */
export const editServerPage = {
	async load({ params, signal }) {
		const [account, server] = await Promise.all([
			loadAccount(params.account ?? '', signal),
			loadServer(params.account ?? '', params.server ?? '', signal),
		]);
		return { account, server, integration: await requireIntegration(account) };
	},
	show: ({ signal }, { account, integration, server }) => ({
		title: `Edit ${server.name}`,
		content: [page(account, integration, server, signal)],
	}),
};

/** @param {Account} account @returns {Promise<Integration>} */
async function requireIntegration(account) {
	const integration = await loadIntegration(account.integration);
	if (!integration)
		throw new ApiFault(404, 'not_found', `The integration ${account.integration} is not part of this installation.`);
	return integration;
}

/** @param {Account} account @param {Integration} integration @param {Server | null} server @param {AbortSignal} signal */
function page(account, integration, server, signal) {
	const fields = serverFields(integration, server);
	const preview = previewPanel(account, fields, signal);
	const back = server ? `#/accounts/${account.id}/servers/${server.id}` : `#/accounts/${account.id}`;
	const submit = button(server ? 'Save changes' : 'Create server', { kind: 'primary', type: 'submit' });
	const form = h(
		'form',
		{ class: 'server-form', novalidate: true, 'data-guarded': true },
		h('div', { class: 'card server-fields' }, fields.elements),
		preview.element,
		h(
			'div',
			{ class: 'server-actions' },
			h('div', { class: 'form-faults' }),
			h('div', { class: 'actions' }, submit, h('a', { class: 'button ghost', href: back }, 'Cancel')),
		),
	);
	const create = creator();
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		try {
			const body = fields.read();
			if (server) await busy(submit, 'Saving…', () => saveChanges(account, server, body));
			else await busy(submit, 'Creating…', () => createServer(create, account, body));
		} catch (error) {
			showFaults(form, error);
		}
	});
	form.addEventListener('change', preview.update);
	preview.update();
	return h(
		'div',
		{ class: 'page' },
		pageHead({
			title: server ? `Edit ${server.name}` : 'Create MCP Server',
			crumbs: [
				{ label: 'Overview', href: '#/' },
				{ label: account.name, href: `#/accounts/${account.id}` },
				...(server ? [{ label: server.name, href: back }] : []),
			],
			about: server ? 'The URL stays. Clients see a changed list of tools when they next ask for it.' : null,
		}),
		form,
	);
}

/** @param {ReturnType<typeof creator>} create @param {Account} account @param {unknown} body */
async function createServer(create, account, body) {
	try {
		/** @type {Server} */
		const { id, url } = await create(path`/integrated-account/${account.id}/mcp`, body);
		if (url) freshUrls.set(id, url);
		go(`#/accounts/${account.id}/servers/${id}`);
	} catch (error) {
		if (!madeEarlier(error)) throw error;
		go(`#/accounts/${account.id}/servers/${error.id}`, 'Your first attempt made it. Rotate the URL to see one.');
	}
}

/** @param {Account} account @param {Server} server @param {unknown} body */
async function saveChanges(account, server, body) {
	await change(serverPath(account.id, server.id), body, server.updated_at);
	go(`#/accounts/${account.id}/servers/${server.id}`, 'Saved. It applies from the next call.');
}
