// Routes, and the one boundary where errors become responses.
import { type IRequest, Router } from 'itty-router';
import { checkHealth } from './access/health.ts';
import { areKeysRead, prepareKeys } from './access/keys.ts';
import { CALLBACK_PATH } from './access/sign-in/attempt.ts';
import { INVITE_PREFIX, readAddress } from './contracts/addresses.ts';
import type { Env } from './contracts/env.ts';
import { ApiError, logError, toResponse } from './lib/errors.ts';
import { giveRequestId, requestIdOf } from './lib/request-ids.ts';
import { deliverEvents } from './management/deliver.ts';
import { provisioning } from './management/index.ts';
import { withDefaultHeaders } from './routes/answer-headers.ts';
import { describeAuthorizationServer, describeResource, handleAuthorization, handleConnect } from './routes/connect.ts';
import { openStream, postToStream } from './routes/event-streams.ts';
import { showInvitation } from './routes/invite.ts';
import { handleMcp } from './routes/mcp.ts';
import { beginSignIn, endSignIn } from './routes/sign-in.ts';

export { IntegratedAccount } from '../durable-objects/account/integrated-account.ts';
export { ApiToken } from '../durable-objects/api-token.ts';
export { AuthorizationServer } from '../durable-objects/authorization-server/authorization-server.ts';
export { Directory } from '../durable-objects/directory/directory.ts';
export { EventStreams } from '../durable-objects/event-streams.ts';

const LOCAL_ADDRESS = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\//;

const router = Router<IRequest, [Env, ExecutionContext]>();

router
	.get('/health', (request, env) => {
		giveRequestId(request);
		return checkHealth(env, Date.now());
	})
	.head('/health', async (_request, env) => {
		const { headers } = await checkHealth(env, Date.now());
		return new Response(null, { headers: { 'cache-control': headers.get('cache-control') ?? '' } });
	})
	.all('/mcp/:token', (request, env, ctx) =>
		handleMcp(request as unknown as Request, String(request.params.token), env, ctx),
	)
	.all('/mcp/:token/sse', (request, env) =>
		openStream(request as unknown as Request, String(request.params.token), env),
	)
	.all('/mcp/:token/sse/:session', (request, env, ctx) =>
		postToStream(request as unknown as Request, String(request.params.token), String(request.params.session), env, ctx),
	)
	.all('/connect/:account/:server', (request, env, ctx) => atServer(handleConnect, request, env, ctx))
	.all('/connect/:account/:server/authorize', (request, env, ctx) => atServer(handleAuthorization, request, env, ctx))
	.all('/connect/:account/:server/register', (request, env, ctx) => atServer(handleAuthorization, request, env, ctx))
	.all('/connect/:account/:server/token', (request, env, ctx) => atServer(handleAuthorization, request, env, ctx))
	.all('/.well-known/oauth-protected-resource/connect/:account/:server', (request, env, ctx) =>
		atServer(describeResource, request, env, ctx),
	)
	.all('/.well-known/oauth-authorization-server/connect/:account/:server', (request, env, ctx) =>
		atServer(describeAuthorizationServer, request, env, ctx),
	)
	.all(`${INVITE_PREFIX}/:secret`, (request, env) =>
		showInvitation(request as unknown as Request, String(request.params.secret), env),
	)
	.all('/sign-in', (request, env) => beginSignIn(request as unknown as Request, env))
	.all(CALLBACK_PATH, (request, env) => endSignIn(request as unknown as Request, env))
	.all('/health', () => onlyGet())
	.all('*', provisioning)
	.all('*', () => {
		throw nothingHere();
	});

function atServer(handle: typeof handleConnect, request: IRequest, env: Env, ctx: ExecutionContext): Promise<Response> {
	const address = readAddress(request.params);
	if (!address) throw nothingHere();
	return handle(request as unknown as Request, address, env, ctx);
}

function nothingHere(): ApiError {
	return new ApiError('not_found', 'There is nothing at this address.');
}

function onlyGet(): never {
	throw new ApiError('method_not_allowed', 'This address takes GET.', { allow: ['GET'] });
}

/** A redirect would come too late: the token or the credentials have crossed the network by then. @throws ApiError */
function requireHttps({ url }: { url: string }, env: Env): void {
	if (env.LOCAL !== 'true' && !url.startsWith('https:'))
		throw new ApiError(
			'https_required',
			'Patchbay answers over https only. Use the same address with https://, and change a token that was sent over http.',
		);
}

/** A page in a browser could reach a local start under a name of its own that resolves to this machine. */
function requireLocalHost(request: { url: string }, env: Env): void {
	if (env.LOCAL === 'true' && !LOCAL_ADDRESS.test(request.url)) {
		throw new ApiError('insufficient_scope', 'A local start answers on localhost only.');
	}
}

/** Makes the checks that every request passes; the one boundary where errors become responses. */
async function atBoundary(request: Request, env: Env, serve: () => Promise<Response>): Promise<Response> {
	let response: Response;
	try {
		requireHttps(request, env);
		// The first request says what is wrong with the secrets, whatever it asks for.
		if (!areKeysRead(env)) await prepareKeys(env);
		requireLocalHost(request, env);
		response = await serve();
	} catch (error) {
		response = toResponse(error, request);
	}
	return withDefaultHeaders(response, { isLocal: env.LOCAL === 'true', requestId: requestIdOf(request) });
}

/** A server's URL as it was handed out: nearly every request. The router would parse it and try one route after another. */
const MCP_URL = /^https?:\/\/[^/?#]+\/mcp\/([A-Za-z0-9_-]{43})(?:\?|$)/;

export default {
	fetch: (request: Request, env: Env, ctx: ExecutionContext): Promise<Response> => {
		const token = MCP_URL.exec(request.url)?.[1];
		return atBoundary(request, env, () =>
			token === undefined ? router.fetch(request, env, ctx) : handleMcp(request, token, env, ctx),
		);
	},
	// The cron trigger of wrangler.toml.
	scheduled: (_controller: ScheduledController, env: Env): Promise<void> =>
		deliverEvents(env, Date.now).catch(logError),
} satisfies ExportedHandler<Env>;
