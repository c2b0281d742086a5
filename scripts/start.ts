// `npm start`: everything on this machine, with the sandbox behind the account `demo`. Stays until Ctrl-C.
import { Failure, runScript } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { DEFAULT_PORT } from './lib/ports.ts';
import { type RunningPatchbay, startPatchbay } from './lib/start-patchbay.ts';

const USAGE = {
	command: 'npm start',
	summary: 'Serves Patchbay with its sandbox on this machine, until Ctrl-C.',
	flags: {
		'state-dir': { type: 'string', value: '<folder>', help: 'where the local state lies, instead of .wrangler' },
		'root-dir': { type: 'string', value: '<folder>', help: 'the project, if it is not this one' },
	},
	environment: { 'PORT=<port>': 'port to serve on (default: 8787); the sandbox uses the next one' },
} as const;

await runScript(async () => {
	const startedMs = performance.now();
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const port = parsePort(process.env.PORT);
	const running = startPatchbay({
		port,
		callerHandlesSignals: true,
		...(flags['state-dir'] ? { stateDir: flags['state-dir'] } : {}),
		...(flags['root-dir'] ? { rootDir: flags['root-dir'] } : {}),
	});
	const signals = stopOnSignals(running);
	const patchbay = await running;
	if (!signals.stopping) printReady(patchbay, (performance.now() - startedMs) / 1000);
});

/** The sandbox uses the port after it, so the last one is not accepted. */
function parsePort(value: string | undefined): number {
	if (value === undefined || value === '') return DEFAULT_PORT;
	const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
	if (port >= 1 && port <= 65534) return port;
	throw new Failure(`PORT must be a whole number from 1 to 65534, not "${value}".`, 'For example: PORT=8900 npm start');
}

/** The first signal ends cleanly, during the start too; a second one does not wait. */
function stopOnSignals(running: Promise<RunningPatchbay>): { readonly stopping: boolean } {
	const state = { stopping: false };
	const stop = async () => {
		if (state.stopping) process.exit(130);
		state.stopping = true;
		console.log('\nStopping.');
		// A start that failed has said so itself.
		await running.then(
			(patchbay) => patchbay.stop(),
			() => {},
		);
		process.exit(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	// npm runs this in a shell of its own, and a SIGTERM for npm ends npm and that shell without reaching us.
	const parent = process.ppid;
	const watch = () => {
		if (process.ppid !== parent) void stop();
		else setTimeout(watch, 500).unref();
	};
	if (process.env.npm_lifecycle_event) watch();
	return state;
}

function printReady(patchbay: RunningPatchbay, seconds: number): void {
	console.log(`
Patchbay is ready (${seconds.toFixed(1)} s).

  Dashboard   ${patchbay.url}/
  Account     ${patchbay.account.id}: ${patchbay.account.name}, at ${patchbay.sandboxUrl}
  API token   ${patchbay.apiToken}
  MCP URL     ${patchbay.mcpUrl}

The MCP URL is ready to paste into a client: it offers what a technician needs. Try one tool from another terminal:

  curl -s ${patchbay.mcpUrl} -H 'content-type: application/json' -d '${patchbay.exampleMessage}'

Ctrl-C stops it. The state stays for the next start; \`npm run reset\` clears it.`);
}
