// An MCP server, behind whichever door a request came in by (`doors/`).
import { CLIENT_INFO_META_KEY, originValidationResponse, ProtocolError } from '@modelcontextprotocol/server';
import type { Claim } from '../durable-objects/integrated-account.ts';
import type { Limited } from '../durable-objects/rate-window.ts';
import type { WriteEnd } from '../durable-objects/write-guard.ts';
import { loadForOperations, loadForTool, loadHead, loadServed } from './compiler/load.ts';
import { assembleIntegration, type Integration, type MethodClass, type Operation } from './compiler/operations.ts';
import { fillPrompt, hasPrompts, listPrompts } from './compiler/prompts.ts';
import { listReadings, read } from './compiler/readings.ts';
import { compileTools, findOperation, matchesFilter, type ToolFilter, toolName } from './compiler/tools.ts';
import { answerDiscovery, innerTool, unwrapCall } from './discovery/serve.ts';
import { discoveryTools, HOW_TO_CALL } from './discovery/tools.ts';
import type { Door } from './doors/door.ts';
import { urlTokenDoor } from './doors/url-token.ts';
import type { Env } from './env.ts';
import { ApiError, type Fault, logError } from './errors.ts';
import { serveMcp, type ToolAnswer, type ToolService } from './mcp-server.ts';
import {
	busyToResult,
	heldWriteToResult,
	limitedToResult,
	needsReauthToResult,
	PAUSED,
	pausedToResult,
} from './refusals.ts';
import { readJson } from './request-body.ts';
import { type Ask as AskSource, answerFetch, answerSearch } from './search/serve.ts';
import { sourcesOf, webOrigin } from './search/sources.ts';
import { isSearchTool, SEARCH, searchTools } from './search/tools.ts';
import { type Access, accountObject, admit, confirm, forget, isConfirmed, remember } from './store/access.ts';
import { logCall } from './store/call-log.ts';
import { keyRing } from './store/keys.ts';
import { type LogEntry, type ServerConfig, writePolicyOf } from './store/records.ts';
import { rememberSpent, spentMinute } from './store/spent-minutes.ts';
import { REDACTION } from './texts/redact.ts';
import { UNTRUSTED_TEXT } from './texts/result-texts.ts';
import type { Connection } from './upstream/auth.ts';
import { type CallOutcome, executeCall, type PreparedCall, prepareCall } from './upstream/call.ts';
import { enterAccount, IN_FLIGHT_DEFAULT } from './upstream/in-flight.ts';
import { valueAt } from './upstream/path.ts';
import type { RateLimitHeaders } from './upstream/rate-limit.ts';
import { ANSWER_BUDGET_KB, utf8Length } from './upstream/records.ts';
import { refusalToResult, type ToolResult } from './upstream/result.ts';
import { INSIST, isGuarded, writeKey } from './write-key.ts';

/** Room for an upload as base64. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** JSON-RPC leaves -32000 to -32099 to servers. */
const SERVER_PAUSED = -32001;
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

/**
 * Lets a caller in without a message: the door, the origin, and the Durable Object's last word.
 *
 * @returns what a page of another origin is answered, or nothing
 * @throws ApiError where the door is closed, to all or to this caller
 */
export async function enter(request: Request, door: Door, env: Env): Promise<Response | undefined> {
	const access = await door.find(Date.now());
	if (!access) throw door.closed();
	await door.check(access);
	const verdict = await admit(env, access);
	if (verdict.state === 'gone') {
		forget(door.key);
		throw door.closed();
	}
	if (verdict.state === 'changed') {
		const { server, account } = verdict;
		await door.check(await remember(env, door.key, { ...access, server, account }, Date.now()));
	}
	return refuseOrigin(request);
}

/** A page of another origin is let in nowhere. */
function refuseOrigin(request: Request): Response | undefined {
	return originValidationResponse(request, [new URL(request.url).hostname, 'localhost', '127.0.0.1', '[::1]']);
}

const CURRENT: ReturnType<typeof admit> = Promise.resolve({ state: 'current' });

type Ask = (call?: Claim['call']) => ReturnType<typeof admit>;

