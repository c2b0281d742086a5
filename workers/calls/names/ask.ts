// How a lookup asks, and what keeps a write from being sent.
import type { Fault } from '../../lib/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';

/** Sends a GET below the account's base URL. */
export type Ask = (path: string) => Promise<UpstreamAnswer>;

/** Nothing may be written: names that mean nothing or several things, or the vendor's answer to a lookup. */
export type Unresolved = { faults: Fault[] } | { answer: UpstreamAnswer };

/** @returns null for anything but a 200 with JSON */
export function readAnswer({ status, text }: UpstreamAnswer): unknown {
	return status === 200 ? parseJson(text) : null;
}
