// The few tools that stand for all others on a server with `tool_exposure: "discovery"`.

import { matchesFilter, type ToolFilter } from '../../integration/filter.ts';
import type { ArgumentSchema } from '../../integration/format.ts';
import type { IntegrationHead } from '../../integration/operations.ts';
import type { CompiledTool } from '../tools.ts';
import { describeDailyThings } from './areas.ts';

export const SEARCH = 'search_tools';
export const SCHEMA = 'get_tool_schema';
export const CALL_READ = 'call_read_tool';
export const CALL_WRITE = 'call_write_tool';

/** Said of a name that is called directly where tools are called through others. */
export const HOW_TO_FIND = `. Here tools are found with ${SEARCH} and called through ${CALL_READ} and ${CALL_WRITE}.`;

/** Sentence for a text that names other tools. */
export const HOW_TO_CALL = `Read the schemas of these tools with ${SCHEMA}; call them through ${CALL_READ} and ${CALL_WRITE}.`;

export const SEARCH_LIMIT_DEFAULT = 8;
export const SEARCH_LIMIT_MAX = 25;
export const SCHEMA_MAX_NAMES = 5;

interface Definition {
	name: string;
	title: string;
	description: string;
	properties: Record<string, ArgumentSchema>;
	required: string[];
	annotations: Omit<CompiledTool['annotations'], 'openWorldHint'>;
}

const CALL_ARGUMENTS: Record<string, ArgumentSchema> = {
	name: { type: 'string', description: `A tool's name, as ${SEARCH} gives it` },
	arguments: { type: 'object', description: `That tool's own arguments, as ${SCHEMA} describes them` },
};
const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };

/** Is this the name of one of them? Asked on every call, so that none is described for it. */
export function isDiscoveryTool(head: IntegrationHead, filter: ToolFilter, name: string): boolean {
	if (name === CALL_WRITE) return head.headers.some((header) => !header.readOnly && matchesFilter(header, filter));
	return name === SEARCH || name === SCHEMA || name === CALL_READ;
}

/** Builds the tools of discovery, in the order of a list. `call_write_tool` is there only where something can be written. */
export function discoveryTools(head: IntegrationHead, filter: ToolFilter): CompiledTool[] {
	const served = head.headers.filter((header) => matchesFilter(header, filter));
	const { label } = head.file;
	const things = describeDailyThings(head, filter);
	const inWords = things.length > 0 ? `, in its own words: ${things.join(', ')}` : '';
	const definitions: Definition[] = [
		{
			name: SEARCH,
			title: 'Search tools',
			description: `Find the tool for a job among the ${served.length} that work on ${label}. Say what is to be done and with what, one job at a time${inWords}. Answers names, what each does and its required arguments; \`destructive\` ones cannot be undone. Example: {"query": "add an internal note to a ticket"}`,
			properties: {
				query: { type: 'string', minLength: 1, maxLength: 300 },
				limit: { type: 'integer', minimum: 1, maximum: SEARCH_LIMIT_MAX, default: SEARCH_LIMIT_DEFAULT },
			},
			required: ['query'],
			annotations: READS,
		},
		{
			name: SCHEMA,
			title: 'Get tool schemas',
			description: `The full description and argument schema of up to ${SCHEMA_MAX_NAMES} tools that ${SEARCH} found. Read it before the first call of a tool.`,
			properties: {
				names: {
					type: 'array',
					items: { type: 'string' },
					examples: [[served[0]?.names[filter.tool_names ?? 'full']]],
				},
			},
			required: ['names'],
			annotations: READS,
		},
		{
			name: CALL_READ,
			title: 'Call a tool that reads',
			description: `Call a tool that only reads (read_only in ${SEARCH}). Its answer comes back unchanged.`,
			properties: CALL_ARGUMENTS,
			required: ['name'],
			annotations: READS,
		},
	];
	if (served.some(({ readOnly }) => !readOnly)) {
		definitions.push({
			name: CALL_WRITE,
			title: 'Call a tool that writes',
			description: `Call a tool that creates, changes or deletes. It acts on the live ${label}: know what it does first.`,
			properties: CALL_ARGUMENTS,
			required: ['name'],
			annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
		});
	}
	return definitions.map(({ name, title, description, properties, required, annotations }) => ({
		name,
		title,
		description,
		inputSchema: { type: 'object', properties, required },
		annotations: { ...annotations, openWorldHint: annotations.readOnlyHint === false },
	}));
}
