// What has been revoked, rotated, narrowed or ended holds at once: although this isolate remembers the server as it
// was, and although KV still shows it so. A read's answer is withheld, a write is not sent.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, type ExpectStatic, it, vi } from 'vitest';
import { sealCredentials } from '../../../workers/access/credentials.ts';
import type { ServerConfig, StoredServer } from '../../../workers/contracts/records.ts';
import { mintToken } from '../../../workers/lib/secrets.ts';
import {
	type Answer,
	accountStub,
	api,
	CREDENTIALS,
	callTool,
	connectAccount,
	createServer,
	eventually,
	type Json,
	keyedHash,
	LIST_TICKETS,
	LOCAL_TOKEN,
	mcp,
	mockVendor,
	type RpcBody,
	type ServerWithUrl,
	seenAccount,
	serverPath,
	setUp,
	tokenKey,
	toolNames,
	UPDATE_TICKET,
	type VendorCall,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('truth'));

const TELLTALE = 'telltale-answer-of-the-vendor';

interface Change {
	name: string;
	/** Through the management API: this isolate knows of it, KV is put back to the old entry. */
	here(server: ServerWithUrl): Promise<unknown>;
	/** Straight at the Durable Object, as an isolate elsewhere does it. */
	elsewhere(server: ServerWithUrl): Promise<unknown>;
	/** What a call is answered afterwards. */
	expected: { status: number; code?: number };
	/** The calls that it ends. */
	ends: ('read' | 'write')[];
}

const NOW = () => new Date().toISOString();

async function changeElsewhere(server: ServerWithUrl, change: { config?: ServerConfig; expires_at?: string }) {
	const stub = accountStub('truth');
	const { revision } = (await stub.getServer(server.id)) as StoredServer;
	return stub.updateServer(server.id, change, NOW(), revision);
}

const patch = (config: Json) => (server: ServerWithUrl) => api('PATCH', serverPath(server), { config });

const CHANGES: Change[] = [
	{
		name: 'a revoke',
		here: (server) => api('DELETE', serverPath(server)),
		elsewhere: (server) => accountStub('truth').deleteServer(server.id),
		expected: { status: 404 },
		ends: ['read', 'write'],
	},
	{
		name: 'a rotation',
		here: (server) => api('POST', `${serverPath(server)}/rotate`),
		elsewhere: (server) => accountStub('truth').rotateServer(server.id, keyedHash(mintToken()), NOW()),
		expected: { status: 404 },
		ends: ['read', 'write'],
	},
	{
		name: 'narrowing to other tags',
		here: patch({ tags: ['time'] }),
		elsewhere: (server) => changeElsewhere(server, { config: { tags: ['time'] } }),
		expected: { status: 200, code: -32602 },
		ends: ['read', 'write'],
	},
	{
		name: 'narrowing to reads',
		here: patch({ methods: ['read'] }),
		elsewhere: (server) => changeElsewhere(server, { config: { methods: ['read'] } }),
		expected: { status: 200, code: -32602 },
		ends: ['write'],
	},
	{
		name: 'narrowing to writes',
		here: patch({ methods: ['write'] }),
		elsewhere: (server) => changeElsewhere(server, { config: { methods: ['write'] } }),
		expected: { status: 200, code: -32602 },
		ends: ['read'],
	},
	{
		name: 'asking for a second factor',
		here: patch({ require_api_token_auth: true }),
		elsewhere: (server) => changeElsewhere(server, { config: { require_api_token_auth: true } }),
		expected: { status: 401 },
		ends: ['read', 'write'],
	},
	{
		name: 'an end that has come',
		here: endNow,
		elsewhere: endNow,
		expected: { status: 404 },
		ends: ['read', 'write'],
	},
];

/** The management API refuses an end within 60 seconds; an end moved earlier and reached looks like this. */
function endNow(server: ServerWithUrl) {
	return changeElsewhere(server, { expires_at: new Date(Date.now() - 1).toISOString() });
}

