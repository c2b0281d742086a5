// The shapes that routes of API tokens, invitations and rules of sign-in take.
import * as z from 'zod';
import { REQUESTS_PER_MINUTE_DEFAULT } from '../contracts/records.ts';
import { isObject } from '../lib/is-object.ts';
import { accountId, endsAt, expiresAt, NAMES_MAX, name } from './inputs.ts';
import { LINK_DAYS } from './vocabulary.ts';

/** Each is looked for at each account. */
const SERVERS_MAX = 20;

const serverId = z.string().regex(/^[a-z0-9_-]{1,80}$/, 'must be the id of a server, like mcp_cwp_8f9a2b417c05');

/** Members that say what an API token, an invitation or a rule may touch. */
function reachMembers() {
	return {
		scope: z
			.enum(['manage', 'use'])
			.meta({ description: 'manage: this API. use: only to let MCP clients in, by the second factor or by OAuth' }),
		accounts: z
			.union(
				[
					z.literal('*'),
					z
						.array(accountId)
						.min(1, 'must name at least one account, or be "*"')
						.max(NAMES_MAX, `must name at most ${NAMES_MAX} accounts, or be "*"`),
				],
				{
					error: 'must be "*" or a list of account ids',
				},
			)
			.default('*'),
		servers: z
			.array(serverId)
			.min(1, 'must name at least one server, or be left out')
			.max(SERVERS_MAX, `must name at most ${SERVERS_MAX} servers`)
			.optional()
			.meta({ description: 'The only servers of these accounts that it lets in to, with the scope use; absent: all' }),
		requests_per_minute: z
			.int()
			.min(1)
			.max(1_000_000)
			.optional()
			.meta({ description: `${REQUESTS_PER_MINUTE_DEFAULT} when absent` }),
	};
}

/** Each costs a question to a vendor. */
const MEMBERS_MAX = 10;

const actsFor = z
	.record(
		accountId,
		z.union(
			[
				z.string().trim().min(1, 'must not be empty').max(200),
				z.int().positive(),
				// Accepts the form of answers, so that a list can be sent back as it was read.
				z.looseObject({ id: z.int().positive() }).transform(({ id }) => id),
			],
			{ error: 'must be the identifier, name or id of a member' },
		),
	)
	.refine((members) => Object.keys(members).length <= MEMBERS_MAX, `must name at most ${MEMBERS_MAX} accounts`)
	.meta({
		description:
			"The person as a member at the vendor, by account id: identifier, name or id. `me` of their calls, before a server's acts_for",
	});

/** Members that contradict each other are told together with those that are wrong by themselves. */
const BESIDE_OTHER_FAULTS = { when: ({ value }: { value: unknown }) => isObject(value) };

/** The management API knows no limit to servers. */
function requireUseForServers(
	{ scope, servers }: { scope: string; servers?: unknown },
	context: z.RefinementCtx,
): void {
	if (scope === 'manage' && servers !== undefined)
		context.addIssue({ code: 'custom', path: ['servers'], message: 'goes with the scope use only' });
}

function apiTokenMembers(nowMs: number) {
	const { requests_per_minute, ...reach } = reachMembers();
	return {
		name,
		...reach,
		expires_at: expiresAt(nowMs).default(null),
		requests_per_minute,
		acts_for: actsFor.optional(),
	};
}

export function apiTokenInput(nowMs: number) {
	return z.strictObject(apiTokenMembers(nowMs)).superRefine(requireUseForServers, BESIDE_OTHER_FAULTS);
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function invitationInput(nowMs: number) {
	const { scope: _scope, ...reach } = reachMembers();
	return z
		.strictObject({
			name: name.meta({ description: 'Whom it is for; the name of the API token that it becomes' }),
			scope: z
				.enum(['use', 'manage'], { error: 'must be use or manage' })
				.default('use')
				.meta({ description: 'manage goes with a sign-in alone' }),
			ends_as: z.enum(['api_token', 'sign_in']).default('api_token').meta({
				description: 'api_token: it is shown once. sign_in: the person signs in, and is let in again each time',
			}),
			...reach,
			expires_at: endsAt(nowMs)
				.refine(
					(text) => !(Date.parse(text) - nowMs > LINK_DAYS.max * DAY_MS),
					`must be at most ${LINK_DAYS.max} days ahead`,
				)
				.optional()
				.meta({ description: `End of the link; in ${LINK_DAYS.default} days when absent, at most ${LINK_DAYS.max}` }),
			access_expires_at: expiresAt(nowMs).default(null).meta({ description: 'End of the access that it gives' }),
			acts_for: actsFor.optional(),
		})
		.superRefine(({ scope, ends_as, servers }, context) => {
			requireUseForServers({ scope, servers }, context);
			if (scope === 'manage' && ends_as === 'api_token')
				context.addIssue({ code: 'custom', path: ['scope'], message: 'must be use, or ends_as be sign_in' });
		}, BESIDE_OTHER_FAULTS);
}

const RULES_MAX = 200;

function signInRule() {
	const { scope: _scope, ...reach } = reachMembers();
	return z
		.strictObject({
			email: z.email('must be an e-mail address').max(254).optional(),
			email_domain: z
				.string()
				.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain, like example.com')
				.max(190)
				.optional(),
			group: z.string().min(1, 'must not be empty').max(200).optional().meta({
				description: 'As the identity provider names it: with Entra ID the object id of the group',
			}),
			scope: z
				.enum(['manage', 'use', 'none'])
				.meta({ description: 'manage: the dashboard too. use: only to connect clients. none: is kept out' }),
			...reach,
			acts_for: actsFor.optional().meta({ description: 'Beside email alone: the person as a member at the vendor' }),
		})
		.superRefine((rule, context) => {
			requireUseForServers(rule, context);
			if (rule.acts_for && rule.email === undefined)
				context.addIssue({
					code: 'custom',
					path: ['acts_for'],
					message: 'goes with email only: a member is one person',
				});
			const named = [rule.email, rule.email_domain, rule.group].filter((name) => name !== undefined);
			if (named.length !== 1) context.addIssue('must name people by one of email, email_domain and group');
		}, BESIDE_OTHER_FAULTS);
}

export function signInRulesPatch() {
	return z
		.strictObject({
			rules: z.array(signInRule()).max(RULES_MAX, `must have at most ${RULES_MAX} rules`).meta({
				description: 'The whole list. The first rule that names a person counts; nobody is let in without one',
			}),
			days: z
				.int()
				.min(1)
				.max(90)
				.meta({ description: "How long a sign-in keeps a person's apps connected; 30 when it was never set" }),
		})
		.partial()
		.refine((patch) => Object.keys(patch).length > 0, 'must change at least one of rules, days');
}

/** Schema of a token's change. What it may touch and do stays as it is: make another token for that. */
export function apiTokenPatch(nowMs: number) {
	const { name, expires_at, requests_per_minute, acts_for } = apiTokenMembers(nowMs);
	return z
		.strictObject({
			name,
			expires_at: expires_at.unwrap(),
			requests_per_minute: requests_per_minute.unwrap().nullable(),
			acts_for: acts_for.unwrap().nullable(),
		})
		.partial()
		.refine(
			(patch) => Object.keys(patch).length > 0,
			'must change at least one of name, expires_at, requests_per_minute, acts_for',
		);
}
