// Looks up what a read needs before it is sent: the id of a parent that is given by name, and the identifier of a
// person where a field lists identifiers, in which a name finds nothing.
import type { Arguments } from '../../integration/arguments.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { isTextId } from '../../integration/reference-places.ts';
import { isCutAt } from '../../languages/lookup-question.ts';
import type { Fault } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';
import { suggest, tell } from './find-record.ts';
import { type Candidate, candidatesOf, lookedUp, lookupRequest, type NamedReference } from './lookup-plan.ts';
import { namedBy, namedByPart } from './match-names.ts';
import type { Resolution } from './resolve-references.ts';
import { saidNames, tableOf } from './said-names.ts';

/** @returns the same arguments when there is nothing of the kind: then nothing is asked */
export async function resolveBeforeReading(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
): Promise<Resolution | Unresolved> {
	const resolution: Resolution = { args, resolved: {} };
	if (!operation.readOnly) return resolution;
	const keep = (argument: string, { id, name }: Candidate, value: unknown) => {
		resolution.args = { ...resolution.args, [argument]: value };
		resolution.resolved[argument] = { id, name };
	};
	const faults: Fault[] = [];
	for (const reference of parentsByName(integration, operation, args)) {
		const found = await find(integration.file, reference, ask);
		if ('answer' in found) return found;
		const [one, ...others] = found.matching;
		if (one && others.length === 0) keep(reference.argument, one, one.id);
		else faults.push({ path: reference.argument, message: parentFault(reference, found) });
	}
	if (faults.length > 0) return { faults };
	for (const said of saidNames(integration, operation, args)) {
		const isListed = said.filter.any?.some(({ op }) => op === 'listed');
		const table = isListed && /\s/.test(said.text) ? tableOf(integration, said) : null;
		if (!table) continue;
		const found = await find(integration.file, table, ask);
		// Whoever may not read the table asks with the name as it is.
		if ('answer' in found) continue;
		const [one, ...others] = found.matching;
		if (one && others.length === 0) keep(said.argument, one, one.wholeNames[0] ?? said.text);
	}
	return resolution;
}

function parentsByName({ file }: Integration, { namedPaths }: Operation, args: Arguments): NamedReference[] {
	return [...namedPaths].flatMap(([argument, name]) => {
		const text = args[argument];
		const lookup = file.lookups?.[name];
		if (typeof text !== 'string' || !lookup || isTextId(text, lookup)) return [];
		return [
			{ argument, steps: [], field: argument, text: text.trim(), key: null, isBare: false, name, lookup, scopes: {} },
		];
	});
}

interface Looked {
	matching: Candidate[];
	candidates: Candidate[];
}

async function find(
	file: IntegrationFile,
	reference: NamedReference,
	ask: Ask,
): Promise<Looked | { answer: UpstreamAnswer }> {
	const request = lookupRequest(file, reference, {});
	if (request === null) return { matching: [], candidates: [] };
	const answer = await ask(request);
	const records = lookedUp(file, reference.lookup, readAnswer(answer));
	if (records === null) return { answer };
	const candidates = candidatesOf(reference, records);
	const isPerson = reference.lookup.person !== undefined;
	const named = namedBy(reference.text, candidates, isPerson);
	// Only a page of many was read, so the part may fit other records as well.
	const isCut = isCutAt(file, reference.lookup, records.length);
	return {
		candidates,
		matching: named.length > 0 || isCut ? named : namedByPart(reference.text, candidates, isPerson),
	};
}

function parentFault({ text, name, lookup }: NamedReference, { matching, candidates }: Looked): string {
	if (matching.length > 0) return `"${text}" may be ${tell(matching)}: give the id`;
	return `"${text}" names no ${name.replaceAll('_', ' ')}.${suggest(text, candidates, lookup.is_small ?? false)}`;
}
