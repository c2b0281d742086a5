// The shapes of the management API: what comes in, what goes out, and what openapi.json says of both.
import * as z from 'zod';
import { KV_MIN_TTL_SECONDS } from '../access/kv.ts';
import {
	CALLS_PER_MINUTE_DEFAULT,
	DUPLICATE_WINDOW_DEFAULT_SECONDS,
	REQUESTS_PER_MINUTE_DEFAULT,
} from '../contracts/records.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError, type Fault } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { parseUntrusted } from '../lib/parse-untrusted.ts';
import { ANSWER_BUDGET_KB } from '../vendor/records.ts';

export const METHOD_GROUPS = ['read', 'write', 'custom'] as const;

const name = z.string().trim().min(1, 'must not be empty').max(200, 'must have at most 200 characters');

export const accountId = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit');

/** A moment: ISO 8601 with an offset, at least KV's floor ahead. */
function expiresAt(nowMs: number) {
	return z
		.string({ error: 'must be null or an ISO 8601 datetime with an offset, like 2027-01-31T18:00:00Z' })
		.superRefine((text, context) => {
			const iso = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
			const ms = iso && isDay(iso[1] ?? '') ? Date.parse(text) : Number.NaN;
			if (Number.isNaN(ms)) {
				context.addIssue(
					`must be an ISO 8601 datetime with an offset, like 2027-01-31T18:00:00Z; got "${text.slice(0, 40)}"`,
				);
			} else if (ms - nowMs < KV_MIN_TTL_SECONDS * 1000) {
				context.addIssue(`must be at least ${KV_MIN_TTL_SECONDS} seconds in the future`);
			}
		})
		.meta({ format: 'date-time' })
		.nullable();
}

