// The tables that people read.
import type { ColdReport } from './cold.ts';
import type { Comparison } from './compare.ts';
import type { Figures } from './measure.ts';
import { PRICES } from './prices.ts';
import type { CallCost } from './rows.ts';
import type { ScaleReport } from './scale.ts';
import type { SizeReport } from './sizes.ts';

const COLUMNS = [
	['rps', 'requests/s'],
	['p50_ms', 'p50 ms'],
	['p99_ms', 'p99 ms'],
	['cpu_us', 'CPU us'],
] as const;

export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
	const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ');
	console.log(`\n${title}\n`);
	for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows]) console.log(line(row).trimEnd());
}

export function rounded(value: number | null): string {
	if (value === null || !Number.isFinite(value)) return '?';
	return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const figures = (sample: Figures) => COLUMNS.map(([member]) => rounded(sample[member]));
const factors = (sample: Figures) => [
	rounded(sample.rps),
	...COLUMNS.slice(1).map(([member]) => `${rounded(sample[member])}x`),
];

/** Each rival's own figures, and Patchbay's divided by them. */
export function printComparisons(comparisons: readonly Comparison[]): void {
	const rows = comparisons.flatMap(({ message, era, connections, patchbay, rivals }) => [
		[`${message}, ${era}, ${connections} connections`, ...figures(patchbay), '', '', '', ''],
		...Object.entries(rivals).map(([name, { figures: own, ratio }]) => [
			`  ${name}`,
			...figures(own),
			...factors(ratio),
		]),
	]);
	const names = COLUMNS.map(([, name]) => name);
	const title = "messages; on a rival's row, the last four: Patchbay divided by it";
	printTable(title, ['', ...names, 'requests/s', 'p50', 'p99', 'CPU'], rows);
}

/** Prints the use of one call, and the cost of a million of them. */
export function printBill(costs: readonly CallCost[]): void {
	const rows = costs.map(({ message, pace, use, usd_per_million, free_calls_per_day, free_plan_ended_by }) => [
		`${message}, ${pace}`,
		...[use.rows_read, use.rows_written, use.object_requests, use.kv_reads, use.cpu_ms, usd_per_million].map(rounded),
		`${free_calls_per_day} (${free_plan_ended_by})`,
	]);
	const head = ['rows read', 'written', 'object requests', 'KV reads', 'CPU ms', 'USD per million', 'free plan, a day'];
	printTable(`per call; prices of ${PRICES.read_on}`, ['', ...head], rows);
}

/** CPU time of a start and of the first message of an isolate. */
export function printCold({ starts, start_up, first }: ColdReport): void {
	const rows = [
		['start-up', rounded(start_up.patchbay_ms), rounded(start_up.empty_ms), rounded(start_up.beyond_ms), ''],
		...first.map(({ message, patchbay_ms, empty_ms, beyond_ms, second_ms }) => [
			message,
			...[patchbay_ms, empty_ms, beyond_ms].map(rounded),
			second_ms === null ? '' : rounded(second_ms),
		]),
	];
	const title = `first message of an isolate, CPU ms of the process, medians of ${starts} starts`;
	printTable(title, ['', 'Patchbay', 'empty Worker', 'beyond it', 'the next message'], rows);
}

export function printSizes({ bundle_kib, code_kib, code_minified_kib }: SizeReport): void {
	const rows = [
		['bundle', rounded(bundle_kib)],
		['code without integration data', rounded(code_kib)],
		['the same, minified', rounded(code_minified_kib)],
	];
	printTable('size, gzip', ['', 'KiB'], rows);
}

/** Many servers, each called once and once more. */
export function printScale({ accounts, servers, first_call, second_call, ...made }: ScaleReport): void {
	const rows = [['first call', first_call] as const, ['second call', second_call] as const].map(
		([name, { rps, p99_ms, directory_requests, use, usd_per_million }]) => [
			name,
			...[rps, p99_ms, directory_requests, use.kv_reads, use.object_requests, use.rows_read, use.rows_written].map(
				rounded,
			),
			...[use.cpu_ms, usd_per_million].map(rounded),
		],
	);
	const head = [
		'calls/s',
		'p99 ms',
		'directory requests',
		'KV reads',
		'object requests',
		'rows read',
		'written',
		'CPU ms',
	];
	const rate = `${rounded(made.made_per_second)} accounts a second`;
	const asked = `${rounded(made.directory_requests_per_account)} requests to the directory each`;
	const title = `${accounts} accounts, ${servers} servers, made at ${rate} with ${asked}; each server called once, per call`;
	printTable(title, ['', ...head, 'USD per million'], rows);
}
