// Step 3 of a call: the vendor's request, and the idempotency key of a write. Pure: nothing is sent here.
import { writePolicyOf } from '../contracts/records.ts';
import { describeRequest, type UpstreamRequest } from '../vendor/request.ts';
import type { CheckedCall } from './check.ts';
import type { CallContext } from './context.ts';
import { isGuarded, writeKey } from './idempotency-key.ts';
import type { ResolvedCall } from './resolve.ts';

/** A call that is ready to be sent. */
export interface DescribedCall {
	state: 'described';
	call: CheckedCall;
	resolved: ResolvedCall['resolved'];
	request: UpstreamRequest;
	/** Idempotency keys of a write under the current and the earlier secret key; none where a repeat does no harm. */
	writeKeys: string[];
}

export async function describeCall(
	context: CallContext,
	{ call, resolved, record }: ResolvedCall,
): Promise<DescribedCall> {
	const { operation, args, page } = call;
	const request = describeRequest(context.integration.file, operation, args, page, record);
	return { state: 'described', call, resolved, request, writeKeys: await writeKeysOf(context, call) };
}

async function writeKeysOf({ access, tokenKeys }: CallContext, { operation, scope }: CheckedCall): Promise<string[]> {
	const { server } = access;
	if (!isGuarded(operation) || writePolicyOf(server.config).windowSeconds <= 0) return [];
	const keys = tokenKeys.flatMap((key) => (key ? [key.bytes] : []));
	return Promise.all(keys.map((key) => writeKey(key, server.id, operation.names.full, scope.args)));
}
