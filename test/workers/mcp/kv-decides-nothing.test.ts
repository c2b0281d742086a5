// KV shows an old value for up to a minute, and whoever can write it can put anything there. What a call may do is
// decided by the Durable Object: an entry that is stale or forged widens nothing, and sends nothing to a vendor.
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { ServerConfig, StoredAccount, StoredServer, TokenEntry } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	api,
	callTool,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type ServerWithUrl,
	seenAccount,
	setUp,
	tokenKey,
	UPDATE_TICKET,
} from '../support.ts';

setUp();

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
const DELETE_TICKET = 'delete_a_connect_wise_psa_ticket_by_id';
const OTHER_HOST = 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0';

interface Forgery {
	name: string;
	config: ServerConfig;
	more?: Json;
	server?: (stored: StoredServer) => StoredServer;
	account?: (stored: StoredAccount) => unknown;
	tool: string;
	args?: Json;
	/** Of the answer: status, JSON-RPC error, requests at the vendor. */
	expected: [status: number, code: number | undefined, sent: number];
}

const wideOpen = (server: StoredServer): StoredServer => ({ ...server, config: {} });
const READS_OF_TICKETS = { methods: ['read'], tags: ['ticket'] };

/** Stands for a value that is written as it is. */
const NO_JSON = { text: '<html>' };

const FORGERIES: Forgery[] = [
	...[
		[CREATE_TICKET, { summary: 'x', board: { id: 1 }, company: { id: 1 } }] as const,
		[UPDATE_TICKET, { id: 1, summary: 'x' }] as const,
		[DELETE_TICKET, { id: 5 }] as const,
		['list_all_connect_wise_psa_time_entries', {}] as const,
	].map(([tool, args]) => ({
		name: `a filter that lets ${tool} through`,
		config: READS_OF_TICKETS,
		server: wideOpen,
		tool,
		args,
		expected: [200, -32602, 0] as [number, number, number],
	})),
	{
		name: 'a second factor that is gone',
		config: { require_api_token_auth: true },
		server: wideOpen,
		tool: LIST_TICKETS,
		expected: [401, undefined, 0],
	},
	{
		name: 'a pause that is over',
		config: {},
		more: { paused: true },
		server: ({ paused: _paused, ...server }) => server,
		tool: LIST_TICKETS,
		expected: [200, undefined, 0],
	},
	{
		name: 'a limit of calls that is higher',
		config: { calls_per_minute: 1 },
		server: wideOpen,
		tool: LIST_TICKETS,
		expected: [200, undefined, 1],
	},
	{
		name: 'an end that is later',
		config: {},
		more: { expires_at: new Date(Date.now() + 3_600_000).toISOString() },
		server: (server) => ({ ...server, expires_at: null }),
		tool: LIST_TICKETS,
		expected: [200, undefined, 1],
	},
	{
		name: 'the id of another account',
		config: {},
		server: (server) => ({ ...server, integrated_account_id: 'forged-other' }),
		tool: LIST_TICKETS,
		expected: [404, undefined, 0],
	},
	{
		name: 'the identity of another account',
		config: {},
		server: (server) => ({ ...server, account_identity: 'f'.repeat(32) }),
		tool: LIST_TICKETS,
		expected: [404, undefined, 0],
	},
	{
		name: 'no server at all',
		config: {},
		server: () => null as unknown as StoredServer,
		tool: LIST_TICKETS,
		expected: [404, undefined, 0],
	},
	{
		name: 'another address of the account',
		config: {},
		account: (account) => ({ ...account, base_url: OTHER_HOST }),
		tool: LIST_TICKETS,
		expected: [200, undefined, 1],
	},
	{
		name: 'credentials of an earlier format',
		config: {},
		account: (account) => ({ ...account, base_url: OTHER_HOST, sealed_credentials: 'v1.AAAAAAAAAAAAAAAA.AAAA' }),
		tool: LIST_TICKETS,
		expected: [200, undefined, 1],
	},
	...(
		[
			['config', (config: unknown) => config, [null, 'all', [], 5]],
			['methods', (methods: unknown) => ({ methods }), [5, {}, 'read']],
			['tags', (tags: unknown) => ({ tags }), [5, {}]],
			['tools', (tools: unknown) => ({ tools }), [5, { allow: 5 }, { deny: {} }]],
		] as const
	).flatMap(([member, make, values]) =>
		values.map((value) => ({
			name: `${JSON.stringify(value)} for its ${member}`,
			config: {},
			server: (server: StoredServer) => ({ ...server, config: make(value) as ServerConfig }),
			tool: LIST_TICKETS,
			expected: [200, undefined, 1] as [number, number | undefined, number],
		})),
	),
	...(['integration', 'base_url', 'sealed_credentials', 'identity'] as const).flatMap((member) =>
		[5, null, 'elsewhere'].map((value) => ({
			name: `${JSON.stringify(value)} for its account's ${member}`,
			config: {},
			account: (account: StoredAccount) => ({ ...account, [member]: value }),
			tool: LIST_TICKETS,
			expected: [200, undefined, 1] as [number, number | undefined, number],
		})),
	),
	{
		name: 'an account that is no JSON',
		config: {},
		account: () => NO_JSON,
		tool: LIST_TICKETS,
		expected: [200, undefined, 1],
	},
	{
		name: 'a server that is no JSON',
		config: {},
		server: () => NO_JSON as unknown as StoredServer,
		tool: LIST_TICKETS,
		expected: [404, undefined, 0],
	},
	{
		name: 'an account that is active',
		config: {},
		account: ({ state: _state, ...account }) => account,
		tool: LIST_TICKETS,
		expected: [200, undefined, 0],
	},
];

