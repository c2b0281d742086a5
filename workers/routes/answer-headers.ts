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

/** @param isLocal  a local start, which has no https */
export function withDefaultHeaders(
	response: Response,
	{ isLocal, requestId }: { isLocal: boolean; requestId?: string | undefined },
): Response {
	const missing = [...DEFAULTS, ...(isLocal ? [] : [HTTPS_ONLY])].filter(([name]) => !response.headers.has(name));
	// Those that came from a Durable Object cannot be changed.
	const answer = new Response(response.body, response);
	for (const [name, value] of missing) answer.headers.set(name, value);
	if (requestId !== undefined) answer.headers.set('x-request-id', requestId);
	return answer;
}
