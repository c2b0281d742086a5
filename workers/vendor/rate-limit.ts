// The vendor's rate-limit headers under their standard names. What the vendor did not send is left out.

export type RateLimitHeaders = Partial<
	Record<'ratelimit-limit' | 'ratelimit-remaining' | 'ratelimit-reset' | 'retry-after', string>
>;

/** A reset larger than this is a moment (seconds since 1970), not a duration. */
const EPOCH_SECONDS = 1_000_000_000;
/** `Date.parse` reads a date into nearly every text with a number. RFC 9110 section 5.6.7, the form that is still sent. */
const HTTP_DATE = /^\s*[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT\s*$/;

/**
 * @param isLimited  the answer is a 429
 * @returns seconds for `ratelimit-reset` and `retry-after`
 */
export function rateLimitHeaders(headers: Headers, nowMs: number, isLimited: boolean): RateLimitHeaders {
	const found: RateLimitHeaders = {};
	const first = (...names: string[]) => names.map((name) => headers.get(name)).find((value) => value !== null);
	const limit = wholeNumber(first('ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit'));
	const remaining = wholeNumber(first('ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'));
	const reset = seconds(first('ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'), nowMs);
	const retryAfter = seconds(headers.get('retry-after'), nowMs);
	if (limit !== null) found['ratelimit-limit'] = String(limit);
	if (remaining !== null) found['ratelimit-remaining'] = String(remaining);
	// Both say when the next call may come; a vendor that sends only one has said the other.
	const resetSeconds = reset ?? retryAfter;
	if (resetSeconds !== null) found['ratelimit-reset'] = String(resetSeconds);
	// Of an answer that was not limited, a reset is no reason to wait.
	const wait = retryAfter ?? (isLimited ? reset : null);
	if (wait !== null) found['retry-after'] = String(wait);
	return found;
}

function wholeNumber(text: string | null | undefined): number | null {
	const match = /^\s*(\d{1,12})/.exec(text ?? '');
	return match ? Number(match[1]) : null;
}

/** Seconds from now: of a duration, of a moment in seconds since 1970, or of an HTTP date (RFC 9110 section 10.2.3). */
function seconds(text: string | null | undefined, nowMs: number): number | null {
	if (text === null || text === undefined || text.trim() === '') return null;
	const number = /^\s*(\d{1,12})(\.\d+)?\s*$/.exec(text) ? Math.ceil(Number(text)) : null;
	if (number !== null) return number > EPOCH_SECONDS ? Math.max(0, Math.ceil(number - nowMs / 1000)) : number;
	const ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(ms) ? null : Math.max(0, Math.ceil((ms - nowMs) / 1000));
}
