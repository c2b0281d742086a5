// The door without a secret: from 401 to a tool's result, knowing only the URL.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import {
	api,
	connectAccount,
	createServer,
	type ErrorBody,
	type Json,
	kvKeys,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type Page,
	refused,
	send,
	serverPath,
	setUp,
} from '../support.ts';
import * as oauth from './support.ts';

setUp();
beforeAll(() => connectAccount('open'));

describe('a client that knows only the URL', () => {
	// security: S-08
	it('comes from 401 to a tool result, step by step', async ({ expect }) => {
		const server = await createServer('open', { methods: ['read'] });
		expect(server.oauth_url).toBe(`http://localhost/connect/open/${server.id}`);

		const refused = await oauth.callWith(null, server.oauth_url, 'tools/list');
		expect(refused.status).toBe(401);
		const challenge = refused.headers.get('www-authenticate') ?? '';
		const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
		expect(metadataUrl).toBe(oauth.wellKnown('oauth-protected-resource', server));

		const resource = (await (await send(new Request(metadataUrl))).json()) as Record<string, unknown>;
		expect(resource).toMatchObject({
			resource: server.oauth_url,
			authorization_servers: [server.oauth_url],
			scopes_supported: ['mcp'],
		});
		const metadata = (await (
			await send(new Request(oauth.wellKnown('oauth-authorization-server', server)))
		).json()) as Record<string, unknown>;
		expect(metadata).toMatchObject({
			issuer: server.oauth_url,
			authorization_endpoint: `${server.oauth_url}/authorize`,
			token_endpoint: `${server.oauth_url}/token`,
			registration_endpoint: `${server.oauth_url}/register`,
			response_types_supported: ['code'],
			code_challenge_methods_supported: ['S256'],
			authorization_response_iss_parameter_supported: true,
			client_id_metadata_document_supported: true,
			scopes_supported: ['mcp', 'offline_access'],
		});

		const { status, body: client } = await oauth.register(server);
		expect(status).toBe(201);
		const page = await oauth.openPage(await oauth.authorizeUrl(server, client.client_id));
		expect(page.status).toBe(200);
		const { location, status: decided } = await oauth.submit(server, page, { method: ['read'] });
		expect(decided).toBe(303);
		expect(location?.origin).toBe('https://client.example');
		expect(location?.searchParams.get('state')).toBe('state-of-the-client');
		expect(location?.searchParams.get('iss')).toBe(server.oauth_url);

		const { body: tokens } = await oauth.exchange(server, client.client_id, location?.searchParams.get('code') ?? '');
		expect(tokens).toMatchObject({
			token_type: 'bearer',
			expires_in: 3600,
			scope: 'mcp offline_access',
			resource: server.oauth_url,
		});

		const calls = mockVendor(() => Response.json([{ id: 7, summary: 'Printer on fire' }]));
		const call = { name: LIST_TICKETS, arguments: {} };
		const answer = await oauth.callWith(tokens.access_token, server.oauth_url, 'tools/call', call);
		expect(answer.text).toContain('Printer on fire');
		expect(calls.length).toBe(1);

		const { body: fresh } = await oauth.refresh(server, client.client_id, tokens.refresh_token);
		expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
		const again = await oauth.callWith(fresh.access_token, server.oauth_url, 'tools/call', call);
		expect(again.text).toContain('Printer on fire');
	});
});

