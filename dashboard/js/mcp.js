// Sends MCP messages to a server through the management API.
import { ApiFault } from './api.js';
import { serverPath } from './data.js';

/** @typedef {import('../types.d.ts').RpcMessage} RpcMessage */

/** @typedef {{ status: number, headers: Headers, text: string, body: RpcMessage | null, ms: number }} RpcAnswer */

export const LEGACY_VERSION = '2025-11-25';
export const MODERN_VERSION = '2026-07-28';
export const CLIENT_INFO = { name: 'patchbay-dashboard', version: '1.0.0' };

let lastId = 0;

/** @param {string} method @param {Record<string, unknown>} [params] */
export function request(method, params) {
	lastId += 1;
	return { jsonrpc: '2.0', id: lastId, method, ...(params ? { params } : {}) };
}

/** A tool call that names this dashboard as its client, for the log. @param {string} name @param {Record<string, unknown>} args */
export function toolCall(name, args) {
	const _meta = { 'io.modelcontextprotocol/clientInfo': CLIENT_INFO };
	return request('tools/call', { name, arguments: args, _meta });
}

/** The `_meta` that every message of 2026-07-28 needs. */
export function modernMeta() {
	return {
		_meta: {
			'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
			'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
			'io.modelcontextprotocol/clientCapabilities': {},
		},
	};
}

/**
 * @param {string} accountId
 * @param {string} serverId
 * @param {{ method: string, params?: Record<string, unknown> }} message
 * @param {AbortSignal} [signal]
 * @param {string} [version]  of the protocol, for the header
 * @returns {Promise<RpcAnswer>}
 */
export async function rpc(accountId, serverId, message, signal, version = LEGACY_VERSION) {
	const startedMs = performance.now();
	const name = message.params?.name;
	/** @type {Response} */
	let response;
	try {
		response = await fetch(`${serverPath(accountId, serverId)}/rpc`, {
			method: 'POST',
			cache: 'no-store',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json, text/event-stream',
				'mcp-protocol-version': version,
				...(version === MODERN_VERSION ? { 'mcp-method': message.method } : {}),
				...(version === MODERN_VERSION && typeof name === 'string' ? { 'mcp-name': name } : {}),
			},
			body: JSON.stringify(message),
			...(signal ? { signal } : {}),
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new ApiFault(0, 'unreachable', 'Patchbay does not answer. Check your connection, or whether it still runs.');
	}
	const text = await response.text();
	const ms = Math.round(performance.now() - startedMs);
	return { status: response.status, headers: response.headers, text, body: parse(text), ms };
}

/** @param {string} text @returns {RpcMessage | null} */
function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
