// Plain messages of the 2025 era, answered without the SDK: it builds a server and checks with schemas for each message,
// which costs more than the call itself. A message is plain when nothing in it or its headers could make the SDK say
// anything else; every other one is the SDK's. A test compares both, byte for byte.
import type { CallOutcome, ToolResult } from '../calls/outcome.ts';
import { VERSION } from '../lib/version.ts';
import type { ToolService } from './service.ts';
import {
	INTERNAL_ERROR,
	INVALID_PARAMS,
	isObject,
	isPlainlyJson,
	LEGACY_VERSIONS,
	META_PREFIX,
	ProtocolFault,
} from './wire.ts';

export type PlainMessage =
	| { method: 'notification' }
	| { method: 'ping' | 'tools/list'; id: string | number }
	| { method: 'initialize'; id: string | number; version: string }
	| { method: 'tools/call'; id: string | number; name: string; args: Record<string, unknown> | undefined };

/** @returns null for a message that the SDK answers */
export function readPlain(request: Request, message: unknown): PlainMessage | null {
	if (!isObject(message) || message.jsonrpc !== '2.0' || !hasPlainHeaders(request)) return null;
	const { id, method, params } = message;
	if (typeof method !== 'string' || !isPlainParams(params)) return null;
	if (id === undefined)
		return hasOnly(message, NOTIFICATION) && method.startsWith('notifications/') ? { method: 'notification' } : null;
	if (!hasOnly(message, REQUEST) || (typeof id !== 'string' && !Number.isSafeInteger(id))) return null;
	return readRequest(id as string | number, method, params);
}

const NOTIFICATION = ['jsonrpc', 'method', 'params'];
const REQUEST = ['jsonrpc', 'id', 'method', 'params'];

function readRequest(id: string | number, method: string, params: Params | undefined): PlainMessage | null {
	switch (method) {
		case 'ping':
		case 'tools/list':
			return !params || hasOnly(params, ['_meta']) ? { method, id } : null;
		case 'tools/call': {
			if (!params || !hasOnly(params, ['name', 'arguments', '_meta'])) return null;
			const { name, arguments: args } = params;
			if (typeof name !== 'string') return null;
			if (args === undefined) return { method, id, name, args };
			return isObject(args) && !Object.hasOwn(args, '__proto__') ? { method, id, name, args } : null;
		}
		case 'initialize': {
			if (!params || !hasOnly(params, ['protocolVersion', 'capabilities', 'clientInfo', '_meta'])) return null;
			const { protocolVersion, capabilities, clientInfo } = params;
			const isPlain = typeof protocolVersion === 'string' && isPlainClient(clientInfo) && areWellFormed(capabilities);
			return isPlain ? { method, id, version: protocolVersion } : null;
		}
		default:
			return null;
	}
}

type Params = Record<string, unknown>;

/** Headers that name a method or a tool belong to the modern era. */
function hasPlainHeaders(request: Request): boolean {
	const { headers } = request;
	const version = headers.get('mcp-protocol-version');
	return (
		(version === null || LEGACY_VERSIONS.includes(version)) &&
		isPlainlyJson(request) &&
		headers.get('mcp-method') === null &&
		headers.get('mcp-name') === null
	);
}

function hasOnly(value: Params, names: readonly string[]): boolean {
	for (const name of Object.keys(value)) if (!names.includes(name)) return false;
	return true;
}

/** Accepts `_meta` with no more than a progress token and a client's own members. */
function isPlainParams(params: unknown): params is Params | undefined {
	if (params === undefined) return true;
	if (!isObject(params)) return false;
	const { _meta } = params;
	if (_meta === undefined) return true;
	if (!isObject(_meta)) return false;
	const { progressToken } = _meta;
	return (
		(progressToken === undefined || typeof progressToken === 'string' || Number.isSafeInteger(progressToken)) &&
		Object.keys(_meta).every((name) => !name.startsWith(META_PREFIX) && name !== '__proto__')
	);
}

const CLIENT = ['name', 'title', 'version', 'websiteUrl', 'description'];

function isPlainClient(client: unknown): boolean {
	if (!isObject(client) || !hasOnly(client, CLIENT)) return false;
	if (typeof client.name !== 'string' || typeof client.version !== 'string') return false;
	return Object.values(client).every((value) => typeof value === 'string');
}

