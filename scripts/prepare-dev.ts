// Runs before `npx wrangler dev` bundles (wrangler.toml, [build]): makes the keys, takes in kv-seed/ and starts the
// sandbox, so that a fresh clone serves what `npm start` serves. It does nothing before a deploy.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureLocalSecrets } from './lib/dev-vars.ts';
import { Failure, runScript } from './lib/failure.ts';
import { listProcesses } from './lib/lock.ts';
import { findPlaces } from './lib/places.ts';
import { DEFAULT_PORT, findFreePorts, isListening } from './lib/ports.ts';
import { startPatchbay } from './lib/start-patchbay.ts';

/** The port after PORT, as with `npm start`: the demo account points there. */
const SANDBOX_PORT = Number(process.env.PORT || DEFAULT_PORT) + 1;

await runScript(async () => {
	if (process.env.WRANGLER_COMMAND !== 'dev') return;
	const wrangler = findWrangler();
	// A state of its own is prepared by whoever names it.
	if (/ --(?:persist-to|env-file)\b/.test(wrangler.command)) return;
	const places = findPlaces();
	const { made } = ensureLocalSecrets(places.secrets);
	const isSandboxUp = await isListening(SANDBOX_PORT);
	if (!isSandboxUp && (made || !existsSync(join(places.patchbay, 'servers.json')))) {
		const { port } = await findFreePorts();
		const patchbay = await startPatchbay({ port, sandboxPort: SANDBOX_PORT, quiet: true });
		await patchbay.stop();
		const path = new URL(patchbay.mcpUrl).pathname;
		console.log(
			`Seeded from kv-seed/: account ${patchbay.account.id}, API token ${patchbay.apiToken}, MCP URL ${path}`,
		);
	}
	if (!isSandboxUp) await startSandboxBeside(wrangler.pid);
});

/** Returns when the sandbox listens. It ends with wrangler: it watches the process that this script was started by. */
async function startSandboxBeside(wranglerPid: number): Promise<void> {
	const script = join(import.meta.dirname, 'sandbox-companion.ts');
	const args = [script, String(SANDBOX_PORT), String(wranglerPid)];
	// It inherits no stream: wrangler waits until all of the build command's streams are closed.
	const sandbox = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
	const isReady = await new Promise<boolean>((resolve) => {
		sandbox.once('message', () => resolve(true));
		sandbox.once('close', () => resolve(false));
	});
	if (!isReady)
		throw new Failure(
			`The sandbox could not be started on port ${SANDBOX_PORT}.`,
			'Choose another pair of ports: PORT=8900 npx wrangler dev --port 8900',
		);
	sandbox.unref();
	console.log(`Sandbox at http://localhost:${SANDBOX_PORT}, behind the account demo`);
}

/** The nearest ancestor that is wrangler itself, not the shell that it started for the build command. */
function findWrangler(): { pid: number; command: string } {
	const processes = new Map(listProcesses().map((entry) => [entry.pid, entry]));
	for (let pid = process.ppid; pid > 1; pid = processes.get(pid)?.parent ?? 0) {
		const command = processes.get(pid)?.command ?? '';
		if (command.includes('wrangler') && command.includes('node')) return { pid, command };
	}
	return { pid: process.ppid, command: '' };
}
