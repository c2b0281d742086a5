// Who did what: each call's line says through what it came and what it was about, a trail says who managed what. Both
// outlive servers and accounts for 30 days, under the account's identity, and hold no secret, argument or result.
import { runInDurableObject } from 'cloudflare:test';
import { describe, it } from 'vitest';
import type { LogEntry } from '../../../workers/contracts/records.ts';
import type { TrailEntry } from '../../../workers/contracts/trail.ts';
import {
	accountStub,
	api,
	at,
	callTool,
	connectAccount,
	createApiToken,
	createServer,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	LOCAL_TOKEN,
	mockVendor,
	type Page,
	refused,
	type ServerWithUrl,
	seenAccount,
	serverPath,
	setUp,
	tablesOf,
	UPDATE_TICKET,
} from '../support.ts';

setUp();

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
type Trail = { result: TrailEntry[]; newest_cursor: string };
const trailOf = async (accountId: string, query = '') =>
	(await api<Trail>('GET', `/integrated-account/${accountId}/trail${query}`)).body;
const linesOf = async (server: ServerWithUrl, count: number) =>
	eventually(async () => {
		const { body } = await api<Page<LogEntry>>('GET', `${serverPath(server)}/log`);
		if (body.result.length < count) throw new Error(`${body.result.length} lines`);
		return body.result;
	});

describe('a line of the log', () => {
	it('says through what the call came, and what it was about', async ({ expect }) => {
		await connectAccount('about');
		const server = await createServer('about');
		mockVendor(({ method }) => Response.json(method === 'GET' ? { id: 5 } : { id: 77 }));
		const calls: { tool: string; args: Json; expected: Partial<LogEntry> }[] = [
			{ tool: LIST_TICKETS, args: {}, expected: { record_type: 'tickets', record_id: null, fields: [] } },
			{ tool: GET_TICKET, args: { id: 5 }, expected: { record_type: 'tickets', record_id: 5, fields: [] } },
			{
				tool: CREATE_TICKET,
				args: { summary: 'telltale-summary', board: { id: 1 }, company: { id: 1 } },
				expected: { record_type: 'tickets', record_id: 77, fields: ['summary', 'board', 'company'] },
			},
			{
				tool: UPDATE_TICKET,
				args: { id: 9, summary: 'telltale-summary' },
				expected: { record_type: 'tickets', record_id: 9, fields: ['summary'] },
			},
			{
				tool: UPDATE_TICKET,
				args: { id: 9, 'telltale-argument': 1 },
				expected: { outcome: 'refused', record_id: 9, fields: [] },
			},
			...['a telltale of Jane', 'telltale-1', '12 telltale', 'telltale'.repeat(40), '１２telltale'].map((id) => ({
				tool: GET_TICKET,
				args: { id },
				expected: { outcome: 'refused' as const, record_id: null },
			})),
			{ tool: GET_TICKET, args: { id: '12' }, expected: { record_id: '12' } },
		];
		for (const [index, { tool, args, expected }] of calls.entries()) {
			await callTool(server.url, tool, args);
			const [line] = await linesOf(server, index + 1);
			expect(line, tool).toMatchObject({ ...expected, via: 'url', api_token_id: null, grant_id: null, person: null });
			expect(JSON.stringify(line)).not.toContain('telltale');
		}
	});

	it('names the API token of a second factor, and of a call through the management API', async ({ expect }) => {
		await connectAccount('trail-tokens');
		const server = await createServer('trail-tokens', { require_api_token_auth: true });
		mockVendor(() => Response.json([]));
		const { body } = await api<{ id: string; token: string }>('POST', '/api-token', {
			name: 'Claude',
			scope: 'use',
			accounts: ['trail-tokens'],
		});
		await callTool(server.url, LIST_TICKETS, {}, { headers: { authorization: `Bearer ${body.token}` } });
		expect((await linesOf(server, 1))[0]).toMatchObject({ via: 'url', api_token_id: body.id });
		const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST_TICKETS, arguments: {} } };
		await api('POST', `${serverPath(server)}/rpc`, message);
		const [line] = await linesOf(server, 2);
		expect(line).toMatchObject({ via: 'management', api_token_id: expect.stringMatching(/^tok_/) });
		expect(line?.api_token_id).not.toBe(body.id);
	});
});

