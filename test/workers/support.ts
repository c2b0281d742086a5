// What the tests in the Workers runtime share: requests through the public door, a mocked vendor, a look into storage.
import {
	createExecutionContext,
	listDurableObjectIds,
	runDurableObjectAlarm,
	runInDurableObject,
	waitOnExecutionContext,
} from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { digestAccess } from '../../workers/access/access-digest.ts';
import { hashesOf } from '../../workers/access/keys.ts';
import type { Claim, SeenAccount } from '../../workers/contracts/admission.ts';
import type { Env } from '../../workers/contracts/env.ts';
import type { ApiTokenRecord, LogEntry, ServerConfig, ServerRecord } from '../../workers/contracts/records.ts';
import worker from '../../workers/index.ts';
import { mintIdSuffix } from '../../workers/lib/secrets.ts';

export const ORIGIN = 'http://localhost';
export const LOCAL_TOKEN = 'local-api-token';
export const BASE_URL = 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0';
export const CREDENTIALS = {
	company_id: 'telltale-company',
	public_key: 'telltalePublicKey',
	private_key: 'telltalePrivateKey',
	client_id: '0badc0de-c186-70e8-8000-00000000c0de',
};

/** Begins every file: no test reaches the network, and no mock outlives its test. */
export function setUp(): void {
	beforeAll(cutNetwork);
	beforeEach(cutNetwork);
	afterEach(() => {
		vi.restoreAllMocks();
		vi.useRealTimers();
	});
}

/** Connecting an account asks the vendor for its time zone; no test asks the real one. */
function cutNetwork(): void {
	vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Network connection lost.'));
}

/** Waits until `check` no longer throws. The limit only ends a run that hangs, however busy the machine is. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
	return vi.waitFor(check, { timeout: 120_000, interval: 20 });
}

/** Keeps the log out of the output. @returns what was logged, growing */
export function captureLog(): string[] {
	const lines: string[] = [];
	vi.spyOn(console, 'error').mockImplementation((...parts: unknown[]) => {
		lines.push(parts.map(String).join(' '));
	});
	return lines;
}

export type Json = Record<string, unknown>;
export type Fault = { path: string; message: string };
export interface ErrorBody {
	statusCode: number;
	error: string;
	code: string;
	message: string;
	details?: Fault[];
}
export type ServerWithUrl = ServerRecord & { token: string; url: string; oauth_url: string };
export interface Page<T> {
	result: T[];
	next_cursor: string | null;
}
export interface Answer<T> {
	status: number;
	headers: Headers;
	text: string;
	body: T;
}

/** Sends a request to the Worker; with `customEnv` to its default export under other bindings, a deployment's over https. */
export async function send(request: Request, customEnv?: Env): Promise<Response> {
	if (!customEnv) return exports.default.fetch(request);
	const ctx = createExecutionContext();
	const isDeployed = customEnv.LOCAL !== 'true' && request.url.startsWith(`${ORIGIN}/`);
	const asked = isDeployed ? new Request(request.url.replace('http:', 'https:'), request) : request;
	const response = await worker.fetch(asked, customEnv, ctx);
	await waitOnExecutionContext(ctx);
	return response;
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
	return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : null) as T };
}

export interface ApiOptions {
	/** null sends no Authorization header. */
	token?: string | null;
	env?: Env;
	origin?: string;
}

/** The management API. A body that is a string or a stream goes out as it is. */
export async function api<T = Json>(
	method: string,
	path: string,
	body?: unknown,
	options: ApiOptions = {},
): Promise<Answer<T>> {
	const { token = LOCAL_TOKEN, origin = ORIGIN } = options;
	const request = new Request(origin + path, {
		method,
		headers: {
			'content-type': 'application/json',
			...(token === null ? {} : { authorization: `Bearer ${token}` }),
		},
		body:
			body === undefined
				? null
				: typeof body === 'string' || body instanceof ReadableStream
					? body
					: JSON.stringify(body),
	});
	return answerOf<T>(await send(request, options.env));
}

/** As `api`, for answers that must be errors. */
export const refused = (method: string, path: string, body?: unknown, options?: ApiOptions) =>
	api<ErrorBody>(method, path, body, options);

