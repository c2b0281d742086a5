// The Durable Object dies between any two of its steps. Every step of every change is tried, one after the other: the
// change is done or not done, never half; and no token, server, log or account is left without what it belongs to.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, describe, it, vi } from 'vitest';
import { hashesOf } from '../../../workers/access/keys.ts';
import {
	accountInput,
	accountStub,
	accountTables,
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createServer,
	keyedHash,
	LIST_TICKETS,
	mockVendor,
	type Page,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	tablesOf,
	UPDATE_TICKET,
} from '../support.ts';
import { calledQuietly, layFuse, type Moment, presentKeys, restart, unsettled, unsound } from './fuse.ts';

setUp();

interface Outcome {
	status: number;
	/** A URL that the change has handed out. */
	url?: string | undefined;
}

interface Scenario {
	name: string;
	/** @returns servers that exist before the change */
	prepare(accountId: string): Promise<ServerWithUrl[]>;
	act(accountId: string, servers: ServerWithUrl[]): Promise<Outcome>;
	isAlarm?: true;
	/** After the restart: has the change been made? */
	isDone(accountId: string, servers: ServerWithUrl[]): Promise<boolean>;
}

const answered = async (answer: Promise<{ status: number; body: unknown }>): Promise<Outcome> => {
	const { status, body } = await answer;
	return { status, url: (body as { url?: string } | null)?.url };
};
const manage = (method: string, path: string, body?: unknown) => api(method, path, body, { env: calledQuietly });
const one = async (accountId: string, more = {}) => {
	await connectAccount(accountId);
	return [await createServer(accountId, {}, more)];
};
const first = (servers: ServerWithUrl[]) => servers[0] as ServerWithUrl;
const isGone = async (path: string) => (await api('GET', path)).status === 404;
const countOf = async (accountId: string) =>
	(await api<Page<unknown>>('GET', `/integrated-account/${accountId}/mcp`)).body.result.length;

const NEW_KEYS = {
	TOKEN_KEY_B: btoa('t'.repeat(32)),
	ENCRYPTION_KEY_B: btoa('e'.repeat(32)),
	CURRENT_KEYS: 'b',
};

const SCENARIOS: Scenario[] = [
	{
		name: 'connecting an account',
		prepare: async () => [],
		act: (id) => answered(manage('POST', '/integrated-account', accountInput({ id }))),
		isDone: async (id) => !(await isGone(`/integrated-account/${id}`)),
	},
	{
		name: 'changing the keys of an account',
		prepare: one,
		act: (id) => answered(manage('PATCH', `/integrated-account/${id}`, { credentials: { private_key: 'new-key' } })),
		isDone: async (id) => ((await accountStub(id).getAccount())?.revision ?? 0) === 2,
	},
	{
		name: 'deleting an account with its servers',
		prepare: async (id) => [...(await one(id)), await createServer(id, {}, { expires_at: secondsFromNow(600) })],
		act: (id) => answered(manage('DELETE', `/integrated-account/${id}`)),
		isDone: (id) => isGone(`/integrated-account/${id}`),
	},
	{
		name: 'creating a server',
		prepare: async (id) => {
			await connectAccount(id);
			return [];
		},
		act: (id) => answered(manage('POST', `/integrated-account/${id}/mcp`, { name: 'x' })),
		isDone: async (id) => (await countOf(id)) === 1,
	},
	{
		name: 'creating a server that ends',
		prepare: one,
		act: (id) =>
			answered(manage('POST', `/integrated-account/${id}/mcp`, { name: 'x', expires_at: secondsFromNow(600) })),
		isDone: async (id) => (await countOf(id)) === 2,
	},
	{
		name: 'narrowing a server',
		prepare: one,
		act: (_, servers) => answered(manage('PATCH', serverPath(first(servers)), { config: { tags: ['time'] } })),
		isDone: async (_, servers) =>
			JSON.stringify((await api('GET', serverPath(first(servers)))).body.config) === '{"tags":["time"]}',
	},
	{
		name: 'rotating a server',
		prepare: one,
		act: (_, servers) => answered(manage('POST', `${serverPath(first(servers))}/rotate`)),
		isDone: async (id, servers) => (await accountStub(id).getServer(first(servers).id))?.revision === 2,
	},
	{
		name: 'revoking a server',
		prepare: (id) => one(id, { expires_at: secondsFromNow(600) }),
		act: (_, servers) => answered(manage('DELETE', serverPath(first(servers)))),
		isDone: (_, servers) => isGone(serverPath(first(servers))),
	},
	{
		name: 'moving a token to a new key',
		prepare: one,
		act: async (_, servers) => {
			await callTool(first(servers).url, LIST_TICKETS, {}, { env: { ...calledQuietly, ...NEW_KEYS } });
			// The call may succeed without it: the next one moves it.
			return { status: 500 };
		},
		isDone: async (id, servers) => {
			const { hash } = hashesOf({ ...env, ...NEW_KEYS }, first(servers).token);
			return JSON.stringify((await accountTables(id)).server).includes(hash);
		},
	},
	{
		name: 'the alarm at the end of a server',
		prepare: async (id) => [...(await one(id, { expires_at: secondsFromNow(90) })), await createServer(id)],
		act: async (id, servers) => {
			await at(first(servers).expires_at ?? '', () =>
				runInDurableObject(accountStub(id), (object) => object.alarm()).catch(() => {}),
			);
			return { status: 500 };
		},
		isAlarm: true,
		isDone: (_, servers) => isGone(serverPath(first(servers))),
	},
];

