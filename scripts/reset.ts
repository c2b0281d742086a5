// `npm run reset`: forgets the local state, so that the next start begins afresh. `--secrets` makes new keys too.
import { existsSync, rmSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runScript } from './lib/failure.ts';
import { endOrphanedRuntime, findRunningStart } from './lib/lock.ts';
import { findPlaces } from './lib/places.ts';

await runScript(async () => {
	const { values: flags } = parseArgs({
		options: {
			secrets: { type: 'boolean', default: false },
			'state-dir': { type: 'string' },
			'root-dir': { type: 'string' },
		},
	});
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