describe('a forged entry that keeps its id and its revision', () => {
	for (const [index, { name, config, more, server: forge, account: forgeAccount, tool, args, expected }] of [
		...FORGERIES.entries(),
	]) {
		// security: S-14
		it(`with ${name} opens nothing more`, async ({ expect }) => {
			captureLog();
			const accountId = await connectAccount(`forged-${index}`);
			if (index === 0) await connectAccount('forged-other');
			const server = await createServer(accountId, config, more);
			if (name === 'an account that is active')
				await accountStub(accountId).updateAccount({ state: 'needs_reauth' }, await seenAccount(accountId));
			const forgeServer = ({ server: stored }: TokenEntry) => {
				const forged = forge?.(stored);
				return forged === (NO_JSON as unknown) ? forged : { server: forged };
			};
			if (forge) await forgeEntry(tokenKey(server), forgeServer);
			if (forgeAccount) await forgeEntry(`account:${accountId}`, forgeAccount);
			const calls = mockVendor(({ method }) => Response.json(method === 'GET' ? [{ id: 1 }] : { id: 1 }));
			const answer = await callTool(server.url, tool, args);
			expect([answer.status, answer.body.error?.code, calls.length]).toEqual(expected);
			expect(calls.filter(({ url }) => url.startsWith(OTHER_HOST))).toEqual([]);
			if (name.startsWith('a limit')) {
				const second = await callTool(server.url, tool, args);
				expect(second.text).toContain('rate_limited');
			}
		});
	}

	it('without redaction is answered with it', async ({ expect }) => {
		const server = await createServer(await connectAccount('forged-redact'), { redact: true });
		await forgeEntry(tokenKey(server), ({ server: stored }: TokenEntry) => ({ server: wideOpen(stored) }));
		mockVendor(() => Response.json({ id: 1, summary: 'Password: Summer2024!' }));
		const { status, text } = await callTool(server.url, GET_TICKET, { id: 1 });
		expect([status, text.includes('Summer2024')]).toEqual([200, false]);
	});

	it('lists no tool more', async ({ expect }) => {
		const server = await createServer(await connectAccount('forged-list'), READS_OF_TICKETS);
		await forgeEntry(tokenKey(server), ({ server: stored }: TokenEntry) => ({ server: wideOpen(stored) }));
		expect((await mcp(server.url, 'tools/list')).text).not.toContain(CREATE_TICKET);
	});
});

