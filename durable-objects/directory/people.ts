// People who sign in by an identity provider. Each stands behind an API token without a secret, so that limits, sessions,
// grants, revocation and the log are the same for people as for tokens.
import type { TokenHashes } from '../../workers/contracts/keys.ts';
import type { NewSession, SignInOutcome } from '../../workers/contracts/objects.ts';
import {
	type Identity,
	ruleFor,
	SIGN_IN_DAYS_DEFAULT,
	type SignedInPerson,
	type SignInRule,
	type SignInRules,
} from '../../workers/contracts/people.ts';
import { type Reach, reachOf } from '../../workers/contracts/reach.ts';
import { type ApiTokenRecord, isExpired } from '../../workers/contracts/records.ts';
import { type Actor, SIGNING_IN } from '../../workers/contracts/trail.ts';
import { bindReach, identityOf, insertBoundApiToken, putApiToken, readApiToken, revokeApiToken } from './api-tokens.ts';
import { markAccepted, mayInvite, openInvitation, revokeInvitationsOf } from './invitations.ts';
import { insertSession } from './sessions.ts';
import { recordDirectoryChange } from './trail.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** `invited`: the reach of an invitation that the person has accepted, which counts before the rules. */
export const PEOPLE_TABLES = `
	CREATE TABLE IF NOT EXISTS person (
		issuer TEXT NOT NULL, subject TEXT NOT NULL, api_token_id TEXT UNIQUE NOT NULL, invited TEXT,
		PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
	CREATE TABLE IF NOT EXISTS sign_in_rules (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL);
`;

interface Invited {
	reach: Reach;
	expires_at: string | null;
}

interface PersonRow extends Record<string, SqlStorageValue> {
	api_token_id: string;
	invited: string | null;
}

function readInvited(row: PersonRow | undefined): Invited | null {
	return row?.invited ? (JSON.parse(row.invited) as Invited) : null;
}

export function readSignInRules(sql: SqlStorage): SignInRules {
	const row = sql.exec<{ record: string }>('SELECT record FROM sign_in_rules').toArray()[0];
	return row ? (JSON.parse(row.record) as SignInRules) : { rules: [], days: SIGN_IN_DAYS_DEFAULT, updated_at: null };
}

/** Takes new rules, and measures everybody who has signed in by them. */
export function changeSignInRules(
	sql: SqlStorage,
	given: SignInRules,
	{ ifUpdatedAt, by }: { ifUpdatedAt: string | null; by: Actor },
	nowMs: number,
): { rules: SignInRules } | { outdated: true } | { unknown: { rule: number; account: string }[] } {
	const before = readSignInRules(sql);
	if (before.updated_at !== ifUpdatedAt) return { outdated: true };
	const unknown = given.rules.flatMap(({ accounts }, rule) =>
		(accounts === '*' ? [] : accounts)
			.filter((account) => identityOf(sql, account) === null)
			.map((account) => ({ rule, account })),
	);
	if (unknown.length > 0) return { unknown };
	const rules = { ...given, rules: given.rules.map((rule) => bindReach(sql, rule)) };
	sql.exec('INSERT OR REPLACE INTO sign_in_rules (one, record) VALUES (1, ?)', JSON.stringify(rules));
	recordDirectoryChange(sql, by, 'sign_in_rules.changed', before, rules, nowMs);
	const people = sql.exec<PersonRow>('SELECT api_token_id, invited FROM person').toArray();
	for (const row of people) measureAnew(sql, row, rules, by, nowMs);
	return { rules };
}

function measureAnew(sql: SqlStorage, row: PersonRow, { rules }: SignInRules, by: Actor, nowMs: number): void {
	const token = readApiToken(sql, row.api_token_id);
	if (!token?.person) return;
	const rule = ruleFor(rules, token.person);
	const reach = reachBy(rule, readInvited(row), nowMs);
	if (typeof reach === 'string') {
		endApiToken(sql, token.id, by, nowMs);
		return;
	}
	const members = rule?.acts_for ? { acts_for: rule.acts_for } : {};
	moveReach(sql, token, { ...withoutReach(token), ...reach, ...members }, by, nowMs);
}

/** An invitation is for this very person, so it comes before what is said of a group; not before being kept out. */
function reachBy(rule: SignInRule | null, invited: Invited | null, nowMs: number): Reach | 'unnamed' | 'kept_out' {
	if (rule?.scope === 'none') return 'kept_out';
	if (invited && !isExpired(invited, nowMs)) return invited.reach;
	return rule ? reachOf({ ...rule, scope: rule.scope }) : 'unnamed';
}

