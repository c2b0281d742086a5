// Invitations: a link that lets one person in, once, and no further than whoever made it said.
import { runInDurableObject } from 'cloudflare:test';
import { describe, it } from 'vitest';
import type { ApiTokenRecord, InvitationRecord } from '../../../workers/contracts/records.ts';
import type { TrailEntry } from '../../../workers/contracts/trail.ts';
import { mintToken } from '../../../workers/lib/secrets.ts';
import { connect } from '../oauth/support.ts';
import {
	type Answer,
	api,
	at,
	connectAccount,
	createApiToken,
	createServer,
	directoryStub,
	dumpStorage,
	faultsOf,
	type Json,
	keyedHash,
	LOCAL_TOKEN,
	mcp,
	ORIGIN,
	type Page,
	refused,
	secondsFromNow,
	send,
	setUp,
	tablesOf,
} from '../support.ts';

setUp();

type Invitation = InvitationRecord & { state: string; url: string };
type Accepted = ApiTokenRecord & {
	token: string;
	servers_to_connect: { id: string; name: string; oauth_url: string }[];
};

async function invite(input: Json = {}, token = LOCAL_TOKEN): Promise<Invitation> {
	const { status, body, text } = await api<Invitation>(
		'POST',
		'/invitation',
		{ name: 'Jane Doe', ...input },
		{ token },
	);
	if (status !== 201) throw new Error(`no invitation: ${text}`);
	return body;
}

const accept = <T = Accepted>({ url }: { url: string }): Promise<Answer<T>> =>
	api<T>('POST', new URL(url).pathname, undefined, { token: null });

async function browse(url: string, method = 'GET'): Promise<{ status: number; html: string; headers: Headers }> {
	const response = await send(new Request(url, { method, headers: { accept: 'text/html,*/*' } }));
	return { status: response.status, html: await response.text(), headers: response.headers };
}

const trail = async () => (await api<{ result: TrailEntry[] }>('GET', '/trail')).body.result;

