// The question of a lookup, and the refusal that keeps a write from being sent.
import type { IntegrationFile } from '../../integration/format.ts';
import type { Asked } from '../../languages/lookup-question.ts';
import type { Fault } from '../../lib/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { VendorClient } from '../../vendor/client.ts';
import { withConstants } from '../../vendor/request.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';

export type Ask = (asked: Asked) => Promise<UpstreamAnswer>;

/** Nothing may be written: names that mean nothing or several things, or the vendor's answer to a lookup. */
export type Unresolved = { faults: Fault[] } | { answer: UpstreamAnswer };

/** Asks with what every request of the integration sends besides. */
export function askOf({ constants = {} }: IntegrationFile, vendor: Pick<VendorClient, 'send'>): Ask {
	const { query = {}, headers } = constants;
	return ({ path, body }) =>
		vendor.send({
			verb: body === undefined ? 'GET' : 'POST',
			path: withConstants(path, query, {}),
			...(headers ? { headers } : {}),
			...(body === undefined ? {} : { body }),
		});
}

/** @returns null for anything but a 200 with JSON */
export function readAnswer({ status, text }: UpstreamAnswer): unknown {
	return status === 200 ? parseJson(text) : null;
}
