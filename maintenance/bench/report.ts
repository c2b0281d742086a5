// All that one run has measured; what `results.json` holds.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import type { ColdReport } from './cold.ts';
import type { Comparison } from './compare.ts';
import type { Generator } from './generators.ts';
import type { CallCost } from './rows.ts';
import type { ScaleReport } from './scale.ts';
import type { SizeReport } from './sizes.ts';

export interface Compared {
	comparisons: Comparison[];
	generators: Generator[];
}

export interface Machine {
	cpu: string;
	cores: number;
	node: string;
	workerd: string;
	/** One-minute load averages: above the number of cores, something else was at work too. */
	load_before: number;
	load_after: number;
}

export interface Report extends Compared {
	date: string;
	machine: Machine;
	cold: ColdReport | null;
	sizes: SizeReport | null;
	bill: CallCost[];
	scale: ScaleReport | null;
}

export function describeMachine(loadBefore: number): Machine {
	const workerd = readFileSync(join(PROJECT_ROOT, 'node_modules/workerd/package.json'), 'utf8');
	return {
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: cpus().length,
		node: process.version,
		workerd: (JSON.parse(workerd) as { version: string }).version,
		load_before: loadBefore,
		load_after: loadavg()[0] ?? 0,
	};
}
