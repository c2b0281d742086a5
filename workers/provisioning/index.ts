// The door for operators: the management API. One table says what there is; routes and openapi.json come from it.
import { type IRequest, Router } from 'itty-router';
import type { z } from 'zod';
import { didYouMean } from '../compiler/nearest.ts';
import type { Env } from '../env.ts';
import { ApiError } from '../errors.ts';
import { readJson } from '../request-body.ts';
import { getApiToken } from '../store/api-tokens.ts';
import * as accounts from './accounts.ts';
import * as apiTokens from './api-tokens.ts';
import { describeApi } from './openapi.ts';
import type { RouteRequest } from './route.ts';
import * as schemas from './schemas.ts';
import * as servers from './servers.ts';

export interface Route {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	path: string;
	summary: string;
	body?: z.ZodType;
	/** The body is described here and read by the handler, which has its own words for what is wrong with it. */
	readsBody?: true;
	/** Request headers that the handler reads, and what they do. */
	headers?: Record<string, string>;
	/** Query parameters and what they do. */
	query?: Record<string, string>;
	status: 200 | 201 | 204;
	answer?: z.ZodType;
	handle(request: RouteRequest): Promise<Response>;
}

const PAGED = { limit: 'Records per page, 1 to 200', cursor: 'next_cursor of the last page' };
const ACCOUNT = '/integrated-account/:id';
const SERVER = `${ACCOUNT}/mcp/:server_id`;

export const ROUTES: readonly Route[] = [
	{
		method: 'POST',
		path: '/integrated-account',
		summary: 'Connect an account',
		body: schemas.accountInput,
		status: 201,
		answer: schemas.accountOutput,
		handle: accounts.createAccount,
	},
	{
		method: 'GET',
		path: '/integrated-account',
		summary: 'List accounts',
		query: PAGED,
		status: 200,
		answer: schemas.pageOf(schemas.accountOutput),
		handle: accounts.listAccounts,
	},
	{
		method: 'GET',
		path: ACCOUNT,
		summary: 'Read an account',
		status: 200,
		answer: schemas.accountOutput,
		handle: accounts.getAccount,
	},
	{
		method: 'PATCH',
		path: ACCOUNT,
		summary: 'Change an account, its credentials too',
		body: schemas.accountPatch,
		status: 200,
		answer: schemas.accountOutput,
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
		answer: schemas.testOutput,
		handle: accounts.testAccount,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/tools`,
		summary: 'The tools that a server would have, and their cost',
		query: {
			methods: 'As in a config, separated by commas',
			tags: 'As in a config, separated by commas',
			tool_names: 'full or short',
			list_format: 'records or table',
			tool_exposure: 'all or discovery',
			search_and_fetch: 'true or false',
		},
		status: 200,
		answer: schemas.toolsOutput,
		handle: servers.previewTools,
	},
	{
		method: 'POST',
		path: `${ACCOUNT}/mcp`,
		summary: 'Create an MCP server',
		body: schemas.serverInput(null, 0),
		status: 201,
		answer: schemas.serverWithUrl,
		handle: servers.createServer,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/mcp`,
		summary: 'List MCP servers',
		query: PAGED,
		status: 200,
		answer: schemas.pageOf(schemas.serverOutput),
		handle: servers.listServers,
	},
	{
		method: 'GET',
		path: SERVER,
		summary: 'Read an MCP server',
		status: 200,
		answer: schemas.serverOutput,
		handle: servers.getServer,
	},
	{
		method: 'PATCH',
		path: SERVER,
		summary: 'Change an MCP server',
		body: schemas.serverPatch(null, 0),
		status: 200,
		answer: schemas.serverOutput,
		handle: servers.updateServer,
	},
	{ method: 'DELETE', path: SERVER, summary: 'Revoke an MCP server', status: 204, handle: servers.deleteServer },
	{
		method: 'POST',
		path: `${SERVER}/rotate`,
		summary: 'Give an MCP server a new token; the old one stops',
		status: 200,
		answer: schemas.serverWithUrl,
		handle: servers.rotateServer,
	},
	{
		method: 'POST',
		path: `${SERVER}/rpc`,
		summary: 'Send an MCP server one JSON-RPC message, without knowing its URL',
		body: schemas.rpcMessage,
		readsBody: true,
		headers: {
			'MCP-Protocol-Version': 'As at the URL of the server',
			'Mcp-Method': 'As at the URL of the server',
			'Mcp-Name': 'As at the URL of the server',
		},
		status: 200,
		answer: schemas.rpcAnswer,
		handle: servers.callServer,
	},
	{
		method: 'GET',
		path: `${SERVER}/connect`,
		summary: 'How to connect ChatGPT, Claude, Cursor, VS Code and others to an MCP server',
		status: 200,
		answer: schemas.connectOutput,
		handle: servers.connectClients,
	},
	{
		method: 'GET',
		path: `${SERVER}/log`,
		summary: 'Calls of an MCP server, newest first',
		query: PAGED,
		status: 200,
		answer: schemas.pageOf(schemas.logOutput),
		handle: servers.readServerLog,
	},
	{
		method: 'POST',
		path: '/api-token',
		summary: 'Make an API token',
		body: schemas.apiTokenInput(0),
		status: 201,
		answer: schemas.apiTokenOutput,
		handle: apiTokens.createApiToken,
	},
	{
		method: 'GET',
		path: '/api-token',
		summary: 'List API tokens',
		status: 200,
		answer: schemas.pageOf(schemas.apiTokenOutput),
		handle: apiTokens.listApiTokens,
	},
	{
		method: 'DELETE',
		path: '/api-token/:token_id',
		summary: 'Revoke an API token',
		status: 204,
		handle: apiTokens.revokeApiToken,
	},
];

