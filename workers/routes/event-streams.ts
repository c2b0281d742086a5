// HTTP+SSE of MCP 2024-11-05, for clients that know nothing newer: GET …/sse opens a stream, whose first event names the
// address to post messages to. A Durable Object holds the streams; the Worker serves each message exactly as a POST to
// the server's URL and puts the answer into the stream.
import { enter } from '../access/enter.ts';
import { urlTokenDoor } from '../access/url-token-door.ts';
import type { Env } from '../contracts/env.ts';
import type { EventStreamsObject } from '../contracts/objects.ts';
import { ApiError, logError, toResponse } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { claimHash } from '../lib/secrets.ts';
import { type IncomingMessage, jsonRpcError, readMessage } from '../mcp/message.ts';
import { refuseOrigin, serveAccess } from '../mcp/serve.ts';

/**
 * A message's POST is answered when its answer is in the stream, or after this long: the runtime ends what a request
 * leaves behind 30 seconds after its response, and a call may take longer than that.
 */
const POST_PATIENCE_MS = 15_000;

/** `/mcp/:token/sse` */
export async function openStream(request: Request, token: string, env: Env): Promise<Response> {
	return (await refuse(request, token, 'GET', env)) ?? streamsOf(token, env).fetch(request);
}

/** `/mcp/:token/sse/:session` */
export async function postToStream(
	request: Request,
	token: string,
	session: string,
	env: Env,
	ctx: Pick<ExecutionContext, 'waitUntil'>,
): Promise<Response> {
	const refused = await refuse(request, token, 'POST', env);
	if (refused) return refused;
	const read = await readMessage(request, `stream ${token}`);
	if (read instanceof Response) return read;
	const streams = streamsOf(token, env);
	const outcome = await streams.expect(session);
	if (outcome !== 'taken') read.release();
	if (outcome === 'gone')
		throw new ApiError('not_found', 'There is no such stream, or it has ended: open a new one with GET.');
	if (outcome === 'busy')
		return jsonRpcError(429, -32000, 'Too many messages wait for their answers.', { 'retry-after': '1' });
	const served = serveMessage(request, token, session, env, ctx, read).catch(logError);
	ctx.waitUntil(served);
	await Promise.race([served, scheduler.wait(POST_PATIENCE_MS)]);
	return new Response('Accepted', { status: 202 });
}

async function serveMessage(
	request: Request,
	token: string,
	session: string,
	env: Env,
	ctx: Pick<ExecutionContext, 'waitUntil'>,
	read: IncomingMessage,
): Promise<void> {
	const { url, headers } = request;
	const posted = new Request(new URL(`/mcp/${token}`, url), { method: 'POST', headers });
	const response = await serveAccess(posted, urlTokenDoor(posted, token, env), env, ctx, read).catch(toResponse);
	const text = await response.text();
	const isAnswer = text === '' || valueAt(parseJson(text), 'jsonrpc') === '2.0';
	const answer = isAnswer ? text || null : errorAnswer(read.message, parseJson(text));
	const streams = streamsOf(token, env);
	await streams.send(session, answer);
	if (response.status === 404 && !isAnswer) await streams.close(session);
}

/** Puts a refusal of ours into JSON-RPC, as a stream has no HTTP status. @returns null for a message without an id */
function errorAnswer(message: unknown, refusal: unknown): string | null {
	const id = valueAt(message, 'id');
	if (typeof id !== 'string' && typeof id !== 'number') return null;
	const said = valueAt(refusal, 'message');
	const error = { code: -32000, message: typeof said === 'string' ? said : 'Something failed on our side.' };
	return JSON.stringify({ jsonrpc: '2.0', id, error });
}

async function refuse(
	request: Request,
	token: string,
	method: 'GET' | 'POST',
	env: Env,
): Promise<Response | undefined> {
	await enter(urlTokenDoor(request, token, env), env, Date.now());
	const badOrigin = await refuseOrigin(request, env);
	if (badOrigin || request.method === method) return badOrigin;
	const said = method === 'GET' ? 'GET this address for a stream.' : 'POST the messages of the stream here.';
	throw new ApiError('method_not_allowed', said, { allow: [method] });
}

/** The token names the object, so that no session of another server can be posted to. Names are kept as hashes only. */
function streamsOf(token: string, env: Env): DurableObjectStub<EventStreamsObject> {
	return env.EVENT_STREAMS.getByName(claimHash(token));
}
