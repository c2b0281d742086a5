// Admission of a call that reads: the Durable Object is asked while the vendor is at work, so that a read is no slower.

import { holds } from '../access/admission.ts';
import { rememberSpent, spentMinute } from '../access/spent-minutes.ts';
import type { Limited } from '../contracts/admission.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import type { CallContext, ServerView } from './context.ts';
import { type CallOutcome, type Refused, refused, type Told } from './outcome.ts';
import { limitedToResult } from './refusals.ts';

/**
 * Runs a read beside the question whether it may be answered. If it may not, the vendor is not kept busy any longer.
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
	const [outcome, admission] = await Promise.all([run(ending), asking]);
	if (admission.state === 'limited') return { ...limited(context, admission, nowMs), admission };
	return holds(admission) ? { ...outcome, admission } : { state: 'withheld', admission };
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
