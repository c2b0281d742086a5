// Bounds the calls of an account that are on their way at once. Counted per isolate: that is where a flood costs memory
// and connections, and a count in the Durable Object would need a second message at the end of every call, and would
// leak where an isolate ends. An installation that runs in several isolates lets as many times more through.

/** Requests at once where the integration says nothing. */
export const IN_FLIGHT_DEFAULT = 500;

const inFlight = new Map<string, number>();

/** @returns a function to call once at the end; null when the account has all the calls under way that it may have */
export function enterAccount(accountId: string, limit: number): (() => void) | null {
	const count = inFlight.get(accountId) ?? 0;
	if (count >= limit) return null;
	inFlight.set(accountId, count + 1);
	return () => {
		const left = (inFlight.get(accountId) ?? 1) - 1;
		if (left > 0) inFlight.set(accountId, left);
		else inFlight.delete(accountId);
	};
}
