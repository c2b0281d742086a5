// The door without a secret: from 401 to a tool's result, knowing only the URL.
import { beforeAll, describe, it } from 'vitest';
import * as oauth from './oauth-support.ts';
import { connectAccount, createServer, LIST_TICKETS, mockVendor, send, setUp } from './support.ts';

setUp();
beforeAll(() => connectAccount('open'));

describe('a client that knows only the URL', () => {
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
