// Counts uses in the present minute. In memory only: counting in storage would turn every read into a write there, and
// an object that starts anew forgives a minute.
import type { Limited } from '../workers/contracts/admission.ts';

const WINDOW_MS = 60_000;
/** Windows are few: servers of an account, API tokens of an installation. */
const SWEEP_FROM = 1_000;

export class RateWindows {
	readonly #windows = new Map<string, { startedAtMs: number; count: number }>();

	/** Counts one more. @returns null while there is room */
	take(key: string, limit: number, nowMs: number): Limited | null {
		let window = this.#windows.get(key);
		// A clock that was set back must not stretch a window.
		if (!window || nowMs - window.startedAtMs >= WINDOW_MS || nowMs < window.startedAtMs) {
			if (this.#windows.size >= SWEEP_FROM) this.#sweep(nowMs);
			window = { startedAtMs: nowMs, count: 0 };
			this.#windows.set(key, window);
		}
		if (window.count >= limit)
			return { limit, reset_seconds: Math.max(1, Math.ceil((window.startedAtMs + WINDOW_MS - nowMs) / 1000)) };
		window.count++;
		return null;
	}

	#sweep(nowMs: number): void {
		for (const [key, { startedAtMs }] of this.#windows) if (nowMs - startedAtMs >= WINDOW_MS) this.#windows.delete(key);
	}
}
