// The whole of Patchbay on this machine, for `npm start` and for tests that want to run against the real thing.
import { join } from 'node:path';
import { ensureLocalSecrets } from './dev-vars.ts';
import { Failure } from './failure.ts';
import { endOrphanedRuntime, takeLock } from './lock.ts';
import { findPlaces } from './places.ts';
import { isFree } from './ports.ts';
import { requireSoundIntegrations } from './require-sound-integrations.ts';
import { startRuntime } from './runtime.ts';
import { loadSeeds, type Seeded, seed } from './seed.ts';

export interface StartOptions {
	port: number;
	/** Default: the port after `port`. */
	sandboxPort?: number;
	/** Takes the place of `.wrangler`; the secrets then lie in it too, and the project is left alone. */
	stateDir?: string;
	/** No progress and nothing from the Workers' consoles. */
	quiet?: boolean;
	/** The project to run, if not this one. */
	rootDir?: string;
	/** Leaves SIGINT and SIGTERM to the caller; otherwise they end the process at once. */
	callerHandlesSignals?: boolean;
}

export interface RunningPatchbay extends Seeded {
	url: string;
	sandboxUrl: string;
	stop(): Promise<void>;
}

/** The same time as in wrangler.toml. */
const CRON_EVERY_MS = 5 * 60_000;

/**
 * Starts the gateway and the sandbox and seeds them.
 *
 * @returns when both answer
 * @throws Failure for everything that the person at the keyboard can put right
 */
export async function startPatchbay(options: StartOptions): Promise<RunningPatchbay> {
	const { port, sandboxPort = port + 1, quiet = false } = options;
	const places = findPlaces(options.rootDir, options.stateDir);
	const say = quiet ? () => {} : (line: string) => console.log(line);
	if (await endOrphanedRuntime(places.patchbay)) say('Ended      a runtime that a killed start had left behind');
	// Before anything is written: two starts at once would make two sets of keys.
	const releaseLock = await requireLock(places.patchbay, port);
	try {
		await requireFreePorts(port, sandboxPort);
		const { secrets, made } = ensureLocalSecrets(places.secrets);
		if (made) say(`Secrets    made in ${places.secrets}`);
		const seeds = loadSeeds(places.seeds, sandboxPort);
		requireSoundIntegrations(places.root);
		say('Bundling   the gateway and the sandbox');
		const runtime = await startRuntime(
			{
				places,
				port,
				sandboxPort,
				secrets,
				log: quiet ? () => {} : printWorkerLine,
				callerHandlesSignals: options.callerHandlesSignals ?? false,
			},
			() => say('Starting   the Workers runtime'),
		);
		const cron = runCron(`http://localhost:${port}`);
		const stop = async () => {
			clearInterval(cron);
			await runtime.dispose();
			releaseLock();
		};
		try {
			const url = `http://localhost:${port}`;
			await waitUntilHealthy(url);
			say('Seeding    from kv-seed/');
			const seeded = await seed(seeds, {
				url,
				serversFile: join(places.patchbay, 'servers.json'),
				keysAreNew: made,
			});
			return { ...seeded, url, sandboxUrl: `http://localhost:${sandboxPort}`, stop };
		} catch (error) {
			await stop();
			throw error;
		}
	} catch (error) {
		releaseLock();
		throw error;
	}
}

/** Runs the cron trigger of wrangler.toml, which tells webhooks, as often as Cloudflare would. */
function runCron(url: string): NodeJS.Timeout {
	// A run that fails is made up for by the next.
	const run = () => void fetch(`${url}/cdn-cgi/local/scheduled`).catch(() => {});
	return setInterval(run, CRON_EVERY_MS).unref();
}

async function requireLock(patchbayDir: string, port: number): Promise<() => void> {
	const taken = await takeLock(patchbayDir, port);
	if (typeof taken === 'function') return taken;
	const other = taken;
	throw new Failure(
		`Patchbay is running already, at http://localhost:${other.port} (process ${other.pid}).`,
		'Use that one, or end it with Ctrl-C first: two of them on one state would damage it.',
	);
}

async function requireFreePorts(port: number, sandboxPort: number): Promise<void> {
	const wanted = [
		{ port, use: 'Patchbay' },
		{ port: sandboxPort, use: 'the sandbox' },
	];
	const free = await Promise.all(wanted.map((entry) => isFree(entry.port)));
	const taken = wanted.find((_, index) => !free[index]);
	if (!taken) return;
	const other = port === 8900 ? 9000 : 8900;
	throw new Failure(
		`Port ${taken.port}, for ${taken.use}, is taken by another program.`,
		`End that program, or choose another port; the one after it is used too: PORT=${other} npm start`,
	);
}

/** The sockets are open before the Worker has been compiled: only its first answer shows that it runs. */
async function waitUntilHealthy(url: string): Promise<void> {
	const deadlineMs = Date.now() + 60_000;
	let last = '';
	while (Date.now() < deadlineMs) {
		try {
			const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) });
			if (answer.ok) return;
			last = `${answer.status}: ${(await answer.text()).slice(0, 500)}`;
		} catch (error) {
			last = String(error);
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Failure(`${url}/health does not answer (${last}).`, 'The lines above, if any, are the Worker’s own.');
}

function printWorkerLine(level: string, line: string): void {
	if (level === 'error' || level === 'warn') console.error(line);
	else console.log(line);
}