describe('an invitation', () => {
	// security: S-60
	it('becomes an API token once, also when two accept it at the same time', async ({ expect }) => {
		await connectAccount('inv-once');
		const server = await createServer('inv-once', { require_api_token_auth: true });
		const invitation = await invite({ accounts: ['inv-once'] });
		expect(invitation).toMatchObject({
			id: expect.stringMatching(/^inv_[0-9a-f]{12}$/),
			scope: 'use',
			accounts: ['inv-once'],
			state: 'pending',
			url: expect.stringMatching(/^http:\/\/localhost\/invite\/[A-Za-z0-9_-]{43}$/),
		});
		const answers = await Promise.all([accept(invitation), accept(invitation), accept(invitation)]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
		const { body } = answers.find(({ status }) => status === 200) as Answer<Accepted>;
		expect(body).toMatchObject({ name: 'Jane Doe', scope: 'use', accounts: ['inv-once'], expires_at: null });
		expect(body.servers_to_connect).toEqual([{ id: server.id, name: server.name, oauth_url: server.oauth_url }]);
		const headers = { authorization: `Bearer ${body.token}` };
		expect((await mcp(server.url, 'tools/list', {}, { headers })).status).toBe(200);
		expect((await api('GET', '/integrated-account', undefined, { token: body.token })).status).toBe(403);
		const [listed] = (await api<Page<Invitation>>('GET', '/invitation')).body.result;
		expect(listed).toMatchObject({ id: invitation.id, state: 'accepted', api_token_id: body.id });
		expect(listed).not.toHaveProperty('url');
	});

	const ends: { name: string; code: string; status: number; end(invitation: Invitation): Promise<unknown> }[] = [
		{ name: 'used', code: 'invitation_used', status: 410, end: accept },
		{
			name: 'revoked',
			code: 'not_found',
			status: 404,
			end: ({ id }) => api('DELETE', `/invitation/${id}`),
		},
		{
			name: 'of an API token that was revoked',
			code: 'not_found',
			status: 404,
			end: ({ invited_by }) => api('DELETE', `/api-token/${invited_by}`),
		},
	];
	for (const { name, code, status, end } of ends) {
		// security: S-60
		it(`opens nothing once it is ${name}, and says so to scripts and to people`, async ({ expect }) => {
			const invitation = await invite({}, await createApiToken({ scope: 'manage' }));
			await end(invitation);
			const again = await accept<{ code: string; message: string }>(invitation);
			expect([again.status, again.body.code]).toEqual([status, code]);
			for (const method of ['GET', 'POST']) {
				const page = await browse(invitation.url, method);
				expect([page.status, page.html.includes(again.body.message), page.html.includes('pb_')]).toEqual([
					status,
					true,
					false,
				]);
			}
		});
	}

	// security: S-60
	it('ends with an API token that expires, but not what it has become', async ({ expect }) => {
		const expires_at = secondsFromNow(3_600);
		const token = await createApiToken({ scope: 'manage', expires_at });
		const [first, second] = [await invite({}, token), await invite({}, token)];
		const { body } = await accept(first);
		await at(expires_at, async () => {
			expect((await accept(second)).status).toBe(404);
			expect((await api('GET', '/integrated-account', undefined, { token: body.token })).status).toBe(403);
		});
	});

	// security: S-60
	it('expires to the millisecond, after a week or when it says', async ({ expect }) => {
		const soon = await invite({ expires_at: secondsFromNow(120) });
		const week = await invite();
		expect(Date.parse(week.expires_at) - Date.parse(week.created_at)).toBe(7 * 86_400_000);
		for (const invitation of [soon, week])
			await at(invitation.expires_at, async () => {
				const late = await accept<{ code: string }>(invitation);
				expect([late.status, late.body.code]).toEqual([410, 'invitation_expired']);
				const page = await browse(invitation.url);
				expect([page.status, page.html.includes('has expired')]).toEqual([410, true]);
			});
		expect((await accept(soon)).status).toBe(200);
	});

	it('is not used up by being opened, as mail filters do', async ({ expect }) => {
		await connectAccount('inv-open');
		const server = await createServer('inv-open', {}, { name: 'Desk <b>1</b>' });
		const invitation = await invite({ name: '<i>Jane</i>', accounts: ['inv-open'] });
		for (const method of ['GET', 'HEAD', 'GET']) {
			const page = await browse(invitation.url, method);
			expect([page.status, page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
				200,
				'no-store',
				'no-referrer',
			]);
			if (method === 'GET') expect(page.html).toContain('&#60;i&#62;Jane&#60;/i&#62;');
			expect(page.html).not.toMatch(/<i>|<b>/);
		}
		const accepted = await browse(invitation.url, 'POST');
		expect(accepted.html).toMatch(/<pre tabindex="0">pb_[A-Za-z0-9_-]{43}<\/pre>/);
		expect(accepted.html).toContain(`href="${server.oauth_url}"`);
	});

	// security: S-60
	it('is kept as an HMAC, which no API token can have', async ({ expect }) => {
		const invitation = await invite();
		const secret = new URL(invitation.url).pathname.split('/')[2] ?? '';
		const kept = await dumpStorage();
		expect(kept).not.toContain(secret);
		expect(kept).not.toContain(keyedHash(secret));
		expect(kept).toContain(keyedHash(`invitation:${secret}`));
		expect((await api('GET', '/invitation', undefined, { token: `pb_${secret}` })).status).toBe(401);
		const unknown = await accept<{ code: string }>({ url: `${ORIGIN}/invite/${mintToken()}` });
		expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
		expect((await accept({ url: `${ORIGIN}/invite/x` })).status).toBe(404);
	});

	it('stands in the trail: who made it, who accepted it, who took it back, and no secret', async ({ expect }) => {
		const { result: before } = (await api<{ result: TrailEntry[] }>('GET', '/trail')).body;
		const first = await invite({ name: 'Trail one' });
		const second = await invite({ name: 'Trail two' });
		const { body } = await accept(first);
		await api('DELETE', `/invitation/${second.id}`);
		const entries = (await trail()).slice(before.length);
		const told = entries.map(({ action, via, api_token_id, before: was, after }) => ({
			action,
			via,
			isKnown: api_token_id === first.invited_by,
			id: (after ?? was)?.id,
		}));
		const byToken = { via: 'api_token', isKnown: true };
		const byLink = { via: 'invitation', isKnown: false };
		expect(told).toEqual([
			{ action: 'invitation.created', ...byToken, id: first.id },
			{ action: 'invitation.created', ...byToken, id: second.id },
			{ action: 'invitation.accepted', ...byLink, id: first.id },
			{ action: 'api_token.created', ...byLink, id: body.id },
			{ action: 'invitation.revoked', ...byToken, id: second.id },
		]);
		expect(entries[2]?.after?.api_token_id).toBe(body.id);
		expect(JSON.stringify(entries)).not.toMatch(/pb_|hash/);
	});

	it('repeats no create that is sent twice with one Idempotency-Key', async ({ expect }) => {
		const ask = () =>
			send(
				new Request(`${ORIGIN}/invitation`, {
					method: 'POST',
					headers: {
						authorization: `Bearer ${LOCAL_TOKEN}`,
						'content-type': 'application/json',
						'idempotency-key': 'inv-1',
					},
					body: JSON.stringify({ name: 'Twice' }),
				}),
			);
		const [first, second] = [await ask(), await ask()];
		expect([first.status, second.status]).toEqual([201, 409]);
		expect(((await second.json()) as Invitation).id).toBe(((await first.json()) as Invitation).id);
	});

	it('is refused with every fault at once', async ({ expect }) => {
		await connectAccount('inv-bad');
		const cases: [Json, Record<string, RegExp>][] = [
			[{ name: '' }, { name: /empty/ }],
			[{ scope: 'manage' }, { scope: /must be use/ }],
			[{ accounts: [] }, { accounts: /at least one/ }],
			[{ accounts: ['never-was'] }, { accounts: /no account "never-was"/ }],
			[{ servers: ['mcp_cwp_1'] }, { accounts: /must name the accounts/ }],
			[{ accounts: ['inv-bad'], servers: ['mcp_cwp_1'] }, { 'servers.0': /no.* server "mcp_cwp_1"/ }],
			[{ accounts: ['inv-bad'], servers: ['a b'] }, { 'servers.0': /id of a server/ }],
			[{ expires_at: secondsFromNow(31 * 86_400) }, { expires_at: /30 days/ }],
			[{ expires_at: secondsFromNow(5) }, { expires_at: /60 seconds/ }],
			[
				{ expires_at: null, access_expires_at: 'soon' },
				{ expires_at: /^must be an ISO 8601 datetime.*; leave it out/, access_expires_at: /ISO/ },
			],
			[
				{ requests_per_minute: 0, more: 1 },
				{ requests_per_minute: /1/, more: /not known/ },
			],
		];
		for (const [input, faults] of cases) {
			const answer = await refused('POST', '/invitation', { name: 'x', ...input });
			expect([input, answer.status]).toEqual([input, 400]);
			const found = faultsOf(answer);
			for (const [path, message] of Object.entries(faults))
				expect([input, found[path]]).toEqual([input, expect.stringMatching(message)]);
		}
		const bound = await createApiToken({ scope: 'manage', accounts: ['inv-bad'] });
		for (const [method, path] of [
			['POST', '/invitation'],
			['GET', '/invitation'],
			['DELETE', '/invitation/inv_1'],
		] as const) {
			const body = method === 'POST' ? { name: 'x' } : undefined;
			expect((await refused(method, path, body, { token: bound })).body.code).toBe('insufficient_scope');
		}
		expect((await refused('DELETE', '/invitation/inv_1')).status).toBe(404);
		expect((await refused('GET', `/invite/${mintToken()}`)).status).toBe(405);
	});

	// security: S-60
	it('of an account that was deleted opens nothing of the next one under its id', async ({ expect }) => {
		await connectAccount('inv-again');
		const invitation = await invite({ accounts: ['inv-again'] });
		await api('DELETE', '/integrated-account/inv-again');
		await connectAccount('inv-again');
		const server = await createServer('inv-again', { require_api_token_auth: true });
		const { body } = await accept(invitation);
		expect(body.servers_to_connect).toEqual([]);
		const headers = { authorization: `Bearer ${body.token}` };
		expect((await mcp(server.url, 'tools/list', {}, { headers })).status).toBe(401);
	});

	it('is forgotten 30 days after its end', async ({ expect }) => {
		const old = await invite({ name: 'Old' });
		await at(Date.parse(old.expires_at) + 30 * 86_400_000, async () => {
			expect((await api<Page<Invitation>>('GET', '/invitation')).body.result).toEqual([]);
			await invite({ name: 'New' });
		});
		const rows = await runInDurableObject(directoryStub(), (_, state) => tablesOf(state).invitation ?? []);
		expect(rows.filter((row) => JSON.stringify(row).includes('"Old"'))).toEqual([]);
	});
});

describe('an API token, or an invitation, for single servers', () => {
	const ways: { name: string; tokenFor(server: string): Promise<string> }[] = [
		{
			name: 'API token',
			tokenFor: (server) => createApiToken({ scope: 'use', accounts: ['single'], servers: [server] }),
		},
		{
			name: 'invitation',
			tokenFor: async (server) => (await accept(await invite({ accounts: ['single'], servers: [server] }))).body.token,
		},
	];
	for (const { name, tokenFor } of ways) {
		// security: S-61
		it(`lets in to these and to no others: ${name}`, async ({ expect }) => {
			await connectAccount('single').catch(() => 'connected before');
			const [own, other] = await Promise.all([
				createServer('single', { require_api_token_auth: true }),
				createServer('single', { require_api_token_auth: true }),
			]);
			const token = await tokenFor(own.id);
			const headers = { authorization: `Bearer ${token}` };
			expect((await mcp(own.url, 'tools/list', {}, { headers })).status).toBe(200);
			expect((await mcp(other.url, 'tools/list', {}, { headers })).status).toBe(401);
			expect((await connect(own, { api_token: token })).access_token).toBeTruthy();
			await expect(connect(other, { api_token: token })).rejects.toThrow(/not good for this account/);
		});
	}

	it('goes with the scope use, and with servers that there are', async ({ expect }) => {
		await connectAccount('single-bad');
		const manage = { name: 'x', scope: 'manage', accounts: ['single-bad'], servers: ['mcp_cwp_1'] };
		expect(faultsOf(await refused('POST', '/api-token', manage))).toEqual({ servers: 'goes with the scope use only' });
		const unknown = { ...manage, scope: 'use' };
		expect(faultsOf(await refused('POST', '/api-token', unknown))).toHaveProperty(['servers.0']);
		const all = { ...unknown, accounts: '*' };
		expect(faultsOf(await refused('POST', '/api-token', all))).toHaveProperty(['accounts']);
	});
});
