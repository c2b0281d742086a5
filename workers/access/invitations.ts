// Invitations: links that let one person in, once.
import type { Env } from '../contracts/env.ts';
import type { TokenHashes } from '../contracts/keys.ts';
import { type InvitationRecord, isExpired } from '../contracts/records.ts';
import { hashesOf } from './keys.ts';

/** Hashed under another name than API tokens, so that neither can stand for the other. */
export function hashInvitation(env: Env, secret: string): TokenHashes {
	return hashesOf(env, `invitation:${secret}`);
}

export type InvitationState = 'pending' | 'accepted' | 'expired';

export function invitationState(invitation: InvitationRecord, nowMs: number): InvitationState {
	if (invitation.accepted_at !== undefined) return 'accepted';
	return isExpired(invitation, nowMs) ? 'expired' : 'pending';
}
