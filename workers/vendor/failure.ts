// What ends a call without an answer of the vendor that could be used.

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

	constructor(kind: FailureKind, message: string, options: { status?: number; cause?: unknown } = {}) {
		super(message, { cause: options.cause });
		this.name = 'UpstreamFailure';
		this.kind = kind;
		this.status = options.status ?? null;
	}
}