/** The parser takes 30 February for 2 March. */
function isDay(date: string): boolean {
	const ms = Date.parse(`${date}T00:00:00Z`);
	return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** @param known  what may be named; null when only the shape matters */
function namesOf(what: string, known: Iterable<string> | null) {
	const names = known && new Set(known);
	return z.array(
		z.string().superRefine((value, context) => {
			if (names && !names.has(value)) {
				context.addIssue(
					`no resource has the ${what} "${value.slice(0, 60)}".${didYouMean(value, names)} Known: ${[...names].join(', ')}`,
				);
			}
		}),
	);
}

function configMembers(integration: IntegrationHead | null) {
	return {
		methods: namesOf('method', integration && [...METHOD_GROUPS, ...integration.methods]).meta({
			description: 'read (list, get), write (create, update, delete), custom (every other), or single method names',
		}),
		tags: namesOf('tag', integration?.tags ?? null).meta({
			description: 'Any of these; combined with methods by AND',
		}),
		require_api_token_auth: z
			.boolean()
			.meta({ description: 'The URL alone is not enough: Authorization: Bearer <API token>' }),
		tool_exposure: z.enum(['all', 'discovery']).meta({
			description: 'discovery: a few tools that search and call all others, for servers with hundreds',
		}),
		tool_names: z.enum(['full', 'short']),
		list_format: z.enum(['records', 'table']),
		search_and_fetch: z
			.boolean()
			.refine(
				(isWanted) => !isWanted || integration === null || integration.file.search !== undefined,
				'is not offered by this integration',
			)
			.meta({
				description:
					"Besides the others, the two tools of these names that ChatGPT's deep research and company knowledge call",
			}),
		answer_budget_kb: z
			.int(`must be a whole number of KB, ${ANSWER_BUDGET_KB.min} to ${ANSWER_BUDGET_KB.max}`)
			.min(ANSWER_BUDGET_KB.min, `must be at least ${ANSWER_BUDGET_KB.min}`)
			.max(ANSWER_BUDGET_KB.max, `must be at most ${ANSWER_BUDGET_KB.max}: no client takes more`)
			.meta({
				description: `Where an answer is cut, in KB; ${ANSWER_BUDGET_KB.default} when absent. A cursor goes on from there`,
			}),
		calls_per_minute: z
			.int()
			.min(1)
			.max(1_000_000)
			.meta({ description: `Tool calls that may reach the vendor; ${CALLS_PER_MINUTE_DEFAULT} when absent` }),
		writes_per_day: z.int().min(0).max(1_000_000).meta({ description: 'Writes per day (UTC); no bound when absent' }),
		duplicate_window_seconds: z
			.int()
			.min(0)
			.max(86_400)
			.meta({
				description: `How long the same write is answered with what the first one did; ${DUPLICATE_WINDOW_DEFAULT_SECONDS} when absent, 0 for never`,
			}),
		redact: z.boolean().meta({ description: 'Takes passwords, keys, one-time codes and card numbers out of results' }),
	};
}

export function serverInput(integration: IntegrationHead | null, nowMs: number) {
	return z.strictObject({
		name,
		config: z.strictObject(configMembers(integration)).partial().default({}),
		expires_at: expiresAt(nowMs).default(null),
		paused,
	});
}

const paused = z
	.boolean()
	.optional()
	.meta({ description: 'A paused server lists and calls nothing until it is resumed' });

/** Null takes a member that has a default of its own, or none, back to that. */
export function serverPatch(integration: IntegrationHead | null, nowMs: number) {
	const { methods, tags, calls_per_minute, writes_per_day, duplicate_window_seconds, ...rest } =
		configMembers(integration);
	return z
		.strictObject({
			name,
			config: z
				.strictObject({
					methods: methods.nullable(),
					tags: tags.nullable(),
					...rest,
					calls_per_minute: calls_per_minute.nullable(),
					writes_per_day: writes_per_day.nullable(),
					duplicate_window_seconds: duplicate_window_seconds.nullable(),
				})
				.partial(),
			expires_at: expiresAt(nowMs),
			paused,
		})
		.partial()
		.refine((patch) => Object.keys(patch).length > 0, 'must change at least one of name, config, expires_at, paused');
}

const baseUrl = z.string().meta({ format: 'uri' });
const credentials = z.record(z.string(), z.string());

export const accountInput = z.strictObject({
	id: accountId.optional().meta({ description: 'Your own name for it; made up when absent' }),
	integration: z.string(),
	name,
	base_url: baseUrl.optional(),
	site: z.string().optional().meta({ description: 'A cloud site of the vendor instead of base_url, e.g. "na"' }),
	credentials,
});

export const accountPatch = z
	.strictObject({ name, base_url: baseUrl, site: z.string(), credentials })
	.partial()
	.refine((patch) => Object.keys(patch).length > 0, 'must change at least one of name, base_url, site, credentials');

export function apiTokenInput(nowMs: number) {
	return z.strictObject({
		name,
		scope: z
			.enum(['manage', 'use'])
			.meta({ description: 'manage: this API. use: only to let MCP clients in, by the second factor or by OAuth' }),
		accounts: z
			.union([z.literal('*'), z.array(accountId).min(1, 'must name at least one account, or be "*"')], {
				error: 'must be "*" or a list of account ids',
			})
			.default('*'),
		expires_at: expiresAt(nowMs).default(null),
		requests_per_minute: z
			.int()
			.min(1)
			.max(1_000_000)
			.optional()
			.meta({ description: `${REQUESTS_PER_MINUTE_DEFAULT} when absent` }),
	});
}

// --- what comes out ----------------------------------------------------------------------------------------------

const moment = z.string().meta({ format: 'date-time' });

export const accountOutput = z.object({
	id: z.string(),
	integration: z.string(),
	name: z.string(),
	base_url: z.string(),
	state: z.enum(['active', 'needs_reauth']).meta({
		description: 'needs_reauth: the vendor refuses the credentials, and no call is sent until new ones or a good test',
	}),
	state_since: moment,
	created_at: moment,
	updated_at: moment,
});

const serverMembers = z.object({
	id: z.string(),
	name: z.string(),
	config: z.object(configMembers(null)).partial(),
	integrated_account_id: z.string(),
	expires_at: moment.nullable(),
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

export const serverOutput = serverMembers.extend({ oauth_url: oauthUrl });

/** With the usage when `today_from` asks for it. */
export const serverListed = serverOutput.extend(z.object(usageMembers).partial().shape);

export const statsOutput = z.object({
	...usageMembers,
	hours: z.array(z.object({ at: moment, calls: z.int(), errors: z.int() })),
});

/** The one answer that shows a token: of create and of rotate. */
export const serverWithUrl = serverMembers.extend({ token: z.string(), url: z.string(), oauth_url: oauthUrl });

const named = z.array(z.strictObject({ id: z.string(), name: z.string() }));

export const keysOutput = z.strictObject({
	current: z.enum(['a', 'b']).meta({ description: 'The slot that things are written under' }),
	other: z
		.enum(['new', 'earlier'])
		.nullable()
		.meta({ description: 'The keys in the other slot: not used yet, or used before; null when it is empty' }),
	accounts: z.int(),
	api_tokens: z.int(),
	api_tokens_behind: named.meta({ description: 'Kept under another key; each goes over when it is next used' }),
	sessions_behind: z.int(),
});

export const resealOutput = z.strictObject({
	id: z.string(),
	name: z.string(),
	credentials: z.enum(['current', 'resealed', 'unreadable', 'changing', 'gone']),
	servers: z.int(),
	servers_behind: named.meta({ description: 'Kept under another key; each goes over when it is next called' }),
});

export const apiTokenOutput = z.object({
	id: z.string(),
	name: z.string(),
	scope: z.enum(['manage', 'use']),
	accounts: z.union([z.literal('*'), z.array(z.string())]),
	expires_at: moment.nullable(),
	requests_per_minute: z.int().optional(),
	created_at: moment,
});

export const signInInput = z.strictObject({ token: z.string().min(1, 'must not be empty').max(512) });

export const sessionOutput = z.object({
	id: z.string(),
	api_token_id: z.string(),
	created_at: moment,
	expires_at: moment,
	client: z.string().meta({ description: 'What the browser said of itself' }),
});

export const signedInOutput = z.object({ session: sessionOutput, api_token: apiTokenOutput });

/** Who asks is no error: without a session the answer is null. */
export const whoOutput = z.object({ session: sessionOutput.nullable(), api_token: apiTokenOutput.nullable() });

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
	outputSchema: z.record(z.string(), z.unknown()),
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
	listed: z.int().meta({ description: 'Tools that a client is shown: fewer with tool_exposure discovery' }),
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
		arguments: z.record(z.string(), z.enum(['path', 'query', 'body', 'page', 'filter', 'file'])),
	}),
	bytes: z.int(),
	tokens: z.int(),
});

