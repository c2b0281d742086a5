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

/**
 * @param names  what the vendor calls time zones, see `time-zones.json`
 * @returns null when the vendor tells no zone that is known, or does not answer
 */
export async function learnTimeZone(
	connection: Connection,
	names: Readonly<Record<string, string>>,
	nowMs: number,
): Promise<{ name: string; is_guessed: boolean } | null> {
	const { integration } = connection;
	const ending = new AbortController();
	const inTime = endAfter(ending, TIMEOUT_MS);
	try {
		const vendor = await openClient(connection, ending);
		for (const { path, where = {}, names: paths, offset, is_guess = false } of integration.time_zone ?? []) {
			const answer = await vendor.send({ verb: 'GET', path });
			if (answer.status !== 200) continue;
			const body = parseJson(answer.text);
			const listed = valueAt(body, integration.list.records_path);
			const records: unknown[] = Array.isArray(listed) ? listed : [body];
			const record = records.find((one) => Object.entries(where).every(([key, value]) => valueAt(one, key) === value));
			const told = paths.map((one) => valueAt(record, one)).filter((name) => typeof name === 'string');
			const hours = offset === undefined ? undefined : valueAt(record, offset);
			const name = ianaName({ names: told, offsetHours: typeof hours === 'number' ? hours : undefined }, names, nowMs);
			if (name !== null) return { name, is_guessed: is_guess };
		}
		return null;
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return null;
	} finally {
		inTime();
	}
}
