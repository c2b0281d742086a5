// One object per API token: it says whether the token is still good, and counts its requests, so that the directory, which
// is one for all, is not asked by every message. The directory holds the truth and leases the record to this object; it
// answers a change when this object has let go of the record. Memory only. Every method reads the clock once.
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../workers/contracts/env.ts';
import { API_TOKEN_LEASE_MS, type ApiTokenObject, type UsedApiToken } from '../workers/contracts/objects.ts';
import { type ApiTokenRecord, isExpired, REQUESTS_PER_MINUTE_DEFAULT } from '../workers/contracts/records.ts';
import { RateWindows } from './rate-windows.ts';
import { RecentUse } from './recent-use.ts';

export class ApiToken extends DurableObject<Env> implements ApiTokenObject {
	readonly #requests = new RateWindows();
	readonly #uses = new RecentUse(Date.now());
	#leased: { record: ApiTokenRecord; untilMs: number } | null = null;
	/** Counts changes, so that an answer that was under way during one is not kept. */
	#changes = 0;

	async use(id: string): Promise<UsedApiToken> {
		const record = await this.find(id);
		if (!record) return null;
		const limit = record.requests_per_minute ?? REQUESTS_PER_MINUTE_DEFAULT;
		const limited = this.#requests.take(id, limit, Date.now());
		return limited ? { limited } : { record };
	}

	async find(id: string): Promise<ApiTokenRecord | null> {
		const record = this.#kept(Date.now()) ?? (await this.#lease(id));
		if (record) this.#uses.note(id, Date.now());
		return record;
	}

	/** Answers when whatever was let in with the token as it was before has left. */
	changed(id: string): Promise<void> {
		this.#changes++;
		this.#leased = null;
		return this.#uses.ended(id, Date.now());
	}

	/** An expired record may have been renewed, so the directory has the word on that. */
	#kept(nowMs: number): ApiTokenRecord | null {
		const leased = this.#leased;
		return leased && nowMs < leased.untilMs && !isExpired(leased.record, nowMs) ? leased.record : null;
	}

	async #lease(id: string): Promise<ApiTokenRecord | null> {
		for (;;) {
			const changes = this.#changes;
			// A lease counts from the question, which comes before it is granted: so the clocks of both objects need not agree.
			const untilMs = Date.now() + API_TOKEN_LEASE_MS;
			const record = await this.env.DIRECTORY.getByName('directory').leaseApiToken(id);
			if (changes !== this.#changes) continue;
			this.#leased = record && { record, untilMs };
			return record;
		}
	}
}
