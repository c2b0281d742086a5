// Names → ids before a write, as the vendor scopes them: each reference asked for once, side by side.

import { nearest } from '../compiler/nearest.ts';
import type { Integration, Operation } from '../compiler/operations.ts';
import type { Arguments } from '../compiler/validate.ts';
import type { Fault } from '../errors.ts';
import { MAX_TEXT } from '../filters/compile.ts';
import { valueAt } from '../upstream/path.ts';
import { withQuery } from '../upstream/query.ts';
import type { UpstreamAnswer } from '../upstream/send.ts';
import { fillTemplate } from '../upstream/template.ts';
import { type Ask, readAnswer, type Unresolved } from './ask.ts';
import {
	type Candidate,
	candidatesOf,
	isMe,
	lookupPath,
	type NamedReference,
	namedBy,
	namedReferences,
	PAGE_SIZE,
	scopeFields,
} from './plan.ts';

export interface Resolution {
	args: Arguments;
	/** What was resolved, to be said back. */
	resolved: Record<string, { id: number; name: string }>;
}

const MAX_TOLD = 20;

/** @returns the same arguments when every reference goes by id: then nothing is asked */
export async function resolveReferences(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
): Promise<Resolution | Unresolved> {
	const wanted = namedReferences(integration, operation, args);
	if (wanted.length === 0) return { args, resolved: {} };
	const ids: Record<string, number> = {};
	for (const [field, place] of operation.places) {
		// A record's own id may scope a lookup too: the sites of the company that is updated.
		const id = place.isReference ? valueAt(args[field], 'id') : args[field];
		if (typeof id === 'number') ids[field] = id;
	}
	const unknownScopes = new Set(
		wanted
			.flatMap(({ lookup }) => scopeFields(lookup))
			.filter((field) => ids[field] === undefined && args[field] === undefined),
	);
	if (unknownScopes.size > 0) {
		const current = await currentScopes(integration, operation, args, [...unknownScopes], ask);
		if ('answer' in current) return current;
		Object.assign(ids, current.ids);
	}
	const resolved: Resolution['resolved'] = {};
	const faults: Fault[] = [];
	/** Names whose table may not be read: left to the vendor. */
	const asGiven = new Set<string>();
	// Those that others depend on (the board of a status) go first; each wave is asked side by side.
	let waiting = wanted;
	while (waiting.length > 0) {
		const fields = new Set(waiting.map(({ field }) => field));
		const ready = waiting.filter(({ lookup }) => !scopeFields(lookup).some((field) => fields.has(field)));
		const wave = ready.length > 0 ? ready : waiting;
		const outcomes = await Promise.all(
			wave.map((reference) => resolveOne(integration, reference, { ids, asGiven }, ask)),
		);
		for (const outcome of outcomes) if ('answer' in outcome) return outcome;
		for (const [index, outcome] of outcomes.entries()) {
			const { field } = wave[index] as NamedReference;
			if ('fault' in outcome) faults.push({ path: field, message: outcome.fault });
			else if ('id' in outcome) {
				ids[field] = outcome.id;
				resolved[field] = outcome;
			} else asGiven.add(field);
		}
		if (faults.length > 0) return { faults };
		waiting = waiting.filter((reference) => !wave.includes(reference));
	}
	const changed = Object.fromEntries(Object.entries(resolved).map(([field, { id }]) => [field, { id }]));
	return { args: { ...args, ...changed }, resolved };
}

/** Of an update: the board or company that the record has now, where the call does not set it. */
async function currentScopes(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	fields: readonly string[],
	ask: Ask,
): Promise<{ ids: Record<string, number> } | { answer: UpstreamAnswer }> {
	const get = integration.byResource.get(`${operation.resource}.get`);
	if (operation.kind === 'create' || args.id === undefined || !get) return { ids: {} };
	const path = fillTemplate(get.fact.path, (name) => encodeURIComponent(String(args[name])));
	const answer = await ask(withQuery(path, [['fields', fields.map((field) => `${field}/id`).join(',')]]));
	const record = readAnswer(answer);
	if (record === null) return { answer };
	return {
		ids: Object.fromEntries(
			fields.flatMap((field) => {
				const id = valueAt(record, `${field}/id`);
				return typeof id === 'number' ? [[field, id]] : [];
			}),
		),
	};
}

type Outcome = { id: number; name: string } | { fault: string } | { answer: UpstreamAnswer } | { asGiven: true };

async function resolveOne(
	integration: Integration,
	reference: NamedReference,
	{ ids, asGiven }: { ids: Readonly<Record<string, number>>; asGiven: ReadonlySet<string> },
	ask: Ask,
): Promise<Outcome> {
	const { lookup, text } = reference;
	if (text === '') return { fault: 'must not be empty' };
	if (text.length > MAX_TEXT) return { fault: `must have at most ${MAX_TEXT} characters, got ${text.length}` };
	const missing = Object.values(lookup.scope ?? {}).filter((name) => ids[name] === undefined);
	if (scopeFields(lookup).some((name) => asGiven.has(name))) return { asGiven: true };
	if (missing.length > 0)
		return {
			fault: `"${text}" can only be found within one ${missing.join(' and ')}: give ${missing.join(' and ')} too, or an id`,
		};
	const path = lookupPath(integration, reference, ids);
	if (path === null) return { fault: `"${text}" cannot be asked for: give an id` };
	let answer = await ask(path);
	let body = readAnswer(answer);
	// What is meant may stand on a later page of so many: asked for without what only comes near it.
	const isCrowded = !lookup.is_small && Array.isArray(body) && body.length >= PAGE_SIZE;
	const exactPath = isCrowded ? lookupPath(integration, reference, ids, true) : null;
	if (exactPath !== null) {
		answer = await ask(exactPath);
		body = readAnswer(answer);
	}
	// Who may not read the table may still write the record: the vendor takes names as well, but knows no "me".
	if (answer.status === 403 && !isMe(reference)) return { asGiven: true };
	const isOwn = isMe(reference);
	if (body === null || Array.isArray(body) === isOwn) return { answer };
	const candidates = candidatesOf(reference, Array.isArray(body) ? body : [body]);
	const named = isOwn ? candidates : namedBy(text, candidates);
	if (named.length === 1 && named[0]) return { id: named[0].id, name: named[0].name };
	const where = Object.values(lookup.scope ?? {})
		.map((name) => ` of ${name} ${ids[name]}`)
		.join('');
	if (named.length > 1)
		return { fault: `"${text}" names ${named.length} records${where}: ${tell(named)}. Give the id` };
	const singular = (integration.byResource.get(`${lookup.resource}.list`)?.singular ?? 'record').replaceAll('_', ' ');
	return {
		fault: `"${text}" names no ${singular}${where}.${suggest(text, candidates, lookup.is_small ?? false)}`,
	};
}

function suggest(text: string, candidates: readonly Candidate[], isSmall: boolean): string {
	if (candidates.length === 0) return ' Nothing comes near it: list the records to find its name or id';
	const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
	const near = nearest(text, byName.keys()).flatMap((name) => byName.get(name) ?? []);
	if (isSmall && candidates.length <= MAX_TOLD) return ` There are: ${tell(candidates)}`;
	return ` Nearest: ${tell(near.length > 0 ? near : candidates.slice(0, 5))}`;
}

function tell(candidates: readonly Candidate[]): string {
	const told = candidates.slice(0, MAX_TOLD).map(({ id, name }) => `${name} (id ${id})`);
	return `${told.join(', ')}${candidates.length > MAX_TOLD ? ', …' : ''}`;
}
