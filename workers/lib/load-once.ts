// Modules that are loaded when they are first needed, because a cold start would pay for evaluating them.

/**
 * Makes a loader that imports its module at the first call and keeps it.
 *
 * All calls share one promise. Importing bundled code is no I/O, so no request waits for another one's network.
 */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
	let module: Promise<T> | undefined;
	return () => {
		module ??= load();
		return module;
	};
}
