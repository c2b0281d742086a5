// The account's health at the vendor: whether the vendor answers, whether it accepts the credentials, and when that was
// last seen. Kept beside the account's record, because it changes with calls and decides on none.
import type { AccountHealth, AccountState, StoredAccount } from '../../workers/contracts/records.ts';

/** Calls in a row, within this time, that did not reach the vendor. */
const UNREACHED_MAX = 3;
const UNREACHED_WITHIN_MS = 5 * 60_000;
/** A state that stays as it is is noted again this often at most. */
const SEEN_AGAIN_MS = 15 * 60_000;

/** Stored as JSON. */
export interface Health {
	/** `needs_reauth` by a test alone: calls are still sent, and the account's own state decides on them. */
	state: AccountState;
	since_ms: number;
	seen_ms: number | null;
	/** Calls in a row that did not reach the vendor, and when the first of them was told. */
	unreached: number;
	unreached_ms: number;
}

/** Health of credentials that nobody has tried. */
export function unverified(nowMs: number): Health {
	return { state: 'unverified', since_ms: nowMs, seen_ms: null, unreached: 0, unreached_ms: 0 };
}

/** Health as the API shows it. */
export function shownHealth(health: Health | null, account: StoredAccount): AccountHealth {
	const seenMs = health?.seen_ms ?? null;
	const last_seen_at = seenMs === null ? null : new Date(seenMs).toISOString();
	if (account.state === 'needs_reauth' && health?.state !== 'needs_reauth')
		return { state: 'needs_reauth', state_since: account.state_since ?? account.created_at, last_seen_at };
	return {
		state: health?.state ?? 'unverified',
		state_since: health ? new Date(health.since_ms).toISOString() : account.created_at,
		last_seen_at,
	};
}

/** Health after a test or a call, which is seen now. */
export function seenAs(before: Health | null, state: Health['state'], nowMs: number): Health {
	const since_ms = before?.state === state ? before.since_ms : nowMs;
	return { state, since_ms, seen_ms: nowMs, unreached: 0, unreached_ms: 0 };
}

/**
 * Health after what calls have told, in their order.
 *
 * @param accepted  for each call: did the vendor accept the credentials? Null: it was not reached
 * @returns `before` itself where there is nothing to store
 */
export function afterCalls(before: Health | null, accepted: readonly (boolean | null)[], nowMs: number): Health | null {
	let health = before;
	for (const one of accepted) health = afterCall(health, one, nowMs);
	return health;
}

function afterCall(before: Health | null, accepted: boolean | null, nowMs: number): Health | null {
	if (accepted === null) return afterUnreached(before ?? unverified(nowMs), nowMs);
	if (accepted) {
		const isKnown = before?.state === 'active' && before.unreached === 0;
		return isKnown && nowMs - (before.seen_ms ?? 0) < SEEN_AGAIN_MS ? before : seenAs(before, 'active', nowMs);
	}
	// It answers, and refuses the credentials: the count of refusals decides on that.
	if (before?.state === 'unreachable') return seenAs(before, 'unverified', nowMs);
	return before && before.unreached > 0 ? { ...before, unreached: 0, unreached_ms: 0 } : before;
}

function afterUnreached(before: Health, nowMs: number): Health {
	if (before.state === 'unreachable')
		return nowMs - (before.seen_ms ?? 0) < SEEN_AGAIN_MS ? before : seenAs(before, 'unreachable', nowMs);
	const isRecent = before.unreached > 0 && nowMs - before.unreached_ms < UNREACHED_WITHIN_MS;
	const unreached = isRecent ? before.unreached + 1 : 1;
	if (unreached >= UNREACHED_MAX) return seenAs(before, 'unreachable', nowMs);
	return { ...before, unreached, unreached_ms: isRecent ? before.unreached_ms : nowMs };
}
