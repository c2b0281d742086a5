// The time zone of an account, as the vendor tells it.
import { ianaName } from '../integration/time-zone-names.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { Connection } from './auth.ts';
import { openClient } from './client.ts';
import { UpstreamFailure } from './failure.ts';
import { endAfter } from './send.ts';

/** A person waits for the account, which is connected without it as well. */
const TIMEOUT_MS = 5_000;

export interface LearntZone {
	/** Null when the vendor tells no zone that is known, or does not answer. */
	time_zone: { name: string; is_guessed: boolean } | null;
	/** The vendor has answered under these credentials. */
	isAccepted: boolean;
}

/** @param names  what the vendor calls time zones, see `time-zones.json` */
export async function learnTimeZone(
	connection: Connection,
	names: Readonly<Record<string, string>>,
	nowMs: number,
): Promise<LearntZone> {
	const { integration } = connection;
	const ending = new AbortController();
	const inTime = endAfter(ending, TIMEOUT_MS);
	let isAccepted = false;
	try {
		const vendor = await openClient(connection, ending);
		for (const { path, where = {}, names: paths, offset, is_guess = false } of integration.time_zone ?? []) {
			const answer = await vendor.send({ verb: 'GET', path });
			if (answer.status !== 200) continue;
			const body = parseJson(answer.text);
			isAccepted ||= typeof body === 'object' && body !== null;
			const listed = valueAt(body, integration.list.records_path);
			const records: unknown[] = Array.isArray(listed) ? listed : [body];
			const record = records.find((one) => Object.entries(where).every(([key, value]) => valueAt(one, key) === value));
			const told = paths.map((one) => valueAt(record, one)).filter((name) => typeof name === 'string');
			const hours = offset === undefined ? undefined : valueAt(record, offset);
			const name = ianaName({ names: told, offsetHours: typeof hours === 'number' ? hours : undefined }, names, nowMs);
			if (name !== null) return { time_zone: { name, is_guessed: is_guess }, isAccepted };
		}
		return { time_zone: null, isAccepted };
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return { time_zone: null, isAccepted };
	} finally {
		inTime();
	}
}
