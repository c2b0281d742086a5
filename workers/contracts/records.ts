// The records that storage keeps. They are the wire shape, so nothing maps one to the other.
import type { SignedInPerson } from './people.ts';
import type { ActingMember, PersonalMember, Reach } from './reach.ts';

export type { ActingMember, PersonalMember };

export interface ServerConfig {
	methods?: string[];
	tags?: string[];
	/** `selects`: the tag `destructive` selects tools like any other, as it did when this server was stored. */
	destructive_tag?: 'selects';
	/** Single tools by full or short name, as far as `methods` and `tags` leave them. `deny` wins. */
	tools?: { allow?: string[]; deny?: string[] };
	require_api_token_auth?: boolean;
	/** Absent: `auto`. */
	tool_exposure?: 'auto' | 'all' | 'discovery';
	tool_names?: 'full' | 'short';
	list_format?: 'records' | 'table';
	/** ChatGPT's two tools of these names, besides the others. */
	search_and_fetch?: boolean;
	/** Budget of one answer, in KB of 1,000 bytes. */
	answer_budget_kb?: number;
	/** Tool calls that reach the vendor; absent: CALLS_PER_MINUTE_DEFAULT. */
	calls_per_minute?: number;
	/** Writes per day (UTC); absent: no bound. */
	writes_per_day?: number;
	/** Seconds for which an equal write is a repeat; 0 switches that off; absent: DUPLICATE_WINDOW_DEFAULT_SECONDS. */
	duplicate_window_seconds?: number;
	/** IANA name: where days, weeks and months begin. */
	time_zone?: string;
	/** The member that the server works for: identifier, name or id, as it was given. */
	acts_for?: string | number;
	/** Passwords, keys, one-time codes and card numbers are taken out of results. */
	redact?: boolean;
	/** An update reads the record first, and answers what it was. */
	show_previous?: boolean;
	/** Every write is answered as a preview, and none is sent. */
	rehearsal?: boolean;
}

/** KV refuses an expiration less than 60 seconds away. Source: Workers KV docs, "Expiring keys". */
export const KV_MIN_TTL_SECONDS = 60;

/** Far beyond what models do, so that only a runaway loop meets it; the vendor throttles long before. */
export const CALLS_PER_MINUTE_DEFAULT = 100_000;
/** Default limit of an API token. */
export const REQUESTS_PER_MINUTE_DEFAULT = 3_000;
export const DUPLICATE_WINDOW_DEFAULT_SECONDS = 120;

/**
 * Size of one answer to a model, as JSON in UTF-8, in KB of 1,000 bytes, unless a server's config says otherwise. Clients cut or
 * refuse from about 100 KB; the most patient takes 150,000 characters.
 */
export const ANSWER_BUDGET_KB = { default: 60, min: 10, max: 150 };

/** Settings of the Durable Object's write guard. */
export function writePolicyOf(config: ServerConfig): { windowSeconds: number; dailyLimit: number | null } {
	return {
		windowSeconds: config.duplicate_window_seconds ?? DUPLICATE_WINDOW_DEFAULT_SECONDS,
		dailyLimit: config.writes_per_day ?? null,
	};
}

/** An MCP server provisioned for one integrated account. Times are ISO 8601; `expires_at` as it was given. */
export interface ServerRecord {
	id: string;
	name: string;
	config: ServerConfig;
	integrated_account_id: string;
	expires_at: string | null;
	/** The member of `config.acts_for`, as the vendor knows it. */
	acts_for?: ActingMember;
	/** Lists and calls nothing until it is false again. Shown while it is true. */
	paused?: boolean;
	created_at: string;
	updated_at: string;
}

/**
 * `unverified`: the vendor has not accepted the credentials yet. `active`: it has. `unreachable`: it does not answer.
 * `needs_reauth`: it refuses the credentials; after five refused calls in a row none is sent until that is mended.
 */
export type AccountState = 'unverified' | 'active' | 'unreachable' | 'needs_reauth';

/** An account's state and the evidence for it. */
export type AccountHealth = Pick<AccountRecord, 'state' | 'state_since' | 'last_seen_at'>;

/** The vendor's side of an account, as one test or call has seen it. */
export type VendorFinding = 'accepted' | 'refused' | 'unreached';

/** One customer's credentials for one integration, as the API shows it. */
export interface AccountRecord {
	id: string;
	integration: string;
	name: string;
	base_url: string;
	/** Time zone in which the account's days begin; absent while unknown. `is_guessed`: it is the vendor's server's. */
	time_zone?: { name: string; is_guessed: boolean };
	state: AccountState;
	state_since: string;
	/** When a test or a call last showed this state, to a quarter of an hour; null: never. */
	last_seen_at: string | null;
	created_at: string;
	updated_at: string;
}

/** An account as one that no other account ever has: ids are chosen by people and come again. */
export interface AccountIdentity {
	id: string;
	/** 32 random hex digits, made when the account is connected. Shown nowhere. */
	identity: string;
}

/** Members of an account that calls need. `revision` grows with each change of the account. */
export interface StoredAccount extends Omit<AccountRecord, keyof AccountHealth>, AccountIdentity {
	sealed_credentials: string;
	revision: number;
	/** `needs_reauth` keeps calls from being sent. The rest of an account's health is kept beside it. */
	state?: 'active' | 'needs_reauth';
	state_since?: string;
}

/** A server as stored: with the revision that grows with each change, its rotation included. */
export interface StoredServer extends ServerRecord {
	/** Identity of the account that the server belongs to. */
	account_identity: string;
	revision: number;
}

/** Value under `token:<hash>` in KV. */
export interface TokenEntry {
	server: StoredServer;
}