/** The Durable Object is asked once for a request, by whoever comes first. */
function once(ask: Ask): Ask {
	let asked: ReturnType<Ask> | undefined;
	return (call) => {
		asked ??= ask(call);
		return asked;
	};
}

/** What of an integration a message is about: nothing, all that the filter leaves, what is searched, or one tool. */
function needOf(
	config: ServerConfig,
	body: { message: unknown } | Response,
): 'head' | 'served' | 'sources' | { tool: string } {
	if (body instanceof Response) return 'head';
	const method = valueAt(body.message, 'method');
	const isDiscovery = config.tool_exposure === 'discovery';
	if (method === 'tools/list') return isDiscovery ? 'head' : 'served';
	if (method !== 'tools/call') return 'head';
	const name = valueAt(body.message, 'params/name');
	if (typeof name !== 'string') return { tool: '' };
	if (config.search_and_fetch && isSearchTool(name)) return 'sources';
	if (!isDiscovery) return { tool: name };
	const inner = innerTool(name, valueAt(body.message, 'params/arguments'));
	return inner === null ? 'served' : { tool: inner };
}

/** There are no streams and no sessions here: 405, as MCP asks for (Streamable HTTP, "Listening for Messages"). */
function methodNotAllowed(): Response {
	return jsonRpcError(405, -32000, 'Send JSON-RPC messages with POST.', { allow: 'POST' });
}

