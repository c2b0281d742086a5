// The state of an account says what tests and calls have shown of the vendor, and since when.
import { evictDurableObject } from 'cloudflare:test';
import { describe, it, vi } from 'vitest';
import type { AccountRecord } from '../../../workers/contracts/records.ts';
import {
	accountInput,
	accountStub,
	api,
	at,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	mockVendor,
	type Page,
	refused,
	seenAccount,
	setUp,
} from '../support.ts';

setUp();
const HOUR_MS = 3_600_000;

const HTML = { headers: { 'content-type': 'text/html' } };
const VENDORS: Record<string, () => Response | Promise<Response>> = {
	good: () => Response.json([{ id: 1 }]),
	'wrong keys': () => Response.json({ message: 'UserNotAuthenticated' }, { status: 401 }),
	'wrong company': () => Response.json({ message: 'Cannot route this company' }, { status: 400 }),
	'no rights': () => Response.json({ message: 'Forbidden' }, { status: 403 }),
	gone: () => Promise.reject(new TypeError('Network connection lost.')),
	'another site': () => new Response('<h1>Welcome</h1>', HTML),
	busy: () => Response.json({ message: 'slow down' }, { status: 429 }),
	broken: () => Response.json({ message: 'oops' }, { status: 500 }),
};
type Vendor = keyof typeof VENDORS;

function vendorIs(name: Vendor): void {
	vi.restoreAllMocks();
	mockVendor(VENDORS[name] ?? (() => Response.error()));
}

const read = async (id: string) => (await api<AccountRecord>('GET', `/integrated-account/${id}`)).body;
const test = (id: string) => api('POST', `/integrated-account/${id}/test`);

/** What calls have told the account's object, in their order; null: not reached. */
async function told(id: string, ...accepted: (boolean | null)[]): Promise<void> {
	const { identity: account_identity, revision: account_revision } = await seenAccount(id);
	const reports = accepted.map((one) => ({ account_identity, account_revision, accepted: one }));
	await accountStub(id).appendLog([], reports);
}

describe('a test of the connection', () => {
	const cases: { before: string; vendor: Vendor; state: string; isSeen: boolean }[] = [
		{ before: 'unverified', vendor: 'good', state: 'active', isSeen: true },
		{ before: 'unverified', vendor: 'no rights', state: 'active', isSeen: true },
		{ before: 'unverified', vendor: 'wrong keys', state: 'needs_reauth', isSeen: true },
		{ before: 'unverified', vendor: 'wrong company', state: 'needs_reauth', isSeen: true },
		{ before: 'unverified', vendor: 'gone', state: 'unreachable', isSeen: true },
		{ before: 'unverified', vendor: 'another site', state: 'unreachable', isSeen: true },
		{ before: 'unverified', vendor: 'busy', state: 'unverified', isSeen: false },
		{ before: 'unverified', vendor: 'broken', state: 'unverified', isSeen: false },
		{ before: 'good', vendor: 'gone', state: 'unreachable', isSeen: true },
		{ before: 'good', vendor: 'wrong keys', state: 'needs_reauth', isSeen: true },
		{ before: 'good', vendor: 'busy', state: 'active', isSeen: true },
		{ before: 'gone', vendor: 'good', state: 'active', isSeen: true },
		{ before: 'wrong keys', vendor: 'good', state: 'active', isSeen: true },
		{ before: 'wrong keys', vendor: 'gone', state: 'unreachable', isSeen: true },
	];
	for (const [index, { before, vendor, state, isSeen }] of cases.entries()) {
		it(`of an account that was "${before}", at a vendor that is "${vendor}": ${state}`, async ({ expect }) => {
			const id = await connectAccount(`tested-${index}`);
			if (before in VENDORS) {
				vendorIs(before);
				await test(id);
			}
			vendorIs(vendor);
			await test(id);
			const account = await read(id);
			expect(account.state).toBe(state);
			expect(account.last_seen_at !== null).toBe(isSeen);
			// The list is sent by the account's object and says the same.
			await eventually(async () => {
				const { body } = await api<Page<AccountRecord>>('GET', '/integrated-account?limit=200');
				expect(body.result.find((one) => one.id === id)).toMatchObject({ state, last_seen_at: account.last_seen_at });
			});
			// An object that starts anew knows it still.
			await evictDurableObject(accountStub(id));
			expect(await read(id)).toEqual(account);
		});
	}
});

describe('a change of nothing that is sent', () => {
	it('leaves the state as it is', async ({ expect }) => {
		const id = await connectAccount('renamed');
		vendorIs('good');
		await test(id);
		for (const body of [{ name: 'Renamed' }, { credentials: {} }, { base_url: (await read(id)).base_url }]) {
			await api('PATCH', `/integrated-account/${id}`, body);
			expect([body, (await read(id)).state]).toEqual([body, 'active']);
		}
	});
});

