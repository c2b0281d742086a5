// In the real runtime, counted at the vendor: a write that is sent again, a vendor that drops it, a pause under load,
// and credentials that no longer work.
import { afterAll, beforeAll, beforeEach, describe, it, vi } from 'vitest';
import { type CreatedServer, rpc, startForTests, type TestPatchbay } from './support.ts';

const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
const CREATE_NOTE = 'create_a_connect_wise_psa_ticket_note';
const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';
const TICKET = { summary: 'Printer on fire', company: { id: 102 }, board: { id: 4 } };
const SERVER_PATH = '/integrated-account/demo/mcp';

let patchbay: TestPatchbay;
let server: CreatedServer;

beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(() => patchbay?.stop());
beforeEach(async () => {
	await patchbay.sandbox.reset();
	await patchbay.sandbox.clearFaults();
	server = await patchbay.createServer();
});

async function callTool(name: string, args: Record<string, unknown>) {
	const { body } = await rpc(server.url, 'tools/call', { name, arguments: args });
	return { isError: body.result?.isError === true, ...body.result?.structuredContent } as Record<string, unknown>;
}

const written = async () =>
	(await patchbay.sandbox.requests()).filter(({ method }) => method !== 'GET').map(({ status }) => status);

describe('a ticket that a client opens again because it heard nothing', () => {
	it('is opened once', async ({ expect }) => {
		const first = await callTool(CREATE_TICKET, TICKET);
		expect(first.isError).toBe(false);
		for (let round = 0; round < 3; round++) {
			const again = await callTool(CREATE_TICKET, TICKET);
			expect(again).toMatchObject({ id: first.id, is_repeat: true, isError: false });
		}
		expect(await written()).toEqual([201]);
		const insisted = await callTool(CREATE_TICKET, { ...TICKET, confirm_repeat: true });
		expect(insisted.isError).toBe(false);
		expect(insisted.id).not.toBe(first.id);
		expect(await written()).toEqual([201, 201]);
	});

	// security: S-23
	it('is opened once although many ask at the same moment', async ({ expect }) => {
		const answers = await Promise.all(Array.from({ length: 24 }, () => callTool(CREATE_TICKET, TICKET)));
		expect(await written()).toEqual([201]);
		expect(answers.filter(({ isError, is_repeat }) => !isError && !is_repeat)).toHaveLength(1);
	});

	it('is not opened again before somebody has looked, when the vendor dropped the connection', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'drop', method: 'POST' });
		const first = await callTool(CREATE_TICKET, TICKET);
		expect(first.message).toMatch(
			/Whether the change was made is unknown: .*Look with list_all_connect_wise_psa_tickets/,
		);
		const sentBefore = (await written()).length;
		const again = await callTool(CREATE_TICKET, TICKET);
		expect(again).toMatchObject({ isError: true, code: expect.stringMatching(/^repeat_(of_unknown|in_flight)$/) });
		expect((await written()).length).toBe(sentBefore);
		expect((await callTool(CREATE_TICKET, { ...TICKET, confirm_repeat: true })).isError).toBe(false);
	});
});

describe('a pause', () => {
	it('holds for every call that starts after it was answered', async ({ expect }) => {
		let isPaused = false;
		const late: Record<string, unknown>[] = [];
		let number = 0;
		const worker = async () => {
			for (let round = 0; round < 12; round++) {
				const startedPaused = isPaused;
				const args = { ticket_id: 14059, text: `note ${++number}`, internalAnalysisFlag: true };
				const answer = number % 2 ? await callTool(CREATE_NOTE, args) : await callTool(GET_TICKET, { id: 14059 });
				if (startedPaused) late.push(answer);
			}
		};
		const workers = Array.from({ length: 8 }, worker);
		await new Promise((resolve) => setTimeout(resolve, 50));
		const { status } = await patchbay.api('PATCH', `${SERVER_PATH}/${server.id}`, { paused: true });
		expect(status).toBe(200);
		isPaused = true;
		const writtenAtPause = (await written()).length;
		await Promise.all(workers);
		for (let round = 0; round < 8; round++) late.push(await callTool(GET_TICKET, { id: 14059 }));
		expect(late.length).toBeGreaterThanOrEqual(8);
		for (const answer of late) expect(answer).toMatchObject({ isError: true, code: 'server_paused' });
		// What was on its way when the pause was answered may still have arrived, once for each worker.
		expect((await written()).length - writtenAtPause).toBeLessThanOrEqual(8);
		await patchbay.api('PATCH', `${SERVER_PATH}/${server.id}`, { paused: false });
		expect((await callTool(GET_TICKET, { id: 14059 })).isError).toBe(false);
	});
});

describe('credentials that stop working', () => {
	it('leave the vendor alone after five refusals, until new ones come', async ({ expect }) => {
		const good = {
			company_id: 'patchbay',
			public_key: 'sandboxPublicKey',
			client_id: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
		};
		const demo = await patchbay.api<{ base_url: string }>('GET', '/integrated-account/demo');
		const { body: account } = await patchbay.api<{ id: string }>('POST', '/integrated-account', {
			integration: 'connect_wise_psa',
			name: 'Rotated keys',
			base_url: demo.body.base_url,
			credentials: { ...good, private_key: 'no-longer-valid' },
		});
		const path = `/integrated-account/${account.id}`;
		server = await patchbay.createServer({}, account.id);
		let state = 'unverified';
		for (let round = 0; round < 40 && state !== 'needs_reauth'; round++) {
			expect((await callTool(GET_TICKET, { id: 14059 })).statusCode).toBe(401);
			state = (await patchbay.api<{ state: string }>('GET', path)).body.state;
		}
		expect(state).toBe('needs_reauth');
		await callTool(GET_TICKET, { id: 14059 });
		const { value, sent } = await patchbay.sandbox.during(() => callTool(GET_TICKET, { id: 14059 }));
		expect(value.code).toBe('needs_reauth');
		expect(sent).toEqual([]);
		await patchbay.api('PATCH', path, { credentials: { private_key: 'sandboxPrivateKey' } });
		expect(await callTool(GET_TICKET, { id: 14059 })).toMatchObject({ isError: false, id: 14059 });
		// The state follows with the call's line in the log.
		const readState = async () => (await patchbay.api<{ state: string }>('GET', path)).body.state;
		await vi.waitFor(async () => expect(await readState()).toBe('active'), { timeout: 120_000 });
	});
});
