// What every request of the management API can rely on: repeats, ids, cursors, preconditions, and its own description.
import { describe, it } from 'vitest';
import openApi from '../../../dashboard/openapi.json';
import { DESCRIBED_ROUTES } from '../../../maintenance/openapi/routes.ts';
import { BODY_NAMES, EXAMPLES, SCHEMA_NAMES } from '../../../maintenance/openapi/words.ts';
import { ROUTES } from '../../../workers/management/index.ts';
import { parseCursor, writeCursor } from '../../../workers/management/route.ts';
import {
	accountInput,
	api,
	connectAccount,
	createServer,
	type Json,
	LOCAL_TOKEN,
	mockVendor,
	ORIGIN,
	refused,
	type ServerWithUrl,
	secondsFromNow,
	send,
	serverPath,
	setUp,
	toolNames,
} from '../support.ts';

setUp();

async function ask(method: string, path: string, body: unknown, headers: Record<string, string>) {
	const response = await send(
		new Request(ORIGIN + path, {
			method,
			headers: { authorization: `Bearer ${LOCAL_TOKEN}`, 'content-type': 'application/json', ...headers },
			body: body === undefined ? null : JSON.stringify(body),
		}),
	);
	return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

describe('Idempotency-Key', () => {
	const creates = [
		{ name: 'an account', path: '/integrated-account', body: accountInput() },
		{ name: 'a server', path: '/integrated-account/repeats-request/mcp', body: { name: 'x', config: {} } },
		{ name: 'an API token', path: '/api-token', body: { name: 'x', scope: 'use' } },
	];
	for (const { name, path, body } of creates)
		it(`makes ${name} once, however often and however close together it is sent`, async ({ expect }) => {
			if (path.includes('repeats-request')) await connectAccount('repeats-request');
			const headers = { 'idempotency-key': `key of ${name}` };
			const answers = await Promise.all([1, 2, 3].map(() => ask('POST', path, body, headers)));
			expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
			const made = answers.find(({ status }) => status === 201)?.body.id;
			for (const answer of [...answers, await ask('POST', path, { ...body, name: 'other' }, headers)])
				expect(answer.body.id).toBe(made);
			const other = await ask('POST', path, body, { 'idempotency-key': `another key of ${name}` });
			expect([other.status, other.body.id === made]).toEqual([201, false]);
			const bad = await ask('POST', path, body, { 'idempotency-key': 'x'.repeat(256) });
			expect(bad.status).toBe(400);
		});

	it('leads to a URL by a rotation, and does not bring back what was revoked', async ({ expect }) => {
		await connectAccount('repeats-again');
		const path = '/integrated-account/repeats-again/mcp';
		const headers = { 'idempotency-key': 'once' };
		await ask('POST', path, { name: 'x', config: { tags: ['time'] } }, headers);
		const repeat = await ask('POST', path, { name: 'x', config: { tags: ['time'] } }, headers);
		const rotated = await api<ServerWithUrl>('POST', `${path}/${repeat.body.id}/rotate`);
		expect((await toolNames(rotated.body.url)).length).toBeGreaterThan(0);
		await api('DELETE', serverPath(rotated.body));
		expect((await ask('POST', path, { name: 'x', config: {} }, headers)).status).toBe(409);
	});

	it('of two accounts, and of two API tokens, are two', async ({ expect }) => {
		const ids = [];
		for (const id of ['repeats-a', 'repeats-b']) {
			await connectAccount(id);
			const made = await ask('POST', `/integrated-account/${id}/mcp`, { name: 'x' }, { 'idempotency-key': 'same' });
			expect(made.status).toBe(201);
			ids.push(made.body.id);
		}
		expect(new Set(ids).size).toBe(2);
	});
});

describe('a request id', () => {
	it('is in every answer, in errors too, and never twice', async ({ expect }) => {
		const answers = [
			await api('GET', '/integrated-account'),
			await refused('GET', '/integrated-account/nowhere'),
			await refused('GET', '/nowhere'),
			await refused('PUT', '/api-token'),
			await refused('GET', '/api-token', undefined, { token: null }),
			await api('GET', '/health', undefined, { token: null }),
		];
		const ids = answers.map(({ headers }) => headers.get('x-request-id'));
		expect(new Set(ids).size).toBe(answers.length);
		for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
	});
});

describe('a cursor', () => {
	it('is one that was given out, whatever the position', ({ expect }) => {
		for (const position of [0, 1, 35, 36, 10_000, Number.MAX_SAFE_INTEGER])
			expect(parseCursor(writeCursor(position))).toBe(position);
		for (const text of [
			'abc',
			'a',
			'null',
			'undefined',
			'first',
			'1',
			`${writeCursor(7)}0`,
			writeCursor(7).toUpperCase(),
		])
			expect(parseCursor(text), text).toBeNaN();
	});

	it('that was not is refused by every list', async ({ expect }) => {
		await connectAccount('cursors');
		const server = await createServer('cursors');
		for (const route of ROUTES) {
			const name = ['cursor', 'after'].find((one) => route.query?.includes(one));
			if (name === undefined) continue;
			const path = route.path.replace(':id', 'cursors').replace(':server_id', server.id);
			const { status, body } = await refused(route.method, `${path}?${name}=abc`);
			expect([status, body.details?.[0]?.path], route.path).toEqual([400, name]);
		}
	});
});

describe('If-Match', () => {
	it('changes only what is still as it was read: accounts, servers, API tokens', async ({ expect }) => {
		await connectAccount('matching');
		const token = await api('POST', '/api-token', { name: 'matching', scope: 'use' });
		const paths = [
			'/integrated-account/matching',
			serverPath(await createServer('matching')),
			`/api-token/${token.body.id}`,
		];
		for (const path of paths) {
			const read = await api('GET', path);
			const etag = read.headers.get('etag') ?? '';
			expect(etag, path).toMatch(/^".+"$/);
			const first = await ask('PATCH', path, { name: 'first' }, { 'if-match': etag });
			expect([first.status, first.body.name]).toEqual([200, 'first']);
			const late = await ask('PATCH', path, { name: 'late' }, { 'if-match': etag });
			expect([late.status, late.body.code]).toEqual([412, 'precondition_failed']);
			const byTime = await ask('PATCH', path, { name: 'by time' }, { 'if-match': String(first.body.updated_at) });
			expect(byTime.status).toBe(200);
			expect(byTime.headers.get('etag')).not.toBe(first.headers.get('etag'));
			expect((await ask('PATCH', path, { name: 'any' }, { 'if-match': '*' })).status).toBe(200);
			expect((await api('GET', path)).body.name).toBe('any');
		}
	});

	it('of two changes made at once, one holds', async ({ expect }) => {
		await connectAccount('racing');
		const path = serverPath(await createServer('racing'));
		const etag = (await api('GET', path)).headers.get('etag') ?? '';
		const both = await Promise.all(['a', 'b'].map((name) => ask('PATCH', path, { name }, { 'if-match': etag })));
		expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
	});
});

describe('an API token', () => {
	it('is read without its secret, renamed, renewed and limited; what it may touch stays', async ({ expect }) => {
		const made = await api('POST', '/api-token', { name: 'one', scope: 'use', requests_per_minute: 5 });
		const path = `/api-token/${made.body.id}`;
		expect((await api('GET', path)).body).not.toHaveProperty('token');
		const expires_at = secondsFromNow(3_600);
		const changed = await api('PATCH', path, { name: 'two', expires_at, requests_per_minute: null });
		expect(changed.body).toMatchObject({ name: 'two', expires_at, scope: 'use', accounts: '*' });
		expect(changed.body).not.toHaveProperty('requests_per_minute');
		expect((await api('PATCH', path, { expires_at: null })).body.expires_at).toBeNull();
		for (const body of [{}, { scope: 'manage' }, { accounts: '*' }, { expires_at: '2020-01-01T00:00:00Z' }])
			expect((await refused('PATCH', path, body)).status, JSON.stringify(body)).toBe(400);
		const { body } = await api<{ result: Json[] }>('GET', '/trail');
		expect(body.result.findLast(({ action }) => action === 'api_token.changed')).toMatchObject({
			before: { expires_at },
			after: { expires_at: null },
		});
		await api('DELETE', path);
		for (const method of ['GET', 'PATCH'])
			expect((await refused(method, path, method === 'GET' ? undefined : { name: 'x' })).status).toBe(404);
	});
});

describe('openapi.json', () => {
	interface Operation {
		operationId?: string;
		summary?: string;
		tags?: string[];
		requestBody?: { content: Record<string, { schema: Json }> };
		responses: Record<string, { content?: Record<string, { schema: Json }> }>;
	}
	type Api = Json & {
		servers: { url: string }[];
		tags: { name: string; description: string }[];
		paths: Record<string, Record<string, Operation>>;
		components: { schemas: Record<string, Json> };
	};

	/** The recommended rules of linters, as far as a description made from a table can break them. */
	it('passes what linters ask: ids, summaries, tags, client errors, names, nothing unused', ({ expect }) => {
		const body = openApi as unknown as Api;
		const tags = new Set(body.tags.map(({ name }) => name));
		const used = new Set<string>();
		for (const { url } of body.servers) expect(url).not.toMatch(/localhost|example\.com/);
		for (const [path, methods] of Object.entries(body.paths))
			for (const [method, operation] of Object.entries(methods)) {
				const label = `${method} ${path}`;
				expect(operation.operationId, label).toBeTruthy();
				expect(operation.summary, label).toBeTruthy();
				for (const tag of operation.tags ?? ['']) {
					expect(tags, label).toContain(tag);
					used.add(tag);
				}
				const statuses = Object.keys(operation.responses);
				expect(
					statuses.some((status) => status.startsWith('2')),
					label,
				).toBe(true);
				expect(
					statuses.some((status) => status.startsWith('4')),
					label,
				).toBe(true);
				if (path !== '/health' && !path.startsWith('/session')) expect(statuses, label).toContain('429');
				const schema = operation.requestBody?.content['application/json']?.schema;
				if (schema) expect(schema, label).toHaveProperty('$ref');
			}
		expect(used).toEqual(tags);
		const text = JSON.stringify(body);
		for (const name of Object.keys(body.components.schemas)) expect(text).toContain(`#/components/schemas/${name}"`);
		const generic = Object.values(body.components.schemas).filter((schema) => schema === null);
		expect(generic).toEqual([]);
	});

	it('describes the routes that there are, with the query that each knows and the body that each takes', ({
		expect,
	}) => {
		const described = DESCRIBED_ROUTES.filter(({ path }) => path !== '/health').map(
			({ method, path, query = {}, body, isOpen = false }) => {
				// A message of MCP is checked by its own rules, not by the schema.
				const takesBody = body !== undefined && !path.endsWith('/rpc');
				return { method, path, query: Object.keys(query), takesBody, isOpen };
			},
		);
		const served = ROUTES.map(({ method, path, query = [], takesBody = false, ...route }) => {
			return { method, path, query: [...query], takesBody, isOpen: 'handleOpen' in route };
		});
		expect(described).toEqual(served);
	});

	it('describes the rarer answers too, each by its status and media type', async ({ expect }) => {
		await connectAccount('rare');
		const server = serverPath(await createServer('rare'));
		mockVendor(() => new Response(null, { status: 503 }));
		const acts_for = { name: 'x', config: { acts_for: 'jdoe' } };
		const asked: [method: string, path: string, body?: unknown][] = [
			['POST', `${server}/rpc`, { jsonrpc: '2.0', method: 'notifications/initialized' }],
			['POST', `${server}/rpc`, []],
			['POST', `${server}/rpc`, '{'],
			['GET', `${server}/log?format=csv`],
			['GET', `${server}/log?format=ndjson`],
			['GET', '/trail?format=ndjson'],
			['GET', '/integrated-account/rare/trail?format=ndjson'],
			['GET', '/integrated-account/rare?nope=1'],
			['POST', `${server}/rotate`, { name: 'x' }],
			['POST', '/integrated-account/rare/mcp', acts_for],
			['PATCH', server, acts_for],
			['POST', '/api-token', { name: 'x', scope: 'use', acts_for: { rare: 'jdoe' } }],
			['POST', '/invitation', { name: 'x', acts_for: { rare: 'jdoe' } }],
		];
		const { paths } = openApi as unknown as Api;
		const seen = new Set<number>();
		for (const [method, path, body] of asked) {
			const answer = await refused(method, path, body);
			const [plain = ''] = path.split('?');
			const described = Object.keys(paths).find((known) =>
				new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
			);
			const { content } = paths[described ?? '']?.[method.toLowerCase()]?.responses[answer.status] ?? {};
			const type = answer.headers.get('content-type')?.split(';')[0];
			expect([path, answer.status, content ? Object.keys(content) : null]).toEqual([
				path,
				answer.status,
				type === undefined ? null : expect.arrayContaining([type]),
			]);
			seen.add(answer.status);
		}
		expect([...seen].sort()).toEqual([200, 202, 400, 502]);
	});

	it('has examples that its own schemas take, for every body', ({ expect }) => {
		for (const { method, path, body, answer } of DESCRIBED_ROUTES)
			for (const [schema, name] of [
				[body, BODY_NAMES[`${method} ${path}`] ?? SCHEMA_NAMES.get(body)],
				[answer, SCHEMA_NAMES.get(answer)],
			] as const) {
				if (schema === body && body) expect(EXAMPLES, `${method} ${path}`).toHaveProperty([String(name)]);
				if (!schema || !Object.hasOwn(EXAMPLES, String(name))) continue;
				expect(schema.safeParse(EXAMPLES[String(name)]).error, `${method} ${path}`).toBeUndefined();
			}
	});
});

describe('GET /health', () => {
	it('answers 503 when storage does not, and tells a public nothing else', async ({ expect }) => {
		const { env } = await import('cloudflare:workers');
		const { captureLog } = await import('../support.ts');
		const log = captureLog();
		const broken = { ...env, DIRECTORY: { getByName: () => ({ isWorking: () => Promise.reject(new Error('down')) }) } };
		const options = { token: null, env: broken as unknown as typeof env };
		const { status, body, headers } = await refused('GET', '/health', undefined, options);
		expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'storage_unavailable', '2']);
		expect((await api('GET', '/health', undefined, { token: null })).status).toBe(200);
		expect(log.length).toBeGreaterThan(0);
	});
});
