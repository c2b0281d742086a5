// Explains why a list is empty: which of its names mean something else than what was asked, or nothing at all. Asks at
// most three small questions, side by side.
import type { Arguments } from '../../integration/arguments.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { isCutAt, type RecordId } from '../../languages/lookup-question.ts';
import { foldText } from '../../lib/fold-text.ts';
import { valueAt } from '../../lib/json-path.ts';
import { recordsIn } from '../../vendor/answer-shape.ts';
import { type Ask, readAnswer } from './ask.ts';
import { suggest, tell, unaccented } from './find-record.ts';
import { type Candidate, candidatesOf, lookedUp, lookupRequest, type NamedReference } from './lookup-plan.ts';
import { namedBy, namedByPart } from './match-names.ts';
import type { Resolution } from './resolve-references.ts';
import {
	captionsPath,
	nearValuesPath,
	PAGE_SIZE,
	type SaidCaption,
	type SaidName,
	saidCaptions,
	saidInConditions,
	saidNames,
	searchSignNotices,
	someValuesPath,
	tableOf,
	unaccentedValuesPath,
	type ValueQuestion,
	wildcardNotices,
} from './said-names.ts';

const MAX_QUESTIONS = 3;

export interface Explanation {
	/** Values of filters that mean the same and may find more, by argument; null where nothing is left to try. */
	meant: Arguments | null;
	/** The names behind `meant`. */
	resolved: Resolution['resolved'];
	/** Findings about each name, as sentences. */
	notices: string[];
	/** Those of them that `resolved` does not tell. */
	said: string[];
	/** Names that name no record, or several. */
	unknown: UnknownName[];
}

export interface UnknownName {
	/** The name that was given. */
	text: string;
	/** The sentence after the name: `names no board. There are: …` */
	because: string;
}

/** @param args  of the call, as checked */
export async function explainEmpty(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
): Promise<Explanation> {
	const inquiry: Inquiry = { integration, operation, args, ask, left: 0 };
	const questions = [
		...saidNames(integration, operation, args).map((name) => () => findOut(inquiry, name)),
		...saidInConditions(integration, operation, args).map(
			(name) => async () => withoutValue(await findOut(inquiry, name)),
		),
		...saidCaptions(integration, operation, args).map((said) => () => findCaption(inquiry, said)),
	].slice(0, MAX_QUESTIONS);
	inquiry.left = MAX_QUESTIONS - questions.length;
	const findings = await Promise.all(questions.map((question) => question()));
	const notices = [...searchSignNotices(operation, args), ...wildcardNotices(integration, args)];
	const explanation: Explanation = { meant: null, resolved: {}, notices, said: [], unknown: [] };
	const meant: Arguments = {};
	for (const finding of findings) {
		if (finding === null) continue;
		explanation.notices.push(finding.notice);
		if (finding.unknown) explanation.unknown.push(finding.unknown);
		if (finding.value === undefined) continue;
		meant[finding.argument] = finding.value;
		if (finding.record) explanation.resolved[finding.argument] = finding.record;
		else explanation.said.push(finding.notice);
	}
	const isOpen = findings.some((finding) => finding !== null && !finding.isKnown);
	if (!isOpen && Object.keys(meant).length > 0) explanation.meant = meant;
	return explanation;
}

interface Finding {
	argument: string;
	notice: string;
	/** The name means one thing. */
	isKnown: boolean;
	/** The table of such names has no such one, or several. */
	unknown?: UnknownName;
	/** The filter's actual value, where it differs from the one that was asked. */
	value?: unknown;
	record?: { id: RecordId; name: string };
}

interface Inquiry {
	integration: Integration;
	operation: Operation;
	/** The call's arguments, as checked. */
	args: Arguments;
	ask: Ask;
	/** Questions that may still be asked. */
	left: number;
}

async function findOut(inquiry: Inquiry, name: SaidName): Promise<Finding | null> {
	const table = tableOf(inquiry.integration, name);
	return (table && (await inTable(inquiry, name, table))) ?? inList(inquiry, name);
}

