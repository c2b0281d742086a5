// RPC interfaces of the Durable Objects. The classes implement them, so that the Worker imports no class.
import type { ValidatedAccessToken } from '@cloudflare/workers-oauth-provider';
import type { Claim, CredentialReport, Limited, SeenAccount, ServerChange, Verdict, WriteEnd } from './admission.ts';
import type { AppChange, ConnectedApp, Grant } from './grants.ts';
import type { TokenHashes } from './keys.ts';
import type { Identity, SignInRules } from './people.ts';
import type {
	AccountHealth,
	AccountRecord,
	ApiTokenRecord,
	InvitationRecord,
	LogEntry,
	LogFilter,
	ServerUsage,
	SessionRecord,
	StoredAccount,
	StoredServer,
	UsageHour,
	VendorFinding,
} from './records.ts';
import type { Actor, TrailPage } from './trail.ts';
import type { Alert, DeliveryResult, DeliveryRound, ListedWebhook, WebhookRecord } from './webhooks.ts';

/** One page of a server's log, newest first. */
export interface LogPage {
	entries: LogEntry[];
	next: number | null;
	/** Position of the page's last entry; null for an empty page. */
	last: number | null;
	/** Position of the newest entry of all, to ask later for what came after it. */
	newest: number;
}

/** A server that has ended less than 30 days ago. */
export interface EndedServer {
	id: string;
	name: string;
	account_identity: string;
	ended_at: string;
}

/** An account that was deleted less than 30 days ago. */
export interface EndedAccount {
	id: string;
	identity: string;
	name: string;
	ended_at: string;
}

/** An admitted write that has ended, and the line of the log that tells of it. */
export interface SettledWrite {
	server_id: string;
	key: string | null;
	ticket: string;
	end: WriteEnd;
	entry?: LogEntry;
	report?: CredentialReport | null;
}

/** One per integrated account: the account, its servers and their calls. */
export interface AccountObject extends Rpc.DurableObjectBranded {
	/** @param finding  what the vendor has shown already */
	createAccount(account: StoredAccount, by?: Actor, finding?: VendorFinding | null): Promise<boolean>;
	getAccount(): StoredAccount | null;
	/** @returns null without an account */
	getHealth(): AccountHealth | null;
	/** @param finding  what the vendor has shown of the account as it becomes; null: nothing yet; absent: as before */
	updateAccount(
		change: Partial<StoredAccount>,
		seen: SeenAccount,
		by?: Actor,
		finding?: VendorFinding | null,
	): Promise<StoredAccount | 'not_found' | 'outdated'>;
	/** Keeps what a test has shown. An account that was changed meanwhile is left as it is. */
	noteTest(finding: VendorFinding, seen: SeenAccount, by?: Actor): Promise<void>;
	deleteAccount(identity: string, by?: Actor): Promise<boolean>;
	createServer(
		server: StoredServer,
		hash: string,
		keyId?: string | null,
		by?: Actor,
	): Promise<'created' | 'exists' | 'no_account' | 'kv_unavailable'>;
	listServers(
		limit: number,
		before: number | null,
		sinceMs: number | null,
	): { servers: (StoredServer & Partial<ServerUsage>)[]; next: number | null };
	getServer(id: string): StoredServer | null;
	/** @returns those of the ids that are servers of this account */
	knownServers(ids: string[]): string[];
	updateServer(
		id: string,
		change: ServerChange,
		updatedAt: string,
		ifRevision: number,
		by?: Actor,
	): Promise<StoredServer | 'not_found' | 'outdated'>;
	rotateServer(
		id: string,
		newHash: string,
		updatedAt: string,
		keyId?: string | null,
		by?: Actor,
	): Promise<StoredServer | 'not_found' | 'kv_unavailable'>;
	deleteServer(id: string, by?: Actor): Promise<boolean>;
	/** @returns false when there is no such server; from then on its authorization server ends with it */
	openAuthorizations(id: string): boolean;
	serversBehind(keyId: string): { total: number; behind: { id: string; name: string }[] };
	/** @param ended  writes that have ended; they count before the claim does */
	admit(claim: Claim, ended?: SettledWrite[]): Verdict | Promise<Verdict>;
	/** @param entries, reports  see `appendLog` */
	settleWrites(ended: SettledWrite[], entries?: LogEntry[], reports?: CredentialReport[]): Promise<void>;
	appendLog(entries: LogEntry[], reports?: CredentialReport[], nowMs?: number): Promise<void>;
	readLog(serverId: string, filter: LogFilter, limit: number, before: number | null): LogPage;
	/** Records that an app was let in or ended, and tells of a new one. */
	noteApp(serverId: string, change: AppChange, by: Actor): Promise<void>;
	/** Answers for a server that was never called, too. */
	hasEnded(serverId: string): boolean;
	listEnded(limit: number, before: number | null): { servers: EndedServer[]; next: number | null };
	readTrail(after: number, limit: number): TrailPage;
	readUsage(serverId: string, sinceMs: number, hours: number): ServerUsage & { hours: UsageHour[] };
	alarm(): Promise<void>;
}

