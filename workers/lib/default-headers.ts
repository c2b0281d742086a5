// Default headers of every answer, for browsers. The dashboard's files are
// served before the Worker runs: theirs stand in dashboard/_headers.

export const DEFAULT_HEADERS: readonly (readonly [string, string])[] = [
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

/** Copied as a whole, which costs half of setting one header after another. */
const JSON_HEADERS = new Headers([['content-type', 'application/json'], ...DEFAULT_HEADERS] as [string, string][]);

/** Answers with these headers. Looking for each header would take longer than making the answer. */
const complete = new WeakSet<Response>();

/** A JSON answer that has the default headers already. */
export function jsonAnswer(body: string | Uint8Array<ArrayBuffer>): Response {
	const answer = new Response(body, { headers: JSON_HEADERS });
	complete.add(answer);
	return answer;
}

/** True for an answer of `jsonAnswer` itself, not for a copy of it. */
export function hasDefaultHeaders(answer: Response): boolean {
	return complete.has(answer);
}
