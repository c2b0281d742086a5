// A second vendor is one more folder of JSON: this test adds one that is unlike ConnectWise PSA in every respect (OAuth 2
// client credentials, enveloped lists, cursors, JSON updates, ids as strings, errors of another shape) to a copy of the
// project, whose code is otherwise the same, and drives it through the public doors.
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type CallResult, call, connectV1, PROJECT_ROOT, startForTests, type TestPatchbay } from './support.ts';
import {
	CLIENT_ID,
	CLIENT_SECRET,
	INCIDENTS,
	type Incident,
	startTidewater,
	type Tidewater,
} from './tidewater-vendor.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/integrations');
/** What a start reads of a project; its data and code, none of ours for this vendor. */
const PROJECT_PARTS = [
	'workers',
	'sandbox',
	'durable-objects',
	'dashboard',
	'integrations',
	'kv-seed',
	'wrangler.toml',
	'package.json',
];
const ANSWER_LIMIT_BYTES = 60 * 1024;

interface Page {
	result: Incident[];
	next_cursor: string | null;
	result_count: number;
	notice?: string;
}

let project: string;
let vendor: Tidewater;
let patchbay: TestPatchbay;
let accountId: string;
let client: Client;

beforeAll(async () => {
	project = await mkdtemp(join(tmpdir(), 'patchbay-second-vendor-'));
	for (const part of PROJECT_PARTS) await cp(join(PROJECT_ROOT, part), join(project, part), { recursive: true });
	await cp(FIXTURES, join(project, 'integrations'), { recursive: true });
	await symlink(join(PROJECT_ROOT, 'node_modules'), join(project, 'node_modules'), 'dir');
	vendor = await startTidewater();
	patchbay = await startForTests(project);
	accountId = await connectAccount(CLIENT_SECRET);
	client = await connectV1((await patchbay.createServer({}, accountId)).url);
});

afterAll(async () => {
	await client?.close();
	await patchbay?.stop();
	await vendor?.close();
	if (project) await rm(project, { recursive: true, force: true });
});

async function connectAccount(secret: string): Promise<string> {
	const { status, body } = await patchbay.api<{ id: string }>('POST', '/integrated-account', {
		integration: 'tidewater_desk',
		name: 'Harbour',
		base_url: vendor.baseUrl,
		credentials: { client_id: CLIENT_ID, client_secret: secret },
	});
	if (status !== 201) throw new Error(`the account was not connected: ${status} ${JSON.stringify(body)}`);
	return body.id;
}

/** Every record of a list, page by page; `limits` are used in turn. */
async function walk(limits: number[], args: Record<string, unknown> = {}): Promise<{ ids: string[]; pages: Page[] }> {
	const ids: string[] = [];
	const pages: Page[] = [];
	let cursor: string | null = null;
	do {
		const limit = limits[pages.length % limits.length];
		const from: Record<string, unknown> = cursor === null ? {} : { next_cursor: cursor };
		const answer: CallResult<Page> = await call(client, 'list_all_tidewater_incidents', { ...args, limit, ...from });
		if (answer.isError) throw new Error(answer.text);
		pages.push(answer.data);
		ids.push(...answer.data.result.map(({ id }) => id));
		cursor = answer.data.next_cursor;
	} while (cursor !== null && pages.length < 500);
	return { ids, pages };
}

