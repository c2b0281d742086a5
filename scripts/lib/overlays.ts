// The overlays of this installation: `overlays/<name>/<integration>.json`, or below PATCHBAY_OVERLAYS. They are checked
// like integrations and packed into the bundle.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { checkOverlay } from '../../maintenance/lib/check-overlay.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { parseJson } from '../../workers/lib/parse-json.ts';
import { readFolder } from './check-integrations.ts';
import { faultLine, syntaxFaults } from './fault-lines.ts';

const OVERLAYS_VARIABLE = 'PATCHBAY_OVERLAYS';

/** Every overlay by its path, in the order in which they are laid over. */
export function overlayPaths(root: string, env: NodeJS.ProcessEnv = process.env): string[] {
	const dir = env[OVERLAYS_VARIABLE] ? resolve(env[OVERLAYS_VARIABLE]) : join(root, 'overlays');
	if (!existsSync(dir)) return [];
	return readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

/**
 * @param only  the integration whose overlays are checked; absent: all
 * @returns a line per fault
 */
export function checkOverlays(root: string, integrationDirs: readonly string[], only?: string): string[] {
	const paths = overlayPaths(root).filter((path) => only === undefined || basename(path, '.json') === only);
	return paths.flatMap((path) => {
		const said = relative(process.cwd(), path);
		const text = readFileSync(path, 'utf8');
		const broken = syntaxFaults(said, text);
		if (broken.length > 0) return broken;
		const name = basename(path, '.json');
		const dir = integrationDirs.find((one) => basename(one) === name);
		if (!dir)
			return [
				`${said}: there is no integration "${name}".${didYouMean(
					name,
					integrationDirs.map((one) => basename(one)),
				)}`,
			];
		const { $schema: _editor, ...given } = parseJson(text) as Record<string, unknown>;
		const at = basename(path);
		return checkOverlay(at, given, readFolder(dir)).map((fault) => {
			const line = faultLine(join(path, '..'), fault, []);
			return `${relative(process.cwd(), join(path, '..'))}/${line}`;
		});
	});
}

/** Puts the overlays in place of the empty map in `workers/integration/overlays.ts`. */
export function ownOverlays(root: string): Plugin {
	return {
		name: 'own-overlays',
		setup: (build) => {
			build.onLoad({ filter: /workers[\\/]integration[\\/]overlays\.ts$/ }, () => {
				const paths = overlayPaths(root);
				return paths.length === 0 ? null : { contents: overlayModule(paths), loader: 'ts', resolveDir: root };
			});
		},
	};
}

function overlayModule(paths: readonly string[]): string {
	const names = [...new Set(paths.map((path) => basename(path, '.json')))];
	const rows = names.map((name) => {
		const own = paths.filter((path) => basename(path, '.json') === name);
		return `\t[${JSON.stringify(name)}, [${own.map((path) => `() => import(${JSON.stringify(path)})`).join(', ')}]],`;
	});
	return `export const overlays = new Map([\n${rows.join('\n')}\n]);\n`;
}
