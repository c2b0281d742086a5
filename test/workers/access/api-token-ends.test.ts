// An API token's own object answers for it, so that the directory is not on the path of messages; and every end of what
// lets a caller in holds from its answer on, at every door, however warm.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { hashesOf } from '../../../workers/access/keys.ts';
import type { ApiTokenRecord } from '../../../workers/contracts/records.ts';
import * as oauth from '../oauth/support.ts';
import {
	api,
	at,
	callTool,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	directoryStub,
	LIST_TICKETS,
	mockVendor,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
} from '../support.ts';

setUp();

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
const NEW_TICKET = { summary: 'x', board: { id: 1 }, company: { id: 1 } };

interface Entered {
	server: ServerWithUrl;
	apiToken: ApiTokenRecord;
	grant: Awaited<ReturnType<typeof oauth.connect>> | null;
	send(isWrite: boolean): Promise<number>;
}

let accounts = 0;

/** Comes in by a door, with an API token of its own. */
async function enter(door: keyof typeof DOORS, more: Partial<ApiTokenRecord> = {}): Promise<Entered> {
	const account = await connectAccount(`ends-${++accounts}`);
	const server = await createServer(account, { require_api_token_auth: true });
	const token = await createApiToken({ scope: 'use', accounts: [account], ...more });
	const apiToken = await directoryStub().verifyApiToken(hashesOf(env, token), '');
	if (!apiToken) throw new Error('no API token');
	const grant = door === 'url' ? null : await oauth.connect(server, { api_token: token });
	const url = door === 'oauth' ? server.oauth_url : server.url;
	// An address of its own, so that refusals slow nobody else down.
	const headers = {
		authorization: `Bearer ${grant?.access_token ?? token}`,
		'cf-connecting-ip': `192.0.2.${accounts}`,
	};
	let sent = 0;
	const send = async (isWrite: boolean) => {
		const args = isWrite ? { ...NEW_TICKET, summary: `${account} ${++sent}` } : {};
		return (await callTool(url, isWrite ? CREATE_TICKET : LIST_TICKETS, args, { headers })).status;
	};
	return { server, apiToken, grant, send };
}

const DOORS = {
	url: 'a secret URL with the API token',
	url_grant: 'a secret URL with an access token',
	oauth: 'OAuth',
};

/** Changes a token as the management API does. */
async function change({ apiToken }: Entered, members: Partial<ApiTokenRecord>): Promise<boolean> {
	return directoryStub().updateApiToken({ ...apiToken, ...members }, apiToken.updated_at ?? null);
}

const ENDS: Record<string, { end: (entered: Entered) => Promise<unknown>; onlyGrants?: true; movesClock?: true }> = {
	'its API token is revoked': { end: ({ apiToken }) => api('DELETE', `/api-token/${apiToken.id}`) },
	'its API token loses the account': { end: (entered) => change(entered, { accounts: [], account_identities: {} }) },
	'its API token loses the server': { end: (entered) => change(entered, { servers: ['mcp_cwp_0'] }) },
	'its API token gets an end that has come': { end: (entered) => change(entered, { expires_at: secondsFromNow(-1) }) },
	'the account is deleted': {
		end: ({ server }) => api('DELETE', `/integrated-account/${server.integrated_account_id}`),
	},
	'its grant is ended': {
		onlyGrants: true,
		end: async ({ server }) => {
			const path = `${serverPath(server)}/apps`;
			const { result } = (await api<{ result: { id: string }[] }>('GET', path)).body;
			for (const { id } of result) await api('DELETE', `${path}/${id}`);
		},
	},
	'its refresh token comes back': {
		onlyGrants: true,
		movesClock: true,
		end: async ({ server, grant }) => {
			const { clientId = '', refresh_token = '' } = grant ?? {};
			await oauth.refresh(server, clientId, refresh_token);
			await at(Date.now() + 61_000, () => oauth.refresh(server, clientId, refresh_token));
		},
	},
};

/** Methods of the directory that are called from now on. */
async function watchDirectory(): Promise<string[]> {
	const called: string[] = [];
	await runInDurableObject(directoryStub(), (instance) => {
		const prototype = Object.getPrototypeOf(instance) as Record<string, (...args: unknown[]) => unknown>;
		for (const name of Object.getOwnPropertyNames(prototype)) {
			const method = prototype[name];
			if (name === 'constructor' || typeof method !== 'function') continue;
			vi.spyOn(prototype, name).mockImplementation(function (this: unknown, ...args) {
				called.push(name);
				return method.apply(this, args);
			});
		}
	});
	return called;
}

const prototypeOf = (namespace: DurableObjectNamespace, name: string) =>
	runInDurableObject(
		namespace.getByName(name),
		(instance) => Object.getPrototypeOf(instance) as Record<string, (id: string) => Promise<unknown>>,
	);

describe.each(Object.entries(DOORS) as [keyof typeof DOORS, string][])('%s: %s', (door) => {
	it('asks the directory nothing, however many messages come', async ({ expect }) => {
		mockVendor(({ method }) => Response.json(method === 'GET' ? [] : { id: 1 }));
		const entered = await enter(door);
		for (const isWrite of [false, true]) expect(await entered.send(isWrite)).toBe(200);
		const called = await watchDirectory();
		for (let index = 0; index < 10; index++) expect(await entered.send(index % 2 === 1)).toBe(200);
		expect(called).toEqual([]);
		// An hour later the object looks once whether the token is as it was.
		await at(Date.now() + 3_000_000, async () => {
			for (let index = 0; index < 5; index++) expect(await entered.send(false)).toBe(200);
		});
		expect(called.filter((name) => name !== 'addAccount')).toEqual(['leaseApiToken']);
	});
});