describe('a Durable Object that dies at any of its steps', () => {
	afterAll(() => console.log(`faults: ${deaths} objects died at a step of theirs, and were started anew`));

	for (const scenario of SCENARIOS) {
		// security: S-40
		it(`${scenario.name}: done or not done, and nothing is left over`, async ({ expect }) => {
			captureLog();
			mockVendor(({ method }) => Response.json(method === 'GET' ? [{ id: 1 }] : { id: 1 }));
			const { steps, isDone, faults } = await tryStep(scenario, Number.POSITIVE_INFINITY, 'after');
			expect({ isDone, faults }).toEqual({ isDone: true, faults: [] });
			// To die before a step is to die after the one before it, and a read changes nothing.
			const deaths = steps.flatMap((step, index) => (step.startsWith('SELECT') ? [] : [index + 1]));
			const outcomes = new Set([(await tryStep(scenario, 1, 'before')).isDone]);
			for (const last of deaths) {
				const died = await tryStep(scenario, last, 'after');
				const where = { last, step: died.steps.at(-1) };
				expect({ ...where, faults: died.faults }).toEqual({ ...where, faults: [] });
				outcomes.add(died.isDone);
			}
			// It died at several places, and both outcomes came up: the steps are really those of the change.
			expect(deaths.length).toBeGreaterThan(3);
			expect([...outcomes].sort()).toEqual([false, true]);
		});
	}

	let count = 0;
	let deaths = 0;

	async function tryStep(scenario: Scenario, last: number, moment: Moment) {
		const accountId = `step-${++count}`;
		const earlierKeys = await presentKeys();
		const servers = await scenario.prepare(accountId);
		const fuse = await layFuse(accountStub(accountId), last, moment);
		const outcome = await scenario.act(accountId, servers);
		if (fuse.isDead) deaths++;
		if (fuse.isDead && scenario.isAlarm) await comeAgain(accountId, first(servers));
		const faults = await unsoundAfter(accountId, earlierKeys);
		const isDone = await scenario.isDone(accountId, servers);
		if (outcome.status < 300 && !isDone) faults.push(`was answered ${outcome.status} and is not done`);
		const urls = [...servers.map(({ url }) => url), ...(outcome.url ? [outcome.url] : [])];
		for (const url of urls) faults.push(...(await forwardedUnasked(accountId, url)));
		if (outcome.url && !fuse.isDead && !(await opens(outcome.url))) faults.push('its URL opens nothing');
		if (scenario.isAlarm && !isDone) {
			await at(Date.now() + 3_600_000, () => runDurableObjectAlarm(accountStub(accountId)));
			if (!(await scenario.isDone(accountId, servers))) faults.push('the alarm that came again did not end it');
		}
		return { steps: fuse.steps, isDone, faults };
	}

	/** The runtime repeats an alarm whose object died; the one of the tests counts it as done. */
	function comeAgain(accountId: string, { expires_at }: ServerWithUrl): Promise<void> {
		return runInDurableObject(accountStub(accountId), (_, { storage }) =>
			storage.setAlarm(Date.parse(expires_at ?? '')),
		);
	}

	async function unsoundAfter(accountId: string, earlierKeys: ReadonlySet<string>): Promise<string[]> {
		const atOnce = (await unsound(accountId, earlierKeys)).map((fault) => `at once: ${fault}`);
		await restart(accountId);
		return [...atOnce, ...(await unsettled(accountId, earlierKeys))];
	}

	/** What the door lets through must be what the object has. */
	async function forwardedUnasked(accountId: string, url: string): Promise<string[]> {
		const token = url.split('/').at(-1) ?? '';
		const before = vi.mocked(fetch).mock.calls.length;
		const answer = await callTool(url, UPDATE_TICKET, { id: 1, summary: 'changed' });
		const sent = vi.mocked(fetch).mock.calls.length - before;
		const stands = await runInDurableObject(accountStub(accountId), (_, state) =>
			(tablesOf(state).server ?? []).some((row) => (row as { hash: string }).hash === keyedHash(token)),
		);
		return !stands && (sent > 0 || answer.status !== 404)
			? [`${answer.status} and ${sent} writes without a server`]
			: [];
	}

	async function opens(url: string): Promise<boolean> {
		return (await callTool(url, LIST_TICKETS)).status === 200;
	}
});
