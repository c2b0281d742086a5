// An account whose credentials the vendor refuses again and again is left alone until that is mended.
import { beforeAll, describe, it, vi } from 'vitest';
import type { AccountRecord } from '../../../workers/contracts/records.ts';
import {
	accountStub,
	api,
	at,
	CREATE_NOTE,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	mockVendor,
	type Page,
	resultOf,
	type ServerWithUrl,
	seenAccount,
	setUp,
} from '../support.ts';

setUp();

let accounts = 0;
let accountId: string;
let server: ServerWithUrl;

const read = () => callTool(server.url, GET_TICKET, { id: 1 });
const write = () => callTool(server.url, CREATE_NOTE, { ticket_id: 1, text: crypto.randomUUID() });
const refusing = () => mockVendor(() => Response.json({ message: 'UserNotAuthenticated' }, { status: 401 }));
const accepting = () => mockVendor(() => Response.json({ id: 1 }));
const account = async () => (await api<AccountRecord>('GET', `/integrated-account/${accountId}`)).body;

/** Straight at the Durable Object: what calls found out, in their order. */
async function report(...accepted: boolean[]) {
	const stub = accountStub(accountId);
	const { identity: account_identity, revision: account_revision } = await seenAccount(accountId);
	await stub.appendLog(
		[],
		accepted.map((one) => ({ account_identity, account_revision, accepted: one })),
	);
}

async function begin() {
	accountId = `reauth-${++accounts}`;
	await connectAccount(accountId);
	server = await createServer(accountId);
}

async function breakCredentials() {
	refusing();
	for (let count = 0; count < 5; count++) await read();
	await eventually(async () => {
		const { state } = await account();
		if (state !== 'needs_reauth') throw new Error(`the account is still ${state}`);
	});
	// This isolate remembers the account as it was: its next read goes beside the question, and it knows.
	await read();
	vi.restoreAllMocks();
}

describe('credentials that are refused', () => {
	beforeAll(begin);

	// security: S-20
	it('five times in a row leave the account to be mended, and calls are answered with what to do', async ({
		expect,
	}) => {
		expect((await account()).state).toBe('unverified');
		await breakCredentials();
		const sent = accepting();
		const { state, state_since } = await account();
		expect([state, Number.isNaN(Date.parse(state_since))]).toEqual(['needs_reauth', false]);
		for (const call of [read, write]) {
			const { isError, structuredContent } = resultOf(await call());
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({ statusCode: 401, code: 'needs_reauth', is_remote_error: false });
			expect(structuredContent.message).toMatch(
				/^Nothing was sent: ConnectWise PSA .*Ask the operator to enter new ones/,
			);
		}
		expect(sent).toEqual([]);
	});

	it('show in the list of accounts too', async ({ expect }) => {
		const { body } = await api<Page<AccountRecord>>('GET', '/integrated-account?limit=200');
		expect(body.result.find(({ id }) => id === accountId)?.state).toBe('needs_reauth');
	});
});

