// `npm run reset`: forgets the local state, so that the next start begins afresh. `--secrets` makes new keys too.
import { existsSync, rmSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { Failure, runScript } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { endOrphanedRuntime, findRunningStart } from './lib/lock.ts';
import { findPlaces } from './lib/places.ts';

const USAGE = {
	command: 'npm run reset',
	summary: 'Clears the local state, so that the next start begins afresh.',
	flags: {
		secrets: { type: 'boolean', default: false, help: 'removes the local keys (.dev.vars) too' },
		'state-dir': { type: 'string', value: '<folder>', help: 'where the local state lies, instead of .wrangler' },
		'root-dir': { type: 'string', value: '<folder>', help: 'the project, if it is not this one' },
	},
} as const;

await runScript(async () => {
	const { flags } = readFlags(USAGE, process.argv.slice(2));
	const places = findPlaces(flags['root-dir'], flags['state-dir']);
	const running = await findRunningStart(places.patchbay);
	if (running) {
		throw new Failure(
			`Patchbay is running on this state, at http://localhost:${running.port} (process ${running.pid}).`,
			'End it with Ctrl-C, then reset.',
		);
	}
	await endOrphanedRuntime(places.patchbay);
	const state = dirname(places.persistence);
	const removed = [state, places.patchbay, ...(flags.secrets ? [places.secrets] : [])].filter((path) =>
		existsSync(path),
	);
	for (const path of removed) rmSync(path, { recursive: true });
	const names = removed.map((path) => relative(process.cwd(), path));
	console.log(names.length > 0 ? `Removed ${names.join(', ')}.` : 'There was no local state.');
	if (!flags.secrets && existsSync(places.secrets))
		console.log('.dev.vars stays; `npm run reset -- --secrets` removes it too.');
});