const router = Router<IRequest, [Env, ExecutionContext]>();
router.get('/openapi.json', ({ url }) => Response.json(describeApi(ROUTES, new URL(url).origin)));
for (const route of ROUTES) {
	router[route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete'](route.path, (request, env, ctx) =>
		serveRoute(route, request, env, ctx),
	);
}
// What is left either has no such path or does not take this method.
for (const path of new Set([...ROUTES.map((route) => route.path), '/openapi.json'])) {
	const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method);
	const allow = methods.length > 0 ? methods : ['GET'];
	router.all(path, () => {
		throw new ApiError('method_not_allowed', `This address takes ${allow.join(', ')}.`, { allow });
	});
}

export function provisioning(request: IRequest, env: Env, ctx: ExecutionContext): Promise<Response | undefined> {
	return router.fetch(request, env, ctx);
}

async function serveRoute(route: Route, request: IRequest, env: Env, ctx: ExecutionContext): Promise<Response> {
	const raw = request as unknown as Request;
	const apiToken = await getApiToken(env, raw);
	if (!apiToken) throw new ApiError('unauthorized', 'Send a good API token: Authorization: Bearer <API token>.');
	if (apiToken.scope !== 'manage')
		throw new ApiError('insufficient_scope', 'This API token has the scope "use"; the management API needs "manage".');
	const url = new URL(raw.url);
	requireKnownQuery(route, url);
	return route.handle({
		env,
		ctx,
		raw,
		url,
		params: request.params,
		body: route.body && !route.readsBody ? (await readJson(raw)).value : undefined,
		apiToken,
		now: new Date(),
	});
}

/** A misspelt filter would otherwise show everything. */
function requireKnownQuery({ query = {} }: Route, { searchParams }: URL): void {
	const known = [...Object.keys(query), ...('cursor' in query ? ['next_cursor'] : [])];
	const faults = [...new Set(searchParams.keys())]
		.filter((name) => !known.includes(name))
		.map((name) => ({ path: name.slice(0, 60), message: `is no query parameter here.${didYouMean(name, known)}` }));
	if (faults.length > 0) throw schemas.invalidInput(faults);
}
