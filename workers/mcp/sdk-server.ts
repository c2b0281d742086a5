// The official MCP SDK's server over one of our servers: its handlers, one per method of the protocol.
import {
	type CallToolResult,
	type EmbeddedResource,
	ProtocolError,
	ProtocolErrorCode,
	ResourceNotFoundError,
	Server,
	type Tool,
} from '@modelcontextprotocol/server';
import type { ToolResult } from '../calls/outcome.ts';
import { identityOf, UNTRUSTED_META_KEY, unknownTool } from './plain-answers.ts';
import type { ToolService } from './service.ts';

/** Notice of a prompt, whose answer has no other place for it. */
const HIDDEN_META_KEY = 'patchbay/hidden_characters_removed';

export function createServer(service: ToolService): Server {
	const { serverInfo, ...identity } = identityOf(service);
	const server = new Server(serverInfo, identity);
	server.setRequestHandler('tools/list', ({ params }) => {
		requireFirstPage(params);
		return { tools: service.listTools() as unknown as Tool[] };
	});
	server.setRequestHandler('tools/call', async ({ params }) => {
		const outcome = await service.callTool(params.name, params.arguments);
		if (!outcome) throw unknownTool(params.name, service);
		// A withheld call is not answered: `serveAccess` starts it again or refuses it.
		return outcome.state === 'withheld' ? { content: [] } : toolResult(outcome);
	});
	servePrompts(server, service);
	serveResources(server, service);
	return server;
}

function toolResult({ structuredContent, text, isError, download, untrusted }: ToolResult): CallToolResult {
	return {
		content: [
			{ type: 'text', text: text ?? JSON.stringify(structuredContent) },
			...(download ? [{ type: 'resource' as const, resource: download as EmbeddedResource['resource'] }] : []),
		],
		structuredContent,
		...(isError ? { isError } : {}),
		...(untrusted ? { _meta: { [UNTRUSTED_META_KEY]: untrusted } } : {}),
	};
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
		return { resources: service.listResources() };
	});
	server.setRequestHandler('resources/templates/list', ({ params }) => {
		requireFirstPage(params);
		return { resourceTemplates: [] };
	});
	server.setRequestHandler('resources/read', ({ params: { uri } }) => {
		const text = service.readResource(uri);
		if (text === null) throw new ResourceNotFoundError(uri.slice(0, 500));
		return { contents: [{ uri, mimeType: 'text/markdown', text }] };
	});
}

/** Every list is one page, so no cursor was ever given out. */
function requireFirstPage(params: { cursor?: string | undefined } | undefined): void {
	if (params?.cursor !== undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown cursor');
}