async function forgeEntry<Entry>(key: string, forge: (stored: Entry) => unknown): Promise<void> {
	const stored = await env.KV.get<Entry>(key, 'json');
	if (!stored) throw new Error(`no ${key}`);
	const forged = forge(stored);
	await env.KV.put(key, forged === NO_JSON ? NO_JSON.text : JSON.stringify(forged));
}

describe('an account whose id was used before', () => {
	/** Another customer under the same id; KV still shows the first one. */
	async function reconnected(id: string): Promise<{ server: ServerWithUrl; restore: () => Promise<void> }> {
		await connectAccount(id, { base_url: OTHER_HOST });
		const stale = (await env.KV.get(`account:${id}`)) ?? '';
		await api('DELETE', `/integrated-account/${id}`);
		await connectAccount(id);
		const server = await createServer(id);
		return { server, restore: () => env.KV.put(`account:${id}`, stale) };
	}

	for (const [tool, args] of [
		[LIST_TICKETS, {}],
		[GET_TICKET, { id: 1 }],
		[UPDATE_TICKET, { id: 1, summary: 'x' }],
		[CREATE_TICKET, { summary: 'x', board: 'Help Desk', company: { id: 1 } }],
	] as const) {
		// security: S-01
		it(`sends ${tool} to its own vendor alone, though KV shows the one before it`, async ({ expect }) => {
			const { server, restore } = await reconnected(`again-${tool.length}-${tool.slice(0, 3)}`);
			await restore();
			const calls = mockVendor(({ method }) =>
				Response.json(method === 'GET' ? [{ id: 1, name: 'Help Desk' }] : { id: 1 }),
			);
			expect((await callTool(server.url, tool, args)).status).toBe(200);
			expect(calls.length).toBeGreaterThan(0);
			expect(calls.filter(({ url }) => url.startsWith(OTHER_HOST))).toEqual([]);
		});
	}

	it('is changed by nothing that was worked out from the one before it', async ({ expect }) => {
		await connectAccount('succession');
		const earlier = await seenAccount('succession');
		await api('DELETE', '/integrated-account/succession');
		await connectAccount('succession');
		const stub = accountStub('succession');
		expect(await stub.updateAccount({ name: 'Other' }, earlier)).toBe('not_found');
		expect(await stub.deleteAccount(earlier.identity)).toBe(false);
		expect((await seenAccount('succession')).identity).not.toBe(earlier.identity);
		expect((await stub.getAccount())?.name).toBe('Acme');
	});

	// security: S-82
	it('is out of reach for API tokens of the one before it', async ({ expect }) => {
		const waiting = await createApiToken({ scope: 'manage', accounts: ['inherited'] });
		const path = '/integrated-account/inherited';
		expect((await api('GET', path, undefined, { token: waiting })).status).toBe(404);
		await connectAccount('inherited');
		const bound = await createApiToken({ scope: 'manage', accounts: ['inherited'] });
		const user = await createApiToken({ scope: 'use', accounts: ['inherited'] });
		for (const token of [waiting, bound]) expect((await api('GET', path, undefined, { token })).status).toBe(200);
		await api('DELETE', path);
		await connectAccount('inherited');
		const { url } = await createServer('inherited', { require_api_token_auth: true });
		for (const token of [waiting, bound]) {
			expect((await api('GET', path, undefined, { token })).status).toBe(404);
			expect((await api('DELETE', path, undefined, { token })).status).toBe(404);
			expect((await api('GET', '/integrated-account', undefined, { token })).body.result).toEqual([]);
		}
		expect((await mcp(url, 'ping', {}, { headers: { authorization: `Bearer ${user}` } })).status).toBe(401);
		const now = await createApiToken({ scope: 'use', accounts: ['inherited'] });
		expect((await mcp(url, 'ping', {}, { headers: { authorization: `Bearer ${now}` } })).status).toBe(200);
	});
});
