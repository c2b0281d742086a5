// The door for operators: the management API. One table says what there is; `maintenance/openapi/` describes each route.

import { type IRequest, Router } from 'itty-router';
import { getApiToken } from '../access/api-tokens.ts';
import { getSession, requireSameOrigin } from '../access/sessions.ts';
import type { Env } from '../contracts/env.ts';
import { readBounded } from '../lib/bounded-text.ts';
import { ApiError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { readJson } from '../lib/request-body.ts';
import { giveRequestId } from '../lib/request-ids.ts';
import * as accounts from './accounts.ts';
import { requireManageScope } from './api-tokens.ts';
import * as apps from './apps.ts';
import * as tools from './describe-tool.ts';
import { invalidInput } from './input-faults.ts';
import * as integrations from './integrations.ts';
import * as keys from './keys.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { previewTools } from './preview-tools.ts';
import { BODY_MAX_BYTES, type OpenRequest, type OpenRoute, type Route, type RouteRequest } from './route.ts';
import * as log from './server-log.ts';
import * as servers from './servers.ts';
import * as sessions from './sessions.ts';
import { STATUS_ROUTES } from './status.ts';
import { TOKEN_ROUTES } from './token-routes.ts';
import { TRAIL_ROUTES } from './trail-routes.ts';
import { WEBHOOK_ROUTES } from './webhook-routes.ts';

const PAGED = ['limit', 'cursor'];
const TESTED = ['test'];
const ACCOUNT = '/integrated-account/:id';
const SERVER = `${ACCOUNT}/mcp/:server_id`;

export const ROUTES: readonly (Route | OpenRoute)[] = [
	{
		method: 'POST',
		path: '/integrated-account',
		takesBody: true,
		query: TESTED,
		handle: accounts.createAccount,
	},
	{
		method: 'GET',
		path: '/integrated-account',
		query: PAGED,
		handle: accounts.listAccounts,
	},
	{
		method: 'GET',
		path: ACCOUNT,
		handle: accounts.getAccount,
	},
	{
		method: 'PATCH',
		path: ACCOUNT,
		takesBody: true,
		query: TESTED,
		handle: accounts.updateAccount,
	},
	{
		method: 'DELETE',
		path: ACCOUNT,
		handle: accounts.deleteAccount,
	},
	{
		method: 'POST',
		path: `${ACCOUNT}/test`,
		handle: accounts.testAccount,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/tools`,
		query: [
			'methods',
			'tags',
			'allow',
			'deny',
			'tool_names',
			'list_format',
			'view',
			'tool_exposure',
			'search_and_fetch',
		],
		handle: previewTools,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/tools/:tool_name`,
		query: ['tool_names', 'list_format'],
		handle: tools.describeTool,
	},
	{
		method: 'POST',
		path: `${ACCOUNT}/mcp`,
		takesBody: true,
		handle: servers.createServer,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/mcp`,
		query: [...PAGED, 'today_from'],
		handle: servers.listServers,
	},
	{
		method: 'GET',
		path: SERVER,
		query: ['today_from'],
		handle: servers.getServer,
	},
	{
		method: 'PATCH',
		path: SERVER,
		takesBody: true,
		handle: servers.updateServer,
	},
	{
		method: 'DELETE',
		path: SERVER,
		handle: servers.deleteServer,
	},
	{
		method: 'POST',
		path: `${SERVER}/rotate`,
		handle: servers.rotateServer,
	},
	{
		method: 'POST',
		path: `${SERVER}/rpc`,
		readsRaw: true,
		handle: servers.callServer,
	},
	{
		method: 'GET',
		path: `${SERVER}/connect`,
		handle: servers.connectClients,
	},
	{
		method: 'GET',
		path: `${SERVER}/apps`,
		handle: apps.listApps,
	},
	{
		method: 'DELETE',
		path: `${SERVER}/apps/:app_id`,
		handle: apps.endApp,
	},
	{
		method: 'GET',
		path: `${SERVER}/log`,
		query: [...PAGED, 'after', 'outcome', 'method_class', 'tool', 'from', 'to', 'format'],
		handle: log.readServerLog,
	},
	...TRAIL_ROUTES,
	...STATUS_ROUTES,
	...WEBHOOK_ROUTES,
	{
		method: 'GET',
		path: `${SERVER}/stats`,
		query: ['hours', 'today_from'],
		handle: log.readServerStats,
	},
	{
		method: 'GET',
		path: '/integration',
		handle: integrations.listIntegrations,
	},
	...TOKEN_ROUTES,
	...PEOPLE_ROUTES,
	{
		method: 'GET',
		path: '/keys',
		handle: keys.describeKeys,
	},
	{
		method: 'POST',
		path: '/keys/reseal',
		query: PAGED,
		handle: keys.resealAccounts,
	},
	{
		method: 'POST',
		path: '/session',
		takesBody: true,
		bodyMaxBytes: 4 * 1024,
		handleOpen: sessions.signIn,
	},
	{
		method: 'GET',
		path: '/session',
		handleOpen: sessions.whoAmI,
	},
	{
		method: 'DELETE',
		path: '/session',
		handleOpen: sessions.signOut,
	},
	{
		method: 'GET',
		path: '/sessions',
		handle: sessions.listSessions,
	},
	{
		method: 'DELETE',
		path: '/sessions/:session_id',
		handle: sessions.endSession,
	},
];

/** A file of `dashboard/`, which is answered without the Worker; `npm run schemas` writes it. */
const OPENAPI_PATH = '/openapi.json';

const router = Router<IRequest, [Env, ExecutionContext]>();
for (const route of ROUTES) {
	router[route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete'](route.path, (request, env, ctx) =>
		serveRoute(route, request, env, ctx),
	);
}
// The remaining requests have an unknown path or a method that the path does not take.
for (const path of new Set([...ROUTES.map((route) => route.path), OPENAPI_PATH])) {
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
		body: await readBody(route, raw),
		now: new Date(),
	};
	const answer = await ('handle' in route
		? route.handle({ ...asked, ...(manager as Manager) })
		: route.handleOpen(asked));
	if (!answer.headers.has('cache-control')) answer.headers.set('cache-control', 'no-store');
	return answer;
}

async function readBody(route: Route | OpenRoute, raw: Request): Promise<unknown> {
	if (route.takesBody) return (await readJson(raw, route.bodyMaxBytes ?? BODY_MAX_BYTES)).value;
	if (!route.readsRaw && 'handle' in route) await requireNoBody(raw);
	return undefined;
}

/** An action must not look as if it had heeded what it does not read: new keys to test, an end for a rotated URL. */
async function requireNoBody(raw: Request): Promise<void> {
	const text = raw.body === null ? '' : await readBounded(raw, BODY_MAX_BYTES);
	if (text === null || !NO_BODY.includes(text.replace(/\s/g, '')))
		throw invalidInput([{ path: '', message: 'this address takes no body: nothing was done. Send it without one' }]);
}

/** HTTP libraries send these when there is nothing to send. */
const NO_BODY = ['', '{}', 'null'];

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
function requireKnownQuery({ query = [] }: Route | OpenRoute, { searchParams }: URL): void {
	const known = query.includes('cursor') ? [...query, 'next_cursor'] : query;
	const faults = [...new Set(searchParams.keys())]
		.filter((name) => !known.includes(name))
		.map((name) => ({ path: name.slice(0, 60), message: `is no query parameter here.${didYouMean(name, known)}` }));
	if (faults.length > 0) throw invalidInput(faults);
}
