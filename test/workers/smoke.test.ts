import { env, exports } from 'cloudflare:workers';
import { describe, it } from 'vitest';

describe('smoke', () => {
	it('creates an account and a server and lists tools', async ({ expect }) => {
		await env.KV.put(
			'api-token-claim:' +
				Array.from(
					new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('local-api-token'))),
					(b) => b.toString(16).padStart(2, '0'),
				).join(''),
			JSON.stringify({ name: 'Local', scope: 'manage', accounts: '*', expires_at: null }),
		);
		const api = async (method: string, path: string, body?: unknown) => {
			const r = await exports.default.fetch(
				new Request('http://localhost' + path, {
					method,
					headers: { authorization: 'Bearer local-api-token', 'content-type': 'application/json' },
					body: body === undefined ? null : JSON.stringify(body),
				}),
			);
			return { status: r.status, body: (await r.json()) as any };
		};
		const account = await api('POST', '/integrated-account', {
			id: 'demo',
			integration: 'connect_wise_psa',
			name: 'Demo',
			base_url: 'http://localhost:9/v4_6_release/apis/3.0',
			credentials: {
				company_id: 'a',
				public_key: 'b',
				private_key: 'c',
				client_id: '2f05e5ff-c186-70e8-8000-000000000001',
			},
		});
		console.log(JSON.stringify(account));
		const server = await api('POST', '/integrated-account/demo/mcp', {
			name: 'x',
			config: { tags: ['service'], methods: ['read'] },
		});
		console.log(JSON.stringify(server));
		const r = await exports.default.fetch(
			new Request(server.body.url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
			}),
		);
		const text = await r.text();
		console.log(r.status, text.slice(0, 1500), text.length);
		expect(r.status).toBe(200);
	});
});
