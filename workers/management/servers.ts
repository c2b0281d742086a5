// MCP servers of an account: create, list, read, change, rotate, revoke; their tools.
import type * as z from 'zod';
import { accountObject, forgetAccount, storageUnavailable } from '../access/access.ts';
import { hashesOf } from '../access/keys.ts';
import { managementDoor } from '../access/management-door.ts';
import { connectUrl } from '../contracts/addresses.ts';
import { publicServer, type ServerConfig, type StoredAccount, type StoredServer } from '../contracts/records.ts';
import { hasTools } from '../integration/filter.ts';
import { MARKING_TAG } from '../integration/head.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError, type Fault } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { mintToken } from '../lib/secrets.ts';
import { serveAccess } from '../mcp/serve.ts';
import { describeListed } from '../tools/exposure.ts';
import { searchTools } from '../tools/search-and-fetch/search-tools.ts';
import { MAX_ROUNDS, requireAccount, requireIntegrationOf } from './accounts.ts';
import { requireActingMember } from './acting-member.ts';
import { requireServer, unknownServer } from './find-server.ts';
import { withoutUndefined } from './given-members.ts';
import { newIdSuffix, repeated } from './idempotency.ts';
import { faultsIn, inputFaults, invalidInput, parseInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import { describeLongNames } from './long-names.ts';
import { etagOf, nextUpdatedAt, requireMatch } from './preconditions.ts';
import { actorOf, type RouteRequest, readCursor, writeCursor } from './route.ts';
import { readTodayFrom } from './server-log.ts';
import { clientName, describeSnippets, TOKEN_PLACEHOLDER, URL_PLACEHOLDER } from './snippets.ts';

export async function createServer(request: RouteRequest): Promise<Response> {
	const { env, body, now } = request;
	const account = await requireAccount(request);
	const integration = await requireIntegrationOf(account);
	const { serverInput } = await loadInputs();
	const schema = serverInput(integration, now.getTime());
	const input = parseInput(schema, body, await memberFaults(request, account, integration, schema));
	const config = withoutUndefined(input.config);
	requireTools(integration, config);
	const acts_for =
		config.acts_for === undefined
			? undefined
			: await requireActingMember(request, account, integration, config.acts_for);
	const token = mintToken();
	const server: StoredServer = {
		id: `mcp_${integration.file.short}_${newIdSuffix(request, account.identity)}`,
		name: input.name,
		config,
		integrated_account_id: account.id,
		account_identity: account.identity,
		expires_at: input.expires_at,
		...(acts_for ? { acts_for } : {}),
		...(input.paused ? { paused: true } : {}),
		created_at: now.toISOString(),
		updated_at: now.toISOString(),
		revision: 1,
	};
	const { hash, key_id } = hashesOf(env, token);
	const outcome = await accountObject(env, account.id)
		.createServer(server, hash, key_id, actorOf(request))
		.catch(storageUnavailable);
	if (outcome === 'kv_unavailable') return storageUnavailable(new Error('KV refused the new entry'));
	if (outcome === 'exists')
		throw repeated('server', server.id, 'Its URL is not shown again: POST …/rotate gives a new one.');
	if (outcome === 'no_account') throw new ApiError('not_found', 'The account was deleted meanwhile.');
	const isConfigured = isObject(body) && body.config !== undefined;
	return withUrl(request, integration, server, token, { status: 201, ...(isConfigured ? {} : { notice: ONLY_READS }) });
}

/**
 * Looks up `acts_for` of an input that is refused for something else, so that both are told at once. Of a good input
 * nothing is asked here.
 */
async function memberFaults(
	request: RouteRequest,
	account: StoredAccount,
	integration: IntegrationHead,
	schema: z.ZodType,
): Promise<Fault[]> {
	const config = isObject(request.body) && isObject(request.body.config) ? request.body.config : {};
	const said = config.acts_for;
	if (typeof said !== 'string' && typeof said !== 'number') return [];
	const faults = inputFaults(schema, request.body);
	if (faults.length === 0 || faults.some(({ path }) => path === 'config.acts_for')) return [];
	return requireActingMember(request, account, integration, said).then(() => [], faultsIn);
}

const ONLY_READS =
	'No config was sent, so this server only reads. To choose its tools, PATCH it with a config, e.g. { "config": { "methods": ["read", "write"], "tags": [...] } }; a new server with "config": {} has every tool.';

export async function listServers(request: RouteRequest): Promise<Response> {
	const account = await requireAccount(request);
	const integration = await requireIntegrationOf(account);
	const todayFaults: Fault[] = [];
	const sinceMs = readTodayFrom(request.url, todayFaults);
	const { limit, before } = readCursor(request.url, { more: todayFaults });
	const { servers, next } = await accountObject(request.env, account.id)
		.listServers(limit, before, sinceMs)
		.catch(storageUnavailable);
	return Response.json({
		result: servers.map((server) => serverOutputOf(request, integration, server)),
		next_cursor: writeCursor(next),
	});
}

export async function getServer(request: RouteRequest): Promise<Response> {
	const { account, server } = await requireServer(request);
	const integration = await requireIntegrationOf(account);
	const sinceMs = todayFrom(request);
	const headers = etagOf(server);
	if (sinceMs === null) return Response.json(serverOutputOf(request, integration, server), { headers });
	const { hours: _none, ...usage } = await accountObject(request.env, account.id)
		.readUsage(server.id, sinceMs, 0)
		.catch(storageUnavailable);
	return Response.json({ ...serverOutputOf(request, integration, server), ...usage }, { headers });
}

/** @returns null when nobody asks what a server was used for. @throws ApiError invalid_input */
function todayFrom({ url }: RouteRequest): number | null {
	const faults: Fault[] = [];
	const sinceMs = readTodayFrom(url, faults);
	if (faults.length > 0) throw invalidInput(faults);
	return sinceMs;
}

export async function updateServer(request: RouteRequest): Promise<Response> {
	const { env, body, now } = request;
	const { serverPatch } = await loadInputs();
	// Two changes at the same time must both hold: the later one is merged into what the earlier one left.
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const { account, server } = await requireServer(request);
		requireMatch(request, server);
		const integration = await requireIntegrationOf(account);
		const schema = serverPatch(integration, now.getTime());
		const more = await memberFaults(request, account, integration, schema);
		const { config, ...rest } = parseInput(schema, body, more);
		const merged = config ? mergeConfig(server.config, config) : undefined;
		if (merged) requireTools(integration, merged);
		const isSame = merged === undefined || merged.acts_for === server.config.acts_for;
		const acts_for =
			isSame || merged.acts_for === undefined
				? undefined
				: await requireActingMember(request, account, integration, merged.acts_for);
		const { acts_for: _ofConfig, ...given } = withoutUndefined(rest);
		const change = {
			...given,
			...(merged ? { config: merged } : {}),
			...(isSame ? {} : { acts_for }),
		};
		const updated = await accountObject(env, account.id)
			.updateServer(server.id, change, nextUpdatedAt(server, now), server.revision, actorOf(request))
			.catch(storageUnavailable);
		forgetAccount(account.id);
		if (updated === 'not_found') throw unknownServer();
		if (updated !== 'outdated')
			return Response.json(serverOutputOf(request, integration, updated), { headers: etagOf(updated) });
	}
	return storageUnavailable(new Error(`the server was changed ${MAX_ROUNDS} times meanwhile`));
}

