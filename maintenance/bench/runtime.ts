// Patchbay and its rivals as Workers of one workerd, each on a socket of its own, over one vendor in another process.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare, NoOpLog, type V4WorkerOptions } from 'miniflare';
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler';
import { bundleWorker } from '../../scripts/lib/bundle.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import { findFreePorts } from '../../scripts/lib/ports.ts';

const HOST = '127.0.0.1';
const ACCOUNT_ID = 'bench';
const API_TOKEN = 'local-api-token';

export type Json = Record<string, unknown>;

export interface Vendor {
	baseUrl: string;
	stop(): void;
}

/** Starts the vendor, which answers constantly. */
export async function startVendor(): Promise<Vendor> {
	const child: ChildProcess = fork(join(import.meta.dirname, 'upstream.ts'), {
		stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
	});
	const [said] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
	const baseUrl = `http://${HOST}:${Number(String(said))}/v4_6_release/apis/3.0`;
	return { baseUrl, stop: () => void child.kill() };
}

/** A Worker of `rivals/`, with what it is bound to. */
export interface Rival {
	name: string;
	file: string;
	bindings?: Record<string, string>;
	/** Class of its Durable Object. */
	object?: string;
}

/** Bindings of a Worker that speaks to the vendor: its address and the credentials. */
const speaks = (baseUrl: string) => ({
	VENDOR: baseUrl,
	AUTHORIZATION: 'Basic YmVuY2grcHVibGljOnByaXZhdGU=',
	CLIENT_ID: 'bench',
});

export const RELAY = 'a: relay';
export const OBJECT = "b: relay, object's word";
export const OBJECT_COMMITS = "b': the same, two rows";
export const STATIC = 'c: static answer';
export const SDK = "d: the SDK's own server";

export function relays(vendor: Vendor): Rival[] {
	const bindings = speaks(vendor.baseUrl);
	const withObject = { file: 'relay-with-object.mjs', object: 'Account' };
	return [
		{ name: RELAY, file: 'relay.mjs', bindings },
		{ name: OBJECT, ...withObject, bindings },
		{ name: OBJECT_COMMITS, ...withObject, bindings: { ...bindings, COMMITS: 'true' } },
		{ name: STATIC, file: 'static.mjs' },
		{ name: SDK, file: 'sdk-server.mjs', bindings },
	];
}

export interface Running {
	/** Process id of workerd. */
	pid: number;
	/** Patchbay's address. */
	origin: string;
	/** Port of a rival, by its name. */
	port(name: string): number;
	/** A new account at the same vendor. */
	createAccount(id: string): Promise<void>;
	/** A new server, of the account `bench` unless told. @returns its MCP URL */
	createServer(config: Json, accountId?: string): Promise<string>;
	stop(): Promise<void>;
}

/**
 * Describes Patchbay to miniflare as wrangler does, with keys of its own. Without its static files: the simulator would
 * put a Worker for them in front of Patchbay, and of no rival.
 */
export async function describePatchbay(entry = 'workers/index.ts'): Promise<V4WorkerOptions> {
	process.env.WRANGLER_LOG ??= 'error';
	const config = readConfig({ config: join(PROJECT_ROOT, 'wrangler.toml') });
	const { modulesRules: _wranglersOwn, assets: _files, ...described } = workerOptionsOf(config).workerOptions;
	const key = () => randomBytes(32).toString('base64');
	return {
		...described,
		name: 'patchbay',
		modules: true,
		script: await bundleWorker(join(PROJECT_ROOT, entry), PROJECT_ROOT, config.alias),
		bindings: { TOKEN_KEY: key(), ENCRYPTION_KEY: key(), LOCAL: 'true' },
	};
}

