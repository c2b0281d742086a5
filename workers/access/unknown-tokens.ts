// One object of the installation knows every API token. A flood of tokens that nobody has must not stand in its queue
// before those that somebody has: what this isolate has not seen good asks it a few at a time, and in a flood not at all.
import type { TokenHashes } from '../contracts/keys.ts';
import type { KnownHashes } from '../contracts/objects.ts';

/** Requests at once from an address that has collected refusals. */
const SUSPECT_AT_ONCE = 4;
const AT_ONCE = 32;
const WAITING_MAX = 50;
const LOOK_EVERY_MS = 20;
const REMEMBERED_MAX = 5_000;
const GOOD_FOR_MS = 10 * 60_000;
/** A token that a deploy has just made is known to the new version before this isolate has ended. */
const UNKNOWN_FOR_MS = 5_000;
/** So many unknown tokens within this time are a flood. */
const FLOOD = { count: 20, withinMs: 10_000 };

/** Hashes with an end, the oldest of which make room. */
class Remembered {
	readonly #untilMs = new Map<string, number>();

	has(hash: string, nowMs: number): boolean {
		return (this.#untilMs.get(hash) ?? 0) > nowMs;
	}

	add(hash: string, untilMs: number): void {
		this.#untilMs.delete(hash);
		if (this.#untilMs.size >= REMEMBERED_MAX) this.#untilMs.delete(this.#untilMs.keys().next().value as string);
		this.#untilMs.set(hash, untilMs);
	}

	drop(hash: string): void {
		this.#untilMs.delete(hash);
	}
}

export interface TokenQuestions<Found extends object> {
	/** Asks the object about this token. */
	ask: () => Promise<Found | null>;
	/** Asks the object for all that it knows; null where these are too many. */
	listKnown: () => Promise<KnownHashes | null>;
}

/** Knowledge of an isolate about tokens: it decides who waits for the object, and who is certainly unknown. */
export class TokenGate {
	readonly #good = new Remembered();
	readonly #unknown = new Remembered();
	#suspectAsking = 0;
	#asking = 0;
	#waiting = 0;
	#misses = { count: 0, sinceMs: 0 };
	#known: { hashes: ReadonlySet<string>; untilMs: number } | null = null;
	#isListing = false;

	/**
	 * Asks about a token, unless it is known to be unknown.
	 *
	 * @returns null for an unknown token; 'busy' where too many unknown ones wait already
	 */
	async askAbout<Found extends object>(
		hashes: TokenHashes,
		{ isSuspect, nowMs }: { isSuspect: boolean; nowMs: number },
		{ ask, listKnown }: TokenQuestions<Found>,
	): Promise<Found | null | 'busy'> {
		const { hash } = hashes;
		if (this.#unknown.has(hash, nowMs)) return null;
		if (this.#good.has(hash, nowMs)) return this.#note(hash, nowMs, await ask());
		if (this.#isFlooded(nowMs)) {
			await this.#refreshKnown(nowMs, listKnown);
			if (this.#isSurelyUnknown(hashes, nowMs)) return null;
		}
		if (this.#isFull(isSuspect)) {
			if (this.#waiting >= WAITING_MAX) return 'busy';
			this.#waiting++;
			// The runtime lets no request wake another, so each looks for itself.
			while (this.#isFull(isSuspect)) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
			this.#waiting--;
		}
		this.#asking++;
		if (isSuspect) this.#suspectAsking++;
		try {
			return this.#note(hash, nowMs, await ask());
		} finally {
			this.#asking--;
			if (isSuspect) this.#suspectAsking--;
		}
	}

	#isFull(isSuspect: boolean): boolean {
		return this.#asking >= AT_ONCE || (isSuspect && this.#suspectAsking >= SUSPECT_AT_ONCE);
	}

	/** The object's last answer. The object has the last word each time. */
	#note<Found extends object>(hash: string, nowMs: number, found: Found | null): Found | null {
		if (found !== null) {
			this.#good.add(hash, nowMs + GOOD_FOR_MS);
			return found;
		}
		this.#good.drop(hash);
		this.#unknown.add(hash, nowMs + UNKNOWN_FOR_MS);
		this.#countMiss(nowMs);
		return null;
	}

	#countMiss(nowMs: number): void {
		if (nowMs - this.#misses.sinceMs >= FLOOD.withinMs) this.#misses = { count: 0, sinceMs: nowMs };
		this.#misses.count++;
	}

	#isFlooded(nowMs: number): boolean {
		return this.#misses.count >= FLOOD.count && nowMs - this.#misses.sinceMs < FLOOD.withinMs;
	}

	/** One request at a time lists what is known; others ask about their own token meanwhile. */
	async #refreshKnown(nowMs: number, listKnown: () => Promise<KnownHashes | null>): Promise<void> {
		if (this.#isListing || (this.#known !== null && this.#known.untilMs > nowMs)) return;
		this.#isListing = true;
		try {
			const known = await listKnown();
			// Counts from the question, as a lease does: the object waits this long before it answers that a token is made.
			this.#known = known && { hashes: new Set(known.hashes), untilMs: nowMs + known.lease_ms };
		} finally {
			this.#isListing = false;
		}
	}

	#isSurelyUnknown({ hash, other }: TokenHashes, nowMs: number): boolean {
		const known = this.#known;
		if (known === null || known.untilMs <= nowMs) return false;
		if (known.hashes.has(beginOf(hash)) || (other !== null && known.hashes.has(beginOf(other)))) return false;
		this.#countMiss(nowMs);
		return true;
	}
}

/** 64 bits tell hashes apart; one that looks like another is asked about. */
const BEGIN_DIGITS = 16;

export function beginOf(hash: string): string {
	return hash.slice(0, BEGIN_DIGITS);
}

export const tokenGate = new TokenGate();
