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
import type { CallOutcome, ToolResult } from '../calls/outcome.ts';
import type { Fault } from '../lib/errors.ts';
import { VERSION } from '../lib/version.ts';
import type { ListedPrompt } from '../tools/prompts.ts';
import type { ListedResource } from '../tools/resources.ts';
import type { CompiledTool } from '../tools/tools.ts';

/** Prefix and name as MCP has them in `_meta` (2025-11-25, "General fields"). */
const UNTRUSTED_META_KEY = 'patchbay/untrusted';
/** Notice of a prompt, whose answer has no other place for it. */
const HIDDEN_META_KEY = 'patchbay/hidden_characters_removed';

/** The server behind a URL, as the protocol sees it. */
export interface ToolService {
	instructions: string;
	/** Said of a name that is no tool's: how tools are called here; empty where it is by their names. */
	unknownTool: string;
	/** All that the list depends on: the same key, the same list. */
	listKey: string;
	listTools(): CompiledTool[];
	/** @returns null for a tool that this server does not have */
	callTool(name: string, args: unknown): Promise<CallOutcome | null>;
	hasPrompts(): boolean;
	listPrompts(): ListedPrompt[];
	/** @returns null for a prompt that this server does not have */
	fillPrompt(
		name: string,
		args: Record<string, unknown>,
	): { description: string; text: string; hiddenRemoved: number } | Fault[] | null;
	listResources(): ListedResource[];
	/** @returns Markdown; null where there is no such resource */
	readResource(uri: string): string | null;
}

export function createServer(service: ToolService): Server {
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
		const outcome = await service.callTool(params.name, params.arguments);
		if (!outcome)
			throw new ProtocolError(
				ProtocolErrorCode.InvalidParams,
				`Unknown tool: ${params.name.slice(0, 128)}${service.unknownTool}`,
			);
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
