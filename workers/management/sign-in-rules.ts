// Rules of sign-in: whom an identity provider lets in, and how far.

import type { z } from 'zod';
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { CALLBACK_PATH } from '../access/sign-in/attempt.ts';
import { signInLabel } from '../access/sign-in/settings.ts';
import type { SignInRule, SignInRules } from '../contracts/people.ts';
import { publicReach } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { accountReader, requirePersonalMembers } from './acting-member.ts';
import { requireServers, requireUnbound } from './api-tokens.ts';
import { definedMembers } from './given-members.ts';
import { invalidInput, parseInput, together } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import type { signInRulesPatch } from './people-inputs.ts';
import { etagOf, nextUpdatedAt, requireMatch } from './preconditions.ts';
import { actorOf, type RouteRequest } from './route.ts';

export async function readRules({ env, apiToken, url }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	return answerOf(await directoryObject(env).readSignInRules().catch(storageUnavailable), env, url);
}

export async function changeRules(request: RouteRequest): Promise<Response> {
	const { env, apiToken, body, url, now } = request;
	requireUnbound(apiToken);
	const before = await directoryObject(env).readSignInRules().catch(storageUnavailable);
	requireMatch(request, versionOf(before));
	const { rules, days } = parseInput((await loadInputs()).signInRulesPatch(), body);
	const [known] = await together([
		rules ? withMembers(request, rules, before.rules) : before.rules,
		requireServers(env, ...(rules ?? []).map((rule, index) => ({ ...rule, path: `rules.${index}.` }))),
	]);
	const changed: SignInRules = {
		rules: known,
		days: days ?? before.days,
		updated_at: nextUpdatedAt(versionOf(before), now),
	};
	const outcome = await directoryObject(env)
		.changeSignInRules(changed, before.updated_at, actorOf(request))
		.catch(storageUnavailable);
	if (outcome === 'outdated')
		throw new ApiError(
			'precondition_failed',
			'The rules were changed meanwhile. Read them again; nothing was changed.',
		);
	if ('unknown' in outcome)
		throw invalidInput(
			outcome.unknown.map(({ rule, account }) => ({
				path: `rules.${rule}.accounts`,
				message: `there is no account "${account}"`,
			})),
		);
	return answerOf(outcome, env, url);
}

type GivenRule = NonNullable<z.infer<ReturnType<typeof signInRulesPatch>>['rules']>[number];

/** Each is a question to a vendor, and the free plan allows one request 50 in all. */
const NEW_MEMBERS_MAX = 20;

async function withMembers(
	request: RouteRequest,
	rules: readonly GivenRule[],
	before: readonly SignInRule[],
): Promise<SignInRule[]> {
	const knownOf = ({ email }: Pick<GivenRule, 'email'>) =>
		before.find((rule) => email !== undefined && rule.email === email)?.acts_for;
	const unknown = rules.filter((rule) => rule.acts_for && !knownOf(rule));
	if (unknown.length > NEW_MEMBERS_MAX)
		throw invalidInput([{ path: 'rules', message: `must name at most ${NEW_MEMBERS_MAX} new members at a time` }]);
	const accountOf = accountReader(request.env);
	return together(
		rules.map(async ({ acts_for, ...rule }, index) => {
			if (!acts_for) return definedMembers(rule);
			const options = { known: knownOf(rule), path: `rules.${index}.acts_for`, accountOf };
			return { ...definedMembers(rule), acts_for: await requirePersonalMembers(request, acts_for, options) };
		}),
	);
}

function answerOf({ rules, days, updated_at }: SignInRules, env: RouteRequest['env'], url: URL): Response {
	const label = signInLabel(env);
	const provider = label === null ? null : { label, redirect_uri: url.origin + CALLBACK_PATH };
	const headers = etagOf(versionOf({ updated_at }));
	return Response.json({ rules: rules.map(publicReach), days, updated_at, provider }, { headers });
}

/** Rules that were never changed are as old as the epoch. */
function versionOf({ updated_at }: Pick<SignInRules, 'updated_at'>) {
	return { created_at: updated_at ?? new Date(0).toISOString() };
}
