// Counts the billed resources that one call uses, in the real runtime: at each SQL cursor, stub and KV namespace.
import { CALL_CONFIG, targetAt } from './calls.ts';
import { Connection, requireGood } from './connection.ts';
import { interleave, type Target } from './measure.ts';
import { CALLS, callMessage, handshake, LEGACY, LIST_TOOLS, type Message } from './messages.ts';
import { type Counts, takeCounts, useOf } from './meter.ts';
import { freeCallsPerDay, type Use, usdPerMillion } from './prices.ts';
import { describePatchbay, type Running, startWorkers, type Vendor } from './runtime.ts';

/** A row of the bill. */
export interface CallCost {
	message: string;
	/** `alone`: the next call comes when everything of this one is done. `burst`: 8 connections at full speed. */
	pace: 'first' | 'alone' | 'burst';
	use: Use;
	usd_per_million: number;
	free_calls_per_day: number;
	free_plan_ended_by: string;
}

/** A log keeps this many calls, so it is full. */
const LOG_ENTRIES = 1_000;
const REMEMBERED_WRITES = 500;
const CALLS_ALONE = 20;
const CALLS_ALONE_SHORT = 5;
/** CPU time of a message that this run has not measured. */
const CPU_MS_UNMEASURED = 2;
type Measured = { name: string; cpuMs: number };

const MESSAGES: { name: string; message: (index: number) => Message }[] = [
	...CALLS.map((call) => ({ name: call, message: (index: number) => callMessage(call, index) })),
	{ name: 'initialize', message: () => handshake(LEGACY) },
	{ name: 'tools/list', message: () => LIST_TOOLS },
];

/** Counts in a workerd of its own, whose meters cost time: nothing else is measured there. */
export async function measureRows(
	vendor: Vendor,
	isShort: boolean,
	cpuMsOf: (message: string) => number | null,
): Promise<CallCost[]> {
	const metered = await describePatchbay('maintenance/bench/metered-worker.mjs');
	const running = await startWorkers(vendor, [], metered);
	try {
		await fill(running);
		const costs: CallCost[] = [];
		for (const { name, message } of MESSAGES) {
			// A server that this isolate has not seen yet: its first message is that of a cold isolate, as to storage.
			const url = await running.createServer(CALL_CONFIG);
			const target = targetAt(name, running.pid, url, LEGACY, message);
			const measured = { name, cpuMs: cpuMsOf(name) ?? CPU_MS_UNMEASURED };
			costs.push(costOf(measured, 'first', await countCalls(running, target, 1), 1));
			await fillLog(target);
			const alone = isShort ? CALLS_ALONE_SHORT : CALLS_ALONE;
			costs.push(costOf(measured, 'alone', await countCalls(running, target, alone), alone));
			if (!isShort && (name === 'list' || name === 'create')) costs.push(await countBurst(running, target, measured));
		}
		return costs;
	} finally {
		await running.stop();
	}
}

/** Writes that the account's guard remembers. */
async function fill(running: Running): Promise<void> {
	const url = await running.createServer(CALL_CONFIG);
	const writes = targetAt('create', running.pid, url, LEGACY, (index) => callMessage('create', index));
	await sendAll(writes, REMEMBERED_WRITES);
}

/** The log of a server that calls no tool stays empty. */
async function fillLog(target: Target): Promise<void> {
	if ((CALLS as readonly string[]).includes(target.name)) await sendAll(target, LOG_ENTRIES + 10);
}

const sendAll = (target: Target, warmUp: number) =>
	interleave([target], 16, { rounds: 0, ms: 0, warmUp, warmUpMs: Number.POSITIVE_INFINITY });

async function countCalls(running: Running, target: Target, calls: number): Promise<Counts> {
	const connection = await Connection.open(target.port);
	let index = Date.now();
	try {
		await takeCounts(running);
		const sum: Counts = {};
		for (let call = 0; call < calls; call++) {
			requireGood(await connection.send(target.request(++index)), target.name);
			for (const [name, count] of Object.entries(await takeCounts(running))) sum[name] = (sum[name] ?? 0) + count;
		}
		return sum;
	} finally {
		connection.close();
	}
}

const BURST_MS = 2_000;

async function countBurst(running: Running, target: Target, measured: Measured): Promise<CallCost> {
	await takeCounts(running);
	const [[sample] = []] = await interleave([target], 8, { rounds: 1, ms: BURST_MS, warmUp: 0, warmUpMs: 0 });
	return costOf(measured, 'burst', await takeCounts(running), sample?.answers ?? 0);
}

/**
 * Rows that a sweep deletes minutes later, each counted as written: the idempotency key of a create. The log's entries
 * are written over in a full log, as here.
 */
const DELETED_LATER: Partial<Record<string, number>> = { create: 1 };

function costOf({ name, cpuMs }: Measured, pace: CallCost['pace'], counts: Counts, calls: number): CallCost {
	const counted = useOf(counts, calls, cpuMs);
	const use = { ...counted, rows_written: counted.rows_written + (DELETED_LATER[name] ?? 0) };
	const { calls: free, ended_by } = freeCallsPerDay(use);
	return {
		message: name,
		pace,
		use,
		usd_per_million: usdPerMillion(use),
		free_calls_per_day: free,
		free_plan_ended_by: ended_by,
	};
}
