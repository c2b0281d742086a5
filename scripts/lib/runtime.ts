// The Workers runtime on this machine: the gateway and the sandbox in one workerd, with the state where
// `npx wrangler dev` keeps it. Bindings come from the wrangler.toml files, read by wrangler itself.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Miniflare, V4WorkerOptions } from 'miniflare';
import type { Unstable_Config } from 'wrangler';
import { bundleWorker } from './bundle.ts';
import type { LocalSecrets } from './dev-vars.ts';
import { COMPILE_CACHE, type Places } from './places.ts';

export interface RuntimeOptions {
	places: Places;
	port: number;
	sandboxPort: number;
	secrets: LocalSecrets;
	/** Lines that the Workers write to their console. */
	log: (level: string, line: string) => void;
	/** Leaves SIGINT and SIGTERM to the caller instead of ending the process at once. */
	callerHandlesSignals: boolean;
}

/** Reachable from this machine only: whoever reaches a local start may use `local-api-token`. */
const HOST = '127.0.0.1';

/** Starts both Workers; they accept connections when this returns. `bundled` is called when the source has been bundled. */
export async function startRuntime(options: RuntimeOptions, bundled: () => void): Promise<Miniflare> {
	const { places, port, sandboxPort } = options;
	const [tools, gatewaySource, sandboxSource] = await Promise.all([
		loadTools(),
		loadTools().then(({ wrangler }) => bundleMain(wrangler, places.config, places.root)),
		loadTools().then(({ wrangler }) => bundleMain(wrangler, places.sandboxConfig, places.root)),
	]);
	bundled();
	const { miniflare, wrangler } = tools;
	const gateway = describeWorker(wrangler, places.config, gatewaySource);
	const sandbox = describeWorker(wrangler, places.sandboxConfig, sandboxSource);
	gateway.bindings = { ...gateway.bindings, ...options.secrets };
	sandbox.unsafeDirectSockets = [{ host: HOST, port: sandboxPort }];

	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	const listenersBefore = signals.map((signal) => process.listeners(signal));
	const runtime = createRuntime(miniflare, places, port, [gateway, sandbox], options.log);
	if (options.callerHandlesSignals) {
		for (const [index, signal] of signals.entries()) {
			const added = process.listeners(signal).filter((listener) => !listenersBefore[index]?.includes(listener));
			for (const listener of added) process.removeListener(signal, listener);
		}
	}
	try {
		await runtime.ready;
	} catch (error) {
		await runtime.dispose().catch(() => {});
		throw error;
	}
	return runtime;
}

/** Starts the sandbox alone, for `npx wrangler dev`, which serves the gateway itself. */
export async function startSandbox(places: Places, port: number): Promise<void> {
	const { miniflare, wrangler } = await loadTools();
	const source = await bundleMain(wrangler, places.sandboxConfig, places.root);
	const sandbox = describeWorker(wrangler, places.sandboxConfig, source);
	await createRuntime(miniflare, places, port, [sandbox], () => {}).ready;
}

function createRuntime(
	miniflare: typeof import('miniflare'),
	places: Places,
	port: number,
	workers: V4WorkerOptions[],
	log: RuntimeOptions['log'],
): Miniflare {
	return new miniflare.Miniflare(
		miniflare.convertV4MiniflareOptions({
			rootPath: places.root,
			host: HOST,
			port,
			workers,
			resourcePersistencePath: places.persistence,
			resourceTmpPath: join(places.patchbay, 'tmp'),
			// Miniflare would ask the internet for a sample of `request.cf`, and count its users.
			cf: false,
			telemetry: { enabled: false },
			// Lets a request stand in for the cron trigger, which does not run here by itself.
			unsafeTriggerHandlers: true,
			// A request line holds the path, and the path of an MCP URL is a secret.
			logRequests: false,
			log: new miniflare.NoOpLog(),
			handleStructuredLogs: ({ level, message }) => log(level, message),
		}),
	);
}

type Wrangler = typeof import('wrangler');

let tools: Promise<{ miniflare: typeof import('miniflare'); wrangler: Wrangler }> | undefined;

/** Both are large: they are loaded once, and their compiled form is cached for the next start. */
function loadTools(): NonNullable<typeof tools> {
	// Keeps wrangler from reporting what it found in `.dev.vars` when it loads a configuration.
	process.env.WRANGLER_LOG ??= 'error';
	tools ??= (async () => {
		enableCompileCache(COMPILE_CACHE);
		const [wrangler, miniflare] = await Promise.all([import('wrangler'), import('miniflare')]);
		return { wrangler, miniflare };
	})();
	return tools;
}

function bundleMain(wrangler: Wrangler, configPath: string, root: string): Promise<string> {
	const config: Unstable_Config = wrangler.unstable_readConfig({ config: configPath });
	return bundleWorker(config.main ?? '', root, config.alias);
}

/** Describes the Worker to miniflare as wrangler does: the same names and ids, so the same state. */
function describeWorker(wrangler: Wrangler, configPath: string, source: string): V4WorkerOptions {
	const config = wrangler.unstable_readConfig({ config: configPath });
	const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(config);
	const { modulesRules: _wranglersOwn, ...described } = workerOptions;
	return { ...described, name: config.name ?? 'worker', modules: true, script: source };
}