/** One per MCP server: its OAuth authorization server. */
export interface AuthorizationServerObject extends Rpc.DurableObjectBranded {
	fetch(request: Request): Promise<Response>;
	validateToken(issuer: string, token: string): Promise<ValidatedAccessToken<Grant> | null>;
	listApps(): Promise<ConnectedApp[]>;
	/** @returns the app whose access has ended; null when there is none */
	endApp(issuer: string, id: string): Promise<ConnectedApp | null>;
	end(): Promise<void>;
	alarm(): Promise<void>;
}

/** Counts of records under each of the installation's keys. */
export interface KeyUse {
	/** The key in the other slot was the current one at some time. */
	wasOtherUsed: boolean;
	accounts: number;
	apiTokens: number;
	apiTokensBehind: { id: string; name: string }[];
	sessionsBehind: number;
	/** Links that nobody has accepted. */
	invitationsBehind: number;
}

/** A sign-in that is to begin; `apiTokenId` is taken for a person who is new. */
export interface NewSession {
	apiTokenId: string;
	record: Omit<SessionRecord, 'api_token_id'>;
	hashes: TokenHashes;
}

export type SignInOutcome =
	| { state: 'signed_in'; apiToken: ApiTokenRecord }
	/** `unnamed`: no rule names the person. `kept_out`: one does, and says no. The others: of the invitation. */
	| { state: 'unnamed' | 'kept_out' | 'unknown' | 'used' | 'expired' };

/** Result of accepting an invitation. */
export type Acceptance =
	| { state: 'accepted'; apiToken: ApiTokenRecord }
	| { state: 'unknown' | 'used' | 'expired' | 'needs_sign_in' };

/** An account's report to the directory about its servers. */
export interface AccountSummary {
	servers: number;
	paused: number;
	/** Those that end, the soonest first; at most 200. */
	ending: { id: string; name: string; expires_at: string }[];
	/** Alerts of the last two days, the newest first; at most 50. Absent in summaries of earlier versions. */
	alerts?: Alert[];
	/** Calls of the 24 hours before `at`. Absent in summaries of earlier versions. */
	usage?: { calls: number; errors: number; last_used_at: string | null; at: string };
}

export interface SummarizedAccount {
	account: AccountRecord;
	summary: AccountSummary | null;
}

/** The beginnings of the hashes of all API tokens, sessions and invitations. For `lease_ms` from the question none is added to them. */
export interface KnownHashes {
	hashes: string[];
	lease_ms: number;
}

