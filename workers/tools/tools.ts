// Operations → the tools that an MCP client sees under a server's filter.
import { matchesFilter, selectOperations, type ToolFilter, toolName } from '../integration/filter.ts';
import type { ArgumentSchema } from '../integration/format.ts';
import { conditionParameters, fieldsArgument } from '../integration/method-wire.ts';
import type { Integration, Operation } from '../integration/operations.ts';

/** A tool on the wire (MCP 2025-11-25 and 2026-07-28, "Tools"). */
export interface CompiledTool {
	name: string;
	title: string;
	description: string;
	inputSchema: {
		type: 'object';
		properties: Record<string, ArgumentSchema>;
		required?: string[];
		additionalProperties?: false;
	};
	/**
	 * Only search and fetch have one, whose answers are ours. The vendor adds fields to all others and leaves out null
	 * ones: nothing but an object could be promised, which costs 20 tokens a tool and tells nothing.
	 */
	outputSchema?: { type: 'object'; properties: Record<string, ArgumentSchema> };
	/** All hints are explicit; the title is said once, above. */
	annotations: {
		readOnlyHint: boolean;
		destructiveHint: boolean;
		idempotentHint: boolean;
		openWorldHint: boolean;
	};
}

/** The tools of a server, in the order of the integration's files. */
export function compileTools(integration: Integration, filter: ToolFilter): CompiledTool[] {
	return selectOperations(integration, filter).map((operation) => compileTool(integration, operation, filter));
}

export function compileTool(integration: Integration, operation: Operation, filter: ToolFilter): CompiledTool {
	const { documentation, title, kind, readOnly } = operation;
	const required = requiredOn(operation, filter);
	return {
		name: toolName(operation, filter),
		title,
		description: describeTool(integration, operation, filter),
		inputSchema: {
			type: 'object',
			properties: Object.fromEntries(
				[...operation.places].flatMap(([name, { schema }]) =>
					isFixed(operation, name) || isIdle(integration, operation, name) ? [] : [[name, schema]],
				),
			),
			...(required.length > 0 ? { required } : {}),
			// Said where there is nothing else to say; everywhere, an unknown argument is refused with the nearest name.
			...(operation.places.size === 0 ? { additionalProperties: false as const } : {}),
		},
		annotations: {
			readOnlyHint: readOnly,
			destructiveHint: isIrrevocable(operation) || (documentation.destructive ?? (!readOnly && kind === 'update')),
			idempotentHint: documentation.idempotent ?? (readOnly || kind === 'update' || kind === 'delete'),
			openWorldHint: documentation.open_world ?? false,
		},
	};
}

/** Requires the member whose work it is, unless the server works for one. */
function requiredOn({ required, documentation: { acting } }: Operation, { acts_for }: ToolFilter): string[] {
	const isAsked = acting?.is_required && acts_for === undefined && !required.includes(acting.field);
	return isAsked ? [...required, acting.field] : [...required];
}

/** Every call has the argument: the model need not know of it. */
function isFixed({ documentation: { fixed = {} } }: Operation, name: string): boolean {
	return Object.hasOwn(fixed, name);
}

/**
 * Taken, but not shown: the choice of fields of a list whose default is the whole record, the vendor's own filter of
 * custom fields beside the named one, and the choice of fields and the vendor's own filter of a small table, which has named
 * filters and no order.
 */
function isIdle({ file }: Integration, operation: Operation, name: string): boolean {
	const { kind, documentation, recordFields } = operation;
	if (kind !== 'list') return false;
	const filters = Object.values(documentation.filters ?? {});
	const isSmall = documentation.query?.length === 1 && filters.length > 0;
	if (name === fieldsArgument(file)) {
		const own = [...recordFields].filter((field) => !file.drop.keys.includes(field));
		return isSmall || (own.length > 0 && own.every((field) => documentation.fields?.includes(field)));
	}
	if (conditionParameters(file)[name] === undefined) return false;
	return isSmall || filters.some((filter) => filter.kind === 'custom_field' && filter.in === name);
}

/** Cannot be undone by another call: an update can be. */
export function isIrrevocable({ kind, documentation: { destructive } }: Operation): boolean {
	return kind !== 'update' && (destructive ?? kind === 'delete');
}

const POINTER = /\{\{tool:([a-z0-9_]+)\.([a-z0-9_]+)\}\}/g;

/**
 * The documented text with `{{tool:resource.method}}` replaced by that tool's name on this server, and the example.
 * A sentence that points to a tool outside the filter is left out: what is filtered out does not exist.
 */
function describeTool(integration: Integration, operation: Operation, filter: ToolFilter): string {
	const { documentation } = operation;
	let text = documentation.description;
	if (text.includes('{{tool:')) {
		text = text
			.split(/(?<=\.)\s+/)
			.filter((sentence) => pointers(integration, sentence).every((target) => target && matchesFilter(target, filter)))
			.join(' ')
			.replace(POINTER, (_, resource: string, method: string) => {
				const target = findByMethod(integration, resource, method);
				return target ? toolName(target, filter) : '';
			});
	}
	const { example } = documentation;
	return example && showsExample(operation) ? `${text} Example: ${JSON.stringify(example)}` : text;
}

/**
 * The example of a get, of a delete and of a list that is filtered by named arguments alone says nothing that the schema
 * does not. It is checked all the same.
 */
function showsExample({ kind, places, documentation: { example = {} } }: Operation): boolean {
	if (kind === 'list') return Object.keys(example).some((name) => places.get(name)?.in !== 'filter');
	return kind !== 'get' && kind !== 'delete';
}

function pointers(integration: Integration, sentence: string): (Operation | undefined)[] {
	return Array.from(sentence.matchAll(POINTER), ([, resource = '', method = '']) =>
		findByMethod(integration, resource, method),
	);
}

function findByMethod(integration: Integration, resource: string, method: string): Operation | undefined {
	return integration.byResource.get(`${resource}.${method}`);
}
