// One object for the whole installation: API tokens, sessions of the dashboard and the list of accounts, consistent at
// once. Every method reads the clock once.
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../workers/contracts/env.ts';
import type { TokenHashes } from '../../workers/contracts/keys.ts';
import type {
	Acceptance,
	AccountSummary,
	DirectoryObject,
	EndedAccount,
	KeyUse,
	KnownHashes,
	NewSession,
	SignInOutcome,
	SummarizedAccount,
} from '../../workers/contracts/objects.ts';
import type { Identity, SignInRules } from '../../workers/contracts/people.ts';
import {
	type AccountRecord,
	type ApiTokenRecord,
	type InvitationRecord,
	isExpired,
	mayTouch,
	type SessionRecord,
} from '../../workers/contracts/records.ts';
import { type Actor, SYSTEM, type TrailPage } from '../../workers/contracts/trail.ts';
import type { DeliveryResult, DeliveryRound, ListedWebhook, WebhookRecord } from '../../workers/contracts/webhooks.ts';
import { mintIdSuffix } from '../../workers/lib/secrets.ts';
import { endAccount, listAccounts, listEndedAccounts, listSummaries, putAccount } from './accounts.ts';
import { ApiTokenLeases } from './api-token-leases.ts';
import {
	findApiToken,
	getApiTokenById,
	insertApiToken,
	isApiTokenId,
	listApiTokens,
	putApiToken,
	readApiToken,
} from './api-tokens.ts';
import { findFirstToken, useClaim } from './first-tokens.ts';
import {
	acceptInvitation,
	createInvitation,
	findInvitation,
	listInvitations,
	revokeInvitation,
} from './invitations.ts';
import { KnownHashesLease } from './known-hashes.ts';
import { findOccasions, TOLD_FOR_MS } from './occasions.ts';
import { changeSignInRules, endApiToken, readSignInRules, signInPerson } from './people.ts';
import { createTables } from './schema.ts';
import { endSession, findSession, insertSession, listSessions } from './sessions.ts';
import { newApiTokens, readTrail, recordDirectoryChange } from './trail.ts';
import {
	countWebhooks,
	listWebhooks,
	putWebhook,
	readWebhook,
	removeWebhook,
	settleDelivery,
	takeDeliveries,
	WEBHOOKS_MAX,
} from './webhooks.ts';

