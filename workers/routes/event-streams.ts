// HTTP+SSE of MCP 2024-11-05, for clients that know nothing newer: GET …/sse opens a stream, whose first event tells
// where to post messages. The streams are held by a Durable Object.
import type { EventStreams } from '../../durable-objects/event-streams.ts';
import { urlTokenDoor } from '../access/url-token-door.ts';
import type { Env } from '../contracts/env.ts';
import { ApiError } from '../lib/errors.ts';
import { claimHash } from '../lib/secrets.ts';
import { jsonRpcError, readMessage } from '../mcp/message.ts';
import { enter } from '../mcp/serve.ts';

/** `/mcp/:token/sse` */
export async function openStream(request: Request, token: string, env: Env): Promise<Response> {
	return (await refuse(request, token, 'GET', env)) ?? streamsOf(token, env).fetch(request);
}

/** `/mcp/:token/sse/:session` */
export async function postToStream(request: Request, token: string, session: string, env: Env): Promise<Response> {
	const refused = await refuse(request, token, 'POST', env);
	if (refused) return refused;
	const read = await readMessage(request);
	if (read instanceof Response) return read;
	const head = { url: request.url, headers: [...request.headers] };
	const outcome = await streamsOf(token, env).deliver(session, head, read);
	if (outcome === 'gone')
		throw new ApiError('not_found', 'There is no such stream, or it has ended: open a new one with GET.');
	if (outcome === 'busy')
		return jsonRpcError(429, -32000, 'Too many messages wait for their answers.', { 'retry-after': '1' });
	return new Response('Accepted', { status: 202 });
}

async function refuse(
	request: Request,
	token: string,
	method: 'GET' | 'POST',
	env: Env,
): Promise<Response | undefined> {
	const badOrigin = await enter(request, urlTokenDoor(request, token, env), env);
	if (badOrigin || request.method === method) return badOrigin;
	const said = method === 'GET' ? 'GET this address for a stream.' : 'POST the messages of the stream here.';
	throw new ApiError('method_not_allowed', said, { allow: [method] });
}

/** The token names the object, so that no session of another server can be posted to. Names are kept as hashes only. */
function streamsOf(token: string, env: Env): DurableObjectStub<EventStreams> {
	return env.EVENT_STREAMS.getByName(claimHash(token));
}
