// A tool call in four steps: check the arguments, resolve names, describe the vendor's request, send it. Each step gives
// the next one its input, or an outcome that ends the call.
import type { Operation } from '../integration/operations.ts';
import { type VendorClient, withClient } from '../vendor/client.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import { enterAccount, IN_FLIGHT_DEFAULT } from '../vendor/in-flight.ts';
import { endAfter, UPSTREAM_TIMEOUT_MS } from '../vendor/send.ts';
import { besideAdmission, spent, unconfirmed } from './admission.ts';
import { failedBefore } from './answer/failure.ts';
import { type CheckedCall, checkCall } from './check.ts';
import { type CallContext, connectionOf } from './context.ts';
import { type DescribedCall, describeCall } from './describe.ts';
import type { CallHow } from './how.ts';
import { type CallOutcome, type Failed, type Refused, refused, type Told } from './outcome.ts';
import { previewWrite, sendUnmoved } from './preview.ts';
import { sendRead } from './read.ts';
import { busyToResult } from './refusals.ts';
import { resolveCall } from './resolve.ts';
import { sendWrite } from './send.ts';

/** @param given  arguments, as the caller wrote them */
export async function callTool(
	context: CallContext,
	operation: Operation,
	given: unknown,
	nowMs: number,
	how: CallHow = {},
): Promise<CallOutcome> {
	const checked = checkCall(context, operation, given, { nowMs, how });
	if (checked.state !== 'checked') return checked;
	const refusal = spent(context, nowMs);
	if (refusal) return refusal;
	const isShown = how.isPreview === true || context.access.server.config.rehearsal === true;
	return inFlight(context, async () => {
		if (operation.readOnly)
			return besideAdmission(context, nowMs, (ending) => carryOut(context, checked, ending, sendRead));
		if (isShown) return besideAdmission(context, nowMs, (ending) => carryOut(context, checked, ending, showWrite));
		return (await unconfirmed(context)) ?? carryOut(context, checked, new AbortController(), sendWanted);
	});
}

/** The answer of a write that is not sent, with the state of the record that it was worked out from. */
function showWrite(context: CallContext, described: DescribedCall): Promise<Told> {
	const { expectedVersion } = described.call.how;
	const show = () => previewWrite(context, described);
	return expectedVersion === undefined ? show() : sendUnmoved(context, described, expectedVersion, show);
}

function sendWanted(context: CallContext, described: DescribedCall, vendor: VendorClient): Promise<CallOutcome> {
	const { expectedVersion } = described.call.how;
	const send = () => sendWrite(context, described, vendor);
	return expectedVersion === undefined ? send() : sendUnmoved(context, described, expectedVersion, send);
}

/** Holds one of the account's places while the call is under way; refuses where all are taken. */
export async function inFlight<Outcome>(
	{ integration, access }: CallContext,
	run: () => Promise<Outcome>,
): Promise<Outcome | Refused> {
	const limit = integration.file.max_in_flight ?? IN_FLIGHT_DEFAULT;
	const leave = enterAccount(access.account.id, limit);
	if (!leave) return refused(busyToResult(limit));
	try {
		return await run();
	} finally {
		leave();
	}
}

/**
 * The steps after the check, within one time limit: a client waits no longer because names are looked up first.
 *
 * @param ending  ends the call's requests; a reason that is no UpstreamFailure is thrown
 */
export async function carryOut<Outcome>(
	context: CallContext,
	checked: CheckedCall,
	ending: AbortController,
	send: (context: CallContext, described: DescribedCall, vendor: VendorClient) => Promise<Outcome>,
): Promise<Outcome | Refused | Failed> {
	const inTime = endAfter(ending, UPSTREAM_TIMEOUT_MS);
	try {
		return await withClient(connectionOf(context), ending, async (vendor) => {
			const resolved = await resolveCall(context, checked, vendor);
			if (resolved.state !== 'resolved') return resolved;
			const described = await describeCall(context, resolved);
			if (described.state !== 'described') return described;
			return await send(context, described, vendor);
		});
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return failedBefore(error, { ...checked, integration: context.integration.file });
	} finally {
		inTime();
	}
}
