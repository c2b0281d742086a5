// The lookup of people, of whom one can be `me`.
import type { IntegrationFile, Lookup } from './format.ts';

/** The lookup of the records of which one can be `me`; null where the integration has none. */
export function ownLookup({ lookups = {} }: IntegrationFile): { name: string; lookup: Lookup } | null {
	const [found] = Object.entries(lookups).filter(([, { me }]) => me !== undefined);
	return found ? { name: found[0], lookup: found[1] } : null;
}
