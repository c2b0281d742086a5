// How many requests of a kind may come in a minute, counted where they arrive: in one Durable Object's memory.

const MINUTE_MS = 60_000;

export interface FloodLimits {
	perAddress: number;
	perMinute: number;
}

export class FloodGate {
	readonly #limits: FloodLimits;
	#minute = 0;
	#count = 0;
	#byAddress = new Map<string, number>();

	constructor(limits: FloodLimits) {
		this.#limits = limits;
	}

	/** Counts a request that is let through. @returns false for one too many */
	admits(address: string, nowMs: number): boolean {
		const minute = Math.floor(nowMs / MINUTE_MS);
		if (minute !== this.#minute) {
			this.#minute = minute;
			this.#count = 0;
			this.#byAddress = new Map();
		}
		const ofAddress = this.#byAddress.get(address) ?? 0;
		if (this.#count >= this.#limits.perMinute || ofAddress >= this.#limits.perAddress) return false;
		this.#count += 1;
		this.#byAddress.set(address, ofAddress + 1);
		return true;
	}
}