describe('connecting', () => {
	it('is offered with what its form has to ask', async ({ expect }) => {
		const { body } = await patchbay.api<{
			result: { name: string; credentials: { name: string; secret: boolean }[] }[];
		}>('GET', '/integration');
		expect(body.result.map(({ name }) => name)).toEqual(expect.arrayContaining(['connect_wise_psa', 'tidewater_desk']));
		const tidewater = body.result.find(({ name }) => name === 'tidewater_desk');
		expect(tidewater?.credentials.map(({ name, secret }) => [name, secret])).toEqual([
			['client_id', false],
			['client_secret', true],
		]);
	});

	it('says that the connection works', async ({ expect }) => {
		const { body } = await patchbay.api('POST', `/integrated-account/${accountId}/test`);
		expect(body).toMatchObject({ ok: true, cause: null, upstream_status: 200 });
	});

	it('says that a wrong secret is the reason, in a call and in the test, and does not repeat it', async ({
		expect,
	}) => {
		const wrongId = await connectAccount('not-the-secret');
		const server = await patchbay.createServer({}, wrongId);
		const other = await connectV1(server.url);
		const { isError, data, text } = await call(other, 'list_all_tidewater_incidents');
		await other.close();
		expect(isError).toBe(true);
		expect(data).toMatchObject({ code: 'upstream_credentials', is_remote_error: true });
		const { body } = await patchbay.api('POST', `/integrated-account/${wrongId}/test`);
		expect(body).toMatchObject({ ok: false, cause: 'keys' });
		expect(text + JSON.stringify(body)).not.toContain('not-the-secret');
	});

	it('knows this vendor’s own credentials and no others', async ({ expect }) => {
		const { status, body } = await patchbay.api<{ details: { path: string }[] }>('POST', '/integrated-account', {
			integration: 'tidewater_desk',
			name: 'Harbour',
			base_url: vendor.baseUrl,
			credentials: { client_id: 'wrong shape', public_key: 'x' },
		});
		expect(status).toBe(400);
		expect(body.details.map(({ path }) => path).sort()).toEqual([
			'credentials.client_id',
			'credentials.client_secret',
			'credentials.public_key',
		]);
	});
});

describe('its tools', () => {
	it('are what is documented, under its own names', async ({ expect }) => {
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name)).toEqual([
			'list_all_tidewater_incidents',
			'get_single_tidewater_incident_by_id',
			'create_a_tidewater_incident',
			'update_a_tidewater_incident_by_id',
			'delete_a_tidewater_incident_by_id',
			'resolve_tidewater_incident',
			'list_all_tidewater_incident_comments',
			'create_a_tidewater_incident_comment',
			'list_all_tidewater_assets',
		]);
		const get = tools.find(({ name }) => name === 'get_single_tidewater_incident_by_id');
		expect(get?.inputSchema).toMatchObject({ properties: { id: { type: 'string' } }, required: ['id'] });
		expect(client.getInstructions()).toContain('Tidewater Desk');
	});

	it('follow a server’s filter and short names', async ({ expect }) => {
		const server = await patchbay.createServer(
			{ methods: ['read', 'custom'], tags: ['desk'], tool_names: 'short' },
			accountId,
		);
		expect(server.id).toMatch(/^mcp_tdw_[0-9a-f]{12,}$/);
		const narrow = await connectV1(server.url);
		const { tools } = await narrow.listTools();
		await narrow.close();
		expect(tools.map(({ name }) => name)).toEqual([
			'list_incidents',
			'get_incident',
			'resolve_incident',
			'list_incident_comments',
		]);
	});
});