/** Signs a person in, new or known, by the rules or by an invitation. */
export function signInPerson(
	sql: SqlStorage,
	identity: Identity,
	{ session, invitation: hashes }: { session: NewSession; invitation: TokenHashes | null },
	nowMs: number,
): SignInOutcome {
	const { rules, days } = readSignInRules(sql);
	const invitation = hashes && openInvitation(sql, hashes, nowMs);
	if (typeof invitation === 'string') return { state: invitation };
	const row = sql
		.exec<PersonRow>(
			'SELECT api_token_id, invited FROM person WHERE issuer = ? AND subject = ?',
			identity.issuer,
			identity.subject,
		)
		.toArray()[0];
	const invited = invitation
		? { reach: reachOf(invitation), expires_at: invitation.access_expires_at }
		: readInvited(row);
	const rule = ruleFor(rules, identity);
	const reach = reachBy(rule, invited, nowMs);
	if (typeof reach === 'string') {
		// Whoever was let in before is not any more.
		if (row) endApiToken(sql, row.api_token_id, SIGNING_IN, nowMs);
		return { state: reach };
	}
	const known = row ? readApiToken(sql, row.api_token_id) : null;
	const members = invitation?.acts_for ?? rule?.acts_for ?? known?.acts_for;
	const record: ApiTokenRecord = {
		id: known?.id ?? session.apiTokenId,
		name: identity.name,
		...reach,
		person: keptOf(identity, rules),
		...(members ? { acts_for: members } : {}),
		expires_at: endOf(nowMs + days * DAY_MS, reach, invited),
		created_at: known?.created_at ?? new Date(nowMs).toISOString(),
	};
	sql.exec(
		'INSERT OR REPLACE INTO person (issuer, subject, api_token_id, invited) VALUES (?, ?, ?, ?)',
		identity.issuer,
		identity.subject,
		record.id,
		invited && JSON.stringify(invited),
	);
	if (known) moveReach(sql, known, record, SIGNING_IN, nowMs);
	else insertPerson(sql, record, nowMs);
	if (invitation) markAccepted(sql, invitation, record.id, nowMs);
	insertSession(sql, { ...session.record, api_token_id: record.id }, session.hashes, nowMs);
	return { state: 'signed_in', apiToken: record };
}

/** The end of what a sign-in gives: of an invitation, no later than that says. */
function endOf(endMs: number, reach: Reach, invited: Invited | null): string {
	const isInvited = invited?.reach === reach && invited.expires_at !== null;
	return new Date(isInvited ? Math.min(endMs, Date.parse(invited.expires_at ?? '')) : endMs).toISOString();
}

/** No hash of a secret looks like this. */
function insertPerson(sql: SqlStorage, record: ApiTokenRecord, nowMs: number): void {
	insertBoundApiToken(sql, record, { hash: `person ${record.id}`, key_id: '', other: null });
	recordDirectoryChange(sql, SIGNING_IN, 'api_token.created', null, record, nowMs);
}

function moveReach(sql: SqlStorage, before: ApiTokenRecord, after: ApiTokenRecord, by: Actor, nowMs: number): void {
	const isSame = JSON.stringify(reachOf(before)) === JSON.stringify(reachOf(after));
	putApiToken(sql, isSame ? after : { ...after, updated_at: new Date(nowMs).toISOString() });
	if (isSame) return;
	recordDirectoryChange(sql, by, 'api_token.changed', before, after, nowMs);
	if (!mayInvite(after)) revokeInvitationsOf(sql, after.id, by, nowMs);
}

function withoutReach(token: ApiTokenRecord) {
	const { scope, accounts, account_identities, servers, requests_per_minute, ...rest } = token;
	return rest;
}

/** Groups that no rule names are nobody's business here. */
function keptOf({ issuer, subject, email, groups }: Identity, rules: readonly SignInRule[]): SignedInPerson {
	const named = new Set(rules.map(({ group }) => group));
	return { issuer, subject, email, groups: groups.filter((group) => named.has(group)) };
}

/**
 * Revokes an API token with its sessions and the invitations that it made. A person begins anew at the next sign-in: by the
 * rules, without a former invitation.
 *
 * @returns false when there is no such token, or it was revoked before
 */
export function endApiToken(sql: SqlStorage, id: string, by: Actor, nowMs: number): boolean {
	const revoked = revokeApiToken(sql, id);
	if (revoked) recordDirectoryChange(sql, by, 'api_token.revoked', revoked, null, nowMs);
	revokeInvitationsOf(sql, id, by, nowMs);
	sql.exec('DELETE FROM person WHERE api_token_id = ?', id);
	return revoked !== null;
}
