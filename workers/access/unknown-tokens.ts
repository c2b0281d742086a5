// One object of the installation knows every API token. A flood of tokens that nobody has must not stand in its queue before
// those that somebody has: what this isolate has not seen good asks it a few at a time.

/** Requests at once from an address that has collected refusals. */
const SUSPECT_AT_ONCE = 4;
const AT_ONCE = 32;
const WAITING_MAX = 200;
const LOOK_EVERY_MS = 5;
const REMEMBERED_MAX = 5_000;
const GOOD_FOR_MS = 10 * 60_000;
/** A token that a deploy has just made is known to the new version before this isolate has ended. */
const UNKNOWN_FOR_MS = 5_000;

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

const good = new Remembered();
const unknown = new Remembered();
let suspectAsking = 0;
let asking = 0;
let waiting = 0;

/**
 * Asks about a token, unless it was answered as unknown a moment ago.
 *
 * @param hash  keyed hash of the token
 * @returns null for an unknown token; 'busy' where too many unknown ones wait already
 */
export async function askAboutToken<Found extends object>(
	{ hash, isSuspect }: { hash: string; isSuspect: boolean },
	nowMs: number,
	ask: () => Promise<Found | null>,
): Promise<Found | null | 'busy'> {
	if (unknown.has(hash, nowMs)) return null;
	if (good.has(hash, nowMs)) return remember(hash, nowMs, await ask());
	if (isFull(isSuspect)) {
		if (waiting >= WAITING_MAX) return 'busy';
		waiting++;
		// The runtime lets no request wake another, so each looks for itself.
		while (isFull(isSuspect)) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
		waiting--;
	}
	asking++;
	if (isSuspect) suspectAsking++;
	try {
		return remember(hash, nowMs, await ask());
	} finally {
		asking--;
		if (isSuspect) suspectAsking--;
	}
}

function isFull(isSuspect: boolean): boolean {
	return asking >= AT_ONCE || (isSuspect && suspectAsking >= SUSPECT_AT_ONCE);
}

/** The object's last answer. The object has the last word each time: this only decides who waits for it. */
function remember<Found extends object>(hash: string, nowMs: number, found: Found | null): Found | null {
	if (found === null) {
		good.drop(hash);
		unknown.add(hash, nowMs + UNKNOWN_FOR_MS);
	} else good.add(hash, nowMs + GOOD_FOR_MS);
	return found;
}