/** The faults of a refusal by path, one or more messages each. */
export function faultsOf({ body }: Answer<ErrorBody>): Record<string, string> {
	const found: Record<string, string> = {};
	for (const { path, message } of body.details ?? [])
		found[path] = found[path] ? `${found[path]}; ${message}` : message;
	return found;
}

export async function sha256Hex(text: string): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Puts an API token of a known text into the directory. */
export async function placeApiToken(token: string, grant: Partial<ApiTokenRecord> = {}): Promise<void> {
	const record: ApiTokenRecord = {
		id: `tok_${mintIdSuffix()}`,
		name: 'Placed',
		scope: 'manage',
		accounts: '*',
		expires_at: null,
		// Tests ask as fast as they can.
		requests_per_minute: 1_000_000,
		created_at: new Date().toISOString(),
		...grant,
	};
	await directoryStub().createApiToken(record, hashesOf(env, token));
}

export async function createApiToken(input: Json): Promise<string> {
	const { status, body } = await api<{ token: string }>('POST', '/api-token', { name: 'token', ...input });
	if (status !== 201) throw new Error(`no API token: ${JSON.stringify(body)}`);
	return body.token;
}

export function accountInput(more: Json = {}): Json {
	return { integration: 'connect_wise_psa', name: 'Acme', base_url: BASE_URL, credentials: CREDENTIALS, ...more };
}

/** @returns the account's id */
export async function connectAccount(id: string, more: Json = {}): Promise<string> {
	const { status, text } = await api('POST', '/integrated-account', accountInput({ id, ...more }));
	if (status !== 201) throw new Error(`no account: ${text}`);
	return id;
}

export async function createServer(
	accountId: string,
	config: ServerConfig = {},
	more: Json = {},
): Promise<ServerWithUrl> {
	const { status, body, text } = await api<ServerWithUrl>('POST', `/integrated-account/${accountId}/mcp`, {
		name: 'Test server',
		config,
		...more,
	});
	if (status !== 201) throw new Error(`no server: ${text}`);
	return body;
}

export const serverPath = (server: Pick<ServerRecord, 'id' | 'integrated_account_id'>) =>
	`/integrated-account/${server.integrated_account_id}/mcp/${server.id}`;

export interface RpcBody {
	jsonrpc: '2.0';
	id: string | number | null;
	result?: Json;
	error?: { code: number; message: string; data?: Json };
}

export interface McpOptions {
	id?: string | number;
	headers?: Record<string, string>;
	env?: Env;
}

/** One JSON-RPC request to an MCP URL, in the 2025 era. */
export function mcp(
	url: string,
	method: string,
	params: Json = {},
	{ id = 1, headers = {}, env: customEnv }: McpOptions = {},
): Promise<Answer<RpcBody>> {
	return post(url, { jsonrpc: '2.0', id, method, params }, { headers, ...(customEnv ? { env: customEnv } : {}) });
}

/** Posts a body as it is. */
export async function post<T = RpcBody>(
	url: string,
	body: unknown,
	{ headers = {}, env: customEnv }: Pick<McpOptions, 'headers' | 'env'> = {},
): Promise<Answer<T>> {
	const request = new Request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	return answerOf<T>(await send(request, customEnv));
}

export function callTool(url: string, name: string, args: Json = {}, options: McpOptions = {}) {
	return mcp(url, 'tools/call', { name, arguments: args }, options);
}

/** What a model is given for a call. */
export interface ToolResultBody {
	isError?: boolean;
	structuredContent: Json;
	content: { type: string; text: string }[];
}

export function resultOf({ body, text }: Answer<RpcBody>): ToolResultBody {
	if (!body.result) throw new Error(`no result: ${text}`);
	return body.result as unknown as ToolResultBody;
}

export async function toolNames(url: string, options: McpOptions = {}): Promise<string[]> {
	const { body } = await mcp(url, 'tools/list', {}, options);
	return ((body.result?.tools ?? []) as { name: string }[]).map(({ name }) => name);
}

export const LIST_TICKETS = 'list_all_connect_wise_psa_tickets';
export const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';
export const UPDATE_TICKET = 'update_a_connect_wise_psa_ticket_by_id';
export const CREATE_NOTE = 'create_a_connect_wise_psa_ticket_note';
export const LIST_TIME_ENTRIES = 'list_all_connect_wise_psa_time_entries';

