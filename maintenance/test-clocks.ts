// `npm run test:clocks`: the tests on other dates and in other time zones. What starts processes has the machine's date,
// so on another date only the tests in the Workers runtime and those that start nothing run. Arguments go on to vitest.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Failure, runScript } from '../scripts/lib/failure.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';

/** `TEST_CLOCK` is read by vitest.config.ts: days from today, or the moment at which the run begins. */
const CLOCKS: Record<string, string>[] = [
	{ TEST_CLOCK: '+90d' },
	{ TEST_CLOCK: '2028-02-29T12:00:00Z' },
	// The year ends while the tests run.
	{ TEST_CLOCK: '2026-12-31T23:59:30Z' },
	{ TZ: 'Pacific/Auckland' },
	{ TZ: 'America/St_Johns' },
];

await runScript(async () => {
	const failed: string[] = [];
	for (const clock of CLOCKS) {
		const name = Object.entries(clock).flat().join('=');
		console.log(`\n--- ${name}`);
		const vitest = join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs');
		const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
			cwd: PROJECT_ROOT,
			env: { ...process.env, ...clock },
			stdio: 'inherit',
		});
		const code = await new Promise<number | null>((done) => child.once('close', done));
		if (code !== 0) failed.push(name);
	}
	if (failed.length > 0) throw new Failure(`Tests failed with ${failed.join(' and with ')}.`, 'See above.');
	console.log(`\nThe tests pass with all ${CLOCKS.length} clocks.`);
});
