// The official MCP SDK around one request: both protocol eras on one URL, without sessions, answered as JSON.
import {
	type CallToolResult,
	createMcpHandler,
	type EmbeddedResource,
	isJSONRPCRequest,
	isJSONRPCResponse,
	isJsonContentType,
	isLegacyRequest,
	type JSONRPCMessage,
	type JSONRPCRequest,
	ProtocolError,
	ProtocolErrorCode,
	ResourceNotFoundError,
	Server,
	SUPPORTED_PROTOCOL_VERSIONS,
	type Tool,
	type Transport,
	WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Fault } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { VERSION } from '../lib/version.ts';
import type { ListedPrompt } from '../tools/prompts.ts';
import type { ListedReading } from '../tools/resources.ts';
import type { CompiledTool } from '../tools/tools.ts';
import type { EmbeddedFile } from '../vendor/files.ts';

export interface ToolAnswer {
	structuredContent: Record<string, unknown>;
	text: string;
	isError: boolean;
	file?: EmbeddedFile | undefined;
	/** Fields that hold what people wrote: for clients, beside what a model reads. */
	untrusted?: string[] | undefined;
}

/** Prefix and name as MCP has them in `_meta` (2025-11-25, "General fields"). */
const UNTRUSTED_META_KEY = 'patchbay/untrusted';
/** Of a prompt, whose answer has no other place to count them. */
const HIDDEN_META_KEY = 'patchbay/hidden_characters_removed';

/** What the protocol needs of the server behind a URL. */
export interface ToolService {
	instructions: string;
	/** All that the list depends on: the same key, the same list. */
	listKey: string;
	listTools(): CompiledTool[];
	/** @returns null for a tool that this server does not have; `text` is the content as JSON */
	callTool(name: string, args: unknown): Promise<ToolAnswer | null>;
	hasPrompts(): boolean;
	listPrompts(): ListedPrompt[];
	/** @returns null for a prompt that this server does not have */
	fillPrompt(
		name: string,
		args: Record<string, unknown>,
	): { description: string; text: string; hiddenRemoved: number } | Fault[] | null;
	listReadings(): ListedReading[];
	/** @returns Markdown; null where there is no such resource */
	read(uri: string): string | null;
}

