// One object per API token: it says whether the token is still good, and counts its requests, so that the directory, which
// is one for all, is not asked by every message. The directory holds the truth and leases the record to this object; it
// answers a change when this object has let go of the record. Memory only. A method reads the clock
// when it begins, and again when the directory has answered.
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
		const found = await this.#find(id, Date.now());
		if (!found) return null;
		const { record, nowMs } = found;
		const limited = this.#requests.take(id, record.requests_per_minute ?? REQUESTS_PER_MINUTE_DEFAULT, nowMs);
		return limited ? { limited } : { record };
	}

	async find(id: string): Promise<ApiTokenRecord | null> {
		return (await this.#find(id, Date.now()))?.record ?? null;
	}

	/** Answers when whatever was let in with the token as it was before has left. */
	changed(id: string): Promise<void> {
		this.#changes++;
		this.#leased = null;
		return this.#uses.ended(id, Date.now());
	}

	/** @returns the record, which is good at `nowMs` */
	async #find(id: string, askedAtMs: number): Promise<{ record: ApiTokenRecord; nowMs: number } | null> {
		const kept = this.#kept(askedAtMs);
		const record = kept ?? (await this.#lease(id));
		if (!record) return null;
		const nowMs = kept ? askedAtMs : Date.now();
		this.#uses.note(id, nowMs);
		return { record, nowMs };
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
