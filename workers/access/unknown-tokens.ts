// One object of the installation knows every API token. A flood of tokens that nobody has must not stand in its queue
// before those that somebody has: what this isolate has not seen good asks it a few at a time, and in a flood not at all.
import type { TokenHashes } from '../contracts/keys.ts';
import type { KnownHashes } from '../contracts/objects.ts';
import { Slots } from '../lib/slots.ts';

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
	/** Throws where the sender of a token that is not known to be good may not ask. */
	requireRoom: () => Promise<void>;
	/** Asks the object for all that it knows; null where these are too many. */
	listKnown: () => Promise<KnownHashes | null>;
}

/** Knowledge of an isolate about tokens: it decides who waits for the object, and who is certainly unknown. */
export class TokenGate {
	readonly #good = new Remembered();
	readonly #unknown = new Remembered();
	readonly #suspectAsking = new Slots();
	readonly #asking = new Slots();
	readonly #waiting = new Slots();
	readonly #listing = new Slots();
	#misses = { count: 0, sinceMs: 0 };
	#known: { hashes: ReadonlySet<string>; fromMs: number; untilMs: number } | null = null;

	/**
	 * Asks about a token, unless it is known to be unknown.
	 *
	 * @returns null for an unknown token; 'busy' where too many unknown ones wait already
	 */
	async askAbout<Found extends object>(
		hashes: TokenHashes,
		{ isSuspect, nowMs }: { isSuspect: boolean; nowMs: number },
		{ ask, requireRoom, listKnown }: TokenQuestions<Found>,
	): Promise<Found | null | 'busy'> {
		const { hash } = hashes;
		if (this.#unknown.has(hash, nowMs)) return null;
		if (this.#good.has(hash, nowMs)) return this.#note(hash, nowMs, await ask());
		await requireRoom();
		if (this.#isFlooded(nowMs)) {
			await this.#refreshKnown(nowMs, listKnown);
			if (this.#isSurelyUnknown(hashes, nowMs)) return null;
		}
		const leave = await this.#takeTurn(isSuspect);
		if (!leave) return 'busy';
		try {
			return this.#note(hash, nowMs, await ask());
		} finally {
			leave();
		}
	}

	/** @returns a function to call at the end; null where too many wait already */
	async #takeTurn(isSuspect: boolean): Promise<(() => void) | null> {
		const isFull = () =>
			this.#asking.count() >= AT_ONCE || (isSuspect && this.#suspectAsking.count() >= SUSPECT_AT_ONCE);
		if (isFull()) {
			if (this.#waiting.count() >= WAITING_MAX) return null;
			const leaveQueue = this.#waiting.enter();
			// The runtime lets no request wake another, so each looks for itself.
			while (isFull()) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
			leaveQueue();
		}
		const leave = this.#asking.enter();
		const leaveSuspects = isSuspect ? this.#suspectAsking.enter() : () => {};
		return () => {
			leave();
			leaveSuspects();
		};
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
		if (!isWithin(nowMs, this.#misses.sinceMs, FLOOD.withinMs)) this.#misses = { count: 0, sinceMs: nowMs };
		this.#misses.count++;
	}

	#isFlooded(nowMs: number): boolean {
		return this.#misses.count >= FLOOD.count && isWithin(nowMs, this.#misses.sinceMs, FLOOD.withinMs);
	}

	/** One request at a time lists what is known; others ask about their own token meanwhile. */
	async #refreshKnown(nowMs: number, listKnown: () => Promise<KnownHashes | null>): Promise<void> {
		if (this.#listing.count() > 0 || this.#knownAt(nowMs) !== null) return;
		const leave = this.#listing.enter();
		try {
			const known = await listKnown();
			// Counts from the question, as a lease does: the object waits this long before it answers that a token is made.
			this.#known = known && { hashes: new Set(known.hashes), fromMs: nowMs, untilMs: nowMs + known.lease_ms };
		} finally {
			leave();
		}
	}

	/** @returns the hashes of what was known; null where that was asked too long ago, or by a clock that was ahead */
	#knownAt(nowMs: number): ReadonlySet<string> | null {
		const known = this.#known;
		return known !== null && isWithin(nowMs, known.fromMs, known.untilMs - known.fromMs) ? known.hashes : null;
	}

	#isSurelyUnknown({ hash, other }: TokenHashes, nowMs: number): boolean {
		const known = this.#knownAt(nowMs);
		if (known === null) return false;
		if (known.has(beginOf(hash)) || (other !== null && known.has(beginOf(other)))) return false;
		this.#countMiss(nowMs);
		return true;
	}
}

/** A moment before the beginning is not within: a clock that was set back must keep nobody out. */
function isWithin(nowMs: number, sinceMs: number, lengthMs: number): boolean {
	return nowMs >= sinceMs && nowMs - sinceMs < lengthMs;
}

/** 64 bits tell hashes apart; one that looks like another is asked about. */
const BEGIN_DIGITS = 16;

export function beginOf(hash: string): string {
	return hash.slice(0, BEGIN_DIGITS);
}

export const tokenGate = new TokenGate();
