// What a call costs in storage: rows read and written, counted at every cursor, and requests to Durable Objects. It does
// not grow with the log or with the writes that are remembered.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import type { LogEntry } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	callTool,
	connectAccount,
	createServer,
	eventually,
	LIST_TICKETS,
	mockVendor,
	type ServerWithUrl,
	setUp,
} from '../support.ts';

setUp();

interface Cost {
	read: number;
	written: number;
	requests: number;
}

/** Counts what the account's object reads and writes from now on. */
async function meter(accountId: string): Promise<Cost> {
	const cost = { read: 0, written: 0, requests: 0 };
	await runInDurableObject(accountStub(accountId), (instance, state) => {
		const object = instance as unknown as { ctx: DurableObjectState };
		const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
		const sql = new Proxy(state.storage.sql, {
			get(target, property) {
				if (property !== 'exec') return Reflect.get(target, property);
				return (query: string, ...values: SqlStorageValue[]) => {
					const cursor = target.exec(query, ...values);
					cursors.push(cursor);
					return cursor;
				};
			},
		});
		const storage = new Proxy(state.storage, {
			get(target, property) {
				if (property === 'sql') return sql;
				const member: unknown = Reflect.get(target, property);
				return typeof member === 'function' ? member.bind(target) : member;
			},
		});
		Object.defineProperties(cost, {
			read: { get: () => cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0) },
			written: { get: () => cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0) },
		});
		object.ctx = new Proxy(state, { get: (_, name) => (name === 'storage' ? storage : Reflect.get(state, name)) });
	});
	return cost;
}

/** Counts requests to the accounts' objects. */
function countingEnv(cost: Cost): Env {
	const namespace = new Proxy(env.INTEGRATED_ACCOUNTS, {
		get(target, property) {
			const member: unknown = Reflect.get(target, property);
			if (property !== 'getByName') return typeof member === 'function' ? member.bind(target) : member;
			return (name: string) => {
				const stub = target.getByName(name);
				return new Proxy(stub, {
					get(_, method) {
						const act: unknown = Reflect.get(stub, method);
						if (typeof act !== 'function') return act;
						return (...args: unknown[]) => {
							cost.requests++;
							return Reflect.apply(act, stub, args);
						};
					},
				});
			};
		},
	});
	return { ...env, INTEGRATED_ACCOUNTS: namespace };
}

const entryOf = (server: ServerWithUrl): LogEntry => ({
	at: new Date().toISOString(),
	server_id: server.id,
	tool: 'x',
	method_class: 'read',
	outcome: 'ok',
	upstream_status: 200,
	duration_ms: 1,
	upstream_ms: 1,
	request_bytes: 1,
	response_bytes: 1,
	client: '',
	request_id: 'r',
});

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';

/** An account whose log is full and whose guard remembers 500 writes. */
async function busyAccount(id: string, config = {}): Promise<ServerWithUrl> {
	// The vendor has accepted the credentials, so that the calls show nothing new.
	mockVendor(() => Response.json([{ id: 1 }]));
	await connectAccount(id);
	const server = await createServer(id, config);
	const stub = accountStub(id);
	for (let round = 0; round < 3; round++) await stub.appendLog(Array.from({ length: 400 }, () => entryOf(server)));
	await runInDurableObject(stub, (_, { storage }) => {
		for (let index = 0; index < 500; index++)
			storage.sql.exec(
				"INSERT INTO recent_write VALUES (?, ?, 't', 'made', '1', ?, ?)",
				`key-${index}`,
				server.id,
				Date.now(),
				Date.now() + 60_000,
			);
	});
	return server;
}

const newest = async ({ id, integrated_account_id }: ServerWithUrl) =>
	(await accountStub(integrated_account_id).readLog(id, {}, 1, null)).newest;

describe('a call costs', () => {
	for (const isCold of [false, true]) {
		const when = isCold ? 'in an object that was just started' : 'in an object that is running';
		const id = isCold ? 'cold' : 'warm';

		it(`two rows written and two requests for a read, ${when}`, async ({ expect }) => {
			const server = await busyAccount(`rows-read-${id}`);
			mockVendor(() => Response.json([{ id: 1 }]));
			await callTool(server.url, LIST_TICKETS);
			await eventually(async () => expect(await newest(server)).toBe(1_201));
			if (isCold) await evictDurableObject(accountStub(`rows-read-${id}`));
			const cost = await meter(`rows-read-${id}`);
			await callTool(server.url, LIST_TICKETS, {}, { env: countingEnv(cost) });
			const { read, written, requests } = cost;
			// A new start reads the account, the server, and how many calls the log has taken.
			expect({ read, written, requests }).toEqual({ read: isCold ? 3 : 0, written: 2, requests: 2 });
		});

		for (const [config, more] of [
			[{}, 0],
			[{ writes_per_day: 100 }, 1],
		] as const) {
			// A lease that ends on a busy machine before the write is sent is asked for anew, which costs two more requests.
			it(`four rows written and two requests for a guarded create, ${when}, and ${more} for the day's budget`, {
				retry: 4,
			}, async ({ expect, task }) => {
				const accountId = `rows-create-${id}-${more}-${task.result?.retryCount ?? 0}`;
				const server = await busyAccount(accountId, config);
				mockVendor(() => Response.json({ id: 1 }));
				const create = (summary: string, options = {}) =>
					callTool(server.url, CREATE_TICKET, { summary, board: { id: 1 }, company: { id: 1 } }, options);
				await create('first');
				await eventually(async () => expect(await newest(server)).toBe(1_201));
				if (isCold) await evictDurableObject(accountStub(accountId));
				const cost = await meter(accountId);
				await create('second', { env: countingEnv(cost) });
				const { read, written, requests } = cost;
				expect(requests).toBe(2);
				expect(written).toBe(4 + more);
				expect(read).toBeLessThanOrEqual(5);
			});
		}
	}
});
