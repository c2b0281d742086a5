// The members of a checked input that were given.
import type { ServerConfig } from '../contracts/records.ts';

/** Null in a patch takes a filter away. */
export function withoutUndefined<T extends object>(
	value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } & ServerConfig {
	const kept = Object.entries(value).filter(
		([key, member]) => member !== undefined && (member !== null || key === 'expires_at'),
	);
	return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> } & ServerConfig;
}

/** The members that were given. */
export function definedMembers<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	const entries = Object.entries(value).filter(([, member]) => member !== undefined);
	return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
