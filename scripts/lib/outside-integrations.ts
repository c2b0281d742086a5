// Integrations that lie outside the checkout, so that an own vendor needs no fork: PATCHBAY_INTEGRATIONS names the folder
// above them. They are checked like the shipped ones and packed into the bundle.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { Failure } from './failure.ts';

export const INTEGRATIONS_VARIABLE = 'PATCHBAY_INTEGRATIONS';

/** @returns the folder, absolute, or null where the variable is not set */
export function outsideDir(env: NodeJS.ProcessEnv = process.env): string | null {
	const named = env[INTEGRATIONS_VARIABLE];
	if (!named) return null;
	const dir = resolve(named);
	if (existsSync(dir) && statSync(dir).isDirectory()) return dir;
	throw new Failure(
		`${INTEGRATIONS_VARIABLE} names ${dir}, which is no folder.`,
		'Name the folder that holds the folders of your integrations, or unset the variable.',
	);
}

/** The folders of integrations below one. */
export function integrationDirs(parent: string): string[] {
	return readdirSync(parent, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && existsSync(join(parent, entry.name, 'integration.json')))
		.map(({ name }) => join(parent, name));
}

/** Puts the outside folders in place of the empty map in `workers/integration/outside-folders.ts`. */
export function outsideIntegrations(dir: string | null): Plugin {
	return {
		name: 'outside-integrations',
		setup: (build) => {
			if (dir === null) return;
			build.onLoad({ filter: /workers[\\/]integration[\\/]outside-folders\.ts$/ }, () => ({
				contents: folderModule(dir),
				loader: 'ts',
				resolveDir: dir,
				watchDirs: integrationDirs(dir),
			}));
		},
	};
}

/** @returns the source of the module */
function folderModule(dir: string): string {
	const folders = integrationDirs(dir).map((folder) => {
		const files = jsonFilesBelow(folder).map((path) => {
			const name = relative(folder, path).split(sep).join('/');
			return `\t\t${JSON.stringify(name)}: () => import(${JSON.stringify(path)}),`;
		});
		return `\t[${JSON.stringify(relative(dir, folder))}, {\n${files.join('\n')}\n\t}],`;
	});
	return `export const outsideFolders = new Map([\n${folders.join('\n')}\n]);\n`;
}

export function jsonFilesBelow(dir: string): string[] {
	return readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
		.map((entry) => join(entry.parentPath, entry.name));
}
