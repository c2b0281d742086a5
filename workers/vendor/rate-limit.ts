// The vendor's rate-limit headers under their standard names. What the vendor did not send is left out.

export type RateLimitHeaders = Partial<
	Record<'ratelimit-limit' | 'ratelimit-remaining' | 'ratelimit-reset' | 'retry-after', string>
>;

/** A reset larger than this is a moment (seconds since 1970), not a duration; still larger, one in milliseconds. */
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 100_000_000_000;
/** `Date.parse` reads a date into nearly every text with a number. RFC 9110 section 5.6.7, the form that is still sent. */
const HTTP_DATE = /^\s*[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT\s*$/;

/**
 * @param isLimited  the answer is a 429
 * @returns seconds for `ratelimit-reset` and `retry-after`
 */
export function rateLimitHeaders(headers: Headers, nowMs: number, isLimited: boolean): RateLimitHeaders {
	const found: RateLimitHeaders = {};
	const first = (...names: string[]) => names.map((name) => headers.get(name)).find((value) => value !== null);
	const combined = combinedFields(headers);
	const limit = combined.limit ?? wholeNumber(first('ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit'));
	const left =
		combined.remaining ?? wholeNumber(first('ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'));
	// Whoever is refused has nothing left, whatever the header says.
	const remaining = isLimited ? 0 : left;
	const reset = combined.reset ?? seconds(first('ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'), nowMs);
	const retryAfter = seconds(headers.get('retry-after'), nowMs);
	if (limit !== null) found['ratelimit-limit'] = String(limit);
	if (remaining !== null) found['ratelimit-remaining'] = String(remaining);
	// Both say when the next call may come; a vendor that sends only one has said the other.
	const resetSeconds = reset ?? retryAfter;
	if (resetSeconds !== null) found['ratelimit-reset'] = String(resetSeconds);
	// A reset is no reason to wait when the answer was not limited.
	const wait = retryAfter ?? (isLimited ? reset : null);
	if (wait !== null) found['retry-after'] = String(wait);
	return found;
}

/**
 * The combined fields of the IETF draft "RateLimit header fields for HTTP": `RateLimit: "hour";r=50;t=30` with
 * `RateLimit-Policy: "hour";q=100;w=3600`, and their older form `RateLimit: limit=100, remaining=50, reset=30`. Of
 * several policies the one counts that has the least left.
 */
function combinedFields(headers: Headers): { limit?: number; remaining?: number; reset?: number } {
	const text = headers.get('ratelimit');
	if (text === null) return {};
	const policies = items(headers.get('ratelimit-policy') ?? '');
	const older = numberOf(text, 'remaining') !== undefined || numberOf(text, 'limit') !== undefined ? [text] : null;
	const [strictest = ''] = (older ?? items(text)).toSorted((a, b) => leftOf(a) - leftOf(b));
	const policy = policies.find((one) => nameOf(one) === nameOf(strictest)) ?? policies[0] ?? '';
	const limit = numberOf(strictest, 'limit') ?? numberOf(policy, 'q') ?? wholeNumber(policy) ?? undefined;
	const remaining = numberOf(strictest, 'r') ?? numberOf(strictest, 'remaining');
	const reset = numberOf(strictest, 't') ?? numberOf(strictest, 'reset');
	return {
		...(limit === undefined ? {} : { limit }),
		...(remaining === undefined ? {} : { remaining }),
		...(reset === undefined ? {} : { reset }),
	};
}

/** Members of a structured list (RFC 9651), whose names stand in quotes or bare. */
function items(text: string): string[] {
	return text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
}

function nameOf(item: string): string {
	return /^\s*"?([^";]*)"?/.exec(item)?.[1]?.trim() ?? '';
}

function leftOf(item: string): number {
	return numberOf(item, 'r') ?? Number.POSITIVE_INFINITY;
}

function numberOf(text: string, parameter: string): number | undefined {
	const match = new RegExp(`(?:^|[;,\\s])${parameter}\\s*=\\s*"?(\\d{1,12})`, 'i').exec(text);
	return match ? Number(match[1]) : undefined;
}

function wholeNumber(text: string | null | undefined): number | null {
	const match = /^\s*(\d{1,12})/.exec(text ?? '');
	return match ? Number(match[1]) : null;
}

/** Seconds from now: of a duration, of a moment in seconds or milliseconds since 1970, or of an HTTP date (RFC 9110 section 10.2.3). */
function seconds(text: string | null | undefined, nowMs: number): number | null {
	if (text === null || text === undefined || text.trim() === '') return null;
	const number = /^\s*(\d{1,14})(\.\d+)?\s*$/.exec(text) ? Math.ceil(Number(text)) : null;
	if (number !== null && number > EPOCH_SECONDS) {
		const moment = number > EPOCH_MS ? number / 1000 : number;
		return Math.max(0, Math.ceil(moment - nowMs / 1000));
	}
	if (number !== null) return number;
	const ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(ms) ? null : Math.max(0, Math.ceil((ms - nowMs) / 1000));
}
