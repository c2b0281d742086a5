// Answers of the discovery tools, except for the calls that they stand for.

import { findOperation, matchesFilter, type ToolFilter, toolName } from '../../integration/filter.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import { nearest } from '../../lib/nearest.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { jobsAsked } from '../jobs/find-jobs.ts';
import { compileJob } from '../jobs/job-tools.ts';
import { findJob, type Job, jobsOf } from '../jobs/offered.ts';
import { compileTool, isIrrevocable } from '../tools.ts';
import { describeAreas } from './areas.ts';
import {
	CALL_READ,
	CALL_WRITE,
	SCHEMA,
	SCHEMA_MAX_NAMES,
	SEARCH,
	SEARCH_LIMIT_DEFAULT,
	SEARCH_LIMIT_MAX,
} from './discovery-tools.ts';
import { searchOperations } from './search-operations.ts';

/** @returns the name of the tool that a call stands for, empty where it says none; null for a call that stands for itself */
export function innerTool(name: string, args: unknown): string | null {
	if (name !== CALL_READ && name !== CALL_WRITE) return null;
	const inner = valueAt(args, 'name');
	return typeof inner === 'string' ? inner : '';
}

/**
 * The call that `call_read_tool` or `call_write_tool` stands for, as if it had come directly.
 *
 * @param integration  with the module of that tool
 */
export function unwrapCall(
	integration: Integration,
	filter: ToolFilter,
	name: string,
	args: unknown,
): { operation: Operation; args: unknown } | { job: Job; args: unknown } | { faults: Fault[] } {
	const { name: tool, arguments: given = {}, ...more } = asObject(args);
	const faults = Object.keys(more).map((one) => ({
		path: one.slice(0, 60),
		message: 'unknown argument. Arguments of the tool go into "arguments"',
	}));
	const job = typeof tool === 'string' ? findJob(integration, filter, tool) : null;
	const operation = typeof tool === 'string' ? findOperation(integration, filter, tool) : null;
	const readOnly = job ? job.class === 'read' : operation?.readOnly;
	if (tool === undefined) faults.push({ path: 'name', message: `is required: find it with ${SEARCH}` });
	else if (readOnly === undefined) faults.push({ path: 'name', message: unknownTool(integration, filter, tool) });
	else if (readOnly !== (name === CALL_READ))
		faults.push({
			path: 'name',
			message: readOnly
				? `"${tool}" only reads: call it with ${CALL_READ}`
				: `"${tool}" changes records: call it with ${CALL_WRITE}`,
		});
	if (job && faults.length === 0) return { job, args: asArguments(given) };
	return operation && faults.length === 0 ? { operation, args: asArguments(given) } : { faults };
}

/** Some models write the inner arguments as a text of JSON. */
function asArguments(given: unknown): unknown {
	const parsed = typeof given === 'string' ? parseJson(given) : undefined;
	return typeof parsed === 'object' && parsed !== null ? parsed : given;
}

function asObject(value: unknown): Record<string, unknown> {
	return isObject(value) ? { ...value } : {};
}

export type DiscoveryAnswer = { content: Record<string, unknown> } | { faults: Fault[] };

/** @returns null for a name that is none of a discovery server's own */
export function answerDiscovery(
	integration: Integration,
	filter: ToolFilter,
	name: string,
	args: unknown,
): DiscoveryAnswer | null {
	if (name === SEARCH) return answerSearch(integration, filter, asObject(args));
	if (name === SCHEMA) return answerSchemas(integration, filter, asObject(args));
	return null;
}

function answerSearch(integration: Integration, filter: ToolFilter, args: Record<string, unknown>): DiscoveryAnswer {
	const { query, limit = SEARCH_LIMIT_DEFAULT, ...more } = args;
	const faults = unknownArguments(more, ['query', 'limit']);
	if (typeof query !== 'string' || query.trim() === '')
		faults.push({ path: 'query', message: 'is required: a few words on what is to be done' });
	else if (query.length > 300) faults.push({ path: 'query', message: 'must have at most 300 characters' });
	if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > SEARCH_LIMIT_MAX)
		faults.push({ path: 'limit', message: `must be 1 to ${SEARCH_LIMIT_MAX}` });
	if (faults.length > 0) return { faults };
	const { operations, isWeak } = searchOperations(integration, filter, query as string, limit as number);
	const jobs = jobsAsked(jobsOf(integration, filter), query as string);
	const found = operations.map((operation) => describeHit(integration, operation, filter));
	const tools = [...jobs.map(describeJob), ...found].slice(0, limit as number);
	return {
		content: { tools, ...(isWeak && jobs.length === 0 ? adviseOnWords(integration, filter, tools.length > 0) : {}) },
	};
}

