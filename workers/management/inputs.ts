// The shapes that the management API takes; `dashboard/openapi.json` is printed from the same.
import * as z from 'zod';
import {
	ANSWER_BUDGET_KB,
	CALLS_PER_MINUTE_DEFAULT,
	DUPLICATE_WINDOW_DEFAULT_SECONDS,
	KV_MIN_TTL_SECONDS,
	type ServerConfig,
} from '../contracts/records.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ownLookup } from '../integration/own-lookup.ts';
import { didYouMean } from '../lib/nearest.ts';
import { zoneName } from '../lib/time-zones.ts';
import { METHOD_GROUPS } from './vocabulary.ts';

/** People read names on pages of consent and in mails: none may hide a part of itself or turn what stands beside it. */
const UNREADABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export const name = z
	.string()
	.trim()
	.min(1, 'must not be empty')
	.max(200, 'must have at most 200 characters')
	.refine((text) => !UNREADABLE.test(text), 'must not hold line breaks, control characters or overrides of direction');

export const accountId = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit');

/** A moment: ISO 8601 with an offset, at least KV's floor ahead. */
export function expiresAt(nowMs: number) {
	return endsAt(nowMs, 'must be null or an ISO 8601 datetime with an offset, like 2027-01-31T18:00:00Z').nullable();
}

/** The same moment, which must be one. */
export function endsAt(
	nowMs: number,
	error = 'must be an ISO 8601 datetime with an offset, like 2027-01-31T18:00:00Z; leave it out for the default',
) {
	return z
		.string({ error })
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
		.meta({ format: 'date-time' });
}

