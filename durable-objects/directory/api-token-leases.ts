// Leases of API tokens' records to the objects that use them, one object per token. A change is answered when the object
// has let go of the record, or when its lease has ended.
import type { Env } from '../../workers/contracts/env.ts';
import { API_TOKEN_LEASE_MS } from '../../workers/contracts/objects.ts';
import { logError } from '../../workers/lib/errors.ts';
import { LETS_IN_FOR_MS } from '../recent-use.ts';

const ASK_AGAIN_MS = 1_000;
const SWEEP_FROM = 1_000;

/**
 * Marks each API token that was changed or ended, in the transaction that does it and whichever statement it is. A mark
 * goes when its object has been informed.
 */
export const CHANGED_TOKEN_TABLES = `
	CREATE TABLE IF NOT EXISTS changed_token (id TEXT PRIMARY KEY) WITHOUT ROWID;
	CREATE TRIGGER IF NOT EXISTS api_token_changed AFTER UPDATE OF record, revoked ON api_token
		BEGIN INSERT OR IGNORE INTO changed_token (id) VALUES (NEW.id); END;
`;

export class ApiTokenLeases {
	readonly #untilMs = new Map<string, number>();
	/** Until then a lease may be out that an earlier instance granted. */
	readonly #unknownUntilMs: number;

	/** @param earlierAtMs  when an earlier instance may have granted one; null for a directory that is new */
	constructor(earlierAtMs: number | null) {
		this.#unknownUntilMs = earlierAtMs === null ? Number.NEGATIVE_INFINITY : earlierAtMs + API_TOKEN_LEASE_MS;
	}

	grant(id: string, nowMs: number): void {
		if (this.#untilMs.size >= SWEEP_FROM)
			for (const [other, untilMs] of this.#untilMs) if (untilMs + LETS_IN_FOR_MS <= nowMs) this.#untilMs.delete(other);
		this.#untilMs.set(id, nowMs + API_TOKEN_LEASE_MS);
	}

	/** Ends the leases of tokens that were changed. Await it between a change and its answer. */
	async endChanged(sql: SqlStorage, env: Pick<Env, 'API_TOKENS'>, nowMs: number): Promise<void> {
		const rows = sql.exec<{ id: string }>('SELECT id FROM changed_token').toArray();
		await Promise.all(
			rows.map(async ({ id }) => {
				const untilMs = Math.max(this.#untilMs.get(id) ?? Number.NEGATIVE_INFINITY, this.#unknownUntilMs);
				if (untilMs + LETS_IN_FOR_MS > nowMs) await letGo(env, id, untilMs);
				sql.exec('DELETE FROM changed_token WHERE id = ?', id);
			}),
		);
	}
}

/** Informs a token's object, again and again if need be. Without its answer, waits until nothing is let in any more. */
async function letGo(env: Pick<Env, 'API_TOKENS'>, id: string, untilMs: number): Promise<void> {
	for (;;) {
		try {
			return await env.API_TOKENS.getByName(id).changed(id);
		} catch (error) {
			logError(error);
			const leftMs = untilMs + LETS_IN_FOR_MS - Date.now();
			if (leftMs <= 0) return;
			await scheduler.wait(Math.min(ASK_AGAIN_MS, leftMs));
		}
	}
}
