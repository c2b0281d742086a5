// What an earlier version has stored goes on working: accounts without an identity, credentials that were bound to id and
// address, logs and guards in other tables.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { hashesOf, keyRing } from '../../../workers/access/keys.ts';
import { bytesToBase64url, mintToken } from '../../../workers/lib/secrets.ts';
import {
	accountStub,
	api,
	at,
	BASE_URL,
	CREDENTIALS,
	callTool,
	captureLog,
	connectAccount,
	createServer,
	eventually,
	LIST_TICKETS,
	mockVendor,
	ORIGIN,
	seenAccount,
	setUp,
} from '../support.ts';

setUp();

const TABLES = `
	CREATE TABLE account (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL);
	CREATE TABLE server (
		seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, hash TEXT UNIQUE NOT NULL,
		expires_ms INTEGER, record TEXT NOT NULL);
	CREATE TABLE log (seq INTEGER PRIMARY KEY AUTOINCREMENT, server_id TEXT NOT NULL, entry TEXT NOT NULL);
	CREATE TABLE usage (
		server_id TEXT NOT NULL, hour INTEGER NOT NULL, calls INTEGER NOT NULL, errors INTEGER NOT NULL,
		last_at TEXT NOT NULL, PRIMARY KEY (server_id, hour)) WITHOUT ROWID;
	CREATE TABLE dirty (key TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL, mark INTEGER NOT NULL);
	CREATE TABLE refusals (
		one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, count INTEGER NOT NULL, since_ms INTEGER NOT NULL);
`;

async function sealedAsBefore(id: string, version = 'v2', boundTo = `${id}\n${BASE_URL}`): Promise<string> {
	const [key] = keyRing(env).encryption;
	const aes = await crypto.subtle.importKey('raw', key.bytes.slice(0, 32), 'AES-GCM', false, ['encrypt']);
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const additionalData = new TextEncoder().encode(boundTo);
	const plain = new TextEncoder().encode(JSON.stringify(CREDENTIALS));
	const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, aes, plain);
	return `${version}.${key.id}.${bytesToBase64url(iv)}.${bytesToBase64url(new Uint8Array(sealed))}`;
}

/** @returns the server's URL */
async function storeAsBefore(id: string): Promise<string> {
	const token = mintToken();
	const { hash } = hashesOf(env, token);
	const moment = new Date().toISOString();
	const times = { created_at: moment, updated_at: moment, revision: 1 };
	const account = {
		id,
		integration: 'connect_wise_psa',
		name: 'Acme',
		base_url: BASE_URL,
		sealed_credentials: await sealedAsBefore(id),
		...times,
	};
	const server = { id: `mcp_cwp_${id}`, name: 'x', config: {}, integrated_account_id: id, expires_at: null, ...times };
	await runInDurableObject(accountStub(id), (_, { storage }) => {
		storage.sql.exec(TABLES);
		storage.sql.exec('INSERT INTO account VALUES (1, ?)', JSON.stringify(account));
		const record = JSON.stringify(server);
		storage.sql.exec('INSERT INTO server (id, hash, record) VALUES (?, ?, ?)', server.id, hash, record);
		storage.sql.exec("INSERT INTO log (server_id, entry) VALUES (?, '{}')", server.id);
	});
	await env.KV.put(`token:${hash}`, JSON.stringify({ server }));
	await env.KV.put(`account:${id}`, JSON.stringify(account));
	return `${ORIGIN}/mcp/${token}`;
}

describe('what an earlier version has stored', () => {
	it('is called, logged, changed and deleted as ever', async ({ expect }) => {
		const url = await storeAsBefore('earlier');
		const calls = mockVendor(() => Response.json([{ id: 1 }]));
		expect((await callTool(url, LIST_TICKETS)).status).toBe(200);
		expect(calls[0]?.headers.get('authorization')).toContain('Basic ');
		const path = '/integrated-account/earlier';
		await eventually(async () =>
			expect((await api<{ result: unknown[] }>('GET', `${path}/mcp/mcp_cwp_earlier/log`)).body.result.length).toBe(1),
		);
		// KV and the directory follow with the alarm that the first use has set.
		await at(Date.now() + 1_000, () => runInDurableObject(accountStub('earlier'), (object) => object.alarm()));
		const kept = await env.KV.get<{ identity: string }>('account:earlier', 'json');
		expect(kept?.identity).toBe('earlier');
		expect((await api('PATCH', path, { name: 'Acme Ltd' })).status).toBe(200);
		expect((await callTool(url, LIST_TICKETS)).status).toBe(200);
		expect((await api('DELETE', path)).status).toBe(204);
		await connectAccount('earlier');
		expect((await seenAccount('earlier')).identity).not.toBe('earlier');
		expect((await callTool(url, LIST_TICKETS)).status).toBe(404);
	});
});

describe('credentials of an earlier format', () => {
	const OTHER = 'https://api-eu.myconnectwise.net/v4_6_release/apis/3.0';
	const formats: [name: string, version: string, boundTo: (id: string) => string][] = [
		['bound to the id alone', 'v1', (id) => id],
		['bound to nothing', 'v1', () => ''],
		['bound to the id alone, under a later name', 'v2', (id) => id],
		['bound to id and address', 'v2', (id) => `${id}\n${BASE_URL}`],
	];
	for (const [index, [name, version, boundTo]] of formats.entries()) {
		// security: S-14
		it(`${name}, go to no address that was written into KV`, async ({ expect }) => {
			captureLog();
			const id = await connectAccount(`earlier-format-${index}`);
			const account = await env.KV.get<object>(`account:${id}`, 'json');
			const sealed_credentials = await sealedAsBefore(id, version, boundTo(id));
			for (const identity of [{}, { identity: id }, { identity: undefined }]) {
				const { url } = await createServer(id);
				const forged = { ...account, ...identity, base_url: OTHER, sealed_credentials };
				await env.KV.put(`account:${id}`, JSON.stringify(forged));
				const calls = mockVendor(() => Response.json([{ id: 1 }]));
				expect((await callTool(url, LIST_TICKETS)).status).toBe(200);
				expect(calls.map((call) => new URL(call.url).host)).toEqual([new URL(BASE_URL).host]);
			}
		});
	}
});
