// Chooses the tools that a client is shown: all of a server's, or those of daily work and the tools that find the
// others.
import type { ServerConfig } from '../contracts/records.ts';
import { matchesFilter, type ToolFilter, toolName } from '../integration/filter.ts';
import type { Integration, IntegrationHead, OperationHeader } from '../integration/operations.ts';
import { rememberPerFilter } from '../integration/remember.ts';
import { compileJob } from './jobs/job-tools.ts';
import { type Job, jobsOf } from './jobs/offered.ts';
import { pinnedOf } from './pinned.ts';
import { searchTools } from './search-and-fetch/search-tools.ts';
import { discoveryTools } from './tool-search/discovery-tools.ts';
import { type CompiledTool, compileTool, compileTools } from './tools.ts';

/** Tools that `auto` lists at most: clients take about 128 of all their servers together. */
const LISTED_MAX = 100;

export interface Exposure {
	/** `discovery`: the tools of discovery stand for those that are not listed. */
	kind: 'all' | 'discovery';
	/** Tools that are listed in spite of discovery. */
	pinned: readonly OperationHeader[];
	/** True when a tool can be called by its own name. */
	isCalledByName: boolean;
}

const ALL: Exposure = { kind: 'all', pinned: [], isCalledByName: true };

/** @param filter  with the caller's own, so that what the caller may see is counted */
export function exposureOf(head: IntegrationHead, filter: ToolFilter, config: ServerConfig): Exposure {
	const { tool_exposure = 'auto' } = config;
	if (tool_exposure === 'all') return ALL;
	if (tool_exposure === 'discovery') return { kind: 'discovery', pinned: [], isCalledByName: false };
	return automaticExposure(head, filter);
}

const automaticExposure = rememberPerFilter((head, filter): Exposure => {
	const count = head.headers.filter((header) => matchesFilter(header, filter)).length;
	return count <= LISTED_MAX ? ALL : { kind: 'discovery', pinned: pinnedOf(head, filter), isCalledByName: true };
});

/** The answer of `tools/list`. @param integration  with the modules of every tool that is listed */
export function listTools(integration: Integration, filter: ToolFilter, config: ServerConfig): CompiledTool[] {
	return [
		...(config.search_and_fetch ? searchTools(integration, filter) : []),
		...listedJobs(integration, filter, config).map(compileJob),
		...listOperations(integration, filter, exposureOf(integration, filter, config)),
	];
}

/** Lists jobs, except with `tool_exposure: "discovery"`, where they are found like all other tools. */
function listedJobs(head: IntegrationHead, filter: ToolFilter, config: ServerConfig): Job[] {
	return config.tool_exposure === 'discovery' ? [] : jobsOf(head, filter);
}

function listOperations(integration: Integration, filter: ToolFilter, { kind, pinned }: Exposure): CompiledTool[] {
	if (kind === 'all') return compileTools(integration, filter);
	const listed = pinned.flatMap(({ resource, method }) => {
		const operation = integration.byResource.get(`${resource}.${method}`);
		return operation ? [compileTool(integration, operation, filter)] : [];
	});
	return [...listed, ...discoveryTools(integration, filter)];
}

/** Names the tools that a client sees of a server, without compiling those of its operations. */
export function listedNames(head: IntegrationHead, filter: ToolFilter, config: ServerConfig): string[] {
	const { kind, pinned } = exposureOf(head, filter, config);
	const own = kind === 'all' ? head.headers.filter((header) => matchesFilter(header, filter)) : pinned;
	const ours = [
		...(config.search_and_fetch ? searchTools(head, filter) : []),
		...listedJobs(head, filter, config),
		...(kind === 'all' ? [] : discoveryTools(head, filter)),
	];
	return [...ours.map(({ name }) => name), ...own.map((header) => toolName(header, filter))];
}

/** Counts what a client sees of a server, without compiling its tools. */
export function describeListed(
	head: IntegrationHead,
	filter: ToolFilter,
	config: ServerConfig,
): { exposure: Exposure['kind']; tools: number } {
	const { kind } = exposureOf(head, filter, config);
	return { exposure: kind, tools: listedNames(head, filter, config).length };
}
