// The shapes that the management API answers, for openapi.json.
import * as z from 'zod';
import { configMembers } from '../../workers/management/inputs.ts';
import { METHOD_GROUPS, OUTCOMES } from '../../workers/management/vocabulary.ts';

export const moment = z.string().meta({ format: 'date-time' });

export const accountOutput = z.object({
	id: z.string(),
	integration: z.string(),
	name: z.string(),
	base_url: z.string(),
	time_zone: z
		.object({ name: z.string(), is_guessed: z.boolean() })
		.optional()
		.meta({ description: "Where days begin. is_guessed: the zone of the vendor's server. Absent: not known, UTC" }),
	state: z.enum(['unverified', 'active', 'unreachable', 'needs_reauth']).meta({
		description:
			'unverified: nobody has tried the credentials. active: the vendor accepts them. unreachable: it does not answer. needs_reauth: it refuses them; after five refused calls in a row none is sent until new ones or a good test',
	}),
	state_since: moment,
	last_seen_at: moment
		.nullable()
		.meta({ description: 'When a test or a call last showed this state, to a quarter of an hour; null: never' }),
	created_at: moment,
	updated_at: moment,
});

const actingMember = z.object({
	id: z.int(),
	identifier: z.string().optional(),
	time_zone: z.string().optional(),
});

const serverMembers = z.object({
	id: z.string(),
	name: z.string(),
	config: z
		.object({
			...configMembers(null),
			destructive_tag: z.literal('selects').meta({
				description:
					'Of a server stored when the tag destructive selected tools: it still does. Null in a PATCH ends it',
			}),
		})
		.partial(),
	integrated_account_id: z.string(),
	expires_at: moment.nullable(),
	acts_for: actingMember
		.optional()
		.meta({ description: 'The member of config.acts_for, as the vendor knows it; without identifier: not verified' }),
	paused: z.literal(true).optional().meta({ description: 'Only while it is paused' }),
	created_at: moment,
	updated_at: moment,
});

const usageMembers = {
	last_used_at: moment.nullable(),
	calls_today: z.int().meta({ description: 'Since today_from, by whole hours; by default since midnight UTC' }),
	errors_today: z.int(),
};

const oauthUrl = z.string().meta({
	format: 'uri',
	description: 'For clients that speak OAuth: no secret, and worth nothing without the consent of an API token',
});

const listed = z
	.object({ exposure: z.enum(['all', 'discovery']), tools: z.int() })
	.meta({ description: 'What a client sees: every tool, or those of daily work and of discovery; how many' });

const long_names = z
	.object({ limit: z.int(), tools: z.int(), examples: z.array(z.string()), notice: z.string() })
	.optional()
	.meta({ description: 'Listed tools whose names are too long for some clients, behind that of the server' });

export const serverOutput = serverMembers.extend({ listed, long_names, oauth_url: oauthUrl });

/** A listed server, with its usage when `today_from` asks for it. */
export const serverListed = serverOutput.extend(z.object(usageMembers).partial().shape);

export const statsOutput = z.object({
	...usageMembers,
	hours: z.array(z.object({ at: moment, calls: z.int(), errors: z.int() })),
});

/** The one answer that shows a token: of create and of rotate. */
export const serverWithUrl = serverMembers.extend({
	listed,
	long_names,
	token: z.string(),
	url: z.string(),
	oauth_url: oauthUrl,
	notice: z.string().optional().meta({ description: 'What was chosen for a server that was created without a config' }),
});

export const apiTokenOutput = z.object({
	id: z.string(),
	name: z.string(),
	scope: z.enum(['manage', 'use']),
	accounts: z.union([z.literal('*'), z.array(z.string())]),
	servers: z.array(z.string()).optional().meta({ description: 'The only servers that it lets in to; absent: all' }),
	expires_at: moment.nullable(),
	requests_per_minute: z.int().optional(),
	person: z
		.object({ issuer: z.string(), subject: z.string(), email: z.string().nullable(), groups: z.array(z.string()) })
		.optional()
		.meta({ description: 'Of a token without a secret, which stands for a person who signs in' }),
	invitation_id: z.string().optional().meta({ description: 'The invitation that it was made from' }),
	acts_for: z
		.record(z.string(), actingMember)
		.optional()
		.meta({ description: 'The person as a member at the vendor, by account id' }),
	created_at: moment,
	updated_at: moment.optional().meta({ description: 'Absent while it was never changed' }),
});