describe('after a change has been answered', () => {
	for (const change of CHANGES) {
		for (const kind of change.ends) {
			it(`${change.name} ends a ${kind} in an isolate that remembers the server as it was`, async ({ expect }) => {
				const server = await createServer('truth');
				const calls = mockVendor(() => answerOfVendor());
				expect((await callOf(kind, server)).text).toContain(TELLTALE);
				const stale = await entryOf(server);
				calls.length = 0;
				await change.elsewhere(server);
				await env.KV.put(tokenKey(server), stale);
				check(expect, await callOf(kind, server), change, kind, calls);
				check(expect, await callOf(kind, server), change, kind, calls);
			});

			// security: S-01
			it(`${change.name} ends a ${kind} although KV still shows the server as it was`, async ({ expect }) => {
				const server = await createServer('truth');
				const calls = mockVendor(() => answerOfVendor());
				const stale = await entryOf(server);
				await change.here(server);
				await env.KV.put(tokenKey(server), stale);
				check(expect, await callOf(kind, server), change, kind, calls);
				check(expect, await callOf(kind, server), change, kind, calls);
			});
		}
	}

	it('a read that will be withheld does not wait for a slow vendor', async ({ expect }) => {
		const server = await createServer('truth');
		mockVendor(() => answerOfVendor());
		await callOf('read', server);
		await accountStub('truth').deleteServer(server.id);
		vi.mocked(fetch).mockImplementation(
			(_, init) =>
				new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error()))),
		);
		expect((await callOf('read', server)).status).toBe(404);
	});

	it('elsewhere, the list of tools follows within the seconds that a confirmation lasts', async ({ expect }) => {
		const server = await createServer('truth');
		expect(await toolNames(server.url)).toContain(LIST_TICKETS);
		await changeElsewhere(server, { config: { tags: ['time'] } });
		await eventually(async () => expect(await toolNames(server.url)).not.toContain(LIST_TICKETS));
	});

	it('here, the list of tools follows at once', async ({ expect }) => {
		const server = await createServer('truth');
		expect(await toolNames(server.url)).toContain(LIST_TICKETS);
		await api('PATCH', serverPath(server), { config: { tags: ['time'] } });
		expect(await toolNames(server.url)).not.toContain(LIST_TICKETS);
		await api('DELETE', serverPath(server));
		expect((await mcp(server.url, 'tools/list')).status).toBe(404);
	});

	it('a second factor asked for elsewhere lets a good token in', async ({ expect }) => {
		const server = await createServer('truth');
		mockVendor(() => answerOfVendor());
		await callOf('read', server);
		await changeElsewhere(server, { config: { require_api_token_auth: true } });
		const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
		expect((await callTool(server.url, LIST_TICKETS, {}, { headers })).text).toContain(TELLTALE);
	});

	it('widened elsewhere, a call that was not allowed is carried out', async ({ expect }) => {
		const server = await createServer('truth', { methods: ['read'] });
		const calls = mockVendor(() => answerOfVendor());
		await callOf('read', server);
		calls.length = 0;
		await changeElsewhere(server, { config: {} });
		expect((await callOf('write', server)).text).toContain(TELLTALE);
		expect(calls.length).toBe(1);
	});

	it('that changes nothing for calls, nothing is asked twice', async ({ expect }) => {
		const server = await createServer('truth');
		const calls = mockVendor(() => answerOfVendor());
		await callOf('read', server);
		calls.length = 0;
		await changeElsewhere(server, { expires_at: new Date(Date.now() + 600_000).toISOString() });
		expect((await callOf('read', server)).text).toContain(TELLTALE);
		expect((await callOf('write', server)).text).toContain(TELLTALE);
		expect(calls.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
	});

	it('of how lists look, a list is answered in the new way', async ({ expect }) => {
		const server = await createServer('truth');
		mockVendor(() => answerOfVendor());
		expect((await callOf('read', server)).body.result?.structuredContent).toHaveProperty('result');
		await changeElsewhere(server, { config: { list_format: 'table' } });
		expect((await callOf('read', server)).body.result?.structuredContent).toHaveProperty('rows');
	});
});

