// The messages that are measured, in both eras of the protocol.
import { httpPost } from './connection.ts';

export type Era = '2025-11-25' | '2026-07-28';
export const LEGACY: Era = '2025-11-25';
export const MODERN: Era = '2026-07-28';

export const CALLS = ['list', 'get', 'create', 'update'] as const;
export type Call = (typeof CALLS)[number];

const TOOLS: Record<Call, string> = {
	list: 'list_all_connect_wise_psa_tickets',
	get: 'get_single_connect_wise_psa_ticket_by_id',
	create: 'create_a_connect_wise_psa_ticket',
	update: 'update_a_connect_wise_psa_ticket_by_id',
};

/** A write says something new each time: the guard would answer a repetition by itself. */
const ARGUMENTS: Record<Call, (index: number) => Record<string, unknown>> = {
	list: () => ({ conditions: 'closedFlag=false' }),
	get: () => ({ id: 15_992 }),
	create: (index) => ({ summary: `Printer offline ${index}`, board: { id: 1 }, company: { id: 102 } }),
	update: (index) => ({ id: 15_992, summary: `Printer offline ${index}` }),
};

export interface Message {
	method: string;
	params: Record<string, unknown>;
}

export function callMessage(call: Call, index: number): Message {
	return { method: 'tools/call', params: { name: TOOLS[call], arguments: ARGUMENTS[call](index) } };
}

/** The handshake: `initialize`, and in the modern era `server/discover`, which takes its place. */
export function handshake(era: Era): Message {
	if (era === MODERN) return { method: 'server/discover', params: {} };
	const clientInfo = { name: 'bench', version: '1' };
	return { method: 'initialize', params: { protocolVersion: era, capabilities: {}, clientInfo } };
}

export const LIST_TOOLS: Message = { method: 'tools/list', params: {} };

const META = {
	'io.modelcontextprotocol/protocolVersion': MODERN,
	'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
	'io.modelcontextprotocol/clientCapabilities': {},
};

/** The bytes of a request that brings the message. `id` is its JSON-RPC id: no two of a session under way are the same. */
export function requestOf(
	url: string,
	era: Era,
	id: number,
	{ method, params }: Message,
	more: Record<string, string> = {},
): Buffer {
	const isModern = era === MODERN;
	const body = { jsonrpc: '2.0', id, method, params: isModern ? { ...params, _meta: META } : params };
	const headers: Record<string, string> = {};
	if (method !== 'initialize') headers['mcp-protocol-version'] = era;
	if (isModern) headers['mcp-method'] = method;
	if (isModern && typeof params.name === 'string') headers['mcp-name'] = params.name;
	return httpPost(url, JSON.stringify(body), { ...headers, ...more });
}
