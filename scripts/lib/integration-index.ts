// index.json of each integration: what every documented method is called and tagged, so that a server loads only the
// modules that its filter leaves something of. And index.json of the folder above: which integrations there are.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	documentationFileSchema,
	integrationFileSchema,
	resourcesFileSchema,
} from '../../workers/integration/format.ts';
import { indexOf } from '../../workers/integration/head.ts';
import { readFolder } from './check-integrations.ts';
import { jsonLines } from './json-lines.ts';

/**
 * Writes the index of every folder that is sound, and the list of the folders; what is not sound is left to the check,
 * which says why.
 *
 * @returns the names of what was written
 */
export function writeIndexes(dir: string): string[] {
	const names = readdirSync(dir, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort();
	const written = names.filter((name) => {
		const text = indexText(join(dir, name));
		return text !== null && writeIfOther(join(dir, name, 'index.json'), text);
	});
	const isListNew = writeIfOther(join(dir, 'index.json'), `${JSON.stringify(names)}\n`);
	return isListNew ? [...written, 'integrations'] : written;
}

/** @returns whether it had to be written */
function writeIfOther(path: string, text: string): boolean {
	if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
	writeFileSync(path, text);
	return true;
}

function indexText(dir: string): string | null {
	try {
		const folder = readFolder(dir);
		const { modules } = integrationFileSchema.parse(folder.integration);
		const index = indexOf(
			modules.map((module) => ({
				module,
				resources: resourcesFileSchema.parse(folder.modules[module]?.resources),
				documentation: documentationFileSchema.parse(folder.modules[module]?.documentation),
			})),
		);
		return `${jsonLines(index, 2)}\n`;
	} catch {
		return null;
	}
}
