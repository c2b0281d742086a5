// Step 4 of a call: a write is admitted, the request sent, and what came back made into an answer.
import type { VendorClient } from '../vendor/client.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import { MAX_DOWNLOAD_BYTES } from '../vendor/files.ts';
import { limited } from './admission.ts';
import { answerCall } from './answer/answer.ts';
import { failedRequest } from './answer/failure.ts';
import { type CallContext, lookTool } from './context.ts';
import type { DescribedCall } from './describe.ts';
import { type CallOutcome, type Failed, OUTCOME_UNKNOWN, refused, type Sent, UNMADE } from './outcome.ts';
import { heldWriteToResult, lateToResult } from './refusals.ts';

/** Sends the request. The admission of a read is asked beside it (`besideAdmission`). */
export async function sendRequest(
	{ integration }: CallContext,
	{ call, resolved, was, request }: DescribedCall,
	vendor: VendorClient,
): Promise<Sent | Failed> {
	const { operation } = call;
	const context = { ...call, integration: integration.file, secrets: vendor.secrets() };
	try {
		const isDownload = operation.fact.answers === 'binary';
		const answer = await vendor.send(request, isDownload ? { maxFileBytes: MAX_DOWNLOAD_BYTES } : {});
		return answerCall(answer, context, resolved, was);
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return failedRequest(error, context);
	}
}

/** An admission that comes too late to be used is given back and asked for anew, so often in all. */
const MAX_ADMISSIONS = 3;

/**
 * Asks for the admission of a write last, when nothing is left to do but to send it. What could not be sent in time is
 * not sent: the server may have been revoked since.
 */
export async function sendWrite(
	context: CallContext,
	described: DescribedCall,
	vendor: VendorClient,
): Promise<CallOutcome> {
	const { call, writeKeys } = described;
	const [key = null, earlierKey] = writeKeys;
	const claim = { key, ...(earlierKey ? { earlier_key: earlierKey } : {}), insists: call.insists };
	for (let count = 1; ; count++) {
		const admission = await context.admit({ write: claim });
		if (admission.state === 'limited') return { ...limited(context, admission, call.nowMs), admission };
		if (admission.state !== 'current' || !admission.write) return { state: 'withheld', admission };
		const verdict = admission.write;
		if (verdict.may === 'not') {
			const look = lookTool(context, call.operation);
			return { ...refused(heldWriteToResult(verdict, look, call.nowMs)), admission };
		}
		if (context.clock() < verdict.send_by_ms)
			return { ...(await sendAdmitted(context, described, vendor, { key, ticket: verdict.ticket })), admission };
		if (verdict.ticket !== null) await context.settleWrite({ key, ticket: verdict.ticket, end: UNMADE });
		if (count === MAX_ADMISSIONS) return { ...refused(lateToResult()), admission };
	}
}

/** Sends a write that was admitted. What breaks off without an outcome is settled here, the rest with its line in the log. */
async function sendAdmitted(
	context: CallContext,
	described: DescribedCall,
	vendor: VendorClient,
	{ key, ticket }: { key: string | null; ticket: string | null },
): Promise<Sent | Failed> {
	try {
		const sent = await sendRequest(context, described, vendor);
		const { end } = sent;
		const isUnknown = end.state === 'unknown';
		const outcome = isUnknown ? sayingWhereToLook(sent, lookTool(context, described.call.operation)) : sent;
		return ticket === null ? outcome : { ...outcome, settling: { key, ticket, end } };
	} catch (error) {
		if (ticket !== null) void context.settleWrite({ key, ticket, end: OUTCOME_UNKNOWN });
		throw error;
	}
}

function sayingWhereToLook({ text: _stale, ...outcome }: Sent | Failed, look: string | null): Sent | Failed {
	if (look === null) return outcome;
	// What was accepted, and may not be carried out, says so in its notice.
	const member = typeof outcome.structuredContent.message === 'string' ? 'message' : 'notice';
	const { [member]: said, ...rest } = outcome.structuredContent;
	const told = typeof said === 'string' ? `${said} ` : '';
	return { ...outcome, structuredContent: { ...rest, [member]: `${told}Look with ${look}.` } };
}