// --- the network ---------------------------------------------------------------------------------------------------

export interface VendorCall {
	method: string;
	url: string;
	headers: Headers;
	body: string;
}

/** Replaces the network. @returns the calls that were sent, growing */
export function mockVendor(answer: (call: VendorCall) => Response | Promise<Response>): VendorCall[] {
	const calls: VendorCall[] = [];
	const spy = vi.spyOn(globalThis, 'fetch').mockClear();
	spy.mockImplementation(async (input, init) => {
		const request = new Request(input as RequestInfo, init as RequestInit);
		const { method, url, headers } = request;
		const call = { method, url, headers, body: await request.text() };
		calls.push(call);
		return answer(call);
	});
	return calls;
}

// --- storage -------------------------------------------------------------------------------------------------------

export const accountStub = (accountId: string) =>
	env.INTEGRATED_ACCOUNTS.get(env.INTEGRATED_ACCOUNTS.idFromName(accountId));

export const directoryStub = () => env.DIRECTORY.get(env.DIRECTORY.idFromName('directory'));

/** Calls of a server that the vendor has failed, all at the same time, so that no hour ends in between. */
export async function failCalls({ id, integrated_account_id }: ServerRecord, count: number): Promise<void> {
	const nowMs = Date.now();
	const entry: LogEntry = {
		at: new Date(nowMs).toISOString(),
		server_id: id,
		tool: GET_TICKET,
		method_class: 'read',
		outcome: 'upstream_error',
		upstream_status: 500,
		duration_ms: 1,
		upstream_ms: 1,
		request_bytes: 1,
		response_bytes: 1,
		client: '',
		request_id: 'r',
	};
	await accountStub(integrated_account_id).appendLog(Array(count).fill(entry), [], nowMs);
}

/** A request's claim on a server as it is now, by a caller without the token of its URL. */
export async function claimOf({ id, integrated_account_id }: ServerRecord): Promise<Claim> {
	const stub = accountStub(integrated_account_id);
	const [server, account] = await Promise.all([stub.getServer(id), stub.getAccount()]);
	if (!server || !account) throw new Error('no such server');
	return { server_id: id, token_hash: null, digest: digestAccess(server, account) };
}

/** The account that a change is worked out from. */
export async function seenAccount(accountId: string): Promise<SeenAccount> {
	const account = await accountStub(accountId).getAccount();
	if (!account) throw new Error('no such account');
	return { identity: account.identity, revision: account.revision };
}

export const keyedHash = (token: string) => hashesOf(env, token).hash;

export const tokenKey = (server: { token: string }) => `token:${keyedHash(server.token)}`;

export async function kvKeys(prefix = ''): Promise<string[]> {
	const { keys } = await env.KV.list({ prefix });
	return keys.map(({ name }) => name);
}

/** Every row of every table of a Durable Object, by table. */
export function tablesOf(state: DurableObjectState): Record<string, unknown[]> {
	const tables = state.storage.sql
		.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'")
		.toArray();
	return Object.fromEntries(
		tables
			.filter(({ name }) => name !== 'sqlite_sequence')
			.map(({ name }) => [name, state.storage.sql.exec(`SELECT * FROM "${name}"`).toArray()]),
	);
}

