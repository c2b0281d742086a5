// The management API's answers, for the type checker only. This file is not served.
import type { SignInRule as StoredRule } from '../workers/contracts/people.ts';
import type {
	AccountRecord,
	ApiTokenRecord,
	InvitationRecord,
	ServerRecord,
	ServerUsage,
	SessionRecord,
	ServerConfig as StoredConfig,
	LogEntry as StoredLogEntry,
	UsageHour,
} from '../workers/contracts/records.ts';

export type { AccountRecord, ApiTokenRecord, SessionRecord, UsageHour };

/** A server's configuration, with the members that an integration's `config_members` may name. */
export interface ServerConfig extends StoredConfig {
	acts_for?: string | number;
	time_zone?: string;
	rehearsal?: boolean;
}

export type Invitation = InvitationRecord & { state: 'pending' | 'accepted' | 'expired' };
export type MethodClass = 'read' | 'write' | 'custom';
export type LogEntry = Omit<StoredLogEntry, 'server_id'>;

export type SignInRule = Omit<StoredRule, 'account_identities'>;

export interface SignInRules {
	rules: SignInRule[];
	days: number;
	updated_at: string | null;
	provider: { label: string; redirect_uri: string } | null;
}

export interface Who {
	session: SessionRecord | null;
	api_token: ApiTokenRecord | null;
	sign_in?: { label: string };
}

/** `paused` is there only while it is true. */
export interface Server extends ServerRecord, Partial<ServerUsage> {
	config: ServerConfig;
	acts_for?: { id: number | string; identifier?: string };
	paused?: true;
	listed: { exposure: 'all' | 'discovery'; tools: number };
	/** Listed tools whose names are too long for some clients. */
	long_names?: { limit: number; tools: number; examples: string[]; notice: string };
	oauth_url?: string | null;
	token?: string;
	url?: string;
}

export interface Webhook {
	id: string;
	url: string | null;
	events: '*' | string[];
	deliveries: {
		pending: number;
		given_up: number;
		last_delivered_at: string | null;
		failing_since: string | null;
		last_failure: string | null;
	};
}

/** An account of `GET /overview`. */
export interface OverviewAccount extends AccountRecord {
	servers: number | null;
	paused_servers: number | null;
	ending_servers: { id: string; name: string; expires_at: string }[];
	usage: { calls: number; errors: number; last_used_at: string | null; at: string } | null;
	alerts: { type: string; at: string; data: Record<string, string | number | null> }[];
	attention: string[];
}

export interface Integration {
	name: string;
	label: string;
	sites: { name: string; url: string }[];
	base_url_example: string;
	finds_base_url: boolean;
	credentials: { name: string; label: string; where: string; secret: boolean; pattern: string | null }[];
	modules: string[];
	methods: { name: string; method_class: MethodClass; tools: number }[];
	tags: { name: string; covers: string; tools: number }[];
	presets: Preset[];
	offers_search_and_fetch: boolean;
	config_members: string[];
}

/** A job that a server may be created for. */
export interface Preset {
	name: string;
	label: string;
	about: string;
	config: ServerConfig;
	tools: number;
}

export interface TestResult {
	ok: boolean;
	cause: string | null;
	message: string;
	upstream_status: number | null;
	duration_ms: number;
}

export interface ToolSummary {
	name: string;
	title: string;
	description: string;
	annotations: { readOnlyHint?: boolean; destructiveHint?: boolean };
	module: string;
	resource: string;
	method: string;
	method_class: MethodClass;
	tags: string[];
	tokens: number;
}

export interface ToolsPreview {
	tools: ToolSummary[];
	count: number;
	listed: number;
	bytes: number;
	tokens: number;
	choices: Record<'methods' | 'tags' | 'tool_exposure', Record<string, { tools: number; tokens: number }>>;
}

export interface JsonSchema {
	type?: string;
	title?: string;
	description?: string;
	enum?: (string | number)[];
	format?: string;
	minimum?: number;
	maximum?: number;
	maxLength?: number;
	default?: unknown;
	examples?: unknown[];
	properties?: Record<string, JsonSchema>;
	required?: string[];
	items?: JsonSchema;
}

export interface ToolDetail extends ToolSummary {
	inputSchema: JsonSchema;
	example: Record<string, unknown> | null;
	sends: { verb: string; path: string; arguments: Record<string, string> };
	bytes: number;
}

/** A tool of `tools/list`. */
export interface ListedTool {
	name: string;
	title?: string;
	description?: string;
	inputSchema: JsonSchema;
	annotations?: { readOnlyHint?: boolean; destructiveHint?: boolean };
}

export interface Stats extends ServerUsage {
	hours: UsageHour[];
}

export interface LogPage {
	result: LogEntry[];
	next_cursor: string | null;
	newest_cursor: string;
}

/** One way to connect a client. */
export interface Way {
	steps: string[];
	file: { path: string; content: string } | null;
	command: string | null;
	install: string | null;
}

export interface ConnectGuide {
	placeholders: Record<string, string>;
	oauth_url: string | null;
	/** The members of the way itself go by the secret URL. */
	clients: (Way & {
		client: string;
		label: string;
		oauth: Way | null;
		limit: string | null;
		unsupported: string | null;
	})[];
}

export interface RpcMessage {
	jsonrpc?: string;
	id?: string | number | null;
	result?: Record<string, unknown>;
	error?: { code: number; message: string };
}
