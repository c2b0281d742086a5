// Patchbay's Worker alone in a runtime process, with the vendor in another: so what the system says of that process
// (memory, CPU time) is said of Patchbay.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_readConfig as readConfig } from 'wrangler';
import { bundleWorker } from '../../scripts/lib/bundle.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import { findFreePorts } from '../../scripts/lib/ports.ts';

export type Json = Record<string, unknown>;

const COMPATIBILITY_DATE = '2026-10-01';
const LOCAL_API_TOKEN = 'local-api-token';
/** Clock ticks of `/proc/<pid>/stat`: 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** The Worker as miniflare takes it, with a socket of its own: miniflare's entry would put a proxy before it. */
function describePatchbay(script: string, port: number) {
	return {
		name: 'patchbay',
		modules: true as const,
		script,
		compatibilityDate: COMPATIBILITY_DATE,
		compatibilityFlags: ['global_fetch_strictly_public'],
		kvNamespaces: ['KV'],
		durableObjects: {
			INTEGRATED_ACCOUNTS: { className: 'IntegratedAccount', useSQLite: true },
			DIRECTORY: { className: 'Directory', useSQLite: true },
			API_TOKENS: { className: 'ApiToken', useSQLite: true },
			EVENT_STREAMS: { className: 'EventStreams', useSQLite: true },
			AUTHORIZATION_SERVERS: { className: 'AuthorizationServer', useSQLite: true },
		},
		bindings: {
			TOKEN_KEY: randomBytes(32).toString('base64'),
			ENCRYPTION_KEY: randomBytes(32).toString('base64'),
			LOCAL: 'true',
		},
		unsafeDirectSockets: [{ host: '127.0.0.1', port }],
	};
}

export interface LoneWorker {
	origin: string;
	pid: number;
	stop(): Promise<void>;
}

/** @param heapMb  limit of the JavaScript heap: the process ends where an isolate on Cloudflare would */
export async function startLoneWorker(heapMb?: number): Promise<LoneWorker> {
	if (heapMb !== undefined) process.env.MINIFLARE_WORKERD_V8_FLAGS = `--max-heap-size=${heapMb}`;
	process.env.WRANGLER_LOG ??= 'error';
	const { alias } = readConfig({ config: join(PROJECT_ROOT, 'wrangler.toml') });
	const script = await bundleWorker(join(PROJECT_ROOT, 'workers/index.ts'), PROJECT_ROOT, alias);
	const { port } = await findFreePorts();
	const runtime = new Miniflare(convertV4MiniflareOptions({ cf: false, workers: [describePatchbay(script, port)] }));
	await runtime.ready;
	return { origin: `http://127.0.0.1:${port}`, pid: youngestChild(), stop: () => runtime.dispose() };
}

/** A vendor that answers everything with one text. */
export async function startVendor(answer: string): Promise<{ base: string; stop(): Promise<void> }> {
	const { port } = await findFreePorts();
	const headers = { 'content-type': 'application/json', link: '<http://x/?page=2>; rel="next"' };
	const script = `const text = ${JSON.stringify(answer)};
export default { fetch: () => new Response(text, { headers: ${JSON.stringify(headers)} }) };`;
	const runtime = new Miniflare(
		convertV4MiniflareOptions({ cf: false, host: '127.0.0.1', port, modules: true, script }),
	);
	await runtime.ready;
	return { base: `http://127.0.0.1:${port}/v4_6_release/apis/3.0`, stop: () => runtime.dispose() };
}

export interface ProvisionedServer {
	id: string;
	url: string;
	oauth_url: string;
}

/** An account and a server on it, for a runtime without seeds. Its calls are not limited. */
export async function provision(origin: string, baseUrl: string, config: Json): Promise<ProvisionedServer> {
	await api(origin, 'POST', '/integrated-account', {
		id: 'bench',
		integration: 'connect_wise_psa',
		name: 'bench',
		base_url: baseUrl,
		credentials: {
			company_id: 'bench',
			public_key: 'public',
			private_key: 'private',
			client_id: '2f05e5ff-c186-70e8-8000-000000000001',
		},
	});
	return addServer(origin, config);
}

export function addServer(origin: string, config: Json): Promise<ProvisionedServer> {
	return api(origin, 'POST', '/integrated-account/bench/mcp', {
		name: 'bench',
		config: { ...config, calls_per_minute: 1_000_000 },
	});
}

async function api<T = Json>(origin: string, method: string, path: string, body?: unknown): Promise<T> {
	const answer = await fetch(origin + path, {
		method,
		headers: { authorization: `Bearer ${LOCAL_API_TOKEN}`, 'content-type': 'application/json' },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
	return (await answer.json()) as T;
}

export function rpc(method: string, params: Json): string {
	return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

/** The runtime process that this process started last, where the system tells it (Linux). */
function youngestChild(): number {
	const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(/\s+/);
	return Number(children.at(-1));
}

/** Memory of a process in MB: now, and at most since the last `resetPeak`. */
export function memoryOf(pid: number): { now: number; peak: number } {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
	return { now: mb('VmRSS'), peak: mb('VmHWM') };
}

export function resetPeak(pid: number): void {
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** CPU time of all threads of a process, in milliseconds. */
export function cpuMsOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /, '')
		.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
