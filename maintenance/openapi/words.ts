// Names and examples of openapi.json: what a client generator calls each shape, and what a reader copies.

import * as inputs from '../../workers/management/all-inputs.ts';
import { keysOutput, resealOutput } from './key-outputs.ts';
import * as outputs from './outputs.ts';
import * as people from './people-outputs.ts';
import { overviewOutput, statusOutput } from './status-outputs.ts';
import * as webhooks from './webhook-outputs.ts';

/** Shapes that have a name of their own; what they hold of each other is referred to by it. */
export const SCHEMA_NAMES = new Map<unknown, string>([
	[outputs.errorOutput, 'Error'],
	[outputs.accountOutput, 'Account'],
	[inputs.accountInput, 'AccountInput'],
	[inputs.accountPatch, 'AccountPatch'],
	[outputs.testOutput, 'ConnectionTest'],
	[outputs.toolsOutput, 'ToolPreview'],
	[outputs.toolOutput, 'Tool'],
	[outputs.serverOutput, 'Server'],
	[outputs.serverListed, 'ServerWithUsage'],
	[outputs.serverWithUrl, 'ServerWithUrl'],
	[outputs.connectOutput, 'ConnectGuide'],
	[outputs.appOutput, 'App'],
	[outputs.logOutput, 'LogEntry'],
	[outputs.logPage, 'LogPage'],
	[outputs.statsOutput, 'ServerStats'],
	[outputs.trailPage, 'TrailPage'],
	[outputs.endedServer, 'EndedServer'],
	[outputs.endedAccount, 'EndedAccount'],
	[outputs.integrationOutput, 'Integration'],
	[outputs.apiTokenOutput, 'ApiToken'],
	[outputs.apiTokenWithSecret, 'ApiTokenWithSecret'],
	[people.invitationOutput, 'Invitation'],
	[people.invitationWithUrl, 'InvitationWithUrl'],
	[people.acceptedOutput, 'AcceptedInvitation'],
	[people.signInRulesOutput, 'SignInRules'],
	[webhooks.webhookOutput, 'Webhook'],
	[webhooks.webhookWithSecret, 'WebhookWithSecret'],
	[webhooks.deliveriesOutput, 'Deliveries'],
	[webhooks.webhookTestOutput, 'WebhookTest'],
	[inputs.webhookInput, 'WebhookInput'],
	[inputs.webhookPatch, 'WebhookPatch'],
	[statusOutput, 'Status'],
	[overviewOutput, 'Overview'],
	[keysOutput, 'Keys'],
	[resealOutput, 'Reseal'],
	[inputs.signInInput, 'SignIn'],
	[outputs.signedInOutput, 'SignedIn'],
	[outputs.whoOutput, 'Who'],
	[outputs.sessionOutput, 'Session'],
	[outputs.rpcMessage, 'RpcMessage'],
	[outputs.rpcAnswer, 'RpcAnswer'],
]);

/** Bodies that are made for each route, by `METHOD path`. */
export const BODY_NAMES: Record<string, string> = {
	'POST /integrated-account/:id/mcp': 'ServerInput',
	'PATCH /integrated-account/:id/mcp/:server_id': 'ServerPatch',
	'POST /api-token': 'ApiTokenInput',
	'PATCH /api-token/:token_id': 'ApiTokenPatch',
	'POST /invitation': 'InvitationInput',
	'PATCH /sign-in-rules': 'SignInRulesPatch',
};

/** The first part of a path, and what the routes below it are about. */
export const TAGS: Record<string, { name: string; description: string }> = {
	'integrated-account': { name: 'Accounts', description: 'Credentials for one vendor, and the vendor’s tools' },
	mcp: { name: 'Servers', description: 'MCP servers of an account: filter, URL, log, connected apps' },
	'api-token': { name: 'API tokens', description: 'Tokens for this API, and for people who connect clients' },
	invitation: { name: 'People', description: 'Invitations, and the rules of sign-in by an identity provider' },
	webhook: { name: 'Webhooks', description: 'Addresses that are told of what happens' },
	session: { name: 'Sign-in', description: 'Sessions of the dashboard' },
	trail: { name: 'Audit', description: 'Who did what, also after a server or an account has ended' },
	system: { name: 'Installation', description: 'What can be connected, keys, health' },
};

