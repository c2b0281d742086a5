// Reads every folder below integrations/ and checks it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkIntegration, type IntegrationFolder } from '../../maintenance/check-integration.ts';

/** @returns a line per fault, beginning with the folder's name */
export function checkIntegrations(dir: string): string[] {
	return readdirSync(dir, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name }) => {
			try {
				return checkIntegration(readFolder(join(dir, name))).map(({ path, message }) => `${name}: ${path}: ${message}`);
			} catch (error) {
				return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
			}
		});
}

export function readFolder(dir: string): IntegrationFolder {
	const modules: IntegrationFolder['modules'] = {};
	for (const kind of ['resources', 'documentation'] as const) {
		const folder = join(dir, kind);
		for (const file of existsSync(folder) ? readdirSync(folder) : []) {
			const module = basename(file, '.json');
			modules[module] = {
				resources: undefined,
				documentation: undefined,
				...modules[module],
				[kind]: readJson(join(folder, file)),
			};
		}
	}
	const optional = ['index', 'prompts', 'guides', 'words', 'jobs', 'time-zones'].filter((name) =>
		existsSync(join(dir, `${name}.json`)),
	);
	return {
		name: basename(dir),
		integration: readJson(join(dir, 'integration.json')),
		modules,
		...Object.fromEntries(optional.map((name) => [name, readJson(join(dir, `${name}.json`))])),
	};
}

function readJson(path: string): unknown {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch (error) {
		throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
	}
}
