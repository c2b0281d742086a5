// Invitations: make, list, revoke. Accepting one is for whoever has the link (`routes/invite.ts`).
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { hashInvitation, invitationState } from '../access/invitations.ts';
import { signInLabel } from '../access/sign-in/settings.ts';
import { inviteUrl } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import { type InvitationRecord, publicReach } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { mintToken } from '../lib/secrets.ts';
import { requirePersonalMembers } from './acting-member.ts';
import { requireServers, requireUnbound } from './api-tokens.ts';
import { definedMembers } from './given-members.ts';
import { newIdSuffix, repeated } from './idempotency.ts';
import { invalidInput, parseInput, together } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import { actorOf, type RouteRequest } from './route.ts';
import { LINK_DAYS } from './vocabulary.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export async function createInvitation(request: RouteRequest): Promise<Response> {
	const { env, body, apiToken, url, now } = request;
	requireUnbound(apiToken);
	const { invitationInput } = await loadInputs();
	const { expires_at, access_expires_at, acts_for, ...input } = parseInput(invitationInput(now.getTime()), body);
	const [members] = await together([
		acts_for && requirePersonalMembers(request, acts_for),
		requireServers(env, input),
		requireProvider(env, input),
	]);
	const secret = mintToken();
	const record: InvitationRecord = {
		id: `inv_${newIdSuffix(request, 'invitation')}`,
		...definedMembers(input),
		expires_at: expires_at ?? new Date(now.getTime() + LINK_DAYS.default * DAY_MS).toISOString(),
		access_expires_at,
		...(members ? { acts_for: members } : {}),
		created_at: now.toISOString(),
		invited_by: apiToken.id,
	};
	const outcome = await directoryObject(env)
		.createInvitation(record, hashInvitation(env, secret), actorOf(request))
		.catch(storageUnavailable);
	if (outcome === 'exists')
		throw repeated('invitation', record.id, 'Its link is not shown again: revoke it and make another.');
	if (outcome !== 'created')
		throw invalidInput(outcome.unknown.map((id) => ({ path: 'accounts', message: `there is no account "${id}"` })));
	const answer = { ...describe(record, now.getTime()), url: inviteUrl(url, secret) };
	return Response.json(answer, { status: 201, headers: { 'cache-control': 'no-store' } });
}

/** @throws ApiError invalid_input for a sign-in where nobody can sign in */
async function requireProvider(env: Env, { ends_as }: { ends_as: string }): Promise<void> {
	if (ends_as === 'sign_in' && signInLabel(env) === null)
		throw invalidInput([{ path: 'ends_as', message: 'must be api_token: no identity provider is set up' }]);
}

export async function listInvitations({ env, apiToken, now }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	const invitations = await directoryObject(env).listInvitations().catch(storageUnavailable);
	const result = invitations.map((invitation) => describe(invitation, now.getTime()));
	return Response.json({ result, next_cursor: null });
}

export async function revokeInvitation(request: RouteRequest): Promise<Response> {
	const { env, apiToken, params } = request;
	requireUnbound(apiToken);
	const isRevoked = await directoryObject(env)
		.revokeInvitation(params.invitation_id ?? '', actorOf(request))
		.catch(storageUnavailable);
	if (!isRevoked)
		throw new ApiError(
			'not_found',
			'There is no such invitation, or it was accepted: revoke the API token that it has become.',
		);
	return new Response(null, { status: 204 });
}

function describe(invitation: InvitationRecord, nowMs: number) {
	return { ...publicReach(invitation), state: invitationState(invitation, nowMs) };
}