/** Null where the table cannot be read. */
async function inTable(inquiry: Inquiry, said: SaidName, table: NamedReference): Promise<Finding | null> {
	const { integration, operation, ask } = inquiry;
	const { file } = integration;
	const request = lookupRequest(file, table, {});
	const answer = request === null ? null : await ask(request);
	const records = answer && lookedUp(file, table.lookup, readAnswer(answer));
	if (!records) return null;
	const { lookup, name } = table;
	const isNothing = records.length === 0 && spend(inquiry);
	const candidates = isNothing ? await unaccented(file, table, {}, ask) : candidatesOf(table, records);
	const isCut = isCutAt(file, lookup, records.length);
	const [found, ...others] = matching(said.text, candidates, { isPerson: lookup.person !== undefined, isCut });
	if (found && others.length === 0) {
		// A person is known by the identifier where a field lists several.
		const isListed = said.filter.any?.some(({ op }) => op === 'listed') === true;
		const record = { id: found.id, name: found.name };
		const value = isListed ? found.wholeNames[0] : { id: found.id };
		const known = { ...saying(said, `is ${tell([found])}.`), isKnown: true };
		return wasAsked(said, found) ? known : { ...known, value, record };
	}
	const word = name.replaceAll('_', ' ');
	if (found) return unknown(said, `may be ${tell([found, ...others])}: say which.`);
	const known = isCut
		? ' Too many come near it: say more of the name.'
		: `${suggest(said.text, candidates, lookup.is_small ?? false)}.`;
	return unknown(said, `names no ${word}.${known}${ofState(operation, said)}`);
}

/** Words that are the state of a record rather than the name of its status. */
const OPEN = /^(?:open|opened|active|not closed|unresolved|unfinished|outstanding|!closed)$/i;

function ofState({ places }: Operation, { text }: SaidName): string {
	return places.has('closed') && OPEN.test(text) ? ' What is open is asked by closed false.' : '';
}

function unknown(said: SaidName, because: string): Finding {
	return { ...saying(said, because), isKnown: false, unknown: { text: said.text, because } };
}

/** Null where it cannot be asked. */
async function inList(inquiry: Inquiry, said: SaidName): Promise<Finding | null> {
	const { integration, operation, args } = inquiry;
	const question = nearValuesPath(integration, operation, args, said);
	const near = question && (await valuesOf(inquiry, question));
	if (near === null) return null;
	const { values, isCut } = near.values.length === 0 ? await unaccentedValues(inquiry, said) : near;
	const candidates = values.map(candidateOf);
	const isPerson = said.reference?.isPerson ?? false;
	const [found, ...others] = matching(said.text, candidates, { isPerson, isCut });
	if (found && others.length === 0) {
		const [kept, asked] = [found.name.toLowerCase(), said.text.toLowerCase()];
		const isAsked = said.filter.op === 'contains' ? kept.includes(asked) : kept === asked;
		return { ...saying(said, `is "${found.name}".`), isKnown: true, ...(isAsked ? {} : { value: found.name }) };
	}
	if (found)
		return { ...saying(said, `may be ${quoted([found, ...others]).join(' or ')}: say which.`), isKnown: false };
	const known = values.length > 0 ? ` Near it: ${quoted(candidates).join(', ')}.` : await someValues(inquiry, said);
	return {
		...saying(said, `is in no record that this list has.${known}${ofState(inquiry.operation, said)}`),
		isKnown: false,
	};
}

function candidateOf(value: string, id: number): Candidate {
	return { id, name: value, names: [value], wholeNames: [value], keyed: [], texts: {} };
}

function quoted(some: readonly Candidate[]): string[] {
	return some.slice(0, MAX_VALUES).map(({ name }) => `"${name}"`);
}

/** Takes one of the questions that may still be asked. */
function spend(inquiry: Inquiry): boolean {
	if (inquiry.left <= 0) return false;
	inquiry.left -= 1;
	return true;
}

/** Values that a text names but for the accents that it lacks. */
async function unaccentedValues(inquiry: Inquiry, said: SaidName): Promise<{ values: string[]; isCut: boolean }> {
	const { integration, operation, args } = inquiry;
	const question = unaccentedValuesPath(integration, operation, args, said);
	const seen = question && spend(inquiry) ? await valuesOf(inquiry, question) : null;
	const isSaid = (value: string) => foldText(value).includes(foldText(said.text));
	return seen && !seen.isCut ? { ...seen, values: seen.values.filter(isSaid) } : { values: [], isCut: false };
}

