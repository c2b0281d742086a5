// Writes `schemas/`, for editors, and `docs/integration-format.md` from the schemas of the format.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';
import { formatPage, formatSchemas } from './lib/format-reference.ts';

const USAGE = {
	command: 'npm run schemas',
	summary: 'Writes the JSON Schemas of integrations and the page about their format.',
	flags: {},
} as const;

await runScript(async () => {
	readFlags(USAGE, process.argv.slice(2));
	const dir = join(PROJECT_ROOT, 'schemas');
	mkdirSync(dir, { recursive: true });
	for (const [file, text] of Object.entries(formatSchemas())) writeFileSync(join(dir, file), text);
	writeFileSync(join(PROJECT_ROOT, 'docs/integration-format.md'), formatPage());
	console.log('Wrote schemas/ and docs/integration-format.md.');
});
