// The SDK's answers to `tools/list`, kept per isolate, bounded in bytes.
import { isJsonContentType, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import type { ToolService } from './sdk-server.ts';

/**
 * Answers in UTF-8, without their id, the one that was used last behind the others. Building and checking a list of
 * hundreds of tools anew costs more than all the rest.
 */
const kept = new Map<string, Uint8Array>();
let keptBytes = 0;
/** An isolate has 128 MB for all that it does; a list of everything is 0.9 MB. */
export const LIST_ANSWERS_MAX_BYTES = 8 * 1024 * 1024;

const MODERN = '2026-07-28';
const META = 'io.modelcontextprotocol/';

/**
 * The key holds nothing that a caller may vary at will, such as a progress token or a trace: one server and protocol
 * version have one key.
 *
 * @returns null for a message whose answer is not kept
 */
export function listAnswerKey(request: Request, message: unknown, service: ToolService): string | null {
	if (typeof message !== 'object' || message === null) return null;
	const { jsonrpc, id, method, params = {}, ...more } = message as Record<string, unknown>;
	if (jsonrpc !== '2.0' || method !== 'tools/list' || Object.keys(more).length > 0) return null;
	if ((typeof id !== 'string' || id.length > 200) && !Number.isSafeInteger(id)) return null;
	if (typeof params !== 'object' || params === null || Object.keys(params).some((name) => name !== '_meta'))
		return null;
	const version = request.headers.get('mcp-protocol-version');
	const named = request.headers.get('mcp-method');
	const isUsual =
		isJsonContentType(request.headers.get('content-type')) &&
		(version === null || version === MODERN || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) &&
		(named === null || named === method) &&
		request.headers.get('mcp-name') === null;
	const meta = metaShape((params as Record<string, unknown>)._meta);
	return isUsual && meta !== null ? JSON.stringify([service.listKey, version, named, meta]) : null;
}

/** The parts of `_meta` that the answer depends on: its version and which members are there. @returns null if refused */
function metaShape(meta: unknown): unknown[] | null {
	if (meta === undefined) return [];
	if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return null;
	const member = (name: string) => (meta as Record<string, unknown>)[META + name];
	const version = member('protocolVersion');
	const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
	if (version !== undefined && (typeof version !== 'string' || version.length > 20)) return null;
	if (member('clientInfo') !== undefined && !isObject(member('clientInfo'))) return null;
	return [version ?? null, isObject(member('clientCapabilities')), member('clientInfo') !== undefined];
}

/** The bytes are taken over; others make room. */
export async function keepListAnswer(key: string, response: Response): Promise<Response> {
	const { id: _id, ...rest } = (await response.clone().json()) as Record<string, unknown>;
	if ('error' in rest) return response;
	const bytes = new TextEncoder().encode(JSON.stringify(rest).slice(1));
	drop(key);
	if (bytes.byteLength > LIST_ANSWERS_MAX_BYTES) return response;
	for (const oldest of kept.keys()) {
		if (keptBytes + bytes.byteLength <= LIST_ANSWERS_MAX_BYTES) break;
		drop(oldest);
	}
	kept.set(key, bytes);
	keptBytes += bytes.byteLength;
	return response;
}

function drop(key: string): void {
	keptBytes -= kept.get(key)?.byteLength ?? 0;
	kept.delete(key);
}

/** @returns the kept answer to this message; null where there is none */
export function keptListAnswer(key: string, message: unknown): Response | null {
	const bytes = kept.get(key);
	if (bytes === undefined) return null;
	kept.delete(key);
	kept.set(key, bytes);
	const head = new TextEncoder().encode(`{"id":${JSON.stringify((message as { id: unknown }).id)},`);
	const whole = new Uint8Array(head.byteLength + bytes.byteLength);
	whole.set(head);
	whole.set(bytes, head.byteLength);
	return new Response(whole, { headers: { 'content-type': 'application/json' } });
}

/** Counts the kept answers and their bytes, for the test of the bound. */
export function listAnswersKept(): { answers: number; bytes: number } {
	return { answers: kept.size, bytes: keptBytes };
}