/** One for the whole installation: API tokens, sessions of the dashboard, the list of accounts. */
export interface DirectoryObject extends Rpc.DurableObjectBranded {
	/** @returns null for a token that is unknown, revoked or expired */
	verifyApiToken(hashes: TokenHashes, claimHash: string): ApiTokenRecord | null;
	/** @returns null where there are too many */
	listKnownHashes(): KnownHashes | null;
	getApiTokenById(id: string): ApiTokenRecord | null;
	/** The same for the token's own object, which may rely on it for `API_TOKEN_LEASE_MS` from the question. */
	leaseApiToken(id: string): ApiTokenRecord | null;
	createApiToken(record: ApiTokenRecord, hashes: TokenHashes, by?: Actor): Promise<boolean>;
	/** Expired ones too. */
	readApiToken(id: string): ApiTokenRecord | null;
	updateApiToken(record: ApiTokenRecord, ifUpdatedAt: string | null, by?: Actor): Promise<boolean>;
	listApiTokens(): ApiTokenRecord[];
	revokeApiToken(id: string, by?: Actor): Promise<boolean>;
	/** @returns ids of accounts that there are not: then nothing is made; 'exists' when there was one of this id */
	createInvitation(
		record: InvitationRecord,
		hashes: TokenHashes,
		by: Actor,
	): Promise<'created' | 'exists' | { unknown: string[] }>;
	/** Accepted and expired ones too, for 30 days. */
	listInvitations(): InvitationRecord[];
	/** @returns false when there is none of this id, or it was accepted */
	revokeInvitation(id: string, by: Actor): boolean;
	findInvitation(hashes: TokenHashes): InvitationRecord | null;
	acceptInvitation(hashes: TokenHashes, apiToken: { id: string; hashes: TokenHashes }): Promise<Acceptance>;
	readSignInRules(): SignInRules;
	/** @returns 'outdated' when they were changed since `ifUpdatedAt`; ids of accounts that there are not */
	changeSignInRules(
		rules: SignInRules,
		ifUpdatedAt: string | null,
		by: Actor,
	): Promise<SignInRules | 'outdated' | { unknown: { rule: number; account: string }[] }>;
	/** @param session  to begin where the person is let in */
	signInPerson(identity: Identity, session: NewSession, invitation: TokenHashes | null): Promise<SignInOutcome>;
	readTrail(after: number, limit: number): TrailPage;
	createSession(session: SessionRecord, hashes: TokenHashes): Promise<void>;
	verifySession(hashes: TokenHashes): { session: SessionRecord; apiToken: ApiTokenRecord } | null;
	listSessions(apiTokenId: string | null): SessionRecord[];
	endSession(id: string, apiTokenId: string | null): boolean;
	useKey(keyId: string, otherKeyId: string | null): KeyUse;
	addAccount(account: AccountRecord, identity: string, summary?: AccountSummary): Promise<void>;
	/** Newest first, what the token may touch. `summary` is null until the account has sent one. */
	listSummaries(token: ApiTokenRecord): SummarizedAccount[];
	removeAccount(id: string): boolean;
	createWebhook(webhook: WebhookRecord, by?: Actor): 'created' | 'exists' | 'too_many';
	listWebhooks(): ListedWebhook[];
	/** @returns false when it was changed or deleted since `ifUpdatedAt` */
	updateWebhook(webhook: WebhookRecord, ifUpdatedAt: string | null, by?: Actor): boolean;
	/** @returns false when there is no such webhook */
	deleteWebhook(id: string, by?: Actor): boolean;
	/** Hands out the events that are due. Nobody else gets the same for some minutes. */
	takeDeliveries(): DeliveryRound[];
	settleDeliveries(results: DeliveryResult[]): void;
	/** Reads storage. @returns true, or does not answer */
	isWorking(): boolean;
	listEndedAccounts(): EndedAccount[];
	listAccounts(
		token: ApiTokenRecord,
		limit: number,
		before: number | null,
	): { accounts: AccountRecord[]; next: number | null };
}

/** An API token's object relies this long on what the directory has said, unless the directory says otherwise. */
export const API_TOKEN_LEASE_MS = 60_000;

/** Answer to a request that is made with an API token, or with what was given out with it. Null: revoked or expired. */
export type UsedApiToken = { record: ApiTokenRecord } | { limited: Limited } | null;

/** One per API token: whether it is good, and its requests of this minute. */
export interface ApiTokenObject extends Rpc.DurableObjectBranded {
	/** Counts a request. */
	use(id: string): Promise<UsedApiToken>;
	/** The same for a second look within a request: it counts nothing. */
	find(id: string): Promise<ApiTokenRecord | null>;
	/** The directory has changed or ended the token. */
	changed(id: string): Promise<void>;
}

/** One per server token: the open event streams of HTTP+SSE, as mailboxes. */
export interface EventStreamsObject extends Rpc.DurableObjectBranded {
	fetch(request: Request): Promise<Response>;
	/** Announces an answer to `session`: it must follow by `send`. */
	expect(session: string): 'taken' | 'gone' | 'busy';
	/** Sends an announced answer. @param text  one JSON-RPC message; null when there is none to send */
	send(session: string, text: string | null): void;
	close(session: string): void;
	tick(nowMs: number): Promise<void>;
}
