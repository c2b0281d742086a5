// The one place that talks to a vendor: one request, no redirect, no retry, no cache, bounded in time and size.
import type { Verb } from '../compiler/format.ts';
import { UpstreamFailure } from './failure.ts';

/** Clients give a call 45 to 60 seconds; this leaves time for our answer. */
export const UPSTREAM_TIMEOUT_MS = 40_000;
/** 1,000 whole tickets are about 8 MB; an isolate has 128 MB for all its requests. */
export const MAX_ANSWER_BYTES = 12 * 1024 * 1024;

export interface OutgoingRequest {
	url: string;
	verb: Verb;
	headers: Record<string, string>;
	body?: string | undefined;
}

export interface UpstreamAnswer {
	status: number;
	headers: Headers;
	text: string;
	/** From sending to the last byte. */
	durationMs: number;
}

/** @throws UpstreamFailure for everything that is no complete HTTP answer */
export async function send(request: OutgoingRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
	const startedAtMs = Date.now();
	const limited = AbortSignal.any([signal, AbortSignal.timeout(UPSTREAM_TIMEOUT_MS)]);
	try {
		const response = await fetch(request.url, {
			method: request.verb,
			headers: request.headers,
			body: request.body ?? null,
			// Workers know no "error" here; a redirect is refused below, never followed with credentials.
			redirect: 'manual',
			signal: limited,
		});
		if (response.status >= 300 && response.status < 400) {
			await response.body?.cancel();
			throw new UpstreamFailure('redirect', 'answered with a redirect, which is not followed', {
				status: response.status,
			});
		}
		const text = await readBounded(response);
		return { status: response.status, headers: response.headers, text, durationMs: Date.now() - startedAtMs };
	} catch (cause) {
		if (cause instanceof UpstreamFailure) throw cause;
		if (signal.aborted) throw signal.reason;
		if (limited.aborted)
			throw new UpstreamFailure('timeout', `did not answer within ${UPSTREAM_TIMEOUT_MS / 1000} seconds`, { cause });
		throw new UpstreamFailure('unreachable', 'could not be reached, or broke off its answer', { cause });
	}
}

async function readBounded(response: Response): Promise<string> {
	const tooLarge = () =>
		new UpstreamFailure('too_large', `answered with more than ${MAX_ANSWER_BYTES / 1024 / 1024} MB`, {
			status: response.status,
		});
	if (Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) {
		await response.body?.cancel();
		throw tooLarge();
	}
	if (!response.body) return '';
	const decoder = new TextDecoder();
	const reader = response.body.getReader();
	let text = '';
	let bytes = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		bytes += value.byteLength;
		if (bytes > MAX_ANSWER_BYTES) {
			await reader.cancel();
			throw tooLarge();
		}
		text += decoder.decode(value, { stream: true });
	}
}
