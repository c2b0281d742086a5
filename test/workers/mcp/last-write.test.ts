// A write is admitted last, when its names have been looked up, and must leave within its lease. So no write leaves after
// a revoke, pause, narrowing, rotation or change of credentials has been answered.
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { getAccessById } from '../../../workers/access/access.ts';
import { askAdmission } from '../../../workers/access/admission.ts';
import { callTool as runCall } from '../../../workers/calls/call.ts';
import { connectWise, contextOf } from '../calls/calls.ts';
import {
	accountStub,
	api,
	CREDENTIALS,
	callTool,
	claimOf,
	connectAccount,
	createServer,
	mockVendor,
	resultOf,
	type ServerWithUrl,
	secondsFromNow,
	serverPath,
	setUp,
	type VendorCall,
} from '../support.ts';

setUp();

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
const TICKET = { summary: 'x', board: 'Help Desk', company: { id: 1 } };

const CHANGES: { name: string; make: (server: ServerWithUrl) => Promise<unknown>; isSent?: true }[] = [
	{ name: 'a revoke', make: (server) => api('DELETE', serverPath(server)) },
	{ name: 'a pause', make: (server) => api('PATCH', serverPath(server), { paused: true }) },
	{
		name: 'a narrowing of methods',
		make: (server) => api('PATCH', serverPath(server), { config: { methods: ['read'] } }),
	},
	{ name: 'a narrowing of tags', make: (server) => api('PATCH', serverPath(server), { config: { tags: ['time'] } }) },
	{
		name: 'a second factor',
		make: (server) => api('PATCH', serverPath(server), { config: { require_api_token_auth: true } }),
	},
	{ name: 'a rotation', make: (server) => api('POST', `${serverPath(server)}/rotate`) },
	{
		name: 'the end of the account',
		make: (server) => api('DELETE', `/integrated-account/${server.integrated_account_id}`),
	},
	{
		name: 'a change of credentials',
		make: (server) =>
			api('PATCH', `/integrated-account/${server.integrated_account_id}`, {
				credentials: { private_key: 'new-private-key' },
			}),
		isSent: true,
	},
];

describe('a write whose names are being looked up', () => {
	for (const [index, { name, make, isSent }] of [...CHANGES.entries()]) {
		for (const isKnown of [true, false]) {
			// security: S-01
			it(`is not sent as it was after ${name}${isKnown ? '' : ', in an isolate that is new to the server'}`, async ({
				expect,
			}) => {
				const server = await createServer(await connectAccount(`slow-${index}-${isKnown}`));
				let lookUp = () => {};
				const lookedUp = new Promise<void>((done) => {
					lookUp = done;
				});
				const calls: VendorCall[] = mockVendor(async ({ method }) => {
					if (method === 'GET') await lookedUp;
					return Response.json(method === 'GET' ? [{ id: 1, name: 'Help Desk' }] : { id: 77 });
				});
				const lookups = () => calls.filter(({ method }) => method === 'GET').length;
				if (isKnown) await callTool(server.url, CREATE_TICKET, { summary: 'x', board: { id: 1 } });
				calls.length = 0;
				const call = callTool(server.url, CREATE_TICKET, TICKET);
				await vi.waitFor(() => expect(lookups()).toBeGreaterThan(0), 5_000);
				await make(server);
				lookUp();
				await call;
				const sent = calls.filter(({ method }) => method === 'POST');
				const { company_id, public_key } = CREDENTIALS;
				const isNew = `Basic ${btoa(`${company_id}+${public_key}:new-private-key`)}`;
				expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(isSent ? [isNew] : []);
			});
		}
	}
});

describe('a write of a caller whose API token is revoked while names are looked up', () => {
	for (const way of ['the second factor of a URL', 'a call through the management API'] as const) {
		it(`is not sent: ${way}`, async ({ expect }) => {
			const isUrl = way.endsWith('URL');
			const server = await createServer(await connectAccount(`caller-${isUrl}`), { require_api_token_auth: isUrl });
			const { body } = await api<{ id: string; token: string }>('POST', '/api-token', {
				name: 'Claude',
				scope: isUrl ? 'use' : 'manage',
				accounts: '*',
			});
			let lookUp = () => {};
			const lookedUp = new Promise<void>((done) => {
				lookUp = done;
			});
			const calls = mockVendor(async ({ method }) => {
				if (method === 'GET') await lookedUp;
				return Response.json(method === 'GET' ? [{ id: 1, name: 'Help Desk' }] : { id: 77 });
			});
			const headers = { authorization: `Bearer ${body.token}` };
			const params = { name: CREATE_TICKET, arguments: TICKET };
			const call = isUrl
				? callTool(server.url, CREATE_TICKET, TICKET, { headers })
				: api('POST', `${serverPath(server)}/rpc`, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, body);
			await vi.waitFor(() => expect(calls.length).toBeGreaterThan(0), 5_000);
			expect((await api('DELETE', `/api-token/${body.id}`)).status).toBe(204);
			lookUp();
			expect((await call).status).toBe(401);
			expect(calls.filter(({ method }) => method === 'POST')).toEqual([]);
		});
	}
});

