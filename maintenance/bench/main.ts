// `npm run bench`: what Patchbay costs beside the least that it could, in interleaved rounds of one run on one machine.
import { Failure, runScript } from '../../scripts/lib/failure.ts';
import { readFlags } from '../../scripts/lib/flags.ts';
import { measureCall } from './calls.ts';
import type { Comparison, Plan } from './compare.ts';
import { measureHandshake, measureLists } from './lists.ts';
import { CALLS, LEGACY, MODERN } from './messages.ts';
import { printBill, printComparisons } from './print.ts';
import { type CallCost, measureRows } from './rows.ts';
import { describePatchbay, type Running, relays, startVendor, startWorkers, type Vendor } from './runtime.ts';

const PARTS = [...CALLS, 'initialize', 'tools-list', 'rows'] as const;
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

const FULL: Plan = { connections: [1, 8, 64], rounds: 7, ms: 300, warmUp: 2_500, warmUpMs: 4_000 };
const SHORT: Plan = { connections: [8], rounds: 7, ms: 150, warmUp: 1_500, warmUpMs: 1_500 };

interface Run {
	plan: Plan;
	parts: ReadonlySet<Part>;
	isShort: boolean;
}

export interface Report {
	comparisons: Comparison[];
	bill: CallCost[];
}

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const base = flags.short ? SHORT : FULL;
	const plan: Plan = {
		...base,
		connections: flags.connections?.split(',').map((text) => wholeNumber('--connections', text)) ?? base.connections,
		rounds: flags.rounds === undefined ? base.rounds : wholeNumber('--rounds', flags.rounds),
	};
	const run: Run = { plan, parts: readParts(flags.only), isShort: flags.short ?? false };
	const vendor = await startVendor();
	try {
		const comparisons = await compareAll(run, vendor);
		const bill = run.parts.has('rows') ? await measureRows(vendor, run.isShort, cpuMsIn(comparisons)) : [];
		if (comparisons.length > 0) printComparisons('messages', comparisons);
		if (bill.length > 0) printBill(bill);
	} finally {
		vendor.stop();
	}
});

async function compareAll(run: Run, vendor: Vendor): Promise<Comparison[]> {
	const running = await startWorkers(vendor, relays(vendor), await describePatchbay());
	try {
		return await comparisonsIn(run, running);
	} finally {
		await running.stop();
	}
}

async function comparisonsIn({ plan, parts, isShort }: Run, running: Running): Promise<Comparison[]> {
	const rows: Comparison[] = [];
	for (const era of isShort ? [LEGACY] : [LEGACY, MODERN]) {
		for (const call of CALLS.filter((name) => parts.has(name)))
			rows.push(...(await measureCall(running, call, era, plan)));
		if (parts.has('initialize')) rows.push(...(await measureHandshake(running, era, plan)));
		if (parts.has('tools-list')) rows.push(...(await measureLists(running, era, plan)));
	}
	return rows;
}

/** CPU time of a warm message: the whole process, simulators of storage included, so more than Cloudflare bills. */
function cpuMsIn(comparisons: readonly Comparison[]): (message: string) => number | null {
	return (message) => {
		const found = comparisons.find((row) => row.era === LEGACY && row.message.startsWith(message));
		return found?.patchbay.cpu_us ? found.patchbay.cpu_us / 1_000 : null;
	};
}

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
