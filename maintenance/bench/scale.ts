// Many accounts with many servers, made and called for real: what a call uses when each comes to another server, and
// what asks the directory, the one object that all accounts share.
import { CALL_CONFIG } from './calls.ts';
import { cpuUs, interleave } from './measure.ts';
import { callMessage, LEGACY, requestOf } from './messages.ts';
import { type Counts, takeCounts, useOf } from './meter.ts';
import { type Use, usdPerMillion } from './prices.ts';
import { describePatchbay, type Running, startWorkers, type Vendor } from './runtime.ts';

const ACCOUNTS = 100;
const SERVERS_EACH = 10;
const AT_ONCE = 8;

export interface ScaleReport {
	accounts: number;
	servers: number;
	/** Accounts with their servers, made one after another by 8 clients. */
	made_per_second: number;
	/** Requests to the directory for each account with its servers. */
	directory_requests_per_account: number;
	/** Each server is called once: the first call that this isolate sees of it, and the second. */
	first_call: Spread;
	second_call: Spread;
}

interface Spread {
	calls: number;
	rps: number;
	p50_ms: number;
	p99_ms: number;
	directory_requests: number;
	use: Use;
	usd_per_million: number;
}

export async function measureScale(vendor: Vendor): Promise<ScaleReport> {
	const running = await startWorkers(vendor, [], await describePatchbay('maintenance/bench/metered-worker.mjs'));
	try {
		await takeCounts(running);
		const startedAt = performance.now();
		const urls = await makeAll(running);
		const seconds = (performance.now() - startedAt) / 1_000;
		const made = await takeCounts(running);
		return {
			accounts: ACCOUNTS,
			servers: urls.length,
			made_per_second: ACCOUNTS / seconds,
			directory_requests_per_account: directoryRequests(made) / ACCOUNTS,
			first_call: await callEach(running, urls),
			second_call: await callEach(running, urls),
		};
	} finally {
		await running.stop();
	}
}

/** @returns the URLs, so that neighbours are of different accounts */
async function makeAll(running: Running): Promise<string[]> {
	const urls: string[][] = Array.from({ length: SERVERS_EACH }, () => []);
	let next = 0;
	const work = async () => {
		for (let account = next++; account < ACCOUNTS; account = next++) {
			if (account % 50 === 0) process.stderr.write(`account ${account} of ${ACCOUNTS}\n`);
			await running.createAccount(`scale-${account}`);
			for (const list of urls) list.push(await running.createServer(CALL_CONFIG, `scale-${account}`));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return urls.flat();
}

async function callEach(running: Running, urls: readonly string[]): Promise<Spread> {
	let next = 0;
	const target = {
		name: 'Patchbay',
		port: Number(new URL(running.origin).port),
		pid: running.pid,
		request: (index: number) => requestOf(urls[next++ % urls.length] ?? '', LEGACY, index, callMessage('list', index)),
	};
	const before = cpuUs(running.pid) ?? Number.NaN;
	const [[sample] = []] = await interleave([target], AT_ONCE, {
		rounds: 1,
		ms: 0,
		warmUp: 0,
		warmUpMs: 0,
		calls: urls.length,
	});
	const calls = sample?.answers ?? 0;
	const counts = await takeCounts(running);
	const use = useOf(counts, calls, ((cpuUs(running.pid) ?? Number.NaN) - before) / 1_000 / calls);
	return {
		calls,
		rps: sample?.rps ?? 0,
		p50_ms: sample?.p50_ms ?? 0,
		p99_ms: sample?.p99_ms ?? 0,
		directory_requests: directoryRequests(counts),
		use,
		usd_per_million: usdPerMillion(use),
	};
}

function directoryRequests(counts: Counts): number {
	return Object.entries(counts).reduce((sum, [name, count]) => sum + (name.startsWith('DIRECTORY.') ? count : 0), 0);
}
