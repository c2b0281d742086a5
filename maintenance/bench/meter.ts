// Reads the meters of `metered-worker.mjs`, and turns what they counted into what one call uses.
import type { Use } from './prices.ts';
import type { Running } from './runtime.ts';

export type Counts = Record<string, number>;

/** Log entries are gathered for a tenth of a second; what a call leaves behind is stored by then. */
const SETTLED_MS = 250;

/** @returns what was counted since the last question */
export async function takeCounts({ origin }: Running): Promise<Counts> {
	await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
	return (await (await fetch(`${origin}/bench-meter`)).json()) as Counts;
}

/**
 * An object counts as active this long for each request: a generous guess, since an idle object that can hibernate is
 * not billed. Its memory is billed as 128 MB.
 */
const OBJECT_ACTIVE_GB_S = 0.005 * 0.128;

/** Bindings of Durable Objects are longer than KV's. */
const OBJECT_REQUEST = /^[A-Z_]{3,}\.|^alarm$/;

/** @param cpuMs  of one call */
export function useOf(counts: Counts, calls: number, cpuMs: number): Use {
	const each = (...names: string[]) => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0) / calls;
	const objectRequests = each(...Object.keys(counts).filter((name) => OBJECT_REQUEST.test(name)));
	return {
		worker_requests: 1,
		cpu_ms: cpuMs,
		object_requests: objectRequests,
		object_gb_s: objectRequests * OBJECT_ACTIVE_GB_S,
		rows_read: each('rowsRead'),
		rows_written: each('rowsWritten', 'storage.setAlarm', 'storage.put', 'storage.delete'),
		kv_reads: each('KV.get', 'KV.getWithMetadata', 'KV.list'),
		kv_writes: each('KV.put', 'KV.delete'),
	};
}
