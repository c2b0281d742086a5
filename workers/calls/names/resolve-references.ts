// Names → ids before a write, as the vendor scopes them: each reference asked for once, side by side.

import { MAX_TEXT } from '../../conditions/compile.ts';
import { type ArgumentPlace, type Arguments, CLEAR } from '../../integration/arguments.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { mapReferences } from '../../integration/reference-places.ts';
import type { RecordId } from '../../languages/lookup-question.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { withQuery } from '../../lib/query-string.ts';
import { isNobodyWord } from '../../lib/said-words.ts';
import { fillTemplate } from '../../lib/template.ts';
import { recordIn } from '../../vendor/answer-shape.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';
import { findRecord, type Outcome } from './find-record.ts';
import { type NamedReference, namedReferences, requiredScopes, scopeArgument, scopesOf } from './lookup-plan.ts';
import { isLeft, type Scopes, scopeIds, scopesOfCall, unknownScopes } from './scopes.ts';

export interface Resolution {
	args: Arguments;
	/** Resolved names, for the answer, by the reference's path. */
	resolved: Record<string, { id: RecordId; name: string }>;
}

/**
 * @param known  references that were resolved before, such as `me`: their ids need not look like ids
 * @returns the same arguments when every reference goes by id: then nothing is asked
 */
export async function resolveReferences(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
	{ places, known = {} }: { places?: readonly ArgumentPlace['in'][]; known?: Resolution['resolved'] } = {},
): Promise<Resolution | Unresolved> {
	const wanted = namedReferences(integration, operation, args, places).filter(
		({ field, text }) => String(known[field]?.id) !== text,
	);
	if (wanted.length === 0) return { args, resolved: {} };
	const scopes = scopesOfCall(operation, args);
	const current = await currentScopes(integration, operation, args, unknownScopes(scopes, wanted), ask);
	if ('answer' in current) return current;
	for (const [argument, id] of Object.entries(current.ids)) scopes.ids.set(argument, id);
	const resolved: Resolution['resolved'] = {};
	let changed = args;
	// Those that others depend on (the board of a status) go first; each wave is asked side by side.
	let waiting = wanted;
	while (waiting.length > 0) {
		const pending = new Set(waiting.map(({ argument }) => argument));
		const ready = waiting.filter(
			(reference) => !scopesOf(reference.lookup).some((scope) => pending.has(scopeArgument(reference, scope))),
		);
		const wave = ready.length > 0 ? ready : waiting;
		const outcomes = await Promise.all(wave.map((reference) => resolveOne(integration.file, reference, scopes, ask)));
		for (const outcome of outcomes) if ('answer' in outcome) return outcome;
		const faults: Fault[] = [];
		for (const [index, outcome] of outcomes.entries()) {
			const { field, argument, steps, isBare } = wave[index] as NamedReference;
			if ('fault' in outcome)
				faults.push({ path: field, message: emptying(operation, wave[index] as NamedReference) ?? outcome.fault });
			else if ('id' in outcome) {
				const { id } = outcome;
				resolved[field] = outcome;
				if (steps.length === 0) scopes.ids.set(argument, id);
				const value = mapReferences(changed[argument], steps, argument, (one, at) =>
					at === field ? (isBare ? id : { id }) : one,
				);
				changed = { ...changed, [argument]: value };
			} else if (steps.length === 0) scopes.left.add(argument);
		}
		if (faults.length > 0) return { faults };
		waiting = waiting.filter((reference) => !wave.includes(reference));
	}
	return { args: changed, resolved };
}

/** The way to write that there is none of something; null for a name. */
function emptying({ places, kind }: Operation, { argument, steps, text }: NamedReference): string | null {
	if (places.get(argument)?.in !== 'body' || steps.length > 0 || !isNobodyWord(text)) return null;
	const isKept = places.get(argument)?.kept !== undefined;
	if (kind !== 'update') return `"${text}" is no name: for none, leave ${argument} out`;
	if (isKept || !places.has(CLEAR))
		return `"${text}" is no name, and the field cannot be emptied: leave ${argument} out`;
	return `"${text}" is no name: to empty the field, leave ${argument} out and give ${CLEAR}: ["${argument}"]`;
}

/** Reads the board or company that the record has now, for an update that does not set it. */
async function currentScopes(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	unknown: readonly string[],
	ask: Ask,
): Promise<{ ids: Record<string, RecordId> } | { answer: UpstreamAnswer }> {
	const get = integration.byResource.get(`${operation.resource}.get`);
	const fields = unknown.filter((field) => get?.fieldNames.includes(field));
	if (operation.kind === 'create' || args.id === undefined || !get || fields.length === 0) return { ids: {} };
	const path = fillTemplate(get.fact.path, (name) => encodeURIComponent(String(args[name])));
	const isBare = (field: string) => operation.places.get(field)?.references?.[0]?.bare !== undefined;
	const asked = fields.map((field) => (isBare(field) ? field : `${field}/id`)).join(',');
	const parameter = integration.file.list.fields_parameter;
	const answer = await ask({ path: parameter === undefined ? path : withQuery(path, [[parameter, asked]]) });
	const record = recordIn(integration.file, get.fact, readAnswer(answer));
	if (typeof record !== 'object' || record === null) return { answer };
	return {
		ids: Object.fromEntries(
			fields.flatMap((field) => {
				const id = valueAt(record, isBare(field) ? field : `${field}/id`);
				return typeof id === 'number' || (typeof id === 'string' && id !== '') ? [[field, id]] : [];
			}),
		),
	};
}

async function resolveOne(
	file: IntegrationFile,
	reference: NamedReference,
	scopes: Scopes,
	ask: Ask,
): Promise<Outcome> {
	const { lookup, text } = reference;
	if (text === '') return { fault: 'must not be empty' };
	if (text.length > MAX_TEXT) return { fault: `must have at most ${MAX_TEXT} characters, got ${text.length}` };
	if (isLeft(scopes, reference)) return { asGiven: true };
	const ids = scopeIds(scopes, reference);
	const missing = requiredScopes(lookup).filter((scope) => ids[scope] === undefined);
	if (missing.length > 0) {
		const sayable = missing
			.map((scope) => scopeArgument(reference, scope))
			.filter((one) => scopes.operation.places.has(one));
		const way = sayable.length > 0 ? `give ${sayable.join(' and ')} too, or an id` : 'give an id';
		return { fault: `"${text}" can only be found within one ${missing.join(' and ')}: ${way}` };
	}
	return findRecord(file, reference, ids, ask);
}
