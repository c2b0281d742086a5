// The whole-job tools that a server has: those of which its filter leaves what they need.
import { isChosen, matchesFilter, type ToolFilter, toolName } from '../../integration/filter.ts';
import type { JobFact } from '../../integration/format.ts';
import type { MethodClass } from '../../integration/method-kind.ts';
import type { IntegrationHead, OperationHeader } from '../../integration/operations.ts';

export interface Job {
	name: string;
	fact: JobFact;
	class: MethodClass;
}

const WRITING: ReadonlySet<JobFact['kind']> = new Set(['change_many', 'close_out', 'log_entries']);

export function jobsOf(head: IntegrationHead, filter: ToolFilter): Job[] {
	return Object.entries(head.jobs).flatMap(([name, fact]) =>
		isOffered(head, filter, name, fact) ? [jobOf(name, fact)] : [],
	);
}

/** @returns null where the server has no such job */
export function findJob(head: IntegrationHead, filter: ToolFilter, name: string): Job | null {
	const fact = Object.hasOwn(head.jobs, name) ? head.jobs[name] : undefined;
	return fact && isOffered(head, filter, name, fact) ? jobOf(name, fact) : null;
}

function jobOf(name: string, fact: JobFact): Job {
	return { name, fact, class: WRITING.has(fact.kind) ? 'write' : 'read' };
}

/** A server that allows single tools names the job among them, and what the job needs. */
function isOffered(head: IntegrationHead, filter: ToolFilter, name: string, fact: JobFact): boolean {
	if (!isChosen({ full: name, short: name }, filter.tools)) return false;
	const { tags, within } = filter;
	const byTags = (wanted: string[] | undefined) =>
		!fact.tags || !wanted || wanted.some((tag) => fact.tags?.includes(tag));
	if (!byTags(tags) || !byTags(within?.tags)) return false;
	const has = (test: (header: OperationHeader) => boolean) =>
		head.headers.some((header) => test(header) && matchesFilter(header, filter));
	switch (fact.kind) {
		case 'preview':
			return has(({ readOnly }) => !readOnly);
		case 'summarize':
			return has(({ kind }) => kind === 'list');
		case 'change_many':
			return has(({ kind }) => kind === 'update');
		default:
			return neededOf(fact).every((key) => {
				const header = head.headerOf.get(key);
				return header !== undefined && matchesFilter(header, filter);
			});
	}
}

/** `resource.method` of what a job cannot do without. */
export function neededOf(fact: JobFact): string[] {
	switch (fact.kind) {
		case 'gather':
			return fact.main
				? [fact.main.operation]
				: Object.values(fact.parts)
						.slice(0, 1)
						.map(({ operation }) => operation);
		case 'watch':
			return fact.lists.slice(0, 1).map(({ operation }) => operation);
		case 'close_out':
			return [fact.get, fact.note.create, fact.note.list, fact.time.create, fact.time.list, fact.update];
		case 'log_entries':
			return [fact.create, fact.list];
		default:
			return [];
	}
}

/** `resource.method` of all that a job may call. */
export function usedBy(fact: JobFact): string[] {
	switch (fact.kind) {
		case 'gather':
			return [...neededOf(fact), ...Object.values(fact.parts).map(({ operation }) => operation)];
		case 'watch':
			return fact.lists.flatMap(({ operation, rules }) => [
				operation,
				...rules.flatMap(({ list }) => (list ? [list.operation] : [])),
			]);
		default:
			return neededOf(fact);
	}
}

/**
 * Headers of the operations that a call of the job needs, those that its arguments name included.
 *
 * @param args  as the caller wrote them
 */
export function headersFor(head: IntegrationHead, filter: ToolFilter, { fact }: Job, args: unknown): OperationHeader[] {
	const keys = new Set(usedBy(fact));
	const names = namesIn(args, 0);
	const inner = names.flatMap((name) => {
		const job = Object.hasOwn(head.jobs, name) ? head.jobs[name] : undefined;
		return job ? usedBy(job) : [];
	});
	for (const key of inner) keys.add(key);
	return head.headers.filter(
		(header) =>
			matchesFilter(header, filter) &&
			(keys.has(`${header.resource}.${header.method}`) || names.includes(toolName(header, filter))),
	);
}

const TOOL_NAME = /^[a-z0-9_]{3,64}$/;

/** Texts among the arguments that may be names of tools. A seal names its tool in a part of its own. */
function namesIn(value: unknown, depth: number): string[] {
	if (typeof value === 'string') return [value, value.split('.')[0] ?? ''].filter((text) => TOOL_NAME.test(text));
	if (typeof value !== 'object' || value === null || depth > 2) return [];
	return Object.values(value).flatMap((member) => namesIn(member, depth + 1));
}
