// Bytes of large texts that an isolate has in hand at once: a text in parts, whole and parsed takes several times its
// size of the 128 MB that an isolate has for all its requests.

/** A text of so many bytes is read without asking: most are. */
export const SMALL_BYTES = 64 * 1024;

/** A share of the budget, given back when the text has been dealt with. */
export interface Share {
	/** Once the size is known. */
	shrinkTo(bytes: number): void;
	release(): void;
}

interface Waiting {
	holder: string;
	bytes: number;
}

interface Held extends Waiting {
	untilMs: number;
}

/** Longer than any call takes. A request whose client has gone may end without giving its share back. */
const HELD_FOR_MS = 180_000;

/** Interval at which a waiting request looks again. The runtime lets no request wake another. */
const LOOK_EVERY_MS = 20;

export class ByteBudget {
	readonly #totalBytes: number;
	readonly #perHolderBytes: number;
	readonly #held = new Set<Held>();
	#waiting: Waiting[] = [];

	constructor(totalBytes: number, perHolderBytes: number) {
		this.#totalBytes = totalBytes;
		this.#perHolderBytes = perHolderBytes;
	}

	get takenBytes(): number {
		return this.#bytesOf(() => true);
	}

	/**
	 * Waits for its turn. All that a text may need is taken at once, so that nobody waits with a part in hand.
	 *
	 * @param signal  ends the waiting, with its reason
	 */
	async take(holder: string, bytes: number, signal: AbortSignal): Promise<Share> {
		signal.throwIfAborted();
		const waiting = { holder, bytes };
		this.#waiting.push(waiting);
		try {
			while (!this.#isTurnOf(waiting)) {
				await scheduler.wait(LOOK_EVERY_MS);
				signal.throwIfAborted();
			}
		} finally {
			this.#waiting = this.#waiting.filter((other) => other !== waiting);
		}
		const held = { holder, bytes, untilMs: Date.now() + HELD_FOR_MS };
		this.#held.add(held);
		const shrinkTo = (left: number) => {
			held.bytes = Math.min(held.bytes, left);
		};
		return { shrinkTo, release: () => void this.#held.delete(held) };
	}

	/** Those who came first go first, but for a holder that has its share already. */
	#isTurnOf(waiting: Waiting): boolean {
		return this.#waiting.find(({ holder, bytes }) => this.#fits(holder, bytes)) === waiting;
	}

	#fits(holder: string, bytes: number): boolean {
		const fits = (taken: number, limit: number) => taken === 0 || taken + bytes <= limit;
		return (
			fits(this.takenBytes, this.#totalBytes) &&
			fits(
				this.#bytesOf((held) => held.holder === holder),
				this.#perHolderBytes,
			)
		);
	}

	#bytesOf(isMeant: (held: Held) => boolean): number {
		const nowMs = Date.now();
		let bytes = 0;
		for (const held of this.#held) {
			if (held.untilMs <= nowMs) this.#held.delete(held);
			else if (isMeant(held)) bytes += held.bytes;
		}
		return bytes;
	}
}
