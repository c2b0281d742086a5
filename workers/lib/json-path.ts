// Slash paths into a vendor's JSON, e.g. `company/name`.

/** @returns undefined when a step is missing; the value itself for the empty path */
export function valueAt(value: unknown, path: string): unknown {
	let found: unknown = value;
	for (const step of path === '' ? [] : path.split('/')) {
		if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
		found = (found as Record<string, unknown>)[step];
	}
	return found;
}
