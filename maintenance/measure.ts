// `npm run measure`: what strangers and greedy callers can make Patchbay spend, on this machine (Linux).
import { availableParallelism, loadavg } from 'node:os';
import { runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { measureDoors } from './lib/measure-doors.ts';
import { measureFlood } from './lib/measure-flood.ts';
import { measureMemory } from './lib/measure-memory.ts';

const USAGE = {
	command: 'npm run measure',
	summary:
		'Prints the CPU time of requests without a good secret, latency under a flood, and memory. All, unless told.',
	flags: {
		doors: { type: 'boolean', default: false, help: 'CPU time of one request at each door' },
		flood: { type: 'boolean', default: false, help: 'latency of good calls under a flood of unknown tokens' },
		memory: { type: 'boolean', default: false, help: 'memory under requests that are all different' },
	},
} as const;

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	console.log(
		`node ${process.version}; ${availableParallelism()} cores, load of the last minute ${loadavg()[0]?.toFixed(1)}`,
	);
	const isAll = !flags.doors && !flags.flood && !flags.memory;
	if (isAll || flags.doors) await measureDoors();
	if (isAll || flags.flood) await measureFlood();
	if (isAll || flags.memory) await measureMemory();
	process.exit(0);
});
