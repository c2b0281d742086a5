// A server's filter: which operations of an integration are its tools, and under which names.
import type { ServerConfig } from '../contracts/records.ts';
import type { Integration, IntegrationHead, Operation, OperationHeader } from './operations.ts';

/** The members of a server's config that decide about its tools. */
export interface ToolFilter extends Pick<ServerConfig, 'methods' | 'tags' | 'tool_names' | 'list_format'> {
	/** A second filter, the caller's own: what passes both is there. */
	within?: Pick<ServerConfig, 'methods' | 'tags'>;
}

/**
 * `methods` and `tags` combine with AND; each is any-of. Without them everything matches, but for what must be named: an
 * operation with such a tag is only there where the server's own tags name it.
 */
export function matchesFilter(operation: OperationHeader, { methods, tags, within }: ToolFilter): boolean {
	const isNamed = operation.mustBeNamed.every((tag) => tags?.includes(tag));
	return isNamed && passes(operation, { methods, tags }) && (!within || passes(operation, within));
}

function passes(operation: OperationHeader, { methods, tags }: Pick<ToolFilter, 'methods' | 'tags'>): boolean {
	const byMethod = !methods || methods.includes(operation.class) || methods.includes(operation.method);
	return byMethod && (!tags || tags.some((tag) => operation.tags.has(tag)));
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
