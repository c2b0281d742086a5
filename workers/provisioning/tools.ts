// The tools that a server would have: all of them with what they cost a model, or one with what it sends.
import { loadServed } from '../compiler/load.ts';
import type { IntegrationHead, Operation } from '../compiler/operations.ts';
import { estimateTokens } from '../compiler/tokens.ts';
import {
	compileTool,
	compileTools,
	findOperation,
	selectOperations,
	type ToolFilter,
	toolName,
} from '../compiler/tools.ts';
import { ApiError } from '../errors.ts';
import { utf8Length } from '../upstream/records.ts';
import { requireAccount, requireIntegrationOf } from './accounts.ts';
import type { RouteRequest } from './route.ts';
import { invalidInput, parseInput, serverInput } from './schemas.ts';
import { withoutUndefined } from './servers.ts';

/** What a server with this config would offer, and what its list costs a model. */
export async function previewTools(request: RouteRequest): Promise<Response> {
	const { url } = request;
	const head = await requireIntegrationOf(await requireAccount(request));
	const filter = readFilter(request, head);
	const view = url.searchParams.get('view') ?? 'full';
	if (view !== 'full' && view !== 'summary') throw invalidInput([{ path: 'view', message: 'must be full or summary' }]);
	const integration = await loadServed(head, filter);
	const tools = compileTools(integration, filter);
	const operations = new Map(
		selectOperations(integration, filter).map((operation) => [toolName(operation, filter), operation]),
	);
	const wire = JSON.stringify(tools);
	return Response.json({
		tools: tools.map((tool) => {
			const { inputSchema, outputSchema, ...rest } = tool;
			const shown = view === 'full' ? tool : rest;
			return { ...shown, ...placeOf(operations.get(tool.name)) };
		}),
		count: tools.length,
		bytes: utf8Length(wire),
		tokens: estimateTokens(wire),
	});
}

/** One tool in full, with what becomes of its arguments. */
export async function describeTool(request: RouteRequest): Promise<Response> {
	const head = await requireIntegrationOf(await requireAccount(request));
	const filter = readFilter(request, head);
	const name = request.params.tool_name ?? '';
	// A description may point to tools of other modules.
	const integration = await loadServed(head, filter);
	const operation = findOperation(integration, filter, name);
	if (!operation) throw new ApiError('not_found', 'No documented operation has a tool of this name.');
	const tool = compileTool(integration, operation, filter);
	const wire = JSON.stringify(tool);
	return Response.json({
		...tool,
		...placeOf(operation),
		example: operation.documentation.example ?? null,
		sends: {
			verb: operation.fact.verb,
			path: operation.fact.path,
			arguments: Object.fromEntries(Array.from(operation.places, ([argument, place]) => [argument, place.in])),
		},
		bytes: utf8Length(wire),
		tokens: estimateTokens(wire),
	});
}

function placeOf(operation: Operation | undefined) {
	return {
		module: operation?.module,
		resource: operation?.resource,
		method: operation?.method,
		method_class: operation?.class,
		tags: [...(operation?.tags ?? [])],
	};
}

/** @throws ApiError invalid_input */
function readFilter({ url: { searchParams }, now }: RouteRequest, head: IntegrationHead): ToolFilter {
	const listed = (name: string) => {
		const values = searchParams
			.getAll(name)
			.flatMap((text) => text.split(','))
			.filter(Boolean);
		return values.length > 0 ? { [name]: values } : {};
	};
	const single = (name: string) => (searchParams.has(name) ? { [name]: searchParams.get(name) } : {});
	const { config } = parseInput(serverInput(head, now.getTime()), {
		name: 'preview',
		config: { ...listed('methods'), ...listed('tags'), ...single('tool_names'), ...single('list_format') },
	});
	return withoutUndefined(config);
}
