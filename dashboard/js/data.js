// Requests that several pages share.
import { api, listAll, path } from './api.js';

/** @typedef {import('../types.d.ts').AccountRecord} Account */
/** @typedef {import('../types.d.ts').Integration} Integration */
/** @typedef {import('../types.d.ts').Server} Server */
/** @typedef {import('../types.d.ts').TestResult} TestResult */

/** @type {Promise<Integration[]> | undefined} */
let integrations;

/** Integrations change only with a deployment, so they are loaded once. @returns {Promise<Integration[]>} */
export function loadIntegrations() {
	integrations ??= /** @type {Promise<{ result: Integration[] }>} */ (api('GET', '/integration')).then(
		({ result }) => result,
		(error) => {
			integrations = undefined;
			throw error;
		},
	);
	return integrations;
}

/** @param {string} name @returns {Promise<Integration | undefined>} */
export async function loadIntegration(name) {
	return (await loadIntegrations()).find((integration) => integration.name === name);
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Account>} */
export function loadAccount(id, signal) {
	return api('GET', path`/integrated-account/${id}`, undefined, signal);
}

/** Servers with their use since the user's own midnight. @param {string} accountId @param {AbortSignal} [signal] @returns {Promise<Server[]>} */
export function loadServers(accountId, signal) {
	return listAll(`${path`/integrated-account/${accountId}/mcp`}?${today()}`, signal);
}

/** @param {string} accountId @param {string} serverId @param {AbortSignal} [signal] @returns {Promise<Server>} */
export function loadServer(accountId, serverId, signal) {
	return api('GET', `${serverPath(accountId, serverId)}?${today()}`, undefined, signal);
}

/** @param {string} accountId @param {string} serverId */
export function serverPath(accountId, serverId) {
	return path`/integrated-account/${accountId}/mcp/${serverId}`;
}

/** @param {string} accountId @param {AbortSignal} [signal] @returns {Promise<TestResult>} */
export function testConnection(accountId, signal) {
	return api('POST', path`/integrated-account/${accountId}/test`, undefined, signal);
}

/** The user's own midnight, as a query. */
export function today() {
	const midnight = new Date();
	midnight.setHours(0, 0, 0, 0);
	return new URLSearchParams({ today_from: midnight.toISOString() });
}

/** Secret URLs by server id. They stay in this page's memory, so a reload forgets them. @type {Map<string, string>} */
export const freshUrls = new Map();

/** Servers whose fresh URL has been copied. @type {Set<string>} */
export const copiedUrls = new Set();

export function hasUncopiedUrl() {
	return [...freshUrls.keys()].some((serverId) => !copiedUrls.has(serverId));
}
