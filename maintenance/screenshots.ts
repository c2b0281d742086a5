// `npm run screenshots`: every page in every state and look that the browser test walks through, as pictures. They lie
// outside the project: they show a simulated vendor's data, and nobody wants them in a commit.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Failure, runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';

const USAGE = {
	command: 'npm run screenshots',
	summary: 'Walks through the dashboard and makes a picture of every page in every state.',
	flags: {
		out: { type: 'string', value: '<folder>', help: 'where the pictures go, outside the project' },
	},
} as const;

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const folder = resolve(flags.out ?? join(tmpdir(), 'patchbay-screenshots'));
	if (!relative(PROJECT_ROOT, folder).startsWith('..'))
		throw new Failure(
			`${folder} lies inside the project.`,
			'Choose another place: npm run screenshots -- --out /tmp/shots',
		);
	const vitest = join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs');
	const child = spawn(process.execPath, [vitest, 'run', '--project', 'browser', 'dashboard.test.ts'], {
		cwd: PROJECT_ROOT,
		env: { ...process.env, SCREENSHOTS: folder },
		stdio: 'inherit',
	});
	const code = await new Promise<number | null>((done) => child.once('close', done));
	console.log(`\nScreenshots  ${folder}`);
	if (code !== 0)
		throw new Failure('The walk through the dashboard failed; the pictures end where it did.', 'See above.');
});