/** The parser takes 30 February for 2 March. */
function isDay(date: string): boolean {
	const ms = Date.parse(`${date}T00:00:00Z`);
	return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** @param known  what may be named; null when only the shape matters */
function namesOf(what: string, known: Iterable<string> | null) {
	const names = known && new Set(known);
	return z.array(z.string()).superRefine((values, context) => {
		if (values.length > NAMES_MAX) {
			context.addIssue(`must have at most ${NAMES_MAX} entries, got ${values.length}`);
			return;
		}
		const unknown = names ? values.flatMap((value, index) => (names.has(value) ? [] : [index])) : [];
		// The known values are listed once.
		for (const [place, index] of unknown.entries()) {
			const value = (values[index] ?? '').slice(0, 60);
			const near = place < SUGGESTED_MAX ? didYouMean(value, names ?? []) : '';
			const all = place === 0 ? ` Known: ${[...(names ?? [])].join(', ')}` : '';
			context.addIssue({
				code: 'custom',
				path: [index],
				message: `no resource has the ${what} "${value}".${near}${all}`,
			});
		}
	});
}

/** Full or short names of single tools. @param known  null when only the shape matters */
function toolNames(known: ReadonlySet<string> | null) {
	return z.array(z.string()).superRefine((values, context) => {
		if (values.length > TOOL_NAMES_MAX) {
			context.addIssue(`must have at most ${TOOL_NAMES_MAX} entries, got ${values.length}`);
			return;
		}
		const unknown = known ? Array.from(values.keys()).filter((index) => !known.has(values[index] ?? '')) : [];
		for (const [place, index] of unknown.entries()) {
			const value = (values[index] ?? '').slice(0, 80);
			const near = place < TOOLS_SUGGESTED_MAX ? didYouMean(value, known ?? []) : '';
			const all = place === 0 ? ' GET /integrated-account/:id/tools?view=summary lists them all.' : '';
			context.addIssue({ code: 'custom', path: [index], message: `there is no tool "${value}".${near}${all}` });
		}
	});
}

function toolNamesOf({ headers, jobs }: IntegrationHead): ReadonlySet<string> {
	return new Set([...headers.flatMap(({ names }) => [names.full, names.short]), ...Object.keys(jobs)]);
}

/** Names in a list of tools: as many as an integration has, so that any selection can be written down. */
const TOOL_NAMES_MAX = 1_000;
/** Each is compared with every name of every tool. */
const TOOLS_SUGGESTED_MAX = 3;

/** More are no filter any more; each costs a comparison with all that there are. */
export const NAMES_MAX = 200;
const SUGGESTED_MAX = 10;

/** Members of a config that bound answers and calls. */
function limitMembers() {
	return {
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
	};
}

function singleTools(known: Parameters<typeof toolNames>[0]) {
	return z
		.strictObject({ allow: toolNames(known), deny: toolNames(known) })
		.partial()
		.meta({
			description:
				'Single tools by full or short name: only those allowed, as far as methods and tags leave them, and none that is denied',
		});
}

export function configMembers(integration: IntegrationHead | null) {
	return {
		methods: namesOf('method', integration && [...METHOD_GROUPS, ...integration.methods]).meta({
			description: 'read (list, get), write (create, update, delete), custom (every other), or single method names',
		}),
		tags: namesOf('tag', integration?.tags ?? null).meta({
			description:
				'Any of these; combined with methods by AND. The tag destructive marks tools and adds none: leave out the method delete, or deny single tools',
		}),
		tools: singleTools(integration && toolNamesOf(integration)),
		require_api_token_auth: z
			.boolean()
			.meta({ description: 'The URL alone is not enough: Authorization: Bearer <API token>' }),
		tool_exposure: z.enum(['auto', 'all', 'discovery']).meta({
			description:
				'auto, the default: all while there are at most 100 tools, else those of daily work and of discovery. discovery: a few tools that search and call all others',
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
		...limitMembers(),
		time_zone: z
			.string()
			.superRefine((name, context) => {
				if (zoneName(name) === null)
					context.addIssue(
						`must be an IANA time zone like America/New_York; got "${name.slice(0, 60)}".${didYouMean(name, Intl.supportedValuesOf('timeZone'))}`,
					);
			})
			.meta({ description: "Where days, weeks and months begin: an IANA name. The account's zone when absent" }),
		acts_for: z
			.union([z.string().trim().min(1, 'must not be empty').max(200), z.int().positive()], {
				error: "must be the identifier, name or id of one of the vendor's members",
			})
			.refine(() => integration === null || ownLookup(integration.file) !== null, 'is not offered by this integration')
			.meta({
				description:
					'The member that the server works for: `me`, and the default of time and schedule entries. Looked up at the vendor when it is set',
			}),
		show_previous: z
			.boolean()
			.meta({ description: 'An update reads the record first and answers what its fields were' }),
		rehearsal: z.boolean().meta({
			description: 'Every write is answered with what it would do, and none is sent; the log calls it rehearsed',
		}),
		redact: z.boolean().meta({ description: 'Takes passwords, keys, one-time codes and card numbers out of results' }),
	};
}

/** The config of a server that is created without one. */
export const READS_ONLY: ServerConfig = { methods: ['read'] };

export function serverInput(integration: IntegrationHead | null, nowMs: number) {
	return z.strictObject({
		name,
		config: z
			.strictObject(configMembers(integration))
			.partial()
			.default(READS_ONLY)
			.meta({ description: 'Absent: a server that only reads. {}: every tool' }),
		expires_at: expiresAt(nowMs).default(null),
		paused,
	});
}

const paused = z
	.boolean()
	.optional()
	.meta({ description: 'A paused server lists and calls nothing until it is resumed' });

/** Null takes a member of the config back to its default. */
export function serverPatch(integration: IntegrationHead | null, nowMs: number) {
	const members = {
		...configMembers(integration),
		destructive_tag: z.null().meta({ description: 'The tag destructive selects nothing any more' }),
	};
	return z
		.strictObject({
			name,
			config: z.strictObject(nullable(members)).partial(),
			expires_at: expiresAt(nowMs),
			paused,
		})
		.partial()
		.refine((patch) => Object.keys(patch).length > 0, 'must change at least one of name, config, expires_at, paused');
}

function nullable<T extends Record<string, z.ZodType>>(members: T): { [K in keyof T]: z.ZodNullable<T[K]> } {
	const entries = Object.entries(members).map(([key, member]) => [key, member.nullable()]);
	return Object.fromEntries(entries) as { [K in keyof T]: z.ZodNullable<T[K]> };
}

const baseUrl = z.string().meta({ format: 'uri' });
const credentials = z
	.record(z.string(), z.string().max(4_096, 'must have at most 4096 characters'))
	.refine((given) => Object.keys(given).length <= 50, 'must have at most 50 members');

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

export const signInInput = z.strictObject({ token: z.string().min(1, 'must not be empty').max(512) });
