// Limits requests of a kind to a number per minute, counted where they arrive: in one Durable Object's memory.

const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 5_000;

export interface FloodLimits {
	perAddress: number;
	/** Limit for addresses that have asked before within the hour. */
	perMinute: number;
	/** Limit for other addresses: a busy address leaves room for those who come for the first time. */
	freshPerMinute: number;
}

export class FloodGate {
	readonly #limits: FloodLimits;
	#minute = 0;
	#count = 0;
	#freshCount = 0;
	#byAddress = new Map<string, number>();
	/** Minute in which each address was last let through. */
	readonly #seen = new Map<string, number>();

	constructor(limits: FloodLimits) {
		this.#limits = limits;
	}

	/** Counts a request that is let through. @returns false for one too many */
	admits(address: string, nowMs: number): boolean {
		const minute = Math.floor(nowMs / MINUTE_MS);
		if (minute !== this.#minute) {
			this.#minute = minute;
			this.#count = 0;
			this.#freshCount = 0;
			this.#byAddress = new Map();
		}
		const ofAddress = this.#byAddress.get(address) ?? 0;
		if (ofAddress >= this.#limits.perAddress) return false;
		const isFresh = (this.#seen.get(address) ?? Number.NEGATIVE_INFINITY) < minute - 60;
		if (isFresh ? this.#freshCount >= this.#limits.freshPerMinute : this.#count >= this.#limits.perMinute) return false;
		if (isFresh) this.#freshCount += 1;
		else this.#count += 1;
		this.#byAddress.set(address, ofAddress + 1);
		this.#remember(address, minute);
		return true;
	}

	#remember(address: string, minute: number): void {
		this.#seen.delete(address);
		if (this.#seen.size >= ADDRESSES_MAX) this.#seen.delete(this.#seen.keys().next().value as string);
		this.#seen.set(address, minute);
	}
}