describe('its lists', () => {
	const everyId = Array.from({ length: INCIDENTS }, (_, index) => `INC-${String(index + 1).padStart(4, '0')}`);

	it('come out of their envelope, without nulls and links', async ({ expect }) => {
		const { data } = await call<Page>(client, 'list_all_tidewater_incidents', { limit: 2 });
		expect(data.result_count).toBe(2);
		expect(Object.keys(data.result[0] ?? {})).toEqual(['id', 'title', 'description', 'severity', 'state']);
	});

	it('come as a table where the server says so, by a change of its config', async ({ expect }) => {
		const server = await patchbay.createServer({ tags: ['desk'] }, accountId);
		const path = `/integrated-account/${accountId}/mcp/${server.id}`;
		const { body } = await patchbay.api('PATCH', path, { config: { list_format: 'table' } });
		expect(body.config).toEqual({ tags: ['desk'], list_format: 'table' });
		const own = await connectV1(server.url);
		const { data } = await call(own, 'list_all_tidewater_incidents', { limit: 2 });
		await own.close();
		expect(data.columns).toEqual(['id', 'title', 'description', 'severity', 'state']);
		expect((data.rows as unknown[][]).map(([id]) => id)).toEqual(['INC-0001', 'INC-0002']);
		expect(data.result_count).toBe(2);
	});

	for (const limits of [[7], [100]]) {
		it(`are walked by ${limits} without loss or repetition`, async ({ expect }) => {
			const { ids, pages } = await walk(limits);
			expect(ids).toEqual(everyId);
			for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(ANSWER_LIMIT_BYTES);
		});
	}

	it('are cut at a whole record where they are too long, and go on exactly there', async ({ expect }) => {
		const { data } = await call<Page>(client, 'list_all_tidewater_incidents', { limit: 100 });
		expect(data.result_count).toBeLessThan(100);
		expect(data.notice).toContain(`after ${data.result_count} of 100`);
	});

	it('are walked without loss or repetition when the page size changes on the way', async ({ expect }) => {
		const { ids } = await walk([100, 10, 30]);
		expect(ids).toEqual(everyId);
	});

	it('keep their filter on every page, and refuse the cursor of another', async ({ expect }) => {
		const { ids, pages } = await walk([25], { state: 'resolved' });
		expect(ids).toEqual([...vendor.incidents.values()].filter(({ state }) => state === 'resolved').map(({ id }) => id));
		const foreign = pages[0]?.next_cursor;
		const { isError, data } = await call(client, 'list_all_tidewater_incidents', {
			state: 'open',
			next_cursor: foreign,
		});
		expect(isError).toBe(true);
		expect(JSON.stringify(data.errors)).toContain('next_cursor');
	});
});

describe('its records', () => {
	it('are got by an id that is a string', async ({ expect }) => {
		const { data } = await call<Incident>(client, 'get_single_tidewater_incident_by_id', { id: 'INC-0003' });
		expect(data.title).toBe('Pump 3 stands still');
	});

	it('are not reached by an id that is a path', async ({ expect }) => {
		const before = vendor.seen.length;
		for (const id of ['../me', 'INC-0001/comments', '..', '%2e%2e', 'a?b']) {
			const { isError } = await call(client, 'get_single_tidewater_incident_by_id', { id });
			expect(isError, id).toBe(true);
		}
		expect(vendor.seen).toHaveLength(before);
	});

	it('are created, updated with plain JSON, resolved, commented on, and deleted', async ({ expect }) => {
		const created = await call<Incident>(client, 'create_a_tidewater_incident', {
			title: 'Gate 2 is jammed',
			severity: 'high',
			due_at: '2026-12-01T10:00:00+02:00',
			assignee: { email: 'ann@harbour.example' },
			labels: ['gate', 'quay'],
		});
		expect(created.isError).toBe(false);
		const { id } = created.data;
		expect(vendor.incidents.get(id)).toMatchObject({
			title: 'Gate 2 is jammed',
			due_at: '2026-12-01T08:00:00.000Z',
			assignee: { email: 'ann@harbour.example' },
			labels: ['gate', 'quay'],
		});

		await call(client, 'update_a_tidewater_incident_by_id', { id, severity: 'low', clear: ['description'] });
		const patch = vendor.seen.findLast(({ method }) => method === 'PATCH');
		expect(JSON.parse(patch?.body ?? '')).toEqual({ severity: 'low', description: null });
		expect(patch?.headers['content-type']).toBe('application/json');
		expect(vendor.incidents.get(id)?.severity).toBe('low');

		await call(client, 'create_a_tidewater_incident_comment', { incident_id: id, body: 'On my way' });
		expect(vendor.comments).toEqual([{ incident: id, body: 'On my way', public: false }]);

		const resolved = await call<Incident>(client, 'resolve_tidewater_incident', { id, outcome: 'Stone removed' });
		expect(resolved.data).toMatchObject({ state: 'resolved', outcome: 'Stone removed' });

		const deleted = await call(client, 'delete_a_tidewater_incident_by_id', { id });
		expect(deleted.data).toEqual({ id, deleted: true });
		expect(vendor.incidents.has(id)).toBe(false);
	});

	it('keep the vendor’s error field by field', async ({ expect }) => {
		const { isError, data } = await call(client, 'create_a_tidewater_incident', { title: 'x' });
		expect(isError).toBe(true);
		expect(data).toEqual({
			statusCode: 422,
			error: 'Unprocessable Content',
			message: 'Tidewater Desk: The incident is not valid. Correct the fields that it names.',
			is_remote_error: true,
			code: 'validation_failed',
			errors: [
				{ field: '/severity', message: 'is missing', code: 'presence' },
				{ field: '/title', message: 'says too little', code: 'length' },
			],
		});
	});

	it('are named in the vendor’s 404', async ({ expect }) => {
		const { data } = await call(client, 'get_single_tidewater_incident_by_id', { id: 'INC-9999' });
		expect(data).toMatchObject({
			statusCode: 404,
			code: 'not_found',
			message: 'Tidewater Desk: There is no incident INC-9999. Check the id.',
		});
	});
});

