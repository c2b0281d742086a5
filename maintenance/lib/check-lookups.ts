// Checks that every reference that may be given by name is looked up in one way.
import { lookupOf, requiredScopes, scopeArgument } from '../../workers/calls/names/lookup-plan.ts';
import type { Integration, Operation } from '../../workers/integration/operations.ts';
import { referenceKey } from '../../workers/integration/reference-places.ts';
import type { Fault } from '../../workers/lib/errors.ts';

/** Each kind of reference is found in one way, and each difference is used. */
export function checkLookups(integration: Integration, faults: Fault[]): void {
	const { file, operations } = integration;
	const owners = new Map<string, string>();
	for (const [name, { finds = [] }] of Object.entries(file.lookups ?? {})) {
		for (const kind of finds) {
			const other = owners.get(kind) ?? (file.no_lookup?.[kind] === undefined ? undefined : 'no_lookup');
			if (other)
				faults.push({ path: `integration.json lookups.${name}`, message: `"${kind}" stands under ${other} too` });
			owners.set(kind, name);
		}
	}
	for (const { resource, resourceDocumentation } of new Map(operations.map((one) => [one.resource, one])).values()) {
		const { not_settable = {}, not_clearable = [] } = resourceDocumentation;
		const known = operations.flatMap((one) => (one.resource === resource ? one.fieldNames : []));
		for (const name of [...Object.keys(not_settable), ...not_clearable])
			if (!known.includes(name)) faults.push({ path: resource, message: `"${name}" is no field of its records` });
		for (const [field, own] of Object.entries(resourceDocumentation.references ?? {})) {
			const say = (message: string) => faults.push({ path: `${resource} references.${field}`, message });
			const lookup = typeof own === 'string' ? own : 'lookup' in own ? own.lookup : undefined;
			if (lookup !== undefined && !file.lookups?.[lookup]) say(`"${lookup}" is no lookup of integration.json`);
			const argument = field.split('/')[0] ?? '';
			if (!operations.some((one) => one.resource === resource && one.documentation.body?.includes(argument)))
				say('is in the body of no documented method');
		}
	}
}

/** Every reference that may be given by name is looked up, or someone says why not. */
export function checkReferences(integration: Integration, operation: Operation, say: (message: string) => void): void {
	const { file, byResource } = integration;
	if (!file.lookups) return;
	const { references: differences = {} } = operation.resourceDocumentation;
	const current = operation.kind === 'create' ? undefined : byResource.get(`${operation.resource}.get`);
	for (const [argument, { references = [] }] of operation.places) {
		for (const place of references) {
			const key = referenceKey(argument, place);
			const found = lookupOf(integration, operation, argument, place);
			const own = differences[key];
			const isExplained =
				(typeof own === 'object' && 'no_lookup' in own) || Object.hasOwn(file.no_lookup ?? {}, place.target ?? '');
			if (!found && !isExplained && place.keys.some((one) => one !== 'id'))
				say(`"${key}" names a ${place.target ?? 'record'}, which has neither a lookup nor a reason under no_lookup`);
			for (const scope of found ? requiredScopes(found.lookup) : []) {
				const said = scopeArgument(found ?? { scopes: {} }, scope);
				const isKnown =
					operation.places.has(said) ||
					operation.places.has(operation.singular === scope ? 'id' : `${scope}_id`) ||
					current?.fieldNames.includes(said);
				if (!isKnown) say(`"${key}" lies within one ${scope}, which no argument says: give its scope or no_lookup`);
			}
		}
	}
}
