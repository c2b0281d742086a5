// Connected apps: an operator sees them, ends one, and each request of theirs counts for the API token behind it.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import {
	api,
	at,
	connectAccount,
	createApiToken,
	createServer,
	type Page,
	refused,
	serverPath,
	setUp,
} from '../support.ts';
import * as oauth from './support.ts';

setUp();
beforeAll(() => connectAccount('apps'));

interface App {
	id: string;
	client_name: string;
	redirect_host: string;
	within: { methods?: string[]; tags?: string[] };
	api_token_id: string;
	created_at: string;
	expires_at: string;
}

describe('the apps of a server', () => {
	// security: S-46
	it('are listed with their name, their reach and their token, and not before their code was exchanged', async ({
		expect,
	}) => {
		const server = await createServer('apps');
		const path = `${serverPath(server)}/apps`;
		expect((await api<Page<App>>('GET', path)).body).toEqual({ result: [], next_cursor: null });
		const { client_id } = (await oauth.register(server, { client_name: 'Desk\u200b app' })).body;
		await oauth.authorize(server, client_id);
		expect((await api<Page<App>>('GET', path)).body.result).toEqual([]);
		const choice = { method: ['read'], tag: ['time'] };
		await oauth.exchange(server, client_id, await oauth.authorize(server, client_id, choice));
		const { text, body } = await api<Page<App>>('GET', path);
		expect(body.result).toEqual([
			{
				id: expect.stringMatching(/^[\w-]{10,}$/),
				client_id,
				client_name: 'Desk app',
				redirect_host: 'client.example',
				within: { methods: ['read'], tags: ['time'] },
				api_token_id: expect.stringMatching(/^tok_/),
				created_at: expect.stringMatching(/Z$/),
				last_refreshed_at: expect.stringMatching(/Z$/),
				expires_at: expect.stringMatching(/Z$/),
			},
		]);
		expect(text).not.toMatch(/secret|hash|encrypted/i);
	});

	// security: S-46
	it('are all seen, however many an API token has let in', async ({ expect }) => {
		const server = await createServer('apps');
		await oauth.connect(server);
		const object = env.AUTHORIZATION_SERVERS.getByName(`${server.integrated_account_id}/${server.id}`);
		await runInDurableObject(object, (_, { storage: { sql } }) => {
			const find = "SELECT value, expires_ms FROM record WHERE key LIKE 'grant:%'";
			const { value, expires_ms } = sql.exec<{ value: string; expires_ms: number }>(find).one();
			const insert = 'INSERT INTO record (key, value, metadata, expires_ms) VALUES (?, ?, NULL, ?)';
			for (let count = 0; count < 1_050; count++) {
				const grant = { ...(JSON.parse(value) as object), id: `many-${count}`, userId: 'tok_0' };
				sql.exec(insert, `grant:tok_0:many-${count}`, JSON.stringify(grant), expires_ms);
			}
		});
		const { result } = (await api<Page<App>>('GET', `${serverPath(server)}/apps`)).body;
		expect(result).toHaveLength(1_051);
		expect(result.filter(({ api_token_id }) => api_token_id !== 'tok_0')).toHaveLength(1);
	});

	// security: S-46
	it('end one by one, at once, with all their tokens', async ({ expect }) => {
		const server = await createServer('apps');
		const path = `${serverPath(server)}/apps`;
		const [one, other] = [await oauth.connect(server), await oauth.connect(server)];
		const fresh = (await oauth.refresh(server, one.clientId, one.refresh_token)).body;
		const { result } = (await api<Page<App & { client_id: string }>>('GET', path)).body;
		const mine = result.find(({ client_id }) => client_id === one.clientId);
		expect((await api('DELETE', `${path}/${mine?.id}`)).status).toBe(204);
		for (const token of [one.access_token, fresh.access_token])
			expect((await oauth.callWith(token, server.oauth_url, 'ping')).status).toBe(401);
		expect((await oauth.refresh(server, one.clientId, fresh.refresh_token)).body.error).toBe('invalid_grant');
		expect((await oauth.callWith(other.access_token, server.oauth_url, 'ping')).status).toBe(200);
		expect((await api<Page<App>>('GET', path)).body.result).toHaveLength(1);
		expect((await refused('DELETE', `${path}/${mine?.id}`)).status).toBe(404);
	});

	it('are shown to nobody who may not see the account', async ({ expect }) => {
		const server = await createServer('apps');
		await oauth.connect(server);
		await connectAccount('apps-other');
		const bound = await createApiToken({ scope: 'manage', accounts: ['apps-other'] });
		const user = await createApiToken({ scope: 'use' });
		for (const [token, status] of [
			[bound, 404],
			[user, 403],
			[null, 401],
		] as const)
			for (const [method, path] of [
				['GET', 'apps'],
				['DELETE', 'apps/x'],
			] as const)
				expect((await refused(method, `${serverPath(server)}/${path}`, undefined, { token })).status).toBe(status);
	});

	// security: S-10
	it('spend the requests of the API token that they were let in with', async ({ expect }) => {
		const server = await createServer('apps');
		await at('2027-04-01T10:00:05Z', async () => {
			const token = await createApiToken({ scope: 'use', requests_per_minute: 4 });
			const { access_token } = await oauth.connect(server, { api_token: token });
			const statuses: number[] = [];
			for (let n = 0; n < 6; n++) statuses.push((await oauth.callWith(access_token, server.oauth_url, 'ping')).status);
			expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
			const limited = await oauth.callWith(access_token, server.oauth_url, 'ping');
			expect([limited.headers.get('ratelimit-limit'), Number(limited.headers.get('retry-after')) > 0]).toEqual([
				'4',
				true,
			]);
		});
	});
});
