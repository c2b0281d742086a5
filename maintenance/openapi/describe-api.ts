// `dashboard/openapi.json`, made from the descriptions of routes and the schemas that check the input.
import * as z from 'zod';
import { VERSION } from '../../workers/lib/version.ts';
import { errorOutput } from './outputs.ts';
import type { RouteDescription } from './route-description.ts';
import { DESCRIBED_ROUTES } from './routes.ts';
import { BODY_NAMES, EXAMPLES, SCHEMA_NAMES, TAGS } from './words.ts';

type Schemas = Record<string, unknown>;
type Io = 'input' | 'output';

/** @returns the text of the file */
export function apiDescription(): string {
	return `${JSON.stringify(describeApi(), null, '\t')}\n`;
}

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12, which zod writes. */
function describeApi(): Record<string, unknown> {
	const paths: Record<string, Record<string, unknown>> = {};
	const schemas: Schemas = {};
	const error = refer(schemas, errorOutput, 'output');
	for (const route of DESCRIBED_ROUTES) {
		const path = route.path.replace(/:([a-z_]+)/g, '{$1}');
		paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, schemas, error) };
	}
	return {
		openapi: '3.1.0',
		info: { title: 'Patchbay management API', version: VERSION, license: { name: 'MIT', identifier: 'MIT' } },
		// The installation that this was read from.
		servers: [{ url: '/' }],
		tags: Object.values(TAGS),
		security: [{ apiToken: [] }, { session: [] }],
		paths,
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
			schemas,
		},
	};
}

function describeRoute(route: RouteDescription, schemas: Schemas, errorSchema: unknown): Record<string, unknown> {
	const { method, path, summary, body, query, headers = {}, status, answer } = route;
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
	const bodyName = BODY_NAMES[`${method} ${path}`];
	const faults = errorStatuses(route);
	return {
		operationId: `${method.toLowerCase()}${path.replace(/[/:_-]{1,3}(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
		summary,
		tags: [tagOf(path)],
		...(route.isOpen ? { security: [] } : {}),
		...(parameters.length > 0 ? { parameters } : {}),
		...(body ? { requestBody: { required: true, content: jsonOf(refer(schemas, body, 'input', bodyName)) } } : {}),
		responses: {
			[status]: answer
				? {
						description: summary,
						content: { ...jsonOf(refer(schemas, answer, 'output')), ...asText(route.alsoAs) },
					}
				: { description: 'Done' },
			...Object.fromEntries(faults.map((code) => [code, { description: FAULTS[code], content: jsonOf(errorSchema) }])),
			...describeMoreAnswers(route, schemas, errorSchema),
		},
	};
}

function asText(types: readonly string[] = []): Record<string, unknown> {
	return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
}

/** An answer of a status that errors have too is one or the other. */
function describeMoreAnswers({ moreAnswers = {} }: RouteDescription, schemas: Schemas, errorSchema: unknown) {
	const entries = Object.entries(moreAnswers).map(([status, { description, answer }]) => {
		if (!answer) return [status, { description }];
		const schema = refer(schemas, answer, 'output');
		return [
			status,
			{ description, content: jsonOf(FAULTS[Number(status)] ? { anyOf: [schema, errorSchema] } : schema) },
		];
	});
	return Object.fromEntries(entries) as Record<string, unknown>;
}

const FAULTS: Record<number, string> = {
	400: 'The input is wrong; details name every fault',
	401: 'No good API token',
	403: 'The API token may not do this, or the request came from another origin',
	404: 'There is nothing of this id, or the API token may not see it',
	409: 'It exists already; id says which',
	410: 'The invitation was accepted already, or has expired',
	412: 'It was changed since what If-Match names',
	413: 'The body is too large',
	422: 'The test of the connection failed; nothing was saved',
	502: 'The vendor does not answer, so a member could not be looked up; nothing was stored',
	429: 'Too many requests; retry-after and ratelimit-* say when to go on',
	503: 'Storage does not answer; retry-after says when to try again',
};

function errorStatuses(route: RouteDescription): number[] {
	const { method, path, body, query, headers = {}, status, moreFaults = [] } = route;
	if (route.isOpen && !body) return [403, ...moreFaults, 503];
	return [
		400,
		401,
		403,
		...(path.includes(':') ? [404] : []),
		...(method === 'POST' && status === 201 ? [409] : []),
		...('If-Match' in headers ? [412] : []),
		...(body ? [413] : []),
		...(query && 'test' in query ? [422] : []),
		...moreFaults,
		429,
		503,
	];
}

function tagOf(path: string): string {
	const [, first = '', , third = ''] = path.split('/');
	const tag =
		/^(log|trail|ended)/.test(third) || /^(trail|ended)/.test(first) ? TAGS.trail : (TAGS[third] ?? TAGS[first]);
	return (
		(tag ?? (/^session/.test(first) ? TAGS.session : /^(invite|sign-in)/.test(first) ? TAGS.invitation : TAGS.system))
			?.name ?? ''
	);
}

function jsonOf(schema: unknown): Record<string, unknown> {
	return { 'application/json': { schema } };
}

function describeParameters(place: 'query' | 'header', parameters: Record<string, string> = {}) {
	return Object.entries(parameters).map(([name, description]) => ({
		name,
		in: place,
		description,
		schema: { type: 'string' },
	}));
}

/** A schema with a name is written once, and referred to. */
function refer(schemas: Schemas, schema: z.ZodType, io: Io, name = SCHEMA_NAMES.get(schema)): unknown {
	if (name === undefined) return toSchema(schemas, schema, io);
	if (!(name in schemas)) {
		schemas[name] = null;
		const example = EXAMPLES[name];
		schemas[name] = { ...toSchema(schemas, schema, io), ...(example === undefined ? {} : { example }) };
	}
	return { $ref: `#/components/schemas/${name}` };
}

function toSchema(schemas: Schemas, schema: z.ZodType, io: Io): object {
	const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
		io,
		unrepresentable: 'any',
		override: ({ zodSchema, jsonSchema }) => {
			const inner: unknown = zodSchema;
			if (inner === schema || !SCHEMA_NAMES.has(inner)) return;
			for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
			Object.assign(jsonSchema, refer(schemas, inner as z.ZodType, io));
		},
	});
	return rest;
}
