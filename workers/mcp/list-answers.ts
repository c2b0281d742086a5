// The SDK's answers to `tools/list`, kept per isolate.
import type { ToolService } from './sdk-server.ts';

/**
 * Answers without their id. They depend on bundled data, the filter and the parts of the request that are in the key;
 * building and checking a list of hundreds of tools anew costs more than all the rest.
 */
const listAnswers = new Map<string, string>();
const LIST_ANSWERS_LIMIT = 64;
const LIST_KEY_MAX = 2_000;
const LIST_HEADERS = ['content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name'];

/** @returns null for a message whose answer is not kept */
export function listAnswerKey(request: Request, message: unknown, service: ToolService): string | null {
	if (typeof message !== 'object' || message === null) return null;
	const { jsonrpc, id, method, params, ...more } = message as Record<string, unknown>;
	if (jsonrpc !== '2.0' || method !== 'tools/list' || Object.keys(more).length > 0) return null;
	if (typeof id !== 'string' && !Number.isSafeInteger(id)) return null;
	const headers = LIST_HEADERS.map((name) => request.headers.get(name));
	const key = JSON.stringify([service.listKey, headers, params]);
	return key.length > LIST_KEY_MAX ? null : key;
}

export async function keepListAnswer(key: string, response: Response): Promise<Response> {
	const { id: _id, ...rest } = (await response.clone().json()) as Record<string, unknown>;
	if ('error' in rest) return response;
	if (listAnswers.size >= LIST_ANSWERS_LIMIT) listAnswers.delete(listAnswers.keys().next().value as string);
	listAnswers.set(key, JSON.stringify(rest));
	return response;
}

/** @returns the kept answer to this message; null where there is none */
export function keptListAnswer(key: string, message: unknown): Response | null {
	const kept = listAnswers.get(key);
	return kept === undefined
		? null
		: new Response(withId(kept, message), { headers: { 'content-type': 'application/json' } });
}

function withId(answer: string, message: unknown): string {
	return `{"id":${JSON.stringify((message as { id: unknown }).id)},${answer.slice(1)}`;
}
