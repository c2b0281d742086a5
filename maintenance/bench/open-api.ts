// An OpenAPI description of the operations behind some of Patchbay's tools, for the generators.
import { join } from 'node:path';
import { readFolder } from '../../scripts/lib/check-integrations.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import type { IntegrationFile } from '../../workers/integration/format.ts';
import { joinIntegration, type Operation } from '../../workers/integration/operations.ts';
import type { Json } from './runtime.ts';

/** @param tools  as `tools/list` has them */
export function describeApi(tools: readonly Json[], baseUrl: string): Json {
	const paths: Record<string, Json> = {};
	for (const operation of readOperations()) {
		const tool = tools.find(({ name }) => name === operation.names.full);
		if (!tool) continue;
		const path = operation.fact.path.replaceAll('{{', '{').replaceAll('}}', '}');
		paths[path] = { ...paths[path], [operation.fact.verb.toLowerCase()]: describeOperation(operation, tool) };
	}
	return { openapi: '3.0.3', info: { title: 'bench', version: '1.0.0' }, servers: [{ url: baseUrl }], paths };
}

function readOperations(): readonly Operation[] {
	const folder = readFolder(join(PROJECT_ROOT, 'integrations/connect_wise_psa'));
	const file = folder.integration as IntegrationFile;
	type Modules = Parameters<typeof joinIntegration>[1];
	const modules = file.modules.map((module) => ({ module, ...folder.modules[module] })) as unknown as Modules;
	return joinIntegration(file, modules).operations;
}

function describeOperation(operation: Operation, tool: Json): Json {
	const { properties = {}, required = [] } = tool.inputSchema as {
		properties?: Record<string, Json>;
		required?: string[];
	};
	const placed = (place: string) =>
		Object.entries(properties).filter(([name]) => operation.places.get(name)?.in === place);
	const parameter = (place: string) =>
		placed(place).map(([name, schema]) => ({ name, in: place, required: place === 'path', schema }));
	return {
		operationId: operation.names.full,
		summary: tool.title,
		description: tool.description,
		parameters: [...parameter('path'), ...parameter('query')],
		...(['POST', 'PUT', 'PATCH'].includes(operation.fact.verb)
			? {
					requestBody: {
						required: true,
						content: { 'application/json': { schema: describeBody(operation, placed('body'), required) } },
					},
				}
			: {}),
		responses: { 200: { description: 'The record, or the records' } },
	};
}

function describeBody({ fact }: Operation, fields: [string, Json][], required: readonly string[]): Json {
	if (fact.verb === 'PATCH') {
		const properties = { op: { type: 'string' }, path: { type: 'string' }, value: {} };
		return { type: 'array', items: { type: 'object', properties } };
	}
	const names = fields.map(([name]) => name);
	const needed = required.filter((name) => names.includes(name));
	return { type: 'object', properties: Object.fromEntries(fields), ...(needed.length > 0 ? { required: needed } : {}) };
}
