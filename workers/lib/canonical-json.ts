// One text for one value, whatever the order in which its members came.
import { isObject } from './is-object.ts';

/** JSON with the members of every object in order of their names. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_, member: unknown) =>
		isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
	);
}
