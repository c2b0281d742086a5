// Slash paths into a vendor's JSON, e.g. `company/name`.
import { isObject } from './is-object.ts';

/** @returns undefined when a step is missing; the value itself for the empty path */
export function valueAt(value: unknown, path: string): unknown {
	let found: unknown = value;
	for (const step of path === '' ? [] : path.split('/')) {
		if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
		found = (found as Record<string, unknown>)[step];
	}
	return found;
}

/** The only element of an array, in a path that something is set at. */
const ELEMENT = '[]';

/** A copy with the value at a path; what lies on the way is made, and what stands there beside it stays. */
export function withValueAt(target: unknown, path: readonly string[], value: unknown): unknown {
	const [step, ...rest] = path;
	if (step === undefined) return value;
	if (step === ELEMENT) {
		const [first, ...others] = Array.isArray(target) ? (target as unknown[]) : [];
		return [withValueAt(first, rest, value), ...others];
	}
	const members = isObject(target) ? target : {};
	const inner = Object.hasOwn(members, step) ? (members as Record<string, unknown>)[step] : undefined;
	return { ...members, [step]: withValueAt(inner, rest, value) };
}
