// An MCP server, behind whichever door a request came in by (`access/door.ts`): admitted, served, and withheld where it must be.

import { originValidationResponse } from '@modelcontextprotocol/server';
import { admit, confirm, forget, isConfirmed, remember } from '../access/access.ts';
import type { Door } from '../access/door.ts';
import { urlTokenDoor } from '../access/url-token-door.ts';
import type { Claim } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { ToolFilter } from '../integration/filter.ts';
import { ApiError } from '../lib/errors.ts';
import type { RateLimitHeaders } from '../vendor/rate-limit.ts';
import { methodNotAllowed, needOf, readMessage, requireIntegration } from './message.ts';
import { serveMcp } from './protocol.ts';
import { CallService } from './service.ts';
import { type Ask, isSameToCalls } from './session.ts';

/** How often a request starts again because its server was changed meanwhile. */
const MAX_ROUNDS = 3;

/** `/mcp/:token` */
export function handleMcp(request: Request, token: string, env: Env, ctx: ExecutionContext): Promise<Response> {
	return serveAccess(request, urlTokenDoor(request, token, env), env, ctx);
}

/**
 * Every request is admitted by the account's Durable Object: beside a read, while the vendor is being asked (the
 * answer is withheld if the object says no), and before everything else. When the server turns out to have been
 * changed, the request starts again with the server as it is now.
 *
 * @param read  the message, where the request's body was read already
 */
export async function serveAccess(
	request: Request,
	door: Door,
	env: Env,
	ctx: Pick<ExecutionContext, 'waitUntil'>,
	read: { message: unknown; bytes: number } | null = null,
): Promise<Response> {
	const known = await door.find(Date.now());
	if (!known) throw door.closed();
	const badOrigin = refuseOrigin(request);
	if (badOrigin) return badOrigin;

	let access = known;
	let body: Awaited<ReturnType<typeof readMessage>> | null = read;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const within = await door.check(access);
		body ??= request.method === 'POST' ? await readMessage(request) : methodNotAllowed();
		const filter: ToolFilter = { ...access.server.config, ...(within ? { within } : {}) };
		const session = { access, filter, integration: await requireIntegration(access, filter, body) };
		const need = needOf(access.server.config, body);
		const isCall = need === 'sources' || typeof need === 'object';
		const isAssumed = !isCall && isConfirmed(door.key, Date.now());
		const ask = once((call?: Claim['call']) => (isAssumed ? CURRENT : admit(env, session.access, call)));
		// A call asks by itself, as soon as it knows what for; what reaches no vendor waits for the word here.
		let verdict = isCall ? null : await ask();
		let answered: { response: Response; service: CallService | null } | null = null;
		if (verdict === null || verdict.state === 'current') {
			if (body instanceof Response) answered = { response: body, service: null };
			else {
				const service = new CallService(session, {
					env,
					ctx,
					request,
					message: body.message,
					bodyBytes: body.bytes,
					ask,
				});
				answered = { response: await serveMcp(request, body.message, service), service };
			}
			verdict = await ask();
		}
		if (verdict.state === 'gone') {
			forget(door.key);
			throw door.closed();
		}
		if (verdict.state === 'changed') {
			const { server, account } = verdict;
			access = await remember(env, door.key, { ...access, server, account }, Date.now());
		} else if (!isAssumed) confirm(door.key, Date.now());
		const holds = verdict.state !== 'changed' || isSameToCalls(session.access, access);
		if (answered && holds && !answered.service?.isHeldBack) {
			return withRateLimit(answered.response, answered.service?.rateLimit ?? {});
		}
	}
	throw new ApiError('storage_unavailable', 'This MCP server is being changed right now. Try again in a moment.');
}

/** A page of another origin is let in nowhere. */
export function refuseOrigin(request: Request): Response | undefined {
	return originValidationResponse(request, [new URL(request.url).hostname, 'localhost', '127.0.0.1', '[::1]']);
}

const CURRENT: ReturnType<typeof admit> = Promise.resolve({ state: 'current' });

/** The Durable Object is asked once for a request, by whoever comes first. */
function once(ask: Ask): Ask {
	let asked: ReturnType<Ask> | undefined;
	return (call) => {
		asked ??= ask(call);
		return asked;
	};
}

function withRateLimit(response: Response, rateLimit: RateLimitHeaders): Response {
	const headers = Object.entries(rateLimit);
	if (headers.length === 0) return response;
	const copy = new Response(response.body, response);
	for (const [name, value] of headers) copy.headers.set(name, value);
	return copy;
}