describe('discovery', () => {
	const { LOCAL: _local, ...DEPLOYED } = env;

	it('is offered at the path of a server alone', async ({ expect }) => {
		const server = await createServer('open', { require_api_token_auth: true });
		const path = new URL(server.oauth_url).pathname;
		const token = new URL(server.url).pathname;
		const offered = [`/.well-known/oauth-protected-resource${path}`, `/.well-known/oauth-authorization-server${path}`];
		const notOffered = [
			'/.well-known/oauth-protected-resource',
			'/.well-known/oauth-authorization-server',
			'/.well-known/openid-configuration',
			`/.well-known/openid-configuration${path}`,
			`${path}/.well-known/openid-configuration`,
			`${path}/.well-known/oauth-authorization-server`,
			`/.well-known/oauth-protected-resource${path}/more`,
			`/.well-known/oauth-protected-resource/connect/open/mcp_cwp_000000000000`,
			`/.well-known/oauth-authorization-server/connect/open/mcp_cwp_000000000000`,
			`/.well-known/oauth-authorization-server/connect/nobody/${server.id}`,
			`/.well-known/oauth-protected-resource/connect/open`,
			`/.well-known/oauth-protected-resource${token}`,
			`/.well-known/oauth-authorization-server${token}`,
			`${path}/userinfo`,
			'/authorize',
			'/token',
			'/register',
			'/connect',
			'/connect/open',
			'/connect/open/x/authorize',
			`/connect/OPEN/${server.id}`,
			`/connect/${'a'.repeat(64)}/${server.id}`,
		];
		for (const url of offered) {
			const response = await send(new Request(`http://localhost${url}`));
			expect([url, response.status]).toEqual([url, 200]);
			expect(response.headers.get('content-type')).toMatch(/^application\/json/);
			await response.body?.cancel();
		}
		for (const url of notOffered) {
			const { status, body } = await refused('GET', url);
			expect([url, status, body?.code]).toEqual([url, 404, 'not_found']);
		}
	});

	it('is open to pages in a browser', async ({ expect }) => {
		const server = await createServer('open');
		for (const kind of ['oauth-protected-resource', 'oauth-authorization-server']) {
			const headers = { origin: 'https://inspector.example' };
			const response = await send(new Request(oauth.wellKnown(kind, server), { headers }));
			expect(response.headers.get('access-control-allow-origin')).toBe('https://inspector.example');
			await response.body?.cancel();
		}
	});

	it('of an unknown server leaves no trace', async ({ expect }) => {
		const url = 'http://localhost/connect/open/mcp_cwp_000000000000';
		const { status, body } = await mcp(url, 'ping');
		expect([status, (body as unknown as ErrorBody).code]).toEqual([404, 'not_found']);
		const withToken = await oauth.callWith(`tok_0:${'a'.repeat(16)}:${'b'.repeat(32)}`, url, 'ping');
		expect(withToken.status).toBe(404);
		expect((await refused('POST', '/connect/open/mcp_cwp_000000000000/register', {})).status).toBe(404);
	});

	it('names https wherever it is not on one’s own machine', async ({ expect }) => {
		const server = await createServer('open');
		const path = new URL(server.oauth_url).pathname;
		const at = async (origin: string) => {
			const url = `${origin}/.well-known/oauth-authorization-server${path}`;
			const response = await send(new Request(url), DEPLOYED);
			return [response.status, response.ok ? ((await response.json()) as { issuer: string }).issuer : null];
		};
		expect(await at('https://patchbay.example')).toEqual([200, `https://patchbay.example${path}`]);
		const refusedOverHttp = await mcp(`http://patchbay.example${path}`, 'ping', {}, { env: DEPLOYED });
		expect(refusedOverHttp.status).toBe(403);
		const challenged = await mcp(`https://patchbay.example${path}`, 'ping', {}, { env: DEPLOYED });
		expect(challenged.headers.get('www-authenticate')).toContain(
			`resource_metadata="https://patchbay.example/.well-known/oauth-protected-resource${path}"`,
		);
	});

	it('uses no KV: its records are exact, and end with their server', async ({ expect }) => {
		const before = await kvKeys();
		const server = await createServer('open');
		await oauth.connect(server);
		expect((await kvKeys()).length).toBe(before.length + 1);
	});
});

describe('the URL without a secret', () => {
	it('stands in every answer that shows the server', async ({ expect }) => {
		const server = await createServer('open');
		const path = serverPath(server);
		const shown = [
			(await api('GET', path)).body,
			(await api<Page<Json>>('GET', '/integrated-account/open/mcp')).body.result[0],
			(await api('PATCH', path, { name: 'Renamed' })).body,
			(await api('POST', `${path}/rotate`)).body,
			(await api('GET', `${path}/connect`)).body,
		];
		for (const answer of shown) expect(answer).toMatchObject({ oauth_url: server.oauth_url });
	});
});