describe('its access tokens', () => {
	it('are asked for once for several calls, and sent with each', async ({ expect }) => {
		const ownId = await connectAccount(CLIENT_SECRET);
		const server = await patchbay.createServer({}, ownId);
		const own = await connectV1(server.url);
		const [given, seen] = [vendor.tokensGiven(), vendor.seen.length];
		await patchbay.api('POST', `/integrated-account/${ownId}/test`);
		for (let i = 0; i < 5; i++) expect((await call(own, 'list_all_tidewater_assets')).isError).toBe(false);
		await own.close();
		expect(vendor.tokensGiven()).toBe(given + 1);
		const sent = vendor.seen.slice(seen).filter(({ url }) => !url.endsWith('/oauth/token'));
		expect(sent).toHaveLength(6);
		expect(new Set(sent.map(({ headers }) => headers.authorization)).size).toBe(1);
	});

	it('are asked for anew after the vendor refused one: one call fails, the next works', async ({ expect }) => {
		vendor.revokeTokens();
		const refused = await call(client, 'list_all_tidewater_assets');
		expect(refused.isError).toBe(true);
		expect(refused.data).toMatchObject({ statusCode: 401, code: 'bad_token', is_remote_error: true });
		const next = await call(client, 'list_all_tidewater_assets');
		expect(next.isError).toBe(false);
	});

	it('are asked for anew after the credentials were changed', async ({ expect }) => {
		const before = vendor.tokensGiven();
		await patchbay.api('PATCH', `/integrated-account/${accountId}`, { credentials: { client_secret: CLIENT_SECRET } });
		expect((await call(client, 'list_all_tidewater_assets')).isError).toBe(false);
		expect(vendor.tokensGiven()).toBe(before + 1);
	});
});

describe('a vendor that leaves out what the format lets it leave out', () => {
	it('is connected and has its tools', async ({ expect }) => {
		const { status, body } = await patchbay.api<{ id: string }>('POST', '/integrated-account', {
			integration: 'plain_books',
			name: 'Library',
			base_url: vendor.baseUrl.replace('/api/v2', '/v1'),
			credentials: { token: 'plain-token' },
		});
		expect(status, JSON.stringify(body)).toBe(201);
		const own = await connectV1((await patchbay.createServer({}, body.id)).url);
		const { tools } = await own.listTools();
		await own.close();
		expect(tools.map(({ name }) => name)).toEqual(['list_all_plain_books', 'create_a_plain_book']);
		expect(tools[1]?.inputSchema.properties).toEqual({
			title: { type: 'string' },
			place: { type: 'object', properties: { shelf: { type: 'string' } } },
			fields: { type: 'string', description: 'Shown in the answer; "*" for all' },
		});
	});
});
