// Instant and exact, under load: hundreds of calls are in flight while a server is revoked, rotated, narrowed, paused or ends.
// Every isolate's memory and KV are held stale on purpose. Of the calls that start after the answer to the change, none
// is answered by the vendor and none is sent to write; calls that started before may end either way.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, type ExpectStatic, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import type { StoredServer } from '../../../workers/contracts/records.ts';
import { mintToken } from '../../../workers/lib/secrets.ts';
import {
	accountStub,
	alarmOf,
	api,
	at,
	callTool,
	connectAccount,
	createServer,
	keyedHash,
	LIST_TICKETS,
	mockVendor,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	UPDATE_TICKET,
} from '../support.ts';

setUp();
beforeAll(() => connectAccount('busy'));

const BEFORE = 240;
const AFTER = 120;
const TELLTALE = 'telltale-answer';

type Kind = 'read' | 'write';

interface Change {
	name: string;
	make(server: ServerWithUrl): Promise<unknown>;
	/** The calls that it ends; the others go on. */
	ends: Kind[];
}

const now = () => new Date().toISOString();
const revisionOf = async ({ id }: ServerWithUrl) =>
	((await accountStub('busy').getServer(id)) as StoredServer | null)?.revision ?? 0;
const narrowElsewhere = async (server: ServerWithUrl, methods: string[]) =>
	accountStub('busy').updateServer(server.id, { config: { methods } }, now(), await revisionOf(server));

const pauseElsewhere = async (server: ServerWithUrl) =>
	accountStub('busy').updateServer(server.id, { paused: true }, now(), await revisionOf(server));

/** Through the management API, whose isolate forgets what it knew; and at the object itself, as from elsewhere. */
const CHANGES: Change[] = [
	{ name: 'a revoke here', make: (server) => api('DELETE', serverPath(server)), ends: ['read', 'write'] },
	{ name: 'a revoke elsewhere', make: ({ id }) => accountStub('busy').deleteServer(id), ends: ['read', 'write'] },
	{ name: 'a rotation here', make: (server) => api('POST', `${serverPath(server)}/rotate`), ends: ['read', 'write'] },
	{
		name: 'a rotation elsewhere',
		make: ({ id }) => accountStub('busy').rotateServer(id, keyedHash(mintToken()), now()),
		ends: ['read', 'write'],
	},
	{
		name: 'narrowing to reads here',
		make: (server) => api('PATCH', serverPath(server), { config: { methods: ['read'] } }),
		ends: ['write'],
	},
	{ name: 'narrowing to reads elsewhere', make: (server) => narrowElsewhere(server, ['read']), ends: ['write'] },
	{ name: 'narrowing to writes elsewhere', make: (server) => narrowElsewhere(server, ['write']), ends: ['read'] },
	{
		name: 'narrowing to other tags here',
		make: (server) => api('PATCH', serverPath(server), { config: { tags: ['time'] } }),
		ends: ['read', 'write'],
	},
	{
		name: 'a pause here',
		make: (server) => api('PATCH', serverPath(server), { paused: true }),
		ends: ['read', 'write'],
	},
	{ name: 'a pause elsewhere', make: pauseElsewhere, ends: ['read', 'write'] },
];

describe('with hundreds of calls in flight and KV as it was before', () => {
	for (const change of CHANGES) {
		// security: S-01
		it(`${change.name} ends every call that starts after its answer`, async ({ expect }) => {
			const server = await createServer('busy');
			const stale = { ...env, KV: await kvAsOfNow() };
			const vendor = slowVendor({ answersAtOnce: BEFORE / 4 });
			const early = startCalls(server, 'early', BEFORE, stale);
			// In the middle of it: some have been answered, most are on their way.
			await vendor.isHolding;
			await change.make(server);
			const inFlight = early.open();
			const late = startCalls(server, 'late', AFTER, stale);
			vendor.answerAll();
			const [before, after] = await Promise.all([early.results, late.results]);
			expect(inFlight).toBeGreaterThan(BEFORE / 4);
			check(expect, change.ends, { before, after, written: vendor.written });
		});
	}
});

