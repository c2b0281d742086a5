// The boards, companies and the like that the lookups of one call lie within.

import type { Arguments } from '../../integration/arguments.ts';
import type { Operation } from '../../integration/operations.ts';
import { isTextId } from '../../integration/reference-places.ts';
import type { RecordId } from '../../languages/lookup-question.ts';
import { valueAt } from '../../lib/json-path.ts';
import { type NamedReference, scopeArgument, scopesOf } from './lookup-plan.ts';

export interface Scopes {
	operation: Operation;
	args: Arguments;
	/** Ids by argument: what the call gives, and what is found out on the way. */
	ids: Map<string, RecordId>;
	/** Arguments whose names go to the vendor as they are. */
	left: Set<string>;
}

export function scopesOfCall(operation: Operation, args: Arguments): Scopes {
	const ids = Object.entries(args).flatMap(([argument, value]) => {
		// A bare id is one, too.
		const id = typeof value === 'object' ? valueAt(value, 'id') : value;
		const isId = typeof id === 'number' || (typeof id === 'string' && isTextId(id));
		return isId ? [[argument, id] as const] : [];
	});
	return { operation, args, ids: new Map(ids), left: new Set() };
}

/** Ids by scope, of those that are known. */
export function scopeIds(scopes: Scopes, reference: NamedReference): Record<string, RecordId> {
	const known = scopesOf(reference.lookup).map((scope) => [scope, scopeId(scopes, reference, scope)] as const);
	return Object.fromEntries(known.filter((entry): entry is [string, RecordId] => entry[1] !== undefined));
}

function scopeId({ operation, args, ids }: Scopes, reference: NamedReference, scope: string): RecordId | undefined {
	const argument = scopeArgument(reference, scope);
	if (args[argument] !== undefined) return ids.get(argument);
	// The record's own id is one, too: a site of the company that is updated.
	const inPath = args[operation.singular === scope ? 'id' : `${scope}_id`];
	return typeof inPath === 'number' || typeof inPath === 'string' ? inPath : ids.get(argument);
}

/** The arguments that would say a scope and are not given: the record itself may know. */
export function unknownScopes(scopes: Scopes, references: readonly NamedReference[]): string[] {
	const unknown = references.flatMap((reference) =>
		scopesOf(reference.lookup)
			.filter((scope) => scopeId(scopes, reference, scope) === undefined)
			.map((scope) => scopeArgument(reference, scope))
			.filter((argument) => scopes.args[argument] === undefined),
	);
	return [...new Set(unknown)];
}

export function isLeft({ left }: Scopes, reference: NamedReference): boolean {
	return scopesOf(reference.lookup).some((scope) => left.has(scopeArgument(reference, scope)));
}