describe('a lease', () => {
	const write = { call: { write: { key: null, insists: false } } };

	it('is waited for by what changes its server or its account, and by nothing else', async ({ expect }) => {
		await connectAccount('leased');
		const [server, other] = [await createServer('leased'), await createServer('leased')];
		const stub = accountStub('leased');
		const admitted = async () =>
			expect(await stub.admit({ ...(await claimOf(server)), ...write })).toMatchObject({
				state: 'current',
				write: { may: 'go', lease_ms: 500 },
			});
		const waited = async (change: () => Promise<unknown>) => {
			await admitted();
			const startedAtMs = Date.now();
			await change();
			return Date.now() - startedAtMs;
		};
		// The object's clock began a little before ours.
		const MIN_MS = 350;
		expect(await waited(() => api('PATCH', serverPath(server), { name: 'New' }))).toBeGreaterThan(MIN_MS);
		expect(await waited(() => api('PATCH', '/integrated-account/leased', { name: 'New' }))).toBeGreaterThan(MIN_MS);
		const elsewhere = await waited(async () => {
			await stub.deleteServer(other.id);
		});
		expect(elsewhere).toBeLessThan(MIN_MS);
		expect(await waited(() => api('DELETE', serverPath(server)))).toBeGreaterThan(MIN_MS);
	});

	it('ends with its server, whose end is sooner', async ({ expect }) => {
		await connectAccount('ending-lease');
		const expires_at = secondsFromNow(90);
		const { id } = await createServer('ending-lease', {}, { expires_at });
		const access = await getAccessById(env, { accountId: 'ending-lease', serverId: id }, Date.now());
		if (!access) throw new Error('no access');
		const askedMs = [90_000, 300, 100, 0].map((before) => Date.parse(expires_at) - before);
		const sendBy = [];
		for (const ms of askedMs) {
			const admission = await askAdmission(env, { key: 'key' }, access, ms, write.call);
			sendBy.push(
				admission.state === 'current' && admission.write?.may === 'go' ? admission.write.send_by_ms - ms : null,
			);
		}
		expect(sendBy).toEqual([350, 300, 100, 0]);
	});

	it('that is over when it arrives is given back and asked for again, and nothing is sent', async ({ expect }) => {
		const calls = mockVendor(() => Response.json({ id: 1 }));
		const settled: unknown[] = [];
		let admissions = 0;
		const context = {
			...contextOf(connectWise),
			admit: async () => {
				admissions++;
				return { state: 'current', write: { may: 'go', ticket: `t${admissions}`, send_by_ms: 1_000 } } as const;
			},
			settleWrite: async (written: unknown) => {
				settled.push(written);
			},
			clock: () => 1_000,
		};
		const operation = connectWise.byResource.get('tickets.create');
		if (!operation) throw new Error('no operation');
		const outcome = await runCall(context, operation, { summary: 'x', board: { id: 1 }, company: { id: 1 } }, 0);
		expect(outcome).toMatchObject({ state: 'refused', structuredContent: { code: 'admitted_too_late' } });
		expect([admissions, calls.length]).toEqual([3, 0]);
		expect(settled).toMatchObject(['t1', 't2', 't3'].map((ticket) => ({ ticket, end: { state: 'unmade' } })));
	});

	it('that is given back leaves no trace: the same write may come again', async ({ expect }) => {
		await connectAccount('given-back');
		const server = await createServer('given-back', { writes_per_day: 1 });
		const stub = accountStub('given-back');
		const ask = async () => stub.admit({ ...(await claimOf(server)), call: { write: { key: 'k', insists: false } } });
		const first = await ask();
		if (first.state !== 'current' || first.write?.may !== 'go') throw new Error('not admitted');
		const ended = { server_id: server.id, key: 'k', ticket: first.write.ticket ?? '' };
		await stub.settleWrites([{ ...ended, end: { state: 'unmade' } }]);
		expect(await ask()).toMatchObject({ state: 'current', write: { may: 'go' } });
		mockVendor(() => Response.json({ id: 1 }));
		expect(
			resultOf(await callTool(server.url, CREATE_TICKET, { ...TICKET, board: { id: 1 } })).structuredContent,
		).toMatchObject({
			code: 'write_budget_spent',
		});
	});
});
