// Leases of admitted writes. A write must be sent within its lease, and a change of its server is answered when the open
// leases have ended: so no write leaves after the answer.

/** Long enough for a Worker to hear of its admission and send, short enough to wait for. */
const LEASE_MS = 500;
/** Ended leases are dropped when there are so many. */
const SWEEP_FROM = 1_000;

export class Leases {
	/** When the last lease of a server ends, by its id. In memory: `#unknownUntilMs` stands for those of an earlier start. */
	readonly #endsMs = new Map<string, number>();
	readonly #unknownUntilMs: number;

	/** @param startedAtMs  when the object started, if it may have granted leases before; null for a new one */
	constructor(startedAtMs: number | null) {
		this.#unknownUntilMs = startedAtMs === null ? 0 : startedAtMs + LEASE_MS;
	}

	/** @returns the lease's length, counted from when the admission was asked for */
	grant(serverId: string, nowMs: number): number {
		if (this.#endsMs.size >= SWEEP_FROM)
			for (const [id, endMs] of this.#endsMs) if (endMs <= nowMs) this.#endsMs.delete(id);
		this.#endsMs.set(serverId, nowMs + LEASE_MS);
		return LEASE_MS;
	}

	/** Waits for the open leases of a server; null: of all servers. */
	async ended(serverId: string | null, nowMs: number): Promise<void> {
		const ends = serverId === null ? [...this.#endsMs.values()] : [this.#endsMs.get(serverId) ?? 0];
		const waitMs = Math.max(this.#unknownUntilMs, ...ends) - nowMs;
		if (waitMs > 0) await scheduler.wait(waitMs);
	}
}
