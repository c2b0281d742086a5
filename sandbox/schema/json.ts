// The JSON value types the sandbox works with.

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of object keys, or null. */
export function at(value: Json | undefined, ...keys: string[]): Json {
	let current: Json | undefined = value;
	for (const key of keys) {
		if (!isObject(current)) return null;
		current = current[key];
	}
	return current ?? null;
}
