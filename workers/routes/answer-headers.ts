// Gives an answer the default headers that it does not have.
import { DEFAULT_HEADERS } from '../lib/default-headers.ts';

/** One year: a browser asks over https from the first answer on (RFC 6797). */
const HTTPS_ONLY: readonly [string, string] = ['strict-transport-security', 'max-age=31536000'];
const DEFAULTS_OVER_HTTPS = [...DEFAULT_HEADERS, HTTPS_ONLY];

/** @param isLocal  a local start, which has no https */
export function withDefaultHeaders(
	response: Response,
	{ isLocal, requestId }: { isLocal: boolean; requestId?: string | undefined },
): Response {
	try {
		setDefaults(response.headers, isLocal, requestId);
		return response;
	} catch (error) {
		// Headers that came from a Durable Object, or from an upstream, cannot be changed.
		if (!(error instanceof TypeError)) throw error;
		const copy = new Response(response.body, response);
		setDefaults(copy.headers, isLocal, requestId);
		return copy;
	}
}

function setDefaults(headers: Headers, isLocal: boolean, requestId: string | undefined): void {
	for (const [name, value] of isLocal ? DEFAULT_HEADERS : DEFAULTS_OVER_HTTPS)
		if (!headers.has(name)) headers.set(name, value);
	if (requestId !== undefined) headers.set('x-request-id', requestId);
}
