// Worker source → one JavaScript module, with the settings that wrangler bundles with.
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { type BuildFailure, build, type Loader } from 'esbuild';
import { Failure } from './failure.ts';
import { outsideDir, outsideIntegrations } from './outside-integrations.ts';
import { ownOverlays } from './overlays.ts';

/** Files that wrangler imports as text or bytes without being told. Source: wrangler docs, "Bundling", "Including non-JavaScript modules". */
const LOADERS: Record<string, Loader> = { '.txt': 'text', '.html': 'text', '.sql': 'text', '.bin': 'binary' };

/**
 * Bundles a Worker.
 *
 * @param entry    the Worker's main file, absolute
 * @param aliases  modules that others stand for, as the Worker's wrangler.toml has them; relative to the root
 * @returns an ES module's source, with an inline source map
 * @throws Failure with esbuild's own messages when the source does not bundle
 */
export async function bundleWorker(entry: string, root: string, aliases: Record<string, string> = {}): Promise<string> {
	if (!isAbsolute(entry) || !existsSync(entry)) {
		throw new Failure(`There is no Worker at ${entry}.`, 'Is the checkout complete? `git status` tells.');
	}
	try {
		const result = await build({
			entryPoints: [entry],
			absWorkingDir: root,
			bundle: true,
			write: false,
			format: 'esm',
			target: 'es2024',
			minify: true,
			alias: aliases,
			conditions: ['workerd', 'worker', 'browser'],
			external: ['cloudflare:*', 'node:*'],
			define: { 'process.env.NODE_ENV': '"production"', 'navigator.userAgent': '"Cloudflare-Workers"' },
			loader: LOADERS,
			sourcemap: 'inline',
			sourcesContent: false,
			plugins: [outsideIntegrations(outsideDir()), ownOverlays(root)],
			outfile: join(root, '.wrangler/tmp', `${basename(entry)}.js`),
			logLevel: 'silent',
		});
		return result.outputFiles[0]?.text ?? '';
	} catch (error) {
		const faults = (error as BuildFailure).errors ?? [];
		if (faults.length === 0) throw error;
		const lines = faults.slice(0, 5).map(({ location, text }) => {
			return location ? `  ${location.file}:${location.line}:${location.column}: ${text}` : `  ${text}`;
		});
		throw new Failure(`The Worker does not bundle:\n${lines.join('\n')}`, 'Correct the source and start again.', {
			cause: error,
		});
	}
}
