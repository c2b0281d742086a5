// OAuth with clients that others wrote, which know only a server's URL: the official SDK's two lines with their own
// OAuth code, mcp-remote, and the conformance suite's scenarios for authorization servers. The person at the browser is
// played here: the page is fetched, its form is sent.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
	Client as ClientV2,
	type OAuthClientProvider as OAuthClientProviderV2,
	type OAuthDiscoveryState,
	type StoredOAuthClientInformation,
	type StoredOAuthTokens,
	StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { findFreePorts } from '../../scripts/lib/ports.ts';
import {
	CLIENT_INFO,
	type CreatedServer,
	call,
	type ListingClient,
	PROJECT_ROOT,
	startForTests,
	type TestPatchbay,
} from './support.ts';

const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';
const API_TOKEN = 'local-api-token';
/** Nobody listens there: where the browser is sent is read from its answer. */
const REDIRECT_URL = 'http://127.0.0.1:9/callback';

let patchbay: TestPatchbay;
beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(() => patchbay?.stop());

interface Choice {
	method?: string[];
	tag?: string[];
	apiToken?: string;
}

/** What a person does with a browser. @returns where the browser is sent at the end */
async function consent(authorizationUrl: URL, choice: Choice = {}): Promise<URL> {
	const page = await fetch(authorizationUrl, { redirect: 'manual' });
	const html = await page.text();
	if (page.status !== 200) throw new Error(`no page: ${page.status} ${page.headers.get('location')} ${html}`);
	const values = (name: string) =>
		[...html.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');
	const api_token = choice.apiToken ?? API_TOKEN;
	const form = new URLSearchParams({ handle: values('handle')[0] ?? '', api_token, decision: 'approve' });
	for (const method of choice.method ?? values('method')) form.append('method', method);
	for (const tag of choice.tag ?? []) form.append('tag', tag);
	const action = /action="([^"]+)"/.exec(html)?.[1] ?? '';
	const answer = await fetch(new URL(action, authorizationUrl), {
		method: 'POST',
		redirect: 'manual',
		headers: {
			cookie: page.headers
				.getSetCookie()
				.map((cookie) => cookie.split(';')[0])
				.join('; '),
		},
		body: form,
	});
	const location = answer.headers.get('location');
	if (!location) throw new Error(`no redirect: ${answer.status} ${await answer.text()}`);
	return new URL(location);
}

/** Keeps what a client of either line hands to it. */
class Keeper {
	readonly redirectUrl = REDIRECT_URL;
	readonly clientMetadata = {
		client_name: 'Patchbay tests',
		redirect_uris: [REDIRECT_URL],
		grant_types: ['authorization_code', 'refresh_token'],
		response_types: ['code'],
		token_endpoint_auth_method: 'none',
	};
	client: (StoredOAuthClientInformation & OAuthClientInformationMixed) | undefined;
	kept: (StoredOAuthTokens & OAuthTokens) | undefined;
	authorizationUrl: URL | undefined;
	verifier = '';

	state() {
		return 'state-of-the-client';
	}
	clientInformation() {
		return this.client;
	}
	saveClientInformation(client: NonNullable<Keeper['client']>) {
		this.client = client;
	}
	tokens() {
		return this.kept;
	}
	saveTokens(tokens: NonNullable<Keeper['kept']>) {
		this.kept = tokens;
	}
	redirectToAuthorization(url: URL) {
		this.authorizationUrl = url;
	}
	saveCodeVerifier(verifier: string) {
		this.verifier = verifier;
	}
	codeVerifier() {
		return this.verifier;
	}
	invalidateCredentials(scope: string) {
		if (scope === 'all' || scope === 'client') this.client = undefined;
		if (scope === 'all' || scope === 'tokens') this.kept = undefined;
	}
}

/** The v2 client remembers to which authorization server it has sent the person. */
class KeeperV2 extends Keeper implements OAuthClientProviderV2 {
	#discovery: OAuthDiscoveryState | undefined;
	saveDiscoveryState(state: OAuthDiscoveryState) {
		this.#discovery = state;
	}
	discoveryState() {
		return this.#discovery;
	}
}

interface Connector {
	name: string;
	keeper(): Keeper;
	/** @throws when the client has to authorize first */
	open(url: string, keeper: Keeper): Promise<ListingClient>;
	finish(url: string, keeper: Keeper, callback: URL): Promise<void>;
}

