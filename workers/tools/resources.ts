// MCP resources beside the tools: the integration's guides, and the server's own inventory.

import { matchesFilter, type ToolFilter, toolName } from '../integration/filter.ts';
import type { IntegrationHead, OperationHeader } from '../integration/operations.ts';

/** A resource on the wire (MCP 2025-11-25 and 2026-07-28, "Resources"). */
export interface ListedResource {
	uri: string;
	name: string;
	title: string;
	description: string;
	mimeType: 'text/markdown';
}

const INVENTORY_URI = 'patchbay://tools';
const GUIDE_URI = 'patchbay://guide/';

export function listResources({ guides }: IntegrationHead): ListedResource[] {
	return [
		...Object.entries(guides).map(([name, { title, description }]) => ({
			uri: GUIDE_URI + name,
			name: `guide_${name}`,
			title,
			description,
			mimeType: 'text/markdown' as const,
		})),
		{
			uri: INVENTORY_URI,
			name: 'tools',
			title: 'Tools of this server',
			description:
				'Every tool of this server by module, with its tags: what it can do, and what its filter leaves out.',
			mimeType: 'text/markdown',
		},
	];
}

/** @returns Markdown, or null where there is no such resource */
export function readResource(head: IntegrationHead, filter: ToolFilter, uri: string): string | null {
	if (uri === INVENTORY_URI) return inventory(head, filter);
	const name = uri.startsWith(GUIDE_URI) ? uri.slice(GUIDE_URI.length) : '';
	return Object.hasOwn(head.guides, name) ? (head.guides[name]?.text.join('\n') ?? null) : null;
}

function inventory({ file, headers }: IntegrationHead, filter: ToolFilter): string {
	const offered = headers.filter((header) => matchesFilter(header, filter));
	const count = (test: (header: OperationHeader) => boolean) => offered.filter(test).length;
	const tags = Object.entries(file.tags).flatMap(([tag, covers]) => {
		const tools = count((header) => header.tags.has(tag));
		return tools > 0 ? [`| ${tag} | ${tools} | ${covers} |`] : [];
	});
	const modules = file.modules.flatMap((module) => {
		const own = offered.filter((header) => header.module === module);
		const resources = Map.groupBy(own, ({ resource }) => resource);
		const rows = Array.from(resources, ([resource, methods]) => {
			const names = methods.map((header) => `\`${toolName(header, filter)}\``).join(', ');
			const shared = [...new Set(methods.flatMap((header) => [...header.tags]))].join(', ');
			return `- **${resource.replaceAll('_', ' ')}** (${shared}): ${names}`;
		});
		return own.length > 0 ? [`\n## ${module}: ${own.length}\n`, ...rows] : [];
	});
	const reading = count(({ readOnly }) => readOnly);
	return [
		'# Tools of this server',
		'',
		`${offered.length} of ${file.label}'s ${headers.length} tools: ${reading} only read, ${offered.length - reading} can change something.`,
		`Filter: methods ${filter.methods?.join(', ') ?? 'all'}; tags ${filter.tags?.join(', ') ?? 'all'}${filter.tools ? '; single tools chosen' : ''}. What it leaves out does not exist here; whoever manages this server can widen it.`,
		'',
		'| tag | tools | covers |',
		'| --- | --- | --- |',
		...tags,
		...modules,
		'',
	].join('\n');
}