export async function readMessage(request: Request): Promise<{ message: unknown; bytes: number } | Response> {
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

export function jsonRpcError(
	status: number,
	code: number,
	message: string,
	headers: Record<string, string> = {},
): Response {
	return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

/** As much of the integration as the message needs: one module for a call, those of the filter for a list, else none. */
async function requireIntegration(
	{ account, server }: Access,
	filter: ToolFilter,
	body: { message: unknown } | Response,
): Promise<Integration> {
	const head = await loadHead(account.integration);
	if (!head)
		throw new ApiError('internal_error', `The integration ${account.integration} is not part of this installation.`);
	const need = needOf(server.config, body);
	if (need === 'head') return assembleIntegration(head, []);
	if (need === 'sources') {
		const sources = sourcesOf(head, filter);
		const headers = sources.flatMap(({ list, get, related }) => [list, get, ...related.map((one) => one.list)]);
		return loadForOperations(head, headers);
	}
	return need === 'served' ? loadServed(head, filter) : loadForTool(head, filter, need.tool);
}

/** Would a call have been answered alike? Then an answer that is there need not be asked for again. */
function isSameToCalls(before: Access, after: Access): boolean {
	return (
		before.account.revision === after.account.revision &&
		before.server.paused === after.server.paused &&
		JSON.stringify(before.server.config) === JSON.stringify(after.server.config)
	);
}

interface Exchange {
	env: Env;
	ctx: Pick<ExecutionContext, 'waitUntil'>;
	request: Request;
	message: unknown;
	bodyBytes: number;
	ask: Ask;
}

/** The tools of one server for one request. */
class CallService implements ToolService {
	readonly #session: Session;
	readonly #exchange: Exchange;
	rateLimit: RateLimitHeaders = {};
	/** The call was not carried out, because the server turned out to be another: its answer is none. */
	isHeldBack = false;

	constructor(session: Session, exchange: Exchange) {
		this.#session = session;
		this.#exchange = exchange;
	}

	get instructions(): string {
		const { instructions, texts } = this.#session.integration.file;
		const all = texts ? `${instructions} ${UNTRUSTED_TEXT}` : instructions;
		return this.#isPaused ? `${PAUSED}\n\n${all}` : all;
	}

	get #isPaused(): boolean {
		return this.#session.access.server.paused === true;
	}

	/** All that the list depends on: the same key, the same list. */
	get listKey(): string {
		const { methods, tags, tool_names, list_format, within } = this.#session.filter;
		const { tool_exposure, search_and_fetch } = this.#session.access.server.config;
		const { name } = this.#session.integration.file;
		const shown = [tool_names, list_format, tool_exposure, search_and_fetch];
		return JSON.stringify([name, methods, tags, ...shown, within, this.#isPaused]);
	}

	get #isDiscovery(): boolean {
		return this.#session.access.server.config.tool_exposure === 'discovery';
	}

	listTools() {
		if (this.#isPaused) throw new ProtocolError(SERVER_PAUSED, PAUSED);
		const { integration, filter, access } = this.#session;
		const tools = this.#isDiscovery ? discoveryTools(integration, filter) : compileTools(integration, filter);
		return access.server.config.search_and_fetch ? [...searchTools(integration, filter), ...tools] : tools;
	}

	hasPrompts() {
		return hasPrompts(this.#session.integration, this.#session.filter);
	}

	listPrompts() {
		return listPrompts(this.#session.integration, this.#session.filter);
	}

	fillPrompt(name: string, args: Record<string, unknown>) {
		const filled = fillPrompt(this.#session.integration, this.#session.filter, name, args);
		if (!filled || Array.isArray(filled) || !this.#isDiscovery) return filled;
		return { ...filled, text: `${filled.text}\n\n${HOW_TO_CALL}` };
	}

	listReadings() {
		return listReadings(this.#session.integration);
	}

	read(uri: string) {
		return read(this.#session.integration, this.#session.filter, uri);
	}

	async callTool(name: string, args: unknown): Promise<ToolAnswer | null> {
		const { integration, filter, access } = this.#session;
		if (this.#isPaused) return asAnswer(pausedToResult());
		if (access.server.config.search_and_fetch && isSearchTool(name)) return this.#search(name, args);
		if (!this.#isDiscovery) {
			const operation = findOperation(integration, filter, name);
			return operation && this.#call(operation, args);
		}
		if (!discoveryTools(integration, filter).some((tool) => tool.name === name)) return null;
		if (innerTool(name, args) === null) return this.#discover(name, args);
		const call = unwrapCall(integration, filter, name, args);
		return 'faults' in call ? asAnswer(refusalToResult(name, call.faults)) : this.#call(call.operation, call.args);
	}

	#discover(name: string, args: unknown): ToolAnswer | null {
		const { integration, filter } = this.#session;
		const startedAtMs = Date.now();
		const answered = answerDiscovery(integration, filter, name, args);
		if (!answered) return null;
		const result: ToolResult =
			'faults' in answered
				? refusalToResult(name, answered.faults)
				: { structuredContent: answered.content, isError: false, rateLimit: {} };
		const answer = asAnswer(result);
		const outcome = { ...result, upstreamStatus: null, upstreamMs: null };
		this.#log({ name, class: 'read' }, outcome, utf8Length(answer.text), startedAtMs);
		return answer;
	}

	/** Several calls of the vendor, side by side; one entry in the log. */
	async #search(name: string, args: unknown): Promise<ToolAnswer | null> {
		const { access, integration, filter } = this.#session;
		const sources = sourcesOf(integration, filter);
		if (sources.length === 0) return null;
		const startedAtMs = Date.now();
		const ask: AskSource = (key, given) => {
			const operation = integration.byResource.get(key);
			if (!operation) throw new Error(`no operation ${key}`);
			return this.#carryOut(operation, toolName(operation, filter), given, startedAtMs, 'records');
		};
		const link = { web: webOrigin(integration.file, access.account.base_url), settings: access.credentials };
		const outcome =
			name === SEARCH
				? await answerSearch(sources, args, link, ask)
				: await answerFetch(sources, args, link, ask, this.#budgetBytes);
		this.rateLimit = outcome.rateLimit;
		const answer = asAnswer(outcome);
		this.#log({ name, class: 'read' }, outcome, utf8Length(answer.text), startedAtMs);
		return answer;
	}

	get #budgetBytes(): number {
		return (this.#session.access.server.config.answer_budget_kb ?? ANSWER_BUDGET_KB.default) * 1_000;
	}

	async #call(operation: Operation, args: unknown): Promise<ToolAnswer> {
		const name = toolName(operation, this.#session.filter);
		const startedAtMs = Date.now();
		const outcome = await this.#carryOut(operation, name, args, startedAtMs);
		this.rateLimit = outcome.rateLimit;
		const answer = asAnswer(outcome);
		const fileBytes = (answer.file?.text ?? answer.file?.blob ?? '').length;
		this.#log({ name, class: operation.class }, outcome, utf8Length(answer.text) + fileBytes, startedAtMs);
		return answer;
	}

	async #carryOut(
		operation: Operation,
		name: string,
		given: unknown,
		nowMs: number,
		listFormat = this.#session.access.server.config.list_format ?? 'records',
	): Promise<CallOutcome> {
		const { access, integration } = this.#session;
		const { server, account } = access;
		if (account.state === 'needs_reauth') return unsent(needsReauthToResult(integration.file.label, account));
		const { args, insists, faults } = takeInsistence(operation, given);
		const connection = connectionOf(this.#session, this.#exchange.env.LOCAL === 'true');
		const [key, earlierKey] = keyRing(this.#exchange.env).token;
		const prepared = prepareCall(connection, operation, args, {
			listFormat,
			redact: server.config.redact,
			budgetBytes: this.#budgetBytes,
			serverId: server.id,
			nowMs,
			cursorKey: key.bytes,
			earlierCursorKey: earlierKey?.bytes,
		});
		if (Array.isArray(prepared)) return unsent(refusalToResult(name, [...faults, ...prepared]));
		if (faults.length > 0) return unsent(refusalToResult(name, faults));
		if (server.config.redact && !operation.readOnly && REDACTION.test(JSON.stringify(prepared.args)))
			return unsent(refusalToResult(name, [REDACTED_ARGUMENT]));
		const limit = integration.file.max_in_flight ?? IN_FLIGHT_DEFAULT;
		const leave = enterAccount(account.id, limit);
		if (!leave) return unsent(busyToResult(limit));
		try {
			return operation.readOnly
				? await this.#read(connection, prepared)
				: await this.#write(connection, prepared, insists);
		} finally {
			leave();
		}
	}

	/** The Durable Object is asked beside the vendor, which is not kept busy for an answer that will be withheld. */
	async #read(connection: Connection, prepared: PreparedCall): Promise<CallOutcome> {
		const { access, integration } = this.#session;
		const spent = spentMinute(access.server, Date.now());
		if (spent) return unsent(limitedToResult(spent));
		const ending = new AbortController();
		const asking = this.#exchange.ask({});
		asking.then(
			(verdict) => {
				const stays =
					verdict.state === 'current' ||
					(verdict.state === 'changed' && isSameToCalls(access, { ...access, ...verdict }));
				if (!stays) ending.abort(new Error('withheld'));
			},
			() => ending.abort(new Error('withheld')),
		);
		const outcome = await executeCall(connection, integration, prepared, ending).catch(async (error: unknown) => {
			if ((await asking).state !== 'limited') throw error;
			return null;
		});
		const verdict = await asking;
		if (verdict.state === 'limited') return unsent(this.#limited(verdict));
		if (!outcome) throw new Error('withheld');
		return outcome;
	}

	/** The Durable Object is asked first, and told how it ended. */
	async #write(connection: Connection, prepared: PreparedCall, insists: boolean): Promise<CallOutcome> {
		const { access, integration } = this.#session;
		const { operation } = prepared;
		const { server, account } = access;
		const { env, ctx } = this.#exchange;
		const { windowSeconds } = writePolicyOf(server.config);
		const isKnownAgain = isGuarded(operation) && windowSeconds > 0;
		const [key = null, earlierKey] = isKnownAgain
			? await Promise.all(
					keyRing(env).token.map((by) => by && writeKey(by.bytes, server.id, operation.names.full, prepared.args)),
				)
			: [];
		const verdict = await this.#exchange.ask({
			write: { key, ...(earlierKey ? { earlier_key: earlierKey } : {}), insists },
		});
		if (verdict.state === 'limited') return unsent(this.#limited(verdict));
		if (verdict.state !== 'current' || !verdict.write) {
			this.isHeldBack = true;
			throw new Error('withheld');
		}
		const look = lookTool(integration, operation, this.#session.filter);
		const { write } = verdict;
		if (write.may === 'not') return unsent(heldWriteToResult(write, look, Date.now()));
		let end: WriteEnd = { state: 'unknown' };
		try {
			const outcome = await executeCall(connection, integration, prepared, new AbortController());
			end = outcome.end ?? end;
			return end.state === 'unknown' ? sayingWhereToLook(outcome, look) : outcome;
		} finally {
			const { ticket } = write;
			if (ticket !== null && (key !== null || end.state === 'unmade'))
				ctx.waitUntil(accountObject(env, account.id).settleWrite(server.id, { key, ticket, end }).catch(logError));
		}
	}

	#limited(verdict: Limited): ToolResult {
		rememberSpent(this.#session.access.server, verdict, Date.now());
		return limitedToResult(verdict);
	}

	#log(
		tool: { name: string; class: MethodClass },
		outcome: CallOutcome,
		responseBytes: number,
		startedAtMs: number,
	): void {
		const { env, ctx, request, message, bodyBytes } = this.#exchange;
		const { server, account } = this.#session.access;
		const nowMs = Date.now();
		const entry: LogEntry = {
			at: new Date(startedAtMs).toISOString(),
			server_id: server.id,
			tool: tool.name,
			method_class: tool.class,
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
		const { credentials } = outcome;
		const report = credentials ? { account_revision: account.revision, accepted: credentials === 'accepted' } : null;
		logCall(env, ctx, account.id, entry, report, nowMs);
	}
}

const REDACTED_ARGUMENT: Fault = {
	path: '',
	message:
		'a text holds a mark like [redacted:password]: written back, it would destroy what it stands for. Leave that text as it is, or add a new note',
};

function unsent(result: ToolResult): CallOutcome {
	return { ...result, upstreamStatus: null, upstreamMs: null };
}

/** The argument by which a caller insists on a repeat is ours, not the operation's. */
function takeInsistence(operation: Operation, given: unknown): { args: unknown; insists: boolean; faults: Fault[] } {
	if (operation.readOnly || operation.places.has(INSIST) || valueAt(given, INSIST) === undefined)
		return { args: given, insists: false, faults: [] };
	const { [INSIST]: insists, ...args } = given as Record<string, unknown>;
	const faults = typeof insists === 'boolean' ? [] : [{ path: INSIST, message: 'must be true or false' }];
	return { args, insists: insists === true, faults };
}

/** The tool of this server that shows what a write has done; null when its filter leaves none. */
function lookTool(integration: Integration, { resource, kind }: Operation, filter: ToolFilter): string | null {
	const methods = kind === 'create' ? ['list', 'get'] : ['get', 'list'];
	for (const method of methods) {
		const operation = integration.byResource.get(`${resource}.${method}`);
		if (operation && matchesFilter(operation, filter)) return toolName(operation, filter);
	}
	return null;
}

function sayingWhereToLook({ text: _stale, ...outcome }: CallOutcome, look: string | null): CallOutcome {
	if (look === null) return outcome;
	const { message, ...rest } = outcome.structuredContent;
	return { ...outcome, structuredContent: { ...rest, message: `${message} Look with ${look}.` } };
}

function asAnswer({ structuredContent, text, isError, file, untrusted }: ToolResult): ToolAnswer {
	return { structuredContent, text: text ?? JSON.stringify(structuredContent), isError, file, untrusted };
}

/** The name that a client of the modern era sends along; before that only its User-Agent tells. */
function clientName(request: Request, message: unknown): string {
	const meta = valueAt(message, 'params/_meta') as Record<string, unknown> | undefined;
	const name = valueAt(meta?.[CLIENT_INFO_META_KEY], 'name');
	return typeof name === 'string' && name !== '' ? name : (request.headers.get('user-agent') ?? '');
}

function connectionOf({ access, integration }: Session, isLocal: boolean): Connection {
	const { account, credentials } = access;
	return {
		integration: integration.file,
		accountId: account.id,
		baseUrl: account.base_url,
		credentials,
		revision: account.revision,
		isLocal,
	};
}

function withRateLimit(response: Response, rateLimit: RateLimitHeaders): Response {
	const headers = Object.entries(rateLimit);
	if (headers.length === 0) return response;
	const copy = new Response(response.body, response);
	for (const [name, value] of headers) copy.headers.set(name, value);
	return copy;
}