describe('an account that was left alone', () => {
	const ways: { name: string; mend: () => Promise<unknown>; state: string }[] = [
		{
			name: 'new credentials',
			mend: () => api('PATCH', `/integrated-account/${accountId}`, { credentials: { private_key: 'new-key' } }),
			state: 'unverified',
		},
		{
			name: 'another address',
			mend: () => api('PATCH', `/integrated-account/${accountId}`, { site: 'eu' }),
			state: 'unverified',
		},
		{
			name: 'new credentials that were tested',
			mend: () => api('PATCH', `/integrated-account/${accountId}?test=true`, { credentials: { private_key: 'new' } }),
			state: 'active',
		},
		{
			name: 'a test that succeeds',
			mend: () => api('POST', `/integrated-account/${accountId}/test`),
			state: 'active',
		},
	];
	for (const { name, mend, state } of ways) {
		it(`is asked again after ${name}`, async ({ expect }) => {
			await begin();
			await breakCredentials();
			const since = (await account()).state_since;
			accepting();
			await mend();
			const mended = await account();
			expect(mended.state).toBe(state);
			expect(Date.parse(mended.state_since)).toBeGreaterThanOrEqual(Date.parse(since));
			expect(resultOf(await read()).structuredContent).toEqual({ id: 1 });
		});
	}

	const others: { name: string; act: () => Promise<unknown> }[] = [
		{ name: 'a new name', act: () => api('PATCH', `/integrated-account/${accountId}`, { name: 'Renamed' }) },
		{
			name: 'a test that fails',
			act: () => {
				refusing();
				return api('POST', `/integrated-account/${accountId}/test`);
			},
		},
	];
	for (const { name, act } of others) {
		it(`stays alone after ${name}`, async ({ expect }) => {
			await begin();
			await breakCredentials();
			await act();
			vi.restoreAllMocks();
			const sent = accepting();
			expect((await account()).state).toBe('needs_reauth');
			expect(resultOf(await read()).structuredContent.code).toBe('needs_reauth');
			expect(sent).toEqual([]);
		});
	}

	it('is left alone again only after as many refusals of the new credentials', async ({ expect }) => {
		await begin();
		await breakCredentials();
		await api('PATCH', `/integrated-account/${accountId}`, { credentials: { private_key: 'also-bad' } });
		await report(false, false, false, false);
		expect((await account()).state).toBe('unverified');
		await report(false);
		expect((await account()).state).toBe('needs_reauth');
	});
});

describe('refusals', () => {
	const cases: { name: string; reports: boolean[][]; state: string }[] = [
		{ name: 'four', reports: [[false, false, false, false]], state: 'unverified' },
		{ name: 'five', reports: [[false, false, false, false, false]], state: 'needs_reauth' },
		{ name: 'five, one after the other', reports: Array(5).fill([false]), state: 'needs_reauth' },
		{
			name: 'broken by one that was accepted',
			reports: [[false, false, false], [true], [false, false]],
			state: 'active',
		},
		{ name: 'broken within one message', reports: [[false, false, false, true, false, false]], state: 'active' },
		{ name: 'five before one that was accepted', reports: [[...Array(5).fill(false), true]], state: 'active' },
	];
	for (const { name, reports, state } of cases) {
		it(`${name}: ${state}`, async ({ expect }) => {
			await begin();
			for (const one of reports) await report(...one);
			expect((await account()).state).toBe(state);
		});
	}

	it('that lie further apart than five minutes are not in a row', async ({ expect }) => {
		await begin();
		await report(false, false, false, false);
		await at(Date.now() + 300_000, () => report(false));
		expect((await account()).state).toBe('unverified');
	});

	it('of credentials that were changed meanwhile say nothing about the new ones', async ({ expect }) => {
		await begin();
		const stub = accountStub(accountId);
		const { identity } = await seenAccount(accountId);
		await stub.appendLog([], Array(5).fill({ account_identity: identity, account_revision: 0, accepted: false }));
		expect((await account()).state).toBe('unverified');
		const other = { account_identity: '0'.repeat(32), account_revision: 1, accepted: false };
		await stub.appendLog([], Array(5).fill(other));
		expect((await account()).state).toBe('unverified');
	});

	it('are only those of the credentials: other errors of the vendor are none', async ({ expect }) => {
		await begin();
		for (const status of [400, 403, 404, 429, 500]) {
			mockVendor(() => Response.json({ message: 'x' }, { status }));
			for (let count = 0; count < 6; count++) await read();
			vi.restoreAllMocks();
		}
		// Outcomes are counted with the log, a moment after the answer.
		await eventually(async () => {
			const { entries } = await accountStub(accountId).readLog(server.id, {}, 100, null);
			expect(entries).toHaveLength(30);
		});
		expect((await account()).state).toBe('unverified');
	});
});
