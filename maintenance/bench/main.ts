// `npm run bench`: what Patchbay costs beside the least that it could, in interleaved rounds of one run on one machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, runScript } from '../../scripts/lib/failure.ts';
import { readFlags } from '../../scripts/lib/flags.ts';
import { CALL_CONFIG, listTools, measureCall } from './calls.ts';
import { measureCold } from './cold.ts';
import type { Comparison, Plan } from './compare.ts';
import { type Generator, startGenerators } from './generators.ts';
import { measureHandshake, measureLists } from './lists.ts';
import { CALLS, LEGACY, MODERN } from './messages.ts';
import { printBill, printCold, printComparisons, printScale, printSizes } from './print.ts';
import { type Compared, describeMachine, type Report } from './report.ts';
import { measureRows } from './rows.ts';
import { describePatchbay, type Running, relays, startVendor, startWorkers, type Vendor } from './runtime.ts';
import { measureScale } from './scale.ts';
import { measureSizes } from './sizes.ts';

const PARTS = [...CALLS, 'initialize', 'tools-list', 'generators', 'rows', 'cold', 'sizes', 'scale'] as const;
type Part = (typeof PARTS)[number];

const USAGE = {
	command: 'npm run bench',
	summary: 'Measures what Patchbay costs beside the least that it could cost, in one run on this machine.',
	flags: {
		short: { type: 'boolean', help: 'the ratios that matter most, in about a minute' },
		only: { type: 'string', value: '<names>', help: `some parts, with commas: ${PARTS.join(', ')}` },
		connections: { type: 'string', value: '<numbers>', help: 'connections at once, with commas (1,8,64)' },
		write: { type: 'boolean', help: 'writes the figures to maintenance/bench/results.json' },
		rounds: { type: 'string', value: '<number>', help: 'rounds of each comparison' },
	},
} as const;

const FULL: Plan = { connections: [1, 8, 64], rounds: 5, ms: 250, warmUp: 2_500, warmUpMs: 4_000 };
const SHORT: Plan = { connections: [8], rounds: 7, ms: 150, warmUp: 1_500, warmUpMs: 1_500 };

const IN_SHORT: readonly Part[] = [...CALLS, 'initialize', 'rows', 'sizes'];
const COLD_STARTS = 5;
const RESULTS = join(import.meta.dirname, 'results.json');

interface Run {
	plan: Plan;
	parts: ReadonlySet<Part>;
	isShort: boolean;
}

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const base = flags.short ? SHORT : FULL;
	const plan: Plan = {
		...base,
		connections: flags.connections?.split(',').map((text) => wholeNumber('--connections', text)) ?? base.connections,
		rounds: flags.rounds === undefined ? base.rounds : wholeNumber('--rounds', flags.rounds),
	};
	const isShort = flags.short ?? false;
	const run: Run = { plan, parts: readParts(flags.only, isShort), isShort };
	const scratch = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
	const vendor = await startVendor();
	try {
		const report = await measureAll(run, vendor, scratch);
		print(report);
		if (flags.write) writeFileSync(RESULTS, `${JSON.stringify(report, rounding, '\t')}\n`);
	} finally {
		vendor.stop();
		rmSync(scratch, { recursive: true, force: true });
	}
});

async function measureAll(run: Run, vendor: Vendor, scratch: string): Promise<Report> {
	const { parts, isShort } = run;
	const loadBefore = loadavg()[0] ?? 0;
	const sizes = parts.has('sizes') ? await measureSizes() : null;
	const cold = parts.has('cold') ? await measureCold(vendor, COLD_STARTS, join(scratch, 'state')) : null;
	const { comparisons, generators } = await compareAll(run, vendor, scratch);
	const bill = parts.has('rows') ? await measureRows(vendor, isShort, cpuMsIn(comparisons)) : [];
	const scale = parts.has('scale') ? await measureScale(vendor) : null;
	const machine = describeMachine(loadBefore);
	return { date: new Date().toISOString().slice(0, 10), machine, generators, comparisons, cold, sizes, bill, scale };
}

function print({ machine, comparisons, generators, cold, sizes, bill, scale }: Report): void {
	console.log(
		Object.entries(machine)
			.map(([name, value]) => `${name} ${value}`)
			.join(', '),
	);
	if (comparisons.length > 0) printComparisons(comparisons);
	for (const { name, failure } of generators) if (failure !== null) console.log(`${name} was not measured: ${failure}`);
	if (cold) printCold(cold);
	if (sizes) printSizes(sizes);
	if (bill.length > 0) printBill(bill);
	if (scale) printScale(scale);
}

/** Five significant digits: what is beyond them differs from run to run. */
function rounding(_name: string, value: unknown): unknown {
	return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

async function compareAll(run: Run, vendor: Vendor, scratch: string): Promise<Compared> {
	const { parts } = run;
	if (![...CALLS, 'initialize', 'tools-list'].some((part) => (parts as ReadonlySet<string>).has(part)))
		return { comparisons: [], generators: [] };
	const running = await startWorkers(vendor, relays(vendor), await describePatchbay());
	const tools = await listTools(running, await running.createServer(CALL_CONFIG));
	const generators = parts.has('generators') ? await startGenerators(vendor, tools, scratch) : [];
	try {
		return { comparisons: await comparisonsIn(run, running, generators), generators };
	} finally {
		for (const { stop } of generators) stop();
		await running.stop();
	}
}

async function comparisonsIn(run: Run, running: Running, generators: readonly Generator[]): Promise<Comparison[]> {
	const { plan, parts, isShort } = run;
	const rows: Comparison[] = [];
	for (const era of isShort ? [LEGACY] : [LEGACY, MODERN]) {
		// The generators' servers speak the earlier era only.
		const others = (message: string) =>
			era === LEGACY ? generators.flatMap(({ target }) => target?.(message) ?? []) : [];
		for (const call of CALLS.filter((name) => parts.has(name)))
			rows.push(...(await measureCall(running, call, era, plan, others(call))));
		if (parts.has('initialize')) rows.push(...(await measureHandshake(running, era, plan)));
		if (parts.has('tools-list')) rows.push(...(await measureLists(running, era, plan, others('tools/list'))));
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

function readParts(only: string | undefined, isShort: boolean): Set<Part> {
	const names = only?.split(',') ?? (isShort ? IN_SHORT : PARTS);
	const unknown = names.find((name) => !(PARTS as readonly string[]).includes(name));
	if (unknown !== undefined) throw new Failure(`There is no part "${unknown}".`, `Parts: ${PARTS.join(', ')}`);
	return new Set(names as Part[]);
}

function wholeNumber(flag: string, text: string): number {
	const value = Number(text);
	if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
	throw new Failure(`${flag} takes whole numbers from 1 to 1000.`, `For example: npm run bench -- ${flag} 8`);
}
