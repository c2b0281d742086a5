// The texts that a model reads in place of an answer: the vendor's errors, and answers that are none.
import { reasonPhrase } from '../../lib/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { type FailureKind, UpstreamFailure } from '../../vendor/failure.ts';
import { type RateLimitHeaders, rateLimitHeaders } from '../../vendor/rate-limit.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { type Failed, OUTCOME_UNKNOWN, type ToolResult, UNMADE, type VendorFacts } from '../outcome.ts';
import { withCleanTexts } from './clean.ts';
import type { AnswerContext } from './context.ts';
import { describeError, READ_BEFORE_REPEATING } from './error.ts';
import { sentence } from './texts.ts';
import { vendorFacts } from './vendor-facts.ts';

const FAILURES: Record<FailureKind, { status: number; code: string; advice: string }> = {
	forbidden: {
		status: 502,
		code: 'upstream_forbidden',
		advice: "Ask the operator to correct the account's base_url.",
	},
	timeout: {
		status: 504,
		code: 'upstream_timeout',
		advice: 'Ask for less: a narrower filter, fewer fields, a smaller limit.',
	},
	unreachable: {
		status: 502,
		code: 'upstream_unreachable',
		advice: "Try again later; if it stays so, ask the operator to test the account's connection.",
	},
	redirect: {
		status: 502,
		code: 'upstream_redirect',
		advice: "The account's base_url is probably not the API's: ask the operator to test the connection.",
	},
	too_large: {
		status: 502,
		code: 'upstream_too_large',
		advice: 'Ask for fewer records or name the fields that you need.',
	},
	credentials: {
		status: 502,
		code: 'upstream_credentials',
		advice: "Ask the operator to test the account's connection.",
	},
	ended: {
		status: 503,
		code: 'upstream_ended',
		advice: 'Call again.',
	},
	bad_answer: {
		status: 502,
		code: 'upstream_bad_answer',
		advice: "Try again later; if it stays so, ask the operator to test the account's connection.",
	},
};

/** Failures after which a write may have happened all the same. */
const UNKNOWN_OUTCOME = new Set<FailureKind>(['timeout', 'unreachable', 'too_large', 'bad_answer']);

function leavesUnknown(kind: FailureKind): boolean {
	return UNKNOWN_OUTCOME.has(kind);
}

type FailureContext = Pick<AnswerContext, 'integration' | 'operation'>;

/** @param isSent  false when it failed before the call itself went out, for example for want of an access token */
export function failureResult(
	failure: UpstreamFailure,
	{ integration, operation }: FailureContext,
	{ isSent = true, rateLimit = {} }: { isSent?: boolean; rateLimit?: RateLimitHeaders } = {},
): ToolResult {
	const { status, code, advice } = FAILURES[failure.kind];
	const isUnknown = isSent && !operation.readOnly && leavesUnknown(failure.kind);
	const next = isUnknown ? READ_BEFORE_REPEATING : advice;
	// A page of maintenance comes with a 200 as well.
	const retryAfter = failure.kind === 'bad_answer' ? rateLimit['retry-after'] : undefined;
	return {
		structuredContent: {
			statusCode: status,
			error: reasonPhrase(status),
			message: `${sentence(`${integration.label} ${failure.message}`)} ${next}`,
			is_remote_error: true,
			code,
			...(retryAfter === undefined ? {} : { retry_after_seconds: Number(retryAfter) }),
		},
		isError: true,
		rateLimit,
	};
}

/** The request was sent, and no complete answer came back. */
export function failedRequest(failure: UpstreamFailure, context: FailureContext): Failed {
	const end = leavesUnknown(failure.kind) ? OUTCOME_UNKNOWN : UNMADE;
	return { ...failureResult(failure, context), state: 'failed', ...factsOf(failure), end };
}

/** It failed before the request was sent. */
export function failedBefore(failure: UpstreamFailure, context: FailureContext): Failed {
	const result = failureResult(failure, context, { isSent: false });
	return { ...result, state: 'failed', ...factsOf(failure), end: UNMADE };
}

function factsOf({ kind, status }: UpstreamFailure): VendorFacts {
	const facts = { upstreamStatus: status, upstreamMs: null };
	if (kind === 'unreachable' || kind === 'timeout') return { ...facts, finding: 'unreached' };
	return kind === 'credentials' && isRefusal(status) ? { ...facts, finding: 'refused' } : facts;
}

/** An authorization server refuses credentials with these. Source: RFC 6749 section 5.2. */
function isRefusal(status: number | null): boolean {
	return status === 400 || status === 401 || status === 403;
}

/** An answer with a status of 400 or more. */
export function errorResult(
	answer: UpstreamAnswer,
	context: AnswerContext,
	{ isWrite }: { isWrite: boolean },
): ToolResult {
	const { status, headers, text, durationMs } = answer;
	const rateLimit = rateLimitHeaders(headers, context.nowMs + durationMs, status === 429);
	const error = { status, body: parseJson(text), answer };
	const structuredContent = describeError(error, context, rateLimit, isWrite);
	return withCleanTexts({ structuredContent, isError: true, rateLimit }, context.integration, context.redact);
}

/**
 * A name could not be looked up, or a record not be read before it is changed: the vendor's answer to that, and nothing
 * written.
 */
export function failedLookup(answer: UpstreamAnswer, context: AnswerContext, asked: 'name' | 'record'): Failed {
	const question = asked === 'name' ? 'a lookup by name' : 'a look at the record';
	const result =
		answer.status >= 400
			? errorResult(answer, context, { isWrite: false })
			: failureResult(new UpstreamFailure('bad_answer', `gave no usable answer to ${question}`, answer), context, {
					isSent: false,
				});
	const { message, ...rest } = result.structuredContent;
	const nothingWas = context.operation.readOnly ? 'listed' : 'written';
	const because = asked === 'name' ? 'a name could not be looked up' : 'the record could not be read';
	const told = `Nothing was ${nothingWas}: ${because}. ${message}`;
	return {
		...result,
		structuredContent: { ...rest, message: told },
		state: 'failed',
		...vendorFacts(answer),
		end: UNMADE,
	};
}
