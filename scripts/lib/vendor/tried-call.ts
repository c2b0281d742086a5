// The result of trying a call, without the types of the Worker behind it.
import type { Integration, Operation } from '../../../workers/integration/operations.ts';
import type { UpstreamRequest } from '../../../workers/vendor/request.ts';

export interface TriedCall {
	/** Faults in the arguments; empty when they are right. */
	faults: string[];
	request: UpstreamRequest | null;
	/** The request for an access token that goes before it. */
	token: { verb: string; url: string; headers: Record<string, string>; body: string } | null;
	result: { isError: boolean; content: unknown } | null;
	/** Paths of the paging at which the answer has nothing: right at a list's end, else misspelt. */
	missing: string[];
	/** The id that the idempotency guard keeps of a write. */
	kept: string | null;
}

/** An account with stand-ins for its settings. */
export interface StandIn {
	accountIdentity: string;
	revision: number;
	baseUrl: string;
	credentials: Record<string, string>;
}

/** `answer`: the vendor's, as text; null to try none. */
export type TryCall = (
	integration: Integration,
	operation: Operation,
	given: unknown,
	options: { owner: StandIn; answer: string | null; status: number; nowMs: number },
) => TriedCall;
