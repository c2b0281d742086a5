// Latency of good calls while strangers send unknown tokens, against the latency without them.
import { Agent } from 'node:http';
import { Worker } from 'node:worker_threads';
import { exchange } from './exchange.ts';
import { addServer, cpuMsOf, type LoneWorker, provision, rpc, startLoneWorker, startVendor } from './lone-worker.ts';

const FLOOD_PER_SECOND = 500;
const GOOD_PER_SECOND = 50;
const MEASURED_MS = 6_000;
const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';

/** Parameters of a flood; `flood.ts` reads them in a thread of its own. */
export interface Flood {
	url: string;
	kind: 'api' | 'session' | 'url' | 'oauth' | 'factor';
	/** Different senders. */
	addresses: number;
	perSecond: number;
}

export async function measureFlood(): Promise<void> {
	const [worker, vendor] = await Promise.all([startLoneWorker(), startVendor('{"id":1,"summary":"x"}')]);
	try {
		const open = await provision(worker.origin, vendor.base, {});
		const guarded = await addServer(worker.origin, { require_api_token_auth: true });
		console.log(`\n${FLOOD_PER_SECOND} unknown tokens a second; ${GOOD_PER_SECOND} good calls a second of each kind`);
		console.log(`${''.padEnd(44)} secret URL: median, p99   with API token: median, p99   CPU used`);
		const floods: [string, Omit<Flood, 'perSecond'> | null][] = [
			['no flood', null],
			['API tokens, one address', { url: worker.origin, kind: 'api', addresses: 1 }],
			['API tokens, 5,000 addresses', { url: worker.origin, kind: 'api', addresses: 5_000 }],
			['sign-ins, 5,000 addresses', { url: worker.origin, kind: 'session', addresses: 5_000 }],
			['secret URLs, 5,000 addresses', { url: worker.origin, kind: 'url', addresses: 5_000 }],
			['access tokens, 5,000 addresses', { url: guarded.oauth_url, kind: 'oauth', addresses: 5_000 }],
			['second factors, 5,000 addresses', { url: guarded.url, kind: 'factor', addresses: 5_000 }],
			['no flood', null],
		];
		for (const [what, flood] of floods) await measureUnder(what, flood, worker, [open.url, guarded.url]);
	} finally {
		await Promise.all([worker.stop(), vendor.stop()]);
	}
}

async function measureUnder(
	what: string,
	flood: Omit<Flood, 'perSecond'> | null,
	{ pid }: LoneWorker,
	[openUrl, guardedUrl]: [string, string],
): Promise<void> {
	const workerData: Flood | null = flood && { ...flood, perSecond: FLOOD_PER_SECOND };
	const thread = workerData ? new Worker(new URL('./flood.ts', import.meta.url), { workerData }) : null;
	if (thread) await new Promise((resolve) => thread.once('message', resolve));
	const before = { cpuMs: cpuMsOf(pid), atMs: performance.now() };
	const token = { authorization: 'Bearer local-api-token' };
	const [byUrl, byToken] = await Promise.all([goodCalls(openUrl, {}), goodCalls(guardedUrl, token)]);
	const cpu = ((cpuMsOf(pid) - before.cpuMs) / (performance.now() - before.atMs)) * 100;
	const sent = thread ? await ended(thread) : '';
	const pair = ([median, p99]: [number, number]) => `${median.toFixed(1)}, ${p99.toFixed(1)} ms`;
	console.log(
		`${what.padEnd(44)} ${pair(byUrl).padStart(23)} ${pair(byToken).padStart(27)} ${cpu.toFixed(0).padStart(9)} %   ${sent}`,
	);
}

/** Ends the flood. @returns what it was answered */
async function ended(thread: Worker): Promise<string> {
	const told = new Promise<string>((resolve) => thread.once('message', resolve));
	thread.postMessage('end');
	const said = await told;
	await thread.terminate();
	return said;
}

/** Sent at a steady pace, whatever becomes of the ones before. @returns median and 99 % in milliseconds */
async function goodCalls(url: string, headers: Record<string, string>): Promise<[number, number]> {
	const agent = new Agent({ keepAlive: true });
	const body = rpc('tools/call', { name: GET_TICKET, arguments: { id: 1 } });
	const latencies: number[] = [];
	const calls: Promise<void>[] = [];
	for (let n = 0; n < (MEASURED_MS / 1000) * GOOD_PER_SECOND; n++) {
		const sentAtMs = performance.now();
		calls.push(
			exchange(agent, { method: 'POST', url, body, headers }).then(({ status, text }) => {
				if (status !== 200) throw new Error(`a good call was answered ${status}: ${text.slice(0, 200)}`);
				latencies.push(performance.now() - sentAtMs);
			}),
		);
		await new Promise((resolve) => setTimeout(resolve, 1000 / GOOD_PER_SECOND));
	}
	await Promise.all(calls);
	agent.destroy();
	latencies.sort((a, b) => a - b);
	const at = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN;
	return [at(0.5), at(0.99)];
}
