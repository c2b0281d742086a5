// The SDK's answers to `tools/list`, kept per isolate, bounded in bytes.
import { jsonAnswer } from '../lib/default-headers.ts';
import { isObject } from '../lib/is-object.ts';
import type { ToolService } from './service.ts';
import { isPlainlyJson, LEGACY_VERSIONS, META_PREFIX, MODERN_VERSION } from './wire.ts';

/**
 * Answers in UTF-8, without their id, the one that was used last behind the others. Building and checking a list of
 * hundreds of tools anew costs more than all the rest.
 */
const kept = new Map<string, Uint8Array>();
let keptBytes = 0;
/** An isolate has 128 MB for all that it does; a list of everything is 0.9 MB. */
export const LIST_ANSWERS_MAX_BYTES = 8 * 1024 * 1024;

/**
 * The key holds nothing that a caller may vary at will, such as a progress token or a member of its own: one server and
 * protocol version have few keys. What is refused for its value is answered with an error, which is not kept.
 *
 * @returns null for a message whose answer is not kept
 */
export function listAnswerKey(request: Request, message: unknown, service: ToolService): string | null {
	if (!isObject(message)) return null;
	const { jsonrpc, id, method, params = {}, ...more } = message;
	if (jsonrpc !== '2.0' || method !== 'tools/list' || Object.keys(more).length > 0) return null;
	if (typeof id !== 'string' && !Number.isSafeInteger(id)) return null;
	if (!isObject(params) || 'cursor' in params) return null;
	const { headers } = request;
	const named = headers.get('mcp-method');
	if (!isPlainlyJson(request) || (named !== null && named !== method)) return null;
	const version = versionOf(headers.get('mcp-protocol-version'));
	return JSON.stringify([service.listKey(), version, named, headers.has('mcp-name'), metaShape(params._meta)]);
}

/** The parts of `_meta` that the answer depends on: its version, and the kinds of its members. */
function metaShape(meta: unknown): unknown[] {
	if (!isObject(meta)) return [kindOf(meta)];
	const member = (name: string) => meta[META_PREFIX + name];
	return [versionOf(member('protocolVersion')), kindOf(member('clientCapabilities')), kindOf(member('clientInfo'))];
}

function versionOf(version: unknown): unknown {
	const isKnown = version === MODERN_VERSION || LEGACY_VERSIONS.some((known) => known === version);
	return isKnown ? version : kindOf(version);
}

function kindOf(value: unknown): string {
	return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

/** Returns the end of the answer to this message. The id comes last, so that the part before it can be kept. */
function endOf(message: unknown): string {
	return `,"id":${JSON.stringify((message as { id: unknown }).id)}}`;
}

/** Others make room. An error is not kept. @returns the answer, whose body was read on the way */
export async function keepListAnswer(key: string, message: unknown, answer: Response): Promise<Response> {
	const text = await answer.text();
	const response = new Response(text, answer);
	const end = endOf(message);
	if (!text.startsWith('{"result":') || !text.endsWith(end)) return response;
	const bytes = new TextEncoder().encode(text.slice(0, -end.length));
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
	const end = new TextEncoder().encode(endOf(message));
	const whole = new Uint8Array(bytes.byteLength + end.byteLength);
	whole.set(bytes);
	whole.set(end, bytes.byteLength);
	return jsonAnswer(whole);
}

/** Counts the kept answers and their bytes, for the test of the bound. */
export function listAnswersKept(): { answers: number; bytes: number } {
	return { answers: kept.size, bytes: keptBytes };
}
