// Servers that have had their calls of this minute, as far as this isolate knows: their reads are not sent beside the
// question whether they may be.
import type { Limited } from '../contracts/admission.ts';
import type { StoredServer } from '../contracts/records.ts';

const spent = new Map<string, { untilMs: number; limit: number }>();
const SPENT_LIMIT = 1_000;

/** A changed server is another one: its limit may be what was changed. */
const keyOf = ({ id, revision }: StoredServer) => `${id} ${revision}`;

export function rememberSpent(server: StoredServer, { limit, reset_seconds }: Limited, nowMs: number): void {
	if (spent.size >= SPENT_LIMIT) spent.clear();
	spent.set(keyOf(server), { untilMs: nowMs + reset_seconds * 1000, limit });
}

/** @returns null when the server may call, as far as is known here */
export function spentMinute(server: StoredServer, nowMs: number): Limited | null {
	const known = spent.get(keyOf(server));
	if (!known) return null;
	if (nowMs < known.untilMs) return { limit: known.limit, reset_seconds: Math.ceil((known.untilMs - nowMs) / 1000) };
	spent.delete(keyOf(server));
	return null;
}
