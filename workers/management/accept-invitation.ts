// The link of an invitation: who has it may look at it as often as they like, and accept it once.
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { askAboutToken } from '../access/api-tokens.ts';
import { slowDownGuessing } from '../access/guessing.ts';
import { hashInvitation, invitationState } from '../access/invitations.ts';
import { hashesOf } from '../access/keys.ts';
import { listReach } from '../access/reached-servers.ts';
import type { Env } from '../contracts/env.ts';
import { type ApiTokenRecord, type InvitationRecord, publicReach } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { API_TOKEN_PREFIX, isTokenShaped, mintIdSuffix, mintToken } from '../lib/secrets.ts';
import type { OpenRequest } from './route.ts';

/** `POST /invite/:secret` of a script. */
export async function acceptInvitation({ env, raw, url, params, now }: OpenRequest): Promise<Response> {
	const secret = params.secret ?? '';
	await requireInvitation(env, raw, secret, now.getTime());
	const { apiToken, token } = await accept(env, secret);
	const servers = await listReach(env, url, apiToken);
	const servers_to_connect = servers.map(({ id, name, oauth_url }) => ({ id, name, oauth_url }));
	return Response.json({ ...publicReach(apiToken), token, servers_to_connect });
}

export interface Opened {
	apiToken: ApiTokenRecord;
	/** Shown now and never again. */
	token: string;
}

/** @throws ApiError not_found, invitation_used, invitation_expired */
export async function accept(env: Env, secret: string): Promise<Opened> {
	const token = API_TOKEN_PREFIX + mintToken();
	const acceptance = await directoryObject(env)
		.acceptInvitation(hashInvitation(env, secret), { id: `tok_${mintIdSuffix()}`, hashes: hashesOf(env, token) })
		.catch(storageUnavailable);
	switch (acceptance.state) {
		case 'accepted':
			return { apiToken: acceptance.apiToken, token };
		case 'used':
			throw used();
		case 'expired':
			throw expired();
		case 'needs_sign_in':
			throw new ApiError('sign_in_refused', 'This invitation ends as a sign-in: open it in a browser.');
		case 'unknown':
			throw unknown();
	}
}

/**
 * An invitation that can be accepted.
 *
 * @throws ApiError not_found, invitation_used, invitation_expired
 */
export async function requireInvitation(
	env: Env,
	request: Request,
	secret: string,
	nowMs: number,
): Promise<InvitationRecord> {
	const invitation = isTokenShaped(secret) ? await find(env, request, secret) : null;
	if (!invitation) {
		await slowDownGuessing(request);
		throw unknown();
	}
	const state = invitationState(invitation, nowMs);
	if (state === 'accepted') throw used();
	if (state === 'expired') throw expired();
	return invitation;
}

async function find(env: Env, request: Request, secret: string): Promise<InvitationRecord | null> {
	const hashes = hashInvitation(env, secret);
	const ask = async (): Promise<InvitationRecord | null> =>
		directoryObject(env).findInvitation(hashes).catch(storageUnavailable);
	return askAboutToken(env, hashes, request, ask);
}

const ASK_FOR_ANOTHER = 'Ask the person who sent it to you for another one.';

export function unknown(): ApiError {
	return new ApiError(
		'not_found',
		`There is no such invitation. The link may be cut off, or revoked. ${ASK_FOR_ANOTHER}`,
	);
}

export function used(): ApiError {
	return new ApiError(
		'invitation_used',
		`This invitation was accepted already, and works only once. If that was not you, tell the person who sent it: they can revoke the access that it gave. ${ASK_FOR_ANOTHER}`,
	);
}

export function expired(): ApiError {
	return new ApiError('invitation_expired', `This invitation has expired. ${ASK_FOR_ANOTHER}`);
}