type Door = keyof typeof DOORS;

/** Ends something that lets callers in, while they never stop writing. @returns what came through that began after the answer */
async function endUnderLoad(door: Door, { end }: (typeof ENDS)[string], vendor: string[]): Promise<unknown[]> {
	const entered = await enter(door);
	const good = [await entered.send(false), await entered.send(true)];
	let isOver = false;
	let isDone = false;
	const writeOn = async () => {
		const statuses: number[] = [];
		while (!isDone) {
			const isLate = isOver;
			const status = await entered.send(true);
			if (isLate) statuses.push(status);
			await scheduler.wait(400);
		}
		return statuses;
	};
	const begun = writeOn();
	const writes = () => vendor.filter((body) => body.includes(`"${entered.server.integrated_account_id} `)).length;
	await end(entered).finally(() => {
		isOver = true;
	});
	const written = writes();
	const after = [await entered.send(false), await entered.send(true)];
	isDone = true;
	const late = [...after, ...(await begun)];
	return [
		...good.filter((status) => status !== 200),
		...late.filter((status) => status !== 401 && status !== 404),
		...Array(writes() - written).fill('a write'),
	];
}

describe('every door', () => {
	const cases = (Object.keys(DOORS) as Door[]).flatMap((door) =>
		Object.entries(ENDS)
			.filter(([, { onlyGrants }]) => !(onlyGrants && door === 'url'))
			.map(([name, end]) => ({ name: `${DOORS[door]}: ${name}`, door, end })),
	);

	function takeBodies(): string[] {
		const bodies: string[] = [];
		mockVendor(({ method, body }) => {
			if (method !== 'GET') bodies.push(body);
			return Response.json(method === 'GET' ? [] : { id: 1 });
		});
		return bodies;
	}

	// security: S-09
	it('is shut from the answer on to whatever ends an access', async ({ expect }) => {
		const bodies = takeBodies();
		const through = await Promise.all(
			cases
				.filter(({ end }) => !end.movesClock)
				.map(async ({ name, door, end }) => [name, await endUnderLoad(door, end, bodies)]),
		);
		expect(through.filter(([, late]) => late?.length !== 0)).toEqual([]);
	});

	it.for(cases.filter(({ end }) => end.movesClock))('is shut from the answer on: $name', async (one, { expect }) => {
		expect(await endUnderLoad(one.door, one.end, takeBodies())).toEqual([]);
	});

	it('stays shut to an API token of an earlier account of the same id', async ({ expect }) => {
		mockVendor(() => Response.json([]));
		const account = await connectAccount('ends-again');
		const token = await createApiToken({ scope: 'use', accounts: [account] });
		const headers = { authorization: `Bearer ${token}` };
		const status = async () => {
			const { url } = await createServer(account, { require_api_token_auth: true });
			return (await callTool(url, LIST_TICKETS, {}, { headers })).status;
		};
		expect(await status()).toBe(200);
		await api('DELETE', `/integrated-account/${account}`);
		await connectAccount(account);
		expect(await status()).toBe(401);
	});
});

describe('an API token’s object', () => {
	// security: S-09
	it('is informed again where it did not hear of an end, before that is answered', async ({ expect }) => {
		captureLog();
		mockVendor(() => Response.json([]));
		const entered = await enter('url');
		expect(await entered.send(false)).toBe(200);
		const prototype = await prototypeOf(env.API_TOKENS as DurableObjectNamespace, entered.apiToken.id);
		vi.spyOn(prototype, 'changed').mockRejectedValueOnce(new Error('overloaded'));
		expect((await api('DELETE', `/api-token/${entered.apiToken.id}`)).status).toBe(204);
		expect(await entered.send(false)).toBe(401);
	});

	// security: S-09
	it('keeps no word that was under way during the end', async ({ expect }) => {
		mockVendor(() => Response.json([]));
		const entered = await enter('url');
		const prototype = await prototypeOf(env.DIRECTORY as DurableObjectNamespace, 'directory');
		const { leaseApiToken } = prototype;
		let isUnderWay = false;
		let isOpen = false;
		vi.spyOn(prototype, 'leaseApiToken').mockImplementation(async function (this: unknown, id) {
			const record: unknown = await leaseApiToken?.call(this, id);
			isUnderWay = true;
			while (!isOpen) await scheduler.wait(5);
			return record;
		});
		const sending = entered.send(false);
		await vi.waitFor(() => expect(isUnderWay).toBe(true), { timeout: 60_000 });
		expect((await api('DELETE', `/api-token/${entered.apiToken.id}`, undefined)).status).toBe(204);
		isOpen = true;
		expect(await sending).toBe(401);
		expect(await entered.send(false)).toBe(401);
	});

	it('serves an API token that was expired and is renewed', async ({ expect }) => {
		mockVendor(() => Response.json([]));
		const entered = await enter('url');
		expect(await entered.send(false)).toBe(200);
		await change(entered, { expires_at: secondsFromNow(-1) });
		expect(await entered.send(false)).toBe(401);
		await change(entered, { expires_at: secondsFromNow(600), updated_at: new Date().toISOString() });
		expect(await entered.send(false)).toBe(200);
		expect(await at(Date.now() + 601_000, () => entered.send(false))).toBe(401);
	});
});
