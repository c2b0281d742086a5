// Failures that end a call without a usable answer of the vendor.

export type FailureKind =
	| 'forbidden'
	| 'timeout'
	| 'unreachable'
	| 'redirect'
	| 'too_large'
	| 'credentials'
	/** Ended from our side: nobody waits for the answer any more. */
	| 'ended'
	| 'bad_answer';

/** `message` continues a sentence that begins with the vendor's name; it holds nothing secret. */
export class UpstreamFailure extends Error {
	readonly kind: FailureKind;
	/** The vendor's HTTP status, where one arrived. */
	readonly status: number | null;
	/** The vendor's own words on it, for the operator alone. */
	readonly detail: string | null;

	constructor(
		kind: FailureKind,
		message: string,
		options: { status?: number; detail?: string | undefined; cause?: unknown } = {},
	) {
		super(message, { cause: options.cause });
		this.name = 'UpstreamFailure';
		this.kind = kind;
		this.status = options.status ?? null;
		this.detail = options.detail ?? null;
	}
}
