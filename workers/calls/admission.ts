// Admission of a call that reads: the Durable Object is asked while the vendor is at work, so that a read is no slower.

import { holds } from '../access/admission.ts';
import { rememberSpent, spentMinute } from '../access/spent-minutes.ts';
import type { Limited } from '../contracts/admission.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import type { CallContext, ServerView } from './context.ts';
import { type CallOutcome, type Refused, refused, type Told, type Withheld } from './outcome.ts';
import { limitedToResult } from './refusals.ts';

/**
 * Runs a read beside the question whether it may be answered. If it may not, the vendor is not kept busy any longer. What
 * KV alone says is confirmed first: nothing reaches a vendor on its word.
 *
 * @param run  gets what ends its requests
 */
export async function besideAdmission(
	context: CallContext,
	nowMs: number,
	run: (ending: AbortController) => Promise<Told>,
): Promise<CallOutcome> {
	const ending = new AbortController();
	const asking = context.admit({}).then((admission) => {
		if (!holds(admission) || admission.state === 'limited')
			ending.abort(new UpstreamFailure('ended', 'was not waited for'));
		return admission;
	});
	if (context.access.isFromKv) {
		const admission = await asking;
		if (admission.state === 'limited') return { ...limited(context, admission, nowMs), admission };
		if (admission.state !== 'current') return { state: 'withheld', admission };
	}
	const [outcome, admission] = await Promise.all([run(ending), asking]);
	if (admission.state === 'limited') return { ...limited(context, admission, nowMs), admission };
	return holds(admission) ? { ...outcome, admission } : { state: 'withheld', admission };
}

/**
 * Confirms what KV alone says, before names are looked up for a write. Its own admission comes last.
 *
 * @returns null when the server stands as it is known
 */
export async function unconfirmed({ access, admit }: CallContext): Promise<Withheld | null> {
	if (!access.isFromKv) return null;
	const admission = await admit();
	return admission.state === 'current' ? null : { state: 'withheld', admission };
}

/** A server that has made its calls of this minute, as far as this isolate knows. */
export function spent({ access }: ServerView, nowMs: number): Refused | null {
	const minute = spentMinute(access.server, nowMs);
	return minute ? refused(limitedToResult(minute)) : null;
}

/** The Durable Object says that the server has made its calls of this minute. */
export function limited({ access }: ServerView, { limit, reset_seconds }: Limited, nowMs: number): Refused {
	rememberSpent(access.server, { limit, reset_seconds }, nowMs);
	return refused(limitedToResult({ limit, reset_seconds }));
}
