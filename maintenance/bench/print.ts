// The tables that people read.
import type { Comparison } from './compare.ts';
import type { Sample } from './measure.ts';

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

const figures = (sample: Sample) => COLUMNS.map(([member]) => rounded(sample[member]));
const factors = (sample: Sample) => [
	rounded(sample.rps),
	...COLUMNS.slice(1).map(([member]) => `${rounded(sample[member])}x`),
];

/** Each rival's own figures, and Patchbay's divided by them. */
export function printComparisons(title: string, comparisons: readonly Comparison[]): void {
	const rows = comparisons.flatMap(({ message, era, connections, patchbay, rivals }) => [
		[`${message}, ${era}, ${connections} connections`, ...figures(patchbay), '', '', '', ''],
		...Object.entries(rivals).map(([name, { figures: own, ratio }]) => [
			`  ${name}`,
			...figures(own),
			...factors(ratio),
		]),
	]);
	const names = COLUMNS.map(([, name]) => name);
	printTable(title, ['', ...names, 'Patchbay:', 'p50', 'p99', 'CPU'], rows);
}
