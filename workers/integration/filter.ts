// A server's filter: which operations of an integration are its tools, and under which names.
import type { ServerConfig } from '../contracts/records.ts';
import type { Integration, IntegrationHead, Operation, OperationHeader } from './operations.ts';

type Choice = 'methods' | 'tags' | 'destructive_tag' | 'tools';

/** The members of a server's config that decide about its tools. */
export interface ToolFilter extends Pick<ServerConfig, Choice | 'tool_names' | 'list_format' | 'acts_for'> {
	/** A second filter, the caller's own: what passes both is there. */
	within?: Pick<ServerConfig, 'methods' | 'tags'>;
}

/** Filters of servers' configs without and with a limit of the caller's own, each made once. */
const filters = new WeakMap<ServerConfig, Map<string, ToolFilter>>();
/** Limits that callers bring are as many as the people who gave their consent. */
const FILTERS_PER_SERVER = 50;

/** @returns the same object for the same config and limit, by which what follows from it is remembered */
export function filterOf(config: ServerConfig, within: ToolFilter['within']): ToolFilter {
	let known = filters.get(config);
	if (!known) {
		known = new Map();
		filters.set(config, known);
	}
	const key = within ? JSON.stringify([within.methods, within.tags]) : '';
	let filter = known.get(key);
	if (!filter) {
		filter = { ...config, ...(within ? { within } : {}) };
		if (known.size >= FILTERS_PER_SERVER) known.clear();
		known.set(key, filter);
	}
	return filter;
}

/**
 * `methods`, `tags` and `tools` combine with AND; the first two are any-of. Without them everything matches, but for what
 * must be named: an operation with such a tag is only there where the server's own tags name it.
 */
export function matchesFilter(operation: OperationHeader, filter: ToolFilter): boolean {
	const { methods, tags, tools, destructive_tag, within } = filter;
	if (!operation.mustBeNamed.every((tag) => tags?.includes(tag))) return false;
	if (!isChosen(operation.names, tools)) return false;
	const selecting = destructive_tag === 'selects' ? operation.tags : operation.selectingTags;
	if (!passes(operation, methods, tags, selecting)) return false;
	// Consent given when every tag selected tools stands: it only narrows what the server leaves.
	return !within || passes(operation, within.methods, within.tags, operation.tags);
}

function passes(
	operation: OperationHeader,
	methods: ToolFilter['methods'],
	tags: ToolFilter['tags'],
	selecting: ReadonlySet<string>,
): boolean {
	const byMethod = !methods || methods.includes(operation.class) || methods.includes(operation.method);
	return byMethod && (!tags || tags.some((tag) => selecting.has(tag)));
}

/** Each tool is known by its full and by its short name. A denied tool is out, also where it is allowed. */
export function isChosen(names: OperationHeader['names'], tools: ToolFilter['tools']): boolean {
	if (!tools) return true;
	const { allow, deny } = choiceOf(tools);
	if (deny.has(names.full) || deny.has(names.short)) return false;
	return allow === null || allow.has(names.full) || allow.has(names.short);
}

type ToolChoice = NonNullable<ServerConfig['tools']>;

/** Sets of a config's lists, made once: a filter is asked about every operation there is. */
const choices = new WeakMap<ToolChoice, { allow: ReadonlySet<string> | null; deny: ReadonlySet<string> }>();

function choiceOf(tools: ToolChoice) {
	let choice = choices.get(tools);
	if (!choice) {
		choice = { allow: tools.allow ? new Set(tools.allow) : null, deny: new Set(tools.deny) };
		choices.set(tools, choice);
	}
	return choice;
}

export function selectOperations(integration: Integration, filter: ToolFilter): Operation[] {
	return integration.operations.filter((operation) => matchesFilter(operation, filter));
}

/** The operation behind a tool's name, or null when the server has no such tool. */
export function findOperation(integration: Integration, filter: ToolFilter, name: string): Operation | null {
	const names = filter.tool_names === 'short' ? integration.byShortName : integration.byFullName;
	const operation = names.get(name);
	return operation && matchesFilter(operation, filter) ? operation : null;
}

/** True when at least one tool passes the filter. */
export function hasTools({ headers }: IntegrationHead, filter: ToolFilter): boolean {
	return headers.some((header) => matchesFilter(header, filter));
}

export function toolName(operation: OperationHeader, { tool_names }: ToolFilter): string {
	return operation.names[tool_names ?? 'full'];
}
