// `npm run bench`: what Patchbay costs beside the least that it could, in interleaved rounds of one run on one machine.
import { Failure, runScript } from '../../scripts/lib/failure.ts';
import { readFlags } from '../../scripts/lib/flags.ts';
import { measureCall } from './calls.ts';
import type { Comparison, Plan } from './compare.ts';
import { CALLS, LEGACY, MODERN } from './messages.ts';
import { printComparisons } from './print.ts';
import { describePatchbay, relays, startVendor, startWorkers } from './runtime.ts';

const PARTS = [...CALLS];
type Part = (typeof PARTS)[number];

const USAGE = {
	command: 'npm run bench',
	summary: 'Measures what Patchbay costs beside the least that it could cost, in one run on this machine.',
	flags: {
		short: { type: 'boolean', help: 'the ratios that matter most, in about a minute' },
		only: { type: 'string', value: '<names>', help: `some parts, with commas: ${PARTS.join(', ')}` },
		connections: { type: 'string', value: '<numbers>', help: 'connections at once, with commas (1,8,64)' },
		rounds: { type: 'string', value: '<number>', help: 'rounds of each comparison' },
	},
} as const;

const FULL: Plan = { connections: [1, 8, 64], rounds: 7, ms: 300, warmUp: 3_000, warmUpMs: 6_000 };
const SHORT: Plan = { connections: [8], rounds: 7, ms: 150, warmUp: 1_500, warmUpMs: 2_000 };

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const base = flags.short ? SHORT : FULL;
	const plan: Plan = {
		...base,
		connections: flags.connections?.split(',').map((text) => wholeNumber('--connections', text)) ?? base.connections,
		rounds: flags.rounds === undefined ? base.rounds : wholeNumber('--rounds', flags.rounds),
	};
	const parts = readParts(flags.only);
	const vendor = await startVendor();
	const running = await startWorkers(vendor, relays(vendor), await describePatchbay());
	try {
		const rows: Comparison[] = [];
		for (const call of CALLS.filter((name) => parts.has(name)))
			for (const era of flags.short ? [LEGACY] : [LEGACY, MODERN])
				rows.push(...(await measureCall(running, call, era, plan)));
		printComparisons('tools/call', rows);
	} finally {
		await running.stop();
		vendor.stop();
	}
});

function readParts(only: string | undefined): Set<Part> {
	const names = only?.split(',') ?? PARTS;
	const unknown = names.find((name) => !(PARTS as readonly string[]).includes(name));
	if (unknown !== undefined) throw new Failure(`There is no part "${unknown}".`, `Parts: ${PARTS.join(', ')}`);
	return new Set(names as Part[]);
}

function wholeNumber(flag: string, text: string): number {
	const value = Number(text);
	if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
	throw new Failure(`${flag} takes whole numbers from 1 to 1000.`, `For example: npm run bench -- ${flag} 8`);
}
