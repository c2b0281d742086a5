// `npm run load`: 60 seconds at this machine's limit, against a Patchbay and a sandbox of its own on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { findPlaces } from '../scripts/lib/places.ts';
import { findFreePorts } from '../scripts/lib/ports.ts';
import { loadSeeds } from '../scripts/lib/seed.ts';
import { startPatchbay } from '../scripts/lib/start-patchbay.ts';
import { type LoadReport, runLoad } from './lib/load.ts';

const MAX_SECONDS = 600;
const MAX_CLIENTS = 200;

const USAGE = {
	command: 'npm run load',
	summary: 'Loads a Patchbay and a sandbox of its own on loopback, and counts what was lost, doubled or late.',
	flags: {
		seconds: { type: 'string', default: '60', value: '<seconds>', help: 'how long' },
		clients: { type: 'string', default: '48', value: '<number>', help: 'clients at once' },
	},
} as const;

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const seconds = bounded('--seconds', flags.seconds, MAX_SECONDS);
	const clients = bounded('--clients', flags.clients, MAX_CLIENTS);
	const stateDir = mkdtempSync(join(tmpdir(), 'patchbay-load-'));
	const ports = await findFreePorts();
	const patchbay = await startPatchbay({ ...ports, stateDir, quiet: true });
	try {
		const [seeded] = loadSeeds(findPlaces().seeds, ports.sandboxPort).accounts;
		if (!seeded) throw new Failure('kv-seed/ names no account.', 'Restore it: `git checkout kv-seed`.');
		console.log(`${clients} clients for ${seconds} seconds, on loopback. Ends by itself.\n`);
		const report = await runLoad(
			{ ...patchbay, account: { ...seeded, name: 'Load' } },
			{ seconds, clients, accounts: 4 },
		);
		print(report);
		const faults = ['lost', 'doubled', 'wrong', 'late', 'unexpected'] as const;
		if (faults.some((name) => report[name].length > 0)) process.exitCode = 1;
	} finally {
		await patchbay.stop();
		rmSync(stateDir, { recursive: true, force: true });
	}
});

function bounded(name: string, text: string, max: number): number {
	const value = Number(text);
	if (Number.isInteger(value) && value >= 1 && value <= max) return value;
	throw new Failure(`${name} must be a whole number from 1 to ${max}.`, `For example: npm run load -- ${name} 20`);
}

function print(report: LoadReport): void {
	const { latencyMs, changes } = report;
	const ms = (value: number) => `${value.toFixed(0)} ms`;
	const rows: [string, string | number][] = [
		['seconds', report.seconds.toFixed(1)],
		['calls a second', report.callsPerSecond.toFixed(0)],
		['reads', report.reads],
		['writes sent by clients', report.writes],
		['held back: too many under way', report.heldBack],
		['latency: median, 99 %, longest', [latencyMs.median, latencyMs.p99, latencyMs.longest].map(ms).join(', ')],
		['rotations, revokes, narrowings, pauses', Object.values(changes).join(', ')],
		['calls after a change that forbids them', report.afterChange],
		['writes behind a slow lookup of a name', report.slowWrites],
		['writes acknowledged', report.acknowledged],
		['writes whose answer was dropped, then repeated', report.unknown],
		['acknowledged and lost', report.lost.length],
		['doubled', report.doubled.length],
		['refused and there all the same, or under another id', report.wrong.length],
		['answered, or arrived at the vendor, after the change', report.late.length],
		['answers that nothing explains', report.unexpected.length],
	];
	for (const [what, value] of rows) console.log(`${what.padEnd(54)} ${value}`);
	for (const name of ['lost', 'doubled', 'wrong', 'late', 'unexpected'] as const)
		for (const line of report[name].slice(0, 5)) console.log(`  ${name}: ${line}`);
}