/** The answer to the creation of a token, the only one with the secret. */
export const apiTokenWithSecret = apiTokenOutput.extend({ token: z.string() });

export const sessionOutput = z.object({
	id: z.string(),
	api_token_id: z.string(),
	created_at: moment,
	expires_at: moment,
	client: z.string().meta({ description: 'What the browser said of itself' }),
});

export const appOutput = z.object({
	id: z.string(),
	client_id: z.string(),
	client_name: z.string().meta({ description: 'The name that the app gave itself' }),
	redirect_host: z.string().nullable().meta({ description: 'Where its codes were sent' }),
	within: z
		.object({ methods: z.array(z.string()), tags: z.array(z.string()) })
		.partial()
		.meta({ description: "What the person allowed of the server's tools" }),
	api_token_id: z.string().meta({ description: 'The API token that the person gave' }),
	created_at: moment,
	last_refreshed_at: moment,
	expires_at: moment.nullable(),
});

export const signedInOutput = z.object({ session: sessionOutput, api_token: apiTokenOutput });

/** Asking is no error: without a session the answer is null. */
export const whoOutput = z.object({
	session: sessionOutput.nullable(),
	api_token: apiTokenOutput.nullable(),
	sign_in: z
		.object({ label: z.string() })
		.optional()
		.meta({ description: 'The identity provider that /sign-in leads to; absent where there is none' }),
});

export const testOutput = z.object({
	ok: z.boolean(),
	cause: z
		.string()
		.nullable()
		.meta({ description: 'host, company, keys, client_id, rights, rate_limit, vendor; null when ok' }),
	message: z.string(),
	upstream_status: z.int().nullable(),
	duration_ms: z.int(),
});

const toolMembers = {
	name: z.string(),
	title: z.string(),
	description: z.string(),
	annotations: z.record(z.string(), z.unknown()),
	resource: z.string(),
	method: z.string(),
	method_class: z.enum(METHOD_GROUPS),
	tags: z.array(z.string()),
};

const toolSchemas = {
	inputSchema: z.record(z.string(), z.unknown()),
	outputSchema: z.record(z.string(), z.unknown()).optional().meta({ description: 'Of search and fetch' }),
};
const costs = z.record(z.string(), z.object({ tools: z.int(), tokens: z.int() }));

export const toolsOutput = z.object({
	tools: z.array(
		z
			.object({ ...toolMembers, ...toolSchemas })
			.extend({ module: z.string(), tokens: z.int() })
			.partial({ inputSchema: true, outputSchema: true, module: true, tokens: true })
			.meta({
				description: 'With view=summary, its module and what it costs a model instead of its schemas',
			}),
	),
	count: z.int().meta({ description: 'Tools that the server can call' }),
	listed: z
		.int()
		.meta({ description: 'Tools that a client is shown: fewer where the tools of discovery stand for the others' }),
	bytes: z.int().meta({ description: 'Of the list as a client receives it, UTF-8' }),
	tokens: z.int().meta({ description: 'What the list costs a model, estimated' }),
	choices: z.object({ methods: costs, tags: costs, tool_exposure: costs }).meta({
		description: 'What each method class and tag would bring by itself, and each exposure of the tools chosen here',
	}),
});

export const toolOutput = z.object({
	...toolMembers,
	...toolSchemas,
	module: z.string(),
	example: z.record(z.string(), z.unknown()).nullable(),
	sends: z.object({
		verb: z.string(),
		path: z.string().meta({ description: "Below the account's base_url" }),
		arguments: z.record(z.string(), z.enum(['path', 'query', 'body', 'page', 'filter', 'file', 'clear', 'answer'])),
	}),
	bytes: z.int(),
	tokens: z.int(),
});

const wayMembers = {
	steps: z.array(z.string()),
	file: z
		.object({ path: z.string(), content: z.string() })
		.nullable()
		.meta({ description: "For the user's own configuration" }),
	command: z.string().nullable(),
	install: z.string().nullable().meta({ description: 'A link that the client opens and adds the server by itself' }),
};