export class Directory extends DurableObject<Env> implements DirectoryObject {
	readonly #leases: ApiTokenLeases;
	readonly #known = new KnownHashesLease();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const isNew = createTables(this.#sql);
		this.#leases = new ApiTokenLeases(isNew ? null : Date.now());
	}

	get #sql(): SqlStorage {
		return this.ctx.storage.sql;
	}

	/** Makes a change that may concern API tokens. When it returns, nobody relies on any of them as it was before. */
	async #change<T>(nowMs: number, make: () => T): Promise<T> {
		const made = this.ctx.storage.transactionSync(make);
		await this.#leases.endChanged(this.#sql, this.env, nowMs);
		return made;
	}

	// --- API tokens --------------------------------------------------------------------------------------------

	/**
	 * @param hashes       keyed, under one of which the token is kept here
	 * @param unkeyedHash  SHA-256, by which a secret of the Worker may name it
	 */
	verifyApiToken(hashes: TokenHashes, unkeyedHash: string): ApiTokenRecord | null {
		const nowMs = Date.now();
		const known = findApiToken(this.#sql, hashes);
		const record = known ? (known.isRevoked ? null : known.record) : this.#takeOver(hashes, unkeyedHash, nowMs);
		return record && !isExpired(record, nowMs) ? record : null;
	}

	/** The row is what counts from here on: it can be revoked like any other. */
	#takeOver(hashes: TokenHashes, hash: string, nowMs: number): ApiTokenRecord | null {
		const first = findFirstToken(this.env, hash);
		if (!first) return null;
		const { isRepeatable, ...named } = first;
		return this.ctx.storage.transactionSync(() => {
			if (!useClaim(this.#sql, hash) && !isRepeatable) return null;
			const created_at = new Date(nowMs).toISOString();
			const id = `tok_${mintIdSuffix()}`;
			const record: ApiTokenRecord = { id, ...named, scope: 'manage', accounts: '*', expires_at: null, created_at };
			insertApiToken(this.#sql, record, hashes);
			recordDirectoryChange(this.#sql, SYSTEM, 'api_token.claimed', null, record, nowMs);
			return record;
		});
	}

	/** The API token that something was given out with. @returns null once it is revoked or expired */
	getApiTokenById(id: string): ApiTokenRecord | null {
		return getApiTokenById(this.#sql, id, Date.now());
	}

	leaseApiToken(id: string): ApiTokenRecord | null {
		const nowMs = Date.now();
		const record = getApiTokenById(this.#sql, id, nowMs);
		if (record) this.#leases.grant(id, nowMs);
		return record;
	}

	/** @returns false when there is, or was, a token of this id */
	async createApiToken(record: ApiTokenRecord, hashes: TokenHashes, by = SYSTEM): Promise<boolean> {
		const nowMs = Date.now();
		const isNew = this.ctx.storage.transactionSync(() => {
			if (isApiTokenId(this.#sql, record.id)) return false;
			insertApiToken(this.#sql, record, hashes);
			recordDirectoryChange(this.#sql, by, 'api_token.created', null, record, nowMs);
			return true;
		});
		await this.#known.ended();
		return isNew;
	}

	listKnownHashes(): KnownHashes | null {
		return this.#known.list(this.#sql, Date.now());
	}

	readApiToken(id: string): ApiTokenRecord | null {
		return readApiToken(this.#sql, id);
	}

	/** @returns false when the token was changed or revoked since `ifUpdatedAt` */
	updateApiToken(record: ApiTokenRecord, ifUpdatedAt: string | null, by = SYSTEM): Promise<boolean> {
		const nowMs = Date.now();
		return this.#change(nowMs, () => {
			const before = readApiToken(this.#sql, record.id);
			if (!before || (before.updated_at ?? null) !== ifUpdatedAt) return false;
			// Bound meanwhile to an account that was connected under one of its ids.
			const { account_identities } = before;
			putApiToken(this.#sql, account_identities ? { ...record, account_identities } : record);
			recordDirectoryChange(this.#sql, by, 'api_token.changed', before, record, nowMs);
			return true;
		});
	}

	/** Newest first, without the revoked ones. */
	listApiTokens(): ApiTokenRecord[] {
		return listApiTokens(this.#sql).map(({ record }) => record);
	}

	/** @returns false when there is no such token, or it was revoked before */
	revokeApiToken(id: string, by = SYSTEM): Promise<boolean> {
		const nowMs = Date.now();
		return this.#change(nowMs, () => endApiToken(this.#sql, id, by, nowMs));
	}

	// --- invitations -------------------------------------------------------------------------------------------

	async createInvitation(record: InvitationRecord, hashes: TokenHashes, by: Actor) {
		const nowMs = Date.now();
		const created = this.ctx.storage.transactionSync(() => createInvitation(this.#sql, record, hashes, by, nowMs));
		await this.#known.ended();
		return created;
	}

	/** Newest first. */
	listInvitations(): InvitationRecord[] {
		return listInvitations(this.#sql, Date.now());
	}

	revokeInvitation(id: string, by: Actor): boolean {
		return this.ctx.storage.transactionSync(() => revokeInvitation(this.#sql, id, by, Date.now()));
	}

	findInvitation(hashes: TokenHashes): InvitationRecord | null {
		return findInvitation(this.#sql, hashes, Date.now());
	}

	/** Accepts an invitation. If several people accept it at the same time, one of them gets an API token. */
	async acceptInvitation(hashes: TokenHashes, apiToken: { id: string; hashes: TokenHashes }): Promise<Acceptance> {
		const nowMs = Date.now();
		const accepted = await this.#change(nowMs, () => acceptInvitation(this.#sql, hashes, apiToken, nowMs));
		await this.#known.ended();
		return accepted;
	}

	// --- people ------------------------------------------------------------------------------------------------

	readSignInRules(): SignInRules {
		return readSignInRules(this.#sql);
	}

	/** Whoever the new rules let in no further is out when this answers. */
	async changeSignInRules(rules: SignInRules, ifUpdatedAt: string | null, by: Actor) {
		const nowMs = Date.now();
		const change = await this.#change(nowMs, () => changeSignInRules(this.#sql, rules, { ifUpdatedAt, by }, nowMs));
		if ('outdated' in change) return 'outdated';
		return 'unknown' in change ? change : change.rules;
	}

	/** A person whom another rule names now is out of the former reach when this answers. */
	async signInPerson(identity: Identity, session: NewSession, invitation: TokenHashes | null): Promise<SignInOutcome> {
		const nowMs = Date.now();
		const outcome = await this.#change(nowMs, () => signInPerson(this.#sql, identity, { session, invitation }, nowMs));
		await this.#known.ended();
		return outcome;
	}

	// --- the trail ---------------------------------------------------------------------------------------------

	readTrail(after: number, limit: number): TrailPage {
		return readTrail(this.#sql, after, limit, Date.now());
	}

	isWorking(): boolean {
		return this.#sql.exec('SELECT 1 FROM account LIMIT 1').toArray().length < 2;
	}

	// --- webhooks ----------------------------------------------------------------------------------------------

	createWebhook(webhook: WebhookRecord, by = SYSTEM): 'created' | 'exists' | 'too_many' {
		return this.ctx.storage.transactionSync(() => {
			if (readWebhook(this.#sql, webhook.id)) return 'exists';
			if (countWebhooks(this.#sql) >= WEBHOOKS_MAX) return 'too_many';
			putWebhook(this.#sql, webhook);
			recordDirectoryChange(this.#sql, by, 'webhook.created', null, webhook, Date.now());
			return 'created';
		});
	}

	/** Newest first. */
	listWebhooks(): ListedWebhook[] {
		return listWebhooks(this.#sql);
	}

	updateWebhook(webhook: WebhookRecord, ifUpdatedAt: string | null, by = SYSTEM): boolean {
		return this.ctx.storage.transactionSync(() => {
			const before = readWebhook(this.#sql, webhook.id);
			if (!before || (before.updated_at ?? null) !== ifUpdatedAt) return false;
			putWebhook(this.#sql, webhook);
			recordDirectoryChange(this.#sql, by, 'webhook.changed', before, webhook, Date.now());
			return true;
		});
	}

	deleteWebhook(id: string, by = SYSTEM): boolean {
		return this.ctx.storage.transactionSync(() => {
			const before = readWebhook(this.#sql, id);
			if (!before) return false;
			removeWebhook(this.#sql, id);
			recordDirectoryChange(this.#sql, by, 'webhook.deleted', before, null, Date.now());
			return true;
		});
	}

	takeDeliveries(): DeliveryRound[] {
		if (countWebhooks(this.#sql) === 0) return [];
		const nowMs = Date.now();
		const accounts = listSummaries(this.#sql, () => true);
		const occasions = findOccasions(accounts, newApiTokens(this.#sql, nowMs - TOLD_FOR_MS), nowMs);
		return this.ctx.storage.transactionSync(() => takeDeliveries(this.#sql, occasions, nowMs));
	}

	settleDeliveries(results: DeliveryResult[]): void {
		const nowMs = Date.now();
		this.ctx.storage.transactionSync(() => {
			for (const result of results) settleDelivery(this.#sql, result, nowMs);
		});
	}

	// --- sessions of the dashboard -----------------------------------------------------------------------------

	async createSession(session: SessionRecord, hashes: TokenHashes): Promise<void> {
		insertSession(this.#sql, session, hashes, Date.now());
		await this.#known.ended();
	}

	verifySession(hashes: TokenHashes): { session: SessionRecord; apiToken: ApiTokenRecord } | null {
		return findSession(this.#sql, hashes, Date.now());
	}

	/** Newest first. @param apiTokenId  only this token's; null: all */
	listSessions(apiTokenId: string | null): SessionRecord[] {
		return listSessions(this.#sql, apiTokenId, Date.now());
	}

	/** @returns false when there is no such session, or not of this token */
	endSession(id: string, apiTokenId: string | null): boolean {
		return endSession(this.#sql, id, apiTokenId);
	}

	// --- keys --------------------------------------------------------------------------------------------------

	/**
	 * Notes that this key is in use, and counts what is kept under others.
	 *
	 * @param otherKeyId  id of the key in the other slot; null when that is empty
	 */
	useKey(keyId: string, otherKeyId: string | null): KeyUse {
		this.#sql.exec('INSERT OR IGNORE INTO used_key (id) VALUES (?)', keyId);
		const nowMs = Date.now();
		const tokens = listApiTokens(this.#sql).filter(({ record }) => !isExpired(record, nowMs));
		const behind = tokens.filter(({ record, keyId: kept }) => record.person === undefined && kept !== keyId);
		const count = (query: string, ...values: SqlStorageValue[]) =>
			this.#sql.exec<{ count: number }>(`SELECT COUNT(*) AS count FROM ${query}`, ...values).one().count;
		return {
			wasOtherUsed: otherKeyId !== null && count('used_key WHERE id = ?', otherKeyId) > 0,
			accounts: count('account'),
			apiTokens: tokens.length,
			apiTokensBehind: behind.map(({ record: { id, name } }) => ({ id, name })),
			sessionsBehind: count('session WHERE expires_ms > ? AND key_id IS NOT ?', nowMs, keyId),
			invitationsBehind: count('invitation WHERE accepted = 0 AND expires_ms > ? AND key_id IS NOT ?', nowMs, keyId),
		};
	}

	// --- the list of accounts ----------------------------------------------------------------------------------

	/** Lists an account, or lists it as it is now. API tokens that wait for an account of this id become its own. */
	addAccount(account: AccountRecord, identity: string, summary?: AccountSummary): Promise<void> {
		const nowMs = Date.now();
		return this.#change(nowMs, () => putAccount(this.#sql, { account, identity, summary }, nowMs));
	}

	listSummaries(token: ApiTokenRecord): SummarizedAccount[] {
		return listSummaries(this.#sql, (account) => mayTouch(token, account)).map(({ account, summary }) => ({
			account,
			summary,
		}));
	}

	/** @returns false when it was not listed */
	removeAccount(id: string): boolean {
		return this.ctx.storage.transactionSync(() => endAccount(this.#sql, id, Date.now()));
	}

	/** The one that ended last first. */
	listEndedAccounts(): EndedAccount[] {
		return listEndedAccounts(this.#sql, Date.now());
	}

	/** Newest first, only what the token may touch. `before` is the `seq` that the last page ended with. */
	listAccounts(token: ApiTokenRecord, limit: number, before: number | null) {
		return listAccounts(this.#sql, token, limit, before);
	}
}
