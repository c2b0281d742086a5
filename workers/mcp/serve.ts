// An MCP server behind a door (`access/door.ts`): each message is admitted, served, and withheld where it must be.
import { type Access, isConfirmed } from '../access/access.ts';
import { type Admission, accessNow, askAdmission, beingChanged, holds } from '../access/admission.ts';
import type { Caller, Door } from '../access/door.ts';
import type { Env } from '../contracts/env.ts';
import type { ServerConfig } from '../contracts/records.ts';
import { filterOf } from '../integration/filter.ts';
import { ApiError } from '../lib/errors.ts';
import type { RateLimitHeaders } from '../vendor/rate-limit.ts';
import type { Exchange } from './exchange.ts';
import { type IncomingMessage, methodNotAllowed, needOf, readMessage, requireIntegration } from './message.ts';
import { loadSdk, serveMcp } from './protocol.ts';
import { createService } from './service.ts';

/** Attempts at a request whose server is changed meanwhile. */
const MAX_ROUNDS = 3;

type Context = Pick<ExecutionContext, 'waitUntil'>;

/**
 * Serves one request. When its server turns out to have been changed, it starts again with the server as it is now.
 *
 * @param read  the message, where the request's body was read already
 */
export async function serveAccess(
	request: Request,
	door: Door,
	env: Env,
	ctx: Context,
	read: IncomingMessage | null = null,
): Promise<Response> {
	const reading = { body: read as IncomingMessage | Response | null };
	try {
		return await serveRounds(request, door, env, ctx, reading);
	} finally {
		if (reading.body && !(reading.body instanceof Response)) reading.body.release();
	}
}

/** @param reading  the message, which is read when its caller has been let in */
async function serveRounds(
	request: Request,
	door: Door,
	env: Env,
	ctx: Context,
	reading: { body: IncomingMessage | Response | null },
): Promise<Response> {
	const known = await door.find(Date.now());
	if (!known) throw door.closed();
	const badOrigin = await refuseOrigin(request, env);
	if (badOrigin) return badOrigin;
	let access = known;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const { response, admission } = await serveRound(request, door, env, ctx, reading, access).catch((error) =>
			unlessForged(error, env, door, access),
		);
		if (response) return response;
		access = accessNow(admission, door);
	}
	throw beingChanged();
}

async function serveRound(
	request: Request,
	door: Door,
	env: Env,
	ctx: Context,
	reading: { body: IncomingMessage | Response | null },
	access: Access,
): Promise<{ response: Response | null; admission: Admission }> {
	const caller = await door.check(access);
	const entry = { key: door.key, caller, admit: admitting(env, ctx, door, access, Date.now()) };
	reading.body ??=
		request.method === 'POST' ? await readMessage(request, access.server.id) : methodNotAllowed(access.token !== null);
	const { body } = reading;
	const view = withMember(access, caller);
	const filter = filterOf(view.server.config, caller.within);
	const server = { access: view, filter, integration: await requireIntegration(view, filter, body) };
	return serveOnce(request, entry, env, ctx, body, server);
}

/** An entry of KV may hold anything: where something breaks on it, the object tells what the server is. */
async function unlessForged(
	error: unknown,
	env: Env,
	door: Door,
	access: Access,
): Promise<{ response: null; admission: Admission }> {
	const isOurs = error instanceof ApiError && error.code !== 'internal_error';
	if (isOurs || !access.isFromKv) throw error;
	const admission = await askAdmission(env, door, access, Date.now());
	if (admission.state !== 'changed') throw error;
	return { response: null, admission };
}

/** The server as it works for this caller: whoever is a member at the vendor is `me`. Its digest stays that of the stored one. */
function withMember(access: Access, { member }: Caller): Access {
	if (!member) return access;
	const { server } = access;
	return { ...access, server: { ...server, config: actingConfig(server.config), acts_for: member } };
}

/** Configs of servers that act for nobody, as they are to callers who are members; each made once, as filters are. */
const actingConfigs = new WeakMap<ServerConfig, ServerConfig>();

/** Tools depend on whether a server acts for somebody, and not on whom. */
function actingConfig(config: ServerConfig): ServerConfig {
	if (config.acts_for !== undefined) return config;
	const acting = actingConfigs.get(config) ?? { ...config, acts_for: 'me' };
	actingConfigs.set(config, acting);
	return acting;
}

/** A caller that was let in longer ago is checked once more before a write: its API token or grant may have been ended. */
const LET_IN_FOR_MS = 250;

/** Asks the account's Durable Object whether a call may go on, for a caller that a door has let in. */
function admitting(env: Env, ctx: Context, door: Door, access: Access, checkedAtMs: number): Exchange['admit'] {
	let letInAtMs = checkedAtMs;
	return async (call) => {
		if (call?.write && Date.now() - letInAtMs > LET_IN_FOR_MS) {
			const refusal = await refusalOf(door, access);
			if (refusal) return { state: 'unavailable', error: refusal };
			letInAtMs = Date.now();
		}
		return askAdmission(env, { key: door.key, ctx }, access, Date.now(), call);
	};
}

async function refusalOf(door: Door, access: Access): Promise<ApiError | null> {
	try {
		await door.check(access);
		return null;
	} catch (error) {
		if (error instanceof ApiError) return error;
		throw error;
	}
}

/**
 * Serves the request with the server as it is known to be. The account's Durable Object is asked before everything that
 * reaches no vendor; a call asks for itself, once it is known whether it writes.
 *
 * @returns no response where the object says that the server is another
 */
async function serveOnce(
	request: Request,
	{ key, caller, admit }: { key: string; caller: Caller; admit: Exchange['admit'] },
	env: Env,
	ctx: Context,
	body: IncomingMessage | Response,
	server: Exchange['server'],
): Promise<{ response: Response | null; admission: Admission }> {
	const need = needOf(server.integration, server.filter, server.access, body);
	const isCall = need === 'sources' || typeof need === 'object';
	if (!isCall) {
		const admission: Admission = isConfirmed(key, Date.now()) ? { state: 'current' } : await admit();
		if (admission.state !== 'current') return { response: null, admission };
		if (body instanceof Response) return { response: body, admission };
	}
	if (body instanceof Response) throw new Error('a call is a message');
	const { message, bytes: bodyBytes } = body;
	const service = createService({ env, ctx, request, message, bodyBytes, server, caller, admit });
	const { response, outcome } = await serveMcp(request, message, service);
	// An answer without the vendor was not admitted yet.
	const admission = outcome?.admission ?? (isCall ? await admit() : { state: 'current' as const });
	if (outcome?.state === 'withheld' || !holds(admission)) return { response: null, admission };
	return { response: withRateLimit(response, outcome?.rateLimit ?? {}), admission };
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

/** A page of another origin is let in nowhere: on a local start any page of this machine is its own. */
export async function refuseOrigin(request: Request, { LOCAL }: Env): Promise<Response | undefined> {
	const origin = request.headers.get('origin');
	if (origin === null) return undefined;
	const own = new URL(request.url);
	if (origin === own.origin) return undefined;
	const { originValidationResponse } = await loadSdk();
	// Compares names alone, where a page of ours over http would be another origin.
	return originValidationResponse(request, LOCAL === 'true' ? [own.hostname, ...THIS_MACHINE] : []);
}

function withRateLimit(response: Response, rateLimit: RateLimitHeaders): Response {
	const headers = Object.entries(rateLimit);
	if (headers.length === 0) return response;
	const copy = new Response(response.body, response);
	for (const [name, value] of headers) copy.headers.set(name, value);
	return copy;
}
