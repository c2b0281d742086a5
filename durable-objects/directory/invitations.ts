// Invitations: links that let one person in, once. The row of one that was accepted or has expired stays for a while, so that
// the link says what became of it.
import type { TokenHashes } from '../../workers/contracts/keys.ts';
import type { Acceptance } from '../../workers/contracts/objects.ts';
import { type Reach, reachOf } from '../../workers/contracts/reach.ts';
import { type ApiTokenRecord, type InvitationRecord, isExpired } from '../../workers/contracts/records.ts';
import { type Actor, INVITED } from '../../workers/contracts/trail.ts';
import { bindReach, getApiTokenById, identityOf, insertBoundApiToken } from './api-tokens.ts';
import { type Moving, moveToKey } from './move-to-key.ts';
import { recordDirectoryChange } from './trail.ts';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export const INVITATION_TABLES = `
	CREATE TABLE IF NOT EXISTS invitation (
		seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL, key_id TEXT,
		invited_by TEXT NOT NULL, expires_ms INTEGER NOT NULL, accepted INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL);
`;

/**
 * Bound to the accounts that there are now: an account that comes later under one of the ids is another one.
 *
 * @returns ids of accounts that there are not: then nothing is stored
 */
export function createInvitation(
	sql: SqlStorage,
	invitation: InvitationRecord,
	{ hash, key_id }: TokenHashes,
	by: Actor,
	nowMs: number,
): 'created' | 'exists' | { unknown: string[] } {
	const { id, accounts, invited_by, expires_at } = invitation;
	sql.exec('DELETE FROM invitation WHERE expires_ms <= ?', nowMs - KEPT_MS);
	const unknown = accounts === '*' ? [] : accounts.filter((account) => identityOf(sql, account) === null);
	if (unknown.length > 0) return { unknown };
	if (sql.exec('SELECT 1 FROM invitation WHERE id = ?', id).toArray().length > 0) return 'exists';
	sql.exec(
		'INSERT INTO invitation (id, hash, key_id, invited_by, expires_ms, record) VALUES (?, ?, ?, ?, ?, ?)',
		id,
		hash,
		key_id,
		invited_by,
		Date.parse(expires_at),
		JSON.stringify(bindReach(sql, invitation)),
	);
	recordDirectoryChange(sql, by, 'invitation.created', null, invitation, nowMs);
	return 'created';
}

/** Newest first. */
export function listInvitations(sql: SqlStorage, nowMs: number): InvitationRecord[] {
	return sql
		.exec<{ record: string }>('SELECT record FROM invitation WHERE expires_ms > ? ORDER BY seq DESC', nowMs - KEPT_MS)
		.toArray()
		.map(({ record }) => JSON.parse(record) as InvitationRecord);
}

/** @returns false when there is none of this id, or it was accepted: then its API token is what can be revoked */
export function revokeInvitation(sql: SqlStorage, id: string, by: Actor, nowMs: number): boolean {
	const [row] = sql
		.exec<{ record: string }>('DELETE FROM invitation WHERE id = ? AND accepted = 0 RETURNING record', id)
		.toArray();
	if (!row) return false;
	recordDirectoryChange(sql, by, 'invitation.revoked', JSON.parse(row.record) as InvitationRecord, null, nowMs);
	return true;
}

/** Whoever has a stolen API token must not stay in by a link that it has made. */
export function revokeInvitationsOf(sql: SqlStorage, apiTokenId: string, by: Actor, nowMs: number): void {
	const ids = sql
		.exec<{ id: string }>('SELECT id FROM invitation WHERE invited_by = ? AND accepted = 0', apiTokenId)
		.toArray();
	for (const { id } of ids) revokeInvitation(sql, id, by, nowMs);
}

/** May whoever has this API token let others in? */
export function mayInvite({ scope, accounts }: Reach): boolean {
	return scope === 'manage' && accounts === '*';
}

/**
 * Accepted and expired ones too; no longer those of an API token that has expired. It moves to the current key.
 */
export function findInvitation(sql: SqlStorage, hashes: TokenHashes, nowMs: number): InvitationRecord | null {
	const row = sql
		.exec<Moving & { record: string }>(
			'SELECT seq, hash, key_id, record FROM invitation WHERE hash IN (?, ?)',
			hashes.hash,
			hashes.other,
		)
		.toArray()[0];
	if (!row) return null;
	moveToKey(sql, 'invitation', row, hashes);
	const invitation = JSON.parse(row.record) as InvitationRecord;
	const inviter = getApiTokenById(sql, invitation.invited_by, nowMs);
	return invitation.accepted_at !== undefined || (inviter && mayInvite(inviter)) ? invitation : null;
}

/** An invitation becomes an API token, bound as the invitation was. */
export function acceptInvitation(
	sql: SqlStorage,
	hashes: TokenHashes,
	apiToken: { id: string; hashes: TokenHashes },
	nowMs: number,
): Acceptance {
	const found = openInvitation(sql, hashes, nowMs);
	if (typeof found === 'string') return { state: found };
	if (found.ends_as === 'sign_in') return { state: 'needs_sign_in' };
	const record = apiTokenOf(found, apiToken.id, nowMs);
	insertBoundApiToken(sql, record, apiToken.hashes);
	markAccepted(sql, found, record.id, nowMs);
	recordDirectoryChange(sql, INVITED, 'api_token.created', null, record, nowMs);
	return { state: 'accepted', apiToken: record };
}

/** One that can be accepted, or why it cannot. */
export function openInvitation(
	sql: SqlStorage,
	hashes: TokenHashes,
	nowMs: number,
): InvitationRecord | 'unknown' | 'used' | 'expired' {
	const invitation = findInvitation(sql, hashes, nowMs);
	if (!invitation) return 'unknown';
	if (invitation.accepted_at !== undefined) return 'used';
	return isExpired(invitation, nowMs) ? 'expired' : invitation;
}

export function markAccepted(sql: SqlStorage, invitation: InvitationRecord, apiTokenId: string, nowMs: number): void {
	const accepted = { ...invitation, accepted_at: new Date(nowMs).toISOString(), api_token_id: apiTokenId };
	sql.exec('UPDATE invitation SET accepted = 1, record = ? WHERE id = ?', JSON.stringify(accepted), invitation.id);
	recordDirectoryChange(sql, INVITED, 'invitation.accepted', null, accepted, nowMs);
}

function apiTokenOf(invitation: InvitationRecord, id: string, nowMs: number): ApiTokenRecord {
	return {
		id,
		name: invitation.name,
		...reachOf(invitation),
		invitation_id: invitation.id,
		...(invitation.acts_for ? { acts_for: invitation.acts_for } : {}),
		expires_at: invitation.access_expires_at,
		created_at: new Date(nowMs).toISOString(),
	};
}