async function describeRival({ name, file, bindings, object }: Rival, index: number): Promise<V4WorkerOptions> {
	return {
		name: `rival-${index}`,
		modules: true,
		script: await bundleWorker(join(import.meta.dirname, 'rivals', file), PROJECT_ROOT),
		compatibilityDate: String(readConfig({ config: join(PROJECT_ROOT, 'wrangler.toml') }).compatibility_date),
		bindings: { ...bindings, NAME: name },
		...(object ? { durableObjects: { ACCOUNTS: { className: object, useSQLite: true } } } : {}),
	};
}

interface State {
	/** Folder of the state; absent: memory. */
	stateDir?: string;
	/** The account is there from an earlier start. */
	isConnected?: boolean;
}

/** Starts the Workers, with an account in Patchbay that is connected to the vendor. */
export async function startWorkers(
	vendor: Vendor,
	rivals: Rival[],
	patchbay: V4WorkerOptions,
	{ stateDir, isConnected = false }: State = {},
): Promise<Running> {
	const described = await Promise.all(rivals.map(describeRival));
	const ports: number[] = [];
	while (ports.length <= rivals.length) ports.push((await findFreePorts()).port);
	const { runtime, pid } = await startWorkerd([patchbay, ...described], ports, stateDir);
	const origin = `http://${HOST}:${ports[0]}`;
	if (!isConnected) await connectAccount(origin, vendor, ACCOUNT_ID);
	return {
		pid,
		origin,
		port: (name) => ports[rivals.findIndex((rival) => rival.name === name) + 1] ?? 0,
		createAccount: (id) => connectAccount(origin, vendor, id),
		createServer: async (config, accountId = ACCOUNT_ID) => {
			const created = await api(origin, 'POST', `/integrated-account/${accountId}/mcp`, { name: 'bench', config });
			return String(created.url);
		},
		stop: () => runtime.dispose(),
	};
}

/** A Worker that answers an empty object, alone in a workerd. */
export async function startEmptyWorker(): Promise<Pick<Running, 'pid' | 'origin' | 'stop'>> {
	const { port } = await findFreePorts();
	const script = "export default { fetch: () => new Response('{}') };";
	const { runtime, pid } = await startWorkerd([{ name: 'empty', modules: true, script }], [port]);
	return { pid, origin: `http://${HOST}:${port}`, stop: () => runtime.dispose() };
}

async function startWorkerd(workers: V4WorkerOptions[], ports: readonly number[], stateDir?: string) {
	const before = new Set(workerdPids());
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			rootPath: PROJECT_ROOT,
			host: HOST,
			workers: workers.map((worker, index) => ({
				...worker,
				unsafeDirectSockets: [{ host: HOST, port: ports[index] as number }],
			})),
			...(stateDir === undefined ? {} : { resourcePersistencePath: stateDir }),
			cf: false,
			telemetry: { enabled: false },
			logRequests: false,
			log: new NoOpLog(),
			handleStructuredLogs: ({ level, message }) => void (level === 'error' && console.error(message)),
		}),
	);
	await runtime.ready;
	return { runtime, pid: workerdPids().find((pid) => !before.has(pid)) ?? 0 };
}

/** Children of this process that run workerd; none on systems without /proc. */
function workerdPids(): number[] {
	try {
		const children = readdirSync(`/proc/${process.pid}/task`).flatMap((task) =>
			readFileSync(`/proc/${process.pid}/task/${task}/children`, 'utf8').trim().split(/\s+/),
		);
		return children
			.filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('workerd'))
			.map(Number);
	} catch {
		return [];
	}
}

async function connectAccount(origin: string, vendor: Vendor, id: string): Promise<void> {
	await api(origin, 'POST', '/integrated-account', {
		id,
		integration: 'connect_wise_psa',
		name: id,
		base_url: vendor.baseUrl,
		credentials: {
			company_id: 'bench',
			public_key: 'public',
			private_key: 'private',
			client_id: '2f05e5ff-c186-70e8-8000-000000000001',
		},
	});
}

async function api(origin: string, method: string, path: string, body: unknown): Promise<Json> {
	const answer = await fetch(origin + path, {
		method,
		headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
	return (await answer.json()) as Json;
}