export const connectOutput = z.object({
	placeholders: z.record(z.string(), z.string()).meta({ description: 'What stands for what in files and commands' }),
	oauth_url: oauthUrl,
	clients: z.array(
		z.object({
			client: z.string(),
			label: z.string(),
			...wayMembers,
			oauth: z
				.object(wayMembers)
				.nullable()
				.meta({ description: 'The better way, without a secret, where the client speaks OAuth' }),
			limit: z.string().nullable().meta({ description: 'What the client does with many tools or long answers' }),
			unsupported: z.string().nullable().meta({ description: 'Why this client cannot be connected as things are' }),
		}),
	),
});

export const logOutput = z.object({
	at: moment,
	tool: z.string(),
	method_class: z.enum(METHOD_GROUPS),
	outcome: z.enum(OUTCOMES),
	upstream_status: z.int().nullable(),
	duration_ms: z.int(),
	upstream_ms: z.int().nullable(),
	request_bytes: z.int(),
	response_bytes: z.int(),
	client: z.string(),
	request_id: z.string(),
	via: z.enum(['url', 'oauth', 'management']).optional(),
	api_token_id: z.string().nullable().optional(),
	grant_id: z.string().nullable().optional(),
	person: z.string().nullable().optional(),
	record_type: z.string().nullable().optional(),
	record_id: z.union([z.string(), z.number()]).nullable().optional(),
	fields: z.array(z.string()).optional(),
});

const members = z.record(z.string(), z.unknown()).nullable();

export const trailPage = z.object({
	result: z.array(
		z.object({
			at: moment,
			account_id: z.string().nullable(),
			account_identity: z.string().nullable(),
			server_id: z.string().nullable(),
			action: z.string(),
			via: z.enum(['api_token', 'session', 'invitation', 'sign_in', 'system']),
			api_token_id: z.string().nullable(),
			session_id: z.string().nullable(),
			before: members,
			after: members,
		}),
	),
	newest_cursor: z.string().meta({ description: 'As `after` of the next call: only what came since' }),
});

export const endedServer = z.object({
	id: z.string(),
	name: z.string(),
	account_identity: z.string(),
	ended_at: moment,
});

export const endedAccount = z.object({ id: z.string(), identity: z.string(), name: z.string(), ended_at: moment });

export const logPage = z.object({
	result: z.array(logOutput),
	next_cursor: z.string().nullable(),
	newest_cursor: z.string().meta({ description: 'As `after` of a later call: only what came since' }),
});

export const integrationOutput = z.object({
	name: z.string(),
	label: z.string(),
	sites: z.array(z.object({ name: z.string(), url: z.string() })),
	base_url_example: z.string(),
	finds_base_url: z.boolean().meta({ description: 'An account may be connected without base_url' }),
	credentials: z.array(
		z.object({
			name: z.string(),
			label: z.string(),
			where: z.string(),
			secret: z.boolean(),
			pattern: z.string().nullable(),
		}),
	),
	modules: z.array(z.string()),
	methods: z.array(z.object({ name: z.string(), method_class: z.enum(METHOD_GROUPS), tools: z.int() })),
	tags: z.array(z.object({ name: z.string(), covers: z.string(), tools: z.int() })),
	presets: z
		.array(
			z.object({
				name: z.string(),
				label: z.string(),
				about: z.string(),
				config: z.object(configMembers(null)).partial(),
				tools: z.int(),
			}),
		)
		.meta({ description: 'Jobs that a server may be created for, each with a config to start from' }),
	offers_search_and_fetch: z.boolean(),
	config_members: z
		.array(z.string())
		.meta({ description: "Members of a server's config that this installation takes" }),
});

const rpcId = z.union([z.string(), z.int()]);

export const rpcMessage = z
	.object({
		jsonrpc: z.literal('2.0'),
		id: rpcId.optional().meta({ description: 'Absent in a notification' }),
		method: z.string().meta({ description: 'tools/list, tools/call, …' }),
		params: z.record(z.string(), z.unknown()).optional(),
	})
	.meta({ description: 'One message of the Model Context Protocol' });

export const rpcAnswer = z.object({
	jsonrpc: z.literal('2.0'),
	id: rpcId.nullable(),
	result: z.record(z.string(), z.unknown()).optional(),
	error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).optional(),
});

export function pageOf(item: z.ZodType) {
	return z.object({ result: z.array(item), next_cursor: z.string().nullable() });
}

export const errorOutput = z.object({
	statusCode: z.int(),
	error: z.string(),
	code: z.string(),
	message: z.string(),
	details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
	id: z.string().optional().meta({ description: 'Of a repeated create: what the first one has made' }),
});