describe('after an account has changed', () => {
	it('elsewhere, no answer of the old address or the old keys arrives', async ({ expect }) => {
		await connectAccount('moved');
		const server = await createServer('moved');
		const calls = mockVendor(({ url }) =>
			Response.json([{ id: 1, summary: url.includes('api-eu') ? 'from the new address' : TELLTALE }]),
		);
		expect((await callOf('read', server)).text).toContain(TELLTALE);
		const stub = accountStub('moved');
		await stub.updateAccount(await movedToEurope(stub), await seenAccount('moved'));
		const { text } = await callOf('read', server);
		expect(text).toContain('from the new address');
		expect(text).not.toContain(TELLTALE);
		expect(new URL(calls.at(-1)?.url ?? '').host).toBe('api-eu.myconnectwise.net');
	});

	it('elsewhere, no write goes to the old address', async ({ expect }) => {
		await connectAccount('moved-write');
		const server = await createServer('moved-write');
		const calls = mockVendor(() => answerOfVendor());
		await callOf('read', server);
		calls.length = 0;
		const stub = accountStub('moved-write');
		await stub.updateAccount(await movedToEurope(stub), await seenAccount('moved-write'));
		await callOf('write', server);
		expect(calls.map(({ url }) => new URL(url).host)).toEqual(['api-eu.myconnectwise.net']);
	});

	it('or is deleted elsewhere, no call is answered', async ({ expect }) => {
		await connectAccount('dropped');
		const server = await createServer('dropped');
		const calls = mockVendor(() => answerOfVendor());
		await callOf('read', server);
		const stale = await entryOf(server);
		calls.length = 0;
		await accountStub('dropped').deleteAccount((await seenAccount('dropped')).identity);
		await env.KV.put(tokenKey(server), stale);
		expect((await callOf('write', server)).status).toBe(404);
		expect(calls.length).toBe(0);
		const read = await callOf('read', server);
		expect([read.status, read.text.includes(TELLTALE)]).toEqual([404, false]);
	});

	it('here, though KV still shows its old credentials, the new ones are used', async ({ expect }) => {
		await connectAccount('rekeyed');
		const server = await createServer('rekeyed');
		const stale = (await env.KV.get('account:rekeyed')) ?? '';
		await api('PATCH', '/integrated-account/rekeyed', { credentials: { private_key: 'new-private-key' } });
		await env.KV.put('account:rekeyed', stale);
		const calls = mockVendor(() => answerOfVendor());
		await callOf('write', server);
		const { company_id, public_key } = CREDENTIALS;
		expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
			`Basic ${btoa(`${company_id}+${public_key}:new-private-key`)}`,
		]);
	});
});

describe('a forged entry in KV', () => {
	// security: S-14
	it('opens nothing: the Durable Object knows of no such server', async ({ expect }) => {
		const server = await createServer('truth');
		const calls = mockVendor(() => answerOfVendor());
		const token = 'F'.repeat(43);
		await env.KV.put(`token:${keyedHash(token)}`, await entryOf(server));
		for (const kind of ['read', 'write'] as const) {
			const answer = await callOf(kind, { url: server.url.replace(server.token, token) });
			expect([answer.status, answer.text.includes(TELLTALE)]).toEqual([404, false]);
		}
		expect(calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});
});

/** What the management API elsewhere makes of a new address. */
async function movedToEurope(stub: ReturnType<typeof accountStub>) {
	const { id = '', identity = '' } = (await stub.getAccount()) ?? {};
	const base_url = 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0';
	return { base_url, sealed_credentials: await sealCredentials(CREDENTIALS, { id, identity, base_url }, env) };
}

function check(
	expect: ExpectStatic,
	answer: Answer<RpcBody>,
	{ expected }: Change,
	kind: 'read' | 'write',
	calls: VendorCall[],
): void {
	expect([answer.status, answer.body.error?.code]).toEqual([expected.status, expected.code]);
	expect(answer.text).not.toContain(TELLTALE);
	// A read may have been asked beside the Durable Object; its answer stays here.
	if (kind === 'write') expect(calls).toEqual([]);
}

function callOf(kind: 'read' | 'write', { url }: { url: string }): Promise<Answer<RpcBody>> {
	return kind === 'read' ? callTool(url, LIST_TICKETS) : callTool(url, UPDATE_TICKET, { id: 1, summary: 'changed' });
}

/** Good for a list and for a record, whichever is asked. */
function answerOfVendor(): Response {
	const last = vi.mocked(fetch).mock.calls.at(-1);
	const record = { id: 1, summary: TELLTALE };
	return Response.json(last?.[1]?.method === 'PATCH' ? record : [record]);
}

async function entryOf(server: ServerWithUrl): Promise<string> {
	const entry = await env.KV.get(tokenKey(server));
	if (!entry) throw new Error('no entry');
	return entry;
}