export function accountTables(accountId: string): Promise<Record<string, unknown[]>> {
	return runInDurableObject(accountStub(accountId), (_, state) => tablesOf(state));
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is left of an account 31 days later, when logs and trails have served their time. */
export async function tablesAfterRetention(accountId: string): Promise<Record<string, unknown[]>> {
	await at(Date.now() + 31 * DAY_MS, () => runDurableObjectAlarm(accountStub(accountId)));
	return accountTables(accountId);
}

export function anyAlarmOf(accountId: string): Promise<number | null> {
	return runInDurableObject(accountStub(accountId), (_, state) => state.storage.getAlarm());
}

/** The next thing that an account's object has to do, but for sweeping what has served its time. */
export async function alarmOf(accountId: string): Promise<number | null> {
	const alarmMs = await anyAlarmOf(accountId);
	const SWEEPS_FROM_MS = 20 * 60 * 60 * 1000;
	return alarmMs !== null && alarmMs > Date.now() + SWEEPS_FROM_MS ? null : alarmMs;
}

/** Everything that is kept anywhere, as one text to search. */
export async function dumpStorage(): Promise<string> {
	const parts: string[] = [];
	for (const name of await kvKeys()) {
		const { value, metadata } = await env.KV.getWithMetadata(name);
		parts.push(name, value ?? '', JSON.stringify(metadata));
	}
	for (const namespace of [
		env.INTEGRATED_ACCOUNTS,
		env.DIRECTORY,
		env.AUTHORIZATION_SERVERS,
		env.API_TOKENS,
		env.EVENT_STREAMS,
	] as DurableObjectNamespace[]) {
		for (const id of await listDurableObjectIds(namespace)) {
			parts.push(
				await runInDurableObject(namespace.get(id), async (_: DurableObject, state) =>
					JSON.stringify([tablesOf(state), [...(await state.storage.list())]]),
				),
			);
		}
	}
	return parts.join('\n');
}

type IsDown = (operation: 'put' | 'delete' | 'get', key: string) => boolean;

interface KvFault {
	/** What fails is done all the same, and only its answer is lost. */
	arrives?: boolean;
	/** Writes of tokens are done, and answered once this is true. */
	isAnswering?: () => boolean;
}

/** A KV namespace that fails where `isDown` says so. */
export function failingKv(isDown: IsDown, { arrives = false, isAnswering }: KvFault = {}): KVNamespace {
	return new Proxy(env.KV, {
		get(target, property) {
			const member: unknown = Reflect.get(target, property);
			if (typeof member !== 'function') return member;
			return async (...args: unknown[]) => {
				const isFailing =
					(property === 'put' || property === 'delete' || property === 'get') && isDown(property, String(args[0]));
				if (isFailing && arrives) await Reflect.apply(member, target, args);
				if (isFailing) throw new Error(`KV ${property} failed: 503 Service Unavailable`);
				const result: unknown = await Reflect.apply(member, target, args);
				if (property === 'put' && String(args[0]).startsWith('token:'))
					while (isAnswering && !isAnswering()) await scheduler.wait(10);
				return result;
			};
		},
	});
}

/** Puts another KV under an account's Durable Object. @returns a function that puts the good one back */
export async function breakKv(
	accountId: string,
	isDown: IsDown = () => true,
	options: KvFault = {},
): Promise<() => Promise<void>> {
	const put = (KV: KVNamespace) =>
		runInDurableObject(accountStub(accountId), (instance) => {
			const object = instance as unknown as { env: Env };
			object.env = { ...object.env, KV };
		});
	await put(failingKv(isDown, options));
	return () => put(env.KV);
}

/** A namespace whose objects do not answer these methods, by default none at all. */
export function faultyNamespace<T extends Rpc.DurableObjectBranded>(
	namespace: DurableObjectNamespace<T>,
	methods?: string[],
): DurableObjectNamespace<T> {
	const faulty = (stub: object) =>
		new Proxy(stub, {
			get(target, method) {
				const member: unknown = Reflect.get(target, method);
				if (typeof member !== 'function') return member;
				if (methods && !methods.includes(String(method)))
					return (...args: unknown[]) => Reflect.apply(member, target, args);
				return () => Promise.reject(new Error('Durable Object is overloaded.'));
			},
		});
	return new Proxy(namespace, {
		get(target, property) {
			const member: unknown = Reflect.get(target, property);
			if (typeof member !== 'function') return member;
			const isStub = property === 'get' || property === 'getByName';
			return (...args: unknown[]) => {
				const made: object = Reflect.apply(member, target, args);
				return isStub ? faulty(made) : made;
			};
		},
	});
}

/** Calls `body` with the clock set; storage and alarms keep the real one. */
export async function at<T>(isoTime: string | number, body: () => Promise<T>): Promise<T> {
	vi.useFakeTimers({ toFake: ['Date'], now: new Date(isoTime) });
	try {
		return await body();
	} finally {
		vi.useRealTimers();
	}
}

export const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
