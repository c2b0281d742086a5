// A person who is a member at the vendor: `me` of their calls is that member, before the one that a shared server acts for.
import { describe, expect, it } from 'vitest';
import type { ApiTokenRecord } from '../../../workers/contracts/records.ts';
import { authorizeUrl, callWith, connect, exchange, openPage, register, submit } from '../oauth/support.ts';
import {
	api,
	callTool,
	connectAccount,
	createServer,
	faultsOf,
	type Json,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type Page,
	refused,
	type ServerWithUrl,
	serverPath,
	setUp,
} from '../support.ts';
import { Provider } from './provider.ts';

setUp();

const MEMBERS = [
	{ id: 1, identifier: 'shared', firstName: 'Service', lastName: 'Desk', timeZone: { name: 'UTC' } },
	{ id: 7, identifier: 'jdoe', firstName: 'Jane', lastName: 'Doe', timeZone: { name: 'US/Pacific' } },
	{ id: 8, identifier: 'joe', firstName: 'Joe', lastName: 'Bloggs', timeZone: { name: 'UTC' } },
	{ id: 9, identifier: '1', firstName: 'Number', lastName: 'One', timeZone: { name: 'UTC' } },
];

/** A vendor that knows its members, and no tickets. */
function vendor() {
	return mockVendor(({ url }) => {
		const { pathname, searchParams } = new URL(url);
		if (!pathname.endsWith('/system/members')) return Response.json([]);
		const conditions = searchParams.get('conditions') ?? '';
		return Response.json(
			MEMBERS.filter(
				({ id, identifier }) => conditions.includes(`"${identifier}`) || conditions.includes(`id = ${id}`),
			),
		);
	});
}

const EVERYBODY = { assigned_to: 'me' };

async function server(account: string, config: Json = {}): Promise<ServerWithUrl> {
	await connectAccount(account);
	return createServer(account, { acts_for: 'shared', ...config });
}

const tokenOf = async (input: Json) => {
	const { status, body, text } = await api<ApiTokenRecord & { token: string }>('POST', '/api-token', {
		name: 'Jane',
		scope: 'use',
		...input,
	});
	if (status !== 201) throw new Error(text);
	return body;
};