/** A model rewords well once it knows the vendor's words. */
function adviseOnWords(integration: Integration, filter: ToolFilter, hasFound: boolean): Record<string, unknown> {
	const areas = describeAreas(integration, filter);
	const says = hasFound ? 'Perhaps none of these is meant.' : 'No tool matches.';
	const { label } = integration.file;
	return areas.length > 0
		? { notice: `${says} If so, search again in ${label}'s words: what is to be done, and one of these.`, areas }
		: { notice: `${says} Use other words: the thing, and what is to be done.` };
}

function describeHit(integration: Integration, operation: Operation, filter: ToolFilter): Record<string, unknown> {
	const { description } = compileTool(integration, operation, filter);
	return {
		name: toolName(operation, filter),
		description: firstSentence(description),
		...(operation.required.length > 0 ? { required: operation.required } : {}),
		...(operation.readOnly ? { read_only: true } : {}),
		...(isIrrevocable(operation) ? { destructive: true } : {}),
	};
}

function describeJob(job: Job): Record<string, unknown> {
	const { name, description, inputSchema } = compileJob(job);
	return {
		name,
		description: firstSentence(description),
		...(inputSchema.required ? { required: inputSchema.required } : {}),
		...(job.class === 'read' ? { read_only: true } : {}),
	};
}

/** Up to the first end of a sentence, which is followed by a capital or by nothing: not by the rest of `e.g. a name`. */
function firstSentence(text: string): string {
	return /^.*?[.!?](?=\s+[^\sa-z"({]|$)/s.exec(text)?.[0] ?? text;
}

function answerSchemas(integration: Integration, filter: ToolFilter, args: Record<string, unknown>): DiscoveryAnswer {
	const { names, ...more } = args;
	const faults = unknownArguments(more, ['names']);
	const wanted: unknown[] = typeof names === 'string' ? [names] : Array.isArray(names) ? names : [];
	if (wanted.length === 0)
		faults.push({ path: 'names', message: `is required: one to ${SCHEMA_MAX_NAMES} names of tools` });
	if (wanted.length > SCHEMA_MAX_NAMES)
		faults.push({ path: 'names', message: `must have at most ${SCHEMA_MAX_NAMES} names, got ${wanted.length}` });
	const found = wanted.slice(0, SCHEMA_MAX_NAMES).map((name, index) => {
		const job = typeof name === 'string' ? findJob(integration, filter, name) : null;
		if (job) return job;
		const operation = typeof name === 'string' ? findOperation(integration, filter, name) : null;
		if (!operation) faults.push({ path: `names[${index}]`, message: unknownTool(integration, filter, name) });
		return operation;
	});
	if (faults.length > 0) return { faults };
	return {
		content: {
			tools: found.flatMap((one) => {
				if (!one) return [];
				const compiled = 'fact' in one && 'name' in one ? compileJob(one) : compileTool(integration, one, filter);
				const { name, description, inputSchema, annotations } = compiled;
				const destructive = 'kind' in one && isIrrevocable(one) ? { destructive: true } : {};
				return [{ name, description, read_only: annotations.readOnlyHint, ...destructive, arguments: inputSchema }];
			}),
		},
	};
}

/** The same for a tool that the filter leaves out and for one that never was. */
export function unknownTool(integration: Integration, filter: ToolFilter, name: unknown): string {
	const text = typeof name === 'string' ? name : (JSON.stringify(name) ?? '');
	const near = nearest(text, [
		...jobsOf(integration, filter).map((job) => job.name),
		...integration.headers.flatMap((header) => (matchesFilter(header, filter) ? [toolName(header, filter)] : [])),
	]);
	const meant = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
	return `"${text.slice(0, 80)}" is no tool of this server.${meant} Find its name with ${SEARCH}`;
}

function unknownArguments(more: Record<string, unknown>, known: readonly string[]): Fault[] {
	return Object.keys(more).map((name) => ({
		path: name.slice(0, 60),
		message: `unknown argument. Known: ${known.join(', ')}`,
	}));
}
