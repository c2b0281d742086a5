// Bytes of what is deployed.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { unstable_readConfig as readConfig } from 'wrangler';
import { bundleWorker } from '../../scripts/lib/bundle.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';

/** Sizes of what is deployed, gzip, in KiB. */
export interface SizeReport {
	bundle_kib: number;
	/** The bundle with every JSON file of `integrations/` empty. */
	code_kib: number;
	code_minified_kib: number;
}

const kib = (text: string) => gzipSync(text.replace(/^\/\/# sourceMappingURL=.*$/m, '')).length / 1_024;

export async function measureSizes(): Promise<SizeReport> {
	const entry = join(PROJECT_ROOT, 'workers/index.ts');
	const { alias = {} } = readConfig({ config: join(PROJECT_ROOT, 'wrangler.toml') });
	const [whole, code, minified] = await Promise.all([
		bundleWorker(entry, PROJECT_ROOT, alias),
		bundleCode(entry, alias, false),
		bundleCode(entry, alias, true),
	]);
	return { bundle_kib: kib(whole), code_kib: kib(code), code_minified_kib: kib(minified) };
}

async function bundleCode(entry: string, alias: Record<string, string>, minify: boolean): Promise<string> {
	const result = await build({
		entryPoints: [entry],
		absWorkingDir: PROJECT_ROOT,
		bundle: true,
		write: false,
		format: 'esm',
		target: 'es2024',
		alias,
		conditions: ['workerd', 'worker', 'browser'],
		external: ['cloudflare:*', 'node:*'],
		define: { 'process.env.NODE_ENV': '"production"' },
		loader: { '.txt': 'text', '.html': 'text' },
		minify,
		logLevel: 'silent',
		plugins: [
			{
				name: 'no-data',
				setup: ({ onLoad }) =>
					onLoad({ filter: /integrations\/.*\.json$/ }, () => ({ contents: '{}', loader: 'json' })),
			},
		],
	});
	return result.outputFiles[0]?.text ?? '';
}
