// The first message of an isolate: CPU time of the process, beyond what the same takes with an empty Worker.
import type { V4WorkerOptions } from 'miniflare';
import { CALL_CONFIG } from './calls.ts';
import { Connection, requireGood } from './connection.ts';
import { cpuUs, median } from './measure.ts';
import { callMessage, handshake, LEGACY, LIST_TOOLS, type Message, requestOf } from './messages.ts';
import { describePatchbay, startEmptyWorker, startWorkers, type Vendor } from './runtime.ts';

/** Medians in milliseconds of CPU, of the whole process. */
export interface ColdReport {
	starts: number;
	/** Milliseconds of CPU from the start of the process to its readiness. */
	start_up: { patchbay_ms: number; empty_ms: number; beyond_ms: number };
	/** The very first message of an isolate. */
	first: { message: string; patchbay_ms: number; empty_ms: number; beyond_ms: number; second_ms: number | null }[];
}

const FIRST: { name: string; message: () => Message }[] = [
	{ name: 'initialize', message: () => handshake(LEGACY) },
	{ name: 'tools/call, list', message: () => callMessage('list', 0) },
	{ name: 'tools/call, create', message: () => callMessage('create', 0) },
	{ name: 'tools/list', message: () => LIST_TOOLS },
];

/** Time after which the work behind an answer (the log's entry, compilation in the background) is over. */
const SETTLED_MS = 400;

interface Start {
	startUpMs: number;
	firstMs: number;
	secondMs: number | null;
}

/**
 * The server is made by one process, whose state a second one opens: so the message is the first of its isolate.
 */
export async function measureCold(vendor: Vendor, starts: number, stateDir: string): Promise<ColdReport> {
	const patchbay = await describePatchbay();
	const url = await prepareServer(vendor, patchbay, stateDir);
	const startUps: { patchbay: number; empty: number }[] = [];
	const first: ColdReport['first'] = [];
	for (const { name, message } of FIRST) {
		const own: Start[] = [];
		const empty: Start[] = [];
		for (let start = 0; start < starts; start++) {
			process.stderr.write(`first ${name}, ${start + 1} of ${starts}\n`);
			own.push(await startOnce(() => reopen(vendor, patchbay, stateDir), url, message()));
			empty.push(await startOnce(startEmptyWorker, url, message()));
		}
		startUps.push(...own.map(({ startUpMs }, index) => ({ patchbay: startUpMs, empty: empty[index]?.startUpMs ?? 0 })));
		const [patchbayMs, emptyMs] = [median(own.map((one) => one.firstMs)), median(empty.map((one) => one.firstMs))];
		first.push({
			message: name,
			patchbay_ms: patchbayMs,
			empty_ms: emptyMs,
			beyond_ms: patchbayMs - emptyMs,
			second_ms: own[0]?.secondMs === null ? null : median(own.map((one) => one.secondMs ?? 0)),
		});
	}
	const patchbayMs = median(startUps.map((one) => one.patchbay));
	const emptyMs = median(startUps.map((one) => one.empty));
	const startUp = { patchbay_ms: patchbayMs, empty_ms: emptyMs, beyond_ms: patchbayMs - emptyMs };
	return { starts, start_up: startUp, first };
}

async function prepareServer(vendor: Vendor, patchbay: V4WorkerOptions, stateDir: string): Promise<string> {
	const running = await startWorkers(vendor, [], patchbay, { stateDir });
	try {
		return new URL(await running.createServer(CALL_CONFIG)).pathname;
	} finally {
		await running.stop();
	}
}

async function reopen(vendor: Vendor, patchbay: V4WorkerOptions, stateDir: string) {
	return startWorkers(vendor, [], patchbay, { stateDir, isConnected: true });
}

type Startable = { pid: number; origin: string; stop(): Promise<void> };

async function startOnce(start: () => Promise<Startable>, path: string, message: Message): Promise<Start> {
	const running = await start();
	try {
		const startUpMs = await settledCpuMs(running.pid);
		const connection = await Connection.open(Number(new URL(running.origin).port));
		const send = async (id: number) => {
			const request = requestOf(running.origin + path, LEGACY, id, message);
			const before = cpuUs(running.pid) ?? Number.NaN;
			requireGood(await connection.send(request), message.method);
			return (await settledCpuMs(running.pid)) - before / 1_000;
		};
		const firstMs = await send(1);
		const isWrite = JSON.stringify(message).includes('"create');
		// A repeated write is answered by the guard, at another price.
		const secondMs = isWrite ? null : await send(2);
		connection.close();
		return { startUpMs, firstMs, secondMs };
	} finally {
		await running.stop();
	}
}

async function settledCpuMs(pid: number): Promise<number> {
	await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
	return (cpuUs(pid) ?? Number.NaN) / 1_000;
}