describe('the trail of management', () => {
	it('tells each change with who made it, before and after, and no secret', async ({ expect }) => {
		await connectAccount('trailed');
		const server = await createServer('trailed', { tags: ['service'] }, { name: 'Desk' });
		const path = '/integrated-account/trailed';
		await api('PATCH', path, { name: 'Acme Ltd', credentials: { private_key: 'telltale-new-key' } });
		await api('PATCH', serverPath(server), { config: { methods: ['read'] } });
		await api('PATCH', serverPath(server), { paused: true });
		const { body } = await api<ServerWithUrl>('POST', `${serverPath(server)}/rotate`);
		await api('DELETE', serverPath(server));
		const { result } = await trailOf('trailed');
		const { identity } = await seenAccount('trailed');
		expect(result.map(({ action }) => action)).toEqual([
			'account.connected',
			'server.created',
			'account.changed',
			'server.changed',
			'server.changed',
			'server.rotated',
			'server.revoked',
		]);
		for (const entry of result)
			expect(entry).toMatchObject({
				account_id: 'trailed',
				account_identity: identity,
				via: 'api_token',
				api_token_id: expect.stringMatching(/^tok_/),
				session_id: null,
			});
		expect(result[2]).toMatchObject({
			before: { name: 'Acme' },
			after: { name: 'Acme Ltd', credentials: 'changed' },
		});
		expect(result[3]).toMatchObject({
			server_id: server.id,
			before: { config: { tags: ['service'] } },
			after: { config: { tags: ['service'], methods: ['read'] } },
		});
		expect(result[4]).toMatchObject({ before: { paused: null }, after: { paused: true } });
		const text = JSON.stringify(result);
		for (const secret of ['telltale', server.token, body.token, LOCAL_TOKEN, 'sealed'])
			expect(text).not.toContain(secret);
	});

	it('of the installation tells who made and revoked API tokens, and no token', async ({ expect }) => {
		const { body } = await api<{ id: string; token: string }>('POST', '/api-token', {
			name: 'Auditor',
			scope: 'manage',
			accounts: '*',
		});
		await api('DELETE', `/api-token/${body.id}`);
		const { result } = (await api<Trail>('GET', '/trail')).body;
		const told = result.filter(({ before, after }) => (before ?? after)?.id === body.id);
		expect(told.map(({ action, via }) => [action, via])).toEqual([
			['api_token.created', 'api_token'],
			['api_token.revoked', 'api_token'],
		]);
		expect(JSON.stringify(result)).not.toContain(body.token);
		expect(result.map(({ action }) => action)).toContain('api_token.claimed');
	});

	it('is pulled as NDJSON from a cursor, and misses nothing', async ({ expect }) => {
		await connectAccount('pulled');
		const pull = async (cursor: string) => {
			const { headers, text } = await api('GET', `/integrated-account/pulled/trail?format=ndjson&after=${cursor}`);
			expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
			const entries = text
				.split('\n')
				.filter(Boolean)
				.map((line) => JSON.parse(line) as TrailEntry);
			return { actions: entries.map(({ action }) => action), cursor: headers.get('next-cursor') ?? '' };
		};
		const first = await pull('');
		expect(first.actions).toEqual(['account.connected']);
		const nothing = await pull(first.cursor);
		expect(nothing).toEqual({ actions: [], cursor: first.cursor });
		await createServer('pulled');
		expect((await pull(nothing.cursor)).actions).toEqual(['server.created']);
		expect((await api('GET', '/integrated-account/pulled/trail?after=%21')).status).toBe(400);
	});

	it('keeps the last 1,000 entries', async ({ expect }) => {
		await connectAccount('long');
		const stub = accountStub('long');
		for (let count = 0; count < 1_010; count++)
			await stub.updateAccount({ name: `n${count}` }, await seenAccount('long'));
		expect((await trailOf('long')).result.length).toBe(1_000);
	});
});