const AT = '2027-01-31T18:00:00.000Z';
const SERVER = {
	id: 'mcp_cwp_8f9a2b417c05',
	name: 'Service desk',
	config: { methods: ['read', 'write'], tags: ['service', 'time'] },
	integrated_account_id: 'acme',
	expires_at: null,
	created_at: AT,
	updated_at: AT,
	listed: { exposure: 'discovery', tools: 34 },
	oauth_url: 'https://patchbay.example.workers.dev/connect/acme/mcp_cwp_8f9a2b417c05',
};
const ACCOUNT = {
	id: 'acme',
	integration: 'your_psa',
	name: 'Acme',
	base_url: 'https://acme.your-psa.example/api',
	state: 'active',
	state_since: AT,
	last_seen_at: AT,
	created_at: AT,
	updated_at: AT,
};
const TOKEN = {
	id: 'tok_4f1c2ab90d77',
	name: 'Terraform',
	scope: 'manage',
	accounts: '*',
	expires_at: '2028-01-31T18:00:00Z',
	created_at: AT,
};
const DELIVERIES = { pending: 0, given_up: 0, last_delivered_at: AT, failing_since: null, last_failure: null };
const WEBHOOK = {
	id: 'whk_4f1c2ab90d77',
	url: 'https://ops.example.com/patchbay',
	events: '*',
	created_at: AT,
	deliveries: DELIVERIES,
};
const INVITATION = {
	id: 'inv_91c0ffee2b7d',
	name: 'Jane Doe',
	scope: 'use',
	ends_as: 'api_token',
	accounts: ['acme'],
	servers: [SERVER.id],
	expires_at: AT,
	access_expires_at: null,
	created_at: AT,
	state: 'pending',
	invited_by: TOKEN.id,
};
const RULES = {
	rules: [
		{ email: 'jane@acme.example', scope: 'manage', accounts: '*' },
		{ group: '6f0c1b7e-2d0a-4a53-9a58-0e5f3b7c1d24', scope: 'use', accounts: ['acme'], servers: [SERVER.id] },
	],
	days: 30,
};
const SECRET = '5kdHu5JGVfdkbk8Ls3WVsA7-1VWN6HjLbg9YYPdcFLo';
const SESSION = { id: 'ses_1', api_token_id: TOKEN.id, created_at: AT, expires_at: AT, client: 'Firefox' };

/** Examples by the name of the shape. */
export const EXAMPLES: Record<string, unknown> = {
	Error: {
		statusCode: 400,
		error: 'Bad Request',
		code: 'invalid_input',
		message: 'name is required',
		details: [{ path: 'name', message: 'is required' }],
	},
	Account: ACCOUNT,
	AccountInput: {
		integration: 'your_psa',
		name: 'Acme',
		site: 'na',
		credentials: { company_id: 'acme', private_key: '…' },
	},
	AccountPatch: { name: 'Acme Ltd' },
	ConnectionTest: { ok: true, cause: null, message: 'It works.', upstream_status: 200, duration_ms: 240 },
	Server: SERVER,
	ServerWithUsage: { ...SERVER, last_used_at: AT, calls_today: 12, errors_today: 0 },
	ServerWithUrl: { ...SERVER, token: SECRET, url: `https://patchbay.example.workers.dev/mcp/${SECRET}` },
	ServerInput: { name: SERVER.name, config: SERVER.config, expires_at: null },
	ServerPatch: { config: { tools: { deny: ['delete_ticket'] } } },
	ServerStats: { last_used_at: AT, calls_today: 1, errors_today: 0, hours: [{ at: AT, calls: 1, errors: 0 }] },
	ApiToken: TOKEN,
	ApiTokenWithSecret: { ...TOKEN, token: `pb_${SECRET}` },
	ApiTokenInput: { name: TOKEN.name, scope: 'manage', accounts: '*', expires_at: TOKEN.expires_at },
	ApiTokenPatch: { expires_at: TOKEN.expires_at },
	Deliveries: DELIVERIES,
	Webhook: WEBHOOK,
	WebhookWithSecret: { ...WEBHOOK, secret: 'whsec_…' },
	WebhookInput: { url: WEBHOOK.url, events: ['account.needs_reauth', 'server.ending'] },
	WebhookPatch: { events: '*' },
	WebhookTest: { ok: true, message: 'The address has accepted the test.' },
	Invitation: INVITATION,
	InvitationWithUrl: { ...INVITATION, url: `https://patchbay.example.workers.dev/invite/${SECRET}` },
	InvitationInput: { name: INVITATION.name, accounts: INVITATION.accounts, servers: INVITATION.servers },
	AcceptedInvitation: {
		...{ ...TOKEN, name: INVITATION.name, scope: 'use', accounts: INVITATION.accounts, token: `pb_${SECRET}` },
		servers_to_connect: [{ id: SERVER.id, name: SERVER.name, oauth_url: SERVER.oauth_url }],
	},
	SignInRules: {
		...RULES,
		updated_at: AT,
		provider: { label: 'Acme', redirect_uri: 'https://patchbay.example.workers.dev/sign-in/callback' },
	},
	SignInRulesPatch: RULES,
	SignIn: { token: `pb_${SECRET}` },
	SignedIn: { session: SESSION, api_token: TOKEN },
	Who: { session: SESSION, api_token: TOKEN, sign_in: { label: 'Acme' } },
	Session: SESSION,
	RpcMessage: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
	RpcAnswer: { jsonrpc: '2.0', id: 1, result: { tools: [] } },
	EndedServer: { id: SERVER.id, name: SERVER.name, account_identity: '3f6d…', ended_at: AT },
	EndedAccount: { id: 'acme', identity: '3f6d…', name: 'Acme', ended_at: AT },
};
