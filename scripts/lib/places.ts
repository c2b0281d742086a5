// Paths on this machine. Everything local is below `.wrangler/`, which git ignores, except `.dev.vars`.
import { join, resolve } from 'node:path';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

/** Compiled JavaScript of the large tools that the scripts load, kept from one run to the next. */
export const COMPILE_CACHE = join(PROJECT_ROOT, 'node_modules/.cache/patchbay');

export interface Places {
	root: string;
	/** The Worker's configuration, the one `npx wrangler dev` reads. */
	config: string;
	sandboxConfig: string;
	/** Secrets of a local run, in the format and place `npx wrangler dev` reads. */
	secrets: string;
	/** KV and Durable Objects; `npx wrangler dev` keeps its own in `.wrangler/state/v3` too. */
	persistence: string;
	/** State that only these scripts need: the demo server's token and the lock of a running start. */
	patchbay: string;
	seeds: string;
}

/** @param stateDir  instead of `.wrangler`; then the secrets lie in it as well, so that a test leaves the project alone */
export function findPlaces(root: string = PROJECT_ROOT, stateDir?: string): Places {
	const state = stateDir ? resolve(stateDir) : join(root, '.wrangler');
	return {
		root,
		config: join(root, 'wrangler.toml'),
		sandboxConfig: join(root, 'sandbox/wrangler.toml'),
		secrets: join(stateDir ? state : root, '.dev.vars'),
		persistence: join(state, 'state/v3'),
		patchbay: join(state, 'patchbay'),
		seeds: join(root, 'kv-seed'),
	};
}
