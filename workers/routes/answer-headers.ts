// Gives an answer the default headers that it does not have.
import { DEFAULT_HEADERS, hasDefaultHeaders } from '../lib/default-headers.ts';

/** One year: a browser asks over https from the first answer on (RFC 6797). */
const HTTPS_ONLY: readonly [string, string] = ['strict-transport-security', 'max-age=31536000'];

/** @param isLocal  a local start, which has no https */
export function withDefaultHeaders(
	response: Response,
	{ isLocal, requestId }: { isLocal: boolean; requestId?: string | undefined },
): Response {
	try {
		if (!hasDefaultHeaders(response)) setDefaults(response.headers);
		setOwn(response.headers, isLocal, requestId);
		return response;
	} catch (error) {
		// Headers that came from a Durable Object, or from an upstream, cannot be changed.
		if (!(error instanceof TypeError)) throw error;
		const copy = new Response(response.body, response);
		setDefaults(copy.headers);
		setOwn(copy.headers, isLocal, requestId);
		return copy;
	}
}

function setDefaults(headers: Headers): void {
	for (const [name, value] of DEFAULT_HEADERS) if (!headers.has(name)) headers.set(name, value);
}

function setOwn(headers: Headers, isLocal: boolean, requestId: string | undefined): void {
	const [name, value] = HTTPS_ONLY;
	if (!isLocal && !headers.has(name)) headers.set(name, value);
	if (requestId !== undefined) headers.set('x-request-id', requestId);
}