export interface ApiTokenRecord extends Reach {
	id: string;
	name: string;
	/** A token without a secret: it stands for a person who signs in. */
	person?: SignedInPerson;
	/** The invitation that it was made from. */
	invitation_id?: string;
	/** The person as a member at the vendor, by account id: `me` of their calls, before the server's own `acts_for`. */
	acts_for?: Record<string, PersonalMember>;
	expires_at: string | null;
	created_at: string;
	/** Absent while it was never changed. */
	updated_at?: string;
}

/** A link that lets one person in, once. */
export interface InvitationRecord extends Reach {
	id: string;
	/** Whom it is for; the name of the API token that it becomes. */
	name: string;
	/** `sign_in`: it becomes the access of whoever signs in, and no token is shown. */
	ends_as: 'api_token' | 'sign_in';
	/** End of the link. */
	expires_at: string;
	/** End of the API token that it becomes. */
	access_expires_at: string | null;
	created_at: string;
	/** The API token that it was made with. It ends with that. */
	invited_by: string;
	acts_for?: Record<string, PersonalMember>;
	/** Absent until somebody has accepted it, as is `api_token_id`: what it has become. */
	accepted_at?: string;
	api_token_id?: string;
}

/** A sign-in of the dashboard. */
export interface SessionRecord {
	id: string;
	api_token_id: string;
	created_at: string;
	expires_at: string;
	/** The browser's user agent. */
	client: string;
}

/** One call in a server's log. Never arguments or results. Durations in milliseconds, sizes in bytes. */
export interface LogEntry {
	at: string;
	server_id: string;
	tool: string;
	method_class: 'read' | 'write' | 'custom';
	outcome: 'ok' | 'rehearsed' | 'previewed' | 'refused' | 'upstream_error' | 'failed';
	upstream_status: number | null;
	duration_ms: number;
	upstream_ms: number | null;
	request_bytes: number;
	response_bytes: number;
	client: string;
	request_id: string;
	/** The way in. Absent, like the members below, in entries from before it was logged. */
	via?: 'url' | 'oauth' | 'management';
	/** The API token that let the caller in, or that the grant was given with; null for the URL alone. */
	api_token_id?: string | null;
	/** The OAuth grant. */
	grant_id?: string | null;
	/** The person behind the call, where one is known. */
	person?: string | null;
	/** Kind of record that the call was about, and its id in the vendor's system. */
	record_type?: string | null;
	record_id?: string | number | null;
	/** Names of the members that a write sets; never their values. */
	fields?: string[];
}

/** Use of a server: calls and errors since the moment that was asked for, by whole hours. */
export interface ServerUsage {
	last_used_at: string | null;
	calls_today: number;
	errors_today: number;
}

/** Calls that began within the hour from `at` on; `errors` of them went wrong. */
export interface UsageHour {
	at: string;
	calls: number;
	errors: number;
}

/** Selects entries of a log; absent members select all. `from` and `to` are ISO 8601 in UTC, `to` is excluded. */
export interface LogFilter {
	outcome?: string[];
	method_class?: string[];
	tool?: string;
	from?: string;
	to?: string;
	/** Only what came after this position: the `newest` of an earlier answer. */
	after?: number;
	oldest_first?: boolean;
}

/** Access ends at `expires_at` to the millisecond. */
export function isExpired(record: { expires_at: string | null }, nowMs: number): boolean {
	return record.expires_at !== null && Date.parse(record.expires_at) <= nowMs;
}

/** May this API token touch the account? */
export function mayTouch(token: ApiTokenRecord, { id, identity }: AccountIdentity): boolean {
	return token.accounts === '*' || (token.accounts.includes(id) && token.account_identities?.[id] === identity);
}

/** May whoever has this API token use the server of this account? */
export function mayUse(token: ApiTokenRecord, account: AccountIdentity, serverId: string): boolean {
	return mayTouch(token, account) && (token.servers?.includes(serverId) ?? true);
}

/** The person behind an API token, as the log names them; null where nobody has said who it is. */
export function personBehind({ name, person, invitation_id }: ApiTokenRecord): string | null {
	if (person) return person.email ?? name;
	return invitation_id === undefined ? null : name;
}

/** The member at this account's vendor that whoever has this API token is; undefined where nobody has said so. */
export function memberOf({ acts_for }: ApiTokenRecord, { id, identity }: AccountIdentity): ActingMember | undefined {
	if (!acts_for || !Object.hasOwn(acts_for, id)) return undefined;
	const { account_identity, ...member } = acts_for[id] as PersonalMember;
	return account_identity === identity ? member : undefined;
}

interface Bound extends Pick<Reach, 'account_identities'> {
	acts_for?: Record<string, PersonalMember>;
}

/** An API token, an invitation or a rule as the API shows it. */
export function publicReach<R extends Bound>({ account_identities: _identities, acts_for, ...rest }: R) {
	if (!acts_for) return rest;
	const members = Object.entries(acts_for).map(([id, { account_identity: _identity, ...member }]) => [id, member]);
	return { ...rest, acts_for: Object.fromEntries(members) as Record<string, ActingMember> };
}

/** A server as the API shows it, in stable order and without our bookkeeping. */
export function publicServer<S extends StoredServer>({
	revision: _revision,
	account_identity: _identity,
	paused,
	...server
}: S): Omit<S, 'revision' | 'account_identity' | 'paused'> & { paused?: true } {
	return paused ? { ...server, paused } : server;
}

/** An account as the API shows it: credentials never come back. */
export function publicAccount(
	{
		revision: _revision,
		identity: _identity,
		sealed_credentials: _sealed,
		state: _state,
		state_since: _since,
		created_at,
		updated_at,
		...account
	}: StoredAccount,
	{ state, state_since, last_seen_at }: AccountHealth,
): AccountRecord {
	return { ...account, state, state_since, last_seen_at, created_at, updated_at };
}