/** All values of a small table, as far as records of the list show them. */
async function someValues(inquiry: Inquiry, said: SaidName): Promise<string> {
	const { integration, operation, args } = inquiry;
	const question = someValuesPath(integration, operation, args, said);
	if (!question || !spend(inquiry)) return '';
	const { values } = (await valuesOf(inquiry, question)) ?? { values: [] };
	return values.length > 0 ? ` Its records have: ${values.slice(0, MAX_TOLD).join(', ')}.` : '';
}

/** The different texts of a field, of one page of records; null where it cannot be read. */
async function valuesOf(
	{ integration, operation, ask }: Inquiry,
	{ field, path, parts }: ValueQuestion,
): Promise<{ values: string[]; isCut: boolean } | null> {
	const records = listedIn(integration, operation, readAnswer(await ask({ path })));
	if (!Array.isArray(records)) return null;
	const values = records.flatMap((record) => textsAt(record, field.split('/')));
	// An array comes with entries that were not asked for.
	const isNear = (value: string) =>
		parts === undefined || parts.some((part) => foldText(value).includes(foldText(part)));
	return { values: [...new Set(values)].filter(isNear), isCut: records.length >= PAGE_SIZE };
}

/** The texts at a path; inside an array those of every element. */
function textsAt(value: unknown, steps: readonly string[]): string[] {
	if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, steps));
	const [step, ...rest] = steps;
	if (step === undefined) return typeof value === 'string' ? [value] : [];
	return textsAt(valueAt(value, step), rest);
}

/** Tells whether this record's name was asked for: the vendor compares without regard to case. */
function wasAsked({ text, filter }: SaidName, { name, wholeNames, texts }: Candidate): boolean {
	const said = text.toLowerCase();
	const isSaid = (one: string | undefined) => one?.toLowerCase() === said;
	return (filter.any ?? [filter]).some(({ field = '', op = filter.op ?? '=' }) => {
		if (op === 'contains') return name.toLowerCase().includes(said);
		if (op !== '=') return false;
		const key = field.split('/').at(-1) ?? '';
		if (key === 'name') return isSaid(name);
		return texts[key] === undefined ? wholeNames.some(isSaid) : isSaid(texts[key]);
	});
}

/** Conditions are the caller's own: the answer says what their names mean, and changes nothing. */
function withoutValue(finding: Finding | null): Finding | null {
	if (finding === null) return null;
	const { value: _value, record: _record, ...told } = finding;
	return told;
}

/** The captions that records of the list show: a custom field that is not among them finds nothing. */
async function findCaption(
	{ integration, operation, args, ask }: Inquiry,
	{ argument, caption }: SaidCaption,
): Promise<Finding | null> {
	const question = captionsPath(integration, operation, args);
	const answer = question && (await ask({ path: question.path }));
	const records = answer && listedIn(integration, operation, readAnswer(answer));
	if (!question || !Array.isArray(records) || records.length === 0) return null;
	const fields = valueAt(records[0], question.field);
	const captions = (Array.isArray(fields) ? fields : [])
		.map((field) => valueAt(field, question.caption))
		.filter((one) => typeof one === 'string');
	if (captions.some((one) => foldText(one) === foldText(caption))) return null;
	const known = captions.length > 0 ? `There are: ${captions.join(', ')}` : 'The records show none';
	return { argument, notice: `${argument} "${caption}" is no custom field here. ${known}.`, isKnown: false };
}

function listedIn({ file, byResource }: Integration, operation: Operation, body: unknown): unknown[] | null {
	const { fact } = byResource.get(`${operation.resource}.list`) ?? operation;
	const records = recordsIn(file, fact, body);
	return Array.isArray(records) ? records : null;
}

const MAX_VALUES = 10;
const MAX_TOLD = 20;

/** Finds the candidates that a text fits. When only a page of them was read, a part may fit others too: none is chosen. */
function matching(
	text: string,
	candidates: readonly Candidate[],
	{ isPerson, isCut }: { isPerson: boolean; isCut: boolean },
): Candidate[] {
	const named = namedBy(text, candidates, isPerson);
	return named.length > 0 || isCut ? named : namedByPart(text, candidates, isPerson);
}

function saying({ argument, text }: SaidName, finding: string): Pick<Finding, 'argument' | 'notice'> {
	return { argument, notice: `${argument} "${text}" ${finding}` };
}
