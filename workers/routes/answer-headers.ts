// Default headers of every answer, for browsers. The dashboard's files are
// served before the Worker runs: theirs stand in dashboard/_headers.

const DEFAULTS: readonly (readonly [string, string])[] = [
	// Answers hold customers' data, settings or secrets.
	['cache-control', 'no-store'],
	// Nothing here is meant to be shown by itself; the pages that are bring a policy of their own (`oauth/html.ts`).
	['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
	['x-frame-options', 'DENY'],
	['x-content-type-options', 'nosniff'],
	['referrer-policy', 'no-referrer'],
	// A session's cookie goes along when another port of this host embeds an answer as a script or a picture.
	['cross-origin-resource-policy', 'same-origin'],
];

/** One year: a browser asks over https from the first answer on (RFC 6797). */
const HTTPS_ONLY: readonly [string, string] = ['strict-transport-security', 'max-age=31536000'];
const DEFAULTS_OVER_HTTPS = [...DEFAULTS, HTTPS_ONLY];

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
	for (const [name, value] of isLocal ? DEFAULTS : DEFAULTS_OVER_HTTPS)
		if (!headers.has(name)) headers.set(name, value);
	if (requestId !== undefined) headers.set('x-request-id', requestId);
}
