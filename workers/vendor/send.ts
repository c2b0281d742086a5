// The one place that talks to a vendor: one request, no redirect, no retry, no cache, bounded in time and size.

import type { Verb } from '../integration/format.ts';
import { type Room, readBounded, readBoundedBytes } from '../lib/bounded-text.ts';
import { SMALL_BYTES } from '../lib/byte-budget.ts';
import { decodeLabelled, otherCharset } from '../lib/charset.ts';
import { UpstreamFailure } from './failure.ts';

/** Clients give a call 45 to 60 seconds; this leaves time for our answer. */
export const UPSTREAM_TIMEOUT_MS = 40_000;
/** 1,000 whole tickets are about 8 MB; an isolate has 128 MB for all its requests. */
export const MAX_ANSWER_BYTES = 12 * 1024 * 1024;

export interface OutgoingRequest {
	url: string;
	verb: Verb;
	headers: Record<string, string>;
	body?: string | FormData | undefined;
	/** Answer as bytes, up to so many. An error's answer is text all the same. */
	maxFileBytes?: number | undefined;
	/** Waits for room for an answer that is not small. @returns what to tell its size once it has been read */
	takeRoom?: ((bytes: number) => Promise<(bytes: number) => void>) | undefined;
}

export interface UpstreamAnswer {
	status: number;
	headers: Headers;
	text: string;
	/** Body of an answer that was asked for as bytes. */
	bytes?: Uint8Array;
	/** Milliseconds from sending to the last byte. */
	durationMs: number;
}

/**
 * @param ending     ends the request: from outside, and from here when its time is over
 * @param timeoutMs  null where the caller has set a limit to all of the call
 * @throws UpstreamFailure for everything that is no complete HTTP answer
 */
export async function send(
	request: OutgoingRequest,
	ending: AbortController,
	timeoutMs: number | null = UPSTREAM_TIMEOUT_MS,
): Promise<UpstreamAnswer> {
	const startedAtMs = Date.now();
	const inTime = timeoutMs === null ? null : endAfter(ending, timeoutMs);
	try {
		const response = await fetch(request.url, {
			method: request.verb,
			headers: request.headers,
			body: request.body ?? null,
			// Workers know no "error" here; a redirect is refused below, never followed with credentials.
			redirect: 'manual',
			signal: ending.signal,
		});
		if (response.status >= 300 && response.status < 400) {
			await response.body?.cancel();
			throw new UpstreamFailure('redirect', 'answered with a redirect, which is not followed', {
				status: response.status,
			});
		}
		const { status, headers } = response;
		const asFile = request.maxFileBytes !== undefined && response.ok;
		const maxBytes = asFile ? (request.maxFileBytes ?? 0) : MAX_ANSWER_BYTES;
		const { takeRoom } = request;
		const room = takeRoom && { fromBytes: SMALL_BYTES, take: takeRoom };
		const bytes = asFile ? await readBoundedBytes(response, maxBytes, room) : undefined;
		const text = asFile ? '' : await readText(response, maxBytes, room);
		if (text === null || bytes === null) {
			const message = `answered with more than ${maxBytes / 1024 / 1024} MB`;
			throw new UpstreamFailure('too_large', message, { status });
		}
		return { status, headers, text, ...(bytes ? { bytes } : {}), durationMs: Date.now() - startedAtMs };
	} catch (cause) {
		if (cause instanceof UpstreamFailure) throw cause;
		if (ending.signal.aborted) throw ending.signal.reason;
		throw new UpstreamFailure('unreachable', 'could not be reached, or broke off its answer', { cause });
	} finally {
		inTime?.();
	}
}

async function readText(response: Response, maxBytes: number, room: Room | undefined): Promise<string | null> {
	const charset = otherCharset(response.headers.get('content-type'));
	if (charset === null) return readBounded(response, maxBytes, room);
	const bytes = await readBoundedBytes(response, maxBytes, room);
	return bytes && decodeLabelled(bytes, charset);
}

/**
 * Ends a call, whatever of it is on its way, when its time is over.
 *
 * @returns to be called when it was in time
 */
export function endAfter(ending: AbortController, timeoutMs: number): () => void {
	const late = `did not answer within ${timeoutMs / 1000} seconds`;
	const timer = setTimeout(() => ending.abort(new UpstreamFailure('timeout', late)), timeoutMs);
	return () => clearTimeout(timer);
}
