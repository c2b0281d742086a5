// One record by what a person calls it: the question, and what its answer means.
import type { IntegrationFile } from '../../integration/format.ts';
import { isCutAt, type RecordId } from '../../languages/lookup-question.ts';
import { nearest } from '../../lib/nearest.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { type Ask, readAnswer } from './ask.ts';
import {
	type Candidate,
	candidatesOf,
	lookedUp,
	lookupRequest,
	type NamedReference,
	requiredScopes,
	scopesOf,
} from './lookup-plan.ts';
import { namedBy, namedByPart } from './match-names.ts';

/** `asGiven`: the table cannot be read, and the vendor takes names as well. */
export type Outcome =
	| { id: RecordId; name: string }
	| { fault: string }
	| { answer: UpstreamAnswer }
	| { asGiven: true };

const MAX_TOLD = 20;

/**
 * The record that a text names: exactly, else in another spelling, else the only one of which it is a part.
 *
 * @param ids  of the scopes that are known
 */
export async function findRecord(
	file: IntegrationFile,
	reference: NamedReference,
	ids: Readonly<Record<string, RecordId>>,
	ask: Ask,
): Promise<Outcome> {
	const { lookup, text, name } = reference;
	const request = lookupRequest(file, reference, ids);
	if (request === null) return { fault: `"${text}" cannot be asked for: give an id` };
	const answer = await ask(request);
	// The vendor takes names as well, where the table may not be read or is not offered.
	const isUnreadable =
		!reference.isBare && (answer.status === 403 || (answer.status === 404 && requiredScopes(lookup).length === 0));
	if (isUnreadable) return { asGiven: true };
	const body = lookedUp(file, lookup, readAnswer(answer));
	if (body === null) return { answer };
	const near = body.length > 0 ? candidatesOf(reference, body) : await unaccented(file, reference, ids, ask);
	// The record may be on a later page of so many: ask again for names that equal the text.
	const isCrowded = isCutAt(file, lookup, body.length);
	const exactly = isCrowded ? lookupRequest(file, reference, ids, { isExact: true }) : null;
	let candidates = near;
	if (exactly !== null) {
		const exactAnswer = await ask(exactly);
		const exactBody = lookedUp(file, lookup, readAnswer(exactAnswer));
		if (exactBody === null) return { answer: exactAnswer };
		if (isCutAt(file, lookup, exactBody.length))
			return { fault: `"${text}" names ${exactBody.length} records or more: say more of the name, or give the id` };
		candidates = candidatesOf(reference, exactBody);
	}
	const isPerson = lookup.person !== undefined;
	const named = namedBy(text, candidates, isPerson);
	if (named.length === 1 && named[0]) return { id: named[0].id, name: named[0].name };
	const where = scopesOf(lookup)
		.filter((scope) => ids[scope] !== undefined)
		.map((scope) => ` of ${scope} ${ids[scope]}`)
		.join('');
	if (named.length > 1)
		return { fault: `"${text}" names ${named.length} records${where}: ${tell(named)}. Give the id` };
	// Only a page of many was read, so other records may hold the part as well; a wildcard means several anyway.
	const [part, ...others] = isCrowded || /[*%]/.test(text) ? [] : namedByPart(text, near, isPerson);
	if (part && others.length === 0) return { id: part.id, name: part.name };
	if (part) return { fault: `"${text}" may be ${tell([part, ...others])}${where}: say which` };
	const suggestion = suggest(text, near, lookup.is_small ?? false);
	// Nothing narrower can be asked for, so the record may be among those that did not come.
	if (isCrowded && exactly === null)
		return {
			fault: `"${text}" is not among the first ${body.length} records, and there may be more: give the id.${suggestion}`,
		};
	const scoped = scopesOf(lookup).filter((scope) => ids[scope] !== undefined);
	const elsewhere = where === '' ? '' : `; one of another ${scoped.join(' or ')} cannot be used here`;
	return { fault: `"${text}" names no ${name.replaceAll('_', ' ')}${where}${elsewhere}.${suggestion}` };
}

/** Records that the text names but for the accents that it lacks; none where that cannot be asked. */
export async function unaccented(
	file: IntegrationFile,
	reference: NamedReference,
	ids: Readonly<Record<string, RecordId>>,
	ask: Ask,
): Promise<Candidate[]> {
	const { lookup, text } = reference;
	const request = lookupRequest(file, reference, ids, { isUnaccented: true });
	const records = request && lookedUp(file, lookup, readAnswer(await ask(request)));
	// A page that is full may lack another one of that name.
	if (!records || isCutAt(file, lookup, records.length)) return [];
	const all = candidatesOf(reference, records);
	const isPerson = lookup.person !== undefined;
	const named = namedBy(text, all, isPerson);
	return named.length > 0 ? named : namedByPart(text, all, isPerson);
}

export function suggest(text: string, candidates: readonly Candidate[], isSmall: boolean): string {
	if (candidates.length === 0) return ' Nothing comes near it: list the records to find its name or id';
	const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
	const near = nearest(text, byName.keys()).flatMap((name) => byName.get(name) ?? []);
	if (isSmall && candidates.length <= MAX_TOLD) return ` There are: ${tell(candidates)}`;
	return ` Nearest: ${tell(near.length > 0 ? near : candidates.slice(0, 5))}`;
}

export function tell(candidates: readonly Candidate[]): string {
	const told = candidates.slice(0, MAX_TOLD).map(({ id, name }) => `${name} (id ${id})`);
	return `${told.join(', ')}${candidates.length > MAX_TOLD ? ', …' : ''}`;
}
