// Writes what is made from schemas: `schemas/`, for editors, and `docs/integration-format.md` from those of the format;
// `dashboard/openapi.json` from those of the management API.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from '../scripts/lib/failure.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';
import { formatPage, formatSchemas } from './lib/format-reference.ts';
import { apiDescription } from './openapi/describe-api.ts';

const USAGE = {
	command: 'npm run schemas',
	summary: 'Writes the JSON Schemas of integrations, the page about their format, and openapi.json.',
	flags: {},
} as const;

await runScript(async () => {
	readFlags(USAGE, process.argv.slice(2));
	const dir = join(PROJECT_ROOT, 'schemas');
	mkdirSync(dir, { recursive: true });
	for (const [file, text] of Object.entries(formatSchemas())) writeFileSync(join(dir, file), text);
	writeFileSync(join(PROJECT_ROOT, 'docs/integration-format.md'), formatPage());
	writeFileSync(join(PROJECT_ROOT, 'dashboard/openapi.json'), apiDescription());
	console.log('Wrote schemas/, docs/integration-format.md and dashboard/openapi.json.');
});
