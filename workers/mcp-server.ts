// The official MCP SDK around one request: both protocol eras on one URL, without sessions, answered as JSON.
import {
	type CallToolResult,
	createMcpHandler,
	isLegacyRequest,
	ProtocolError,
	ProtocolErrorCode,
	Server,
	type Tool,
	WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { CompiledTool } from './compiler/tools.ts';
import { logError } from './errors.ts';
import { VERSION } from './version.ts';

/** What the protocol needs of the server behind a URL. */
export interface ToolService {
	instructions: string;
	listTools(): CompiledTool[];
	/** @returns null for a tool that this server does not have */
	callTool(
		name: string,
		args: unknown,
	): Promise<{ structuredContent: Record<string, unknown>; isError: boolean } | null>;
}

function createServer(service: ToolService): Server {
	const server = new Server(
		{ name: 'patchbay', title: 'Patchbay', version: VERSION },
		{ capabilities: { tools: {} }, instructions: service.instructions },
	);
	server.setRequestHandler('tools/list', () => ({ tools: service.listTools() as unknown as Tool[] }));
	server.setRequestHandler('tools/call', async ({ params }) => {
		const result = await service.callTool(params.name, params.arguments);
		if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 128)}`);
		const { structuredContent, isError } = result;
		const toolResult: CallToolResult = {
			content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
			structuredContent,
			...(isError ? { isError } : {}),
		};
		return toolResult;
	});
	return server;
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
	// Clients that accept only JSON, or say nothing, get JSON as well: it is all we send.
	const headers = new Headers(request.headers);
	headers.set('accept', 'application/json, text/event-stream');
	headers.delete('content-length');
	const bare = new Request(request.url, { method: 'POST', headers });
	if (!(await isLegacyRequest(bare, message))) {
		return modern.fetch(bare, {
			parsedBody: message,
			authInfo: { token: '', clientId: '', scopes: [], extra: { service } },
		});
	}
	const server = createServer(service);
	const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
	server.onerror = logError;
	await server.connect(transport);
	return transport.handleRequest(bare, { parsedBody: message });
}
