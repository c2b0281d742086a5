// An incoming message: read within bounds, and the part of an integration that it needs.

import type { Access } from '../access/access.ts';
import type { ToolFilter } from '../integration/filter.ts';
import { loadForOperations, loadForTool, loadHead, loadServed } from '../integration/load.ts';
import { assembleIntegration, type Integration, type IntegrationHead } from '../integration/operations.ts';
import { declaredBytes } from '../lib/bounded-text.ts';
import { SMALL_BYTES } from '../lib/byte-budget.ts';
import { ApiError } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { readJson } from '../lib/request-body.ts';
import { exposureOf } from '../tools/exposure.ts';
import { findJob, headersFor, type Job } from '../tools/jobs/offered.ts';
import { isSearchTool } from '../tools/search-and-fetch/search-tools.ts';
import { sourcesOf } from '../tools/search-and-fetch/sources.ts';
import { innerTool } from '../tools/tool-search/answer.ts';
import { isDiscoveryTool } from '../tools/tool-search/discovery-tools.ts';
import { readWithRoom } from './message-room.ts';

/** Room for an upload as base64. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/**
 * There are no streams and no sessions here: 405, as MCP asks for (Streamable HTTP, "Listening for Messages").
 *
 * @param hasStreamUrl  clients of HTTP+SSE, who begin with a GET, have an address of their own
 */
export function methodNotAllowed(hasStreamUrl: boolean): Response {
	const way = hasStreamUrl ? ' A client that speaks only HTTP+SSE uses <url>/sse: this URL with /sse behind it.' : '';
	return jsonRpcError(405, -32000, `Send JSON-RPC messages with POST.${way}`, { allow: 'POST' });
}

export interface IncomingMessage {
	message: unknown;
	bytes: number;
	/** Gives its room back, once it has been dealt with. */
	release: () => void;
}

/** @param holder  see `readWithRoom` */
export async function readMessage(request: Request, holder: string): Promise<IncomingMessage | Response> {
	try {
		const { read, release } = isSmall(request)
			? { read: await readJson(request, MAX_MESSAGE_BYTES), release: () => {} }
			: await readWithRoom(holder, (room) => readJson(request, MAX_MESSAGE_BYTES, room));
		if (!Array.isArray(read.value)) return { message: withoutNulls(read.value), bytes: read.bytes, release };
		release();
		return jsonRpcError(400, -32600, 'Batches are not supported: send one message per request.');
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return jsonRpcError(error.status, error.code === 'invalid_json' ? -32700 : -32600, error.message);
	}
}

/** Nearly every message declares that it is small: it needs no room, and nobody waits for it. */
function isSmall(request: Request): boolean {
	const declared = declaredBytes(request);
	return declared !== null && declared <= SMALL_BYTES;
}

/**
 * Clients write null for parameters and arguments that they do not have, and an empty cursor for the first page. None
 * of them can mean anything else.
 */
function withoutNulls(message: unknown): unknown {
	if (!isObject(message) || !('method' in message)) return message;
	const { params } = message;
	if (params === null) return Object.fromEntries(Object.entries(message).filter(([name]) => name !== 'params'));
	if (!isObject(params)) return message;
	const { arguments: args, cursor } = params;
	if (args !== null && typeof args !== 'string' && cursor !== null && cursor !== '') return message;
	const kept = Object.entries(params).filter(
		([name, value]) =>
			!(name === 'arguments' && value === null) && !(name === 'cursor' && (value === null || value === '')),
	);
	const read = kept.map(([name, value]) => [name, name === 'arguments' ? readObject(value) : value]);
	return { ...message, params: Object.fromEntries(read) };
}

/** Some clients send an object as its JSON text. */
function readObject(value: unknown): unknown {
	const read = typeof value === 'string' ? parseJson(value) : value;
	return isObject(read) ? read : value;
}

export function jsonRpcError(
	status: number,
	code: number,
	message: string,
	headers: Record<string, string> = {},
): Response {
	return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

/** The part of an integration that a message needs: nothing, all that the filter leaves, the tools that are listed, what is searched, or one tool. */
export function needOf(
	head: IntegrationHead,
	filter: ToolFilter,
	{ server: { config } }: Access,
	body: { message: unknown } | Response,
): 'head' | 'served' | 'listed' | 'sources' | { tool: string } | { job: Job; args: unknown } {
	if (body instanceof Response) return 'head';
	const method = valueAt(body.message, 'method');
	if (method !== 'tools/list' && method !== 'tools/call') return 'head';
	const isAll = exposureOf(head, filter, config).kind === 'all';
	if (method === 'tools/list') return isAll ? 'served' : 'listed';
	const name = valueAt(body.message, 'params/name');
	if (typeof name !== 'string') return { tool: '' };
	if (config.search_and_fetch && isSearchTool(name)) return 'sources';
	const args = valueAt(body.message, 'params/arguments');
	if (isAll || !isDiscoveryTool(head, filter, name)) return toolOrJob(head, filter, name, args);
	const inner = innerTool(name, args);
	return inner === null ? 'served' : toolOrJob(head, filter, inner, valueAt(args, 'arguments'));
}

function toolOrJob(head: IntegrationHead, filter: ToolFilter, name: string, args: unknown) {
	const job = findJob(head, filter, name);
	return job ? { job, args } : { tool: name };
}

/** Loads as much of the integration as the message needs: one module for a call, those of the filter for a list, else none. */
export async function requireIntegration(
	access: Access,
	filter: ToolFilter,
	body: { message: unknown } | Response,
): Promise<Integration> {
	const { integration } = access.account;
	const head = await loadHead(integration);
	if (!head) throw new ApiError('internal_error', `The integration ${integration} is not part of this installation.`);
	const need = needOf(head, filter, access, body);
	if (need === 'head') return assembleIntegration(head, []);
	if (need === 'listed') return loadForOperations(head, exposureOf(head, filter, access.server.config).pinned);
	if (need === 'sources') {
		const sources = sourcesOf(head, filter);
		const headers = sources.flatMap(({ list, get, related }) => [list, get, ...related.map((one) => one.list)]);
		return loadForOperations(head, headers);
	}
	if (typeof need === 'object' && 'job' in need)
		return loadForOperations(head, headersFor(head, filter, need.job, need.args));
	return need === 'served' ? loadServed(head, filter) : loadForTool(head, filter, need.tool);
}
