// The door for operators: the management API. One table says what there is; routes and openapi.json come from it.

import { type IRequest, Router } from 'itty-router';
import { getApiToken } from '../access/api-tokens.ts';
import { getSession, requireSameOrigin } from '../access/sessions.ts';
import type { Env } from '../contracts/env.ts';
import { ApiError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { readJson } from '../lib/request-body.ts';
import { giveRequestId } from '../lib/request-ids.ts';
import * as accounts from './accounts.ts';
import { requireManageScope } from './api-tokens.ts';
import * as apps from './apps.ts';
import * as tools from './describe-tool.ts';
import { HEALTH } from './health.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { invalidInput } from './input-faults.ts';
import * as inputs from './inputs.ts';
import * as integrations from './integrations.ts';
import { keysOutput, resealPage } from './key-outputs.ts';
import * as keys from './keys.ts';
import { describeApi } from './openapi.ts';
import * as outputs from './outputs.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { IF_MATCH } from './preconditions.ts';
import { previewTools } from './preview-tools.ts';
import { BODY_MAX_BYTES, type OpenRequest, type OpenRoute, type Route, type RouteRequest } from './route.ts';
import * as log from './server-log.ts';
import * as servers from './servers.ts';
import * as sessions from './sessions.ts';
import { STATUS_ROUTES } from './status.ts';
import { TOKEN_ROUTES } from './token-routes.ts';
import { TRAIL_ROUTES } from './trail-routes.ts';
import { WEBHOOK_ROUTES } from './webhook-routes.ts';

const PAGED = { limit: 'Records per page, 1 to 200', cursor: 'next_cursor of the last page' };
const TESTED = { test: 'true: the connection is tested first, and nothing is saved when the test fails (422)' };
const TODAY_FROM = 'Your midnight, ISO 8601 with an offset: asks for last_used_at, calls_today, errors_today';
const ACCOUNT = '/integrated-account/:id';
const SERVER = `${ACCOUNT}/mcp/:server_id`;

export const ROUTES: readonly (Route | OpenRoute)[] = [
	{
		method: 'POST',
		path: '/integrated-account',
		summary: 'Connect an account',
		body: inputs.accountInput,
		headers: IDEMPOTENCY_KEY,
		query: TESTED,
		status: 201,
		answer: outputs.accountOutput,
		handle: accounts.createAccount,
	},
	{
		method: 'GET',
		path: '/integrated-account',
		summary: 'List accounts',
		query: PAGED,
		status: 200,
		answer: outputs.pageOf(outputs.accountOutput),
		handle: accounts.listAccounts,
	},
	{
		method: 'GET',
		path: ACCOUNT,
		summary: 'Read an account',
		status: 200,
		answer: outputs.accountOutput,
		handle: accounts.getAccount,
	},
	{
		method: 'PATCH',
		path: ACCOUNT,
		summary: 'Change an account, its credentials too',
		body: inputs.accountPatch,
		headers: IF_MATCH,
		query: TESTED,
		status: 200,
		answer: outputs.accountOutput,
		handle: accounts.updateAccount,
	},
	{
		method: 'DELETE',
		path: ACCOUNT,
		summary: 'Delete an account with all its servers',
		status: 204,
		handle: accounts.deleteAccount,
	},
	{
		method: 'POST',
		path: `${ACCOUNT}/test`,
		summary: 'Ask the vendor one question and say what is wrong',
		status: 200,
		answer: outputs.testOutput,
		handle: accounts.testAccount,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/tools`,
		summary: 'The tools that a server would have, and their cost',
		query: {
			methods: 'As in a config, separated by commas',
			tags: 'As in a config, separated by commas',
			allow: 'tools.allow of a config, separated by commas',
			deny: 'tools.deny of a config, separated by commas',
			tool_names: 'full or short',
			list_format: 'records or table',
			view: 'full, or summary: without the schemas',
			tool_exposure: 'auto, all or discovery',
			search_and_fetch: 'true or false',
		},
		status: 200,
		answer: outputs.toolsOutput,
		handle: previewTools,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/tools/:tool_name`,
		summary: 'One tool in full, and what it sends to the vendor',
		query: { tool_names: 'full or short: which of its names the address has', list_format: 'records or table' },
		status: 200,
		answer: outputs.toolOutput,
		handle: tools.describeTool,
	},
	{
		method: 'POST',
		path: `${ACCOUNT}/mcp`,
		summary: 'Create an MCP server',
		body: inputs.serverInput(null, 0),
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: outputs.serverWithUrl,
		handle: servers.createServer,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/mcp`,
		summary: 'List MCP servers',
		query: { ...PAGED, today_from: TODAY_FROM },
		status: 200,
		answer: outputs.pageOf(outputs.serverListed),
		handle: servers.listServers,
	},
	{
		method: 'GET',
		path: SERVER,
		summary: 'Read an MCP server',
		query: { today_from: TODAY_FROM },
		status: 200,
		answer: outputs.serverListed,
		handle: servers.getServer,
	},
	{
		method: 'PATCH',
		path: SERVER,
		summary: 'Change an MCP server',
		body: inputs.serverPatch(null, 0),
		headers: IF_MATCH,
		status: 200,
		answer: outputs.serverOutput,
		handle: servers.updateServer,
	},
	{ method: 'DELETE', path: SERVER, summary: 'Revoke an MCP server', status: 204, handle: servers.deleteServer },
	{
		method: 'POST',
		path: `${SERVER}/rotate`,
		summary: 'Give an MCP server a new token; the old one stops',
		status: 200,
		answer: outputs.serverWithUrl,
		handle: servers.rotateServer,
	},
	{
		method: 'POST',
		path: `${SERVER}/rpc`,
		summary: 'Send an MCP server one JSON-RPC message, without knowing its URL',
		body: outputs.rpcMessage,
		readsBody: true,
		headers: {
			'MCP-Protocol-Version': 'As at the URL of the server',
			'Mcp-Method': 'As at the URL of the server',
			'Mcp-Name': 'As at the URL of the server',
		},
		status: 200,
		answer: outputs.rpcAnswer,
		handle: servers.callServer,
	},
	{
		method: 'GET',
		path: `${SERVER}/connect`,
		summary: 'How to connect ChatGPT, Claude, Cursor, VS Code and others to an MCP server',
		status: 200,
		answer: outputs.connectOutput,
		handle: servers.connectClients,
	},
	{
		method: 'GET',
		path: `${SERVER}/apps`,
		summary: 'Apps that people have let in by OAuth, newest first',
		status: 200,
		answer: outputs.pageOf(outputs.appOutput),
		handle: apps.listApps,
	},
	{
		method: 'DELETE',
		path: `${SERVER}/apps/:app_id`,
		summary: "End an app's access at once",
		status: 204,
		handle: apps.endApp,
	},
	{
		method: 'GET',
		path: `${SERVER}/log`,
		summary: 'Calls of an MCP server, newest first; of one that has ended too, for 30 days',
		query: {
			...PAGED,
			after: 'newest_cursor of an earlier answer: only what came since',
			outcome: 'Any of ok, rehearsed, previewed, refused, upstream_error, failed, separated by commas',
			method_class: 'Any of read, write, custom, separated by commas',
			tool: "A tool's name",
			from: 'ISO 8601 with an offset',
			to: 'ISO 8601 with an offset, not included',
			format: 'json; csv: every entry that matches, as a file; ndjson: oldest first, one entry a line',
		},
		status: 200,
		answer: outputs.logPage,
		handle: log.readServerLog,
	},
	...TRAIL_ROUTES,
	...STATUS_ROUTES,
	...WEBHOOK_ROUTES,
	{
		method: 'GET',
		path: `${SERVER}/stats`,
		summary: 'Calls and errors of an MCP server by the hour',
		query: {
			hours: 'How many, the present one included: 1 to 48, by default 24',
			today_from: 'Your midnight, ISO 8601 with an offset; by default that of UTC',
		},
		status: 200,
		answer: outputs.statsOutput,
		handle: log.readServerStats,
	},
	{
		method: 'GET',
		path: '/integration',
		summary: 'What can be connected: sites, credentials, methods, tags',
		status: 200,
		answer: outputs.pageOf(outputs.integrationOutput),
		handle: integrations.listIntegrations,
	},
	...TOKEN_ROUTES,
	...PEOPLE_ROUTES,
	{
		method: 'GET',
		path: '/keys',
		summary: 'Which keys count, and what is kept under earlier ones',
		status: 200,
		answer: keysOutput,
		handle: keys.describeKeys,
	},
	{
		method: 'POST',
		path: '/keys/reseal',
		summary: 'Seal the credentials of a page of accounts with the current key',
		query: PAGED,
		status: 200,
		answer: resealPage,
		handle: keys.resealAccounts,
	},
	{
		method: 'POST',
		path: '/session',
		summary: 'Sign in with an API token; the answer sets a cookie',
		body: outputs.signInInput,
		status: 201,
		answer: outputs.signedInOutput,
		// An API token, read before it is known whose request it is.
		bodyMaxBytes: 4 * 1024,
		handleOpen: sessions.signIn,
	},
	{
		method: 'GET',
		path: '/session',
		summary: 'Who is signed in with this cookie, if anyone',
		status: 200,
		answer: outputs.whoOutput,
		handleOpen: sessions.whoAmI,
	},
	{
		method: 'DELETE',
		path: '/session',
		summary: 'Sign out',
		status: 204,
		handleOpen: sessions.signOut,
	},
	{
		method: 'GET',
		path: '/sessions',
		summary: 'List sign-ins: all of them, or those of a token that is bound to accounts',
		status: 200,
		answer: outputs.pageOf(outputs.sessionOutput),
		handle: sessions.listSessions,
	},
	{
		method: 'DELETE',
		path: '/sessions/:session_id',
		summary: 'End a sign-in',
		status: 204,
		handle: sessions.endSession,
	},
];

const router = Router<IRequest, [Env, ExecutionContext]>();
router.get('/openapi.json', () => Response.json(describeApi([...ROUTES, HEALTH])));
for (const route of ROUTES) {
	router[route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete'](route.path, (request, env, ctx) =>
		serveRoute(route, request, env, ctx),
	);
}
// The remaining requests have an unknown path or a method that the path does not take.
for (const path of new Set([...ROUTES.map((route) => route.path), '/openapi.json'])) {
	const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method);
	const allow = methods.length > 0 ? methods : ['GET'];
	router.all(path, () => {
		throw new ApiError('method_not_allowed', `This address takes ${allow.join(', ')}.`, { allow });
	});
}

export function provisioning(request: IRequest, env: Env, ctx: ExecutionContext): Promise<Response | undefined> {
	giveRequestId(request);
	return router.fetch(request, env, ctx);
}

async function serveRoute(
	route: Route | OpenRoute,
	request: IRequest,
	env: Env,
	ctx: ExecutionContext,
): Promise<Response> {
	const raw = request as unknown as Request;
	const manager = 'handle' in route ? await requireManager(env, raw) : null;
	const url = new URL(raw.url);
	requireKnownQuery(route, url);
	const asked: OpenRequest = {
		env,
		ctx,
		raw,
		url,
		params: request.params,
		body:
			route.body && !route.readsBody ? (await readJson(raw, route.bodyMaxBytes ?? BODY_MAX_BYTES)).value : undefined,
		now: new Date(),
	};
	const answer = await ('handle' in route
		? route.handle({ ...asked, ...(manager as Manager) })
		: route.handleOpen(asked));
	if (!answer.headers.has('cache-control')) answer.headers.set('cache-control', 'no-store');
	return answer;
}

/** The API token of a script, or the one behind a session of the dashboard. */
async function requireManager(env: Env, request: Request): Promise<Manager> {
	const bySession = request.headers.has('authorization') ? null : await getSession(env, request);
	if (bySession) requireSameOrigin(request);
	const apiToken = bySession?.apiToken ?? (await getApiToken(env, request));
	if (!apiToken) throw new ApiError('unauthorized', 'Send a good API token: Authorization: Bearer <API token>.');
	requireManageScope(apiToken);
	return { apiToken, sessionId: bySession?.session.id ?? null };
}

type Manager = Pick<RouteRequest, 'apiToken' | 'sessionId'>;

/** A misspelt filter would otherwise show everything. */
function requireKnownQuery({ query = {} }: Route | OpenRoute, { searchParams }: URL): void {
	const known = [...Object.keys(query), ...('cursor' in query ? ['next_cursor'] : [])];
	const faults = [...new Set(searchParams.keys())]
		.filter((name) => !known.includes(name))
		.map((name) => ({ path: name.slice(0, 60), message: `is no query parameter here.${didYouMean(name, known)}` }));
	if (faults.length > 0) throw invalidInput(faults);
}