/** Tags without `destructive` end what that tag selects on a server that was stored when it did. */
function mergeConfig(stored: ServerConfig, change: object): ServerConfig {
	const merged = withoutUndefined({ ...stored, ...change });
	if (!merged.tags?.includes(MARKING_TAG)) delete merged.destructive_tag;
	return merged;
}

export async function rotateServer(request: RouteRequest): Promise<Response> {
	const { env, now } = request;
	const { account, server } = await requireServer(request);
	const integration = await requireIntegrationOf(account);
	const token = mintToken();
	const { hash, key_id } = hashesOf(env, token);
	const outcome = await accountObject(env, account.id)
		.rotateServer(server.id, hash, nextUpdatedAt(server, now), key_id, actorOf(request))
		.catch(storageUnavailable);
	forgetAccount(account.id);
	if (outcome === 'not_found') throw unknownServer();
	if (outcome === 'kv_unavailable') return storageUnavailable(new Error('KV refused the new entry'));
	return withUrl(request, integration, outcome, token, { status: 200 });
}

export async function deleteServer(request: RouteRequest): Promise<Response> {
	const { account, server } = await requireServer(request);
	await accountObject(request.env, account.id).deleteServer(server.id, actorOf(request)).catch(storageUnavailable);
	forgetAccount(account.id);
	return new Response(null, { status: 204 });
}

