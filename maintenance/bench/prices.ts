// Cloudflare's published prices and limits, and what a call costs by them.

/**
 * US dollars per million beyond what is included, Workers Paid plan; limits per day of the free plan.
 * Sources: developers.cloudflare.com/workers/platform/pricing, /durable-objects/platform/pricing, /kv/platform/pricing.
 */
export const PRICES = {
	read_on: '2026-11-27',
	workers_plan_usd_per_month: 5,
	usd_per_million: {
		worker_requests: 0.3,
		cpu_ms: 0.02,
		object_requests: 0.15,
		object_gb_s: 12.5,
		rows_read: 0.001,
		rows_written: 1,
		kv_reads: 0.5,
		kv_writes: 5,
	},
	free_per_day: {
		worker_requests: 100_000,
		object_requests: 100_000,
		object_gb_s: 13_000,
		rows_read: 5_000_000,
		rows_written: 100_000,
		kv_reads: 100_000,
		kv_writes: 1_000,
	},
} as const;

/** Billed resources that one call uses. */
export interface Use {
	worker_requests: number;
	cpu_ms: number;
	object_requests: number;
	object_gb_s: number;
	rows_read: number;
	/** Each alarm that is set counts as one. */
	rows_written: number;
	kv_reads: number;
	kv_writes: number;
}

type Billed = keyof Use;

/** @returns US dollars for a million such calls, beyond what the plan includes */
export function usdPerMillion(use: Use): number {
	const parts = Object.entries(PRICES.usd_per_million) as [Billed, number][];
	return parts.reduce((sum, [name, price]) => sum + use[name] * price, 0);
}

/** @returns how many such calls the free plan allows in a day, and what ends first */
export function freeCallsPerDay(use: Use): { calls: number; ended_by: Billed } {
	const limits = Object.entries(PRICES.free_per_day) as [Billed, number][];
	const [first = ['worker_requests', 0] as [Billed, number]] = limits
		.map(([name, limit]): [Billed, number] => [name, Math.floor(limit / use[name])])
		.sort(([, a], [, b]) => a - b);
	return { calls: first[1], ended_by: first[0] };
}
