import { selectOperations, type ToolFilter, toolName } from '../integration/filter.ts';
import { MARKING_TAG } from '../integration/head.ts';
import { loadServed } from '../integration/load.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import { estimateTokens } from '../lib/estimate-tokens.ts';
import { utf8Length } from '../lib/text.ts';
import { listTools } from '../tools/exposure.ts';
import { compileJob } from '../tools/jobs/job-tools.ts';
import { jobsOf } from '../tools/jobs/offered.ts';
import { discoveryTools } from '../tools/tool-search/discovery-tools.ts';
import { type CompiledTool, compileTool } from '../tools/tools.ts';
import { requireAccount, requireIntegrationOf } from './accounts.ts';
import { withoutUndefined } from './given-members.ts';
import { parseInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import type { RouteRequest } from './route.ts';

/** The schema refuses what is neither true nor false. */
function switchOf({ searchParams }: URL, name: string): Record<string, unknown> {
	const text = searchParams.get(name);
	if (text === null) return {};
	return { [name]: text === 'true' || (text === 'false' ? false : text) };
}

/** Lists the tools that a server with this config would have, and what their list costs a model. */
export async function previewTools(request: RouteRequest): Promise<Response> {
	const { url, now } = request;
	const head = await requireIntegrationOf(await requireAccount(request));
	const listed = (name: string): Record<string, string[]> => valuesOf(url, name);
	const { allow, deny } = { ...listed('allow'), ...listed('deny') };
	const single = (name: string) => (url.searchParams.has(name) ? { [name]: url.searchParams.get(name) } : {});
	const { serverInput } = await loadInputs();
	const view = url.searchParams.get('view') ?? 'full';
	const viewFaults =
		view === 'full' || view === 'summary' ? [] : [{ path: 'view', message: 'must be full or summary' }];
	const given = {
		name: 'preview',
		config: {
			...listed('methods'),
			...listed('tags'),
			...(allow || deny ? { tools: { ...listed('allow'), ...listed('deny') } } : {}),
			...single('tool_names'),
			...single('list_format'),
			...single('tool_exposure'),
			...switchOf(url, 'search_and_fetch'),
		},
	};
	const { config } = parseInput(serverInput(head, now.getTime()), given, viewFaults);
	const filter: ToolFilter = withoutUndefined(config);
	// The cost of each choice covers all tools, so every module is loaded.
	const integration = await loadServed(head, {});
	const { methods: _methods, tags: _tags, tools: _tools, ...unfiltered } = filter;
	const everything = describeTools(integration, integration.operations, unfiltered);
	const named = new Map(
		integration.operations.map((operation) => [toolName(operation, filter), operation.mustBeNamed]),
	);
	/** A tag brings the tools that need no other tag named. */
	const bringing = ({ name, tags }: DescribedTool) =>
		tags.filter((tag) => tag !== MARKING_TAG && named.get(name)?.every((other) => other === tag));
	const tools = [
		...describeJobs(integration, filter),
		...describeTools(integration, selectOperations(integration, filter), filter),
	];
	const list = listTools(integration, filter, config);
	const wire = JSON.stringify(list);
	return Response.json({
		tools: tools.map(({ module, tokens, ...tool }) => {
			const { inputSchema: _input, outputSchema: _output, ...summary } = tool;
			return view === 'full' ? tool : { ...summary, module, tokens };
		}),
		count: tools.length,
		listed: list.length,
		bytes: utf8Length(wire),
		tokens: estimateTokens(wire),
		choices: {
			methods: costs(
				[...describeJobs(integration, unfiltered), ...everything.filter(({ name }) => named.get(name)?.length === 0)],
				({ method_class }) => [method_class],
			),
			tags: costs(everything, bringing),
			tool_exposure: {
				auto: costOf(listTools(integration, filter, { tool_exposure: 'auto' })),
				all: { tools: tools.length, tokens: sum(tools) },
				discovery: costOf(discoveryTools(head, filter)),
			},
		},
	});
}

/** Values of a query parameter that may come several times or separated by commas. */
function valuesOf(url: URL, name: string): Record<string, string[]> {
	const values = url.searchParams
		.getAll(name)
		.flatMap((text) => text.split(','))
		.filter(Boolean);
	return values.length > 0 ? { [name]: values } : {};
}

type DescribedTool = ReturnType<typeof describeTools>[number];

function describeTools(integration: Integration, operations: readonly Operation[], filter: ToolFilter) {
	return operations.map((operation) => {
		const tool = compileTool(integration, operation, filter);
		return {
			...tool,
			module: operation.module,
			resource: operation.resource,
			method: operation.method,
			method_class: operation.class,
			tags: [...operation.tags],
			tokens: estimateTokens(JSON.stringify(tool)),
		};
	});
}

/** Whole jobs stand in a module of their own: they belong to several. */
function describeJobs(integration: Integration, filter: ToolFilter): DescribedTool[] {
	return jobsOf(integration, filter).map((job) => {
		const tool = compileJob(job);
		const about = { module: 'jobs', resource: 'job', method: job.fact.kind, method_class: job.class };
		return { ...tool, ...about, tags: job.fact.tags ?? [], tokens: estimateTokens(JSON.stringify(tool)) };
	});
}

/** Tools and tokens by each value of a choice. */
function costs(tools: readonly DescribedTool[], valuesOf: (tool: DescribedTool) => readonly string[]) {
	const found: Record<string, { tools: number; tokens: number }> = {};
	for (const tool of tools)
		for (const value of valuesOf(tool)) {
			const before = found[value] ?? { tools: 0, tokens: 0 };
			found[value] = { tools: before.tools + 1, tokens: before.tokens + tool.tokens };
		}
	return found;
}

function sum(tools: readonly DescribedTool[]): number {
	return tools.reduce((total, { tokens }) => total + tokens, 0);
}

function costOf(tools: readonly CompiledTool[]): { tools: number; tokens: number } {
	return { tools: tools.length, tokens: estimateTokens(JSON.stringify(tools)) };
}
