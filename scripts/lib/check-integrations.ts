// Reads every folder below integrations/ and checks it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { checkIntegration, type IntegrationFolder } from '../../maintenance/check-integration.ts';
import { valueAt } from '../../workers/lib/json-path.ts';
import { parseJson } from '../../workers/lib/parse-json.ts';
import { faultLine, syntaxFaults } from './fault-lines.ts';
import { jsonFilesBelow } from './outside-integrations.ts';

/** Checks every folder below one, or below several: no two may share their names. @returns a line per fault */
export function checkIntegrations(...parents: string[]): string[] {
	const dirs = parents.flatMap((parent) =>
		readdirSync(parent, { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => join(parent, name)),
	);
	return [...dirs.flatMap((dir) => checkFolder(dir).map((line) => `${basename(dir)}: ${line}`)), ...sharedNames(dirs)];
}

/** @returns a line per fault of one folder, with file and line number */
export function checkFolder(dir: string): string[] {
	const broken = jsonFilesBelow(dir).flatMap((path) => syntaxFaults(relative(dir, path), readFileSync(path, 'utf8')));
	if (broken.length > 0) return broken;
	if (!existsSync(join(dir, 'integration.json'))) return ['integration.json is missing'];
	const folder = readFolder(dir);
	const modules = Object.keys(folder.modules);
	return [...new Set(checkIntegration(folder).map((fault) => faultLine(dir, fault, modules)))];
}

/** Separators: they distinguish ids of servers and names of tools. */
export function sharedNames(dirs: readonly string[]): string[] {
	const owners = new Map<string, string>();
	return dirs.flatMap((dir) => {
		if (!existsSync(join(dir, 'integration.json'))) return [];
		const file = parseJson(readFileSync(join(dir, 'integration.json'), 'utf8'));
		const [short, infix] = [valueAt(file, 'short'), valueAt(file, 'infix')];
		return Object.entries({ name: basename(dir), short, infix }).flatMap(([member, value]) => {
			const key = `${member} ${String(value)}`;
			const other = owners.get(key);
			owners.set(key, other ?? basename(dir));
			if (other === undefined || typeof value !== 'string') return [];
			return [`${basename(dir)}: integration.json: ${member} "${value}" is that of ${other} too`];
		});
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
		return withoutSchema(JSON.parse(readFileSync(path, 'utf8')));
	} catch (error) {
		throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/** Editors read `$schema`; nobody else does. */
function withoutSchema(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	const { $schema: _editor, ...rest } = value as Record<string, unknown>;
	return rest;
}
