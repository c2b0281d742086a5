// One tool, with what becomes of a call of it.

import { findOperation, type ToolFilter } from '../integration/filter.ts';
import { loadServed } from '../integration/load.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError } from '../lib/errors.ts';
import { estimateTokens } from '../lib/estimate-tokens.ts';
import { didYouMean } from '../lib/nearest.ts';
import { utf8Length } from '../lib/text.ts';
import { compileTool } from '../tools/tools.ts';
import { requireAccount, requireIntegrationOf } from './accounts.ts';
import { withoutUndefined } from './given-members.ts';
import { parseInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import type { RouteRequest } from './route.ts';

/** One tool in full, with what becomes of its arguments. */
export async function describeTool(request: RouteRequest): Promise<Response> {
	const head = await requireIntegrationOf(await requireAccount(request));
	const filter = await readFilter(request, head);
	const name = request.params.tool_name ?? '';
	// A description may point to tools of other modules.
	const integration = await loadServed(head, filter);
	const operation = findOperation(integration, filter, name);
	if (!operation) {
		const names = head.headers.map(({ names: { full, short } }) => (filter.tool_names === 'short' ? short : full));
		throw new ApiError('not_found', `No documented operation has a tool of this name.${didYouMean(name, names)}`);
	}
	const tool = compileTool(integration, operation, filter);
	const wire = JSON.stringify(tool);
	return Response.json({
		...tool,
		module: operation.module,
		resource: operation.resource,
		method: operation.method,
		method_class: operation.class,
		tags: [...operation.tags],
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

/** @throws ApiError invalid_input */
async function readFilter({ url: { searchParams }, now }: RouteRequest, head: IntegrationHead): Promise<ToolFilter> {
	const given = ['tool_names', 'list_format'].filter((name) => searchParams.has(name));
	const { serverInput } = await loadInputs();
	const { config } = parseInput(serverInput(head, now.getTime()), {
		name: 'any',
		config: Object.fromEntries(given.map((name) => [name, searchParams.get(name)])),
	});
	return withoutUndefined(config);
}
