// An MCP server, behind whichever door a request came in by (`doors/`).
import { CLIENT_INFO_META_KEY, originValidationResponse } from '@modelcontextprotocol/server';
import { loadForTool, loadHead, loadServed } from './compiler/load.ts';
import type { Integration, Operation } from './compiler/operations.ts';
import { compileTools, findOperation, type ToolFilter } from './compiler/tools.ts';
import type { Door } from './doors/door.ts';
import { urlTokenDoor } from './doors/url-token.ts';
import type { Env } from './env.ts';
import { ApiError } from './errors.ts';
import { serveMcp, type ToolService } from './mcp-server.ts';
import { readJson } from './request-body.ts';
import { type Access, admit, confirm, forget, isConfirmed, remember } from './store/access.ts';
import { logCall } from './store/call-log.ts';
import type { LogEntry } from './store/records.ts';
import { requireKey } from './store/tokens.ts';
import type { Connection } from './upstream/auth.ts';
import { type CallOutcome, executeCall, prepareCall } from './upstream/call.ts';
import { valueAt } from './upstream/path.ts';
import type { RateLimitHeaders } from './upstream/rate-limit.ts';
import { utf8Length } from './upstream/records.ts';
import { refusalToResult } from './upstream/result.ts';

/** Room for an upload as base64. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** How often a request starts again because its server was changed meanwhile. */
const MAX_ROUNDS = 3;

/** A request to a server, as last known. */
interface Session {
	access: Access;
	/** The server's, and the caller's own. */
	filter: ToolFilter;
	integration: Integration;
}

/** `/mcp/:token` */
export function handleMcp(request: Request, token: string, env: Env, ctx: ExecutionContext): Promise<Response> {
	return serveAccess(request, urlTokenDoor(request, token, env), env, ctx);
}

/**
 * Every request is admitted by the account's Durable Object: beside a read, while the vendor is being asked (the
 * answer is withheld if the object says no), and before everything else. When the server turns out to have been
 * changed, the request starts again with the server as it is now.
 */
export async function serveAccess(request: Request, door: Door, env: Env, ctx: ExecutionContext): Promise<Response> {
	const known = await door.find(Date.now());
	if (!known) throw door.closed();
	const allowedOrigins = [new URL(request.url).hostname, 'localhost', '127.0.0.1', '[::1]'];
	const badOrigin = originValidationResponse(request, allowedOrigins);
	if (badOrigin) return badOrigin;

	let access = known;
	let body: Awaited<ReturnType<typeof readMessage>> | null = null;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const within = await door.check(access);
		body ??= request.method === 'POST' ? await readMessage(request) : methodNotAllowed();
		const filter: ToolFilter = { ...access.server.config, ...(within ? { within } : {}) };
		const session = { access, filter, integration: await requireIntegration(access, filter, body) };
		const reach = reachOf(session, body);
		const asking = reach === 'none' && isConfirmed(door.key, Date.now()) ? CURRENT : admit(env, access);
		// Beside a read, the word is awaited where the answer is. Everything else waits for it here.
		let verdict = reach === 'read' ? null : await asking;
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
					asking,
				});
				answered = { response: await serveMcp(request, body.message, service), service };
			}
			verdict = await asking;
		}
		if (verdict.state === 'gone') {
			forget(door.key);
			throw door.closed();
		}
		if (verdict.state === 'changed') {
			const { server, account } = verdict;
			access = await remember(env, door.key, { ...access, server, account }, Date.now());
		} else if (asking !== CURRENT) confirm(door.key, Date.now());
		if (answered && (verdict.state === 'current' || isSameToCalls(session.access, access))) {
			return withRateLimit(answered.response, answered.service?.rateLimit ?? {});
		}
	}
	throw new ApiError('storage_unavailable', 'This MCP server is being changed right now. Try again in a moment.');
}

const CURRENT: ReturnType<typeof admit> = Promise.resolve({ state: 'current' });

/** How far a message reaches: to no vendor, to one for reading, or to one for anything else. */
function reachOf({ filter, integration }: Session, body: { message: unknown } | Response): 'none' | 'read' | 'write' {
	const name = body instanceof Response ? null : calledTool(body.message);
	if (name === null) return 'none';
	return findOperation(integration, filter, name)?.readOnly ? 'read' : 'write';
}

/** The name in a `tools/call`, empty where it is none; null for every other message. */
function calledTool(message: unknown): string | null {
	if (valueAt(message, 'method') !== 'tools/call') return null;
	const name = valueAt(message, 'params/name');
	return typeof name === 'string' ? name : '';
}

/** There are no streams and no sessions here: 405, as MCP asks for (Streamable HTTP, "Listening for Messages"). */
function methodNotAllowed(): Response {
	return jsonRpcError(405, -32000, 'Send JSON-RPC messages with POST.', { allow: 'POST' });
}

async function readMessage(request: Request): Promise<{ message: unknown; bytes: number } | Response> {
	try {
		const { value, bytes } = await readJson(request, MAX_MESSAGE_BYTES);
		if (Array.isArray(value))
			return jsonRpcError(400, -32600, 'Batches are not supported: send one message per request.');
		return { message: value, bytes };
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return jsonRpcError(error.status, error.code === 'invalid_json' ? -32700 : -32600, error.message);
	}
}

