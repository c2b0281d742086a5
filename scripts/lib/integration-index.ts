// index.json of each integration: what every documented method is called and tagged, so that a server loads only the
// modules that its filter leaves something of.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentationFileSchema, integrationFileSchema, resourcesFileSchema } from '../../workers/compiler/format.ts';
import { indexOf } from '../../workers/compiler/operations.ts';
import { readFolder } from './check-integrations.ts';
import { jsonLines } from './json-lines.ts';

/**
 * Writes the index of every folder that is sound; what is not is left to the check, which says why.
 *
 * @returns the names of the folders whose index was written
 */
export function writeIndexes(dir: string): string[] {
	return readdirSync(dir, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name }) => {
			const text = indexText(join(dir, name));
			const path = join(dir, name, 'index.json');
			if (text === null || (existsSync(path) && readFileSync(path, 'utf8') === text)) return [];
			writeFileSync(path, text);
			return [name];
		});
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