const CONNECTORS: Connector[] = [
	{
		name: 'the v1 client',
		keeper: () => new Keeper(),
		async open(url, keeper) {
			const authProvider = keeper as OAuthClientProvider;
			const client = new Client(CLIENT_INFO);
			await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
			return client;
		},
		async finish(url, keeper, callback) {
			const authProvider = keeper as OAuthClientProvider;
			const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
			await transport.finishAuth(callback.searchParams.get('code') ?? '');
		},
	},
	...(['legacy', 'auto', { pin: '2026-07-28' }] as const).map((mode) => ({
		name: `the v2 client, ${typeof mode === 'string' ? mode : mode.pin}`,
		keeper: () => new KeeperV2(),
		async open(url: string, keeper: Keeper) {
			const client = new ClientV2(CLIENT_INFO, { versionNegotiation: { mode } });
			await client.connect(new TransportV2(new URL(url), { authProvider: keeper as KeeperV2 }));
			return client;
		},
		async finish(url: string, keeper: Keeper, callback: URL) {
			const transport = new TransportV2(new URL(url), { authProvider: keeper as KeeperV2 });
			await transport.finishAuth(callback.searchParams);
		},
	})),
];

for (const { name, keeper: makeKeeper, open, finish } of CONNECTORS) {
	describe(name, () => {
		const connectTo = async (server: CreatedServer, choice: Choice = {}) => {
			const keeper = makeKeeper();
			const refused = await open(server.oauth_url, keeper).then(
				() => null,
				(error: unknown) => error,
			);
			if (!keeper.authorizationUrl) throw new Error(`was not sent to authorize: ${String(refused)}`);
			const callback = await consent(keeper.authorizationUrl, choice);
			await finish(server.oauth_url, keeper, callback);
			return { keeper, callback, client: await open(server.oauth_url, keeper) };
		};

		it('comes from the URL alone to a tool result, and refreshes', async ({ expect }) => {
			const server = await patchbay.createServer();
			const { keeper, callback, client } = await connectTo(server);
			const asked = keeper.authorizationUrl?.searchParams;
			expect(asked?.get('code_challenge_method')).toBe('S256');
			expect(asked?.get('resource')).toBe(server.oauth_url);
			expect(asked?.get('scope')?.split(' ')).toContain('mcp');
			expect(callback.href.startsWith(`${REDIRECT_URL}?`)).toBe(true);
			expect(callback.searchParams.get('iss')).toBe(server.oauth_url);
			expect(callback.searchParams.get('state')).toBe('state-of-the-client');
			expect((await client.listTools()).tools.length).toBeGreaterThan(30);
			expect((await call<{ id: number }>(client, GET_TICKET, { id: 14059 })).data.id).toBe(14059);

			// An access token that has ended: the client refreshes by itself and the call goes through.
			const before = keeper.kept;
			if (!before) throw new Error('no tokens');
			const form = { client_id: keeper.client?.client_id ?? '', token: before.access_token };
			await fetch(`${server.oauth_url}/token`, { method: 'POST', body: new URLSearchParams(form) });
			expect((await call<{ id: number }>(client, GET_TICKET, { id: 14059 })).data.id).toBe(14059);
			expect(keeper.kept?.access_token).not.toBe(before.access_token);
			expect(keeper.kept?.refresh_token).not.toBe(before.refresh_token);
			await client.close();
		});

		it('finds the tools that the person has left it', async ({ expect }) => {
			const server = await patchbay.createServer({ methods: ['read', 'write'] });
			const { client } = await connectTo(server, { method: ['read'], tag: ['time'] });
			const names = (await client.listTools()).tools.map((tool) => tool.name);
			expect(names).toContain('list_all_connect_wise_psa_time_entries');
			expect(names).not.toContain(GET_TICKET);
			await expect(client.callTool({ name: GET_TICKET, arguments: { id: 14059 } })).rejects.toThrow(/Unknown tool/);
			await client.close();
		});

		it('is sent to authorize again when its API token is revoked', async ({ expect }) => {
			const server = await patchbay.createServer();
			const token = await patchbay.api<{ id: string; token: string }>('POST', '/api-token', {
				name: 'one',
				scope: 'use',
			});
			const { keeper, client } = await connectTo(server, { apiToken: token.body.token });
			expect((await call<{ id: number }>(client, GET_TICKET, { id: 14059 })).data.id).toBe(14059);
			await patchbay.api('DELETE', `/api-token/${token.body.id}`);
			keeper.authorizationUrl = undefined;
			await expect(client.callTool({ name: GET_TICKET, arguments: { id: 14059 } })).rejects.toThrow();
			expect(String(keeper.authorizationUrl)).toContain(`${server.oauth_url}/authorize?`);
			await client.close();
		});
	});
}

