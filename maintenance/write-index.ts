// Brings integrations/<name>/index.json up to date. Start and deploy do the same.
import { join } from 'node:path';
import { runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { writeIndexes } from '../scripts/lib/integration-index.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';

const USAGE = {
	command: 'npm run index',
	summary: 'Brings the index of every integration up to date. Start and deploy do the same.',
	flags: {},
} as const;

await runScript(async () => {
	readFlags(USAGE, process.argv.slice(2));
	const written = writeIndexes(join(PROJECT_ROOT, 'integrations'));
	console.log(written.length > 0 ? `Wrote the index of ${written.join(', ')}.` : 'Every index is up to date.');
});
