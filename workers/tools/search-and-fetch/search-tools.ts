// ChatGPT's `search` and `fetch`, which its deep research and company knowledge ask for under exactly these names and
// with exactly these shapes. Source: developers.openai.com/api/docs/mcp.

import type { ToolFilter } from '../../integration/filter.ts';
import type { IntegrationHead } from '../../integration/operations.ts';
import type { CompiledTool } from '../tools.ts';
import { sourcesOf } from './sources.ts';

export const SEARCH = 'search';
export const FETCH = 'fetch';
export const QUERY_MAX = 300;
export const ID_MAX = 100;

export function isSearchTool(name: unknown): name is typeof SEARCH | typeof FETCH {
	return name === SEARCH || name === FETCH;
}

/** @returns none where the filter leaves nothing to search */
export function searchTools(head: IntegrationHead, filter: ToolFilter): CompiledTool[] {
	const sources = sourcesOf(head, filter);
	const [first] = sources;
	if (!first) return [];
	const covers = sources.map(({ list }) => list.resource.replaceAll('_', ' ')).join(', ');
	const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
	const text = { type: 'string' } as const;
	return [
		{
			name: SEARCH,
			title: 'Search',
			description: `Search ${head.file.label} (${covers}) by words or a number. Answers ids, titles and links; read one with ${FETCH}. A few telling words find more than a sentence.`,
			inputSchema: {
				type: 'object',
				properties: { query: { ...text, minLength: 1, maxLength: QUERY_MAX } },
				required: ['query'],
			},
			outputSchema: {
				type: 'object',
				properties: {
					results: {
						type: 'array',
						items: {
							type: 'object',
							properties: { id: text, title: text, url: text },
							required: ['id', 'title', 'url'],
						},
					},
				},
			},
			annotations,
		},
		{
			name: FETCH,
			title: 'Fetch',
			description: `Read one record of ${head.file.label} that ${SEARCH} found, with what belongs to it.`,
			inputSchema: {
				type: 'object',
				properties: {
					id: { ...text, minLength: 1, maxLength: ID_MAX, description: `as ${SEARCH} gives it: ${first.kind}:1` },
				},
				required: ['id'],
			},
			outputSchema: {
				type: 'object',
				properties: { id: text, title: text, text, url: text, metadata: { type: 'object' } },
			},
			annotations,
		},
	];
}