describe('mcp-remote', () => {
	it('comes from the URL alone to a tool result, and back later without asking', async ({ expect }) => {
		const server = await patchbay.createServer();
		const home = join(patchbay.scratch, 'mcp-remote-oauth');
		// Nothing is found in an empty PATH: no browser opens, the address is printed.
		const nothing = join(home, 'bin');
		await mkdir(nothing, { recursive: true });
		const port = String((await findFreePorts()).port);
		const start = () => {
			const transport = new StdioClientTransport({
				command: process.execPath,
				args: [join(PROJECT_ROOT, 'node_modules/mcp-remote/dist/proxy.js'), server.oauth_url, port],
				env: { PATH: nothing, HOME: home, MCP_REMOTE_CONFIG_DIR: join(home, '.mcp-auth'), BROWSER: 'true' },
				stderr: 'pipe',
			});
			const said = { text: '' };
			transport.stderr?.on('data', (chunk) => {
				said.text += String(chunk);
			});
			const client = new Client(CLIENT_INFO);
			return { client, said, connected: client.connect(transport, { timeout: 240_000 }) };
		};

		const first = start();
		first.connected.catch(() => {});
		const callback = await consent(new URL(await printed(first.said, /visiting:\s+(http\S+)/)));
		expect(callback.searchParams.get('iss')).toBe(server.oauth_url);
		const landed = await fetch(callback);
		expect([landed.status, await landed.text()]).toEqual([200, expect.any(String)]);
		await first.connected;
		expect((await call<{ id: number }>(first.client, GET_TICKET, { id: 14059 })).data.id).toBe(14059);
		await first.client.close();

		const second = start();
		await second.connected;
		expect((await call<{ id: number }>(second.client, GET_TICKET, { id: 14059 })).data.id).toBe(14059);
		expect(second.said.text).not.toContain('Please authorize');
		await second.client.close();
	});
});

describe('the conformance suite’s authorization scenarios', () => {
	it('pass: metadata, and a code for tokens', async ({ expect }) => {
		const server = await patchbay.createServer();
		const port = (await findFreePorts()).port;
		const registered = await fetch(`${server.oauth_url}/register`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				client_name: 'Conformance',
				redirect_uris: [`http://127.0.0.1:${port}/callback`],
				token_endpoint_auth_method: 'none',
			}),
		});
		const { client_id } = (await registered.json()) as { client_id: string };
		const said = { text: '' };
		const suite = spawn(
			process.execPath,
			[
				join(PROJECT_ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js'),
				...['authorization', '--url', server.oauth_url, '--client-id', client_id],
				...['--resource', server.oauth_url, '--port', String(port)],
			],
			{ env: { PATH: process.env.PATH ?? '', NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
		);
		for (const stream of [suite.stdout, suite.stderr])
			stream.on('data', (chunk) => {
				said.text += String(chunk);
			});
		const ended = endOf(suite);
		const callback = await consent(new URL(await printed(said, /(http\S+\/authorize\?\S+)/)));
		await (await fetch(callback)).text();
		expect(await ended, said.text).toBe(0);
		expect(said.text).toMatch(/authorization-server-metadata-endpoint: [1-9]\d* passed, 0 failed/);
		expect(said.text).toMatch(/authorization-code-grant: [1-9]\d* passed, 0 failed/);
	});
});

function endOf(child: ChildProcess): Promise<number | null> {
	return new Promise((done) => child.on('exit', (code) => done(code)));
}

/** Waits for a process to say something. */
function printed(said: { text: string }, pattern: RegExp): Promise<string> {
	const find = () => {
		const found = pattern.exec(said.text)?.[1];
		if (!found) throw new Error(`it was not said: ${said.text}`);
		return found;
	};
	return vi.waitFor(find, { timeout: 240_000, interval: 20 });
}
