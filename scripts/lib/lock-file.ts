// package-lock.json, as far as the licences and origins of packages go.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LockedPackage {
	name: string;
	version: string;
	/** SPDX expression, or what the package says instead. */
	license: string;
	/** Part of the Worker; otherwise a tool of development. */
	isDeployed: boolean;
	runsScripts: boolean;
	/** Subresource integrity: the hash that `npm ci` compares. */
	integrity: string | null;
}

interface LockEntry {
	version?: string;
	license?: string;
	dev?: boolean;
	devOptional?: boolean;
	hasInstallScript?: boolean;
	integrity?: string;
}

export function readLock(root: string): LockedPackage[] {
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
		packages: Record<string, LockEntry>;
	};
	return Object.entries(lock.packages)
		.filter(([path]) => path !== '')
		.map(([path, entry]) => ({
			name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
			version: entry.version ?? '',
			license: entry.license ?? 'none',
			isDeployed: !entry.dev && !entry.devOptional,
			runsScripts: entry.hasInstallScript === true,
			integrity: entry.integrity ?? null,
		}));
}
