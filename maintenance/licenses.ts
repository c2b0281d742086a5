// `npm run licenses`: what the lock file brings, under which licence, and whether it is deployed.

import { runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { readLock } from '../scripts/lib/lock-file.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';

const USAGE = {
	command: 'npm run licenses',
	summary: 'Lists every installed package with its licence, and says which are deployed.',
	flags: {},
} as const;

await runScript(async () => {
	readFlags(USAGE, process.argv.slice(2));
	const packages = readLock(PROJECT_ROOT);
	const rows = packages.map(({ name, version, license, isDeployed }) => ({
		package: `${name} ${version}`,
		license,
		use: isDeployed ? 'deployed' : 'development',
	}));
	for (const { package: what, license, use } of rows.sort((a, b) => a.use.localeCompare(b.use)))
		console.log(`${use.padEnd(12)} ${license.padEnd(36)} ${what}`);
});
