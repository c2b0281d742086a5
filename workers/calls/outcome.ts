// The outcome of a tool call, as one value.

import type { Admission } from '../access/admission.ts';
import type { WriteEnd } from '../contracts/admission.ts';
import type { VendorFinding } from '../contracts/records.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { EmbeddedFile } from '../vendor/files.ts';
import type { RateLimitHeaders } from '../vendor/rate-limit.ts';
import type { UnknownName } from './names/explain-empty.ts';

/** The result that the caller reads. */
export interface ToolResult {
	structuredContent: Record<string, unknown>;
	/** `structuredContent` as JSON, where it was written on the way. */
	text?: string;
	isError: boolean;
	/** A downloaded file, beside the text. */
	download?: EmbeddedFile;
	/** The vendor said that it did not do what it was asked for. */
	isUndone?: true;
	/** A list ended because the vendor answered the same page again: it may not be complete. */
	isStuck?: true;
	/** Names in the filters of an empty list that name no record, or several. */
	unknownNames?: UnknownName[];
	/** A write that was only shown: nothing was sent. */
	isRehearsed?: true;
	/** It was shown because the caller asked for a preview. */
	isPreview?: true;
	/** Tells the state of the record that a preview read, see `versionOf`. */
	version?: string;
	/** The arguments that the previewed write would send, read and with ids in place of names. */
	args?: Arguments;
	/** Headers for the HTTP response of the call. */
	rateLimit: RateLimitHeaders;
	/** Fields that hold what people wrote. */
	untrusted?: string[];
}

/** Facts from the vendor's answer beside its content. */
export interface VendorFacts {
	upstreamStatus: number | null;
	upstreamMs: number | null;
	/** The vendor's side of the account, as this call has seen it; absent where it saw nothing of it. */
	finding?: VendorFinding;
}

/** Patchbay itself refused the call: what it asks for was not sent. */
export interface Refused extends ToolResult {
	state: 'refused';
	upstreamStatus: null;
	upstreamMs: null;
	/** The Durable Object's word, where it was asked. */
	admission?: Admission;
}

/** A write that was admitted and has ended. The Durable Object learns it together with the call's line in the log. */
interface Settling {
	key: string | null;
	ticket: string;
	end: WriteEnd;
}

/** There is no answer to the call: a name could not be looked up, or no complete answer came back. */
export interface Failed extends ToolResult, VendorFacts {
	state: 'failed';
	/** State in which the write ended. */
	end: WriteEnd;
	/** Report that the Durable Object still needs; absent where nothing waits for it. */
	settling?: Settling;
	admission?: Admission;
}

/** The vendor answered, with a success or an error. */
export interface Sent extends ToolResult, VendorFacts {
	state: 'sent';
	/** State in which the write ended. */
	end: WriteEnd;
	/** Report that the Durable Object still needs; absent where nothing waits for it. */
	settling?: Settling;
	admission?: Admission;
}

/** The server turned out to be changed or gone: no answer is given, and a write was not sent. */
export interface Withheld {
	state: 'withheld';
	admission: Admission;
}

export type CallOutcome = Refused | Withheld | Failed | Sent;

/** An outcome that goes back to the caller. */
export type Told = Exclude<CallOutcome, Withheld>;

export const UNMADE: WriteEnd = { state: 'unmade' };
export const OUTCOME_UNKNOWN: WriteEnd = { state: 'unknown' };

export function refused(result: ToolResult): Refused {
	return { ...result, state: 'refused', upstreamStatus: null, upstreamMs: null };
}