function jsonRpcError(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
	return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

/** As much of the integration as the message needs: one module for a call, those of the filter for a list. */
async function requireIntegration(
	{ account }: Access,
	filter: ToolFilter,
	body: { message: unknown } | Response,
): Promise<Integration> {
	const head = await loadHead(account.integration);
	if (!head)
		throw new ApiError('internal_error', `The integration ${account.integration} is not part of this installation.`);
	const called = body instanceof Response ? null : calledTool(body.message);
	return called === null ? loadServed(head, filter) : loadForTool(head, filter, called);
}

/** Would a call have been answered alike? Then an answer that is there need not be asked for again. */
function isSameToCalls(before: Access, after: Access): boolean {
	return (
		before.account.revision === after.account.revision &&
		JSON.stringify(before.server.config) === JSON.stringify(after.server.config)
	);
}

interface Exchange {
	env: Env;
	ctx: ExecutionContext;
	request: Request;
	message: unknown;
	bodyBytes: number;
	asking: ReturnType<typeof admit>;
}

/** The tools of one server for one request. */
class CallService implements ToolService {
	readonly #session: Session;
	readonly #exchange: Exchange;
	rateLimit: RateLimitHeaders = {};

	constructor(session: Session, exchange: Exchange) {
		this.#session = session;
		this.#exchange = exchange;
	}

	get instructions(): string {
		return this.#session.integration.file.instructions;
	}

	/** All that the list depends on: the same key, the same list. */
	get listKey(): string {
		const { methods, tags, tool_names, list_format, within } = this.#session.filter;
		return JSON.stringify([this.#session.integration.file.name, methods, tags, tool_names, list_format, within]);
	}

	listTools() {
		return compileTools(this.#session.integration, this.#session.filter);
	}

	async callTool(name: string, args: unknown) {
		const { access, filter, integration } = this.#session;
		const { server } = access;
		const operation = findOperation(integration, filter, name);
		if (!operation) return null;
		const startedAtMs = Date.now();
		const connection = connectionOf(this.#session);
		const prepared = prepareCall(connection, operation, args, {
			listFormat: server.config.list_format ?? 'records',
			serverId: server.id,
			nowMs: startedAtMs,
			cursorKey: requireKey('TOKEN_KEY', this.#exchange.env.TOKEN_KEY),
		});
		const outcome: CallOutcome = Array.isArray(prepared)
			? { ...refusalToResult(name, prepared), upstreamStatus: null, upstreamMs: null }
			: await executeCall(connection, integration, prepared, this.#endUnlessAdmitted());
		this.rateLimit = outcome.rateLimit;
		const { structuredContent, isError, file } = outcome;
		const text = outcome.text ?? JSON.stringify(structuredContent);
		const fileBytes = (file?.text ?? file?.blob ?? '').length;
		this.#log(operation, name, outcome, utf8Length(text) + fileBytes, startedAtMs);
		return { structuredContent, text, isError, file };
	}

	/** The vendor is not kept busy for an answer that will be withheld. */
	#endUnlessAdmitted(): AbortController {
		const controller = new AbortController();
		const { access } = this.#session;
		void this.#exchange.asking.then(
			(verdict) => {
				const stays =
					verdict.state === 'current' ||
					(verdict.state === 'changed' && isSameToCalls(access, { ...access, ...verdict }));
				if (!stays) controller.abort(new Error('withheld'));
			},
			() => controller.abort(new Error('withheld')),
		);
		return controller;
	}

	#log(operation: Operation, tool: string, outcome: CallOutcome, responseBytes: number, startedAtMs: number): void {
		const { env, ctx, request, message, bodyBytes } = this.#exchange;
		const { server, account } = this.#session.access;
		const nowMs = Date.now();
		const entry: LogEntry = {
			at: new Date(startedAtMs).toISOString(),
			server_id: server.id,
			tool,
			method_class: operation.class,
			outcome: outcome.isError
				? outcome.upstreamStatus === null
					? outcome.structuredContent.is_remote_error
						? 'failed'
						: 'refused'
					: 'upstream_error'
				: 'ok',
			upstream_status: outcome.upstreamStatus,
			duration_ms: nowMs - startedAtMs,
			upstream_ms: outcome.upstreamMs,
			request_bytes: bodyBytes,
			response_bytes: responseBytes,
			client: clientName(request, message).slice(0, 80),
			request_id: request.headers.get('cf-ray') ?? crypto.randomUUID(),
		};
		logCall(env, ctx, account.id, entry, nowMs);
	}
}

/** The name that a client of the modern era sends along; before that only its User-Agent tells. */
function clientName(request: Request, message: unknown): string {
	const meta = valueAt(message, 'params/_meta') as Record<string, unknown> | undefined;
	const name = valueAt(meta?.[CLIENT_INFO_META_KEY], 'name');
	return typeof name === 'string' && name !== '' ? name : (request.headers.get('user-agent') ?? '');
}

function connectionOf({ access, integration }: Session): Connection {
	const { account, credentials } = access;
	return {
		integration: integration.file,
		accountId: account.id,
		baseUrl: account.base_url,
		credentials,
		revision: account.revision,
	};
}

function withRateLimit(response: Response, rateLimit: RateLimitHeaders): Response {
	const headers = Object.entries(rateLimit);
	if (headers.length === 0) return response;
	const copy = new Response(response.body, response);
	for (const [name, value] of headers) copy.headers.set(name, value);
	return copy;
}
