// The whole of Patchbay as `npm start` runs it, in the real Workers runtime, for one test file; and the ways to talk to
// it: the management API, MCP clients, plain JSON-RPC, and the sandbox itself, read without going through Patchbay.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { findFreePorts } from '../../scripts/lib/ports.ts';
import { startPatchbay } from '../../scripts/lib/start-patchbay.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');
export const CLIENT_INFO = { name: 'patchbay-tests', version: '1.0.0' };

export interface ApiAnswer<T> {
	status: number;
	headers: Headers;
	body: T;
}

export interface CreatedServer {
	id: string;
	url: string;
	token: string;
	/** The URL without a secret. */
	oauth_url: string;
}

export interface TestPatchbay {
	url: string;
	/** A server that lists every tool. */
	mcpUrl: string;
	apiToken: string;
	sandboxUrl: string;
	sandbox: Sandbox;
	api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>>;
	createServer(config?: Record<string, unknown>, accountId?: string): Promise<CreatedServer>;
	revoke(server: CreatedServer, accountId?: string): Promise<void>;
	/** A directory of this run, removed at its end. */
	scratch: string;
	stop(): Promise<void>;
}

const START_ATTEMPTS = 3;

/**
 * @param rootDir   the project to run, if not this one
 * @param settings  variables of its `.dev.vars`
 */