describe('after the end', () => {
	it('every server is listed, also of those that ended in the same moment, and has a log, if an empty one', async ({
		expect,
	}) => {
		await connectAccount('at-once');
		const servers = await Promise.all(Array.from({ length: 7 }, () => createServer('at-once')));
		const [first, ...others] = servers as [ServerWithUrl, ...ServerWithUrl[]];
		await api('DELETE', serverPath(first));
		await api('DELETE', '/integrated-account/at-once');
		for (const limit of [1, 2, 3, 6, 7, 50]) {
			const listed: unknown[] = [];
			let cursor: string | null = '';
			let pages = 0;
			while (cursor !== null && pages < 9) {
				const query: string = `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
				const page = await api<Page<Json>>('GET', `/integrated-account/at-once/ended-servers?${query}`);
				listed.push(...page.body.result.map(({ id }) => id));
				cursor = page.body.next_cursor;
				pages += 1;
			}
			expect([limit, pages, listed.at(-1)]).toEqual([limit, Math.ceil(7 / limit), first.id]);
			expect(listed.toSorted()).toEqual(servers.map(({ id }) => id).toSorted());
		}
		for (const server of others) {
			const { status, body } = await api<Page<Json>>('GET', `${serverPath(server)}/log`);
			expect([status, body.result]).toEqual([200, []]);
		}
		expect((await refused('GET', '/integrated-account/at-once/mcp/mcp_cwp_000000000000/log')).status).toBe(404);
	});

	it('of a server and its account both are kept for 30 days, for unbound tokens alone', async ({ expect }) => {
		await connectAccount('archive');
		const server = await createServer('archive');
		mockVendor(() => Response.json([]));
		await callTool(server.url, LIST_TICKETS);
		await linesOf(server, 1);
		const { identity } = await seenAccount('archive');
		const bound = await createApiToken({ scope: 'manage', accounts: ['archive'] });
		await api('DELETE', serverPath(server));
		await api('DELETE', '/integrated-account/archive');
		// Another customer gets the id.
		await connectAccount('archive', { name: 'Next' });
		const next = await createServer('archive');
		const paths = [
			`${serverPath(server)}/log`,
			'/integrated-account/archive/trail',
			'/integrated-account/archive/ended-servers',
			'/ended-accounts',
		];
		const later = await createApiToken({ scope: 'manage', accounts: ['archive'] });
		for (const path of paths) {
			expect((await api('GET', path)).status, path).toBe(200);
			for (const token of [bound, later])
				expect([403, 404], path).toContain((await api('GET', path, undefined, { token })).status);
		}
		const log = await api<Page<LogEntry>>('GET', `${serverPath(server)}/log`);
		expect(log.body.result).toMatchObject([{ tool: LIST_TICKETS }]);
		const ndjson = await api('GET', `${serverPath(server)}/log?format=ndjson`);
		expect(JSON.parse(ndjson.text)).toMatchObject({ tool: LIST_TICKETS });
		const { result } = await trailOf('archive');
		const identities = result.map((entry) => [entry.action, entry.account_identity === identity]);
		expect(identities).toEqual([
			['account.connected', true],
			['server.created', true],
			['server.revoked', true],
			['account.deleted', true],
			['account.connected', false],
			['server.created', false],
		]);
		const servers = await api<Page<Json>>('GET', '/integrated-account/archive/ended-servers');
		expect(servers.body.result).toMatchObject([{ id: server.id, account_identity: identity }]);
		const accounts = await api<Page<Json>>('GET', '/ended-accounts');
		expect(accounts.body.result).toContainEqual(expect.objectContaining({ id: 'archive', identity, name: 'Acme' }));
		await at(Date.now() + 31 * 24 * 60 * 60_000, async () => {
			expect((await api('GET', `${serverPath(server)}/log`)).body).not.toMatchObject({
				result: [{ tool: LIST_TICKETS }],
			});
			expect((await trailOf('archive')).result).toEqual([]);
			await runInDurableObject(accountStub('archive'), (object) => object.alarm());
			const tables = await runInDurableObject(accountStub('archive'), (_, state) => tablesOf(state));
			expect([tables.log, tables.trail, tables.ended, tables.server?.length]).toEqual([[], [], [], 1]);
		});
		expect((await api('GET', serverPath(next))).status).toBe(200);
	});
});
