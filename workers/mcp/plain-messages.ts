// Plain messages, which are answered without the SDK: it builds a server and checks with schemas for each message, which
// costs more than the call itself. A message is plain when nothing in it or its headers could make the SDK say anything
// else; every other one is the SDK's. A test compares both, byte for byte.
import { isObject } from '../lib/is-object.ts';
import { isPlainlyJson, LEGACY_VERSIONS, META_PREFIX, MODERN_VERSION } from './wire.ts';

export type PlainRequest = { id: string | number; isModern: boolean } & (
	| { method: 'ping' | 'tools/list' | 'server/discover' }
	| { method: 'initialize'; version: string }
	| { method: 'tools/call'; name: string; args: Record<string, unknown> | undefined }
);
export type PlainMessage = PlainRequest | { method: 'notification' };

/** @returns null for a message that the SDK answers */
export function readPlain(request: Request, message: unknown): PlainMessage | null {
	if (!isObject(message) || message.jsonrpc !== '2.0' || !isPlainlyJson(request)) return null;
	const { id, method, params } = message;
	const isModern = request.headers.get('mcp-protocol-version') === MODERN_VERSION;
	if (typeof method !== 'string' || !isPlainParams(params, isModern)) return null;
	if (!(isModern ? hasModernHeaders(request, method, params) : hasLegacyHeaders(request))) return null;
	if (id === undefined)
		return !isModern && hasOnly(message, NOTIFICATION) && method.startsWith('notifications/')
			? { method: 'notification' }
			: null;
	if (!hasOnly(message, REQUEST) || (typeof id !== 'string' && !Number.isSafeInteger(id))) return null;
	return readRequest({ id: id as string | number, isModern }, method, params);
}

const NOTIFICATION = ['jsonrpc', 'method', 'params'];
const REQUEST = ['jsonrpc', 'id', 'method', 'params'];

/** Methods that the other era alone has. */
const ONLY_LEGACY = ['ping', 'initialize'];
const ONLY_MODERN = ['server/discover'];

function readRequest(
	head: Pick<PlainRequest, 'id' | 'isModern'>,
	method: string,
	params: Params | undefined,
): PlainRequest | null {
	if ((head.isModern ? ONLY_LEGACY : ONLY_MODERN).includes(method)) return null;
	switch (method) {
		case 'ping':
		case 'tools/list':
		case 'server/discover':
			return !params || hasOnly(params, ['_meta']) ? { method, ...head } : null;
		case 'tools/call': {
			if (!params || !hasOnly(params, ['name', 'arguments', '_meta'])) return null;
			const { name, arguments: args } = params;
			if (typeof name !== 'string') return null;
			if (args === undefined) return { method, ...head, name, args };
			return isObject(args) && !Object.hasOwn(args, '__proto__') ? { method, ...head, name, args } : null;
		}
		case 'initialize': {
			if (!params || !hasOnly(params, ['protocolVersion', 'capabilities', 'clientInfo', '_meta'])) return null;
			const { protocolVersion, capabilities, clientInfo } = params;
			const isPlain = typeof protocolVersion === 'string' && isPlainClient(clientInfo) && areWellFormed(capabilities);
			return isPlain ? { method, ...head, version: protocolVersion } : null;
		}
		default:
			return null;
	}
}

type Params = Record<string, unknown>;

/** Headers that name a method or a tool belong to the modern era. */
function hasLegacyHeaders({ headers }: Request): boolean {
	const version = headers.get('mcp-protocol-version');
	return (
		(version === null || LEGACY_VERSIONS.includes(version)) &&
		headers.get('mcp-method') === null &&
		headers.get('mcp-name') === null
	);
}

/** The name of a tool as it is, without the encoding that other characters need. */
const PLAIN_NAME = /^[a-z0-9_]{1,128}$/i;

function hasModernHeaders({ headers }: Request, method: string, params: Params | undefined): boolean {
	if (headers.get('mcp-method') !== method) return false;
	const name = headers.get('mcp-name');
	if (method !== 'tools/call') return name === null;
	return name !== null && name === params?.name && PLAIN_NAME.test(name);
}

function hasOnly(value: Params, names: readonly string[]): boolean {
	for (const name of Object.keys(value)) if (!names.includes(name)) return false;
	return true;
}

/** Accepts `_meta` with a progress token, a client's own members, and in the modern era version and client. */
function isPlainParams(params: unknown, isModern: boolean): params is Params | undefined {
	if (params === undefined) return !isModern;
	if (!isObject(params)) return false;
	const { _meta } = params;
	if (_meta === undefined) return !isModern;
	if (!isObject(_meta) || (isModern && !isPlainEnvelope(_meta))) return false;
	const { progressToken } = _meta;
	return (
		(progressToken === undefined || typeof progressToken === 'string' || Number.isSafeInteger(progressToken)) &&
		Object.keys(_meta).every(
			(name) => name !== '__proto__' && (!name.startsWith(META_PREFIX) || (isModern && ENVELOPE.includes(name))),
		)
	);
}

const [VERSION, CAPABILITIES, CLIENT_INFO] = ['protocolVersion', 'clientCapabilities', 'clientInfo'].map(
	(name) => META_PREFIX + name,
) as [string, string, string];
const ENVELOPE = [VERSION, CAPABILITIES, CLIENT_INFO];

function isPlainEnvelope(meta: Params): boolean {
	const { [VERSION]: version, [CAPABILITIES]: capabilities, [CLIENT_INFO]: client } = meta;
	return version === MODERN_VERSION && areWellFormed(capabilities) && (client === undefined || isPlainClient(client));
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
