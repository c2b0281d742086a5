// PATCH as the vendor does it: an array of add/replace/remove on whole top-level fields, names case-sensitive.

import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { badRequest } from '../schema/vendor-errors.ts';

/**
 * Applies operations to a copy of the record and returns it with the names that were written.
 *
 * A path with a slash is accepted and does nothing: the guide warns of this false success.
 *
 * @param fieldNames  the record's top-level fields, in their exact spelling
 */
export function applyPatch(
	record: JsonObject,
	operations: Json,
	fieldNames: ReadonlySet<string>,
): { record: JsonObject; written: string[] } {
	if (!Array.isArray(operations)) {
		throw badRequest('The body of a PATCH must be an array of operations.');
	}
	const result: JsonObject = { ...record };
	const written: string[] = [];
	for (const operation of operations) {
		if (!isObject(operation)) throw badRequest('Each PATCH operation must be an object with op, path and value.');
		const { op, path, value } = operation;
		const verb = typeof op === 'string' ? op.toLowerCase() : '';
		if (verb !== 'add' && verb !== 'replace' && verb !== 'remove') {
			throw badRequest(`PATCH op ${JSON.stringify(op ?? null)} is not supported. Use add, replace or remove.`);
		}
		if (typeof path !== 'string' || path === '') throw badRequest('Each PATCH operation needs a path.');
		if (path.includes('/')) continue;
		if (!fieldNames.has(path)) throw badRequest(`The path '${path}' does not exist.`);
		if (verb !== 'remove' && value === undefined) throw badRequest(`The operation on '${path}' needs a value.`);
		if (path === 'customFields' && verb !== 'remove' && !Array.isArray(value)) {
			throw badRequest('customFields must be given as the whole array.');
		}
		result[path] = verb === 'remove' ? null : (value ?? null);
		written.push(path);
	}
	return { record: result, written };
}
