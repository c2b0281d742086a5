import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Every run tries other cases; `FUZZ_SEED=… npx vitest run test/workers/fuzz` tries the same again. */
const fuzzSeed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** No test is judged by how busy the machine is: these limits only end a run that hangs. */
const LIMITS = { testTimeout: 300_000, hookTimeout: 300_000, teardownTimeout: 60_000 };

/** Test files with a long form. `npm run test:long` runs that one, `npm test` a short form. */
const LONG = ['test/workers/fuzz', 'test/workers/jobs/measure.test.ts', 'test/deploy', 'test/node/load.test.ts'];

/** Parses `TEST_CLOCK`: `+90d`, or the moment at which the run begins. @returns its distance from now */
function clockShiftMs(clock: string | undefined): number {
	if (!clock) return 0;
	const days = /^\+(\d+)d$/.exec(clock)?.[1];
	const shiftMs = days ? Number(days) * 86_400_000 : Date.parse(clock) - Date.now();
	if (Number.isNaN(shiftMs)) throw new Error(`TEST_CLOCK is "+90d" or a date with a time, not "${clock}".`);
	return shiftMs;
}

/** Matches test files that use the machine's own clock, which no set-up file moves. */
const STARTS_PROCESSES = /startForTests|startPatchbay|node:child_process|from 'miniflare'/;

// Two places to run: inside the Workers runtime, and in node for what starts whole processes or simulated vendors.
export default defineConfig(({ mode }) => {
	const runs = mode === 'long' ? 'long' : 'short';
	const kindsTable = Boolean(process.env.KINDS_TABLE);
	const provide = { fuzzSeed, runs, clockShiftMs: clockShiftMs(process.env.TEST_CLOCK), kindsTable } as const;
	/** The files of a project, of which a long run takes those that have a long form. */
	const include = (...folders: string[]) => {
		const all = folders.map((folder) => `test/${folder}/**/*.test.ts`);
		if (provide.clockShiftMs !== 0)
			return globSync(all).filter((path) => !STARTS_PROCESSES.test(readFileSync(path, 'utf8')));
		if (runs === 'short') return all;
		const long = LONG.filter((path) => folders.some((folder) => path.startsWith(`test/${folder}`)));
		return long.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`));
	};
	return {
		test: {
			// Vitest would leave one of two cores idle.
			maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
			projects: [
				{
					plugins: [
						cloudflareTest({
							wrangler: { configPath: './wrangler.toml' },
							miniflare: {
								bindings: {
									TOKEN_KEY: 'dGVzdC10b2tlbi1rZXktdGVzdC10b2tlbi1rZXktMDE=',
									ENCRYPTION_KEY: 'dGVzdC1lbmNyeXB0aW9uLWtleS10ZXN0LWVuYy1rZXk=',
									LOCAL: 'true',
								},
							},
						}),
					],
					test: {
						...LIMITS,
						name: 'workers',
						include: include('workers'),
						provide,
						// One runtime serves many files, one after another: each begins with empty storage.
						isolate: false,
						setupFiles: ['test/shift-clock.ts', 'test/workers/begin-empty.ts'],
					},
				},
				{
					test: {
						...LIMITS,
						name: 'node',
						include: include('node', 'sandbox', 'start', 'deploy'),
						provide,
						setupFiles: ['test/shift-clock.ts'],
						// Loading wrangler and miniflare costs more than most files' tests.
						isolate: false,
					},
				},
				{
					// One browser and one Patchbay, walked through from sign-in to sign-out.
					test: { ...LIMITS, name: 'browser', include: include('browser'), provide },
				},
			],
		},
	};
});