/** Capabilities that clients declare, in their usual forms. */
function areWellFormed(capabilities: unknown): boolean {
	if (!isObject(capabilities)) return false;
	return Object.entries(capabilities).every(([name, value]) => {
		if (!isObject(value)) return false;
		switch (name) {
			case 'roots':
				return (
					hasOnly(value, ['listChanged']) && (value.listChanged === undefined || typeof value.listChanged === 'boolean')
				);
			case 'sampling':
				return hasOnly(value, ['context', 'tools']) && Object.values(value).every(isEmptyObject);
			case 'elicitation':
				return hasOnly(value, ['form', 'url']) && Object.values(value).every(isEmptyObject);
			case 'experimental':
			case 'extensions':
				return Object.values(value).every(isObject) && !Object.hasOwn(value, '__proto__');
			default:
				return false;
		}
	});
}

function isEmptyObject(value: unknown): boolean {
	return isObject(value) && Object.keys(value).length === 0;
}

/** Parts of the answer to a plain message. */
export interface PlainAnswer {
	response: Response;
	/** null for a message that called no tool. */
	outcome: CallOutcome | null;
}

export async function answerPlain(plain: PlainMessage, service: ToolService): Promise<PlainAnswer> {
	if (plain.method === 'notification') return { response: new Response(null, { status: 202 }), outcome: null };
	try {
		if (plain.method !== 'tools/call') return { response: answered(resultOf(plain, service), plain.id), outcome: null };
		const outcome = await service.callTool(plain.name, plain.args);
		if (!outcome) throw unknownTool(plain.name);
		// A withheld call is not answered: `serveAccess` starts it again or refuses it.
		const result = outcome.state === 'withheld' ? '{}' : printedResult(outcome);
		return { response: answered(result, plain.id), outcome };
	} catch (error) {
		return { response: refused(error, plain.id), outcome: null };
	}
}

export function unknownTool(name: string): ProtocolFault {
	return new ProtocolFault(INVALID_PARAMS, `Unknown tool: ${name.slice(0, 128)}`);
}

function resultOf(
	plain: Exclude<PlainMessage, { method: 'notification' | 'tools/call' }>,
	service: ToolService,
): string {
	switch (plain.method) {
		case 'ping':
			return '{}';
		case 'tools/list':
			return JSON.stringify({ tools: service.listTools() });
		case 'initialize':
			return JSON.stringify({
				protocolVersion: LEGACY_VERSIONS.includes(plain.version) ? plain.version : LEGACY_VERSIONS[0],
				...identityOf(service),
			});
	}
}

/** Capabilities, name and instructions of a server, in the order in which an answer to `initialize` has them. */
export function identityOf(service: ToolService) {
	return {
		capabilities: { tools: {}, resources: {}, ...(service.hasPrompts() ? { prompts: {} } : {}) },
		serverInfo: SERVER_INFO,
		instructions: service.instructions(),
	};
}

export const SERVER_INFO = { name: 'patchbay', title: 'Patchbay', version: VERSION };

/** Prefix and name as MCP has them in `_meta` (2025-11-25, "General fields"). */
export const UNTRUSTED_META_KEY = 'patchbay/untrusted';

/** The result of a call as JSON. Its text is that of `structuredContent`, so that it is written once. */
function printedResult({ structuredContent, text, isError, download, untrusted }: ToolResult): string {
	const json = text ?? JSON.stringify(structuredContent);
	const meta = untrusted ? `"_meta":${JSON.stringify({ [UNTRUSTED_META_KEY]: untrusted })},` : '';
	const file = download ? `,${JSON.stringify({ type: 'resource', resource: download })}` : '';
	const content = `"content":[{"type":"text","text":${JSON.stringify(json)}}${file}]`;
	return `{${meta}${content},"structuredContent":${json}${isError ? ',"isError":true' : ''}}`;
}

const JSON_HEADERS = { headers: { 'content-type': 'application/json' } };

function answered(result: string, id: string | number): Response {
	return new Response(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`, JSON_HEADERS);
}

function refused(error: unknown, id: string | number): Response {
	const { code, message = 'Internal error' } = error as Partial<ProtocolFault>;
	const told = { code: Number.isSafeInteger(code) ? code : INTERNAL_ERROR, message };
	return new Response(JSON.stringify({ jsonrpc: '2.0', id, error: told }), JSON_HEADERS);
}
