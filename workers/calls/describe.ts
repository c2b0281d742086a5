// Step 3 of a call: the vendor's request, and the idempotency key of a write. Pure: nothing is sent here.
import { writePolicyOf } from '../contracts/records.ts';
import { toolName } from '../integration/filter.ts';
import type { Fault } from '../lib/errors.ts';
import { describeRequest, LONGEST_PATH, type UpstreamRequest } from '../vendor/request.ts';
import { argumentRefusal } from './answer/refusal.ts';
import type { CheckedCall } from './check.ts';
import type { CallContext } from './context.ts';
import { isGuarded, writeKey } from './idempotency-key.ts';
import { type Refused, refused } from './outcome.ts';
import type { ResolvedCall } from './resolve.ts';

/** A call that is ready to be sent. */
export interface DescribedCall {
	state: 'described';
	call: CheckedCall;
	resolved: ResolvedCall['resolved'];
	was: ResolvedCall['was'];
	effects?: ResolvedCall['effects'];
	version?: unknown;
	request: UpstreamRequest;
	/** Idempotency keys of a write under the current and the earlier secret key; none where a repeat does no harm. */
	writeKeys: string[];
}

export async function describeCall(
	context: CallContext,
	{ call, resolved, was, effects, version, record }: ResolvedCall,
): Promise<DescribedCall | Refused> {
	const { operation, args, page } = call;
	const request = describeRequest(context.integration.file, operation, args, page, record);
	const tooLong = request.path.length > LONGEST_PATH ? [tooLongFault(request.path.length)] : [];
	if (tooLong.length > 0) return refused(argumentRefusal(toolName(operation, context.filter), tooLong));
	const writeKeys = await writeKeysOf(context, call, request);
	return { state: 'described', call, resolved, was, effects, version, request, writeKeys };
}

function tooLongFault(length: number): Fault {
	return {
		path: '',
		message: `make a request of ${length} characters, and a URL takes ${LONGEST_PATH}: ask for fewer values or fields at once, in several calls`,
	};
}

async function writeKeysOf(
	{ access, tokenKeys }: CallContext,
	{ operation, args, how: { once } }: CheckedCall,
	request: UpstreamRequest,
): Promise<string[]> {
	const { server } = access;
	if (once === undefined && !isGuarded(operation)) return [];
	if (writePolicyOf(server.config).windowSeconds <= 0) return [];
	const keys = tokenKeys.flatMap((key) => (key ? [key.bytes] : []));
	return Promise.all(keys.map((key) => writeKey(key, server.id, operation.names.full, request, args, once)));
}
