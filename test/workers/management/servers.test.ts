// MCP servers through the management API: create, list, read, change, rotate, revoke, preview, log; openapi and health.

import { describe, it } from 'vitest';
import openApi from '../../../dashboard/openapi.json';
import type { LogEntry, ServerRecord } from '../../../workers/contracts/records.ts';
import { ROUTES } from '../../../workers/management/index.ts';
import type { LongNames } from '../../../workers/management/long-names.ts';
import {
	accountTables,
	api,
	callTool,
	connectAccount,
	createServer,
	dumpStorage,
	eventually,
	faultsOf,
	type Json,
	keyedHash,
	kvKeys,
	LIST_TICKETS,
	LIST_TIME_ENTRIES,
	mcp,
	mockVendor,
	type Page,
	post,
	refused,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	tokenKey,
	toolNames,
	UPDATE_TICKET,
} from '../support.ts';

setUp();

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('creating a server', () => {
	it("answers the article's request in exactly the promised shape", async ({ expect }) => {
		await connectAccount('shape');
		const config = {
			methods: ['read', 'write'],
			tags: ['service', 'time'],
			require_api_token_auth: false,
			tool_exposure: 'all',
			tool_names: 'full',
			list_format: 'records',
		};
		const { status, headers, body } = await api<ServerWithUrl>('POST', '/integrated-account/shape/mcp', {
			name: 'ChatGPT ConnectWise PSA Server',
			config,
			expires_at: null,
		});
		expect(status).toBe(201);
		expect(headers.get('cache-control')).toBe('no-store');
		expect(Object.keys(body)).toEqual([
			'id',
			'name',
			'config',
			'integrated_account_id',
			'expires_at',
			'created_at',
			'updated_at',
			'listed',
			'long_names',
			'token',
			'url',
			'oauth_url',
		]);
		expect(body).toEqual({
			id: expect.stringMatching(/^mcp_cwp_[0-9a-f]{12,}$/),
			name: 'ChatGPT ConnectWise PSA Server',
			config,
			integrated_account_id: 'shape',
			expires_at: null,
			created_at: expect.stringMatching(MOMENT),
			updated_at: expect.stringMatching(MOMENT),
			listed: { exposure: 'all', tools: expect.any(Number) },
			// The article's full names are too long for Cursor behind this server's name.
			long_names: expect.objectContaining({ limit: 60, notice: expect.stringContaining('"short" fits') }),
			token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
			url: `http://localhost/mcp/${body.token}`,
			oauth_url: `http://localhost/connect/shape/${body.id}`,
		});
	});

	it('takes an empty config, and then offers everything', async ({ expect }) => {
		await connectAccount('plain');
		const { status, body } = await api<ServerWithUrl>('POST', '/integrated-account/plain/mcp', {
			name: 'all',
			config: {},
		});
		expect([status, body.config, body.expires_at]).toEqual([201, {}, null]);
		const names = await toolNames(body.url);
		expect(names).toContain(LIST_TICKETS);
		expect(names).toContain(UPDATE_TICKET);
	});

	it('gives the URL the origin that was asked', async ({ expect }) => {
		await connectAccount('origin');
		const { body } = await api(
			'POST',
			'/integrated-account/origin/mcp',
			{ name: 'x' },
			{ origin: 'http://127.0.0.1:8799' },
		);
		expect(body.url).toMatch(/^http:\/\/127\.0\.0\.1:8799\/mcp\//);
	});

	it('mints another token each time', async ({ expect }) => {
		await connectAccount('many');
		const tokens = await Promise.all(Array.from({ length: 5 }, async () => (await createServer('many')).token));
		expect(new Set(tokens).size).toBe(5);
	});

	// security: S-05
	it('shows token and URL in that answer and in no other, and keeps neither', async ({ expect }) => {
		await connectAccount('once');
		const server = await createServer('once');
		mockVendor(() => Response.json([]));
		await callTool(server.url, LIST_TICKETS);
		await logEntries(server, 1);
		const answers = [
			await api('GET', '/integrated-account/once/mcp'),
			await api('GET', serverPath(server)),
			await api('PATCH', serverPath(server), { name: 'other' }),
			await api('GET', `${serverPath(server)}/log`),
			await api('GET', '/integrated-account/once'),
		];
		for (const { text } of answers) {
			expect(text).not.toContain(server.token);
			expect(JSON.parse(text)).not.toHaveProperty('url');
		}
		const kept = await dumpStorage();
		expect(kept).toContain(keyedHash(server.token));
		expect(kept).not.toContain(server.token);
	});

	const far = ['9999-12-31T23:59:59Z', '2263-01-01T00:00:00Z', '2150-01-01T00:00:00+14:00'];
	for (const expires_at of far) {
		it(`takes the far end ${expires_at}, and keeps KV in step beside it`, async ({ expect }) => {
			const account = await connectAccount(`far-${expires_at.slice(0, 4)}`);
			const { url } = await createServer(account, {}, { expires_at });
			const other = await createServer(account);
			expect((await mcp(url, 'ping')).status).toBe(200);
			await api('DELETE', serverPath(other));
			expect(await kvKeys(tokenKey(other))).toEqual([]);
		});
	}
});

describe('listing and reading servers', () => {
	it('lists consistently at once, newest first, page by page', async ({ expect }) => {
		await connectAccount('list');
		const created: string[] = [];
		for (let i = 0; i < 5; i++) {
			const { id } = await createServer('list');
			created.unshift(id);
			const { body } = await api<Page<ServerRecord>>('GET', '/integrated-account/list/mcp');
			expect(body.result.map((server) => server.id)).toEqual(created);
			expect(body.next_cursor).toBeNull();
		}
		const seen: string[] = [];
		let cursor: string | null = '';
		let pages = 0;
		do {
			const path: string = `/integrated-account/list/mcp?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
			const { body } = await api<Page<ServerRecord>>('GET', path);
			seen.push(...body.result.map(({ id }) => id));
			cursor = body.next_cursor;
			pages++;
		} while (cursor);
		expect([seen, pages]).toEqual([created, 3]);
	});

	it('lists the same records that it reads', async ({ expect }) => {
		await connectAccount('same');
		const { token: _token, url: _url, ...record } = await createServer('same', { tags: ['time'] });
		expect((await api('GET', serverPath(record))).body).toEqual(record);
		expect((await api('GET', '/integrated-account/same/mcp')).body.result).toEqual([record]);
	});

	it("does not find another account's server", async ({ expect }) => {
		await connectAccount('mine');
		await connectAccount('theirs');
		const { id } = await createServer('theirs');
		for (const method of ['GET', 'DELETE']) {
			expect((await refused(method, `/integrated-account/mine/mcp/${id}`)).status).toBe(404);
		}
		expect((await refused('PATCH', `/integrated-account/mine/mcp/${id}`, { name: 'x' })).status).toBe(404);
		expect((await refused('POST', `/integrated-account/mine/mcp/${id}/rotate`)).status).toBe(404);
	});

	for (const query of [
		'limit=0',
		'limit=201',
		'limit=ten',
		'limit=',
		'cursor=%21%21',
		'cursor=a%21',
		'cursor=-1',
		'limit=0&cursor=%21',
	]) {
		it(`refuses ?${query}`, async ({ expect }) => {
			await connectAccount(`query-${query.replace(/[^a-z0-9]/g, '-')}`);
			const answer = await refused('GET', `/integrated-account/query-${query.replace(/[^a-z0-9]/g, '-')}/mcp?${query}`);
			expect(answer.status).toBe(400);
			expect(Object.keys(faultsOf(answer))).toEqual(['limit', 'cursor'].filter((name) => query.includes(`${name}=`)));
		});
	}

	it('refuses query parameters that it does not know, each with the nearest that it does', async ({ expect }) => {
		await connectAccount('unknown-query');
		const path = '/integrated-account/unknown-query';
		const { status, body } = await refused('GET', `${path}/mcp?limt=5&zzzzzzzz=1&limit=5&limt=6`);
		expect([status, body.code, body.details]).toEqual([
			400,
			'invalid_input',
			[
				{ path: 'limt', message: 'is no query parameter here. Did you mean "limit"?' },
				{ path: 'zzzzzzzz', message: 'is no query parameter here.' },
			],
		]);
		expect(faultsOf(await refused('GET', `${path}/tools?tag=time`))).toEqual({
			tag: 'is no query parameter here. Did you mean "tags"?',
		});
		expect(faultsOf(await refused('DELETE', `${path}?dry_run=1`))).toEqual({ dry_run: 'is no query parameter here.' });
		expect((await api('GET', path)).status).toBe(200);
	});

	it('takes next_cursor for cursor, by the name that the answer gives it', async ({ expect }) => {
		await connectAccount('both-names');
		for (const _ of [1, 2]) await createServer('both-names');
		const path = '/integrated-account/both-names/mcp?limit=1';
		const cursor = (await api<Page<ServerRecord>>('GET', path)).body.next_cursor;
		const second = (await api<Page<ServerRecord>>('GET', `${path}&cursor=${cursor}`)).body;
		expect(second.result).toHaveLength(1);
		expect((await api('GET', `${path}&next_cursor=${cursor}`)).body).toEqual(second);
	});
});

describe('changing a server', () => {
	it('merges config shallowly and leaves the rest', async ({ expect }) => {
		await connectAccount('merge');
		const server = await createServer('merge', { methods: ['read'], tags: ['service'] });
		const { status, body } = await api<ServerRecord>('PATCH', serverPath(server), {
			config: { tags: ['time'], list_format: 'table' },
		});
		expect(status).toBe(200);
		expect(body.config).toEqual({ methods: ['read'], tags: ['time'], list_format: 'table' });
		expect([body.name, body.created_at]).toEqual([server.name, server.created_at]);
		expect(Date.parse(body.updated_at)).toBeGreaterThanOrEqual(Date.parse(server.updated_at));
		expect(await toolNames(server.url)).toContain(LIST_TIME_ENTRIES);
		expect(await toolNames(server.url)).not.toContain(LIST_TICKETS);
	});

	it('takes any member of the config back to its default by null, and leaves the others', async ({ expect }) => {
		const account = await connectAccount('nulls');
		const given: Json = {
			methods: ['read'],
			tags: ['service'],
			tools: { deny: ['list_tickets'] },
			require_api_token_auth: true,
			tool_exposure: 'all',
			tool_names: 'short',
			list_format: 'table',
			search_and_fetch: true,
			answer_budget_kb: 20,
			calls_per_minute: 5,
			writes_per_day: 3,
			duplicate_window_seconds: 9,
			time_zone: 'Europe/Paris',
			show_previous: true,
			rehearsal: true,
			redact: true,
		};
		const server = await createServer(account, given);
		const left = { ...given };
		for (const member of Object.keys(given)) {
			delete left[member];
			const { status, body } = await api<ServerRecord>('PATCH', serverPath(server), { config: { [member]: null } });
			expect([member, status, body.config]).toEqual([member, 200, left]);
		}
		for (const member of ['name', 'paused', 'config'])
			expect((await refused('PATCH', serverPath(server), { [member]: null })).status).toBe(400);
	});

	it('takes a filter away with null', async ({ expect }) => {
		await connectAccount('unfilter');
		const server = await createServer('unfilter', { methods: ['read'], tags: ['service'] });
		const { body } = await api<ServerRecord>('PATCH', serverPath(server), { config: { methods: null } });
		expect(body.config).toEqual({ tags: ['service'] });
		expect(await toolNames(server.url)).toContain(UPDATE_TICKET);
	});

	it('sets an end and clears it with null', async ({ expect }) => {
		await connectAccount('ends');
		const server = await createServer('ends');
		const end = secondsFromNow(3600);
		expect((await api('PATCH', serverPath(server), { expires_at: end })).body.expires_at).toBe(end);
		expect((await api('PATCH', serverPath(server), { name: 'x' })).body.expires_at).toBe(end);
		expect((await api('PATCH', serverPath(server), { expires_at: null })).body.expires_at).toBeNull();
	});

	// security: S-39
	it('refuses a change that leaves no tool, and changes nothing', async ({ expect }) => {
		await connectAccount('narrow');
		const server = await createServer('narrow', { tags: ['schedule'] });
		const answer = await refused('PATCH', serverPath(server), { name: 'x', config: { methods: ['merge'] } });
		expect([answer.status, answer.body.code]).toEqual([400, 'no_matching_tools']);
		const { token: _token, url: _url, ...record } = server;
		expect((await api('GET', serverPath(server))).body).toEqual(record);
	});

	// security: S-39
	it('keeps both of two narrowings that come at once', async ({ expect }) => {
		await connectAccount('both');
		const server = await createServer('both');
		const changes = await Promise.all([
			api('PATCH', serverPath(server), { config: { methods: ['read'] } }),
			api('PATCH', serverPath(server), { config: { tags: ['time'] } }),
			api('PATCH', serverPath(server), { config: { require_api_token_auth: true } }),
		]);
		expect(changes.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect((await api('GET', serverPath(server))).body.config).toEqual({
			methods: ['read'],
			tags: ['time'],
			require_api_token_auth: true,
		});
	});
});

describe('rotating a server', () => {
	it('stops the old URL at once and opens a new one to the same server', async ({ expect }) => {
		await connectAccount('rotate');
		const old = await createServer('rotate', { methods: ['read'] }, { expires_at: secondsFromNow(600) });
		const calls = mockVendor(() => Response.json([]));
		await callTool(old.url, LIST_TICKETS);
		const { status, headers, body } = await api<ServerWithUrl>('POST', `${serverPath(old)}/rotate`);
		expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
		expect(body).toEqual({ ...old, token: body.token, url: body.url, updated_at: body.updated_at });
		expect(body.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(body.token).not.toBe(old.token);
		expect((await callTool(old.url, LIST_TICKETS)).status).toBe(404);
		expect((await callTool(body.url, LIST_TICKETS)).status).toBe(200);
		expect(calls.length).toBe(2);
		expect(await kvKeys('token:')).toContain(tokenKey(body));
		expect(await kvKeys('token:')).not.toContain(tokenKey(old));
	});

	it('leaves one good token after two rotations at once', async ({ expect }) => {
		await connectAccount('rotate-race');
		const old = await createServer('rotate-race');
		const both = await Promise.all([1, 2].map(() => api<ServerWithUrl>('POST', `${serverPath(old)}/rotate`)));
		const statuses = await Promise.all(
			[old, ...both.map(({ body }) => body)].map(async ({ url }) => (await mcp(url, 'ping')).status),
		);
		expect(statuses[0]).toBe(404);
		expect(statuses.slice(1).sort()).toEqual([200, 404]);
	});
});

describe('revoking a server', () => {
	it('ends its URL, its record and its KV entry', async ({ expect }) => {
		await connectAccount('revoke');
		const server = await createServer('revoke');
		mockVendor(() => Response.json([]));
		await callTool(server.url, LIST_TICKETS);
		await logEntries(server, 1);
		expect((await api('DELETE', serverPath(server))).status).toBe(204);
		expect((await mcp(server.url, 'ping')).status).toBe(404);
		expect((await refused('GET', serverPath(server))).status).toBe(404);
		expect((await refused('DELETE', serverPath(server))).status).toBe(404);
		expect(await kvKeys(tokenKey(server))).toEqual([]);
		expect(await accountTables('revoke')).toMatchObject({ server: [], usage: [], dirty: [] });
	});
});

describe('the preview of tools', () => {
	const configs: { query: string; config: Json }[] = [
		{ query: '', config: {} },
		{ query: 'methods=read&tags=service,time', config: { methods: ['read'], tags: ['service', 'time'] } },
		{ query: 'methods=list&methods=get&tool_names=short', config: { methods: ['list', 'get'], tool_names: 'short' } },
		{ query: 'tags=company&list_format=table', config: { tags: ['company'], list_format: 'table' } },
	];
	for (const { query, config } of configs) {
		it(`equals tools/list of a server with ${JSON.stringify(config)}`, async ({ expect }) => {
			const account = await connectAccount(`preview-${configs.findIndex((one) => one.query === query)}`);
			const { url } = await createServer(account, { ...config, tool_exposure: 'all' });
			const listed = (await mcp(url, 'tools/list')).body.result?.tools;
			const { body } = await api<{ tools: Json[]; count: number; bytes: number; tokens: number }>(
				'GET',
				`/integrated-account/${account}/tools?tool_exposure=all&${query}`,
			);
			const tools = body.tools.map(({ resource, method, method_class, tags, ...tool }) => {
				expect([typeof resource, typeof method]).toEqual(['string', 'string']);
				expect(['read', 'write', 'custom']).toContain(method_class);
				if (resource !== 'job') expect(tags).not.toEqual([]);
				return tool;
			});
			expect(tools).toEqual(listed);
			expect(body.count).toBe(tools.length);
			expect(body.bytes).toBe(new TextEncoder().encode(JSON.stringify(listed)).length);
			expect(body.tokens).toBeGreaterThan(0);
		});
	}

	it('says what each choice brings and costs', async ({ expect }) => {
		await connectAccount('preview-costs');
		type Costs = Record<string, { tools: number; tokens: number }>;
		const preview = async (query: string) =>
			(
				await api<{ tools: Json[]; count: number; listed: number; tokens: number; choices: Record<string, Costs> }>(
					'GET',
					`/integrated-account/preview-costs/tools?${query}`,
				)
			).body;
		const all = await preview('');
		const time = await preview('tags=time&methods=read');
		expect(time.choices.tags).toEqual(all.choices.tags);
		for (const [tag, { tools, tokens }] of Object.entries(all.choices.tags ?? {})) {
			if (!['time', 'ticket', 'destructive'].includes(tag)) continue;
			const only = await preview(`tags=${tag}&tool_exposure=all&view=summary`);
			const jobs = only.tools.filter(({ resource }) => resource === 'job');
			expect(only.count - jobs.length, tag).toBe(tools);
			const ofJobs = jobs.reduce((sum, job) => sum + Number(job.tokens), 0);
			expect(Math.abs(only.tokens - ofJobs - tokens) / tokens, tag).toBeLessThan(0.15);
		}
		const { read, write, custom } = all.choices.methods ?? {};
		expect((read?.tools ?? 0) + (write?.tools ?? 0) + (custom?.tools ?? 0)).toBe(all.count);
		const { auto } = all.choices.tool_exposure ?? {};
		expect([auto?.tools, auto?.tokens]).toEqual([all.listed, all.tokens]);
		expect(all.listed).toBeLessThan(all.count);
		const { discovery } = time.choices.tool_exposure ?? {};
		const discovered = await preview('tags=time&methods=read&tool_exposure=discovery');
		expect([discovered.count, discovered.listed, discovered.tokens]).toEqual([time.count, 3, discovery?.tokens]);
		expect(discovery?.tokens).toBeLessThan(600);
	});

	it('refuses what a config refuses', async ({ expect }) => {
		await connectAccount('preview-bad');
		const answer = await refused(
			'GET',
			'/integrated-account/preview-bad/tools?methods=reed&tags=servce&tool_names=tiny',
		);
		expect(answer.status).toBe(400);
		expect(Object.keys(faultsOf(answer))).toEqual(['config.methods.0', 'config.tags.0', 'config.tool_names']);
	});
});

describe('the log of a server', () => {
	it('tells of each call when, what, how long and how much', async ({ expect }) => {
		await connectAccount('log');
		const server = await createServer('log');
		mockVendor(({ method }) =>
			method === 'GET'
				? Response.json([{ id: 1 }])
				: Response.json({ code: 'NotFound', message: 'Service Ticket 404 not found' }, { status: 404 }),
		);
		const headers = { 'user-agent': 'test-client/1.0' };
		await callTool(server.url, LIST_TICKETS, { conditions: 'summary="größer"' }, { headers });
		await logEntries(server, 1);
		await callTool(server.url, UPDATE_TICKET, { id: 404, summary: 'x' }, { headers });
		await logEntries(server, 2);
		await callTool(server.url, UPDATE_TICKET, { id: 'none' }, { headers });
		const entries = await logEntries(server, 3);
		expect(
			entries.map(({ tool, method_class, outcome, upstream_status }) => [tool, method_class, outcome, upstream_status]),
		).toEqual([
			[UPDATE_TICKET, 'write', 'refused', null],
			[UPDATE_TICKET, 'write', 'upstream_error', 404],
			[LIST_TICKETS, 'read', 'ok', 200],
		]);
		for (const entry of entries) {
			expect(entry).toEqual({
				at: expect.stringMatching(MOMENT),
				tool: expect.any(String),
				method_class: expect.any(String),
				outcome: expect.any(String),
				upstream_status: entry.upstream_status,
				duration_ms: expect.any(Number),
				upstream_ms: entry.upstream_status === null ? null : expect.any(Number),
				request_bytes: expect.any(Number),
				response_bytes: expect.any(Number),
				via: 'url',
				api_token_id: null,
				grant_id: null,
				person: null,
				record_type: 'tickets',
				record_id: entry.record_id,
				fields: entry.tool === LIST_TICKETS ? [] : expect.any(Array),
				client: 'test-client/1.0',
				request_id: expect.stringMatching(/^\S{8,}$/),
			});
		}
		// What is no id of such a record is not kept.
		expect(entries.map(({ record_id }) => record_id)).toEqual([null, 404, null]);
		const sent = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
		const params = { name: LIST_TICKETS, arguments: { conditions: 'summary="größer"' } };
		expect(entries[2]?.request_bytes).toBe(new TextEncoder().encode(JSON.stringify({ ...sent, params })).length);
	});

	it('names the client as the message does, then as its User-Agent does', async ({ expect }) => {
		await connectAccount('log-client');
		const server = await createServer('log-client');
		mockVendor(() => Response.json([]));
		const META = 'io.modelcontextprotocol';
		const names = ['modern-client', 'x'.repeat(100), ''];
		for (const [index, name] of names.entries()) {
			const _meta = {
				[`${META}/protocolVersion`]: '2026-07-28',
				[`${META}/clientCapabilities`]: {},
				[`${META}/clientInfo`]: { name, version: '1' },
			};
			const { status } = await post(
				server.url,
				{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: LIST_TICKETS, arguments: {}, _meta } },
				{
					headers: {
						'mcp-protocol-version': '2026-07-28',
						'mcp-method': 'tools/call',
						'mcp-name': LIST_TICKETS,
						'user-agent': 'runtime/1.0',
					},
				},
			);
			expect(status).toBe(200);
			await logEntries(server, index + 1);
		}
		await callTool(server.url, LIST_TICKETS, {}, { headers: { 'user-agent': 'older-client/1.0' } });
		expect((await logEntries(server, 4)).map(({ client }) => client)).toEqual([
			'older-client/1.0',
			'runtime/1.0',
			'x'.repeat(80),
			'modern-client',
		]);
	});

	it('is paged, newest first', async ({ expect }) => {
		await connectAccount('log-pages');
		const server = await createServer('log-pages');
		mockVendor(() => Response.json([]));
		for (const _ of [1, 2, 3]) await callTool(server.url, LIST_TICKETS);
		const all = await logEntries(server, 3);
		const first = (await api<Page<LogEntry>>('GET', `${serverPath(server)}/log?limit=2`)).body;
		const second = (await api<Page<LogEntry>>('GET', `${serverPath(server)}/log?limit=2&cursor=${first.next_cursor}`))
			.body;
		expect([...first.result, ...second.result]).toEqual(all);
		expect(second.next_cursor).toBeNull();
	});

	// security: S-15
	it('keeps no argument and no result, in it or anywhere else', async ({ expect }) => {
		await connectAccount('discreet');
		const server = await createServer('discreet');
		mockVendor(({ method, url }) =>
			url.includes('/404')
				? Response.json({ code: 'NotFound', message: 'VENDOR-TELLTALE not found' }, { status: 404 })
				: method === 'GET' && !/\/\d+$/.test(new URL(url).pathname)
					? Response.json([{ id: 1, summary: 'VENDOR-TELLTALE' }])
					: Response.json({ id: 1, summary: 'VENDOR-TELLTALE' }),
		);
		const answers = [
			await callTool(server.url, LIST_TICKETS, { conditions: 'summary="ARGUMENT-TELLTALE"' }),
			await callTool(server.url, UPDATE_TICKET, { id: 1, summary: 'ARGUMENT-TELLTALE' }),
			await callTool(server.url, UPDATE_TICKET, { id: 404, summary: 'ARGUMENT-TELLTALE' }),
			await callTool(server.url, UPDATE_TICKET, { id: 1, 'ARGUMENT-TELLTALE': 1 }),
		];
		expect(answers.every(({ text }) => text.includes('TELLTALE'))).toBe(true);
		await logEntries(server, 4);
		expect(await dumpStorage()).not.toMatch(/TELLTALE/i);
	});
});

describe('names that a client does not take', () => {
	it('are told where the server is created and read, with the way out', async ({ expect }) => {
		await connectAccount('long-names');
		const name = 'ChatGPT ConnectWise PSA Server';
		const full = await createServer('long-names', { tags: ['service', 'time'] }, { name });
		const { body } = await api<ServerWithUrl>('GET', serverPath(full));
		for (const { long_names } of [full, body] as unknown as { long_names: LongNames }[]) {
			expect(long_names).toMatchObject({ limit: 60, notice: expect.stringContaining('"tool_names": "short" fits') });
			expect(long_names.tools).toBeGreaterThanOrEqual(long_names.examples.length);
			for (const example of long_names.examples)
				expect(`chatgpt-connectwise-psa_${example}`.length).toBeGreaterThan(60);
		}
	});

	it('are none of the short ones, whatever the server is called', async ({ expect }) => {
		for (const name of ['A', 'ChatGPT ConnectWise PSA Server of everybody'])
			for (const tool_exposure of ['all', 'auto', 'discovery'] as const) {
				const server = await createServer('long-names', { tool_names: 'short', tool_exposure }, { name });
				expect(server).not.toHaveProperty('long_names');
			}
	});
});

describe('openapi.json', () => {
	const contract = [
		'POST /integrated-account',
		'GET /integrated-account',
		'GET /integrated-account/{id}',
		'PATCH /integrated-account/{id}',
		'DELETE /integrated-account/{id}',
		'POST /integrated-account/{id}/test',
		'POST /integrated-account/{id}/mcp',
		'GET /integrated-account/{id}/mcp',
		'GET /integrated-account/{id}/mcp/{server_id}',
		'PATCH /integrated-account/{id}/mcp/{server_id}',
		'DELETE /integrated-account/{id}/mcp/{server_id}',
		'POST /integrated-account/{id}/mcp/{server_id}/rotate',
		'GET /integrated-account/{id}/tools',
		'GET /integrated-account/{id}/mcp/{server_id}/log',
		'POST /integrated-account/{id}/mcp/{server_id}/rpc',
		'POST /api-token',
		'GET /api-token',
		'DELETE /api-token/{token_id}',
		'GET /health',
	];

	interface Operation {
		operationId?: string;
		parameters?: { name: string; in: string; required?: boolean; schema: Json }[];
		requestBody?: { content: Record<string, { schema: Json }> };
		responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>;
	}
	type Description = {
		openapi: string;
		info: Json;
		paths: Record<string, Record<string, Operation>>;
		components: { schemas: Record<string, Json> };
	};
	const body = openApi as unknown as Description;

	it('describes every route', ({ expect }) => {
		expect(body.openapi).toMatch(/^3\.1\.\d+$/);
		expect(body.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
		const described = Object.entries(body.paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		);
		for (const route of contract) expect(described).toContain(route);
		for (const { method, path } of ROUTES) expect(described).toContain(`${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
	});

	it('is sound: parameters declared, answers described, references that resolve, names used once', ({ expect }) => {
		const ids: unknown[] = [];
		for (const [path, methods] of Object.entries(body.paths)) {
			for (const operation of Object.values(methods)) {
				if (operation.operationId) ids.push(operation.operationId);
				const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
				expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
				expect(inPath.every(({ required }) => required === true)).toBe(true);
				expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
				for (const [status, { description }] of Object.entries(operation.responses)) {
					expect(status).toMatch(/^[1-5]\d\d$/);
					expect(description).toBeTruthy();
				}
			}
		}
		expect(new Set(ids).size).toBe(ids.length);
		const references = [...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) =>
			String(reference),
		);
		for (const reference of references) expect(resolve(body, reference), reference).toBeTypeOf('object');
	});

	it('tells the schemas that check the input', async ({ expect }) => {
		const { components } = body;
		const schema = components.schemas.ServerInput;
		expect(schema).toMatchObject({ type: 'object', additionalProperties: false, required: ['name'] });
		const members = schema?.properties as Record<string, { properties?: Json }>;
		expect(Object.keys(members)).toEqual(['name', 'config', 'expires_at', 'paused']);
		expect(Object.keys(members.config?.properties ?? {})).toEqual([
			'methods',
			'tags',
			'tools',
			'require_api_token_auth',
			'tool_exposure',
			'tool_names',
			'list_format',
			'search_and_fetch',
			'answer_budget_kb',
			'calls_per_minute',
			'writes_per_day',
			'duplicate_window_seconds',
			'time_zone',
			'acts_for',
			'show_previous',
			'rehearsal',
			'redact',
		]);
		const answer = components.schemas.ServerWithUrl;
		// `paused` is shown only while it is true.
		const always = Object.keys(answer?.properties as Json).filter(
			(name) => !['paused', 'acts_for', 'notice', 'long_names'].includes(name),
		);
		expect(always).toEqual(Object.keys(await createdServer()));
	});
});

describe('GET /health', () => {
	it('answers without a token', async ({ expect }) => {
		const { status, body, headers } = await api('GET', '/health', undefined, { token: null });
		expect([status, body, headers.get('cache-control')]).toEqual([200, { status: 'ok' }, 'no-store']);
	});

	it('answers HEAD the same, without a body', async ({ expect }) => {
		const { status, text, headers } = await api('HEAD', '/health', undefined, { token: null });
		expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
	});
});

async function createdServer(): Promise<ServerWithUrl> {
	return createServer(await connectAccount('described'));
}

function resolve(document: unknown, reference: string): unknown {
	return reference
		.replace(/^#\//, '')
		.split('/')
		.reduce<unknown>((found, step) => (found as Json | undefined)?.[step], document);
}

/** Entries are stored a moment after their call was answered. */
async function logEntries(server: ServerRecord, count: number): Promise<Omit<LogEntry, 'server_id'>[]> {
	return eventually(async () => {
		const { body } = await api<Page<LogEntry>>('GET', `${serverPath(server)}/log`);
		if (body.result.length < count) throw new Error(`${body.result.length} of ${count} entries`);
		return body.result;
	});
}
