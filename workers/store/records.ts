// The records that storage keeps. They are the wire shape, so nothing maps one to the other.

export interface ServerConfig {
	methods?: string[];
	tags?: string[];
	require_api_token_auth?: boolean;
	tool_exposure?: 'all' | 'discovery';
	tool_names?: 'full' | 'short';
	list_format?: 'records' | 'table';
	/** ChatGPT's two tools of these names, besides the others. */
	search_and_fetch?: boolean;
	/** Of one answer, in KB of 1,000 bytes. */
	answer_budget_kb?: number;
}

/** An MCP server provisioned for one integrated account. Times are ISO 8601; `expires_at` as it was given. */
export interface ServerRecord {
	id: string;
	name: string;
	config: ServerConfig;
	integrated_account_id: string;
	expires_at: string | null;
	created_at: string;
	updated_at: string;
}

/** One customer's credentials for one integration, as the API shows it. */
export interface AccountRecord {
	id: string;
	integration: string;
	name: string;
	base_url: string;
	created_at: string;
	updated_at: string;
}

/** What the upstream needs of an account. `revision` grows with each change of the account. */
export interface StoredAccount extends AccountRecord {
	sealed_credentials: string;
	revision: number;
}

/** A server as stored: with the revision that grows with each change, its rotation included. */
export interface StoredServer extends ServerRecord {
	revision: number;
}

/** Value under `token:<hash>` in KV. */
export interface TokenEntry {
	server: StoredServer;
}

export interface ApiTokenRecord {
	id: string;
	name: string;
	/** `manage`: the management API. `use`: only the second factor of MCP URLs. */
	scope: 'manage' | 'use';
	/** Accounts that the token may touch. */
	accounts: '*' | string[];
	expires_at: string | null;
	created_at: string;
}

/** One call in a server's log. Never arguments or results. Durations in milliseconds, sizes in bytes. */
export interface LogEntry {
	at: string;
	server_id: string;
	tool: string;
	method_class: 'read' | 'write' | 'custom';
	outcome: 'ok' | 'refused' | 'upstream_error' | 'failed';
	upstream_status: number | null;
	duration_ms: number;
	upstream_ms: number | null;
	request_bytes: number;
	response_bytes: number;
	client: string;
	request_id: string;
}

/** Access ends at `expires_at` to the millisecond. */
export function isExpired(record: { expires_at: string | null }, nowMs: number): boolean {
	return record.expires_at !== null && Date.parse(record.expires_at) <= nowMs;
}

/** May this API token touch the account? */
export function mayTouch(token: ApiTokenRecord, accountId: string): boolean {
	return token.accounts === '*' || token.accounts.includes(accountId);
}

/** A server as the API shows it, in stable order and without our bookkeeping. */
export function publicServer({ revision: _revision, ...server }: StoredServer): ServerRecord {
	return server;
}

/** An account as the API shows it: credentials never come back. */
export function publicAccount({
	revision: _revision,
	sealed_credentials: _sealed,
	...account
}: StoredAccount): AccountRecord {
	return account;
}
