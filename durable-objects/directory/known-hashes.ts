// All hashes at once, for a Worker in a flood of unknown tokens: it refuses those that are not among them without asking.
// They are leased, so that a new token is good from the moment on at which its owner is told of it.
import { beginOf } from '../../workers/access/unknown-tokens.ts';
import type { KnownHashes } from '../../workers/contracts/objects.ts';

const LEASE_MS = 1_000;
const HASHES_MAX = 5_000;

/** An object that starts anew within the second forgets the lease: a token that is made just then is good a second later. */
export class KnownHashesLease {
	#untilMs = 0;

	/** @returns null where there are too many to hand out every second */
	list(sql: SqlStorage, nowMs: number): KnownHashes | null {
		const rows = sql
			.exec<{ hash: string }>(
				'SELECT hash FROM api_token WHERE revoked = 0 UNION ALL SELECT hash FROM session UNION ALL SELECT hash FROM invitation LIMIT ?',
				HASHES_MAX + 1,
			)
			.toArray();
		if (rows.length > HASHES_MAX) return null;
		this.#untilMs = Math.max(this.#untilMs, nowMs + LEASE_MS);
		return { hashes: rows.map(({ hash }) => beginOf(hash)), lease_ms: LEASE_MS };
	}

	/** Await it between adding a hash and saying so. */
	async ended(): Promise<void> {
		for (let leftMs = this.#untilMs - Date.now(); leftMs > 0; leftMs = this.#untilMs - Date.now())
			await scheduler.wait(Math.min(leftMs, LEASE_MS));
	}
}
