// The configuration that is deployed: wrangler.toml with the KV namespace's id filled in, as a git-ignored copy.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Unstable_RawConfig } from 'wrangler';
import { experimental_readRawConfig } from 'wrangler';
import { Failure } from './failure.ts';

/** The binding that the Worker's code knows the namespace by. */
const KV_BINDING = 'KV';

export interface DeployConfig {
	raw: Unstable_RawConfig;
	/** The Worker's name, which is the namespace's title too. */
	name: string;
	accountId: string | undefined;
	/** Already written into wrangler.toml, as the "Deploy to Cloudflare" button does. */
	namespaceId: string | undefined;
}

/** @param name  instead of the one in wrangler.toml */
export function readDeployConfig(root: string, name?: string): DeployConfig {
	const path = join(root, 'wrangler.toml');
	const { rawConfig: raw } = experimental_readRawConfig({ config: path });
	if (!raw.name || !raw.main)
		throw new Failure(`${path} names no Worker or no main file.`, 'Restore it: `git checkout wrangler.toml`.');
	const namespace = raw.kv_namespaces?.find((entry: { binding: string }) => entry.binding === KV_BINDING);
	return { raw, name: name ?? raw.name, accountId: raw.account_id, namespaceId: namespace?.id };
}

/** Place of the copy; away from `.wrangler/deploy`, where wrangler looks for redirections of its own. */
export function deployDir(root: string): string {
	return join(root, '.wrangler/patchbay-deploy');
}

/** Many times what the dearest honest request takes. The free plan refuses a limit of one's own. */
const CPU_LIMIT_MS = 10_000;

/**
 * Writes the copy.
 *
 * @param isPaid  the account is on the Workers Paid plan
 * @param crons   of the cron trigger; empty sets none
 * @param main    the Worker's source, where it is not the one in wrangler.toml
 * @returns its path
 */
export function writeDeployConfig(
	root: string,
	config: DeployConfig,
	namespaceId: string,
	{
		isPaid = false,
		crons = config.raw.triggers?.crons ?? [],
		main = config.raw.main ?? '',
	}: { isPaid?: boolean; crons?: string[]; main?: string } = {},
): string {
	const path = join(deployDir(root), 'wrangler.json');
	// Paths in a configuration count from the folder it lies in.
	const moved = (to: string) => (isAbsolute(to) ? to : relative(dirname(path), resolve(root, to)));
	// The build command prepares local runs.
	const { build: _local, ...raw } = config.raw;
	const copy: Unstable_RawConfig = {
		...raw,
		...(isPaid ? { limits: { cpu_ms: CPU_LIMIT_MS } } : {}),
		name: config.name,
		main: moved(main),
		triggers: { crons },
		kv_namespaces: [
			...(raw.kv_namespaces ?? []).filter((entry: { binding: string }) => entry.binding !== KV_BINDING),
			{ binding: KV_BINDING, id: namespaceId },
		],
		...(raw.alias
			? { alias: Object.fromEntries(Object.entries(raw.alias).map(([name, to]) => [name, moved(to)])) }
			: {}),
		...(raw.assets?.directory ? { assets: { ...raw.assets, directory: moved(raw.assets.directory) } } : {}),
	};
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(copy, null, '\t')}\n`);
	return path;
}
