// When something that lets callers in was last found good. Its end is answered when what was let in on it has left: a
// write is let in at most a quarter of a second before its admission is asked for, and leaves within its lease.

export const LETS_IN_FOR_MS = 1_000;
const SWEEP_FROM = 1_000;

export class RecentUse {
	/** Last use by id. Memory only: `#startedAtMs` stands for uses before this start. */
	readonly #usedAtMs = new Map<string, number>();
	readonly #startedAtMs: number;

	constructor(startedAtMs: number) {
		this.#startedAtMs = startedAtMs;
	}

	note(id: string, nowMs: number): void {
		if (this.#usedAtMs.size >= SWEEP_FROM)
			for (const [other, usedAtMs] of this.#usedAtMs)
				if (usedAtMs + LETS_IN_FOR_MS <= nowMs) this.#usedAtMs.delete(other);
		this.#usedAtMs.set(id, nowMs);
	}

	/** Waits until whatever was let in on it has left. To be called when nothing more is let in. */
	async ended(id: string, nowMs: number): Promise<void> {
		const waitMs = (this.#usedAtMs.get(id) ?? this.#startedAtMs) + LETS_IN_FOR_MS - nowMs;
		if (waitMs > 0) await scheduler.wait(waitMs);
	}
}
