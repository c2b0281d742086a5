// The official MCP SDK around one request: both protocol eras on one URL, without sessions, answered as JSON.
import {
	createMcpHandler,
	isJSONRPCRequest,
	isJSONRPCResponse,
	isJsonContentType,
	isLegacyRequest,
	type JSONRPCMessage,
	type JSONRPCRequest,
	ProtocolErrorCode,
	type Server,
	SUPPORTED_PROTOCOL_VERSIONS,
	type Transport,
	WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { createServer } from './sdk-server.ts';
import type { ToolService } from './service.ts';

/** Named here, so that the bundler keeps nothing of the SDK but what is used. */
export { originValidationResponse } from '@modelcontextprotocol/server';

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
export async function serveWithSdk(request: Request, message: unknown, service: ToolService): Promise<Response> {
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