export const OUTCOMES = ['ok', 'refused', 'upstream_error', 'failed'] as const;

export const connectOutput = z.object({
	placeholders: z.record(z.string(), z.string()).meta({ description: 'What stands for what in files and commands' }),
	oauth_url: oauthUrl,
	clients: z.array(
		z.object({
			client: z.string(),
			label: z.string(),
			steps: z.array(z.string()),
			file: z.object({ path: z.string(), content: z.string() }).nullable(),
			command: z.string().nullable(),
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
});

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
});

// --- faults ------------------------------------------------------------------------------------------------------

/** @throws ApiError invalid_input with every fault of the shape and of `more` */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, more: readonly Fault[] = []): z.infer<S> {
	const parsed = parseUntrusted(schema, value);
	const faults = [...('data' in parsed ? [] : parsed.issues.flatMap(issueFaults)), ...more];
	if (!('data' in parsed) || faults.length > 0) throw invalidInput(faults);
	return parsed.data;
}

/** As `parseInput`, for callers that have more to find out before they complain. */
export function inputFaults(schema: z.ZodType, value: unknown): Fault[] {
	const parsed = parseUntrusted(schema, value);
	return 'data' in parsed ? [] : parsed.issues.flatMap(issueFaults);
}

export function invalidInput(faults: readonly Fault[]): ApiError {
	const said = faults.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ');
	return new ApiError('invalid_input', said.length > 600 ? `${said.slice(0, 599)}…` : said, { details: [...faults] });
}

function issueFaults(issue: z.core.$ZodIssue): Fault[] {
	const path = issue.path.join('.');
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not known here' }));
	}
	if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path, message: 'is required' }];
	return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
}
