// Answers to plain messages, in the bytes in which the SDK would send them.
import type { CallOutcome, ToolResult } from '../calls/outcome.ts';
import { jsonAnswer } from '../lib/default-headers.ts';
import { VERSION } from '../lib/version.ts';
import type { PlainMessage, PlainRequest } from './plain-messages.ts';
import type { ToolService } from './service.ts';
import { INTERNAL_ERROR, INVALID_PARAMS, LEGACY_VERSIONS, META_PREFIX, MODERN_VERSION, ProtocolFault } from './wire.ts';

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
		if (!outcome) throw unknownTool(plain.name, service);
		// A withheld call is not answered: `serveAccess` starts it again or refuses it.
		const result = outcome.state === 'withheld' ? '{}' : printedResult(outcome, plain.isModern);
		return { response: answered(result, plain.id), outcome };
	} catch (error) {
		return { response: refused(error, plain.id), outcome: null };
	}
}

export function unknownTool(name: string, service: Pick<ToolService, 'unknownTool'>): ProtocolFault {
	return new ProtocolFault(INVALID_PARAMS, `Unknown tool: ${name.slice(0, 128)}${service.unknownTool()}`);
}

function resultOf(plain: Exclude<PlainRequest, { method: 'tools/call' }>, service: ToolService): string {
	switch (plain.method) {
		case 'ping':
			return '{}';
		case 'tools/list': {
			const tools = service.listTools();
			return JSON.stringify(plain.isModern ? { tools, ...MODERN_END } : { tools });
		}
		case 'initialize':
			return JSON.stringify({
				protocolVersion: LEGACY_VERSIONS.includes(plain.version) ? plain.version : LEGACY_VERSIONS[0],
				...identityOf(service),
			});
		case 'server/discover': {
			const { serverInfo: _inMeta, ...identity } = identityOf(service);
			return JSON.stringify({ supportedVersions: [MODERN_VERSION], ...identity, ...MODERN_END });
		}
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

const SERVER_INFO = { name: 'patchbay', title: 'Patchbay', version: VERSION };

/** Prefix and name as MCP has them in `_meta` (2025-11-25, "General fields"). */
export const UNTRUSTED_META_KEY = 'patchbay/untrusted';

const SERVER_META = { [`${META_PREFIX}serverInfo`]: SERVER_INFO };
/** Members that the modern era adds to the result of a list. */
const MODERN_END = { resultType: 'complete', ttlMs: 0, cacheScope: 'private', _meta: SERVER_META };
const MODERN_META = `,"_meta":${JSON.stringify(SERVER_META)}`;

/**
 * The result of a call as JSON. Its text is that of `structuredContent`, so that it is written once. A `_meta` of ours
 * stands at the beginning, one that the modern era adds at the end.
 */
function printedResult(
	{ structuredContent, text, isError, download, untrusted }: ToolResult,
	isModern: boolean,
): string {
	const json = text ?? JSON.stringify(structuredContent);
	const own = untrusted ? { [UNTRUSTED_META_KEY]: untrusted, ...(isModern ? SERVER_META : {}) } : null;
	const file = download ? `,${JSON.stringify({ type: 'resource', resource: download })}` : '';
	const content = `"content":[{"type":"text","text":${JSON.stringify(json)}}${file}]`;
	const end = isModern ? `,"resultType":"complete"${own ? '' : MODERN_META}` : '';
	const begin = own ? `"_meta":${JSON.stringify(own)},` : '';
	return `{${begin}${content},"structuredContent":${json}${isError ? ',"isError":true' : ''}${end}}`;
}

function answered(result: string, id: string | number): Response {
	return jsonAnswer(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`);
}

function refused(error: unknown, id: string | number): Response {
	const { code, message = 'Internal error' } = error as Partial<ProtocolFault>;
	const told = { code: Number.isSafeInteger(code) ? code : INTERNAL_ERROR, message };
	return jsonAnswer(JSON.stringify({ jsonrpc: '2.0', id, error: told }));
}
