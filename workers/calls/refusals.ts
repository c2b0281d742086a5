// Calls that Patchbay itself refuses: the answer says that nothing was sent, why, and what to do next.

import type { Limited, WriteVerdict } from '../contracts/admission.ts';
import type { StoredAccount } from '../contracts/records.ts';
import { limitHeaders, reasonPhrase } from '../lib/errors.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { RateLimitHeaders } from '../vendor/rate-limit.ts';
import { CONFIRM_REPEAT } from './insistence.ts';
import type { ToolResult } from './outcome.ts';

interface Refusal {
	statusCode: number;
	code: string;
	message: string;
	retryAfterSeconds?: number;
	rateLimit?: RateLimitHeaders;
}

function refusal({ statusCode, code, message, retryAfterSeconds, rateLimit = {} }: Refusal): ToolResult {
	return {
		structuredContent: {
			statusCode,
			error: reasonPhrase(statusCode),
			message,
			is_remote_error: false,
			code,
			...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
		},
		isError: true,
		rateLimit: {
			...rateLimit,
			...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
		},
	};
}

/** Code of a write that is refused because nobody knows how the same one ended. */
export const UNKNOWN_REPEAT = 'repeat_of_unknown';

export const PAUSED =
	'This MCP server is paused: it lists and calls nothing. Ask its operator to resume it (PATCH the server with { "paused": false }, or the dashboard).';

export function pausedToResult(): ToolResult {
	return refusal({ statusCode: 503, code: 'server_paused', message: `Nothing was sent. ${PAUSED}` });
}

export function needsReauthToResult(label: string, { state_since }: StoredAccount): ToolResult {
	const since = state_since ? ` (since ${state_since})` : '';
	return refusal({
		statusCode: 401,
		code: 'needs_reauth',
		message: `Nothing was sent: ${label} has refused this account's credentials again and again${since}. Ask the operator to enter new ones, or to test the connection once they work again.`,
	});
}

export function limitedToResult({ limit, reset_seconds }: Limited): ToolResult {
	return refusal({
		statusCode: 429,
		code: 'rate_limited',
		message: `No answer for now: this MCP server may make ${limit} calls a minute. Wait ${reset_seconds} seconds, then ask for less.`,
		retryAfterSeconds: reset_seconds,
		rateLimit: limitHeaders({ limit, reset_seconds }),
	});
}

export function busyToResult(limit: number): ToolResult {
	return refusal({
		statusCode: 429,
		code: 'too_many_in_flight',
		message: `Nothing was sent: ${limit} calls of this account are under way already. Make one call at a time, and this one again in a moment.`,
		retryAfterSeconds: 1,
	});
}

/** A job had written already when its server turned out to be another. */
export function changedToResult(): ToolResult {
	return refusal({
		statusCode: 409,
		code: 'server_changed',
		message: 'Nothing more was sent: this MCP server was changed or revoked meanwhile.',
	});
}

export function movedToResult(): ToolResult {
	return refusal({
		statusCode: 409,
		code: 'record_moved',
		message: 'Nothing was sent: somebody changed the record since the preview. Preview it again.',
	});
}

/** The Durable Object admitted the write again and again, and each time too late to be sent. */
export function lateToResult(): ToolResult {
	return refusal({
		statusCode: 503,
		code: 'admitted_too_late',
		message: 'Nothing was sent: our storage answers too slowly right now. Make the same call again in a moment.',
		retryAfterSeconds: 2,
	});
}

/** @param look  the tool that shows what there is by now; null when the server has none */
export function heldWriteToResult(
	verdict: Extract<WriteVerdict, { may: 'not' }>,
	look: string | null,
	nowMs: number,
): ToolResult {
	if (verdict.because === 'budget') {
		const { limit, reset_seconds } = verdict;
		return refusal({
			statusCode: 429,
			code: 'write_budget_spent',
			message: `Nothing was sent: this MCP server may write ${limit} times a day, and has. It may again from 00:00 UTC on; the operator can raise writes_per_day.`,
			retryAfterSeconds: reset_seconds,
		});
	}
	const ago = `${Math.max(0, Math.round((nowMs - verdict.at_ms) / 1000))} seconds ago`;
	const insist = `If the same is meant to be written once more, call again with ${CONFIRM_REPEAT}: true.`;
	const seen = look === null ? '' : ` with ${look}`;
	switch (verdict.because) {
		case 'repeat': {
			const id = parseJson(verdict.record_id);
			return {
				structuredContent: {
					id,
					is_repeat: true,
					message: `Nothing was written again: the same call made record ${String(id)} ${ago}. ${insist}`,
				},
				isError: false,
				rateLimit: {},
			};
		}
		case 'in_flight':
			return refusal({
				statusCode: 409,
				code: 'repeat_in_flight',
				message: `Nothing was sent: the same call was begun ${ago} and is still under way. Wait for its answer. If none comes, look first${seen}. ${insist}`,
			});
		case 'unknown':
			return refusal({
				statusCode: 409,
				code: UNKNOWN_REPEAT,
				message: `Nothing was sent: how the same call ended ${ago} is unknown, it may have been carried out. Look first${seen}. ${insist}`,
			});
	}
}