describe('calls', () => {
	const cases: { reports: (boolean | null)[]; state: string }[] = [
		{ reports: [true], state: 'active' },
		{ reports: [false], state: 'unverified' },
		{ reports: [null, null], state: 'unverified' },
		{ reports: [null, null, null], state: 'unreachable' },
		{ reports: [true, null, null, true, null, null], state: 'active' },
		{ reports: [true, null, null, null], state: 'unreachable' },
		{ reports: [null, null, null, true], state: 'active' },
		{ reports: [null, null, null, false], state: 'unverified' },
		{ reports: [null, null, false, null, null], state: 'unverified' },
		{ reports: [null, null, null, false, false, false, false, false], state: 'needs_reauth' },
	];
	for (const [index, { reports, state }] of cases.entries()) {
		it(`told ${JSON.stringify(reports)}, at once or one by one: ${state}`, async ({ expect }) => {
			const ids = await Promise.all([0, 1].map((way) => connectAccount(`called-${index}-${way}`)));
			await told(ids[0] ?? '', ...reports);
			for (const one of reports) await told(ids[1] ?? '', one);
			expect((await Promise.all(ids.map(read))).map((account) => account.state)).toEqual([state, state]);
		});
	}

	it('that do not reach the vendor say so, those that are answered mend it, and other errors say nothing', async ({
		expect,
	}) => {
		const id = await connectAccount('called');
		const server = await createServer(id);
		const steps: [Vendor, number, string][] = [
			['broken', 4, 'unverified'],
			['good', 1, 'active'],
			['gone', 3, 'unreachable'],
			['broken', 3, 'unreachable'],
			['good', 1, 'active'],
		];
		for (const [vendor, calls, state] of steps) {
			vendorIs(vendor);
			for (let count = 0; count < calls; count++) await callTool(server.url, GET_TICKET, { id: 1 });
			await eventually(async () => expect((await read(id)).state).toBe(state));
		}
	});

	it('are sent after a test that was refused, and one that is accepted mends the state', async ({ expect }) => {
		const id = await connectAccount('still-sent');
		const server = await createServer(id);
		vendorIs('wrong keys');
		await test(id);
		const since = (await read(id)).state_since;
		const { body } = await callTool(server.url, GET_TICKET, { id: 1 });
		expect(body.result).toMatchObject({ isError: true, structuredContent: { statusCode: 401, is_remote_error: true } });
		expect(await read(id)).toMatchObject({ state: 'needs_reauth', state_since: since });
		// Blocked by calls as well: it is the same occasion.
		await told(id, false, false, false, false, false);
		expect(await read(id)).toMatchObject({ state: 'needs_reauth', state_since: since });
		vendorIs('good');
		await test(id);
		vendorIs('wrong keys');
		await test(id);
		vendorIs('good');
		await callTool(server.url, GET_TICKET, { id: 1 });
		await eventually(async () => expect((await read(id)).state).toBe('active'));
	});

	it('note a state that stays every quarter of an hour at most, so that it says when it was last seen', async ({
		expect,
	}) => {
		const id = await connectAccount('hourly');
		const startMs = Date.now();
		const seen = async () => Date.parse(String((await read(id)).last_seen_at));
		await told(id, true);
		const first = await seen();
		await at(startMs + HOUR_MS / 5, () => told(id, true));
		expect(await seen()).toBe(first);
		await at(startMs + 2 * HOUR_MS, () => told(id, true));
		expect(await seen()).toBe(startMs + 2 * HOUR_MS);
		expect((await read(id)).state_since).toBe(new Date(first).toISOString());
	});
});

describe('connecting and changing with ?test=true', () => {
	for (const vendor of Object.keys(VENDORS)) {
		const isGood = vendor === 'good';
		it(`saves ${isGood ? 'what' : 'nothing'} at a vendor that is "${vendor}"`, async ({ expect }) => {
			const id = `saved-${vendor.replaceAll(' ', '-')}`;
			vendorIs(vendor);
			const made = await refused('POST', '/integrated-account?test=true', accountInput({ id }));
			const { status } = await api('GET', `/integrated-account/${id}`);
			expect([made.status, status]).toEqual(isGood ? [201, 200] : [422, 404]);
			if (isGood) expect(made.body).toMatchObject({ state: 'active', last_seen_at: expect.any(String) });
			else expect(made.body).toMatchObject({ code: 'connection_failed', message: /^Nothing was saved/ });
			if (!isGood) await connectAccount(id);
			const before = await read(id);
			const path = `/integrated-account/${id}?test=true`;
			const changed = await refused('PATCH', path, { credentials: { private_key: 'other-key' } });
			expect(changed.status).toBe(isGood ? 200 : 422);
			if (!isGood) expect(await read(id)).toEqual(before);
		});
	}

	it('untested, an account is unverified until the vendor has accepted something, and after each change', async ({
		expect,
	}) => {
		vendorIs('good');
		const id = await connectAccount('unverified-again');
		expect((await read(id)).state).toBe('active');
		vendorIs('gone');
		const { body } = await api('PATCH', `/integrated-account/${id}`, { credentials: { private_key: 'other-key' } });
		expect(body).toMatchObject({ state: 'unverified', last_seen_at: null });
		expect((await api('PATCH', `/integrated-account/${id}`, { name: 'Renamed' })).body.state).toBe('unverified');
		expect((await refused('PATCH', `/integrated-account/${id}?test=yes`, { name: 'X' })).status).toBe(400);
	});
});
