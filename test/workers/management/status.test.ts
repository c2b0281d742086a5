// The state of the installation and of all accounts, each in one request.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { describe, it } from 'vitest';
import {
	accountStub,
	api,
	CREATE_NOTE,
	callTool,
	connectAccount,
	createApiToken,
	createServer,
	eventually,
	failCalls,
	type Json,
	mockVendor,
	refused,
	secondsFromNow,
	serverPath,
	setUp,
} from '../support.ts';

setUp();
const DAY_SECONDS = 86_400;
type Overview = { result: (Json & { id: string; attention: string[]; ending_servers: { id: string }[] })[] };

describe('GET /status and /overview', () => {
	it('tell of every account in one request, what needs attention first, and follow each change', async ({ expect }) => {
		for (const id of ['state-bad', 'state-ending', 'state-quiet']) await connectAccount(id);
		const soon = await createServer('state-ending', {}, { expires_at: secondsFromNow(3 * DAY_SECONDS) });
		await createServer('state-ending', {}, { expires_at: secondsFromNow(30 * DAY_SECONDS), paused: true });
		await createServer('state-quiet');
		const seen = await accountStub('state-bad').getAccount();
		if (!seen) throw new Error('no account');
		await accountStub('state-bad').updateAccount({ state: 'needs_reauth' }, seen);
		const read = async () => (await api<Overview>('GET', '/overview')).body.result;
		// An account that an earlier file connected at its very end may come in after storage was emptied.
		const endOthers = async () => {
			for (const { id } of await read()) if (!id.startsWith('state-')) await api('DELETE', `/integrated-account/${id}`);
		};
		await eventually(async () => {
			await endOthers();
			expect(await read()).toMatchObject([
				{ id: 'state-bad', attention: ['needs_reauth'], servers: 0, usage: { calls: 0 } },
				{
					id: 'state-ending',
					attention: ['servers_ending', 'unverified'],
					servers: 2,
					paused_servers: 1,
					ending_servers: [{ id: soon.id }],
				},
				{ id: 'state-quiet', attention: ['unverified'], servers: 1, ending_servers: [] },
			]);
		});
		expect((await api('GET', '/status')).body).toMatchObject({
			storage: 'ok',
			accounts: { unverified: 2, needs_reauth: 1 },
			servers: 3,
			ending_servers: [{ id: soon.id, integrated_account_id: 'state-ending' }],
		});
		await api('DELETE', serverPath(soon));
		await eventually(async () => {
			expect((await read()).find(({ id }) => id === 'state-ending')).toMatchObject({
				attention: ['unverified'],
				servers: 1,
			});
		});
	});

	it('tell of calls, failures and spent budgets, the more urgent account first', async ({ expect }) => {
		mockVendor(() => Response.json({ id: 1 }));
		const ids = ['urgent-quiet', 'urgent-spent', 'urgent-failing'];
		for (const id of ids) await connectAccount(id);
		const spent = await createServer('urgent-spent', { writes_per_day: 1 });
		await callTool(spent.url, CREATE_NOTE, { ticket_id: 1, text: 'x' });
		const failing = await createServer('urgent-failing');
		await failCalls(failing, 20);
		await eventually(async () => {
			// The account tells the directory by its alarm, which on another date of this run would not come by itself.
			for (const id of ids) await runDurableObjectAlarm(accountStub(id));
			const { body } = await api<Overview>('GET', '/overview');
			expect(body.result.filter(({ id }) => ids.includes(id))).toMatchObject([
				{
					id: 'urgent-failing',
					attention: ['error_rate'],
					usage: { calls: 20, errors: 20, last_used_at: expect.any(String) },
					alerts: [{ type: 'server.error_rate', data: { server_id: failing.id } }],
				},
				{ id: 'urgent-spent', attention: ['write_budget_reached'] },
				{ id: 'urgent-quiet', attention: [], alerts: [] },
			]);
		});
	});

	it('tell an API token of its accounts alone, and a token that only lets clients in of nothing', async ({
		expect,
	}) => {
		await connectAccount('state-own');
		const token = await createApiToken({ scope: 'manage', accounts: ['state-own'] });
		const { body } = await api<Overview>('GET', '/overview', undefined, { token });
		expect(body.result.map(({ id }) => id)).toEqual(['state-own']);
		expect((await api('GET', '/status', undefined, { token })).body.accounts).toEqual({ unverified: 1 });
		const use = await createApiToken({ scope: 'use' });
		for (const path of ['/status', '/overview'])
			expect((await refused('GET', path, undefined, { token: use })).status).toBe(403);
	});
});