describe('the end of a server', () => {
	// security: S-01
	it('holds to the millisecond with KV as it was, a late alarm and hundreds of calls', async ({ expect }) => {
		const server = await createServer('busy', {}, { expires_at: secondsFromNow(90) });
		const endMs = Date.parse(server.expires_at ?? '');
		const stale = { ...env, KV: await kvAsOfNow() };
		const vendor = slowVendor();
		const before = await at(endMs - 1, () => startCalls(server, 'early', BEFORE, stale).results);
		const after = await at(endMs, () => startCalls(server, 'late', AFTER, stale).results);
		expect(await alarmOf('busy')).toBe(endMs);
		expect(before.every(({ isAnswered }) => isAnswered)).toBe(true);
		check(expect, ['read', 'write'], { before, after, written: vendor.written });
	});

	it('moved earlier while calls are in flight holds for every later one', async ({ expect }) => {
		const server = await createServer('busy', {}, { expires_at: secondsFromNow(600) });
		const stale = { ...env, KV: await kvAsOfNow() };
		const vendor = slowVendor({ answersAtOnce: BEFORE / 4 });
		const early = startCalls(server, 'early', BEFORE, stale);
		await vendor.isHolding;
		const expires_at = now();
		await accountStub('busy').updateServer(server.id, { expires_at }, now(), await revisionOf(server));
		const late = startCalls(server, 'late', AFTER, stale);
		vendor.answerAll();
		const [before, after] = await Promise.all([early.results, late.results]);
		check(expect, ['read', 'write'], { before, after, written: vendor.written });
	});
});

interface Result {
	kind: Kind;
	mark: string;
	/** An answer of the vendor's came back. */
	isAnswered: boolean;
}

function check(
	expect: ExpectStatic,
	ends: Kind[],
	{ before, after, written }: { before: Result[]; after: Result[]; written: Set<string> },
): void {
	const ended = after.filter(({ kind }) => ends.includes(kind));
	expect({
		answeredAfter: ended.filter(({ isAnswered }) => isAnswered).length,
		writtenAfter: ended.filter(({ mark }) => written.has(mark)).length,
	}).toEqual({ answeredAfter: 0, writtenAfter: 0 });
	// The same calls did go through before, and what the change leaves goes through still.
	expect(before.filter(({ isAnswered }) => isAnswered).length).toBeGreaterThan(0);
	const left = after.filter(({ kind }) => !ends.includes(kind));
	expect(left.filter(({ isAnswered }) => !isAnswered)).toEqual([]);
	// What is answered has been written, and nobody was told that a write was done which was not.
	for (const { kind, isAnswered, mark } of [...before, ...after])
		if (kind === 'write' && isAnswered) expect(written).toContain(mark);
}

/** Reads and writes in turn, all at once. */
function startCalls(server: ServerWithUrl, when: string, count: number, withEnv: Env) {
	let open = count;
	const call = async (_: unknown, index: number): Promise<Result> => {
		const kind = index % 2 === 0 ? 'read' : 'write';
		const mark = `${server.id} ${when} ${index}`;
		const attempt = () =>
			kind === 'read'
				? callTool(server.url, LIST_TICKETS, {}, { env: withEnv })
				: callTool(server.url, UPDATE_TICKET, { id: 1, summary: mark }, { env: withEnv });
		let { text } = await attempt();
		// An account has a hundred calls under way in an isolate; the rest keep knocking.
		while (text.includes('too_many_in_flight')) {
			await scheduler.wait(15);
			({ text } = await attempt());
		}
		open--;
		return { kind, mark, isAnswered: text.includes(TELLTALE) };
	};
	return { results: Promise.all(Array.from({ length: count }, call)), open: () => open };
}

/** Answers so many requests in up to 30 ms and the others after `answerAll`; knows what it was asked to write. */
function slowVendor({ answersAtOnce = Number.POSITIVE_INFINITY } = {}) {
	const written = new Set<string>();
	const holding = Promise.withResolvers<void>();
	const released = Promise.withResolvers<void>();
	let count = 0;
	mockVendor(async ({ method, body }) => {
		if (method !== 'GET') written.add(String((JSON.parse(body) as { value: string }[])[0]?.value));
		if (++count > answersAtOnce) {
			holding.resolve();
			await released.promise;
		}
		await scheduler.wait(Math.random() * 30);
		const record = { id: 1, summary: TELLTALE };
		return Response.json(method === 'GET' ? [record] : record);
	});
	return { written, isHolding: holding.promise, answerAll: released.resolve };
}

/** KV that goes on showing what it shows now, as it may for a minute. */
async function kvAsOfNow(): Promise<KVNamespace> {
	const { keys } = await env.KV.list();
	const values = new Map<string, string | null>();
	for (const { name } of keys) values.set(name, await env.KV.get(name));
	return new Proxy(env.KV, {
		get(target, property) {
			const member: unknown = Reflect.get(target, property);
			if (property !== 'get') return typeof member === 'function' ? member.bind(target) : member;
			return async (name: string) => values.get(name) ?? null;
		},
	});
}
