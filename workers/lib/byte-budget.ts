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

/** Interval at which a waiting request looks again. The runtime lets no request wake another. */
const LOOK_EVERY_MS = 20;

export class ByteBudget {
	readonly #totalBytes: number;
	readonly #perHolderBytes: number;
	#takenBytes = 0;
	readonly #taken = new Map<string, number>();
	#waiting: Waiting[] = [];

	constructor(totalBytes: number, perHolderBytes: number) {
		this.#totalBytes = totalBytes;
		this.#perHolderBytes = perHolderBytes;
	}

	get takenBytes(): number {
		return this.#takenBytes;
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
			this.#add(holder, bytes);
		} finally {
			this.#waiting = this.#waiting.filter((other) => other !== waiting);
		}
		let held = bytes;
		const shrinkTo = (left: number) => {
			if (left >= held) return;
			this.#add(holder, left - held);
			held = left;
		};
		return { shrinkTo, release: () => shrinkTo(0) };
	}

	/** Those who came first go first, but for a holder that has its share already. */
	#isTurnOf(waiting: Waiting): boolean {
		return this.#waiting.find(({ holder, bytes }) => this.#fits(holder, bytes)) === waiting;
	}

	#fits(holder: string, bytes: number): boolean {
		const isAlone = (taken: number) => taken === 0;
		const held = this.#taken.get(holder) ?? 0;
		return (
			(isAlone(this.#takenBytes) || this.#takenBytes + bytes <= this.#totalBytes) &&
			(isAlone(held) || held + bytes <= this.#perHolderBytes)
		);
	}

	#add(holder: string, bytes: number): void {
		this.#takenBytes += bytes;
		const held = (this.#taken.get(holder) ?? 0) + bytes;
		if (held > 0) this.#taken.set(holder, held);
		else this.#taken.delete(holder);
	}
}
