// Memory of the runtime process while one caller sends requests that are all different. The JavaScript heap is limited to
// what an isolate has on Cloudflare: a load that needs more ends the process, and so the measurement says.
import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import { type Exchange, exchange } from './exchange.ts';
import {
	addServer,
	type LoneWorker,
	memoryOf,
	provision,
	resetPeak,
	rpc,
	startLoneWorker,
	startVendor,
} from './lone-worker.ts';

const LIST_TICKETS = 'list_all_connect_wise_psa_tickets';
const ISOLATE_MB = 128;
/** 11 MB: one answer may have 12. */
const BIG_RECORDS = JSON.stringify(
	Array.from({ length: 1_000 }, (_, id) => ({ id, summary: 'x'.repeat(11_000), board: { name: 'Help Desk' } })),
);

interface Load {
	what: string;
	atOnce: number;
	requests: (count: number) => Exchange;
	counts: number[];
}

function loads(everything: string, redacting: string): Load[] {
	const post = (url: string, body: string): Exchange => ({ method: 'POST', url, body });
	const list = (params: Record<string, unknown>) => post(everything, rpc('tools/list', params));
	const call = (url: string, n: number) =>
		post(url, rpc('tools/call', { name: LIST_TICKETS, arguments: { conditions: `id > ${n}` } }));
	const upload = (url: string, n: number) =>
		post(url, rpc('tools/call', { name: `x${n}`, arguments: { text: 'x'.repeat(7_000_000) } }));
	return [
		{ what: 'the same list', atOnce: 1, counts: [64], requests: () => list({}) },
		{
			what: 'lists that are all different',
			atOnce: 1,
			counts: [64, 1_000],
			requests: (n) => list({ _meta: { progressToken: `p${n}` } }),
		},
		{
			what: 'the same, sixteen at once',
			atOnce: 16,
			counts: [64, 1_000],
			requests: (n) =>
				list({ _meta: { traceparent: `00-${String(n).padStart(32, '0')}-0000000000000001-01` }, extra: n }),
		},
		{ what: 'answers of 11 MB, 24 at once', atOnce: 24, counts: [24, 96], requests: (n) => call(everything, n) },
		{ what: 'the same with redaction', atOnce: 24, counts: [24], requests: (n) => call(redacting, n) },
		{ what: 'bodies of 7 MB, 48 at once', atOnce: 48, counts: [96], requests: (n) => upload(everything, n) },
		{
			what: 'these answers and bodies, 48 at once',
			atOnce: 48,
			counts: [96],
			requests: (n) => (n % 2 ? upload(everything, n) : call(redacting, n)),
		},
	];
}

export async function measureMemory(): Promise<void> {
	const vendor = await startVendor(BIG_RECORDS);
	console.log(
		`\n${'memory of the runtime process'.padEnd(38)} requests   before    after     peak   growth at most   (heap limited to ${ISOLATE_MB} MB)`,
	);
	try {
		for (const { what } of loads('', '')) await measureAlone(what, vendor.base);
	} finally {
		await vendor.stop();
	}
}

/** Each in a process of its own, so that nothing is left over from before. */
async function measureAlone(what: string, base: string): Promise<void> {
	const worker = await startLoneWorker(ISOLATE_MB);
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	try {
		const everything = await provision(worker.origin, base, { tool_exposure: 'all' });
		const redacting = await addServer(worker.origin, { tool_exposure: 'all', redact: true });
		const load = loads(everything.url, redacting.url).find((one) => one.what === what);
		if (!load) throw new Error(`no load "${what}"`);
		// Loads first what an isolate loads once for all requests, so that it is not counted.
		for (const url of [everything.url, redacting.url])
			await exchange(agent, { method: 'POST', url, body: rpc('tools/list', {}) });
		for (const count of load.counts) await measureLoad(worker, agent, load, count);
	} finally {
		agent.destroy();
		await worker.stop();
	}
}

async function measureLoad({ pid }: LoneWorker, agent: Agent, load: Load, count: number): Promise<void> {
	const before = memoryOf(pid).now;
	resetPeak(pid);
	const statuses = new Map<number | string, number>();
	let next = 0;
	const sender = async () => {
		for (let n = next++; n < count; n = next++) {
			const { status } = await exchange(agent, load.requests(n)).catch(() => ({ status: 'broken off' }));
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
		}
	};
	await Promise.all(Array.from({ length: load.atOnce }, sender));
	if (!existsSync(`/proc/${pid}/status`)) return console.log(`${load.what}: ended the isolate`);
	const { now, peak } = memoryOf(pid);
	const mb = (value: number) => `${value.toFixed(0)} MB`.padStart(8);
	const said = [...statuses].map(([status, times]) => `${times} × ${status}`).join(', ');
	console.log(
		`${load.what.padEnd(38)} ${String(count).padStart(8)} ${mb(before)} ${mb(now)} ${mb(peak)} ${mb(peak - before)}   ${said}`,
	);
}