describe('my tickets', () => {
	interface Way {
		name: string;
		config?: Json;
		call(server: ServerWithUrl, account: string): Promise<unknown>;
	}
	const ways: Way[] = [
		{
			name: 'by OAuth',
			call: async (own, account) => {
				const { token } = await tokenOf({ acts_for: { [account]: 'jdoe' } });
				const { access_token } = await connect(own, { api_token: token });
				return callWith(access_token, own.oauth_url, 'tools/call', { name: LIST_TICKETS, arguments: EVERYBODY });
			},
		},
		{
			name: 'by the second factor',
			config: { require_api_token_auth: true },
			call: async (own, account) => {
				const { token } = await tokenOf({ acts_for: { [account]: 7 } });
				return callTool(own.url, LIST_TICKETS, EVERYBODY, { headers: { authorization: `Bearer ${token}` } });
			},
		},
		{
			name: 'by the management API',
			call: async (own, account) => {
				const { token } = await tokenOf({ scope: 'manage', acts_for: { [account]: 'jdoe' } });
				const params = { name: LIST_TICKETS, arguments: EVERYBODY };
				const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
				return api('POST', `${serverPath(own)}/rpc`, message, { token });
			},
		},
		{
			name: 'by an invitation',
			call: async (own, account) => {
				const { body } = await api<{ url: string }>('POST', '/invitation', {
					name: 'Jane',
					acts_for: { [account]: 'jdoe' },
				});
				const { body: accepted } = await api<{ token: string }>('POST', new URL(body.url).pathname, undefined, {
					token: null,
				});
				const { access_token } = await connect(own, { api_token: accepted.token });
				return callWith(access_token, own.oauth_url, 'tools/call', { name: LIST_TICKETS, arguments: EVERYBODY });
			},
		},
	];
	for (const [index, { name, config, call }] of ways.entries()) {
		it(`are the person's on a shared server, ${name}, and the server's to everybody else`, async ({ expect }) => {
			const calls = vendor();
			const account = `pm-${index}`;
			const own = await server(account, config);
			calls.length = 0;
			await call(own, account);
			const asked = calls.map(({ url }) => new URL(url)).filter(({ pathname }) => pathname.endsWith('/tickets'));
			expect(asked.map(({ searchParams }) => searchParams.get('conditions'))).toEqual([
				expect.stringContaining('"jdoe'),
			]);
			if (config?.require_api_token_auth) return;
			await callTool(own.url, LIST_TICKETS, EVERYBODY);
			expect(new URL(calls.at(-1)?.url ?? '').searchParams.get('conditions')).toContain('"shared');
		});
	}

	it('are theirs by a rule that names their address, and a list that is sent back asks nobody again', async ({
		expect,
	}) => {
		const own = await (async () => {
			vendor();
			return server('pm-rule');
		})();
		const calls = vendor();
		const rule = { email: 'jane@acme.example', scope: 'use', accounts: ['pm-rule'] };
		const named = { rules: [{ ...rule, acts_for: { 'pm-rule': 'jdoe' } }] };
		const { body } = await api<{ rules: Json[] }>('PATCH', '/sign-in-rules', named);
		expect(body.rules[0]?.acts_for).toEqual({
			'pm-rule': { id: 7, identifier: 'jdoe', time_zone: 'America/Los_Angeles' },
		});
		const asked = calls.length;
		expect((await api('PATCH', '/sign-in-rules', { rules: body.rules })).body.rules).toEqual(body.rules);
		expect((await api('PATCH', '/sign-in-rules', named)).body.rules).toEqual(body.rules);
		expect(calls.length).toBe(asked);
		const group = { rules: [{ scope: 'use', group: 'g', acts_for: { 'pm-rule': 'jdoe' } }] };
		expect(faultsOf(await refused('PATCH', '/sign-in-rules', group))).toHaveProperty(['rules.0.acts_for']);
		const nobody = { rules: [{ ...rule, acts_for: { 'pm-rule': 'nobody' } }] };
		expect(faultsOf(await refused('PATCH', '/sign-in-rules', nobody))).toHaveProperty(['rules.0.acts_for.pm-rule']);

		const provider = new Provider();
		const { session } = await provider.signIn();
		vendor();
		const clientId = (await register(own)).body.client_id;
		const page = await openPage(await authorizeUrl(own, clientId), { cookie: session });
		const agreed = await submit(own, page, { api_token: '', cookie: `${page.cookie}; ${session}` });
		const tokens = await exchange(own, clientId, agreed.location?.searchParams.get('code') ?? '');
		const conditions = async () => {
			const seen = vendor();
			await callWith(tokens.body.access_token, own.oauth_url, 'tools/call', {
				name: LIST_TICKETS,
				arguments: EVERYBODY,
			});
			return new URL(seen.at(-1)?.url ?? '').searchParams.get('conditions');
		};
		expect(await conditions()).toContain('"jdoe');
		vendor();
		await api('PATCH', '/sign-in-rules', { rules: [{ ...rule, acts_for: { 'pm-rule': 'joe' } }] });
		expect(await conditions()).toContain('"joe');
	});

	it('are told to the model, with the zone of the person', async ({ expect }) => {
		vendor();
		const own = await server('pm-told', { require_api_token_auth: true });
		const { token } = await tokenOf({ acts_for: { 'pm-told': 'jdoe' } });
		const { body } = await mcp(
			own.url,
			'initialize',
			{ protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
			{ headers: { authorization: `Bearer ${token}` } },
		);
		expect(body.result?.instructions).toContain('This server works for the member jdoe');
		expect(body.result?.instructions).toContain('America/Los_Angeles');
	});

	it('need no member of the server: what asks for one is the person’s', async ({ expect }) => {
		const calls = vendor();
		await connectAccount('pm-none');
		const own = await createServer('pm-none', {
			require_api_token_auth: true,
			tool_exposure: 'all',
			methods: ['read', 'write'],
			tags: ['time'],
		});
		const { token } = await tokenOf({ acts_for: { 'pm-none': 'jdoe' } });
		const stranger = (await tokenOf({})).token;
		const required = async (apiToken: string) => {
			const headers = { authorization: `Bearer ${apiToken}` };
			const { body } = await mcp(own.url, 'tools/list', {}, { headers });
			const tools = (body.result?.tools ?? []) as { name: string; inputSchema: { required?: string[] } }[];
			return tools.find(({ name }) => name === 'create_a_connect_wise_psa_time_entry')?.inputSchema.required ?? [];
		};
		expect([(await required(stranger)).includes('member'), (await required(token)).includes('member')]).toEqual([
			true,
			false,
		]);
		const entry = { chargeToType: 'ServiceTicket', chargeToId: 1, timeStart: '2026-01-01T09:00:00Z', actualHours: 1 };
		await callTool(own.url, 'create_a_connect_wise_psa_time_entry', entry, {
			headers: { authorization: `Bearer ${token}` },
		});
		const sent = calls.find(({ method, url }) => method === 'POST' && url.includes('/time/entries'));
		expect(JSON.parse(sent?.body ?? '{}').member).toEqual({ id: 7 });
	});

	it('follow a change at once, and stay over a change of the server', async ({ expect }) => {
		const calls = vendor();
		const own = await server('pm-change', { require_api_token_auth: true });
		const { token, id } = await tokenOf({ acts_for: { 'pm-change': 'jdoe' } });
		const asked = async () => {
			await callTool(own.url, LIST_TICKETS, EVERYBODY, { headers: { authorization: `Bearer ${token}` } });
			return new URL(calls.at(-1)?.url ?? '').searchParams.get('conditions');
		};
		expect(await asked()).toContain('"jdoe');
		await api('PATCH', serverPath(own), { name: 'Renamed' });
		expect(await asked()).toContain('"jdoe');
		const { body } = await api<ApiTokenRecord>('PATCH', `/api-token/${id}`, { acts_for: { 'pm-change': 'joe' } });
		expect(body.acts_for).toEqual({ 'pm-change': { id: 8, identifier: 'joe', time_zone: expect.any(String) } });
		expect(await asked()).toContain('"joe');
		await api('PATCH', `/api-token/${id}`, { name: 'Renamed' });
		expect(await asked()).toContain('"joe');
		await api('PATCH', `/api-token/${id}`, { acts_for: null });
		expect(await asked()).toContain('"shared');
		expect((await api<Page<ApiTokenRecord>>('GET', '/api-token')).text).not.toContain('account_identity');
	});

	it('are nobody’s of the next account of the same id', async ({ expect }) => {
		const calls = vendor();
		await server('pm-again');
		const { token } = await tokenOf({ acts_for: { 'pm-again': 'jdoe' } });
		await api('DELETE', '/integrated-account/pm-again');
		const own = await server('pm-again', { require_api_token_auth: true });
		await callTool(own.url, LIST_TICKETS, EVERYBODY, { headers: { authorization: `Bearer ${token}` } });
		expect(new URL(calls.at(-1)?.url ?? '').searchParams.get('conditions')).toContain('"shared');
	});

	it('are refused where the vendor knows no such member, or there is no such account', async ({ expect }) => {
		vendor();
		await connectAccount('pm-bad');
		const cases: [Json, Record<string, RegExp>][] = [
			[{ 'pm-bad': 'nobody-of-them' }, { 'acts_for.pm-bad': /names no member/ }],
			[{ 'never-was': 'jdoe' }, { 'acts_for.never-was': /no account/ }],
			[{ 'pm-bad': '' }, { 'acts_for.pm-bad': /./ }],
			[Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, 1])), { acts_for: /at most 10/ }],
		];
		for (const [acts_for, faults] of cases)
			for (const [path, body] of [
				['/api-token', { name: 'x', scope: 'use', acts_for }],
				['/invitation', { name: 'x', acts_for }],
			] as const) {
				const answer = await refused('POST', path, body);
				expect([path, answer.status]).toEqual([path, 400]);
				for (const [at, message] of Object.entries(faults))
					expect([acts_for, faultsOf(answer)[at]]).toEqual([acts_for, expect.stringMatching(message)]);
			}
	});
});

describe('the member of a server', () => {
	it('is one of digits by identifier, else by id, as a form sends it', async () => {
		vendor();
		await connectAccount('pm-digits');
		for (const [acts_for, id] of [
			[7, 7],
			['7', 7],
			[' 7 ', 7],
			['1', 9],
		])
			expect(await createServer('pm-digits', { acts_for })).toMatchObject({ acts_for: { id } });
		for (const acts_for of ['77', '0', '7.0', '-7']) {
			const answer = await refused('POST', '/integrated-account/pm-digits/mcp', { name: 'x', config: { acts_for } });
			expect(faultsOf(answer), acts_for).toHaveProperty(['config.acts_for'], expect.stringMatching(/names no member/));
		}
	});
});
