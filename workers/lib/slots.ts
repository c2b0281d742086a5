// Counts what is under way in an isolate. A request whose client has gone may end without running its last lines, so what it
// holds is given up after a time.

/** Longer than any request of ours to storage takes. */
const HELD_FOR_MS = 15_000;

export class Slots {
	readonly #untilMs = new Set<{ untilMs: number }>();

	/** @returns a function to call at the end; calling it again does nothing */
	enter(nowMs = Date.now()): () => void {
		const slot = { untilMs: nowMs + HELD_FOR_MS };
		this.#untilMs.add(slot);
		return () => void this.#untilMs.delete(slot);
	}

	count(nowMs = Date.now()): number {
		for (const slot of this.#untilMs) if (slot.untilMs <= nowMs) this.#untilMs.delete(slot);
		return this.#untilMs.size;
	}
}
