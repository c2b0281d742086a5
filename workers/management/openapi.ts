// openapi.json, made from the table of routes and the schemas that check the input.
import * as z from 'zod';
import { VERSION } from '../lib/version.ts';
import { errorOutput } from './outputs.ts';
import type { OpenRoute, Route } from './route.ts';

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12, which zod writes. */
export function describeApi(routes: readonly (Route | OpenRoute)[], origin: string): Record<string, unknown> {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const route of routes) {
		const path = route.path.replace(/:([a-z_]+)/g, '{$1}');
		paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
	}
	return {
		openapi: '3.1.0',
		info: { title: 'Patchbay management API', version: VERSION, license: { name: 'MIT', identifier: 'MIT' } },
		servers: [{ url: origin }],
		security: [{ apiToken: [] }, { session: [] }],
		paths: {
			...paths,
			'/health': { get: { summary: 'Liveness', security: [], responses: { 200: { description: 'Alive' } } } },
		},
		components: {
			securitySchemes: {
				apiToken: { type: 'http', scheme: 'bearer' },
				session: {
					type: 'apiKey',
					in: 'cookie',
					name: '__Host-patchbay-session',
					description: 'Of the dashboard; what changes something must come from the same origin',
				},
			},
			schemas: { Error: toSchema(errorOutput, 'output') },
		},
	};
}

function describeRoute(route: Route | OpenRoute): Record<string, unknown> {
	const { method, path, summary, body, query, headers, status, answer } = route;
	const error = {
		description: 'What was wrong',
		content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
	};
	const parameters = [
		...Array.from(path.matchAll(/:([a-z_]+)/g), ([, name]) => ({
			name,
			in: 'path',
			required: true,
			schema: { type: 'string' },
		})),
		...describeParameters('query', query),
		...describeParameters('header', headers),
	];
	return {
		operationId: `${method.toLowerCase()}${path.replace(/[/:_-]{1,3}(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
		summary,
		...('handleOpen' in route ? { security: [] } : {}),
		...(parameters.length > 0 ? { parameters } : {}),
		...(body
			? { requestBody: { required: true, content: { 'application/json': { schema: toSchema(body, 'input') } } } }
			: {}),
		responses: {
			[status]: answer
				? { description: summary, content: { 'application/json': { schema: toSchema(answer, 'output') } } }
				: { description: 'Done' },
			...(body ? { 400: error, 413: error } : {}),
			401: error,
			403: error,
			...(parameters.some((parameter) => parameter.in === 'path') ? { 404: error } : {}),
			...(method === 'POST' && status === 201 ? { 409: error } : {}),
			503: error,
		},
	};
}

function describeParameters(place: 'query' | 'header', parameters: Record<string, string> = {}) {
	return Object.entries(parameters).map(([name, description]) => ({
		name,
		in: place,
		description,
		schema: { type: 'string' },
	}));
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
	const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
	return rest;
}