export async function startForTests(rootDir?: string, settings: Record<string, string> = {}): Promise<TestPatchbay> {
	const scratch = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
	const state = join(scratch, 'state');
	await mkdir(state);
	const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
	if (lines.length > 0) await writeFile(join(state, '.dev.vars'), lines.join(''));
	const running = await startOnFreePorts(state, rootDir);
	const api = async <T>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>> => {
		const answer = await fetch(running.url + path, {
			method,
			headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await answer.text();
		return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as T };
	};
	async function createServer(config: Record<string, unknown> = {}, accountId = 'demo'): Promise<CreatedServer> {
		const path = `/integrated-account/${accountId}/mcp`;
		const { status, body } = await api<CreatedServer>('POST', path, { name: 'Test', config });
		if (status !== 201) throw new Error(`the server was not created: ${status} ${JSON.stringify(body)}`);
		return body;
	}
	return {
		url: running.url,
		mcpUrl: (await createServer({ tool_exposure: 'all' })).url,
		apiToken: running.apiToken,
		sandboxUrl: running.sandboxUrl,
		sandbox: new Sandbox(running.sandboxUrl),
		scratch,
		api,
		createServer,
		async revoke(server, accountId = 'demo') {
			const { status } = await api('DELETE', `/integrated-account/${accountId}/mcp/${server.id}`);
			if (status !== 204) throw new Error(`the server was not revoked: ${status}`);
		},
		async stop() {
			await running.stop();
			await rm(scratch, { recursive: true, force: true });
		},
	};
}

/** Between finding a port free and taking it, another test file may have been quicker. */
async function startOnFreePorts(stateDir: string, rootDir: string | undefined) {
	for (let attempt = 1; ; attempt++) {
		const ports = await findFreePorts();
		const options = { ...ports, stateDir, quiet: true, callerHandlesSignals: true, ...(rootDir ? { rootDir } : {}) };
		try {
			return await startPatchbay(options);
		} catch (error) {
			const isTaken = /taken|EADDRINUSE|address already in use/i.test(String(error));
			if (!isTaken || attempt === START_ATTEMPTS) throw error;
		}
	}
}

// --- the sandbox, past Patchbay ----------------------------------------------------------------------------------

export interface LoggedRequest {
	method: string;
	path: string;
	body_bytes: number;
	status: number;
}

export interface SandboxFault {
	kind: 'rate_limit' | 'error' | 'delay' | 'html' | 'empty' | 'truncated' | 'drop';
	count?: number;
	status?: number;
	retry_after?: number;
	ms?: number;
	method?: string;
	path?: string;
}

/** The sandbox keeps this many requests; a test that sends more must reset in between. */
const KEPT_REQUESTS = 200;

export class Sandbox {
	readonly #url: string;

	constructor(url: string) {
		this.#url = url;
	}

	/** A request of the vendor's API with the account's own keys, e.g. `/service/tickets/14059`. */
	async send<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await fetch(`${this.#url}/v4_6_release/apis/3.0${path}`, {
			method,
			headers: {
				authorization: `Basic ${btoa('patchbay+sandboxPublicKey:sandboxPrivateKey')}`,
				clientId: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
				'content-type': 'application/json',
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`sandbox: ${method} ${path} answered ${answer.status}: ${text}`);
		return JSON.parse(text) as T;
	}

	get<T>(path: string): Promise<T> {
		return this.send<T>('GET', path);
	}

	/** The records of a collection that match `conditions`, whole. */
	list<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
		return this.get<T[]>(`${path}?${new URLSearchParams({ pageSize: '1000', ...query })}`);
	}

	async reset(): Promise<void> {
		await fetch(`${this.#url}/sandbox/reset`, { method: 'POST' });
	}

	async fault(fault: SandboxFault): Promise<void> {
		const answer = await fetch(`${this.#url}/sandbox/control`, { method: 'POST', body: JSON.stringify({ fault }) });
		if (!answer.ok) throw new Error(`the sandbox refused a fault: ${await answer.text()}`);
	}

	async clearFaults(): Promise<void> {
		await fetch(`${this.#url}/sandbox/control`, { method: 'DELETE' });
	}

	async requests(): Promise<LoggedRequest[]> {
		return (await fetch(`${this.#url}/sandbox/requests`)).json() as Promise<LoggedRequest[]>;
	}

	/** What reached the vendor while `work` ran. */
	async during<T>(work: () => Promise<T>): Promise<{ value: T; sent: LoggedRequest[] }> {
		const before = (await this.requests()).length;
		const value = await work();
		const after = await this.requests();
		if (after.length >= KEPT_REQUESTS) throw new Error('the log of the sandbox is full: reset it before counting');
		return { value, sent: after.slice(before) };
	}
}

// --- MCP clients -------------------------------------------------------------------------------------------------

export interface CallResult<T> {
	isError: boolean;
	data: T;
	/** The text block that goes with `data`. */
	text: string;
}

/** What the clients of both SDK lines have in common. */
export interface AnyClient {
	callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<object>;
}

export interface ListingClient extends AnyClient {
	listTools(): Promise<{ tools: { name: string; inputSchema: unknown; outputSchema?: unknown }[] }>;
	listPrompts(): Promise<{ prompts: { name: string }[] }>;
	getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<{ messages: object[] }>;
	listResources(): Promise<{ resources: { uri: string; name: string }[] }>;
	readResource(params: { uri: string }): Promise<{ contents: object[] }>;
	close(): Promise<void>;
}

/** @throws Error when the text block and the structured content differ */
export async function call<T = Record<string, unknown>>(
	client: AnyClient,
	name: string,
	args: Record<string, unknown> = {},
): Promise<CallResult<T>> {
	const result = (await client.callTool({ name, arguments: args })) as {
		content: { type: string; text: string }[];
		structuredContent: T;
		isError?: boolean;
	};
	const [block] = result.content;
	if (block?.text !== JSON.stringify(result.structuredContent)) throw new Error('text and structuredContent differ');
	return { isError: result.isError === true, data: result.structuredContent, text: block.text };
}

/** The official v1 client over Streamable HTTP, connected. */
export async function connectV1(url: string): Promise<Client> {
	const client = new Client(CLIENT_INFO);
	await client.connect(new StreamableHTTPClientTransport(new URL(url)));
	return client;
}

/** The official v1 client over HTTP+SSE, connected. */
export async function connectOverSse(url: string): Promise<Client> {
	const client = new Client(CLIENT_INFO);
	await client.connect(new SSEClientTransport(new URL(`${url}/sse`)));
	return client;
}

export type NegotiationMode = 'auto' | 'legacy' | { pin: string };

/** The official v2 client over Streamable HTTP, connected. */
export async function connectV2(url: string, mode: NegotiationMode): Promise<ClientV2> {
	const client = new ClientV2(CLIENT_INFO, { versionNegotiation: { mode } });
	await client.connect(new TransportV2(new URL(url)));
	return client;
}

export interface RemoteProxy {
	client: Client;
	/** What mcp-remote said on stderr. */
	said(): string;
}

/** The official v1 client over stdio, with mcp-remote between it and the server. @param home  holds its auth directory */
export async function connectThroughMcpRemote(url: string, home: string, more: string[] = []): Promise<RemoteProxy> {
	const transport = new StdioClientTransport({
		command: process.execPath,
		args: [join(PROJECT_ROOT, 'node_modules/mcp-remote/dist/proxy.js'), url, ...more],
		env: { PATH: process.env.PATH ?? '', HOME: home, MCP_REMOTE_CONFIG_DIR: join(home, '.mcp-auth') },
		stderr: 'pipe',
	});
	let stderr = '';
	transport.stderr?.on('data', (chunk) => {
		stderr += String(chunk);
	});
	const client = new Client(CLIENT_INFO);
	try {
		await client.connect(transport);
	} catch (error) {
		await transport.close();
		throw new Error(`mcp-remote did not connect: ${String(error)}\n${stderr}`, { cause: error });
	}
	return { client, said: () => stderr };
}

export interface ProcessResult {
	code: number;
	stdout: string;
	stderr: string;
}

/** Runs a script of node_modules with this node. */
export function runScript(
	script: string,
	args: string[],
	options: { env?: Record<string, string>; cwd?: string; timeoutMs?: number } = {},
): Promise<ProcessResult> {
	return new Promise((done, fail) => {
		const child = execFile(
			process.execPath,
			[join(PROJECT_ROOT, 'node_modules', script), ...args],
			{
				cwd: options.cwd ?? PROJECT_ROOT,
				env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...options.env },
				timeout: options.timeoutMs ?? 240_000,
				maxBuffer: 64 * 1024 * 1024,
			},
			(error, stdout, stderr) => {
				if (error && (error.killed || typeof error.code === 'string'))
					fail(new Error(`${script} did not end by itself: ${error.message}\n${stderr}`));
				else done({ code: child.exitCode ?? 0, stdout, stderr });
			},
		);
	});
}

// --- plain JSON-RPC ----------------------------------------------------------------------------------------------

export interface RpcAnswer {
	status: number;
	headers: Headers;
	body: {
		jsonrpc?: string;
		id?: unknown;
		result?: { isError?: boolean; structuredContent?: Record<string, unknown>; [name: string]: unknown };
		error?: { code: number; message: string };
		[name: string]: unknown;
	};
}

/** One message as a 2025 client sends it. */
export async function rpc(url: string, method: string, params: Record<string, unknown> = {}): Promise<RpcAnswer> {
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
	});
	return { status: answer.status, headers: answer.headers, body: (await answer.json()) as RpcAnswer['body'] };
}