/** One JSON-RPC message to a server, answered as its own URL would: for who has an API token and not the URL. */
export async function callServer(request: RouteRequest): Promise<Response> {
	const { env, raw, ctx } = request;
	const door = managementDoor(await requireServer(request), env, request.apiToken, unknownServer);
	return serveAccess(raw, door, env, ctx);
}

/** Returns the ways to connect each client. Only its holder knows the secret URL, so a placeholder stands for it. */
export async function connectClients(request: RouteRequest): Promise<Response> {
	const { server } = await requireServer(request);
	const oauthUrl = oauthUrlOf(request, server);
	return Response.json({
		placeholders: {
			[URL_PLACEHOLDER]: "The server's URL, as it was shown when the server was created or rotated",
			[TOKEN_PLACEHOLDER]:
				'An API token that can use this account: Access → Create an API token, or POST /api-token with the scope "use"',
		},
		oauth_url: oauthUrl,
		clients: describeSnippets({
			name: clientName(server.name),
			oauthUrl,
			needsApiToken: server.config.require_api_token_auth === true,
			isLocal: request.url.protocol === 'http:',
		}),
	});
}

/** @throws ApiError no_matching_tools */
function requireTools(head: IntegrationHead, config: ServerConfig): void {
	if (!hasTools(head, config)) throw noMatchingTools();
	if (config.search_and_fetch && searchTools(head, config).length === 0) {
		const sources = Object.values(head.file.search ?? {}).map(({ resource }) => resource.replaceAll('_', ' '));
		throw new ApiError(
			'no_matching_tools',
			`search_and_fetch has nothing to search: the filter must leave list and get of ${sources.join(', ')}, or of one of them.`,
		);
	}
}

function noMatchingTools(): ApiError {
	return new ApiError(
		'no_matching_tools',
		`No tool passes methods, tags and tools together. Widen one of them; GET /integrated-account/:id/tools shows what there is. The tag ${MARKING_TAG} adds no tools.`,
	);
}

/** The URL that holds no secret. */
function oauthUrlOf({ url }: RouteRequest, server: StoredServer): string {
	return connectUrl(url, { accountId: server.integrated_account_id, serverId: server.id });
}

/** A server, what a client sees of it, and the URL that holds no secret. */
function serverOutputOf(request: RouteRequest, integration: IntegrationHead, server: StoredServer) {
	const long_names = describeLongNames(integration, server.config, server.config, server.name);
	return {
		...publicServer(server),
		listed: describeListed(integration, server.config, server.config),
		...(long_names ? { long_names } : {}),
		oauth_url: oauthUrlOf(request, server),
	};
}

/** The only answers that show a token and its URL. */
function withUrl(
	request: RouteRequest,
	integration: IntegrationHead,
	server: StoredServer,
	token: string,
	{ status, notice }: { status: number; notice?: string },
): Response {
	const { oauth_url, ...record } = serverOutputOf(request, integration, server);
	const body = { ...record, token, url: `${request.url.origin}/mcp/${token}`, oauth_url, notice };
	return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...etagOf(server) } });
}