function createServer(service: ToolService): Server {
	const server = new Server(
		{ name: 'patchbay', title: 'Patchbay', version: VERSION },
		{
			capabilities: { tools: {}, resources: {}, ...(service.hasPrompts() ? { prompts: {} } : {}) },
			instructions: service.instructions,
		},
	);
	server.setRequestHandler('tools/list', ({ params }) => {
		requireFirstPage(params);
		return { tools: service.listTools() as unknown as Tool[] };
	});
	server.setRequestHandler('tools/call', async ({ params }) => {
		const result = await service.callTool(params.name, params.arguments);
		if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 128)}`);
		const { structuredContent, text, isError, file, untrusted } = result;
		const toolResult: CallToolResult = {
			content: [
				{ type: 'text', text },
				...(file ? [{ type: 'resource' as const, resource: file as EmbeddedResource['resource'] }] : []),
			],
			structuredContent,
			...(isError ? { isError } : {}),
			...(untrusted ? { _meta: { [UNTRUSTED_META_KEY]: untrusted } } : {}),
		};
		return toolResult;
	});
	servePrompts(server, service);
	serveResources(server, service);
	return server;
}

function servePrompts(server: Server, service: ToolService): void {
	if (!service.hasPrompts()) return;
	server.setRequestHandler('prompts/list', ({ params }) => {
		requireFirstPage(params);
		return { prompts: service.listPrompts() };
	});
	server.setRequestHandler('prompts/get', ({ params }) => {
		const filled = service.fillPrompt(params.name, params.arguments ?? {});
		if (!filled)
			throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${params.name.slice(0, 128)}`);
		if (Array.isArray(filled)) {
			const said = filled.map(({ path, message }) => `${path} ${message}`).join('; ');
			throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Arguments of ${params.name}: ${said}`);
		}
		const { description, text, hiddenRemoved } = filled;
		return {
			description,
			messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
			...(hiddenRemoved > 0 ? { _meta: { [HIDDEN_META_KEY]: hiddenRemoved } } : {}),
		};
	});
}

function serveResources(server: Server, service: ToolService): void {
	server.setRequestHandler('resources/list', ({ params }) => {
		requireFirstPage(params);
		return { resources: service.listReadings() };
	});
	server.setRequestHandler('resources/templates/list', ({ params }) => {
		requireFirstPage(params);
		return { resourceTemplates: [] };
	});
	server.setRequestHandler('resources/read', ({ params: { uri } }) => {
		const text = service.read(uri);
		if (text === null) throw new ResourceNotFoundError(uri.slice(0, 500));
		return { contents: [{ uri, mimeType: 'text/markdown', text }] };
	});
}

/** Every list is one page, so no cursor was ever given out. */
function requireFirstPage(params: { cursor?: string | undefined } | undefined): void {
	if (params?.cursor !== undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown cursor');
}

/** The service of a request travels in `authInfo`, the SDK's place for what the caller found out about a request. */
const modern = createMcpHandler(
	({ authInfo }) => {
		const service = authInfo?.extra?.service as ToolService;
		return createServer(service);
	},
	{ legacy: 'reject' },
);

/**
 * @param request  a POST whose body was read already
 * @param message  that body, parsed
 */
export async function serveMcp(request: Request, message: unknown, service: ToolService): Promise<Response> {
	const key = listAnswerKey(request, message, service);
	const known = key === null ? undefined : listAnswers.get(key);
	if (known !== undefined)
		return new Response(withId(known, message), { headers: { 'content-type': 'application/json' } });
	const response = await serveWithSdk(request, message, service);
	return key !== null && response.status === 200 ? keepListAnswer(key, response) : response;
}

async function serveWithSdk(request: Request, message: unknown, service: ToolService): Promise<Response> {
	if (await isLegacyRequest(request, message)) {
		if (isJSONRPCRequest(message) && message.method === 'server/discover') return discoverWithoutMeta(message);
		const server = createServer(service);
		if (isPlainRequest(request, message)) return answerDirectly(server, message);
		const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
		await server.connect(transport);
		return withPlainFaults(await transport.handleRequest(withoutBody(request), { parsedBody: message }));
	}
	const authInfo = { token: '', clientId: '', scopes: [], extra: { service } };
	return withPlainFaults(await modern.fetch(withoutBody(request), { parsedBody: message, authInfo }));
}

/** A method of the modern era alone, whatever the request forgot to say. */
function discoverWithoutMeta({ id }: JSONRPCRequest): Response {
	const message = 'Invalid params: _meta must hold io.modelcontextprotocol/protocolVersion and …/clientCapabilities';
	return Response.json(
		{ jsonrpc: '2.0', id, error: { code: ProtocolErrorCode.InvalidParams, message } },
		{ status: 400 },
	);
}

/** Clients that accept only JSON, or say nothing, get JSON as well: it is all we send. */
function withoutBody({ url, headers }: Request): Request {
	const accepting = new Headers(headers);
	accepting.set('accept', 'application/json, text/event-stream');
	accepting.delete('content-length');
	return new Request(url, { method: 'POST', headers: accepting });
}

/** A request of the 2025 era at which the SDK's HTTP transport would find nothing to say. */
function isPlainRequest({ headers }: Request, message: unknown): message is JSONRPCRequest {
	const version = headers.get('mcp-protocol-version');
	return (
		isJSONRPCRequest(message) &&
		message.method !== 'initialize' &&
		isJsonContentType(headers.get('content-type')) &&
		(version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version))
	);
}

/** One request in, one answer out: a transport without the streams that we do not use, at a third of the cost. */
async function answerDirectly(server: Server, message: JSONRPCRequest): Promise<Response> {
	const answer = await new Promise<JSONRPCMessage>((resolve, reject) => {
		const transport: Transport = {
			start: async () => {},
			close: async () => {},
			send: async (sent) => {
				if (isJSONRPCResponse(sent)) resolve(sent);
			},
		};
		server.connect(transport).then(() => transport.onmessage?.(message), reject);
	});
	return Response.json(withPlainFault(answer));
}

/** Faults of the protocol's own parameters, which the SDK tells as a failure of ours with a dump of its schema. */
function withPlainFault<T>(answer: T): T {
	const code = valueAt(answer, 'error/code');
	const issues = code === ProtocolErrorCode.InternalError ? parseJson(String(valueAt(answer, 'error/message'))) : null;
	if (!Array.isArray(issues)) return answer;
	const faults = issues.slice(0, MAX_FAULTS).map((issue) => {
		const path = valueAt(issue, 'path');
		const message = String(valueAt(issue, 'message')).replace(/^Invalid input: /, '');
		return `${Array.isArray(path) ? path.join('.') : ''} ${message}`.trim().slice(0, 200);
	});
	const error = { code: ProtocolErrorCode.InvalidParams, message: `Invalid params: ${faults.join('; ')}` };
	return { ...answer, error };
}

const MAX_FAULTS = 5;

async function withPlainFaults(response: Response): Promise<Response> {
	if (!isJsonContentType(response.headers.get('content-type'))) return response;
	const text = await response.text();
	const isFailure = text.includes(`"code":${ProtocolErrorCode.InternalError}`);
	return new Response(isFailure ? JSON.stringify(withPlainFault(JSON.parse(text))) : text, response);
}

/**
 * The SDK's answers to `tools/list`, without their id, per isolate. They depend on bundled data, the filter and what
 * of the request is in the key; building and checking a list of hundreds of tools anew costs more than all the rest.
 */
const listAnswers = new Map<string, string>();
const LIST_ANSWERS_LIMIT = 64;
const LIST_KEY_MAX = 2_000;
const LIST_HEADERS = ['content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name'];

/** @returns null for a message whose answer is not kept */
function listAnswerKey(request: Request, message: unknown, service: ToolService): string | null {
	if (typeof message !== 'object' || message === null) return null;
	const { jsonrpc, id, method, params, ...more } = message as Record<string, unknown>;
	if (jsonrpc !== '2.0' || method !== 'tools/list' || Object.keys(more).length > 0) return null;
	if (typeof id !== 'string' && !Number.isSafeInteger(id)) return null;
	const headers = LIST_HEADERS.map((name) => request.headers.get(name));
	const key = JSON.stringify([service.listKey, headers, params]);
	return key.length > LIST_KEY_MAX ? null : key;
}

async function keepListAnswer(key: string, response: Response): Promise<Response> {
	const { id: _id, ...rest } = (await response.clone().json()) as Record<string, unknown>;
	if ('error' in rest) return response;
	if (listAnswers.size >= LIST_ANSWERS_LIMIT) listAnswers.delete(listAnswers.keys().next().value as string);
	listAnswers.set(key, JSON.stringify(rest));
	return response;
}

function withId(answer: string, message: unknown): string {
	return `{"id":${JSON.stringify((message as { id: unknown }).id)},${answer.slice(1)}`;
}
