// The base of every whole job: calls of the server's own tools, each of them a call like any other.
import type { Admission } from '../../access/admission.ts';
import { findOperation, matchesFilter } from '../../integration/filter.ts';
import type { Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { writtenId } from '../../tools/given-arguments.ts';
import { unknownTool } from '../../tools/tool-search/answer.ts';
import { argumentRefusal } from '../answer/refusal.ts';
import type { CallContext } from '../context.ts';
import type { CallHow } from '../how.ts';
import { CONFIRM_REPEAT } from '../insistence.ts';
import { type CallOutcome, type Refused, refused, type Told, UNMADE } from '../outcome.ts';
import { changedToResult, UNKNOWN_REPEAT } from '../refusals.ts';
import { cleanText, noFindings, textPolicy } from '../untrusted-text/result-texts.ts';

/** A job ends itself after so long, with what is left: clients give up after 30 s. */
const JOB_MS = 25_000;
/** Calls that a job makes side by side. */
const SIDE_BY_SIDE = 6;

/** Calls one tool, and logs it. */
export type CallOne = (operation: Operation, args: unknown, how?: CallHow) => Promise<CallOutcome>;

export interface JobRun {
	context: CallContext;
	name: string;
	/** Writes are shown and not sent. */
	isPreview: boolean;
	nowMs: number;
	/** The job begins nothing new from then on, milliseconds since 1970. */
	endsAtMs: number;
	call(operation: Operation, args: unknown, how?: CallHow): Promise<Told>;
	/** Facts from the vendor's answers beside their content, collected over all requests. */
	facts: JobFacts;
}

interface JobFacts {
	untrusted: Set<string>;
	rateLimit: Told['rateLimit'];
	/** Writes that were sent. */
	writes: number;
	isRehearsed: boolean;
	/** The answer shows what a later call would write. */
	isPreview: boolean;
}

/** The server turned out to be changed, and nothing was written yet: the whole job starts again. */
export class Overtaken extends Error {
	readonly admission: Admission;
	constructor(admission: Admission) {
		super('the server was changed meanwhile');
		this.admission = admission;
	}
}

export function startRun(context: CallContext, name: string, isPreview: boolean, one: CallOne): JobRun {
	const nowMs = context.clock();
	const facts: JobFacts = { untrusted: new Set(), rateLimit: {}, writes: 0, isRehearsed: false, isPreview };
	const call: JobRun['call'] = async (operation, args, how = {}) => {
		const outcome = await one(operation, args, { listFormat: 'records', ...(isPreview ? { isPreview } : {}), ...how });
		if (outcome.state === 'withheld') {
			if (facts.writes === 0) throw new Overtaken(outcome.admission);
			return refused(changedToResult());
		}
		for (const field of outcome.untrusted ?? []) facts.untrusted.add(field);
		if (Object.keys(outcome.rateLimit).length > 0) facts.rateLimit = outcome.rateLimit;
		if (outcome.isRehearsed && !how.isPreview && !isPreview) facts.isRehearsed = true;
		if (!operation.readOnly && outcome.state === 'sent' && !outcome.isRehearsed) facts.writes += 1;
		return outcome;
	};
	return { context, name, isPreview, nowMs, endsAtMs: nowMs + JOB_MS, call, facts };
}

/**
 * Makes a write that the job has just looked for in vain at the vendor: an earlier try of which nobody knows how it ended
 * did not make it.
 */
export async function callUnseen(
	run: JobRun,
	operation: Operation,
	args: Record<string, unknown>,
	how: CallHow = {},
): Promise<Told> {
	const told = await run.call(operation, args, how);
	return isUnknownRepeat(told) ? callAgain(run, operation, args, how) : told;
}

/** Makes a write once more of which it is known that an earlier try did not make it. */
export function callAgain(
	run: JobRun,
	operation: Operation,
	args: Record<string, unknown>,
	how: CallHow = {},
): Promise<Told> {
	return run.call(operation, { ...args, [CONFIRM_REPEAT]: true }, how);
}

/** The very same write was tried before, and nobody knows how it ended. */
export function isUnknownRepeat({ structuredContent }: Told): boolean {
	return structuredContent.code === UNKNOWN_REPEAT;
}

/** A text that was sent, as this server shows it: without hidden characters and, where it redacts, without secrets. */
export function asShown({ context }: JobRun, text: string, isRedacting: boolean): string {
	return cleanText(text, textPolicy(context.integration.file, isRedacting), noFindings());
}

/** Members of a write's answer that speak against its success: fields that came back as something else, or work still to be done. */
export function doubtsOf({ structuredContent: { not_taken_over, accepted } }: Told): Record<string, unknown> {
	return {
		...(not_taken_over === undefined ? {} : { not_taken_over }),
		...(accepted === undefined ? {} : { accepted }),
	};
}

/** Said where an answer has `doubtsOf`. */
export const DOUBTED =
	'Where not_taken_over or accepted stands, the record may be as it was: read it before you call that done.';

/** The answer of a job. Its parts were logged and settled by themselves. */
export function answered({ facts }: JobRun, structuredContent: Record<string, unknown>, isError = false): Told {
	return {
		state: 'sent',
		structuredContent,
		isError,
		...(facts.isRehearsed || facts.isPreview ? { isRehearsed: true as const } : {}),
		...(facts.isPreview ? { isPreview: true as const } : {}),
		rateLimit: facts.rateLimit,
		...(facts.untrusted.size > 0 ? { untrusted: [...facts.untrusted] } : {}),
		upstreamStatus: null,
		upstreamMs: null,
		end: UNMADE,
		admission: { state: 'current' },
	};
}

export function refuse({ name }: JobRun, faults: readonly Fault[], wasToBe: 'sent' | 'written' = 'sent'): Refused {
	return refused(argumentRefusal(name, faults, wasToBe));
}

/** Faults of a job's arguments: those whose value an empty list turned out not to know. */
export function unknownArguments(
	values: Readonly<Record<string, unknown>>,
	unknown: NonNullable<Told['unknownNames']>,
): Fault[] {
	return Object.entries(values).flatMap(([path, value]) => {
		const isIt = ({ text }: { text: string }) => String(value).toLowerCase() === text.toLowerCase();
		const found = unknown.find(isIt);
		if (!found) return [];
		const isId = writtenId(found.text) !== null;
		return [{ path, message: `"${found.text}" ${found.because}${isId ? ' Give its name, not its id.' : ''}` }];
	});
}

/**
 * Names of a job's own arguments that a list read as another's.
 *
 * @param args      arguments of the list
 * @param resolved  what the list says of them
 */
export function resolvedArguments(
	values: Readonly<Record<string, unknown>>,
	args: Readonly<Record<string, unknown>>,
	resolved: unknown,
): Record<string, unknown> {
	const found = Object.entries(isObject(resolved) ? resolved : {}).flatMap(([argument, record]) => {
		const own = Object.entries(values).find(([, value]) => value !== undefined && value === args[argument]);
		return own ? [[own[0], record]] : [];
	});
	return Object.fromEntries(found);
}

/** The member `resolved` of an answer, left out where no name was read as another's. */
export function resolvedOf(resolved: Record<string, unknown>): { resolved?: Record<string, unknown> } {
	return Object.keys(resolved).length > 0 ? { resolved } : {};
}

/** @returns the operation where the server's filter leaves it */
export function operationFor({ context }: JobRun, key: string): Operation | null {
	const operation = context.integration.byResource.get(key);
	return operation && matchesFilter(operation, context.filter) ? operation : null;
}

/** The tool of this server that an argument names, or what is wrong with it. */
export function namedTool(
	{ context }: JobRun,
	path: string,
	name: unknown,
	isMeant: (operation: Operation) => boolean,
	kind: string,
): Operation | Fault {
	const { integration, filter } = context;
	const operation = typeof name === 'string' ? findOperation(integration, filter, name) : null;
	if (!operation) return { path, message: unknownTool(integration, filter, name).replace(/ Find its name.*$/, '') };
	return isMeant(operation) ? operation : { path, message: `"${String(name)}" is no tool that ${kind}` };
}

export function isFault(value: object): value is Fault {
	return 'message' in value && 'path' in value;
}

export function isLate({ context, endsAtMs }: JobRun): boolean {
	return context.clock() >= endsAtMs;
}

export function messageOf({ structuredContent }: Told): string {
	return String(structuredContent.message ?? 'it failed.');
}

export function recordsOf({ structuredContent, isError }: Told): Record<string, unknown>[] {
	const { result } = structuredContent;
	return !isError && Array.isArray(result) ? result : [];
}

/** Works on all items, so many at a time, in their order. */
export async function sideBySide<Item, Result>(
	items: readonly Item[],
	work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const index = next++;
			results[index] = await work(items[index] as Item, index);
		}
	};
	await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker));
	return results;
}
